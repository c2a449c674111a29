//! Object headers, allocation and release.
//!
//! Every counted object starts with a [`Header`]: 32-bit count, 32 bits for the collector, and its type. Behind it lies
//! the payload of the type's layout, then what subclasses add (see [`super::instance`]). All of it is only touched by the
//! thread that holds the interpreter lock; that is why plain cells suffice.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::instance;
use super::typed::Payload;
use super::typeobj::{Type, TypeFlags};
use super::value::Value;
use super::{alloc, gc};

/// The count that objects which never die start with; drifting by a billion either way does no harm.
const IMMORTAL: u32 = 0x6000_0000;

/// What every counted object begins with.
#[repr(C)]
pub struct Header {
    rc: Cell<u32>,
    /// Collector word: see [`super::gc`].
    pub(crate) gc: Cell<u32>,
    class: Cell<NonNull<Type>>,
}

const _: () = assert!(size_of::<Header>() == 16);

/// A header and the Rust payload behind it.
#[repr(C)]
pub struct Object<T> {
    pub(crate) header: Header,
    pub(crate) payload: T,
}

// SAFETY: objects are only reached by the thread that holds the interpreter lock.
unsafe impl<T> Sync for Object<T> {}

impl Header {
    /// The header of a static object.
    pub(crate) const fn immortal(class: &'static Type) -> Header {
        Header { rc: Cell::new(IMMORTAL), gc: Cell::new(gc::UNTRACKED), class: Cell::new(NonNull::from_ref(class)) }
    }

    #[inline(always)]
    pub(crate) fn incref(&self) {
        self.rc.set(self.rc.get().wrapping_add(1));
    }

    /// The count.
    #[inline(always)]
    pub fn refcount(&self) -> u32 {
        self.rc.get()
    }

    /// The object's type.
    #[inline(always)]
    pub fn class(&self) -> &Type {
        // SAFETY: an object keeps its type alive.
        unsafe { self.class.get().as_ref() }
    }

    /// Replaces the type (`obj.__class__ = …`); the caller has checked that the layouts agree.
    pub(crate) fn set_class(&self, class: &Type) {
        let old = self.class.get();
        class.header().incref();
        self.class.set(NonNull::from_ref(class));
        // SAFETY: the object held one reference to its old type.
        unsafe { decref(old.cast()) }
    }
}

/// How a payload is laid out, released and searched for references. One static per payload type: its address is its
/// identity.
pub struct Layout {
    /// Bytes from the object's start to the end of the payload, rounded up to 8.
    pub(crate) size: usize,
    /// The payload that this one begins with, if it extends another.
    pub(crate) base: Option<fn() -> &'static Layout>,
    drop: unsafe fn(NonNull<Header>),
    trace: unsafe fn(NonNull<Header>, &mut dyn FnMut(&Value)),
    clear: unsafe fn(NonNull<Header>),
    /// Bytes that follow the payload (strings, tuples).
    pub(crate) trailing: unsafe fn(NonNull<Header>) -> usize,
    pub(crate) gc: bool,
    pub(crate) var_sized: bool,
}

impl Layout {
    /// The layout of objects with payload `T`.
    pub const fn of<T: Payload>() -> Layout {
        unsafe fn drop_payload<T>(p: NonNull<Header>) {
            // SAFETY: called once, when the object dies, on an object of this layout.
            unsafe { std::ptr::drop_in_place(&raw mut (*p.cast::<Object<T>>().as_ptr()).payload) }
        }
        unsafe fn trace<T: Payload>(p: NonNull<Header>, visit: &mut dyn FnMut(&Value)) {
            // SAFETY: the object has this layout and is alive.
            unsafe { (*p.cast::<Object<T>>().as_ptr()).payload.trace(visit) }
        }
        unsafe fn clear<T: Payload>(p: NonNull<Header>) {
            // SAFETY: the object has this layout and is alive.
            unsafe { (*p.cast::<Object<T>>().as_ptr()).payload.clear() }
        }
        unsafe fn trailing<T: Payload>(p: NonNull<Header>) -> usize {
            // SAFETY: the object has this layout and is alive.
            unsafe { (*p.cast::<Object<T>>().as_ptr()).payload.trailing_bytes() }
        }
        assert!(align_of::<Object<T>>() <= 16);
        Layout {
            size: (size_of::<Object<T>>() + 7) & !7,
            base: T::BASE,
            drop: drop_payload::<T>,
            trace: trace::<T>,
            clear: clear::<T>,
            trailing: trailing::<T>,
            gc: T::GC,
            var_sized: T::VAR_SIZED,
        }
    }
}

