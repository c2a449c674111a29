//! Iterators over deques, forwards and backwards.

use std::cell::Cell;

use freeze_runtime::object::{Slots, owner};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::deque::{Deque, this};
use crate::native_type::{iter_self, payload};

/// The payload of both iterators.
pub(super) struct DequeIterator {
    deque: Ref<Deque>,
    /// How many items were given out, and how many are left.
    done: Cell<usize>,
    left: Cell<usize>,
    edits: u64,
}
payload!(DequeIterator, |d, visit| visit(d.deque.as_value()));

fn make(class: &Type, d: &Deque, skip: usize) -> Value {
    let left = d.len().saturating_sub(skip);
    let done = d.len() - left;
    let it = DequeIterator { deque: owner(d), done: Cell::new(done), left: Cell::new(left), edits: d.edits() };
    Ref::new(class, it).into_value()
}

/// The slot `iter` of deque.
pub(super) fn iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(make(&DEQUE_ITERATOR, this(v), 0))
}

/// `deque.__reversed__`
pub(super) fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(make(&DEQUE_REVERSE_ITERATOR, this(args.this()), 0))
}

fn new_of(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, class.name(), 1, 2)?;
    let a = args.positional();
    let Some(d) = a[0].downcast::<Deque>() else {
        return Err(vm.type_error(format!(
            "{}() argument 1 must be collections.deque, not {}",
            class.name(),
            a[0].class().name()
        )));
    };
    let skip = match a.get(1) {
        Some(n) => vm.to_isize(n)?.max(0) as usize,
        None => 0,
    };
    Ok(make(class, d, skip))
}

impl DequeIterator {
    fn next(&self, vm: &Vm, backwards: bool) -> PyResult<Option<Value>> {
        if self.deque.edits() != self.edits {
            self.left.set(0);
            return Err(vm.runtime_error("deque mutated during iteration"));
        }
        if self.left.get() == 0 {
            return Ok(None);
        }
        let (done, left) = (self.done.get(), self.left.get());
        self.done.set(done + 1);
        self.left.set(left - 1);
        Ok(self.deque.get(if backwards { left - 1 } else { done }))
    }
}

fn iterator(v: &Value) -> &DequeIterator {
    v.downcast().expect("slots of deque iterators see those")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    iterator(v).next(vm, false)
}

fn previous(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    iterator(v).next(vm, true)
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(iterator(args.this()).left.get()))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let state = PyTuple::new(vec![it.deque.value(), Value::usize(it.done.get())]).into_value();
    Ok(PyTuple::new(vec![args.this().class().as_value(), state]).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
];

static FORWARD: TypeDef = TypeDef {
    name: "_deque_iterator",
    module: "collections",
    layout: DequeIterator::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new_of), iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `_deque_iterator`.
pub(super) static DEQUE_ITERATOR: Type = Type::builtin(&FORWARD);

static BACKWARD: TypeDef = TypeDef {
    name: "_deque_reverse_iterator",
    module: "collections",
    layout: DequeIterator::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new_of), iter: Some(iter_self), next: Some(previous), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `_deque_reverse_iterator`.
pub(super) static DEQUE_REVERSE_ITERATOR: Type = Type::builtin(&BACKWARD);
