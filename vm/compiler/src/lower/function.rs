//! Functions and lambdas, and making function objects with their closures.

use freeze_bytecode::{CodeFlags, CodeObject, Const, Op};
use rustpython_ast::{self as ast, Expr, Parameters, Stmt};
use rustpython_text_size::{TextRange, TextSize};

use super::name::Place;
use super::{Dst, Lowering};
use crate::emit::{Handler, Label, Reg};
use crate::error::Res;
use crate::names::NameId;
use crate::symtable::{Home, Part, ScopeId, ScopeKind};

/// The `x` of `set_function`.
pub(crate) mod part {
    pub(crate) const DEFAULTS: u8 = 0;
    pub(crate) const KWDEFAULTS: u8 = 1;
    pub(crate) const CLOSURE: u8 = 2;
    pub(crate) const ANNOTATE: u8 = 3;
    pub(crate) const ANNOTATIONS: u8 = 4;
}

/// A code object that is to become a function, and the variables it captures.
pub(crate) struct Compiled {
    pub(crate) code: CodeObject,
    pub(crate) freevars: Vec<NameId>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn function_def(&mut self, s: &'a ast::StmtFunctionDef) -> Res<()> {
        let mark = self.b().mark();
        self.check_bindable(s, &s.name)?;
        for decorator in &s.decorator_list {
            self.new_temp(&decorator.expression)?;
        }
        let name = self.spelled(&s.name);
        let parts = s.parameters.iter_non_variadic_params().any(|p| p.default.is_some())
            || s.returns.is_some()
            || s.parameters.iter().any(|p| p.annotation().is_some());
        let direct = match self.place_of(name) {
            Place::Local(reg) if s.decorator_list.is_empty() && !parts && s.type_params.is_none() => Some(reg),
            _ => None,
        };
        let value = match &s.type_params {
            None => self.function_value(s, direct.map_or(Dst::New, Dst::Reg), None)?,
            Some(params) => self.generic_function(s, params)?,
        };
        let value = self.decorated(&s.decorator_list, mark, value);
        self.b().range = Some(s.name.range);
        if direct.is_none() {
            self.store_name(name, value);
        }
        self.b().release(mark);
        Ok(())
    }

    /// Applies decorators, which lie in the temporaries from `mark`, to the value on top of them.
    pub(crate) fn decorated(&mut self, decorators: &'a [ast::Decorator], mark: u32, value: Reg) -> Reg {
        let mut value = value;
        for (i, decorator) in decorators.iter().enumerate().rev() {
            let callee = self.b().temp_at(mark + i as u32);
            self.at(&decorator.expression);
            let site = self.b().plain_site();
            self.emit(Op::Call, 1, callee, callee, site);
            value = callee;
        }
        value
    }

    /// The function object of a `def`. In a generic function its defaults wait in variables.
    pub(crate) fn function_value(
        &mut self,
        s: &'a ast::StmtFunctionDef,
        dst: Dst,
        waiting: Option<(Option<NameId>, Option<NameId>)>,
    ) -> Res<Reg> {
        let Some(scope) = self.table.of(s, Part::Body) else {
            unreachable!("every function has a scope");
        };
        let compiled = self.function_code(s, scope)?;
        let to = self.place(dst);
        self.b().range = Some(s.name.range);
        self.emit_make_function(to, &compiled);
        self.make_defaults(to, &s.parameters, waiting)?;
        self.function_annotations(s, to)?;
        self.b().range = Some(s.name.range);
        self.emit_closure(to, &compiled.freevars);
        Ok(to)
    }

    /// R[to] := function of the code; its closure is set by [`Lowering::emit_closure`].
    pub(crate) fn emit_make_function(&mut self, to: Reg, compiled: &Compiled) {
        let code = Const::Code(Box::new(compiled.code.clone()));
        let id = self.b().const_id(code);
        self.emit(Op::MakeFunction, 0, to, id as u16, (id >> 16) as u16);
    }

    /// Gives the function in `to` the cells of the variables it captures.
    pub(crate) fn emit_closure(&mut self, to: Reg, freevars: &[NameId]) {
        if freevars.is_empty() {
            return;
        }
        let mark = self.b().mark();
        let base = self.b().temp_at(mark);
        for name in freevars {
            let cell = self.b().alloc();
            self.load_cell_of(*name, cell);
        }
        self.b().release(mark);
        let tuple = self.b().alloc();
        self.emit(Op::BuildTuple, 0, tuple, base, freevars.len() as u16);
        self.emit(Op::SetFunction, part::CLOSURE, to, tuple, 0);
        self.b().release(mark);
    }

