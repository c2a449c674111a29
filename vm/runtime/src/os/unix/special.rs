//! Calls that few programs make: vectored input and output, priorities, names of configuration, spawning.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast)]

use std::ffi::{CStr, CString, c_int};
use std::io;

pub use super::platform::special::*;
use super::{check, check_errno, check_size, platform};

/// `preadv` where there is an offset, else `readv`: fills the buffers in turn.
pub fn read_vectored(fd: c_int, buffers: &mut [Vec<u8>], offset: Option<i64>, flags: c_int) -> io::Result<usize> {
    let list: Vec<libc::iovec> =
        buffers.iter_mut().map(|b| libc::iovec { iov_base: b.as_mut_ptr().cast(), iov_len: b.len() }).collect();
    // SAFETY: the buffers are borrowed for the call and have the told lengths.
    check_size(unsafe {
        match offset {
            Some(at) => platform::special::preadv(fd, &list, at, flags),
            None => libc::readv(fd, list.as_ptr(), list.len() as c_int),
        }
    })
}

/// `pwritev` where there is an offset, else `writev`.
pub fn write_vectored(fd: c_int, buffers: &[Vec<u8>], offset: Option<i64>, flags: c_int) -> io::Result<usize> {
    let list: Vec<libc::iovec> =
        buffers.iter().map(|b| libc::iovec { iov_base: b.as_ptr().cast_mut().cast(), iov_len: b.len() }).collect();
    // SAFETY: the buffers are borrowed for the call, have the told lengths and are only read.
    check_size(unsafe {
        match offset {
            Some(at) => platform::special::pwritev(fd, &list, at, flags),
            None => libc::writev(fd, list.as_ptr(), list.len() as c_int),
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
    sched_get_priority_max(policy: c_int); sched_get_priority_min(policy: c_int);
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
                        libc::posix_spawn_file_actions_addopen(&raw mut files, *fd, path.as_ptr(), *flags, *mode as _)
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
                flags |= platform::special::SPAWN_SETSID;
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
                flags |= platform::special::set_scheduler(&raw mut attr, policy, priority)?;
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
