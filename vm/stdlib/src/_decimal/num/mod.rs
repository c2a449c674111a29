//! Decimal arithmetic without Python: numbers, contexts as plain data, and the operations of the General Decimal
//! Arithmetic specification. An operation gives its result and adds the conditions it met to a status word.

mod arith;
mod bits;
mod compare;
mod consts;
mod exact;
pub(crate) mod limbs;
mod power;
mod round;
mod text;
mod transcendental;

pub(crate) use arith::*;
pub(crate) use bits::*;
pub(crate) use compare::*;
pub(crate) use limbs::Coef;
pub(crate) use power::*;
pub(crate) use round::*;
pub(crate) use text::*;
pub(crate) use transcendental::*;

/// Conditions, as bits of a status word.
pub(crate) mod status {
    pub(crate) const CLAMPED: u32 = 1;
    pub(crate) const CONVERSION_SYNTAX: u32 = 2;
    pub(crate) const DIVISION_BY_ZERO: u32 = 4;
    pub(crate) const DIVISION_IMPOSSIBLE: u32 = 8;
    pub(crate) const DIVISION_UNDEFINED: u32 = 0x10;
    pub(crate) const INEXACT: u32 = 0x40;
    pub(crate) const INVALID_CONTEXT: u32 = 0x80;
    pub(crate) const INVALID_OPERATION: u32 = 0x100;
    /// The result is too large for memory.
    pub(crate) const NO_MEMORY: u32 = 0x200;
    pub(crate) const FLOAT_OPERATION: u32 = 0x400;
    pub(crate) const OVERFLOW: u32 = 0x800;
    pub(crate) const ROUNDED: u32 = 0x1000;
    pub(crate) const SUBNORMAL: u32 = 0x2000;
    pub(crate) const UNDERFLOW: u32 = 0x4000;
    /// What the signal InvalidOperation stands for.
    pub(crate) const INVALID: u32 =
        CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT | INVALID_OPERATION | NO_MEMORY;
    /// What no result may hide.
    pub(crate) const ERRORS: u32 = INVALID | DIVISION_BY_ZERO;
}

/// The largest precision.
pub(crate) const MAX_PREC: i64 = 999_999_999_999_999_999;
/// The largest exponent of a context.
pub(crate) const MAX_EMAX: i64 = 999_999_999_999_999_999;
/// The smallest exponent of a context.
pub(crate) const MIN_EMIN: i64 = -MAX_EMAX;

/// Rounding modes, in the order in which messages list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Rounding {
    /// All modes.
    pub(crate) const ALL: [Rounding; 8] = [
        Rounding::Up,
        Rounding::Down,
        Rounding::Ceiling,
        Rounding::Floor,
        Rounding::HalfUp,
        Rounding::HalfDown,
        Rounding::HalfEven,
        Rounding::ZeroFiveUp,
    ];

    /// The name of its constant.
    pub(crate) const fn name(self) -> &'static str {
        [
            "ROUND_UP",
            "ROUND_DOWN",
            "ROUND_CEILING",
            "ROUND_FLOOR",
            "ROUND_HALF_UP",
            "ROUND_HALF_DOWN",
            "ROUND_HALF_EVEN",
            "ROUND_05UP",
        ][self as usize]
    }

    /// Whether a number that lost `tail` has to grow by one in its last place, which is now `last`.
    pub(crate) fn grows(self, negative: bool, last: u8, tail: limbs::Tail) -> bool {
        use limbs::Tail;
        if tail == Tail::Zero {
            return false;
        }
        match self {
            Rounding::Up => true,
            Rounding::Down => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            Rounding::HalfUp => tail != Tail::Below,
            Rounding::HalfDown => tail == Tail::Above,
            Rounding::HalfEven => tail == Tail::Above || tail == Tail::Half && last % 2 == 1,
            Rounding::ZeroFiveUp => last.is_multiple_of(5),
        }
    }
}

/// The settings of a context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) prec: i64,
    pub(crate) emax: i64,
    pub(crate) emin: i64,
    pub(crate) round: Rounding,
    pub(crate) clamp: bool,
}

