//! `try` with `except*`.
//!
//! The exception is split clause by clause. What the clauses raise is collected in a list together with what no clause
//! took; at the end that list becomes the exception to raise, if anything is left.

use freeze_bytecode::Op;
use rustpython_ast::{self as ast, ExceptHandler};

use super::Lowering;
use super::block::Block;
use crate::error::{Res, syntax};

impl<'a> Lowering<'a> {
    pub(crate) fn try_star(&mut self, s: &'a ast::StmtTry) -> Res<()> {
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
        let results = self.b().alloc();
        let rest = self.b().alloc();
        let top = self.b().mark();
        let matched = self.b().temp_at(top);
        self.nowhere();
        self.emit(Op::PushExc, 0, previous, exc, 0);
        self.emit(Op::BuildList, 0, results, 0, 0);
        self.emit(Op::Copy, 0, rest, exc, 0);
        let in_match = self.b().label();
        let match_handler = self.b().new_handler(in_match, matched);
        for ExceptHandler::ExceptHandler(handler) in &s.handlers {
            let Some(type_) = &handler.type_ else {
                return syntax(handler, "expected one or more exception types");
            };
            let next = self.b().label();
            let nothing = self.b().label();
            let inner = self.b().mark();
            self.unit.b.handler = match_handler;
            self.expr(type_, super::Dst::New)?;
            self.at(&**type_);
            self.emit(Op::MatchGroup, 0, rest, rest, matched);
            let copy = self.b().alloc();
            self.emit(Op::Copy, 0, copy, matched, 0);
            self.b().emit_to(Op::JumpIfNone, 0, copy, 0, 0, nothing);
            self.unit.b.handler = outer;
            self.b().release(inner);
            self.star_body(handler, matched, results, outer, next)?;
            self.b().place(nothing);
            self.clear(matched);
            self.b().place(next);
        }
        self.nowhere();
        self.unit.b.handler = match_handler;
        self.emit(Op::ListAppend, 0, results, rest, 0);
        let left = self.b().temp_at(mark + 2);
        self.emit(Op::PrepReraiseStar, 0, left, exc, results);
        self.unit.b.handler = outer;
        let done = self.b().label();
        let copy = left + 1;
        self.emit(Op::Copy, 0, copy, left, 0);
        self.b().emit_to(Op::JumpIfNone, 0, copy, 0, 0, done);
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.emit(Op::Reraise, 1, left, 0, 0);
        self.b().place(done);
        self.clear(left);
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
        // A type that could not be evaluated or is none.
        self.b().place(in_match);
        self.b().alloc();
        self.emit(Op::PopExc, 0, previous, 0, 0);
        for reg in [rest, results, exc] {
            self.clear(reg);
        }
        self.emit(Op::Reraise, 1, matched, 0, 0);
        self.b().release(mark);
        self.b().place(end);
        Ok(())
    }

    fn star_body(
        &mut self,
        handler: &'a ast::ExceptHandlerExceptHandler,
        matched: u16,
        results: u16,
        outer: crate::emit::Handler,
        next: crate::emit::Label,
    ) -> Res<()> {
        let name = handler.name.as_ref();
        let failed = self.b().label();
        self.at(handler);
        self.unit.b.handler = self.b().new_handler(failed, matched);
        match name {
            Some(name) => {
                self.check_bindable(name, name)?;
                let id = self.spelled(name);
                self.store_name(id, matched);
            }
            None => self.clear(matched),
        }
        self.enter_block(Block::ExceptStar, handler)?;
        self.body(&handler.body)?;
        self.unit.blocks.pop();
        self.unit.b.handler = outer;
        self.nowhere();
        self.end_except_name(name);
        self.b().emit_to(Op::Jump, 0, 0, 0, 0, next);
        self.b().place(failed);
        let mark = self.b().mark();
        self.b().alloc();
        self.end_except_name(name);
        self.emit(Op::ListAppend, 0, results, matched, 0);
        self.b().release(mark);
        self.b().emit_to(Op::Jump, 0, 0, 0, 0, next);
        Ok(())
    }
}
