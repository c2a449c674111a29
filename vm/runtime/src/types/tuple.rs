//! `tuple`: see [`crate::object::tuple`] for its representation.

use std::cell::{Cell, RefCell};

use super::iterator::{iter_self, reduce_at, reduce_spent};
use super::{seq, slice};
use crate::call::{Args, CallArgs, NativeDef, native};
pub use crate::object::tuple::PyTuple;
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

fn this(v: &Value) -> &PyTuple {
    v.downcast().expect("slots of tuple see tuples")
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let exact = std::ptr::eq(class, &TUPLE);
    if class.has_init_of(&TUPLE) {
        args.no_keywords(vm, "tuple")?;
    }
    args.check_count(vm, "tuple", 0, 1)?;
    let Some(items) = args.positional().first() else {
        return Ok(PyTuple::with_class(class, Vec::new()).into_value());
    };
    if exact && items.is_exact(&TUPLE) {
        return Ok(items.clone());
    }
    Ok(PyTuple::with_class(class, vm.to_vec(items)?).into_value())
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).len())
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let items = this(v).as_slice();
    if let Some(i) = seq::index_arg(vm, key)? {
        return match seq::wrap(i, items.len()) {
            Some(i) => Ok(items[i].clone()),
            None => Err(vm.index_error("tuple index out of range")),
        };
    }
    if let Some(s) = key.downcast::<PySlice>() {
        let (start, _, step, count) = slice::resolve(vm, s, items.len())?;
        if count == items.len() && step == 1 && v.is_exact(&TUPLE) {
            return Ok(v.clone());
        }
        return Ok(PyTuple::new(slice::pick(items, start, step, count)).into_value());
    }
    Err(vm.type_error(format!("tuple indices must be integers or slices, not {}", key.class().name())))
}

fn find(vm: &Vm, items: &[Value], item: &Value) -> PyResult<Option<usize>> {
    for (i, x) in items.iter().enumerate() {
        let same = match seq::quick_eq(x, item) {
            Some(same) => same,
            None => vm.eq(x, item)?,
        };
        if same {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    Ok(find(vm, this(v).as_slice(), item)?.is_some())
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(other) = b.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!("can only concatenate tuple (not \"{}\") to tuple", b.class().name())));
    };
    let (x, y) = (this(a).as_slice(), other.as_slice());
    if x.is_empty() && b.is_exact(&TUPLE) {
        return Ok(b.clone());
    }
    if y.is_empty() && a.is_exact(&TUPLE) {
        return Ok(a.clone());
    }
    vm.ask_room((x.len() + y.len()) * size_of::<Value>())?;
    let items = x.iter().chain(y).cloned();
    Ok(PyTuple::from_exact_iter(&TUPLE, x.len() + y.len(), items).into_value())
}

fn repeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let items = this(v).as_slice();
    if v.is_exact(&TUPLE) && (n == 1 || items.is_empty()) {
        return Ok(v.clone());
    }
    let total = seq::repeated_len(vm, items.len(), n)?;
    if Vec::<Value>::new().try_reserve_exact(total).is_err() {
        return Err(vm.out_of_memory(()));
    }
    let all = items.iter().cycle().take(total).cloned();
    Ok(PyTuple::from_exact_iter(&TUPLE, total, all).into_value())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<PyTuple>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (x, y) = (this(a).as_slice(), y.as_slice());
    seq::compare(vm, op, |i| x.get(i).cloned(), |i| y.get(i).cloned())
}

/// A hash of hashes in order, by the scheme of xxHash. `with_len` mixes in the number of lanes as `tuple` does.
pub fn combine_hashes(lanes: impl Iterator<Item = i64>, with_len: bool) -> i64 {
    const PRIME_1: u64 = 11400714785074694791;
    const PRIME_2: u64 = 14029467366897019727;
    const PRIME_5: u64 = 2870177450012600261;
    let mut acc = PRIME_5;
    let mut n = 0u64;
    for lane in lanes {
        acc = acc.wrapping_add((lane as u64).wrapping_mul(PRIME_2));
        acc = acc.rotate_left(31).wrapping_mul(PRIME_1);
        n += 1;
    }
    if with_len {
        acc = acc.wrapping_add(n ^ (PRIME_5 ^ 3527539));
    }
    if acc == u64::MAX { 1546275796 } else { acc as i64 }
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    vm.check_stack()?;
    let mut lanes = Vec::new();
    let mut few = [0; 8];
    let items = this(v).as_slice();
    if items.len() <= few.len() {
        for (lane, x) in few.iter_mut().zip(items) {
            *lane = vm.hash(x)?;
        }
        return Ok(combine_hashes(few[..items.len()].iter().copied(), true));
    }
    for x in items {
        lanes.push(vm.hash(x)?);
    }
    Ok(combine_hashes(lanes.into_iter(), true))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let items = this(v).as_slice();
    let close = if items.len() == 1 { ",)" } else { ")" };
    let text = vm.guard_repr(v, || seq::repr_items(vm, "(", close, |i| items.get(i).cloned()))?;
    Ok(PyStr::new(&text.unwrap_or_else(|| b"(...)".to_vec())).into_value())
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let items = args.payload::<PyTuple>().as_slice();
    let mut n = 0;
    for x in items {
        n += i64::from(vm.eq(x, args.get(1))?);
    }
    Ok(Value::small(n))
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let items = args.payload::<PyTuple>().as_slice();
    let (start, stop) = seq::search_bounds(vm, args.opt(2), args.opt(3), items.len())?;
    let stop = stop.min(items.len());
    let found = if start < stop { find(vm, &items[start..stop], args.get(1))? } else { None };
    match found {
        Some(i) => Ok(Value::usize(start + i)),
        None => Err(vm.value_error("tuple.index(x): x not in tuple")),
    }
}

