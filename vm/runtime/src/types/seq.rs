//! What list, tuple, range and deque share: quick comparisons, index arguments, comparison item by item.

use crate::object::string::PyStr;
use crate::object::{CmpOp, Value};
use crate::types::str::STR;
use crate::vm::{PyResult, Vm};

/// `a is b or a == b` where no Python code is needed to tell; `None` otherwise.
#[inline]
pub fn quick_eq(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if !a.is_ptr() && !b.is_ptr() {
        return Some(match (number(a), number(b)) {
            (Some(x), Some(y)) => x == y,
            _ => false,
        });
    }
    let x = a.downcast_exact::<PyStr>(&STR);
    let y = b.downcast_exact::<PyStr>(&STR);
    match (x, y) {
        (Some(x), Some(y)) => Some(x.same(y)),
        (Some(_), None) if !b.is_ptr() => Some(false),
        (None, Some(_)) if !a.is_ptr() => Some(false),
        _ => None,
    }
}

/// An immediate number; small ints are exact as floats.
fn number(v: &Value) -> Option<f64> {
    v.as_float().or_else(|| v.as_small().map(|i| i as f64)).or_else(|| v.as_bool().map(f64::from))
}

/// An index argument: `None` if `v` has no `__index__`; IndexError if it does not fit.
#[inline]
pub fn index_arg(vm: &Vm, v: &Value) -> PyResult<Option<isize>> {
    if let Some(i) = v.as_small() {
        return Ok(Some(i as isize));
    }
    if v.class().slots().index.is_none() && !crate::types::int::is_int(v) {
        return Ok(None);
    }
    let i = vm.index(v)?;
    match crate::types::int::as_i64(&i) {
        Some(i) => Ok(Some(i as isize)),
        None => Err(vm.index_error(format!("cannot fit '{}' into an index-sized integer", v.class().name()))),
    }
}

/// Counts a negative index from the end; `None` when it is out of range.
#[inline(always)]
pub fn wrap(i: isize, len: usize) -> Option<usize> {
    let i = if i < 0 { i + len as isize } else { i };
    if i >= 0 && (i as usize) < len { Some(i as usize) } else { None }
}

/// The bounds of `index(x, start, stop)`: negative ones count from the end, all are clamped at 0.
pub fn search_bounds(vm: &Vm, start: Option<&Value>, stop: Option<&Value>, len: usize) -> PyResult<(usize, usize)> {
    let one = |v: Option<&Value>, default: isize| -> PyResult<usize> {
        let Some(v) = v else { return Ok(default as usize) };
        if !v.is_small() && v.class().slots().index.is_none() && !crate::types::int::is_int(v) {
            return Err(vm.type_error("slice indices must be integers or have an __index__ method"));
        }
        let i = vm.to_index_clamped(v)?;
        Ok(if i < 0 { i.saturating_add(len as isize).max(0) } else { i } as usize)
    };
    Ok((one(start, 0)?, one(stop, isize::MAX)?))
}

/// Compares two sequences item by item; `x(i)` and `y(i)` give clones, and `None` past the end (which may move).
pub fn compare(
    vm: &Vm,
    op: CmpOp,
    x: impl Fn(usize) -> Option<Value>,
    y: impl Fn(usize) -> Option<Value>,
) -> PyResult<Value> {
    let mut i = 0;
    loop {
        match (x(i), y(i)) {
            (Some(a), Some(b)) => {
                let same = match quick_eq(&a, &b) {
                    Some(same) => same,
                    None => vm.eq(&a, &b)?,
                };
                if !same {
                    // The comparison may have shortened one of them.
                    let (more_x, more_y) = (x(i).is_some(), y(i).is_some());
                    if !more_x || !more_y {
                        return Ok(Value::bool(op.test(more_x.cmp(&more_y))));
                    }
                    return match op {
                        CmpOp::Eq => Ok(Value::FALSE),
                        CmpOp::Ne => Ok(Value::TRUE),
                        _ => vm.compare(op, &a, &b),
                    };
                }
            }
            (None, None) => return Ok(Value::bool(op.test(std::cmp::Ordering::Equal))),
            (None, Some(_)) => return Ok(Value::bool(op.test(std::cmp::Ordering::Less))),
            (Some(_), None) => return Ok(Value::bool(op.test(std::cmp::Ordering::Greater))),
        }
        i += 1;
    }
}

/// Writes `open item, item close`; `item(i)` gives `None` past the end.
pub fn repr_items(vm: &Vm, open: &str, close: &str, item: impl Fn(usize) -> Option<Value>) -> PyResult<Vec<u8>> {
    let mut out = open.as_bytes().to_vec();
    let mut i = 0;
    while let Some(v) = item(i) {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(vm.repr(&v)?.as_bytes());
        i += 1;
    }
    out.extend_from_slice(close.as_bytes());
    Ok(out)
}

/// How many items `n` repetitions of `len` items are; MemoryError beyond what can exist.
pub fn repeated_len(vm: &Vm, len: usize, n: isize) -> PyResult<usize> {
    let n = n.max(0) as usize;
    match len.checked_mul(n) {
        Some(total) if total <= isize::MAX as usize / 16 => Ok(total),
        _ => Err(vm.out_of_memory(())),
    }
}