/// Raw memory for an object of `size` bytes, header written. The payload is not.
///
/// # Safety
/// The caller writes the payload (and extension) before anybody else sees the object.
#[inline]
pub(crate) unsafe fn alloc_raw(class: &Type, size: usize) -> NonNull<Header> {
    // SAFETY: the memory covers the header, which is written before use.
    unsafe {
        let p = alloc::take(size).cast::<Header>();
        class.header().incref();
        p.write(Header { rc: Cell::new(1), gc: Cell::new(gc::UNTRACKED), class: Cell::new(NonNull::from_ref(class)) });
        p
    }
}

/// A new object of `class` with this payload, which must be of the class's layout; room for attributes is added as
/// the class says.
#[inline]
pub(crate) fn new_object<T: Payload>(class: &Type, payload: T) -> Value {
    debug_assert!(class.has_layout(T::layout()), "{} does not have this layout", class.name());
    let base = (size_of::<Object<T>>() + 7) & !7;
    // SAFETY: the payload and the extension are written before the value is given out.
    unsafe {
        if !class.has_extension() && std::ptr::eq(class.layout(), T::layout()) {
            let p = alloc_raw(class, base);
            (&raw mut (*p.cast::<Object<T>>().as_ptr()).payload).write(payload);
            if T::GC {
                gc::track(p);
            }
            Value::from_owned(p)
        } else {
            let p = alloc_raw(class, base + class.extension_size());
            (&raw mut (*p.cast::<Object<T>>().as_ptr()).payload).write(payload);
            instance::init_extension(p, class, base);
            gc::track(p);
            Value::from_owned(p)
        }
    }
}

/// Gives back one reference.
///
/// # Safety
/// The caller owned it.
#[inline(always)]
pub(crate) unsafe fn decref(p: NonNull<Header>) {
    // SAFETY: alive while the caller's reference exists.
    unsafe {
        let rc = p.as_ref().rc.get().wrapping_sub(1);
        p.as_ref().rc.set(rc);
        if rc == 0 {
            release(p);
        }
    }
}

/// Objects whose release waits because releases are nested too deeply already (a million-deep list).
struct Trashcan {
    depth: Cell<u32>,
    waiting: RefCell<Vec<NonNull<Header>>>,
}
thread_local! {
    /// Of each thread: a finalizer may let another thread run, which nests releases of its own.
    static TRASHCAN: Trashcan = const { Trashcan { depth: Cell::new(0), waiting: RefCell::new(Vec::new()) } };
}
const MAX_NESTED_RELEASES: u32 = 100;

#[cold]
#[inline(never)]
unsafe fn release(p: NonNull<Header>) {
    // SAFETY: the count has reached zero, so nobody else refers to the object.
    unsafe {
        let class = p.as_ref().class();
        if !class.has_extension()
            && !class.layout().gc
            && p.as_ref().gc.get() & gc::WEAKLY_REFERENCED == 0
            && !class.flags().has(TypeFlags::HAS_FINALIZER)
        {
            // Strings, floats, bytes and the like refer to nothing that nests.
            free(p, class);
            return;
        }
        let depth = TRASHCAN.with(|t| t.depth.get());
        if depth >= MAX_NESTED_RELEASES {
            // A collection before its turn comes must not find it.
            gc::untrack(p);
            TRASHCAN.with(|t| t.waiting.borrow_mut().push(p));
            return;
        }
        TRASHCAN.with(|t| t.depth.set(depth + 1));
        finish(p);
        if depth == 0 {
            loop {
                let next = TRASHCAN.with(|t| t.waiting.borrow_mut().pop());
                match next {
                    Some(q) => {
                        if finish(q) == Outcome::Revived {
                            let class = q.as_ref().class();
                            if class.has_extension() || class.layout().gc {
                                gc::track(q);
                            }
                        }
                    }
                    None => break,
                }
            }
        }
        TRASHCAN.with(|t| t.depth.set(depth));
    }
}

