//! Pickling of exceptions.

use super::base::this;
use super::{IMPORT_ERROR, OS_ERROR};
use crate::call::Args;
use crate::object::{Value, instance};
use crate::types::dict::PyDict;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The instance attributes, if there are any: a copy.
fn attributes(v: &Value) -> Option<crate::Ref<PyDict>> {
    let d = instance::dict(v)?;
    if d.is_empty() { None } else { Some(d.copy()) }
}

/// `(class, args)`, with a third item for what `__setstate__` puts back.
pub(super) fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let e = this(v);
    let class = v.class();
    let mut state = attributes(v);
    let mut call_args = e.args().into_value();
    if class.is_subtype(&IMPORT_ERROR) {
        for (name, i) in [("name", 1), ("path", 2), ("name_from", 3)] {
            if let Some(x) = e.field(i).filter(|x| !x.is_none()) {
                state.get_or_insert_with(PyDict::new_ref).set_text(name, x);
            }
        }
    } else if class.is_subtype(&super::ATTRIBUTE_ERROR) {
        // The object itself is not pickled: it may be anything.
        if let Some(x) = e.field(0).filter(|x| !x.is_none()) {
            state.get_or_insert_with(PyDict::new_ref).set_text("name", x);
        }
    } else if class.is_subtype(&OS_ERROR) {
        let old = e.args();
        if old.len() == 2
            && let Some(filename) = e.field(2)
        {
            let mut items = old.as_slice().to_vec();
            items.push(filename);
            if let Some(second) = e.field(3) {
                items.push(Value::NONE);
                items.push(second);
            }
            call_args = PyTuple::new(items).into_value();
        }
    }
    let mut out = vec![class.as_value(), call_args];
    if let Some(s) = state {
        out.push(s.into_value());
    }
    Ok(PyTuple::new(out).into_value())
}

/// Sets the attributes that a dict holds.
pub(super) fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let state = args.get(1);
    if state.is_none() {
        return Ok(Value::NONE);
    }
    let Some(d) = state.downcast::<PyDict>() else { return Err(vm.type_error("state is not a dictionary")) };
    for (k, v) in d.items() {
        match k.downcast_ref::<crate::types::str::PyStr>() {
            Some(k) => vm.set_attr(args.this(), &k, v)?,
            None => return Err(vm.type_error("attribute name must be string")),
        }
    }
    Ok(Value::NONE)
}
