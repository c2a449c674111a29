//! `float`: immediate; subclass instances are a [`PyFloat`].

use crate::object::{Layout, Payload, Type, TypeDef, TypeFlags, Value};
use crate::vm::{PyResult, Vm};

/// The payload of instances of float's subclasses.
pub struct PyFloat {
    pub value: f64,
}

impl Payload for PyFloat {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFloat>();
        &L
    }
}

/// The number of a float (or subclass) or int, through `__float__` or `__index__` else.
pub fn to_f64(vm: &Vm, v: &Value) -> PyResult<f64> {
    if let Some(f) = v.downcast::<PyFloat>() {
        return Ok(f.value);
    }
    if let Some(f) = v.class().slots().float {
        let r = f(vm, v)?;
        if let Some(f) = r.as_float() {
            return Ok(f);
        }
        if let Some(f) = r.downcast::<PyFloat>() {
            return Ok(f.value);
        }
        return Err(vm.type_error(format!(
            "{}.__float__ returned non-float (type {})",
            v.class().name(),
            r.class().name()
        )));
    }
    if v.class().slots().index.is_some() {
        let i = vm.index(v)?;
        return to_f64(vm, &i);
    }
    Err(vm.type_error(format!("must be real number, not {}", v.class().name())))
}

static DEF: TypeDef = TypeDef {
    name: "float",
    layout: PyFloat::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    ..TypeDef::EMPTY
};
/// The type `float`.
pub static FLOAT: Type = Type::builtin(&DEF);