/// How a release ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Freed,
    /// A finalizer or callback has made it reachable again.
    Revived,
}

/// Finalizer, weak references, then the memory.
unsafe fn finish(p: NonNull<Header>) -> Outcome {
    // SAFETY: as in `release`.
    unsafe {
        let class = p.as_ref().class();
        if class.flags().has(TypeFlags::HAS_FINALIZER) && p.as_ref().gc.get() & gc::FINALIZED == 0 {
            p.as_ref().rc.set(1);
            p.as_ref().gc.set(p.as_ref().gc.get() | gc::FINALIZED);
            crate::types::object::run_finalizer(&std::mem::ManuallyDrop::new(Value::from_owned(p)));
            let rc = p.as_ref().rc.get() - 1;
            p.as_ref().rc.set(rc);
            if rc > 0 {
                return Outcome::Revived;
            }
        }
        if p.as_ref().gc.get() & gc::WEAKLY_REFERENCED != 0 {
            p.as_ref().rc.set(1);
            crate::types::weakref::object_dies(p);
            let rc = p.as_ref().rc.get() - 1;
            p.as_ref().rc.set(rc);
            if rc > 0 {
                return Outcome::Revived;
            }
        }
        // A finalizer may have changed the class.
        let class = p.as_ref().class();
        free(p, class);
        Outcome::Freed
    }
}

unsafe fn free(p: NonNull<Header>, class: &Type) {
    // SAFETY: as in `release`; the payload is dropped once and the memory was allocated with this size.
    unsafe {
        gc::untrack(p);
        let layout = class.layout();
        let mut base = layout.size;
        if layout.var_sized {
            base = (base + (layout.trailing)(p) + 7) & !7;
        }
        let mut size = base;
        if class.has_extension() {
            size += instance::drop_extension(p, class, base);
        }
        (layout.drop)(p);
        let class = NonNull::from_ref(class);
        alloc::give(p.cast(), size);
        decref(class.cast());
    }
}

/// Visits every reference that the object holds, the extension's included (its type is not visited here).
pub(crate) fn trace_object(p: NonNull<Header>, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: callers hold a live object.
    unsafe {
        let class = p.as_ref().class();
        (class.layout().trace)(p, visit);
        if class.has_extension() {
            instance::trace_extension(p, class, visit);
        }
    }
}

/// Drops the references that the object holds, to break a cycle.
pub(crate) fn clear_object(p: NonNull<Header>) {
    // SAFETY: callers hold a live object.
    unsafe {
        let class = p.as_ref().class();
        (class.layout().clear)(p);
        if class.has_extension() {
            instance::clear_extension(p, class);
        }
    }
}

impl Layout {
    /// Bytes of an object of this layout, without what follows its payload.
    pub fn size_hint(&self) -> usize {
        self.size
    }
}

/// A new object of `class`, whose layout is checked to be the payload's: for `__new__` of native types elsewhere.
pub fn new_object_of<T: Payload>(class: &Type, payload: T) -> Value {
    assert!(class.has_layout(T::layout()), "{} does not have this layout", class.name());
    new_object(class, payload)
}

/// A new object of `class`, whose instances hold nothing but their attributes.
pub fn new_plain(class: &Type) -> Value {
    new_object_of(class, crate::types::object::PyObject)
}
