//! Text of consoles: UTF-8 on our side, UTF-16 on theirs.

use std::io;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Foundation::{ERROR_OPERATION_ABORTED, GetLastError, SetLastError};
use windows_sys::Win32::System::Console::{ReadConsoleW, WriteConsoleW};

use super::{Handle, errno_error, libc as c};

/// What was typed but not yet asked for, and half of a character whose other half is still to come.
struct Typed {
    bytes: Vec<u8>,
    half: Option<u16>,
}

static TYPED: Mutex<Typed> = Mutex::new(Typed { bytes: Vec::new(), half: None });

const CTRL_Z: u8 = 26;

/// Reads from a console; a line that begins with Ctrl-Z is the end.
pub(super) fn read(handle: Handle, buf: &mut [u8]) -> io::Result<usize> {
    let mut typed = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    if typed.bytes.is_empty() {
        let mut units = [0u16; 4096];
        let mut len = 0;
        let start = usize::from(typed.half.is_some());
        if let Some(half) = typed.half.take() {
            units[0] = half;
        }
        let room = units.len() - start;
        // SAFETY: the buffer has the length that is told.
        let ok = unsafe {
            SetLastError(0);
            ReadConsoleW(handle as _, units[start..].as_mut_ptr().cast(), room as u32, &raw mut len, std::ptr::null())
        };
        // Ctrl-C ends the call; its handler runs on a thread of its own.
        // SAFETY: asks for a number.
        if len == 0 && unsafe { GetLastError() } == ERROR_OPERATION_ABORTED {
            std::thread::sleep(std::time::Duration::from_millis(10));
            return Err(errno_error(c::EINTR));
        }
        if ok == 0 {
            return Err(io::Error::last_os_error());
        }
        let mut end = start + len as usize;
        if end > 0 && (0xd800..0xdc00).contains(&units[end - 1]) {
            end -= 1;
            typed.half = Some(units[end]);
        }
        typed.bytes = String::from_utf16_lossy(&units[..end]).replace("\r\n", "\n").into_bytes();
        if typed.bytes.first() == Some(&CTRL_Z) {
            typed.bytes.clear();
        }
    }
    let n = buf.len().min(typed.bytes.len());
    buf[..n].copy_from_slice(&typed.bytes[..n]);
    typed.bytes.drain(..n);
    Ok(n)
}

/// Writes to a console; a character that is cut off at the end is left for the next call.
pub(super) fn write(handle: Handle, buf: &[u8]) -> io::Result<usize> {
    let whole = match std::str::from_utf8(buf) {
        Err(e) if e.error_len().is_none() && e.valid_up_to() > 0 => e.valid_up_to(),
        _ => buf.len(),
    };
    let units: Vec<u16> = String::from_utf8_lossy(&buf[..whole]).encode_utf16().collect();
    let mut rest = units.as_slice();
    while !rest.is_empty() {
        // Larger pieces do not fit the console's memory; a pair of surrogates stays together.
        let mut n = rest.len().min(8000);
        if n < rest.len() && (0xd800..0xdc00).contains(&rest[n - 1]) {
            n -= 1;
        }
        let mut written = 0;
        // SAFETY: the buffer has the length that is told.
        super::check(unsafe {
            WriteConsoleW(handle as _, rest.as_ptr().cast(), n as u32, &raw mut written, std::ptr::null())
        })?;
        rest = &rest[(written as usize).clamp(1, n)..];
    }
    Ok(whole)
}
