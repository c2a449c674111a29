//! Files and anonymous memory mapped into the address space.
//!
//! # Safety
//! A [`Mapping`] owns its pages from `mmap` to `munmap`; its bytes are shown only for the length of a closure. Another
//! process may change a shared mapping meanwhile, as CPython allows too: bytes have no invalid values. Shrinking the mapped
//! file below the mapping makes an access a bus error, here as there.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::io;

use super::check;

/// Pages that are mapped.
pub struct Mapping {
    pub(super) at: *mut u8,
    pub(super) len: usize,
}

impl Mapping {
    /// `mmap`; `len` is not 0.
    pub fn new(fd: i32, len: usize, protection: i32, flags: i32, offset: i64) -> io::Result<Mapping> {
        // SAFETY: the kernel picks the address.
        let at = unsafe { libc::mmap(std::ptr::null_mut(), len, protection, flags, fd, offset) };
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping { at: at.cast(), len })
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is empty, which none is.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Shows the bytes.
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        // SAFETY: see above.
        f(unsafe { std::slice::from_raw_parts(self.at, self.len) })
    }

    /// Shows the bytes for writing. The caller sees to it that the pages may be written.
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        // SAFETY: see above; nobody else holds the bytes, as closures run no Python code.
        f(unsafe { std::slice::from_raw_parts_mut(self.at, self.len) })
    }

    /// `msync` of a part that begins at a page.
    pub fn flush(&self, offset: usize, len: usize) -> io::Result<()> {
        debug_assert!(offset + len <= self.len);
        // SAFETY: the part lies inside of the mapping.
        check(unsafe { libc::msync(self.at.add(offset).cast::<c_void>(), len, libc::MS_SYNC) }).map(drop)
    }

    /// `madvise` of a part that begins at a page.
    pub fn advise(&self, advice: c_int, offset: usize, len: usize) -> io::Result<()> {
        debug_assert!(offset + len <= self.len);
        // What destroys content only does so in this mapping, whose bytes have no invalid values.
        // SAFETY: the part lies inside of the mapping.
        check(unsafe { libc::madvise(self.at.add(offset).cast::<c_void>(), len, advice) }).map(drop)
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by `new`, never unmapped before.
        unsafe { libc::munmap(self.at.cast(), self.len) };
    }
}

/// The size of a page.
pub fn page_size() -> usize {
    // SAFETY: plain numbers; see the module `os`.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// What offsets must be multiples of.
pub fn granularity() -> usize {
    page_size()
}
