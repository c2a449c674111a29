//! Processes.
#![allow(unsafe_code)]

use std::ffi::{CString, c_int};
use std::io;

use super::check;
pub use super::platform::process::*;

/// `fork`. In the child only the calling thread lives on.
///
/// The caller holds the interpreter lock, so that Python's objects are whole in the child; locks of other threads stay
/// as they were, which is why programs with threads should not fork, here as under CPython.
pub fn fork() -> io::Result<c_int> {
    // SAFETY: see above; what the child may do is its caller's concern.
    check(unsafe { libc::fork() })
}

/// A NULL-terminated array of pointers to strings that outlive it.
fn pointers(list: &[CString]) -> Vec<*const libc::c_char> {
    list.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
}

/// `execv` or `execve`; returns only to tell why it failed.
pub fn exec(path: &CString, args: &[CString], env: Option<&[CString]>) -> io::Error {
    let argv = pointers(args);
    // SAFETY: arrays and strings outlive the call and end as they must.
    unsafe {
        match env {
            Some(e) => {
                let envp = pointers(e);
                libc::execve(path.as_ptr(), argv.as_ptr(), envp.as_ptr())
            }
            None => libc::execv(path.as_ptr(), argv.as_ptr()),
        };
    }
    io::Error::last_os_error()
}

/// Ends the process at once.
pub fn exit_now(code: c_int) -> ! {
    // SAFETY: never returns.
    unsafe { libc::_exit(code) }
}

/// `abort`
pub fn abort() -> ! {
    // SAFETY: never returns.
    unsafe { libc::abort() }
}

/// `wait4`: pid, status, use of resources.
pub fn wait4(pid: c_int, options: c_int) -> io::Result<(c_int, c_int, libc::rusage)> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut status = 0;
        let mut usage: libc::rusage = std::mem::zeroed();
        let pid = check(libc::wait4(pid, &raw mut status, options, &raw mut usage))?;
        Ok((pid, status, usage))
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
numbers! { getpgid(pid: c_int); setpgid(pid: c_int, group: c_int); getsid(pid: c_int); setsid(); tcgetpgrp(fd: c_int); tcsetpgrp(fd: c_int, group: c_int); }

macro_rules! sure {
    ($($name:ident;)*) => {$(
        /// As the system call of the same name.
        pub fn $name() -> c_int {
            // SAFETY: always succeeds.
            unsafe { libc::$name() }
        }
    )*};
}
sure! { getpid; getppid; getpgrp; sched_yield; }

/// `nice`
pub fn nice(by: c_int) -> io::Result<c_int> {
    super::files::set_errno(0);
    // SAFETY: plain numbers; -1 is a result too.
    let r = unsafe { libc::nice(by) };
    let e = io::Error::last_os_error();
    if r == -1 && e.raw_os_error() != Some(0) { Err(e) } else { Ok(r) }
}

/// `times`: user, system, children's user and system, elapsed, in seconds.
pub fn times() -> [f64; 5] {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut t: libc::tms = std::mem::zeroed();
        let elapsed = libc::times(&raw mut t);
        let hz = libc::sysconf(libc::_SC_CLK_TCK) as f64;
        [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed].map(|n| n as f64 / hz)
    }
}

/// `uname`: system, node, release, version, machine.
pub fn uname() -> io::Result<[Vec<u8>; 5]> {
    // SAFETY: the fields are NUL-terminated strings.
    unsafe {
        let mut u: libc::utsname = std::mem::zeroed();
        check(libc::uname(&raw mut u))?;
        Ok([u.sysname.as_ptr(), u.nodename.as_ptr(), u.release.as_ptr(), u.version.as_ptr(), u.machine.as_ptr()]
            .map(|p| super::bytes_of(p).unwrap_or_default()))
    }
}

/// `sysconf`
pub fn sysconf(name: c_int) -> io::Result<i64> {
    super::files::set_errno(0);
    // SAFETY: plain numbers.
    let r = unsafe { libc::sysconf(name) };
    let e = io::Error::last_os_error();
    if r == -1 && e.raw_os_error() != Some(0) { Err(e) } else { Ok(r) }
}

/// Sets or removes an environment variable.
pub fn set_env(name: &CString, value: Option<&CString>) -> io::Result<()> {
    // SAFETY: the environment is only changed, and by our own code only read, under the interpreter lock.
    check(unsafe {
        match value {
            Some(v) => libc::setenv(name.as_ptr(), v.as_ptr(), 1),
            None => libc::unsetenv(name.as_ptr()),
        }
    })
    .map(drop)
}

/// `getloadavg`
pub fn load_average() -> io::Result<[f64; 3]> {
    let mut a = [0.0; 3];
    // SAFETY: see the module `os`.
    if unsafe { libc::getloadavg(a.as_mut_ptr(), 3) } == 3 { Ok(a) } else { Err(io::Error::other("no load average")) }
}

/// Columns and lines of a terminal.
pub fn terminal_size(fd: c_int) -> io::Result<(u16, u16)> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut w: libc::winsize = std::mem::zeroed();
        check(libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut w))?;
        Ok((w.ws_col, w.ws_row))
    }
}

/// The thread's identity, as `threading.get_ident` gives it.
pub(crate) fn thread_ident() -> u64 {
    // SAFETY: always succeeds.
    unsafe { libc::pthread_self() as u64 }
}

