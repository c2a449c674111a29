//! `list`: its value, operators and subscripts. Methods, sorting and iterators have files of their own.

use std::cell::RefCell;

use super::{list_iter, list_methods, seq, slice};
use crate::call::CallArgs;
use crate::object::reserve::OutOfMemory;
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::types::tuple::{PyTuple, TUPLE};
use crate::vm::{PyResult, Vm};

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
    ///
    /// # Errors
    /// [`OutOfMemory`] when the list can't grow.
    #[inline(always)]
    pub fn push(&self, v: Value) -> Result<(), OutOfMemory> {
        let mut items = self.items.borrow_mut();
        if items.len() == items.capacity() {
            items.try_reserve(1)?;
        }
        items.push(v);
        Ok(())
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

pub(super) fn this(v: &Value) -> &PyList {
    v.downcast().expect("slots of list see lists")
}

/// A list (or subclass) without items.
fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, PyList::default()).into_value())
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    // Keywords are for a `__new__` of the subclass's own.
    if v.class().has_new_of(&LIST) {
        args.no_keywords(vm, "list")?;
    }
    args.check_count(vm, "list", 0, 1)?;
    let list = this(v);
    drop(list.take());
    match args.positional().first() {
        Some(items) => extend(vm, list, items),
        None => Ok(()),
    }
}

/// `list.extend(items)`
pub fn extend(vm: &Vm, list: &PyList, items: &Value) -> PyResult<()> {
    // Itself, also where its class iterates otherwise: a list that grows under its own iterator would never end.
    let whole = items.downcast_exact::<PyList>(&LIST).or_else(|| items.downcast().filter(|l| std::ptr::eq(*l, list)));
    let more = match whole {
        Some(other) => other.len(),
        None => items.downcast_exact::<PyTuple>(&TUPLE).map_or(0, PyTuple::len),
    };
    // `Vec` doubles what it has, which may be more than there is: a plain failure is an exception here, not the end.
    if more > 0 && list.with_mut(|l| l.try_reserve(more)).is_err() {
        return Err(vm.out_of_memory(()));
    }
    if let Some(other) = whole {
        if std::ptr::eq(other, list) {
            list.with_mut(|l| l.extend_from_within(..));
        } else {
            list.with_mut(|l| other.with(|o| l.extend_from_slice(o)));
        }
        return Ok(());
    }
    if let Some(other) = items.downcast_exact::<PyTuple>(&TUPLE) {
        list.with_mut(|l| l.extend_from_slice(other.as_slice()));
        return Ok(());
    }
    let it = vm.iter(items)?;
    let hint = vm.length_hint(items, 8)?;
    // What overflows the length is no hint.
    if hint > isize::MAX as usize / 64 && hint <= isize::MAX as usize - list.len() {
        return Err(vm.out_of_memory(()));
    }
    // A hint is only a hint: no more than this is reserved on its word.
    list.with_mut(|l| l.reserve(hint.min(1 << 20)));
    let Some(next) = it.class().slots().next else { return Err(vm.not_a(&it, "an iterator")) };
    while let Some(x) = next(vm, &it)? {
        list.push(x).map_err(|e| vm.out_of_memory(e))?;
    }
    Ok(())
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).len())
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let list = this(v);
    if let Some(i) = seq::index_arg(vm, key)? {
        let item = seq::wrap(i, list.len()).and_then(|i| list.get(i));
        return item.ok_or_else(|| vm.index_error("list index out of range"));
    }
    if let Some(s) = key.downcast::<PySlice>() {
        let bounds = slice::unpack(vm, s)?;
        let items = list.with(|l| {
            let (start, _, step, count) = slice::adjust(bounds, l.len());
            slice::pick(l, start, step, count)
        });
        return Ok(PyList::new(items).into_value());
    }
    Err(wrong_index(vm, key))
}

#[cold]
fn wrong_index(vm: &Vm, key: &Value) -> crate::vm::Raised {
    vm.type_error(format!("list indices must be integers or slices, not {}", key.class().name()))
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let list = this(v);
    if let Some(i) = seq::index_arg(vm, key)? {
        let Some(i) = seq::wrap(i, list.len()) else {
            return Err(vm.index_error("list assignment index out of range"));
        };
        // What was there is dropped after the borrow.
        let old = match value {
            Some(value) => list.set(i, value),
            None => Ok(list.with_mut(|l| l.remove(i))),
        };
        drop(old);
        return Ok(());
    }
    let Some(s) = key.downcast::<PySlice>() else { return Err(wrong_index(vm, key)) };
    let bounds = slice::unpack(vm, s)?;
    match value {
        None => {
            let old = list.with_mut(|l| {
                let (start, _, step, count) = slice::adjust(bounds, l.len());
                remove_slice(l, start, step, count)
            });
            drop(old);
            Ok(())
        }
        Some(value) => assign_slice(vm, list, bounds, &value),
    }
}

