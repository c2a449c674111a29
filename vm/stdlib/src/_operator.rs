//! `_operator`: the operators as functions, and `attrgetter`, `itemgetter`, `methodcaller`.

mod getters;

use freeze_runtime::object::{BinOp, CmpOp};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

use crate::native_type::add_types;

macro_rules! binary {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            vm.binary_op(BinOp::$op, args.get(0), args.get(1))
        }
    )*};
}
macro_rules! in_place {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            vm.inplace_op(BinOp::$op, args.get(0), args.get(1))
        }
    )*};
}
macro_rules! comparison {
    ($($name:ident $op:ident;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            vm.compare(CmpOp::$op, args.get(0), args.get(1))
        }
    )*};
}
macro_rules! unary {
    ($($name:ident $method:ident;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            vm.$method(args.get(0))
        }
    )*};
}

binary! {
    add Add;
    sub Sub;
    mul Mul;
    truediv TrueDiv;
    floordiv FloorDiv;
    mod_ Mod;
    matmul MatMul;
    lshift LShift;
    rshift RShift;
    and_ And;
    or_ Or;
    xor Xor;
    pow Pow;
}
in_place! {
    iadd Add;
    isub Sub;
    imul Mul;
    itruediv TrueDiv;
    ifloordiv FloorDiv;
    imod Mod;
    imatmul MatMul;
    ilshift LShift;
    irshift RShift;
    iand And;
    ior Or;
    ixor Xor;
    ipow Pow;
}
comparison! {
    lt Lt;
    le Le;
    eq Eq;
    ne Ne;
    ge Ge;
    gt Gt;
}
unary! {
    neg negative;
    pos positive;
    invert invert;
    abs absolute;
    index index;
}

fn truth(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.is_true(args.get(0)).map(Value::bool)
}

fn not_(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.is_true(args.get(0)).map(|b| Value::bool(!b))
}

fn is_(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.get(0).is(args.get(1))))
}

fn is_not(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(!args.get(0).is(args.get(1))))
}

fn is_none(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.get(0).is_none()))
}

fn is_not_none(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(!args.get(0).is_none()))
}

fn contains(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.contains(args.get(0), args.get(1)).map(Value::bool)
}

fn getitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.get_item(args.get(0), args.get(1))
}

fn setitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.set_item(args.get(0), args.get(1), args.get(2).clone())?;
    Ok(Value::NONE)
}

fn delitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.del_item(args.get(0), args.get(1))?;
    Ok(Value::NONE)
}

/// Whether `v` has items by number; dicts have not.
fn is_sequence(v: &Value) -> bool {
    let s = v.class().slots();
    s.concat.is_some() || (s.getitem.is_some() && !v.has_layout::<PyDict>())
}

fn concat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (args.get(0), args.get(1));
    if !is_sequence(a) || !is_sequence(b) {
        return Err(vm.type_error(format!("'{}' object can't be concatenated", a.class().name())));
    }
    vm.binary_op(BinOp::Add, a, b)
}

fn iconcat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (args.get(0), args.get(1));
    if !is_sequence(a) || !is_sequence(b) {
        return Err(vm.type_error(format!("'{}' object can't be concatenated", a.class().name())));
    }
    vm.inplace_op(BinOp::Add, a, b)
}

fn count_of(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut n = 0;
    vm.for_each(args.get(0), |x| {
        n += i64::from(vm.eq(&x, args.get(1))?);
        Ok(true)
    })?;
    Ok(Value::int(n))
}

fn index_of(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (mut n, mut found) = (0, None);
    vm.for_each(args.get(0), |x| {
        if vm.eq(&x, args.get(1))? {
            found = Some(n);
        }
        n += 1;
        Ok(found.is_none())
    })?;
    match found {
        Some(i) => Ok(Value::int(i)),
        None => Err(vm.value_error("sequence.index(x): x not in sequence")),
    }
}

fn length_hint(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let default = match args.opt(1) {
        None => 0,
        Some(d) if !int::is_int(d) => {
            return Err(vm.type_error(format!("'{}' object cannot be interpreted as an integer", d.class().name())));
        }
        Some(d) => vm.to_isize(d)?,
    };
    if default < 0 {
        // Only a hint that comes from the object itself must not be negative.
        let n = vm.length_hint(args.get(0), usize::MAX)?;
        return Ok(if n == usize::MAX { Value::int(default as i64) } else { Value::usize(n) });
    }
    vm.length_hint(args.get(0), default as usize).map(Value::usize)
}

