//! `bytearray`.

mod methods;

use std::cell::{Cell, RefCell};

use super::buffer::{self, Buffer, BufferAccess};
use super::byte_methods::{Arg, Kind};
use super::bytes::{self, BYTEARRAY_ITERATOR, PyBytes, PyBytesIterator};
use super::{percent_format, seq, slice};
use crate::call::{CallArgs, NativeDef, native};
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::text::{repr, search};
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// The payload of `bytearray`.
#[derive(Default)]
pub struct PyByteArray {
    data: RefCell<Vec<u8>>,
    /// How many buffers look at the bytes; they do not move meanwhile.
    exports: Cell<usize>,
}

impl Payload for PyByteArray {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyByteArray>();
        &L
    }
}

impl PyByteArray {
    /// A new exact `bytearray`.
    pub fn from_vec(data: Vec<u8>) -> Ref<PyByteArray> {
        Ref::new(&BYTEARRAY, PyByteArray { data: RefCell::new(data), exports: Cell::new(0) })
    }

    /// Runs `f` on the bytes. `f` must not run Python code.
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(&self.data.borrow())
    }

    /// Runs `f` on the bytes for changing them in place. `f` must not run Python code.
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        f(&mut self.data.borrow_mut())
    }

    /// Runs `f` on the vector, which it may resize; BufferError while buffers look at it.
    pub fn resize<R>(&self, vm: &Vm, f: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        if self.exports.get() > 0 {
            return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(f(&mut self.data.borrow_mut()))
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.data.borrow().len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

struct Mutable;

impl Kind for Mutable {
    fn make(bytes: Vec<u8>) -> Value {
        PyByteArray::from_vec(bytes).into_value()
    }

    fn with<R>(v: &Value, f: impl FnOnce(&[u8]) -> R) -> R {
        this(v).with(f)
    }

    fn unchanged(v: &Value) -> Value {
        Mutable::make(this(v).with(<[u8]>::to_vec))
    }
}

fn this(v: &Value) -> &PyByteArray {
    v.downcast().expect("slots of bytearray see bytearrays")
}

/// The byte of a bytes or bytearray object at an index.
pub(super) fn byte_at(v: &Value, i: usize) -> Option<u8> {
    match v.downcast::<PyBytes>() {
        Some(b) => b.as_slice().get(i).copied(),
        None => v.downcast::<PyByteArray>()?.with(|s| s.get(i).copied()),
    }
}

fn new(_: &Vm, class: &Type, _: CallArgs<'_>) -> PyResult<Value> {
    Ok(crate::object::header::new_object(class, PyByteArray::default()))
}

static INIT: NativeDef = native("bytearray(source=b'', encoding='utf-8', errors='strict')", "", |_, _| Ok(Value::NONE));

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let data = bytes::content(vm, &INIT, args)?;
    this(v).resize(vm, |old| *old = data)
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    if let Some(i) = seq::index_arg(vm, key)? {
        let byte = this(v).with(|s| seq::wrap(i, s.len()).map(|i| s[i]));
        return match byte {
            Some(byte) => Ok(Value::small(i64::from(byte))),
            None => Err(vm.index_error("bytearray index out of range")),
        };
    }
    if let Some(range) = key.downcast::<PySlice>() {
        let bounds = slice::unpack(vm, range)?;
        let picked = this(v).with(|s| {
            let (start, _, step, count) = slice::adjust(bounds, s.len());
            slice::pick(s, start, step, count)
        });
        return Ok(Mutable::make(picked));
    }
    Err(wrong_index(vm, key))
}

fn wrong_index(vm: &Vm, key: &Value) -> crate::vm::Raised {
    vm.type_error(format!("bytearray indices must be integers or slices, not {}", key.class().name()))
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    if let Some(i) = seq::index_arg(vm, key)? {
        let out_of_range = || vm.index_error("bytearray index out of range");
        return match value {
            Some(value) => {
                let byte = buffer::byte_of(vm, &value, "byte")?;
                let set = this(v).with_mut(|s| seq::wrap(i, s.len()).map(|i| s[i] = byte));
                set.ok_or_else(out_of_range)
            }
            None => {
                let i = seq::wrap(i, this(v).len()).ok_or_else(out_of_range)?;
                this(v).resize(vm, |s| s.remove(i)).map(|_| ())
            }
        };
    }
    let Some(range) = key.downcast::<PySlice>() else { return Err(wrong_index(vm, key)) };
    let values = match &value {
        None => None,
        Some(value) => Some(assigned(vm, value)?),
    };
    set_slice(vm, this(v), slice::unpack(vm, range)?, values)
}

/// The bytes on the right of a slice assignment.
fn assigned(vm: &Vm, value: &Value) -> PyResult<Vec<u8>> {
    if buffer::is_bytes_like(value) {
        return buffer::to_vec(vm, value);
    }
    if value.is_small() || value.has_layout::<PyStr>() {
        return Err(vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
    }
    buffer::bytes_from_iterable(vm, value, "byte")
}

fn set_slice(vm: &Vm, a: &PyByteArray, bounds: (isize, isize, isize), values: Option<Vec<u8>>) -> PyResult<()> {
    let (start, stop, step, count) = slice::adjust(bounds, a.len());
    if step == 1 {
        let start = start as usize;
        let stop = start.max(stop.max(0) as usize);
        let values = values.unwrap_or_default();
        if values.len() == stop - start {
            a.with_mut(|s| s[start..stop].copy_from_slice(&values));
            return Ok(());
        }
        return a.resize(vm, |s| drop(s.splice(start..stop, values)));
    }
    let indices = (0..count as isize).map(move |i| (start + i * step) as usize);
    // As in CPython, no bytes take the slice away, whatever its step.
    match values.filter(|values| !values.is_empty()) {
        None => a.resize(vm, |s| {
            let mut gone = vec![false; s.len()];
            indices.for_each(|i| gone[i] = true);
            let mut i = 0;
            s.retain(|_| {
                i += 1;
                !gone[i - 1]
            });
        }),
        Some(values) if values.len() == count => {
            a.with_mut(|s| indices.zip(values).for_each(|(i, b)| s[i] = b));
            Ok(())
        }
        Some(values) => Err(vm.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {count}",
            values.len()
        ))),
    }
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !buffer::is_bytes_like(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let Ok(other) = Arg::like(vm, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    let order = this(a).with(|x| other.with(|y| Some(x.cmp(y))));
    Ok(order.map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(op.test(o))))
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let mut out = this(a).with(<[u8]>::to_vec);
    extend(vm, a, b, |tail| vm.grow(&mut out, tail.len()).map(|()| out.extend_from_slice(tail)))?;
    Ok(Mutable::make(out))
}

/// Hands the bytes of `b`, to be appended to `a`, to `f`.
fn extend(vm: &Vm, a: &Value, b: &Value, f: impl FnOnce(&[u8]) -> PyResult<()>) -> PyResult<()> {
    if !buffer::is_bytes_like(b) {
        return Err(vm.type_error(format!("can't concat {} to {}", b.class().name(), a.class().name())));
    }
    Arg::like(vm, b)?.with(f)
}

fn iconcat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let mut tail = Vec::new();
    extend(vm, a, b, |bytes| vm.grow(&mut tail, bytes.len()).map(|()| tail.extend_from_slice(bytes)))?;
    if !tail.is_empty() {
        this(a).resize(vm, |s| vm.grow(s, tail.len()).map(|()| s.extend_from_slice(&tail)))??;
    }
    Ok(a.clone())
}

