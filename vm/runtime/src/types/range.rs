//! `range`, of ints of any size. Those that fit 64 bits are handled as such.

use std::cell::{Cell, RefCell};

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

use super::iterator::{builtin, iter_self};
use super::{int, slice, tuple};
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::value::{MAX_SMALL, MIN_SMALL};
use crate::object::{CmpOp, GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `range`.
pub struct PyRange {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
    /// The number of items, an int.
    pub len: Value,
    /// First item, step and number of items where all of them, and what lies one step beyond, are small ints.
    small: Option<(i64, i64, usize)>,
}

impl Payload for PyRange {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyRange>();
        &L
    }
}

/// The number of items from `start` by `step` up to `stop`.
fn count(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let span = if step.is_negative() { start - stop } else { stop - start };
    if span.is_positive() { (span - 1u32).div_floor(&step.abs()) + 1u32 } else { BigInt::zero() }
}

/// The number of items, for numbers that are small.
fn small_count(start: i64, stop: i64, step: i64) -> usize {
    let span = if step < 0 { start - stop } else { stop - start };
    if span > 0 { ((span - 1) as u64 / step.unsigned_abs()) as usize + 1 } else { 0 }
}

impl PyRange {
    /// `range(start, stop, step)` of ints; the step is not 0.
    pub fn new(start: Value, stop: Value, step: Value) -> PyRange {
        if let (Some(a), Some(b), Some(s)) = (start.as_small(), stop.as_small(), step.as_small()) {
            let n = small_count(a, b, s);
            let beyond = i128::from(a) + i128::from(s) * n as i128;
            let fits = (i128::from(MIN_SMALL)..=i128::from(MAX_SMALL)).contains(&beyond);
            let small = fits.then_some((a, s, n));
            return PyRange { start, stop, step, len: Value::usize(n), small };
        }
        let n = count(&int::to_big(&start), &int::to_big(&stop), &int::to_big(&step));
        PyRange { start, stop, step, len: int::from_big(n), small: None }
    }

    /// The same as an object.
    pub fn new_ref(start: Value, stop: Value, step: Value) -> Ref<PyRange> {
        Ref::new(&RANGE, PyRange::new(start, stop, step))
    }

    fn item(&self, i: &BigInt) -> Value {
        int::from_big(int::to_big(&self.start) + i * int::to_big(&self.step))
    }

    /// The place of an int in the range.
    fn position(&self, v: &Value) -> Option<BigInt> {
        let (v, start, step) = (int::to_big(v), int::to_big(&self.start), int::to_big(&self.step));
        let (i, rest) = (v - start).div_mod_floor(&step);
        (rest.is_zero() && !i.is_negative() && i < int::to_big(&self.len)).then_some(i)
    }
}

fn this(v: &Value) -> &PyRange {
    v.downcast().expect("slots of range see ranges")
}

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "range")?;
    let a = args.positional();
    let (start, stop, step) = match a {
        [stop] => (Value::small(0), vm.index(stop)?, Value::small(1)),
        [start, stop] => (vm.index(start)?, vm.index(stop)?, Value::small(1)),
        [start, stop, step] => {
            let (start, stop, step) = (vm.index(start)?, vm.index(stop)?, vm.index(step)?);
            if step.as_small() == Some(0) {
                return Err(vm.value_error("range() arg 3 must not be zero"));
            }
            (start, stop, step)
        }
        [] => return Err(vm.type_error("range expected at least 1 argument, got 0")),
        _ => return Err(vm.type_error(format!("range expected at most 3 arguments, got {}", a.len()))),
    };
    Ok(PyRange::new_ref(start, stop, step).into_value())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let r = this(v);
    let mut out = b"range(".to_vec();
    out.extend_from_slice(vm.repr(&r.start)?.as_bytes());
    out.extend_from_slice(b", ");
    out.extend_from_slice(vm.repr(&r.stop)?.as_bytes());
    if r.step.as_small() != Some(1) {
        out.extend_from_slice(b", ");
        out.extend_from_slice(vm.repr(&r.step)?.as_bytes());
    }
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

