//! `bytes`.

use std::cell::Cell;

use super::buffer::{self, Buffer, BufferAccess};
use super::byte_methods::{self, Arg, Kind};
use super::iterator::iter_self;
use super::{percent_format, seq, slice};
use crate::call::{Args, CallArgs, NativeDef, bind, native};
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::text::{repr, search};
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// The payload of `bytes`.
pub struct PyBytes {
    data: Box<[u8]>,
    hash: Cell<i64>,
}

impl Payload for PyBytes {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyBytes>();
        &L
    }
}

impl PyBytes {
    /// A new exact `bytes`.
    pub fn new(data: &[u8]) -> Ref<PyBytes> {
        PyBytes::from_vec(data.to_vec())
    }

    /// A new exact `bytes` from an owned buffer.
    pub fn from_vec(data: Vec<u8>) -> Ref<PyBytes> {
        Ref::new(&BYTES, PyBytes { data: data.into(), hash: Cell::new(0) })
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        &self.data
    }

    /// The hash: that of a `str` of the same bytes.
    pub fn hash(&self) -> i64 {
        if self.hash.get() == 0 {
            self.hash.set(crate::object::string::hash_bytes(&self.data));
        }
        self.hash.get()
    }
}

struct Immutable;

impl Kind for Immutable {
    fn make(bytes: Vec<u8>) -> Value {
        PyBytes::from_vec(bytes).into_value()
    }

    fn with<R>(v: &Value, f: impl FnOnce(&[u8]) -> R) -> R {
        f(this(v))
    }

    fn unchanged(v: &Value) -> Value {
        if v.is_exact(&BYTES) { v.clone() } else { PyBytes::new(this(v)).into_value() }
    }
}

fn this(v: &Value) -> &[u8] {
    v.downcast::<PyBytes>().map(PyBytes::as_slice).unwrap_or_default()
}

static NEW: NativeDef = native("bytes(source=b'', encoding='utf-8', errors='strict')", "", |_, _| Ok(Value::NONE));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let exact = std::ptr::eq(class, &BYTES);
    if exact && args.names.is_empty() && args.args.len() == 1 && args.args[0].is_exact(&BYTES) {
        return Ok(args.args[0].clone());
    }
    let data = content(vm, &NEW, args)?;
    Ok(if exact {
        PyBytes::from_vec(data).into_value()
    } else {
        crate::object::header::new_object(class, PyBytes { data: data.into(), hash: Cell::new(0) })
    })
}

/// The bytes that the arguments of `bytes(…)` or `bytearray(…)` describe.
pub(super) fn content(vm: &Vm, def: &'static NativeDef, args: CallArgs<'_>) -> PyResult<Vec<u8>> {
    let slots = bind(vm, def, args)?;
    let given = |i: usize| slots.get(i).filter(|v| !v.is_unbound());
    let text = |i: usize| match given(i) {
        None => Ok(None),
        Some(v) => v.downcast_ref::<PyStr>().map(Some).ok_or_else(|| {
            let name = if i == 1 { "encoding" } else { "errors" };
            vm.type_error(format!("{}() argument '{name}' must be str, not {}", def.name(), vm.type_name_for_errors(v)))
        }),
    };
    let (encoding, errors) = (text(1)?, text(2)?);
    let coded = if encoding.is_some() { Some("encoding") } else { errors.as_ref().map(|_| "errors") };
    let Some(source) = given(0) else {
        return match coded {
            Some(what) => Err(vm.type_error(format!("{what} without a string argument"))),
            None => Ok(Vec::new()),
        };
    };
    if let Some(s) = source.downcast_ref::<PyStr>() {
        if encoding.is_none() {
            // A text of a class of its own may have a `__bytes__`.
            if coded.is_none()
                && let Some(r) = special_bytes(vm, source)?
            {
                return Ok(r);
            }
            return Err(vm.type_error("string argument without an encoding"));
        }
        return super::str::codec::encode(vm, &s, encoding.as_ref(), errors.as_ref());
    }
    if let Some(what) = coded {
        return Err(vm.type_error(format!("{what} without a string argument")));
    }
    if let Some(r) = special_bytes(vm, source)? {
        return Ok(r);
    }
    if source.is_small() || source.class().slots().index.is_some() {
        match vm.to_isize(source) {
            Ok(n) => return zeros(vm, n),
            Err(e) if e.is(&crate::types::exception::TYPE_ERROR) => {}
            Err(e) => return Err(e),
        }
    }
    if buffer::is_bytes_like(source) {
        return buffer::to_vec(vm, source);
    }
    if source.class().slots().iter.is_none() && source.class().slots().getitem.is_none() {
        return Err(vm.type_error(format!("cannot convert '{}' object to {}", source.class().name(), def.name())));
    }
    buffer::bytes_from_iterable(vm, source, if def.name() == "bytes" { "bytes" } else { "byte" })
}

