//! What classes add to their instances: attributes by shape, and `__slots__`.
//!
//! Behind the payload (and its trailing bytes) lies the extension: `__slots__` values and, if the class gives its instances
//! a `__dict__`, the attribute word followed by the class's number of inline values. The word is either a shape (which
//! names the inline values in order) or, with the top bit set, an owned `dict`. An object starts with its class's root
//! shape and turns to a dict for good when it outgrows its inline values, loses an attribute, or is asked for its `__dict__`.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::header::Header;
use super::typed::Ref;
use super::typeobj::Type;
use super::value::Value;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;

const DICT_BIT: u64 = 1 << 63;
const CAP_SHIFT: u32 = 48;
const PTR_MASK: u64 = (1 << 48) - 1;

/// A hidden class: the ordered attribute names that an instance has so far. Owned by the class it belongs to.
pub struct Shape {
    keys: Vec<Ref<PyStr>>,
    // Boxed: instances point at their shape, so it must not move when the list grows.
    #[allow(clippy::vec_box)]
    next: RefCell<Vec<Box<Shape>>>,
}

impl Shape {
    /// The shape without attributes.
    pub(crate) fn root() -> Box<Shape> {
        Box::new(Shape { keys: Vec::new(), next: RefCell::new(Vec::new()) })
    }

    /// Where `name` (interned) stands.
    #[inline]
    pub fn find(&self, name: &Ref<PyStr>) -> Option<usize> {
        self.keys.iter().position(|k| k.is(name))
    }

    /// The shape with one more attribute.
    fn with(&self, name: &Ref<PyStr>) -> *const Shape {
        let mut next = self.next.borrow_mut();
        if let Some(s) = next.iter().find(|s| s.keys.last().is_some_and(|k| k.is(name))) {
            return &**s;
        }
        let mut keys = self.keys.clone();
        keys.push(name.clone());
        let shape = Box::new(Shape { keys, next: RefCell::new(Vec::new()) });
        let p: *const Shape = &*shape;
        next.push(shape);
        p
    }
}

/// Where the extension of `p` begins.
#[inline(always)]
unsafe fn extension(p: NonNull<Header>, class: &Type) -> *mut u8 {
    // SAFETY: the object has this class, so its size covers payload, trailing bytes and extension.
    unsafe {
        let layout = class.layout();
        let mut base = layout.size;
        if layout.var_sized {
            base = (base + (layout.trailing)(p) + 7) & !7;
        }
        p.as_ptr().cast::<u8>().add(base)
    }
}

/// The attribute word and the inline values behind it.
#[inline(always)]
fn word_of(obj: &Value) -> Option<(&Cell<u64>, *mut Value)> {
    if !obj.is_ptr() {
        return None;
    }
    let class = obj.class();
    let off = class.attrs_offset()?;
    // SAFETY: the class says that its instances have an attribute word at this place.
    unsafe {
        let w = extension(obj.ptr_unchecked(), class).add(off).cast::<Cell<u64>>();
        Some((&*w, w.add(1).cast()))
    }
}

/// Writes an empty extension.
///
/// # Safety
/// `p` was allocated for `class`; the extension begins `base` bytes into it.
pub(crate) unsafe fn init_extension(p: NonNull<Header>, class: &Type, base: usize) {
    // SAFETY: by contract the memory is ours.
    unsafe {
        let ext = p.as_ptr().cast::<u8>().add(base).cast::<u64>();
        for i in 0..class.extension_size() / 8 {
            ext.add(i).write(Value::UNBOUND.bits());
        }
        if let Some(off) = class.attrs_offset() {
            let shape = class.root_shape() as u64;
            ext.add(off / 8).write(shape | (class.inline_cap() as u64) << CAP_SHIFT);
        }
    }
}

