//! The memory of a table: one block that holds its counts, its entries and, when there are many, the index into them.
//!
//! ```text
//! Head | entry 0 … entry cap-1 | 2^bits cells of 1, 2 or 4 bytes
//! ```
//!
//! Invariants: the first `len` entries are written; `live` of them have a key. With an index (`bits` > 0) every live entry's
//! number stands in one cell on the walk of its hash, `used` cells are not empty, and at least a third is. Without one no
//! deleted entry stays. The block without room is shared and never written.
#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ptr::NonNull;

use super::{Content, Entry};
use crate::object::alloc;
use crate::object::reserve::OutOfMemory;
use crate::object::value::Value;
use crate::types::str::STR;

/// Largest number of entries that are searched without an index.
const LINEAR: usize = 8;
/// The room of the first block that grows by itself.
const FIRST: usize = 4;

// Entries follow it, also the none of the shared empty block: it is aligned as they are.
#[repr(C, align(8))]
struct Head {
    /// Entries, deleted ones included.
    len: u32,
    /// Room for entries. With an index also the number of cells that may be in use.
    cap: u32,
    live: u32,
    used: u32,
    /// No live entry stands before this one: queues that are kept in dicts find their head at once.
    first: u32,
    /// The binary logarithm of the number of cells; 0 when there is no index.
    bits: u8,
    /// Whether a key may be something else than an exact `str`: without such keys a text that is not found by itself is not
    /// there.
    mixed: bool,
}

static NOTHING: Head = Head { len: 0, cap: 0, live: 0, used: 0, first: 0, bits: 0, mixed: false };