/// Compares without stopping at the first difference, so that time says nothing of where it is.
fn compare_digest(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (args.get(0), args.get(1));
    let bytes = |v: &Value| -> PyResult<Option<Vec<u8>>> {
        if let Some(s) = v.downcast::<PyStr>() {
            return Ok(if s.is_ascii() { Some(s.as_bytes().to_vec()) } else { None });
        }
        if let Some(b) = v.downcast::<PyBytes>() {
            return Ok(Some(b.as_slice().to_vec()));
        }
        if v.class().slots().buffer.is_none() {
            return Ok(None);
        }
        let b = vm.call(&freeze_runtime::types::bytes::BYTES.as_value(), std::slice::from_ref(v))?;
        Ok(b.downcast::<PyBytes>().map(|b| b.as_slice().to_vec()))
    };
    let text = |v: &Value| v.has_layout::<PyStr>();
    if text(a) && text(b) {
        let (Some(x), Some(y)) = (bytes(a)?, bytes(b)?) else {
            return Err(vm.type_error("comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(Value::bool(same(&x, &y)));
    }
    match (bytes(a)?, bytes(b)?) {
        (Some(x), Some(y)) if !text(a) && !text(b) => Ok(Value::bool(same(&x, &y))),
        _ => Err(vm.type_error(format!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.class().name(),
            b.class().name()
        ))),
    }
}

fn same(a: &[u8], b: &[u8]) -> bool {
    let mut diff = u8::from(a.len() != b.len());
    for (i, x) in b.iter().enumerate() {
        diff |= x ^ a.get(i).copied().unwrap_or(!*x);
    }
    diff == 0
}

fn call(vm: &Vm, args: freeze_runtime::CallArgs<'_>) -> PyResult<Value> {
    let Some(f) = args.positional().first() else {
        return Err(vm.type_error("call expected at least 1 argument, got 0"));
    };
    vm.call_args(f, args.skip_first())
}

static FUNCTIONS: &[NativeDef] = &[
    native("_compare_digest(a, b, /)", "Return 'a == b'.", compare_digest),
    native("abs(a, /)", "Same as abs(a).", abs),
    native("add(a, b, /)", "Same as a + b.", add),
    native("and_(a, b, /)", "Same as a & b.", and_),
    freeze_runtime::raw("call(obj, /, *args, **kwargs)", "Same as obj(*args, **kwargs).", call),
    native("concat(a, b, /)", "Same as a + b, for a and b sequences.", concat),
    native("contains(a, b, /)", "Same as b in a (note reversed operands).", contains),
    native("countOf(a, b, /)", "Return the number of items in a which are, or which equal, b.", count_of),
    native("delitem(a, b, /)", "Same as del a[b].", delitem),
    native("eq(a, b, /)", "Same as a == b.", eq),
    native("floordiv(a, b, /)", "Same as a // b.", floordiv),
    native("ge(a, b, /)", "Same as a >= b.", ge),
    native("getitem(a, b, /)", "Same as a[b].", getitem),
    native("gt(a, b, /)", "Same as a > b.", gt),
    native("iadd(a, b, /)", "Same as a += b.", iadd),
    native("iand(a, b, /)", "Same as a &= b.", iand),
    native("iconcat(a, b, /)", "Same as a += b, for a and b sequences.", iconcat),
    native("ifloordiv(a, b, /)", "Same as a //= b.", ifloordiv),
    native("ilshift(a, b, /)", "Same as a <<= b.", ilshift),
    native("imatmul(a, b, /)", "Same as a @= b.", imatmul),
    native("imod(a, b, /)", "Same as a %= b.", imod),
    native("imul(a, b, /)", "Same as a *= b.", imul),
    native("index(a, /)", "Same as a.__index__()", index),
    native("indexOf(a, b, /)", "Return the first index of b in a.", index_of),
    native("inv(a, /)", "Same as ~a.", invert),
    native("invert(a, /)", "Same as ~a.", invert),
    native("ior(a, b, /)", "Same as a |= b.", ior),
    native("ipow(a, b, /)", "Same as a **= b.", ipow),
    native("irshift(a, b, /)", "Same as a >>= b.", irshift),
    native("is_(a, b, /)", "Same as a is b.", is_),
    native("is_none(a, /)", "Same as a is None.", is_none),
    native("is_not(a, b, /)", "Same as a is not b.", is_not),
    native("is_not_none(a, /)", "Same as a is not None.", is_not_none),
    native("isub(a, b, /)", "Same as a -= b.", isub),
    native("itruediv(a, b, /)", "Same as a /= b.", itruediv),
    native("ixor(a, b, /)", "Same as a ^= b.", ixor),
    native("le(a, b, /)", "Same as a <= b.", le),
    native("length_hint(obj, default=0, /)", "Return an estimate of the number of items in obj.", length_hint),
    native("lshift(a, b, /)", "Same as a << b.", lshift),
    native("lt(a, b, /)", "Same as a < b.", lt),
    native("matmul(a, b, /)", "Same as a @ b.", matmul),
    native("mod(a, b, /)", "Same as a % b.", mod_),
    native("mul(a, b, /)", "Same as a * b.", mul),
    native("ne(a, b, /)", "Same as a != b.", ne),
    native("neg(a, /)", "Same as -a.", neg),
    native("not_(a, /)", "Same as not a.", not_),
    native("or_(a, b, /)", "Same as a | b.", or_),
    native("pos(a, /)", "Same as +a.", pos),
    native("pow(a, b, /)", "Same as a ** b.", pow),
    native("rshift(a, b, /)", "Same as a >> b.", rshift),
    native("setitem(a, b, c, /)", "Same as a[b] = c.", setitem),
    native("sub(a, b, /)", "Same as a - b.", sub),
    native("truediv(a, b, /)", "Same as a / b.", truediv),
    native("truth(a, /)", "Return True if a is true, False otherwise.", truth),
    native("xor(a, b, /)", "Same as a ^ b.", xor),
];

fn init(vm: &Vm, ns: &PyDict) -> PyResult<()> {
    add_types(vm, ns, &[&getters::ATTRGETTER, &getters::ITEMGETTER, &getters::METHODCALLER]);
    Ok(())
}

/// The module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_operator", doc: "Operator interface.", functions: FUNCTIONS, init: Some(init) };