/// Drops the extension's values; gives its size.
///
/// # Safety
/// Called once, when the object dies.
pub(crate) unsafe fn drop_extension(p: NonNull<Header>, class: &Type, base: usize) -> usize {
    let mut size = class.extension_size();
    if let Some(off) = class.attrs_offset() {
        // SAFETY: as for `init_extension`.
        unsafe {
            let word = p.as_ptr().cast::<u8>().add(base + off).cast::<u64>().read();
            // The class may have changed since; the object remembers its own number of inline values.
            size = size - class.inline_cap() * 8 + cap(word) * 8;
        }
    }
    // SAFETY: nobody else sees the object any more.
    unsafe { clear_at(p.as_ptr().cast::<u8>().add(base), class, true) };
    size
}

fn cap(word: u64) -> usize {
    (word >> CAP_SHIFT & 0xFF) as usize
}

unsafe fn clear_at(ext: *mut u8, class: &Type, dies: bool) {
    // SAFETY: the extension is laid out as the class says; each value is taken once.
    unsafe {
        for &off in class.slot_offsets().iter() {
            let slot = ext.add(off as usize).cast::<Value>();
            drop(slot.replace(Value::UNBOUND));
        }
        if let Some(off) = class.attrs_offset() {
            let w = &*ext.add(off).cast::<Cell<u64>>();
            let word = w.get();
            if word & DICT_BIT != 0 {
                if dies {
                    drop(Value::from_owned(NonNull::new_unchecked((word & PTR_MASK) as *mut Header)));
                } else {
                    let dict = Value::from_borrowed(NonNull::new_unchecked((word & PTR_MASK) as *mut Header));
                    w.set(class.root_shape() as u64 | (cap(word) as u64) << CAP_SHIFT);
                    drop(Value::from_owned(NonNull::new_unchecked((word & PTR_MASK) as *mut Header)));
                    drop(dict);
                }
            } else {
                let n = shape(word).keys.len();
                w.set(class.root_shape() as u64 | (cap(word) as u64) << CAP_SHIFT);
                let values = ext.add(off + 8).cast::<Value>();
                for i in 0..n {
                    drop(values.add(i).replace(Value::UNBOUND));
                }
            }
        }
    }
}

/// Drops the values that the extension holds.
///
/// # Safety
/// The object is alive and of this class.
pub(crate) unsafe fn clear_extension(p: NonNull<Header>, class: &Type) {
    // SAFETY: by contract.
    unsafe { clear_at(extension(p, class), class, false) }
}

/// Visits the values that the extension holds.
///
/// # Safety
/// The object is alive and of this class.
pub(crate) unsafe fn trace_extension(p: NonNull<Header>, class: &Type, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: by contract.
    unsafe {
        let ext = extension(p, class);
        for &off in class.slot_offsets().iter() {
            visit(&*ext.add(off as usize).cast::<Value>());
        }
        if let Some(off) = class.attrs_offset() {
            let word = ext.add(off).cast::<u64>().read();
            if word & DICT_BIT != 0 {
                visit(&std::mem::ManuallyDrop::new(Value::from_owned(NonNull::new_unchecked(
                    (word & PTR_MASK) as *mut Header,
                ))));
            } else {
                let values = ext.add(off + 8).cast::<Value>();
                for i in 0..shape(word).keys.len() {
                    visit(&*values.add(i));
                }
            }
        }
    }
}

#[inline(always)]
fn shape<'a>(word: u64) -> &'a Shape {
    // SAFETY: words without the dict bit point to a shape owned by the object's class, which the object keeps alive.
    unsafe { &*((word & PTR_MASK) as *const Shape) }
}

#[inline(always)]
fn dict_of(word: u64) -> Option<std::mem::ManuallyDrop<Ref<PyDict>>> {
    if word & DICT_BIT == 0 {
        return None;
    }
    // SAFETY: with the dict bit the word owns a dict; it is only borrowed here.
    unsafe {
        let v = Value::from_owned(NonNull::new_unchecked((word & PTR_MASK) as *mut Header));
        Some(std::mem::ManuallyDrop::new(Ref::from_value_unchecked(v)))
    }
}

