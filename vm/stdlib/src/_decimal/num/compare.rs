//! Comparisons, maxima and minima, classes of numbers.

use std::cmp::Ordering;

use super::limbs;
use super::{Kind, Num, Settings};

/// How numbers that are no NaNs compare.
pub(crate) fn order(a: &Num, b: &Num) -> Ordering {
    let sign = |n: &Num| match (n.is_zero(), n.neg) {
        (true, _) => 0,
        (_, true) => -1,
        _ => 1,
    };
    let (x, y) = (sign(a), sign(b));
    if x != y || x == 0 {
        return x.cmp(&y);
    }
    if x < 0 { magnitude(b, a) } else { magnitude(a, b) }
}

/// How the magnitudes of numbers that are no NaNs compare.
fn magnitude(a: &Num, b: &Num) -> Ordering {
    match (a.is_inf(), b.is_inf()) {
        (false, false) => {}
        (x, y) => return x.cmp(&y),
    }
    match (a.coef.is_empty(), b.coef.is_empty()) {
        (false, false) => {}
        (x, y) => return y.cmp(&x),
    }
    if a.exp == b.exp {
        return limbs::cmp(&a.coef, &b.coef);
    }
    a.adjusted().cmp(&b.adjusted()).then_with(|| {
        // The first digits stand at the same place, so the pad is no longer than the longer coefficient.
        let exp = a.exp.min(b.exp);
        limbs::cmp(&limbs::shl(&a.coef, (a.exp - exp) as usize), &limbs::shl(&b.coef, (b.exp - exp) as usize))
    })
}

/// How all numbers compare, NaNs and equal numbers with different exponents included.
pub(crate) fn total_order(a: &Num, b: &Num) -> Ordering {
    if a.neg != b.neg {
        return b.neg.cmp(&a.neg);
    }
    let r = total_magnitude(a, b);
    if a.neg { r.reverse() } else { r }
}

/// As [`total_order`], without signs.
pub(crate) fn total_magnitude(a: &Num, b: &Num) -> Ordering {
    let rank = |n: &Num| match n.kind {
        Kind::Finite => 0,
        Kind::Infinite => 1,
        Kind::Signaling => 2,
        Kind::Quiet => 3,
    };
    rank(a).cmp(&rank(b)).then_with(|| match a.kind {
        Kind::Finite => magnitude(a, b).then(a.exp.cmp(&b.exp)),
        Kind::Infinite => Ordering::Equal,
        _ => limbs::cmp(&a.coef, &b.coef),
    })
}

/// An ordering as a number.
pub(crate) fn as_num(o: Ordering) -> Num {
    Num::from_i64(o as i64)
}

/// The operation `compare`, or `compare_signal`.
pub(crate) fn compare(a: &Num, b: &Num, signal: bool, cx: &Settings, st: &mut u32) -> Num {
    let nan = if signal { Num::any_nan_signals(&[a, b], cx, st) } else { Num::nan_of(&[a, b], cx, st) };
    nan.unwrap_or_else(|| as_num(order(a, b)))
}

/// The larger or the smaller number, by value or by magnitude.
pub(crate) fn pick(a: &Num, b: &Num, max: bool, by_magnitude: bool, cx: &Settings, st: &mut u32) -> Num {
    match (a.kind, b.kind) {
        (Kind::Quiet, Kind::Finite | Kind::Infinite) => return b.clone().fit(cx, st),
        (Kind::Finite | Kind::Infinite, Kind::Quiet) => return a.clone().fit(cx, st),
        _ => {}
    }
    if let Some(n) = Num::nan_of(&[a, b], cx, st) {
        return n;
    }
    let o = if by_magnitude { magnitude(a, b) } else { order(a, b) };
    let first = (o.then_with(|| total_order(a, b)) == Ordering::Less) != max;
    if first { a } else { b }.clone().fit(cx, st)
}

/// Whether the number is normal in the context (neither zero, subnormal nor special).
pub(crate) fn is_normal(a: &Num, cx: &Settings) -> bool {
    a.is_finite() && !a.coef.is_empty() && a.adjusted() >= cx.emin
}

/// Whether the number is subnormal in the context.
pub(crate) fn is_subnormal(a: &Num, cx: &Settings) -> bool {
    a.is_finite() && !a.coef.is_empty() && a.adjusted() < cx.emin
}

/// The class of the number, as text.
pub(crate) fn class(a: &Num, cx: &Settings) -> &'static str {
    match a.kind {
        Kind::Quiet => "NaN",
        Kind::Signaling => "sNaN",
        Kind::Infinite => ["+Infinity", "-Infinity"][usize::from(a.neg)],
        Kind::Finite if a.coef.is_empty() => ["+Zero", "-Zero"][usize::from(a.neg)],
        Kind::Finite if is_normal(a, cx) => ["+Normal", "-Normal"][usize::from(a.neg)],
        Kind::Finite => ["+Subnormal", "-Subnormal"][usize::from(a.neg)],
    }
}

/// Whether both have the same exponent, or are special in the same way.
pub(crate) fn same_quantum(a: &Num, b: &Num) -> bool {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a.exp == b.exp,
        (false, false) => a.is_nan() == b.is_nan(),
        _ => false,
    }
}
