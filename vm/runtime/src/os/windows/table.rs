//! Descriptors: small numbers that stand for handles, as programs that were written for the C library want them.

use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::System::Console::{
    GetConsoleMode, GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
};

use super::{Handle, errno_error, libc as c};

/// What a descriptor stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) handle: Handle,
    /// Every write goes to the end.
    pub(super) append: bool,
    /// Text goes through it as UTF-16.
    pub(super) console: bool,
}

impl Open {
    pub(super) fn new(handle: Handle, append: bool) -> Open {
        let mut mode = 0;
        // SAFETY: see the module `os`.
        let console = unsafe { GetConsoleMode(handle as _, &raw mut mode) } != 0;
        Open { handle, append, console }
    }
}

static TABLE: Mutex<Vec<Option<Open>>> = Mutex::new(Vec::new());
static STANDARD: Once = Once::new();

fn table() -> MutexGuard<'static, Vec<Option<Open>>> {
    let lock = || TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    STANDARD.call_once(|| {
        let standard = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE].map(|which| {
            // SAFETY: plain numbers.
            let handle = unsafe { GetStdHandle(which) };
            (!handle.is_null() && handle != INVALID_HANDLE_VALUE).then(|| Open::new(handle as Handle, false))
        });
        lock().extend(standard);
    });
    lock()
}

/// What `fd` stands for.
pub(super) fn get(fd: i32) -> io::Result<Open> {
    let found = usize::try_from(fd).ok().and_then(|i| table().get(i).copied().flatten());
    found.ok_or_else(|| errno_error(c::EBADF))
}

/// The lowest free descriptor for a handle.
pub(super) fn put(open: Open) -> i32 {
    let mut table = table();
    match table.iter().position(Option::is_none) {
        Some(i) => {
            table[i] = Some(open);
            i as i32
        }
        None => {
            table.push(Some(open));
            table.len() as i32 - 1
        }
    }
}

/// Makes `fd` stand for something else; gives what it stood for.
pub(super) fn replace(fd: i32, open: Option<Open>) -> io::Result<Option<Open>> {
    let i = usize::try_from(fd).ok().filter(|i| *i < 8192).ok_or_else(|| errno_error(c::EBADF))?;
    let mut table = table();
    if table.len() <= i {
        table.resize(i + 1, None);
    }
    Ok(std::mem::replace(&mut table[i], open))
}