/// What a child does between `fork` and `exec`.
pub struct Spawn {
    pub programs: Vec<CString>,
    pub args: Vec<CString>,
    pub env: Option<Vec<CString>>,
    pub cwd: Option<CString>,
    /// Standard input, output, error; -1 leaves it.
    pub stdio: [c_int; 3],
    /// The pipe through which a failure is told.
    pub error_pipe: c_int,
    pub close_others: bool,
    pub keep: Vec<c_int>,
    pub new_session: bool,
    /// -1: none
    pub group: c_int,
    pub gid: Option<u32>,
    pub groups: Option<Vec<u32>>,
    pub uid: Option<u32>,
    pub umask: c_int,
    pub restore_signals: bool,
}

impl Spawn {
    /// Runs in the child of a fork: never returns. Everything it touches was allocated before.
    pub fn run(&self, before_exec: impl FnOnce() -> bool) -> ! {
        let what = self.prepare(before_exec);
        let code = match what {
            Ok(()) => io::Error::last_os_error().raw_os_error().unwrap_or(0),
            Err((e, stage)) => {
                self.tell(stage, e);
                exit_now(255);
            }
        };
        self.tell("", code);
        exit_now(255)
    }

    fn tell(&self, stage: &str, code: c_int) {
        let name = if stage == "preexec" {
            "SubprocessError:0:Exception occurred in preexec_fn.".to_owned()
        } else {
            format!("OSError:{code:X}:{stage}")
        };
        // Nobody else can be told.
        let _ = super::files::write(self.error_pipe, name.as_bytes());
    }

    fn prepare(&self, before_exec: impl FnOnce() -> bool) -> Result<(), (c_int, &'static str)> {
        let fail = |e: io::Error| (e.raw_os_error().unwrap_or(0), "noexec");
        // SAFETY: plain system calls in a child that shares no memory with its parent any more.
        unsafe {
            let mut fds = self.stdio;
            // What lies in the way of 0, 1, 2 moves up first.
            for i in 0..3 {
                if fds[i] >= 0 && (fds[i] as usize) < i {
                    fds[i] = check(libc::fcntl(fds[i], libc::F_DUPFD_CLOEXEC, 3)).map_err(fail)?;
                }
            }
            if fds[1] == 0 {
                fds[1] = check(libc::fcntl(0, libc::F_DUPFD_CLOEXEC, 3)).map_err(fail)?;
            }
            for (i, &fd) in fds.iter().enumerate() {
                let to = i as c_int;
                if fd == to {
                    super::files::set_inheritable(fd, true).map_err(fail)?;
                } else if fd >= 0 {
                    check(libc::dup2(fd, to)).map_err(fail)?;
                }
            }
            if let Some(d) = &self.cwd
                && libc::chdir(d.as_ptr()) == -1
            {
                return Err((io::Error::last_os_error().raw_os_error().unwrap_or(0), "noexec:chdir"));
            }
            if self.umask >= 0 {
                libc::umask(self.umask as libc::mode_t);
            }
            if self.restore_signals {
                for s in [libc::SIGPIPE, libc::SIGXFSZ] {
                    libc::signal(s, libc::SIG_DFL);
                }
            }
            if self.new_session {
                check(libc::setsid()).map_err(fail)?;
            }
            if self.group >= 0 {
                check(libc::setpgid(0, self.group)).map_err(fail)?;
            }
            if let Some(g) = &self.groups {
                check(libc::setgroups(g.len() as _, g.as_ptr())).map_err(fail)?;
            }
            if let Some(g) = self.gid {
                check(libc::setregid(g, g)).map_err(fail)?;
            }
            if let Some(u) = self.uid {
                check(libc::setreuid(u, u)).map_err(fail)?;
            }
            if !before_exec() {
                return Err((0, "preexec"));
            }
            for &fd in &self.keep {
                if fd != self.error_pipe {
                    let _ = super::files::set_inheritable(fd, true);
                }
            }
            if self.close_others {
                self.close_rest();
            }
            let argv = pointers(&self.args);
            let envp = self.env.as_deref().map(pointers);
            let mut saved = 0;
            for p in &self.programs {
                match &envp {
                    Some(e) => libc::execve(p.as_ptr(), argv.as_ptr(), e.as_ptr()),
                    None => libc::execv(p.as_ptr(), argv.as_ptr()),
                };
                let e = io::Error::last_os_error().raw_os_error().unwrap_or(0);
                if e != libc::ENOENT && e != libc::ENOTDIR && saved == 0 {
                    saved = e;
                }
            }
            if saved != 0 {
                super::files::set_errno(saved);
            }
        }
        Ok(())
    }

    fn close_rest(&self) {
        let mut start = 3;
        for &fd in self.keep.iter().filter(|&&fd| fd >= 3) {
            close_range(start, fd - 1);
            start = fd + 1;
        }
        close_range(start, c_int::MAX);
    }
}

/// Closes descriptors one after the other, as far as the limit of open files goes.
pub(super) fn close_one_by_one(first: c_int, last: c_int) {
    let limit = sysconf(libc::_SC_OPEN_MAX).unwrap_or(1024).min(65536) as c_int;
    for fd in first..=last.min(limit) {
        // Most of them are not open.
        let _ = super::files::close(fd);
    }
}
