//! Methods of `float`.

use super::{FLOAT, plain, this, to_int};
use crate::call::{Args, NativeDef, native};
use crate::object::{GetSet, TypeObject, Value};
use crate::text::{float_hex, float_ops, format_number};
use crate::types::int::from_big;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn number(args: &Args<'_>) -> f64 {
    this(args.this())
}

fn as_integer_ratio(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = number(&args);
    if x.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    if x.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    let (top, bottom) = float_ops::as_integer_ratio(x);
    Ok(PyTuple::new(vec![from_big(top), from_big(bottom)]).into_value())
}

fn round(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = number(&args);
    let Some(digits) = args.opt_not_none(1) else { return to_int(vm, x.round_ties_even()) };
    let digits = vm.to_index_clamped(digits)?;
    if !x.is_finite() {
        return Ok(Value::float(x));
    }
    match float_ops::round(x, digits as i64) {
        Some(r) => Ok(Value::float(r)),
        None => Err(vm.overflow_error("rounded value too large to represent")),
    }
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = args.str(vm, 1)?;
    if spec.is_empty() {
        return Ok(vm.to_str(args.this())?.into_value());
    }
    let text = format_number::format_float_text(number(&args), spec.as_bytes(), args.this().class().name());
    text.map(|t| PyStr::new(&t).into_value()).map_err(|e| vm.format_error(e))
}

fn is_class_float(class: &Value) -> bool {
    class.downcast::<TypeObject>().is_some_and(|t| std::ptr::eq(t.object(), &FLOAT))
}

fn fromhex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = args.str(vm, 1)?;
    let x = float_hex::from_hex(text.as_bytes()).map_err(|e| match e {
        float_hex::HexError::Invalid => vm.value_error(e.message()),
        float_hex::HexError::TooLarge => vm.overflow_error(e.message()),
    })?;
    if is_class_float(args.this()) { Ok(Value::float(x)) } else { vm.call(args.this(), &[Value::float(x)]) }
}

fn from_number(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(1);
    if v.is_exact(&FLOAT) && is_class_float(args.this()) {
        return Ok(v.clone());
    }
    let x = Value::float(vm.to_f64(v)?);
    if is_class_float(args.this()) { Ok(x) } else { vm.call(args.this(), &[x]) }
}

fn getformat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let order = if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" };
    match args.str(vm, 1)?.as_bytes() {
        b"double" | b"float" => Ok(vm.str(order)),
        _ => Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__ceil__(self, /)", "Return the ceiling as an Integral.", |vm, a| to_int(vm, number(&a).ceil())),
    native("__floor__(self, /)", "Return the floor as an Integral.", |vm, a| to_int(vm, number(&a).floor())),
    native("__format__(self, format_spec, /)", "Formats the float according to format_spec.", format),
    native("__getnewargs__(self, /)", "", |vm, a| Ok(PyTuple::new(vec![plain(vm, a.this())?]).into_value())),
    native(
        "__round__(self, ndigits=None, /)",
        "Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in round(x, ndigits).",
        round,
    ),
    native("__trunc__(self, /)", "Return the Integral closest to x between 0 and x.", |vm, a| to_int(vm, number(&a))),
    native(
        "as_integer_ratio(self, /)",
        "Return a pair of integers, whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms and has \
         a positive denominator.  Infinities\nand NaNs have none: they raise OverflowError and ValueError.\n\n\
         >>> (2.5).as_integer_ratio()\n(5, 2)\n>>> (-0.125).as_integer_ratio()\n(-1, 8)",
        as_integer_ratio,
    ),
    native("conjugate(self, /)", "Return self, the complex conjugate of any float.", |vm, a| plain(vm, a.this())),
    native(
        "hex(self, /)",
        "Return a hexadecimal representation of a floating-point number.\n\n>>> 0.5.hex()\n'0x1.0000000000000p-1'\n>>> (-10.25).hex()\n'-0x1.4800000000000p+3'",
        |vm, a| Ok(vm.str(&float_hex::hex(number(&a)))),
    ),
    native("is_integer(self, /)", "Return True if the float is an integer.", |_, a| {
        let x = number(&a);
        Ok(Value::bool(x.is_finite() && x == x.trunc()))
    }),
];

pub(super) static CLASS_METHODS: &[NativeDef] = &[
    native("__getformat__(cls, typestr, /)", "You probably don't want to use this function.", getformat),
    native("from_number(cls, number, /)", "Convert real number to a floating-point number.", from_number),
    native(
        "fromhex(cls, string, /)",
        "Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.8p+1')\n3.0\n>>> float.fromhex('-0x.4')\n-0.25",
        fromhex,
    ),
];

pub(super) static GETSET: &[GetSet] = &[
    GetSet {
        name: "imag",
        doc: "the imaginary part of a complex number",
        get: |_, _| Ok(Value::float(0.0)),
        set: None,
    },
    GetSet { name: "real", doc: "the real part of a complex number", get: plain, set: None },
];
