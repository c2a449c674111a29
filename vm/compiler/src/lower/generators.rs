//! `yield`, `yield from` and `await`.

use freeze_bytecode::{Const, Op};
use rustpython_ast as ast;
use rustpython_text_size::Ranged;

use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::{Res, syntax};
use crate::symtable::ScopeKind;

impl<'a> Lowering<'a> {
    pub(crate) fn yield_expr(&mut self, e: &'a ast::ExprYield, dst: Dst) -> Res<Reg> {
        if !self.in_function() {
            return syntax(e, "'yield' outside function");
        }
        let mark = self.b().mark();
        let mut value = match &e.value {
            Some(value) => self.src(value)?,
            None => {
                self.at(e);
                self.none_temp()
            }
        };
        self.b().release(mark);
        self.at(e);
        if self.unit.is_async {
            let wrapped = self.b().alloc();
            self.emit(Op::AsyncGenWrap, 0, wrapped, value, 0);
            value = wrapped;
            self.b().release(mark);
        }
        let to = self.place(dst);
        self.emit(Op::Yield, 0, to, value, 0);
        Ok(to)
    }

    pub(crate) fn yield_from(&mut self, e: &'a ast::ExprYieldFrom, dst: Dst) -> Res<Reg> {
        if !self.in_function() {
            return syntax(e, "'yield from' outside function");
        }
        if self.unit.is_async {
            return syntax(e, "'yield from' inside async function");
        }
        self.in_temp(dst, e.range, |l, to| {
            let mark = l.b().mark();
            let value = l.src(&e.value)?;
            l.b().release(mark);
            let iter = l.b().alloc();
            l.at(e);
            l.emit(Op::GetYieldFromIter, 0, iter, value, 0);
            l.b().load_const(to, Const::None);
            l.send_loop(to, iter, 1);
            l.b().release(mark);
            Ok(())
        })
    }

    pub(crate) fn await_expr(&mut self, e: &'a ast::ExprAwait, dst: Dst) -> Res<Reg> {
        if !self.in_function() && !self.config.top_level_await {
            return syntax(e, "'await' outside function");
        }
        self.require_async(e, "'await' outside async function")?;
        self.in_temp(dst, e.range, |l, to| {
            let mark = l.b().mark();
            let value = l.src(&e.value)?;
            l.b().release(mark);
            let iter = l.b().alloc();
            l.at(e);
            l.emit(Op::GetAwaitable, 0, iter, value, 0);
            l.b().load_const(to, Const::None);
            l.send_loop(to, iter, 2);
            l.b().release(mark);
            Ok(())
        })
    }

    /// Awaits the awaitable's iterator in `reg`, the last temporary taken; the result replaces it.
    pub(crate) fn await_in(&mut self, reg: Reg) -> Res<()> {
        let mark = self.b().mark();
        let result = self.b().alloc();
        self.b().load_const(result, Const::None);
        self.send_loop(result, reg, 2);
        self.b().release(mark);
        self.emit(Op::Move, 0, reg, result, 0);
        Ok(())
    }

    /// Runs the iterator in `iter` to its end, yielding what it yields; `value` is sent first and receives the result.
    /// The three instructions stay in this order: the interpreter finds the end of a delegation through them.
    pub(crate) fn send_loop(&mut self, value: Reg, iter: Reg, x: u8) {
        let again = self.b().label();
        let done = self.b().label();
        self.b().place(again);
        self.b().emit_to(Op::Send, 0, value, iter, 0, done);
        self.emit(Op::Yield, x, value, value, iter);
        self.b().emit_to(Op::JumpBack, 0, 0, 0, 0, again);
        self.b().place(done);
    }

    fn in_function(&self) -> bool {
        matches!(self.unit.kind, ScopeKind::Function | ScopeKind::Lambda | ScopeKind::GeneratorExpr)
            || self.unit.kind.is_comprehension()
    }

    /// Refuses `node` outside of coroutines.
    pub(crate) fn require_async(&self, node: &impl Ranged, message: &str) -> Res<()> {
        let is_async = match self.unit.kind {
            ScopeKind::Function => self.unit.is_async,
            ScopeKind::GeneratorExpr | ScopeKind::ListComp | ScopeKind::SetComp | ScopeKind::DictComp => {
                self.table.scope(self.unit.scope).is_coroutine
            }
            ScopeKind::Module => self.config.top_level_await,
            _ => false,
        };
        if is_async { Ok(()) } else { syntax(node, message) }
    }
}
