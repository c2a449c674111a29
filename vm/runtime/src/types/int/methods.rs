//! Methods of `int`.

use num_traits::Signed;

use super::ops::plain;
use super::{INT, digit_limit, from_big, int_ref, to_big};
use crate::call::{Args, NativeDef, native};
use crate::object::{GetSet, TypeObject, Value};
use crate::text::format_number::{IntRef, format_int};
use crate::text::{int_bytes, int_ops};
use crate::types::buffer;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn this<'a>(args: &Args<'a>) -> IntRef<'a> {
    int_ref(args.this()).unwrap_or(IntRef::Small(0))
}

fn as_plain(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    plain(vm, args.this())
}

fn bit_length(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(match this(&args) {
        IntRef::Small(i) => Value::small(i64::from(64 - i.unsigned_abs().leading_zeros())),
        IntRef::Big(n) => Value::usize(n.bits() as usize),
    })
}

fn bit_count(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(match this(&args) {
        IntRef::Small(i) => Value::small(i64::from(i.unsigned_abs().count_ones())),
        IntRef::Big(n) => Value::usize(int_ops::bit_count(n) as usize),
    })
}

fn as_integer_ratio(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyTuple::new(vec![plain(vm, args.this())?, Value::small(1)]).into_value())
}

fn is_integer(_: &Vm, _: Args<'_>) -> PyResult<Value> {
    Ok(Value::TRUE)
}

/// Whether a `byteorder` argument means little endian.
fn is_little(vm: &Vm, order: Option<&Value>) -> PyResult<bool> {
    let Some(order) = order else { return Ok(false) };
    match order.downcast::<PyStr>().map(PyStr::as_bytes) {
        Some(b"little") => Ok(true),
        Some(b"big") => Ok(false),
        Some(_) => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
        None => Err(vm.type_error(format!("argument 'byteorder' must be str, not {}", vm.type_name_for_errors(order)))),
    }
}

fn to_bytes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let len = args.opt(1).map_or(Ok(1), |v| vm.to_ssize(v))?;
    let little = is_little(vm, args.opt(2))?;
    let signed = args.opt_bool(vm, 3, false)?;
    let Ok(len) = usize::try_from(len) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    let bytes = int_bytes::to_bytes(&to_big(args.this()), len, little, signed);
    match bytes {
        Ok(b) => Ok(crate::types::bytes::PyBytes::from_vec(b).into_value()),
        Err(e) => Err(vm.overflow_error(e.message())),
    }
}

fn from_bytes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let little = is_little(vm, args.opt(2))?;
    let signed = args.opt_bool(vm, 3, false)?;
    let bytes = buffer::bytes_from_object(vm, args.get(1))?;
    let n = from_big(int_bytes::from_bytes(&bytes, little, signed));
    let class = args.this();
    if class.downcast::<TypeObject>().is_some_and(|t| std::ptr::eq(t.object(), &INT)) {
        return Ok(n);
    }
    vm.call(class, &[n])
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = args.str(vm, 1)?;
    if spec.is_empty() {
        return Ok(vm.to_str(args.this())?.into_value());
    }
    let name = args.this().class().name();
    let text = format_int(this(&args), spec.as_bytes(), name, digit_limit());
    text.map(|t| PyStr::new(&t).into_value()).map_err(|e| vm.format_error(e))
}

fn round(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(digits) = args.opt_not_none(1) else { return plain(vm, args.this()) };
    let digits = vm.to_bigint(digits)?;
    if !digits.is_negative() {
        return plain(vm, args.this());
    }
    let places = u32::try_from(&-digits).unwrap_or(u32::MAX);
    Ok(from_big(int_ops::round_to_power_of_ten(&to_big(args.this()), places)))
}

fn sizeof(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    let digits = (to_big(args.this()).bits().div_ceil(30)).max(1) as usize;
    Ok(Value::usize(24 + digits * 4))
}

fn getnewargs(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyTuple::new(vec![plain(vm, args.this())?]).into_value())
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__ceil__(self, /)", "Ceiling of an Integral returns itself.", as_plain),
    native("__floor__(self, /)", "Flooring an Integral returns itself.", as_plain),
    native("__format__(self, format_spec, /)", "Convert to a string according to format_spec.", format),
    native("__getnewargs__(self, /)", "", getnewargs),
    native(
        "__round__(self, ndigits=None, /)",
        "Rounding an Integral returns itself.\n\nRounding with an ndigits argument also returns an integer.",
        round,
    ),
    native("__sizeof__(self, /)", "Returns size in memory, in bytes.", sizeof),
    native("__trunc__(self, /)", "Truncating an Integral returns itself.", as_plain),
    native(
        "as_integer_ratio(self, /)",
        "Return a pair of integers, whose ratio is equal to the original int.\n\nThe ratio is in lowest terms and has a positive denominator.\n\n>>> (7).as_integer_ratio()\n(7, 1)\n>>> (-3).as_integer_ratio()\n(-3, 1)",
        as_integer_ratio,
    ),
    native(
        "bit_count(self, /)",
        "Number of ones in the binary representation of the absolute value of self.\n\nAlso known as the population count.\n\n\
         >>> bin(21)\n'0b10101'\n>>> (21).bit_count()\n3",
        bit_count,
    ),
    native(
        "bit_length(self, /)",
        "Number of bits necessary to represent self in binary.\n\n>>> bin(18)\n'0b10010'\n>>> (18).bit_length()\n5",
        bit_length,
    ),
    native("conjugate(self, /)", "Returns self, the complex conjugate of any int.", as_plain),
    native(
        "is_integer(self, /)",
        "Returns True. Exists for duck type compatibility with float.is_integer.",
        is_integer,
    ),
    native(
        "to_bytes(self, /, length=1, byteorder='big', *, signed=False)",
        "Return an array of bytes representing an integer.",
        to_bytes,
    ),
];

pub(super) static CLASS_METHODS: &[NativeDef] = &[native(
    "from_bytes(cls, /, bytes, byteorder='big', *, signed=False)",
    "Return the integer represented by the given array of bytes.",
    from_bytes,
)];

pub(super) static GETSET: &[GetSet] = &[
    GetSet {
        name: "denominator",
        doc: "the denominator of a rational number in lowest terms",
        get: |_, _| Ok(Value::small(1)),
        set: None,
    },
    GetSet { name: "imag", doc: "the imaginary part of a complex number", get: |_, _| Ok(Value::small(0)), set: None },
    GetSet { name: "numerator", doc: "the numerator of a rational number in lowest terms", get: plain, set: None },
    GetSet { name: "real", doc: "the real part of a complex number", get: plain, set: None },
];