fn len(vm: &Vm, v: &Value) -> PyResult<usize> {
    match int::as_i64(&this(v).len) {
        Some(n) => Ok(n as usize),
        None => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

fn truth(_vm: &Vm, v: &Value) -> PyResult<bool> {
    Ok(this(v).len.as_small() != Some(0))
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let r = this(v);
    if let (Some((first, step, n)), Some(i)) = (r.small, key.as_small()) {
        return match super::seq::wrap(i as isize, n) {
            Some(i) => Ok(Value::small(first + step * i as i64)),
            None => Err(vm.index_error("range object index out of range")),
        };
    }
    if int::is_int(key) || key.class().slots().index.is_some() {
        let mut i = vm.to_bigint(key)?;
        let n = int::to_big(&r.len);
        if i.is_negative() {
            i += &n;
        }
        if i.is_negative() || i >= n {
            return Err(vm.index_error("range object index out of range"));
        }
        return Ok(r.item(&i));
    }
    if let Some(s) = key.downcast::<PySlice>() {
        let (start, stop, step) = slice::indices_big(vm, s, &int::to_big(&r.len))?;
        let step = int::from_big(step * int::to_big(&r.step));
        return Ok(PyRange::new_ref(r.item(&start), r.item(&stop), step).into_value());
    }
    Err(vm.type_error(format!("range indices must be integers or slices, not {}", key.class().name())))
}

/// Whether membership is a matter of arithmetic: for ints and bools, not for their subclasses.
fn plain_int(v: &Value) -> bool {
    v.is_small() || v.as_bool().is_some() || v.is_exact(&int::INT)
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    if plain_int(item) {
        let r = this(v);
        if let (Some((first, step, n)), Some(i)) = (r.small, item.as_small()) {
            let d = i - first;
            return Ok(d % step == 0 && d / step >= 0 && ((d / step) as usize) < n);
        }
        return Ok(r.position(item).is_some());
    }
    let it = iter(vm, v)?;
    while let Some(x) = vm.next(&it)? {
        if vm.eq(&x, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What makes two ranges equal: length, and where they are not too short, first item and step.
fn key(r: &PyRange) -> [Value; 3] {
    let (mut start, mut step) = (r.start.clone(), r.step.clone());
    match r.len.as_small() {
        Some(0) => (start, step) = (Value::NONE, Value::NONE),
        Some(1) => step = Value::NONE,
        _ => {}
    }
    [r.len.clone(), start, step]
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<PyRange>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut same = true;
    for (x, y) in key(this(a)).iter().zip(&key(y)) {
        same = same && vm.eq(x, y)?;
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let [a, b, c] = key(this(v));
    Ok(tuple::combine_hashes([vm.hash(&a)?, vm.hash(&b)?, vm.hash(&c)?].into_iter(), true))
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(1);
    if plain_int(v) {
        return match args.payload::<PyRange>().position(v) {
            Some(i) => Ok(int::from_big(i)),
            None => {
                let text = vm.repr(v)?;
                Err(vm.value_error(format!("{} is not in range", text.to_lossy())))
            }
        };
    }
    let it = iter(vm, args.this())?;
    let mut i = 0;
    while let Some(x) = vm.next(&it)? {
        if vm.eq(&x, v)? {
            return Ok(Value::int(i));
        }
        i += 1;
    }
    Err(vm.value_error("sequence.index(x): x not in sequence"))
}

fn count_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if plain_int(args.get(1)) {
        return Ok(Value::small(i64::from(contains(vm, args.this(), args.get(1))?)));
    }
    let it = iter(vm, args.this())?;
    let mut n = 0;
    while let Some(x) = vm.next(&it)? {
        n += i64::from(vm.eq(&x, args.get(1))?);
    }
    Ok(Value::int(n))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let r = args.payload::<PyRange>();
    let state = PyTuple::from_slice(&[r.start.clone(), r.stop.clone(), r.step.clone()]);
    Ok(PyTuple::new(vec![RANGE.as_value(), state.into_value()]).into_value())
}

fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let r = args.payload::<PyRange>();
    if let Some((first, step, n)) = r.small {
        let last = first + step * (n as i64 - 1);
        // One step before the first item may be no small int any more; it is never made.
        return Ok(PyRangeIterator::new_ref(last, -step, n).into_value());
    }
    let (n, step) = (int::to_big(&r.len), int::to_big(&r.step));
    let last = int::to_big(&r.start) + &step * (&n - 1u32);
    Ok(long_iterator(last, -step, n))
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "", reduce),
    native("__reversed__(self, /)", "Return a reverse iterator.", reversed),
    native(
        "count(self, value, /)",
        "rangeobject.count(value) -> integer -- return number of occurrences of value",
        count_method,
    ),
    native(
        "index(self, value, /)",
        "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present.",
        index,
    ),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "start", doc: "", get: |_, v| Ok(this(v).start.clone()), set: None },
    GetSet { name: "step", doc: "", get: |_, v| Ok(this(v).step.clone()), set: None },
    GetSet { name: "stop", doc: "", get: |_, v| Ok(this(v).stop.clone()), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "range",
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n\
          Return an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.",
    layout: PyRange::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::SEQUENCE,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        bool: Some(truth),
        getitem: Some(getitem),
        contains: Some(contains),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `range`.
pub static RANGE: Type = Type::builtin(&DEF);

/// The payload of `range_iterator`: all items are small ints.
pub struct PyRangeIterator {
    /// The next item.
    pub cur: Cell<i64>,
    pub step: i64,
    /// How many items are left.
    pub left: Cell<usize>,
}

impl Payload for PyRangeIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyRangeIterator>();
        &L
    }
}

impl PyRangeIterator {
    /// An iterator over `n` items, all of them small ints.
    pub fn new_ref(cur: i64, step: i64, n: usize) -> Ref<PyRangeIterator> {
        Ref::new(&RANGE_ITERATOR, PyRangeIterator { cur: Cell::new(cur), step, left: Cell::new(n) })
    }

    /// The next item. Runs no Python code.
    #[inline(always)]
    pub fn next(&self) -> Option<i64> {
        let left = self.left.get();
        if left == 0 {
            return None;
        }
        self.left.set(left - 1);
        let cur = self.cur.get();
        self.cur.set(cur + self.step);
        Some(cur)
    }
}

fn iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let r = this(v);
    Ok(match r.small {
        Some((first, step, n)) => PyRangeIterator::new_ref(first, step, n).into_value(),
        None => long_iterator(int::to_big(&r.start), int::to_big(&r.step), int::to_big(&r.len)),
    })
}

fn iterator(v: &Value) -> &PyRangeIterator {
    v.downcast().expect("slots of range_iterator see those")
}

fn next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(iterator(v).next().map(Value::small))
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(iterator(args.this()).left.get()))
}

