//! Methods of `complex`.

use super::{COMPLEX, Parts, construct, new_value, plain, this};
use crate::call::{Args, NativeDef, native};
use crate::object::{GetSet, TypeObject, Value};
use crate::text::format_number;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn number(args: &Args<'_>) -> Parts {
    this(args.this())
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = args.str(vm, 1)?;
    if spec.is_empty() {
        return Ok(vm.to_str(args.this())?.into_value());
    }
    let (re, im) = number(&args);
    let text = format_number::format_complex(re, im, spec.as_bytes(), args.this().class().name());
    text.map(|t| PyStr::new(&t).into_value()).map_err(|e| vm.format_error(e))
}

fn getnewargs(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (re, im) = number(&args);
    Ok(PyTuple::new(vec![Value::float(re), Value::float(im)]).into_value())
}

fn from_number(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(1);
    let exact = args.this().downcast::<TypeObject>().is_some_and(|t| std::ptr::eq(t.object(), &COMPLEX));
    if exact && v.is_exact(&COMPLEX) {
        return Ok(v.clone());
    }
    let z = new_value(construct::from_object(vm, v, "must be real number")?);
    if exact { Ok(z) } else { vm.call(args.this(), &[z]) }
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__complex__(self, /)", "Convert this value to exact type complex.", |vm, a| plain(vm, a.this())),
    native("__format__(self, format_spec, /)", "Convert to a string according to format_spec.", format),
    native("__getnewargs__(self, /)", "", getnewargs),
    native(
        "conjugate(self, /)",
        "Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.",
        |_, a| {
            let (re, im) = number(&a);
            Ok(new_value((re, -im)))
        },
    ),
];

pub(super) static CLASS_METHODS: &[NativeDef] =
    &[native("from_number(cls, number, /)", "Convert number to a complex floating-point number.", from_number)];

pub(super) static GETSET: &[GetSet] = &[
    GetSet {
        name: "imag",
        doc: "the imaginary part of a complex number",
        get: |_, v| Ok(Value::float(this(v).1)),
        set: None,
    },
    GetSet {
        name: "real",
        doc: "the real part of a complex number",
        get: |_, v| Ok(Value::float(this(v).0)),
        set: None,
    },
];
