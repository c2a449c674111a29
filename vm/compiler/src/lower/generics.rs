//! Type parameters (PEP 695, PEP 696) and `type` statements.
//!
//! A generic function or class is made inside a function of its own, in which the type parameters are variables.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, TypeParam, TypeParams};
use rustpython_text_size::{Ranged, TextRange};

use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::Res;
use crate::symtable::{Part, ScopeId};

/// The `x` of `intrinsic1`.
const TYPE_VAR: u8 = 1;
const PARAM_SPEC: u8 = 2;
const TYPE_VAR_TUPLE: u8 = 3;
const GENERIC: u8 = 4;

/// The `x` of `intrinsic2`.
const TYPE_VAR_BOUND: u8 = 0;
const TYPE_VAR_CONSTRAINTS: u8 = 1;
const SET_DEFAULT: u8 = 2;
const TYPE_ALIAS: u8 = 3;
const SET_TYPE_PARAMS: u8 = 4;

impl<'a> Lowering<'a> {
    /// A generic function's object in a new temporary.
    pub(crate) fn generic_function(&mut self, s: &'a ast::StmtFunctionDef, params: &'a TypeParams) -> Res<Reg> {
        let Some(scope) = self.table.of(s, Part::TypeParams) else {
            unreachable!("type parameters have a scope");
        };
        let has_defaults = s.parameters.posonlyargs.iter().chain(&s.parameters.args).any(|p| p.default.is_some());
        let has_kwdefaults = s.parameters.kwonlyargs.iter().any(|p| p.default.is_some());
        let defaults = has_defaults.then(|| self.names.id(".defaults"));
        let kwdefaults = has_kwdefaults.then(|| self.names.id(".kwdefaults"));
        let arguments: Vec<_> = defaults.into_iter().chain(kwdefaults).collect();
        self.enter_unit(scope, &arguments, &format!("<generic parameters of {}>", s.name), s.range);
        self.unit.argcount = arguments.len() as u32;
        self.unit.posonlyargcount = arguments.len() as u32;
        let tuple = self.type_params_tuple(params)?;
        let function = self.function_value(s, Dst::New, Some((defaults, kwdefaults)))?;
        self.emit(Op::Intrinsic2, SET_TYPE_PARAMS, tuple, function, tuple);
        self.emit(Op::Return, 0, tuple, 0, 0);
        self.b().release(0);
        let compiled = self.leave_compiled()?;

        let mark = self.b().mark();
        self.b().range = Some(s.name.range);
        let callee = self.b().alloc();
        self.emit_make_function(callee, &compiled);
        self.emit_closure(callee, &compiled.freevars);
        self.defaults_tuple(&s.parameters)?;
        self.kwdefaults_dict(&s.parameters)?;
        self.b().release(mark);
        self.b().range = Some(s.name.range);
        let to = self.b().alloc();
        let site = self.b().plain_site();
        self.emit(Op::Call, arguments.len() as u8, to, callee, site);
        Ok(to)
    }

    /// A generic class in a new temporary.
    pub(crate) fn generic_class(&mut self, s: &'a ast::StmtClassDef, params: &'a TypeParams) -> Res<Reg> {
        let Some(scope) = self.table.of(s, Part::TypeParams) else {
            unreachable!("type parameters have a scope");
        };
        self.enter_unit(scope, &[], &format!("<generic parameters of {}>", s.name), s.range);
        let tuple = self.type_params_tuple(params)?;
        let copy = self.b().alloc();
        self.emit(Op::Copy, 0, copy, tuple, 0);
        let type_params = self.names.id(".type_params");
        self.store_name(type_params, copy);
        self.emit(Op::Intrinsic1, GENERIC, tuple, tuple, 0);
        let generic_base = self.names.id(".generic_base");
        self.store_name(generic_base, tuple);
        self.b().release(0);
        let class = self.class_value(s, Some(generic_base))?;
        self.emit(Op::Return, 0, class, 0, 0);
        self.b().release(0);
        let compiled = self.leave_compiled()?;
        Ok(self.call_at_once(&compiled, s.name.range))
    }

    fn call_at_once(&mut self, compiled: &super::function::Compiled, range: TextRange) -> Reg {
        self.b().range = Some(range);
        let callee = self.b().alloc();
        self.emit_make_function(callee, compiled);
        self.emit_closure(callee, &compiled.freevars);
        let site = self.b().plain_site();
        self.emit(Op::Call, 0, callee, callee, site);
        callee
    }

    /// Makes the type parameters, stores each under its name and puts all into a tuple in a new temporary.
    fn type_params_tuple(&mut self, params: &'a TypeParams) -> Res<Reg> {
        let mark = self.b().mark();
        let base = self.b().temp_at(mark);
        for param in &params.type_params {
            self.type_param(param)?;
        }
        self.b().release(mark);
        self.b().range = Some(params.range);
        let tuple = self.b().alloc();
        self.emit(Op::BuildTuple, 0, tuple, base, params.type_params.len() as u16);
        Ok(tuple)
    }

