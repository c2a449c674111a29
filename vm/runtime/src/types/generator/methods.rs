//! Methods and attributes of generators and coroutines, and what `await` asks of objects.

use freeze_bytecode::CodeFlags;

use super::{Outcome, PyGenerator, State, thrown};
use crate::call::{Args, NativeDef, native};
use crate::object::{GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn this(v: &Value) -> &PyGenerator {
    v.downcast::<PyGenerator>().expect("the descriptor checked the type")
}

/// `__next__`: a returned value is left for `Vm::exhausted`.
pub(super) fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    match this(v).resume(vm, super::Resume::Value(Value::NONE))? {
        Outcome::Yielded(v) => Ok(Some(v)),
        Outcome::Returned(v) => {
            note_stop(vm, v);
            Ok(None)
        }
    }
}

/// Leaves the value that an iterator ended with for `Vm::exhausted`.
pub(super) fn note_stop(vm: &Vm, v: Value) {
    let stop = if v.is_none() {
        Value::UNBOUND
    } else if v.class().is_subtype(&crate::types::exception::STOP_ITERATION) {
        // By itself it would be taken for what an iterator has raised.
        vm.stop_iteration(v).value()
    } else {
        v
    };
    drop(vm.stop.replace(stop));
}

fn send(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyGenerator>().send(vm, args.get(1).clone())
}

fn throw(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.opt(2).is_some() {
        vm.warn_named(
            "DeprecationWarning",
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    let e = thrown(vm, args.get(1), args.opt(2), args.opt(3))?;
    match args.payload::<PyGenerator>().throw(vm, e)? {
        Outcome::Yielded(v) => Ok(v),
        Outcome::Returned(v) => Err(vm.stop_iteration(v)),
    }
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyGenerator>().close(vm)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let g = this(v);
    let q = g.qualname.borrow().clone();
    let q = vm.to_str(&q)?;
    Ok(vm.str(&format!("<{} object {} at {:#x}>", v.class().name(), q.to_lossy(), v.id())))
}

/// What happens to a generator that dies unfinished: it is closed; a coroutine that never ran is warned of.
pub(crate) fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let g = this(v);
    match g.state() {
        State::Closed | State::Running => Ok(()),
        State::Created => {
            if g.code().flags.has(CodeFlags::COROUTINE) {
                warn_unawaited(vm, v, g);
            }
            Ok(())
        }
        State::Suspended => {
            if g.code().flags.has(CodeFlags::ASYNC_GENERATOR) {
                let hook = g.finalizer.borrow().clone();
                if !hook.is_none() && !g.async_closed.get() {
                    return vm.call(&hook, std::slice::from_ref(v)).map(drop);
                }
            }
            g.close(vm).map(drop)
        }
    }
}

/// A coroutine that nobody awaited: the library's `warnings` knows how to say it, if it is loaded.
fn warn_unawaited(vm: &Vm, v: &Value, g: &PyGenerator) {
    let known = vm.runtime().modules.get_text("warnings");
    let shown = known.and_then(|m| vm.get_attr_opt(&m, &vm.intern("_warn_unawaited_coroutine")).ok().flatten());
    if let Some(f) = shown {
        match vm.call(&f, std::slice::from_ref(v)) {
            Ok(_) => return,
            Err(e) => {
                let said = e.is(&crate::types::exception::RUNTIME_WARNING);
                vm.report_unraisable(e, None, Some(v));
                if said {
                    return;
                }
            }
        }
    }
    let q = g.qualname.borrow().clone();
    let name = q.downcast::<PyStr>().map(|q| q.to_lossy().into_owned()).unwrap_or_default();
    if let Err(e) = vm.warn_named("RuntimeWarning", &format!("coroutine '{name}' was never awaited"), 1) {
        vm.report_unraisable(e, None, Some(v));
    }
}

/// Remembers where a coroutine was made, when `sys.set_coroutine_origin_tracking_depth` asks for it.
pub(super) fn note_origin(vm: &Vm, g: &Ref<PyGenerator>) {
    let depth = vm.hooks.borrow().coroutine_origin_depth;
    if depth == 0 || !g.code().flags.has(CodeFlags::COROUTINE) {
        return;
    }
    let mut out = Vec::new();
    for i in (0..vm.stack.depth()).rev().take(depth as usize) {
        if let Some(f) = vm.stack.frame(i) {
            let c = f.code();
            let line = Value::int(i64::from(c.line(f.lasti())));
            out.push(PyTuple::new(vec![c.filename().value(), line, c.name.value()]).into_value());
        }
    }
    drop(g.origin.replace(PyTuple::new(out).into_value()));
}

fn get_name(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).name.borrow().clone())
}

