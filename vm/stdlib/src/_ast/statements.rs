//! Statements and patterns of the parser's tree as Python nodes.

use freeze_runtime::Value;
use freeze_runtime::vm::PyResult;
use rustpython_ast::{self as ast, Pattern, Stmt};
use rustpython_text_size::{Ranged, TextRange};

use super::convert::{Converter, list};
use super::expressions::operator;

fn maybe_async(is_async: bool, plain: &'static str, with_async: &'static str) -> &'static str {
    if is_async { with_async } else { plain }
}

impl Converter<'_> {
    /// The node of a statement.
    pub(super) fn stmt(&self, s: &Stmt) -> PyResult<Value> {
        self.vm.check_stack()?;
        let comment = || ("type_comment", Value::NONE);
        match s {
            Stmt::FunctionDef(x) => self.function(x),
            Stmt::ClassDef(x) => self.class(x),
            Stmt::Return(x) => self.node("Return", x.range, &[("value", self.opt(x.value.as_deref())?)]),
            Stmt::Delete(x) => self.node("Delete", x.range, &[("targets", self.exprs(&x.targets)?)]),
            Stmt::Assign(x) => {
                let targets = self.exprs(&x.targets)?;
                self.node("Assign", x.range, &[("targets", targets), ("value", self.expr(&x.value)?), comment()])
            }
            Stmt::TypeAlias(x) => {
                let (name, params) = (self.expr(&x.name)?, self.type_params(x.type_params.as_deref())?);
                let fields = [("name", name), ("type_params", params), ("value", self.expr(&x.value)?)];
                self.node("TypeAlias", x.range, &fields)
            }
            Stmt::AugAssign(x) => {
                let (target, op) = (self.expr(&x.target)?, self.single(operator(x.op)));
                self.node("AugAssign", x.range, &[("target", target), ("op", op), ("value", self.expr(&x.value)?)])
            }
            Stmt::AnnAssign(x) => {
                let fields = [
                    ("target", self.expr(&x.target)?),
                    ("annotation", self.expr(&x.annotation)?),
                    ("value", self.opt(x.value.as_deref())?),
                    ("simple", Value::int(i64::from(x.simple))),
                ];
                self.node("AnnAssign", x.range, &fields)
            }
            Stmt::For(x) => {
                let fields = [
                    ("target", self.expr(&x.target)?),
                    ("iter", self.expr(&x.iter)?),
                    ("body", self.body(&x.body)?),
                    ("orelse", self.body(&x.orelse)?),
                    comment(),
                ];
                self.node(maybe_async(x.is_async, "For", "AsyncFor"), x.range, &fields)
            }
            Stmt::While(x) => {
                let (test, body) = (self.expr(&x.test)?, self.body(&x.body)?);
                self.node("While", x.range, &[("test", test), ("body", body), ("orelse", self.body(&x.orelse)?)])
            }
            Stmt::If(x) => {
                let fields = [
                    ("test", self.expr(&x.test)?),
                    ("body", self.body(&x.body)?),
                    ("orelse", self.clauses(&x.elif_else_clauses)?),
                ];
                self.node("If", x.range, &fields)
            }
            Stmt::With(x) => {
                let items = self.all(&x.items, |i| {
                    let vars = self.opt(i.optional_vars.as_deref())?;
                    self.plain("withitem", &[("context_expr", self.expr(&i.context_expr)?), ("optional_vars", vars)])
                })?;
                let fields = [("items", items), ("body", self.body(&x.body)?), comment()];
                self.node(maybe_async(x.is_async, "With", "AsyncWith"), x.range, &fields)
            }
            Stmt::Match(x) => {
                let cases = self.all(&x.cases, |c| {
                    let (pattern, guard) = (self.pattern(&c.pattern)?, self.opt(c.guard.as_deref())?);
                    let fields = [("pattern", pattern), ("guard", guard), ("body", self.body(&c.body)?)];
                    self.plain("match_case", &fields)
                })?;
                self.node("Match", x.range, &[("subject", self.expr(&x.subject)?), ("cases", cases)])
            }
            Stmt::Raise(x) => {
                let exc = self.opt(x.exc.as_deref())?;
                self.node("Raise", x.range, &[("exc", exc), ("cause", self.opt(x.cause.as_deref())?)])
            }
            Stmt::Try(x) => self.try_stmt(x),
            Stmt::Assert(x) => {
                let test = self.expr(&x.test)?;
                self.node("Assert", x.range, &[("test", test), ("msg", self.opt(x.msg.as_deref())?)])
            }
            Stmt::Import(x) => self.node("Import", x.range, &[("names", self.aliases(&x.names)?)]),
            Stmt::ImportFrom(x) => {
                let fields = [
                    ("module", self.opt_name(x.module.as_ref())),
                    ("names", self.aliases(&x.names)?),
                    ("level", Value::int(i64::from(x.level))),
                ];
                self.node("ImportFrom", x.range, &fields)
            }
            Stmt::Global(x) => self.node("Global", x.range, &[("names", self.names(&x.names))]),
            Stmt::Nonlocal(x) => self.node("Nonlocal", x.range, &[("names", self.names(&x.names))]),
            Stmt::Expr(x) => self.node("Expr", x.range, &[("value", self.expr(&x.value)?)]),
            Stmt::Pass(x) => self.node("Pass", x.range, &[]),
            Stmt::Break(x) => self.node("Break", x.range, &[]),
            Stmt::Continue(x) => self.node("Continue", x.range, &[]),
            Stmt::IpyEscapeCommand(_) => Err(self.vm.value_error("not a Python statement")),
        }
    }

    fn names(&self, ids: &[ast::Identifier]) -> Value {
        list(ids.iter().map(|n| self.name(n)).collect())
    }

    fn aliases(&self, items: &[ast::Alias]) -> PyResult<Value> {
        self.all(items, |a| {
            let fields = [("name", self.name(&a.name)), ("asname", self.opt_name(a.asname.as_ref()))];
            self.node("alias", a.range, &fields)
        })
    }

    fn decorators(&self, items: &[ast::Decorator]) -> PyResult<Value> {
        self.all(items, |d| self.expr(&d.expression))
    }

    fn function(&self, x: &ast::StmtFunctionDef) -> PyResult<Value> {
        let fields = [
            ("name", self.name(&x.name)),
            ("args", self.parameters(Some(&x.parameters))?),
            ("body", self.body(&x.body)?),
            ("decorator_list", self.decorators(&x.decorator_list)?),
            ("returns", self.opt(x.returns.as_deref())?),
            ("type_comment", Value::NONE),
            ("type_params", self.type_params(x.type_params.as_deref())?),
        ];
        let class = maybe_async(x.is_async, "FunctionDef", "AsyncFunctionDef");
        self.node(class, self.after_decorators(x.range, &x.decorator_list), &fields)
    }

    fn class(&self, x: &ast::StmtClassDef) -> PyResult<Value> {
        let (bases, keywords) = x.arguments.as_deref().map_or((&[][..], &[][..]), |a| (&*a.args, &*a.keywords));
        let fields = [
            ("name", self.name(&x.name)),
            ("bases", self.exprs(bases)?),
            ("keywords", self.keywords(keywords)?),
            ("body", self.body(&x.body)?),
            ("decorator_list", self.decorators(&x.decorator_list)?),
            ("type_params", self.type_params(x.type_params.as_deref())?),
        ];
        self.node("ClassDef", self.after_decorators(x.range, &x.decorator_list), &fields)
    }

    /// `elif` is an `If` in the `orelse` of the one before. Built from the last, however many there are.
    fn clauses(&self, clauses: &[ast::ElifElseClause]) -> PyResult<Value> {
        let mut orelse = list(Vec::new());
        let end = clauses.last().map(Ranged::end);
        for c in clauses.iter().rev() {
            let body = self.body(&c.body)?;
            orelse = match (&c.test, end) {
                (Some(test), Some(end)) => {
                    let fields = [("test", self.expr(test)?), ("body", body), ("orelse", orelse)];
                    list(vec![self.node("If", TextRange::new(c.start(), end), &fields)?])
                }
                _ => body,
            };
        }
        Ok(orelse)
    }

    fn try_stmt(&self, x: &ast::StmtTry) -> PyResult<Value> {
        let handlers = self.all(&x.handlers, |h| {
            let ast::ExceptHandler::ExceptHandler(h) = h;
            let fields = [
                ("type", self.opt(h.type_.as_deref())?),
                ("name", self.opt_name(h.name.as_ref())),
                ("body", self.body(&h.body)?),
            ];
            self.node("ExceptHandler", h.range, &fields)
        })?;
        let fields = [
            ("body", self.body(&x.body)?),
            ("handlers", handlers),
            ("orelse", self.body(&x.orelse)?),
            ("finalbody", self.body(&x.finalbody)?),
        ];
        self.node(if x.is_star { "TryStar" } else { "Try" }, x.range, &fields)
    }

    fn patterns(&self, items: &[Pattern]) -> PyResult<Value> {
        self.all(items, |p| self.pattern(p))
    }

    fn pattern(&self, p: &Pattern) -> PyResult<Value> {
        self.vm.check_stack()?;
        match p {
            Pattern::MatchValue(x) => self.node("MatchValue", x.range, &[("value", self.expr(&x.value)?)]),
            Pattern::MatchSingleton(x) => {
                let value = match x.value {
                    ast::Singleton::None => Value::NONE,
                    ast::Singleton::True => Value::TRUE,
                    ast::Singleton::False => Value::FALSE,
                };
                self.node("MatchSingleton", x.range, &[("value", value)])
            }
            Pattern::MatchSequence(x) => {
                self.node("MatchSequence", x.range, &[("patterns", self.patterns(&x.patterns)?)])
            }
            Pattern::MatchMapping(x) => {
                let (keys, patterns) = (self.exprs(&x.keys)?, self.patterns(&x.patterns)?);
                let rest = self.opt_name(x.rest.as_ref());
                self.node("MatchMapping", x.range, &[("keys", keys), ("patterns", patterns), ("rest", rest)])
            }
            Pattern::MatchClass(x) => {
                let named = &x.arguments.keywords;
                let fields = [
                    ("cls", self.expr(&x.cls)?),
                    ("patterns", self.patterns(&x.arguments.patterns)?),
                    ("kwd_attrs", list(named.iter().map(|k| self.name(&k.attr)).collect())),
                    ("kwd_patterns", self.all(named, |k| self.pattern(&k.pattern))?),
                ];
                self.node("MatchClass", x.range, &fields)
            }
            Pattern::MatchStar(x) => self.node("MatchStar", x.range, &[("name", self.opt_name(x.name.as_ref()))]),
            Pattern::MatchAs(x) => {
                let inner = x.pattern.as_deref().map_or(Ok(Value::NONE), |p| self.pattern(p))?;
                self.node("MatchAs", x.range, &[("pattern", inner), ("name", self.opt_name(x.name.as_ref()))])
            }
            Pattern::MatchOr(x) => self.node("MatchOr", x.range, &[("patterns", self.patterns(&x.patterns)?)]),
        }
    }
}
