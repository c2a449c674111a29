//! Iterators that belong to no container: over `__getitem__`, and `iter(callable, sentinel)`.

use std::cell::{Cell, RefCell};

use crate::call::{Args, NativeDef, native};
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::exception as exc;
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The slot `iter` of iterators.
pub fn iter_self(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.clone())
}

/// A built-in function by name, as it is now in `builtins`; for `__reduce__`.
pub fn builtin(vm: &Vm, name: &str) -> PyResult<Value> {
    match vm.runtime().builtins.get_text(name) {
        Some(f) => Ok(f),
        None => Err(vm.attribute_error(format!("module 'builtins' has no attribute '{name}'"))),
    }
}

/// What `__reduce__` of a spent iterator gives: `(iter, ((),))` or with a list.
pub fn reduce_spent(vm: &Vm, empty: Value) -> PyResult<Value> {
    let args = PyTuple::new(vec![empty]).into_value();
    Ok(PyTuple::new(vec![builtin(vm, "iter")?, args]).into_value())
}

/// `(function, (of,), index)`
pub fn reduce_at(vm: &Vm, function: &str, of: Value, index: Value) -> PyResult<Value> {
    let args = PyTuple::new(vec![of]).into_value();
    Ok(PyTuple::new(vec![builtin(vm, function)?, args, index]).into_value())
}

/// An iterator over an object that only has `__getitem__`.
pub struct PySequenceIterator {
    of: RefCell<Option<Value>>,
    index: Cell<i64>,
}

impl Payload for PySequenceIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PySequenceIterator>();
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

/// An iterator over an object that only has `__getitem__`.
pub fn sequence_iterator(v: Value) -> Value {
    Ref::new(&SEQUENCE_ITERATOR, PySequenceIterator { of: RefCell::new(Some(v)), index: Cell::new(0) }).into_value()
}

fn seq(v: &Value) -> &PySequenceIterator {
    v.downcast().expect("slots of iterator see iterators")
}

fn seq_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it = seq(v);
    let Some(of) = it.of.borrow().clone() else { return Ok(None) };
    let i = it.index.get();
    if i == i64::MAX {
        return Err(vm.overflow_error("iter index too large"));
    }
    match vm.get_item(&of, &Value::int(i)) {
        Ok(item) => {
            it.index.set(i + 1);
            Ok(Some(item))
        }
        Err(e) if e.is(&exc::INDEX_ERROR) || e.is(&exc::STOP_ITERATION) => {
            drop(it.of.take());
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

fn seq_length_hint(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = seq(args.this());
    let Some(of) = it.of.borrow().clone() else { return Ok(Value::small(0)) };
    if of.class().slots().len.is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let len = vm.len(&of)? as i64;
    Ok(Value::int((len - it.index.get()).max(0)))
}

fn seq_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = seq(args.this());
    let f = builtin(vm, "iter")?;
    let of = it.of.borrow().clone();
    Ok(match of {
        Some(of) => {
            let args = PyTuple::new(vec![of]).into_value();
            PyTuple::new(vec![f, args, Value::int(it.index.get())]).into_value()
        }
        None => PyTuple::new(vec![f, PyTuple::new(vec![PyTuple::new(vec![]).into_value()]).into_value()]).into_value(),
    })
}

fn seq_setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = seq(args.this());
    let i = args.i64(vm, 1)?;
    if it.of.borrow().is_some() {
        it.index.set(i.max(0));
    }
    Ok(Value::NONE)
}

static SEQUENCE_METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", seq_length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", seq_reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", seq_setstate),
];

static SEQUENCE_DEF: TypeDef = TypeDef {
    name: "iterator",
    layout: PySequenceIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(seq_next), ..Slots::EMPTY },
    methods: SEQUENCE_METHODS,
    ..TypeDef::EMPTY
};
/// The type of `iter(x)` where `x` only has `__getitem__`.
pub static SEQUENCE_ITERATOR: Type = Type::builtin(&SEQUENCE_DEF);

/// `iter(callable, sentinel)`
pub struct PyCallableIterator {
    /// Callable and sentinel, until the sentinel came.
    pair: RefCell<Option<(Value, Value)>>,
}

impl Payload for PyCallableIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyCallableIterator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some((f, s)) = &*self.pair.borrow() {
            visit(f);
            visit(s);
        }
    }
    fn clear(&self) {
        drop(self.pair.take());
    }
}

/// `iter(callable, sentinel)`; the caller has checked that it is callable.
pub fn callable_iterator(callable: Value, sentinel: Value) -> Value {
    let pair = RefCell::new(Some((callable, sentinel)));
    Ref::new(&CALLABLE_ITERATOR, PyCallableIterator { pair }).into_value()
}

fn call(v: &Value) -> &PyCallableIterator {
    v.downcast().expect("slots of callable_iterator see those")
}

fn call_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it = call(v);
    let Some((f, sentinel)) = it.pair.borrow().clone() else { return Ok(None) };
    match vm.call0(&f) {
        Ok(item) => {
            if it.pair.borrow().is_none() {
                return Ok(None);
            }
            if vm.eq(&sentinel, &item)? {
                drop(it.pair.take());
                return Ok(None);
            }
            Ok(Some(item))
        }
        Err(e) if e.is(&exc::STOP_ITERATION) => {
            drop(it.pair.take());
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

fn call_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = builtin(vm, "iter")?;
    let pair = call(args.this()).pair.borrow().clone();
    let args = match pair {
        Some((callable, sentinel)) => PyTuple::new(vec![callable, sentinel]),
        None => PyTuple::new(vec![PyTuple::new(vec![]).into_value()]),
    };
    Ok(PyTuple::new(vec![f, args.into_value()]).into_value())
}

static CALLABLE_METHODS: &[NativeDef] =
    &[native("__reduce__(self, /)", "Return state information for pickling.", call_reduce)];

static CALLABLE_DEF: TypeDef = TypeDef {
    name: "callable_iterator",
    layout: PyCallableIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(call_next), ..Slots::EMPTY },
    methods: CALLABLE_METHODS,
    ..TypeDef::EMPTY
};
/// The type of `iter(callable, sentinel)`.
pub static CALLABLE_ITERATOR: Type = Type::builtin(&CALLABLE_DEF);

/// A new list value, for `__reduce__` of spent list iterators.
pub fn empty_list() -> Value {
    PyList::new(Vec::new()).into_value()
}
