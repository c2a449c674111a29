//! `typing.Generic`: its methods are those of the library's `typing`.

use super::call_typing;
use crate::call::{CallArgs, native, raw};
use crate::object::{Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The implicit base of a class with type parameters: `Generic[params]`.
pub fn subscript_generic(vm: &Vm, params: &Value) -> PyResult<Value> {
    let mut items = Vec::new();
    for p in vm.to_vec(params)? {
        if p.is_exact(&super::TYPE_VAR_TUPLE) {
            let it = vm.iter(&p)?;
            items.extend(vm.to_vec(&it)?);
        } else {
            items.push(p);
        }
    }
    call_typing(vm, "_GenericAlias", &[GENERIC.as_value(), PyTuple::new(items).into_value()])
}

fn init_subclass(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    let typing = crate::import::import_path(vm, "typing")?;
    let f = vm.get_attr_str(&typing, "_generic_init_subclass")?;
    vm.call_args(&f, args)
}

static DEF: TypeDef = TypeDef {
    name: "Generic",
    module: "typing",
    doc: "Abstract base class for generic types\n\nOn Python 3.12 and newer, generic classes implicitly inherit from\nGeneric when they declare a parameter list after the class's name.",
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    class_methods: &[
        native("__class_getitem__(cls, args, /)", "Parameterizes a generic class.", |vm, args| {
            call_typing(vm, "_generic_class_getitem", &[args.get(0).clone(), args.get(1).clone()])
        }),
        raw("__init_subclass__(cls, *args, **kwargs)", "Function to initialize subclasses.", init_subclass),
    ],
    ..TypeDef::EMPTY
};
/// `typing.Generic`
pub static GENERIC: Type = Type::builtin(&DEF);