/// What `__bytes__` of the object gives, if it has one.
fn special_bytes(vm: &Vm, v: &Value) -> PyResult<Option<Vec<u8>>> {
    if !v.is_ptr() || v.is_exact(&BYTES) {
        return Ok(None);
    }
    let Some(r) = vm.call_special(v, &vm.names().__bytes__, &[])? else { return Ok(None) };
    match r.downcast::<PyBytes>() {
        Some(b) => Ok(Some(b.as_slice().to_vec())),
        None => Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", r.class().name()))),
    }
}

fn zeros(vm: &Vm, n: isize) -> PyResult<Vec<u8>> {
    let Ok(n) = usize::try_from(n) else { return Err(vm.value_error("negative count")) };
    let mut out = Vec::new();
    out.try_reserve_exact(n).map_err(|e| vm.out_of_memory(e))?;
    out.resize(n, 0);
    Ok(out)
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let s = this(v);
    if let Some(i) = seq::index_arg(vm, key)? {
        return match seq::wrap(i, s.len()) {
            Some(i) => Ok(Value::small(i64::from(s[i]))),
            None => Err(vm.index_error("index out of range")),
        };
    }
    if let Some(range) = key.downcast::<PySlice>() {
        let (start, _, step, count) = slice::resolve(vm, range, s.len())?;
        if count == s.len() && step == 1 && v.is_exact(&BYTES) {
            return Ok(v.clone());
        }
        return Ok(PyBytes::from_vec(slice::pick(s, start, step, count)).into_value());
    }
    Err(vm.type_error(format!("byte indices must be integers or slices, not {}", key.class().name())))
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    contains_in(vm, item, |needle| search::find(this(v), needle).is_some())
}

/// `item in bytes`: a byte or a subsequence.
pub(super) fn contains_in(vm: &Vm, item: &Value, test: impl FnOnce(&[u8]) -> bool) -> PyResult<bool> {
    if item.is_small() || (item.class().slots().index.is_some() && !buffer::is_bytes_like(item)) {
        let byte = buffer::byte_of(vm, item, "byte")?;
        return Ok(test(&[byte]));
    }
    Ok(Arg::like(vm, item)?.with(test))
}

fn compare(_: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    match b.downcast::<PyBytes>() {
        Some(b) => Ok(Value::bool(op.test(this(a).cmp(b.as_slice())))),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if !buffer::is_bytes_like(b) {
        return Err(vm.type_error(format!("can't concat {} to {}", b.class().name(), a.class().name())));
    }
    if this(a).is_empty() && b.is_exact(&BYTES) {
        return Ok(b.clone());
    }
    let a = this(a);
    Arg::like(vm, b)?.with(|b| {
        vm.ask_room(2 * (a.len() + b.len()))?;
        let mut out = Vec::with_capacity(a.len() + b.len());
        out.extend_from_slice(a);
        out.extend_from_slice(b);
        Ok(PyBytes::from_vec(out).into_value())
    })
}

fn repeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    if n == 1 && v.is_exact(&BYTES) {
        return Ok(v.clone());
    }
    Ok(PyBytes::from_vec(repeated(vm, this(v), n)?).into_value())
}

/// `s` repeated.
pub(super) fn repeated(vm: &Vm, s: &[u8], n: isize) -> PyResult<Vec<u8>> {
    let n = n.max(0) as usize;
    let total = s.len().checked_mul(n).filter(|&t| t <= isize::MAX as usize);
    let Some(total) = total else { return Err(vm.overflow_error("repeated bytes are too long")) };
    let mut out = Vec::new();
    out.try_reserve_exact(total).map_err(|e| vm.out_of_memory(e))?;
    crate::text::pad::repeat_into(&mut out, s, n);
    Ok(out)
}

fn repr_slot(_: &Vm, v: &Value) -> PyResult<Value> {
    let mut out = Vec::new();
    repr::repr_bytes(&mut out, this(v));
    Ok(PyStr::new(&out).into_value())
}

