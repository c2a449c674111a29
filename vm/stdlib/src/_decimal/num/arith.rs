//! Sums, products, quotients, remainders and square roots.

use std::cmp::Ordering;

use super::limbs::{self, Coef};
use super::{Num, Rounding, Settings, status};

/// A small coefficient times a power of ten, if that stays within 38 digits.
#[inline(always)]
fn scaled_small(coef: &[u64], by: i64) -> Option<u128> {
    let n = limbs::to_u128(coef)?;
    if by == 0 {
        return Some(n);
    }
    if by < 20 && n < u128::from(limbs::BASE) {
        return Some(n * u128::from(limbs::POW10[by as usize]));
    }
    None
}

/// `a + b`, or `a - b`.
pub(crate) fn add(a: &Num, b: &Num, minus: bool, cx: &Settings, st: &mut u32) -> Num {
    let b_neg = b.neg != minus;
    if !(a.is_finite() && b.is_finite()) {
        return add_special(a, b, b_neg, cx, st);
    }
    // Most sums are of numbers with few digits and close exponents.
    let exp = a.exp.min(b.exp);
    if !a.coef.is_empty()
        && !b.coef.is_empty()
        && let (Some(x), Some(y)) = (scaled_small(&a.coef, a.exp - exp), scaled_small(&b.coef, b.exp - exp))
    {
        let (neg, sum) = if a.neg == b_neg {
            (a.neg, x + y)
        } else {
            match x.cmp(&y) {
                Ordering::Greater => (a.neg, x - y),
                Ordering::Less => (b_neg, y - x),
                Ordering::Equal => (cx.round == Rounding::Floor, 0),
            }
        };
        return Num::new(neg, limbs::from_u128(sum), exp).fit(cx, st);
    }
    add_slowly(a, b, b_neg, cx, st)
}

#[cold]
fn add_special(a: &Num, b: &Num, b_neg: bool, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    if a.is_inf() {
        if b.is_inf() && a.neg != b_neg {
            return Num::invalid(st, status::INVALID_OPERATION);
        }
        return Num::inf(a.neg);
    }
    Num::inf(b_neg)
}

fn add_slowly(a: &Num, b: &Num, b_neg: bool, cx: &Settings, st: &mut u32) -> Num {
    let exp = a.exp.min(b.exp);
    let same = a.neg == b_neg;
    let zero_sign = cx.round == Rounding::Floor;
    match (a.coef.is_empty(), b.coef.is_empty()) {
        (true, true) => {
            let neg = if same { a.neg } else { zero_sign };
            return Num::zero(neg, exp).fit(cx, st);
        }
        (true, false) => return widened(b, b_neg, exp, cx, st),
        (false, true) => return widened(a, a.neg, exp, cx, st),
        _ => {}
    }
    // `x` has the larger exponent. A number too small to matter is replaced by one that rounds the same way.
    let (x, x_neg, y, y_neg) = if a.exp >= b.exp { (a, a.neg, b, b_neg) } else { (b, b_neg, a, a.neg) };
    let limit = x.exp + (-1).min(x.digits() - cx.prec - 2);
    let tiny;
    let (y_coef, y_exp): (&[u64], i64) = if y.digits() + y.exp - 1 < limit {
        tiny = [1u64];
        (&tiny, limit)
    } else {
        (&y.coef, y.exp)
    };
    let pad = x.exp - y_exp;
    if Num::too_long(st, pad) {
        return Num::nan();
    }
    let x_coef = limbs::shl(&x.coef, pad as usize);
    if same {
        return Num::new(x_neg, limbs::add(&x_coef, y_coef), y_exp).fit(cx, st);
    }
    let (neg, coef) = match limbs::cmp(&x_coef, y_coef) {
        Ordering::Greater => (x_neg, limbs::sub(&x_coef, y_coef)),
        Ordering::Less => (y_neg, limbs::sub(y_coef, &x_coef)),
        Ordering::Equal => (zero_sign, Coef::new()),
    };
    Num::new(neg, coef, y_exp).fit(cx, st)
}

