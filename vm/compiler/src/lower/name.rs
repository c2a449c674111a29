//! Loading, storing and deleting names.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{Expr, ExprName, helpers};
use rustpython_text_size::Ranged;

use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::{Res, syntax};
use crate::names::NameId;
use crate::symtable::{Home, ScopeKind};

/// How a name is reached from the code being lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A register.
    Local(Reg),
    /// A cell in a register.
    Cell(Reg),
    /// A free variable.
    Free(u16),
    Global,
    /// The namespace of a class body or module, then globals and builtins.
    Namespace,
    /// A class body's namespace, then a free variable.
    NamespaceOrFree(u16),
    /// The namespace of the class around an annotation scope, then globals.
    ClassOrGlobal,
    /// The same, then a free variable.
    ClassOrFree(u16),
}

impl<'a> Lowering<'a> {
    /// Where a name lives.
    pub(crate) fn place_of(&self, name: NameId) -> Place {
        let unit = &self.unit;
        // From the innermost inlined comprehension outwards; its own variables have registers of their own.
        for comp in unit.comps.iter().rev() {
            let symbol = self.table.scope(comp.scope).symbol(name);
            match symbol.map(|s| s.home) {
                Some(Home::Local) => return Place::Local(unit.registers[&(comp.scope, name)]),
                Some(Home::Cell) => return Place::Cell(unit.registers[&(comp.scope, name)]),
                Some(Home::GlobalExplicit) => return Place::Global,
                Some(Home::GlobalImplicit) => return Place::Global,
                Some(Home::Free | Home::Open) | None => {}
            }
        }
        let in_comp = !unit.comps.is_empty();
        let scope = self.table.scope(unit.scope);
        let register = unit.registers.get(&(unit.scope, name));
        let symbol = scope.symbol(name);
        match scope.kind {
            ScopeKind::Module => match symbol.map(|s| s.home) {
                Some(Home::GlobalExplicit) => Place::Global,
                _ if in_comp => Place::Global,
                _ => Place::Namespace,
            },
            ScopeKind::Class => match (symbol.map(|s| s.home), unit.free_index.get(&name)) {
                (_, Some(free)) if in_comp => Place::Free(*free),
                (Some(Home::Free), Some(free)) => Place::NamespaceOrFree(*free),
                (Some(Home::GlobalExplicit), _) => Place::Global,
                (Some(Home::Cell), _) => match register {
                    Some(reg) => Place::Cell(*reg),
                    None => Place::Namespace,
                },
                _ => Place::Namespace,
            },
            _ => match symbol.map(|s| s.home) {
                Some(Home::Local) => match register {
                    Some(reg) => Place::Local(*reg),
                    None => Place::Global,
                },
                Some(Home::Cell) => match register {
                    Some(reg) => Place::Cell(*reg),
                    None => Place::Global,
                },
                Some(Home::Free) => match unit.free_index.get(&name) {
                    Some(free) if scope.sees_class && !self.is_class_cell(name) => Place::ClassOrFree(*free),
                    Some(free) => Place::Free(*free),
                    None => Place::Global,
                },
                Some(Home::GlobalImplicit) if scope.sees_class => Place::ClassOrGlobal,
                _ => Place::Global,
            },
        }
    }

    fn is_class_cell(&self, name: NameId) -> bool {
        matches!(self.names.text(name), "__class__" | "__classdict__" | "__conditional_annotations__")
    }

    /// The register of a name that is a plain local.
    pub(crate) fn local_of(&mut self, text: &str) -> Option<Reg> {
        let name = self.spelled(text);
        match self.place_of(name) {
            Place::Local(reg) => Some(reg),
            _ => None,
        }
    }

    /// Reads a name.
    pub(crate) fn name(&mut self, e: &'a ExprName, dst: Dst) -> Res<Reg> {
        self.at(e);
        if e.id.as_str() == "__debug__" {
            let to = self.place(dst);
            let value = if self.config.optimize == 0 { Const::True } else { Const::False };
            self.b().load_const(to, value);
            return Ok(to);
        }
        let name = self.spelled(&e.id);
        Ok(self.load(name, dst))
    }

