//! The iterator over the characters of a string.

use std::cell::{Cell, RefCell};

use super::PyStr;
use crate::Str;
use crate::call::{Args, NativeDef, native};
use crate::object::string::decode_at;
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::iterator::{iter_self, reduce_at, reduce_spent};
use crate::vm::{PyResult, Vm};

/// The payload of `str_iterator`.
pub struct PyStrIterator {
    text: RefCell<Option<Str>>,
    /// The byte at which the next character begins.
    at: Cell<usize>,
}

impl Payload for PyStrIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyStrIterator>();
        &L
    }
}

impl PyStrIterator {
    /// An iterator at the start of a string.
    pub fn create(of: &Value) -> Value {
        let text = RefCell::new(of.downcast_ref::<PyStr>());
        Ref::new(&STR_ITERATOR, PyStrIterator { text, at: Cell::new(0) }).into_value()
    }

    /// The next character.
    #[inline]
    pub fn next(&self) -> Option<Value> {
        let cp = {
            let text = self.text.borrow();
            let bytes = text.as_ref()?.as_bytes();
            let at = self.at.get();
            if at < bytes.len() {
                let (cp, len) = decode_at(bytes, at);
                self.at.set(at + len);
                Some(cp)
            } else {
                None
            }
        };
        match cp {
            Some(cp) => Some(PyStr::of_char(cp).into_value()),
            None => {
                drop(self.text.take());
                None
            }
        }
    }
}

fn next(_: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(v.downcast::<PyStrIterator>().and_then(PyStrIterator::next))
}

fn length_hint(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = args.payload::<PyStrIterator>();
    let text = it.text.borrow();
    let left = text.as_ref().map_or(0, |s| s.len() - s.char_offset(it.at.get().min(s.byte_len())));
    Ok(Value::usize(left))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = args.payload::<PyStrIterator>();
    let text = it.text.borrow().clone();
    match text {
        Some(s) => {
            let index = Value::usize(s.char_offset(it.at.get().min(s.byte_len())));
            reduce_at(vm, "iter", s.into_value(), index)
        }
        None => reduce_spent(vm, vm.names().empty.value()),
    }
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = args.payload::<PyStrIterator>();
    let index = args.i64(vm, 1)?.max(0) as usize;
    if let Some(s) = &*it.text.borrow() {
        it.at.set(s.byte_offset(index.min(s.len())));
    }
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
];

static DEF: TypeDef = TypeDef {
    name: "str_iterator",
    layout: PyStrIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type of `iter("…")`.
pub static STR_ITERATOR: Type = Type::builtin(&DEF);
