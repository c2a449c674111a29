//! `object`: default attribute access, comparison, creation.

use crate::Str;
use crate::object::{Layout, Payload, Type, TypeDef, TypeFlags, Value};
use crate::protocol::Method;
use crate::vm::{PyResult, Vm};

/// The payload of plain instances: nothing.
pub struct PyObject;

impl Payload for PyObject {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyObject>();
        &L
    }
}

/// Runs the finalizer of a dying object; it may bring the object back to life.
pub fn run_finalizer(_v: &Value) {}

/// `object.__getattribute__`, a missing attribute being `None`.
pub fn generic_getattr_opt(_vm: &Vm, _obj: &Value, _name: &Str) -> PyResult<Option<Value>> {
    Ok(None)
}

/// The method `obj.name` for a call.
pub fn get_method(vm: &Vm, obj: &Value, name: &Str) -> PyResult<Method> {
    Ok(Method { func: vm.get_attr(obj, name)?, this: None })
}

static DEF: TypeDef =
    TypeDef { name: "object", base: None, flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE, ..TypeDef::EMPTY };
/// The type `object`.
pub static OBJECT: Type = Type::builtin(&DEF);
