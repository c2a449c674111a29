//! Constant folding, with CPython's limits on what is worth computing early.

use freeze_bytecode::Const;
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use rustpython_ast::{self as ast, Expr, Operator, UnaryOp};

use crate::literal;
use crate::source::Source;

const MAX_INT_BITS: u64 = 128;
const MAX_TEXT: usize = 4096;
const MAX_ITEMS: usize = 256;
/// How deep an expression is looked into. Every level of a nest asks anew whether it is constant, so without a limit a
/// long chain would take time by the square of its length.
const MAX_DEPTH: u32 = 48;

/// Computes constant expressions.
#[derive(Clone, Copy)]
pub(crate) struct Folder<'a> {
    pub(crate) source: &'a Source,
    pub(crate) optimize: u8,
}

impl Folder<'_> {
    /// The value of `e` if it is constant.
    pub(crate) fn constant(&self, e: &Expr) -> Option<Const> {
        self.within(e, MAX_DEPTH)
    }

    fn within(&self, e: &Expr, depth: u32) -> Option<Const> {
        let depth = depth.checked_sub(1)?;
        match e {
            Expr::NumberLiteral(e) => Some(literal::number(e, self.source)),
            Expr::StringLiteral(e) => Some(Const::Str(literal::string_value(self.source, e).into())),
            Expr::BytesLiteral(e) => Some(Const::Bytes(e.value.bytes().collect())),
            Expr::BooleanLiteral(e) => Some(if e.value { Const::True } else { Const::False }),
            Expr::NoneLiteral(_) => Some(Const::None),
            Expr::EllipsisLiteral(_) => Some(Const::Ellipsis),
            Expr::Name(e) if e.id.as_str() == "__debug__" && e.ctx.is_load() => {
                Some(if self.optimize == 0 { Const::True } else { Const::False })
            }
            Expr::Tuple(e) if e.ctx.is_load() => {
                e.elts.iter().map(|e| self.within(e, depth)).collect::<Option<Box<[Const]>>>().map(Const::Tuple)
            }
            Expr::UnaryOp(e) => unary(e.op, self.within(&e.operand, depth)?),
            Expr::BinOp(e) => {
                // The right side is more often a leaf: a quick way to find out that nothing can be folded.
                let right = self.within(&e.right, depth)?;
                let left = self.within(&e.left, depth)?;
                binary(e.op, &left, &right)
            }
            Expr::Subscript(e) if e.ctx.is_load() => self.subscript(e, depth),
            _ => None,
        }
    }

    fn subscript(&self, e: &ast::ExprSubscript, depth: u32) -> Option<Const> {
        let index = match self.within(&e.slice, depth)? {
            Const::Int(i) => i,
            Const::True => 1,
            Const::False => 0,
            _ => return None,
        };
        let place = |len: usize| {
            let len = len as i64;
            let at = if index < 0 { index + len } else { index };
            (0..len).contains(&at).then_some(at as usize)
        };
        match self.within(&e.value, depth)? {
            Const::Tuple(items) => items.get(place(items.len())?).cloned(),
            Const::Bytes(bytes) => bytes.get(place(bytes.len())?).map(|b| Const::Int(i64::from(*b))),
            Const::Str(text) => {
                let text = std::str::from_utf8(&text).ok()?;
                let c = text.chars().nth(place(text.chars().count())?)?;
                Some(Const::Str(c.to_string().into_bytes().into()))
            }
            _ => None,
        }
    }
}

/// Whether a constant is true.
pub(crate) fn truth(constant: &Const) -> bool {
    match constant {
        Const::None | Const::False => false,
        Const::True | Const::Ellipsis | Const::BigInt { .. } | Const::Slice(_) | Const::Code(_) => true,
        Const::Int(n) => *n != 0,
        Const::Float(bits) => f64::from_bits(*bits) != 0.0,
        Const::Complex(re, im) => f64::from_bits(*re) != 0.0 || f64::from_bits(*im) != 0.0,
        Const::Str(text) => !text.is_empty(),
        Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
    }
}

fn int(constant: &Const) -> Option<BigInt> {
    Some(match constant {
        Const::Int(n) => BigInt::from(*n),
        Const::True => BigInt::from(1),
        Const::False => BigInt::zero(),
        Const::BigInt { negative, digits } => {
            let sign = if *negative { Sign::Minus } else { Sign::Plus };
            BigInt::from_biguint(sign, BigUint::new(digits.to_vec()))
        }
        _ => return None,
    })
}

fn int_const(n: BigInt) -> Const {
    let negative = n.is_negative();
    literal::big(n.into_parts().1, negative)
}

fn float(f: f64) -> Const {
    Const::Float(f.to_bits())
}

fn complex(re: f64, im: f64) -> Const {
    Const::Complex(re.to_bits(), im.to_bits())
}

fn unary(op: UnaryOp, value: Const) -> Option<Const> {
    match op {
        UnaryOp::Not => Some(if truth(&value) { Const::False } else { Const::True }),
        UnaryOp::UAdd => match value {
            Const::Int(_) | Const::BigInt { .. } | Const::Float(_) | Const::Complex(..) => Some(value),
            Const::True => Some(Const::Int(1)),
            Const::False => Some(Const::Int(0)),
            _ => None,
        },
        UnaryOp::USub => match value {
            Const::Float(bits) => Some(float(-f64::from_bits(bits))),
            Const::Complex(re, im) => Some(complex(-f64::from_bits(re), -f64::from_bits(im))),
            other => int(&other).map(|n| int_const(-n)),
        },
        UnaryOp::Invert => match value {
            Const::True | Const::False => None,
            other => int(&other).map(|n| int_const(-n - 1)),
        },
    }
}

