//! `reversed`: of sequences that have no `__reversed__` of their own.

use std::cell::{Cell, RefCell};

use super::iterator::iter_self;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::dict::PyDict;
use crate::types::exception as exc;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `reversed`.
pub struct PyReversed {
    /// The sequence, until its start was reached.
    of: RefCell<Option<Value>>,
    /// The number of the next item; -1 at the end.
    index: Cell<i64>,
}

impl Payload for PyReversed {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyReversed>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(v) = &*self.of.borrow() {
            visit(v);
        }
    }
    fn clear(&self) {
        drop(self.of.take());
    }
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if std::ptr::eq(class, &REVERSED) {
        args.no_keywords(vm, "reversed")?;
    }
    args.check_count(vm, "reversed", 1, 1)?;
    let of = &args.positional()[0];
    let refuse = || Err(vm.type_error(format!("'{}' object is not reversible", of.class().name())));
    if let Some(m) = vm.lookup_special(of, &vm.names().__reversed__)? {
        if m.func.is_none() {
            return refuse();
        }
        return m.call(vm, &[]);
    }
    let slots = of.class().slots();
    if slots.getitem.is_none() || of.has_layout::<PyDict>() {
        return refuse();
    }
    let len = vm.len(of)? as i64;
    let it = PyReversed { of: RefCell::new(Some(of.clone())), index: Cell::new(len - 1) };
    Ok(Ref::new(class, it).into_value())
}

fn this(v: &Value) -> &PyReversed {
    v.downcast().expect("slots of reversed see those")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let r = this(v);
    let i = r.index.get();
    let Some(of) = r.of.borrow().clone() else { return Ok(None) };
    if i >= 0 {
        match vm.get_item(&of, &Value::int(i)) {
            Ok(x) => {
                r.index.set(i - 1);
                return Ok(Some(x));
            }
            Err(e) if e.is(&exc::INDEX_ERROR) || e.is(&exc::STOP_ITERATION) => {}
            Err(e) => return Err(e),
        }
    }
    r.index.set(-1);
    drop(r.of.take());
    Ok(None)
}

fn length_hint(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let r = this(args.this());
    let Some(of) = r.of.borrow().clone() else { return Ok(Value::small(0)) };
    let len = vm.len(&of)? as i64;
    let left = r.index.get() + 1;
    Ok(Value::int(if len < left { 0 } else { left }))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let r = this(args.this());
    let class = args.this().class().as_value();
    let of = r.of.borrow().clone();
    let parts = match of {
        Some(of) => vec![class, PyTuple::new(vec![of]).into_value(), Value::int(r.index.get())],
        None => vec![class, PyTuple::new(vec![PyTuple::new(Vec::new()).into_value()]).into_value()],
    };
    Ok(PyTuple::new(parts).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let r = this(args.this());
    let i = args.i64(vm, 1)?;
    let of = r.of.borrow().clone();
    if let Some(of) = of {
        let len = vm.len(&of)? as i64;
        r.index.set(i.clamp(-1, len - 1));
    }
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
];

static DEF: TypeDef = TypeDef {
    name: "reversed",
    doc: "reversed(object, /)\n--\n\nReturn a reverse iterator over the values of the given sequence.",
    layout: PyReversed::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `reversed`.
pub static REVERSED: Type = Type::builtin(&DEF);
