//! The pickler's memo: which object was written under which number.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use freeze_runtime::Value;

/// Identities are addresses: one multiplication spreads them well enough.
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("identities are hashed as u64");
    }
    fn write_u64(&mut self, id: u64) {
        let h = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = h ^ h >> 32;
    }
}

/// A map from identities.
pub(super) type IdMap<T> = HashMap<u64, T, BuildHasherDefault<IdHasher>>;

/// Numbers of objects. The objects are kept alive, so that no other gets their identity.
#[derive(Default)]
pub(super) struct Memo {
    index: IdMap<u32>,
    kept: Vec<(u32, Value)>,
    next: u32,
}

impl Memo {
    /// The number of an object that was written before.
    #[inline]
    pub(super) fn get(&self, v: &Value) -> Option<u32> {
        self.index.get(&v.id()).copied()
    }

    /// Gives an object the next number.
    #[inline]
    pub(super) fn put(&mut self, v: &Value) -> u32 {
        let n = self.reserve();
        self.index.insert(v.id(), n);
        self.kept.push((n, v.clone()));
        n
    }

    /// Takes a number for something that nobody else refers to.
    #[inline]
    pub(super) fn reserve(&mut self) -> u32 {
        let n = self.next;
        self.next += 1;
        n
    }

    /// Sets the number of an object.
    pub(super) fn set(&mut self, n: u32, v: Value) {
        self.index.insert(v.id(), n);
        self.kept.push((n, v));
        self.next = self.next.max(n.saturating_add(1));
    }

    /// Numbers and objects.
    pub(super) fn entries(&self) -> &[(u32, Value)] {
        &self.kept
    }

    /// A copy.
    pub(super) fn copy(&self) -> Memo {
        Memo { index: self.index.clone(), kept: self.kept.clone(), next: self.next }
    }

    /// Bytes held besides the record itself.
    pub(super) fn heap_size(&self) -> usize {
        self.index.capacity() * 16 + self.kept.capacity() * 16
    }
}
