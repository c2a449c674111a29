//! Event and timer descriptors, scheduling by process, namespaces, extended attributes, waiting for signals, saved users and groups,
//! limits of other processes.
#![allow(unsafe_code)]
// The C types are of other widths in other C libraries.
#![allow(clippy::unnecessary_cast)]

use std::ffi::{CStr, c_int};
use std::io;

use super::super::{check, check_errno, check_size};
use super::calls;

/// `eventfd`
pub fn eventfd(start: u32, flags: c_int) -> io::Result<c_int> {
    // SAFETY: plain numbers.
    check(unsafe { libc::eventfd(start, flags) })
}

/// `splice`
pub fn splice(from: c_int, at: Option<i64>, to: c_int, to_at: Option<i64>, n: usize, flags: u32) -> io::Result<usize> {
    let (mut a, mut b) = (at.unwrap_or(0), to_at.unwrap_or(0));
    let pa = if at.is_some() { &raw mut a } else { std::ptr::null_mut() };
    let pb = if to_at.is_some() { &raw mut b } else { std::ptr::null_mut() };
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::splice(from, pa, to, pb, n, flags) })
}

/// `timerfd_create`
pub fn timerfd_create(clock: c_int, flags: c_int) -> io::Result<c_int> {
    // SAFETY: plain numbers.
    check(unsafe { libc::timerfd_create(clock as _, flags) })
}

fn spec(nanoseconds: i64) -> libc::timespec {
    libc::timespec { tv_sec: nanoseconds.div_euclid(1_000_000_000), tv_nsec: nanoseconds.rem_euclid(1_000_000_000) }
}

fn nanoseconds(t: libc::timespec) -> i64 {
    t.tv_sec.saturating_mul(1_000_000_000).saturating_add(t.tv_nsec)
}

/// `timerfd_settime`: first expiry and interval in nanoseconds; gives the old ones.
pub fn timerfd_settime(fd: c_int, flags: c_int, value: i64, interval: i64) -> io::Result<(i64, i64)> {
    let new = libc::itimerspec { it_interval: spec(interval), it_value: spec(value) };
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut old: libc::itimerspec = std::mem::zeroed();
        check(libc::timerfd_settime(fd, flags, &raw const new, &raw mut old))?;
        Ok((nanoseconds(old.it_value), nanoseconds(old.it_interval)))
    }
}

/// `timerfd_gettime`: time to the next expiry, and interval, in nanoseconds.
pub fn timerfd_gettime(fd: c_int) -> io::Result<(i64, i64)> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut now: libc::itimerspec = std::mem::zeroed();
        check(libc::timerfd_gettime(fd, &raw mut now))?;
        Ok((nanoseconds(now.it_value), nanoseconds(now.it_interval)))
    }
}

macro_rules! numbers {
    ($($name:ident($($arg:ident: $ty:ty),*);)*) => {$(
        /// As the system call of the same name.
        pub fn $name($($arg: $ty),*) -> io::Result<c_int> {
            // SAFETY: plain numbers.
            check(unsafe { libc::$name($($arg),*) })
        }
    )*};
}
numbers! { fdatasync(fd: c_int); unshare(flags: c_int); setns(fd: c_int, kind: c_int); sched_getscheduler(pid: c_int); }

// musl's own functions of these names only fail, as scheduling by process is not what POSIX means; the kernel's are asked.

/// `sched_setscheduler`
pub fn sched_setscheduler(pid: c_int, policy: c_int, priority: c_int) -> io::Result<()> {
    // SAFETY: the kernel reads one int.
    check(unsafe { libc::syscall(libc::SYS_sched_setscheduler, pid, policy, &raw const priority) } as c_int).map(drop)
}

/// `sched_setparam`
pub fn sched_setparam(pid: c_int, priority: c_int) -> io::Result<()> {
    // SAFETY: the kernel reads one int.
    check(unsafe { libc::syscall(libc::SYS_sched_setparam, pid, &raw const priority) } as c_int).map(drop)
}

/// `sched_getparam`
pub fn sched_getparam(pid: c_int) -> io::Result<c_int> {
    let mut priority: c_int = 0;
    // SAFETY: the kernel writes one int.
    check(unsafe { libc::syscall(libc::SYS_sched_getparam, pid, &raw mut priority) } as c_int)?;
    Ok(priority)
}

