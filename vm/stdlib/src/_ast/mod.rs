//! `_ast`: the classes of syntax tree nodes. `compile(…, PyCF_ONLY_AST)` makes trees of them.

mod convert;
mod expressions;
mod grammar;
mod node;
mod read;
mod read_expr;
mod read_pattern;
mod read_stmt;
mod source;
mod statements;

use freeze_compiler::{Mode, Options};
use freeze_runtime::object::TypeObject;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int::digit_limit;
use freeze_runtime::types::object::PyObject;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{raising, type_, union};
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{ModuleDef, Ref, Str, Value, Vm};

use grammar::{Family, GRAMMAR, Placed};

/// `ast.PyCF_ONLY_AST`
pub(crate) const ONLY_AST: i64 = 0x400;
const ALLOW_TOP_LEVEL_AWAIT: i64 = 0x2000;
const TYPE_COMMENTS: i64 = 0x1000;
const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;

/// Where the namespace of the classes is kept for the converter.
const CLASSES: &str = "_ast classes";
/// Where the only instances of operators and contexts are kept.
const SINGLETONS: &str = "_ast singletons";

fn texts(vm: &Vm, names: impl IntoIterator<Item = &'static str>) -> Value {
    PyTuple::new(names.into_iter().map(|n| vm.intern(n).into_value()).collect()).into_value()
}

fn make_class(vm: &Vm, ns: &PyDict, name: &str, base: &Value, content: Ref<PyDict>, doc: &str) -> PyResult<Value> {
    content.set_text("__module__", vm.intern("ast").into_value());
    content.set_text("__doc__", vm.str(doc));
    let bases = PyTuple::from_slice(std::slice::from_ref(base)).into_value();
    let name_value = vm.intern(name).into_value();
    let class = vm.call(&type_::TYPE.as_value(), &[name_value, bases, content.into_value()])?;
    ns.set_text(name, class.clone());
    Ok(class)
}

fn set_positions(vm: &Vm, content: &PyDict, placed: Placed) {
    content.set_text("_attributes", texts(vm, placed.attributes().iter().copied()));
    if placed == Placed::Yes {
        content.set_text("end_lineno", Value::NONE);
        content.set_text("end_col_offset", Value::NONE);
    }
}

/// The classes, without `_field_types`, which needs all of them.
fn make_family(vm: &Vm, ns: &PyDict, family: &Family) -> PyResult<()> {
    let root = node::AST.as_value();
    let base = if family.name.is_empty() {
        root
    } else {
        let content = PyDict::new_ref();
        set_positions(vm, &content, family.placed);
        content.set_text("_fields", texts(vm, []));
        content.set_text("__match_args__", texts(vm, []));
        make_class(vm, ns, family.name, &root, content, &family.doc())?
    };
    for text in family.nodes {
        let (name, fields) = grammar::parse(text);
        let content = PyDict::new_ref();
        if family.name.is_empty() {
            set_positions(vm, &content, family.placed);
        }
        let names = texts(vm, fields.iter().map(|f| f.0));
        content.set_text("_fields", names.clone());
        content.set_text("__match_args__", names);
        for (field, kind) in &fields {
            if kind.ends_with('?') {
                content.set_text(field, Value::NONE);
            }
        }
        make_class(vm, ns, name, &base, content, &text.replace("?*", "*"))?;
    }
    Ok(())
}

/// The type that stands for `kind` (`expr`, `expr?`, `expr*`) in `_field_types`.
fn field_type(vm: &Vm, ns: &PyDict, known: &PyDict, kind: &str) -> PyResult<Value> {
    if let Some(v) = known.get_text(kind) {
        return Ok(v);
    }
    let builtin = |name: &str| vm.runtime().builtins.get_text(name).unwrap_or(Value::NONE);
    let v = if let Some(item) = kind.strip_suffix('*') {
        let item = field_type(vm, ns, known, item.trim_end_matches('?'))?;
        vm.get_item(&builtin("list"), &item)?
    } else if let Some(some) = kind.strip_suffix('?') {
        let some = field_type(vm, ns, known, some)?;
        vm.binary_op(freeze_runtime::object::BinOp::Or, &some, &Value::NONE)?
    } else {
        match kind {
            "identifier" | "string" => builtin("str"),
            "int" => builtin("int"),
            "constant" => builtin("object"),
            class => ns.get_text(class).unwrap_or(Value::NONE),
        }
    };
    known.set_text(kind, v.clone());
    Ok(v)
}

fn set_field_types(vm: &Vm, ns: &PyDict) -> PyResult<()> {
    let known = PyDict::new_ref();
    for family in GRAMMAR {
        for text in family.nodes {
            let (name, fields) = grammar::parse(text);
            let types = PyDict::new_ref();
            for (field, kind) in fields {
                types.set_text(field, field_type(vm, ns, &known, kind)?);
            }
            let Some(class) = ns.get_text(name) else { continue };
            vm.set_attr_str(&class, "_field_types", types.as_value().clone())?;
            vm.set_attr_str(&class, "__annotations__", types.into_value())?;
        }
    }
    Ok(())
}

