//! `Decimal`: its value, construction and operators.

use std::cell::Cell;
use std::cmp::Ordering;

use freeze_runtime::call::bind;
use freeze_runtime::object::{BinOp, CmpOp, GetSet, Layout, Slots};
use freeze_runtime::types::complex::PyComplex;
use freeze_runtime::types::float::value_of;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::context::{Context, context_arg, current};
use super::convert::{self, Operand, from_float, from_int, operand};
use super::num::{self, Kind, Num, Rounding, Settings, status};
use super::state::state;
use super::{decimal_methods, num::limbs};

/// The payload of `Decimal`.
pub(super) struct Decimal {
    pub(super) num: Num,
    /// The hash, once it was asked for; -1 before.
    hash: Cell<i64>,
}

impl Payload for Decimal {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Decimal>();
        &L
    }
}

/// A Decimal with this number.
#[inline]
pub(super) fn make(n: Num) -> Value {
    with_class(&DECIMAL, n)
}

fn with_class(class: &Type, num: Num) -> Value {
    Ref::new(class, Decimal { num, hash: Cell::new(-1) }).into_value()
}

/// The number of a Decimal.
#[inline]
pub(super) fn this(v: &Value) -> &Num {
    &v.downcast::<Decimal>().expect("slots of Decimal see decimals").num
}

static NEW: NativeDef = native("Decimal(value='0', context=None)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if let ([v], true) = (args.args, args.names.is_empty()) {
        return construct(vm, class, Some(v), None);
    }
    let slots = bind(vm, &NEW, args)?;
    construct(vm, class, slots.first().filter(|v| !v.is_unbound()), slots.get(1).filter(|v| !v.is_unbound()))
}

fn construct(vm: &Vm, class: &Type, v: Option<&Value>, context: Option<&Value>) -> PyResult<Value> {
    let cx = context_arg(vm, context)?;
    let Some(v) = v else { return Ok(with_class(class, Num::zero(false, 0))) };
    if std::ptr::eq(class, &DECIMAL) && v.is_exact(&DECIMAL) {
        return Ok(v.clone());
    }
    Ok(with_class(class, convert::from_object(vm, v, &cx)?))
}

/// Runs an operation of two operands, which are Decimals or ints, in the current context.
#[inline(always)]
fn binary(vm: &Vm, a: &Value, b: &Value, f: impl Fn(&Num, &Num, &Settings, &mut u32) -> Num) -> PyResult<Value> {
    let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let cx = current(vm)?;
    let mut st = 0;
    let r = f(&x, &y, &cx.settings.get(), &mut st);
    cx.report(vm, st)?;
    Ok(make(r))
}

/// Runs an operation of one operand in the current context.
#[inline(always)]
fn unary(vm: &Vm, v: &Value, f: impl Fn(&Num, &Settings, &mut u32) -> Num) -> PyResult<Value> {
    let cx = current(vm)?;
    let mut st = 0;
    let r = f(this(v), &cx.settings.get(), &mut st);
    cx.report(vm, st)?;
    Ok(make(r))
}

fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    binary(vm, a, b, |x, y, cx, st| num::add(x, y, false, cx, st))
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    binary(vm, a, b, |x, y, cx, st| num::add(x, y, true, cx, st))
}

fn mul(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    binary(vm, a, b, num::mul)
}

fn true_div(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    binary(vm, a, b, num::div)
}

fn floor_div(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    binary(vm, a, b, num::div_int)
}

fn modulo(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    binary(vm, a, b, num::rem)
}

