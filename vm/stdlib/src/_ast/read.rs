//! From Python's tree to the parser's, for `compile(tree, …)`: the frame, positions, fields and what several kinds of nodes
//! share. What CPython's validator refuses is refused here.

use std::cell::RefCell;

use freeze_compiler::Source;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{Ref, Value, Vm};
use rustpython_ast::{self as ast, AtomicNodeIndex, Expr, ExprContext, Identifier, Mod, Stmt};
use rustpython_text_size::{Ranged, TextRange};

use super::grammar::GRAMMAR;
use super::source::Blank;

/// Where a node without a position stands. A constant, so that every use has its own.
#[allow(clippy::declare_interior_mutable_const)]
pub(super) const NOWHERE: AtomicNodeIndex = AtomicNodeIndex::NONE;

/// Reads the nodes of one tree.
pub(super) struct Reader<'a> {
    pub(super) vm: &'a Vm,
    pub(super) classes: Ref<PyDict>,
    pub(super) blank: RefCell<Blank>,
}

/// The tree and the source that its positions are offsets of.
pub(super) fn module(vm: &Vm, classes: &Ref<PyDict>, tree: &Value) -> PyResult<(Mod, Source)> {
    let mut blank = Blank::new();
    loop {
        let reader = Reader { vm, classes: classes.clone(), blank: RefCell::new(blank) };
        let module = reader.module(tree)?;
        let used = reader.blank.into_inner();
        match used.better() {
            Some(better) => blank = better,
            None => return Ok((module, used.finish())),
        }
    }
}

