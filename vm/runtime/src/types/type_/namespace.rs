//! The namespace of a built-in type, made from its declaration when somebody first looks into it.

use crate::call::NativeDef;
use crate::object::typeobj::GetSet;
use crate::object::{Ref, Type, TypeDef, TypeFlags, TypeObject, Value, instance};
use crate::types::dict::PyDict;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::types::{classmethod, descriptor, slot_table};
use crate::vm::{PyResult, Vm};

/// The namespace of a built-in type, from its declaration.
pub fn declared_namespace(ty: &TypeObject) -> Ref<PyDict> {
    let dict = PyDict::new_ref();
    let Some(def) = ty.def else { return dict };
    let owner = ty.object();
    let put = |name: &str, v: Value| dict.set_str(&PyStr::intern(name.as_bytes()), v);
    for special in slot_table::specials_of(&def.slots) {
        let key = PyStr::intern(special.name.as_bytes());
        if dict.get_str(&key).is_none() {
            dict.set_str(&key, descriptor::wrapper(special, owner));
        }
    }
    for m in def.methods {
        put(m.name(), method(m, owner));
    }
    for m in def.class_methods {
        put(m.name(), descriptor::class_method(m, owner));
    }
    for m in def.static_methods {
        put(m.name(), classmethod::static_method(PyNativeFunction::of_module(m, owner.as_value(), Value::NONE)));
    }
    for g in def.getset {
        let make = if def.members.contains(&g.name) { descriptor::native_member } else { descriptor::get_set };
        put(g.name, make(g, owner));
    }
    let own_dict = def.flags & TypeFlags::DICT != 0 && def.base.is_none_or(|b| !b.has_dict());
    if own_dict && !def.getset.iter().any(|g| g.name == "__dict__") {
        put("__dict__", descriptor::get_set(&NATIVE_DICT, owner));
    }
    if def.slots.new.is_some() {
        put("__new__", PyNativeFunction::new_of(owner));
    }
    if def.slots.hash.is_none() && ty.slots().hash.is_none() {
        put("__hash__", Value::NONE);
    }
    let (_, doc) = split_doc(def);
    let doc = if doc.is_empty() { Value::NONE } else { PyStr::new(doc.as_bytes()).into_value() };
    if dict.get_text("__doc__").is_none() {
        put("__doc__", doc);
    }
    if def.module != "builtins" && dict.get_text("__module__").is_none() {
        // Types of modules have it in their namespace, where instances find it.
        put("__module__", PyStr::intern(def.module.as_bytes()).into_value());
    }
    if let Some(consts) = def.consts {
        crate::vm::lock::with_current(|vm| consts(vm, &dict));
    }
    dict
}

/// The signature that a type's documentation begins with (`name(…)`, a line with `--`), and the rest of it.
pub(super) fn split_doc(def: &TypeDef) -> (Option<&'static str>, &'static str) {
    match def.doc.split_once(")\n--\n\n") {
        Some((head, rest)) => match head.split_once('(') {
            Some((name, _)) if name == def.name => (def.doc.get(name.len()..head.len() + 1), rest),
            _ => (None, def.doc),
        },
        None => (None, def.doc),
    }
}

fn method(def: &'static NativeDef, owner: &Type) -> Value {
    descriptor::method(def, owner)
}

/// The descriptor `__dict__` of classes whose instances have one.
pub(crate) static DICT: GetSet =
    GetSet { name: "__dict__", doc: "dictionary for instance variables", get: get_dict, set: Some(set_dict) };

/// The same of built-in types: it cannot be deleted.
static NATIVE_DICT: GetSet = GetSet {
    name: "__dict__",
    doc: "dictionary for instance variables",
    get: get_dict,
    set: Some(|vm, obj, value| match value {
        Some(_) => set_dict(vm, obj, value),
        None => Err(vm.type_error("cannot delete __dict__")),
    }),
};

/// The descriptor `__weakref__`.
pub(crate) static WEAKREF: GetSet =
    GetSet { name: "__weakref__", doc: "list of weak references to the object", get: get_weakref, set: None };

fn get_dict(vm: &Vm, obj: &Value) -> PyResult<Value> {
    // The namespace of a class whose metaclass derives from an ordinary class too.
    if obj.has_layout::<TypeObject>() {
        return super::getset::get_dict(vm, obj);
    }
    match instance::dict(obj) {
        Some(d) => Ok(d.into_value()),
        None => Err(vm.no_attribute(obj, &vm.names().__dict__)),
    }
}

fn set_dict(vm: &Vm, obj: &Value, value: Option<Value>) -> PyResult<()> {
    if obj.has_layout::<TypeObject>() {
        return Err(vm.attribute_error("attribute '__dict__' of 'type' objects is not writable"));
    }
    // Deleting it leaves an empty one.
    let v = value.unwrap_or_else(|| PyDict::new_ref().into_value());
    let Some(d) = v.downcast_ref::<PyDict>() else {
        return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", v.class().name())));
    };
    if instance::set_dict(obj, d) { Ok(()) } else { Err(vm.no_attribute(obj, &vm.names().__dict__)) }
}

fn get_weakref(_vm: &Vm, obj: &Value) -> PyResult<Value> {
    Ok(Value::or_none(crate::types::weakref::first_of(obj)))
}
