//! Constants of `posix` that all platforms have; `linux/names.rs` and `macos/names.rs` have the rest.

use freeze_runtime::os::libc as c;

macro_rules! table {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

pub(super) const NUMBERS: &[(&str, i64)] = table! {
    F_OK R_OK W_OK X_OK O_RDONLY O_WRONLY O_RDWR O_NDELAY O_NONBLOCK O_APPEND O_DSYNC O_SYNC O_NOCTTY O_CREAT
    O_EXCL O_TRUNC O_CLOEXEC O_ACCMODE O_DIRECTORY O_NOFOLLOW O_ASYNC
    WNOHANG WUNTRACED WCONTINUED WNOWAIT WEXITED WSTOPPED P_PID P_PGID P_ALL
    SEEK_DATA SEEK_HOLE F_LOCK F_ULOCK F_TLOCK F_TEST SCHED_OTHER SCHED_FIFO SCHED_RR PRIO_PROCESS PRIO_PGRP PRIO_USER
    ST_RDONLY ST_NOSUID RTLD_LAZY RTLD_NOW RTLD_GLOBAL RTLD_LOCAL RTLD_NODELETE RTLD_NOLOAD
    CLD_CONTINUED CLD_DUMPED CLD_EXITED CLD_KILLED CLD_STOPPED CLD_TRAPPED
};

/// The exit codes of sysexits.h, and what else is the same everywhere.
pub(super) const EXITS: &[(&str, i64)] = &[
    ("EX_OK", 0),
    ("EX_USAGE", 64),
    ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66),
    ("EX_NOUSER", 67),
    ("EX_NOHOST", 68),
    ("EX_UNAVAILABLE", 69),
    ("EX_SOFTWARE", 70),
    ("EX_OSERR", 71),
    ("EX_OSFILE", 72),
    ("EX_CANTCREAT", 73),
    ("EX_IOERR", 74),
    ("EX_TEMPFAIL", 75),
    ("EX_PROTOCOL", 76),
    ("EX_NOPERM", 77),
    ("EX_CONFIG", 78),
    // Another name, which musl's headers do not have.
    ("O_FSYNC", c::O_SYNC as i64),
    // Kinds of file actions, by numbers of our own.
    ("POSIX_SPAWN_OPEN", 0),
    ("POSIX_SPAWN_CLOSE", 1),
    ("POSIX_SPAWN_DUP2", 2),
];

/// What `os` derives `supports_dir_fd` and friends from.
pub(super) const HAVE: &[&str] = &[
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FSTATAT",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_LINKAT",
    "HAVE_LSTAT",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];
