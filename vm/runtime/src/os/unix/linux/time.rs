//! The monotonic clock and sleeping by it.
#![allow(unsafe_code)]

use std::io;

use super::super::check_errno;

/// The clock that `time.monotonic` reads and `sleep_until` waits for, and what CPython calls it.
pub const MONOTONIC: i32 = libc::CLOCK_MONOTONIC;
pub const MONOTONIC_NAME: &str = "clock_gettime(CLOCK_MONOTONIC)";

/// The clocks by their names in `time`.
pub const CLOCKS: &[(&str, i32)] = &[
    ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
    ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
    ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
    ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
    ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
    ("CLOCK_TAI", libc::CLOCK_TAI),
    ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
];

/// Sleeps until a moment of the monotonic clock; `EINTR` when a signal comes.
pub fn sleep_until(seconds: i64, nanos: i64) -> io::Result<()> {
    let t = libc::timespec { tv_sec: seconds, tv_nsec: nanos };
    // SAFETY: see the module `os`; the remaining time is not asked for.
    check_errno(unsafe { libc::clock_nanosleep(MONOTONIC, libc::TIMER_ABSTIME, &raw const t, std::ptr::null_mut()) })
}
