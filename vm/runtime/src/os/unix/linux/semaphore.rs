//! Waiting for semaphores and counting them; shared memory.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;

use super::super::check;
use super::super::semaphore::Semaphore;

impl Semaphore {
    /// Takes one; waits until a moment of the real-time clock if one is given (`ETIMEDOUT`).
    pub fn wait(&self, until: Option<(i64, i64)>) -> io::Result<()> {
        let Some((seconds, nanos)) = until else { return self.wait_forever() };
        let t = libc::timespec { tv_sec: seconds as _, tv_nsec: nanos as _ };
        // SAFETY: open while `self` lives.
        check(unsafe { libc::sem_timedwait(self.0.as_ptr(), &raw const t) }).map(drop)
    }

    /// How many there are.
    pub fn value(&self) -> io::Result<i32> {
        let mut n = 0;
        // SAFETY: open while `self` lives.
        check(unsafe { libc::sem_getvalue(self.0.as_ptr(), &raw mut n) })?;
        Ok(n)
    }
}

/// `shm_open`: a descriptor of memory that processes share.
pub fn shm_open(name: &CStr, flags: i32, mode: u32) -> io::Result<i32> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::shm_open(name.as_ptr(), flags | libc::O_CLOEXEC, mode) })
}
