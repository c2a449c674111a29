//! Iterators that belong to no container: over `__getitem__`, and `iter(callable, sentinel)`.

use crate::object::Value;

/// An iterator over an object that only has `__getitem__`.
pub fn sequence_iterator(v: Value) -> Value {
    v
}
