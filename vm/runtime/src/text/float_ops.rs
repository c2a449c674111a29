//! Float arithmetic with Python's meaning: floor division, remainder, power, rounding, hash, ratio.

use super::float_fmt::{exact_digits, shortest_digits};
use super::int_convert::{HASH_MODULUS, mantissa_exponent};
use num_bigint::BigInt;

/// `x % y`; `y` is not zero. The result has the sign of `y`.
#[inline]
pub fn modulo(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest == 0.0 {
        0.0f64.copysign(y)
    } else if (y < 0.0) != (rest < 0.0) {
        rest + y
    } else {
        rest
    }
}

/// `divmod(x, y)`; `y` is not zero.
pub fn divmod(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0.0f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0f64.copysign(x / y), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

/// `x // y`; `y` is not zero.
pub fn floor_div(x: f64, y: f64) -> f64 {
    divmod(x, y).0
}

/// What `x ** y` is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Power {
    /// A float.
    Real(f64),
    /// A negative base and a broken exponent: complex arithmetic has the answer.
    Complex,
    /// `ZeroDivisionError: zero to a negative power`
    ZeroToNegative,
    /// `OverflowError: (34, 'Numerical result out of range')`
    Overflow,
}

/// `x ** y`.
pub fn pow(x: f64, y: f64) -> Power {
    if y == 0.0 || x == 1.0 {
        return Power::Real(1.0);
    }
    if x.is_nan() || y.is_nan() {
        return Power::Real(f64::NAN);
    }
    if x.is_infinite() || y.is_infinite() {
        return Power::Real(x.powf(y));
    }
    if x == 0.0 && y < 0.0 {
        return Power::ZeroToNegative;
    }
    if x < 0.0 && y != y.floor() {
        return Power::Complex;
    }
    let result = x.powf(y);
    if result.is_infinite() { Power::Overflow } else { Power::Real(result) }
}

/// `hash(x)`; None for a NaN, which hashes by identity.
pub fn hash(x: f64) -> Option<i64> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { 314_159 } else { -314_159 });
    }
    // mantissa * 2^exponent modulo 2^61 - 1, where multiplying by two is rotating 61 bits.
    let (mantissa, exponent) = mantissa_exponent(x);
    let turn = exponent.rem_euclid(61) as u32;
    let rest = ((u128::from(mantissa) << turn) % u128::from(HASH_MODULUS)) as i64;
    let hash = if x < 0.0 { -rest } else { rest };
    Some(if hash == -1 { -2 } else { hash })
}

/// `x.as_integer_ratio()` of a finite float.
pub fn as_integer_ratio(x: f64) -> (BigInt, BigInt) {
    let (mantissa, exponent) = mantissa_exponent(x);
    let mut top = BigInt::from(mantissa);
    let mut bottom = BigInt::from(1);
    if exponent >= 0 {
        top <<= exponent;
    } else {
        bottom <<= -exponent;
    }
    (if x < 0.0 { -top } else { top }, bottom)
}

/// `round(x, digits)` of a finite float, correctly; None when the result is too large.
pub fn round(x: f64, digits: i64) -> Option<f64> {
    if x == 0.0 || digits > 323 {
        return Some(x);
    }
    if digits < -308 {
        return Some(0.0f64.copysign(x));
    }
    let text = if digits >= 0 { format!("{x:.*}", digits as usize) } else { round_up_the_point(x, digits) };
    text.parse().ok().filter(|r: &f64| r.is_finite())
}

/// `x` rounded to a multiple of 10 to the `-digits`, for negative `digits`, as decimal text.
fn round_up_the_point(x: f64, digits: i64) -> String {
    let sign = if x < 0.0 { "-" } else { "" };
    let (_, exponent) = shortest_digits(x);
    // How many digits stay: those before the point less those that are rounded away.
    match i64::from(exponent) + 1 + digits {
        keep @ 1.. => {
            let (kept, exponent) = exact_digits(x, keep as usize);
            format!("{sign}{}.{}e{exponent}", &kept[..1], &kept[1..])
        }
        // Above one half (all 800 digits that a float can have decide) it goes up, one half itself goes to zero.
        0 if exact_digits(x, 800).0.trim_end_matches('0') > "5" => format!("{sign}1e{}", -digits),
        _ => format!("{sign}0"),
    }
}
