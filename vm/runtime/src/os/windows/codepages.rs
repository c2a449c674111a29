//! Text in the system's code pages.

use std::io;

use windows_sys::Win32::Globalization as g;

/// The page of programs that know no Unicode (`CP_ACP`).
pub const ANSI: u32 = g::CP_ACP;
/// The page of consoles (`CP_OEMCP`).
pub const OEM: u32 = g::CP_OEMCP;
/// UTF-7.
pub const UTF_7: u32 = g::CP_UTF7;
/// UTF-8.
pub const UTF_8: u32 = g::CP_UTF8;

/// What a page made of its input.
pub enum Turned<T> {
    /// All of it.
    Whole(T),
    /// Something in it is not in the page.
    Unknown,
}

fn length(n: usize) -> io::Result<i32> {
    i32::try_from(n).map_err(|_| super::errno_error(super::libc::ENOMEM))
}

/// After a call that failed: whether it was for what the page lacks.
fn failed<T>() -> io::Result<Turned<T>> {
    let e = io::Error::last_os_error();
    let unknown = windows_sys::Win32::Foundation::ERROR_NO_UNICODE_TRANSLATION as i32;
    if e.raw_os_error() == Some(unknown) { Ok(Turned::Unknown) } else { Err(e) }
}

/// `MultiByteToWideChar`: the text (WTF-8) that bytes mean.
pub fn decode(page: u32, bytes: &[u8]) -> io::Result<Turned<Vec<u8>>> {
    if bytes.is_empty() {
        return Ok(Turned::Whole(Vec::new()));
    }
    let len = length(bytes.len())?;
    let mut flags = g::MB_ERR_INVALID_CHARS;
    loop {
        // SAFETY: the input has the length that is told; no buffer, only the length is asked for.
        let room = unsafe { g::MultiByteToWideChar(page, flags, bytes.as_ptr(), len, std::ptr::null_mut(), 0) };
        if room <= 0 {
            let flags_refused = windows_sys::Win32::Foundation::ERROR_INVALID_FLAGS as i32;
            if flags != 0 && io::Error::last_os_error().raw_os_error() == Some(flags_refused) {
                // Some pages know no flags.
                flags = 0;
                continue;
            }
            return failed();
        }
        let mut units = vec![0u16; room as usize];
        // SAFETY: both have the lengths that are told.
        let n = unsafe { g::MultiByteToWideChar(page, flags, bytes.as_ptr(), len, units.as_mut_ptr(), room) };
        if n <= 0 {
            return failed();
        }
        units.truncate(n as usize);
        return Ok(Turned::Whole(rustpython_wtf8::Wtf8Buf::from_wide(&units).into_bytes()));
    }
}

/// `WideCharToMultiByte`: the bytes for a text (WTF-8). With `best_fit` letters that the page lacks may become similar ones.
pub fn encode(page: u32, text: &[u8], best_fit: bool) -> io::Result<Turned<Vec<u8>>> {
    let mut units = super::wide(text);
    units.pop();
    if units.is_empty() {
        return Ok(Turned::Whole(Vec::new()));
    }
    let len = length(units.len())?;
    let flags = match page {
        UTF_8 => g::WC_ERR_INVALID_CHARS,
        UTF_7 => 0,
        _ if best_fit => 0,
        _ => g::WC_NO_BEST_FIT_CHARS,
    };
    let mut default_used = 0;
    // The two pages that have every character take no such pointer.
    let used = if matches!(page, UTF_7 | UTF_8) { std::ptr::null_mut() } else { &raw mut default_used };
    let none = std::ptr::null();
    // SAFETY: the input has the length that is told; no buffer, only the length is asked for.
    let room = unsafe { g::WideCharToMultiByte(page, flags, units.as_ptr(), len, std::ptr::null_mut(), 0, none, used) };
    if room <= 0 {
        return failed();
    }
    let mut bytes = vec![0u8; room as usize];
    // SAFETY: both have the lengths that are told.
    let n = unsafe { g::WideCharToMultiByte(page, flags, units.as_ptr(), len, bytes.as_mut_ptr(), room, none, used) };
    if n <= 0 {
        return failed();
    }
    if default_used != 0 {
        return Ok(Turned::Unknown);
    }
    bytes.truncate(n as usize);
    Ok(Turned::Whole(bytes))
}
