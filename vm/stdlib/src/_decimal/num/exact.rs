//! Powers that are exact: `x**y` for rational `y`, as far as the result fits the precision.

use num_bigint::BigUint;
use num_integer::Integer as _;
use num_traits::{One as _, ToPrimitive as _};

use super::Num;
use super::limbs;

/// An exact power: its coefficient and exponent. Zeros are appended to get closer to the exponent that the operation
/// prefers, but not beyond `digits`.
pub(super) fn power(x: &Num, y: &Num, digits: i64) -> Option<Num> {
    let tz = |n: &Num| limbs::trailing_zeros(&n.coef);
    let (xz, yz) = (tz(x), tz(y));
    let xc = limbs::to_big(&limbs::shr(&x.coef, xz).0);
    let xe = i128::from(x.exp) + xz as i128;
    let yc = limbs::to_big(&limbs::shr(&y.coef, yz).0);
    let ye = y.exp + yz as i64;
    let ideal = || -> Option<i128> {
        if y.neg || !y.is_integer() {
            return None;
        }
        let n = whole(&yc, ye)?;
        i128::from(x.exp).checked_mul(n)
    };
    if xc.is_one() {
        // A power of ten.
        let mut e = whole_signed(xe, &yc, ye)?;
        if y.neg {
            e = -e;
        }
        let zeros = ideal().map_or(0, |i| (e - i).clamp(0, i128::from(digits) - 1));
        return padded(BigUint::one(), e, zeros);
    }
    if y.neg {
        return inverse(xc, xe, &yc, ye, digits);
    }
    let (xc, e) = positive(xc, xe, yc.clone(), ye, digits)?;
    let len = limbs::digits(&limbs::from_big(&xc));
    let zeros = ideal().map_or(0, |i| (e - i).clamp(0, i128::from(digits - len)));
    padded(xc, e, zeros)
}

fn padded(c: BigUint, e: i128, zeros: i128) -> Option<Num> {
    if zeros > i128::from(limbs::MAX_DIGITS) {
        return None;
    }
    // Exponents that no context takes are cut, they over- or underflow anyway.
    let exp = (e - zeros).clamp(-(1 << 61), 1 << 61) as i64;
    Some(Num::new(false, limbs::shl(&limbs::from_big(&c), zeros as usize), exp))
}

/// `c * 10**e` if that is an integer of moderate size.
fn whole(c: &BigUint, e: i64) -> Option<i128> {
    let c = c.to_i128()?;
    if e >= 0 {
        return c.checked_mul(10i128.checked_pow(u32::try_from(e).ok()?)?);
    }
    let d = 10i128.checked_pow(u32::try_from(-e).ok()?)?;
    (c % d == 0).then_some(c / d)
}

/// `a * c * 10**e` if that is an integer of moderate size.
fn whole_signed(a: i128, c: &BigUint, e: i64) -> Option<i128> {
    if a == 0 {
        return Some(0);
    }
    let product = c * BigUint::from(a.unsigned_abs());
    // A long denominator never divides a short numerator.
    if e < 0 && product.bits() < e.unsigned_abs() * 3 {
        return None;
    }
    let n = if e < 0 {
        let (q, r) = product.div_rem(&limbs::big_pow10(e.unsigned_abs()));
        if r.bits() > 0 {
            return None;
        }
        q.to_i128()?
    } else {
        product.to_i128()?.checked_mul(10i128.checked_pow(u32::try_from(e).ok()?)?)?
    };
    Some(if a < 0 { -n } else { n })
}

/// `x**-|y|`: only powers of two or of five have a finite inverse.
fn inverse(xc: BigUint, xe: i128, yc: &BigUint, ye: i64, digits: i64) -> Option<Num> {
    let (e, base, limit) = if xc.is_even() {
        let e = xc.trailing_zeros()?;
        if xc.bits() != e + 1 {
            return None;
        }
        // 5**e is the result: e digits of it take about 0.7 e.
        (e as i128, 5u32, i128::from(digits) * 93 / 65)
    } else {
        let mut c = xc;
        let mut e = 0;
        while c.bits() > 2 {
            let (q, r) = c.div_rem(&BigUint::from(5u8));
            if r.bits() > 0 {
                return None;
            }
            (c, e) = (q, e + 1);
        }
        if !c.is_one() || e == 0 {
            return None;
        }
        (e, 2u32, i128::from(digits) * 10 / 3)
    };
    let e = whole_signed(e, yc, ye)?;
    let xe = whole_signed(xe, yc, ye)?;
    if e > limit || e > i128::from(limbs::MAX_DIGITS) {
        return None;
    }
    let c = num_traits::pow(BigUint::from(base), e as usize);
    if limbs::digits(&limbs::from_big(&c)) > digits {
        return None;
    }
    padded(c, -e - xe, 0)
}

/// `(xc * 10**xe)**(yc * 10**ye)` for a positive exponent.
fn positive(xc: BigUint, xe: i128, yc: BigUint, ye: i64, digits: i64) -> Option<(BigUint, i128)> {
    let bits = xc.bits();
    let (m, n) = if ye >= 0 {
        (whole(&yc, ye)?, 1u64)
    } else {
        // The root must be a whole number: its degree is not larger than the numbers have bits or digits.
        if ye < -18 {
            return None;
        }
        let n = 10u64.pow(-ye as u32);
        let g = yc.gcd(&BigUint::from(n)).to_u64()?;
        ((yc / g).to_i128()?, n / g)
    };
    let (mut xc, mut xe) = (xc, xe);
    if n > 1 {
        if bits <= n || xe % i128::from(n) != 0 {
            return None;
        }
        xe /= i128::from(n);
        let root = xc.nth_root(u32::try_from(n).ok()?);
        if num_traits::pow(root.clone(), n as usize) != xc {
            return None;
        }
        xc = root;
    }
    // Each factor brings at least log10(x) digits.
    let least = (xc.bits() - 1) as f64 * std::f64::consts::LOG10_2;
    if m as f64 * least > digits as f64 + 1.0 || m as f64 * least > limbs::MAX_DIGITS as f64 {
        return None;
    }
    let c = num_traits::pow(xc, usize::try_from(m).ok()?);
    if limbs::digits(&limbs::from_big(&c)) > digits {
        return None;
    }
    Some((c, xe.checked_mul(m)?))
}
