//! `kqueue`: the system's way to wait for many things.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;

use super::super::check;
use super::super::files::set_inheritable;

/// What is waited for, and what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// A descriptor, a process, a signal: what the filter makes of it.
    pub ident: usize,
    pub filter: i16,
    pub flags: u16,
    /// Flags of the filter.
    pub fflags: u32,
    pub data: isize,
    /// The program's own, which comes back as it was.
    pub udata: usize,
}

impl Event {
    fn raw(self) -> libc::kevent {
        libc::kevent {
            ident: self.ident,
            filter: self.filter,
            flags: self.flags,
            fflags: self.fflags,
            data: self.data,
            udata: std::ptr::without_provenance_mut(self.udata),
        }
    }

    fn of(raw: &libc::kevent) -> Event {
        let udata = raw.udata;
        Event {
            ident: raw.ident,
            filter: raw.filter,
            flags: raw.flags,
            fflags: raw.fflags,
            data: raw.data,
            udata: udata.addr(),
        }
    }
}

/// `kqueue`, not inheritable.
pub fn create() -> io::Result<c_int> {
    // SAFETY: gives a descriptor.
    let fd = check(unsafe { libc::kqueue() })?;
    set_inheritable(fd, false).map(|()| fd)
}

/// `kevent`: makes changes and waits for at most `max` events, milliseconds, negative for no limit.
pub fn wait(queue: c_int, changes: &[Event], max: usize, timeout: c_int) -> io::Result<Vec<Event>> {
    let changes: Vec<libc::kevent> = changes.iter().map(|e| e.raw()).collect();
    let none = Event { ident: 0, filter: 0, flags: 0, fflags: 0, data: 0, udata: 0 }.raw();
    let mut events = vec![none; max];
    let limit = libc::timespec { tv_sec: (timeout / 1000).into(), tv_nsec: (timeout % 1000 * 1_000_000).into() };
    let limit = if timeout < 0 { std::ptr::null() } else { &raw const limit };
    // SAFETY: both lists have the told lengths; the program's own word is never followed.
    let n = check(unsafe {
        libc::kevent(queue, changes.as_ptr(), changes.len() as c_int, events.as_mut_ptr(), max as c_int, limit)
    })?;
    Ok(events.iter().take(n as usize).map(Event::of).collect())
}
