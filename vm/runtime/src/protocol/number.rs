//! Binary, in-place and unary operators.

use crate::object::slots::Binary;
use crate::object::{BinOp, Type, Value};
use crate::vm::{PyResult, Raised, Vm};

/// Runs a slot copied out of the record; `NotImplemented` becomes `None`.
fn attempt(vm: &Vm, f: Binary, a: &Value, b: &Value) -> PyResult<Option<Value>> {
    let r = f(vm, a, b)?;
    Ok(if r.is_not_implemented() { None } else { Some(r) })
}

impl Vm {
    /// `a op b`
    pub fn binary_op(&self, op: BinOp, a: &Value, b: &Value) -> PyResult<Value> {
        if let Some(v) = self.try_binary(op, a, b)? {
            return Ok(v);
        }
        if let Some(v) = self.sequence_op(op, a, b, false)? {
            return Ok(v);
        }
        Err(self.operand_error(op.symbol(), a, b, op == BinOp::RShift))
    }

    /// The numeric slots of both operands, the right one first if its type derives from the left one's.
    fn try_binary(&self, op: BinOp, a: &Value, b: &Value) -> PyResult<Option<Value>> {
        if op == BinOp::Pow {
            return self.try_pow(a, b, &Value::NONE);
        }
        let (ta, tb) = (a.class(), b.class());
        let fa = ta.slots().binary[op as usize];
        let mut fb = if std::ptr::eq(ta, tb) { None } else { tb.slots().binary[op as usize] };
        if let (Some(x), Some(y)) = (fa, fb)
            && std::ptr::fn_addr_eq(x, y)
        {
            fb = None;
        }
        if let Some(x) = fa {
            if let Some(y) = fb
                && tb.is_subtype(ta)
            {
                if let Some(v) = attempt(self, y, a, b)? {
                    return Ok(Some(v));
                }
                fb = None;
            }
            if let Some(v) = attempt(self, x, a, b)? {
                return Ok(Some(v));
            }
        }
        match fb {
            Some(y) => attempt(self, y, a, b),
            None => Ok(None),
        }
    }

    fn try_pow(&self, a: &Value, b: &Value, c: &Value) -> PyResult<Option<Value>> {
        let (ta, tb, tc) = (a.class(), b.class(), c.class());
        let fa = ta.slots().pow;
        let mut fb = if std::ptr::eq(ta, tb) { None } else { tb.slots().pow };
        if let (Some(x), Some(y)) = (fa, fb)
            && std::ptr::fn_addr_eq(x, y)
        {
            fb = None;
        }
        let mut order = [None; 3];
        order[..2].copy_from_slice(&if fb.is_some() && fa.is_some() && tb.is_subtype(ta) {
            [fb, fa]
        } else {
            [fa, fb]
        });
        if let Some(z) = tc.slots().pow
            && !order.iter().flatten().any(|f| std::ptr::fn_addr_eq(*f, z))
        {
            order[2] = Some(z);
        }
        for f in order.into_iter().flatten() {
            let r = f(self, a, b, c)?;
            if !r.is_not_implemented() {
                return Ok(Some(r));
            }
        }
        Ok(None)
    }

    /// `pow(a, b, c)`; `c` may be None.
    pub fn power(&self, a: &Value, b: &Value, c: &Value) -> PyResult<Value> {
        if let Some(v) = self.try_pow(a, b, c)? {
            return Ok(v);
        }
        if c.is_none() {
            return Err(self.operand_error("** or pow()", a, b, false));
        }
        Err(self.type_error(format!(
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            a.class().full_name(),
            b.class().full_name(),
            c.class().full_name()
        )))
    }