    /// Reads a name by its number.
    pub(crate) fn load(&mut self, name: NameId, dst: Dst) -> Reg {
        match self.place_of(name) {
            Place::Local(reg) => {
                self.emit(Op::CheckLocal, 0, reg, 0, 0);
                let to = self.place(dst);
                self.move_to(to, reg);
                to
            }
            Place::Cell(reg) => {
                let to = self.place(dst);
                self.emit(Op::LoadCell, 0, to, reg, 0);
                to
            }
            Place::Free(free) => {
                let to = self.place(dst);
                self.emit(Op::LoadFree, 0, to, free, 0);
                to
            }
            Place::Global => {
                let to = self.place(dst);
                let site = self.b().name_site(name);
                self.emit(Op::LoadGlobal, 0, to, 0, site);
                to
            }
            Place::Namespace => {
                let to = self.place(dst);
                let site = self.b().name_site(name);
                self.emit(Op::LoadName, 0, to, 0, site);
                to
            }
            Place::NamespaceOrFree(free) => {
                let mark = self.b().mark();
                let mapping = self.b().alloc();
                self.emit(Op::LoadNamespace, 0, mapping, 0, 0);
                self.b().release(mark);
                let to = self.place(dst);
                self.emit(Op::LoadDictOrFree, 0, to, mapping, free);
                to
            }
            Place::ClassOrGlobal | Place::ClassOrFree(_) => {
                let place = self.place_of(name);
                let classdict = self.names.id("__classdict__");
                let mark = self.b().mark();
                let mapping = self.load(classdict, Dst::New);
                self.b().release(mark);
                let to = self.place(dst);
                match place {
                    Place::ClassOrFree(free) => self.emit(Op::LoadDictOrFree, 0, to, mapping, free),
                    _ => {
                        let site = self.b().name_site(name);
                        self.emit(Op::LoadDictOrGlobal, 0, to, mapping, site);
                    }
                }
                to
            }
        }
    }

    /// Stores a register's value under a name; a temporary is consumed.
    pub(crate) fn store_name(&mut self, name: NameId, value: Reg) {
        match self.place_of(name) {
            Place::Local(reg) => self.move_to(reg, value),
            Place::Cell(reg) => self.emit(Op::StoreCell, 0, reg, value, 0),
            Place::Free(free) => self.emit(Op::StoreFree, 0, free, value, 0),
            // A class body that declares a name nonlocal stores into the free variable.
            Place::NamespaceOrFree(free) | Place::ClassOrFree(free) => {
                self.emit(Op::StoreFree, 0, free, value, 0);
            }
            Place::Global | Place::ClassOrGlobal => {
                let index = self.b().name(name);
                self.emit(Op::StoreGlobal, 0, value, index, 0);
            }
            Place::Namespace => {
                let index = self.b().name(name);
                self.emit(Op::StoreName, 0, value, index, 0);
            }
        }
    }

    /// `del name`
    pub(crate) fn delete_name(&mut self, name: NameId) {
        match self.place_of(name) {
            Place::Local(reg) => self.emit(Op::DeleteLocal, 0, reg, 0, 0),
            Place::Cell(reg) => self.emit(Op::DeleteCell, 0, reg, 0, 0),
            Place::Free(free) | Place::NamespaceOrFree(free) | Place::ClassOrFree(free) => {
                self.emit(Op::DeleteFree, 0, free, 0, 0);
            }
            Place::Global | Place::ClassOrGlobal => {
                let index = self.b().name(name);
                self.emit(Op::DeleteGlobal, 0, 0, index, 0);
            }
            Place::Namespace => {
                let index = self.b().name(name);
                self.emit(Op::DeleteName, 0, 0, index, 0);
            }
        }
    }

    /// Refuses to bind `__debug__`.
    pub(crate) fn check_bindable(&self, node: &impl Ranged, text: &str) -> Res<()> {
        if text == "__debug__" {
            return syntax(node, "cannot assign to __debug__");
        }
        Ok(())
    }

    /// A value that is read at once: the local itself where it is one, else a new temporary.
    pub(crate) fn src(&mut self, e: &'a Expr) -> Res<Reg> {
        self.src_before(e, &[])
    }

    /// A value that is read after `later` were evaluated: a local that one of those assigns is copied first.
    pub(crate) fn src_before(&mut self, e: &'a Expr, later: &[&'a Expr]) -> Res<Reg> {
        if let Expr::Name(name) = e
            && name.id.as_str() != "__debug__"
            && let Some(reg) = self.local_of(&name.id)
            && !self.assigned_in(&name.id, later)
        {
            self.at(e);
            self.emit(Op::CheckLocal, 0, reg, 0, 0);
            return Ok(reg);
        }
        self.expr(e, Dst::New)
    }

    /// The same as an `SrcOrConst` operand.
    pub(crate) fn rk_before(&mut self, e: &'a Expr, later: &[&'a Expr]) -> Res<u16> {
        if let Some(constant) = self.constant(e) {
            self.at(e);
            return Ok(self.const_rk(constant));
        }
        self.src_before(e, later)
    }

    /// A value or constant that is read at once.
    pub(crate) fn rk(&mut self, e: &'a Expr) -> Res<u16> {
        self.rk_before(e, &[])
    }

    /// Whether a `:=` in one of the expressions assigns the name.
    fn assigned_in(&mut self, text: &str, later: &[&Expr]) -> bool {
        if later.is_empty() {
            return false;
        }
        let name = self.spelled(text);
        self.unit.walrus.contains(&name)
            && later.iter().any(|e| {
                helpers::any_over_expr(e, &|inner| match inner {
                    Expr::Named(named) => matches!(&*named.target, Expr::Name(n) if n.id.as_str() == text),
                    _ => false,
                })
            })
    }
}
