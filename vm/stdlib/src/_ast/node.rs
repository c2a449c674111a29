//! `AST`, the base of all nodes: construction from fields, `repr`, pickling and `copy.replace`.

use freeze_runtime::object::{Slots, instance};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::generic_alias::GENERIC_ALIAS;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, Str, Type, TypeDef, TypeFlags, Value, Vm, native};

/// The strings of the tuple that the class has as `attr`.
fn names(vm: &Vm, v: &Value, attr: &str) -> PyResult<Vec<Str>> {
    let Some(all) = vm.get_attr_opt(&v.class().as_value(), &vm.intern(attr))? else { return Ok(Vec::new()) };
    let all = vm.to_vec(&all)?;
    Ok(all
        .iter()
        .filter_map(|n| n.downcast_ref::<PyStr>())
        .map(|n| freeze_runtime::object::string::intern_ref(&n))
        .collect())
}

fn deprecated(vm: &Vm, message: &str) -> PyResult<()> {
    vm.warn_named("DeprecationWarning", message, 1)
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    let class = v.class().name();
    let fields = names(vm, v, "_fields")?;
    let given = call.positional();
    if given.len() > fields.len() {
        let n = fields.len();
        let s = if n == 1 { "" } else { "s" };
        return Err(vm.type_error(format!("{class} constructor takes at most {n} positional argument{s}")));
    }
    let mut missing = vec![true; fields.len()];
    for (i, x) in given.iter().enumerate() {
        missing[i] = false;
        vm.set_attr(v, &fields[i], x.clone())?;
    }
    let mut attributes = None;
    for (key, x) in call.keywords() {
        let Some(key) = key.downcast_ref::<PyStr>() else { continue };
        let key = freeze_runtime::object::string::intern_ref(&key);
        let text = key.to_lossy();
        if let Some(i) = fields.iter().position(|f| f.to_lossy() == text) {
            if !std::mem::replace(&mut missing[i], false) {
                return Err(vm.type_error(format!("{class} got multiple values for argument '{text}'")));
            }
        } else {
            if attributes.is_none() {
                attributes = Some(names(vm, v, "_attributes")?);
            }
            if !attributes.iter().flatten().any(|a| a.to_lossy() == text) {
                deprecated(
                    vm,
                    &format!(
                        "{class}.__init__ got an unexpected keyword argument '{text}'. Support for arbitrary keyword \
                     arguments is deprecated and will be removed in Python 3.15."
                    ),
                )?;
            }
        }
        vm.set_attr(v, &key, x.clone())?;
    }
    let absent: Vec<&Str> = fields.iter().zip(&missing).filter(|(_, m)| **m).map(|(f, _)| f).collect();
    if absent.is_empty() {
        return Ok(());
    }
    let types = vm.get_attr_opt(&v.class().as_value(), &vm.intern("_field_types"))?;
    let Some(types) = types.and_then(|t| t.downcast_ref::<PyDict>()) else { return Ok(()) };
    for field in absent {
        fill(vm, v, field, types.get_str(field))?;
    }
    Ok(())
}

/// Gives a field that the caller left out its default.
fn fill(vm: &Vm, v: &Value, field: &Str, kind: Option<Value>) -> PyResult<()> {
    let (class, name) = (v.class().name(), field.to_lossy());
    let Some(kind) = kind else {
        return deprecated(
            vm,
            &format!("Field '{name}' is missing from {class}._field_types. This will become an error in Python 3.15."),
        );
    };
    if super::is_union(&kind) {
        // The class attribute says None.
        return Ok(());
    }
    if std::ptr::eq(kind.class(), &GENERIC_ALIAS) {
        return vm.set_attr(v, field, PyList::new(Vec::new()).into_value());
    }
    let (classes, singletons) = super::classes(vm)?;
    if classes.get_text("expr_context").is_some_and(|c| c.is(&kind)) {
        return vm.set_attr(v, field, Value::or_none(singletons.get_text("Load")));
    }
    deprecated(
        vm,
        &format!(
            "{class}.__init__ missing 1 required positional argument: '{name}'. This will become an error in Python 3.15."
        ),
    )
}

/// How deep `repr` looks.
const REPR_DEPTH: u32 = 3;

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&repr_to(vm, v, REPR_DEPTH)?))
}