/// Operators and contexts have no fields: one instance of each serves all trees.
fn make_singletons(ns: &PyDict) -> Ref<PyDict> {
    let all = PyDict::new_ref();
    let simple = GRAMMAR.iter().filter(|f| f.placed == Placed::No && !f.nodes[0].contains('('));
    for name in simple.flat_map(|f| f.nodes) {
        if let Some(class) = ns.get_text(name)
            && let Some(class) = class.downcast::<TypeObject>()
        {
            all.set_text(name, Ref::new(class.object(), PyObject).into_value());
        }
    }
    all
}

/// Makes the classes when they are first needed and gives their namespace and that of the singletons.
fn classes(vm: &Vm) -> PyResult<(Ref<PyDict>, Ref<PyDict>)> {
    let kept = |key| vm.runtime().slots.borrow().get(key).and_then(|v| v.downcast_ref::<PyDict>());
    if let (Some(ns), Some(singletons)) = (kept(CLASSES), kept(SINGLETONS)) {
        return Ok((ns, singletons));
    }
    let ns = PyDict::new_ref();
    ns.set_text("AST", type_::ready_value(vm, &node::AST));
    for family in GRAMMAR {
        make_family(vm, &ns, family)?;
    }
    set_field_types(vm, &ns)?;
    let singletons = make_singletons(&ns);
    let mut slots = vm.runtime().slots.borrow_mut();
    slots.insert(CLASSES, ns.as_value().clone());
    slots.insert(SINGLETONS, singletons.as_value().clone());
    Ok((ns, singletons))
}

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    let (ns, _) = classes(vm)?;
    for (name, class) in ns.items() {
        d.set(vm, &name, class)?;
    }
    d.set_text("PyCF_ALLOW_TOP_LEVEL_AWAIT", Value::int(ALLOW_TOP_LEVEL_AWAIT));
    d.set_text("PyCF_ONLY_AST", Value::int(ONLY_AST));
    d.set_text("PyCF_OPTIMIZED_AST", Value::int(OPTIMIZED_AST));
    d.set_text("PyCF_TYPE_COMMENTS", Value::int(TYPE_COMMENTS));
    Ok(())
}

/// Whether `v` is a syntax tree node.
pub(crate) fn is_node(v: &Value) -> bool {
    v.class().is_subtype(&node::AST)
}

/// `compile(source, filename, mode, PyCF_ONLY_AST)`
pub(crate) fn parse(
    vm: &Vm,
    source: &[u8],
    is_text: bool,
    file: &Str,
    mode: &str,
    feature_version: Option<u8>,
) -> PyResult<Value> {
    let name = file.to_lossy().into_owned();
    let parser_mode = match mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => return Err(vm.not_implemented_error("compile() with mode 'func_type'")),
    };
    let failed = |e: freeze_compiler::CompileError| -> Raised { raising::syntax_error(vm, &e, file) };
    let source = freeze_runtime::import::code::decode(vm, source, is_text, file)?;
    let options = Options { int_max_str_digits: digit_limit() as u32, feature_version, ..Options::default() };
    let tree = freeze_compiler::parse_as(&source, &name, parser_mode, &options).map_err(failed)?;
    let (classes, singletons) = classes(vm)?;
    convert::Converter { vm, source: &source, classes, singletons }.module(&tree, mode == "single")
}

/// `compile(tree, …)`
pub(crate) fn compile(vm: &Vm, tree: &Value, file: &Str, mode: &str, flags: u32, optimize: u8) -> PyResult<Value> {
    check_root(vm, tree, mode)?;
    let (classes, _) = classes(vm)?;
    let (module, source) = read::module(vm, &classes, tree)?;
    let mode = match mode {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::Exec,
    };
    let allow_top_level_await = i64::from(flags) & ALLOW_TOP_LEVEL_AWAIT != 0;
    let options = Options { optimize, future_flags: flags, allow_top_level_await, ..Options::default() };
    vm.compiled_code(freeze_compiler::compile_module(&module, &source, &file.to_lossy(), mode, &options), file)
}

/// Refuses a tree that is not of the mode's kind.
pub(crate) fn check_root(vm: &Vm, tree: &Value, mode: &str) -> PyResult<()> {
    let wanted = match mode {
        "exec" => "Module",
        "eval" => "Expression",
        "single" => "Interactive",
        _ => "FunctionType",
    };
    let (classes, _) = classes(vm)?;
    if !vm.isinstance(tree, &Value::or_none(classes.get_text(wanted)))? {
        return Err(vm.type_error(format!("expected {wanted} node, got {}", tree.class().name())));
    }
    Ok(())
}

fn is_union(v: &Value) -> bool {
    std::ptr::eq(v.class(), &union::UNION)
}

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "_ast", doc: "", functions: &[], init: Some(init) };
