//! `memoryview`: a window on the bytes of another object, with item format, shape and strides.

mod item;
mod methods;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::buffer::{self, Buffer, BufferAccess};
use super::{seq, slice};
use crate::call::{CallArgs, NativeDef, bind, native};
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

pub use item::{f64_to_half, format_size, half_to_f64, pack, unpack};

/// How a view lies over the bytes of its buffer.
#[derive(Debug, Clone)]
struct Window {
    /// Byte at which item (0, 0, …) begins.
    start: isize,
    shape: Vec<usize>,
    /// Bytes from one item to the next along each dimension.
    strides: Vec<isize>,
    format: String,
    itemsize: usize,
    readonly: bool,
}

impl Window {
    fn items(&self) -> usize {
        self.shape.iter().product()
    }

    fn contiguous_strides(shape: &[usize], itemsize: usize) -> Vec<isize> {
        let mut strides = vec![0; shape.len()];
        let mut step = itemsize as isize;
        for (stride, n) in strides.iter_mut().zip(shape).rev() {
            *stride = step;
            step *= *n as isize;
        }
        strides
    }

    fn is_contiguous(&self) -> bool {
        let expected = Window::contiguous_strides(&self.shape, self.itemsize);
        self.items() == 0 || self.shape.iter().zip(&self.strides).zip(&expected).all(|((&n, s), e)| n <= 1 || s == e)
    }

    fn is_fortran(&self) -> bool {
        let mut step = self.itemsize as isize;
        self.items() == 0
            || self.shape.iter().zip(&self.strides).all(|(&n, &s)| {
                let fits = n <= 1 || s == step;
                step *= n as isize;
                fits
            })
    }

    /// Where the items begin, in C order.
    fn offsets(&self) -> Vec<usize> {
        let mut out = vec![self.start];
        for (&n, &stride) in self.shape.iter().zip(&self.strides) {
            out = out.iter().flat_map(|&at| (0..n as isize).map(move |i| at + i * stride)).collect();
        }
        out.into_iter().map(|at| at as usize).collect()
    }
}

/// The payload of `memoryview`.
pub struct PyMemoryView {
    /// The buffer, until the view is released.
    buffer: RefCell<Option<Rc<Buffer>>>,
    window: Window,
    hash: Cell<Option<i64>>,
    exports: Cell<usize>,
}

impl Payload for PyMemoryView {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyMemoryView>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        // Views of one buffer share one reference to its owner: only the last view's may be counted.
        if let Some(b) = &*self.buffer.borrow()
            && Rc::strong_count(b) == 1
        {
            visit(&b.owner);
        }
    }
    fn clear(&self) {
        drop(self.buffer.take());
    }
}

impl PyMemoryView {
    /// A view of a bytes-like object.
    pub fn of(vm: &Vm, v: &Value) -> PyResult<Ref<PyMemoryView>> {
        if let Some(m) = v.downcast::<PyMemoryView>() {
            let buffer = m.live(vm)?;
            return Ok(PyMemoryView::with(buffer, m.window.clone()));
        }
        if !buffer::is_bytes_like(v) {
            return Err(
                vm.type_error(format!("memoryview: a bytes-like object is required, not '{}'", v.class().name()))
            );
        }
        let b = buffer::get(vm, v)?;
        let window = Window {
            start: 0,
            strides: Window::contiguous_strides(&b.shape, b.itemsize),
            shape: b.shape.clone(),
            format: b.format.to_string(),
            itemsize: b.itemsize,
            readonly: b.readonly,
        };
        Ok(PyMemoryView::with(Rc::new(b), window))
    }

    fn with(buffer: Rc<Buffer>, window: Window) -> Ref<PyMemoryView> {
        let payload =
            PyMemoryView { buffer: RefCell::new(Some(buffer)), window, hash: Cell::new(None), exports: Cell::new(0) };
        Ref::new(&MEMORYVIEW, payload)
    }

    /// The buffer, unless the view was released.
    fn live(&self, vm: &Vm) -> PyResult<Rc<Buffer>> {
        let buffer = self.buffer.borrow().clone();
        buffer.ok_or_else(|| vm.value_error("operation forbidden on released memoryview object"))
    }

    /// The bytes of all items, in C order.
    fn to_bytes(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        let buffer = self.live(vm)?;
        Ok(buffer.with(|bytes| self.gather(bytes)).unwrap_or_default())
    }

    fn gather(&self, bytes: &[u8]) -> Vec<u8> {
        let w = &self.window;
        if w.is_contiguous() {
            let start = w.start as usize;
            return bytes.get(start..start + w.items() * w.itemsize).unwrap_or_default().to_vec();
        }
        let mut out = Vec::with_capacity(w.items() * w.itemsize);
        for at in w.offsets() {
            out.extend_from_slice(bytes.get(at..at + w.itemsize).unwrap_or_default());
        }
        out
    }

    /// The items of a one-dimensional view.
    fn values(&self, vm: &Vm) -> PyResult<Vec<Value>> {
        let bytes = self.to_bytes(vm)?;
        let (format, size) = (&self.window.format, self.window.itemsize);
        bytes.chunks(size.max(1)).map(|item| unpack(vm, format, item)).collect()
    }