/// A cell of the index: the number of an entry, or one of two marks.
trait Cell: Copy + Eq {
    const EMPTY: Self;
    const DELETED: Self;
    fn get(self) -> usize;
    fn number(n: usize) -> Self;
}
macro_rules! cell {
    ($t:ty) => {
        impl Cell for $t {
            const EMPTY: $t = <$t>::MAX;
            const DELETED: $t = <$t>::MAX - 1;
            #[inline(always)]
            fn get(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn number(n: usize) -> $t {
                n as $t
            }
        }
    };
}
cell!(u8);
cell!(u16);
cell!(u32);

/// Evaluates `$e` with `$c` bound to the cells, or `$none` without an index. Numbers of entries stay below the marks: two
/// thirds of 2^7, 2^15 and 2^31 cells.
macro_rules! with_cells {
    ($body:expr, $get:ident, $c:ident => $e:expr, $none:expr) => {
        match $body.head().bits {
            0 => $none,
            // SAFETY: the block has cells of this width.
            1..=7 => unsafe {
                let $c = $body.$get::<u8>();
                $e
            },
            // SAFETY: as above.
            8..=15 => unsafe {
                let $c = $body.$get::<u16>();
                $e
            },
            // SAFETY: as above.
            _ => unsafe {
                let $c = $body.$get::<u32>();
                $e
            },
        }
    };
}

/// Where the walk of a hash begins.
#[inline(always)]
fn start(hash: i64, mask: usize) -> usize {
    // Int hashes are the ints themselves: spread their upper bits over the index.
    let h = (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h >> 32) as usize & mask
}

/// Walks the index from the hash's place until `hit` says yes to an entry's number.
#[inline(always)]
fn walk<T: Cell>(cells: &[T], hash: i64, mut hit: impl FnMut(usize) -> bool) -> Option<usize> {
    let mask = cells.len() - 1;
    let mut i = start(hash, mask);
    loop {
        // SAFETY: masked to the length, a power of two.
        let c = unsafe { *cells.get_unchecked(i) };
        if c == T::EMPTY {
            return None;
        }
        if c != T::DELETED && hit(c.get()) {
            return Some(c.get());
        }
        i = (i + 1) & mask;
    }
}

/// Puts an entry's number into the first cell that is free for its hash; tells whether that cell was empty.
#[inline(always)]
fn place<T: Cell>(cells: &mut [T], hash: i64, entry: usize) -> bool {
    let mask = cells.len() - 1;
    let mut i = start(hash, mask);
    while cells[i] != T::EMPTY && cells[i] != T::DELETED {
        i = (i + 1) & mask;
    }
    let empty = cells[i] == T::EMPTY;
    cells[i] = T::number(entry);
    empty
}

/// Takes an entry's number out; tells how many cells have become empty. A walk must go on over a deleted cell, but where none
/// goes on behind it, it and the deleted ones before it are empty again.
fn unplace<T: Cell>(cells: &mut [T], hash: i64, entry: usize) -> u32 {
    let mask = cells.len() - 1;
    let mut i = start(hash, mask);
    while cells[i] != T::number(entry) {
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

fn fill<T: Cell, V>(cells: &mut [T], entries: &[Entry<V>]) {
    cells.fill(T::EMPTY);
    for (i, e) in entries.iter().enumerate().filter(|(_, e)| !e.key.is_unbound()) {
        place(cells, e.hash, i);
    }
}

/// Bytes of one cell.
const fn width(bits: u8) -> usize {
    match bits {
        0..=7 => 1,
        8..=15 => 2,
        _ => 4,
    }
}

pub(super) struct Body<V> {
    head: NonNull<Head>,
    marker: PhantomData<V>,
}

impl<V> Body<V> {
    pub(super) const fn empty() -> Body<V> {
        Body { head: NonNull::from_ref(&NOTHING), marker: PhantomData }
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: the block lives as long as `self`.
        unsafe { self.head.as_ref() }
    }

    /// To be changed: there is room, so the block is ours alone.
    #[inline(always)]
    fn head_mut(&mut self) -> &mut Head {
        debug_assert!(self.head().cap > 0, "the shared block is not written");
        // SAFETY: as above.
        unsafe { self.head.as_mut() }
    }

    #[inline(always)]
    fn first_entry(&self) -> *mut Entry<V> {
        // SAFETY: entries begin behind the head, whose size is a multiple of their alignment.
        unsafe { self.head.as_ptr().add(1).cast() }
    }

    /// All entries, deleted ones included.
    #[inline(always)]
    pub(super) fn entries(&self) -> &[Entry<V>] {
        // SAFETY: the first `len` are written.
        unsafe { std::slice::from_raw_parts(self.first_entry(), self.head().len as usize) }
    }

    #[inline(always)]
    pub(super) fn entries_mut(&mut self) -> &mut [Entry<V>] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.first_entry(), self.head().len as usize) }
    }

    /// # Safety
    /// The cells are of this width.
    #[inline(always)]
    unsafe fn cells<T>(&self) -> &[T] {
        // SAFETY: cells begin behind the room for entries and are aligned as those are.
        unsafe {
            let at = self.first_entry().add(self.head().cap as usize).cast::<T>();
            std::slice::from_raw_parts(at, 1 << self.head().bits)
        }
    }

    /// # Safety
    /// As for `cells`.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    unsafe fn cells_mut<T>(&self) -> &mut [T] {
        // SAFETY: as above; callers hold the only reference to the body, and entries lie apart.
        unsafe {
            let at = self.first_entry().add(self.head().cap as usize).cast::<T>();
            std::slice::from_raw_parts_mut(at, 1 << self.head().bits)
        }
    }

    #[inline(always)]
    pub(super) fn live(&self) -> usize {
        self.head().live as usize
    }

    #[inline(always)]
    pub(super) fn first(&self) -> usize {
        self.head().first as usize
    }

    #[inline(always)]
    pub(super) fn mixed(&self) -> bool {
        self.head().mixed
    }

    /// The first entry with this hash that `same` accepts.
    #[inline(always)]
    pub(super) fn find(&self, hash: i64, mut same: impl FnMut(&Entry<V>) -> bool) -> Option<usize> {
        let entries = self.entries();
        // SAFETY: the index holds numbers of entries only.
        let mut hit = |i: usize| unsafe {
            let e = entries.get_unchecked(i);
            e.hash == hash && same(e)
        };
        with_cells!(self, cells, c => walk(c, hash, hit), (0..entries.len()).find(|&i| hit(i)))
    }

    /// Bytes of a block with room for `cap` entries; None beyond all memory.
    fn bytes(cap: usize, bits: u8) -> Option<usize> {
        let cells = if bits == 0 { 0 } else { width(bits) << bits };
        cap.checked_mul(size_of::<Entry<V>>())?.checked_add(size_of::<Head>() + cells)
    }

    /// An empty block with room for at least `want` entries: that many if they need no index.
    pub(super) fn with_room(want: usize) -> Result<Body<V>, OutOfMemory> {
        if want == 0 {
            return Ok(Body::empty());
        }
        let (mut cap, mut bits) = (want, 0);
        if want > LINEAR {
            bits = 4;
            while (2_usize << bits) / 3 < want {
                bits += 1;
                if bits > 31 {
                    return Err(OutOfMemory);
                }
            }
            cap = (2 << bits) / 3;
        }
        let bytes = Body::<V>::bytes(cap, bits).ok_or(OutOfMemory)?;
        let head = alloc::try_take(bytes).ok_or(OutOfMemory)?.cast::<Head>();
        let fresh = Head { len: 0, cap: cap as u32, live: 0, used: 0, first: 0, bits, mixed: false };
        // SAFETY: the block is as large as was asked for.
        unsafe { head.write(fresh) };
        let body = Body { head, marker: PhantomData };
        with_cells!(body, cells_mut, c => fill::<_, V>(c, &[]), ());
        Ok(body)
    }

    /// Gives the memory back; what the entries hold is left alone.
    fn free(&mut self) {
        let (cap, bits) = (self.head().cap as usize, self.head().bits);
        if cap > 0
            && let Some(bytes) = Body::<V>::bytes(cap, bits)
        {
            // SAFETY: taken with this size in `with_room`; nobody uses the block any more.
            unsafe { alloc::give(self.head.cast(), bytes) };
        }
        self.head = NonNull::from_ref(&NOTHING);
    }

    /// Sees to it that one more entry fits.
    #[inline(always)]
    pub(super) fn make_room(&mut self) -> Result<(), OutOfMemory> {
        let head = self.head();
        if head.len.max(head.used) < head.cap { Ok(()) } else { self.grow() }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), OutOfMemory> {
        let (live, cap) = (self.live(), self.head().cap as usize);
        if self.head().bits > 0 && live <= cap / 4 * 3 {
            // Many are deleted: the live ones are squeezed together.
            self.squeeze();
            return Ok(());
        }
        let mut new = Body::with_room((live + live / 2 + 1).max(FIRST))?;
        let (from, to) = (self.first_entry(), new.first_entry());
        let mut n = 0;
        for i in 0..self.entries().len() {
            // SAFETY: entries move once, into room that was just made; the old block is freed without dropping them.
            unsafe {
                if !(*from.add(i)).key.is_unbound() {
                    to.add(n).write(from.add(i).read());
                    n += 1;
                }
            }
        }
        let mixed = self.mixed();
        let head = new.head_mut();
        (head.len, head.live, head.mixed) = (n as u32, n as u32, mixed);
        new.index_anew();
        self.free();
        // What is left of the old one is the shared block.
        std::mem::swap(self, &mut new);
        Ok(())
    }

    /// Moves the live entries together.
    fn squeeze(&mut self) {
        let mut n = 0;
        let entries = self.entries_mut();
        for i in 0..entries.len() {
            if !entries[i].key.is_unbound() {
                // Deleted entries hold nothing, so they may be moved over.
                entries.swap(n, i);
                n += 1;
            }
        }
        self.head_mut().len = n as u32;
        self.index_anew();
    }

    /// Fills the index from the entries.
    fn index_anew(&mut self) {
        let entries = self.entries();
        with_cells!(self, cells_mut, c => fill(c, entries), ());
        let used = if self.head().bits > 0 { self.head().live } else { 0 };
        let head = self.head_mut();
        (head.used, head.first) = (used, 0);
    }

    /// Appends an entry, for which there is room.
    #[inline(always)]
    pub(super) fn push(&mut self, hash: i64, key: Value, value: V) {
        let n = self.head().len as usize;
        debug_assert!(n < self.head().cap as usize);
        let text = key.is_exact(&STR);
        // SAFETY: there is room.
        unsafe { self.first_entry().add(n).write(Entry { hash, key, value }) };
        let fresh = with_cells!(self, cells_mut, c => place(c, hash, n), false);
        let head = self.head_mut();
        head.len += 1;
        head.live += 1;
        head.used += u32::from(fresh);
        head.mixed |= !text;
    }

    /// Moves an entry in front of all others.
    pub(super) fn move_first(&mut self, i: usize) {
        self.entries_mut()[..=i].rotate_right(1);
        self.index_anew();
    }

    /// Bytes of the block.
    pub(super) fn size(&self) -> usize {
        let head = self.head();
        if head.cap == 0 { 0 } else { Body::<V>::bytes(head.cap as usize, head.bits).unwrap_or(0) }
    }
}

