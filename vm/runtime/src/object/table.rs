//! The compact ordered hash table under `dict` and `set`: entries in order of insertion, and an index into them.
//!
//! The memory is in [`body`]. Up to eight entries there is no index: they are searched in order. Look-ups of exact strings run no Python code; others
//! may (`__eq__`), so they give out candidates one at a time and start again when the table was changed meanwhile.
#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};

mod body;
use body::Body;

use super::reserve::OutOfMemory;
use super::string::PyStr;
use super::value::Value;
use crate::types::str::STR;
use crate::vm::{PyResult, Vm};

/// One entry. A deleted one has an `UNBOUND` key.
pub struct Entry<V> {
    pub hash: i64,
    pub key: Value,
    pub value: V,
}

/// What an entry can hold beside its key.
pub trait Content: Clone {
    /// What a deleted entry holds: refers to nothing.
    const VACANT: Self;
}
impl Content for Value {
    const VACANT: Value = Value::UNBOUND;
}
impl Content for () {
    const VACANT: () = ();
}

/// The table. Its methods never run Python code while they borrow it, except where their docs say so (and then they
/// borrow nothing).
pub struct Table<V> {
    body: UnsafeCell<Body<V>>,
    /// For inline caches: a unique number while keys stay the same, 0 when nobody asked since the last change.
    version: Cell<u32>,
    /// Insertions and deletions are counted in it, below [`WATCHED`].
    edits: Cell<u32>,
}

/// Set in `edits` while caches borrow values from the table: that of a class, which hears of a change before it is made, by
/// whatever way it comes (`gc.get_referents` gives anybody the dict).
const WATCHED: u32 = 1 << 31;

static NEXT_VERSION: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

impl<V: Content> Table<V> {
    /// An empty table.
    pub const fn new() -> Table<V> {
        Table { body: UnsafeCell::new(Body::empty()), version: Cell::new(0), edits: Cell::new(0) }
    }

