//! Copies and flags of files, vectored input and output at a place, and what `posix_spawn` knows.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::io;

use super::super::check;

/// `fcopyfile`: copies what the flags (`COPYFILE_*`) name from one descriptor to another.
pub fn fcopyfile(from: c_int, to: c_int, flags: u32) -> io::Result<()> {
    // SAFETY: no state is passed; see the module `os`.
    check(unsafe { libc::fcopyfile(from, to, std::ptr::null_mut(), flags) }).map(drop)
}

/// `chflags`, or `lchflags` where a link is not followed.
pub fn chflags(path: &CStr, flags: u32, follow: bool) -> io::Result<()> {
    let call = if follow { libc::chflags } else { libc::lchflags };
    // SAFETY: see the module `os`.
    check(unsafe { call(path.as_ptr(), flags) }).map(drop)
}

/// `lchmod`
pub fn lchmod(path: &CStr, mode: u32) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::lchmod(path.as_ptr(), mode as libc::mode_t) }).map(drop)
}

/// `preadv`, which takes no flags here.
///
/// # Safety
/// As for `preadv`.
pub(in super::super) unsafe fn preadv(fd: c_int, list: &[libc::iovec], at: i64, flags: c_int) -> isize {
    if flags != 0 {
        return not_supported();
    }
    // SAFETY: by contract.
    unsafe { libc::preadv(fd, list.as_ptr(), list.len() as c_int, at) }
}

/// `pwritev`, which takes no flags here.
///
/// # Safety
/// As for `pwritev`.
pub(in super::super) unsafe fn pwritev(fd: c_int, list: &[libc::iovec], at: i64, flags: c_int) -> isize {
    if flags != 0 {
        return not_supported();
    }
    // SAFETY: by contract.
    unsafe { libc::pwritev(fd, list.as_ptr(), list.len() as c_int, at) }
}

fn not_supported() -> isize {
    super::super::files::set_errno(libc::ENOTSUP);
    -1
}

/// The flag of `posix_spawn` that begins a new session, which macOS 10.15 brought.
pub(in super::super) const SPAWN_SETSID: c_int = 0x400;

/// A child's scheduler can't be chosen here.
///
/// # Safety
/// None is needed; Linux' function of this name has a condition.
pub(in super::super) unsafe fn set_scheduler(
    _attr: *mut libc::posix_spawnattr_t,
    _policy: Option<c_int>,
    _priority: c_int,
) -> io::Result<c_int> {
    Err(io::Error::from_raw_os_error(libc::ENOTSUP))
}
