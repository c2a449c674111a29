//! `bool`.

use crate::call::CallArgs;
use crate::object::{BinOp, Payload, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::int::{INT, PyInt};
use crate::vm::{PyResult, Vm};

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "bool")?;
    args.check_count(vm, "bool", 0, 1)?;
    match args.positional().first() {
        Some(v) => vm.is_true(v).map(Value::bool),
        None => Ok(Value::FALSE),
    }
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.intern(if v.is_true() { "True" } else { "False" }).into_value())
}

/// Two bools give a bool; anything else is the int's business.
fn bitwise(vm: &Vm, op: BinOp, a: &Value, b: &Value, of_bools: fn(bool, bool) -> bool) -> PyResult<Value> {
    if let (Some(x), Some(y)) = (a.as_bool(), b.as_bool()) {
        return Ok(Value::bool(of_bools(x, y)));
    }
    match INT.slots().binary[op as usize] {
        Some(f) => f(vm, a, b),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn and(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    bitwise(vm, BinOp::And, a, b, |x, y| x & y)
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    bitwise(vm, BinOp::Or, a, b, |x, y| x | y)
}

fn xor(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    bitwise(vm, BinOp::Xor, a, b, |x, y| x ^ y)
}

fn invert(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.warn_named(
        "DeprecationWarning",
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise \
         inversion of the underlying int object and is usually not what you expect from the negation of a bool object. Use \
         the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
        1,
    )?;
    Ok(Value::small(if v.is_true() { -2 } else { -1 }))
}

static DEF: TypeDef = TypeDef {
    name: "bool",
    doc: "bool(object=False, /)\n--\n\nReturns True when the argument is true, False otherwise.\n\
        The builtins True and False are the only two instances of the class bool.\n\
        The class bool is a subclass of the class int, and cannot be subclassed.",
    base: Some(&INT),
    layout: PyInt::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        invert: Some(invert),
        binary: Slots::ops(&[(BinOp::And, and), (BinOp::Or, or), (BinOp::Xor, xor)]),
        ..Slots::EMPTY
    },
    ..TypeDef::EMPTY
};
/// The type `bool`.
pub static BOOL: Type = Type::builtin(&DEF);
