//! Names of pseudo-terminals.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_int};
use std::io;

use super::super::check;

/// The path of the slave of a pseudo-terminal.
pub fn slave_name(master: c_int) -> io::Result<CString> {
    let mut buf = [0u8; 128];
    // SAFETY: the request writes a name into 128 bytes.
    check(unsafe { libc::ioctl(master, libc::TIOCPTYGNAME.into(), buf.as_mut_ptr()) })?;
    Ok(CStr::from_bytes_until_nul(&buf).map(Into::into).unwrap_or_default())
}