    /// R[to] := the cell of a variable (not its content).
    pub(crate) fn load_cell_of(&mut self, name: NameId, to: Reg) {
        for i in (0..self.unit.comps.len()).rev() {
            let scope = self.unit.comps[i].scope;
            if self.table.scope(scope).symbol(name).is_some_and(|s| s.home == Home::Cell) {
                let reg = self.unit.registers[&(scope, name)];
                return self.emit(Op::Move, 0, to, reg, 0);
            }
        }
        if let Some(reg) = self.unit.registers.get(&(self.unit.scope, name)) {
            let reg = *reg;
            return self.emit(Op::Move, 0, to, reg, 0);
        }
        let Some(free) = self.unit.free_index.get(&name) else {
            unreachable!("a captured variable is a cell or a free variable of the code around");
        };
        let free = *free;
        self.emit(Op::LoadClosure, 0, to, free, 0);
    }

    fn make_defaults(
        &mut self,
        function: Reg,
        parameters: &'a Parameters,
        waiting: Option<(Option<NameId>, Option<NameId>)>,
    ) -> Res<()> {
        let mark = self.b().mark();
        if let Some((defaults, kwdefaults)) = waiting {
            for (name, x) in [(defaults, part::DEFAULTS), (kwdefaults, part::KWDEFAULTS)] {
                if let Some(name) = name {
                    let value = self.load(name, Dst::New);
                    self.emit(Op::SetFunction, x, function, value, 0);
                    self.b().release(mark);
                }
            }
            return Ok(());
        }
        if let Some(defaults) = self.defaults_tuple(parameters)? {
            self.emit(Op::SetFunction, part::DEFAULTS, function, defaults, 0);
            self.b().release(mark);
        }
        if let Some(kwdefaults) = self.kwdefaults_dict(parameters)? {
            self.emit(Op::SetFunction, part::KWDEFAULTS, function, kwdefaults, 0);
            self.b().release(mark);
        }
        Ok(())
    }

    /// The defaults of positional parameters in a new temporary.
    pub(crate) fn defaults_tuple(&mut self, parameters: &'a Parameters) -> Res<Option<Reg>> {
        let defaults: Vec<&'a Expr> =
            parameters.posonlyargs.iter().chain(&parameters.args).filter_map(|p| p.default.as_deref()).collect();
        if defaults.is_empty() {
            return Ok(None);
        }
        let constants = defaults.iter().map(|e| self.constant(e)).collect::<Option<Box<[Const]>>>();
        let mark = self.b().mark();
        if let Some(constants) = constants {
            return Ok(Some(self.const_temp(Const::Tuple(constants))));
        }
        let base = self.b().temp_at(mark);
        for e in &defaults {
            self.expr(e, Dst::New)?;
        }
        self.b().release(mark);
        let tuple = self.b().alloc();
        self.emit(Op::BuildTuple, 0, tuple, base, defaults.len() as u16);
        Ok(Some(tuple))
    }

    /// The defaults of keyword-only parameters in a new temporary.
    pub(crate) fn kwdefaults_dict(&mut self, parameters: &'a Parameters) -> Res<Option<Reg>> {
        let mark = self.b().mark();
        let base = self.b().temp_at(mark);
        let mut count = 0;
        for parameter in &parameters.kwonlyargs {
            if let Some(default) = &parameter.default {
                let name = self.spelled(&parameter.parameter.name);
                let name = self.name_const(name);
                self.const_temp(name);
                self.expr(default, Dst::New)?;
                count += 1;
            }
        }
        self.b().release(mark);
        if count == 0 {
            return Ok(None);
        }
        let dict = self.b().alloc();
        self.emit(Op::BuildMap, 0, dict, base, count);
        Ok(Some(dict))
    }

    /// Parameters in the order of their registers.
    fn parameter_names(&mut self, parameters: &Parameters) -> Vec<NameId> {
        let plain = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        let mut names: Vec<NameId> = Vec::new();
        for parameter in plain {
            names.push(self.spelled(&parameter.parameter.name));
        }
        for parameter in parameters.vararg.iter().chain(&parameters.kwarg) {
            names.push(self.spelled(&parameter.name));
        }
        names
    }

    fn set_signature(&mut self, parameters: &Parameters) {
        let unit = &mut self.unit;
        unit.posonlyargcount = parameters.posonlyargs.len() as u32;
        unit.argcount = unit.posonlyargcount + parameters.args.len() as u32;
        unit.kwonlyargcount = parameters.kwonlyargs.len() as u32;
        if parameters.vararg.is_some() {
            unit.flags |= CodeFlags::VARARGS;
        }
        if parameters.kwarg.is_some() {
            unit.flags |= CodeFlags::VARKEYWORDS;
        }
    }

