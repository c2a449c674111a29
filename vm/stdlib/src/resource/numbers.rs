//! Limits of Linux.

use freeze_runtime::os::libc as c;

/// How many limits there are.
pub(super) const COUNT: i32 = 16;

/// No limit, as Python shows it.
pub(super) const INFINITY: i64 = -1;

pub(super) const NUMBERS: &[(&str, i64)] = &[
    ("RLIMIT_AS", c::RLIMIT_AS as i64),
    ("RLIMIT_CORE", c::RLIMIT_CORE as i64),
    ("RLIMIT_CPU", c::RLIMIT_CPU as i64),
    ("RLIMIT_DATA", c::RLIMIT_DATA as i64),
    ("RLIMIT_FSIZE", c::RLIMIT_FSIZE as i64),
    ("RLIMIT_MEMLOCK", c::RLIMIT_MEMLOCK as i64),
    ("RLIMIT_MSGQUEUE", c::RLIMIT_MSGQUEUE as i64),
    ("RLIMIT_NICE", c::RLIMIT_NICE as i64),
    ("RLIMIT_NOFILE", c::RLIMIT_NOFILE as i64),
    ("RLIMIT_NPROC", c::RLIMIT_NPROC as i64),
    ("RLIMIT_OFILE", c::RLIMIT_NOFILE as i64),
    ("RLIMIT_RSS", c::RLIMIT_RSS as i64),
    ("RLIMIT_RTPRIO", c::RLIMIT_RTPRIO as i64),
    ("RLIMIT_RTTIME", c::RLIMIT_RTTIME as i64),
    ("RLIMIT_SIGPENDING", c::RLIMIT_SIGPENDING as i64),
    ("RLIMIT_STACK", c::RLIMIT_STACK as i64),
    ("RUSAGE_CHILDREN", c::RUSAGE_CHILDREN as i64),
    ("RUSAGE_SELF", c::RUSAGE_SELF as i64),
    ("RUSAGE_THREAD", c::RUSAGE_THREAD as i64),
];