/// `(iter, (range(start, stop, step),), None)`
fn reduce_rest(vm: &Vm, start: Value, stop: Value, step: Value) -> PyResult<Value> {
    let rest = PyTuple::new(vec![PyRange::new_ref(start, stop, step).into_value()]).into_value();
    Ok(PyTuple::new(vec![builtin(vm, "iter")?, rest, Value::NONE]).into_value())
}

fn iterator_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let (cur, step) = (it.cur.get(), it.step);
    let stop = BigInt::from(cur) + BigInt::from(step) * it.left.get();
    reduce_rest(vm, Value::int(cur), int::from_big(stop), Value::int(step))
}

fn iterator_setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = iterator(args.this());
    let n = (args.i64(vm, 1)?.max(0) as usize).min(it.left.get());
    it.cur.set(it.cur.get() + it.step * n as i64);
    it.left.set(it.left.get() - n);
    Ok(Value::NONE)
}

static ITERATOR_METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", iterator_reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", iterator_setstate),
];

static ITERATOR_DEF: TypeDef = TypeDef {
    name: "range_iterator",
    layout: PyRangeIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: ITERATOR_METHODS,
    ..TypeDef::EMPTY
};
/// The type `range_iterator`.
pub static RANGE_ITERATOR: Type = Type::builtin(&ITERATOR_DEF);

/// The payload of `longrange_iterator`.
pub struct PyLongRangeIterator {
    cur: RefCell<BigInt>,
    step: BigInt,
    left: RefCell<BigInt>,
}

impl Payload for PyLongRangeIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyLongRangeIterator>();
        &L
    }
}

fn long_iterator(cur: BigInt, step: BigInt, left: BigInt) -> Value {
    let it = PyLongRangeIterator { cur: RefCell::new(cur), step, left: RefCell::new(left) };
    Ref::new(&LONG_RANGE_ITERATOR, it).into_value()
}

fn long(v: &Value) -> &PyLongRangeIterator {
    v.downcast().expect("slots of longrange_iterator see those")
}

fn long_next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it = long(v);
    let mut left = it.left.borrow_mut();
    if !left.is_positive() {
        return Ok(None);
    }
    *left -= 1u32;
    let mut cur = it.cur.borrow_mut();
    let item = int::from_big(cur.clone());
    *cur += &it.step;
    Ok(Some(item))
}

fn long_length_hint(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(int::from_big(long(args.this()).left.borrow().clone()))
}

fn long_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = long(args.this());
    let cur = it.cur.borrow().clone();
    let stop = &cur + &it.step * &*it.left.borrow();
    reduce_rest(vm, int::from_big(cur), int::from_big(stop), int::from_big(it.step.clone()))
}

fn long_setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = long(args.this());
    let n = vm.to_bigint(args.get(1))?;
    let mut left = it.left.borrow_mut();
    let n = if n.is_negative() { BigInt::zero() } else { n.min(left.clone()) };
    *it.cur.borrow_mut() += &it.step * &n;
    *left -= n;
    Ok(Value::NONE)
}

static LONG_METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", long_length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", long_reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", long_setstate),
];

static LONG_DEF: TypeDef = TypeDef {
    name: "longrange_iterator",
    layout: PyLongRangeIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(long_next), ..Slots::EMPTY },
    methods: LONG_METHODS,
    ..TypeDef::EMPTY
};
/// The type `longrange_iterator`.
pub static LONG_RANGE_ITERATOR: Type = Type::builtin(&LONG_DEF);

/// The items of a range as numbers, where all are small: first, step and count.
pub fn small_parts(r: &PyRange) -> Option<(i64, i64, usize)> {
    r.small
}