/// Whether instances of this object's class have a `__dict__` of this kind.
pub fn has_attrs(obj: &Value) -> bool {
    word_of(obj).is_some()
}

/// The instance attribute `name` (interned).
#[inline]
pub fn get(obj: &Value, name: &Ref<PyStr>) -> Option<Value> {
    let (w, values) = word_of(obj)?;
    let word = w.get();
    if let Some(d) = dict_of(word) {
        return d.get_str(name);
    }
    let i = shape(word).find(name)?;
    // SAFETY: the shape has this many values.
    Some(unsafe { (*values.add(i)).clone() })
}

/// Sets an instance attribute; false if the object has no place for attributes.
pub fn set(obj: &Value, name: &Ref<PyStr>, value: Value) -> bool {
    let Some((w, values)) = word_of(obj) else { return false };
    let word = w.get();
    if let Some(d) = dict_of(word) {
        let d: Ref<PyDict> = (*d).clone();
        d.set_str(name, value);
        return true;
    }
    let s = shape(word);
    if let Some(i) = s.find(name) {
        // SAFETY: the shape has this many values.
        drop(unsafe { values.add(i).replace(value) });
        return true;
    }
    let n = s.keys.len();
    if n < cap(word) && name.is_interned() {
        // SAFETY: below the capacity; unused inline values hold no reference.
        unsafe { values.add(n).write(value) };
        w.set(s.with(name) as u64 | word & !PTR_MASK);
        return true;
    }
    dict(obj).expect("has attributes").set_str(name, value);
    true
}

/// Removes an instance attribute; false if it was not there.
pub fn delete(obj: &Value, name: &Ref<PyStr>) -> bool {
    let Some((w, _)) = word_of(obj) else { return false };
    let word = w.get();
    if word & DICT_BIT == 0 && shape(word).find(name).is_none() {
        return false;
    }
    dict(obj).is_some_and(|d| d.remove_str(name).is_some())
}

/// The object's `__dict__`; from now on its attributes live there.
pub fn dict(obj: &Value) -> Option<Ref<PyDict>> {
    let (w, values) = word_of(obj)?;
    let word = w.get();
    if let Some(d) = dict_of(word) {
        return Some((*d).clone());
    }
    let d = PyDict::new_ref();
    let s = shape(word);
    for (i, k) in s.keys.iter().enumerate() {
        // SAFETY: the shape has this many values; each is moved out once and the word changed below.
        d.set_str(k, unsafe { values.add(i).replace(Value::UNBOUND) });
    }
    w.set(d.value().into_raw_bits() | DICT_BIT | word & (0xFF << CAP_SHIFT));
    Some(d)
}

/// Replaces the object's `__dict__`; false if it has none.
pub fn set_dict(obj: &Value, new: Ref<PyDict>) -> bool {
    let Some(old) = dict(obj) else { return false };
    if let Some((w, _)) = word_of(obj) {
        let cap_bits = w.get() & (0xFF << CAP_SHIFT);
        w.set(new.into_value().into_raw_bits() | DICT_BIT | cap_bits);
        // SAFETY: the word owned one reference to the old dict.
        unsafe { super::header::decref(old.as_value().ptr_unchecked()) };
    }
    true
}

/// Names and values of the instance attributes, without making a dict.
pub fn items(obj: &Value) -> Vec<(Ref<PyStr>, Value)> {
    let Some((w, values)) = word_of(obj) else { return Vec::new() };
    let word = w.get();
    if word & DICT_BIT != 0 {
        return Vec::new();
    }
    // SAFETY: the shape has this many values.
    shape(word).keys.iter().enumerate().map(|(i, k)| (k.clone(), unsafe { (*values.add(i)).clone() })).collect()
}

