//! Statements: the dispatch, modules, and the small ones.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, Stmt};

use super::{Dst, Lowering};
use crate::error::{Res, syntax};

impl<'a> Lowering<'a> {
    /// The body of a module.
    pub(crate) fn module_body(&mut self, body: &'a [Stmt]) -> Res<()> {
        let annotated = self.table.annotations_of(self.unit.scope);
        self.nowhere();
        if self.config.string_annotations {
            if super::annotations::has_annotations(body) {
                self.emit(Op::SetupAnnotations, 0, 0, 0, 0);
            }
        } else if annotated.is_some() {
            self.start_conditional_annotations();
            if self.reads_annotations() {
                self.emit(Op::SetupAnnotations, 0, 0, 0, 0);
            }
        }
        let body = if self.config.interactive { body } else { self.store_docstring(body) };
        self.body(body)?;
        self.nowhere();
        self.finish_annotations()?;
        self.nowhere();
        self.return_none();
        Ok(())
    }

    /// Stores the docstring of a module or class, if it has one, and gives back the rest of the body.
    pub(crate) fn store_docstring(&mut self, body: &'a [Stmt]) -> &'a [Stmt] {
        let Some(text) = super::docstring(body) else {
            return body;
        };
        let range = text.range;
        if self.config.optimize < 2 {
            let value = self.clean_docstring(text);
            self.b().range = Some(range);
            let mark = self.b().mark();
            let reg = self.const_temp(value);
            let name = self.names.id("__doc__");
            self.store_name(name, reg);
            self.b().release(mark);
        }
        self.warn_strings(&body[0]);
        &body[1..]
    }

    /// A docstring without the indentation of the code around it.
    pub(crate) fn clean_docstring(&self, text: &ast::ExprStringLiteral) -> Const {
        Const::Str(crate::literal::clean_docstring(&crate::literal::string_value(self.source, text)).into())
    }

    /// `return None`
    pub(crate) fn return_none(&mut self) {
        let none = self.const_rk(Const::None);
        self.emit(Op::Return, 0, none, 0, 0);
    }

    pub(crate) fn stmt(&mut self, s: &'a Stmt) -> Res<()> {
        self.deeper(s)?;
        let mark = self.b().mark();
        let conditional =
            matches!(s, Stmt::If(_) | Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::Match(_) | Stmt::Try(_));
        self.unit.conditional_depth += u32::from(conditional);
        self.stmt_inner(s)?;
        self.unit.conditional_depth -= u32::from(conditional);
        debug_assert_eq!(mark, self.b().mark());
        self.shallower();
        Ok(())
    }

    fn stmt_inner(&mut self, s: &'a Stmt) -> Res<()> {
        match s {
            Stmt::FunctionDef(s) => self.function_def(s),
            Stmt::ClassDef(s) => self.class_def(s),
            Stmt::Return(s) => self.return_stmt(s),
            Stmt::Delete(s) => s.targets.iter().try_for_each(|t| self.delete(t)),
            Stmt::TypeAlias(s) => self.type_alias(s),
            Stmt::Assign(s) => self.assign(s),
            Stmt::AugAssign(s) => self.aug_assign(s),
            Stmt::AnnAssign(s) => self.ann_assign(s),
            Stmt::For(s) => self.for_stmt(s),
            Stmt::While(s) => self.while_stmt(s),
            Stmt::If(s) => self.if_stmt(s),
            Stmt::With(s) => self.with_stmt(s),
            Stmt::Match(s) => self.match_stmt(s),
            Stmt::Raise(s) => self.raise_stmt(s),
            Stmt::Try(s) => {
                self.line_of(s);
                self.try_stmt(s)
            }
            Stmt::Assert(s) => self.assert_stmt(s),
            Stmt::Import(s) => self.import(s),
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(()),
            Stmt::Pass(s) => {
                self.line_of(s);
                Ok(())
            }
            Stmt::Break(s) => self.break_stmt(s),
            Stmt::Continue(s) => self.continue_stmt(s),
            Stmt::Expr(s) => self.expr_stmt(s),
            Stmt::IpyEscapeCommand(s) => syntax(s, "invalid syntax"),
        }
    }

    fn expr_stmt(&mut self, s: &'a ast::StmtExpr) -> Res<()> {
        if self.config.interactive && self.outer.is_empty() {
            let mark = self.b().mark();
            let value = self.expr(&s.value, Dst::New)?;
            self.at(s);
            self.emit(Op::Intrinsic1, 0, value, value, 0);
            self.clear(value);
            self.b().release(mark);
            return Ok(());
        }
        if matches!(
            *s.value,
            Expr::NumberLiteral(_)
                | Expr::BooleanLiteral(_)
                | Expr::NoneLiteral(_)
                | Expr::EllipsisLiteral(_)
                | Expr::StringLiteral(_)
                | Expr::BytesLiteral(_)
        ) {
            self.line_of(s);
        }
        self.discard(&s.value)
    }

    fn raise_stmt(&mut self, s: &'a ast::StmtRaise) -> Res<()> {
        let mark = self.b().mark();
        let (mut x, mut exc, mut cause) = (0, 0, 0);
        if let Some(e) = &s.exc {
            x = 1;
            let later: Vec<&Expr> = s.cause.iter().map(|c| &**c).collect();
            exc = self.src_before(e, &later)?;
            if let Some(c) = &s.cause {
                x = 2;
                cause = self.src(c)?;
            }
        }
        self.b().release(mark);
        self.at(s);
        self.emit(Op::Raise, x, exc, cause, 0);
        Ok(())
    }
}
