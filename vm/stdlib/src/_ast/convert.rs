//! From the parser's tree to Python's: the frame, and what several kinds of nodes share.

use freeze_bytecode::Const;
use freeze_compiler::Source;
use freeze_runtime::object::{TypeObject, instance};
use freeze_runtime::types::code::constant_value;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::object::PyObject;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Ref, Value, Vm};
use rustpython_ast::{self as ast, Expr, Mod, Stmt};
use rustpython_text_size::{Ranged, TextRange, TextSize};

/// Makes the nodes of one tree.
pub(super) struct Converter<'a> {
    pub(super) vm: &'a Vm,
    pub(super) source: &'a Source,
    pub(super) classes: Ref<PyDict>,
    pub(super) singletons: Ref<PyDict>,
}

type Fields<'f> = &'f [(&'static str, Value)];

pub(super) fn list(items: Vec<Value>) -> Value {
    PyList::new(items).into_value()
}

impl Converter<'_> {
    pub(super) fn module(&self, tree: &Mod, single: bool) -> PyResult<Value> {
        match tree {
            Mod::Module(m) if single => self.plain("Interactive", &[("body", self.body(&m.body)?)]),
            Mod::Module(m) => {
                self.plain("Module", &[("body", self.body(&m.body)?), ("type_ignores", list(Vec::new()))])
            }
            Mod::Expression(m) => self.plain("Expression", &[("body", self.expr(&m.body)?)]),
        }
    }

    /// A node without a position.
    pub(super) fn plain(&self, class: &str, fields: Fields<'_>) -> PyResult<Value> {
        let found = self.classes.get_text(class).and_then(|c| c.downcast_ref::<TypeObject>());
        let Some(class) = found else { return Err(self.vm.system_error(format!("no syntax tree class {class}"))) };
        let node = Ref::new(class.object(), PyObject).into_value();
        for (name, value) in fields {
            instance::set(&node, &self.vm.intern(name), value.clone());
        }
        Ok(node)
    }

    /// A node with its position.
    pub(super) fn node(&self, class: &str, range: TextRange, fields: Fields<'_>) -> PyResult<Value> {
        let node = self.plain(class, fields)?;
        let (line, column) = self.source.line_and_byte(range.start().to_u32());
        let (end_line, end_column) = self.source.line_and_byte(range.end().to_u32());
        let place =
            [("lineno", line), ("col_offset", column), ("end_lineno", end_line), ("end_col_offset", end_column)];
        for (name, n) in place {
            instance::set(&node, &self.vm.intern(name), Value::int(i64::from(n)));
        }
        Ok(node)
    }

    /// The instance of an operator or context.
    pub(super) fn single(&self, name: &str) -> Value {
        Value::or_none(self.singletons.get_text(name))
    }

    pub(super) fn all<T>(&self, items: &[T], f: impl Fn(&T) -> PyResult<Value>) -> PyResult<Value> {
        Ok(list(items.iter().map(f).collect::<PyResult<_>>()?))
    }

    pub(super) fn exprs(&self, items: &[Expr]) -> PyResult<Value> {
        self.all(items, |e| self.expr(e))
    }

    pub(super) fn body(&self, items: &[Stmt]) -> PyResult<Value> {
        self.all(items, |s| self.stmt(s))
    }

    pub(super) fn opt(&self, e: Option<&Expr>) -> PyResult<Value> {
        e.map_or(Ok(Value::NONE), |e| self.expr(e))
    }

    pub(super) fn name(&self, id: &ast::Identifier) -> Value {
        self.vm.intern(id.as_str()).into_value()
    }

    pub(super) fn opt_name(&self, id: Option<&ast::Identifier>) -> Value {
        id.map_or(Value::NONE, |id| self.name(id))
    }

    pub(super) fn text(&self, wtf8: Vec<u8>) -> Value {
        constant_value(self.vm, Const::Str(wtf8.into()))
    }

    /// The source between two offsets.
    pub(super) fn slice(&self, range: TextRange) -> &str {
        self.source.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    /// Where the keyword of a decorated definition stands: after decorators, blank space and comments.
    pub(super) fn after_decorators(&self, range: TextRange, decorators: &[ast::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let text = self.source.text().as_bytes();
        let mut at = last.end().to_usize();
        while let Some(b) = text.get(at) {
            match b {
                b'#' => at += text[at..].iter().position(|b| *b == b'\n').unwrap_or(text.len() - at),
                b' ' | b'\t' | b'\n' | b'\x0c' | b'\\' => at += 1,
                _ => break,
            }
        }
        TextRange::new(TextSize::new(at as u32).min(range.end()), range.end())
    }

    pub(super) fn parameter(&self, p: &ast::Parameter) -> PyResult<Value> {
        let range = TextRange::new(p.name.start(), p.end());
        let annotation = self.opt(p.annotation.as_deref())?;
        self.node(
            "arg",
            range,
            &[("arg", self.name(&p.name)), ("annotation", annotation), ("type_comment", Value::NONE)],
        )
    }

    pub(super) fn parameters(&self, p: Option<&ast::Parameters>) -> PyResult<Value> {
        let default = ast::Parameters::default();
        let p = p.unwrap_or(&default);
        let args = |items: &[ast::ParameterWithDefault]| self.all(items, |a| self.parameter(&a.parameter));
        let star = |a: &Option<Box<ast::Parameter>>| a.as_deref().map_or(Ok(Value::NONE), |a| self.parameter(a));
        let defaults = p.posonlyargs.iter().chain(&p.args).filter_map(|a| a.default.as_deref());
        let fields = [
            ("posonlyargs", args(&p.posonlyargs)?),
            ("args", args(&p.args)?),
            ("vararg", star(&p.vararg)?),
            ("kwonlyargs", args(&p.kwonlyargs)?),
            ("kw_defaults", self.all(&p.kwonlyargs, |a| self.opt(a.default.as_deref()))?),
            ("kwarg", star(&p.kwarg)?),
            ("defaults", list(defaults.map(|e| self.expr(e)).collect::<PyResult<_>>()?)),
        ];
        self.plain("arguments", &fields)
    }

    pub(super) fn keywords(&self, items: &[ast::Keyword]) -> PyResult<Value> {
        self.all(items, |k| {
            self.node("keyword", k.range, &[("arg", self.opt_name(k.arg.as_ref())), ("value", self.expr(&k.value)?)])
        })
    }

    pub(super) fn comprehensions(&self, items: &[ast::Comprehension]) -> PyResult<Value> {
        self.all(items, |c| {
            let fields = [
                ("target", self.expr(&c.target)?),
                ("iter", self.expr(&c.iter)?),
                ("ifs", self.exprs(&c.ifs)?),
                ("is_async", Value::int(i64::from(c.is_async))),
            ];
            self.plain("comprehension", &fields)
        })
    }

    pub(super) fn type_params(&self, params: Option<&ast::TypeParams>) -> PyResult<Value> {
        let params = params.map_or(&[][..], |p| &p.type_params);
        self.all(params, |p| {
            let (class, name, bound, default) = match p {
                ast::TypeParam::TypeVar(t) => ("TypeVar", &t.name, Some(t.bound.as_deref()), &t.default),
                ast::TypeParam::ParamSpec(t) => ("ParamSpec", &t.name, None, &t.default),
                ast::TypeParam::TypeVarTuple(t) => ("TypeVarTuple", &t.name, None, &t.default),
            };
            let mut fields = vec![("name", self.name(name))];
            if let Some(bound) = bound {
                fields.push(("bound", self.opt(bound)?));
            }
            fields.push(("default_value", self.opt(default.as_deref())?));
            self.node(class, p.range(), &fields)
        })
    }
}
