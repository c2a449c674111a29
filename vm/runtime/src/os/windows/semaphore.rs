//! Semaphores, which processes share by their handles.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;

use windows_sys::Win32::System::Threading as t;

use super::handles::{self, Owned};
use super::{Handle, check, errno_error, libc as c};

const WAIT_TIMEOUT: u32 = 258;

/// An open semaphore; closed when it is dropped.
pub struct Semaphore(Owned);

impl Semaphore {
    /// A new one. Names are not needed: handles are passed on.
    pub fn create(_name: &CStr, value: u32) -> io::Result<Semaphore> {
        // SAFETY: see the module `os`.
        let handle = unsafe { t::CreateSemaphoreW(std::ptr::null(), value.cast_signed(), i32::MAX, std::ptr::null()) };
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(Semaphore(Owned(handle as Handle))) }
    }

    /// The one behind a handle that was made for this process.
    pub fn from_handle(handle: Handle) -> Semaphore {
        Semaphore(Owned(handle))
    }

    /// A number that stands for it in this process.
    pub fn handle(&self) -> usize {
        self.0.0 as usize
    }

    /// Takes one without waiting; `EAGAIN` when there is none.
    pub fn try_wait(&self) -> io::Result<()> {
        self.wait_for(0, c::EAGAIN)
    }

    fn wait_for(&self, millis: u32, late: i32) -> io::Result<()> {
        match handles::wait(self.0.0, millis)? {
            WAIT_TIMEOUT => Err(errno_error(late)),
            _ => Ok(()),
        }
    }

    /// Takes one; waits until a moment of the real-time clock if one is given (`ETIMEDOUT`).
    pub fn wait(&self, until: Option<(i64, i64)>) -> io::Result<()> {
        let Some((seconds, nanos)) = until else { return self.wait_for(u32::MAX, c::ETIMEDOUT) };
        let now = super::time::now();
        let millis = (seconds - now.0).saturating_mul(1000) + (nanos - now.1) / 1_000_000;
        self.wait_for(millis.clamp(0, i64::from(u32::MAX - 1)) as u32, c::ETIMEDOUT)
    }

    /// Gives one back.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: open while `self` lives.
        check(unsafe { t::ReleaseSemaphore(self.0.0 as _, 1, std::ptr::null_mut()) })
    }

    /// How many there are: only who takes one and gives it back is told.
    pub fn value(&self) -> io::Result<i32> {
        if handles::wait(self.0.0, 0)? == WAIT_TIMEOUT {
            return Ok(0);
        }
        let mut before = 0;
        // SAFETY: open while `self` lives.
        check(unsafe { t::ReleaseSemaphore(self.0.0 as _, 1, &raw mut before) })?;
        Ok(before + 1)
    }
}