    /// An empty table with room.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn with_capacity(n: usize) -> Result<Table<V>, OutOfMemory> {
        Ok(Table::of(Body::with_room(n)?))
    }

    fn of(body: Body<V>) -> Table<V> {
        Table { body: UnsafeCell::new(body), version: Cell::new(0), edits: Cell::new(0) }
    }

    #[inline(always)]
    fn get(&self) -> &Body<V> {
        // SAFETY: shared borrows end before anything below mutates: no method runs foreign code while it borrows.
        unsafe { &*self.body.get() }
    }

    #[inline(always)]
    fn with_mut<R>(&self, f: impl FnOnce(&mut Body<V>) -> R) -> R {
        // SAFETY: as above; values taken out are dropped by the callers after the borrow.
        f(unsafe { &mut *self.body.get() })
    }

    fn changed(&self) {
        self.version.set(0);
        self.tell();
        self.edits.set(self.edits.get().wrapping_add(1) & !WATCHED);
    }

    /// Whether the class with this table wants to hear of the next change.
    pub(crate) fn watch(&self, on: bool) {
        let edits = self.edits.get();
        self.edits.set(if on { edits | WATCHED } else { edits & !WATCHED });
    }

    #[inline(always)]
    fn tell(&self) {
        if self.edits.get() & WATCHED != 0 {
            self.watch(false);
            super::typeobj::namespace_changes(std::ptr::from_ref(self).cast());
        }
    }

    /// Number of live entries.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.get().live()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A number that stands for the present set of keys and their places; 0 if numbers have run out.
    pub fn version(&self) -> u32 {
        if self.version.get() == 0 {
            use std::sync::atomic::Ordering::Relaxed;
            if NEXT_VERSION.load(Relaxed) == u32::MAX {
                return 0;
            }
            self.version.set(NEXT_VERSION.fetch_add(1, Relaxed));
        }
        self.version.get()
    }

    /// The number as it is (0: changed since anybody asked).
    #[inline(always)]
    pub fn version_now(&self) -> u32 {
        self.version.get()
    }

    /// A counter of insertions and deletions, to notice changes while iterating.
    #[inline(always)]
    pub fn edits(&self) -> u32 {
        self.edits.get() & !WATCHED
    }

    /// The entry number of an exact string.
    #[inline(never)]
    pub fn find_str(&self, key: &PyStr) -> Option<usize> {
        let mine = key as *const PyStr as u64;
        self.get().find(key.hash(), |e| {
            // The payload lies 16 bytes behind the object's start.
            e.key.bits() + 16 == mine || e.key.downcast_exact::<PyStr>(&STR).is_some_and(|k| k.same(key))
        })
    }

    /// The entry number of a small int, if this very number is the key (and not one that equals it).
    #[inline]
    pub fn find_small(&self, key: &Value, n: i64) -> Option<usize> {
        let hash = if n == -1 { -2 } else { n };
        self.get().find(hash, |e| e.key.is(key))
    }

    /// The entry number of any key. May run `__eq__`.
    pub fn find(&self, vm: &Vm, key: &Value, hash: i64) -> PyResult<Option<usize>> {
        let exact = key.downcast_exact::<PyStr>(&STR);
        if let Some(text) = exact
            && !self.get().mixed()
        {
            return Ok(self.find_str(text));
        }
        'again: loop {
            let edits = self.edits();
            // Entries that were compared and differ.
            let mut skip = 0;
            loop {
                let mut seen = 0;
                let mut sure = false;
                let hit = self.get().find(hash, |e| {
                    if e.key.is(key) {
                        sure = true;
                        return true;
                    }
                    if let Some(a) = exact
                        && let Some(b) = e.key.downcast_exact::<PyStr>(&STR)
                    {
                        sure = a.same(b);
                        return sure;
                    }
                    if e.key.is_unbound() || Value::both_small(&e.key, key) {
                        return false;
                    }
                    seen += 1;
                    seen > skip
                });
                let Some(i) = hit else { return Ok(None) };
                if sure {
                    return Ok(Some(i));
                }
                let candidate = self.get().entries()[i].key.clone();
                let equal = vm.eq(&candidate, key)?;
                if self.edits() != edits {
                    continue 'again;
                }
                if equal {
                    return Ok(Some(i));
                }
                skip += 1;
            }
        }
    }

    /// Appends an entry for a key that is known to be missing.
    #[inline(never)]
    pub fn insert_new(&self, hash: i64, key: Value, value: V) -> Result<(), OutOfMemory> {
        self.changed();
        // Key and value die, if it comes to that, outside the borrow.
        self.with_mut(Body::make_room)?;
        self.with_mut(|t| t.push(hash, key, value));
        Ok(())
    }

    /// Takes an entry out.
    pub fn remove_at(&self, i: usize) -> (Value, V) {
        self.changed();
        self.with_mut(|t| t.remove(i))
    }

    /// The entry with this number, if there is a live one.
    #[inline(always)]
    pub fn entry(&self, i: usize) -> Option<(Value, V)> {
        let e = self.get().entries().get(i)?;
        if e.key.is_unbound() { None } else { Some((e.key.clone(), e.value.clone())) }
    }

    /// The key with this number.
    pub fn key_at(&self, i: usize) -> Option<Value> {
        let e = self.get().entries().get(i)?;
        if e.key.is_unbound() { None } else { Some(e.key.clone()) }
    }

    /// The value with this number.
    #[inline(always)]
    pub fn value_at(&self, i: usize) -> Option<V> {
        let e = self.get().entries().get(i)?;
        if e.key.is_unbound() { None } else { Some(e.value.clone()) }
    }

    /// The value with this number if its key is this very object.
    #[inline(always)]
    pub fn value_if_key(&self, i: usize, key: &Value) -> Option<V> {
        let e = self.get().entries().get(i)?;
        if e.key.is(key) { Some(e.value.clone()) } else { None }
    }

    /// The stored hash of an entry.
    pub fn hash_at(&self, i: usize) -> i64 {
        self.get().entries().get(i).map_or(0, |e| e.hash)
    }

    /// Replaces a value; gives the old one, to be dropped by the caller.
    #[inline(always)]
    pub fn replace_at(&self, i: usize, value: V) -> Option<V> {
        self.tell();
        self.with_mut(|t| t.entries_mut().get_mut(i).map(|e| std::mem::replace(&mut e.value, value)))
    }

    /// One past the last entry number (deleted ones count).
    #[inline(always)]
    pub fn end(&self) -> usize {
        self.get().entries().len()
    }

    /// The first live entry at or after `i`, with its number.
    #[inline(always)]
    fn live_from(&self, i: usize) -> Option<(usize, &Entry<V>)> {
        let entries = self.get().entries();
        let mut i = i.max(self.get().first());
        while let Some(e) = entries.get(i) {
            if !e.key.is_unbound() {
                return Some((i, e));
            }
            i += 1;
        }
        None
    }

    /// The first live entry at or after `i`: its number, its key and its value.
    #[inline]
    pub fn next_live(&self, i: usize) -> Option<(usize, Value, V)> {
        self.live_from(i).map(|(i, e)| (i, e.key.clone(), e.value.clone()))
    }

    /// The first live key at or after `i`, with its number.
    #[inline]
    pub fn next_key(&self, i: usize) -> Option<(usize, Value)> {
        self.live_from(i).map(|(i, e)| (i, e.key.clone()))
    }

    /// The first live value at or after `i`, with its number.
    #[inline]
    pub fn next_value(&self, i: usize) -> Option<(usize, V)> {
        self.live_from(i).map(|(i, e)| (i, e.value.clone()))
    }

    /// The last live entry before `end`.
    pub fn prev_live(&self, end: usize) -> Option<(usize, Value, V)> {
        let entries = self.get().entries();
        let mut i = end.min(entries.len());
        while i > 0 {
            i -= 1;
            let e = &entries[i];
            if !e.key.is_unbound() {
                return Some((i, e.key.clone(), e.value.clone()));
            }
        }
        None
    }

    /// Takes everything out.
    pub fn take_all(&self) -> Table<V> {
        self.swap(Table::new())
    }

    /// A copy with the same order.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn copy(&self) -> Result<Table<V>, OutOfMemory> {
        Ok(Table::of(self.get().copy()?))
    }

    /// Takes over the content of another table, whose old content is given back.
    pub fn swap(&self, other: Table<V>) -> Table<V> {
        self.changed();
        let new = other.body.into_inner();
        Table::of(self.with_mut(|t| std::mem::replace(t, new)))
    }

    /// Moves an entry in front of all others (`OrderedDict.move_to_end(key, last=False)`).
    pub fn move_to_front(&self, i: usize) {
        self.changed();
        self.with_mut(|t| t.move_first(i));
    }

    /// Visits keys (and, through `values`, values) for the collector.
    /// Runs `f` on each live entry. `f` must not run Python code.
    pub fn each(&self, mut f: impl FnMut(&Value, &V)) {
        for e in self.get().entries() {
            if !e.key.is_unbound() {
                f(&e.key, &e.value);
            }
        }
    }

    /// Bytes used beside the object itself, for `__sizeof__`.
    pub fn heap_size(&self) -> usize {
        self.get().size()
    }
}

impl<V: Content> Default for Table<V> {
    fn default() -> Self {
        Table::new()
    }
}
