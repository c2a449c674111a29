//! Signals of Windows' C library.

use freeze_runtime::os::{libc, signal};

pub(super) const NUMBERS: &[(&str, i64)] = &[
    ("SIGABRT", libc::SIGABRT as i64),
    ("SIGBREAK", libc::SIGBREAK as i64),
    ("SIGFPE", libc::SIGFPE as i64),
    ("SIGILL", libc::SIGILL as i64),
    ("SIGINT", libc::SIGINT as i64),
    ("SIGSEGV", libc::SIGSEGV as i64),
    ("SIGTERM", libc::SIGTERM as i64),
];

/// Events of the console, which `os.kill` sends.
pub(super) const MORE: &[(&str, i64)] =
    &[("CTRL_BREAK_EVENT", libc::CTRL_BREAK_EVENT as i64), ("CTRL_C_EVENT", libc::CTRL_C_EVENT as i64)];

pub(super) const NSIG: usize = 23;

/// Those that programs may use.
pub(super) const VALID: &[i32] = &signal::KNOWN;
