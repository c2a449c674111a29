//! `bytes`.

use std::cell::Cell;

use crate::object::{Layout, Payload, Ref, Type, TypeDef, TypeFlags};

/// The payload of `bytes`.
pub struct PyBytes {
    data: Box<[u8]>,
    hash: Cell<i64>,
}

impl Payload for PyBytes {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyBytes>();
        &L
    }
}

impl PyBytes {
    /// A new exact `bytes`.
    pub fn new(data: &[u8]) -> Ref<PyBytes> {
        PyBytes::from_vec(data.to_vec())
    }

    /// A new exact `bytes` from an owned buffer.
    pub fn from_vec(data: Vec<u8>) -> Ref<PyBytes> {
        Ref::new(&BYTES, PyBytes { data: data.into(), hash: Cell::new(0) })
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        &self.data
    }

    /// The hash: that of a `str` of the same bytes.
    pub fn hash(&self) -> i64 {
        if self.hash.get() == 0 {
            self.hash.set(crate::object::string::hash_bytes(&self.data));
        }
        self.hash.get()
    }
}

static DEF: TypeDef = TypeDef {
    name: "bytes",
    layout: PyBytes::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    ..TypeDef::EMPTY
};
/// The type `bytes`.
pub static BYTES: Type = Type::builtin(&DEF);
