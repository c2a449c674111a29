//! The memory of small objects: free lists by size, so that making and dropping one costs a few instructions.
//!
//! Objects up to [`LARGEST`] bytes are cut off chunks that are taken from the system and kept; what dies goes to the list
//! of its size. Larger ones come from the system's allocator. Invariant: a block on a list is free memory of that list's
//! size, and its first word is the next one's address or null. All of it is touched only by the thread that holds the
//! interpreter lock.
//!
//! A sanitizer and Miri see what the system's allocator sees: for them there are no lists (`--cfg freeze_plain_memory`, and
//! what `cargo fuzz` sets).
#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::cell::Cell;
use std::ptr::{NonNull, null_mut};

/// Sizes are rounded up to this, which is also the alignment of every object.
const GRAIN: usize = 16;
/// The largest size that has a list.
const LARGEST: usize = if cfg!(any(miri, fuzzing, freeze_plain_memory)) && !cfg!(test) { 0 } else { 512 };
/// The first chunk is small, as a short program needs little; each is as large as all before it together, up to a limit.
const FIRST_CHUNK: usize = 64 << 10;
const LARGEST_CHUNK: usize = 1 << 20;

struct Free {
    next: *mut Free,
}

struct Pool {
    lists: [Cell<*mut Free>; LARGEST / GRAIN + 1],
    /// What is left of the newest chunk.
    at: Cell<*mut u8>,
    end: Cell<*mut u8>,
    taken: Cell<usize>,
}

// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for Pool {}

impl Pool {
    const fn new() -> Pool {
        Pool {
            lists: [const { Cell::new(null_mut()) }; LARGEST / GRAIN + 1],
            at: Cell::new(null_mut()),
            end: Cell::new(null_mut()),
            taken: Cell::new(0),
        }
    }

    #[inline(always)]
    fn take(&self, size: usize) -> NonNull<u8> {
        if size <= LARGEST {
            let list = &self.lists[size.div_ceil(GRAIN)];
            if let Some(block) = NonNull::new(list.get()) {
                // SAFETY: a block on a list is free memory that begins with the next one's address.
                list.set(unsafe { block.as_ref().next });
                return block.cast();
            }
        }
        self.take_new(size)
    }

    #[inline(never)]
    fn take_new(&self, size: usize) -> NonNull<u8> {
        if size > LARGEST {
            return system(size);
        }
        let size = size.next_multiple_of(GRAIN);
        let left = self.end.get() as usize - self.at.get() as usize;
        if left < size {
            if left > 0 {
                // SAFETY: the rest of the chunk is free memory of exactly this size, a multiple of the grain.
                unsafe { self.give(NonNull::new_unchecked(self.at.get()), left) };
            }
            let mut chunk = self.taken.get().clamp(FIRST_CHUNK, LARGEST_CHUNK);
            let mut new = try_system(chunk);
            if new.is_none() {
                // A small one may be had from what was put by.
                chunk = FIRST_CHUNK;
                new = try_system(chunk);
            }
            let new = new.unwrap_or_else(|| handle_alloc_error(layout(chunk))).as_ptr();
            self.taken.set(self.taken.get() + chunk);
            self.at.set(new);
            // SAFETY: one past the chunk.
            self.end.set(unsafe { new.add(chunk) });
        }
        let at = self.at.get();
        // SAFETY: at least `size` bytes are left.
        unsafe {
            self.at.set(at.add(size));
            NonNull::new_unchecked(at)
        }
    }

    #[inline(always)]
    unsafe fn give(&self, block: NonNull<u8>, size: usize) {
        // SAFETY: by contract the memory is ours again; every block is large and aligned enough for the link.
        unsafe {
            if size <= LARGEST {
                let list = &self.lists[size.div_ceil(GRAIN)];
                let block = block.cast::<Free>();
                block.write(Free { next: list.get() });
                list.set(block.as_ptr());
            } else {
                dealloc(block.as_ptr(), layout(size));
            }
        }
    }

    unsafe fn resize(&self, block: NonNull<u8>, old: usize, new: usize) -> Option<NonNull<u8>> {
        // SAFETY: by contract; both blocks are at least as large as what is copied.
        unsafe {
            if old > LARGEST && new > LARGEST {
                return NonNull::new(realloc(block.as_ptr(), layout(old), new));
            }
            if old <= LARGEST && new <= LARGEST && old.div_ceil(GRAIN) == new.div_ceil(GRAIN) {
                return Some(block);
            }
            let moved = if new > LARGEST { try_system(new)? } else { self.take(new) };
            std::ptr::copy_nonoverlapping(block.as_ptr(), moved.as_ptr(), old.min(new));
            self.give(block, old);
            Some(moved)
        }
    }
}

static POOL: Pool = Pool::new();

/// Memory for an object of `size` bytes, which is not zero.
#[inline(always)]
pub(super) fn take(size: usize) -> NonNull<u8> {
    POOL.take(size)
}

/// As [`take`] for what may be large: `None` if there is not that much.
#[inline(always)]
pub(super) fn try_take(size: usize) -> Option<NonNull<u8>> {
    if size <= LARGEST { Some(POOL.take(size)) } else { try_system(size) }
}

/// Takes back an object's memory.
///
/// # Safety
/// It came from [`take`] with the same size and is not used any more.
#[inline(always)]
pub(super) unsafe fn give(block: NonNull<u8>, size: usize) {
    // SAFETY: by contract.
    unsafe { POOL.give(block, size) }
}

/// Makes an object's memory larger or smaller; its content moves along. `None` if there is not that much.
///
/// # Safety
/// As for [`give`]; nobody else knows its address.
pub(super) unsafe fn resize(block: NonNull<u8>, old: usize, new: usize) -> Option<NonNull<u8>> {
    // SAFETY: by contract.
    unsafe { POOL.resize(block, old, new) }
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, GRAIN).unwrap_or_else(|_| panic!("object size overflows"))
}

fn system(size: usize) -> NonNull<u8> {
    try_system(size).unwrap_or_else(|| handle_alloc_error(layout(size)))
}

fn try_system(size: usize) -> Option<NonNull<u8>> {
    // SAFETY: the size is not zero.
    NonNull::new(unsafe { alloc(layout(size)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_was_given_back_serves_the_next_of_its_size() {
        let pool = Pool::new();
        let a = pool.take(40);
        // SAFETY: just taken, not used since.
        unsafe { pool.give(a, 40) };
        assert_eq!(pool.take(33), a);
        assert_ne!(pool.take(33), a);
    }

    #[test]
    fn content_survives_growth_through_lists_into_the_system() {
        let pool = Pool::new();
        let mut size = 24;
        let mut block = pool.take(size);
        // SAFETY: every access stays within the block's current size.
        unsafe {
            block.as_ptr().write_bytes(7, size);
            for new in [30, 200, 512, 513, 4000, 100] {
                block = pool.resize(block, size, new).expect("memory for a test");
                size = new;
                assert!((0..24).all(|i| *block.as_ptr().add(i) == 7));
            }
            pool.give(block, size);
        }
    }

    #[test]
    fn blocks_of_one_chunk_do_not_overlap() {
        let pool = Pool::new();
        let mut blocks: Vec<(usize, usize)> =
            (1..3000).map(|i| (pool.take(i % 500 + 1).as_ptr() as usize, i % 500 + 1)).collect();
        blocks.sort_unstable();
        assert!(blocks.windows(2).all(|w| w[0].0 + w[0].1 <= w[1].0));
        assert!(blocks.iter().all(|b| b.0 % GRAIN == 0));
    }
}
