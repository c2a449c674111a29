//! Small blocks of Rust's own collections, kept for the next that asks.
//!
//! The vectors behind lists, the buffers of texts in the making and the like come and go with every other instruction, mostly on
//! the thread that has the interpreter lock. What that thread frees goes to a list of its size, as long as the list is
//! short, and is taken from there without a call of the allocator. Every block is the inner allocator's, of a size rounded up
//! to its list's, so it does not matter which thread frees it, nor whether it holds the lock by then.
//!
//! A sanitizer sees the inner allocator's blocks: for it nothing is kept (see `alloc.rs`).
//!
//! mimalloc was measured instead: as fast, but 1.5 ms and several megabytes dearer at the start.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr::{copy_nonoverlapping, null_mut, write_bytes};

use crate::vm::lock::holds_lock;

/// Sizes are rounded up to this, which is also the alignment of every block.
const GRAIN: usize = 16;
/// The largest size that has a list.
const LARGEST: usize = 512;
/// Bytes that a list may hold.
const MOST: usize = 128 << 10;

struct Free {
    next: *mut Free,
}

struct List {
    first: Cell<*mut Free>,
    len: Cell<usize>,
}

struct Lists([List; LARGEST / GRAIN + 1]);

// SAFETY: only touched by the thread that holds the interpreter lock.
unsafe impl Sync for Lists {}

static LISTS: Lists = Lists([const { List { first: Cell::new(null_mut()), len: Cell::new(0) } }; LARGEST / GRAIN + 1]);

/// An allocator whose small blocks are kept.
#[derive(Debug)]
pub struct Kept<A>(pub A);

/// Whether blocks of this layout have lists.
#[inline(always)]
fn is_small(layout: Layout) -> bool {
    !cfg!(any(miri, fuzzing, freeze_plain_memory)) && layout.size() <= LARGEST && layout.align() <= GRAIN
}

/// The list of a size.
#[inline(always)]
fn list(size: usize) -> usize {
    size.div_ceil(GRAIN)
}

/// The layout that the inner allocator knows.
#[inline(always)]
fn rounded(list: usize) -> Layout {
    // SAFETY: the alignment is a power of two, the size small.
    unsafe { Layout::from_size_align_unchecked(list * GRAIN, GRAIN) }
}

// SAFETY: blocks are the inner allocator's, at least as large and aligned as asked for; a list holds only blocks that were
// given back.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Kept<A> {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract; lists are touched under the lock, and hold free blocks of their size.
        unsafe {
            if !is_small(layout) {
                return self.0.alloc(layout);
            }
            let n = list(layout.size());
            if holds_lock() {
                let list = &LISTS.0[n];
                let block = list.first.get();
                if !block.is_null() {
                    list.first.set((*block).next);
                    list.len.set(list.len.get() - 1);
                    return block.cast();
                }
            }
            self.0.alloc(rounded(n))
        }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: by the caller's contract the block is ours again; it is large enough for the link.
        unsafe {
            if !is_small(layout) {
                return self.0.dealloc(block, layout);
            }
            let n = list(layout.size());
            let list = &LISTS.0[n];
            if holds_lock() && list.len.get() * n * GRAIN < MOST {
                let free = block.cast::<Free>();
                free.write(Free { next: list.first.get() });
                list.first.set(free);
                list.len.set(list.len.get() + 1);
            } else {
                self.0.dealloc(block, rounded(n));
            }
        }
    }

    #[inline(always)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract.
        unsafe {
            if !is_small(layout) {
                return self.0.alloc_zeroed(layout);
            }
            let block = self.alloc(layout);
            if !block.is_null() {
                write_bytes(block, 0, layout.size());
            }
            block
        }
    }

    #[inline(always)]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: by the caller's contract; a small block is as large as its list says, whatever was asked for.
        unsafe {
            let new = Layout::from_size_align_unchecked(size, layout.align());
            if !is_small(layout) && !is_small(new) {
                return self.0.realloc(old, layout, size);
            }
            if is_small(layout) && is_small(new) && list(layout.size()) == list(size) {
                return old;
            }
            let block = self.alloc(new);
            if !block.is_null() {
                copy_nonoverlapping(old, block, layout.size().min(size));
                self.dealloc(old, layout);
            }
            block
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::lock;
    use std::alloc::System;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("a layout")
    }

    #[test]
    fn what_was_freed_under_the_lock_serves_the_next() {
        lock::with_thread(4 << 20, |_| {
            let kept = Kept(System);
            // SAFETY: blocks are used within their sizes and freed once.
            unsafe {
                let a = kept.alloc(layout(500));
                kept.dealloc(a, layout(500));
                let b = kept.alloc(layout(497));
                assert_eq!(a, b);
                kept.dealloc(b, layout(497));
            }
        });
    }

    #[test]
    fn content_survives_growing_and_shrinking() {
        let kept = Kept(System);
        for locked in [false, true] {
            let work = || {
                // SAFETY: every access stays within the block's current size.
                unsafe {
                    let (mut size, mut block) = (10, kept.alloc_zeroed(layout(10)));
                    assert!((0..10).all(|i| *block.add(i) == 0));
                    write_bytes(block, 7, 10);
                    for new in [12, 40, 512, 513, 9000, 600, 30, 10] {
                        block = kept.realloc(block, layout(size), new);
                        size = new;
                        assert!((0..10).all(|i| *block.add(i) == 7));
                    }
                    kept.dealloc(block, layout(size));
                }
            };
            if locked { lock::with_thread(4 << 20, |_| work()) } else { work() }
        }
    }
}
