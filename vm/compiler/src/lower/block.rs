//! What surrounds a statement, and how it is left early by `return`, `break` and `continue`.

use freeze_bytecode::{CodeFlags, Const, Op};
use rustpython_ast::{self as ast, Stmt};
use rustpython_text_size::{Ranged, TextRange};

use super::{Dst, Lowering};
use crate::emit::{Handler, Label, Reg};
use crate::error::{Res, syntax};

/// One surrounding construct.
pub(crate) enum Block<'a> {
    Loop {
        /// Where `continue` goes, and whether that lies behind.
        next: Label,
        end: Label,
        /// The iterator of a `for`, which `break` has to drop.
        iter: Option<Reg>,
    },
    /// The body of a `try`.
    Try { outer: Handler },
    /// What a `finally` protects.
    Finally { body: &'a [Stmt], outer: Handler },
    /// A `finally` body that runs because of an exception.
    FinallyRunning { exc: Reg, previous: Reg, outer: Handler },
    /// The body of an `except`.
    Except { name: Option<&'a ast::Identifier>, previous: Reg, outer: Handler },
    /// The body of an `except*`, which must not be left early.
    ExceptStar,
    /// A value that is being returned while a `finally` body runs; leaving that body drops it.
    Held(Reg),
    /// The body of a `with`; its exit method and object are in two registers.
    With { pair: Reg, is_async: bool, outer: Handler, range: TextRange },
}

/// CPython's limit for constructs around a statement.
const MAX_BLOCKS: usize = 21;

impl Block<'_> {
    /// How many of CPython's blocks this is.
    fn weight(&self) -> usize {
        match self {
            // The handlers as a whole, and the one with its name.
            Block::Except { .. } | Block::ExceptStar => 2,
            Block::Held(_) => 0,
            _ => 1,
        }
    }
}

impl<'a> Lowering<'a> {
    /// Enters a construct; `at` is blamed when there are too many around each other.
    pub(crate) fn enter_block(&mut self, block: Block<'a>, at: &impl Ranged) -> Res<()> {
        self.unit.blocks.push(block);
        let resumes = self.unit.flags & (CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) != 0;
        let depth = self.unit.blocks.iter().map(Block::weight).sum::<usize>() + usize::from(resumes);
        if depth > MAX_BLOCKS { syntax(at, "too many statically nested blocks") } else { Ok(()) }
    }

    /// Emits what leaving the innermost blocks down to number `keep` takes. What is emitted next, the jump or the return,
    /// lies outside of them as well; the caller then puts back the handler that is given.
    fn unwind(&mut self, keep: usize, held: Option<Reg>) -> Res<Handler> {
        let handler = self.unit.b.handler;
        let leaving = self.unit.blocks.split_off(keep);
        let mut done = Ok(());
        // From the inside out; while one block is left, only those around it are in force.
        for at in (0..leaving.len()).rev() {
            // Inner statements may leave through the blocks between `keep` and here again.
            done = self.leave(&leaving, at, held);
            if done.is_err() {
                break;
            }
        }
        self.unit.blocks.extend(leaving);
        done.map(|()| handler)
    }

