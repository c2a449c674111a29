//! `int(…)`.

use super::{INT, digit_limit, from_big, is_int, to_big, with_class};
use crate::call::{CallArgs, NativeDef, bind, native};
use crate::object::{Type, Value};
use crate::text::int_parse::{self, Int};
use crate::types::{buffer, str::PyStr};
use crate::vm::{PyResult, Vm};

pub(super) const DOC: &str = "int([x]) -> integer\nint(x, base=10) -> integer\n\n\
    Convert a number or string to an integer, or return 0 if no arguments\n\
    are given.  If x is a number, return x.__int__().  For floating-point\n\
    numbers, this truncates towards zero.\n\n\
    If x is not a number or if base is given, then x must be a string,\n\
    bytes, or bytearray instance representing an integer literal in the\n\
    given base.  The literal can be preceded by '+' or '-' and be surrounded\n\
    by whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\n\
    Base 0 means to interpret the base from the string as an integer literal.\n\
    >>> int('0b100', base=0)\n4";

static NEW: NativeDef = native("int(x=0, /, base=10)", "", |_, _| Ok(Value::NONE));

pub(super) fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let n = match (args.positional(), args.names) {
        ([], []) => Value::small(0),
        ([x], []) => from_number(vm, x)?,
        _ => {
            let slots = bind(vm, &NEW, args)?;
            let given = |i: usize| slots.get(i).filter(|v| !v.is_unbound());
            match (given(0), given(1)) {
                (Some(x), Some(base)) => with_base(vm, x, base)?,
                (Some(x), None) => from_number(vm, x)?,
                (None, Some(_)) => return Err(vm.type_error("int() missing string argument")),
                (None, None) => Value::small(0),
            }
        }
    };
    if std::ptr::eq(class, &INT) { Ok(n) } else { Ok(with_class(class, to_big(&n))) }
}

fn with_base(vm: &Vm, x: &Value, base: &Value) -> PyResult<Value> {
    let base = vm.to_index_clamped(base)?;
    let Some(base) = u32::try_from(base).ok().filter(|b| *b == 0 || (2..=36).contains(b)) else {
        return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
    };
    match text_number(vm, x, base)? {
        Some(n) => Ok(n),
        None => Err(vm.type_error("int() can't convert non-string with explicit base")),
    }
}

/// `int(x)`.
pub fn from_number(vm: &Vm, x: &Value) -> PyResult<Value> {
    if x.is_exact(&INT) {
        return Ok(x.clone());
    }
    if x.is_exact(&crate::types::float::FLOAT)
        && let Some(f) = x.as_float()
    {
        return crate::types::float::to_int(vm, f);
    }
    let slots = x.class().slots();
    if let Some(f) = slots.int {
        let r = f(vm, x)?;
        if !is_int(&r) {
            return Err(vm.type_error(format!("__int__ returned non-int (type {})", r.class().name())));
        }
        if r.is_exact(&INT) {
            return Ok(r);
        }
        super::warn_subclass(vm, "__int__", "int", &r)?;
        return Ok(from_big(to_big(&r)));
    }
    if slots.index.is_some() {
        return vm.index(x);
    }
    if let Some(n) = text_number(vm, x, 10)? {
        return Ok(n);
    }
    if buffer::is_bytes_like(x) {
        let bytes = buffer::to_vec(vm, x)?;
        return parsed(vm, int_parse::parse_ascii(&bytes, 10, digit_limit()), 10, x);
    }
    Err(vm.type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        x.class().name()
    )))
}

/// The number that a str, bytes or bytearray names; None for other objects.
fn text_number(vm: &Vm, x: &Value, base: u32) -> PyResult<Option<Value>> {
    if let Some(s) = x.downcast::<PyStr>() {
        return from_text(vm, s.as_bytes(), base, x).map(Some);
    }
    if x.has_layout::<crate::types::bytes::PyBytes>() || x.has_layout::<crate::types::bytearray::PyByteArray>() {
        let bytes = buffer::to_vec(vm, x)?;
        let shown = crate::types::bytes::PyBytes::new(&bytes);
        return parsed(vm, int_parse::parse_ascii(&bytes, base, digit_limit()), base, shown.as_value()).map(Some);
    }
    Ok(None)
}

/// `int(text, base)`; `shown` is what the error shows.
pub fn from_text(vm: &Vm, text: &[u8], base: u32, shown: &Value) -> PyResult<Value> {
    parsed(vm, int_parse::parse(text, base, digit_limit()), base, shown)
}

fn parsed(vm: &Vm, r: Result<Int, int_parse::IntError>, base: u32, shown: &Value) -> PyResult<Value> {
    match r {
        Ok(Int::Small(i)) => Ok(Value::int(i)),
        Ok(Int::Big(n)) => Ok(from_big(n)),
        // A number that is too long is not shown: that would take longer than to refuse it.
        Err(e @ int_parse::IntError::TooManyDigits(..)) => Err(vm.value_error(e.message(base, ""))),
        Err(e) => {
            let repr = vm.repr(shown)?;
            Err(vm.value_error(e.message(base, &repr.to_lossy())))
        }
    }
}
