//! Attribute access of plain objects: data descriptors, instance attributes, everything else on the class.

use crate::Str;
use crate::object::string::intern_ref;
use crate::object::{TypeFlags, Value, instance};
use crate::protocol::Method;
use crate::types::exception::ATTRIBUTE_ERROR;
use crate::vm::{PyResult, Vm};

/// `object.__getattribute__`, a missing attribute being `None`. Errors of descriptors go through.
#[inline]
pub fn find_attr(vm: &Vm, obj: &Value, name: &Str) -> PyResult<Option<Value>> {
    if !name.is_interned() {
        return find_attr(vm, obj, &intern_ref(name));
    }
    let found = obj.class().lookup(name);
    let get = match &found {
        Some(d) => {
            let s = d.class().slots();
            match s.descr_get {
                Some(get) if s.descr_set.is_some() => {
                    let class = obj.class().as_value();
                    return get(vm, d, Some(obj), Some(&class)).map(Some);
                }
                get => get,
            }
        }
        None => None,
    };
    if let Some(v) = instance::get(obj, name) {
        return Ok(Some(v));
    }
    match (found, get) {
        (Some(d), Some(get)) => {
            let class = obj.class().as_value();
            get(vm, &d, Some(obj), Some(&class)).map(Some)
        }
        (found, _) => Ok(found),
    }
}

/// `object.__getattribute__`
pub fn generic_getattr(vm: &Vm, obj: &Value, name: &Str) -> PyResult<Value> {
    match find_attr(vm, obj, name)? {
        Some(v) => Ok(v),
        None => Err(vm.no_attribute(obj, name)),
    }
}

/// `getattr(obj, name, None)` for objects with the generic function.
pub fn generic_getattr_opt(vm: &Vm, obj: &Value, name: &Str) -> PyResult<Option<Value>> {
    match find_attr(vm, obj, name) {
        Err(e) if e.is(&ATTRIBUTE_ERROR) => Ok(None),
        r => r,
    }
}

/// `object.__setattr__` and `object.__delattr__`
pub fn generic_setattr(vm: &Vm, obj: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
    if !name.is_interned() {
        return generic_setattr(vm, obj, &intern_ref(name), value);
    }
    let found = obj.class().lookup(name);
    if let Some(d) = &found
        && let Some(set) = d.class().slots().descr_set
    {
        return set(vm, d, obj, value);
    }
    match value {
        Some(v) => {
            if instance::set(obj, name, v) {
                return Ok(());
            }
        }
        None => {
            if instance::delete(obj, name) {
                return Ok(());
            }
        }
    }
    if instance::has_attrs(obj) {
        return Err(vm.no_attribute(obj, name));
    }
    let (class, text) = (obj.class().full_name(), name.to_lossy());
    let message = if found.is_some() {
        format!("'{class}' object attribute '{text}' is read-only")
    } else if obj.class().flags().has(TypeFlags::GENERIC_SETATTR) {
        format!("'{class}' object has no attribute '{text}' and no __dict__ for setting new attributes")
    } else {
        format!("'{class}' object has no attribute '{text}'")
    };
    Err(crate::types::exception::attribute_error(vm, &message, obj, name))
}

/// The method `obj.name` for a call: functions found on the type come with `self` apart.
#[inline]
pub fn get_method(vm: &Vm, obj: &Value, name: &Str) -> PyResult<Method> {
    let class = obj.class();
    if class.flags().has(TypeFlags::GENERIC_GETATTR)
        && name.is_interned()
        && let Some(found) = class.lookup(name)
        && found.class().flags().has(TypeFlags::METHOD_DESCRIPTOR)
    {
        return Ok(match instance::get(obj, name) {
            Some(v) => Method { func: v, this: None },
            None => Method { func: found, this: Some(obj.clone()) },
        });
    }
    Ok(Method { func: vm.get_attr(obj, name)?, this: None })
}
