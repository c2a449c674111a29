//! Adapters (Python values that SQLite does not know) and converters (columns by their declared type), PEP 246 in small.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::TYPE_ERROR;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{bytearray, float, int, str};
use freeze_runtime::{Args, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm};

use super::errors;

/// Where the two registries are kept: the module shows them under the second half of their keys.
pub(super) const ADAPTERS: &str = "_sqlite3.adapters";
pub(super) const CONVERTERS: &str = "_sqlite3.converters";

static PROTOCOL_DEF: TypeDef = TypeDef {
    name: "PrepareProtocol",
    module: "sqlite3",
    doc: "PEP 246 style object adaption protocol type.",
    layout: <freeze_runtime::types::object::PyObject as Payload>::layout,
    flags: TypeFlags::BASETYPE,
    ..TypeDef::EMPTY
};
/// What values are adapted to.
pub(super) static PROTOCOL: Type = Type::builtin(&PROTOCOL_DEF);

/// A registry, made when it is first asked for.
pub(super) fn registry(vm: &Vm, key: &'static str) -> Ref<PyDict> {
    let known = vm.runtime().slots.borrow().get(key).cloned();
    if let Some(d) = known.and_then(|v| v.downcast_ref::<PyDict>()) {
        return d;
    }
    let d = PyDict::new_ref();
    vm.runtime().slots.borrow_mut().insert(key, d.value());
    d
}

/// `register_adapter(type, adapter)`
pub(super) fn register_adapter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let key = PyTuple::new(vec![args.get(0).clone(), PROTOCOL.as_value()]).into_value();
    registry(vm, ADAPTERS).set(vm, &key, args.get(1).clone())?;
    Ok(Value::NONE)
}

/// `register_converter(typename, converter)`: names are looked up in capitals.
pub(super) fn register_converter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = vm.call_method(args.str(vm, 0)?.as_value(), "upper", &[])?;
    registry(vm, CONVERTERS).set(vm, &name, args.get(1).clone())?;
    Ok(Value::NONE)
}

/// The converter for a type's name.
pub(super) fn converter(vm: &Vm, name: &[u8]) -> PyResult<Option<Value>> {
    let name = vm.str(&String::from_utf8_lossy(name));
    let name = vm.call_method(&name, "upper", &[])?;
    registry(vm, CONVERTERS).get(vm, &name)
}

/// `adapt(obj, proto=PrepareProtocol[, alt])`
pub(super) fn adapt_call(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let protocol = args.opt(1).cloned().unwrap_or_else(|| PROTOCOL.as_value());
    match adapted(vm, args.get(0), &protocol)? {
        Some(v) => Ok(v),
        None => args.opt(2).cloned().ok_or_else(|| errors::programming(vm, "can't adapt")),
    }
}

/// The value as SQLite takes it; the value itself where nobody adapts it.
pub(super) fn adapt(vm: &Vm, v: &Value) -> PyResult<Value> {
    let plain = v.is_exact(&int::INT) || v.is_exact(&float::FLOAT) || v.is_exact(&str::STR);
    if (plain || v.is_exact(&bytearray::BYTEARRAY)) && !plain_types_are_adapted(vm) {
        return Ok(v.clone());
    }
    Ok(adapted(vm, v, &PROTOCOL.as_value())?.unwrap_or_else(|| v.clone()))
}

/// Whether somebody has registered an adapter for a type that needs none.
fn plain_types_are_adapted(vm: &Vm) -> bool {
    let adapters = registry(vm, ADAPTERS);
    let plain = [&int::INT, &float::FLOAT, &str::STR, &bytearray::BYTEARRAY].map(Type::as_value);
    adapters.len() > 2
        && adapters.items().iter().any(|(key, _)| {
            key.downcast::<PyTuple>().is_some_and(|k| plain.iter().any(|p| k.as_slice()[0].id() == p.id()))
        })
}

fn adapted(vm: &Vm, v: &Value, protocol: &Value) -> PyResult<Option<Value>> {
    let class = v.class().as_value();
    let key = PyTuple::new(vec![class, protocol.clone()]).into_value();
    if let Some(adapter) = registry(vm, ADAPTERS).get(vm, &key)? {
        return vm.call(&adapter, std::slice::from_ref(v)).map(Some);
    }
    // Who does not feel responsible gives None or raises TypeError.
    let answer = |r: PyResult<Value>| match r {
        Ok(v) if v.is_none() => Ok(None),
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&TYPE_ERROR) => Ok(None),
        Err(e) => Err::<_, Raised>(e),
    };
    if let Some(m) = vm.get_attr_opt(protocol, &vm.intern("__adapt__"))?
        && let Some(v) = answer(vm.call(&m, std::slice::from_ref(v)))?
    {
        return Ok(Some(v));
    }
    match vm.get_attr_opt(v, &vm.intern("__conform__"))? {
        Some(m) => answer(vm.call(&m, std::slice::from_ref(protocol))),
        None => Ok(None),
    }
}