/// A number as a float, if the conversion is exact enough to compute with.
fn as_float(constant: &Const) -> Option<f64> {
    match constant {
        Const::Float(bits) => Some(f64::from_bits(*bits)),
        other => {
            let n = int(other)?;
            (n.bits() <= 53).then(|| n.to_f64()).flatten()
        }
    }
}

fn binary(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    if let (Const::True | Const::False, Const::True | Const::False) = (left, right) {
        // Two bools stay one under the bitwise operators.
        let (a, b) = (matches!(left, Const::True), matches!(right, Const::True));
        let known = match op {
            Operator::BitAnd => Some(a & b),
            Operator::BitOr => Some(a | b),
            Operator::BitXor => Some(a ^ b),
            _ => None,
        };
        if let Some(known) = known {
            return Some(if known { Const::True } else { Const::False });
        }
    }
    if let (Some(a), Some(b)) = (int(left), int(right)) {
        return int_binary(op, a, b);
    }
    match (left, right) {
        (Const::Str(a), Const::Str(b)) if op == Operator::Add => concat(a, b, MAX_TEXT).map(Const::Str),
        (Const::Bytes(a), Const::Bytes(b)) if op == Operator::Add => concat(a, b, MAX_TEXT).map(Const::Bytes),
        (Const::Tuple(a), Const::Tuple(b)) if op == Operator::Add => {
            let all: Box<[Const]> = a.iter().chain(b).cloned().collect();
            (all.len() <= MAX_ITEMS).then_some(Const::Tuple(all))
        }
        (Const::Str(_) | Const::Bytes(_) | Const::Tuple(_), _) if op == Operator::Mult => repeat(left, int(right)?),
        (_, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_)) if op == Operator::Mult => repeat(right, int(left)?),
        (Const::Complex(..), _) | (_, Const::Complex(..)) => complex_binary(op, left, right),
        _ => float_binary(op, as_float(left)?, as_float(right)?),
    }
}

fn concat(a: &[u8], b: &[u8], limit: usize) -> Option<Box<[u8]>> {
    (a.len() + b.len() <= limit).then(|| [a, b].concat().into())
}

fn repeat(value: &Const, times: BigInt) -> Option<Const> {
    let times = if times.is_negative() { 0 } else { times.to_usize()? };
    match value {
        Const::Str(text) => (text.len().checked_mul(times)? <= MAX_TEXT).then(|| Const::Str(text.repeat(times).into())),
        Const::Bytes(bytes) => {
            (bytes.len().checked_mul(times)? <= MAX_TEXT).then(|| Const::Bytes(bytes.repeat(times).into()))
        }
        Const::Tuple(items) => {
            let count = items.len().checked_mul(times)?;
            (count <= MAX_ITEMS).then(|| Const::Tuple(items.iter().cycle().take(count).cloned().collect()))
        }
        _ => None,
    }
}

fn int_binary(op: Operator, a: BigInt, b: BigInt) -> Option<Const> {
    let result = match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => {
            if !a.is_zero() && !b.is_zero() && a.bits() + b.bits() > MAX_INT_BITS {
                return None;
            }
            a * b
        }
        Operator::FloorDiv if !b.is_zero() => a.div_floor(&b),
        Operator::Mod if !b.is_zero() => a.mod_floor(&b),
        Operator::Div if !b.is_zero() => {
            return (a.bits() <= 53 && b.bits() <= 53).then(|| Some(float(a.to_f64()? / b.to_f64()?)))?;
        }
        Operator::Pow if !b.is_negative() => {
            let exponent = b.to_u32()?;
            if a.bits().checked_mul(u64::from(exponent))? > MAX_INT_BITS {
                return None;
            }
            a.pow(exponent)
        }
        Operator::LShift if !b.is_negative() => {
            let by = b.to_u64()?;
            if a.bits() + by > MAX_INT_BITS {
                return None;
            }
            a << by
        }
        Operator::RShift if !b.is_negative() => a >> b.to_u64()?,
        Operator::BitAnd => a & b,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
        _ => return None,
    };
    Some(int_const(result))
}

fn float_binary(op: Operator, a: f64, b: f64) -> Option<Const> {
    Some(float(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        Operator::Pow if a > 0.0 && a.is_finite() && b.is_finite() => {
            let power = a.powf(b);
            if !power.is_finite() {
                return None;
            }
            power
        }
        _ => return None,
    }))
}

fn complex_binary(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    let parts = |c: &Const| match c {
        Const::Complex(re, im) => Some((f64::from_bits(*re), Some(f64::from_bits(*im)))),
        other => as_float(other).map(|f| (f, None)),
    };
    let (a, b) = (parts(left)?, parts(right)?);
    // A real operand takes no part in the imaginary one: it must not turn -0.0 into 0.0.
    match op {
        Operator::Add => Some(complex(
            a.0 + b.0,
            match (a.1, b.1) {
                (Some(x), Some(y)) => x + y,
                (x, y) => x.or(y)?,
            },
        )),
        Operator::Sub => Some(complex(
            a.0 - b.0,
            match (a.1, b.1) {
                (Some(x), Some(y)) => x - y,
                (Some(x), None) => x,
                (None, y) => -y?,
            },
        )),
        _ => None,
    }
}
