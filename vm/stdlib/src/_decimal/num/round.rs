//! Fitting numbers to a context: rounding, over- and underflow, NaN payloads; and changes of exponent.

use super::limbs::{self, Tail};
use super::{Kind, Num, Rounding, Settings, status};

impl Num {
    /// The number as the context takes it.
    #[inline]
    pub(crate) fn fit(self, cx: &Settings, st: &mut u32) -> Num {
        if self.kind == Kind::Finite && !self.coef.is_empty() && !cx.clamp {
            let digits = self.digits();
            let adjusted = self.exp + digits - 1;
            if digits <= cx.prec && adjusted >= cx.emin && adjusted <= cx.emax {
                return self;
            }
        }
        let mut n = self;
        n.fit_in_place(cx, st);
        n
    }

    #[inline(never)]
    fn fit_in_place(&mut self, cx: &Settings, st: &mut u32) {
        match self.kind {
            Kind::Infinite => return,
            Kind::Quiet | Kind::Signaling => return self.fit_payload(cx),
            Kind::Finite => {}
        }
        let (etiny, etop) = (cx.etiny(), cx.etop());
        if self.coef.is_empty() {
            let exp = self.exp.max(etiny).min(if cx.clamp { etop } else { cx.emax });
            if exp != self.exp {
                *st |= status::CLAMPED;
                self.exp = exp;
            }
            return;
        }
        let digits = self.digits();
        let mut exp = digits + self.exp - cx.prec;
        if exp > etop {
            *self = overflow(self.neg, cx, st);
            return;
        }
        let subnormal = exp < etiny;
        exp = exp.max(etiny);
        if self.exp < exp {
            let tail = cut_any(&mut self.coef, digits, exp - self.exp);
            if cx.round.grows(self.neg, limbs::digit_at(&self.coef, 0), tail) {
                limbs::increment(&mut self.coef);
                if limbs::digits(&self.coef) > cx.prec {
                    limbs::shr_in_place(&mut self.coef, 1);
                    exp += 1;
                }
            }
            if exp > etop {
                *self = overflow(self.neg, cx, st);
                return;
            }
            self.exp = exp;
            *st |= status::ROUNDED;
            if tail != Tail::Zero {
                *st |= status::INEXACT;
            }
            if subnormal {
                *st |= status::SUBNORMAL;
                if tail != Tail::Zero {
                    *st |= status::UNDERFLOW;
                }
            }
            if self.coef.is_empty() {
                *st |= status::CLAMPED;
            }
            return;
        }
        if subnormal {
            *st |= status::SUBNORMAL;
        }
        if cx.clamp && self.exp > etop {
            *st |= status::CLAMPED;
            let pad = self.exp - etop;
            if Num::too_long(st, pad) {
                *self = Num::nan();
                return;
            }
            self.coef = limbs::shl(&self.coef, pad as usize);
            self.exp = etop;
        }
    }

    /// A NaN with a payload that is not longer than the context allows.
    fn fit_payload(&mut self, cx: &Settings) {
        let room = cx.prec - i64::from(cx.clamp);
        if self.digits() > room {
            self.coef = limbs::low_digits(&self.coef, room as usize);
        }
    }

    /// The number with another exponent, rounded when digits are lost. No condition is raised but lack of memory.
    pub(crate) fn rescaled(&self, exp: i64, round: Rounding, st: &mut u32) -> Num {
        self.rescaled_tail(exp, round, st).0
    }

    /// As [`Num::rescaled`], and what was cut off.
    pub(crate) fn rescaled_tail(&self, exp: i64, round: Rounding, st: &mut u32) -> (Num, Tail) {
        if !self.is_finite() {
            return (self.clone(), Tail::Zero);
        }
        if self.coef.is_empty() {
            return (Num::zero(self.neg, exp), Tail::Zero);
        }
        if self.exp >= exp {
            let pad = self.exp - exp;
            if Num::too_long(st, pad) {
                return (Num::nan(), Tail::Zero);
            }
            return (Num::new(self.neg, limbs::shl(&self.coef, pad as usize), exp), Tail::Zero);
        }
        let mut coef = self.coef.clone();
        let tail = cut_any(&mut coef, self.digits(), exp - self.exp);
        if round.grows(self.neg, limbs::digit_at(&coef, 0), tail) {
            limbs::increment(&mut coef);
        }
        (Num::new(self.neg, coef, exp), tail)
    }

    /// The first NaN of the operands, quieted, if there is one; signaling ones go first and are an invalid operation.
    #[inline]
    pub(crate) fn nan_of(operands: &[&Num], cx: &Settings, st: &mut u32) -> Option<Num> {
        if operands.iter().all(|n| !n.is_nan()) {
            return None;
        }
        let signaling = operands.iter().find(|n| n.is_snan());
        if signaling.is_some() {
            *st |= status::INVALID_OPERATION;
        }
        let n = signaling.or_else(|| operands.iter().find(|n| n.is_nan()))?;
        let mut n = Num { kind: Kind::Quiet, ..(*n).clone() };
        n.fit_payload(cx);
        Some(n)
    }

    /// As [`Num::nan_of`], for comparisons that signal for quiet NaNs too.
    pub(crate) fn any_nan_signals(operands: &[&Num], cx: &Settings, st: &mut u32) -> Option<Num> {
        let n = Num::nan_of(operands, cx, st)?;
        *st |= status::INVALID_OPERATION;
        Some(n)
    }
}

/// Takes the last `n` digits from a coefficient, which may be more than it has.
fn cut_any(coef: &mut limbs::Coef, digits: i64, n: i64) -> Tail {
    if n > digits {
        coef.clear();
        return Tail::Below;
    }
    limbs::shr_in_place(coef, n as usize)
}

/// The result of an operation that gives too large a number.
#[cold]
pub(crate) fn overflow(neg: bool, cx: &Settings, st: &mut u32) -> Num {
    *st |= status::OVERFLOW | status::INEXACT | status::ROUNDED;
    let infinite = match cx.round {
        Rounding::HalfUp | Rounding::HalfDown | Rounding::HalfEven | Rounding::Up => true,
        Rounding::Ceiling => !neg,
        Rounding::Floor => neg,
        Rounding::Down | Rounding::ZeroFiveUp => false,
    };
    if infinite { Num::inf(neg) } else { largest(neg, cx, st) }
}

/// The finite number of a context that is largest in magnitude.
pub(crate) fn largest(neg: bool, cx: &Settings, st: &mut u32) -> Num {
    if Num::too_long(st, cx.prec) {
        return Num::nan();
    }
    Num::new(neg, limbs::sub(&limbs::shl(&[1], cx.prec as usize), &[1]), cx.etop())
}
