//! Processors, random bytes, numbers of threads, closing of many descriptors.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io::{self, Read as _};

use super::super::process::close_one_by_one;
use super::super::{check, check_size};
use super::calls;

/// `sched_getaffinity`: the processors that a process may run on.
pub fn affinity(pid: c_int) -> io::Result<Vec<usize>> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        check(libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &raw mut set))?;
        Ok((0..libc::CPU_SETSIZE as usize).filter(|&i| libc::CPU_ISSET(i, &set)).collect())
    }
}

/// `getrandom`; kernels before 3.17, which do not have it, are asked through their file.
pub fn random(buf: &mut [u8], flags: u32) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    match check_size(unsafe { calls::getrandom(buf.as_mut_ptr().cast(), buf.len(), flags) }) {
        Err(e) if e.raw_os_error() == Some(libc::ENOSYS) => std::fs::File::open("/dev/urandom")?.read(buf),
        r => r,
    }
}

/// The thread's number in the system.
pub fn native_thread_id() -> i64 {
    // SAFETY: always succeeds.
    unsafe { calls::gettid() }
}

/// Closes descriptors from `first` to `last`.
pub fn close_range(first: c_int, last: c_int) {
    if first > last {
        return;
    }
    // SAFETY: plain numbers.
    if unsafe { libc::syscall(libc::SYS_close_range, first as libc::c_uint, last as libc::c_uint, 0) } != 0 {
        close_one_by_one(first, last);
    }
}
