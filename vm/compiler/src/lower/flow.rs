//! `if`, `while` and `for`.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, Stmt};

use super::block::Block;
use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::Res;

impl<'a> Lowering<'a> {
    pub(crate) fn if_stmt(&mut self, s: &'a ast::StmtIf) -> Res<()> {
        let end = self.b().label();
        let mut next = self.b().label();
        self.line_of(&*s.test);
        self.condition(&s.test, false, next)?;
        self.body(&s.body)?;
        for clause in &s.elif_else_clauses {
            self.nowhere();
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
            self.b().place(next);
            next = self.b().label();
            if let Some(test) = &clause.test {
                self.line_of(test);
                self.condition(test, false, next)?;
            }
            self.body(&clause.body)?;
        }
        self.b().place(next);
        self.b().place(end);
        Ok(())
    }

    pub(crate) fn while_stmt(&mut self, s: &'a ast::StmtWhile) -> Res<()> {
        let top = self.b().label();
        let orelse = self.b().label();
        let end = self.b().label();
        self.b().place(top);
        self.line_of(&*s.test);
        self.condition(&s.test, false, orelse)?;
        self.enter_block(Block::Loop { next: top, end, iter: None }, s)?;
        self.body(&s.body)?;
        self.unit.blocks.pop();
        self.nowhere();
        self.b().emit_to(Op::JumpBack, 0, 0, 0, 0, top);
        self.b().place(orelse);
        self.body(&s.orelse)?;
        self.b().place(end);
        Ok(())
    }

    pub(crate) fn for_stmt(&mut self, s: &'a ast::StmtFor) -> Res<()> {
        if s.is_async {
            return self.async_for(s);
        }
        let mark = self.b().mark();
        let iter = self.iterator(&s.iter)?;
        let top = self.b().label();
        let orelse = self.b().label();
        let end = self.b().label();
        self.b().place(top);
        self.next_item(&s.target, &s.iter, iter, orelse)?;
        self.enter_block(Block::Loop { next: top, end, iter: Some(iter) }, s)?;
        self.body(&s.body)?;
        self.unit.blocks.pop();
        self.nowhere();
        self.b().emit_to(Op::JumpBack, 0, 0, 0, 0, top);
        self.b().place(orelse);
        self.b().release(mark);
        self.body(&s.orelse)?;
        self.b().place(end);
        Ok(())
    }

    /// The iterator of an iterable, in a new temporary.
    pub(crate) fn iterator(&mut self, e: &'a Expr) -> Res<Reg> {
        let mark = self.b().mark();
        let iterable = match self.constant_collection(e, false) {
            Some(constant) => {
                self.at(e);
                self.const_temp(constant)
            }
            None => self.src(e)?,
        };
        self.b().release(mark);
        let iter = self.b().alloc();
        self.at(e);
        self.emit(Op::GetIter, 0, iter, iterable, 0);
        Ok(iter)
    }

    /// The next item into a target, or on to `done` with the iterator dropped.
    pub(crate) fn next_item(
        &mut self,
        target: &'a Expr,
        iterable: &'a Expr,
        iter: Reg,
        done: crate::emit::Label,
    ) -> Res<()> {
        let local = match target {
            Expr::Name(name) if name.id.as_str() != "__debug__" => self.local_of(&name.id),
            _ => None,
        };
        self.at(iterable);
        if let Some(reg) = local {
            self.b().emit_to(Op::ForIter, 0, reg, iter, 0, done);
            return Ok(());
        }
        let mark = self.b().mark();
        let item = self.b().alloc();
        self.b().emit_to(Op::ForIter, 0, item, iter, 0, done);
        self.store(target, item)?;
        self.b().release(mark);
        Ok(())
    }

    fn async_for(&mut self, s: &'a ast::StmtFor) -> Res<()> {
        self.require_async(s, "'async for' outside async function")?;
        let mark = self.b().mark();
        let value = self.src(&s.iter)?;
        self.b().release(mark);
        let iter = self.b().alloc();
        self.at(&*s.iter);
        self.emit(Op::GetAiter, 0, iter, value, 0);
        let top = self.b().label();
        let orelse = self.b().label();
        let end = self.b().label();
        self.b().place(top);
        let exhausted = self.next_async_item(&s.target, &s.iter, iter)?;
        self.enter_block(Block::Loop { next: top, end, iter: Some(iter) }, s)?;
        self.body(&s.body)?;
        self.unit.blocks.pop();
        self.nowhere();
        self.b().emit_to(Op::JumpBack, 0, 0, 0, 0, top);
        self.end_async_items(exhausted, &s.iter, iter);
        self.b().place(orelse);
        self.b().release(mark);
        self.body(&s.orelse)?;
        self.b().place(end);
        Ok(())
    }

    /// The next item of an asynchronous iterator into a target; the label returned is where exceptions of it go.
    pub(crate) fn next_async_item(
        &mut self,
        target: &'a Expr,
        iterable: &'a Expr,
        iter: Reg,
    ) -> Res<crate::emit::Label> {
        let exhausted = self.b().label();
        let mark = self.b().mark();
        let item = self.b().alloc();
        let outer = self.unit.b.handler;
        self.unit.b.handler = self.b().new_handler(exhausted, item);
        self.at(iterable);
        let awaitable = self.b().alloc();
        self.emit(Op::GetAnext, 0, awaitable, iter, 0);
        self.b().load_const(item, Const::None);
        self.send_loop(item, awaitable, 2);
        self.unit.b.handler = outer;
        self.b().release(mark + 1);
        self.store(target, item)?;
        self.b().release(mark);
        Ok(exhausted)
    }

    /// What follows the loop over an asynchronous iterator: the exception that ended it.
    pub(crate) fn end_async_items(&mut self, exhausted: crate::emit::Label, iterable: &'a Expr, iter: Reg) {
        self.b().place(exhausted);
        self.at(iterable);
        let mark = self.b().mark();
        let exc = self.b().alloc();
        self.emit(Op::EndAsyncFor, 0, exc, iter, 0);
        self.b().release(mark);
    }

    pub(crate) fn body(&mut self, body: &'a [Stmt]) -> Res<()> {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    /// `assert test, msg`
    pub(crate) fn assert_stmt(&mut self, s: &'a ast::StmtAssert) -> Res<()> {
        self.warn_assert(s);
        if self.config.optimize > 0 {
            return Ok(());
        }
        let end = self.b().label();
        self.condition(&s.test, true, end)?;
        self.at(&*s.test);
        let mark = self.b().mark();
        let exc = self.b().alloc();
        self.emit(Op::LoadCommon, 0, exc, 0, 0);
        if let Some(msg) = &s.msg {
            self.expr(msg, Dst::New)?;
            self.at(&*s.test);
            let site = self.b().plain_site();
            self.emit(Op::Call, 1, exc, exc, site);
        }
        self.at(&*s.test);
        self.emit(Op::Raise, 1, exc, 0, 0);
        self.b().release(mark);
        self.b().place(end);
        Ok(())
    }
}