/// Takes the items of a slice out.
fn remove_slice(l: &mut Vec<Value>, start: isize, step: isize, count: usize) -> Vec<Value> {
    if count == 0 {
        return Vec::new();
    }
    let (start, step) = if step < 0 { (start + (count as isize - 1) * step, -step) } else { (start, step) };
    let (start, step) = (start as usize, step as usize);
    if step == 1 {
        return l.drain(start..start + count).collect();
    }
    let mut old = Vec::with_capacity(count);
    let mut at = start;
    let last = start + (count - 1) * step;
    let mut i = start;
    // Kept items move down over the gaps.
    while i < l.len() {
        if i <= last && (i - start) % step == 0 {
            old.push(std::mem::replace(&mut l[i], Value::NONE));
        } else {
            l.swap(at, i);
            at += 1;
        }
        i += 1;
    }
    l.truncate(at);
    old
}

fn assign_slice(vm: &Vm, list: &PyList, bounds: (isize, isize, isize), value: &Value) -> PyResult<()> {
    if value.class().slots().iter.is_none() && value.class().slots().getitem.is_none() {
        return Err(vm.type_error("must assign iterable to extended slice"));
    }
    let mut items = vm.to_vec(value)?;
    let fit = list.with_mut(|l| {
        let (start, stop, step, count) = slice::adjust(bounds, l.len());
        if step == 1 {
            let (start, stop) = (start as usize, stop.max(start) as usize);
            return Ok(l.splice(start..stop, items.drain(..)).collect());
        }
        if items.len() != count {
            return Err(count);
        }
        for (i, slot) in items.iter_mut().enumerate() {
            std::mem::swap(slot, &mut l[(start + i as isize * step) as usize]);
        }
        Ok(Vec::new())
    });
    match fit {
        Ok(old) => {
            drop(old);
            Ok(())
        }
        Err(count) => Err(vm.value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {count}",
            items.len()
        ))),
    }
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    Ok(find(vm, this(v), item, 0, usize::MAX)?.is_some())
}

/// The number of the first item from `start` up to `stop` that equals `item`. Items that need no Python code to compare
/// are compared in place.
pub(super) fn find(vm: &Vm, list: &PyList, item: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut i = start;
    loop {
        let stopped = list.with(|l| {
            let end = stop.min(l.len());
            while i < end {
                match seq::quick_eq(&l[i], item) {
                    Some(true) => return Some(Ok(i)),
                    Some(false) => i += 1,
                    None => return Some(Err(l[i].clone())),
                }
            }
            None
        });
        match stopped {
            None => return Ok(None),
            Some(Ok(i)) => return Ok(Some(i)),
            Some(Err(candidate)) => {
                if vm.eq(&candidate, item)? {
                    return Ok(Some(i));
                }
                i += 1;
            }
        }
    }
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(other) = b.downcast::<PyList>() else {
        return Err(vm.type_error(format!("can only concatenate list (not \"{}\") to list", b.class().name())));
    };
    let list = this(a);
    let mut items = Vec::with_capacity(list.len() + other.len());
    list.with(|l| items.extend_from_slice(l));
    other.with(|l| items.extend_from_slice(l));
    Ok(PyList::new(items).into_value())
}

fn iconcat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    extend(vm, this(a), b)?;
    Ok(a.clone())
}

fn repeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let list = this(v);
    let total = seq::repeated_len(vm, list.len(), n)?;
    let mut items = Vec::new();
    if items.try_reserve_exact(total).is_err() {
        return Err(vm.out_of_memory(()));
    }
    list.with(|l| match l {
        [one] => items.resize(total, one.clone()),
        _ if !l.is_empty() => (0..n).for_each(|_| items.extend_from_slice(l)),
        _ => {}
    });
    Ok(PyList::new(items).into_value())
}

fn irepeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let list = this(v);
    let total = seq::repeated_len(vm, list.len(), n)?;
    if n <= 0 {
        drop(list.take());
        return Ok(v.clone());
    }
    let room = list.with_mut(|l| {
        let len = l.len();
        if l.try_reserve_exact(total - len).is_err() {
            return false;
        }
        (1..n).for_each(|_| l.extend_from_within(..len));
        true
    });
    if room { Ok(v.clone()) } else { Err(vm.out_of_memory(())) }
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<PyList>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let x = this(a);
    if x.len() != y.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    seq::compare(vm, op, |i| x.get(i), |i| y.get(i))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let list = this(v);
    let text = vm.guard_repr(v, || seq::repr_items(vm, "[", "]", |i| list.get(i)))?;
    Ok(PyStr::new(&text.unwrap_or_else(|| b"[...]".to_vec())).into_value())
}

static DEF: TypeDef = TypeDef {
    name: "list",
    doc: "list(iterable=(), /)\n--\n\nBuilt-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\n\
          The argument must be an iterable if specified.",
    layout: PyList::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::SEQUENCE | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(list_iter::iter),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        concat: Some(concat),
        iconcat: Some(iconcat),
        repeat: Some(repeat),
        irepeat: Some(irepeat),
        ..Slots::EMPTY
    },
    methods: list_methods::METHODS,
    class_methods: list_methods::CLASS_METHODS,
    ..TypeDef::EMPTY
};
/// The type `list`.
pub static LIST: Type = Type::builtin(&DEF);
