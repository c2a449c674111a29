//! Calls that few programs make: event and timer descriptors, vectored input and output, scheduling, spawning.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_int};
use std::io;

use super::{check, check_errno, check_size};

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

/// `preadv2` where there is an offset, else `readv`: fills the buffers in turn.
pub fn read_vectored(fd: c_int, buffers: &mut [Vec<u8>], offset: Option<i64>, flags: c_int) -> io::Result<usize> {
    let list: Vec<libc::iovec> =
        buffers.iter_mut().map(|b| libc::iovec { iov_base: b.as_mut_ptr().cast(), iov_len: b.len() }).collect();
    let n = list.len() as c_int;
    // SAFETY: the buffers are borrowed for the call and have the told lengths.
    check_size(unsafe {
        match offset {
            Some(at) if flags != 0 => libc::preadv2(fd, list.as_ptr(), n, at, flags),
            Some(at) => libc::preadv(fd, list.as_ptr(), n, at),
            None => libc::readv(fd, list.as_ptr(), n),
        }
    })
}

/// `pwritev2` where there is an offset, else `writev`.
pub fn write_vectored(fd: c_int, buffers: &[Vec<u8>], offset: Option<i64>, flags: c_int) -> io::Result<usize> {
    let list: Vec<libc::iovec> =
        buffers.iter().map(|b| libc::iovec { iov_base: b.as_ptr().cast_mut().cast(), iov_len: b.len() }).collect();
    let n = list.len() as c_int;
    // SAFETY: the buffers are borrowed for the call, have the told lengths and are only read.
    check_size(unsafe {
        match offset {
            Some(at) if flags != 0 => libc::pwritev2(fd, list.as_ptr(), n, at, flags),
            Some(at) => libc::pwritev(fd, list.as_ptr(), n, at),
            None => libc::writev(fd, list.as_ptr(), n),
        }
    })
}

/// `getpriority`
pub fn getpriority(which: c_int, who: u32) -> io::Result<c_int> {
    super::files::set_errno(0);
    // SAFETY: plain numbers; -1 is a result too.
    let r = unsafe { libc::getpriority(which as _, who) };
    let e = io::Error::last_os_error();
    if r == -1 && e.raw_os_error() != Some(0) { Err(e) } else { Ok(r) }
}

/// `setpriority`
pub fn setpriority(which: c_int, who: u32, priority: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::setpriority(which as _, who, priority) }).map(drop)
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
numbers! {
    fdatasync(fd: c_int); unshare(flags: c_int); setns(fd: c_int, kind: c_int); sched_getscheduler(pid: c_int);
    sched_get_priority_max(policy: c_int); sched_get_priority_min(policy: c_int);
}

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

/// `chroot`
pub fn chroot(path: &CStr) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::chroot(path.as_ptr()) }).map(drop)
}

/// `ttyname`
pub fn ttyname(fd: c_int) -> io::Result<Vec<u8>> {
    let mut buffer = [0 as libc::c_char; 512];
    // SAFETY: the buffer has the told length; on success it ends with a NUL.
    unsafe {
        check_errno(libc::ttyname_r(fd, buffer.as_mut_ptr(), buffer.len()))?;
        Ok(super::bytes_of(buffer.as_ptr()).unwrap_or_default())
    }
}

/// `confstr`; `None` where the system has no value.
pub fn confstr(name: c_int) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = vec![0u8; 4096];
    super::files::set_errno(0);
    // SAFETY: the buffer has the told length.
    let n = unsafe { libc::confstr(name, buffer.as_mut_ptr().cast(), buffer.len()) };
    let e = io::Error::last_os_error();
    if n == 0 {
        return if e.raw_os_error() == Some(0) { Ok(None) } else { Err(e) };
    }
    buffer.truncate(n.min(buffer.len()) - 1);
    Ok(Some(buffer))
}

/// `getgrouplist`
pub fn group_list(user: &CStr, group: u32) -> io::Result<Vec<u32>> {
    let mut list = vec![0; 64];
    loop {
        let mut n = list.len() as c_int;
        // SAFETY: the list has the told length.
        let r = unsafe { libc::getgrouplist(user.as_ptr(), group, list.as_mut_ptr(), &raw mut n) };
        if r >= 0 {
            list.truncate(n as usize);
            return Ok(list);
        }
        if list.len() > 1 << 16 {
            return Err(io::Error::last_os_error());
        }
        list.resize(list.len() * 4, 0);
    }
}

/// `initgroups`
pub fn initgroups(user: &CStr, group: u32) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::initgroups(user.as_ptr(), group) }).map(drop)
}

