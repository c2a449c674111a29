//! Integer arithmetic that is more than one call into num-bigint.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::division;

/// No result gets more bits than this: beyond it, it is a `MemoryError`.
pub const MAX_BITS: u64 = 1 << 36;

/// Why an integer operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArithmeticError {
    /// `ZeroDivisionError`
    ZeroDivision,
    /// `ValueError`: `pow(a, b, 0)`
    ZeroModulus,
    /// `ValueError`: no inverse for a negative exponent.
    NotInvertible,
    /// `ValueError`: a negative shift count.
    NegativeShift,
    /// `MemoryError`, or `OverflowError` for a shift by more than 2^63 digits of 30 bits.
    TooLarge,
}

impl ArithmeticError {
    /// CPython's message.
    pub fn message(self) -> &'static str {
        match self {
            ArithmeticError::ZeroDivision => "division by zero",
            ArithmeticError::ZeroModulus => "pow() 3rd argument cannot be 0",
            ArithmeticError::NotInvertible => "base is not invertible for the given modulus",
            ArithmeticError::NegativeShift => "negative shift count",
            ArithmeticError::TooLarge => "too many digits in integer",
        }
    }
}

/// `divmod(a, b)`, rounding down.
pub fn divmod(a: &BigInt, b: &BigInt) -> Result<(BigInt, BigInt), ArithmeticError> {
    if b.is_zero() { Err(ArithmeticError::ZeroDivision) } else { Ok(division::divmod(a, b)) }
}

/// `a // b`.
pub fn floor_div(a: &BigInt, b: &BigInt) -> Result<BigInt, ArithmeticError> {
    if b.is_zero() { Err(ArithmeticError::ZeroDivision) } else { Ok(division::divmod(a, b).0) }
}

/// `a % b`.
pub fn modulo(a: &BigInt, b: &BigInt) -> Result<BigInt, ArithmeticError> {
    if b.is_zero() { Err(ArithmeticError::ZeroDivision) } else { Ok(division::divmod(a, b).1) }
}

/// `a // b` of machine integers; None when `b` is zero or the result does not fit.
#[inline]
pub fn floor_div_i64(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

/// `a % b` of machine integers; None when `b` is zero or the result does not fit.
#[inline]
pub fn modulo_i64(a: i64, b: i64) -> Option<i64> {
    let rest = a.checked_rem(b)?;
    Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
}

/// `a ** b` for a `b` that is not negative.
pub fn pow(a: &BigInt, b: &BigInt) -> Result<BigInt, ArithmeticError> {
    if b.is_zero() || a.is_one() {
        return Ok(BigInt::one());
    }
    if a.is_zero() {
        return Ok(BigInt::zero());
    }
    if a.magnitude().is_one() {
        return Ok(if b.is_even() { BigInt::one() } else { a.clone() });
    }
    let exponent = b.to_u32().ok_or(ArithmeticError::TooLarge)?;
    // The result has at least (bits - 1) * exponent bits.
    if (a.bits() - 1).saturating_mul(u64::from(exponent)) > MAX_BITS {
        return Err(ArithmeticError::TooLarge);
    }
    if let Some(zeros) = a.trailing_zeros()
        && zeros > 0
    {
        // Powers of two (and their multiples) are mostly shifting.
        return Ok((a >> zeros).pow(exponent) << (zeros * u64::from(exponent)));
    }
    Ok(a.pow(exponent))
}

/// `pow(a, b, m)`; a negative `b` takes the inverse of `a`.
pub fn pow_mod(a: &BigInt, b: &BigInt, m: &BigInt) -> Result<BigInt, ArithmeticError> {
    if m.is_zero() {
        return Err(ArithmeticError::ZeroModulus);
    }
    if m.magnitude().is_one() {
        return Ok(BigInt::zero());
    }
    if !b.is_negative() {
        return Ok(a.modpow(b, m));
    }
    let modulus = m.abs();
    let inverse = a.mod_floor(&modulus).modinv(&modulus).ok_or(ArithmeticError::NotInvertible)?;
    Ok(inverse.modpow(&b.abs(), m))
}

/// `a << b`.
pub fn shift_left(a: &BigInt, b: &BigInt) -> Result<BigInt, ArithmeticError> {
    if b.is_negative() {
        return Err(ArithmeticError::NegativeShift);
    }
    if a.is_zero() {
        return Ok(BigInt::zero());
    }
    match b.to_u64() {
        Some(count) if a.bits().saturating_add(count) <= MAX_BITS => Ok(a << count),
        _ => Err(ArithmeticError::TooLarge),
    }
}

/// `a >> b`, rounding down.
pub fn shift_right(a: &BigInt, b: &BigInt) -> Result<BigInt, ArithmeticError> {
    if b.is_negative() {
        return Err(ArithmeticError::NegativeShift);
    }
    match b.to_u64() {
        Some(count) if count < a.bits() => Ok(a >> count),
        _ => Ok(if a.is_negative() { -BigInt::one() } else { BigInt::zero() }),
    }
}

/// `round(n, -digits)`: to a multiple of 10 to the `digits`, half to even.
pub fn round_to_power_of_ten(n: &BigInt, digits: u32) -> BigInt {
    // With more digits than n has even half of the unit is out of reach.
    if u64::from(digits) > n.bits() / 3 + 1 {
        return BigInt::zero();
    }
    let unit = BigInt::from(10).pow(digits);
    let (quotient, rest) = n.div_mod_floor(&unit);
    let twice: BigInt = &rest << 1;
    let up = twice > unit || (twice == unit && quotient.is_odd());
    (if up { quotient + 1 } else { quotient }) * unit
}

/// `n.bit_count()`: the ones in the absolute value.
pub fn bit_count(n: &BigInt) -> u64 {
    n.magnitude().count_ones()
}