impl Settings {
    /// The settings under which conversions are exact.
    pub(crate) const MAX: Settings =
        Settings { prec: MAX_PREC, emax: MAX_EMAX, emin: MIN_EMIN, round: Rounding::HalfEven, clamp: false };

    /// The smallest exponent of a number.
    pub(crate) fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    /// The largest exponent of a number with full precision.
    pub(crate) fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }

    /// These settings with another rounding mode.
    pub(crate) fn rounding(&self, round: Rounding) -> Settings {
        Settings { round, ..*self }
    }
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

/// A decimal number. NaNs have their payload as the coefficient.
#[derive(Clone, Debug)]
pub(crate) struct Num {
    pub(crate) coef: Coef,
    pub(crate) exp: i64,
    pub(crate) kind: Kind,
    pub(crate) neg: bool,
}

impl Num {
    /// A finite number.
    #[inline]
    pub(crate) fn new(neg: bool, coef: Coef, exp: i64) -> Num {
        Num { coef, exp, kind: Kind::Finite, neg }
    }

    /// A small integer.
    pub(crate) fn from_i64(n: i64) -> Num {
        Num::new(n < 0, limbs::from_u64(n.unsigned_abs()), 0)
    }

    /// Zero with this exponent.
    pub(crate) fn zero(neg: bool, exp: i64) -> Num {
        Num::new(neg, Coef::new(), exp)
    }

    /// An infinity.
    pub(crate) fn inf(neg: bool) -> Num {
        Num { kind: Kind::Infinite, ..Num::zero(neg, 0) }
    }

    /// A quiet NaN.
    pub(crate) fn nan() -> Num {
        Num { kind: Kind::Quiet, ..Num::zero(false, 0) }
    }

    /// A NaN, for an operation that met `condition`.
    #[cold]
    pub(crate) fn invalid(st: &mut u32, condition: u32) -> Num {
        *st |= condition;
        Num::nan()
    }

    #[inline]
    pub(crate) fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    #[inline]
    pub(crate) fn is_inf(&self) -> bool {
        self.kind == Kind::Infinite
    }

    #[inline]
    pub(crate) fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub(crate) fn is_snan(&self) -> bool {
        self.kind == Kind::Signaling
    }

    /// Whether this is a finite zero.
    #[inline]
    pub(crate) fn is_zero(&self) -> bool {
        self.is_finite() && self.coef.is_empty()
    }

    /// Digits of the coefficient.
    #[inline]
    pub(crate) fn digits(&self) -> i64 {
        limbs::digits(&self.coef)
    }

    /// The exponent of the first digit.
    #[inline]
    pub(crate) fn adjusted(&self) -> i64 {
        self.exp + self.digits() - 1
    }

    /// Whether this is a finite number without a fraction.
    pub(crate) fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exp >= 0 || self.coef.is_empty() || limbs::trailing_zeros(&self.coef) as i64 >= -self.exp)
    }

    /// Whether an integer is odd.
    pub(crate) fn is_odd(&self) -> bool {
        self.exp <= 0 && limbs::digit_at(&self.coef, -self.exp as usize) % 2 == 1
    }

    /// The number with this sign.
    pub(crate) fn with_sign(&self, neg: bool) -> Num {
        Num { neg, ..self.clone() }
    }

    /// The integer that this number is, if it fits.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        let n = if self.exp <= 0 {
            limbs::to_u64(&limbs::shr(&self.coef, -self.exp as usize).0)?
        } else if self.coef.is_empty() {
            0
        } else {
            limbs::to_u64(&self.coef)?.checked_mul(*limbs::POW10.get(self.exp as usize)?)?
        };
        if self.neg { 0i64.checked_sub_unsigned(n) } else { i64::try_from(n).ok() }
    }

    /// Whether `n` digits are too many to hold.
    pub(crate) fn too_long(st: &mut u32, n: i64) -> bool {
        if n > limbs::MAX_DIGITS {
            *st |= status::NO_MEMORY;
            return true;
        }
        false
    }
}
