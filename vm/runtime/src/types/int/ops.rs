//! Operators of `int`.

use num_traits::{Signed, Zero};

use super::{INT, construct, from_big, int_ref, to_big, to_decimal};
use crate::object::{BinOp, CmpOp, Slots, Value};
use crate::text::format_number::IntRef;
use crate::text::int_ops::ArithmeticError;
use crate::text::{int_convert, int_ops};
use crate::vm::{PyResult, Raised, Vm};

/// Both operands as machine integers, else as big ones; `NotImplemented` if one is no int.
macro_rules! operands {
    ($a:expr, $b:expr, |$x:ident, $y:ident| $small:expr, |$p:ident, $q:ident| $big:expr) => {{
        let (Some(left), Some(right)) = (int_ref($a), int_ref($b)) else { return Ok(Value::NOT_IMPLEMENTED) };
        if let (IntRef::Small($x), IntRef::Small($y)) = (left, right)
            && let Some(r) = $small
        {
            return Ok(Value::int(r));
        }
        let ($p, $q) = (&*left.to_big(), &*right.to_big());
        $big
    }};
}

fn add(_: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| x.checked_add(y), |p, q| Ok(from_big(p + q)))
}

fn sub(_: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| x.checked_sub(y), |p, q| Ok(from_big(p - q)))
}

fn mul(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| x.checked_mul(y), |p, q| {
        if p.bits().saturating_add(q.bits()) > int_ops::MAX_BITS {
            return Err(vm.out_of_memory(()));
        }
        Ok(from_big(p * q))
    })
}

fn floor_div(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| int_ops::floor_div_i64(x, y), |p, q| int_ops::floor_div(p, q)
        .map(from_big)
        .map_err(|_| vm.zero_division_error("integer division or modulo by zero")))
}

fn modulo(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| int_ops::modulo_i64(x, y), |p, q| int_ops::modulo(p, q)
        .map(from_big)
        .map_err(|_| vm.zero_division_error("integer modulo by zero")))
}

fn divmod(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (int_ref(a), int_ref(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let pair = |q, r| Ok(crate::types::tuple::PyTuple::new(vec![q, r]).into_value());
    if let (IntRef::Small(x), IntRef::Small(y)) = (x, y)
        && let (Some(q), Some(r)) = (int_ops::floor_div_i64(x, y), int_ops::modulo_i64(x, y))
    {
        return pair(Value::int(q), Value::int(r));
    }
    match int_ops::divmod(&x.to_big(), &y.to_big()) {
        Ok((q, r)) => pair(from_big(q), from_big(r)),
        Err(_) => Err(vm.zero_division_error("integer division or modulo by zero")),
    }
}

fn true_div(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    const EXACT: i64 = 1 << 53;
    let (Some(x), Some(y)) = (int_ref(a), int_ref(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if let (IntRef::Small(x), IntRef::Small(y)) = (x, y)
        && y != 0
        && (-EXACT..=EXACT).contains(&x)
        && (-EXACT..=EXACT).contains(&y)
    {
        return Ok(Value::float(x as f64 / y as f64));
    }
    let (p, q) = (x.to_big(), y.to_big());
    if q.is_zero() {
        return Err(vm.zero_division_error("division by zero"));
    }
    match int_convert::true_divide(&p, &q) {
        Ok(x) => Ok(Value::float(x)),
        Err(_) => Err(vm.overflow_error("integer division result too large for a float")),
    }
}

/// The exception for a failed operation.
fn raise(vm: &Vm, error: ArithmeticError) -> Raised {
    match error {
        ArithmeticError::ZeroDivision => vm.zero_division_error(error.message()),
        ArithmeticError::TooLarge => vm.out_of_memory(()),
        _ => vm.value_error(error.message()),
    }
}

fn pow(vm: &Vm, a: &Value, b: &Value, c: &Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (int_ref(a), int_ref(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if !c.is_none() {
        let Some(m) = int_ref(c) else { return Ok(Value::NOT_IMPLEMENTED) };
        let r = int_ops::pow_mod(&x.to_big(), &y.to_big(), &m.to_big());
        return r.map(from_big).map_err(|e| raise(vm, e));
    }
    if y.is_negative() {
        return negative_power(vm, x, y);
    }
    if let (IntRef::Small(x), IntRef::Small(y)) = (x, y)
        && let Ok(y) = u32::try_from(y)
        && let Some(r) = x.checked_pow(y)
    {
        return Ok(Value::int(r));
    }
    int_ops::pow(&x.to_big(), &y.to_big()).map(from_big).map_err(|e| raise(vm, e))
}

/// `x ** -n` is a float.
fn negative_power(vm: &Vm, x: IntRef, y: IntRef) -> PyResult<Value> {
    let too_large = |_| vm.overflow_error(int_convert::TooLarge::MESSAGE);
    let (x, y) = (x.to_f64().map_err(too_large)?, y.to_f64().map_err(too_large)?);
    crate::types::float::power(vm, x, y)
}

fn shift_left(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let fits = |x: i64, y: i64| {
        let r = u32::try_from(y).ok().filter(|&y| y < 63).map(|y| x << y)?;
        (r >> y == x).then_some(r)
    };
    operands!(a, b, |x, y| fits(x, y), |p, q| int_ops::shift_left(p, q).map(from_big).map_err(|e| match e {
        // Only where nobody could count the digits.
        ArithmeticError::TooLarge if (q / 30_u8).bits() > 63 => vm.overflow_error(e.message()),
        _ => raise(vm, e),
    }))
}

fn shift_right(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| if y < 0 { None } else { Some(x >> y.min(63)) }, |p, q| int_ops::shift_right(p, q)
        .map(from_big)
        .map_err(|e| raise(vm, e)))
}

fn and(_: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| Some(x & y), |p, q| Ok(from_big(p & q)))
}

fn or(_: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| Some(x | y), |p, q| Ok(from_big(p | q)))
}

fn xor(_: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    operands!(a, b, |x, y| Some(x ^ y), |p, q| Ok(from_big(p ^ q)))
}

/// Compares two ints; None if one of them is none.
pub(crate) fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (int_ref(a)?, int_ref(b)?) {
        (IntRef::Small(x), IntRef::Small(y)) => Some(x.cmp(&y)),
        (x, y) => Some(x.to_big().cmp(&y.to_big())),
    }
}

fn compare(_: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    Ok(order(a, b).map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(op.test(o))))
}

fn hash(_: &Vm, v: &Value) -> PyResult<i64> {
    Ok(match int_ref(v) {
        Some(IntRef::Small(i)) => int_convert::hash_i64(i),
        Some(IntRef::Big(n)) => int_convert::hash_big(n),
        None => 0,
    })
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&to_decimal(vm, int_ref(v).unwrap_or(IntRef::Small(0)))?))
}

