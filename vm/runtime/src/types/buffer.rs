//! The buffer protocol: a view of an object's bytes (PEP 3118, as far as Rust code needs it).
//!
//! An object that has bytes to show fills its `buffer` slot with a function that makes a [`Buffer`]. The bytes are read
//! and written through functions of the exporter, for the length of one closure that runs no Python code. While a
//! `Buffer` lives, the exporter does not resize; dropping it tells the exporter.

use std::borrow::Cow;

use crate::object::Value;
use crate::types::bytes::PyBytes;
use crate::vm::{PyResult, Vm};

/// How the bytes of an exporter are reached.
pub struct BufferAccess {
    /// Shows the bytes of the object.
    pub read: fn(&Value, &mut dyn FnMut(&[u8])),
    /// Shows them for writing.
    pub write: Option<fn(&Value, &mut dyn FnMut(&mut [u8]))>,
    /// The view has ended.
    pub release: fn(&Value),
}

/// A view of an object's bytes with its shape. While it lives the object does not resize.
pub struct Buffer {
    /// The object that owns the bytes.
    pub owner: Value,
    /// struct-style format of one item.
    pub format: Cow<'static, str>,
    pub itemsize: usize,
    pub readonly: bool,
    /// Length of the whole in bytes.
    pub len: usize,
    /// Items along each dimension; their product times the item size is `len`.
    pub shape: Vec<usize>,
    /// The functions that reach the bytes.
    pub access: &'static BufferAccess,
}

impl Buffer {
    /// A view of plain bytes.
    pub fn of_bytes(owner: Value, len: usize, readonly: bool, access: &'static BufferAccess) -> Buffer {
        Buffer { owner, format: Cow::Borrowed("B"), itemsize: 1, readonly, len, shape: vec![len], access }
    }

    /// Runs `f` on the bytes. `f` must not run Python code.
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let mut f = Some(f);
        let mut result = None;
        (self.access.read)(&self.owner, &mut |bytes| {
            if let Some(f) = f.take() {
                result = Some(f(bytes));
            }
        });
        result
    }

    /// Runs `f` on the bytes for writing; None if they are read-only. `f` must not run Python code.
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let write = self.access.write.filter(|_| !self.readonly)?;
        let mut f = Some(f);
        let mut result = None;
        write(&self.owner, &mut |bytes| {
            if let Some(f) = f.take() {
                result = Some(f(bytes));
            }
        });
        result
    }

    /// A copy of the bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        self.with(<[u8]>::to_vec).unwrap_or_default()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        (self.access.release)(&self.owner);
    }
}

/// Whether the object supports the buffer protocol.
pub fn is_bytes_like(v: &Value) -> bool {
    v.class().slots().buffer.is_some()
}

/// A view of an object for reading: "a bytes-like object is required, not 'T'".
pub fn get(vm: &Vm, v: &Value) -> PyResult<Buffer> {
    match v.class().slots().buffer {
        Some(f) => f(vm, v, false),
        None => Err(vm.type_error(format!("a bytes-like object is required, not '{}'", v.class().name()))),
    }
}

/// A view of an object for writing.
pub fn get_writable(vm: &Vm, v: &Value) -> PyResult<Buffer> {
    match v.class().slots().buffer {
        Some(f) => f(vm, v, true),
        None => Err(vm.type_error(format!("a bytes-like object is required, not '{}'", v.class().name()))),
    }
}

/// Runs `f` on the bytes of a bytes-like object. `f` must not run Python code.
pub fn with<R>(vm: &Vm, v: &Value, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
    if let Some(b) = v.downcast::<PyBytes>() {
        return Ok(f(b.as_slice()));
    }
    get(vm, v)?.with(f).ok_or_else(|| vm.buffer_error("the buffer has no bytes to show"))
}

/// A copy of the bytes of a bytes-like object.
pub fn to_vec(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    with(vm, v, <[u8]>::to_vec)
}

/// What `bytes(v)` makes of an object that is neither a number nor text: `__bytes__`, a buffer, or an iterable of ints.
pub fn bytes_from_object(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    if let Some(b) = v.downcast::<PyBytes>()
        && v.is_exact(&crate::types::bytes::BYTES)
    {
        return Ok(b.as_slice().to_vec());
    }
    if v.is_ptr()
        && let Some(r) = vm.call_special(v, &vm.names().__bytes__, &[])?
    {
        return match r.downcast::<PyBytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", r.class().name()))),
        };
    }
    if is_bytes_like(v) {
        return to_vec(vm, v);
    }
    let slots = v.class().slots();
    if v.has_layout::<crate::types::str::PyStr>() || (slots.iter.is_none() && slots.getitem.is_none()) {
        return Err(vm.type_error(format!("cannot convert '{}' object to bytes", v.class().name())));
    }
    bytes_from_iterable(vm, v, "bytes")
}

/// Bytes from an iterable of ints in range(256); `what` begins the error.
pub fn bytes_from_iterable(vm: &Vm, v: &Value, what: &str) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    vm.for_each(v, |item| {
        out.push(byte_of(vm, &item, what)?);
        Ok(true)
    })?;
    Ok(out)
}

/// One byte from an int: "… must be in range(0, 256)".
pub fn byte_of(vm: &Vm, item: &Value, what: &str) -> PyResult<u8> {
    let n = vm.to_index_clamped(item)?;
    u8::try_from(n).map_err(|_| vm.value_error(format!("{what} must be in range(0, 256)")))
}
