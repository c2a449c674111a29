//! `complex(…)`.

use super::{COMPLEX, Parts, PyComplex, new_value, parts_of};
use crate::call::{CallArgs, NativeDef, bind, native};
use crate::object::{Type, Value};
use crate::text::float_parse;
use crate::types::float;
use crate::types::int::is_int;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

static NEW: NativeDef = native("complex(real=0, imag=0)", "", |_, _| Ok(Value::NONE));

pub(super) fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    let given = |i: usize| slots.get(i).filter(|v| !v.is_unbound());
    let z = match (given(0), given(1)) {
        (None, None) => (0.0, 0.0),
        (Some(x), None) => {
            if x.is_exact(&COMPLEX) && std::ptr::eq(class, &COMPLEX) {
                return Ok(x.clone());
            }
            match x.downcast::<PyStr>() {
                Some(s) => match float_parse::parse_complex(s.as_bytes()) {
                    Some(z) => z,
                    None => return Err(vm.value_error("complex() arg is a malformed string")),
                },
                None => from_object(vm, x, "complex() argument must be a string or a number")?,
            }
        }
        (re, Some(im)) => two_parts(vm, re, im)?,
    };
    if std::ptr::eq(class, &COMPLEX) {
        return Ok(new_value(z));
    }
    Ok(crate::object::header::new_object(class, PyComplex { re: z.0, im: z.1 }))
}

fn two_parts(vm: &Vm, re: Option<&Value>, im: &Value) -> PyResult<Parts> {
    let wrong = |name: &str, v: &Value| {
        vm.type_error(format!("complex() argument '{name}' must be a real number, not {}", v.class().name()))
    };
    let is_number = |v: &Value| {
        let slots = v.class().slots();
        parts_of(v).is_some()
            || float::value_of(v).is_some()
            || is_int(v)
            || slots.float.is_some()
            || slots.index.is_some()
    };
    let mut z = (0.0, 0.0);
    if let Some(re) = re {
        if let Some(converted) = special(vm, re)? {
            z = converted;
        } else if is_number(re) {
            z = parts_of(re).map_or_else(|| vm.to_f64(re).map(|x| (x, 0.0)), Ok)?;
        } else {
            return Err(wrong("real", re));
        }
    }
    if !is_number(im) {
        return Err(wrong("imag", im));
    }
    match parts_of(im) {
        // A complex imaginary part turns by a quarter.
        Some((a, b)) => Ok((z.0 - b, z.1 + a)),
        None if re.is_some_and(|re| parts_of(re).is_some()) => Ok((z.0, z.1 + vm.to_f64(im)?)),
        None => Ok((z.0, vm.to_f64(im)?)),
    }
}

/// What `__complex__` of the object gives, if it has one.
fn special(vm: &Vm, v: &Value) -> PyResult<Option<Parts>> {
    if v.is_exact(&COMPLEX) || !v.is_ptr() {
        return Ok(None);
    }
    let Some(r) = vm.call_special(v, &vm.names().__complex__, &[])? else { return Ok(None) };
    match parts_of(&r) {
        Some(z) => Ok(Some(z)),
        None => Err(vm.type_error(format!(
            "{}.__complex__() must return a complex, not {}",
            v.class().name(),
            r.class().name()
        ))),
    }
}

/// The complex value of a number, through `__complex__`, `__float__` or `__index__`; `what` begins the error.
pub fn from_object(vm: &Vm, v: &Value, what: &str) -> PyResult<Parts> {
    if v.is_exact(&COMPLEX)
        && let Some(z) = parts_of(v)
    {
        return Ok(z);
    }
    if let Some(z) = special(vm, v)? {
        return Ok(z);
    }
    if let Some(z) = parts_of(v) {
        return Ok(z);
    }
    let slots = v.class().slots();
    if float::value_of(v).is_some() || is_int(v) || slots.float.is_some() || slots.index.is_some() {
        return Ok((vm.to_f64(v)?, 0.0));
    }
    Err(vm.type_error(format!("{what}, not {}", v.class().name())))
}