fn truth(_: &Vm, v: &Value) -> PyResult<bool> {
    Ok(match int_ref(v) {
        Some(IntRef::Small(i)) => i != 0,
        Some(IntRef::Big(n)) => !n.is_zero(),
        None => true,
    })
}

/// The exact int of an int, bool or instance of a subclass.
pub(crate) fn plain(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(match v.as_bool() {
        Some(b) => Value::small(i64::from(b)),
        None if v.is_exact(&INT) => v.clone(),
        None => from_big(to_big(v)),
    })
}

fn float(vm: &Vm, v: &Value) -> PyResult<Value> {
    let n = int_ref(v).unwrap_or(IntRef::Small(0));
    n.to_f64().map(Value::float).map_err(|_| vm.overflow_error(int_convert::TooLarge::MESSAGE))
}

fn negative(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(match v.as_small() {
        Some(i) => Value::int(-i),
        None => from_big(-to_big(v)),
    })
}

fn absolute(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(match v.as_small() {
        Some(i) => Value::int(i.abs()),
        None => from_big(to_big(v).abs()),
    })
}

fn invert(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(match v.as_small() {
        Some(i) => Value::int(!i),
        None => from_big(!to_big(v)),
    })
}

pub(super) static SLOTS: Slots = Slots {
    new: Some(construct::new),
    repr: Some(repr),
    hash: Some(hash),
    compare: Some(compare),
    bool: Some(truth),
    int: Some(plain),
    float: Some(float),
    index: Some(plain),
    neg: Some(negative),
    pos: Some(plain),
    abs: Some(absolute),
    invert: Some(invert),
    binary: Slots::ops(&[
        (BinOp::Add, add),
        (BinOp::Sub, sub),
        (BinOp::Mul, mul),
        (BinOp::TrueDiv, true_div),
        (BinOp::FloorDiv, floor_div),
        (BinOp::Mod, modulo),
        (BinOp::LShift, shift_left),
        (BinOp::RShift, shift_right),
        (BinOp::And, and),
        (BinOp::Or, or),
        (BinOp::Xor, xor),
    ]),
    pow: Some(pow),
    divmod: Some(divmod),
    ..Slots::EMPTY
};
