//! Integers to text, to and from floats, their hash, and exact comparison with floats.

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// The modulus of every numeric hash: 2^61 - 1.
pub const HASH_MODULUS: u64 = (1 << 61) - 1;

/// The integer does not fit a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl TooLarge {
    /// CPython's message for an `OverflowError`.
    pub const MESSAGE: &'static str = "int too large to convert to float";
}

/// `str(n)`, or None when that takes more than `digit_limit` digits (0: no limit).
pub fn to_decimal(n: &BigInt, digit_limit: usize) -> Option<String> {
    // 2^(bits-1) has at least this many digits, so what is far too long is refused before it is converted.
    let at_least = (n.bits().saturating_sub(1)) as f64 * std::f64::consts::LOG10_2;
    let limited = digit_limit > 0;
    if limited && at_least > digit_limit as f64 + 2.0 {
        return None;
    }
    let text = n.to_str_radix(10);
    let digits = text.len() - usize::from(n.is_negative());
    (!limited || digits <= digit_limit || digits <= super::int_parse::DIGIT_LIMIT_THRESHOLD).then_some(text)
}

/// CPython's message when `to_decimal` refuses.
pub fn too_many_digits(digit_limit: usize) -> String {
    format!(
        "Exceeds the limit ({digit_limit} digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit"
    )
}

/// The hash of a machine integer.
#[inline]
pub fn hash_i64(n: i64) -> i64 {
    let rest = (n.unsigned_abs() % HASH_MODULUS) as i64;
    let hash = if n < 0 { -rest } else { rest };
    if hash == -1 { -2 } else { hash }
}

/// The hash of a big integer.
pub fn hash_big(n: &BigInt) -> i64 {
    // 2^64 is 8 modulo 2^61 - 1.
    let reduce = |h: u64, digit: u64| ((u128::from(h) * 8 + u128::from(digit)) % u128::from(HASH_MODULUS)) as u64;
    let rest = n.iter_u64_digits().rev().fold(0, reduce) as i64;
    let hash = if n.is_negative() { -rest } else { rest };
    if hash == -1 { -2 } else { hash }
}

/// `mantissa * 2^exponent` correctly rounded, half to even; the lowest bit of the mantissa may stand for "and a bit
/// more" when the mantissa has at least 55 bits. None when it is too large for a float.
pub fn round_to_f64(mantissa: u64, exponent: i64) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let bits = 64 - i64::from(mantissa.leading_zeros());
    let top = bits - 1 + exponent;
    if top > 1023 {
        return None;
    }
    let precision = if top >= -1022 { 53 } else { 53 - (-1022 - top) };
    let drop = bits - precision;
    if drop <= 0 {
        return Some(mantissa as f64 * power_of_two(exponent));
    }
    if drop > 64 {
        return Some(0.0);
    }
    let wide = u128::from(mantissa);
    let (kept, rest, half) = (wide >> drop, wide & ((1 << drop) - 1), 1u128 << (drop - 1));
    let up = rest > half || (rest == half && kept & 1 == 1);
    let result = (kept + u128::from(up)) as f64 * power_of_two(exponent + drop);
    result.is_finite().then_some(result)
}

/// 2 to the `exponent`, which is between -1074 and 1023; infinity and zero beyond.
pub fn power_of_two(exponent: i64) -> f64 {
    match exponent {
        1024.. => f64::INFINITY,
        -1022..=1023 => f64::from_bits(((exponent + 1023) as u64) << 52),
        -1074..=-1023 => f64::from_bits(1 << (exponent + 1074)),
        _ => 0.0,
    }
}

/// The top 64 bits of `n`, the lowest of them set when anything was cut off, and the exponent of that bit.
fn top_bits(n: &BigUint) -> (u64, i64) {
    let bits = n.bits();
    if bits <= 64 {
        return (n.to_u64().unwrap_or(0), 0);
    }
    let shift = bits - 64;
    let cut = n.trailing_zeros().is_some_and(|zeros| zeros < shift);
    ((n >> shift).to_u64().unwrap_or(0) | u64::from(cut), shift as i64)
}

/// `float(n)`, correctly rounded.
pub fn to_f64(n: &BigInt) -> Result<f64, TooLarge> {
    let (mantissa, exponent) = top_bits(n.magnitude());
    let x = round_to_f64(mantissa, exponent).ok_or(TooLarge)?;
    Ok(if n.is_negative() { -x } else { x })
}

/// `int(x)` of a finite float: the fraction is cut off.
pub fn from_f64(x: f64) -> BigInt {
    let (mantissa, exponent) = mantissa_exponent(x.trunc());
    // A whole number's odd mantissa has no negative exponent.
    let magnitude = BigUint::from(mantissa) << exponent.max(0);
    BigInt::from_biguint(if x < 0.0 { Sign::Minus } else { Sign::Plus }, magnitude)
}

/// A finite float's absolute value as an odd (or zero) mantissa and a power of two.
pub fn mantissa_exponent(x: f64) -> (u64, i64) {
    let bits = x.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), bits >> 52 & 0x7FF);
    let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased as i64 - 1075) };
    if mantissa == 0 {
        return (0, 0);
    }
    let zeros = mantissa.trailing_zeros();
    (mantissa >> zeros, exponent + i64::from(zeros))
}

/// How `n` compares with `x`, exactly; None for a NaN.
pub fn compare_i64(n: i64, x: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if x.is_nan() {
        return None;
    }
    if x >= LIMIT {
        return Some(Ordering::Less);
    }
    if x < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = x.trunc();
    Some(n.cmp(&(whole as i64)).then_with(|| 0.0f64.total_cmp(&(x - whole + 0.0))))
}

/// How `n` compares with `x`, exactly; None for a NaN.
pub fn compare_big(n: &BigInt, x: f64) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let fraction = x - x.trunc();
    Some(n.cmp(&from_f64(x)).then_with(|| 0.0.partial_cmp(&fraction).unwrap_or(Ordering::Equal)))
}

/// `a / b`, correctly rounded; `b` is not zero. The error is CPython's "integer division result too large for a float".
pub fn true_divide(a: &BigInt, b: &BigInt) -> Result<f64, TooLarge> {
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let (top, bottom) = (a.magnitude(), b.magnitude());
    let negative = a.is_negative() != b.is_negative();
    if let (Some(x), Some(y)) = (exact(top), exact(bottom)) {
        return Ok(if negative { -(x / y) } else { x / y });
    }
    // Scale so that the quotient has 63 or 64 bits; what the division leaves over is sticky.
    let shift = 63 - (top.bits() as i64 - bottom.bits() as i64);
    let (scaled, divisor) = if shift >= 0 { (top << shift, bottom.clone()) } else { (top.clone(), bottom << -shift) };
    let (quotient, rest) = num_integer::Integer::div_rem(&scaled, &divisor);
    let mantissa = quotient.to_u64().unwrap_or(u64::MAX) | u64::from(!rest.is_zero());
    let x = round_to_f64(mantissa, -shift).ok_or(TooLarge)?;
    Ok(if negative { -x } else { x })
}

fn exact(n: &BigUint) -> Option<f64> {
    (n.bits() <= 53).then(|| n.to_u64().unwrap_or(0) as f64)
}
