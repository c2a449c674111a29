//! Comparisons and conditions.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, CmpOp, Expr, UnaryOp};

use super::{Dst, Lowering};
use crate::emit::{Label, Reg};
use crate::error::Res;
use crate::fold::truth;

/// The opcode of a comparison and its `x`.
fn value_op(op: CmpOp) -> (Op, u8) {
    match op {
        CmpOp::Lt => (Op::Lt, 0),
        CmpOp::LtE => (Op::Le, 0),
        CmpOp::Eq => (Op::Eq, 0),
        CmpOp::NotEq => (Op::Ne, 0),
        CmpOp::Gt => (Op::Gt, 0),
        CmpOp::GtE => (Op::Ge, 0),
        CmpOp::Is => (Op::Is, 0),
        CmpOp::IsNot => (Op::Is, 1),
        CmpOp::In => (Op::Contains, 0),
        CmpOp::NotIn => (Op::Contains, 1),
    }
}

/// The branch of a comparison, and whether its sense is the opposite one.
fn branch_op(op: CmpOp) -> (Op, bool) {
    match op {
        CmpOp::Lt => (Op::BrLt, false),
        CmpOp::LtE => (Op::BrLe, false),
        CmpOp::Eq => (Op::BrEq, false),
        CmpOp::NotEq => (Op::BrNe, false),
        CmpOp::Gt => (Op::BrGt, false),
        CmpOp::GtE => (Op::BrGe, false),
        CmpOp::Is => (Op::BrIs, false),
        CmpOp::IsNot => (Op::BrIs, true),
        CmpOp::In => (Op::BrIn, false),
        CmpOp::NotIn => (Op::BrIn, true),
    }
}

impl<'a> Lowering<'a> {
    /// A comparison as a value.
    pub(crate) fn compare(&mut self, e: &'a ast::ExprCompare, dst: Dst) -> Res<Reg> {
        self.warn_compare(e);
        if e.ops.len() == 1 {
            let mark = self.b().mark();
            let left = self.src_before(&e.left, &[&e.comparators[0]])?;
            let right = self.right_operand(e.ops[0], &e.comparators[0], &[])?;
            self.b().release(mark);
            self.at(e);
            let to = self.place(dst);
            let (op, x) = value_op(e.ops[0]);
            self.emit(op, x, to, left, right);
            return Ok(to);
        }
        if let Dst::Reg(reg) = dst
            && !self.b().is_temp(reg)
        {
            let mark = self.b().mark();
            let value = self.compare(e, Dst::New)?;
            self.b().release(mark);
            self.at(e);
            self.move_to(reg, value);
            return Ok(reg);
        }
        let to = self.place(dst);
        let mark = self.b().mark();
        let end = self.b().label();
        let last = e.ops.len() - 1;
        let mut left = self.src_before(&e.left, &self.rest_of(e, 0))?;
        // Exits with the middle operand still in its temporary, which has to be dropped there.
        let mut exits: Vec<(Label, Reg)> = Vec::new();
        for i in 0..=last {
            let (op, x) = value_op(e.ops[i]);
            if i == last {
                let right = self.right_operand(e.ops[i], &e.comparators[i], &[])?;
                self.at(e);
                self.emit(op, x, to, left, right);
                break;
            }
            let (right, next) = self.middle_operand(e, i)?;
            self.at(e);
            self.emit(op, x, to, left, right);
            if self.b().is_temp(next) {
                let exit = self.b().label();
                self.b().emit_to(Op::JumpIfFalseKeep, 0, to, 0, 0, exit);
                exits.push((exit, next));
            } else {
                self.b().emit_to(Op::JumpIfFalseKeep, 0, to, 0, 0, end);
            }
            self.clear(to);
            left = next;
        }
        self.b().release(mark);
        if !exits.is_empty() {
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
            for (i, (exit, reg)) in exits.iter().enumerate() {
                self.b().place(*exit);
                self.clear(*reg);
                if i + 1 < exits.len() {
                    self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
                }
            }
        }
        self.b().place(end);
        Ok(to)
    }

    /// What is evaluated after operand `i` of a comparison.
    fn rest_of(&self, e: &'a ast::ExprCompare, i: usize) -> Vec<&'a Expr> {
        e.comparators[i..].iter().collect()
    }

    /// An operand that is compared twice: the register to compare with now, which is consumed if it is a temporary, and
    /// the one to compare with next.
    fn middle_operand(&mut self, e: &'a ast::ExprCompare, i: usize) -> Res<(Reg, Reg)> {
        let next = self.src_before(&e.comparators[i], &self.rest_of(e, i + 1))?;
        if !self.b().is_temp(next) {
            return Ok((next, next));
        }
        // The copy lies above and is consumed first, so the order of the stack is kept.
        let mark = self.b().mark();
        let now = self.b().alloc();
        self.at(&e.comparators[i]);
        self.emit(Op::Copy, 0, now, next, 0);
        self.b().release(mark);
        Ok((now, next))
    }

    /// The right operand of a comparison. A display of constants that is only searched becomes a constant.
    fn right_operand(&mut self, op: CmpOp, e: &'a Expr, later: &[&'a Expr]) -> Res<u16> {
        if matches!(op, CmpOp::In | CmpOp::NotIn)
            && let Some(constant) = self.constant_collection(e, true)
        {
            self.at(e);
            return Ok(self.const_rk(constant));
        }
        self.rk_before(e, later)
    }

