//! Named semaphores, which processes share.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;
use std::ptr::NonNull;

use super::check;
pub use super::platform::semaphore::shm_open;

/// An open semaphore; closed when it is dropped.
pub struct Semaphore(pub(super) NonNull<libc::sem_t>);

// SAFETY: the functions on semaphores may be called by any thread.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
unsafe impl Sync for Semaphore {}

fn opened(p: *mut libc::sem_t) -> io::Result<Semaphore> {
    match NonNull::new(p) {
        Some(p) if p.as_ptr() != libc::SEM_FAILED => Ok(Semaphore(p)),
        _ => Err(io::Error::last_os_error()),
    }
}

impl Semaphore {
    /// A new one; fails when there is one of that name.
    pub fn create(name: &CStr, value: u32) -> io::Result<Semaphore> {
        let (flags, mode) = (libc::O_CREAT | libc::O_EXCL, 0o600 as libc::c_uint);
        // SAFETY: see the module `os`; with O_CREAT the mode and the value follow.
        opened(unsafe { libc::sem_open(name.as_ptr(), flags, mode, value as libc::c_uint) })
    }

    /// The one of that name.
    pub fn open(name: &CStr) -> io::Result<Semaphore> {
        // SAFETY: see the module `os`.
        opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    /// A number that stands for it in this process.
    pub fn handle(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// Takes one without waiting; `EAGAIN` when there is none.
    pub fn try_wait(&self) -> io::Result<()> {
        // SAFETY: open while `self` lives.
        check(unsafe { libc::sem_trywait(self.0.as_ptr()) }).map(drop)
    }

    /// Takes one, however long that takes.
    pub(super) fn wait_forever(&self) -> io::Result<()> {
        // SAFETY: open while `self` lives.
        check(unsafe { libc::sem_wait(self.0.as_ptr()) }).map(drop)
    }

    /// Gives one back.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: open while `self` lives.
        check(unsafe { libc::sem_post(self.0.as_ptr()) }).map(drop)
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: closed once. Nothing can be done about a failure.
        unsafe { libc::sem_close(self.0.as_ptr()) };
    }
}

/// Takes a name away; the semaphore lives on where it is open.
pub fn unlink(name: &CStr) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::sem_unlink(name.as_ptr()) }).map(drop)
}

/// `shm_unlink`
pub fn shm_unlink(name: &CStr) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::shm_unlink(name.as_ptr()) }).map(drop)
}
