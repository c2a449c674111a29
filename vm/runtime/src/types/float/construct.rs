//! `float(…)`.

use super::{FLOAT, PyFloat, to_f64, value_of};
use crate::call::{CallArgs, NativeDef, bind, native};
use crate::object::{Type, Value};
use crate::text::float_parse;
use crate::types::{buffer, str::PyStr};
use crate::vm::{PyResult, Vm};

static NEW: NativeDef = native("float(x=0, /)", "", |_, _| Ok(Value::NONE));

pub(super) fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = if class.has_init_of(&FLOAT) || args.names.is_empty() {
        bind(vm, &NEW, args)?
    } else {
        // A subclass may take keywords in its own `__init__`.
        bind(vm, &NEW, CallArgs::pos(args.positional()))?
    };
    let x = match slots.first().filter(|v| !v.is_unbound()) {
        Some(v) => from_object(vm, v)?,
        None => 0.0,
    };
    if std::ptr::eq(class, &FLOAT) {
        return Ok(Value::float(x));
    }
    Ok(crate::object::header::new_object(class, PyFloat { value: x }))
}

/// `float(v)`
pub fn from_object(vm: &Vm, v: &Value) -> PyResult<f64> {
    // A text of a class of its own may have a `__float__`.
    if let Some(s) = v.downcast::<PyStr>()
        && v.class().slots().float.is_none()
    {
        return float_parse::parse(s.as_bytes()).map_or_else(|| malformed(vm, v), Ok);
    }
    let slots = v.class().slots();
    if value_of(v).is_some() && v.as_float().is_some() || slots.float.is_some() || slots.index.is_some() {
        // Subclasses of float may have a `__float__` of their own.
        if let Some(f) = slots.float {
            let r = f(vm, v)?;
            if !r.is_float() && value_of(&r).is_some() {
                crate::types::int::warn_subclass(vm, &format!("{}.__float__", v.class().name()), "float", &r)?;
            }
            return match value_of(&r) {
                Some(x) => Ok(x),
                None => Err(vm.type_error(format!(
                    "{}.__float__ returned non-float (type {})",
                    v.class().name(),
                    r.class().name()
                ))),
            };
        }
        return to_f64(vm, v);
    }
    if buffer::is_bytes_like(v) {
        let bytes = buffer::to_vec(vm, v)?;
        return float_parse::parse_ascii(&bytes).map_or_else(|| malformed(vm, v), Ok);
    }
    Err(vm.type_error(format!("float() argument must be a string or a real number, not '{}'", v.class().name())))
}

fn malformed(vm: &Vm, v: &Value) -> PyResult<f64> {
    let shown = vm.repr(v)?;
    Err(vm.value_error(format!("could not convert string to float: {}", shown.to_lossy())))
}