/// What `waitid` tells: pid, user, signal, status, code.
pub fn waitid(kind: c_int, id: u32, options: c_int) -> io::Result<Option<[i64; 5]>> {
    // SAFETY: the kernel fills the record of a child, or leaves it zero.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        check(libc::waitid(kind as libc::idtype_t, id, &raw mut info, options))?;
        let pid = i64::from(info.si_pid());
        Ok((pid != 0)
            .then(|| [pid, info.si_uid().into(), info.si_signo.into(), info.si_status().into(), info.si_code.into()]))
    }
}

/// What `sigwaitinfo` tells: signal, code, error, pid, user, status, band.
pub fn wait_info(signals: &[c_int], timeout: Option<(i64, i64)>) -> io::Result<[i64; 7]> {
    // SAFETY: plain numbers; the fields are read as the kernel has filled them, others as zeros.
    unsafe {
        let set = super::signal::set_of(signals);
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

/// What `posix_spawn` does with descriptors before the program starts.
pub enum FileAction {
    Open { fd: c_int, path: CString, flags: c_int, mode: u32 },
    Close(c_int),
    Dup { from: c_int, to: c_int },
}

/// The attributes of `posix_spawn`.
#[derive(Default)]
pub struct SpawnAttributes {
    pub group: Option<c_int>,
    pub reset_ids: bool,
    pub new_session: bool,
    pub mask: Option<Vec<c_int>>,
    pub defaults: Option<Vec<c_int>>,
    /// Policy, where it is to change, and priority.
    pub scheduler: Option<(Option<c_int>, c_int)>,
}

/// `posix_spawn`, or `posix_spawnp` where the program is looked for in the path.
pub fn spawn(
    path: &CStr,
    search: bool,
    args: &[CString],
    env: &[CString],
    actions: &[FileAction],
    attributes: &SpawnAttributes,
) -> io::Result<c_int> {
    let pointers = |list: &[CString]| -> Vec<*mut libc::c_char> {
        list.iter().map(|s| s.as_ptr().cast_mut()).chain([std::ptr::null_mut()]).collect()
    };
    let (argv, envp) = (pointers(args), pointers(env));
    // SAFETY: both records are made before they are used and destroyed at the end; strings and arrays outlive the call.
    unsafe {
        let mut files: libc::posix_spawn_file_actions_t = std::mem::zeroed();
        let mut attr: libc::posix_spawnattr_t = std::mem::zeroed();
        check_errno(libc::posix_spawn_file_actions_init(&raw mut files))?;
        check_errno(libc::posix_spawnattr_init(&raw mut attr))?;
        let mut ready = || -> io::Result<()> {
            for action in actions {
                check_errno(match action {
                    FileAction::Open { fd, path, flags, mode } => {
                        libc::posix_spawn_file_actions_addopen(&raw mut files, *fd, path.as_ptr(), *flags, *mode)
                    }
                    FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(&raw mut files, *fd),
                    FileAction::Dup { from, to } => libc::posix_spawn_file_actions_adddup2(&raw mut files, *from, *to),
                })?;
            }
            let mut flags = 0;
            if let Some(group) = attributes.group {
                flags |= libc::POSIX_SPAWN_SETPGROUP;
                check_errno(libc::posix_spawnattr_setpgroup(&raw mut attr, group))?;
            }
            if attributes.reset_ids {
                flags |= libc::POSIX_SPAWN_RESETIDS;
            }
            if attributes.new_session {
                flags |= libc::POSIX_SPAWN_SETSID as c_int;
            }
            if let Some(mask) = &attributes.mask {
                flags |= libc::POSIX_SPAWN_SETSIGMASK;
                check_errno(libc::posix_spawnattr_setsigmask(&raw mut attr, &super::signal::set_of(mask)))?;
            }
            if let Some(defaults) = &attributes.defaults {
                flags |= libc::POSIX_SPAWN_SETSIGDEF;
                check_errno(libc::posix_spawnattr_setsigdefault(&raw mut attr, &super::signal::set_of(defaults)))?;
            }
            if let Some((policy, priority)) = attributes.scheduler {
                let mut param: libc::sched_param = std::mem::zeroed();
                param.sched_priority = priority;
                if let Some(policy) = policy {
                    flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                    check_errno(libc::posix_spawnattr_setschedpolicy(&raw mut attr, policy))?;
                }
                flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
                check_errno(libc::posix_spawnattr_setschedparam(&raw mut attr, &raw const param))?;
            }
            check_errno(libc::posix_spawnattr_setflags(&raw mut attr, flags as libc::c_short))
        };
        let ready = ready();
        let mut pid = 0;
        let done = ready.and_then(|()| {
            let call = if search { libc::posix_spawnp } else { libc::posix_spawn };
            check_errno(call(
                &raw mut pid,
                path.as_ptr(),
                &raw const files,
                &raw const attr,
                argv.as_ptr(),
                envp.as_ptr(),
            ))
        });
        libc::posix_spawn_file_actions_destroy(&raw mut files);
        libc::posix_spawnattr_destroy(&raw mut attr);
        done.map(|()| pid)
    }
}
