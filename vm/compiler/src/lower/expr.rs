//! Expressions: the dispatch, operators, attributes and subscripts.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, ExprContext, Operator, UnaryOp};

use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::{Res, syntax};

/// The opcode of a binary operator.
pub(crate) fn binary_op(op: Operator) -> Op {
    match op {
        Operator::Add => Op::Add,
        Operator::Sub => Op::Sub,
        Operator::Mult => Op::Mul,
        Operator::Div => Op::TrueDiv,
        Operator::FloorDiv => Op::FloorDiv,
        Operator::Mod => Op::Modulo,
        Operator::Pow => Op::Pow,
        Operator::MatMult => Op::MatMul,
        Operator::LShift => Op::LShift,
        Operator::RShift => Op::RShift,
        Operator::BitAnd => Op::BitAnd,
        Operator::BitOr => Op::BitOr,
        Operator::BitXor => Op::BitXor,
    }
}

impl<'a> Lowering<'a> {
    /// Lowers an expression into a destination, which is written once, last.
    pub(crate) fn expr(&mut self, e: &'a Expr, dst: Dst) -> Res<Reg> {
        if let Some(constant) = self.constant(e) {
            self.warn_constant(e);
            self.at(e);
            let to = self.place(dst);
            self.b().load_const(to, constant);
            return Ok(to);
        }
        self.deeper(e)?;
        let to = self.expr_inner(e, dst)?;
        self.shallower();
        Ok(to)
    }

    fn expr_inner(&mut self, e: &'a Expr, dst: Dst) -> Res<Reg> {
        match e {
            Expr::Name(e) => self.name(e, dst),
            Expr::Attribute(e) => self.attribute(e, dst),
            Expr::Call(e) => self.call(e, dst),
            Expr::BinOp(e) => self.binary(e, dst),
            Expr::Subscript(e) => self.subscript(e, dst),
            Expr::Compare(e) => self.compare(e, dst),
            Expr::BoolOp(e) => self.bool_op(e, dst),
            Expr::UnaryOp(e) => self.unary(e, dst),
            Expr::If(e) => self.if_expr(e, dst),
            Expr::Named(e) => self.named(e, dst),
            Expr::Lambda(e) => self.lambda(e, dst),
            Expr::Dict(e) => self.dict_display(e, dst),
            Expr::Set(e) => self.set_display(e, dst),
            Expr::List(e) => self.list_display(e, dst),
            Expr::Tuple(e) => self.tuple_display(e, dst),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => self.comprehension(e, dst),
            Expr::Await(e) => self.await_expr(e, dst),
            Expr::Yield(e) => self.yield_expr(e, dst),
            Expr::YieldFrom(e) => self.yield_from(e, dst),
            Expr::FString(e) => self.fstring(e, dst),
            Expr::TString(e) => self.tstring(e, dst),
            Expr::Starred(e) => match e.ctx {
                ExprContext::Store => syntax(e, "starred assignment target must be in a list or tuple"),
                _ => syntax(e, "can't use starred expression here"),
            },
            Expr::Slice(e) => self.slice(e, dst),
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => unreachable!("literals are constants"),
            Expr::IpyEscapeCommand(e) => syntax(e, "invalid syntax"),
        }
    }

    /// Lowers an expression for its effects only.
    pub(crate) fn discard(&mut self, e: &'a Expr) -> Res<()> {
        if self.constant(e).is_some() {
            self.warn_constant(e);
            return Ok(());
        }
        let mark = self.b().mark();
        let value = self.src(e)?;
        self.b().release(mark);
        if self.b().is_temp(value) {
            self.clear(value);
        }
        Ok(())
    }

    fn binary(&mut self, e: &'a ast::ExprBinOp, dst: Dst) -> Res<Reg> {
        if let Some(to) = self.percent_format(e, dst)? {
            return Ok(to);
        }
        let mark = self.b().mark();
        let left = self.src_before(&e.left, &[&e.right])?;
        let right = self.rk(&e.right)?;
        self.b().release(mark);
        self.at(e);
        let to = self.place(dst);
        self.emit(binary_op(e.op), 0, to, left, right);
        Ok(to)
    }

    fn unary(&mut self, e: &'a ast::ExprUnaryOp, dst: Dst) -> Res<Reg> {
        let mark = self.b().mark();
        let operand = self.src(&e.operand)?;
        self.b().release(mark);
        self.at(e);
        let to = self.place(dst);
        let op = match e.op {
            UnaryOp::Invert => Op::Invert,
            UnaryOp::Not => Op::Not,
            UnaryOp::UAdd => Op::Pos,
            UnaryOp::USub => Op::Neg,
        };
        self.emit(op, 0, to, operand, 0);
        Ok(to)
    }

