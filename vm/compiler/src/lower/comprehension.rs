//! Comprehensions and generator expressions.
//!
//! List, set and dict comprehensions are compiled into the code around them (PEP 709): their variables are registers
//! that nobody else uses. Generator expressions, and comprehensions in annotation scopes of a class, are functions.

use freeze_bytecode::{LocalKind, Op};
use rustpython_ast::{Comprehension, Expr};
use rustpython_text_size::{Ranged, TextRange};

use super::unit::Comp;
use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::{Res, syntax};
use crate::symtable::{Part, ScopeId, ScopeKind};

/// What a comprehension makes of its items.
#[derive(Clone, Copy)]
enum Element<'a> {
    List(&'a Expr),
    Set(&'a Expr),
    Dict(&'a Expr, &'a Expr),
    Yield(&'a Expr),
}

struct Parts<'a> {
    scope: ScopeId,
    generators: &'a [Comprehension],
    element: Element<'a>,
    name: &'static str,
    range: TextRange,
}

impl<'a> Lowering<'a> {
    fn parts(&self, e: &'a Expr) -> Parts<'a> {
        let (scope, generators, element, name) = match e {
            Expr::ListComp(c) => (self.table.of(c, Part::Body), &c.generators, Element::List(&c.elt), "<listcomp>"),
            Expr::SetComp(c) => (self.table.of(c, Part::Body), &c.generators, Element::Set(&c.elt), "<setcomp>"),
            Expr::DictComp(c) => {
                (self.table.of(c, Part::Body), &c.generators, Element::Dict(&c.key, &c.value), "<dictcomp>")
            }
            Expr::Generator(c) => (self.table.of(c, Part::Body), &c.generators, Element::Yield(&c.elt), "<genexpr>"),
            _ => unreachable!("only comprehensions come here"),
        };
        let Some(scope) = scope else {
            unreachable!("every comprehension has a scope");
        };
        Parts { scope, generators, element, name, range: e.range() }
    }

    pub(crate) fn comprehension(&mut self, e: &'a Expr, dst: Dst) -> Res<Reg> {
        let parts = self.parts(e);
        let scope = self.table.scope(parts.scope);
        let is_async = scope.is_coroutine;
        let is_generator = scope.kind == ScopeKind::GeneratorExpr;
        if is_async && !is_generator {
            let allowed = match self.unit.kind {
                ScopeKind::Function => self.unit.is_async,
                ScopeKind::Module => self.config.top_level_await,
                kind => kind.is_comprehension(),
            };
            if !allowed {
                return syntax(e, "asynchronous comprehension outside of an asynchronous function");
            }
        }
        if scope.inlined { self.inlined(&parts, dst) } else { self.as_function(&parts, is_async, is_generator, dst) }
    }

    fn inlined(&mut self, parts: &Parts<'a>, dst: Dst) -> Res<Reg> {
        let first = &parts.generators[0];
        self.in_temp(dst, parts.range, |l, to| {
            let mark = l.b().mark();
            let iter = l.first_iterator(first)?;
            l.b().range = Some(parts.range);
            l.start_collection(parts.element, to);
            l.unit.comps.push(Comp { scope: parts.scope });
            let variables = l.variables(parts.scope);
            for (reg, is_cell) in &variables {
                if *is_cell {
                    l.emit(Op::MakeCell, 0, *reg, 0, 0);
                }
            }
            l.generator(parts, 0, iter, Some(to))?;
            l.unit.comps.pop();
            l.nowhere();
            for (reg, _) in variables {
                l.clear(reg);
            }
            l.b().release(mark);
            Ok(())
        })
    }

    fn first_iterator(&mut self, first: &'a Comprehension) -> Res<Reg> {
        if !first.is_async {
            return self.iterator(&first.iter);
        }
        self.async_iterator(&first.iter)
    }

    fn async_iterator(&mut self, e: &'a Expr) -> Res<Reg> {
        let mark = self.b().mark();
        let value = self.src(e)?;
        self.b().release(mark);
        let iter = self.b().alloc();
        self.at(e);
        self.emit(Op::GetAiter, 0, iter, value, 0);
        Ok(iter)
    }

    fn start_collection(&mut self, element: Element<'_>, to: Reg) {
        match element {
            Element::List(_) => self.emit(Op::BuildList, 0, to, 0, 0),
            Element::Set(_) => self.emit(Op::BuildSet, 0, to, 0, 0),
            Element::Dict(..) => self.emit(Op::BuildMap, 0, to, 0, 0),
            Element::Yield(_) => {}
        }
    }

    /// The registers of a comprehension's own variables, and whether they hold cells.
    fn variables(&self, scope: ScopeId) -> Vec<(Reg, bool)> {
        let all = &self.unit.registers;
        let mut out: Vec<(Reg, bool)> = all
            .iter()
            .filter(|((owner, _), _)| *owner == scope)
            .map(|(_, reg)| (*reg, self.unit.b.local_kinds[usize::from(*reg)] == LocalKind::HiddenCell))
            .collect();
        out.sort_unstable();
        out
    }

    /// The loop number `at` and those inside it.
    fn generator(&mut self, parts: &Parts<'a>, at: usize, iter: Reg, to: Option<Reg>) -> Res<()> {
        let generator = &parts.generators[at];
        let mark = self.b().mark();
        let top = self.b().label();
        let done = self.b().label();
        self.b().place(top);
        let exhausted = if generator.is_async {
            Some(self.next_async_item(&generator.target, &generator.iter, iter)?)
        } else {
            self.next_item(&generator.target, &generator.iter, iter, done)?;
            None
        };
        for test in &generator.ifs {
            self.condition(test, false, top)?;
        }
        match parts.generators.get(at + 1) {
            Some(next) => {
                let iter = self.first_iterator(next)?;
                self.generator(parts, at + 1, iter, to)?;
            }
            None => self.element(parts, to)?,
        }
        self.b().release(mark);
        self.at(&generator.iter);
        self.nowhere();
        self.b().emit_to(Op::JumpBack, 0, 0, 0, 0, top);
        if let Some(exhausted) = exhausted {
            self.end_async_items(exhausted, &generator.iter, iter);
        }
        self.b().place(done);
        Ok(())
    }

    fn element(&mut self, parts: &Parts<'a>, to: Option<Reg>) -> Res<()> {
        let mark = self.b().mark();
        let to = to.unwrap_or(0);
        match parts.element {
            Element::List(e) | Element::Set(e) => {
                let op = if matches!(parts.element, Element::List(_)) { Op::ListAppend } else { Op::SetAdd };
                if let Expr::Starred(starred) = e {
                    return syntax(starred, "iterable unpacking cannot be used in comprehension");
                }
                let value = self.rk(e)?;
                self.at(e);
                self.emit(op, 0, to, value, 0);
            }
            Element::Dict(key, value) => {
                let key_operand = self.rk_before(key, &[value])?;
                let value_operand = self.rk(value)?;
                self.b().range = Some(super::call::span(key, value));
                self.emit(Op::MapAdd, 0, to, key_operand, value_operand);
            }
            Element::Yield(e) => {
                if let Expr::Starred(starred) = e {
                    return syntax(starred, "iterable unpacking cannot be used in comprehension");
                }
                let mut value = self.src(e)?;
                self.at(e);
                if self.unit.is_async {
                    let wrapped = if self.b().is_temp(value) { value } else { self.b().alloc() };
                    self.emit(Op::AsyncGenWrap, 0, wrapped, value, 0);
                    value = wrapped;
                }
                self.b().release(mark);
                let sent = self.b().alloc();
                self.emit(Op::Yield, 0, sent, value, 0);
                self.clear(sent);
            }
        }
        self.b().release(mark);
        Ok(())
    }

    fn as_function(&mut self, parts: &Parts<'a>, is_async: bool, is_generator: bool, dst: Dst) -> Res<Reg> {
        let mark = self.b().mark();
        let first = &parts.generators[0];
        let argument = self.names.id(".0");
        self.enter_unit(parts.scope, &[argument], parts.name, parts.range);
        self.unit.argcount = 1;
        self.unit.posonlyargcount = 0;
        self.unit.is_async = is_async;
        let stop = self.start_generator(is_async, is_generator);
        self.at(&first.iter);
        let to = if is_generator { None } else { Some(self.b().alloc()) };
        if let Some(to) = to {
            self.start_collection(parts.element, to);
        }
        let iter = self.b().alloc();
        self.emit(Op::Move, 0, iter, 0, 0);
        self.clear(0);
        self.generator(parts, 0, iter, to)?;
        self.b().range = Some(parts.range);
        match to {
            Some(to) => self.emit(Op::Return, 0, to, 0, 0),
            None => self.return_none(),
        }
        self.b().release(0);
        self.end_generator(stop);
        let compiled = self.leave_compiled()?;

        self.b().range = Some(parts.range);
        let function = self.b().alloc();
        self.emit_make_function(function, &compiled);
        self.emit_closure(function, &compiled.freevars);
        self.first_iterator(first)?;
        self.b().release(mark);
        self.b().range = Some(parts.range);
        if is_async && !is_generator {
            let coroutine = self.b().alloc();
            let site = self.b().plain_site();
            self.emit(Op::Call, 1, coroutine, function, site);
            self.emit(Op::GetAwaitable, 0, coroutine, coroutine, 0);
            self.await_in(coroutine)?;
            self.b().release(mark);
            let to = self.place(dst);
            self.move_to(to, coroutine);
            return Ok(to);
        }
        let to = self.place(dst);
        let site = self.b().plain_site();
        self.emit(Op::Call, 1, to, function, site);
        Ok(to)
    }
}