/// `sched_rr_get_interval`, in seconds.
pub fn sched_rr_get_interval(pid: c_int) -> io::Result<f64> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut t: libc::timespec = std::mem::zeroed();
        check(libc::sched_rr_get_interval(pid, &raw mut t))?;
        Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
    }
}

/// `sched_setaffinity`
pub fn set_affinity(pid: c_int, cpus: &[usize]) -> io::Result<()> {
    // SAFETY: plain numbers; the macro checks the bounds of its array.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        for &cpu in cpus.iter().filter(|&&cpu| cpu < libc::CPU_SETSIZE as usize) {
            libc::CPU_SET(cpu, &mut set);
        }
        check(libc::sched_setaffinity(pid, size_of::<libc::cpu_set_t>(), &raw const set)).map(drop)
    }
}

/// `pidfd_open`
pub fn pidfd_open(pid: c_int, flags: u32) -> io::Result<c_int> {
    // SAFETY: plain numbers.
    check(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) } as c_int)
}

/// `pidfd_send_signal`
pub fn pidfd_send_signal(fd: c_int, signal: c_int, flags: u32) -> io::Result<()> {
    // SAFETY: plain numbers; no further information is passed.
    check(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, std::ptr::null::<u8>(), flags) } as c_int)
        .map(drop)
}

/// What `sigwaitinfo` tells: signal, code, error, pid, user, status, band.
pub fn wait_info(signals: &[c_int], timeout: Option<(i64, i64)>) -> io::Result<[i64; 7]> {
    // SAFETY: plain numbers; the fields are read as the kernel has filled them, others as zeros.
    unsafe {
        let set = super::super::signal::set_of(signals);
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let n = match timeout {
            Some((sec, nano)) => {
                let t = libc::timespec { tv_sec: sec, tv_nsec: nano };
                libc::sigtimedwait(&raw const set, &raw mut info, &raw const t)
            }
            None => libc::sigwaitinfo(&raw const set, &raw mut info),
        };
        check(n)?;
        Ok([
            info.si_signo.into(),
            info.si_code.into(),
            info.si_errno.into(),
            info.si_pid().into(),
            info.si_uid().into(),
            info.si_status().into(),
            0,
        ])
    }
}

/// What the file of an attribute is found by.
pub enum Target<'a> {
    Path(&'a CStr),
    /// A path whose last link is not followed.
    Link(&'a CStr),
    Fd(c_int),
}

/// A list of bytes from a call that is told room and gives what it needs.
fn grow(mut call: impl FnMut(*mut libc::c_void, usize) -> isize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; 256];
    loop {
        match check_size(call(buffer.as_mut_ptr().cast(), buffer.len())) {
            Ok(n) => {
                buffer.truncate(n);
                return Ok(buffer);
            }
            Err(e) if e.raw_os_error() == Some(libc::ERANGE) && buffer.len() < 1 << 20 => {
                buffer.resize(buffer.len() * 16, 0);
            }
            Err(e) => return Err(e),
        }
    }
}

impl Target<'_> {
    /// `listxattr`
    pub fn list_attributes(&self) -> io::Result<Vec<u8>> {
        // SAFETY: see the module `os`; `grow` tells the length of its buffer.
        grow(|p, n| unsafe {
            match self {
                Target::Path(path) => libc::listxattr(path.as_ptr(), p.cast(), n),
                Target::Link(path) => libc::llistxattr(path.as_ptr(), p.cast(), n),
                Target::Fd(fd) => libc::flistxattr(*fd, p.cast(), n),
            }
        })
    }

    /// `getxattr`
    pub fn attribute(&self, name: &CStr) -> io::Result<Vec<u8>> {
        // SAFETY: see the module `os`; `grow` tells the length of its buffer.
        grow(|p, n| unsafe {
            match self {
                Target::Path(path) => libc::getxattr(path.as_ptr(), name.as_ptr(), p, n),
                Target::Link(path) => libc::lgetxattr(path.as_ptr(), name.as_ptr(), p, n),
                Target::Fd(fd) => libc::fgetxattr(*fd, name.as_ptr(), p, n),
            }
        })
    }

    /// `setxattr`
    pub fn set_attribute(&self, name: &CStr, value: &[u8], flags: c_int) -> io::Result<()> {
        let (p, n) = (value.as_ptr().cast(), value.len());
        // SAFETY: see the module `os`.
        check(unsafe {
            match self {
                Target::Path(path) => libc::setxattr(path.as_ptr(), name.as_ptr(), p, n, flags),
                Target::Link(path) => libc::lsetxattr(path.as_ptr(), name.as_ptr(), p, n, flags),
                Target::Fd(fd) => libc::fsetxattr(*fd, name.as_ptr(), p, n, flags),
            }
        })
        .map(drop)
    }

    /// `removexattr`
    pub fn remove_attribute(&self, name: &CStr) -> io::Result<()> {
        // SAFETY: see the module `os`.
        check(unsafe {
            match self {
                Target::Path(path) => libc::removexattr(path.as_ptr(), name.as_ptr()),
                Target::Link(path) => libc::lremovexattr(path.as_ptr(), name.as_ptr()),
                Target::Fd(fd) => libc::fremovexattr(*fd, name.as_ptr()),
            }
        })
        .map(drop)
    }
}

