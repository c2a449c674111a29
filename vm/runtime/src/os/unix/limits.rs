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
    let l = libc::rlimit { rlim_cur: soft as _, rlim_max: hard as _ };
    // SAFETY: see the module `os`.
    check(unsafe { libc::setrlimit(resource as _, &raw const l) }).map(drop)
}

/// Reads the limits of a process and sets them anew, if new ones are given.
#[cfg(target_os = "linux")]
pub fn prlimit(pid: i32, resource: i32, new: Option<(u64, u64)>) -> io::Result<(u64, u64)> {
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let new = new.map(|(soft, hard)| libc::rlimit { rlim_cur: soft as _, rlim_max: hard as _ });
    let at = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: see the module `os`; a null pointer sets nothing.
    check(unsafe { libc::prlimit(pid, resource as _, at, &raw mut old) })?;
    Ok((old.rlim_cur as u64, old.rlim_max as u64))
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