fn getnewargs(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let copy = PyTuple::from_slice(args.payload::<PyTuple>().as_slice());
    Ok(PyTuple::new(vec![copy.into_value()]).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__getnewargs__(self, /)", "", getnewargs),
    native("count(self, value, /)", "Return number of occurrences of value.", count),
    native(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        "Return first index of value.\n\nRaises ValueError if the value is not present.",
        index,
    ),
];

static DEF: TypeDef = TypeDef {
    name: "tuple",
    doc: "tuple(iterable=(), /)\n--\n\nBuilt-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\n\
          If iterable is specified the tuple is initialized from iterable's items.\n\n\
          If the argument is a tuple, the return value is the same object.",
    layout: PyTuple::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::SEQUENCE | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        getitem: Some(getitem),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: &[native(
        "__class_getitem__(cls, object, /)",
        "See PEP 585",
        crate::types::generic_alias::class_getitem_method,
    )],
    ..TypeDef::EMPTY
};
/// The type `tuple`.
pub static TUPLE: Type = Type::builtin(&DEF);

/// The payload of `tuple_iterator`.
pub struct PyTupleIterator {
    /// The tuple, until the end was reached.
    tuple: RefCell<Option<Ref<PyTuple>>>,
    index: Cell<usize>,
}

impl Payload for PyTupleIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTupleIterator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(t) = &*self.tuple.borrow() {
            visit(t.as_value());
        }
    }
    fn clear(&self) {
        drop(self.tuple.take());
    }
}

impl PyTupleIterator {
    /// An iterator at the start of a tuple.
    pub fn new_ref(tuple: Ref<PyTuple>) -> Ref<PyTupleIterator> {
        Ref::new(&TUPLE_ITERATOR, PyTupleIterator { tuple: RefCell::new(Some(tuple)), index: Cell::new(0) })
    }

    /// The next item. Runs no Python code but what the tuple's death runs when the end is reached.
    #[inline(always)]
    pub fn next(&self) -> Option<Value> {
        let i = self.index.get();
        let item = match &*self.tuple.borrow() {
            Some(t) => t.as_slice().get(i).cloned(),
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
        let tuple = self.tuple.take();
        drop(tuple);
    }
}

fn iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let tuple = v.downcast_ref::<PyTuple>().expect("slots of tuple see tuples");
    Ok(PyTupleIterator::new_ref(tuple).into_value())
}

fn iterator(v: &Value) -> &PyTupleIterator {
    v.downcast().expect("slots of tuple_iterator see those")
}

fn next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(iterator(v).next())
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let len = it.tuple.borrow().as_ref().map_or(0, |t| t.len());
    Ok(Value::usize(len.saturating_sub(it.index.get())))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let tuple = it.tuple.borrow().clone();
    match tuple {
        Some(t) => reduce_at(vm, "iter", t.into_value(), Value::usize(it.index.get())),
        None => reduce_spent(vm, PyTuple::new(Vec::new()).into_value()),
    }
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let i = args.i64(vm, 1)?;
    let len = it.tuple.borrow().as_ref().map(|t| t.len());
    if let Some(len) = len {
        it.index.set((i.max(0) as usize).min(len));
    }
    Ok(Value::NONE)
}

static ITERATOR_METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
];

static ITERATOR_DEF: TypeDef = TypeDef {
    name: "tuple_iterator",
    layout: PyTupleIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: ITERATOR_METHODS,
    ..TypeDef::EMPTY
};
/// The type `tuple_iterator`.
pub static TUPLE_ITERATOR: Type = Type::builtin(&ITERATOR_DEF);
