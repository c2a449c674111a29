//! What `anext(it, default)` gives: an awaitable that has the default where the iterator ends.

use super::{PyGenerator, awaitable_iter, methods, send_any};
use crate::call::{Args, NativeDef, native};
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::exception as exc;
use crate::vm::{PyResult, Raised, Vm};

struct PyAnextAwaitable {
    wrapped: Value,
    default: Value,
}

impl Payload for PyAnextAwaitable {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyAnextAwaitable>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.wrapped);
        visit(&self.default);
    }
}

/// The awaitable of `anext(it, default)`, where `wrapped` is that of `anext(it)`.
pub fn anext_awaitable(wrapped: Value, default: Value) -> Value {
    Ref::new(&ANEXT_AWAITABLE, PyAnextAwaitable { wrapped, default }).into_value()
}

fn this(v: &Value) -> &PyAnextAwaitable {
    v.downcast().expect("slots of a type see its instances")
}

/// The iterator behind it. A coroutine may be under way here.
fn inner(vm: &Vm, v: &Value) -> PyResult<Value> {
    let wrapped = &this(v).wrapped;
    if PyGenerator::exact_coroutine(wrapped).is_some() { Ok(wrapped.clone()) } else { awaitable_iter(vm, wrapped, 0) }
}

/// What the end of the iterator means: the default.
fn end(v: &Value, e: Raised) -> PyResult<Value> {
    if e.is(&exc::STOP_ASYNC_ITERATION) { Ok(this(v).default.clone()) } else { Err(e) }
}

fn itself(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.clone())
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it = inner(vm, v)?;
    let stop = match send_any(vm, &it, Value::NONE) {
        Ok(Ok(yielded)) => return Ok(Some(yielded)),
        Ok(Err(returned)) => returned,
        Err(e) => end(v, e)?,
    };
    methods::note_stop(vm, stop);
    Ok(None)
}

fn send(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = inner(vm, args.this())?;
    let stop = match send_any(vm, &it, args.get(1).clone()) {
        Ok(Ok(yielded)) => return Ok(yielded),
        Ok(Err(returned)) => returned,
        Err(e) => end(args.this(), e)?,
    };
    Err(vm.stop_iteration(stop))
}

fn throw(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = inner(vm, args.this())?;
    match vm.call_method_name(&it, &vm.names().throw, args.rest(1)) {
        Ok(v) => Ok(v),
        Err(e) => {
            let stop = end(args.this(), e)?;
            Err(vm.stop_iteration(stop))
        }
    }
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = inner(vm, args.this())?;
    match vm.call_method_name(&it, &vm.names().close, &[]) {
        Ok(v) => Ok(v),
        Err(e) => {
            let stop = end(args.this(), e)?;
            Err(vm.stop_iteration(stop))
        }
    }
}

static METHODS: &[NativeDef] = &[
    native("close(self, /)", "", close),
    native("send(self, value, /)", "", send),
    native("throw(self, /, *args)", "", throw),
];

static DEF: TypeDef = TypeDef {
    name: "anext_awaitable",
    layout: PyAnextAwaitable::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(itself), await_: Some(itself), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// `anext_awaitable`
pub static ANEXT_AWAITABLE: Type = Type::builtin(&DEF);
