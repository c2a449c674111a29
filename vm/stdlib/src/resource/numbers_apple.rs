//! Limits of macOS.

use freeze_runtime::os::libc as c;

/// How many limits there are.
pub(super) const COUNT: i32 = 9;

/// No limit, as Python shows it.
pub(super) const INFINITY: i64 = c::RLIM_INFINITY as i64;

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

pub(super) const NUMBERS: &[(&str, i64)] = numbers! {
    RLIMIT_AS RLIMIT_CORE RLIMIT_CPU RLIMIT_DATA RLIMIT_FSIZE RLIMIT_MEMLOCK RLIMIT_NOFILE RLIMIT_NPROC RLIMIT_RSS RLIMIT_STACK
    RUSAGE_CHILDREN RUSAGE_SELF
};
