//! The first pass: what every scope binds, uses and declares.

use rustpython_ast::{self as ast, Expr, ExprContext, Pattern, Stmt};
use rustpython_text_size::{Ranged, TextRange};

use super::{Home, Map, Part, Root, Scope, ScopeId, ScopeKind, Settings, Symbol, SymbolTable, address, flag};
use crate::error::{ErrorKind, Failure, Res, syntax};
use crate::names::{Interner, NameId};

pub(super) struct Builder<'n> {
    pub(super) table: SymbolTable,
    pub(super) names: &'n mut Interner,
    pub(super) current: ScopeId,
    pub(super) settings: Settings,
    depth: u32,
}

/// Builds the unresolved table.
pub(super) fn build(root: Root<'_>, names: &mut Interner, settings: Settings) -> Res<SymbolTable> {
    let table = SymbolTable { scopes: Vec::new(), by_node: Map::default(), inlined: Map::default() };
    let mut b = Builder { table, names, current: ScopeId(0), settings, depth: 0 };
    b.push_scope(ScopeKind::Module, None, TextRange::default());
    match root {
        Root::Body(body) => b.body(body)?,
        Root::Expr(expr) => b.expr(expr)?,
    }
    Ok(b.table)
}

impl Builder<'_> {
    fn push_scope(&mut self, kind: ScopeKind, parent: Option<ScopeId>, range: TextRange) -> ScopeId {
        let id = ScopeId(self.table.scopes.len() as u32);
        let class_name = parent.and_then(|p| self.table.scope(p).class_name.clone());
        let in_comp_iter = parent.map_or(0, |p| self.table.scope(p).in_comp_iter);
        self.table.scopes.push(Scope {
            kind,
            name: None,
            parent,
            order: Vec::new(),
            symbols: Map::default(),
            range,
            is_generator: false,
            is_coroutine: false,
            sees_class: false,
            inlined: false,
            needs_class_cell: false,
            needs_classdict: false,
            conditional_annotations: false,
            class_name,
            mangled: None,
            directives: Vec::new(),
            in_conditional: false,
            in_comp_iter,
            variable_of: None,
            in_comp_target: false,
        });
        id
    }

    /// A scope for the annotations of the current class or module.
    pub(super) fn new_annotations(&mut self, range: TextRange) -> ScopeId {
        self.push_scope(ScopeKind::Annotations, Some(self.current), range)
    }

    pub(super) fn scope(&mut self) -> &mut Scope {
        self.table.scope_mut(self.current)
    }

    /// Names the current scope.
    pub(super) fn call_it(&mut self, name: &str) {
        let id = self.names.id(name);
        self.scope().name = Some(id);
    }

    /// Runs `inside` in a new scope that belongs to `node`.
    pub(super) fn within<T>(
        &mut self,
        node: &T,
        part: Part,
        kind: ScopeKind,
        range: TextRange,
        inside: impl FnOnce(&mut Self) -> Res<()>,
    ) -> Res<ScopeId> {
        let outer = self.current;
        let id = match self.table.by_node.get(&(address(node), part)) {
            Some(id) => *id,
            None => {
                let id = self.push_scope(kind, Some(outer), range);
                self.table.by_node.insert((address(node), part), id);
                id
            }
        };
        self.current = id;
        let done = inside(self);
        self.current = outer;
        done.map(|()| id)
    }

    /// The name as the current scope spells it.
    pub(super) fn spelled(&mut self, text: &str) -> NameId {
        let scope = self.table.scope(self.current);
        if let Some(mangled) = &scope.mangled {
            let plain = self.names.id(text);
            if !mangled.contains(&plain) {
                return plain;
            }
        }
        self.names.mangled(scope.class_name.as_deref(), text)
    }

    pub(super) fn add(&mut self, name: NameId, flags: u16) {
        let scope = self.table.scope_mut(self.current);
        let symbol = scope.symbols.entry(name).or_insert_with(|| {
            scope.order.push(name);
            Symbol { flags: 0, home: Home::Open }
        });
        symbol.flags |= flags;
    }

    pub(super) fn flags(&self, name: NameId) -> u16 {
        self.table.scope(self.current).symbol(name).map_or(0, |s| s.flags)
    }

    pub(super) fn define(&mut self, text: &str, flags: u16, range: TextRange) -> Res<()> {
        let name = self.spelled(text);
        let before = self.flags(name);
        if flags & flag::PARAM != 0 && before & flag::PARAM != 0 {
            return syntax(&range, format!("duplicate argument '{text}' in function definition"));
        }
        if flags & flag::TYPE_PARAM != 0 && before & flag::TYPE_PARAM != 0 {
            return syntax(&range, format!("duplicate type parameter '{text}'"));
        }
        let mut flags = flags;
        if self.scope().in_comp_target {
            if before & (flag::GLOBAL | flag::NONLOCAL) != 0 {
                let message = format!("comprehension inner loop cannot rebind assignment expression target '{text}'");
                return syntax(&range, message);
            }
            flags |= flag::COMP_ITER;
        }
        self.add(name, flags);
        Ok(())
    }

    pub(super) fn body(&mut self, body: &[Stmt]) -> Res<()> {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    fn conditionally(&mut self, inside: impl FnOnce(&mut Self) -> Res<()>) -> Res<()> {
        let before = std::mem::replace(&mut self.scope().in_conditional, true);
        let done = inside(self);
        self.scope().in_conditional = before;
        done
    }

    fn enter(&mut self, node: &impl Ranged) -> Res<()> {
        self.depth += 1;
        if self.depth > self.settings.max_depth {
            return Err(Box::new(Failure {
                kind: ErrorKind::Recursion,
                message: "maximum recursion depth exceeded during compilation".into(),
                range: Some(node.range()),
            }));
        }
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Res<()> {
        self.enter(stmt)?;
        self.stmt_inner(stmt)?;
        self.depth -= 1;
        Ok(())
    }

    fn stmt_inner(&mut self, stmt: &Stmt) -> Res<()> {
        match stmt {
            Stmt::FunctionDef(s) => self.function(s),
            Stmt::ClassDef(s) => self.class(s),
            Stmt::TypeAlias(s) => self.type_alias(s),
            Stmt::Return(s) => self.optional(s.value.as_deref()),
            Stmt::Delete(s) => self.exprs(&s.targets),
            Stmt::Assign(s) => {
                self.exprs(&s.targets)?;
                self.expr(&s.value)
            }
            Stmt::AugAssign(s) => {
                self.expr(&s.target)?;
                if let Expr::Name(name) = &*s.target {
                    self.use_name(name)?;
                }
                self.expr(&s.value)
            }
            Stmt::AnnAssign(s) => self.annotated(s),
            Stmt::For(s) => {
                self.expr(&s.target)?;
                self.expr(&s.iter)?;
                self.conditionally(|b| {
                    b.body(&s.body)?;
                    b.body(&s.orelse)
                })
            }
            Stmt::While(s) => {
                self.expr(&s.test)?;
                self.conditionally(|b| {
                    b.body(&s.body)?;
                    b.body(&s.orelse)
                })
            }
            Stmt::If(s) => {
                self.expr(&s.test)?;
                self.conditionally(|b| {
                    b.body(&s.body)?;
                    for clause in &s.elif_else_clauses {
                        b.optional(clause.test.as_ref())?;
                        b.body(&clause.body)?;
                    }
                    Ok(())
                })
            }
            Stmt::With(s) => self.conditionally(|b| {
                for item in &s.items {
                    b.expr(&item.context_expr)?;
                    b.optional(item.optional_vars.as_deref())?;
                }
                b.body(&s.body)
            }),
            Stmt::Match(s) => {
                self.expr(&s.subject)?;
                self.conditionally(|b| {
                    for case in &s.cases {
                        b.pattern(&case.pattern)?;
                        b.optional(case.guard.as_deref())?;
                        b.body(&case.body)?;
                    }
                    Ok(())
                })
            }
            Stmt::Raise(s) => {
                self.optional(s.exc.as_deref())?;
                self.optional(s.cause.as_deref())
            }
            Stmt::Try(s) => self.conditionally(|b| {
                b.body(&s.body)?;
                for ast::ExceptHandler::ExceptHandler(handler) in &s.handlers {
                    b.optional(handler.type_.as_deref())?;
                    if let Some(name) = &handler.name {
                        b.define(name, flag::LOCAL, name.range)?;
                    }
                    b.body(&handler.body)?;
                }
                b.body(&s.orelse)?;
                b.body(&s.finalbody)
            }),
            Stmt::Assert(s) => {
                self.expr(&s.test)?;
                self.optional(s.msg.as_deref())
            }
            Stmt::Import(s) => s.names.iter().try_for_each(|alias| {
                let bound = match &alias.asname {
                    Some(name) => name.as_str(),
                    None => alias.name.split('.').next().unwrap_or_default(),
                };
                self.define(bound, flag::IMPORT, alias.range)
            }),
            Stmt::ImportFrom(s) => s.names.iter().try_for_each(|alias| {
                if alias.name.as_str() == "*" {
                    if self.scope().kind != ScopeKind::Module {
                        return syntax(alias, "import * only allowed at module level");
                    }
                    return Ok(());
                }
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                self.define(bound, flag::IMPORT, alias.range)
            }),
            Stmt::Global(s) => s.names.iter().try_for_each(|name| self.declare(name, s.range, flag::GLOBAL)),
            Stmt::Nonlocal(s) => {
                if self.scope().kind == ScopeKind::Module {
                    return syntax(s, "nonlocal declaration not allowed at module level");
                }
                s.names.iter().try_for_each(|name| self.declare(name, s.range, flag::NONLOCAL))
            }
            Stmt::Expr(s) => self.expr(&s.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => Ok(()),
        }
    }

    fn declare(&mut self, name: &ast::Identifier, range: TextRange, how: u16) -> Res<()> {
        let id = self.spelled(name);
        let before = self.flags(id);
        let word = if how == flag::GLOBAL { "global" } else { "nonlocal" };
        if before & (flag::PARAM | flag::LOCAL | flag::USE | flag::ANNOT | flag::IMPORT) != 0 {
            let message = if before & flag::PARAM != 0 {
                format!("name '{name}' is parameter and {word}")
            } else if before & flag::USE != 0 {
                format!("name '{name}' is used prior to {word} declaration")
            } else if before & flag::ANNOT != 0 {
                format!("annotated name '{name}' can't be {word}")
            } else {
                format!("name '{name}' is assigned to before {word} declaration")
            };
            return syntax(&range, message);
        }
        self.add(id, how);
        self.scope().directives.push((id, range));
        Ok(())
    }

    fn annotated(&mut self, s: &ast::StmtAnnAssign) -> Res<()> {
        if let Expr::Name(name) = &*s.target {
            let id = self.spelled(&name.id);
            let before = self.flags(id);
            if s.simple && before & (flag::GLOBAL | flag::NONLOCAL) != 0 && self.scope().kind != ScopeKind::Module {
                let word = if before & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
                return syntax(s, format!("annotated name '{}' can't be {word}", name.id));
            }
            if s.simple {
                self.add(id, flag::ANNOT | flag::LOCAL);
            } else if s.value.is_some() {
                self.add(id, flag::LOCAL);
            }
        } else {
            self.expr(&s.target)?;
        }
        self.annotation_of_variable(s)?;
        self.optional(s.value.as_deref())
    }

    pub(super) fn optional(&mut self, expr: Option<&Expr>) -> Res<()> {
        expr.map_or(Ok(()), |e| self.expr(e))
    }

    pub(super) fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Res<()> {
        exprs.into_iter().try_for_each(|e| self.expr(e))
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Res<()> {
        self.enter(expr)?;
        self.expr_inner(expr)?;
        self.depth -= 1;
        Ok(())
    }

    fn expr_inner(&mut self, expr: &Expr) -> Res<()> {
        match expr {
            Expr::BoolOp(e) => self.exprs(&e.values),
            Expr::Named(e) => self.named(e),
            Expr::BinOp(e) => {
                self.expr(&e.left)?;
                self.expr(&e.right)
            }
            Expr::UnaryOp(e) => self.expr(&e.operand),
            Expr::Lambda(e) => self.lambda(e),
            Expr::If(e) => {
                self.expr(&e.test)?;
                self.expr(&e.body)?;
                self.expr(&e.orelse)
            }
            Expr::Dict(e) => e.items.iter().try_for_each(|item| {
                self.optional(item.key.as_ref())?;
                self.expr(&item.value)
            }),
            Expr::Set(e) => self.exprs(&e.elts),
            Expr::List(e) => self.exprs(&e.elts),
            Expr::Tuple(e) => self.exprs(&e.elts),
            Expr::ListComp(e) => self.comprehension(e, e.range, ScopeKind::ListComp, &e.generators, &[&e.elt]),
            Expr::SetComp(e) => self.comprehension(e, e.range, ScopeKind::SetComp, &e.generators, &[&e.elt]),
            Expr::DictComp(e) => {
                self.comprehension(e, e.range, ScopeKind::DictComp, &e.generators, &[&e.key, &e.value])
            }
            Expr::Generator(e) => self.comprehension(e, e.range, ScopeKind::GeneratorExpr, &e.generators, &[&e.elt]),
            Expr::Await(e) => {
                self.allowed(e, "await expression")?;
                self.expr(&e.value)?;
                self.scope().is_coroutine = true;
                Ok(())
            }
            Expr::Yield(e) => {
                self.allowed(e, "yield expression")?;
                self.optional(e.value.as_deref())?;
                self.yields(e)
            }
            Expr::YieldFrom(e) => {
                self.allowed(e, "yield expression")?;
                self.expr(&e.value)?;
                self.yields(e)
            }
            Expr::Compare(e) => {
                self.expr(&e.left)?;
                self.exprs(&e.comparators)
            }
            Expr::Call(e) => {
                self.expr(&e.func)?;
                self.arguments(&e.arguments)
            }
            Expr::FString(e) => e.value.elements().try_for_each(|part| self.interpolated(part)),
            Expr::TString(e) => e.value.elements().try_for_each(|part| self.interpolated(part)),
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => Ok(()),
            Expr::Attribute(e) => self.expr(&e.value),
            Expr::Subscript(e) => {
                self.expr(&e.value)?;
                self.expr(&e.slice)
            }
            Expr::Starred(e) => self.expr(&e.value),
            Expr::Name(e) => match e.ctx {
                ExprContext::Load => self.use_name(e),
                ExprContext::Store | ExprContext::Del | ExprContext::Invalid => {
                    self.define(&e.id, flag::LOCAL, e.range)
                }
            },
            Expr::Slice(e) => {
                self.optional(e.lower.as_deref())?;
                self.optional(e.upper.as_deref())?;
                self.optional(e.step.as_deref())
            }
        }
    }

    pub(super) fn arguments(&mut self, arguments: &ast::Arguments) -> Res<()> {
        self.exprs(&arguments.args)?;
        arguments.keywords.iter().try_for_each(|k| self.expr(&k.value))
    }

    fn interpolated(&mut self, part: &ast::InterpolatedStringElement) -> Res<()> {
        let ast::InterpolatedStringElement::Interpolation(part) = part else {
            return Ok(());
        };
        self.expr(&part.expression)?;
        match &part.format_spec {
            Some(spec) => spec.elements.iter().try_for_each(|p| self.interpolated(p)),
            None => Ok(()),
        }
    }

    fn use_name(&mut self, name: &ast::ExprName) -> Res<()> {
        let id = self.spelled(&name.id);
        self.add(id, flag::USE);
        if name.id.as_str() == "super" && self.scope().kind.is_function_like() {
            let class = self.names.id("__class__");
            self.add(class, flag::USE);
        }
        Ok(())
    }

    /// Refuses what must not stand in annotations and the like.
    pub(super) fn allowed(&mut self, node: &impl Ranged, what: &str) -> Res<()> {
        let place = self.scope().variable_of.or_else(|| self.scope().kind.forbidding());
        match place {
            Some(place) => syntax(node, format!("{what} cannot be used within {place}")),
            None => Ok(()),
        }
    }

    fn yields(&mut self, node: &impl Ranged) -> Res<()> {
        let what = match self.scope().kind {
            ScopeKind::ListComp => "list comprehension",
            ScopeKind::SetComp => "set comprehension",
            ScopeKind::DictComp => "dict comprehension",
            ScopeKind::GeneratorExpr => "generator expression",
            _ => {
                self.scope().is_generator = true;
                return Ok(());
            }
        };
        syntax(node, format!("'yield' inside {what}"))
    }

    fn named(&mut self, e: &ast::ExprNamed) -> Res<()> {
        self.allowed(e, "named expression")?;
        let Expr::Name(target) = &*e.target else {
            return syntax(&*e.target, "cannot use assignment expressions with this target");
        };
        if self.scope().in_comp_iter > 0 {
            return syntax(e, "assignment expression cannot be used in a comprehension iterable expression");
        }
        if self.scope().kind.is_comprehension() {
            self.named_in_comprehension(target)?;
        } else {
            self.define(&target.id, flag::LOCAL | flag::WALRUS, target.range)?;
        }
        self.expr(&e.value)
    }

    fn named_in_comprehension(&mut self, target: &ast::ExprName) -> Res<()> {
        let name = self.spelled(&target.id);
        let id = &target.id;
        let mut at = Some(self.current);
        while let Some(scope_id) = at {
            let scope = self.table.scope(scope_id);
            let flags = scope.symbol(name).map_or(0, |s| s.flags);
            let home = std::mem::replace(&mut self.current, scope_id);
            match scope.kind {
                kind if kind.is_comprehension() => {
                    self.current = home;
                    if flags & flag::COMP_ITER != 0 {
                        let message =
                            format!("assignment expression cannot rebind comprehension iteration variable '{id}'");
                        return syntax(target, message);
                    }
                }
                ScopeKind::Function | ScopeKind::Lambda => {
                    if flags & (flag::GLOBAL | flag::NONLOCAL) == 0 {
                        self.add(name, flag::LOCAL);
                    }
                    self.add(name, flag::WALRUS);
                    self.current = home;
                    let how = if flags & flag::GLOBAL != 0 { flag::GLOBAL } else { flag::NONLOCAL };
                    self.add(name, how | flag::WALRUS);
                    return Ok(());
                }
                ScopeKind::Module => {
                    self.add(name, flag::GLOBAL);
                    self.current = home;
                    self.add(name, flag::GLOBAL | flag::WALRUS);
                    return Ok(());
                }
                ScopeKind::Class => {
                    let message = "assignment expression within a comprehension cannot be used in a class body";
                    return syntax(target, message);
                }
                kind => {
                    let place = kind.forbidding().unwrap_or("an annotation");
                    let message = format!("assignment expression within a comprehension cannot be used within {place}");
                    return syntax(target, message);
                }
            }
            at = self.table.scope(scope_id).parent;
        }
        Ok(())
    }

    fn comprehension<T>(
        &mut self,
        node: &T,
        range: TextRange,
        kind: ScopeKind,
        generators: &[ast::Comprehension],
        elements: &[&Expr],
    ) -> Res<()> {
        let Some((first, rest)) = generators.split_first() else {
            return Ok(());
        };
        self.scope().in_comp_iter += 1;
        self.expr(&first.iter)?;
        self.scope().in_comp_iter -= 1;
        let outer_iter = self.scope().in_comp_iter;
        let sees_class = self.scope().sees_class;
        let inner = self.within(node, Part::Body, kind, range, |b| {
            b.scope().inlined = kind != ScopeKind::GeneratorExpr && !sees_class;
            b.scope().in_comp_iter = outer_iter;
            if sees_class {
                b.see_class();
            }
            if first.is_async {
                b.scope().is_coroutine = true;
            }
            b.comp_target(&first.target)?;
            b.exprs(&first.ifs)?;
            for generator in rest {
                b.comp_target(&generator.target)?;
                b.scope().in_comp_iter += 1;
                b.expr(&generator.iter)?;
                b.scope().in_comp_iter -= 1;
                b.exprs(&generator.ifs)?;
                if generator.is_async {
                    b.scope().is_coroutine = true;
                }
            }
            elements.iter().try_for_each(|e| b.expr(e))?;
            if kind == ScopeKind::GeneratorExpr {
                b.scope().is_generator = true;
            }
            Ok(())
        })?;
        // What awaits inside a comprehension awaits in the function around it; a generator expression is on its own.
        if kind != ScopeKind::GeneratorExpr && self.table.scope(inner).is_coroutine {
            if let Some(place) = self.scope().kind.forbidding() {
                return syntax(&range, format!("asynchronous comprehension cannot be used within {place}"));
            }
            self.scope().is_coroutine = true;
        }
        Ok(())
    }

    fn comp_target(&mut self, target: &Expr) -> Res<()> {
        self.scope().in_comp_target = true;
        self.expr(target)?;
        self.scope().in_comp_target = false;
        Ok(())
    }

    fn pattern(&mut self, pattern: &Pattern) -> Res<()> {
        self.enter(pattern)?;
        match pattern {
            Pattern::MatchValue(p) => self.expr(&p.value)?,
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(p) => self.patterns(&p.patterns)?,
            Pattern::MatchMapping(p) => {
                self.exprs(&p.keys)?;
                self.patterns(&p.patterns)?;
                self.capture(p.rest.as_ref())?;
            }
            Pattern::MatchClass(p) => {
                self.expr(&p.cls)?;
                self.patterns(&p.arguments.patterns)?;
                p.arguments.keywords.iter().try_for_each(|k| self.pattern(&k.pattern))?;
            }
            Pattern::MatchStar(p) => self.capture(p.name.as_ref())?,
            Pattern::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    self.pattern(inner)?;
                }
                self.capture(p.name.as_ref())?;
            }
            Pattern::MatchOr(p) => self.patterns(&p.patterns)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn patterns(&mut self, patterns: &[Pattern]) -> Res<()> {
        patterns.iter().try_for_each(|p| self.pattern(p))
    }

    fn capture(&mut self, name: Option<&ast::Identifier>) -> Res<()> {
        match name {
            Some(name) => self.define(name, flag::LOCAL, name.range),
            None => Ok(()),
        }
    }
}
