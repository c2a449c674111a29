//! The compact ordered hash table under `dict` and `set`: entries in order of insertion, and an index into them.
//!
//! Up to eight entries there is no index: they are searched in order. Look-ups of exact strings run no Python code; others
//! may (`__eq__`), so they give out candidates one at a time and start again when the table was changed meanwhile.
#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};

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

/// Largest number of entries that are searched without an index.
const LINEAR: usize = 8;

enum Index {
    None,
    U8(Box<[u8]>),
    U16(Box<[u16]>),
    U32(Box<[u32]>),
}

trait Cellular: Copy + Eq {
    const EMPTY: Self;
    const DELETED: Self;
    fn get(self) -> usize;
    fn from(n: usize) -> Self;
}
macro_rules! cellular {
    ($t:ty) => {
        impl Cellular for $t {
            const EMPTY: $t = <$t>::MAX;
            const DELETED: $t = <$t>::MAX - 1;
            #[inline(always)]
            fn get(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn from(n: usize) -> $t {
                n as $t
            }
        }
    };
}
cellular!(u8);
cellular!(u16);
cellular!(u32);

struct Inner<V> {
    entries: Vec<Entry<V>>,
    index: Index,
    live: usize,
    /// Cells of the index that are not empty: those of live entries, and deleted ones.
    used: usize,
    /// No live entry stands before this one: queues that are kept in dicts find their head at once.
    first: usize,
    /// Whether a key may be something else than an exact `str`: without such keys a text that is not found by itself is not there.
    mixed: bool,
}

/// The table. Its methods never run Python code while they borrow it, except where their docs say so (and then they
/// borrow nothing).
pub struct Table<V> {
    inner: UnsafeCell<Inner<V>>,
    /// For inline caches: a unique number while keys stay the same, 0 when nobody asked since the last change.
    version: Cell<u32>,
    edits: Cell<u32>,
}

static NEXT_VERSION: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

#[inline(always)]
fn start(hash: i64, mask: usize) -> usize {
    // Int hashes are the ints themselves: spread their upper bits over the index.
    let h = (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h >> 32) as usize & mask
}

/// Walks the index from the hash's place; `f` sees entry numbers and says when to stop.
#[inline(always)]
fn walk<T: Cellular>(
    cells: &[T],
    hash: i64,
    from: &mut usize,
    first: bool,
    mut f: impl FnMut(usize) -> bool,
) -> Option<(usize, usize)> {
    let mask = cells.len() - 1;
    let mut i = if first { start(hash, mask) } else { (*from + 1) & mask };
    loop {
        // SAFETY: masked to the length, a power of two.
        let c = unsafe { *cells.get_unchecked(i) };
        if c == T::EMPTY {
            return None;
        }
        if c != T::DELETED && f(c.get()) {
            *from = i;
            return Some((i, c.get()));
        }
        i = (i + 1) & mask;
    }
}

/// Puts an entry's number into the first cell that is free for its hash; tells whether that cell was empty.
#[inline(always)]
fn place<T: Cellular>(cells: &mut [T], hash: i64, entry: usize) -> bool {
    let mask = cells.len() - 1;
    let mut i = start(hash, mask);
    while cells[i] != T::EMPTY && cells[i] != T::DELETED {
        i = (i + 1) & mask;
    }
    let empty = cells[i] == T::EMPTY;
    cells[i] = T::from(entry);
    empty
}

/// Takes an entry's number out; tells how many cells have become empty. A walk must go on over a deleted cell, but where none
/// goes on behind it, it and the deleted ones before it are empty again.
fn unplace<T: Cellular>(cells: &mut [T], hash: i64, entry: usize) -> usize {
    let mask = cells.len() - 1;
    let mut i = start(hash, mask);
    while cells[i] != T::from(entry) {
        if cells[i] == T::EMPTY {
            return 0;
        }
        i = (i + 1) & mask;
    }
    cells[i] = T::DELETED;
    if cells[(i + 1) & mask] != T::EMPTY {
        return 0;
    }
    let mut emptied = 0;
    while cells[i] == T::DELETED {
        cells[i] = T::EMPTY;
        emptied += 1;
        i = i.wrapping_sub(1) & mask;
    }
    emptied
}

impl<V> Inner<V> {
    #[inline(always)]
    fn find(&self, hash: i64, mut same: impl FnMut(&Entry<V>) -> bool) -> Option<usize> {
        let entries = &self.entries;
        // SAFETY: the index holds numbers of entries only.
        let mut hit = |i: usize| unsafe {
            let e = entries.get_unchecked(i);
            e.hash == hash && same(e)
        };
        match &self.index {
            Index::None => (0..entries.len()).find(|&i| hit(i)),
            Index::U8(c) => walk(c, hash, &mut 0, true, hit).map(|r| r.1),
            Index::U16(c) => walk(c, hash, &mut 0, true, hit).map(|r| r.1),
            Index::U32(c) => walk(c, hash, &mut 0, true, hit).map(|r| r.1),
        }
    }

    fn index_len(&self) -> usize {
        match &self.index {
            Index::None => 0,
            Index::U8(c) => c.len(),
            Index::U16(c) => c.len(),
            Index::U32(c) => c.len(),
        }
    }

    /// Drops deleted entries and makes an index for at least `want` entries. Without memory for that nothing is changed.
    fn rebuild(&mut self, want: usize) -> Result<(), OutOfMemory> {
        if want <= LINEAR {
            self.entries.retain(|e| !e.key.is_unbound());
            (self.index, self.used, self.first) = (Index::None, 0, 0);
            return Ok(());
        }
        let size = (want * 3 / 2).next_power_of_two().max(16);
        let entries = &mut self.entries;
        fn filled<T: Cellular, V>(size: usize, entries: &mut Vec<Entry<V>>) -> Result<Box<[T]>, OutOfMemory> {
            let mut cells = Vec::new();
            cells.try_reserve_exact(size)?;
            cells.resize(size, T::EMPTY);
            entries.retain(|e| !e.key.is_unbound());
            for (i, e) in entries.iter().enumerate() {
                place(&mut cells, e.hash, i);
            }
            Ok(cells.into_boxed_slice())
        }
        self.index = if size <= 0x80 {
            Index::U8(filled(size, entries)?)
        } else if size <= 0x8000 {
            Index::U16(filled(size, entries)?)
        } else {
            Index::U32(filled(size, entries)?)
        };
        (self.used, self.first) = (self.live, 0);
        Ok(())
    }

    /// Sees to it that one more entry fits.
    #[inline]
    fn make_room(&mut self) -> Result<(), OutOfMemory> {
        // The index needs empty cells for walks to end, whatever was deleted meanwhile.
        let n = self.entries.len().max(self.used);
        let full = match self.index_len() {
            0 => n >= LINEAR,
            len => (n + 1) * 3 > len * 2,
        };
        if full {
            // Many deleted entries: the live ones are squeezed together, else the table doubles.
            self.rebuild((self.live + 1).max(if self.live * 2 > n { n * 2 } else { 0 }))?;
        }
        let n = self.entries.len();
        if n == self.entries.capacity() {
            let more = if n < 4 { 4 - n } else { n / 2 + 2 };
            self.entries.try_reserve_exact(more)?;
        }
        Ok(())
    }

    /// Appends an entry, for which there is room.
    #[inline]
    fn push(&mut self, hash: i64, key: Value, value: V) {
        let n = self.entries.len();
        self.mixed |= !key.is_exact(&STR);
        self.entries.push(Entry { hash, key, value });
        self.live += 1;
        let fresh = match &mut self.index {
            Index::None => return,
            Index::U8(c) => place(c, hash, n),
            Index::U16(c) => place(c, hash, n),
            Index::U32(c) => place(c, hash, n),
        };
        self.used += usize::from(fresh);
    }
}

impl<V: Content> Table<V> {
    /// An empty table.
    pub const fn new() -> Table<V> {
        Table {
            inner: UnsafeCell::new(Inner {
                entries: Vec::new(),
                index: Index::None,
                live: 0,
                used: 0,
                first: 0,
                mixed: false,
            }),
            version: Cell::new(0),
            edits: Cell::new(0),
        }
    }

    /// An empty table with room.
    pub fn with_capacity(n: usize) -> Result<Table<V>, OutOfMemory> {
        let t = Table::new();
        t.with_mut(|i| {
            i.entries.try_reserve_exact(n)?;
            if n > LINEAR { i.rebuild(n) } else { Ok(()) }
        })?;
        Ok(t)
    }

    #[inline(always)]
    fn get(&self) -> &Inner<V> {
        // SAFETY: shared borrows end before anything below mutates: no method runs foreign code while it borrows.
        unsafe { &*self.inner.get() }
    }

    #[inline(always)]
    fn with_mut<R>(&self, f: impl FnOnce(&mut Inner<V>) -> R) -> R {
        // SAFETY: as above; values taken out are dropped by the callers after the borrow.
        f(unsafe { &mut *self.inner.get() })
    }

    fn changed(&self) {
        self.version.set(0);
        self.edits.set(self.edits.get().wrapping_add(1));
    }

    /// Number of live entries.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.get().live
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
        self.edits.get()
    }

    /// The entry number of an exact string.
    #[inline]
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
            && !self.get().mixed
        {
            return Ok(self.find_str(text));
        }
        'again: loop {
            let edits = self.edits.get();
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
                let candidate = self.get().entries[i].key.clone();
                let equal = vm.eq(&candidate, key)?;
                if self.edits.get() != edits {
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
    #[inline]
    pub fn insert_new(&self, hash: i64, key: Value, value: V) -> Result<(), OutOfMemory> {
        self.changed();
        // Key and value die, if it comes to that, outside the borrow.
        self.with_mut(Inner::make_room)?;
        self.with_mut(|t| t.push(hash, key, value));
        Ok(())
    }

    /// Takes an entry out.
    pub fn remove_at(&self, i: usize) -> (Value, V) {
        self.changed();
        self.with_mut(|t| {
            let e = &mut t.entries[i];
            let hash = e.hash;
            let key = std::mem::replace(&mut e.key, Value::UNBOUND);
            let value = std::mem::replace(&mut e.value, V::VACANT);
            t.live -= 1;
            t.used -= match &mut t.index {
                Index::None => 0,
                Index::U8(c) => unplace(c, hash, i),
                Index::U16(c) => unplace(c, hash, i),
                Index::U32(c) => unplace(c, hash, i),
            };
            if t.live == 0 {
                // Nothing left: start afresh, so that queues kept in dicts do not grow.
                t.entries.clear();
                (t.index, t.used, t.first) = (Index::None, 0, 0);
            } else if i + 1 == t.entries.len() {
                while t.entries.last().is_some_and(|e| e.key.is_unbound()) {
                    t.entries.pop();
                }
            } else if matches!(t.index, Index::None) {
                t.entries.remove(i);
            } else if i == t.first {
                while t.entries[t.first].key.is_unbound() {
                    t.first += 1;
                }
            }
            (key, value)
        })
    }

    /// The entry with this number, if there is a live one.
    #[inline(always)]
    pub fn entry(&self, i: usize) -> Option<(Value, V)> {
        let e = self.get().entries.get(i)?;
        if e.key.is_unbound() { None } else { Some((e.key.clone(), e.value.clone())) }
    }

    /// The key with this number.
    pub fn key_at(&self, i: usize) -> Option<Value> {
        let e = self.get().entries.get(i)?;
        if e.key.is_unbound() { None } else { Some(e.key.clone()) }
    }

    /// The value with this number.
    #[inline(always)]
    pub fn value_at(&self, i: usize) -> Option<V> {
        let e = self.get().entries.get(i)?;
        if e.key.is_unbound() { None } else { Some(e.value.clone()) }
    }

    /// The value with this number if its key is this very object.
    #[inline(always)]
    pub fn value_if_key(&self, i: usize, key: &Value) -> Option<V> {
        let e = self.get().entries.get(i)?;
        if e.key.is(key) { Some(e.value.clone()) } else { None }
    }

    /// The stored hash of an entry.
    pub fn hash_at(&self, i: usize) -> i64 {
        self.get().entries.get(i).map_or(0, |e| e.hash)
    }

    /// Replaces a value; gives the old one, to be dropped by the caller.
    #[inline(always)]
    pub fn replace_at(&self, i: usize, value: V) -> Option<V> {
        self.with_mut(|t| t.entries.get_mut(i).map(|e| std::mem::replace(&mut e.value, value)))
    }

    /// One past the last entry number (deleted ones count).
    #[inline(always)]
    pub fn end(&self) -> usize {
        self.get().entries.len()
    }

    /// The first live entry at or after `i`.
    #[inline]
    pub fn next_live(&self, i: usize) -> Option<(usize, Value, V)> {
        let entries = &self.get().entries;
        let mut i = i.max(self.get().first);
        while let Some(e) = entries.get(i) {
            if !e.key.is_unbound() {
                return Some((i, e.key.clone(), e.value.clone()));
            }
            i += 1;
        }
        None
    }

    /// The first live key at or after `i`, with its number.
    #[inline]
    pub fn next_key(&self, i: usize) -> Option<(usize, Value)> {
        let entries = &self.get().entries;
        let mut i = i.max(self.get().first);
        while let Some(e) = entries.get(i) {
            if !e.key.is_unbound() {
                return Some((i, e.key.clone()));
            }
            i += 1;
        }
        None
    }

    /// The first live value at or after `i`, with its number.
    #[inline]
    pub fn next_value(&self, i: usize) -> Option<(usize, V)> {
        let entries = &self.get().entries;
        let mut i = i.max(self.get().first);
        while let Some(e) = entries.get(i) {
            if !e.key.is_unbound() {
                return Some((i, e.value.clone()));
            }
            i += 1;
        }
        None
    }

    /// The last live entry before `end`.
    pub fn prev_live(&self, end: usize) -> Option<(usize, Value, V)> {
        let entries = &self.get().entries;
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
    pub fn take_all(&self) -> Vec<Entry<V>> {
        self.changed();
        self.with_mut(|t| {
            (t.index, t.live, t.used, t.first, t.mixed) = (Index::None, 0, 0, 0, false);
            std::mem::take(&mut t.entries)
        })
    }

    /// A copy with the same order.
    pub fn copy(&self) -> Result<Table<V>, OutOfMemory> {
        let t = self.get();
        let mut entries = Vec::new();
        entries.try_reserve_exact(t.live)?;
        for e in &t.entries {
            if !e.key.is_unbound() {
                entries.push(Entry { hash: e.hash, key: e.key.clone(), value: e.value.clone() });
            }
        }
        let mut inner = Inner { entries, index: Index::None, live: t.live, used: 0, first: 0, mixed: t.mixed };
        if t.live > LINEAR {
            inner.rebuild(t.live)?;
        }
        Ok(Table { inner: UnsafeCell::new(inner), version: Cell::new(0), edits: Cell::new(0) })
    }

    /// Takes over the content of another table, whose old content is given back.
    pub fn swap(&self, other: Table<V>) -> Table<V> {
        self.changed();
        self.with_mut(|t| {
            let new = other.inner.into_inner();
            Table { inner: UnsafeCell::new(std::mem::replace(t, new)), version: Cell::new(0), edits: Cell::new(0) }
        })
    }

    /// Moves an entry to the end or to the front (`OrderedDict.move_to_end`).
    pub fn move_entry(&self, i: usize, to_end: bool) -> Result<(), OutOfMemory> {
        self.changed();
        self.with_mut(|t| {
            if to_end {
                t.entries[i..].rotate_left(1);
            } else {
                t.entries[..=i].rotate_right(1);
            }
            let moved = t.rebuild(t.live);
            if moved.is_err() {
                // The index still tells of the old order.
                if to_end {
                    t.entries[i..].rotate_right(1);
                } else {
                    t.entries[..=i].rotate_left(1);
                }
            }
            moved
        })
    }

    /// Visits keys (and, through `values`, values) for the collector.
    /// Runs `f` on each live entry. `f` must not run Python code.
    pub fn each(&self, mut f: impl FnMut(&Value, &V)) {
        for e in &self.get().entries {
            if !e.key.is_unbound() {
                f(&e.key, &e.value);
            }
        }
    }

    /// Bytes used beside the object itself, for `__sizeof__`.
    pub fn heap_size(&self) -> usize {
        let t = self.get();
        let index = match &t.index {
            Index::None => 0,
            Index::U8(c) => c.len(),
            Index::U16(c) => c.len() * 2,
            Index::U32(c) => c.len() * 4,
        };
        t.entries.capacity() * size_of::<Entry<V>>() + index
    }
}

impl<V: Content> Default for Table<V> {
    fn default() -> Self {
        Table::new()
    }
}