fn set_name(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    match new {
        Some(n) if n.has_layout::<PyStr>() => drop(this(v).name.replace(n)),
        _ => return Err(vm.type_error("__name__ must be set to a string object")),
    }
    Ok(())
}

fn get_qualname(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).qualname.borrow().clone())
}

fn set_qualname(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    match new {
        Some(n) if n.has_layout::<PyStr>() => drop(this(v).qualname.replace(n)),
        _ => return Err(vm.type_error("__qualname__ must be set to a string object")),
    }
    Ok(())
}

pub(super) fn get_code(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(crate::object::owner(this(v).code()).into_value())
}

pub(super) fn get_frame(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).frame_object(vm).map_or(Value::NONE, Into::into))
}

pub(super) fn get_delegate(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(this(v).delegate()))
}

pub(super) fn get_running(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).state() == State::Running))
}

pub(super) fn get_suspended(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).state() == State::Suspended))
}

pub(super) const NAME: GetSet =
    GetSet { name: "__name__", doc: "name of the generator", get: get_name, set: Some(set_name) };
pub(super) const QUALNAME: GetSet =
    GetSet { name: "__qualname__", doc: "qualified name of the generator", get: get_qualname, set: Some(set_qualname) };

const SEND: NativeDef = native(
    "send(self, value, /)",
    "Send a value into the generator; return the next yielded value or raise StopIteration.",
    send,
);
const THROW: NativeDef = native(
    "throw(self, type, value=None, traceback=None, /)",
    "Raise an exception in the generator; return the next yielded value or raise StopIteration.",
    throw,
);
const COROUTINE_SEND: NativeDef = native(
    "send(self, value, /)",
    "Send a value into the coroutine; return the next yielded value or raise StopIteration.",
    send,
);
const COROUTINE_THROW: NativeDef = native(
    "throw(self, type, value=None, traceback=None, /)",
    "Raise an exception in the coroutine; return the next yielded value or raise StopIteration.",
    throw,
);
const COROUTINE_CLOSE: NativeDef = native("close(self, /)", "Raise GeneratorExit inside the coroutine.", close);
const CLOSE: NativeDef = native("close(self, /)", "Raise GeneratorExit inside the generator.", close);

fn class_getitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    crate::types::generic_alias::new(vm, args.get(0), args.get(1))
}

pub(super) static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, item, /)", "See PEP 585", class_getitem)];

static METHODS: &[NativeDef] = &[CLOSE, SEND, THROW];
static COROUTINE_METHODS: &[NativeDef] = &[COROUTINE_CLOSE, COROUTINE_SEND, COROUTINE_THROW];

static GENERATOR_GETSET: &[GetSet] = &[
    NAME,
    QUALNAME,
    GetSet { name: "gi_code", doc: "", get: get_code, set: None },
    GetSet { name: "gi_frame", doc: "", get: get_frame, set: None },
    GetSet { name: "gi_running", doc: "", get: get_running, set: None },
    GetSet { name: "gi_suspended", doc: "", get: get_suspended, set: None },
    GetSet { name: "gi_yieldfrom", doc: "object being iterated by yield from, or None", get: get_delegate, set: None },
];

const FLAGS: u32 = TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | TypeFlags::WEAKREFS | TypeFlags::HAS_FINALIZER;

fn itself(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.clone())
}

static GENERATOR_DEF: TypeDef = TypeDef {
    name: "generator",
    layout: PyGenerator::layout,
    flags: FLAGS,
    slots: Slots { repr: Some(repr), iter: Some(itself), next: Some(next), finalize: Some(finalize), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: GENERATOR_GETSET,
    ..TypeDef::EMPTY
};
/// `types.GeneratorType`
pub static GENERATOR: Type = Type::builtin(&GENERATOR_DEF);

static COROUTINE_GETSET: &[GetSet] = &[
    NAME,
    QUALNAME,
    GetSet { name: "cr_await", doc: "object being awaited on, or None", get: get_delegate, set: None },
    GetSet { name: "cr_code", doc: "", get: get_code, set: None },
    GetSet { name: "cr_frame", doc: "", get: get_frame, set: None },
    GetSet { name: "cr_origin", doc: "", get: |_, v| Ok(this(v).origin.borrow().clone()), set: None },
    GetSet { name: "cr_running", doc: "", get: get_running, set: None },
    GetSet { name: "cr_suspended", doc: "", get: get_suspended, set: None },
];

fn await_(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Ref::new(&COROUTINE_WRAPPER, PyCoroutineWrapper { coroutine: v.clone() }).into_value())
}

