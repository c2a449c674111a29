//! Powers, with and without a modulus.

use num_bigint::{BigInt, BigUint, Sign};

use super::limbs::{self, Coef};
use super::transcendental::{bits_of, exp_digits, is_one, ln_magnitude, ln_of, near_one, settle};
use super::{Num, Settings, exact, status};

/// `a ** b`
pub(crate) fn pow(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    if b.is_zero() {
        return if a.is_zero() { Num::invalid(st, status::INVALID_OPERATION) } else { Num::from_i64(1) };
    }
    let b_integer = b.is_integer();
    let mut neg = false;
    if a.neg {
        if b_integer {
            neg = b.is_odd();
        } else if !a.is_zero() {
            return Num::invalid(st, status::INVALID_OPERATION);
        }
    }
    let x = a.with_sign(false);
    if x.is_zero() || x.is_inf() {
        return if x.is_zero() == b.neg { Num::inf(neg) } else { Num::zero(neg, 0) };
    }
    if is_one(&x) {
        return power_of_one(&x, b, neg, cx, st);
    }
    let above = x.adjusted() >= 0;
    if b.is_inf() {
        return if above == b.neg { Num::zero(neg, 0) } else { Num::inf(neg) };
    }
    if let Some(n) = beyond(&x, b, neg, cx, st) {
        return n;
    }
    match exact::power(&x, b, cx.prec.saturating_add(1)) {
        Some(n) => finish_exact(n.with_sign(neg), b_integer, cx, st),
        None => inexact(&x, b, neg, above, cx, st).fit(cx, st),
    }
}

/// `1 ** b`: a one with as many zeros as an exact product would have.
fn power_of_one(x: &Num, b: &Num, neg: bool, cx: &Settings, st: &mut u32) -> Num {
    let exp = if b.is_integer() {
        let times = if b.neg { 0 } else { b.to_i64().unwrap_or(i64::MAX).min(cx.prec) };
        let exp = x.exp.saturating_mul(times);
        if exp < 1 - cx.prec {
            *st |= status::ROUNDED;
        }
        exp.max(1 - cx.prec)
    } else {
        *st |= status::INEXACT | status::ROUNDED;
        1 - cx.prec
    };
    if Num::too_long(st, -exp) {
        return Num::nan();
    }
    Num::new(neg, limbs::shl(&[1], -exp as usize), exp)
}

/// The result of powers that are certain to over- or underflow.
fn beyond(x: &Num, b: &Num, neg: bool, cx: &Settings, st: &mut u32) -> Option<Num> {
    // log10 of a number is less than its ln, but not by a digit.
    let bound = ln_magnitude(x) - 1 + b.adjusted();
    let digits = |n: i64| limbs::digits(&limbs::from_u64(n.unsigned_abs()));
    let grows = (x.adjusted() >= 0) != b.neg;
    if grows && bound >= digits(cx.emax) {
        return Some(Num::new(neg, limbs::from_u64(1), cx.emax + 1).fit(cx, st));
    }
    if !grows && bound >= digits(cx.etiny()) {
        return Some(Num::new(neg, limbs::from_u64(1), cx.etiny() - 1).fit(cx, st));
    }
    None
}

/// Rounds an exact power. Powers with a fraction in the exponent count as inexact all the same.
fn finish_exact(n: Num, integer: bool, cx: &Settings, st: &mut u32) -> Num {
    if integer {
        return n.fit(cx, st);
    }
    let digits = n.digits();
    let pad = cx.prec + 1 - digits;
    if pad > 0 && Num::too_long(st, pad) {
        return Num::nan();
    }
    let n = if pad > 0 { Num::new(n.neg, limbs::shl(&n.coef, pad as usize), n.exp - pad) } else { n };
    let r = n.fit(cx, st);
    *st |= status::INEXACT;
    if *st & status::SUBNORMAL != 0 {
        *st |= status::UNDERFLOW;
    }
    r
}

fn inexact(x: &Num, b: &Num, neg: bool, above: bool, cx: &Settings, st: &mut u32) -> Num {
    let magnitude = ln_magnitude(x);
    let grows = above != b.neg;
    // ln x has at most two digits more before the point than the bound says.
    if magnitude + 3 + b.adjusted() < -cx.prec - 3 {
        return near_one(grows, cx.prec, st).with_sign(neg);
    }
    let yc = BigInt::from_biguint(if b.neg { Sign::Minus } else { Sign::Plus }, limbs::to_big(&b.coef));
    settle(neg, cx.prec, st, |digits| {
        let before = (b.adjusted() + 1).max(0);
        let w = bits_of(digits + (magnitude + 4 + b.adjusted()).max(0)) + 16;
        let fine = w + bits_of(before) + 8;
        let product = ln_of(x, fine) * &yc;
        let power = BigInt::from(limbs::big_pow10(b.exp.unsigned_abs()));
        let t = if b.exp >= 0 { product * power } else { product / power };
        exp_digits(&(t >> (fine - w)), w, digits)
    })
}

/// `a ** b % m` for integers.
pub(crate) fn pow_mod(a: &Num, b: &Num, m: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b, m], cx, st) {
        return n;
    }
    let valid = a.is_integer()
        && b.is_integer()
        && m.is_integer()
        && (!b.neg || b.is_zero())
        && !m.is_zero()
        && m.adjusted() < cx.prec
        && !(a.is_zero() && b.is_zero());
    if !valid {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    let neg = a.neg && b.is_odd();
    let modulus = integer(m);
    let ten = BigUint::from(10u8);
    // The parts of the numbers are taken one after the other, as exponents may be long.
    let split = |n: &Num| {
        let zeros = if n.exp < 0 { limbs::shr(&n.coef, -n.exp as usize).0 } else { n.coef.clone() };
        (limbs::to_big(&zeros), n.exp.max(0) as u64)
    };
    let (c, e) = split(a);
    let mut base = c * ten.modpow(&BigUint::from(e), &modulus) % &modulus;
    let (c, e) = split(b);
    if e > 1_000_000 {
        return Num::invalid(st, status::NO_MEMORY);
    }
    for _ in 0..e {
        base = base.modpow(&ten, &modulus);
    }
    base = base.modpow(&c, &modulus);
    Num::new(neg, limbs::from_big(&base), 0)
}

/// The magnitude of an integer.
fn integer(n: &Num) -> BigUint {
    let coef: Coef =
        if n.exp < 0 { limbs::shr(&n.coef, -n.exp as usize).0 } else { limbs::shl(&n.coef, n.exp as usize) };
    limbs::to_big(&coef)
}
