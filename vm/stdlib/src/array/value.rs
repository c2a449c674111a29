//! `array.array`: its value, operators, subscripts and buffer.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use freeze_runtime::object::{CmpOp, GetSet, Layout, Slots, owner};
use freeze_runtime::types::buffer::{Buffer, BufferAccess, is_bytes_like};
use freeze_runtime::types::exception::DEPRECATION_WARNING;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::slice::{self, PySlice};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{buffer, seq};
use freeze_runtime::{Args, CallArgs, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::{item, methods};
use crate::native_type::{iter_self, payload};

/// The payload of `array`.
pub(super) struct Array {
    pub(super) code: u8,
    data: RefCell<Vec<u8>>,
    /// How many buffers show the bytes; while any does, the array keeps its size.
    exports: Cell<usize>,
}

impl Payload for Array {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Array>();
        &L
    }
}

impl Array {
    /// An empty array.
    pub(super) fn new_ref(class: &Type, code: u8) -> Ref<Array> {
        Ref::new(class, Array { code, data: RefCell::default(), exports: Cell::new(0) })
    }

    /// An array of these bytes.
    pub(super) fn of_bytes(code: u8, data: Vec<u8>) -> Ref<Array> {
        Ref::new(&ARRAY, Array { code, data: RefCell::new(data), exports: Cell::new(0) })
    }

    /// Bytes per item.
    pub(super) fn width(&self) -> usize {
        item::size(self.code)
    }

    /// The number of items.
    pub(super) fn len(&self) -> usize {
        self.data.borrow().len() / self.width()
    }

    /// Runs `f` on the bytes.
    pub(super) fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(&self.data.borrow())
    }

    /// Runs `f` on the bytes, which it may change.
    pub(super) fn with_mut<R>(&self, f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        f(&mut self.data.borrow_mut())
    }

    /// The item with this number.
    pub(super) fn get(&self, vm: &Vm, i: usize) -> PyResult<Option<Value>> {
        let w = self.width();
        let mut b = [0; 8];
        let there = self.with(|d| d.get(i * w..i * w + w).map(|s| b[..w].copy_from_slice(s)).is_some());
        if there { item::load(vm, self.code, &b[..w]).map(Some) } else { Ok(None) }
    }

    /// BufferError while the bytes are shown to somebody.
    pub(super) fn check_resizable(&self, vm: &Vm) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(vm.buffer_error("cannot resize an array that is exporting buffers"));
        }
        Ok(())
    }

    /// Appends an item.
    pub(super) fn push(&self, vm: &Vm, v: &Value) -> PyResult<()> {
        let (b, n) = item::store(vm, self.code, v)?;
        self.check_resizable(vm)?;
        self.with_mut(|d| vm.grow(d, n).map(|()| d.extend_from_slice(&b[..n])))?;
        Ok(())
    }

    /// Appends whole items given as bytes.
    pub(super) fn push_bytes(&self, vm: &Vm, b: &[u8]) -> PyResult<()> {
        if !b.len().is_multiple_of(self.width()) {
            return Err(vm.value_error("bytes length not a multiple of item size"));
        }
        if !b.is_empty() {
            self.check_resizable(vm)?;
            self.with_mut(|d| vm.grow(d, b.len()).map(|()| d.extend_from_slice(b)))?;
        }
        Ok(())
    }

    /// Appends the characters of a string.
    pub(super) fn push_text(&self, vm: &Vm, s: &PyStr) -> PyResult<()> {
        self.check_resizable(vm)?;
        self.with_mut(|d| s.code_points().for_each(|c| d.extend_from_slice(&c.to_ne_bytes())));
        Ok(())
    }

    /// `array.extend(items)`
    pub(super) fn extend(&self, vm: &Vm, items: &Value) -> PyResult<()> {
        if let Some(other) = items.downcast::<Array>() {
            if other.code != self.code {
                return Err(vm.type_error("can only extend with array of same kind"));
            }
            let b = other.with(<[u8]>::to_vec);
            return self.push_bytes(vm, &b);
        }
        vm.for_each(items, |v| self.push(vm, &v).map(|()| true))
    }

    /// The characters as text.
    pub(super) fn text(&self, vm: &Vm) -> PyResult<Value> {
        let mut out = Vec::new();
        for i in 0..self.len() {
            if let Some(s) = self.get(vm, i)?.as_ref().and_then(Value::downcast::<PyStr>) {
                out.extend_from_slice(s.as_bytes());
            }
        }
        Ok(PyStr::new(&out).into_value())
    }

    /// The items.
    pub(super) fn to_list(&self, vm: &Vm) -> PyResult<Value> {
        let mut out = Vec::with_capacity(self.len());
        for i in 0..self.len() {
            out.extend(self.get(vm, i)?);
        }
        Ok(PyList::new(out).into_value())
    }
}