fn repeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let s = this(v).with(<[u8]>::to_vec);
    bytes::repeated(vm, &s, n).map(Mutable::make).map_err(|e| vm.out_of_memory(e))
}

fn irepeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let s = this(v).with(<[u8]>::to_vec);
    let s = bytes::repeated(vm, &s, n).map_err(|e| vm.out_of_memory(e))?;
    if s.len() != this(v).len() {
        this(v).resize(vm, |old| *old = s)?;
    }
    Ok(v.clone())
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    bytes::contains_in(vm, item, |needle| this(v).with(|s| search::find(s, needle).is_some()))
}

fn repr_slot(_: &Vm, v: &Value) -> PyResult<Value> {
    let mut out = v.class().name().as_bytes().to_vec();
    out.push(b'(');
    this(v).with(|s| repr::repr_bytes(&mut out, s));
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

fn percent(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(format) = a.downcast::<PyByteArray>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let format = format.with(<[u8]>::to_vec);
    Ok(Mutable::make(percent_format::format(vm, &format, b, false)?))
}

static ACCESS: BufferAccess = BufferAccess {
    read: |v, f| this(v).with(|s| f(s)),
    write: Some(|v, f| this(v).with_mut(|s| f(s))),
    release: |v| this(v).exports.set(this(v).exports.get().saturating_sub(1)),
};

fn buffer_slot(_: &Vm, v: &Value, _writable: bool) -> PyResult<Buffer> {
    this(v).exports.set(this(v).exports.get() + 1);
    Ok(Buffer::of_bytes(v.clone(), this(v).len(), false, &ACCESS))
}

static DEF: TypeDef = TypeDef {
    name: "bytearray",
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n\
        bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\n\
        bytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array",
    layout: PyByteArray::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr_slot),
        str: Some(repr_slot),
        compare: Some(compare),
        iter: Some(|_, v| Ok(PyBytesIterator::create(&BYTEARRAY_ITERATOR, v.clone()))),
        len: Some(|_, v| Ok(this(v).len())),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        iconcat: Some(iconcat),
        irepeat: Some(irepeat),
        binary: Slots::ops(&[(BinOp::Mod, percent)]),
        buffer: Some(buffer_slot),
        ..Slots::EMPTY
    },
    methods: &methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    static_methods: methods::STATIC_METHODS,
    ..TypeDef::EMPTY
};
/// The type `bytearray`.
pub static BYTEARRAY: Type = Type::builtin(&DEF);
