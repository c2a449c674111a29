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
///
/// Most of pickling is looking into this table, so it is an open one of our own: identities (0 is a free place) with
/// their numbers, at most half full.
#[derive(Default)]
pub(super) struct Memo {
    places: Vec<(u64, u32)>,
    kept: Vec<(u32, Value)>,
    next: u32,
}

impl Memo {
    /// The place of an identity: its own, or the free one where it belongs.
    #[inline(always)]
    fn place(places: &[(u64, u32)], id: u64) -> usize {
        let mask = places.len() - 1;
        let mut i = (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while places[i].0 != id && places[i].0 != 0 {
            i = (i + 1) & mask;
        }
        i
    }

    /// The number of an object that was written before.
    #[inline]
    pub(super) fn get(&self, v: &Value) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let (id, n) = self.places[Memo::place(&self.places, v.id())];
        (id != 0).then_some(n)
    }

    /// Gives an object the next number.
    #[inline]
    pub(super) fn put(&mut self, v: &Value) -> u32 {
        let n = self.reserve();
        self.insert(n, v.clone());
        n
    }

    fn insert(&mut self, n: u32, v: Value) {
        if (self.kept.len() + 1) * 2 > self.places.len() {
            self.grow();
        }
        let i = Memo::place(&self.places, v.id());
        self.places[i] = (v.id(), n);
        self.kept.push((n, v));
    }

    #[cold]
    fn grow(&mut self) {
        let mut bigger = vec![(0, 0); (self.places.len() * 4).max(64)];
        for entry in self.places.iter().filter(|e| e.0 != 0) {
            let i = Memo::place(&bigger, entry.0);
            bigger[i] = *entry;
        }
        self.places = bigger;
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
        self.insert(n, v);
        self.next = self.next.max(n.saturating_add(1));
    }

    /// Numbers and objects.
    pub(super) fn entries(&self) -> &[(u32, Value)] {
        &self.kept
    }

    /// A copy.
    pub(super) fn copy(&self) -> Memo {
        Memo { places: self.places.clone(), kept: self.kept.clone(), next: self.next }
    }

    /// Bytes held besides the record itself.
    pub(super) fn heap_size(&self) -> usize {
        self.places.capacity() * 16 + self.kept.capacity() * 16
    }
}