    fn leave(&mut self, leaving: &[Block<'a>], at: usize, held: Option<Reg>) -> Res<()> {
        match &leaving[at] {
            Block::Loop { iter, .. } => {
                if let Some(iter) = iter {
                    self.clear(*iter);
                }
                Ok(())
            }
            Block::Try { outer } => {
                self.unit.b.handler = *outer;
                Ok(())
            }
            Block::Finally { body, outer } => {
                self.unit.b.handler = *outer;
                // The blocks around the `try` hold for its `finally` body.
                let around = self.unit.blocks.len();
                self.unit.blocks.extend(leaving[..at].iter().map(Block::again));
                self.unit.blocks.extend(held.map(Block::Held));
                let done = self.body(body);
                self.unit.blocks.truncate(around);
                done
            }
            Block::FinallyRunning { exc, previous, outer } => {
                self.unit.b.handler = *outer;
                self.emit(Op::PopExc, 0, *previous, 0, 0);
                self.clear(*exc);
                Ok(())
            }
            Block::Except { name, previous, outer } => {
                self.unit.b.handler = *outer;
                self.end_except_name(*name);
                self.emit(Op::PopExc, 0, *previous, 0, 0);
                Ok(())
            }
            Block::ExceptStar => Ok(()),
            Block::Held(reg) => {
                self.clear(*reg);
                Ok(())
            }
            Block::With { pair, is_async, outer, range } => {
                self.unit.b.handler = *outer;
                let (pair, is_async, range) = (*pair, *is_async, *range);
                let statement = self.unit.b.range;
                self.b().range = Some(range);
                let mark = self.b().mark();
                // The pair may lie below a value that is being returned: call with a copy on top.
                let top = self.b().alloc_many(2);
                self.emit(Op::Move, 0, top, pair, 0);
                self.emit(Op::Move, 0, top + 1, pair + 1, 0);
                self.exit_call(top, is_async)?;
                self.b().release(mark);
                self.unit.b.range = statement;
                Ok(())
            }
        }
    }

    /// Calls an exit method in a pair on top of the temporaries with three times None and drops the result.
    pub(crate) fn exit_call(&mut self, pair: Reg, is_async: bool) -> Res<()> {
        let mark = self.b().mark();
        for _ in 0..3 {
            self.const_temp(Const::None);
        }
        self.b().release(mark);
        let site = self.b().plain_site();
        self.emit(Op::CallMethod, 3, pair, pair, site);
        if is_async {
            self.emit(Op::GetAwaitable, 2, pair, pair, 0);
            self.await_in(pair)?;
        }
        self.clear(pair);
        Ok(())
    }

    pub(crate) fn return_stmt(&mut self, s: &'a ast::StmtReturn) -> Res<()> {
        use crate::symtable::ScopeKind;
        if self.unit.kind != ScopeKind::Function {
            return syntax(s, "'return' outside function");
        }
        let scope = self.table.scope(self.unit.scope);
        if s.value.is_some() && scope.is_generator && self.unit.is_async {
            return syntax(s, "'return' with value in async generator");
        }
        if self.unit.blocks.iter().any(|b| matches!(b, Block::ExceptStar)) {
            return syntax(s, "'break', 'continue' and 'return' cannot appear in an except* block");
        }
        self.warn_leaving_finally(s, "return", self.unit.blocks.len());
        let mark = self.b().mark();
        // A `finally` body may assign the local that is returned, and the name of an `except` goes away.
        let plain = !self
            .unit
            .blocks
            .iter()
            .any(|b| matches!(b, Block::Finally { .. } | Block::With { .. } | Block::Except { name: Some(_), .. }));
        let value = match &s.value {
            None => {
                self.at(s);
                self.const_rk(Const::None)
            }
            Some(value) if plain => self.rk(value)?,
            Some(value) => match self.constant(value) {
                Some(constant) => self.const_rk(constant),
                None => self.expr(value, Dst::New)?,
            },
        };
        self.at(s);
        let is_temp = value & freeze_bytecode::instr::CONST_BIT == 0 && self.b().is_temp(value);
        let through = self.unit.blocks.iter().any(Block::shows_lines);
        if through {
            self.line_of(s);
        }
        let handler = self.unwind(0, is_temp.then_some(value))?;
        if through {
            self.nowhere();
        } else {
            self.at(s);
        }
        self.emit(Op::Return, 0, value, 0, 0);
        self.unit.b.handler = handler;
        self.b().release(mark);
        Ok(())
    }

    pub(crate) fn break_stmt(&mut self, s: &'a ast::StmtBreak) -> Res<()> {
        self.leave_loop(s, "break", "'break' outside loop")
    }

    pub(crate) fn continue_stmt(&mut self, s: &'a ast::StmtContinue) -> Res<()> {
        self.leave_loop(s, "continue", "'continue' not properly in loop")
    }

    fn leave_loop(&mut self, s: &impl Ranged, word: &str, outside: &str) -> Res<()> {
        let found = self.unit.blocks.iter().rposition(|b| matches!(b, Block::Loop { .. } | Block::ExceptStar));
        let (index, next, end, iter) = match found.map(|i| (i, &self.unit.blocks[i])) {
            Some((i, Block::Loop { next, end, iter })) => (i, *next, *end, *iter),
            Some(_) => {
                return syntax(s, "'break', 'continue' and 'return' cannot appear in an except* block");
            }
            None => return syntax(s, outside),
        };
        self.warn_leaving_finally(s, word, self.unit.blocks.len() - index);
        self.line_of(s);
        let through = self.unit.blocks[index + 1..].iter().any(Block::shows_lines);
        if word == "break" && !through {
            self.line_of(s);
        }
        let handler = self.unwind(index + 1, None)?;
        if through {
            self.nowhere();
        } else {
            self.at(s);
        }
        if word == "break" {
            if let Some(iter) = iter {
                self.clear(iter);
            }
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
        } else {
            self.b().emit_to(Op::JumpBack, 0, 0, 0, 0, next);
        }
        self.unit.b.handler = handler;
        Ok(())
    }

    /// The warning about leaving a `finally` block, which would swallow an exception.
    fn warn_leaving_finally(&mut self, s: &impl Ranged, word: &str, innermost: usize) {
        let from = self.unit.blocks.len() - innermost;
        if self.unit.blocks[from..].iter().any(|b| matches!(b, Block::FinallyRunning { .. })) {
            self.warn(s.range(), format!("'{word}' in a 'finally' block"));
        }
    }
}

impl Block<'_> {
    /// Whether leaving the block runs code that stands on lines of its own, which the statement that leaves then ends on.
    fn shows_lines(&self) -> bool {
        matches!(self, Block::Finally { .. } | Block::With { .. })
    }

    fn again(&self) -> Self {
        match self {
            Block::Loop { next, end, iter } => Block::Loop { next: *next, end: *end, iter: *iter },
            Block::Try { outer } => Block::Try { outer: *outer },
            Block::Finally { body, outer } => Block::Finally { body, outer: *outer },
            Block::FinallyRunning { exc, previous, outer } => {
                Block::FinallyRunning { exc: *exc, previous: *previous, outer: *outer }
            }
            Block::Except { name, previous, outer } => {
                Block::Except { name: *name, previous: *previous, outer: *outer }
            }
            Block::ExceptStar => Block::ExceptStar,
            Block::Held(reg) => Block::Held(*reg),
            Block::With { pair, is_async, outer, range } => {
                Block::With { pair: *pair, is_async: *is_async, outer: *outer, range: *range }
            }
        }
    }
}
