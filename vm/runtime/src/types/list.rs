//! `list`.

use std::cell::RefCell;

use crate::object::{Layout, Payload, Ref, Type, TypeDef, TypeFlags, Value};

/// The payload of `list`.
#[derive(Default)]
pub struct PyList {
    items: RefCell<Vec<Value>>,
}

impl Payload for PyList {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyList>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.items.borrow().iter().for_each(visit);
    }
    fn clear(&self) {
        drop(self.take());
    }
}

impl PyList {
    /// A new exact list.
    pub fn new(items: Vec<Value>) -> Ref<PyList> {
        Ref::new(&LIST, PyList { items: RefCell::new(items) })
    }

    /// The number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item with this number.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.items.borrow().get(i).cloned()
    }

    /// Replaces an item; the old one is given back. `Err` gives the new one back when there is no such item.
    #[inline(always)]
    pub fn set(&self, i: usize, v: Value) -> Result<Value, Value> {
        match self.items.borrow_mut().get_mut(i) {
            Some(slot) => Ok(std::mem::replace(slot, v)),
            None => Err(v),
        }
    }

    /// Appends an item.
    #[inline(always)]
    pub fn push(&self, v: Value) {
        self.items.borrow_mut().push(v);
    }

    /// A copy of the items.
    pub fn to_vec(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }

    /// Takes all items out.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.items.borrow_mut())
    }

    /// Replaces all items; the old ones are given back.
    pub fn replace(&self, items: Vec<Value>) -> Vec<Value> {
        std::mem::replace(&mut *self.items.borrow_mut(), items)
    }

    /// Runs `f` on the items. `f` must not run Python code.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&[Value]) -> R) -> R {
        f(&self.items.borrow())
    }

    /// Runs `f` on the vector itself. `f` must not run Python code: values taken out are given back to be dropped later.
    #[inline]
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        f(&mut self.items.borrow_mut())
    }
}

static DEF: TypeDef = TypeDef {
    name: "list",
    layout: PyList::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::SEQUENCE | TypeFlags::MATCH_SELF,
    ..TypeDef::EMPTY
};
/// The type `list`.
pub static LIST: Type = Type::builtin(&DEF);