fn percent(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    match a.downcast_ref::<PyBytes>() {
        Some(format) => Ok(PyBytes::from_vec(percent_format::format(vm, format.as_slice(), b, false)?).into_value()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

static ACCESS: BufferAccess = BufferAccess { read: |v, f| f(this(v)), write: None, release: |_| {} };

fn buffer_slot(vm: &Vm, v: &Value, writable: bool) -> PyResult<Buffer> {
    if writable {
        return Err(vm.buffer_error("Object is not writable."));
    }
    Ok(Buffer::of_bytes(v.clone(), this(v).len(), true, &ACCESS))
}

/// The payload of `bytes_iterator` and `bytearray_iterator`.
pub struct PyBytesIterator {
    of: std::cell::RefCell<Option<Value>>,
    index: Cell<usize>,
}

impl Payload for PyBytesIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyBytesIterator>();
        &L
    }
}

impl PyBytesIterator {
    /// An iterator at the start of a bytes or bytearray object.
    pub(super) fn create(class: &'static Type, of: Value) -> Value {
        Ref::new(class, PyBytesIterator { of: std::cell::RefCell::new(Some(of)), index: Cell::new(0) }).into_value()
    }
}

fn next(_: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<PyBytesIterator>() else { return Ok(None) };
    let i = it.index.get();
    let byte = it.of.borrow().as_ref().and_then(|of| super::bytearray::byte_at(of, i));
    match byte {
        Some(byte) => {
            it.index.set(i + 1);
            Ok(Some(Value::small(i64::from(byte))))
        }
        None => {
            drop(it.of.take());
            Ok(None)
        }
    }
}

fn length_hint(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = args.payload::<PyBytesIterator>();
    let of = it.of.borrow().clone();
    let len = of.map_or(Ok(0), |of| vm.len(&of))?;
    Ok(Value::usize(len.saturating_sub(it.index.get())))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = args.payload::<PyBytesIterator>();
    let of = it.of.borrow().clone();
    match of {
        Some(of) => super::iterator::reduce_at(vm, "iter", of, Value::usize(it.index.get())),
        None => super::iterator::reduce_spent(vm, PyBytes::new(b"").into_value()),
    }
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = args.payload::<PyBytesIterator>();
    let i = args.i64(vm, 1)?.max(0) as usize;
    if it.of.borrow().is_some() {
        it.index.set(i);
    }
    Ok(Value::NONE)
}

static ITERATOR_METHODS: &[NativeDef] = &[
    native("__length_hint__(self, /)", "Private method returning an estimate of len(list(it)).", length_hint),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
];

macro_rules! iterator_type {
    ($NAME:ident, $text:literal) => {
        /// The type of the iterator.
        pub static $NAME: Type = {
            static DEF: TypeDef = TypeDef {
                name: $text,
                layout: PyBytesIterator::layout,
                flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
                slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
                methods: ITERATOR_METHODS,
                ..TypeDef::EMPTY
            };
            Type::builtin(&DEF)
        };
    };
}
iterator_type!(BYTES_ITERATOR, "bytes_iterator");
iterator_type!(BYTEARRAY_ITERATOR, "bytearray_iterator");

static METHODS: [NativeDef; 43] = byte_methods::merge(
    byte_methods::Rows::<Immutable>::ALL,
    [native("__bytes__(self, /)", "Convert this value to exact type bytes.", |_, a| {
        Ok(Immutable::unchanged(a.this()))
    })],
);

static CLASS_METHODS: &[NativeDef] =
    &[native("fromhex(cls, string, /)", "Create a bytes object from a string of hexadecimal numbers.", |vm, a| {
        byte_methods::fromhex::<Immutable>(vm, a, &BYTES)
    })];

static STATIC_METHODS: &[NativeDef] = &[native(
    "maketrans(frm, to, /)",
    "Return a translation table usable for the bytes or bytearray translate method.",
    byte_methods::maketrans,
)];

static DEF: TypeDef = TypeDef {
    name: "bytes",
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\n\
        bytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object",
    layout: PyBytes::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(new),
        repr: Some(repr_slot),
        str: Some(repr_slot),
        hash: Some(|_, v| Ok(v.downcast::<PyBytes>().map_or(0, PyBytes::hash))),
        compare: Some(compare),
        iter: Some(|_, v| Ok(PyBytesIterator::create(&BYTES_ITERATOR, v.clone()))),
        len: Some(|_, v| Ok(this(v).len())),
        getitem: Some(getitem),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        binary: Slots::ops(&[(BinOp::Mod, percent)]),
        buffer: Some(buffer_slot),
        ..Slots::EMPTY
    },
    methods: &METHODS,
    class_methods: CLASS_METHODS,
    static_methods: STATIC_METHODS,
    ..TypeDef::EMPTY
};
/// The type `bytes`.
pub static BYTES: Type = Type::builtin(&DEF);
