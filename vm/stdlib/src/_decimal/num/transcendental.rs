//! `exp`, `ln`, `log10`: correctly rounded.
//!
//! All of them compute in binary fixed point with some digits more than wanted, and once more with further digits when
//! those do not decide how to round (the results are irrational, so some number of digits does).

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer as _;
use num_traits::{Signed as _, ToPrimitive as _};

use super::limbs;
use super::{Num, Rounding, Settings, consts, status};

/// Bits that hold this many decimal digits, and a few more.
pub(super) fn bits_of(digits: i64) -> u64 {
    (digits.max(0) as u64) * 3322 / 1000 + 12
}

/// `e**r` for `0 <= r < 3`, both times `2**bits`.
fn exp_fixed(r: &BigUint, bits: u64) -> BigUint {
    // The argument is halved so often that the series and the squarings cost about the same.
    let halvings = (bits as f64).sqrt() as u64 * 2 / 3 + 2;
    let w = bits + 2 * halvings + 8;
    let r = (r << (w - bits)) >> halvings;
    let one = BigUint::from(1u8) << w;
    let mut term = r.clone();
    let mut sum = one + &r;
    let mut n = 2u32;
    while term.bits() > 0 {
        term = ((&term * &r) >> w) / n;
        sum += &term;
        n += 1;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> w;
    }
    sum >> (w - bits)
}

/// `ln m` for `1 <= m < 2`, both times `2**bits`, by Halley's iteration from the machine's logarithm.
fn ln_fixed(m: &BigUint, bits: u64) -> BigUint {
    let mut steps = vec![bits];
    while steps[steps.len() - 1] > 150 {
        steps.push(steps[steps.len() - 1] / 3 + 10);
    }
    let top = if bits >= 60 { m >> (bits - 60) } else { m << (60 - bits) };
    let guess = (top.to_f64().unwrap_or(1.0) / (1u64 << 60) as f64).ln();
    let mut y = BigUint::from((guess * (1u64 << 60) as f64) as u64);
    let mut have = 60;
    for &p in steps.iter().rev() {
        y = if p >= have { y << (p - have) } else { y >> (have - p) };
        have = p;
        let m: BigUint = if p <= bits { m >> (bits - p) } else { m << (p - bits) };
        let e = exp_fixed(&y, p);
        let step = (BigInt::from(m.clone()) - BigInt::from(e.clone())) << (p + 1);
        let next = BigInt::from(y) + step / BigInt::from(m + e);
        y = next.to_biguint().unwrap_or_default();
    }
    y
}

/// `ln x` times `2**bits` for a positive number, with an error of a few units.
pub(super) fn ln_of(x: &Num, bits: u64) -> BigInt {
    // The exponent has up to 63 bits, which the constants must carry too.
    let w = bits + 72;
    let c = limbs::to_big(&x.coef);
    let twos = c.bits() - 1;
    let m = if twos <= w { c << (w - twos) } else { c >> (twos - w) };
    let (ln2, ln10) = consts::logs(w);
    let mut sum = BigInt::from(ln_fixed(&m, w));
    sum += BigInt::from(ln2) * twos;
    sum += BigInt::from(ln10) * x.exp;
    sum >> 72u32
}

/// A bound from below for the exponent of the first digit of `ln x`.
pub(super) fn ln_magnitude(x: &Num) -> i64 {
    let adjusted = x.adjusted();
    if !(-1..=0).contains(&adjusted) {
        // ln 10 is more than 2.
        return limbs::digits(&limbs::from_u64((adjusted + i64::from(adjusted < 0)).unsigned_abs())) - 1;
    }
    // As many digits as x itself has, at most.
    let one = limbs::shl(&[1], (-x.exp).max(0) as usize);
    let c = limbs::shl(&x.coef, x.exp.max(0) as usize);
    let apart = if limbs::cmp(&c, &one).is_ge() { limbs::sub(&c, &one) } else { limbs::sub(&one, &c) };
    limbs::digits(&apart) - 1 + x.exp.min(0) - 1
}

/// `e**t` as an integer of about `digits` digits and an exponent; `t` is given times `2**bits`.
pub(super) fn exp_digits(t: &BigInt, bits: u64, digits: i64) -> (BigUint, i64) {
    let (_, ln10) = consts::logs(bits);
    let (n, r) = t.div_mod_floor(&BigInt::from(ln10));
    let want = bits_of(digits) + 4;
    let r = r.magnitude();
    let r = if bits >= want { r >> (bits - want) } else { r << (want - bits) };
    let e = exp_fixed(&r, want);
    let scaled = (e * limbs::big_pow10(digits as u64 - 1)) >> want;
    let far = 1i64 << 61;
    let n = n.to_i64().unwrap_or(if n.is_negative() { -far } else { far }).clamp(-far, far);
    (scaled, n - (digits - 1))
}