/// `preadv`, with flags `preadv2`.
///
/// # Safety
/// As for `preadv`.
pub(in super::super) unsafe fn preadv(fd: c_int, list: &[libc::iovec], at: i64, flags: c_int) -> isize {
    let (p, n) = (list.as_ptr(), list.len() as c_int);
    // SAFETY: by contract.
    unsafe { if flags == 0 { libc::preadv(fd, p, n, at) } else { calls::preadv2(fd, p, n, at, flags) } }
}

/// `pwritev`, with flags `pwritev2`.
///
/// # Safety
/// As for `pwritev`.
pub(in super::super) unsafe fn pwritev(fd: c_int, list: &[libc::iovec], at: i64, flags: c_int) -> isize {
    let (p, n) = (list.as_ptr(), list.len() as c_int);
    // SAFETY: by contract.
    unsafe { if flags == 0 { libc::pwritev(fd, p, n, at) } else { calls::pwritev2(fd, p, n, at, flags) } }
}

/// The flag of `posix_spawn` that begins a new session.
pub(in super::super) const SPAWN_SETSID: c_int = libc::POSIX_SPAWN_SETSID as c_int;

/// Puts a scheduler and a priority into the attributes of `posix_spawn`; gives the flags that make them count.
///
/// # Safety
/// The attributes are initialised.
pub(in super::super) unsafe fn set_scheduler(
    attr: *mut libc::posix_spawnattr_t,
    policy: Option<c_int>,
    priority: c_int,
) -> io::Result<c_int> {
    // SAFETY: plain numbers, for which zeros are values; by contract.
    unsafe {
        let mut flags = libc::POSIX_SPAWN_SETSCHEDPARAM;
        let mut param: libc::sched_param = std::mem::zeroed();
        param.sched_priority = priority;
        if let Some(policy) = policy {
            flags |= libc::POSIX_SPAWN_SETSCHEDULER;
            check_errno(libc::posix_spawnattr_setschedpolicy(attr, policy))?;
        }
        check_errno(libc::posix_spawnattr_setschedparam(attr, &raw const param))?;
        Ok(flags)
    }
}

/// `setresuid`
pub fn setresuid(real: u32, effective: u32, saved: u32) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::setresuid(real, effective, saved) }).map(drop)
}

/// `setresgid`
pub fn setresgid(real: u32, effective: u32, saved: u32) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::setresgid(real, effective, saved) }).map(drop)
}

/// Real, effective and saved user.
pub fn getresuid() -> io::Result<[u32; 3]> {
    let [mut a, mut b, mut c] = [0; 3];
    // SAFETY: see the module `os`.
    check(unsafe { libc::getresuid(&raw mut a, &raw mut b, &raw mut c) })?;
    Ok([a, b, c])
}

/// Real, effective and saved group.
pub fn getresgid() -> io::Result<[u32; 3]> {
    let [mut a, mut b, mut c] = [0; 3];
    // SAFETY: see the module `os`.
    check(unsafe { libc::getresgid(&raw mut a, &raw mut b, &raw mut c) })?;
    Ok([a, b, c])
}

/// Reads the limits of a process and sets them anew, if new ones are given.
pub fn prlimit(pid: i32, resource: i32, new: Option<(u64, u64)>) -> io::Result<(u64, u64)> {
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let new = new.map(|(soft, hard)| libc::rlimit { rlim_cur: soft as _, rlim_max: hard as _ });
    let at = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: see the module `os`; a null pointer sets nothing.
    check(unsafe { libc::prlimit(pid, resource as _, at, &raw mut old) })?;
    Ok((old.rlim_cur as u64, old.rlim_max as u64))
}
