//! `set` and `frozenset`: a [`Table`] without values; operators and comparisons. Methods have a file of their own.

use std::cell::{Cell, RefCell};

use super::iterator::{builtin, iter_self};
use super::{dict, set_methods};
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::table::Table;
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, owner};
use crate::types::dict::PyDict;
use crate::types::exception as exc;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `set` and `frozenset`.
#[derive(Default)]
pub struct PySet {
    table: Table<()>,
    /// The hash of a frozenset, once asked for.
    hash: Cell<Option<i64>>,
}

impl Payload for PySet {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PySet>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.table.each(|k, ()| visit(k));
    }
    fn clear(&self) {
        drop(self.table.take_all());
    }
}

impl PySet {
    /// A new exact, empty set.
    pub fn new_ref() -> Ref<PySet> {
        PySet::of_table(&SET, Table::new())
    }

    /// A new exact, empty frozenset, to be filled before anybody sees it.
    pub fn new_frozen() -> Ref<PySet> {
        PySet::of_table(&FROZENSET, Table::new())
    }

    /// A set of this class around a table.
    pub(super) fn of_table(class: &Type, table: Table<()>) -> Ref<PySet> {
        Ref::new(class, PySet { table, hash: Cell::new(None) })
    }

    /// The table.
    #[inline(always)]
    pub fn table(&self) -> &Table<()> {
        &self.table
    }

    /// The number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an item; tells whether it is new.
    #[inline]
    pub fn add(&self, vm: &Vm, item: &Value) -> PyResult<bool> {
        let hash = vm.hash(item)?;
        self.add_hashed(vm, item, hash)
    }

    /// Adds an item whose hash is known; tells whether it is new.
    pub fn add_hashed(&self, vm: &Vm, item: &Value, hash: i64) -> PyResult<bool> {
        if self.table.find(vm, item, hash)?.is_some() {
            return Ok(false);
        }
        self.table.insert_new(hash, item.clone(), ()).map_err(|e| vm.out_of_memory(e))?;
        Ok(true)
    }

    /// `item in self`
    #[inline]
    pub fn contains(&self, vm: &Vm, item: &Value) -> PyResult<bool> {
        let hash = vm.hash(item)?;
        self.contains_hashed(vm, item, hash)
    }

    /// `item in self`, with the item's hash.
    pub fn contains_hashed(&self, vm: &Vm, item: &Value, hash: i64) -> PyResult<bool> {
        Ok(self.table.find(vm, item, hash)?.is_some())
    }

    /// Removes an item; tells whether it was there.
    pub fn discard(&self, vm: &Vm, item: &Value) -> PyResult<bool> {
        let hash = vm.hash(item)?;
        self.discard_hashed(vm, item, hash)
    }

    /// Removes an item whose hash is known; tells whether it was there.
    pub fn discard_hashed(&self, vm: &Vm, item: &Value, hash: i64) -> PyResult<bool> {
        let found = self.table.find(vm, item, hash)?;
        Ok(found.map(|i| self.table.remove_at(i)).is_some())
    }

    /// Removes everything.
    pub fn clear_all(&self) {
        drop(self.table.take_all());
    }

    /// A snapshot of the items.
    pub fn to_vec(&self) -> Vec<Value> {
        let mut out = Vec::with_capacity(self.len());
        self.table.each(|k, ()| out.push(k.clone()));
        out
    }

    /// Goes through the items with their hashes, until `f` gives `false`. Changes meanwhile are put up with.
    pub fn each(&self, mut f: impl FnMut(&Value, i64) -> PyResult<bool>) -> PyResult<()> {
        let mut at = 0;
        while let Some((i, k)) = self.table.next_key(at) {
            if !f(&k, self.table.hash_at(i))? {
                break;
            }
            at = i + 1;
        }
        Ok(())
    }

    /// The hash of these items as a frozenset.
    pub fn frozen_hash(&self) -> i64 {
        fn shuffle(h: u64) -> u64 {
            ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167)
        }
        let mut hash = 0u64;
        let mut at = 0;
        while let Some((i, ())) = self.table.next_value(at) {
            hash ^= shuffle(self.table.hash_at(i) as u64);
            at = i + 1;
        }
        hash ^= (self.len() as u64 + 1).wrapping_mul(1927868237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69069).wrapping_add(907133923);
        if hash == u64::MAX { 590923713 } else { hash as i64 }
    }
}

pub(super) fn this(v: &Value) -> &PySet {
    v.downcast().expect("slots of set see sets")
}