/// Runs `f` with more and more digits until they decide the rounding to `prec` digits. `f` gives an integer that is at
/// most ten units off, and its exponent.
pub(super) fn settle(neg: bool, prec: i64, st: &mut u32, mut f: impl FnMut(i64) -> (BigUint, i64)) -> Num {
    let mut extra = 6;
    loop {
        if prec + extra > 100_000_000 {
            *st |= status::NO_MEMORY;
            return Num::nan();
        }
        let (n, exp) = f(prec + extra);
        let coef = limbs::from_big(&n);
        let drop = limbs::digits(&coef) - prec;
        if drop >= 3 {
            let low = limbs::low_digits(&coef, drop as usize);
            let half = limbs::shl(&[5], drop as usize - 1);
            let end = limbs::shl(&[1], drop as usize);
            let near = |a: &[u64], b: &[u64]| {
                let (a, b) = if limbs::cmp(a, b).is_ge() { (a, b) } else { (b, a) };
                limbs::cmp(&limbs::sub(a, b), &[10]).is_le()
            };
            if !near(&low, &[]) && !near(&low, &half) && !near(&low, &end) {
                return Num::new(neg, coef, exp);
            }
        }
        extra *= 2;
    }
}

fn half_even(cx: &Settings) -> Settings {
    cx.rounding(Rounding::HalfEven)
}

/// `1` and a digit so far behind that it only tells the direction of rounding.
pub(super) fn near_one(above: bool, prec: i64, st: &mut u32) -> Num {
    if Num::too_long(st, prec) {
        return Num::nan();
    }
    if above {
        Num::new(false, limbs::add(&limbs::shl(&[1], prec as usize + 3), &[1]), -prec - 3)
    } else {
        Num::new(false, limbs::sub(&limbs::shl(&[1], prec as usize + 3), &[1]), -prec - 3)
    }
}

/// `e**a`
pub(crate) fn exp(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    if a.is_inf() {
        return if a.neg { Num::zero(false, 0) } else { a.clone() };
    }
    if a.coef.is_empty() {
        return Num::from_i64(1);
    }
    let cx = half_even(cx);
    let adjusted = a.adjusted();
    let far = |n: i64| limbs::digits(&limbs::from_u128(n as u128 * 3));
    if !a.neg && adjusted > far(cx.emax + 1) {
        return Num::new(false, limbs::from_u64(1), cx.emax + 1).fit(&cx, st);
    }
    if a.neg && adjusted > far(1 - cx.etiny()) {
        return Num::new(false, limbs::from_u64(1), cx.etiny() - 1).fit(&cx, st);
    }
    if adjusted < -cx.prec - 1 {
        return near_one(!a.neg, cx.prec, st).fit(&cx, st);
    }
    let c = BigInt::from_biguint(if a.neg { Sign::Minus } else { Sign::Plus }, limbs::to_big(&a.coef));
    settle(false, cx.prec, st, |digits| {
        let w = bits_of(digits + (adjusted + 1).max(0)) + 8;
        let t = if a.exp >= 0 {
            (&c * BigInt::from(limbs::big_pow10(a.exp as u64))) << w
        } else {
            (&c << w).div_floor(&BigInt::from(limbs::big_pow10(a.exp.unsigned_abs())))
        };
        exp_digits(&t, w, digits)
    })
    .fit(&cx, st)
}

/// What logarithms give for operands that need no computation.
fn log_special(a: &Num, cx: &Settings, st: &mut u32) -> Option<Num> {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return Some(n);
    }
    if a.is_zero() {
        return Some(Num::inf(true));
    }
    if a.neg {
        return Some(Num::invalid(st, status::INVALID_OPERATION));
    }
    a.is_inf().then(|| a.clone())
}

/// The natural logarithm.
pub(crate) fn ln(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = log_special(a, cx, st) {
        return n;
    }
    if is_one(a) {
        return Num::zero(false, 0);
    }
    let magnitude = ln_magnitude(a);
    settle(a.adjusted() < 0, cx.prec, st, |digits| {
        let places = digits - 1 - magnitude;
        let bits = bits_of(places.max(0) + magnitude.max(0)) + 8;
        let f = ln_of(a, bits).magnitude().clone();
        (scale(f, places) >> bits, -places)
    })
    .fit(&half_even(cx), st)
}

/// `n * 10**places`
fn scale(n: BigUint, places: i64) -> BigUint {
    let power = limbs::big_pow10(places.unsigned_abs());
    if places >= 0 { n * power } else { n / power }
}

/// Whether the number is 1.
pub(super) fn is_one(a: &Num) -> bool {
    a.adjusted() == 0 && limbs::trailing_zeros(&a.coef) as i64 == a.digits() - 1 && first_digit_is_one(a)
}

/// Whether the first digit is a 1.
pub(super) fn first_digit_is_one(a: &Num) -> bool {
    limbs::digit_at(&a.coef, a.digits() as usize - 1) == 1
}

/// The logarithm to the base 10.
pub(crate) fn log10(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = log_special(a, cx, st) {
        return n;
    }
    if limbs::trailing_zeros(&a.coef) as i64 == a.digits() - 1 && first_digit_is_one(a) {
        return Num::from_i64(a.adjusted()).fit(&half_even(cx), st);
    }
    let magnitude = ln_magnitude(a) - 1;
    settle(a.adjusted() < 0, cx.prec, st, |digits| {
        let places = digits - 1 - magnitude;
        let bits = bits_of(places.max(0) + magnitude.max(0)) + 8;
        let f = ln_of(a, bits).magnitude().clone();
        let (_, ln10) = consts::logs(bits);
        (scale(f, places) / ln10, -places)
    })
    .fit(&half_even(cx), st)
}
