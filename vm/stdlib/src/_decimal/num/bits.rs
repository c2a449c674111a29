//! Exponents and digits: quantizing, rounding to integers, neighbours, shifts, digit-wise logic.

use super::limbs::{self, Coef, Tail};
use super::{Num, Rounding, Settings, compare, largest, status};

/// `a` with the exponent of `b`.
pub(crate) fn quantize(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if !(a.is_finite() && b.is_finite()) {
        if let Some(n) = Num::nan_of(&[a, b], cx, st) {
            return n;
        }
        return if a.is_inf() && b.is_inf() { a.clone() } else { Num::invalid(st, status::INVALID_OPERATION) };
    }
    if b.exp > cx.emax || b.exp < cx.etiny() {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    if a.coef.is_empty() {
        return Num::zero(a.neg, b.exp).fit(cx, st);
    }
    let adjusted = a.adjusted();
    if adjusted > cx.emax || adjusted - b.exp + 1 > cx.prec {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    let (r, tail) = a.rescaled_tail(b.exp, cx.round, st);
    if !r.is_finite() {
        return r;
    }
    if !r.coef.is_empty() && r.adjusted() > cx.emax || r.digits() > cx.prec {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    if !r.coef.is_empty() && r.adjusted() < cx.emin {
        *st |= status::SUBNORMAL;
    }
    if b.exp > a.exp {
        *st |= status::ROUNDED;
        if tail != Tail::Zero {
            *st |= status::INEXACT;
        }
    }
    r.fit(cx, st)
}

/// The nearest integer. `exact` tells whether it is reported that digits were lost.
pub(crate) fn to_integral(a: &Num, exact: bool, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    if a.is_inf() || a.exp >= 0 {
        return a.clone();
    }
    if a.coef.is_empty() {
        return Num::zero(a.neg, 0);
    }
    let (r, tail) = a.rescaled_tail(0, cx.round, st);
    if exact {
        *st |= status::ROUNDED;
        if tail != Tail::Zero {
            *st |= status::INEXACT;
        }
    }
    r
}

/// Without trailing zeros.
pub(crate) fn reduce(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    let r = a.clone().fit(cx, st);
    if !r.is_finite() {
        return r;
    }
    if r.coef.is_empty() {
        return Num::zero(r.neg, 0);
    }
    let top = if cx.clamp { cx.etop() } else { cx.emax };
    let n = (limbs::trailing_zeros(&r.coef) as i64).min(top - r.exp).max(0);
    Num::new(r.neg, limbs::shr(&r.coef, n as usize).0, r.exp + n)
}

/// The next smaller number of the context, or the next larger one.
pub(crate) fn next(a: &Num, up: bool, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    if a.is_inf() {
        return if a.neg == up { largest(a.neg, cx, st) } else { a.clone() };
    }
    let cx = cx.rounding(if up { Rounding::Ceiling } else { Rounding::Floor });
    let mut quiet = 0;
    let r = a.clone().fit(&cx, &mut quiet);
    let r = if r.is_finite() && compare::order(&r, a).is_eq() {
        let least = Num::new(false, limbs::from_u64(1), cx.etiny() - 1);
        super::add(&r, &least, !up, &cx, &mut quiet)
    } else {
        r
    };
    *st |= quiet & status::NO_MEMORY;
    r
}

/// The neighbour of `a` in the direction of `b`.
pub(crate) fn next_toward(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    let order = compare::order(a, b);
    if order.is_eq() {
        return a.with_sign(b.neg);
    }
    let r = next(a, order.is_lt(), cx, st);
    if r.is_inf() {
        *st |= status::OVERFLOW | status::INEXACT | status::ROUNDED;
    } else if r.is_finite() && r.adjusted() < cx.emin {
        *st |= status::UNDERFLOW | status::SUBNORMAL | status::INEXACT | status::ROUNDED;
        if r.coef.is_empty() {
            *st |= status::CLAMPED;
        }
    }
    r
}

/// The exponent of the first digit.
pub(crate) fn logb(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    if a.is_inf() {
        return Num::inf(false);
    }
    if a.coef.is_empty() {
        *st |= status::DIVISION_BY_ZERO;
        return Num::inf(true);
    }
    Num::from_i64(a.adjusted()).fit(cx, st)
}

/// `a * 10**b`
pub(crate) fn scaleb(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    let limit = 2 * (i128::from(cx.emax) + i128::from(cx.prec));
    let by = if b.is_finite() && b.exp == 0 { b.to_i64() } else { None };
    let Some(by) = by.filter(|&n| i128::from(n).abs() <= limit) else {
        return Num::invalid(st, status::INVALID_OPERATION);
    };
    if a.is_inf() {
        return a.clone();
    }
    // Beyond these bounds every number over- or underflows.
    let exp = a.exp.saturating_add(by).clamp(-(1 << 62), 1 << 62);
    Num { exp, ..a.clone() }.fit(cx, st)
}

/// A count of digits for shifts and rotations.
fn count(b: &Num, cx: &Settings, st: &mut u32) -> Option<i64> {
    let n = if b.is_finite() && b.exp == 0 { b.to_i64() } else { None };
    let n = n.filter(|n| n.unsigned_abs() <= cx.prec.unsigned_abs());
    if n.is_none() {
        *st |= status::INVALID_OPERATION;
    }
    n
}

/// The coefficient moved by `b` digits within the precision.
pub(crate) fn shift(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    let Some(n) = count(b, cx, st) else { return Num::nan() };
    if a.is_inf() {
        return a.clone();
    }
    let coef = if n < 0 {
        let kept = low(&a.coef, cx.prec);
        limbs::shr(&kept, (-n).min(limbs::MAX_DIGITS) as usize).0
    } else {
        if Num::too_long(st, if a.coef.is_empty() { 0 } else { n }) {
            return Num::nan();
        }
        low(&limbs::shl(&a.coef, n as usize), cx.prec)
    };
    Num::new(a.neg, coef, a.exp)
}

fn low(coef: &[u64], digits: i64) -> Coef {
    if limbs::digits(coef) <= digits { Coef::from_slice(coef) } else { limbs::low_digits(coef, digits as usize) }
}

/// The coefficient, as many digits long as the precision, rotated by `b`.
pub(crate) fn rotate(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    let Some(n) = count(b, cx, st) else { return Num::nan() };
    if a.is_inf() {
        return a.clone();
    }
    if Num::too_long(st, cx.prec) {
        return Num::nan();
    }
    let kept = low(&a.coef, cx.prec);
    let left = if n < 0 { cx.prec + n } else { n } as usize;
    let right = cx.prec as usize - left;
    let high = limbs::shl(&limbs::low_digits(&kept, right), left);
    Num::new(a.neg, limbs::add(&high, &limbs::shr(&kept, right).0), a.exp)
}

/// The digits of an operand of the logical operations, last first.
fn logical(a: &Num) -> Option<Vec<u8>> {
    if !a.is_finite() || a.neg || a.exp != 0 {
        return None;
    }
    let mut digits = limbs::text(&a.coef);
    digits.reverse();
    digits.iter().all(|&d| d <= b'1').then_some(digits)
}

/// `and`, `or` or `xor` of numbers whose digits are 0 and 1.
pub(crate) fn logic(a: &Num, b: &Num, f: fn(bool, bool) -> bool, cx: &Settings, st: &mut u32) -> Num {
    let (Some(x), Some(y)) = (logical(a), logical(b)) else {
        return Num::invalid(st, status::INVALID_OPERATION);
    };
    let n = (x.len().max(y.len()) as i64).min(cx.prec) as usize;
    let bit = |v: &[u8], i: usize| v.get(i) == Some(&b'1');
    let digits: Vec<u8> = (0..n).rev().map(|i| b'0' + u8::from(f(bit(&x, i), bit(&y, i)))).collect();
    Num::new(false, limbs::from_digits(&digits), 0)
}

/// All digits of the precision inverted.
pub(crate) fn invert(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    let Some(x) = logical(a) else { return Num::invalid(st, status::INVALID_OPERATION) };
    if Num::too_long(st, cx.prec) {
        return Num::nan();
    }
    let digits: Vec<u8> =
        (0..cx.prec as usize).rev().map(|i| if x.get(i) == Some(&b'1') { b'0' } else { b'1' }).collect();
    Num::new(false, limbs::from_digits(&digits), 0)
}
