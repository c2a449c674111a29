//! The monotonic clock and sleeping by it.
#![allow(unsafe_code)]

use std::io;

use super::super::check;
use super::super::time::clock_gettime;

/// The clock that `time.monotonic` reads and `sleep_until` waits for, and what CPython calls it. `CLOCK_MONOTONIC` counts in
/// microseconds here, and while the machine sleeps.
pub const MONOTONIC: i32 = libc::CLOCK_UPTIME_RAW as i32;
pub const MONOTONIC_NAME: &str = "mach_absolute_time()";

/// The clocks by their names in `time`.
pub const CLOCKS: &[(&str, i32)] = &[
    ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC as i32),
    ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW as i32),
    ("CLOCK_MONOTONIC_RAW_APPROX", libc::CLOCK_MONOTONIC_RAW_APPROX as i32),
    ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID as i32),
    ("CLOCK_REALTIME", libc::CLOCK_REALTIME as i32),
    ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID as i32),
    ("CLOCK_UPTIME_RAW", libc::CLOCK_UPTIME_RAW as i32),
    ("CLOCK_UPTIME_RAW_APPROX", libc::CLOCK_UPTIME_RAW_APPROX as i32),
];

/// Sleeps until a moment of the monotonic clock; `EINTR` when a signal comes.
pub fn sleep_until(seconds: i64, nanos: i64) -> io::Result<()> {
    loop {
        let now = clock_gettime(MONOTONIC)?;
        let left = i128::from(seconds - now.0) * 1_000_000_000 + i128::from(nanos - now.1);
        if left <= 0 {
            return Ok(());
        }
        let t =
            libc::timespec { tv_sec: (left / 1_000_000_000) as i64, tv_nsec: (left % 1_000_000_000) as libc::c_long };
        // SAFETY: see the module `os`; the remaining time is not asked for.
        check(unsafe { libc::nanosleep(&raw const t, std::ptr::null_mut()) })?;
    }
}
