//! The tuple object: header, length, then the items inline.
#![allow(unsafe_code)]

use super::gc;
use super::header::{Layout, Object, alloc_raw};
use super::instance;
use super::typed::{Payload, Ref};
use super::typeobj::Type;
use super::value::Value;
use crate::types::tuple::TUPLE;

/// The payload of `tuple`. Its items lie behind it.
#[repr(C)]
pub struct PyTuple {
    len: usize,
    items: [Value; 0],
}

impl Payload for PyTuple {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTuple>();
        &L
    }
    const GC: bool = true;
    const VAR_SIZED: bool = true;
    fn trailing_bytes(&self) -> usize {
        self.len * 8
    }
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.as_slice().iter().for_each(visit);
    }
}

impl Drop for PyTuple {
    fn drop(&mut self) {
        for i in 0..self.len {
            // SAFETY: the items lie behind the payload and are dropped once, with it.
            unsafe { std::ptr::drop_in_place((&raw mut self.items).cast::<Value>().add(i)) }
        }
    }
}

struct Empty(std::cell::OnceCell<Ref<PyTuple>>);
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for Empty {}
static EMPTY: Empty = Empty(std::cell::OnceCell::new());

impl PyTuple {
    /// A new exact tuple.
    pub fn new(items: Vec<Value>) -> Ref<PyTuple> {
        PyTuple::with_class(&TUPLE, items)
    }

    /// A new exact tuple of clones.
    pub fn from_slice(items: &[Value]) -> Ref<PyTuple> {
        PyTuple::from_exact_iter(&TUPLE, items.len(), items.iter().cloned())
    }

    /// A new tuple of a class whose layout is the tuple's.
    pub fn with_class(class: &Type, items: Vec<Value>) -> Ref<PyTuple> {
        PyTuple::from_exact_iter(class, items.len(), items.into_iter())
    }

    /// A new tuple of exactly `len` items; what the iterator lacks is `None`. There is one exact tuple without items.
    #[inline]
    pub fn from_exact_iter(class: &Type, len: usize, items: impl Iterator<Item = Value>) -> Ref<PyTuple> {
        if len == 0 && std::ptr::eq(class, &TUPLE) {
            return EMPTY.0.get_or_init(|| PyTuple::make(class, 0, items)).clone();
        }
        PyTuple::make(class, len, items)
    }

    fn make(class: &Type, len: usize, mut items: impl Iterator<Item = Value>) -> Ref<PyTuple> {
        // SAFETY: the memory has room for the items and the extension; all are written before anybody sees them.
        unsafe {
            let base = size_of::<Object<PyTuple>>() + len * 8;
            let p = alloc_raw(class, base + class.extension_size());
            let o = p.cast::<Object<PyTuple>>().as_ptr();
            (&raw mut (*o).payload).write(PyTuple { len, items: [] });
            let dst = p.as_ptr().cast::<u8>().add(size_of::<Object<PyTuple>>()).cast::<Value>();
            for i in 0..len {
                dst.add(i).write(items.next().unwrap_or(Value::NONE));
            }
            if class.has_extension() {
                instance::init_extension(p, class, base);
            }
            gc::track(p);
            Ref::from_value_unchecked(Value::from_owned(p))
        }
    }

    /// The items.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        // SAFETY: tuples lie in objects made above, with this many items behind the payload.
        unsafe { std::slice::from_raw_parts((&raw const self.items).cast(), self.len) }
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}