    fn item_at(&self, vm: &Vm, at: isize) -> PyResult<Value> {
        let size = self.window.itemsize;
        let buffer = self.live(vm)?;
        let item = buffer.with(|b| b.get(at as usize..at as usize + size).unwrap_or_default().to_vec());
        unpack(vm, &self.window.format, &item.unwrap_or_default())
    }

    /// The byte of the item that an index or a tuple of them names.
    fn locate(&self, vm: &Vm, indices: &[isize]) -> PyResult<isize> {
        let w = &self.window;
        let mut at = w.start;
        for (dim, &i) in indices.iter().enumerate() {
            let Some(i) = seq::wrap(i, w.shape[dim]) else {
                return Err(vm.index_error(if w.shape.len() == 1 {
                    "index out of bounds on dimension 1".to_owned()
                } else {
                    format!("index out of bounds on dimension {}", dim + 1)
                }));
            };
            at += i as isize * w.strides[dim];
        }
        Ok(at)
    }

    fn indices(&self, vm: &Vm, key: &Value) -> PyResult<Option<Vec<isize>>> {
        let dims = self.window.shape.len();
        if let Some(i) = seq::index_arg(vm, key)? {
            return match dims {
                1 => Ok(Some(vec![i])),
                0 => Err(vm.type_error("invalid indexing of 0-dim memory")),
                _ => Err(vm.not_implemented_error("multi-dimensional sub-views are not implemented")),
            };
        }
        let Some(t) = key.downcast::<PyTuple>() else { return Ok(None) };
        let mut out = Vec::with_capacity(t.len());
        for v in t.as_slice() {
            match seq::index_arg(vm, v)? {
                Some(i) => out.push(i),
                None => return Ok(None),
            }
        }
        if out.len() > dims {
            return Err(vm.type_error(format!("cannot index {dims}-dimension view with {}-element tuple", out.len())));
        }
        if out.len() < dims {
            return Err(vm.not_implemented_error("sub-views are not implemented"));
        }
        Ok(Some(out))
    }

    /// The window of a slice of a one-dimensional view.
    fn sliced(&self, vm: &Vm, s: &PySlice) -> PyResult<Window> {
        let w = &self.window;
        let Some((&len, &stride)) = w.shape.first().zip(w.strides.first()) else {
            return Err(vm.type_error("invalid indexing of 0-dim memory"));
        };
        let (start, _, step, count) = slice::resolve(vm, s, len)?;
        let mut out = w.clone();
        out.start += start * stride;
        out.shape[0] = count;
        out.strides[0] = stride * step;
        Ok(out)
    }
}

fn this(v: &Value) -> &PyMemoryView {
    v.downcast().expect("slots of memoryview see memoryviews")
}

static NEW: NativeDef = native("memoryview(object)", "", |_, _| Ok(Value::NONE));

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    Ok(PyMemoryView::of(vm, &slots[0])?.into_value())
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let m = this(v);
    let buffer = m.live(vm)?;
    if let Some(s) = key.downcast::<PySlice>() {
        return Ok(PyMemoryView::with(buffer, m.sliced(vm, s)?).into_value());
    }
    match m.indices(vm, key)? {
        Some(indices) => m.item_at(vm, m.locate(vm, &indices)?),
        None => Err(vm.type_error("memoryview: invalid slice key")),
    }
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let m = this(v);
    let buffer = m.live(vm)?;
    if m.window.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(vm.type_error("cannot delete memory")) };
    if let Some(s) = key.downcast::<PySlice>() {
        let window = m.sliced(vm, s)?;
        return assign_slice(vm, &buffer, &window, &value);
    }
    let Some(indices) = m.indices(vm, key)? else { return Err(vm.type_error("memoryview: invalid slice key")) };
    let at = m.locate(vm, &indices)? as usize;
    let packed = pack(vm, &m.window.format, &value)?;
    // Converting the value may have run code that released the view.
    m.live(vm)?;
    write_at(vm, &buffer, &[at], &packed, packed.len())
}

