//! Clocks and the local time zone.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast)]

use std::ffi::CStr;
use std::io;

use super::check;
pub use super::platform::time::*;

/// The clock that `time.time` reads.
pub const REALTIME: i32 = libc::CLOCK_REALTIME as i32;
/// The time that the process has used, and the thread.
pub const PROCESS: i32 = libc::CLOCK_PROCESS_CPUTIME_ID as i32;
pub const THREAD: i32 = libc::CLOCK_THREAD_CPUTIME_ID as i32;

/// What `time.get_clock_info` calls these clocks.
pub const REALTIME_NAME: &str = "clock_gettime(CLOCK_REALTIME)";
pub const PROCESS_NAME: &str = "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)";
pub const THREAD_NAME: &str = "clock_gettime(CLOCK_THREAD_CPUTIME_ID)";

/// `clock_gettime`: seconds and nanoseconds.
pub fn clock_gettime(clock: i32) -> io::Result<(i64, i64)> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: see the module `os`.
    check(unsafe { libc::clock_gettime(clock as _, &raw mut t) })?;
    Ok((t.tv_sec, t.tv_nsec))
}

/// `clock_getres`
pub fn clock_getres(clock: i32) -> io::Result<(i64, i64)> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: see the module `os`.
    check(unsafe { libc::clock_getres(clock as _, &raw mut t) })?;
    Ok((t.tv_sec, t.tv_nsec))
}

/// `clock_settime`
pub fn clock_settime(clock: i32, seconds: i64, nanos: i64) -> io::Result<()> {
    let t = libc::timespec { tv_sec: seconds, tv_nsec: nanos };
    // SAFETY: see the module `os`.
    check(unsafe { libc::clock_settime(clock as _, &raw const t) }).map(drop)
}

/// A broken-down time.
#[derive(Clone, Debug, Default)]
pub struct Broken {
    pub year: i64,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    /// Monday is 0.
    pub weekday: i32,
    /// From 1.
    pub yearday: i32,
    pub dst: i32,
    pub zone: Vec<u8>,
    pub offset: i64,
}

fn broken(t: &libc::tm) -> Broken {
    // SAFETY: the zone name is null or a string that lives as long as the zone is set.
    let zone = unsafe { super::bytes_of(t.tm_zone) }.unwrap_or_default();
    Broken {
        year: i64::from(t.tm_year) + 1900,
        month: t.tm_mon + 1,
        day: t.tm_mday,
        hour: t.tm_hour,
        minute: t.tm_min,
        second: t.tm_sec,
        weekday: (t.tm_wday + 6) % 7,
        yearday: t.tm_yday + 1,
        dst: t.tm_isdst,
        zone,
        offset: t.tm_gmtoff,
    }
}

/// `localtime`
pub fn localtime(seconds: i64) -> io::Result<Broken> {
    // SAFETY: the struct is plain numbers and a pointer that may be null.
    unsafe {
        let mut t: libc::tm = std::mem::zeroed();
        if libc::localtime_r(&raw const seconds, &raw mut t).is_null() {
            return Err(io::Error::last_os_error());
        }
        Ok(broken(&t))
    }
}

/// `gmtime`
pub fn gmtime(seconds: i64) -> io::Result<Broken> {
    // SAFETY: as in `localtime`.
    unsafe {
        let mut t: libc::tm = std::mem::zeroed();
        if libc::gmtime_r(&raw const seconds, &raw mut t).is_null() {
            return Err(io::Error::last_os_error());
        }
        Ok(broken(&t))
    }
}

fn tm(b: &Broken) -> libc::tm {
    // SAFETY: as in `localtime`.
    let mut t: libc::tm = unsafe { std::mem::zeroed() };
    t.tm_year = (b.year - 1900).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
    t.tm_mon = b.month - 1;
    t.tm_mday = b.day;
    t.tm_hour = b.hour;
    t.tm_min = b.minute;
    t.tm_sec = b.second;
    t.tm_wday = (b.weekday + 1) % 7;
    t.tm_yday = b.yearday - 1;
    t.tm_isdst = b.dst;
    t
}

/// `mktime`; `None` when the time can't be represented.
pub fn mktime(b: &Broken) -> Option<i64> {
    let mut t = tm(b);
    t.tm_wday = -1;
    // SAFETY: see the module `os`.
    let r = unsafe { libc::mktime(&raw mut t) };
    (r != -1 || t.tm_wday != -1).then_some(r)
}

/// `strftime` in the C locale of the process. There is always an answer: what is no code is left as it is.
pub fn strftime(format: &CStr, b: &Broken) -> Option<Vec<u8>> {
    let mut t = tm(b);
    t.tm_gmtoff = b.offset;
    let zone = super::cstring(&b.zone).unwrap_or_default();
    if !b.zone.is_empty() {
        t.tm_zone = zone.as_ptr().cast_mut();
    }
    let mut size = 1024;
    loop {
        let mut buf = vec![0u8; size];
        // SAFETY: see the module `os`; the zone name outlives the call.
        let n = unsafe { libc::strftime(buf.as_mut_ptr().cast(), size, format.as_ptr(), &raw const t) };
        if n > 0 || size > 256 * format.to_bytes().len().max(16) {
            buf.truncate(n);
            return Some(buf);
        }
        size *= 2;
    }
}

unsafe extern "C" {
    fn tzset();
}

/// `tzset`
pub fn set_zone() {
    // SAFETY: reads the environment, which only changes under the interpreter lock.
    unsafe { tzset() }
}
