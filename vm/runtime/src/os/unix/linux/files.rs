//! Descriptors and copies of files, as Linux has them.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::io;

use super::super::{check, check_errno, check_size};
use super::calls;

/// `pipe2`
pub fn pipe(flags: c_int) -> io::Result<[c_int; 2]> {
    let mut fds = [0; 2];
    // SAFETY: see the module `os`.
    check(unsafe { libc::pipe2(fds.as_mut_ptr(), flags) })?;
    Ok(fds)
}

/// `dup2`, inheritable or not.
pub fn dup2(from: c_int, to: c_int, inheritable: bool) -> io::Result<c_int> {
    if inheritable || from == to {
        // SAFETY: see the module `os`.
        check(unsafe { libc::dup2(from, to) })
    } else {
        // SAFETY: as above.
        check(unsafe { libc::dup3(from, to, libc::O_CLOEXEC) })
    }
}

/// `sendfile`; an offset of `None` uses and moves the file's own.
pub fn sendfile(out: c_int, input: c_int, offset: Option<i64>, count: usize) -> io::Result<usize> {
    let mut at = offset.unwrap_or(0);
    let p = if offset.is_some() { &raw mut at } else { std::ptr::null_mut() };
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::sendfile(out, input, p, count) })
}

/// `copy_file_range`
pub fn copy_file_range(from: c_int, at: Option<i64>, to: c_int, to_at: Option<i64>, n: usize) -> io::Result<usize> {
    let (mut a, mut b) = (at.unwrap_or(0), to_at.unwrap_or(0));
    let pa = if at.is_some() { &raw mut a } else { std::ptr::null_mut() };
    let pb = if to_at.is_some() { &raw mut b } else { std::ptr::null_mut() };
    // SAFETY: see the module `os`.
    check_size(unsafe { calls::copy_file_range(from, pa, to, pb, n) })
}

/// A descriptor of a file without a name, for reading and writing. Kernels before 3.17 have such files on disk only.
pub(in super::super) fn nameless() -> io::Result<c_int> {
    match memfd_create(c"bundled", libc::MFD_CLOEXEC) {
        Err(e) if e.raw_os_error() == Some(libc::ENOSYS) => {
            let mut name = *b"/tmp/bundledXXXXXX\0";
            // SAFETY: the name is a buffer of this function's with a NUL at its end.
            unsafe {
                let fd = check(libc::mkostemp(name.as_mut_ptr().cast(), libc::O_CLOEXEC))?;
                libc::unlink(name.as_ptr().cast());
                Ok(fd)
            }
        }
        r => r,
    }
}

/// `memfd_create`
pub fn memfd_create(name: &CStr, flags: u32) -> io::Result<c_int> {
    // SAFETY: see the module `os`.
    check(unsafe { calls::memfd_create(name.as_ptr(), flags) })
}

/// `posix_fallocate`
pub fn fallocate(fd: c_int, offset: i64, len: i64) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check_errno(unsafe { libc::posix_fallocate(fd, offset, len) })
}

/// `posix_fadvise`
pub fn fadvise(fd: c_int, offset: i64, len: i64, advice: c_int) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check_errno(unsafe { libc::posix_fadvise(fd, offset, len, advice) })
}

/// `mkfifoat`
pub fn mkfifoat(dir: c_int, path: &CStr, mode: u32) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::mkfifoat(dir, path.as_ptr(), mode) }).map(drop)
}

/// `mknodat`
pub fn mknodat(dir: c_int, path: &CStr, mode: u32, device: u64) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::mknodat(dir, path.as_ptr(), mode, device as libc::dev_t) }).map(drop)
}
