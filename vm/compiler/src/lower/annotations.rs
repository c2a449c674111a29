//! Annotations: lazily evaluated by an `__annotate__` function (PEP 649, PEP 749), or kept as strings.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, ExprName, Stmt};
use rustpython_text_size::{Ranged, TextRange};

use super::function::part;
use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::Res;
use crate::names::NameId;
use crate::symtable::{Part, ScopeId, ScopeKind, flag};
use crate::unparse::unparse;

impl<'a> Lowering<'a> {
    /// The annotated parts of a function in the order of `__annotations__`.
    fn annotated_parts(&mut self, s: &'a ast::StmtFunctionDef) -> Vec<(NameId, &'a Expr)> {
        let p = &*s.parameters;
        let mut out = Vec::new();
        let plain = |p: &'a ast::ParameterWithDefault| &p.parameter;
        let positional = p.posonlyargs.iter().chain(&p.args).map(plain);
        let all = positional.chain(p.vararg.as_deref()).chain(p.kwonlyargs.iter().map(plain)).chain(p.kwarg.as_deref());
        for parameter in all {
            if let Some(annotation) = &parameter.annotation {
                out.push((self.spelled(&parameter.name), &**annotation));
            }
        }
        if let Some(returns) = &s.returns {
            out.push((self.names.id("return"), &**returns));
        }
        out
    }

    /// Gives the function in a register its annotations.
    pub(crate) fn function_annotations(&mut self, s: &'a ast::StmtFunctionDef, function: Reg) -> Res<()> {
        let parts = self.annotated_parts(s);
        if parts.is_empty() {
            return Ok(());
        }
        let mark = self.b().mark();
        if self.config.string_annotations {
            let base = self.b().temp_at(mark);
            self.b().range = Some(s.name.range);
            let count = parts.len() as u16;
            for (name, annotation) in parts {
                let name = self.name_const(name);
                self.const_temp(name);
                let text = unparse(annotation, self.source);
                self.const_temp(Self::text_const(&text));
            }
            self.b().release(mark);
            let dict = self.b().alloc();
            self.emit(Op::BuildMap, 0, dict, base, count);
            self.emit(Op::SetFunction, part::ANNOTATIONS, function, dict, 0);
            self.b().release(mark);
            return Ok(());
        }
        let Some(scope) = self.table.of(s, Part::Annotations) else {
            return Ok(());
        };
        self.enter_annotations(scope, s.name.range);
        let dict = self.b().alloc();
        self.emit(Op::BuildMap, 0, dict, 0, 0);
        for (name, annotation) in parts {
            let key = self.name_const(name);
            self.annotation_entry(dict, key, annotation)?;
        }
        self.b().range = Some(s.name.range);
        self.emit(Op::Return, 0, dict, 0, 0);
        self.b().release(0);
        self.unit.qualname = self.annotate_qualname(Some(&s.name));
        let compiled = self.leave_annotations()?;
        let annotate = self.b().alloc();
        self.b().range = Some(s.name.range);
        self.emit_make_function(annotate, &compiled);
        self.emit_closure(annotate, &compiled.freevars);
        self.emit(Op::SetFunction, part::ANNOTATE, function, annotate, 0);
        self.b().release(mark);
        Ok(())
    }

    /// `prefix.name.__annotate__`, the prefix being that of what is around.
    fn annotate_qualname(&self, function: Option<&str>) -> String {
        match function {
            // The unit's own qualified name ends in `__annotate__` already.
            Some(name) => match self.unit.qualname.strip_suffix("__annotate__") {
                Some(prefix) => format!("{prefix}{name}.__annotate__"),
                None => self.unit.qualname.clone(),
            },
            None => self.unit.qualname.clone(),
        }
    }

    fn annotation_entry(&mut self, dict: Reg, key: Const, annotation: &'a Expr) -> Res<()> {
        let mark = self.b().mark();
        self.at(annotation);
        let key = self.const_rk(key);
        let value = match annotation {
            // `*args: *Ts`
            Expr::Starred(starred) => {
                let value = self.expr(&starred.value, Dst::New)?;
                self.at(annotation);
                self.emit(Op::UnpackSequence, 0, value, value, 1);
                value
            }
            other => self.rk(other)?,
        };
        self.at(annotation);
        self.emit(Op::MapAdd, 0, dict, key, value);
        self.b().release(mark);
        Ok(())
    }

