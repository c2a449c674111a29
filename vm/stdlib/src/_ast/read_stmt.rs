//! Statements and patterns of Python's tree as the parser's nodes.

use freeze_runtime::Value;
use freeze_runtime::vm::PyResult;
use rustpython_ast::{self as ast, Expr, ExprContext, Stmt};
use rustpython_text_size::{Ranged, TextRange, TextSize};

use super::read::{NOWHERE, Reader};

impl Reader<'_> {
    fn targets(&self, v: &Value, class: &str, wanted: ExprContext) -> PyResult<Vec<Expr>> {
        let targets = self.exprs_in(v, class, "targets", wanted)?;
        if targets.is_empty() { Err(self.empty("targets", class)) } else { Ok(targets) }
    }

    /// What a field has that is stored to.
    pub(super) fn stored(&self, v: &Value, class: &str, field: &str) -> PyResult<Box<Expr>> {
        Ok(Box::new(self.expr_in(&self.some(v, class, field)?, ExprContext::Store)?))
    }

    fn target(&self, v: &Value, class: &str) -> PyResult<Box<Expr>> {
        self.stored(v, class, "target")
    }

    /// The node of a statement.
    pub(super) fn stmt(&self, v: &Value) -> PyResult<Stmt> {
        self.vm.check_stack()?;
        let class = self.class_of(v, "stmt")?;
        let range = self.range(v, "stmt")?;
        let c = class.as_str();
        let node_index = NOWHERE;
        let boxed = |field| self.boxed(v, c, field);
        Ok(match c {
            "FunctionDef" | "AsyncFunctionDef" => self.function(v, c, range)?,
            "ClassDef" => self.class(v, range)?,
            "Return" => Stmt::Return(ast::StmtReturn { node_index, range, value: self.opt_boxed(v, "value")? }),
            "Delete" => {
                let targets = self.targets(v, c, ExprContext::Del)?;
                Stmt::Delete(ast::StmtDelete { node_index, range, targets })
            }
            "Assign" => {
                let targets = self.targets(v, c, ExprContext::Store)?;
                Stmt::Assign(ast::StmtAssign { node_index, range, targets, value: boxed("value")? })
            }
            "TypeAlias" => {
                let (name, type_params) = (self.stored(v, c, "name")?, self.type_params(v, c)?);
                if !name.is_name_expr() {
                    return Err(self.vm.type_error("TypeAlias with non-Name name"));
                }
                Stmt::TypeAlias(ast::StmtTypeAlias { node_index, range, name, type_params, value: boxed("value")? })
            }
            "AugAssign" => {
                let (target, op, value) = (self.target(v, c)?, self.operator(v, c)?, boxed("value")?);
                Stmt::AugAssign(ast::StmtAugAssign { node_index, range, target, op, value })
            }
            "AnnAssign" => {
                let (target, annotation) = (self.target(v, c)?, boxed("annotation")?);
                let simple = self.int(v, c, "simple")? != 0;
                if simple && !target.is_name_expr() {
                    return Err(self.vm.type_error("AnnAssign with simple non-Name target"));
                }
                let value = self.opt_boxed(v, "value")?;
                Stmt::AnnAssign(ast::StmtAnnAssign { node_index, range, target, annotation, value, simple })
            }
            "For" | "AsyncFor" => {
                let (target, iter) = (self.target(v, c)?, boxed("iter")?);
                let (body, orelse, is_async) = (self.full_body(v, c)?, self.body(v, c, "orelse")?, c == "AsyncFor");
                Stmt::For(ast::StmtFor { node_index, range, is_async, target, iter, body, orelse })
            }
            "While" => {
                let (test, body, orelse) = (boxed("test")?, self.full_body(v, c)?, self.body(v, c, "orelse")?);
                Stmt::While(ast::StmtWhile { node_index, range, test, body, orelse })
            }
            "If" => {
                let (test, body, elif_else_clauses) = (boxed("test")?, self.full_body(v, c)?, self.clauses(v)?);
                Stmt::If(ast::StmtIf { node_index, range, test, body, elif_else_clauses })
            }
            "With" | "AsyncWith" => {
                let items = self.all(v, c, "items", |i| self.with_item(i))?;
                if items.is_empty() {
                    return Err(self.empty("items", c));
                }
                let (body, is_async) = (self.full_body(v, c)?, c == "AsyncWith");
                Stmt::With(ast::StmtWith { node_index, range, is_async, items, body })
            }
            "Match" => {
                let cases = self.all(v, c, "cases", |case| self.match_case(case))?;
                if cases.is_empty() {
                    return Err(self.empty("cases", c));
                }
                Stmt::Match(ast::StmtMatch { node_index, range, subject: boxed("subject")?, cases })
            }
            "Raise" => {
                let (exc, cause) = (self.opt_boxed(v, "exc")?, self.opt_boxed(v, "cause")?);
                if exc.is_none() && cause.is_some() {
                    return Err(self.vm.value_error("Raise with cause but no exception"));
                }
                Stmt::Raise(ast::StmtRaise { node_index, range, exc, cause })
            }
            "Try" | "TryStar" => self.try_stmt(v, c, range)?,
            "Assert" => {
                let (test, msg) = (boxed("test")?, self.opt_boxed(v, "msg")?);
                Stmt::Assert(ast::StmtAssert { node_index, range, test, msg })
            }
            "Import" => Stmt::Import(ast::StmtImport { node_index, range, names: self.aliases(v, c)?, is_lazy: false }),
            "ImportFrom" => {
                let (module, names) = (self.opt_identifier(v, "module", range)?, self.aliases(v, c)?);
                let Ok(level) = u32::try_from(self.opt_int(v, "level", 0)?) else {
                    return Err(self.vm.value_error("Negative ImportFrom level"));
                };
                Stmt::ImportFrom(ast::StmtImportFrom { node_index, range, module, names, level, is_lazy: false })
            }
            "Global" => Stmt::Global(ast::StmtGlobal { node_index, range, names: self.names(v, c, range)? }),
            "Nonlocal" => Stmt::Nonlocal(ast::StmtNonlocal { node_index, range, names: self.names(v, c, range)? }),
            "Expr" => Stmt::Expr(ast::StmtExpr { node_index, range, value: boxed("value")? }),
            "Break" => Stmt::Break(ast::StmtBreak { node_index, range }),
            "Continue" => Stmt::Continue(ast::StmtContinue { node_index, range }),
            _ => Stmt::Pass(ast::StmtPass { node_index, range }),
        })
    }

    fn names(&self, v: &Value, class: &str, range: TextRange) -> PyResult<Vec<ast::Identifier>> {
        let names = self.all(v, class, "names", |name| Ok(ast::Identifier::new(self.name_of(name)?, range)))?;
        if names.is_empty() { Err(self.empty("names", class)) } else { Ok(names) }
    }

    fn aliases(&self, v: &Value, class: &str) -> PyResult<Vec<ast::Alias>> {
        let names = self.all(v, class, "names", |a| {
            self.class_of(a, "alias")?;
            let range = self.range(a, "alias")?;
            let name = self.identifier(a, "alias", "name", range)?;
            Ok(ast::Alias { range, node_index: NOWHERE, name, asname: self.opt_identifier(a, "asname", range)? })
        })?;
        if names.is_empty() { Err(self.empty("names", class)) } else { Ok(names) }
    }

    fn decorators(&self, v: &Value, class: &str) -> PyResult<Vec<ast::Decorator>> {
        let decorators = self.exprs(v, class, "decorator_list")?;
        let decorator = |expression: Expr| {
            // The sign stands before the expression.
            let start = expression.start().checked_sub(TextSize::new(1)).unwrap_or_default();
            let range = TextRange::new(start, expression.end());
            ast::Decorator { range, node_index: NOWHERE, expression }
        };
        Ok(decorators.into_iter().map(decorator).collect())
    }

    fn function(&self, v: &Value, class: &str, range: TextRange) -> PyResult<Stmt> {
        let decorator_list = self.decorators(v, class)?;
        Ok(Stmt::FunctionDef(ast::StmtFunctionDef {
            node_index: NOWHERE,
            is_async: class == "AsyncFunctionDef",
            name: self.identifier(v, class, "name", range)?,
            type_params: self.type_params(v, class)?,
            parameters: Box::new(self.parameters(&self.field(v, class, "args")?)?),
            returns: self.opt_boxed(v, "returns")?,
            body: self.full_body(v, class)?,
            range: with_decorators(range, &decorator_list),
            decorator_list,
        }))
    }

    fn class(&self, v: &Value, range: TextRange) -> PyResult<Stmt> {
        const CLASS: &str = "ClassDef";
        let decorator_list = self.decorators(v, CLASS)?;
        let (args, keywords) = (self.exprs(v, CLASS, "bases")?, self.keywords(v, CLASS)?);
        let some = !args.is_empty() || !keywords.is_empty();
        let arguments = ast::Arguments { range, node_index: NOWHERE, args: args.into(), keywords };
        Ok(Stmt::ClassDef(ast::StmtClassDef {
            node_index: NOWHERE,
            name: self.identifier(v, CLASS, "name", range)?,
            type_params: self.type_params(v, CLASS)?,
            arguments: some.then(|| Box::new(arguments)),
            body: self.full_body(v, CLASS)?,
            range: with_decorators(range, &decorator_list),
            decorator_list,
        }))
    }

    /// The `orelse` of an `If`: a lone `If` in it is an `elif`. However many there are, nothing nests.
    fn clauses(&self, v: &Value) -> PyResult<Vec<ast::ElifElseClause>> {
        let mut clauses = Vec::new();
        let mut at = v.clone();
        loop {
            let orelse = self.items(&at, "If", "orelse")?;
            match orelse.as_slice() {
                [] => return Ok(clauses),
                [only] if self.class_of(only, "stmt")? == "If" => {
                    let range = self.range(only, "stmt")?;
                    let test = Some(*self.boxed(only, "If", "test")?);
                    let body = self.full_body(only, "If")?;
                    clauses.push(ast::ElifElseClause { range, node_index: NOWHERE, test, body });
                    at = only.clone();
                }
                _ => {
                    let body = self.body(&at, "If", "orelse")?;
                    let range = body.first().map_or(TextRange::default(), Ranged::range);
                    clauses.push(ast::ElifElseClause { range, node_index: NOWHERE, test: None, body });
                    return Ok(clauses);
                }
            }
        }
    }

    fn with_item(&self, v: &Value) -> PyResult<ast::WithItem> {
        const CLASS: &str = "withitem";
        self.class_of(v, CLASS)?;
        let context_expr = *self.boxed(v, CLASS, "context_expr")?;
        let target = |vars: Value| self.expr_in(&vars, ExprContext::Store).map(Box::new);
        let optional_vars = self.opt(v, "optional_vars")?.map(target).transpose()?;
        Ok(ast::WithItem { range: context_expr.range(), node_index: NOWHERE, context_expr, optional_vars })
    }

    fn try_stmt(&self, v: &Value, class: &str, range: TextRange) -> PyResult<Stmt> {
        let handlers = self.all(v, class, "handlers", |h| {
            let handler = self.class_of(h, "excepthandler")?;
            let range = self.range(h, "excepthandler")?;
            Ok(ast::ExceptHandler::ExceptHandler(ast::ExceptHandlerExceptHandler {
                range,
                node_index: NOWHERE,
                type_: self.opt_boxed(h, "type")?,
                name: self.opt_identifier(h, "name", range)?,
                body: self.full_body(h, &handler)?,
            }))
        })?;
        let (body, orelse) = (self.full_body(v, class)?, self.body(v, class, "orelse")?);
        let finalbody = self.body(v, class, "finalbody")?;
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(self.vm.value_error(format!("{class} has neither except handlers nor finalbody")));
        }
        if handlers.is_empty() && !orelse.is_empty() {
            return Err(self.vm.value_error(format!("{class} has orelse but no except handlers")));
        }
        let is_star = class == "TryStar";
        Ok(Stmt::Try(ast::StmtTry { node_index: NOWHERE, range, body, handlers, orelse, finalbody, is_star }))
    }

    fn match_case(&self, v: &Value) -> PyResult<ast::MatchCase> {
        const CLASS: &str = "match_case";
        self.class_of(v, CLASS)?;
        let pattern = self.pattern(&self.some(v, CLASS, "pattern")?)?;
        Ok(ast::MatchCase {
            range: pattern.range(),
            node_index: NOWHERE,
            pattern,
            guard: self.opt_boxed(v, "guard")?,
            body: self.full_body(v, CLASS)?,
        })
    }
}

/// The parser's definitions begin with their decorators.
fn with_decorators(range: TextRange, decorators: &[ast::Decorator]) -> TextRange {
    let start = decorators.first().map_or(range.start(), |d| d.range.start());
    TextRange::new(start.min(range.start()), range.end())
}
