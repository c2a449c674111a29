//! `float`: immediate; subclass instances are a [`PyFloat`].

mod construct;
mod methods;

use std::cmp::Ordering;

use crate::object::{BinOp, CmpOp, Layout, Payload, Slots, Type, TypeDef, TypeFlags, Value};
use crate::text::format_number::IntRef;
use crate::text::{float_fmt, float_ops, int_convert};
use crate::types::int::int_ref;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

pub use construct::from_object;

/// The payload of instances of float's subclasses.
pub struct PyFloat {
    pub value: f64,
}

impl Payload for PyFloat {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFloat>();
        &L
    }
}

/// The number of a float (or subclass) or int, through `__float__` or `__index__` else.
pub fn to_f64(vm: &Vm, v: &Value) -> PyResult<f64> {
    if let Some(f) = value_of(v) {
        return Ok(f);
    }
    if let Some(f) = v.class().slots().float {
        let r = f(vm, v)?;
        if !r.is_float() && value_of(&r).is_some() {
            crate::types::int::warn_subclass(vm, &format!("{}.__float__", v.class().name()), "float", &r)?;
        }
        return match value_of(&r) {
            Some(f) => Ok(f),
            None => Err(vm.type_error(format!(
                "{}.__float__ returned non-float (type {})",
                v.class().name(),
                r.class().name()
            ))),
        };
    }
    if v.class().slots().index.is_some() {
        let i = vm.index(v)?;
        return to_f64(vm, &i);
    }
    Err(vm.type_error(format!("must be real number, not {}", v.class().name())))
}

/// The number of a float or an instance of a subclass.
#[inline]
pub fn value_of(v: &Value) -> Option<f64> {
    v.as_float().or_else(|| v.downcast::<PyFloat>().map(|f| f.value))
}

/// `int(x)`
pub fn to_int(vm: &Vm, x: f64) -> PyResult<Value> {
    if x.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    if x.is_infinite() {
        return Err(vm.overflow_error("cannot convert float infinity to integer"));
    }
    if x.abs() < 9e18 {
        return Ok(Value::int(x as i64));
    }
    Ok(crate::types::int::from_big(int_convert::from_f64(x)))
}

/// An operand: a float, or an int as a float. `None` is anything else.
fn operand(vm: &Vm, v: &Value) -> PyResult<Option<f64>> {
    if let Some(x) = value_of(v) {
        return Ok(Some(x));
    }
    match int_ref(v) {
        Some(n) => n.to_f64().map(Some).map_err(|_| vm.overflow_error(int_convert::TooLarge::MESSAGE)),
        None => Ok(None),
    }
}

macro_rules! operands {
    ($vm:expr, $a:expr, $b:expr) => {{
        let (Some(x), Some(y)) = (operand($vm, $a)?, operand($vm, $b)?) else { return Ok(Value::NOT_IMPLEMENTED) };
        (x, y)
    }};
}

fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    Ok(Value::float(x + y))
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    Ok(Value::float(x - y))
}

fn mul(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    Ok(Value::float(x * y))
}

fn true_div(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    if y == 0.0 {
        return Err(vm.zero_division_error("division by zero"));
    }
    Ok(Value::float(x / y))
}

fn floor_div(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    if y == 0.0 {
        return Err(vm.zero_division_error("division by zero"));
    }
    Ok(Value::float(float_ops::floor_div(x, y)))
}

fn modulo(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    if y == 0.0 {
        return Err(vm.zero_division_error("division by zero"));
    }
    Ok(Value::float(float_ops::modulo(x, y)))
}

fn divmod(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (x, y) = operands!(vm, a, b);
    if y == 0.0 {
        return Err(vm.zero_division_error("division by zero"));
    }
    let (q, r) = float_ops::divmod(x, y);
    Ok(PyTuple::new(vec![Value::float(q), Value::float(r)]).into_value())
}

/// `x ** y`; a complex number where no float is the answer.
pub fn power(vm: &Vm, x: f64, y: f64) -> PyResult<Value> {
    match float_ops::pow(x, y) {
        float_ops::Power::Real(r) => Ok(Value::float(r)),
        float_ops::Power::Complex => crate::types::complex::power(vm, (x, 0.0), (y, 0.0)),
        float_ops::Power::ZeroToNegative => Err(vm.zero_division_error("zero to a negative power")),
        float_ops::Power::Overflow => Err(vm.range_error()),
    }
}

fn pow(vm: &Vm, a: &Value, b: &Value, c: &Value) -> PyResult<Value> {
    if !c.is_none() {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let (x, y) = operands!(vm, a, b);
    power(vm, x, y)
}

/// How a float compares with a float or an int, exactly. `Err` is no number, `Ok(None)` is NaN.
fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, ()> {
    match (value_of(a), value_of(b)) {
        (Some(x), Some(y)) => Ok(x.partial_cmp(&y)),
        (Some(x), None) => Ok(order_int(int_ref(b).ok_or(())?, x).map(Ordering::reverse)),
        (None, Some(y)) => Ok(order_int(int_ref(a).ok_or(())?, y)),
        (None, None) => Err(()),
    }
}

fn order_int(n: IntRef, x: f64) -> Option<Ordering> {
    match n {
        IntRef::Small(n) => int_convert::compare_i64(n, x),
        IntRef::Big(n) => int_convert::compare_big(n, x),
    }
}

fn compare(_: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    Ok(match order(a, b) {
        Ok(Some(o)) => Value::bool(op.test(o)),
        Ok(None) => Value::bool(op == CmpOp::Ne),
        Err(()) => Value::NOT_IMPLEMENTED,
    })
}

/// The number of `self`, which a slot of float sees only for floats.
fn this(v: &Value) -> f64 {
    value_of(v).unwrap_or(f64::NAN)
}

fn hash(_: &Vm, v: &Value) -> PyResult<i64> {
    // All NaNs that are not objects share one hash; they are one value here.
    Ok(float_ops::hash(this(v)).unwrap_or_else(|| crate::types::object::hash_identity(v)))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&float_fmt::repr(this(v))))
}

/// The exact float of a float or an instance of a subclass.
fn plain(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::float(this(v)))
}

static DEF: TypeDef = TypeDef {
    name: "float",
    doc: "float(x=0, /)\n--\n\nConvert a string or number to a floating-point number, if possible.",
    layout: PyFloat::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(construct::new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        bool: Some(|_, v| Ok(this(v) != 0.0)),
        int: Some(|vm, v| to_int(vm, this(v))),
        float: Some(plain),
        neg: Some(|_, v| Ok(Value::float(-this(v)))),
        pos: Some(plain),
        abs: Some(|_, v| Ok(Value::float(this(v).abs()))),
        binary: Slots::ops(&[
            (BinOp::Add, add),
            (BinOp::Sub, sub),
            (BinOp::Mul, mul),
            (BinOp::TrueDiv, true_div),
            (BinOp::FloorDiv, floor_div),
            (BinOp::Mod, modulo),
        ]),
        pow: Some(pow),
        divmod: Some(divmod),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    getset: methods::GETSET,
    ..TypeDef::EMPTY
};
/// The type `float`.
pub static FLOAT: Type = Type::builtin(&DEF);
