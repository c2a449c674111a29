//! Imports.

use freeze_bytecode::{Const, Op};
use rustpython_ast as ast;

use super::Lowering;
use crate::emit::Reg;
use crate::error::Res;

impl<'a> Lowering<'a> {
    pub(crate) fn import(&mut self, s: &'a ast::StmtImport) -> Res<()> {
        for alias in &s.names {
            let mark = self.b().mark();
            self.at(s);
            let module = self.import_module(&alias.name, 0, Const::None);
            match &alias.asname {
                None => {
                    let top = alias.name.split('.').next().unwrap_or_default();
                    self.check_bindable(alias, top)?;
                    let name = self.spelled(top);
                    self.store_name(name, module);
                }
                Some(asname) => {
                    self.check_bindable(alias, asname)?;
                    for part in alias.name.split('.').skip(1) {
                        let inner = self.b().alloc();
                        let part = self.names.id(part);
                        let index = self.b().name(part);
                        self.emit(Op::ImportFrom, 0, inner, module, index);
                        self.clear(module);
                        self.emit(Op::Move, 0, module, inner, 0);
                        self.b().release(mark + 1);
                    }
                    let name = self.spelled(asname);
                    self.store_name(name, module);
                }
            }
            self.b().release(mark);
        }
        Ok(())
    }

    /// R := the module, in a new temporary.
    fn import_module(&mut self, name: &str, level: u32, fromlist: Const) -> Reg {
        let mark = self.b().mark();
        let module = self.const_temp(Const::Int(i64::from(level)));
        self.const_temp(fromlist);
        self.b().release(mark);
        let name = self.names.id(name);
        let index = self.b().name(name);
        self.b().alloc();
        self.emit(Op::ImportName, 0, module, module, index);
        module
    }

    pub(crate) fn import_from(&mut self, s: &'a ast::StmtImportFrom) -> Res<()> {
        let mark = self.b().mark();
        self.at(s);
        let module = s.module.as_ref().map_or("", |m| m.as_str());
        let fromlist = s.names.iter().map(|alias| Self::text_const(&alias.name)).collect();
        let module = self.import_module(module, s.level, Const::Tuple(fromlist));
        if s.names.first().is_some_and(|alias| alias.name.as_str() == "*") {
            self.emit(Op::ImportStar, 0, module, 0, 0);
            self.b().release(mark);
            return Ok(());
        }
        for alias in &s.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.check_bindable(alias, bound)?;
            self.at(s);
            let inner = self.b().mark();
            let wanted = self.names.id(&alias.name);
            let index = self.b().name(wanted);
            match self.local_of(bound) {
                Some(reg) => self.emit(Op::ImportFrom, 0, reg, module, index),
                None => {
                    let value = self.b().alloc();
                    self.emit(Op::ImportFrom, 0, value, module, index);
                    let name = self.spelled(bound);
                    self.store_name(name, value);
                }
            }
            self.b().release(inner);
        }
        self.clear(module);
        self.b().release(mark);
        Ok(())
    }
}
