//! Scopes with parameters: functions, lambdas, classes, type parameters and annotations.

use rustpython_ast::{self as ast, Expr, TypeParam};
use rustpython_text_size::{Ranged, TextRange};

use super::build::Builder;
use super::{Part, Scope, ScopeKind, flag};
use crate::error::{Res, syntax};
use crate::names::Set;

impl Builder<'_> {
    pub(super) fn function(&mut self, s: &ast::StmtFunctionDef) -> Res<()> {
        self.define(&s.name, flag::LOCAL, s.name.range)?;
        self.defaults(&s.parameters)?;
        s.decorator_list.iter().try_for_each(|d| self.expr(&d.expression))?;
        match &s.type_params {
            None => self.function_inner(s),
            Some(params) => {
                let kwdefaults = s.parameters.kwonlyargs.iter().any(|p| p.default.is_some());
                let defaults = s.parameters.posonlyargs.iter().chain(&s.parameters.args).any(|p| p.default.is_some());
                let from_class = self.looks_into_class();
                self.within(s, Part::TypeParams, ScopeKind::TypeParams, s.range, |b| {
                    b.call_it(&s.name);
                    if from_class {
                        b.see_class();
                    }
                    if defaults {
                        b.define(".defaults", flag::PARAM, s.range)?;
                    }
                    if kwdefaults {
                        b.define(".kwdefaults", flag::PARAM, s.range)?;
                    }
                    b.type_params(params)?;
                    b.function_inner(s)
                })
                .map(drop)
            }
        }
    }

    fn function_inner(&mut self, s: &ast::StmtFunctionDef) -> Res<()> {
        let annotated = s.returns.is_some() || s.parameters.iter().any(|p| p.annotation().is_some());
        if annotated {
            self.annotation_scope(s, s.range, |b| {
                s.parameters.iter().try_for_each(|p| match p.annotation() {
                    Some(Expr::Starred(starred)) => b.expr(&starred.value),
                    other => b.optional(other),
                })?;
                b.optional(s.returns.as_deref())
            })?;
        }
        self.within(s, Part::Body, ScopeKind::Function, s.range, |b| {
            b.call_it(&s.name);
            b.scope().is_coroutine = s.is_async;
            b.parameters(&s.parameters)?;
            b.body(&s.body)
        })?;
        Ok(())
    }

    pub(super) fn lambda(&mut self, e: &ast::ExprLambda) -> Res<()> {
        if let Some(parameters) = &e.parameters {
            self.defaults(parameters)?;
        }
        self.within(e, Part::Body, ScopeKind::Lambda, e.range, |b| {
            if let Some(parameters) = &e.parameters {
                b.parameters(parameters)?;
            }
            b.expr(&e.body)
        })?;
        Ok(())
    }

    fn defaults(&mut self, parameters: &ast::Parameters) -> Res<()> {
        parameters.iter_non_variadic_params().try_for_each(|p| self.optional(p.default()))
    }

    fn parameters(&mut self, p: &ast::Parameters) -> Res<()> {
        for param in p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs) {
            self.define(&param.parameter.name, flag::PARAM, param.parameter.range)?;
        }
        for param in p.vararg.iter().chain(&p.kwarg) {
            self.define(&param.name, flag::PARAM, param.range)?;
        }
        Ok(())
    }

    pub(super) fn class(&mut self, s: &ast::StmtClassDef) -> Res<()> {
        self.define(&s.name, flag::LOCAL, s.name.range)?;
        s.decorator_list.iter().try_for_each(|d| self.expr(&d.expression))?;
        match &s.type_params {
            None => self.class_inner(s),
            Some(params) => {
                let from_class = self.looks_into_class();
                self.within(s, Part::TypeParams, ScopeKind::TypeParams, s.range, |b| {
                    b.call_it(&s.name);
                    if from_class {
                        b.see_class();
                    }
                    b.scope().class_name = Some(s.name.as_str().into());
                    b.scope().mangled = Some(Set::default());
                    for name in [".type_params", ".generic_base"] {
                        let id = b.names.id(name);
                        b.add(id, flag::LOCAL | flag::USE);
                    }
                    b.type_params(params)?;
                    b.class_inner(s)
                })
                .map(drop)
            }
        }
    }

    fn class_inner(&mut self, s: &ast::StmtClassDef) -> Res<()> {
        if let Some(arguments) = &s.arguments {
            self.arguments(arguments)?;
        }
        self.within(s, Part::Body, ScopeKind::Class, s.range, |b| {
            b.call_it(&s.name);
            b.scope().class_name = Some(s.name.as_str().into());
            b.scope().mangled = None;
            if s.type_params.is_some() {
                let params = b.names.id(".type_params");
                b.add(params, flag::USE);
                let stored = b.names.id("__type_params__");
                b.add(stored, flag::LOCAL);
            }
            b.body(&s.body)
        })?;
        Ok(())
    }

    pub(super) fn type_alias(&mut self, s: &ast::StmtTypeAlias) -> Res<()> {
        self.expr(&s.name)?;
        let value = |b: &mut Self| {
            let from_class = b.looks_into_class();
            b.within(s, Part::Body, ScopeKind::TypeAlias, s.range, |b| {
                b.call_it(alias_name(s));
                b.format_parameter();
                if from_class {
                    b.see_class();
                }
                b.expr(&s.value)
            })
            .map(drop)
        };
        match &s.type_params {
            None => value(self),
            Some(params) => {
                let from_class = self.looks_into_class();
                self.within(s, Part::TypeParams, ScopeKind::TypeParams, s.range, |b| {
                    b.call_it(alias_name(s));
                    if from_class {
                        b.see_class();
                    }
                    b.type_params(params)?;
                    value(b)
                })
                .map(drop)
            }
        }
    }

    fn type_params(&mut self, params: &ast::TypeParams) -> Res<()> {
        let mut default_seen = false;
        for param in &params.type_params {
            let name = param_name(param);
            if let Some(mangled) = &mut self.table.scope_mut(self.current).mangled {
                let id = self.names.id(name);
                mangled.insert(id);
            }
            self.define(name, flag::TYPE_PARAM | flag::LOCAL, param.range())?;
            if let TypeParam::TypeVar(p) = param
                && let Some(bound) = &p.bound
            {
                let what = if bound.is_tuple_expr() { "a TypeVar constraint" } else { "a TypeVar bound" };
                self.type_variable((p, name), Part::Bound, bound, what)?;
            }
            match param.default() {
                Some(default) => {
                    default_seen = true;
                    match param {
                        TypeParam::TypeVar(p) => {
                            self.type_variable((p, name), Part::Default, default, "a TypeVar default")?;
                        }
                        TypeParam::ParamSpec(p) => {
                            self.type_variable((p, name), Part::Default, default, "a ParamSpec default")?;
                        }
                        TypeParam::TypeVarTuple(p) => {
                            self.type_variable((p, name), Part::Default, default, "a TypeVarTuple default")?;
                        }
                    }
                }
                None if default_seen => {
                    let message = format!("non-default type parameter '{name}' follows default type parameter");
                    return syntax(param, message);
                }
                None => {}
            }
        }
        Ok(())
    }

    fn type_variable<T>(&mut self, (node, name): (&T, &str), part: Part, expr: &Expr, what: &'static str) -> Res<()> {
        let from_class = self.looks_into_class();
        self.within(node, part, ScopeKind::TypeVariable, expr.range(), |b| {
            b.call_it(name);
            b.format_parameter();
            b.scope().variable_of = Some(what);
            if from_class {
                b.see_class();
            }
            match expr {
                Expr::Starred(starred) => b.expr(&starred.value),
                other => b.expr(other),
            }
        })?;
        Ok(())
    }

    /// Whether a new annotation scope here sees a class's names.
    fn looks_into_class(&mut self) -> bool {
        let scope: &Scope = self.scope();
        scope.kind == ScopeKind::Class || scope.sees_class
    }

    pub(super) fn see_class(&mut self) {
        self.scope().sees_class = true;
        let classdict = self.names.id("__classdict__");
        self.add(classdict, flag::USE);
    }

    fn format_parameter(&mut self) {
        let format = self.names.id(".format");
        self.add(format, flag::PARAM | flag::USE);
    }

    fn annotation_scope<T>(
        &mut self,
        node: &T,
        range: TextRange,
        inside: impl FnOnce(&mut Self) -> Res<()>,
    ) -> Res<()> {
        if self.settings.string_annotations {
            return Ok(());
        }
        let from_class = self.looks_into_class();
        self.within(node, Part::Annotations, ScopeKind::Annotations, range, |b| {
            b.format_parameter();
            if from_class {
                b.see_class();
            }
            inside(b)
        })?;
        Ok(())
    }

    /// The annotation in `x: T = …`. All of a class or module share one scope, which belongs to the class or module.
    pub(super) fn annotation_of_variable(&mut self, s: &ast::StmtAnnAssign) -> Res<()> {
        if self.settings.string_annotations || self.scope().kind.is_function_like() {
            // Never evaluated; still some things must not stand there.
            return forbidden_in_annotation(&s.annotation);
        }
        let is_module = self.scope().kind == ScopeKind::Module;
        let conditional = is_module || self.scope().in_conditional;
        let flagged = self.names.id("__conditional_annotations__");
        if conditional && !self.scope().conditional_annotations {
            self.scope().conditional_annotations = true;
            self.add(flagged, flag::USE);
        }
        let home = self.current;
        let from_class = !is_module;
        let outer = self.current;
        let id = self.table.by_node.get(&(home.0 as usize, Part::Annotations)).copied();
        let id = match id {
            Some(id) => id,
            None => {
                let anchor = self.table.scope(home).range;
                let id = self.new_annotations(anchor);
                self.table.by_node.insert((home.0 as usize, Part::Annotations), id);
                id
            }
        };
        self.current = id;
        self.format_parameter();
        if from_class {
            self.see_class();
        }
        if conditional {
            self.add(flagged, flag::USE);
        }
        self.expr(&s.annotation)?;
        self.current = outer;
        Ok(())
    }
}

/// The name that a `type` statement gives its value.
fn alias_name(s: &ast::StmtTypeAlias) -> &str {
    match &*s.name {
        Expr::Name(n) => n.id.as_str(),
        _ => "",
    }
}

/// The name of a type parameter.
pub(crate) fn param_name(param: &TypeParam) -> &ast::Identifier {
    match param {
        TypeParam::TypeVar(p) => &p.name,
        TypeParam::ParamSpec(p) => &p.name,
        TypeParam::TypeVarTuple(p) => &p.name,
    }
}

fn forbidden_in_annotation(annotation: &Expr) -> Res<()> {
    let mut found = None;
    ast::helpers::any_over_expr(annotation, &|e| {
        matches!(e, Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) | Expr::Named(_))
    })
    .then(|| found = Some(annotation));
    let Some(annotation) = found else {
        return Ok(());
    };
    let what = match annotation {
        Expr::Await(_) => "await expression",
        Expr::Named(_) => "named expression",
        _ => "yield expression",
    };
    syntax(annotation, format!("{what} cannot be used within an annotation"))
}
