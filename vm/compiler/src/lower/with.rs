//! `with` and `async with`.

use freeze_bytecode::Op;
use rustpython_ast::{self as ast, Expr, Stmt};
use rustpython_text_size::Ranged;

use super::block::Block;
use super::{Dst, Lowering};
use crate::error::Res;

impl<'a> Lowering<'a> {
    pub(crate) fn with_stmt(&mut self, s: &'a ast::StmtWith) -> Res<()> {
        if s.is_async {
            self.require_async(s, "'async with' outside async function")?;
        }
        self.with_items(&s.items, &s.body, s.is_async)
    }

    fn with_items(&mut self, items: &'a [ast::WithItem], body: &'a [Stmt], is_async: bool) -> Res<()> {
        let Some((item, rest)) = items.split_first() else {
            return self.body(body);
        };
        let (enter, exit) = if is_async { (2, 3) } else { (0, 1) };
        let range = item.context_expr.range();
        let mark = self.b().mark();
        let outer = self.unit.b.handler;
        let pair = self.b().alloc_many(2);
        // A local is read in place; anything else waits in a temporary until `__enter__` has been found.
        let manager = self.src(&item.context_expr)?;
        let manager_is_temp = self.b().is_temp(manager);
        self.b().range = Some(range);
        self.emit(Op::LoadSpecial, exit, pair, manager, 0);
        let inner = self.b().mark();
        let enter_pair = self.b().alloc_many(2);
        self.emit(Op::LoadSpecial, enter, enter_pair, manager, 0);
        if manager_is_temp {
            self.clear(manager);
        }
        let site = self.b().plain_site();
        self.emit(Op::CallMethod, 0, enter_pair, enter_pair, site);
        if is_async {
            self.emit(Op::GetAwaitable, 1, enter_pair, enter_pair, 0);
            self.await_in(enter_pair)?;
        }
        self.b().release(inner);
        self.b().alloc();

        // From here on the exit method is owed.
        let raised = self.b().label();
        let end = self.b().label();
        let exc = pair + 2;
        let handler = self.b().new_handler(raised, exc);
        self.unit.b.handler = handler;
        match &item.optional_vars {
            Some(target) => {
                self.with_target(target, enter_pair)?;
            }
            None => self.clear(enter_pair),
        }
        self.b().release(mark + 2);
        self.enter_block(Block::With { pair, is_async, outer, range }, item)?;
        self.with_items(rest, body, is_async)?;
        self.unit.blocks.pop();
        self.unit.b.handler = outer;
        self.b().range = Some(range);
        if !self.b().is_unreachable() {
            self.exit_call(pair, is_async)?;
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
        }

        self.b().place(raised);
        self.b().alloc();
        let previous = self.b().alloc();
        self.emit(Op::PushExc, 0, previous, exc, 0);
        let again = self.b().label();
        let inner = self.b().mark();
        let result = self.b().alloc();
        let second = self.b().alloc();
        self.unit.b.handler = self.b().new_handler(again, second);
        let suppress = self.b().label();
        self.emit(Op::WithExcept, 0, result, pair, exc);
        self.b().release(inner + 1);
        if is_async {
            self.emit(Op::GetAwaitable, 2, result, result, 0);
            self.await_in(result)?;
        }
        self.b().emit_to(Op::JumpIfTrue, 0, result, 0, 0, suppress);
        self.unit.b.handler = outer;
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.clear(pair);
        self.clear(pair + 1);
        self.emit(Op::Reraise, 1, exc, 0, 0);
        self.b().place(suppress);
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.clear(exc);
        self.clear(pair);
        self.clear(pair + 1);
        self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
        // The exit method itself raised.
        self.b().place(again);
        self.emit(Op::PopExc, 0, previous, 0, 0);
        self.clear(exc);
        self.clear(pair);
        self.clear(pair + 1);
        self.emit(Op::Reraise, 1, second, 0, 0);
        self.b().release(mark);
        self.b().place(end);
        Ok(())
    }

    fn with_target(&mut self, target: &'a Expr, value: u16) -> Res<()> {
        self.store(target, value)
    }

    /// Calls `e` and stores nothing; for decorators and the like.
    pub(crate) fn new_temp(&mut self, e: &'a Expr) -> Res<u16> {
        self.expr(e, Dst::New)
    }
}