/// A type code argument.
pub(super) fn code_arg(vm: &Vm, v: &Value, name: &str, number: usize) -> PyResult<u8> {
    let Some(s) = v.downcast::<PyStr>() else {
        return Err(
            vm.type_error(format!("{name}() argument {number} must be a unicode character, not {}", v.class().name()))
        );
    };
    if s.len() != 1 {
        return Err(vm.type_error(format!(
            "{name}() argument {number} must be a unicode character, not a string of length {}",
            s.len()
        )));
    }
    match s.as_bytes() {
        [c] if b"bBuwhHiIlLqQfd".contains(c) => Ok(*c),
        _ => Err(vm.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")),
    }
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if std::ptr::eq(class, &ARRAY) {
        args.no_keywords(vm, "array.array")?;
    }
    args.check_count(vm, "array", 1, 2)?;
    let code = code_arg(vm, &args.positional()[0], "array", 1)?;
    if code == b'u' {
        let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
        vm.warn(&DEPRECATION_WARNING, message, 1)?;
    }
    let a = Array::new_ref(class, code);
    let Some(initial) = args.positional().get(1) else { return Ok(a.into_value()) };
    if let Some(s) = initial.downcast::<PyStr>() {
        if !item::is_text(code) {
            return Err(
                vm.type_error(format!("cannot use a str to initialize an array with typecode '{}'", code as char))
            );
        }
        a.push_text(vm, s)?;
        return Ok(a.into_value());
    }
    if let Some(other) = initial.downcast::<Array>() {
        if item::is_text(code) != item::is_text(other.code) {
            return Err(vm.type_error(format!(
                "cannot use a unicode array to initialize an array with typecode '{}'",
                code as char
            )));
        }
        if code == other.code {
            a.push_bytes(vm, &other.with(<[u8]>::to_vec))?;
            return Ok(a.into_value());
        }
        let mut i = 0;
        while let Some(x) = other.get(vm, i)? {
            a.push(vm, &x)?;
            i += 1;
        }
        return Ok(a.into_value());
    } else if is_bytes_like(initial) && !initial.has_layout::<PyList>() {
        let raw =
            initial.has_layout::<freeze_runtime::types::bytes::PyBytes>() || initial.class().name() == "bytearray";
        if raw {
            a.push_bytes(vm, &buffer::to_vec(vm, initial)?)?;
            return Ok(a.into_value());
        }
    }
    a.extend(vm, initial)?;
    Ok(a.into_value())
}

pub(super) fn this(v: &Value) -> &Array {
    v.downcast().expect("slots of array see arrays")
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).len())
}

