//! Calls.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, ExprName};
use rustpython_text_size::{Ranged, TextRange};

use super::name::Place;
use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::Res;
use crate::names::NameId;
use crate::symtable::{Home, ScopeKind};

impl<'a> Lowering<'a> {
    pub(crate) fn call(&mut self, e: &'a ast::ExprCall, dst: Dst) -> Res<Reg> {
        self.warn_call(e);
        let mark = self.b().mark();
        let arguments = &e.arguments;
        if needs_unpacking(arguments, 0) {
            let function = self.expr(&e.func, Dst::New)?;
            return self.call_unpacked(function, arguments, |_, _| (), None, e.range, mark, dst);
        }
        if let Expr::Attribute(method) = &*e.func {
            let pair = self.method(method)?;
            let range = self.method_call_range(e, method);
            return self.finish_call(pair, true, arguments, range, mark, dst);
        }
        let function = self.expr(&e.func, Dst::New)?;
        self.finish_call(function, false, arguments, e.range, mark, dst)
    }

    /// A method and the object it is called on, in two new temporaries.
    fn method(&mut self, e: &'a ast::ExprAttribute) -> Res<Reg> {
        let name = self.spelled(&e.attr);
        let mark = self.b().mark();
        if let Some((base, x)) = self.super_operands(&e.value)? {
            self.b().release(mark);
            let pair = self.b().alloc_many(2);
            self.at_attribute(e);
            let site = self.b().name_site(name);
            self.emit(Op::LoadSuperMethod, x, pair, base, site);
            return Ok(pair);
        }
        let object = self.src(&e.value)?;
        self.b().release(mark);
        let pair = self.b().alloc_many(2);
        self.at_attribute(e);
        let site = self.b().name_site(name);
        self.emit(Op::LoadMethod, 0, pair, object, site);
        Ok(pair)
    }

    /// The operands of an optimised `super().x`: the global `super`, the class and self; with the row's `x`.
    pub(crate) fn super_operands(&mut self, e: &'a Expr) -> Res<Option<(Reg, u8)>> {
        let Expr::Call(call) = e else {
            return Ok(None);
        };
        let Expr::Name(function) = &*call.func else {
            return Ok(None);
        };
        let arguments = &call.arguments;
        if function.id.as_str() != "super" || !arguments.keywords.is_empty() || !self.is_plain_super(function) {
            return Ok(None);
        }
        let base = match arguments.args.len() {
            0 => {
                let Some(first) = self.first_parameter() else {
                    return Ok(None);
                };
                let class = self.names.id("__class__");
                if !matches!(self.place_of(class), Place::Free(_)) {
                    return Ok(None);
                }
                let base = self.name(function, Dst::New)?;
                self.at(call);
                self.load(class, Dst::New);
                self.load(first, Dst::New);
                (base, 1)
            }
            2 if !arguments.args.iter().any(Expr::is_starred_expr) => {
                let base = self.name(function, Dst::New)?;
                self.expr(&arguments.args[0], Dst::New)?;
                self.expr(&arguments.args[1], Dst::New)?;
                (base, 0)
            }
            _ => return Ok(None),
        };
        Ok(Some(base))
    }

    /// Whether `super` means the global here and nobody at module level rebound it.
    fn is_plain_super(&mut self, name: &ExprName) -> bool {
        let id = self.spelled(&name.id);
        let root = self.table.scope(self.table.root());
        let rebound = root.symbol(id).is_some_and(|s| matches!(s.home, Home::Local | Home::GlobalExplicit));
        self.unit.kind == ScopeKind::Function && self.place_of(id) == Place::Global && !rebound
    }

    /// The first positional parameter of the function being lowered.
    fn first_parameter(&self) -> Option<NameId> {
        if self.unit.argcount == 0 {
            return None;
        }
        self.unit.b.local_names.first().copied()
    }

