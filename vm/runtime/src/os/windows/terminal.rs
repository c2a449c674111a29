//! Keys of the console, and other things that `msvcrt` has.

use std::collections::VecDeque;
use std::ffi::c_int;
use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::Console as con;
use windows_sys::Win32::System::Diagnostics::Debug as debug;

use super::{Handle, check, errors::as_c, table};

/// Keys that were given back, and the rest of those that have two units.
static WAITING: Mutex<VecDeque<u16>> = Mutex::new(VecDeque::new());

fn waiting() -> std::sync::MutexGuard<'static, VecDeque<u16>> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The console itself, wherever the standard streams lead: keys are read from it and echoed on it. None without a console.
fn console(name: &'static std::ffi::CStr, opened: &OnceLock<Option<Handle>>) -> Option<Handle> {
    *opened.get_or_init(|| {
        let access = f::GENERIC_READ | f::GENERIC_WRITE;
        let share = fs::FILE_SHARE_READ | fs::FILE_SHARE_WRITE;
        super::pipes::open(name, [access, share, fs::OPEN_EXISTING, 0]).ok()
    })
}

fn input() -> Option<Handle> {
    static OPENED: OnceLock<Option<Handle>> = OnceLock::new();
    console(c"CONIN$", &OPENED)
}

fn output() -> Option<Handle> {
    static OPENED: OnceLock<Option<Handle>> = OnceLock::new();
    console(c"CONOUT$", &OPENED)
}

/// The units of a key that was pressed; nothing for one that has none.
fn units(record: &con::INPUT_RECORD) -> Option<Vec<u16>> {
    if u32::from(record.EventType) != con::KEY_EVENT {
        return None;
    }
    // SAFETY: the type says that it is a key; every pattern of a unit is a value.
    let (down, unit, code) = unsafe {
        let key = record.Event.KeyEvent;
        (key.bKeyDown != 0, key.uChar.UnicodeChar, key.wVirtualScanCode)
    };
    match (down, unit, code) {
        (false, ..) => None,
        // Arrows and their like: the C library gives a mark and the key's place.
        (true, 0, 71..=83) => Some(vec![0xe0, code]),
        (true, 0, 59..=68) => Some(vec![0, code]),
        (true, 0, _) => None,
        (true, unit, _) => Some(vec![unit]),
    }
}

/// Whether a key waits to be read.
pub fn key_waits() -> bool {
    if !waiting().is_empty() {
        return true;
    }
    let Some(input) = input() else { return false };
    loop {
        // SAFETY: plain numbers; see the module `os`.
        unsafe {
            let mut record: con::INPUT_RECORD = std::mem::zeroed();
            let mut n = 0;
            if con::PeekConsoleInputW(input as _, &raw mut record, 1, &raw mut n) == 0 || n == 0 {
                return false;
            }
            if units(&record).is_some() {
                return true;
            }
            con::ReadConsoleInputW(input as _, &raw mut record, 1, &raw mut n);
        }
    }
}

/// What the C library gives for a key where there is no console: the end of a file.
const NO_KEY: u16 = 0xffff;

/// Waits for a key and gives its unit.
pub fn key(echo: bool) -> io::Result<u16> {
    loop {
        if let Some(unit) = waiting().pop_front() {
            if echo {
                put(&String::from_utf16_lossy(&[unit]));
            }
            return Ok(unit);
        }
        let Some(input) = input() else { return Ok(NO_KEY) };
        // SAFETY: plain numbers; see the module `os`.
        let record = unsafe {
            let mut record: con::INPUT_RECORD = std::mem::zeroed();
            let mut n = 0;
            check(con::ReadConsoleInputW(input as _, &raw mut record, 1, &raw mut n))?;
            record
        };
        waiting().extend(units(&record).unwrap_or_default());
    }
}

/// Gives a unit back.
pub fn unget(unit: u16) {
    waiting().push_front(unit);
}

/// Writes to the console; without one nobody sees it.
pub fn put(text: &str) {
    if let Some(output) = output() {
        let _ = super::console::write(output, text.as_bytes());
    }
}

/// Locks a part of a file from where it is, or unlocks it.
pub fn lock(fd: c_int, len: i64, lock: bool) -> io::Result<()> {
    let at = super::files::lseek(fd, 0, super::libc::SEEK_CUR)?;
    let handle = table::get(fd)?.handle;
    let [at, len] = [at, len].map(|n| [n as u32, (n >> 32) as u32]);
    // SAFETY: see the module `os`.
    check(unsafe {
        if lock {
            fs::LockFile(handle as _, at[0], at[1], len[0], len[1])
        } else {
            fs::UnlockFile(handle as _, at[0], at[1], len[0], len[1])
        }
    })
    .map_err(as_c)
}

/// `SetErrorMode`
pub fn set_error_mode(mode: u32) -> u32 {
    // SAFETY: plain numbers.
    unsafe { debug::SetErrorMode(mode) }
}

/// `GetErrorMode`
pub fn error_mode() -> u32 {
    // SAFETY: plain numbers.
    unsafe { debug::GetErrorMode() }
}