impl Reader<'_> {
    fn module(&self, tree: &Value) -> PyResult<Mod> {
        let range = TextRange::default();
        let class = self.class_of(tree, "mod")?;
        Ok(if class == "Expression" {
            let body = self.boxed(tree, &class, "body")?;
            Mod::Expression(ast::ModExpression { node_index: NOWHERE, range, body })
        } else {
            Mod::Module(ast::ModModule { node_index: NOWHERE, range, body: self.body(tree, &class, "body")? })
        })
    }

    /// The name of the node class that a value is an instance of; `family` is what was expected.
    pub(super) fn class_of(&self, v: &Value, family: &str) -> PyResult<String> {
        let known = |name: &str| Value::or_none(self.classes.get_text(name));
        let expected = known(family);
        let unexpected = || {
            let shown = self.vm.repr(v)?;
            Ok(self.vm.type_error(format!("expected some sort of {family}, but got {}", shown.to_lossy())))
        };
        if v.is_none() || !self.vm.isinstance(v, &expected)? {
            return Err(unexpected()?);
        }
        let mut class = v.class().as_value();
        // A program's own subclass counts as the class that it derives from.
        loop {
            let name = class.downcast::<freeze_runtime::object::TypeObject>().map_or("", |t| t.name()).to_owned();
            if known(&name).is(&class) {
                if name == family && GRAMMAR.iter().any(|all| all.name == family) {
                    return Err(unexpected()?);
                }
                return Ok(name);
            }
            let base = self.vm.get_attr_str(&class, "__base__")?;
            if base.is_none() {
                return Err(self.vm.type_error(format!("expected some sort of {family}")));
            }
            class = base;
        }
    }

    #[cold]
    fn missing(&self, field: &str, class: &str) -> Raised {
        self.vm.type_error(format!("required field \"{field}\" missing from {class}"))
    }

    /// A field that may be left out or None.
    pub(super) fn opt(&self, v: &Value, field: &str) -> PyResult<Option<Value>> {
        Ok(self.vm.get_attr_opt(v, &self.vm.intern(field))?.filter(|v| !v.is_none()))
    }

    /// A field that must be there, None perhaps.
    pub(super) fn field(&self, v: &Value, class: &str, field: &str) -> PyResult<Value> {
        self.vm.get_attr_opt(v, &self.vm.intern(field))?.ok_or_else(|| self.missing(field, class))
    }

    /// A field that must be there and not None.
    pub(super) fn some(&self, v: &Value, class: &str, field: &str) -> PyResult<Value> {
        let found = self.field(v, class, field)?;
        if found.is_none() {
            return Err(self.vm.value_error(format!("field '{field}' is required for {class}")));
        }
        Ok(found)
    }

    /// The items of a field that holds a list; without the field there are none.
    pub(super) fn items(&self, v: &Value, class: &str, field: &str) -> PyResult<Vec<Value>> {
        let Some(found) = self.vm.get_attr_opt(v, &self.vm.intern(field))? else { return Ok(Vec::new()) };
        match found.downcast::<PyList>() {
            Some(l) => Ok(l.to_vec()),
            None => {
                let kind = found.class().name();
                Err(self.vm.type_error(format!("{class} field \"{field}\" must be a list, not a {kind}")))
            }
        }
    }

    /// Every item of a list field, read by `f`.
    pub(super) fn all<T>(
        &self,
        v: &Value,
        class: &str,
        field: &str,
        f: impl Fn(&Value) -> PyResult<T>,
    ) -> PyResult<Vec<T>> {
        self.items(v, class, field)?.iter().map(f).collect()
    }

    fn number(&self, v: &Value) -> PyResult<i64> {
        if !int::is_int(v) {
            let shown = self.vm.repr(v)?;
            return Err(self.vm.value_error(format!("invalid integer value: {}", shown.to_lossy())));
        }
        self.vm.to_i64(v)
    }

    pub(super) fn int(&self, v: &Value, class: &str, field: &str) -> PyResult<i64> {
        self.number(&self.field(v, class, field)?)
    }

    pub(super) fn opt_int(&self, v: &Value, field: &str, default: i64) -> PyResult<i64> {
        self.opt(v, field)?.map_or(Ok(default), |n| self.number(&n))
    }

    /// Where a node stands. `family` is who is said to lack a position.
    pub(super) fn range(&self, v: &Value, family: &str) -> PyResult<TextRange> {
        let line = self.int(v, family, "lineno")?;
        let column = self.int(v, family, "col_offset")?;
        let end_line = self.opt_int(v, "end_lineno", line)?;
        let end_column = self.opt_int(v, "end_col_offset", column)?;
        if line > end_line {
            return Err(self.vm.value_error(format!("AST node line range ({line}, {end_line}) is not valid")));
        }
        let negative = |start: i64, end: i64| start < 0 && start != end;
        if negative(line, end_line) || negative(column, end_column) || line == end_line && column > end_column {
            return Err(self.vm.value_error(format!(
                "AST node column range ({column}, {end_column}) for line range ({line}, {end_line}) is not valid"
            )));
        }
        Ok(self.blank.borrow_mut().range((line, column), (end_line, end_column)))
    }

    pub(super) fn name_of(&self, v: &Value) -> PyResult<String> {
        let Some(s) = v.downcast::<PyStr>() else {
            return Err(self.vm.type_error("AST identifier must be of type str"));
        };
        let name = s.to_lossy().into_owned();
        if matches!(name.as_str(), "None" | "True" | "False") {
            return Err(self.vm.value_error(format!("identifier field can't represent '{name}' constant")));
        }
        Ok(name)
    }

    pub(super) fn identifier(&self, v: &Value, class: &str, field: &str, range: TextRange) -> PyResult<Identifier> {
        let name = self.some(v, class, field)?;
        Ok(Identifier::new(self.name_of(&name)?, range))
    }

    pub(super) fn opt_identifier(&self, v: &Value, field: &str, range: TextRange) -> PyResult<Option<Identifier>> {
        let Some(name) = self.opt(v, field)? else { return Ok(None) };
        Ok(Some(Identifier::new(self.name_of(&name)?, range)))
    }

    pub(super) fn boxed(&self, v: &Value, class: &str, field: &str) -> PyResult<Box<Expr>> {
        Ok(Box::new(self.expr(&self.some(v, class, field)?)?))
    }

    pub(super) fn opt_boxed(&self, v: &Value, field: &str) -> PyResult<Option<Box<Expr>>> {
        self.opt(v, field)?.map(|e| self.expr(&e).map(Box::new)).transpose()
    }

    pub(super) fn exprs(&self, v: &Value, class: &str, field: &str) -> PyResult<Vec<Expr>> {
        self.exprs_in(v, class, field, ExprContext::Load)
    }

    /// Expressions that stand where such of this context must.
    pub(super) fn exprs_in(&self, v: &Value, class: &str, field: &str, wanted: ExprContext) -> PyResult<Vec<Expr>> {
        self.all(v, class, field, |e| {
            if e.is_none() {
                return Err(self.vm.value_error("None disallowed in expression list"));
            }
            self.expr_in(e, wanted)
        })
    }

    pub(super) fn body(&self, v: &Value, class: &str, field: &str) -> PyResult<Vec<Stmt>> {
        self.all(v, class, field, |s| {
            if s.is_none() {
                return Err(self.vm.value_error("None disallowed in statement list"));
            }
            self.stmt(s)
        })
    }

    /// A body that must not be empty.
    pub(super) fn full_body(&self, v: &Value, class: &str) -> PyResult<Vec<Stmt>> {
        let body = self.body(v, class, "body")?;
        if body.is_empty() { Err(self.empty("body", class)) } else { Ok(body) }
    }

    #[cold]
    pub(super) fn empty(&self, what: &str, class: &str) -> Raised {
        self.vm.value_error(format!("empty {what} on {class}"))
    }

    fn parameter(&self, v: &Value) -> PyResult<ast::Parameter> {
        self.class_of(v, "arg")?;
        let range = self.range(v, "arg")?;
        let name = self.identifier(v, "arg", "arg", range)?;
        Ok(ast::Parameter { range, node_index: NOWHERE, name, annotation: self.opt_boxed(v, "annotation")? })
    }

    fn opt_parameter(&self, v: &Value, field: &str) -> PyResult<Option<Box<ast::Parameter>>> {
        self.opt(v, field)?.map(|a| self.parameter(&a).map(Box::new)).transpose()
    }

    pub(super) fn parameters(&self, v: &Value) -> PyResult<ast::Parameters> {
        const CLASS: &str = "arguments";
        self.class_of(v, CLASS)?;
        let plain = |field| {
            self.all(v, CLASS, field, |a| {
                let parameter = self.parameter(a)?;
                Ok(ast::ParameterWithDefault { range: parameter.range, node_index: NOWHERE, parameter, default: None })
            })
        };
        let (mut posonlyargs, mut args, mut kwonlyargs) = (plain("posonlyargs")?, plain("args")?, plain("kwonlyargs")?);
        let defaults = self.exprs(v, CLASS, "defaults")?;
        let positional = posonlyargs.len() + args.len();
        if defaults.len() > positional {
            return Err(self.vm.value_error("more positional defaults than args on arguments"));
        }
        let without = positional - defaults.len();
        for (p, default) in posonlyargs.iter_mut().chain(&mut args).skip(without).zip(defaults) {
            p.default = Some(Box::new(default));
        }
        let keyword_defaults = self.items(v, CLASS, "kw_defaults")?;
        if keyword_defaults.len() != kwonlyargs.len() {
            return Err(self.vm.value_error("length of kwonlyargs is not the same as kw_defaults on arguments"));
        }
        for (p, default) in kwonlyargs.iter_mut().zip(keyword_defaults).filter(|(_, d)| !d.is_none()) {
            p.default = Some(Box::new(self.expr(&default)?));
        }
        Ok(ast::Parameters {
            range: TextRange::default(),
            node_index: NOWHERE,
            posonlyargs,
            args,
            vararg: self.opt_parameter(v, "vararg")?,
            kwonlyargs,
            kwarg: self.opt_parameter(v, "kwarg")?,
        })
    }

    pub(super) fn keywords(&self, v: &Value, class: &str) -> PyResult<Box<[ast::Keyword]>> {
        let all = self.all(v, class, "keywords", |k| {
            self.class_of(k, "keyword")?;
            let range = self.range(k, "keyword")?;
            let arg = self.opt_identifier(k, "arg", range)?;
            Ok(ast::Keyword { range, node_index: NOWHERE, arg, value: *self.boxed(k, "keyword", "value")? })
        })?;
        Ok(all.into())
    }

    pub(super) fn comprehensions(&self, v: &Value, class: &str) -> PyResult<Vec<ast::Comprehension>> {
        const CLASS: &str = "comprehension";
        let all = self.all(v, class, "generators", |c| {
            self.class_of(c, CLASS)?;
            let (target, iter) = (*self.stored(c, CLASS, "target")?, *self.boxed(c, CLASS, "iter")?);
            Ok(ast::Comprehension {
                range: TextRange::new(target.start().min(iter.start()), iter.end().max(target.start())),
                node_index: NOWHERE,
                ifs: self.exprs(c, CLASS, "ifs")?,
                is_async: self.int(c, CLASS, "is_async")? != 0,
                target,
                iter,
            })
        })?;
        if all.is_empty() {
            return Err(self.vm.value_error("comprehension with no generators"));
        }
        Ok(all)
    }

    pub(super) fn type_params(&self, v: &Value, class: &str) -> PyResult<Option<Box<ast::TypeParams>>> {
        let params = self.all(v, class, "type_params", |p| {
            let class = self.class_of(p, "type_param")?;
            let range = self.range(p, "type_param")?;
            let name = self.identifier(p, &class, "name", range)?;
            let default = self.opt_boxed(p, "default_value")?;
            let node_index = NOWHERE;
            Ok(match class.as_str() {
                "TypeVar" => {
                    let bound = self.opt_boxed(p, "bound")?;
                    ast::TypeParam::TypeVar(ast::TypeParamTypeVar { node_index, range, name, bound, default })
                }
                "ParamSpec" => ast::TypeParam::ParamSpec(ast::TypeParamParamSpec { node_index, range, name, default }),
                _ => ast::TypeParam::TypeVarTuple(ast::TypeParamTypeVarTuple { node_index, range, name, default }),
            })
        })?;
        let range = params.first().map_or(TextRange::default(), Ranged::range);
        let some = !params.is_empty();
        Ok(some.then(|| Box::new(ast::TypeParams { range, node_index: NOWHERE, type_params: params })))
    }
}