    /// Begins an `__annotate__` function.
    fn enter_annotations(&mut self, scope: ScopeId, range: TextRange) {
        self.enter_evaluator(scope, "__annotate__", range);
    }

    /// Begins a function of one parameter, the format; formats that need help from outside are refused.
    pub(crate) fn enter_evaluator(&mut self, scope: ScopeId, name: &str, range: TextRange) {
        let format = self.names.id(".format");
        self.enter_unit(scope, &[format], name, range);
        self.unit.argcount = 1;
        self.unit.posonlyargcount = 1;
        self.b().range = Some(range);
        let supported = self.b().label();
        let mark = self.b().mark();
        let reg = self.load(format, Dst::New);
        let limit = self.const_rk(Const::Int(2));
        self.b().release(mark);
        self.b().emit_to(Op::BrGt, 0, 0, reg, limit, supported);
        let exc = self.b().alloc();
        self.emit(Op::LoadCommon, 1, exc, 0, 0);
        self.emit(Op::Raise, 1, exc, 0, 0);
        self.b().release(mark);
        self.b().place(supported);
    }

    fn leave_annotations(&mut self) -> Res<super::function::Compiled> {
        // The parameter is called differently in the symbol table, so that annotations may use the name `format`.
        let format = self.names.id("format");
        if let Some(first) = self.unit.b.local_names.first_mut() {
            *first = format;
        }
        self.leave_compiled()
    }

    /// Creates the set that records which annotations of the module or class were reached.
    pub(crate) fn start_conditional_annotations(&mut self) {
        let mark = self.b().mark();
        let set = self.b().alloc();
        self.emit(Op::BuildSet, 0, set, 0, 0);
        self.store_flags(set);
        self.b().release(mark);
    }

    fn store_flags(&mut self, set: Reg) {
        if self.unit.kind == ScopeKind::Class {
            let cell = self.implicit_cell("__conditional_annotations__");
            self.emit(Op::StoreCell, 0, cell, set, 0);
        } else {
            let name = self.names.id("__conditional_annotations__");
            self.store_name(name, set);
        }
    }

    /// The annotation of a variable of a class or module.
    pub(crate) fn variable_annotation(&mut self, s: &'a ast::StmtAnnAssign, name: &'a ExprName) -> Res<()> {
        let mark = self.b().mark();
        if self.config.string_annotations {
            self.at(&*s.annotation);
            let annotations = self.names.id("__annotations__");
            let dict = self.load(annotations, Dst::New);
            let key = self.spelled(&name.id);
            let key = self.name_const(key);
            let key = self.const_rk(key);
            let text = Self::text_const(&unparse(&s.annotation, self.source));
            let value = self.const_rk(text);
            self.emit(Op::StoreItem, 0, dict, key, value);
            self.b().release(mark);
            return Ok(());
        }
        let conditional = self.unit.kind == ScopeKind::Module || self.unit.conditional_depth > 0;
        let number = if conditional {
            let number = self.unit.conditional_count;
            self.unit.conditional_count += 1;
            self.at(s);
            let flags = self.load_flags();
            let number_const = self.const_rk(Const::Int(i64::from(number)));
            self.emit(Op::SetAdd, 0, flags, number_const, 0);
            self.clear(flags);
            self.b().release(mark);
            Some(number)
        } else {
            None
        };
        self.unit.annotations.push((s, number));
        Ok(())
    }

    fn load_flags(&mut self) -> Reg {
        let name = self.names.id("__conditional_annotations__");
        if let Some(reg) = self.unit.registers.get(&(self.unit.scope, name)) {
            let cell = *reg;
            let to = self.b().alloc();
            self.emit(Op::LoadCell, 0, to, cell, 0);
            return to;
        }
        self.load(name, Dst::New)
    }

