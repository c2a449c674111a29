//! System calls behind safe functions: what `os`, `_io`, `time`, `_signal`, `_socket` and friends need and std does not offer.
//!
//! # Safety
//! Every function passes the system either plain numbers, NUL-terminated strings (`&CStr`), or memory that outlives the
//! call and has the length that is told. A closed or foreign descriptor gives `EBADF`, never undefined behaviour, so
//! descriptors are plain ints here as they are in Python. Exceptions to this are explained where they stand.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_int};
use std::io;

pub mod files;
pub mod limits;
pub mod mapping;
pub mod messages;
pub mod net;
pub mod process;
pub mod semaphore;
pub mod signal;
pub mod special;
pub mod terminal;
pub mod time;
pub mod users;

// What the modules above complete by the names that they share.
#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_vendor = "apple", path = "macos/mod.rs")]
mod platform;

#[cfg(target_vendor = "apple")]
pub use platform::{kqueue, proxies};

pub use libc;

/// The result of a call that returns -1 on failure.
pub(crate) fn check(r: c_int) -> io::Result<c_int> {
    if r == -1 { Err(io::Error::last_os_error()) } else { Ok(r) }
}

/// The result of a call that returns -1 on failure and a size else.
pub(crate) fn check_size(r: isize) -> io::Result<usize> {
    usize::try_from(r).map_err(|_| io::Error::last_os_error())
}

/// The result of a call that returns its error number.
pub(crate) fn check_errno(r: c_int) -> io::Result<()> {
    if r == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(r)) }
}

/// A NUL-terminated copy; an inner NUL is `EINVAL`.
pub fn cstring(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

/// The bytes of a C string that the system gave; `None` for a null pointer.
///
/// # Safety
/// `p` is null or points to a NUL-terminated string.
pub(crate) unsafe fn bytes_of(p: *const libc::c_char) -> Option<Vec<u8>> {
    // SAFETY: by contract.
    (!p.is_null()).then(|| unsafe { CStr::from_ptr(p) }.to_bytes().to_vec())
}

/// The error that a number of C means.
pub fn errno_error(errno: i32) -> io::Error {
    io::Error::from_raw_os_error(errno)
}

/// The number of C that an error means.
pub fn errno_of(e: &io::Error) -> Option<i32> {
    e.raw_os_error()
}

/// The C library's text for an error number.
pub fn errno_text(errno: i32) -> String {
    let text = io::Error::from_raw_os_error(errno).to_string();
    match text.rfind(" (os error") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// The system's bytes as a path for std.
pub fn os_path(bytes: &[u8]) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// Where `errno` is: the thread's own.
pub(crate) fn errno_place() -> *mut c_int {
    platform::errno_place()
}
