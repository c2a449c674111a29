//! Windows: the calls of its own interface (no C library's), behind the functions that `unix/` has too.
//!
//! Paths come as WTF-8 bytes in C strings, as Python's text has them, and go to the system as UTF-16. Descriptors are numbers of
//! our own table (`table.rs`) over the system's handles; sockets are their own numbers, as under CPython.
//!
//! # Safety
//! Every function passes the system either plain numbers, handles, NUL-terminated strings, or memory that outlives the call and
//! has the length that is told. A closed or foreign handle gives an error, never undefined behaviour, so handles are plain
//! numbers here as they are in Python. Exceptions to this are explained where they stand.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_int};
use std::io;

pub mod certificates;
pub mod codepages;
mod console;
mod errors;
pub mod files;
pub mod foreign;
pub mod handles;
pub mod libc;
pub mod mapping;
pub mod net;
pub mod overlapped;
pub mod paths;
pub mod pipes;
pub mod process;
pub mod registry;
pub mod semaphore;
pub mod signal;
pub mod spawn;
pub mod stat;
mod strftime;
mod table;
pub mod terminal;
pub mod time;

pub use errors::{errno_error, errno_of, errno_of_winerror, errno_text, winerror_of, winerror_text};

/// A handle as Python sees it.
pub type Handle = isize;

/// The result of a call that returns 0 on failure.
pub(crate) fn check(r: c_int) -> io::Result<()> {
    if r == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A NUL-terminated copy; an inner NUL is `EINVAL`.
pub fn cstring(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| errno_error(libc::EINVAL))
}

/// WTF-8 as UTF-16 with a NUL at its end. Bytes that are no WTF-8 become replacement characters.
pub(crate) fn wide(text: &[u8]) -> Vec<u16> {
    let mut out: Vec<u16> = match rustpython_wtf8::Wtf8::from_bytes(text) {
        Some(text) => text.encode_wide().collect(),
        None => String::from_utf8_lossy(text).encode_utf16().collect(),
    };
    out.push(0);
    out
}

/// A C string as UTF-16 with its NUL.
pub(crate) fn wide_c(text: &CStr) -> Vec<u16> {
    wide(text.to_bytes())
}

/// UTF-16 up to its first NUL as WTF-8.
pub(crate) fn narrow(text: &[u16]) -> Vec<u8> {
    let end = text.iter().position(|&c| c == 0).unwrap_or(text.len());
    rustpython_wtf8::Wtf8Buf::from_wide(&text[..end]).into_bytes()
}

/// What a call writes as UTF-16 into a buffer: it tells the length, or how much room it wants.
pub(crate) fn filled(mut call: impl FnMut(&mut [u16]) -> u32) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u16; 300];
    loop {
        let len = call(&mut buffer) as usize;
        if len == 0 {
            return Err(io::Error::last_os_error());
        }
        if len < buffer.len() {
            return Ok(narrow(&buffer[..len]));
        }
        buffer.resize(len + 1, 0);
    }
}

/// The UTF-16 string at a pointer of the system; `None` for a null pointer.
///
/// # Safety
/// `p` is null or points to a NUL-terminated string.
pub(crate) unsafe fn narrow_of(p: *const u16) -> Option<Vec<u8>> {
    if p.is_null() {
        return None;
    }
    let mut len = 0;
    // SAFETY: by contract there is a NUL, before which every unit may be read.
    unsafe {
        while *p.add(len) != 0 {
            len += 1;
        }
        Some(narrow(std::slice::from_raw_parts(p, len)))
    }
}

/// An error of the system told as one of C.
pub fn as_c_error(e: io::Error) -> io::Error {
    errors::as_c(e)
}

/// Whether a console understands escape sequences.
pub fn console_has_sequences(fd: c_int) -> bool {
    use windows_sys::Win32::System::Console::{ENABLE_VIRTUAL_TERMINAL_PROCESSING, GetConsoleMode};
    let mut mode = 0;
    // SAFETY: see the module `os`.
    table::get(fd).is_ok_and(|open| unsafe { GetConsoleMode(open.handle as _, &raw mut mode) } != 0)
        && mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0
}

/// WTF-8 as a path for std.
pub fn os_path(bytes: &[u8]) -> std::path::PathBuf {
    use std::os::windows::ffi::OsStringExt as _;
    let text = wide(bytes);
    std::ffi::OsString::from_wide(&text[..text.len() - 1]).into()
}