/// `set` or `frozenset`: what operations on instances of subclasses give.
pub(super) fn base_class(v: &Value) -> &'static Type {
    if v.class().is_subtype(&FROZENSET) { &FROZENSET } else { &SET }
}

/// A copy as a plain set or frozenset.
pub(super) fn copy(vm: &Vm, v: &Value) -> PyResult<Ref<PySet>> {
    let table = this(v).table.copy().map_err(|e| vm.out_of_memory(e))?;
    Ok(PySet::of_table(base_class(v), table))
}

/// Adds all items of an iterable.
pub fn update(vm: &Vm, s: &PySet, items: &Value) -> PyResult<()> {
    if let Some(other) = items.downcast::<PySet>() {
        if s.is_empty() {
            drop(s.table.swap(other.table.copy().map_err(|e| vm.out_of_memory(e))?));
            return Ok(());
        }
        return other.each(|k, h| s.add_hashed(vm, k, h).map(|_| true));
    }
    if let Some(d) = items.downcast_exact::<PyDict>(&dict::DICT) {
        let mut at = 0;
        while let Some((i, k)) = d.table().next_key(at) {
            s.add_hashed(vm, &k, d.table().hash_at(i))?;
            at = i + 1;
        }
        return Ok(());
    }
    vm.for_each(items, |x| s.add(vm, &x).map(|_| true))
}

/// Removes all items of an iterable.
pub fn remove_all(vm: &Vm, s: &PySet, items: &Value) -> PyResult<()> {
    if let Some(other) = items.downcast::<PySet>() {
        if std::ptr::eq(other, s) {
            s.clear_all();
            return Ok(());
        }
        return other.each(|k, h| s.discard_hashed(vm, k, h).map(|_| true));
    }
    if let Some(d) = items.downcast_exact::<PyDict>(&dict::DICT) {
        let mut at = 0;
        while let Some((i, k)) = d.table().next_key(at) {
            s.discard_hashed(vm, &k, d.table().hash_at(i))?;
            at = i + 1;
        }
        return Ok(());
    }
    vm.for_each(items, |x| s.discard(vm, &x).map(|_| true))
}

/// Removes the items of an iterable that are there, adds those that are not.
pub fn toggle_all(vm: &Vm, s: &PySet, items: &Value) -> PyResult<()> {
    let made;
    let other = match items.downcast::<PySet>() {
        Some(o) if std::ptr::eq(o, s) => {
            s.clear_all();
            return Ok(());
        }
        Some(o) => o,
        None => {
            made = PySet::new_ref();
            update(vm, &made, items)?;
            &made
        }
    };
    other.each(|k, h| {
        if !s.discard_hashed(vm, k, h)? {
            s.add_hashed(vm, k, h)?;
        }
        Ok(true)
    })
}

/// The items of `s` that are in an iterable, as a new set of this class.
pub(super) fn intersect(vm: &Vm, class: &Type, s: &PySet, items: &Value) -> PyResult<Ref<PySet>> {
    let out = PySet::of_table(class, Table::new());
    if let Some(other) = items.downcast::<PySet>() {
        let (few, many) = if other.len() > s.len() { (s, other) } else { (other, s) };
        few.each(|k, h| {
            if many.contains_hashed(vm, k, h)? {
                out.add_hashed(vm, k, h)?;
            }
            Ok(true)
        })?;
    } else {
        vm.for_each(items, |x| {
            let h = vm.hash(&x)?;
            if s.contains_hashed(vm, &x, h)? {
                out.add_hashed(vm, &x, h)?;
            }
            Ok(true)
        })?;
    }
    Ok(out)
}

/// The items of `s` that are not in an iterable, as a new set of this class.
pub(super) fn difference(vm: &Vm, class: &Type, s: &PySet, items: &Value) -> PyResult<Ref<PySet>> {
    let out = PySet::of_table(class, Table::new());
    if let Some(other) = items.downcast::<PySet>() {
        s.each(|k, h| {
            if !other.contains_hashed(vm, k, h)? {
                out.add_hashed(vm, k, h)?;
            }
            Ok(true)
        })?;
    } else if let Some(other) = items.downcast_exact::<PyDict>(&dict::DICT) {
        s.each(|k, h| {
            if other.table().find(vm, k, h)?.is_none() {
                out.add_hashed(vm, k, h)?;
            }
            Ok(true)
        })?;
    } else {
        drop(out.table.swap(s.table.copy().map_err(|e| vm.out_of_memory(e))?));
        remove_all(vm, &out, items)?;
    }
    Ok(out)
}

