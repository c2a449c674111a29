//! `complex`.

mod construct;
mod math;
mod methods;

use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::text::format_number::complex_repr;
use crate::text::{float_ops, int_convert};
use crate::types::float;
use crate::types::int::int_ref;
use crate::vm::{PyResult, Vm};

pub use construct::from_object;
pub use math::{divide, multiply, power};

/// Real and imaginary part.
pub type Parts = (f64, f64);

/// The payload of `complex`.
pub struct PyComplex {
    pub re: f64,
    pub im: f64,
}

impl Payload for PyComplex {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyComplex>();
        &L
    }
}

/// A new exact complex number.
pub fn new_value((re, im): Parts) -> Value {
    Ref::new(&COMPLEX, PyComplex { re, im }).into_value()
}

/// The parts of a complex number or an instance of a subclass.
pub fn parts_of(v: &Value) -> Option<Parts> {
    v.downcast::<PyComplex>().map(|z| (z.re, z.im))
}

/// An operand: a complex number, or a real one. `None` is anything else.
fn operand(vm: &Vm, v: &Value) -> PyResult<Option<Parts>> {
    if let Some(z) = parts_of(v) {
        return Ok(Some(z));
    }
    if let Some(x) = float::value_of(v) {
        return Ok(Some((x, 0.0)));
    }
    match int_ref(v) {
        Some(n) => match n.to_f64() {
            Ok(x) => Ok(Some((x, 0.0))),
            Err(_) => Err(vm.overflow_error(int_convert::TooLarge::MESSAGE)),
        },
        None => Ok(None),
    }
}

/// Whether an operand is real, so that operations leave the sign of a zero imaginary part alone (as from 3.14 on).
fn is_real(v: &Value) -> bool {
    parts_of(v).is_none()
}

macro_rules! operands {
    ($vm:expr, $a:expr, $b:expr) => {{
        let (Some(x), Some(y)) = (operand($vm, $a)?, operand($vm, $b)?) else { return Ok(Value::NOT_IMPLEMENTED) };
        (x, y)
    }};
}

fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    let im = match (is_real(a), is_real(b)) {
        (true, _) => y.1,
        (_, true) => x.1,
        _ => x.1 + y.1,
    };
    Ok(new_value((x.0 + y.0, im)))
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    let im = match (is_real(a), is_real(b)) {
        (true, _) => -y.1,
        (_, true) => x.1,
        _ => x.1 - y.1,
    };
    Ok(new_value((x.0 - y.0, im)))
}

fn mul(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    Ok(new_value(match (is_real(a), is_real(b)) {
        (true, _) => (x.0 * y.0, x.0 * y.1),
        (_, true) => (x.0 * y.0, x.1 * y.0),
        _ => multiply(x, y),
    }))
}

fn true_div(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    if y == (0.0, 0.0) {
        return Err(vm.zero_division_error("division by zero"));
    }
    Ok(new_value(if is_real(b) { (x.0 / y.0, x.1 / y.0) } else { divide(x, y) }))
}

fn pow(vm: &Vm, a: &Value, b: &Value, c: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    if !c.is_none() {
        return Err(vm.value_error("complex modulo"));
    }
    power(vm, x, y)
}

fn compare(_: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let Some((re, im)) = parts_of(a) else { return Ok(Value::NOT_IMPLEMENTED) };
    let same = if let Some(z) = parts_of(b) {
        (re, im) == z
    } else if let Some(x) = float::value_of(b) {
        re == x && im == 0.0
    } else if let Some(n) = int_ref(b) {
        im == 0.0 && int_convert::compare_big(&n.to_big(), re) == Some(std::cmp::Ordering::Equal)
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn this(v: &Value) -> Parts {
    parts_of(v).unwrap_or((f64::NAN, f64::NAN))
}

fn hash(_: &Vm, v: &Value) -> PyResult<i64> {
    let (re, im) = this(v);
    let of_nan = (v.id() >> 4) as i64;
    let (re, im) = (float_ops::hash(re).unwrap_or(of_nan), float_ops::hash(im).unwrap_or(of_nan));
    let hash = re.wrapping_add(im.wrapping_mul(1_000_003));
    Ok(if hash == -1 { -2 } else { hash })
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let (re, im) = this(v);
    Ok(vm.str(&complex_repr(re, im)))
}

/// The exact complex number of one or of an instance of a subclass.
fn plain(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(if v.is_exact(&COMPLEX) { v.clone() } else { new_value(this(v)) })
}

fn absolute(vm: &Vm, v: &Value) -> PyResult<Value> {
    let (re, im) = this(v);
    let r = re.hypot(im);
    if r.is_infinite() && re.is_finite() && im.is_finite() {
        return Err(vm.overflow_error("absolute value too large"));
    }
    Ok(Value::float(r))
}

static DEF: TypeDef = TypeDef {
    name: "complex",
    doc: "complex(real=0, imag=0)\n--\n\nCreate a complex number from a string or numbers.\n\n\
        If a string is given, parse it as a complex number.\n\
        If a single number is given, convert it to a complex number.\n\
        If the 'real' or 'imag' arguments are given, create a complex number\n\
        with the specified real and imaginary components.",
    layout: PyComplex::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(construct::new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        bool: Some(|_, v| Ok(this(v) != (0.0, 0.0))),
        neg: Some(|_, v| Ok(new_value((-this(v).0, -this(v).1)))),
        pos: Some(plain),
        abs: Some(absolute),
        binary: Slots::ops(&[(BinOp::Add, add), (BinOp::Sub, sub), (BinOp::Mul, mul), (BinOp::TrueDiv, true_div)]),
        pow: Some(pow),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    getset: methods::GETSET,
    ..TypeDef::EMPTY
};
/// The type `complex`.
pub static COMPLEX: Type = Type::builtin(&DEF);
