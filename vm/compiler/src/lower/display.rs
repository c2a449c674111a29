//! List, tuple, set and dict displays.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr};
use rustpython_text_size::{Ranged, TextRange};

use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::Res;

/// Displays longer than this are filled one by one instead of being laid out in registers first.
const LAID_OUT: usize = 24;

impl<'a> Lowering<'a> {
    /// Evaluates into a temporary and then moves, where the destination is a local: the value is built up in place.
    pub(crate) fn in_temp(
        &mut self,
        dst: Dst,
        range: TextRange,
        build: impl FnOnce(&mut Self, Reg) -> Res<()>,
    ) -> Res<Reg> {
        match dst {
            Dst::Reg(reg) if !self.b().is_temp(reg) => {
                let mark = self.b().mark();
                let temp = self.b().alloc();
                build(self, temp)?;
                self.b().release(mark);
                self.b().range = Some(range);
                self.move_to(reg, temp);
                Ok(reg)
            }
            _ => {
                let to = self.place(dst);
                build(self, to)?;
                Ok(to)
            }
        }
    }

    pub(crate) fn list_display(&mut self, e: &'a ast::ExprList, dst: Dst) -> Res<Reg> {
        if e.elts.len() >= 3
            && let Some(constant) = e.elts.iter().map(|e| self.constant(e)).collect::<Option<Box<[Const]>>>()
        {
            return self.in_temp(dst, e.range, |l, to| {
                l.at(e);
                l.emit(Op::BuildList, 0, to, 0, 0);
                l.extend(Op::ListExtend, to, Const::Tuple(constant));
                Ok(())
            });
        }
        if simple(&e.elts) {
            return self.laid_out(Op::BuildList, &e.elts, e.range, dst);
        }
        self.in_temp(dst, e.range, |l, to| l.fill_list(to, &e.elts, e.range))
    }

    fn extend(&mut self, op: Op, to: Reg, constant: Const) {
        let mark = self.b().mark();
        let items = self.const_rk(constant);
        self.emit(op, 0, to, items, 0);
        self.b().release(mark);
    }

    pub(crate) fn tuple_display(&mut self, e: &'a ast::ExprTuple, dst: Dst) -> Res<Reg> {
        if simple(&e.elts) {
            return self.laid_out(Op::BuildTuple, &e.elts, e.range, dst);
        }
        let mark = self.b().mark();
        let list = self.b().alloc();
        self.fill_list(list, &e.elts, e.range)?;
        self.b().release(mark);
        self.at(e);
        let to = self.place(dst);
        self.emit(Op::ListToTuple, 0, to, list, 0);
        Ok(to)
    }

    /// Fills the list in the new temporary `to` with elements, starred ones among them.
    pub(crate) fn fill_list(&mut self, to: Reg, elts: &'a [Expr], range: TextRange) -> Res<()> {
        self.b().range = Some(range);
        self.emit(Op::BuildList, 0, to, 0, 0);
        for e in elts {
            let mark = self.b().mark();
            let (op, value) = match e {
                Expr::Starred(starred) => (Op::ListExtend, self.rk(&starred.value)?),
                e => (Op::ListAppend, self.rk(e)?),
            };
            self.b().release(mark);
            self.at(e);
            self.emit(op, 0, to, value, 0);
        }
        Ok(())
    }

    /// Lays the elements out in consecutive temporaries and builds from those.
    pub(crate) fn laid_out(&mut self, op: Op, elts: &'a [Expr], range: TextRange, dst: Dst) -> Res<Reg> {
        let mark = self.b().mark();
        let base = self.b().temp_at(mark);
        for e in elts {
            self.expr(e, Dst::New)?;
        }
        self.b().release(mark);
        self.b().range = Some(range);
        let to = self.place(dst);
        self.emit(op, 0, to, base, elts.len() as u16);
        Ok(to)
    }

    pub(crate) fn set_display(&mut self, e: &'a ast::ExprSet, dst: Dst) -> Res<Reg> {
        if e.elts.len() >= 3
            && let Some(constant) = e.elts.iter().map(|e| self.constant(e)).collect::<Option<Box<[Const]>>>()
        {
            return self.in_temp(dst, e.range, |l, to| {
                l.at(e);
                l.emit(Op::BuildSet, 0, to, 0, 0);
                l.extend(Op::SetUpdate, to, Const::FrozenSet(constant));
                Ok(())
            });
        }
        if simple(&e.elts) {
            return self.laid_out(Op::BuildSet, &e.elts, e.range, dst);
        }
        self.in_temp(dst, e.range, |l, to| {
            l.at(e);
            l.emit(Op::BuildSet, 0, to, 0, 0);
            for element in &e.elts {
                let mark = l.b().mark();
                let (op, value) = match element {
                    Expr::Starred(starred) => (Op::SetUpdate, l.rk(&starred.value)?),
                    other => (Op::SetAdd, l.rk(other)?),
                };
                l.b().release(mark);
                l.at(element);
                l.emit(op, 0, to, value, 0);
            }
            Ok(())
        })
    }

    pub(crate) fn dict_display(&mut self, e: &'a ast::ExprDict, dst: Dst) -> Res<Reg> {
        if e.items.len() <= LAID_OUT / 2 && e.items.iter().all(|item| item.key.is_some()) {
            let mark = self.b().mark();
            let base = self.b().temp_at(mark);
            for item in &e.items {
                if let Some(key) = &item.key {
                    self.expr(key, Dst::New)?;
                }
                self.expr(&item.value, Dst::New)?;
            }
            self.b().release(mark);
            self.at(e);
            let to = self.place(dst);
            self.emit(Op::BuildMap, 0, to, base, e.items.len() as u16);
            return Ok(to);
        }
        self.in_temp(dst, e.range, |l, to| {
            l.at(e);
            l.emit(Op::BuildMap, 0, to, 0, 0);
            for item in &e.items {
                let mark = l.b().mark();
                match &item.key {
                    Some(key) => {
                        let key_operand = l.rk_before(key, &[&item.value])?;
                        let value = l.rk(&item.value)?;
                        l.b().release(mark);
                        l.b().range = Some(TextRange::new(key.start(), item.value.end()));
                        l.emit(Op::MapAdd, 0, to, key_operand, value);
                    }
                    None => {
                        let value = l.rk(&item.value)?;
                        l.b().release(mark);
                        l.at(&item.value);
                        l.emit(Op::DictUpdate, 0, to, value, 0);
                    }
                }
            }
            Ok(())
        })
    }
}

/// Short and without stars.
fn simple(elts: &[Expr]) -> bool {
    elts.len() <= LAID_OUT && !elts.iter().any(Expr::is_starred_expr)
}