    /// Concatenation and repetition of sequences.
    fn sequence_op(&self, op: BinOp, a: &Value, b: &Value, in_place: bool) -> PyResult<Option<Value>> {
        let (sa, sb) = (a.class().slots(), b.class().slots());
        match op {
            BinOp::Add => {
                let f = if in_place { sa.iconcat.or(sa.concat) } else { sa.concat };
                f.map(|f| f(self, a, b)).transpose()
            }
            BinOp::Mul => {
                let f = if in_place { sa.irepeat.or(sa.repeat) } else { sa.repeat };
                if let Some(f) = f {
                    return f(self, a, self.repeat_count(b)?).map(Some);
                }
                // `a *= b` leaves `b` alone where `a` is something of a sequence itself.
                match sb.repeat.filter(|_| !(in_place && has_sequence_side(a.class()))) {
                    Some(f) => f(self, b, self.repeat_count(a)?).map(Some),
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn repeat_count(&self, n: &Value) -> PyResult<isize> {
        if !n.is_small() && n.class().slots().index.is_none() {
            return Err(
                self.type_error(format!("can't multiply sequence by non-int of type '{}'", n.class().full_name()))
            );
        }
        self.to_isize(n)
    }

    /// `a op= b`
    pub fn inplace_op(&self, op: BinOp, a: &Value, b: &Value) -> PyResult<Value> {
        if let Some(f) = a.class().slots().inplace[op as usize]
            && let Some(v) = attempt(self, f, a, b)?
        {
            return Ok(v);
        }
        if let Some(v) = self.try_binary(op, a, b)? {
            return Ok(v);
        }
        if let Some(v) = self.sequence_op(op, a, b, true)? {
            return Ok(v);
        }
        let symbol = if op == BinOp::Pow { "**=".to_string() } else { format!("{}=", op.symbol()) };
        Err(self.operand_error(&symbol, a, b, false))
    }

    #[cold]
    fn operand_error(&self, symbol: &str, a: &Value, b: &Value, print_hint: bool) -> Raised {
        let hint = if print_hint && crate::types::native_function::is_print(a) {
            ". Did you mean \"print(<message>, file=<output_stream>)\"?"
        } else {
            ""
        };
        self.type_error(format!(
            "unsupported operand type(s) for {symbol}: '{}' and '{}'{hint}",
            a.class().full_name(),
            b.class().full_name()
        ))
    }

    /// `divmod(a, b)`
    pub fn divmod(&self, a: &Value, b: &Value) -> PyResult<Value> {
        let (ta, tb) = (a.class(), b.class());
        let fa = ta.slots().divmod;
        let mut fb = if std::ptr::eq(ta, tb) { None } else { tb.slots().divmod };
        if let (Some(x), Some(y)) = (fa, fb)
            && std::ptr::fn_addr_eq(x, y)
        {
            fb = None;
        }
        let order = if fb.is_some() && tb.is_subtype(ta) { [fb, fa] } else { [fa, fb] };
        for f in order.into_iter().flatten() {
            if let Some(v) = attempt(self, f, a, b)? {
                return Ok(v);
            }
        }
        Err(self.operand_error("divmod()", a, b, false))
    }

    /// `-a`
    pub fn negative(&self, a: &Value) -> PyResult<Value> {
        match a.class().slots().neg {
            Some(f) => f(self, a),
            None => Err(self.unary_error("-", a)),
        }
    }

    /// `+a`
    pub fn positive(&self, a: &Value) -> PyResult<Value> {
        match a.class().slots().pos {
            Some(f) => f(self, a),
            None => Err(self.unary_error("+", a)),
        }
    }

    /// `~a`
    pub fn invert(&self, a: &Value) -> PyResult<Value> {
        match a.class().slots().invert {
            Some(f) => f(self, a),
            None => Err(self.unary_error("~", a)),
        }
    }

    /// `abs(a)`
    pub fn absolute(&self, a: &Value) -> PyResult<Value> {
        match a.class().slots().abs {
            Some(f) => f(self, a),
            None => Err(self.type_error(format!("bad operand type for abs(): '{}'", a.class().full_name()))),
        }
    }

    #[cold]
    fn unary_error(&self, symbol: &str, a: &Value) -> Raised {
        self.type_error(format!("bad operand type for unary {symbol}: '{}'", a.class().full_name()))
    }
}

/// Whether a type has any of what CPython counts among the methods of sequences. Classes made by Python code always do.
fn has_sequence_side(class: &Type) -> bool {
    let s = class.slots();
    class.is_heap() || s.len.is_some() || s.contains.is_some() || s.concat.is_some()
}
