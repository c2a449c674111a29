//! `__annotate__` and `__annotations__` of classes, evaluated when asked for (PEP 649, 749).

use crate::Str;
use crate::object::{TypeFlags, TypeObject, Value};
use crate::types::dict::PyDict;
use crate::vm::{PyResult, Raised, Vm};

fn this(v: &Value) -> &TypeObject {
    v.downcast::<TypeObject>().expect("these getters belong to type")
}

fn set_own(vm: &Vm, ty: &TypeObject, name: &Str, value: Option<Value>) -> PyResult<()> {
    super::access::set_own(vm, ty.object(), name, value)
}

#[cold]
fn missing(vm: &Vm, v: &Value, name: &Str) -> Raised {
    let message = format!("type object '{}' has no attribute '{}'", this(v).name(), name.to_lossy());
    crate::types::exception::attribute_error(vm, &message, v, name)
}

fn check_mutable(vm: &Vm, ty: &TypeObject, name: &str) -> PyResult<()> {
    if ty.flags().has(TypeFlags::IMMUTABLE) {
        return Err(vm.type_error(format!("cannot set '{name}' attribute of immutable type '{}'", ty.name())));
    }
    Ok(())
}

/// An annotate function as the attribute gives it: descriptors are bound.
fn bound(vm: &Vm, v: &Value, f: Value) -> PyResult<Value> {
    match f.class().slots().descr_get {
        Some(get) => get(vm, &f, None, Some(v)),
        None => Ok(f),
    }
}

pub(super) fn get_annotate(vm: &Vm, v: &Value) -> PyResult<Value> {
    let ty = this(v);
    let n = vm.names();
    if !ty.is_heap() {
        return Err(missing(vm, v, &n.__annotate__));
    }
    if let Some(f) = ty.own(&n.__annotate_func__).or_else(|| ty.own(&n.__annotate__)) {
        return bound(vm, v, f);
    }
    set_own(vm, ty, &n.__annotate_func__, Some(Value::NONE))?;
    Ok(Value::NONE)
}

pub(super) fn set_annotate(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    check_mutable(vm, ty, "__annotate__")?;
    let Some(f) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    if !f.is_none() && !vm.is_callable(&f) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    let n = vm.names();
    let forget = !f.is_none();
    set_own(vm, ty, &n.__annotate_func__, Some(f))?;
    if ty.own(&n.__annotate__).is_some() {
        set_own(vm, ty, &n.__annotate__, None)?;
    }
    if forget {
        for name in [&n.__annotations_cache__, &n.__annotations__] {
            if ty.own(name).is_some() {
                set_own(vm, ty, name, None)?;
            }
        }
    }
    Ok(())
}

pub(super) fn get_annotations(vm: &Vm, v: &Value) -> PyResult<Value> {
    let ty = this(v);
    let n = vm.names();
    if !ty.is_heap() {
        return Err(missing(vm, v, &n.__annotations__));
    }
    if let Some(a) = ty.own(&n.__annotations__).or_else(|| ty.own(&n.__annotations_cache__)) {
        return bound(vm, v, a);
    }
    let f = get_annotate(vm, v)?;
    let made = if f.is_none() {
        PyDict::new_ref().into_value()
    } else {
        let a = vm.call(&f, &[Value::small(1)])?;
        if !a.has_layout::<PyDict>() {
            return Err(vm.type_error(format!("__annotate__() must return a dict, not {}", a.class().name())));
        }
        a
    };
    set_own(vm, ty, &n.__annotations_cache__, Some(made.clone()))?;
    Ok(made)
}

pub(super) fn set_annotations(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    check_mutable(vm, ty, "__annotations__")?;
    let n = vm.names();
    let deleting = value.is_none();
    // A class body under `from __future__ import annotations` has filled `__annotations__` itself.
    let name = if ty.own(&n.__annotations__).is_some() { &n.__annotations__ } else { &n.__annotations_cache__ };
    if deleting && ty.own(name).is_none() {
        return Err(crate::types::exception::attribute_error(vm, "__annotations__", v, &n.__annotations__));
    }
    set_own(vm, ty, name, value)?;
    for f in [&n.__annotate_func__, &n.__annotate__] {
        if ty.own(f).is_some() {
            set_own(vm, ty, f, None)?;
        }
    }
    Ok(())
}
