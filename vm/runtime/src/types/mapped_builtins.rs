//! `__builtins__` that is a mapping but no dict, as `eval(code, {'__builtins__': MappingProxyType(…)})` may have it.
//!
//! Functions keep their builtins as a dict. For such a mapping that is one of a class of its own, of which nothing is
//! remembered and which asks the mapping for every name.

use crate::Vm;
use crate::object::header::new_object;
use crate::object::{Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::dict::{DICT, PyDict};
use crate::types::type_::ready;
use crate::vm::PyResult;

/// The key of the mapping in the dict.
const MAPPING: &str = "mapping";

fn getitem(vm: &Vm, this: &Value, key: &Value) -> PyResult<Value> {
    let mapping = this.downcast::<PyDict>().and_then(|dict| dict.get_text(MAPPING));
    match mapping {
        Some(mapping) => vm.get_item(&mapping, key),
        None => Err(vm.key_error(key.clone())),
    }
}

static DEF: TypeDef = TypeDef {
    name: "mapped_builtins",
    base: Some(&DICT),
    layout: PyDict::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { getitem: Some(getitem), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
static MAPPED: Type = Type::builtin(&DEF);

/// The dict that stands for a mapping.
pub(super) fn wrap(vm: &Vm, mapping: Value) -> Option<Ref<PyDict>> {
    ready(vm, &MAPPED);
    let dict = new_object(&MAPPED, PyDict::default()).downcast_ref::<PyDict>()?;
    dict.set_text(MAPPING, mapping);
    Some(dict)
}

/// What a program sees of builtins: the mapping itself where they stand for one.
pub(crate) fn shown(builtins: &Ref<PyDict>) -> Value {
    let mapping = if builtins.as_value().is_exact(&MAPPED) { builtins.get_text(MAPPING) } else { None };
    mapping.unwrap_or_else(|| builtins.value())
}