#[cold]
fn wrong_index(vm: &Vm) -> Raised {
    vm.type_error("array indices must be integers")
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let a = this(v);
    if let Some(i) = seq::index_arg(vm, key)? {
        let Some(i) = seq::wrap(i, a.len()) else { return Err(vm.index_error("array index out of range")) };
        return a.get(vm, i)?.ok_or_else(|| vm.index_error("array index out of range"));
    }
    let Some(s) = key.downcast::<PySlice>() else { return Err(wrong_index(vm)) };
    let (start, _, step, count) = slice::resolve(vm, s, a.len())?;
    let w = a.width();
    let data = a.with(|d| {
        let mut out = Vec::with_capacity(count * w);
        for i in 0..count as isize {
            let at = (start + i * step) as usize * w;
            out.extend_from_slice(&d[at..at + w]);
        }
        out
    });
    Ok(Array::of_bytes(a.code, data).into_value())
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let a = this(v);
    let w = a.width();
    if let Some(i) = seq::index_arg(vm, key)? {
        let out_of_range = || vm.index_error("array assignment index out of range");
        let Some(i) = seq::wrap(i, a.len()) else { return Err(out_of_range()) };
        return match value {
            Some(x) => {
                let (b, n) = item::store(vm, a.code, &x)?;
                let done = a.with_mut(|d| d.get_mut(i * w..i * w + n).map(|s| s.copy_from_slice(&b[..n])).is_some());
                if done { Ok(()) } else { Err(out_of_range()) }
            }
            None => {
                a.check_resizable(vm)?;
                a.with_mut(|d| drop(d.drain(i * w..i * w + w)));
                Ok(())
            }
        };
    }
    let Some(s) = key.downcast::<PySlice>() else { return Err(wrong_index(vm)) };
    let new = match &value {
        None => Vec::new(),
        Some(x) => match x.downcast::<Array>() {
            Some(o) if o.code == a.code => o.with(<[u8]>::to_vec),
            Some(_) => return Err(vm.type_error("bad argument type for built-in operation")),
            None => {
                return Err(
                    vm.type_error(format!("can only assign array (not \"{}\") to array slice", x.class().name()))
                );
            }
        },
    };
    let (start, stop, step, count) = slice::resolve(vm, s, a.len())?;
    if step == 1 {
        let (start, stop) = (start as usize * w, stop.max(start) as usize * w);
        if new.len() != stop - start {
            a.check_resizable(vm)?;
        }
        a.with_mut(|d| drop(d.splice(start..stop, new)));
        return Ok(());
    }
    if value.is_none() {
        if count == 0 {
            return Ok(());
        }
        a.check_resizable(vm)?;
        let mut gone = vec![false; a.len()];
        (0..count as isize).for_each(|i| gone[(start + i * step) as usize] = true);
        a.with_mut(|d| {
            *d = d.chunks(w).zip(&gone).filter(|(_, g)| !**g).flat_map(|(c, _)| c.iter().copied()).collect();
        });
        return Ok(());
    }
    if new.len() / w != count {
        return Err(vm.value_error(format!(
            "attempt to assign array of size {} to extended slice of size {count}",
            new.len() / w
        )));
    }
    a.with_mut(|d| {
        for (i, chunk) in new.chunks(w).enumerate() {
            let at = (start + i as isize * step) as usize * w;
            d[at..at + w].copy_from_slice(chunk);
        }
    });
    Ok(())
}

/// The number of the first item from `start` up to `stop` that equals `x`.
pub(super) fn find(vm: &Vm, a: &Array, x: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut i = start;
    while i < stop {
        let Some(y) = a.get(vm, i)? else { break };
        if vm.eq(&y, x)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn contains(vm: &Vm, v: &Value, x: &Value) -> PyResult<bool> {
    Ok(find(vm, this(v), x, 0, usize::MAX)?.is_some())
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let x = this(a);
    let Some(y) = b.downcast::<Array>() else {
        return Err(vm.type_error(format!("can only append array (not \"{}\") to array", b.class().name())));
    };
    if x.code != y.code {
        return Err(vm.type_error("bad argument type for built-in operation"));
    }
    let mut data = x.with(<[u8]>::to_vec);
    y.with(|d| data.extend_from_slice(d));
    Ok(Array::of_bytes(x.code, data).into_value())
}

fn iconcat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if !b.has_layout::<Array>() {
        return Err(vm.type_error(format!("can only extend with array (not \"{}\")", b.class().name())));
    }
    this(a).extend(vm, b)?;
    Ok(a.clone())
}

fn repeated(vm: &Vm, a: &Array, n: isize) -> PyResult<Vec<u8>> {
    let total = seq::repeated_len(vm, a.with(<[u8]>::len), n)?;
    let mut out = Vec::new();
    if out.try_reserve_exact(total).is_err() {
        return Err(vm.out_of_memory(()));
    }
    a.with(|d| (0..n.max(0)).for_each(|_| out.extend_from_slice(d)));
    Ok(out)
}

fn repeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let a = this(v);
    Ok(Array::of_bytes(a.code, repeated(vm, a, n)?).into_value())
}

fn irepeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let a = this(v);
    if n != 1 && a.len() > 0 {
        a.check_resizable(vm)?;
    }
    let data = repeated(vm, a, n)?;
    a.with_mut(|d| *d = data);
    Ok(v.clone())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<Array>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let x = this(a);
    if x.len() != y.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    // Items are compared by value, NaNs too: they are no objects that could be the same.
    for i in 0..x.len().min(y.len()) {
        let (Some(p), Some(q)) = (x.get(vm, i)?, y.get(vm, i)?) else { break };
        if !vm.compare_bool(CmpOp::Eq, &p, &q)? {
            return match op {
                CmpOp::Eq | CmpOp::Ne => Ok(Value::bool(op == CmpOp::Ne)),
                _ => vm.compare(op, &p, &q),
            };
        }
    }
    Ok(Value::bool(op.test(x.len().cmp(&y.len()))))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let a = this(v);
    let head = format!("{}('{}'", v.class().name(), a.code as char);
    if a.len() == 0 {
        return Ok(vm.str(&format!("{head})")));
    }
    let items = if item::is_text(a.code) { a.text(vm)? } else { a.to_list(vm)? };
    let mut out = head.into_bytes();
    out.extend_from_slice(b", ");
    out.extend_from_slice(vm.repr(&items)?.as_bytes());
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