/// The attribute word and byte offset (from the object's start) of an inline attribute, for inline caches. The pair
/// stays valid for every object of the same class (by version) that has the same word.
pub(crate) fn cacheable(obj: &Value, name: &Ref<PyStr>) -> Option<(u64, usize)> {
    let (w, values) = word_of(obj)?;
    let word = w.get();
    if word & DICT_BIT != 0 || obj.class().layout().var_sized {
        return None;
    }
    let i = shape(word).find(name)?;
    Some((word, values as usize + i * 8 - obj.bits() as usize))
}

/// For caches of stores that add an attribute: the word before, the word after, and the new value's offset.
pub(crate) fn cacheable_add(obj: &Value, name: &Ref<PyStr>) -> Option<(u64, u64, usize)> {
    let (w, values) = word_of(obj)?;
    let word = w.get();
    if word & DICT_BIT != 0 || obj.class().layout().var_sized || !name.is_interned() {
        return None;
    }
    let s = shape(word);
    let n = s.keys.len();
    if s.find(name).is_some() || n >= cap(word) {
        return None;
    }
    Some((word, s.with(name) as u64 | word & !PTR_MASK, values as usize + n * 8 - obj.bits() as usize))
}

/// The attribute word, for inline caches. Objects without one give 0.
#[inline(always)]
pub(crate) fn word(obj: &Value, class: &Type) -> u64 {
    match class.attrs_offset() {
        // SAFETY: the class says that the word is there.
        Some(off) => unsafe { extension(obj.ptr_unchecked(), class).add(off).cast::<u64>().read() },
        None => 0,
    }
}

/// The dict that holds the object's attributes, if it is in dict mode.
#[inline(always)]
pub(crate) fn dict_if_any(word: u64) -> Option<std::mem::ManuallyDrop<Ref<PyDict>>> {
    dict_of(word)
}

/// Reads the value at a byte offset that `cacheable` gave for an object of the same class and word.
///
/// # Safety
/// Class version and attribute word are those that the offset was computed for.
#[inline(always)]
pub(crate) unsafe fn read_at(obj: &Value, offset: usize) -> &Value {
    // SAFETY: by contract.
    unsafe { &*(obj.bits() as *const u8).add(offset).cast::<Value>() }
}

/// Writes the value at a byte offset that `cacheable` gave; gives the old one.
///
/// # Safety
/// As for [`read_at`].
#[inline(always)]
pub(crate) unsafe fn write_at(obj: &Value, offset: usize, value: Value) -> Value {
    // SAFETY: by contract.
    unsafe { (obj.bits() as *mut u8).add(offset).cast::<Value>().replace(value) }
}

/// Adds the attribute that `cacheable_add` described.
///
/// # Safety
/// Class version and attribute word are those that the triple was computed for.
#[inline(always)]
pub(crate) unsafe fn add_at(obj: &Value, class: &Type, new_word: u64, offset: usize, value: Value) {
    // SAFETY: by contract.
    unsafe {
        (obj.bits() as *mut u8).add(offset).cast::<Value>().write(value);
        if let Some(off) = class.attrs_offset() {
            extension(obj.ptr_unchecked(), class).add(off).cast::<u64>().write(new_word);
        }
    }
}

/// A `__slots__` value by its offset in the extension (`UNBOUND` when unset).
pub(crate) fn get_slot(obj: &Value, offset: usize) -> Value {
    // SAFETY: member descriptors are only used on instances of the class that declared the slot.
    unsafe { (*extension(obj.ptr_unchecked(), obj.class()).add(offset).cast::<Value>()).clone() }
}

/// Replaces a `__slots__` value; gives the old one.
pub(crate) fn set_slot(obj: &Value, offset: usize, value: Value) -> Value {
    // SAFETY: as in `get_slot`.
    unsafe { extension(obj.ptr_unchecked(), obj.class()).add(offset).cast::<Value>().replace(value) }
}

/// Gives `obj` another class whose instances are laid out alike (`obj.__class__ = …`).
pub(crate) fn change_class(obj: &Value, class: &Type) {
    // Shapes belong to a class, so the attributes move to a dict first.
    dict(obj);
    if let Some(h) = obj.header() {
        h.set_class(class);
    }
}