    fn attribute(&mut self, e: &'a ast::ExprAttribute, dst: Dst) -> Res<Reg> {
        let name = self.spelled(&e.attr);
        let mark = self.b().mark();
        if let Some((base, x)) = self.super_operands(&e.value)? {
            self.b().release(mark);
            self.at_attribute(e);
            let to = self.place(dst);
            let site = self.b().name_site(name);
            self.emit(Op::LoadSuperAttr, x, to, base, site);
            return Ok(to);
        }
        let object = self.src(&e.value)?;
        self.b().release(mark);
        self.at_attribute(e);
        let to = self.place(dst);
        let site = self.b().name_site(name);
        self.emit(Op::LoadAttr, 0, to, object, site);
        Ok(to)
    }

    fn subscript(&mut self, e: &'a ast::ExprSubscript, dst: Dst) -> Res<Reg> {
        self.warn_subscript(e);
        let mark = self.b().mark();
        let object = self.src_before(&e.value, &[&e.slice])?;
        let index = self.index(&e.slice, &[])?;
        self.b().release(mark);
        self.at(e);
        let to = self.place(dst);
        self.emit(Op::LoadItem, 0, to, object, index);
        Ok(to)
    }

    /// A subscript's index as an operand.
    pub(crate) fn index(&mut self, e: &'a Expr, later: &[&'a Expr]) -> Res<u16> {
        if let Expr::Slice(slice) = e
            && let Some(constant) = self.constant_slice(slice)
        {
            self.at(slice);
            return Ok(self.const_rk(constant));
        }
        self.rk_before(e, later)
    }

    fn constant_slice(&self, e: &ast::ExprSlice) -> Option<Const> {
        let part = |bound: &Option<Box<Expr>>| match bound {
            None => Some(Const::None),
            Some(e) => self.constant(e),
        };
        Some(Const::Slice(Box::new([part(&e.lower)?, part(&e.upper)?, part(&e.step)?])))
    }

    fn slice(&mut self, e: &'a ast::ExprSlice, dst: Dst) -> Res<Reg> {
        let mark = self.b().mark();
        let base = self.b().temp_at(mark);
        for bound in [&e.lower, &e.upper, &e.step] {
            match bound {
                Some(bound) => {
                    self.expr(bound, Dst::New)?;
                }
                None => {
                    self.at(e);
                    self.const_temp(Const::None);
                }
            }
        }
        self.b().release(mark);
        self.at(e);
        let to = self.place(dst);
        self.emit(Op::BuildSlice, 0, to, base, 0);
        Ok(to)
    }

    pub(crate) fn named(&mut self, e: &'a ast::ExprNamed, dst: Dst) -> Res<Reg> {
        let Expr::Name(target) = &*e.target else {
            return syntax(&*e.target, "cannot use assignment expressions with this target");
        };
        self.check_bindable(target, &target.id)?;
        let name = self.spelled(&target.id);
        if let super::name::Place::Local(reg) = self.place_of(name) {
            self.expr(&e.value, Dst::Reg(reg))?;
            self.at(e);
            let to = self.place(dst);
            self.move_to(to, reg);
            return Ok(to);
        }
        let mark = self.b().mark();
        let value = self.expr(&e.value, Dst::New)?;
        let copy = self.b().alloc();
        self.at(target);
        self.emit(Op::Copy, 0, copy, value, 0);
        self.store_name(name, copy);
        self.b().release(mark);
        self.at(e);
        let to = self.place(dst);
        self.move_to(to, value);
        Ok(to)
    }

    fn if_expr(&mut self, e: &'a ast::ExprIf, dst: Dst) -> Res<Reg> {
        let orelse = self.b().label();
        let end = self.b().label();
        self.condition(&e.test, false, orelse)?;
        let mark = self.b().mark();
        let to = self.expr(&e.body, dst)?;
        self.nowhere();
        self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
        self.b().release(mark);
        self.b().place(orelse);
        let other = self.expr(&e.orelse, dst)?;
        debug_assert_eq!(to, other);
        self.b().place(end);
        Ok(to)
    }

    fn bool_op(&mut self, e: &'a ast::ExprBoolOp, dst: Dst) -> Res<Reg> {
        // The values pass through the destination one after the other, so a local must not be it.
        if let Dst::Reg(reg) = dst
            && !self.b().is_temp(reg)
        {
            let mark = self.b().mark();
            let value = self.bool_op(e, Dst::New)?;
            self.b().release(mark);
            self.at(e);
            self.move_to(reg, value);
            return Ok(reg);
        }
        let op = match e.op {
            ast::BoolOp::And => Op::JumpIfFalseKeep,
            ast::BoolOp::Or => Op::JumpIfTrueKeep,
        };
        let end = self.b().label();
        let to = self.place(dst);
        for (i, value) in e.values.iter().enumerate() {
            if i > 0 {
                self.clear(to);
            }
            self.expr(value, Dst::Reg(to))?;
            if i + 1 < e.values.len() {
                self.at(value);
                self.b().emit_to(op, 0, to, 0, 0, end);
            }
        }
        self.b().place(end);
        Ok(to)
    }
}
