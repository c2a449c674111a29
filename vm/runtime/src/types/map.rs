//! `map`.

use std::cell::Cell;

use super::iterator::iter_self;
use super::zip;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `map`.
pub struct PyMap {
    function: Value,
    its: Vec<Value>,
    strict: Cell<bool>,
}

impl Payload for PyMap {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyMap>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.function);
        self.its.iter().for_each(visit);
    }
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let (all, strict) = zip::strict_arg(vm, "map", std::ptr::eq(class, &MAP), args)?;
    let [function, iterables @ ..] = all else { return Err(vm.type_error("map() must have at least two arguments.")) };
    if iterables.is_empty() {
        return Err(vm.type_error("map() must have at least two arguments."));
    }
    let mut its = Vec::with_capacity(iterables.len());
    for v in iterables {
        its.push(vm.iter(v)?);
    }
    Ok(Ref::new(class, PyMap { function: function.clone(), its, strict: Cell::new(strict) }).into_value())
}

fn this(v: &Value) -> &PyMap {
    v.downcast().expect("slots of map see those")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let m = this(v);
    if let [it] = &m.its[..] {
        let Some(x) = vm.next(it)? else { return Ok(None) };
        return vm.call(&m.function, &[x]).map(Some);
    }
    match zip::next_row(vm, "map", &m.its, m.strict.get())? {
        Some(row) => vm.call(&m.function, &row).map(Some),
        None => Ok(None),
    }
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = this(args.this());
    let mut all = vec![m.function.clone()];
    all.extend_from_slice(&m.its);
    let mut parts = vec![args.this().class().as_value(), PyTuple::new(all).into_value()];
    if m.strict.get() {
        parts.push(Value::TRUE);
    }
    Ok(PyTuple::new(parts).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let strict = vm.is_true(args.get(1))?;
    this(args.this()).strict.set(strict);
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
];

static DEF: TypeDef = TypeDef {
    name: "map",
    doc: "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the \
          shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\n\
          raise a ValueError.",
    layout: PyMap::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `map`.
pub static MAP: Type = Type::builtin(&DEF);
