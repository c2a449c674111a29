//! Waiting for semaphores, which macOS does without an end, and telling how many there are, which it does not; shared memory.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;

use super::super::semaphore::Semaphore;
use super::super::{check, files, time};

/// The longest pause between two looks at a semaphore, in nanoseconds.
const LONGEST: i64 = 20_000_000;

impl Semaphore {
    /// Takes one; waits until a moment of the real-time clock if one is given (`ETIMEDOUT`): by looking again and again.
    pub fn wait(&self, until: Option<(i64, i64)>) -> io::Result<()> {
        let Some((seconds, nanos)) = until else { return self.wait_forever() };
        let mut pause = 0;
        loop {
            match self.try_wait() {
                Err(e) if e.raw_os_error() == Some(libc::EAGAIN) => {}
                r => return r,
            }
            let now = time::clock_gettime(libc::CLOCK_REALTIME as i32)?;
            let left = seconds.saturating_sub(now.0).saturating_mul(1_000_000_000).saturating_add(nanos - now.1);
            if left <= 0 {
                return Err(io::Error::from_raw_os_error(libc::ETIMEDOUT));
            }
            pause = (pause + 1_000_000).min(LONGEST).min(left);
            let t = libc::timespec { tv_sec: 0, tv_nsec: pause };
            // SAFETY: the remaining time is not asked for.
            check(unsafe { libc::nanosleep(&raw const t, std::ptr::null_mut()) })?;
        }
    }

    /// How many there are: macOS does not tell (`ENOSYS`).
    pub fn value(&self) -> io::Result<i32> {
        Err(io::Error::from_raw_os_error(libc::ENOSYS))
    }
}

/// `shm_open`: a descriptor of memory that processes share. Nothing but the flags of POSIX is known to it.
pub fn shm_open(name: &CStr, flags: i32, mode: u32) -> io::Result<i32> {
    // SAFETY: see the module `os`.
    let fd = check(unsafe { libc::shm_open(name.as_ptr(), flags, mode as libc::c_uint) })?;
    files::set_inheritable(fd, false).map(|()| fd)
}