static ACCESS: BufferAccess = BufferAccess {
    read: |v, f| this(v).with(f),
    write: Some(|v, f| this(v).with_mut(|d| f(d))),
    release: |v| this(v).exports.set(this(v).exports.get() - 1),
};

fn buffer_of(_vm: &Vm, v: &Value, _writable: bool) -> PyResult<Buffer> {
    let a = this(v);
    a.exports.set(a.exports.get() + 1);
    let format = if item::is_text(a.code) { Cow::Borrowed("w") } else { Cow::Owned((a.code as char).to_string()) };
    Ok(Buffer {
        owner: v.clone(),
        format,
        itemsize: a.width(),
        readonly: false,
        len: a.len() * a.width(),
        shape: vec![a.len()],
        access: &ACCESS,
    })
}

static GETSET: &[GetSet] = &[
    GetSet {
        name: "itemsize",
        doc: "the size, in bytes, of one array item",
        get: |_, v| Ok(Value::usize(this(v).width())),
        set: None,
    },
    GetSet {
        name: "typecode",
        doc: "the typecode character used to create the array",
        get: |_, v| Ok(PyStr::new(&[this(v).code]).into_value()),
        set: None,
    },
];

static DEF: TypeDef = TypeDef {
    name: "array",
    module: "array",
    doc: "array(typecode [, initializer]) -> array",
    layout: Array::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE | TypeFlags::SEQUENCE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        concat: Some(concat),
        iconcat: Some(iconcat),
        repeat: Some(repeat),
        irepeat: Some(irepeat),
        buffer: Some(buffer_of),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `array`.
pub(super) static ARRAY: Type = Type::builtin(&DEF);

/// The iterator over an array.
struct ArrayIterator {
    array: RefCell<Option<Ref<Array>>>,
    index: Cell<usize>,
}
payload!(
    ArrayIterator,
    |it, visit| {
        if let Some(a) = &*it.array.borrow() {
            visit(a.as_value());
        }
    },
    |it| drop(it.array.take())
);

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    freeze_runtime::types::type_::ready(vm, &ARRAY_ITERATOR);
    let it = ArrayIterator { array: RefCell::new(Some(owner(this(v)))), index: Cell::new(0) };
    Ok(Ref::new(&ARRAY_ITERATOR, it).into_value())
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it: &ArrayIterator = v.downcast().expect("slots of arrayiterator see those");
    let Some(a) = it.array.borrow().clone() else { return Ok(None) };
    let x = a.get(vm, it.index.get())?;
    if x.is_some() {
        it.index.set(it.index.get() + 1);
    } else {
        drop(it.array.take());
    }
    Ok(x)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it: &ArrayIterator = args.payload();
    let iter = vm.runtime().builtins.get_text("iter").ok_or_else(|| vm.runtime_error("lost builtins.iter"))?;
    let array = it.array.borrow().as_ref().map(Ref::value);
    let parts = match array {
        Some(a) => vec![iter, PyTuple::new(vec![a]).into_value(), Value::usize(it.index.get())],
        None => vec![iter, PyTuple::new(vec![PyTuple::new(vec![]).into_value()]).into_value()],
    };
    Ok(PyTuple::new(parts).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it: &ArrayIterator = args.payload();
    let i = args.index_clamped(vm, 1)?.max(0) as usize;
    let len = it.array.borrow().as_ref().map_or(0, |a| a.len());
    it.index.set(i.min(len));
    Ok(Value::NONE)
}

static ITERATOR_DEF: TypeDef = TypeDef {
    name: "arrayiterator",
    module: "array",
    layout: ArrayIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: &[
        native("__reduce__(self, /)", "Return state information for pickling.", reduce),
        native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
    ],
    ..TypeDef::EMPTY
};
static ARRAY_ITERATOR: Type = Type::builtin(&ITERATOR_DEF);
