//! `types.SimpleNamespace`: an object that is its attributes.

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{CmpOp, Payload, Slots, Type, TypeDef, TypeFlags, Value, instance};
use crate::types::dict::PyDict;
use crate::types::object::PyObject;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// A namespace with these attributes.
pub fn create(vm: &Vm, items: &[(&str, Value)]) -> Value {
    let v = crate::object::header::new_object(&NAMESPACE, PyObject);
    for (name, value) in items {
        instance::set(&v, &vm.intern(name), value.clone());
    }
    v
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(crate::object::header::new_object(class, PyObject))
}

fn init(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let pos = args.positional();
    if pos.len() > 1 {
        return Err(vm.type_error(format!("SimpleNamespace expected at most 1 argument, got {}", pos.len())));
    }
    let d = instance::dict(this).unwrap_or_else(PyDict::new_ref);
    if let Some(source) = pos.first() {
        let pairs = vm.call(&crate::types::dict::DICT.as_value(), std::slice::from_ref(source))?;
        for (k, v) in pairs.downcast::<PyDict>().map(|p| p.items()).unwrap_or_default() {
            if !k.has_layout::<PyStr>() {
                return Err(vm.type_error("keywords must be strings"));
            }
            d.set(vm, &k, v)?;
        }
    }
    for (k, v) in args.keywords() {
        d.set(vm, k, v.clone())?;
    }
    Ok(())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let name = if v.is_exact(&NAMESPACE) { "namespace" } else { v.class().name() };
    let text = vm.guard_repr(v, || {
        let mut parts = Vec::new();
        for (k, x) in instance::dict(v).map(|d| d.items()).unwrap_or_default() {
            if let Some(k) = k.downcast::<PyStr>() {
                parts.push(format!("{}={}", k.to_lossy(), vm.repr(&x)?.to_lossy()));
            }
        }
        Ok(parts.join(", "))
    })?;
    Ok(vm.str(&format!("{name}({})", text.unwrap_or_else(|| "...".to_owned()))))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !vm.is_instance(a, &NAMESPACE) || !vm.is_instance(b, &NAMESPACE) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match (instance::dict(a), instance::dict(b)) {
        (Some(x), Some(y)) => vm.compare(op, x.as_value(), y.as_value()),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let d = instance::dict(v).unwrap_or_else(PyDict::new_ref);
    let items = vec![v.class().as_value(), PyTuple::new(vec![]).into_value(), d.into_value()];
    Ok(PyTuple::new(items).into_value())
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let copy = vm.call0(&v.class().as_value())?;
    let (Some(from), Some(to)) = (instance::dict(v), instance::dict(&copy)) else { return Ok(copy) };
    let changes = args.kwargs(1).map(|d| d.items()).unwrap_or_default();
    for (k, x) in from.items().into_iter().chain(changes) {
        to.set(vm, &k, x)?;
    }
    Ok(copy)
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "Return state information for pickling", reduce),
    native(
        "__replace__(self, /, **changes)",
        "Return a copy of the namespace object with new values for the specified attributes.",
        replace,
    ),
];

static DEF: TypeDef = TypeDef {
    name: "SimpleNamespace",
    module: "types",
    doc: "A simple attribute-based namespace.",
    layout: PyObject::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), compare: Some(compare), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// `types.SimpleNamespace`
pub static NAMESPACE: Type = Type::builtin(&DEF);