    /// A list or set display of constants as a tuple or frozenset.
    pub(crate) fn constant_collection(&self, e: &Expr, searched: bool) -> Option<Const> {
        let items = |elts: &[Expr]| elts.iter().map(|e| self.constant(e)).collect::<Option<Box<[Const]>>>();
        match e {
            Expr::List(e) => items(&e.elts).map(Const::Tuple),
            Expr::Set(e) if searched && !e.elts.is_empty() => items(&e.elts).map(Const::FrozenSet),
            _ => None,
        }
    }

    /// Continues at `target` if the truth of `e` is `sense`, else falls through.
    pub(crate) fn condition(&mut self, e: &'a Expr, sense: bool, target: Label) -> Res<()> {
        if let Some(constant) = self.constant(e) {
            self.warn_constant(e);
            if truth(&constant) == sense {
                self.at(e);
                self.b().emit_to(Op::Jump, 0, 0, 0, 0, target);
            }
            return Ok(());
        }
        self.deeper(e)?;
        match e {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.condition(&not.operand, !sense, target)?,
            Expr::BoolOp(op) => self.bool_condition(op, sense, target)?,
            Expr::Compare(compare) => self.compare_condition(compare, sense, target)?,
            Expr::If(choice) => {
                let orelse = self.b().label();
                let end = self.b().label();
                self.condition(&choice.test, false, orelse)?;
                self.condition(&choice.body, sense, target)?;
                self.nowhere();
                self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
                self.b().place(orelse);
                self.condition(&choice.orelse, sense, target)?;
                self.b().place(end);
            }
            _ => {
                let mark = self.b().mark();
                let value = match e {
                    Expr::Named(named) => self.named_source(named)?,
                    _ => self.src(e)?,
                };
                self.b().release(mark);
                self.at(e);
                let op = if sense { Op::JumpIfTrue } else { Op::JumpIfFalse };
                self.b().emit_to(op, 0, value, 0, 0, target);
            }
        }
        self.shallower();
        Ok(())
    }

    /// The value of a `:=`: the local it was put into, if it is one.
    fn named_source(&mut self, e: &'a ast::ExprNamed) -> Res<Reg> {
        if let Expr::Name(target) = &*e.target
            && target.id.as_str() != "__debug__"
            && let Some(reg) = self.local_of(&target.id)
        {
            return self.expr(&e.value, Dst::Reg(reg));
        }
        self.named(e, Dst::New)
    }

    fn bool_condition(&mut self, e: &'a ast::ExprBoolOp, sense: bool, target: Label) -> Res<()> {
        let Some((last, firsts)) = e.values.split_last() else {
            return Ok(());
        };
        // `or` jumps at the first true value, `and` at the first false one.
        let early = e.op == ast::BoolOp::Or;
        if early == sense {
            for value in firsts {
                self.condition(value, sense, target)?;
            }
            return self.condition(last, sense, target);
        }
        let skip = self.b().label();
        for value in firsts {
            self.condition(value, early, skip)?;
        }
        self.condition(last, sense, target)?;
        self.b().place(skip);
        Ok(())
    }

    fn compare_condition(&mut self, e: &'a ast::ExprCompare, sense: bool, target: Label) -> Res<()> {
        self.warn_compare(e);
        let mark = self.b().mark();
        if e.ops.len() == 1 {
            let right = &e.comparators[0];
            if matches!(e.ops[0], CmpOp::Is | CmpOp::IsNot) && right.is_none_literal_expr() {
                let value = self.src(&e.left)?;
                self.b().release(mark);
                self.at(e);
                let if_none = (e.ops[0] == CmpOp::Is) == sense;
                let op = if if_none { Op::JumpIfNone } else { Op::JumpIfNotNone };
                self.b().emit_to(op, 0, value, 0, 0, target);
                return Ok(());
            }
            let left = self.src_before(&e.left, &[right])?;
            let right = self.right_operand(e.ops[0], right, &[])?;
            self.b().release(mark);
            self.at(e);
            self.branch(e.ops[0], left, right, sense, target);
            return Ok(());
        }
        let last = e.ops.len() - 1;
        let end = self.b().label();
        let fail = if sense { end } else { target };
        let mut exits: Vec<(Label, Reg)> = Vec::new();
        let mut left = self.src_before(&e.left, &self.rest_of(e, 0))?;
        for i in 0..=last {
            if i == last {
                let right = self.right_operand(e.ops[i], &e.comparators[i], &[])?;
                self.at(e);
                self.branch(e.ops[i], left, right, sense, target);
                break;
            }
            let (right, next) = self.middle_operand(e, i)?;
            self.at(e);
            if self.b().is_temp(next) {
                let exit = self.b().label();
                self.branch(e.ops[i], left, right, false, exit);
                exits.push((exit, next));
            } else {
                self.branch(e.ops[i], left, right, false, fail);
            }
            left = next;
        }
        self.b().release(mark);
        if !exits.is_empty() {
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
            for (exit, reg) in exits {
                self.b().place(exit);
                self.clear(reg);
                self.b().emit_to(Op::Jump, 0, 0, 0, 0, fail);
            }
        }
        self.b().place(end);
        Ok(())
    }

    fn branch(&mut self, op: CmpOp, left: Reg, right: u16, sense: bool, target: Label) {
        let (op, negated) = branch_op(op);
        self.b().emit_to(op, u8::from(sense != negated), 0, left, right, target);
    }
}
