//! The global cache of attribute look-ups on types, keyed by type version and name.
//!
//! Invariant: an entry's value is borrowed from the namespace of some type in the MRO. It stays valid while the type has
//! the entry's version: whoever changes a namespace calls `modified` before the old value can die. Names are owned, so
//! that an address is never taken for another name.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::ptr::NonNull;

use super::typed::Ref;
use super::typeobj::TypeObject;
use super::value::Value;
use crate::types::str::PyStr;

const SIZE: usize = 2048;

struct Entry {
    version: u32,
    name: Option<Ref<PyStr>>,
    /// The found value, not counted; `None` when the type has no such attribute.
    found: Option<NonNull<super::header::Header>>,
    /// The bits of a found value that is no pointer (0: none).
    immediate: Option<Value>,
}

struct Cache(UnsafeCell<[Entry; SIZE]>);
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for Cache {}
static CACHE: Cache =
    Cache(UnsafeCell::new([const { Entry { version: 0, name: None, found: None, immediate: None } }; SIZE]));

#[inline(always)]
fn place(version: u32, name: &Ref<PyStr>) -> usize {
    let bits = name.as_value().bits();
    ((bits >> 4) as usize ^ (version as usize).wrapping_mul(0x9E37_79B1)) & (SIZE - 1)
}

/// The look-up of an interned name along the MRO.
#[inline]
pub(crate) fn lookup(ty: &TypeObject, name: &Ref<PyStr>) -> Option<Value> {
    let version = ty.version_now();
    if version != 0 {
        // SAFETY: the reference ends before anything else runs.
        let e = unsafe { &(*CACHE.0.get())[place(version, name)] };
        if e.version == version && e.name.as_ref().is_some_and(|n| n.is(name)) {
            return match e.found {
                // SAFETY: see the module's invariant.
                Some(p) => Some(unsafe { Value::from_borrowed(p) }),
                None => e.immediate.clone(),
            };
        }
    }
    fill(ty, name)
}

#[cold]
#[inline(never)]
fn fill(ty: &TypeObject, name: &Ref<PyStr>) -> Option<Value> {
    let found = search(ty, name);
    let version = ty.version();
    if version == 0 || !name.is_interned() {
        return found;
    }
    let (pointer, immediate) = match &found {
        // SAFETY: it is a pointer.
        Some(v) if v.is_ptr() => (Some(unsafe { v.ptr_unchecked() }), None),
        other => (None, other.clone()),
    };
    let entry = Entry { version, name: Some(name.clone()), found: pointer, immediate };
    // SAFETY: the reference ends before the old entry is dropped.
    let old = unsafe { std::mem::replace(&mut (*CACHE.0.get())[place(version, name)], entry) };
    drop(old);
    found
}

/// The look-up without the cache.
fn search(ty: &TypeObject, name: &Ref<PyStr>) -> Option<Value> {
    let n = ty.mro().len();
    for i in 0..n {
        // A namespace is built on the first look into it, which must not happen under a borrow.
        let t = ty.mro().get(i)?.clone();
        if let Some(v) = t.own(name) {
            return Some(v);
        }
    }
    None
}
