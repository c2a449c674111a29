//! Iterators over lists, forwards and backwards.

use std::cell::{Cell, RefCell};

use super::iterator::{empty_list, iter_self, reduce_at, reduce_spent};
use super::list::PyList;
use crate::call::{Args, NativeDef, native};
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, owner};
use crate::vm::{PyResult, Vm};

/// The payload of `list_iterator`.
pub struct PyListIterator {
    /// The list, until the end was reached.
    list: RefCell<Option<Ref<PyList>>>,
    index: Cell<usize>,
}

impl Payload for PyListIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyListIterator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(l) = &*self.list.borrow() {
            visit(l.as_value());
        }
    }
    fn clear(&self) {
        drop(self.list.take());
    }
}

impl PyListIterator {
    /// An iterator at the start of a list.
    pub fn new_ref(list: Ref<PyList>) -> Ref<PyListIterator> {
        Ref::new(&LIST_ITERATOR, PyListIterator { list: RefCell::new(Some(list)), index: Cell::new(0) })
    }

    /// The next item. Runs no Python code but what the list's death runs when the end is reached.
    #[inline(always)]
    pub fn next(&self) -> Option<Value> {
        let i = self.index.get();
        let item = match &*self.list.borrow() {
            Some(l) => l.get(i),
            None => return None,
        };
        if item.is_some() {
            self.index.set(i + 1);
        } else {
            self.finish();
        }
        item
    }

    #[cold]
    fn finish(&self) {
        let list = self.list.take();
        drop(list);
    }
}

/// The slot `iter` of list.
pub(super) fn iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let list: &PyList = super::list::this(v);
    Ok(PyListIterator::new_ref(owner(list)).into_value())
}

fn next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(forward(v).next())
}

fn forward(v: &Value) -> &PyListIterator {
    v.downcast().expect("slots of list_iterator see those")
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = forward(args.this());
    let len = it.list.borrow().as_ref().map_or(0, |l| l.len());
    Ok(Value::usize(len.saturating_sub(it.index.get())))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = forward(args.this());
    let list = it.list.borrow().clone();
    match list {
        Some(l) => reduce_at(vm, "iter", l.into_value(), Value::usize(it.index.get())),
        None => reduce_spent(vm, empty_list()),
    }
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = forward(args.this());
    let i = args.i64(vm, 1)?;
    let len = it.list.borrow().as_ref().map(|l| l.len());
    if let Some(len) = len {
        it.index.set((i.max(0) as usize).min(len));
    }
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
];

static DEF: TypeDef = TypeDef {
    name: "list_iterator",
    layout: PyListIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `list_iterator`.
pub static LIST_ITERATOR: Type = Type::builtin(&DEF);

/// The payload of `list_reverseiterator`.
pub struct PyListReverseIterator {
    /// The list, until the start was reached.
    list: RefCell<Option<Ref<PyList>>>,
    /// One more than the number of the next item.
    index: Cell<usize>,
}

impl Payload for PyListReverseIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyListReverseIterator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(l) = &*self.list.borrow() {
            visit(l.as_value());
        }
    }
    fn clear(&self) {
        drop(self.list.take());
    }
}

/// `list.__reversed__`
pub(super) fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = args.payload::<PyList>();
    let it = PyListReverseIterator { list: RefCell::new(Some(owner(list))), index: Cell::new(list.len()) };
    Ok(Ref::new(&LIST_REVERSE_ITERATOR, it).into_value())
}

fn backward(v: &Value) -> &PyListReverseIterator {
    v.downcast().expect("slots of list_reverseiterator see those")
}

fn previous(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it = backward(v);
    let i = it.index.get();
    if i > 0 {
        let item = it.list.borrow().as_ref().and_then(|l| l.get(i - 1));
        if item.is_some() {
            it.index.set(i - 1);
            return Ok(item);
        }
    }
    it.index.set(0);
    drop(it.list.take());
    Ok(None)
}

fn reverse_length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = backward(args.this());
    let len = it.list.borrow().as_ref().map_or(0, |l| l.len());
    Ok(Value::usize(if len < it.index.get() { 0 } else { it.index.get() }))
}

fn reverse_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = backward(args.this());
    let list = it.list.borrow().clone();
    match list {
        Some(l) => reduce_at(vm, "reversed", l.into_value(), Value::int(it.index.get() as i64 - 1)),
        None => reduce_spent(vm, empty_list()),
    }
}

fn reverse_setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = backward(args.this());
    let i = args.i64(vm, 1)?;
    let len = it.list.borrow().as_ref().map(|l| l.len());
    if let Some(len) = len {
        it.index.set((i.max(-1) + 1).min(len as i64) as usize);
    }
    Ok(Value::NONE)
}

static REVERSE_METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", reverse_length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reverse_reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", reverse_setstate),
];

static REVERSE_DEF: TypeDef = TypeDef {
    name: "list_reverseiterator",
    layout: PyListReverseIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(previous), ..Slots::EMPTY },
    methods: REVERSE_METHODS,
    ..TypeDef::EMPTY
};
/// The type `list_reverseiterator`.
pub static LIST_REVERSE_ITERATOR: Type = Type::builtin(&REVERSE_DEF);
