//! `try` with `except`, `else` and `finally`.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, ExceptHandler, Stmt};

use super::Lowering;
use super::block::Block;
use crate::emit::{Handler, Label};
use crate::error::{Res, syntax};

impl<'a> Lowering<'a> {
    pub(crate) fn try_stmt(&mut self, s: &'a ast::StmtTry) -> Res<()> {
        if s.finalbody.is_empty() { self.try_except(s) } else { self.try_finally(s) }
    }

    fn try_finally(&mut self, s: &'a ast::StmtTry) -> Res<()> {
        let raised = self.b().label();
        let end = self.b().label();
        let mark = self.b().mark();
        let outer = self.unit.b.handler;
        let exc = self.b().temp_at(mark);
        self.unit.b.handler = self.b().new_handler(raised, exc);
        self.enter_block(Block::Finally { body: &s.finalbody, outer }, s)?;
        if s.handlers.is_empty() {
            self.body(&s.body)?;
            self.body(&s.orelse)?;
        } else {
            self.try_except(s)?;
        }
        self.unit.blocks.pop();
        self.unit.b.handler = outer;
        if !self.b().is_unreachable() {
            self.body(&s.finalbody)?;
            self.nowhere();
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
        }

        // The same body once more for the case of an exception.
        self.b().place(raised);
        let exc = self.b().alloc();
        let previous = self.b().alloc();
        self.nowhere();
        self.emit(Op::PushExc, 0, previous, exc, 0);
        let again = self.b().label();
        let second = self.b().temp_at(mark + 2);
        self.unit.b.handler = self.b().new_handler(again, second);
        self.enter_block(Block::FinallyRunning { exc, previous, outer }, s)?;
        self.body(&s.finalbody)?;
        self.unit.blocks.pop();
        self.unit.b.handler = outer;
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.emit(Op::Reraise, 0, exc, 0, 0);
        self.nowhere();
        // An exception inside the `finally` body takes the place of the first.
        self.b().place(again);
        self.b().alloc();
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.clear(exc);
        self.emit(Op::Reraise, 1, second, 0, 0);
        self.b().release(mark);
        self.b().place(end);
        Ok(())
    }

    fn try_except(&mut self, s: &'a ast::StmtTry) -> Res<()> {
        if s.is_star {
            return self.try_star(s);
        }
        let raised = self.b().label();
        let end = self.b().label();
        let mark = self.b().mark();
        let outer = self.unit.b.handler;
        self.protected(&s.body, raised)?;
        self.body(&s.orelse)?;
        self.nowhere();
        self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);

        self.b().place(raised);
        let exc = self.b().alloc();
        let previous = self.b().alloc();
        self.nowhere();
        self.emit(Op::PushExc, 0, previous, exc, 0);
        // Exceptions while the types are evaluated and compared: both registers are in use.
        let in_match = self.b().label();
        let second = self.b().temp_at(mark + 2);
        let match_handler = self.b().new_handler(in_match, second);
        // Exceptions in bodies without a name: only the exception handled before is in use.
        let in_body = self.b().label();
        let body_handler = self.b().new_handler(in_body, second);
        let mut open = true;
        for (i, ExceptHandler::ExceptHandler(handler)) in s.handlers.iter().enumerate() {
            let next = self.b().label();
            match &handler.type_ {
                Some(type_) => {
                    self.unit.b.handler = match_handler;
                    let inner = self.b().mark();
                    let type_reg = self.src(type_)?;
                    self.warn_except(type_);
                    self.b().release(inner);
                    self.at(&**type_);
                    self.b().emit_to(Op::BrNoMatch, 0, 0, exc, type_reg, next);
                }
                None => {
                    if i + 1 < s.handlers.len() {
                        return syntax(handler, "default 'except:' must be last");
                    }
                    open = false;
                }
            }
            self.unit.b.handler = outer;
            self.handler_body(handler, exc, previous, outer, body_handler, end)?;
            self.b().place(next);
        }
        self.nowhere();
        if open {
            if let Some(ExceptHandler::ExceptHandler(last)) = s.handlers.last() {
                match &last.type_ {
                    Some(type_) => self.at(&**type_),
                    None => self.at(last),
                }
            }
            self.emit(Op::PopExc, 0, previous, 0, 0);
            self.emit(Op::Reraise, 0, exc, 0, 0);
            self.nowhere();
        }
        self.b().place(in_match);
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.clear(exc);
        self.emit(Op::Reraise, 1, second, 0, 0);
        self.b().place(in_body);
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.emit(Op::Reraise, 1, second, 0, 0);
        // The registers of the handlers were used without being taken.
        self.b().alloc();
        self.b().release(mark);
        self.b().place(end);
        Ok(())
    }

    /// The body of a `try`, whose exceptions go to `raised`.
    pub(crate) fn protected(&mut self, body: &'a [Stmt], raised: Label) -> Res<()> {
        let outer = self.unit.b.handler;
        let mark = self.b().mark();
        let exc = self.b().temp_at(mark);
        self.unit.b.handler = self.b().new_handler(raised, exc);
        match body.first() {
            Some(first) => self.enter_block(Block::Try { outer }, first)?,
            None => self.unit.blocks.push(Block::Try { outer }),
        }
        self.body(body)?;
        self.unit.blocks.pop();
        self.unit.b.handler = outer;
        Ok(())
    }

    fn handler_body(
        &mut self,
        handler: &'a ast::ExceptHandlerExceptHandler,
        exc: u16,
        previous: u16,
        outer: Handler,
        plain: Handler,
        end: Label,
    ) -> Res<()> {
        self.at(handler);
        let name = handler.name.as_ref();
        let cleanup = self.b().label();
        let second = previous + 1;
        match name {
            Some(name) => {
                self.check_bindable(name, name)?;
                self.at(name);
                self.unit.b.handler = plain;
                let id = self.spelled(name);
                self.store_name(id, exc);
                self.unit.b.handler = self.b().new_handler(cleanup, second);
            }
            None => {
                self.clear(exc);
                self.unit.b.handler = plain;
            }
        }
        self.enter_block(Block::Except { name, previous, outer }, handler)?;
        self.body(&handler.body)?;
        self.unit.blocks.pop();
        self.unit.b.handler = outer;
        self.nowhere();
        self.end_except_name(name);
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
        if name.is_some() {
            self.b().place(cleanup);
            let mark = self.b().mark();
            self.b().alloc();
            self.end_except_name(name);
            self.emit(Op::PopExc, 0, previous, 0, 0);
            self.emit(Op::Reraise, 1, second, 0, 0);
            self.b().release(mark);
        }
        Ok(())
    }

    /// The name of an `except … as name` goes away with its block, whether the block deleted it or not.
    pub(crate) fn end_except_name(&mut self, name: Option<&ast::Identifier>) {
        use super::name::Place;
        let Some(name) = name else {
            return;
        };
        let id = self.spelled(name);
        match self.place_of(id) {
            Place::Local(reg) => self.clear(reg),
            Place::Cell(reg) => self.emit(Op::DeleteCell, 1, reg, 0, 0),
            _ => {
                let mark = self.b().mark();
                let none = self.const_temp(Const::None);
                self.store_name(id, none);
                self.b().release(mark);
                self.delete_name(id);
            }
        }
    }
}