static COROUTINE_DEF: TypeDef = TypeDef {
    name: "coroutine",
    layout: PyGenerator::layout,
    flags: FLAGS,
    slots: Slots { repr: Some(repr), await_: Some(await_), finalize: Some(finalize), ..Slots::EMPTY },
    methods: COROUTINE_METHODS,
    class_methods: CLASS_METHODS,
    getset: COROUTINE_GETSET,
    ..TypeDef::EMPTY
};
/// `types.CoroutineType`
pub static COROUTINE: Type = Type::builtin(&COROUTINE_DEF);

/// The payload of `coroutine_wrapper`: what `coroutine.__await__()` gives.
pub(super) struct PyCoroutineWrapper {
    coroutine: Value,
}

impl Payload for PyCoroutineWrapper {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyCoroutineWrapper>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.coroutine);
    }
}

fn wrapped(v: &Value) -> &PyGenerator {
    this(&v.downcast::<PyCoroutineWrapper>().expect("the descriptor checked the type").coroutine)
}

fn wrapper_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    wrapped(v).send(vm, Value::NONE).map(Some)
}

fn wrapper_send(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    wrapped(args.this()).send(vm, args.get(1).clone())
}

fn wrapper_throw(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let e = thrown(vm, args.get(1), args.opt(2), args.opt(3))?;
    match wrapped(args.this()).throw(vm, e)? {
        Outcome::Yielded(v) => Ok(v),
        Outcome::Returned(v) => Err(vm.stop_iteration(v)),
    }
}

fn wrapper_close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    wrapped(args.this()).close(vm)
}

static WRAPPER_METHODS: &[NativeDef] = &[
    native("close(self, /)", "", wrapper_close),
    native("send(self, value, /)", "", wrapper_send),
    native("throw(self, type, value=None, traceback=None, /)", "", wrapper_throw),
];

static WRAPPER_DEF: TypeDef = TypeDef {
    name: "coroutine_wrapper",
    layout: PyCoroutineWrapper::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(itself), next: Some(wrapper_next), ..Slots::EMPTY },
    methods: WRAPPER_METHODS,
    ..TypeDef::EMPTY
};
/// `coroutine_wrapper`
pub static COROUTINE_WRAPPER: Type = Type::builtin(&WRAPPER_DEF);

/// The iterator of `await v`. `from` says where `v` came from: 1 `__aenter__`, 2 `__aexit__`.
pub fn awaitable_iter(vm: &Vm, v: &Value, from: u8) -> PyResult<Value> {
    let v = v.clone();
    if let Some(g) = PyGenerator::exact_coroutine(&v) {
        if g.delegate().is_some() || g.state() == State::Running {
            return Err(vm.runtime_error("coroutine is being awaited already"));
        }
        return Ok(v);
    }
    if let Some(g) = PyGenerator::exact(&v)
        && g.code().flags.has(CodeFlags::ITERABLE_COROUTINE)
    {
        return Ok(v);
    }
    let Some(f) = v.class().slots().await_ else {
        let name = v.class().name();
        return Err(vm.type_error(match from {
            1 => format!("'async with' received an object from __aenter__ that does not implement __await__: {name}"),
            2 => format!("'async with' received an object from __aexit__ that does not implement __await__: {name}"),
            _ => format!("'{name}' object can't be awaited"),
        }));
    };
    let it = f(vm, &v)?;
    if PyGenerator::exact_coroutine(&it).is_some() {
        return Err(vm.type_error("__await__() returned a coroutine"));
    }
    if it.class().slots().next.is_none() {
        return Err(vm.type_error(format!("__await__() returned non-iterator of type '{}'", it.class().name())));
    }
    Ok(it)
}

/// `aiter(v)` for `async for`.
pub fn get_aiter(vm: &Vm, v: &Value) -> PyResult<Value> {
    let v = v.clone();
    let Some(f) = v.class().slots().aiter else {
        return Err(
            vm.type_error(format!("'async for' requires an object with __aiter__ method, got {}", v.class().name()))
        );
    };
    let it = f(vm, &v)?;
    if it.class().slots().anext.is_none() {
        return Err(vm.type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.class().name()
        )));
    }
    Ok(it)
}

/// The awaitable iterator of `anext(v)` for `async for`.
pub fn get_anext(vm: &Vm, v: &Value) -> PyResult<Value> {
    let v = v.clone();
    let Some(f) = v.class().slots().anext else {
        return Err(
            vm.type_error(format!("'async for' requires an iterator with __anext__ method, got {}", v.class().name()))
        );
    };
    let a = f(vm, &v)?;
    match awaitable_iter(vm, &a, 0) {
        Ok(it) => Ok(it),
        Err(e) => {
            let text = format!("'async for' received an invalid object from __anext__: {}", a.class().name());
            Err(vm.with_cause(vm.type_error(text), e.value()))
        }
    }
}