/// Whether everything in `a` is in `b`.
pub(super) fn is_subset(vm: &Vm, a: &PySet, b: &PySet) -> PyResult<bool> {
    if a.len() > b.len() {
        return Ok(false);
    }
    let mut all = true;
    a.each(|k, h| {
        all = b.contains_hashed(vm, k, h)?;
        Ok(all)
    })?;
    Ok(all)
}

/// The hash of an item to look for: a set stands for the frozenset with its items.
pub(super) fn key_hash(vm: &Vm, item: &Value) -> PyResult<i64> {
    match vm.hash(item) {
        Err(e) if e.is(&exc::TYPE_ERROR) => match item.downcast::<PySet>() {
            Some(s) => Ok(s.frozen_hash()),
            None => Err(e),
        },
        r => r,
    }
}

fn new_set(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, PySet::default()).into_value())
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    args.no_keywords(vm, "set")?;
    args.check_count(vm, "set", 0, 1)?;
    let s = this(v);
    s.clear_all();
    match args.positional().first() {
        Some(items) => update(vm, s, items),
        None => Ok(()),
    }
}

fn new_frozenset(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let exact = std::ptr::eq(class, &FROZENSET);
    if class.has_init_of(&FROZENSET) {
        args.no_keywords(vm, "frozenset")?;
    }
    args.check_count(vm, "frozenset", 0, 1)?;
    let s = PySet::of_table(class, Table::new());
    if let Some(items) = args.positional().first() {
        if exact && items.is_exact(&FROZENSET) {
            return Ok(items.clone());
        }
        update(vm, &s, items)?;
    }
    Ok(s.into_value())
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).len())
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    this(v).contains_hashed(vm, item, key_hash(vm, item)?)
}

fn hash(_vm: &Vm, v: &Value) -> PyResult<i64> {
    let s = this(v);
    if let Some(h) = s.hash.get() {
        return Ok(h);
    }
    let h = s.frozen_hash();
    s.hash.set(Some(h));
    Ok(h)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<PySet>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let x = this(a);
    let equal = || -> PyResult<bool> {
        if let (Some(p), Some(q)) = (x.hash.get(), y.hash.get())
            && p != q
        {
            return Ok(false);
        }
        Ok(x.len() == y.len() && is_subset(vm, x, y)?)
    };
    Ok(Value::bool(match op {
        CmpOp::Eq => equal()?,
        CmpOp::Ne => !equal()?,
        CmpOp::Le => is_subset(vm, x, y)?,
        CmpOp::Ge => is_subset(vm, y, x)?,
        CmpOp::Lt => x.len() < y.len() && is_subset(vm, x, y)?,
        CmpOp::Gt => y.len() < x.len() && is_subset(vm, y, x)?,
    }))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let s = this(v);
    let name = v.class().name();
    let text = vm.guard_repr(v, || {
        if s.is_empty() {
            return Ok(format!("{name}()").into_bytes());
        }
        let items = s.to_vec();
        let (open, close) = if v.is_exact(&SET) { ("{".to_string(), "}") } else { (format!("{name}({{"), "})") };
        super::seq::repr_items(vm, &open, close, |i| items.get(i).cloned())
    })?;
    let text = text.unwrap_or_else(|| format!("{name}(...)").into_bytes());
    Ok(PyStr::new(&text).into_value())
}

/// Both operands, if both are sets.
fn operands<'a>(a: &'a Value, b: &'a Value) -> Option<(&'a PySet, &'a PySet)> {
    Some((a.downcast::<PySet>()?, b.downcast::<PySet>()?))
}

