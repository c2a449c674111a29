//! Numbers from and to ints, floats, text and tuples; hashes.

use std::ops::Deref;

use freeze_runtime::text::format_number::IntRef;
use freeze_runtime::text::{chars, float_parse, int_convert};
use freeze_runtime::types::float::value_of;
use freeze_runtime::types::int::{self, int_ref};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{PyResult, Value, Vm};
use num_bigint::{BigInt, BigUint, Sign};

use super::context::Context;
use super::decimal::Decimal;
use super::num::{self, Kind, Num, Settings, limbs, status};

/// A number that a value is, or was made of it.
pub(super) enum Operand<'a> {
    Given(&'a Num),
    Made(Num),
}

impl Deref for Operand<'_> {
    type Target = Num;
    #[inline(always)]
    fn deref(&self) -> &Num {
        match self {
            Operand::Given(n) => n,
            Operand::Made(n) => n,
        }
    }
}

/// The number of a Decimal or an int.
#[inline]
pub(super) fn operand(v: &Value) -> Option<Operand<'_>> {
    if let Some(d) = v.downcast::<Decimal>() {
        return Some(Operand::Given(&d.num));
    }
    int_ref(v).map(|n| Operand::Made(from_int(n)))
}

/// As [`operand`]; TypeError for anything else.
#[inline]
pub(super) fn required<'a>(vm: &Vm, v: &'a Value) -> PyResult<Operand<'a>> {
    operand(v).ok_or_else(|| not_supported(vm, v))
}

#[cold]
fn not_supported(vm: &Vm, v: &Value) -> freeze_runtime::Raised {
    vm.type_error(format!("conversion from {} to Decimal is not supported", v.class().name()))
}

/// The number of an int.
pub(super) fn from_int(n: IntRef<'_>) -> Num {
    match n {
        IntRef::Small(n) => Num::from_i64(n),
        IntRef::Big(n) => Num::new(n.sign() == Sign::Minus, limbs::from_big(n.magnitude()), 0),
    }
}

/// The number that a float is exactly.
pub(super) fn from_float(x: f64) -> Num {
    let neg = x.is_sign_negative();
    if x.is_nan() {
        return Num::nan().with_sign(neg);
    }
    if x.is_infinite() {
        return Num::inf(neg);
    }
    let (mantissa, exponent) = int_convert::mantissa_exponent(x.abs());
    if exponent >= 0 {
        return Num::new(neg, limbs::from_big(&(BigUint::from(mantissa) << exponent)), 0);
    }
    // m / 2**k = m * 5**k / 10**k
    let k = exponent.unsigned_abs() as usize;
    let coef = if k <= 27 {
        limbs::from_u128(u128::from(mantissa) * 5u128.pow(k as u32))
    } else {
        limbs::from_big(&(num_traits::pow(BigUint::from(5u8), k) * mantissa))
    };
    Num::new(neg, coef, exponent)
}

/// A number read from a string, before it is fitted to a context.
///
/// Digits of other scripts will do, and unless `strict` blanks around it and underscores.
fn from_text(s: &PyStr, strict: bool) -> Option<Num> {
    let bytes = s.as_bytes();
    if let Some(n) = num::parse(bytes) {
        return Some(n);
    }
    let points: Vec<u32> = s.code_points().collect();
    let start = points.iter().position(|&c| strict || !chars::is_space(c))?;
    let end = points.iter().rposition(|&c| strict || !chars::is_space(c))? + 1;
    let clean: Vec<u8> = points[start..end]
        .iter()
        .filter(|&&c| strict || c != u32::from(b'_'))
        .map(|&c| match chars::decimal_value(c) {
            Some(d) => b'0' + d,
            None => u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?'),
        })
        .collect();
    num::parse(&clean)
}

/// A number as it is, if every context could take it.
pub(super) fn exactly(vm: &Vm, n: Option<Num>, cx: &Context) -> PyResult<Num> {
    let Some(n) = n else {
        cx.report(vm, status::CONVERSION_SYNTAX)?;
        return Ok(Num::nan());
    };
    let mut st = 0;
    let n = n.fit(&Settings::MAX, &mut st);
    if st & (status::INEXACT | status::ROUNDED | status::CLAMPED) != 0 {
        cx.report(vm, status::INVALID_OPERATION)?;
        return Ok(Num::nan());
    }
    cx.report(vm, st & status::ERRORS)?;
    Ok(n)
}

/// The exact number of anything that the constructor takes.
pub(super) fn from_object(vm: &Vm, v: &Value, cx: &Context) -> PyResult<Num> {
    if let Some(d) = v.downcast::<Decimal>() {
        return Ok(d.num.clone());
    }
    if let Some(s) = v.downcast::<PyStr>() {
        return exactly(vm, from_text(s, false), cx);
    }
    if let Some(n) = int_ref(v) {
        return Ok(from_int(n));
    }
    if let Some(t) = v.downcast::<PyTuple>() {
        return exactly(vm, from_parts(vm, t.as_slice())?, cx);
    }
    if let Some(t) = v.downcast::<PyList>() {
        return exactly(vm, from_parts(vm, &t.to_vec())?, cx);
    }
    if let Some(x) = value_of(v) {
        cx.report(vm, status::FLOAT_OPERATION)?;
        return Ok(from_float(x));
    }
    Err(not_supported(vm, v))
}

