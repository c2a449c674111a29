//! The buffer protocol: a borrowed view of an object's bytes (PEP 3118, as far as Rust code needs it).

use crate::object::Value;

/// A view of an object's bytes with its shape. While it lives the object does not resize.
pub struct Buffer {
    /// The object that owns the bytes.
    pub owner: Value,
    /// struct-style format of one item.
    pub format: String,
    pub itemsize: usize,
    pub readonly: bool,
}
