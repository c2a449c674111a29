//! Memory put by for the time when the system has no more.
//!
//! Rust's collections can't say that an allocation failed: the process ends. So what may be large is asked for with
//! `try_reserve`, and raises `MemoryError` there and then; for everything small some blocks are put by at the start. When
//! the system refuses, one of them is given back, the request is tried again, and the interpreter loop is told, which
//! raises `MemoryError` at its next backward jump or call.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, alloc, dealloc};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// The size of one block: of every allocation that a block is given up for, several fit into it.
const BLOCK: usize = 1 << 20;
/// The largest allocation that a block is given up for.
const SMALL: usize = 256 << 10;
/// How often in a row the system may refuse before the process ends.
const BLOCKS: usize = 4;

const LAYOUT: Layout = match Layout::from_size_align(BLOCK, 16) {
    Ok(layout) => layout,
    Err(_) => panic!("a block has a size"),
};

static PUT_BY: [AtomicPtr<u8>; BLOCKS] = [const { AtomicPtr::new(null_mut()) }; BLOCKS];
/// Whether a block was given up since the loop looked last.
static SHORT: AtomicBool = AtomicBool::new(false);
/// Whether any block is missing.
static SPENT: AtomicBool = AtomicBool::new(false);

/// An allocator with memory put by. The program's executable names one as `#[global_allocator]`.
#[derive(Debug)]
pub struct Reserved<A>(pub A);

// The methods are not inlined: there are thousands of places that allocate.
// SAFETY: every request goes to the allocator inside as it came; what is returned is what that returned.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Reserved<A> {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract.
        let block = unsafe { self.0.alloc(layout) };
        if block.is_null() {
            // SAFETY: as above.
            return or_else(layout.size(), || unsafe { self.0.alloc(layout) });
        }
        block
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract.
        let block = unsafe { self.0.alloc_zeroed(layout) };
        if block.is_null() {
            // SAFETY: as above.
            return or_else(layout.size(), || unsafe { self.0.alloc_zeroed(layout) });
        }
        block
    }

    #[inline(never)]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: by the caller's contract.
        let block = unsafe { self.0.realloc(old, layout, size) };
        if block.is_null() {
            // SAFETY: as above; a `realloc` that failed has left the old block alone.
            return or_else(size, || unsafe { self.0.realloc(old, layout, size) });
        }
        block
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: by the caller's contract.
        unsafe { self.0.dealloc(block, layout) }
    }
}

/// Gives up what was put by until `again` succeeds.
#[cold]
#[inline(never)]
fn or_else(size: usize, again: impl Fn() -> *mut u8) -> *mut u8 {
    if size > SMALL {
        return null_mut();
    }
    for place in &PUT_BY {
        let block = place.swap(null_mut(), Ordering::AcqRel);
        if block.is_null() {
            continue;
        }
        // SAFETY: taken from the system with this layout, and out of its place by one thread only.
        unsafe { dealloc(block, LAYOUT) };
        SPENT.store(true, Ordering::Relaxed);
        SHORT.store(true, Ordering::Relaxed);
        crate::vm::request_attention();
        let block = again();
        if !block.is_null() {
            return block;
        }
    }
    null_mut()
}

/// Puts memory by, as far as there is some. Called when the virtual machine starts.
pub(crate) fn put_by() {
    SPENT.store(false, Ordering::Relaxed);
    for place in &PUT_BY {
        if place.load(Ordering::Acquire).is_null() {
            // SAFETY: the layout has a size.
            let block = unsafe { alloc(LAYOUT) };
            if block.is_null() {
                SPENT.store(true, Ordering::Relaxed);
                return;
            }
            if place.compare_exchange(null_mut(), block, Ordering::AcqRel, Ordering::Acquire).is_err() {
                // SAFETY: just taken, and nobody else has it.
                unsafe { dealloc(block, LAYOUT) };
            }
        }
    }
}

/// Whether memory ran short since the last call: `MemoryError` is due. Tries to put by what was given up.
pub(crate) fn ran_short() -> bool {
    if SPENT.load(Ordering::Relaxed) {
        put_by();
    }
    SHORT.swap(false, Ordering::Relaxed)
}

/// What has to grow and can't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl From<std::collections::TryReserveError> for OutOfMemory {
    fn from(_: std::collections::TryReserveError) -> OutOfMemory {
        OutOfMemory
    }
}

/// Whether the system would give `bytes` more. What is small is always there: that is what memory was put by for.
///
/// # Errors
/// [`OutOfMemory`] if not.
#[inline]
pub(crate) fn has_room(bytes: usize) -> Result<(), OutOfMemory> {
    if bytes <= SMALL { Ok(()) } else { probe(bytes) }
}

#[inline(never)]
fn probe(bytes: usize) -> Result<(), OutOfMemory> {
    let mut block = Vec::<u8>::new();
    block.try_reserve_exact(bytes)?;
    // An allocation that nobody looks at may be taken for granted by the compiler.
    std::hint::black_box(block.as_ptr());
    Ok(())
}
