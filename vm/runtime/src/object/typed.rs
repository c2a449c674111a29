//! Typed references: a [`Ref<T>`] is a [`Value`] known to hold payload `T`.
#![allow(unsafe_code)]

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::header::{Header, Layout, Object, new_object};
use super::typeobj::Type;
use super::value::Value;

/// What Rust data behind an object header has to say of itself.
///
/// `layout` must return the address of one static made by `Layout::of::<Self>()`:
/// `fn layout() -> &'static Layout { static L: Layout = Layout::of::<PyRange>(); &L }`
pub trait Payload: Sized + 'static {
    /// The layout's one static.
    fn layout() -> &'static Layout;
    /// Whether objects of this layout can be part of a reference cycle.
    const GC: bool = false;
    /// The payload that a `#[repr(C)]` struct has as its first field, when it extends that payload.
    const BASE: Option<fn() -> &'static Layout> = None;
    /// Whether bytes follow the payload.
    const VAR_SIZED: bool = false;
    /// How many bytes follow the payload.
    fn trailing_bytes(&self) -> usize {
        0
    }
    /// Visits every `Value` held, for the cycle collector. What is not visited is taken to be held from outside.
    fn trace(&self, _visit: &mut dyn FnMut(&Value)) {}
    /// Drops the values held, so that a cycle falls apart. The object must stay usable (empty).
    fn clear(&self) {}
}

/// An owned reference to an object with payload `T`.
#[repr(transparent)]
pub struct Ref<T> {
    value: Value,
    marker: PhantomData<T>,
}

impl<T: Payload> Ref<T> {
    /// A new object of the static type `class`, whose layout is `T`.
    pub fn new(class: &Type, payload: T) -> Ref<T> {
        Ref::from_value_unchecked(new_object(class, payload))
    }

    /// Wraps a value that is known to have layout `T`.
    #[inline(always)]
    pub(crate) fn from_value_unchecked(value: Value) -> Ref<T> {
        debug_assert!(value.has_layout::<T>());
        Ref { value, marker: PhantomData }
    }

    /// Tries to turn a value into a typed reference; gives the value back if it is something else.
    pub fn try_from_value(value: Value) -> Result<Ref<T>, Value> {
        if value.has_layout::<T>() { Ok(Ref { value, marker: PhantomData }) } else { Err(value) }
    }

    /// The value.
    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        &self.value
    }

    /// The value, owned.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        self.value
    }

    /// Another owned reference as a plain value.
    #[inline(always)]
    pub fn value(&self) -> Value {
        self.value.clone()
    }

    /// Whether both are the same object.
    #[inline(always)]
    pub fn is(&self, other: &Ref<T>) -> bool {
        self.value.is(&other.value)
    }

    /// The object's type.
    pub fn class(&self) -> &Type {
        self.value.class()
    }
}

impl<T: Payload> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a `Ref<T>` holds an object of layout `T`.
        unsafe { &(*(self.value.bits() as *const Object<T>)).payload }
    }
}

impl<T> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Ref { value: self.value.clone(), marker: PhantomData }
    }
}

impl<T: Payload> From<Ref<T>> for Value {
    fn from(r: Ref<T>) -> Value {
        r.value
    }
}

impl<T: Payload> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// An owned reference to the object that this payload belongs to.
///
/// Payloads never live outside of an object, so the header lies right in front of them. The count is written through a
/// pointer that comes from the payload's reference: a payload without any cell must not be passed here (the compiler may
/// take its memory to be read-only).
#[inline(always)]
pub fn owner<T: Payload>(payload: &T) -> Ref<T> {
    // A reference to a payload without cells tells the compiler that nothing is written through it, and the count lies
    // in front of it: without the black box the increment is optimised away.
    let at = std::hint::black_box(std::ptr::from_ref(payload) as usize) - std::mem::offset_of!(Object<T>, payload);
    // SAFETY: see above; the object is alive because its payload is borrowed.
    unsafe {
        Ref { value: Value::from_borrowed(std::ptr::NonNull::new_unchecked(at as *mut Header)), marker: PhantomData }
    }
}

/// Whether references to the object with this payload are left: there are none to an object that waits for its release.
pub(crate) fn is_counted<T: Payload>(payload: &T) -> bool {
    let at = std::hint::black_box(std::ptr::from_ref(payload) as usize) - std::mem::offset_of!(Object<T>, payload);
    // SAFETY: payloads never live outside of an object, whose header lies in front of them.
    unsafe { (*(at as *const Header)).refcount() > 0 }
}
