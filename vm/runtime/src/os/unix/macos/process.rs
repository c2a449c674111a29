//! Random bytes, numbers of threads, closing of many descriptors, the files of processes.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::io;

use super::super::check;
use super::super::files::close;
use super::super::process::close_one_by_one;

/// Random bytes for a part of the buffer; how many. There are no flags here.
pub fn random(buf: &mut [u8], _flags: u32) -> io::Result<usize> {
    // More at once is an error.
    let n = buf.len().min(256);
    // SAFETY: see the module `os`.
    check(unsafe { libc::getentropy(buf.as_mut_ptr().cast(), n) })?;
    Ok(n)
}

/// The thread's number in the system.
pub fn native_thread_id() -> i64 {
    let mut id = 0u64;
    // SAFETY: 0 stands for the calling thread; only a foreign one can be wrong.
    unsafe { libc::pthread_threadid_np(0, &raw mut id) };
    id as i64
}

/// How many descriptors are asked for at once.
const LIST: usize = 1024;

/// Closes descriptors from `first` to `last`. Called between `fork` and `exec` too, where nothing may be allocated: the kernel is
/// asked for the list of those that are open, and a folder is not read.
pub fn close_range(first: c_int, last: c_int) {
    if first > last {
        return;
    }
    let mut open = [libc::proc_fdinfo { proc_fd: 0, proc_fdtype: 0 }; LIST];
    let room = size_of_val(&open) as c_int;
    // SAFETY: the buffer has the told length, and the kernel fills it with such records.
    let filled = unsafe {
        libc::proc_pidinfo(libc::getpid(), libc::PROC_PIDLISTFDS, 0, open.as_mut_ptr().cast::<c_void>(), room)
    };
    if filled <= 0 || filled >= room {
        return close_one_by_one(first, last);
    }
    let count = filled as usize / size_of::<libc::proc_fdinfo>();
    for entry in open.iter().take(count).filter(|entry| (first..=last).contains(&entry.proc_fd)) {
        // Nobody uses it any more.
        let _ = close(entry.proc_fd);
    }
}

/// The file that a process runs.
pub fn image_of(pid: u32) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; libc::PROC_PIDPATHINFO_MAXSIZE as usize];
    // SAFETY: the buffer has the told length.
    let n = unsafe { libc::proc_pidpath(pid as c_int, buffer.as_mut_ptr().cast(), buffer.len() as u32) };
    if n <= 0 {
        return Err(io::Error::last_os_error());
    }
    buffer.truncate(n as usize);
    Ok(buffer)
}