fn assign_slice(vm: &Vm, buffer: &Rc<Buffer>, window: &Window, value: &Value) -> PyResult<()> {
    if window.shape.len() != 1 {
        return Err(vm.not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"));
    }
    let source = PyMemoryView::of(vm, value)?;
    let plain = |f: &str| f.trim_start_matches('@').to_owned();
    if plain(&source.window.format) != plain(&window.format) || source.window.shape != window.shape {
        return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    let bytes = source.to_bytes(vm)?;
    write_at(vm, buffer, &window.offsets(), &bytes, window.itemsize)
}

fn write_at(vm: &Vm, buffer: &Buffer, places: &[usize], bytes: &[u8], size: usize) -> PyResult<()> {
    let done = buffer.with_mut(|target| {
        for (at, item) in places.iter().zip(bytes.chunks(size.max(1))) {
            if let Some(slot) = target.get_mut(*at..at + item.len()) {
                slot.copy_from_slice(item);
            }
        }
    });
    done.ok_or_else(|| vm.type_error("cannot modify read-only memory"))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = if a.is(b) {
        true
    } else {
        let (x, y) = (this(a), PyMemoryView::of(vm, b));
        let Ok(y) = y else {
            // Released views are equal to nothing but themselves.
            let known = b.has_layout::<PyMemoryView>();
            return Ok(if known { Value::bool(op == CmpOp::Ne) } else { Value::NOT_IMPLEMENTED });
        };
        x.buffer.borrow().is_some() && equal(vm, x, &y)?
    };
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn equal(vm: &Vm, x: &PyMemoryView, y: &PyMemoryView) -> PyResult<bool> {
    if x.window.shape != y.window.shape {
        return Ok(false);
    }
    if x.window.format == y.window.format && matches!(x.window.format.as_str(), "B" | "b" | "c") {
        return Ok(x.to_bytes(vm)? == y.to_bytes(vm)?);
    }
    let (Ok(left), Ok(right)) = (x.values(vm), y.values(vm)) else { return Ok(false) };
    for (a, b) in left.iter().zip(&right) {
        if !vm.compare_bool(CmpOp::Eq, a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let m = this(v);
    if let Some(h) = m.hash.get() {
        return Ok(h);
    }
    m.live(vm)?;
    if !m.window.readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    if !matches!(m.window.format.as_str(), "B" | "b" | "c") {
        return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    let owner = m.live(vm)?.owner.clone();
    vm.hash(&owner)?;
    let h = crate::object::string::hash_bytes(&m.to_bytes(vm)?);
    m.hash.set(Some(h));
    Ok(h)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let what = if this(v).buffer.borrow().is_some() { "memory" } else { "released memory" };
    Ok(vm.str(&format!("<{what} at {:#x}>", v.id())))
}

fn len(vm: &Vm, v: &Value) -> PyResult<usize> {
    this(v).live(vm)?;
    match this(v).window.shape.first() {
        Some(&n) => Ok(n),
        None => Err(vm.type_error("0-dim memory has no length")),
    }
}

static ACCESS: BufferAccess = BufferAccess {
    read: |v, f| {
        let m = this(v);
        let buffer = m.buffer.borrow().clone();
        let Some(buffer) = buffer else { return };
        let w = &m.window;
        buffer.with(|bytes| {
            if w.is_contiguous() {
                let start = w.start as usize;
                f(bytes.get(start..start + w.items() * w.itemsize).unwrap_or_default());
            } else {
                f(&m.gather(bytes));
            }
        });
    },
    write: Some(|v, f| {
        let m = this(v);
        let buffer = m.buffer.borrow().clone();
        let Some(buffer) = buffer else { return };
        let w = &m.window;
        buffer.with_mut(|bytes| {
            let start = w.start as usize;
            if let Some(part) = bytes.get_mut(start..start + w.items() * w.itemsize) {
                f(part);
            }
        });
    }),
    release: |v| this(v).exports.set(this(v).exports.get().saturating_sub(1)),
};

fn buffer_slot(vm: &Vm, v: &Value, writable: bool) -> PyResult<Buffer> {
    let m = this(v);
    m.live(vm)?;
    let w = &m.window;
    if writable && w.readonly {
        return Err(vm.buffer_error("memoryview: underlying buffer is not writable"));
    }
    if writable && !w.is_contiguous() {
        return Err(vm.buffer_error("memoryview: underlying buffer is not C-contiguous"));
    }
    m.exports.set(m.exports.get() + 1);
    Ok(Buffer {
        owner: v.clone(),
        format: w.format.clone().into(),
        itemsize: w.itemsize,
        readonly: w.readonly || !w.is_contiguous(),
        len: w.items() * w.itemsize,
        shape: w.shape.clone(),
        access: &ACCESS,
    })
}

/// Releases the view: nothing can be done with it any more.
fn release(vm: &Vm, m: &PyMemoryView) -> PyResult<()> {
    match m.exports.get() {
        0 => {
            let buffer = m.buffer.take();
            drop(buffer);
            Ok(())
        }
        1 => Err(vm.buffer_error("memoryview has 1 exported buffer")),
        n => Err(vm.buffer_error(format!("memoryview has {n} exported buffers"))),
    }
}

/// The error for a format that items can't be read or written by.
fn unsupported(vm: &Vm, format: &str) -> Raised {
    vm.not_implemented_error(format!("memoryview: format {format} not supported"))
}

fn text(v: &str) -> Value {
    PyStr::new(v.as_bytes()).into_value()
}

static DEF: TypeDef = TypeDef {
    name: "memoryview",
    doc: "memoryview(object)\n--\n\nCreate a new memoryview object which references the given object.",
    layout: PyMemoryView::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::SEQUENCE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        buffer: Some(buffer_slot),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    class_methods: &[crate::call::native(
        "__class_getitem__(cls, object, /)",
        "See PEP 585",
        crate::types::generic_alias::class_getitem_method,
    )],
    getset: methods::GETSET,
    ..TypeDef::EMPTY
};
/// The type `memoryview`.
pub static MEMORYVIEW: Type = Type::builtin(&DEF);
