//! Names of pseudo-terminals.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_int};
use std::io;

use super::super::check_errno;

/// The path of the slave of a pseudo-terminal.
pub fn slave_name(master: c_int) -> io::Result<CString> {
    let mut buf = [0u8; 128];
    // SAFETY: the buffer has the length that is told, and ends with a NUL afterwards.
    check_errno(unsafe { libc::ptsname_r(master, buf.as_mut_ptr().cast(), buf.len()) })?;
    Ok(CStr::from_bytes_until_nul(&buf).map(Into::into).unwrap_or_default())
}