fn repr_to(vm: &Vm, v: &Value, depth: u32) -> PyResult<String> {
    let class = v.class().name();
    if depth == 0 {
        return Ok(format!("{class}(...)"));
    }
    let mut parts = Vec::new();
    for f in names(vm, v, "_fields")? {
        let x = vm.get_attr(v, &f)?;
        parts.push(format!("{}={}", f.to_lossy(), repr_field(vm, &x, depth - 1)?));
    }
    Ok(format!("{class}({})", parts.join(", ")))
}

fn repr_field(vm: &Vm, x: &Value, depth: u32) -> PyResult<String> {
    if super::is_node(x) {
        return repr_to(vm, x, depth);
    }
    let (items, open, close) = if let Some(l) = x.downcast::<PyList>() {
        (l.to_vec(), "[", "]")
    } else if let Some(t) = x.downcast::<PyTuple>() {
        (t.as_slice().to_vec(), "(", ")")
    } else {
        return Ok(vm.repr(x)?.to_lossy().into_owned());
    };
    let item = |x: &Value| -> PyResult<String> {
        if super::is_node(x) {
            repr_to(vm, x, depth.saturating_sub(1))
        } else {
            Ok(vm.repr(x)?.to_lossy().into_owned())
        }
    };
    let mut parts = Vec::new();
    if let Some(first) = items.first() {
        parts.push(item(first)?);
    }
    if items.len() > 2 {
        parts.push("...".to_owned());
    }
    if let Some(last) = items.get(1..).and_then(<[Value]>::last) {
        parts.push(item(last)?);
    }
    Ok(format!("{open}{}{close}", parts.join(", ")))
}

/// Fields go as arguments as far as they are there without a gap: set later, they would be missed by `__init__`.
fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let state = instance::dict(v).map_or_else(PyDict::new_ref, |d| d.copy());
    let mut leading = Vec::new();
    for f in names(vm, v, "_fields")? {
        match state.remove_str(&f) {
            Some(x) => leading.push(x),
            None => break,
        }
    }
    let parts = vec![v.class().as_value(), PyTuple::new(leading).into_value(), state.into_value()];
    Ok(PyTuple::new(parts).into_value())
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let class = v.class().name();
    let fields = names(vm, v, "_fields")?;
    let attributes = names(vm, v, "_attributes")?;
    let state = instance::dict(v).map_or_else(PyDict::new_ref, |d| d.copy());
    for (key, x) in args.kwargs(1).map(|d| d.items()).unwrap_or_default() {
        let Some(key) = key.downcast_ref::<PyStr>() else { continue };
        if !fields.iter().chain(&attributes).any(|f| f.to_lossy() == key.to_lossy()) {
            return Err(
                vm.type_error(format!("{class}.__replace__ got an unexpected keyword argument '{}'.", key.to_lossy()))
            );
        }
        state.set_str(&freeze_runtime::object::string::intern_ref(&key), x);
    }
    let mut absent = Vec::new();
    for f in &fields {
        if state.get_str(f).is_none() && vm.get_attr_opt(&v.class().as_value(), f)?.is_none() {
            absent.push(format!("'{}'", f.to_lossy()));
        }
    }
    if !absent.is_empty() {
        let s = if absent.len() == 1 { "" } else { "s" };
        return Err(vm.type_error(format!(
            "{class}.__replace__ missing {} keyword argument{s}: {}.",
            absent.len(),
            absent.join(", ")
        )));
    }
    let new = vm.call_method(&v.class().as_value(), "__new__", &[v.class().as_value()])?;
    for (key, x) in state.items() {
        if let Some(key) = key.downcast_ref::<PyStr>() {
            vm.set_attr(&new, &key, x)?;
        }
    }
    Ok(new)
}

fn consts(_vm: &Vm, d: &PyDict) {
    for name in ["_fields", "_attributes", "__match_args__"] {
        d.set_text(name, PyTuple::from_slice(&[]).into_value());
    }
}

static DEF: TypeDef = TypeDef {
    name: "AST",
    module: "ast",
    flags: TypeFlags::BASETYPE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { init: Some(init), repr: Some(repr), ..Slots::EMPTY },
    methods: &[
        native("__reduce__(self, /)", "", reduce),
        native(
            "__replace__(self, /, **fields)",
            "Return a copy of the AST node with new values for the specified fields.",
            replace,
        ),
    ],
    consts: Some(consts),
    ..TypeDef::EMPTY
};

/// `ast.AST`
pub(super) static AST: Type = Type::builtin(&DEF);