/// A number that a zero was added to: its exponent moves towards that of the zero as far as the precision allows.
fn widened(x: &Num, neg: bool, exp: i64, cx: &Settings, st: &mut u32) -> Num {
    let exp = exp.max(x.exp - cx.prec - 1);
    let mut r = x.rescaled(exp, cx.round, st);
    if r.is_finite() {
        r.neg = neg;
    }
    r.fit(cx, st)
}

/// `a * b`
pub(crate) fn mul(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    mul_exactly(a, b, cx, st).fit(cx, st)
}

fn mul_exactly(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    let neg = a.neg != b.neg;
    if !(a.is_finite() && b.is_finite()) {
        if let Some(n) = Num::nan_of(&[a, b], cx, st) {
            return n;
        }
        if a.is_zero() || b.is_zero() {
            return Num::invalid(st, status::INVALID_OPERATION);
        }
        return Num::inf(neg);
    }
    let coef = match (&a.coef[..], &b.coef[..]) {
        (&[x], &[y]) => limbs::from_u128(u128::from(x) * u128::from(y)),
        (x, y) => limbs::mul(x, y),
    };
    Num::new(neg, coef, a.exp + b.exp)
}

/// `a * b + c`, rounded once.
pub(crate) fn fma(a: &Num, b: &Num, c: &Num, cx: &Settings, st: &mut u32) -> Num {
    // What makes no sense is invalid before the third operand is looked at.
    if a.is_inf() && b.is_zero() || a.is_zero() && b.is_inf() {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    if let Some(n) = Num::nan_of(&[a, b, c], cx, st) {
        return n;
    }
    let product = mul_exactly(a, b, cx, st);
    add(&product, c, false, cx, st)
}

/// `a / b`
pub(crate) fn div(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    let neg = a.neg != b.neg;
    if !(a.is_finite() && b.is_finite()) {
        if let Some(n) = Num::nan_of(&[a, b], cx, st) {
            return n;
        }
        return match (a.is_inf(), b.is_inf()) {
            (true, true) => Num::invalid(st, status::INVALID_OPERATION),
            (true, false) => Num::inf(neg),
            _ => {
                *st |= status::CLAMPED;
                Num::zero(neg, cx.etiny())
            }
        };
    }
    if b.coef.is_empty() {
        if a.coef.is_empty() {
            return Num::invalid(st, status::DIVISION_UNDEFINED);
        }
        *st |= status::DIVISION_BY_ZERO;
        return Num::inf(neg);
    }
    let ideal = a.exp - b.exp;
    if a.coef.is_empty() {
        return Num::zero(neg, ideal).fit(cx, st);
    }
    if let ([x], [y]) = (&a.coef[..], &b.coef[..])
        && let Some((q, places)) = finite_quotient(*x, *y)
    {
        let q = stripped(neg, limbs::from_u128(q), ideal - places, ideal);
        if q.digits() <= cx.prec {
            return q.fit(cx, st);
        }
    }
    let mut shift = b.digits() - a.digits() + cx.prec + 1;
    // An exact quotient has at most this many digits more than the dividend: 2 and 5 in the divisor cost one each.
    let enough = b.digits().saturating_mul(4) + 4;
    if shift > 1000 && shift > enough {
        shift = enough;
        let (q, exact) = limbs::quotient(&a.coef, shift as usize, &b.coef);
        if exact {
            return stripped(neg, q, ideal - shift, ideal).fit(cx, st);
        }
        shift = b.digits() - a.digits() + cx.prec + 1;
    }
    if Num::too_long(st, shift) {
        return Num::nan();
    }
    let (mut q, exact) = if shift >= 0 {
        limbs::quotient(&a.coef, shift as usize, &b.coef)
    } else {
        let (q, r) = limbs::divrem(&a.coef, &limbs::shl(&b.coef, -shift as usize));
        (q, r.is_empty())
    };
    let exp = ideal - shift;
    if exact {
        return stripped(neg, q, exp, ideal).fit(cx, st);
    }
    // The digit after those that are kept tells whether something follows: never 0 or 5 alone.
    if limbs::digit_at(&q, 0).is_multiple_of(5) {
        limbs::increment(&mut q);
    }
    Num::new(neg, q, exp).fit(cx, st)
}

/// `x * 10**places / y` for divisors made of twos and fives only, if they are few.
fn finite_quotient(x: u64, y: u64) -> Option<(u128, i64)> {
    let twos = y.trailing_zeros();
    let (mut fives, mut rest) = (0, y >> twos);
    while rest > 1 {
        if fives == 8 || !rest.is_multiple_of(5) {
            return None;
        }
        rest /= 5;
        fives += 1;
    }
    let places = twos.max(fives);
    if places > 8 {
        return None;
    }
    // y divides 10**places, so the quotient has no remainder.
    Some((u128::from(x) * u128::from(limbs::POW10[places as usize] / y), i64::from(places)))
}

/// A number without trailing zeros, as far as its exponent stays up to `ideal`.
fn stripped(neg: bool, coef: Coef, exp: i64, ideal: i64) -> Num {
    let mut coef = coef;
    let n = (limbs::trailing_zeros(&coef) as i64).min(ideal - exp).max(0);
    if n > 0 {
        limbs::shr_in_place(&mut coef, n as usize);
    }
    Num::new(neg, coef, exp + n)
}

/// The coefficients of two finite numbers brought to their smaller exponent.
fn aligned(a: &Num, b: &Num, st: &mut u32) -> Option<(Coef, Coef, i64)> {
    let exp = a.exp.min(b.exp);
    let (x, y) = (a.exp - exp, b.exp - exp);
    if Num::too_long(st, x.max(y)) {
        return None;
    }
    Some((limbs::shl(&a.coef, x as usize), limbs::shl(&b.coef, y as usize), exp))
}

/// Quotient towards zero and remainder of numbers of which `a` is finite and `b` not zero.
fn divide(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Option<(Num, Num)> {
    let neg = a.neg != b.neg;
    let ideal = if b.is_inf() { a.exp } else { a.exp.min(b.exp) };
    if a.coef.is_empty() || b.is_inf() || a.adjusted() - b.adjusted() <= -2 {
        return Some((Num::zero(neg, 0), a.rescaled(ideal, cx.round, st)));
    }
    if a.adjusted() - b.adjusted() <= cx.prec {
        let (x, y, exp) = aligned(a, b, st)?;
        let (q, r) = limbs::divrem(&x, &y);
        if limbs::digits(&q) <= cx.prec {
            return Some((Num::new(neg, q, 0), Num::new(a.neg, r, exp)));
        }
    }
    *st |= status::DIVISION_IMPOSSIBLE;
    None
}

/// `a // b`, towards zero.
pub(crate) fn div_int(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    let neg = a.neg != b.neg;
    if a.is_inf() {
        return if b.is_inf() { Num::invalid(st, status::INVALID_OPERATION) } else { Num::inf(neg) };
    }
    if b.is_zero() {
        if a.is_zero() {
            return Num::invalid(st, status::DIVISION_UNDEFINED);
        }
        *st |= status::DIVISION_BY_ZERO;
        return Num::inf(neg);
    }
    divide(a, b, cx, st).map_or_else(Num::nan, |p| p.0)
}

/// `a % b`, with the sign of `a`.
pub(crate) fn rem(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    if a.is_inf() {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    if b.is_zero() {
        return Num::invalid(st, if a.is_zero() { status::DIVISION_UNDEFINED } else { status::INVALID_OPERATION });
    }
    divide(a, b, cx, st).map_or_else(Num::nan, |p| p.1.fit(cx, st))
}

/// Both of them.
pub(crate) fn divmod(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> (Num, Num) {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return (n.clone(), n);
    }
    let neg = a.neg != b.neg;
    if a.is_inf() {
        *st |= status::INVALID_OPERATION;
        return (if b.is_inf() { Num::nan() } else { Num::inf(neg) }, Num::nan());
    }
    if b.is_zero() {
        if a.is_zero() {
            *st |= status::DIVISION_UNDEFINED;
            return (Num::nan(), Num::nan());
        }
        *st |= status::DIVISION_BY_ZERO | status::INVALID_OPERATION;
        return (Num::inf(neg), Num::nan());
    }
    match divide(a, b, cx, st) {
        Some((q, r)) => (q, r.fit(cx, st)),
        None => (Num::nan(), Num::nan()),
    }
}

/// The remainder from the nearest multiple of `b`.
pub(crate) fn rem_near(a: &Num, b: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    if a.is_inf() {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    if b.is_zero() {
        return Num::invalid(st, if a.is_zero() { status::DIVISION_UNDEFINED } else { status::INVALID_OPERATION });
    }
    if b.is_inf() {
        return a.clone().fit(cx, st);
    }
    let ideal = a.exp.min(b.exp);
    if a.coef.is_empty() {
        return Num::zero(a.neg, ideal).fit(cx, st);
    }
    let apart = a.adjusted() - b.adjusted();
    if apart > cx.prec {
        return Num::invalid(st, status::DIVISION_IMPOSSIBLE);
    }
    if apart <= -2 {
        return a.rescaled(ideal, cx.round, st).fit(cx, st);
    }
    let Some((x, y, exp)) = aligned(a, b, st) else { return Num::nan() };
    let (mut q, mut r) = limbs::divrem(&x, &y);
    let mut neg = a.neg;
    let twice = limbs::add(&r, &r);
    let order = limbs::cmp(&twice, &y);
    if order.is_gt() || order.is_eq() && limbs::digit_at(&q, 0) % 2 == 1 {
        r = limbs::sub(&y, &r);
        neg = !neg;
        limbs::increment(&mut q);
    }
    if limbs::digits(&q) > cx.prec {
        return Num::invalid(st, status::DIVISION_IMPOSSIBLE);
    }
    Num::new(neg, r, exp).fit(cx, st)
}

/// `+a`, or `-a` when `neg` is the other sign: rounded; zeros lose their sign but when rounding down.
pub(crate) fn signed(a: &Num, neg: bool, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    let neg = neg && (!a.is_zero() || cx.round == Rounding::Floor);
    a.with_sign(neg).fit(cx, st)
}

/// `abs(a)`
pub(crate) fn abs(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    a.with_sign(false).fit(cx, st)
}

/// The square root, half to even.
pub(crate) fn sqrt(a: &Num, cx: &Settings, st: &mut u32) -> Num {
    if let Some(n) = Num::nan_of(&[a], cx, st) {
        return n;
    }
    if a.is_zero() {
        return Num::zero(a.neg, a.exp >> 1).fit(&cx.rounding(Rounding::HalfEven), st);
    }
    if a.neg {
        return Num::invalid(st, status::INVALID_OPERATION);
    }
    if a.is_inf() {
        return a.clone();
    }
    let cx = cx.rounding(Rounding::HalfEven);
    let ideal = a.exp >> 1;
    let c = if a.exp & 1 == 1 { limbs::shl(&a.coef, 1) } else { a.coef.clone() };
    if cx.prec > 1000 && limbs::digits(&c) / 2 < cx.prec {
        // A perfect square needs no more digits than its root has.
        let big = limbs::to_big(&c);
        let root = big.sqrt();
        if &root * &root == big {
            return Num::new(false, limbs::from_big(&root), ideal).fit(&cx, st);
        }
    }
    let shift = cx.prec + 1 - (limbs::digits(&c) + 1) / 2;
    if Num::too_long(st, shift.saturating_mul(2)) {
        return Num::nan();
    }
    let (c, cut) = if shift >= 0 {
        (limbs::shl(&c, 2 * shift as usize), false)
    } else {
        let (c, tail) = limbs::shr(&c, (-2 * shift) as usize);
        (c, tail != limbs::Tail::Zero)
    };
    let big = limbs::to_big(&c);
    let root = big.sqrt();
    let exact = !cut && &root * &root == big;
    let mut n = limbs::from_big(&root);
    let exp = ideal - shift;
    if exact {
        return if shift >= 0 {
            Num::new(false, limbs::shr(&n, shift as usize).0, ideal)
        } else {
            Num::new(false, limbs::shl(&n, -shift as usize), ideal)
        }
        .fit(&cx, st);
    }
    if limbs::digit_at(&n, 0).is_multiple_of(5) {
        limbs::increment(&mut n);
    }
    Num::new(false, n, exp).fit(&cx, st)
}