/// The number of anything that the constructor takes, rounded to the context.
pub(super) fn from_object_rounded(vm: &Vm, v: &Value, cx: &Context) -> PyResult<Num> {
    let settings = cx.settings.get();
    let n = if let Some(s) = v.downcast::<PyStr>() {
        from_text(s, true)
    } else if let Some(t) = v.downcast::<PyTuple>() {
        from_parts(vm, t.as_slice())?
    } else if let Some(t) = v.downcast::<PyList>() {
        from_parts(vm, &t.to_vec())?
    } else {
        Some(from_object(vm, v, cx)?)
    };
    let mut st = 0;
    let room = settings.prec - i64::from(settings.clamp);
    let n = match n {
        Some(n) if !(n.is_nan() && !n.coef.is_empty() && n.digits() > room) => n.fit(&settings, &mut st),
        _ => Num::invalid(&mut st, status::CONVERSION_SYNTAX),
    };
    cx.report(vm, st)?;
    Ok(n)
}

/// The number of `(sign, digits, exponent)`. `None` is a syntax error.
fn from_parts(vm: &Vm, parts: &[Value]) -> PyResult<Option<Num>> {
    let [sign, digits, exp] = parts else {
        return Err(vm.value_error("argument must be a sequence of length 3"));
    };
    let neg = match int::as_i64(sign) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(vm.value_error("sign must be an integer with the value 0 or 1")),
    };
    let (kind, exponent) = match exp.downcast::<PyStr>() {
        Some(s) => match s.as_bytes() {
            b"F" => return Ok(Some(Num::inf(neg))),
            b"n" => (Kind::Quiet, 0),
            b"N" => (Kind::Signaling, 0),
            _ => return Err(vm.value_error("string argument in the third position must be 'F', 'n' or 'N'")),
        },
        None if int::is_int(exp) => match int::as_i64(exp) {
            Some(e) => (Kind::Finite, e),
            None => return Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
        },
        None => return Err(vm.value_error("exponent must be an integer")),
    };
    let wrong = || vm.value_error("coefficient must be a tuple of digits");
    let items = match (digits.downcast::<PyTuple>(), digits.downcast::<PyList>()) {
        (Some(t), _) => t.as_slice().to_vec(),
        (_, Some(l)) => l.to_vec(),
        _ => return Err(wrong()),
    };
    let mut text = Vec::with_capacity(items.len());
    for d in &items {
        match int::as_i64(d) {
            Some(d @ 0..=9) => text.push(b'0' + d as u8),
            _ => return Err(wrong()),
        }
    }
    let far = 1 << 61;
    Ok(Some(Num { kind, ..Num::new(neg, limbs::from_digits(&text), exponent.clamp(-far, far)) }))
}

/// A Python int of a magnitude and a sign.
pub(super) fn int_of(vm: &Vm, neg: bool, coef: &[u64]) -> Value {
    match limbs::to_u64(coef).and_then(|n| i64::try_from(n).ok()) {
        Some(n) => Value::int(if neg { -n } else { n }),
        None => {
            let sign = if neg { Sign::Minus } else { Sign::Plus };
            vm.new_int(BigInt::from_biguint(sign, limbs::to_big(coef)))
        }
    }
}

/// `int(n)` with a rounding mode.
pub(super) fn to_int(vm: &Vm, n: &Num, round: num::Rounding) -> PyResult<Value> {
    match n.kind {
        Kind::Finite => {}
        Kind::Infinite => return Err(vm.overflow_error("cannot convert Infinity to integer")),
        _ => return Err(vm.value_error("cannot convert NaN to integer")),
    }
    let mut st = 0;
    let r = n.rescaled(0, round, &mut st);
    if st != 0 {
        return Err(vm.out_of_memory(()));
    }
    Ok(int_of(vm, n.neg, &r.coef))
}

/// `float(n)`
pub(super) fn to_f64(vm: &Vm, n: &Num) -> PyResult<f64> {
    match n.kind {
        Kind::Finite => {
            let text = n.write(false, true);
            Ok(float_parse::parse_ascii(&text).unwrap_or(f64::NAN))
        }
        Kind::Infinite => Ok(if n.neg { f64::NEG_INFINITY } else { f64::INFINITY }),
        Kind::Quiet => Ok(f64::NAN.copysign(if n.neg { -1.0 } else { 1.0 })),
        Kind::Signaling => Err(vm.value_error("cannot convert signaling NaN to float")),
    }
}

const P: u64 = (1 << 61) - 1;

const fn pow_mod(base: u64, mut e: u64) -> u64 {
    let mut b = base as u128;
    let mut r = 1u128;
    while e > 0 {
        if e & 1 == 1 {
            r = r * b % P as u128;
        }
        b = b * b % P as u128;
        e >>= 1;
    }
    r as u64
}

/// 1/10 modulo `P`.
const TENTH: u64 = pow_mod(10, P - 2);

/// The hash of a number that is no NaN: that of the equal int, float or Fraction.
pub(super) fn hash(n: &Num) -> i64 {
    let sign = if n.neg { -1 } else { 1 };
    if n.is_inf() {
        return sign * 314_159;
    }
    let scale = pow_mod(if n.exp >= 0 { 10 } else { TENTH }, n.exp.unsigned_abs());
    let step = u128::from(limbs::BASE % P);
    let value = n.coef.iter().rev().fold(0u128, |h, &x| (h * step + u128::from(x)) % u128::from(P));
    let h = sign * (value * u128::from(scale) % u128::from(P)) as i64;
    if h == -1 { -2 } else { h }
}
