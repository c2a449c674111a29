//! `slice`, and what the sequences make of it.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{CmpOp, GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::{int, tuple};
use crate::vm::{PyResult, Vm};

/// The payload of `slice`.
pub struct PySlice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

impl Payload for PySlice {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PySlice>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.start);
        visit(&self.stop);
        visit(&self.step);
    }
}

impl PySlice {
    /// `slice(start, stop, step)`
    pub fn new_ref(start: Value, stop: Value, step: Value) -> Ref<PySlice> {
        Ref::new(&SLICE, PySlice { start, stop, step })
    }
}

/// One bound through `__index__`, clamped to isize.
fn bound(vm: &Vm, v: &Value) -> PyResult<isize> {
    if let Some(i) = v.as_small() {
        return Ok(i as isize);
    }
    if v.class().slots().index.is_none() && !int::is_int(v) {
        return Err(vm.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    vm.to_index_clamped(v)
}

/// Start, stop and step as numbers, not yet fitted to a length. Runs `__index__` of foreign objects, so callers ask for
/// the length of a mutable sequence afterwards.
pub fn unpack(vm: &Vm, s: &PySlice) -> PyResult<(isize, isize, isize)> {
    let step = if s.step.is_none() { 1 } else { bound(vm, &s.step)? };
    if step == 0 {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let step = step.max(-isize::MAX);
    let start = match &s.start {
        v if !v.is_none() => bound(vm, v)?,
        _ => {
            if step < 0 {
                isize::MAX
            } else {
                0
            }
        }
    };
    let stop = match &s.stop {
        v if !v.is_none() => bound(vm, v)?,
        _ => {
            if step < 0 {
                isize::MIN
            } else {
                isize::MAX
            }
        }
    };
    Ok((start, stop, step))
}

/// Fits unpacked bounds to a length: `(start, stop, step, count)`. With a negative step, stop may be -1.
pub fn adjust((start, stop, step): (isize, isize, isize), len: usize) -> (isize, isize, isize, usize) {
    let len = len as isize;
    let fit = |i: isize| {
        if i < 0 {
            let i = i.saturating_add(len);
            if i >= 0 {
                i
            } else if step < 0 {
                -1
            } else {
                0
            }
        } else if i >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            i
        }
    };
    let (start, stop) = (fit(start), fit(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) as usize / step.unsigned_abs() + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) as usize / step as usize + 1
    } else {
        0
    };
    (start, stop, step, count)
}

/// A slice of a sequence of this length: `(start, stop, step, count)`. With a negative step, stop may be -1.
pub fn resolve(vm: &Vm, s: &PySlice, len: usize) -> PyResult<(isize, isize, isize, usize)> {
    Ok(adjust(unpack(vm, s)?, len))
}

/// The items of a slice of `items`.
pub fn pick<T: Clone>(items: &[T], start: isize, step: isize, count: usize) -> Vec<T> {
    if count == 0 {
        return Vec::new();
    }
    if step == 1 {
        return items[start as usize..start as usize + count].to_vec();
    }
    (0..count as isize).map(|i| items[(start + i * step) as usize].clone()).collect()
}

fn this(v: &Value) -> &PySlice {
    v.downcast().expect("slots of slice see slices")
}

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "slice")?;
    args.check_count(vm, "slice", 1, 3)?;
    let a = args.positional();
    let (start, stop) = if a.len() == 1 { (Value::NONE, a[0].clone()) } else { (a[0].clone(), a[1].clone()) };
    Ok(PySlice::new_ref(start, stop, Value::or_none(a.get(2).cloned())).into_value())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let s = this(v);
    let mut out = b"slice(".to_vec();
    out.extend_from_slice(vm.repr(&s.start)?.as_bytes());
    out.extend_from_slice(b", ");
    out.extend_from_slice(vm.repr(&s.stop)?.as_bytes());
    out.extend_from_slice(b", ");
    out.extend_from_slice(vm.repr(&s.step)?.as_bytes());
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

fn as_tuple(v: &Value) -> Value {
    let s = this(v);
    PyTuple::from_slice(&[s.start.clone(), s.stop.clone(), s.step.clone()]).into_value()
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !b.has_layout::<PySlice>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if a.is(b) {
        return Ok(Value::bool(matches!(op, CmpOp::Eq | CmpOp::Le | CmpOp::Ge)));
    }
    vm.compare(op, &as_tuple(a), &as_tuple(b))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let s = this(v);
    let lanes = [vm.hash(&s.start)?, vm.hash(&s.stop)?, vm.hash(&s.step)?];
    Ok(tuple::combine_hashes(lanes.into_iter(), false))
}

/// `slice.indices(len)` in numbers of any size.
pub fn indices_big(vm: &Vm, s: &PySlice, len: &BigInt) -> PyResult<(BigInt, BigInt, BigInt)> {
    let number = |v: &Value| -> PyResult<BigInt> {
        if !int::is_int(v) && v.class().slots().index.is_none() {
            return Err(vm.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        vm.to_bigint(v)
    };
    let step = if s.step.is_none() { BigInt::from(1) } else { number(&s.step)? };
    if step.is_zero() {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let down = step.is_negative();
    let (lower, upper) = if down { (BigInt::from(-1), len - BigInt::from(1)) } else { (BigInt::zero(), len.clone()) };
    let fit = |v: &Value, default: &BigInt| -> PyResult<BigInt> {
        if v.is_none() {
            return Ok(default.clone());
        }
        let mut i = number(v)?;
        if i.is_negative() {
            i += len;
            Ok(i.max(lower.clone()))
        } else {
            Ok(i.min(upper.clone()))
        }
    };
    let (first, last) = if down { (&upper, &lower) } else { (&lower, &upper) };
    Ok((fit(&s.start, first)?, fit(&s.stop, last)?, step))
}

fn indices(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let len = vm.to_bigint(args.get(1))?;
    if len.is_negative() {
        return Err(vm.value_error("length should not be negative"));
    }
    let (start, stop, step) = indices_big(vm, args.payload(), &len)?;
    Ok(PyTuple::new([start, stop, step].map(int::from_big).into()).into_value())
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyTuple::new(vec![SLICE.as_value(), as_tuple(args.this())]).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native(
        "indices(self, len, /)",
        "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\n\
         indices, and the stride length of the extended slice described by S.",
        indices,
    ),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "start", doc: "", get: |_, v| Ok(this(v).start.clone()), set: None },
    GetSet { name: "step", doc: "", get: |_, v| Ok(this(v).step.clone()), set: None },
    GetSet { name: "stop", doc: "", get: |_, v| Ok(this(v).stop.clone()), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "slice",
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
    layout: PySlice::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), repr: Some(repr), compare: Some(compare), hash: Some(hash), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `slice`.
pub static SLICE: Type = Type::builtin(&DEF);
