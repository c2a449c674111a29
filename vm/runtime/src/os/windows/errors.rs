//! Two kinds of error numbers: the system's own, and those of C, which Python's `errno` means.
//!
//! An `io::Error` holds one number. The system's have bit 29 clear (it is reserved for applications): with it set the rest is
//! a number of C.

use std::io;

use super::libc as c;
use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::System::Diagnostics::Debug as debug;

const OF_C: i32 = 1 << 29;

/// The error that a number of C means.
pub fn errno_error(errno: i32) -> io::Error {
    io::Error::from_raw_os_error(errno | OF_C)
}

/// The number of C that an error means.
pub fn errno_of(e: &io::Error) -> Option<i32> {
    let n = e.raw_os_error()?;
    Some(if n > 0 && n & OF_C != 0 { n & !OF_C } else { errno_of_winerror(n) })
}

/// The system's number of an error, if it is one of the system's.
pub fn winerror_of(e: &io::Error) -> Option<i32> {
    e.raw_os_error().filter(|n| *n <= 0 || n & OF_C == 0)
}

/// An error of the system told as one of C, as functions of the C library do.
pub(super) fn as_c(e: io::Error) -> io::Error {
    match winerror_of(&e) {
        Some(n) => errno_error(errno_of_winerror(n)),
        None => e,
    }
}

/// The number of C that CPython gives an error of the system.
pub fn errno_of_winerror(n: i32) -> i32 {
    // Winsock's numbers are their own, but for those that C has under the same meaning.
    if (10000..12000).contains(&n) {
        return match n {
            10004 | 10009 | 10013 | 10014 | 10022 | 10024 => n - 10000,
            n => n,
        };
    }
    let Ok(n) = u32::try_from(n) else { return c::EINVAL };
    match n {
        f::ERROR_FILE_NOT_FOUND
        | f::ERROR_PATH_NOT_FOUND
        | f::ERROR_INVALID_DRIVE
        | f::ERROR_NO_MORE_FILES
        | f::ERROR_BAD_NETPATH
        | f::ERROR_BAD_NET_NAME
        | f::ERROR_BAD_PATHNAME
        | f::ERROR_FILENAME_EXCED_RANGE => c::ENOENT,
        f::ERROR_BAD_ENVIRONMENT => c::E2BIG,
        f::ERROR_BAD_FORMAT => c::ENOEXEC,
        188..=202 => c::ENOEXEC,
        f::ERROR_INVALID_HANDLE | f::ERROR_INVALID_TARGET_HANDLE | f::ERROR_DIRECT_ACCESS_HANDLE => c::EBADF,
        f::ERROR_WAIT_NO_CHILDREN | f::ERROR_CHILD_NOT_COMPLETE => c::ECHILD,
        f::ERROR_NO_PROC_SLOTS | f::ERROR_MAX_THRDS_REACHED | f::ERROR_NESTING_NOT_ALLOWED => c::EAGAIN,
        f::ERROR_ARENA_TRASHED | f::ERROR_NOT_ENOUGH_MEMORY | f::ERROR_INVALID_BLOCK | f::ERROR_NOT_ENOUGH_QUOTA => {
            c::ENOMEM
        }
        f::ERROR_ACCESS_DENIED
        | f::ERROR_CURRENT_DIRECTORY
        | f::ERROR_NETWORK_ACCESS_DENIED
        | f::ERROR_CANNOT_MAKE
        | f::ERROR_FAIL_I24
        | f::ERROR_DRIVE_LOCKED
        | f::ERROR_SEEK_ON_DEVICE
        | f::ERROR_NOT_LOCKED
        | f::ERROR_LOCK_FAILED
        | 19..=36 => c::EACCES,
        f::ERROR_FILE_EXISTS | f::ERROR_ALREADY_EXISTS => c::EEXIST,
        f::ERROR_NOT_SAME_DEVICE => c::EXDEV,
        f::ERROR_DIRECTORY => c::ENOTDIR,
        f::ERROR_TOO_MANY_OPEN_FILES => c::EMFILE,
        f::ERROR_DISK_FULL => c::ENOSPC,
        f::ERROR_BROKEN_PIPE | f::ERROR_NO_DATA => c::EPIPE,
        f::ERROR_DIR_NOT_EMPTY => c::ENOTEMPTY,
        f::ERROR_NO_UNICODE_TRANSLATION => c::EILSEQ,
        f::ERROR_OPERATION_ABORTED => c::EINTR,
        _ => c::EINVAL,
    }
}

/// The C library's text for an error number.
pub fn errno_text(errno: i32) -> String {
    if (10000..12000).contains(&errno) {
        return winerror_text(errno);
    }
    // SAFETY: the text is static or the thread's own until the next call.
    let text = unsafe { std::ffi::CStr::from_ptr(::libc::strerror(errno)) };
    text.to_string_lossy().into_owned()
}

/// The system's text for one of its numbers, without the full stop at its end.
pub fn winerror_text(n: i32) -> String {
    let mut buffer = [0u16; 1024];
    let flags = debug::FORMAT_MESSAGE_FROM_SYSTEM | debug::FORMAT_MESSAGE_IGNORE_INSERTS;
    // SAFETY: the buffer has the length that is told.
    let len = unsafe {
        let null = std::ptr::null();
        debug::FormatMessageW(flags, null, n as u32, 0, buffer.as_mut_ptr(), buffer.len() as u32, null.cast())
    };
    let text = String::from_utf16_lossy(&buffer[..len as usize]);
    let text = text.trim_end_matches(|c: char| c <= ' ' || c == '.');
    if text.is_empty() { format!("Windows Error 0x{n:x}") } else { text.to_owned() }
}
