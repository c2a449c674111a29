//! Classes.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast};
use rustpython_text_size::TextRange;

use super::call::needs_unpacking;
use super::function::Compiled;
use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::Res;
use crate::names::NameId;
use crate::symtable::Part;

impl<'a> Lowering<'a> {
    pub(crate) fn class_def(&mut self, s: &'a ast::StmtClassDef) -> Res<()> {
        let mark = self.b().mark();
        self.check_bindable(s, &s.name)?;
        for decorator in &s.decorator_list {
            self.new_temp(&decorator.expression)?;
        }
        let name = self.spelled(&s.name);
        let value = match &s.type_params {
            None => self.class_value(s, None)?,
            Some(params) => self.generic_class(s, params)?,
        };
        let value = self.decorated(&s.decorator_list, mark, value);
        self.b().range = Some(s.name.range);
        self.store_name(name, value);
        self.b().release(mark);
        Ok(())
    }

    /// The class object in a new temporary. `generic_base` is the variable of a base that comes after the others.
    pub(crate) fn class_value(&mut self, s: &'a ast::StmtClassDef, generic_base: Option<NameId>) -> Res<Reg> {
        let compiled = self.class_code(s)?;
        let name = Self::text_const(&s.name);
        let mark = self.b().mark();
        self.b().range = Some(s.name.range);
        let build = self.b().alloc();
        // 5: `__build_class__`
        self.emit(Op::LoadCommon, 5, build, 0, 0);
        let Some(arguments) = &s.arguments else {
            self.class_function(&compiled, name);
            return Ok(self.finish_class(build, 0, generic_base, mark, s));
        };
        if needs_unpacking(arguments, 3) {
            return self.call_unpacked(
                build,
                arguments,
                |l, list| {
                    let inner = l.b().mark();
                    let function = l.class_function(&compiled, name);
                    l.emit(Op::ListAppend, 0, list, function, 0);
                    l.emit(Op::ListAppend, 0, list, function + 1, 0);
                    l.b().release(inner);
                },
                generic_base,
                s.name.range,
                mark,
                Dst::New,
            );
        }
        if arguments.keywords.is_empty() {
            self.class_function(&compiled, name);
            for base in &arguments.args {
                self.expr(base, Dst::New)?;
            }
            return Ok(self.finish_class(build, arguments.args.len(), generic_base, mark, s));
        }
        let none = self.b().alloc();
        self.clear(none);
        self.class_function(&compiled, name);
        for base in &arguments.args {
            self.expr(base, Dst::New)?;
        }
        let mut count = arguments.args.len() + arguments.keywords.len() + 2;
        if let Some(base) = generic_base {
            self.load(base, Dst::New);
            count += 1;
        }
        let mut names = Vec::new();
        for keyword in &arguments.keywords {
            self.expr(&keyword.value, Dst::New)?;
            if let Some(name) = &keyword.arg {
                let name = self.names.id(name);
                names.push(self.name_const(name));
            }
        }
        self.b().release(mark);
        self.b().range = Some(s.name.range);
        let names = self.b().const_id(Const::Tuple(names.into()));
        let site = self.b().site(names);
        let to = self.b().alloc();
        self.emit(Op::CallKw, count as u8, to, build, site);
        Ok(to)
    }

    fn finish_class(
        &mut self,
        build: Reg,
        bases: usize,
        generic_base: Option<NameId>,
        mark: u32,
        s: &'a ast::StmtClassDef,
    ) -> Reg {
        let mut count = bases + 2;
        if let Some(base) = generic_base {
            self.load(base, Dst::New);
            count += 1;
        }
        self.b().release(mark);
        self.b().range = Some(s.name.range);
        let to = self.b().alloc();
        let site = self.b().plain_site();
        self.emit(Op::Call, count as u8, to, build, site);
        to
    }

    /// The function of the class body and the class's name, in two new temporaries.
    fn class_function(&mut self, compiled: &Compiled, name: Const) -> Reg {
        let function = self.b().alloc();
        self.emit_make_function(function, compiled);
        self.emit_closure(function, &compiled.freevars);
        self.const_temp(name);
        function
    }

    fn class_code(&mut self, s: &'a ast::StmtClassDef) -> Res<Compiled> {
        let Some(id) = self.table.of(s, Part::Body) else {
            unreachable!("every class has a scope");
        };
        self.enter_unit(id, &[], &s.name, s.range);
        let scope = self.table.scope(id);
        let (class_cell, classdict, conditional) =
            (scope.needs_class_cell, scope.needs_classdict, scope.conditional_annotations);
        // The class's own line: that of its first decorator, if it has any.
        let first = s.decorator_list.first().map_or(s.range, |d| d.range);
        self.b().range = Some(TextRange::empty(first.start()));
        let dunder_name = self.names.id("__name__");
        let name = self.load(dunder_name, Dst::New);
        self.store_in_namespace("__module__", name);
        let qualname = Self::text_const(&self.unit.qualname);
        self.store_const_in_namespace("__qualname__", qualname);
        let line = Const::Int(i64::from(self.unit.firstlineno));
        self.store_const_in_namespace("__firstlineno__", line);
        if s.type_params.is_some() {
            let params = self.names.id(".type_params");
            let params = self.load(params, Dst::New);
            self.store_in_namespace("__type_params__", params);
        }
        if classdict {
            let namespace = self.b().alloc();
            self.emit(Op::LoadNamespace, 0, namespace, 0, 0);
            let cell = self.implicit_cell("__classdict__");
            self.emit(Op::StoreCell, 0, cell, namespace, 0);
        }
        self.b().release(0);
        if conditional {
            self.start_conditional_annotations();
        }
        if (self.config.string_annotations || self.reads_annotations()) && super::annotations::has_annotations(&s.body)
        {
            self.emit(Op::SetupAnnotations, 0, 0, 0, 0);
        }
        let body = self.store_docstring(&s.body);
        self.body(body)?;
        self.nowhere();
        self.finish_annotations()?;
        self.nowhere();
        let mut attributes: Vec<&str> = self.unit.static_attributes.iter().map(|n| self.names.text(*n)).collect();
        attributes.sort_unstable();
        let attributes: Box<[Const]> = attributes.into_iter().map(Self::text_const).collect();
        self.store_const_in_namespace("__static_attributes__", Const::Tuple(attributes));
        if classdict {
            let cell = self.implicit_cell("__classdict__");
            let copy = self.b().alloc();
            self.emit(Op::Move, 0, copy, cell, 0);
            self.store_in_namespace("__classdictcell__", copy);
        }
        if class_cell {
            let cell = self.implicit_cell("__class__");
            let copy = self.b().alloc();
            self.emit(Op::Move, 0, copy, cell, 0);
            self.store_in_namespace("__classcell__", copy);
            self.emit(Op::Return, 0, cell, 0, 0);
        } else {
            self.return_none();
        }
        self.leave_compiled()
    }

    /// The register of one of a class's own cells.
    pub(crate) fn implicit_cell(&mut self, name: &str) -> Reg {
        let name = self.names.id(name);
        self.unit.registers[&(self.unit.scope, name)]
    }

    /// Stores the temporary taken last in the class's namespace.
    fn store_in_namespace(&mut self, name: &str, value: Reg) {
        let name = self.names.id(name);
        let index = self.b().name(name);
        self.emit(Op::StoreName, 0, value, index, 0);
        self.b().release(0);
    }

    fn store_const_in_namespace(&mut self, name: &str, value: Const) {
        let value = self.const_temp(value);
        self.store_in_namespace(name, value);
    }
}
