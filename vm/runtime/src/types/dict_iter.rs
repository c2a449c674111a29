//! Iterators over the keys, values and items of dicts, forwards and backwards.

use std::cell::{Cell, RefCell};

use super::dict::{PyDict, this};
use super::dict_views::Part;
use super::iterator::{builtin, iter_self};
use crate::call::{Args, NativeDef, native};
use crate::object::table::Table;
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, owner};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// The payload of all iterators over dicts.
pub struct PyDictIterator {
    /// The dict, until the end was reached.
    dict: RefCell<Option<Ref<PyDict>>>,
    /// Forwards: the entry to look at next. Backwards: one more than that.
    at: Cell<usize>,
    /// The table's edit counter and length when iteration began.
    edits: Cell<u32>,
    len: Cell<usize>,
    part: Part,
    backwards: bool,
}

impl Payload for PyDictIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyDictIterator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(d) = &*self.dict.borrow() {
            visit(d.as_value());
        }
    }
    fn clear(&self) {
        drop(self.dict.take());
    }
}

/// An iterator over a dict (or subclass instance), without a look at its `__iter__`.
pub fn new(dict: &Value, part: Part, backwards: bool) -> Value {
    let d = this(dict);
    let at = if backwards { d.table().end() } else { 0 };
    let it = PyDictIterator {
        dict: RefCell::new(Some(owner(d))),
        at: Cell::new(at),
        edits: Cell::new(d.table().edits()),
        len: Cell::new(d.len()),
        part,
        backwards,
    };
    let class: &'static Type = match (part, backwards) {
        (Part::Keys, false) => &KEY_ITERATOR,
        (Part::Values, false) => &VALUE_ITERATOR,
        (Part::Items, false) => &ITEM_ITERATOR,
        (Part::Keys, true) => &REVERSE_KEY_ITERATOR,
        (Part::Values, true) => &REVERSE_VALUE_ITERATOR,
        (Part::Items, true) => &REVERSE_ITEM_ITERATOR,
    };
    Ref::new(class, it).into_value()
}

/// The slot `iter` of dict.
pub(super) fn iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(new(v, Part::Keys, false))
}

impl PyDictIterator {
    #[inline(always)]
    fn step<T>(&self, vm: &Vm, find: impl FnOnce(&Table<Value>, usize) -> Option<(usize, T)>) -> PyResult<Option<T>> {
        let found = {
            let dict = self.dict.borrow();
            let Some(d) = &*dict else { return Ok(None) };
            if d.table().edits() != self.edits.get() {
                let len = d.len();
                drop(dict);
                return Err(self.changed(vm, len));
            }
            find(d.table(), self.at.get())
        };
        match found {
            Some((at, x)) => {
                self.at.set(at);
                Ok(Some(x))
            }
            None => {
                self.finish();
                Ok(None)
            }
        }
    }

    #[cold]
    fn finish(&self) {
        let dict = self.dict.take();
        drop(dict);
    }

    #[cold]
    fn changed(&self, vm: &Vm, len: usize) -> Raised {
        if len == self.len.get() {
            return vm.runtime_error("dictionary keys changed during iteration");
        }
        // Sticky, even if the old length comes back.
        self.len.set(usize::MAX);
        vm.runtime_error("dictionary changed size during iteration")
    }

    /// The next key, going forwards.
    #[inline(always)]
    pub fn next_key(&self, vm: &Vm) -> PyResult<Option<Value>> {
        self.step(vm, |t, at| t.next_key(at).map(|(i, k)| (i + 1, k)))
    }

    /// The next value, going forwards.
    #[inline(always)]
    pub fn next_value(&self, vm: &Vm) -> PyResult<Option<Value>> {
        self.step(vm, |t, at| t.next_value(at).map(|(i, x)| (i + 1, x)))
    }

    /// The next key and value, going forwards.
    #[inline(always)]
    pub fn next_pair(&self, vm: &Vm) -> PyResult<Option<(Value, Value)>> {
        self.step(vm, |t, at| t.next_live(at).map(|(i, k, x)| (i + 1, (k, x))))
    }

    /// The key and value before, going backwards.
    fn previous_pair(&self, vm: &Vm) -> PyResult<Option<(Value, Value)>> {
        self.step(vm, |t, at| t.prev_live(at).map(|(i, k, x)| (i, (k, x))))
    }

    /// What is still to come.
    fn rest(&self) -> Vec<Value> {
        let dict = self.dict.borrow();
        let Some(d) = &*dict else { return Vec::new() };
        let mut out = Vec::new();
        let mut at = self.at.get();
        if self.backwards {
            while let Some((i, k, x)) = d.table().prev_live(at) {
                out.push(self.part.of(k, x));
                at = i;
            }
        } else {
            while let Some((i, k, x)) = d.table().next_live(at) {
                out.push(self.part.of(k, x));
                at = i + 1;
            }
        }
        out
    }
}

fn iterator(v: &Value) -> &PyDictIterator {
    v.downcast().expect("slots of dict iterators see those")
}

fn next_key(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    iterator(v).next_key(vm)
}

fn next_value(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    iterator(v).next_value(vm)
}

fn next_item(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(iterator(v).next_pair(vm)?.map(|(k, x)| Part::Items.of(k, x)))
}

fn previous(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it = iterator(v);
    Ok(it.previous_pair(vm)?.map(|(k, x)| it.part.of(k, x)))
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let unchanged = it.dict.borrow().as_ref().is_some_and(|d| d.len() == it.len.get());
    Ok(Value::usize(if unchanged { it.rest().len() } else { 0 }))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let rest = PyList::new(iterator(args.this()).rest()).into_value();
    let args = PyTuple::new(vec![rest]).into_value();
    Ok(PyTuple::new(vec![builtin(vm, "iter")?, args]).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
];

macro_rules! iterators {
    ($($(#[$doc:meta])* $NAME:ident = $text:literal, $next:ident;)*) => {$(
        $(#[$doc])*
        pub static $NAME: Type = {
            static DEF: TypeDef = TypeDef {
                name: $text,
                layout: PyDictIterator::layout,
                flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
                slots: Slots { iter: Some(iter_self), next: Some($next), ..Slots::EMPTY },
                methods: METHODS,
                ..TypeDef::EMPTY
            };
            Type::builtin(&DEF)
        };
    )*};
}

iterators! {
    /// `dict_keyiterator`
    KEY_ITERATOR = "dict_keyiterator", next_key;
    /// `dict_valueiterator`
    VALUE_ITERATOR = "dict_valueiterator", next_value;
    /// `dict_itemiterator`
    ITEM_ITERATOR = "dict_itemiterator", next_item;
    /// `dict_reversekeyiterator`
    REVERSE_KEY_ITERATOR = "dict_reversekeyiterator", previous;
    /// `dict_reversevalueiterator`
    REVERSE_VALUE_ITERATOR = "dict_reversevalueiterator", previous;
    /// `dict_reverseitemiterator`
    REVERSE_ITEM_ITERATOR = "dict_reverseitemiterator", previous;
}
