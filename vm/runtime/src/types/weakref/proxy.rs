//! `weakref.proxy`: passes every operation on to the referent.

use super::{PyWeakRef, this};
use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{BinOp, CmpOp, Payload, Slots, Type, TypeDef, TypeFlags, Value};
use crate::vm::{PyResult, Vm};

/// The referent; ReferenceError when it is dead.
fn target(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).get().ok_or_else(|| vm.reference_error("weakly-referenced object no longer exists"))
}

/// The operand itself, or what it stands for.
fn plain(vm: &Vm, v: &Value) -> PyResult<Value> {
    if v.is_exact(&PROXY) || v.is_exact(&CALLABLE_PROXY) { target(vm, v) } else { Ok(v.clone()) }
}

fn getattr(vm: &Vm, v: &Value, name: &Str) -> PyResult<Value> {
    vm.get_attr(&target(vm, v)?, name)
}

fn setattr(vm: &Vm, v: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
    let t = target(vm, v)?;
    match value {
        Some(x) => vm.set_attr(&t, name, x),
        None => vm.del_attr(&t, name),
    }
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    vm.call_args(&target(vm, v)?, args)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = target(vm, v)?;
    Ok(vm.str(&format!("<weakproxy at {:#x}; to '{}' at {:#x}>", v.id(), t.class().name(), t.id())))
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.to_str(&target(vm, v)?).map(Into::into)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    vm.compare(op, &plain(vm, a)?, &plain(vm, b)?)
}

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.iter(&target(vm, v)?)
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let t = target(vm, v)?;
    if t.class().slots().next.is_none() {
        return Err(vm.type_error(format!("Weakref proxy referenced a non-iterator '{}' object", t.class().name())));
    }
    vm.next(&t)
}

fn len(vm: &Vm, v: &Value) -> PyResult<usize> {
    vm.len(&target(vm, v)?)
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    vm.get_item(&target(vm, v)?, &plain(vm, key)?)
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let t = target(vm, v)?;
    match value {
        Some(x) => vm.set_item(&t, key, x),
        None => vm.del_item(&t, key),
    }
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    vm.contains(&target(vm, v)?, item)
}

fn bool(vm: &Vm, v: &Value) -> PyResult<bool> {
    vm.is_true(&target(vm, v)?)
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    Err(vm.type_error(format!("unhashable type: '{}'", v.class().name())))
}

/// One function per operator: slots are plain function pointers.
macro_rules! operators {
    ($($name:ident $iname:ident $op:ident;)*) => {$(
        fn $name(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
            vm.binary_op(BinOp::$op, &plain(vm, a)?, &plain(vm, b)?)
        }
        fn $iname(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
            vm.inplace_op(BinOp::$op, &plain(vm, a)?, &plain(vm, b)?)
        }
    )*
        const BINARY: [Option<crate::object::slots::Binary>; 13] = Slots::ops(&[$((BinOp::$op, $name)),*]);
        const INPLACE: [Option<crate::object::slots::Binary>; 13] = Slots::ops(&[$((BinOp::$op, $iname)),*]);
    };
}
operators! {
    add iadd Add; sub isub Sub; mul imul Mul; div idiv TrueDiv; floor ifloor FloorDiv; modulo imodulo Mod;
    matmul imatmul MatMul; lshift ilshift LShift; rshift irshift RShift; and iand And; or ior Or; xor ixor Xor;
}

fn pow(vm: &Vm, a: &Value, b: &Value, c: &Value) -> PyResult<Value> {
    vm.power(&plain(vm, a)?, &plain(vm, b)?, &plain(vm, c)?)
}

fn divmod(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    vm.divmod(&plain(vm, a)?, &plain(vm, b)?)
}

fn neg(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.negative(&target(vm, v)?)
}

fn pos(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.positive(&target(vm, v)?)
}

fn abs(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.absolute(&target(vm, v)?)
}

fn invert(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.invert(&target(vm, v)?)
}

fn index(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.index(&target(vm, v)?)
}

fn float(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.to_f64(&target(vm, v)?).map(Value::float)
}

fn bytes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = target(vm, args.this())?;
    vm.call_method(&t, "__bytes__", &[])
}

fn reversed(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = target(vm, args.this())?;
    vm.call_method(&t, "__reversed__", &[])
}

static METHODS: &[NativeDef] =
    &[native("__bytes__(self, /)", "", bytes), native("__reversed__(self, /)", "", reversed)];

const SLOTS: Slots = Slots {
    getattr: Some(getattr),
    setattr: Some(setattr),
    repr: Some(repr),
    str: Some(str),
    compare: Some(compare),
    hash: Some(hash),
    iter: Some(iter),
    next: Some(next),
    len: Some(len),
    getitem: Some(getitem),
    setitem: Some(setitem),
    contains: Some(contains),
    bool: Some(bool),
    binary: BINARY,
    inplace: INPLACE,
    pow: Some(pow),
    divmod: Some(divmod),
    neg: Some(neg),
    pos: Some(pos),
    abs: Some(abs),
    invert: Some(invert),
    index: Some(index),
    int: Some(index),
    float: Some(float),
    ..Slots::EMPTY
};

static DEF: TypeDef = TypeDef {
    name: "ProxyType",
    module: "weakref",
    layout: PyWeakRef::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: SLOTS,
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// `weakref.ProxyType`
pub static PROXY: Type = Type::builtin(&DEF);

static CALLABLE_DEF: TypeDef = TypeDef {
    name: "CallableProxyType",
    module: "weakref",
    layout: PyWeakRef::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { call: Some(call), ..SLOTS },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// `weakref.CallableProxyType`
pub static CALLABLE_PROXY: Type = Type::builtin(&CALLABLE_DEF);