impl<V: Content> Body<V> {
    /// Takes a live entry out.
    pub(super) fn remove(&mut self, i: usize) -> (Value, V) {
        let e = &mut self.entries_mut()[i];
        let hash = e.hash;
        let key = std::mem::replace(&mut e.key, Value::UNBOUND);
        let value = std::mem::replace(&mut e.value, V::VACANT);
        let emptied = with_cells!(self, cells_mut, c => unplace(c, hash, i), 0);
        let head = self.head_mut();
        head.live -= 1;
        head.used -= emptied;
        let len = head.len as usize;
        if head.live == 0 {
            // Deleted entries hold nothing. The room stays, for queues that run empty again and again.
            (head.len, head.first, head.mixed) = (0, 0, false);
            if head.used > 0 {
                self.index_anew();
            }
        } else if i + 1 == len {
            let deleted = self.entries().iter().rev().take_while(|e| e.key.is_unbound()).count();
            self.head_mut().len -= deleted as u32;
        } else if head.bits == 0 {
            self.entries_mut()[i..].rotate_left(1);
            self.head_mut().len -= 1;
        } else if i == head.first as usize {
            let deleted = self.entries()[i..].iter().take_while(|e| e.key.is_unbound()).count();
            self.head_mut().first += deleted as u32;
        }
        (key, value)
    }

    /// A copy of the live entries, in their order.
    pub(super) fn copy(&self) -> Result<Body<V>, OutOfMemory> {
        let mut new = Body::with_room(self.live())?;
        for e in self.entries().iter().filter(|e| !e.key.is_unbound()) {
            new.push(e.hash, e.key.clone(), e.value.clone());
        }
        Ok(new)
    }
}

impl<V> Drop for Body<V> {
    fn drop(&mut self) {
        let entries = std::ptr::from_mut(self.entries_mut());
        // SAFETY: written, and dropped once: the block is freed next, and nobody finds it meanwhile.
        unsafe { std::ptr::drop_in_place(entries) };
        self.free();
    }
}

#[cfg(test)]
mod tests;
