//! Sockets that are made inheritable and changed, and `select`.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;

use super::super::check;
use super::super::files::{close, set_inheritable};
use super::super::net::{Address, PollFd, Raw};

/// Whether the name of a Unix socket may begin with a zero: here each is a path.
pub const ABSTRACT_NAMES: bool = false;

/// The kind of a socket has no flags here.
pub const KIND_FLAGS: c_int = 0;

/// Whether the kind of a socket says that its calls do not wait.
pub fn kind_does_not_wait(_kind: c_int) -> bool {
    false
}

/// The protocol of a socket, which the system does not tell.
pub fn protocol_of(_fd: c_int) -> io::Result<c_int> {
    Ok(0)
}

/// Makes a new descriptor one that children do not get.
fn not_inheritable(fd: c_int) -> io::Result<c_int> {
    match set_inheritable(fd, false) {
        Ok(()) => Ok(fd),
        Err(e) => {
            // The first failure is the one to be told.
            let _ = close(fd);
            Err(e)
        }
    }
}

/// `socket`, not inheritable.
pub fn socket(family: c_int, kind: c_int, proto: c_int) -> io::Result<c_int> {
    // SAFETY: see the module `os`.
    not_inheritable(check(unsafe { libc::socket(family, kind, proto) })?)
}

/// `socketpair`, not inheritable.
pub fn socketpair(family: c_int, kind: c_int, proto: c_int) -> io::Result<[c_int; 2]> {
    let mut fds = [0; 2];
    // SAFETY: see the module `os`.
    check(unsafe { libc::socketpair(family, kind, proto, fds.as_mut_ptr()) })?;
    for fd in fds {
        set_inheritable(fd, false)?;
    }
    Ok(fds)
}

/// `accept`: a descriptor that is not inheritable, and who it is.
pub fn accept(fd: c_int) -> io::Result<(c_int, Address)> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    let new = not_inheritable(check(unsafe { libc::accept(fd, a.ptr_mut(), &raw mut len) })?)?;
    a.len = len;
    Ok((new, a.decode()))
}

/// What `select` waits with: not `poll`, which knows no terminals here. Milliseconds, negative for no limit.
pub fn select(fds: &mut [PollFd], timeout: c_int) -> io::Result<usize> {
    const EVENTS: [libc::c_short; 3] = [libc::POLLIN, libc::POLLOUT, libc::POLLPRI];
    if fds.iter().any(|f| usize::try_from(f.fd).map_or(true, |fd| fd >= libc::FD_SETSIZE)) {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    // SAFETY: sets are plain numbers, and every descriptor has its bit in them.
    unsafe {
        let mut sets: [libc::fd_set; 3] = std::mem::zeroed();
        for f in fds.iter_mut() {
            f.revents = 0;
            for (set, event) in sets.iter_mut().zip(EVENTS) {
                if f.events & event != 0 {
                    libc::FD_SET(f.fd, set);
                }
            }
        }
        let mut limit = libc::timeval { tv_sec: (timeout / 1000).into(), tv_usec: timeout % 1000 * 1000 };
        let limit = if timeout < 0 { std::ptr::null_mut() } else { &raw mut limit };
        let end = fds.iter().map(|f| f.fd + 1).max().unwrap_or(0);
        let [read, write, special] = &mut sets;
        check(libc::select(end, read, write, special, limit))?;
        for f in fds.iter_mut() {
            for (set, event) in sets.iter().zip(EVENTS) {
                if f.events & event != 0 && libc::FD_ISSET(f.fd, set) {
                    f.revents |= event;
                }
            }
        }
    }
    Ok(fds.iter().filter(|f| f.revents != 0).count())
}
