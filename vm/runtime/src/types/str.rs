//! `str`: see [`crate::object::string`] for its representation.

pub mod codec;
mod format;
pub mod iter;
mod methods;
mod search;
mod split;
mod translate;

pub use crate::object::string::PyStr;
pub use format::Formatter;
pub use iter::PyStrIterator;

use crate::Str;
use crate::call::{CallArgs, NativeDef, bind, native};
use crate::object::{BinOp, CmpOp, Payload, Slots, Type, TypeDef, TypeFlags, Value};
use crate::text::{repr, wtf8};
use crate::types::slice::PySlice;
use crate::types::{buffer, percent_format, seq, slice};
use crate::vm::{PyResult, Vm};

/// The string that a slot of `str` or a subclass sees as `self`.
fn this(v: &Value) -> &PyStr {
    v.downcast().expect("slots of str see strings")
}

/// A new exact string of a piece of another one.
fn piece(text: &[u8]) -> Value {
    match text {
        [byte] => PyStr::of_char(u32::from(*byte)).into_value(),
        _ => PyStr::new(text).into_value(),
    }
}

/// `v` itself where it is an exact string, else an exact copy.
fn unchanged(v: &Value) -> Value {
    if v.is_exact(&STR) { v.clone() } else { PyStr::new(this(v).as_bytes()).into_value() }
}

static NEW: NativeDef = native("str(object='', encoding='utf-8', errors='strict')", "", |_, _| Ok(Value::NONE));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let text = match (args.args, args.names) {
        ([v], []) => vm.to_str(v)?,
        _ => from_arguments(vm, args)?,
    };
    if std::ptr::eq(class, &STR) {
        return Ok(text.into_value());
    }
    Ok(PyStr::concat(class, &[text.as_bytes()]).into_value())
}

fn from_arguments(vm: &Vm, args: CallArgs<'_>) -> PyResult<Str> {
    let given = args.args.len();
    if given > 3 {
        return Err(vm.type_error(format!("str expected at most 3 arguments, got {given}")));
    }
    let slots = bind(vm, &NEW, args)?;
    let given = |i: usize| slots.get(i).filter(|v| !v.is_unbound());
    let text = |i: usize, name: &str| match given(i) {
        None => Ok(None),
        Some(v) => v.downcast_ref::<PyStr>().map(Some).ok_or_else(|| {
            vm.type_error(format!("str() argument '{name}' must be str, not {}", vm.type_name_for_errors(v)))
        }),
    };
    let (encoding, errors) = (text(1, "encoding")?, text(2, "errors")?);
    let Some(v) = given(0) else { return Ok(vm.names().empty.clone()) };
    if encoding.is_none() && errors.is_none() {
        return vm.to_str(v);
    }
    if v.has_layout::<PyStr>() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    if !buffer::is_bytes_like(v) {
        return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {} found", v.class().name())));
    }
    let bytes = buffer::to_vec(vm, v)?;
    let decoded = codec::decode(vm, v, &bytes, encoding.as_ref(), errors.as_ref())?;
    decoded.downcast_ref::<PyStr>().ok_or_else(|| vm.type_error("decoder should return a string result"))
}

fn repr_slot(_: &Vm, v: &Value) -> PyResult<Value> {
    let mut out = Vec::new();
    repr::repr_str(&mut out, this(v).as_bytes());
    Ok(PyStr::new(&out).into_value())
}

fn compare(_: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyStr>(), b.downcast::<PyStr>()) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(Value::bool(match op {
        CmpOp::Eq => x.same(y),
        CmpOp::Ne => !x.same(y),
        // The order of the bytes is the order of the code points.
        _ => op.test(x.as_bytes().cmp(y.as_bytes())),
    }))
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let s = this(v);
    if let Some(i) = seq::index_arg(vm, key)? {
        return match seq::wrap(i, s.len()) {
            Some(i) => Ok(PyStr::of_char(s.char_at(i)).into_value()),
            None => Err(vm.index_error("string index out of range")),
        };
    }
    let Some(range) = key.downcast::<PySlice>() else {
        return Err(vm.type_error(format!("string indices must be integers, not '{}'", key.class().name())));
    };
    let (start, _, step, count) = slice::resolve(vm, range, s.len())?;
    if count == 0 {
        return Ok(vm.names().empty.value());
    }
    if step == 1 {
        if count == s.len() {
            return Ok(unchanged(v));
        }
        let (from, to) = (s.byte_offset(start as usize), s.byte_offset(start as usize + count));
        return Ok(piece(&s.as_bytes()[from..to]));
    }
    Ok(PyStr::new(&wtf8::slice_with_step(s.as_bytes(), start as usize, step, count)).into_value())
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    match item.downcast::<PyStr>() {
        Some(item) => Ok(crate::text::search::find(this(v).as_bytes(), item.as_bytes()).is_some()),
        None => {
            Err(vm.type_error(format!("'in <string>' requires string as left operand, not {}", item.class().name())))
        }
    }
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(y) = b.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("can only concatenate str (not \"{}\") to str", b.class().name())));
    };
    let x = this(a);
    if x.is_empty() && b.is_exact(&STR) {
        return Ok(b.clone());
    }
    if y.is_empty() {
        return Ok(unchanged(a));
    }
    let both = PyStr::try_concat(&STR, &[x.as_bytes(), y.as_bytes()]);
    Ok(both.map_err(|e| vm.out_of_memory(e))?.into_value())
}

fn repeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let s = this(v).as_bytes();
    let n = n.max(0) as usize;
    if n == 0 || s.is_empty() {
        return Ok(vm.names().empty.value());
    }
    if n == 1 {
        return Ok(unchanged(v));
    }
    let Some(total) = s.len().checked_mul(n).filter(|&t| t <= isize::MAX as usize) else {
        return Err(vm.overflow_error("repeated string is too long"));
    };
    let mut out: Vec<u8> = Vec::new();
    out.try_reserve_exact(total).map_err(|e| vm.out_of_memory(e))?;
    crate::text::pad::repeat_into(&mut out, s, n);
    vm.ask_room(out.len())?;
    Ok(PyStr::new(&out).into_value())
}

fn percent(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    match a.downcast_ref::<PyStr>() {
        Some(format) => Ok(PyStr::new(&percent_format::format(vm, format.as_bytes(), b, true)?).into_value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

static DEF: TypeDef = TypeDef {
    name: "str",
    doc: "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n\
        Create a new string object from the given object. If encoding or\n\
        errors is specified, then the object must expose a data buffer\n\
        that will be decoded using the given encoding and error handler.\n\
        Otherwise, returns the result of object.__str__() (if defined)\n\
        or repr(object).\n\
        encoding defaults to 'utf-8'.\n\
        errors defaults to 'strict'.",
    layout: PyStr::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(new),
        repr: Some(repr_slot),
        str: Some(|_, v| Ok(unchanged(v))),
        hash: Some(|_, v| Ok(this(v).hash())),
        compare: Some(compare),
        iter: Some(|_, v| Ok(PyStrIterator::create(v))),
        len: Some(|_, v| Ok(this(v).len())),
        getitem: Some(getitem),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        binary: Slots::ops(&[(BinOp::Mod, percent)]),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    static_methods: methods::STATIC_METHODS,
    ..TypeDef::EMPTY
};
/// The type `str`.
pub static STR: Type = Type::builtin(&DEF);
