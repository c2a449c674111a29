//! Limits and use of resources.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast)]

use std::io;

use super::check;

/// The soft and the hard limit of a resource.
pub fn getrlimit(resource: i32) -> io::Result<(u64, u64)> {
    let mut l = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: see the module `os`.
    check(unsafe { libc::getrlimit(resource as _, &raw mut l) })?;
    Ok((l.rlim_cur as u64, l.rlim_max as u64))
}

/// Sets the soft and the hard limit of a resource.
pub fn setrlimit(resource: i32, soft: u64, hard: u64) -> io::Result<()> {
    // Python's -1 means no limit, whatever number the system has for that.
    let limit = |n: u64| if n == u64::MAX { libc::RLIM_INFINITY } else { n as libc::rlim_t };
    let l = libc::rlimit { rlim_cur: limit(soft), rlim_max: limit(hard) };
    // SAFETY: see the module `os`.
    check(unsafe { libc::setrlimit(resource as _, &raw const l) }).map(drop)
}

/// What a process, its children or a thread has used.
pub fn getrusage(who: i32) -> io::Result<libc::rusage> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        check(libc::getrusage(who, &raw mut usage))?;
        Ok(usage)
    }
}

/// Bytes of a page of memory.
pub fn page_size() -> usize {
    // SAFETY: asks for a number.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}
