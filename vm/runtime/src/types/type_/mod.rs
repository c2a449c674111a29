//! `type`: class creation, MRO, attribute look-up on types.

use crate::Str;
use crate::object::{Payload, Ref, Type, TypeDef, TypeFlags, TypeObject, Value};
use crate::types::dict::PyDict;
use crate::vm::{PyResult, Vm};

/// The look-up along the MRO.
pub fn lookup(ty: &TypeObject, name: &Str) -> Option<Value> {
    ty.mro().iter().find_map(|t| t.own(name))
}

/// The namespace of a built-in type, from its declaration.
pub fn declared_namespace(_ty: &TypeObject) -> Ref<PyDict> {
    PyDict::new_ref()
}

/// `cls[item]` through `__class_getitem__`; `None` if `obj` is no class or has none.
pub fn class_getitem(_vm: &Vm, _obj: &Value, _key: &Value) -> PyResult<Option<Value>> {
    Ok(None)
}

static DEF: TypeDef = TypeDef {
    name: "type",
    layout: <TypeObject as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    ..TypeDef::EMPTY
};
/// The type `type`.
pub static TYPE: Type = Type::builtin(&DEF);
