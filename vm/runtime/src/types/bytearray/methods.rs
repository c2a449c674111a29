//! The methods that only `bytearray` has.

use super::{BYTEARRAY, Mutable, PyByteArray};
use crate::call::{Args, NativeDef, native};
use crate::object::Value;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::{buffer, byte_methods, seq};
use crate::vm::{PyResult, Vm};

fn this<'a>(args: &Args<'a>) -> &'a PyByteArray {
    args.payload()
}

fn append(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let byte = buffer::byte_of(vm, args.get(1), "byte")?;
    this(&args).resize(vm, |s| vm.grow(s, 1).map(|()| s.push(byte)))??;
    Ok(Value::NONE)
}

fn clear(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).resize(vm, Vec::clear)?;
    Ok(Value::NONE)
}

fn copy(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyByteArray::from_vec(this(&args).with(<[u8]>::to_vec)).into_value())
}

fn extend(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tail = args.get(1);
    let bytes = if buffer::is_bytes_like(tail) {
        buffer::to_vec(vm, tail)?
    } else if tail.has_layout::<PyStr>() {
        return Err(vm.type_error("expected iterable of integers; got: 'str'"));
    } else if tail.class().slots().iter.is_none() && tail.class().slots().getitem.is_none() {
        return Err(vm.type_error(format!("can't extend bytearray with {}", tail.class().name())));
    } else {
        buffer::bytes_from_iterable(vm, tail, "byte")?
    };
    if !bytes.is_empty() {
        this(&args).resize(vm, |s| s.extend_from_slice(&bytes))?;
    }
    Ok(Value::NONE)
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let i = vm.to_ssize(args.get(1))?;
    let byte = buffer::byte_of(vm, args.get(2), "byte")?;
    this(&args).resize(vm, |s| {
        let len = s.len() as isize;
        let i = if i < 0 { i.saturating_add(len).max(0) } else { i.min(len) };
        s.insert(i as usize, byte);
    })?;
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let i = args.opt(1).map_or(Ok(-1), |v| vm.to_ssize(v))?;
    let a = this(&args);
    if a.is_empty() {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let Some(i) = seq::wrap(i, a.len()) else { return Err(vm.index_error("pop index out of range")) };
    let byte = a.resize(vm, |s| s.remove(i))?;
    Ok(Value::small(i64::from(byte)))
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let byte = buffer::byte_of(vm, args.get(1), "byte")?;
    match this(&args).with(|s| memchr::memchr(byte, s)) {
        Some(i) => {
            this(&args).resize(vm, |s| s.remove(i))?;
            Ok(Value::NONE)
        }
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

fn resize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let size = vm.to_ssize(args.get(1))?;
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.value_error(format!("bytearray.resize(): new size must be >= 0, got {size}")));
    };
    this(&args).resize(vm, |s| s.resize(size, 0))?;
    Ok(Value::NONE)
}

fn reverse(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).with_mut(<[u8]>::reverse);
    Ok(Value::NONE)
}

fn alloc(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(this(&args).len() + 1))
}

/// `(type, (text, 'latin-1'), state)` up to protocol 2, `(type, (bytes,), state)` from then on.
fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let protocol = args.opt_i64(vm, 1, 2)?;
    let bytes = this(&args).with(<[u8]>::to_vec);
    let inner = if protocol < 3 {
        let mut text = Vec::new();
        crate::text::codecs::single::decode_latin1(&bytes, &mut text);
        match text.is_empty() {
            true => vec![],
            false => vec![PyStr::new(&text).into_value(), vm.str("latin-1")],
        }
    } else {
        vec![PyBytes::from_vec(bytes).into_value()]
    };
    let state = Some(vm.call_method(args.this(), "__getstate__", &[])?);
    let class = args.this().class().as_value();
    Ok(PyTuple::new(vec![class, PyTuple::new(inner).into_value(), Value::or_none(state)]).into_value())
}

pub(super) static METHODS: [NativeDef; 54] = byte_methods::merge(
    byte_methods::Rows::<Mutable>::ALL,
    [
        native("__alloc__(self, /)", "Return the number of bytes actually allocated.", alloc),
        native("__reduce__(self, /)", "Return state information for pickling.", reduce),
        native("__reduce_ex__(self, proto=0, /)", "Return state information for pickling.", reduce),
        native("append(self, item, /)", "Append a single item to the end of the bytearray.", append),
        native("clear(self, /)", "Remove all items from the bytearray.", clear),
        native("copy(self, /)", "Return a copy of B.", copy),
        native(
            "extend(self, iterable_of_ints, /)",
            "Append all the items from the iterator or sequence to the end of the bytearray.",
            extend,
        ),
        native(
            "insert(self, index, item, /)",
            "Insert a single item into the bytearray before the given index.",
            insert,
        ),
        native("pop(self, index=-1, /)", "Remove and return a single item from B.", pop),
        native("remove(self, value, /)", "Remove the first occurrence of a value in the bytearray.", remove),
        native("resize(self, size, /)", "Resize the internal buffer of bytearray to len.", resize),
        native("reverse(self, /)", "Reverse the order of the values in B in place.", reverse),
    ],
);

pub(super) static CLASS_METHODS: &[NativeDef] =
    &[native("fromhex(cls, string, /)", "Create a bytearray object from a string of hexadecimal numbers.", |vm, a| {
        byte_methods::fromhex::<Mutable>(vm, a, &BYTEARRAY)
    })];

pub(super) static STATIC_METHODS: &[NativeDef] = &[native(
    "maketrans(frm, to, /)",
    "Return a translation table usable for the bytes or bytearray translate method.",
    byte_methods::maketrans,
)];