fn divmod(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (operand(a), operand(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let cx = current(vm)?;
    let mut st = 0;
    let (q, r) = num::divmod(&x, &y, &cx.settings.get(), &mut st);
    cx.report(vm, st)?;
    Ok(PyTuple::new(vec![make(q), make(r)]).into_value())
}

fn pow(vm: &Vm, a: &Value, b: &Value, m: &Value) -> PyResult<Value> {
    if m.is_none() {
        return binary(vm, a, b, num::pow);
    }
    let (Some(x), Some(y), Some(z)) = (operand(a), operand(b), operand(m)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let cx = current(vm)?;
    let mut st = 0;
    let r = num::pow_mod(&x, &y, &z, &cx.settings.get(), &mut st);
    cx.report(vm, st)?;
    Ok(make(r))
}

/// The operands of a comparison. Comparing with a float is noted; a Fraction's denominator is multiplied away.
fn comparable<'a>(
    vm: &Vm,
    a: &'a Value,
    b: &'a Value,
    op: CmpOp,
    cx: &Context,
) -> PyResult<Option<(Operand<'a>, Operand<'a>)>> {
    let x = Operand::Given(this(a));
    if let Some(y) = operand(b) {
        return Ok(Some((x, y)));
    }
    let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
    if let Some(f) = value_of(b) {
        if equality {
            cx.words.flags.set(cx.words.flags.get() | status::FLOAT_OPERATION);
        } else {
            cx.report(vm, status::FLOAT_OPERATION)?;
        }
        return Ok(Some((x, Operand::Made(from_float(f)))));
    }
    if let Some(c) = b.downcast::<PyComplex>() {
        if !equality || c.im != 0.0 {
            return Ok(None);
        }
        cx.words.flags.set(cx.words.flags.get() | status::FLOAT_OPERATION);
        return Ok(Some((x, Operand::Made(from_float(c.re)))));
    }
    if !vm.isinstance(b, &state(vm).rational)? {
        return Ok(None);
    }
    let part = |name: &str| -> PyResult<Num> {
        let v = vm.get_attr_str(b, name)?;
        let v = vm.index(&v)?;
        Ok(freeze_runtime::types::int::int_ref(&v).map_or_else(Num::nan, from_int))
    };
    let (top, bottom) = (part("numerator")?, part("denominator")?);
    let x = if x.is_finite() { Num::new(x.neg, limbs::mul(&x.coef, &bottom.coef), x.exp) } else { x.clone() };
    Ok(Some((Operand::Made(x), Operand::Made(top))))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let cx = current(vm)?;
    let Some((x, y)) = comparable(vm, a, b, op, &cx)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if x.is_nan() || y.is_nan() {
        if x.is_snan() || y.is_snan() || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
            cx.report(vm, status::INVALID_OPERATION)?;
        }
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    let order: Ordering = num::order(&x, &y);
    Ok(Value::bool(op.test(order)))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let d = v.downcast::<Decimal>().expect("slots of Decimal see decimals");
    match d.num.kind {
        Kind::Signaling => return Err(vm.type_error("Cannot hash a signaling NaN value")),
        Kind::Quiet => return Ok((v.id() >> 4) as i64),
        _ => {}
    }
    if d.hash.get() == -1 {
        d.hash.set(convert::hash(&d.num));
    }
    Ok(d.hash.get())
}

/// `str(v)`
pub(super) fn text(vm: &Vm, v: &Value) -> PyResult<Value> {
    let cx = current(vm)?;
    Ok(PyStr::new(&this(v).write(false, cx.capitals.get())).into_value())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let cx = current(vm)?;
    let shown = this(v).write(false, cx.capitals.get());
    Ok(PyStr::new(&[b"Decimal('", &shown[..], b"')"].concat()).into_value())
}

static GETSET: &[GetSet] = &[
    GetSet { name: "imag", doc: "The imaginary part: 0.", get: |_, _| Ok(make(Num::zero(false, 0))), set: None },
    GetSet { name: "real", doc: "The number itself.", get: |_, v| Ok(v.clone()), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "Decimal",
    module: "decimal",
    doc: "Decimal(value='0', context=None)\n--\n\nA decimal number, made of a string, a tuple, an int, a float or another Decimal. The value is taken exactly; \
          the context only says what happens with malformed text.",
    layout: Decimal::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(text),
        hash: Some(hash),
        compare: Some(compare),
        bool: Some(|_, v| Ok(!this(v).is_zero())),
        int: Some(|vm, v| convert::to_int(vm, this(v), Rounding::Down)),
        float: Some(|vm, v| Ok(Value::float(convert::to_f64(vm, this(v))?))),
        neg: Some(|vm, v| unary(vm, v, |x, cx, st| num::signed(x, !x.neg, cx, st))),
        pos: Some(|vm, v| unary(vm, v, |x, cx, st| num::signed(x, x.neg, cx, st))),
        abs: Some(|vm, v| unary(vm, v, num::abs)),
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
    methods: decimal_methods::METHODS,
    class_methods: decimal_methods::CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `Decimal`.
pub(super) static DECIMAL: Type = Type::builtin(&DEF);
