//! The types of `None`, `Ellipsis` and `NotImplemented`.

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{Slots, Type, TypeDef, TypeFlags, Value};
use crate::vm::{PyResult, Vm};

/// The functions of one of these types: its only instance, and how it shows.
macro_rules! singleton {
    ($module:ident, $value:expr, $text:literal, $type_name:literal) => {
        mod $module {
            use super::*;

            pub(super) fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
                if !args.args.is_empty() {
                    return Err(vm.type_error(concat!($type_name, " takes no arguments")));
                }
                Ok($value)
            }

            pub(super) fn repr(vm: &Vm, _v: &Value) -> PyResult<Value> {
                Ok(vm.str($text))
            }

            #[allow(dead_code)]
            pub(super) fn reduce(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
                Ok(vm.str($text))
            }
        }
    };
}

singleton!(none, Value::NONE, "None", "NoneType");
singleton!(ellipsis, Value::ELLIPSIS, "Ellipsis", "EllipsisType");
singleton!(not_implemented, Value::NOT_IMPLEMENTED, "NotImplemented", "NotImplementedType");

fn none_bool(_vm: &Vm, _v: &Value) -> PyResult<bool> {
    Ok(false)
}

fn none_hash(_vm: &Vm, _v: &Value) -> PyResult<i64> {
    Ok(0xFCA8_6420)
}

fn not_implemented_bool(vm: &Vm, _v: &Value) -> PyResult<bool> {
    Err(vm.type_error("NotImplemented should not be used in a boolean context"))
}

static ELLIPSIS_METHODS: &[NativeDef] = &[native("__reduce__(self, /)", "", ellipsis::reduce)];
static NI_METHODS: &[NativeDef] = &[native("__reduce__(self, /)", "", not_implemented::reduce)];

static NONE_DEF: TypeDef = TypeDef {
    name: "NoneType",
    doc: "The type of the None singleton.",
    flags: TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(none::new),
        repr: Some(none::repr),
        bool: Some(none_bool),
        hash: Some(none_hash),
        ..Slots::EMPTY
    },
    ..TypeDef::EMPTY
};
/// `NoneType`
pub static NONE_TYPE: Type = Type::builtin(&NONE_DEF);

static ELLIPSIS_DEF: TypeDef = TypeDef {
    name: "ellipsis",
    doc: "The type of the Ellipsis singleton.",
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(ellipsis::new), repr: Some(ellipsis::repr), ..Slots::EMPTY },
    methods: ELLIPSIS_METHODS,
    ..TypeDef::EMPTY
};
/// `ellipsis`
pub static ELLIPSIS_TYPE: Type = Type::builtin(&ELLIPSIS_DEF);

static NI_DEF: TypeDef = TypeDef {
    name: "NotImplementedType",
    doc: "The type of the NotImplemented singleton.",
    flags: TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(not_implemented::new),
        repr: Some(not_implemented::repr),
        bool: Some(not_implemented_bool),
        ..Slots::EMPTY
    },
    methods: NI_METHODS,
    ..TypeDef::EMPTY
};
/// `NotImplementedType`
pub static NOT_IMPLEMENTED_TYPE: Type = Type::builtin(&NI_DEF);