    /// Lowers the arguments behind a callee (or a method pair) that lies on top of the temporaries, and the call.
    fn finish_call(
        &mut self,
        callee: Reg,
        is_pair: bool,
        arguments: &'a ast::Arguments,
        range: TextRange,
        mark: u32,
        dst: Dst,
    ) -> Res<Reg> {
        let count = arguments.args.len() + arguments.keywords.len();
        if arguments.keywords.is_empty() {
            for argument in &arguments.args {
                self.expr(argument, Dst::New)?;
            }
            self.b().release(mark);
            self.b().range = Some(range);
            let to = self.place(dst);
            let site = self.b().plain_site();
            let op = if is_pair { Op::CallMethod } else { Op::Call };
            self.emit(op, count as u8, to, callee, site);
            return Ok(to);
        }
        if !is_pair {
            let none = self.b().alloc();
            self.clear(none);
        }
        for argument in &arguments.args {
            self.expr(argument, Dst::New)?;
        }
        let mut names = Vec::new();
        for keyword in &arguments.keywords {
            self.expr(&keyword.value, Dst::New)?;
            if let Some(name) = &keyword.arg {
                self.check_bindable(keyword, name)?;
                // A keyword is spelled as it stands there, also within a class.
                let name = self.names.id(name);
                names.push(self.name_const(name));
            }
        }
        self.b().release(mark);
        self.b().range = Some(range);
        let to = self.place(dst);
        let names = self.b().const_id(Const::Tuple(names.into()));
        let site = self.b().site(names);
        self.emit(Op::CallKw, count as u8, to, callee, site);
        Ok(to)
    }

    /// A call with `*` or `**`, or with more arguments than fit an instruction. The callee lies on top of the
    /// temporaries. `before` puts the first arguments into the list, `last` is a
    /// variable whose value comes after the positional ones.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn call_unpacked(
        &mut self,
        function: Reg,
        arguments: &'a ast::Arguments,
        before: impl FnOnce(&mut Self, Reg),
        last: Option<NameId>,
        range: TextRange,
        mark: u32,
        dst: Dst,
    ) -> Res<Reg> {
        let list = self.b().alloc();
        self.b().range = Some(range);
        self.emit(Op::BuildList, 0, list, 0, 0);
        before(self, list);
        // What cannot be unpacked is blamed on the call when it is the only argument.
        let blame = u8::from(arguments.args.len() == 1);
        for argument in &arguments.args {
            let mark = self.b().mark();
            match argument {
                Expr::Starred(starred) => {
                    let items = self.rk(&starred.value)?;
                    self.b().release(mark);
                    self.at(argument);
                    self.emit(Op::ListExtend, blame, list, items, function);
                }
                _ => {
                    let value = self.rk(argument)?;
                    self.b().release(mark);
                    self.at(argument);
                    self.emit(Op::ListAppend, 0, list, value, 0);
                }
            }
        }
        if let Some(last) = last {
            let mark = self.b().mark();
            let last = self.load(last, Dst::New);
            self.b().release(mark);
            self.emit(Op::ListAppend, 0, list, last, 0);
        }
        self.b().range = Some(range);
        self.emit(Op::ListToTuple, 0, list, list, 0);
        let keywords = self.b().alloc();
        if arguments.keywords.is_empty() {
            self.clear(keywords);
        } else {
            self.emit(Op::BuildMap, 0, keywords, 0, 0);
            self.keywords_into(keywords, function, &arguments.keywords)?;
        }
        self.b().release(mark);
        self.b().range = Some(range);
        let to = self.place(dst);
        self.emit(Op::CallEx, 0, to, function, 0);
        Ok(to)
    }

    pub(crate) fn keywords_into(&mut self, map: Reg, function: Reg, keywords: &'a [ast::Keyword]) -> Res<()> {
        let mut unpacked_before = false;
        for keyword in keywords {
            let mark = self.b().mark();
            match &keyword.arg {
                None => {
                    unpacked_before = true;
                    let mapping = self.rk(&keyword.value)?;
                    self.b().release(mark);
                    self.at(keyword);
                    self.emit(Op::DictMerge, 0, map, mapping, function);
                }
                Some(name) => {
                    self.check_bindable(keyword, name)?;
                    let name = self.names.id(name);
                    let name = self.name_const(name);
                    if unpacked_before {
                        // A name may be there already, which is an error: merge a dict of one.
                        let single = self.const_temp(name);
                        self.expr(&keyword.value, Dst::New)?;
                        self.at(keyword);
                        self.emit(Op::BuildMap, 0, single, single, 1);
                        self.b().release(mark);
                        self.emit(Op::DictMerge, 0, map, single, function);
                    } else {
                        let key = self.const_rk(name);
                        let value = self.rk(&keyword.value)?;
                        self.b().release(mark);
                        self.at(keyword);
                        self.emit(Op::MapAdd, 0, map, key, value);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether a call with these arguments, `more` added, does not fit a plain call instruction.
pub(crate) fn needs_unpacking(arguments: &ast::Arguments, more: usize) -> bool {
    arguments.args.len() + arguments.keywords.len() + more > 255
        || arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|k| k.arg.is_none())
}

/// The range from one node's start to another's end.
pub(crate) fn span(from: &impl Ranged, to: &impl Ranged) -> TextRange {
    TextRange::new(from.start(), to.end())
}