fn and(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((x, _)) = operands(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(intersect(vm, base_class(a), x, b)?.into_value())
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if operands(a, b).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let s = copy(vm, a)?;
    update(vm, &s, b)?;
    Ok(s.into_value())
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((x, _)) = operands(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(difference(vm, base_class(a), x, b)?.into_value())
}

fn xor(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if operands(a, b).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let s = copy(vm, a)?;
    toggle_all(vm, &s, b)?;
    Ok(s.into_value())
}

fn iand(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((x, _)) = operands(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    set_methods::replace_by_intersection(vm, x, b)?;
    Ok(a.clone())
}

fn ior(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((x, _)) = operands(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    update(vm, x, b)?;
    Ok(a.clone())
}

fn isub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((x, _)) = operands(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    remove_all(vm, x, b)?;
    Ok(a.clone())
}

fn ixor(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((x, _)) = operands(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    toggle_all(vm, x, b)?;
    Ok(a.clone())
}

const COMMON: Slots = Slots {
    repr: Some(repr),
    compare: Some(compare),
    iter: Some(iter),
    len: Some(len),
    contains: Some(contains),
    binary: Slots::ops(&[(BinOp::And, and), (BinOp::Or, or), (BinOp::Sub, sub), (BinOp::Xor, xor)]),
    ..Slots::EMPTY
};

const FLAGS: u32 = TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS | TypeFlags::MATCH_SELF;

static SET_DEF: TypeDef = TypeDef {
    name: "set",
    doc: "Build an unordered collection of unique elements.",
    layout: PySet::layout,
    flags: FLAGS,
    slots: Slots {
        new: Some(new_set),
        init: Some(init),
        inplace: Slots::ops(&[(BinOp::And, iand), (BinOp::Or, ior), (BinOp::Sub, isub), (BinOp::Xor, ixor)]),
        ..COMMON
    },
    methods: set_methods::SET_METHODS,
    class_methods: set_methods::CLASS_METHODS,
    ..TypeDef::EMPTY
};
/// The type `set`.
pub static SET: Type = Type::builtin(&SET_DEF);

static FROZENSET_DEF: TypeDef = TypeDef {
    name: "frozenset",
    doc: "Build an immutable unordered collection of unique elements.",
    layout: PySet::layout,
    flags: FLAGS,
    slots: Slots { new: Some(new_frozenset), hash: Some(hash), ..COMMON },
    methods: set_methods::FROZENSET_METHODS,
    class_methods: set_methods::CLASS_METHODS,
    ..TypeDef::EMPTY
};
/// The type `frozenset`.
pub static FROZENSET: Type = Type::builtin(&FROZENSET_DEF);

/// The payload of `set_iterator`.
pub struct PySetIterator {
    /// The set, until the end was reached.
    set: RefCell<Option<Ref<PySet>>>,
    at: Cell<usize>,
    /// The number of items when iteration began.
    len: Cell<usize>,
}

impl Payload for PySetIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PySetIterator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(s) = &*self.set.borrow() {
            visit(s.as_value());
        }
    }
    fn clear(&self) {
        drop(self.set.take());
    }
}

impl PySetIterator {
    /// The next item.
    #[inline]
    pub fn next(&self, vm: &Vm) -> PyResult<Option<Value>> {
        let found = {
            let set = self.set.borrow();
            let Some(s) = &*set else { return Ok(None) };
            if s.len() != self.len.get() {
                self.len.set(usize::MAX);
                return Err(vm.runtime_error("Set changed size during iteration"));
            }
            s.table.next_key(self.at.get())
        };
        match found {
            Some((i, x)) => {
                self.at.set(i + 1);
                Ok(Some(x))
            }
            None => {
                let set = self.set.take();
                drop(set);
                Ok(None)
            }
        }
    }

    fn rest(&self) -> Vec<Value> {
        let mut out = Vec::new();
        let mut at = self.at.get();
        if let Some(s) = &*self.set.borrow() {
            while let Some((i, x)) = s.table.next_key(at) {
                out.push(x);
                at = i + 1;
            }
        }
        out
    }
}

fn iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let s = this(v);
    let it = PySetIterator { set: RefCell::new(Some(owner(s))), at: Cell::new(0), len: Cell::new(s.len()) };
    Ok(Ref::new(&SET_ITERATOR, it).into_value())
}

fn iterator(v: &Value) -> &PySetIterator {
    v.downcast().expect("slots of set_iterator see those")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    iterator(v).next(vm)
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let unchanged = it.set.borrow().as_ref().is_some_and(|s| s.len() == it.len.get());
    Ok(Value::usize(if unchanged { it.rest().len() } else { 0 }))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let rest = PyList::new(iterator(args.this()).rest()).into_value();
    let args = PyTuple::new(vec![rest]).into_value();
    Ok(PyTuple::new(vec![builtin(vm, "iter")?, args]).into_value())
}

static ITERATOR_METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
];

static ITERATOR_DEF: TypeDef = TypeDef {
    name: "set_iterator",
    layout: PySetIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: ITERATOR_METHODS,
    ..TypeDef::EMPTY
};
/// The type `set_iterator`.
pub static SET_ITERATOR: Type = Type::builtin(&ITERATOR_DEF);