    fn type_param(&mut self, param: &'a TypeParam) -> Res<()> {
        let name = crate::symtable::param_name(param);
        self.check_bindable(param, name)?;
        self.at(param);
        let to = self.const_temp(Self::text_const(name));
        let mark = self.b().mark();
        match param {
            TypeParam::TypeVar(p) => match &p.bound {
                None => self.emit(Op::Intrinsic1, TYPE_VAR, to, to, 0),
                Some(bound) => {
                    let scope = self.table.of(p, Part::Bound);
                    let evaluator = self.evaluator(scope, name, bound)?;
                    self.at(param);
                    let x = if bound.is_tuple_expr() { TYPE_VAR_CONSTRAINTS } else { TYPE_VAR_BOUND };
                    self.emit(Op::Intrinsic2, x, to, to, evaluator);
                }
            },
            TypeParam::ParamSpec(_) => self.emit(Op::Intrinsic1, PARAM_SPEC, to, to, 0),
            TypeParam::TypeVarTuple(_) => self.emit(Op::Intrinsic1, TYPE_VAR_TUPLE, to, to, 0),
        }
        self.b().release(mark);
        if let Some(default) = param.default() {
            let scope = match param {
                TypeParam::TypeVar(p) => self.table.of(p, Part::Default),
                TypeParam::ParamSpec(p) => self.table.of(p, Part::Default),
                TypeParam::TypeVarTuple(p) => self.table.of(p, Part::Default),
            };
            let evaluator = self.evaluator(scope, name, default)?;
            self.at(param);
            self.emit(Op::Intrinsic2, SET_DEFAULT, to, to, evaluator);
            self.b().release(mark);
        }
        let copy = self.b().alloc();
        self.emit(Op::Copy, 0, copy, to, 0);
        let id = self.spelled(name);
        self.store_name(id, copy);
        self.b().release(mark);
        Ok(())
    }

    /// A function that evaluates `e` when it is asked to, in a new temporary.
    fn evaluator(&mut self, scope: Option<ScopeId>, name: &str, e: &'a Expr) -> Res<Reg> {
        let Some(scope) = scope else {
            unreachable!("a lazily evaluated expression has a scope");
        };
        self.enter_evaluator(scope, name, e.range());
        let value = match e {
            Expr::Starred(starred) => {
                let value = self.expr(&starred.value, Dst::New)?;
                self.at(e);
                self.emit(Op::UnpackSequence, 0, value, value, 1);
                value
            }
            other => self.rk(other)?,
        };
        self.at(e);
        self.emit(Op::Return, 0, value, 0, 0);
        self.b().release(0);
        let compiled = self.leave_compiled()?;
        self.at(e);
        let to = self.b().alloc();
        self.emit_make_function(to, &compiled);
        let mark = self.b().mark();
        let defaults = self.const_temp(Const::Tuple(Box::new([Const::Int(1)])));
        self.emit(Op::SetFunction, super::function::part::DEFAULTS, to, defaults, 0);
        self.b().release(mark);
        self.emit_closure(to, &compiled.freevars);
        Ok(to)
    }

    pub(crate) fn type_alias(&mut self, s: &'a ast::StmtTypeAlias) -> Res<()> {
        let Expr::Name(name) = &*s.name else {
            return crate::error::syntax(&*s.name, "invalid syntax");
        };
        self.check_bindable(name, &name.id)?;
        let mark = self.b().mark();
        let alias = match &s.type_params {
            None => self.type_alias_value(s, name)?,
            Some(params) => {
                let Some(scope) = self.table.of(s, Part::TypeParams) else {
                    unreachable!("type parameters have a scope");
                };
                self.enter_unit(scope, &[], &format!("<generic parameters of {}>", name.id), s.range);
                let alias = self.type_alias_generic(s, name, params)?;
                self.emit(Op::Return, 0, alias, 0, 0);
                self.b().release(0);
                let compiled = self.leave_compiled()?;
                self.call_at_once(&compiled, s.range)
            }
        };
        self.at(&*s.name);
        let id = self.spelled(&name.id);
        self.store_name(id, alias);
        self.b().release(mark);
        Ok(())
    }

    fn type_alias_value(&mut self, s: &'a ast::StmtTypeAlias, name: &'a ast::ExprName) -> Res<Reg> {
        self.at(s);
        let head = Const::Tuple(Box::new([Self::text_const(&name.id), Const::None]));
        let head = self.const_temp(head);
        self.finish_alias(s, name, head)
    }

    fn type_alias_generic(
        &mut self,
        s: &'a ast::StmtTypeAlias,
        name: &'a ast::ExprName,
        params: &'a TypeParams,
    ) -> Res<Reg> {
        self.at(s);
        let head = self.const_temp(Self::text_const(&name.id));
        self.type_params_tuple(params)?;
        self.emit(Op::BuildTuple, 0, head, head, 2);
        self.b().release(1);
        self.finish_alias(s, name, head)
    }

    fn finish_alias(&mut self, s: &'a ast::StmtTypeAlias, name: &'a ast::ExprName, head: Reg) -> Res<Reg> {
        let mark = self.b().mark();
        let scope = self.table.of(s, Part::Body);
        let evaluator = self.evaluator(scope, &name.id, &s.value)?;
        self.at(s);
        self.emit(Op::Intrinsic2, TYPE_ALIAS, head, head, evaluator);
        self.b().release(mark);
        Ok(head)
    }
}