    /// Makes the `__annotate__` function of a class or module from the annotations met.
    pub(crate) fn finish_annotations(&mut self) -> Res<()> {
        let annotations = std::mem::take(&mut self.unit.annotations);
        if annotations.is_empty() {
            return Ok(());
        }
        let Some(scope) = self.table.annotations_of(self.unit.scope) else {
            return Ok(());
        };
        let is_class = self.unit.kind == ScopeKind::Class;
        let range = annotations[0].0.range();
        self.enter_annotations(scope, range);
        let dict = self.b().alloc();
        self.emit(Op::BuildMap, 0, dict, 0, 0);
        for (s, number) in annotations {
            let Expr::Name(name) = &*s.target else {
                continue;
            };
            let skip = self.b().label();
            if let Some(number) = number {
                self.at(s);
                let mark = self.b().mark();
                let number = self.const_temp(Const::Int(i64::from(number)));
                let flags = self.load_flags();
                self.b().release(mark);
                self.b().emit_to(Op::BrIn, 0, 0, number, flags, skip);
            }
            let key = self.spelled(&name.id);
            let key = self.name_const(key);
            self.annotation_entry(dict, key, &s.annotation)?;
            self.b().place(skip);
        }
        self.b().range = Some(range);
        self.emit(Op::Return, 0, dict, 0, 0);
        self.b().release(0);
        self.unit.qualname = self.annotate_qualname(None);
        let compiled = self.leave_annotations()?;
        let mark = self.b().mark();
        let annotate = self.b().alloc();
        self.b().range = Some(range);
        self.emit_make_function(annotate, &compiled);
        self.emit_closure(annotate, &compiled.freevars);
        let name = self.names.id(if is_class { "__annotate_func__" } else { "__annotate__" });
        let index = self.b().name(name);
        self.emit(Op::StoreName, 0, annotate, index, 0);
        self.b().release(mark);
        if self.reads_annotations() {
            self.fill_annotations(name);
        }
        Ok(())
    }

    /// Whether the body itself reads `__annotations__`, as was usual before Python 3.14. The dict is then there from the
    /// beginning, and what is annotated is put into it at the end of the body.
    pub(crate) fn reads_annotations(&mut self) -> bool {
        let name = self.names.id("__annotations__");
        let symbol = self.table.scope(self.unit.scope).symbol(name);
        symbol.is_some_and(|s| s.flags & flag::USE != 0 && s.flags & (flag::BOUND | flag::GLOBAL | flag::NONLOCAL) == 0)
    }

    fn fill_annotations(&mut self, annotate: NameId) {
        let mark = self.b().mark();
        let annotations = self.names.id("__annotations__");
        let dict = self.load(annotations, Dst::New);
        let callee = self.load(annotate, Dst::New);
        self.const_temp(Const::Int(1));
        let site = self.b().plain_site();
        self.emit(Op::Call, 1, callee, callee, site);
        self.emit(Op::DictUpdate, 0, dict, callee, 0);
        self.clear(dict);
        self.b().release(mark);
    }
}

/// Whether a body, nested blocks included, annotates variables.
pub(crate) fn has_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|s| match s {
        Stmt::AnnAssign(_) => true,
        Stmt::If(s) => has_annotations(&s.body) || s.elif_else_clauses.iter().any(|c| has_annotations(&c.body)),
        Stmt::For(s) => has_annotations(&s.body) || has_annotations(&s.orelse),
        Stmt::While(s) => has_annotations(&s.body) || has_annotations(&s.orelse),
        Stmt::With(s) => has_annotations(&s.body),
        Stmt::Match(s) => s.cases.iter().any(|c| has_annotations(&c.body)),
        Stmt::Try(s) => {
            let handlers = |h: &ast::ExceptHandler| {
                let ast::ExceptHandler::ExceptHandler(h) = h;
                has_annotations(&h.body)
            };
            has_annotations(&s.body)
                || s.handlers.iter().any(handlers)
                || has_annotations(&s.orelse)
                || has_annotations(&s.finalbody)
        }
        _ => false,
    })
}