    fn check_parameters(&self, parameters: &Parameters) -> Res<()> {
        parameters.iter().try_for_each(|p| self.check_bindable(p.as_parameter(), &p.as_parameter().name))
    }

    fn function_code(&mut self, s: &'a ast::StmtFunctionDef, scope: ScopeId) -> Res<Compiled> {
        self.check_parameters(&s.parameters)?;
        let names = self.parameter_names(&s.parameters);
        let in_class = self.unit.kind == ScopeKind::Class;
        let from = s.decorator_list.first().map_or(s.range.start(), |d| d.range.start());
        self.enter_unit(scope, &names, &s.name, TextRange::new(from, s.range.end()));
        self.set_signature(&s.parameters);
        let table = self.table.scope(scope);
        let is_generator = table.is_generator;
        self.unit.is_async = s.is_async;
        if in_class {
            self.unit.flags |= CodeFlags::METHOD;
        }
        let body = self.function_docstring(&s.body);
        let stop = self.start_generator(s.is_async, is_generator);
        self.body(body)?;
        self.nowhere();
        if !self.b().is_unreachable() {
            self.return_none();
        }
        self.end_generator(stop);
        self.leave_compiled()
    }

    fn function_docstring(&mut self, body: &'a [Stmt]) -> &'a [Stmt] {
        let Some(text) = super::docstring(body) else {
            return body;
        };
        self.warn_strings(&body[0]);
        if self.config.optimize < 2 {
            // The docstring is the first constant, as `CodeFlags::HAS_DOCSTRING` says.
            let value = self.clean_docstring(text);
            self.b().const_id(value);
            self.unit.flags |= CodeFlags::HAS_DOCSTRING;
        }
        &body[1..]
    }

    /// Ends the unit begun last; what it captures is needed to make a function of it.
    pub(crate) fn leave_compiled(&mut self) -> Res<Compiled> {
        let freevars = self.unit.freevars.clone();
        Ok(Compiled { code: self.leave_unit()?, freevars })
    }

    /// Flags of generators and coroutines, and the handler that no `StopIteration` gets past.
    pub(crate) fn start_generator(&mut self, is_async: bool, yields: bool) -> Option<Label> {
        self.unit.flags |= match (is_async, yields) {
            (false, false) => return None,
            (false, true) => CodeFlags::GENERATOR,
            (true, false) => CodeFlags::COROUTINE,
            (true, true) => CodeFlags::ASYNC_GENERATOR,
        };
        let stop = self.b().label();
        let exc = self.b().temp_at(0);
        self.unit.b.handler = self.b().new_handler(stop, exc);
        Some(stop)
    }

    pub(crate) fn end_generator(&mut self, stop: Option<Label>) {
        let Some(stop) = stop else {
            return;
        };
        self.unit.b.handler = Handler::NONE;
        self.nowhere();
        self.b().place(stop);
        let exc = self.b().alloc();
        self.emit(Op::Intrinsic1, 5, exc, exc, 0);
        self.emit(Op::Reraise, 1, exc, 0, 0);
        self.b().release(0);
    }

    pub(crate) fn lambda(&mut self, e: &'a ast::ExprLambda, dst: Dst) -> Res<Reg> {
        let Some(scope) = self.table.of(e, Part::Body) else {
            unreachable!("every lambda has a scope");
        };
        let mut names = Vec::new();
        if let Some(parameters) = &e.parameters {
            self.check_parameters(parameters)?;
            names = self.parameter_names(parameters);
        }
        self.enter_unit(scope, &names, "<lambda>", e.range);
        if let Some(parameters) = &e.parameters {
            self.set_signature(parameters);
        }
        let is_generator = self.table.scope(scope).is_generator;
        let stop = self.start_generator(false, is_generator);
        let value = self.rk(&e.body)?;
        self.at(&*e.body);
        self.emit(Op::Return, 0, value, 0, 0);
        self.b().release(0);
        self.end_generator(stop);
        let compiled = self.leave_compiled()?;
        self.in_temp(dst, e.range, |l, to| {
            l.b().range = Some(TextRange::at(e.range.start(), TextSize::new(6)));
            l.emit_make_function(to, &compiled);
            if let Some(parameters) = &e.parameters {
                l.make_defaults(to, parameters, None)?;
            }
            l.at(e);
            l.emit_closure(to, &compiled.freevars);
            Ok(())
        })
    }
}
