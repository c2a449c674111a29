//! Sockets that are made without being inheritable, and `epoll`.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;

use super::super::check;
use super::super::net::{Address, PollFd, Raw, option_int, poll};

/// Whether the name of a Unix socket may begin with a zero: it is no path then.
pub const ABSTRACT_NAMES: bool = true;

/// Flags that may stand in the kind of a socket.
pub const KIND_FLAGS: c_int = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;

/// Whether the kind of a socket says that its calls do not wait.
pub fn kind_does_not_wait(kind: c_int) -> bool {
    kind & libc::SOCK_NONBLOCK != 0
}

/// The protocol of a socket.
pub fn protocol_of(fd: c_int) -> io::Result<c_int> {
    option_int(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL)
}

/// `socket`, not inheritable.
pub fn socket(family: c_int, kind: c_int, proto: c_int) -> io::Result<c_int> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) })
}

/// `socketpair`, not inheritable.
pub fn socketpair(family: c_int, kind: c_int, proto: c_int) -> io::Result<[c_int; 2]> {
    let mut fds = [0; 2];
    // SAFETY: see the module `os`.
    check(unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, proto, fds.as_mut_ptr()) })?;
    Ok(fds)
}

/// `accept`: a descriptor that is not inheritable, and who it is.
pub fn accept(fd: c_int) -> io::Result<(c_int, Address)> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    let new = check(unsafe { libc::accept4(fd, a.ptr_mut(), &raw mut len, libc::SOCK_CLOEXEC) })?;
    a.len = len;
    Ok((new, a.decode()))
}

/// What `select` waits with: here `poll`, which knows every kind of file and no largest descriptor.
pub fn select(fds: &mut [PollFd], timeout: c_int) -> io::Result<usize> {
    poll(fds, timeout)
}

/// `epoll_create1`, not inheritable.
pub fn epoll_create() -> io::Result<c_int> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

/// `epoll_ctl`; the descriptor itself is the event's data.
pub fn epoll_ctl(ep: c_int, operation: c_int, fd: c_int, events: u32) -> io::Result<()> {
    let mut e = libc::epoll_event { events, u64: fd as u32 as u64 };
    // SAFETY: see the module `os`.
    check(unsafe { libc::epoll_ctl(ep, operation, fd, &raw mut e) }).map(drop)
}

/// `epoll_wait`: descriptors and their events.
pub fn epoll_wait(ep: c_int, max: usize, timeout: c_int) -> io::Result<Vec<(c_int, u32)>> {
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; max];
    // SAFETY: see the module `os`.
    let n = check(unsafe { libc::epoll_wait(ep, events.as_mut_ptr(), max as c_int, timeout) })?;
    Ok(events.iter().take(n as usize).map(|e| (e.u64 as c_int, e.events)).collect())
}
