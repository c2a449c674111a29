//! Clocks and the local time zone.

use std::ffi::CStr;
use std::io;

use windows_sys::Win32::Foundation::{FILETIME, SYSTEMTIME};
use windows_sys::Win32::System::Performance::{QueryPerformanceCounter, QueryPerformanceFrequency};
use windows_sys::Win32::System::SystemInformation::GetSystemTimePreciseAsFileTime;
use windows_sys::Win32::System::Threading as t;
use windows_sys::Win32::System::Time as z;

use super::stat::{file_time, unix_time};
use super::{check, errno_error, libc as c};

/// Now: seconds and nanoseconds since 1970.
pub(super) fn now() -> (i64, i64) {
    // SAFETY: plain numbers.
    unix_time(unsafe {
        let mut t: FILETIME = std::mem::zeroed();
        GetSystemTimePreciseAsFileTime(&raw mut t);
        t
    })
}

/// The clocks of `time.time` and `time.monotonic`; the time that the process has used, and the thread.
pub const REALTIME: i32 = c::CLOCK_REALTIME;
pub const MONOTONIC: i32 = c::CLOCK_MONOTONIC;
pub const PROCESS: i32 = c::CLOCK_PROCESS_CPUTIME_ID;
pub const THREAD: i32 = c::CLOCK_THREAD_CPUTIME_ID;

/// What `time.get_clock_info` calls them.
pub const REALTIME_NAME: &str = "GetSystemTimePreciseAsFileTime()";
pub const MONOTONIC_NAME: &str = "QueryPerformanceCounter()";
pub const PROCESS_NAME: &str = "GetProcessTimes()";
pub const THREAD_NAME: &str = "GetThreadTimes()";

/// No clock has a number that programs use.
pub const CLOCKS: &[(&str, i32)] = &[];

fn frequency() -> i64 {
    let mut n = 0;
    // SAFETY: plain numbers; always succeeds.
    unsafe { QueryPerformanceFrequency(&raw mut n) };
    n.max(1)
}

fn monotonic() -> (i64, i64) {
    let (mut n, per_second) = (0, frequency());
    // SAFETY: plain numbers; always succeeds.
    unsafe { QueryPerformanceCounter(&raw mut n) };
    (n / per_second, (i128::from(n % per_second) * 1_000_000_000 / i128::from(per_second)) as i64)
}

fn used(which: i32) -> io::Result<(i64, i64)> {
    // SAFETY: plain numbers; see the module `os`.
    let [.., kernel, user] = unsafe {
        let mut times: [FILETIME; 4] = std::mem::zeroed();
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| (&raw mut times).cast::<FILETIME>().wrapping_add(i));
        check(if which == c::CLOCK_PROCESS_CPUTIME_ID {
            t::GetProcessTimes(t::GetCurrentProcess(), a, b, c, d)
        } else {
            t::GetThreadTimes(t::GetCurrentThread(), a, b, c, d)
        })?;
        times
    };
    let ticks = |t: FILETIME| i64::from(t.dwHighDateTime) << 32 | i64::from(t.dwLowDateTime);
    let sum = ticks(kernel) + ticks(user);
    Ok((sum / 10_000_000, sum % 10_000_000 * 100))
}

/// A clock's time: seconds and nanoseconds.
pub fn clock_gettime(clock: i32) -> io::Result<(i64, i64)> {
    match clock {
        c::CLOCK_REALTIME => Ok(now()),
        c::CLOCK_MONOTONIC => Ok(monotonic()),
        c::CLOCK_PROCESS_CPUTIME_ID | c::CLOCK_THREAD_CPUTIME_ID => used(clock),
        _ => Err(errno_error(c::EINVAL)),
    }
}

/// A clock's resolution: seconds and nanoseconds.
pub fn clock_getres(clock: i32) -> io::Result<(i64, i64)> {
    Ok((0, if clock == c::CLOCK_MONOTONIC { 1_000_000_000 / frequency() } else { 100 }))
}

/// Sleeps until a moment of the monotonic clock; `EINTR` when Ctrl-C comes.
pub fn sleep_until(seconds: i64, nanos: i64) -> io::Result<()> {
    loop {
        let now = monotonic();
        let left = i128::from(seconds - now.0) * 1_000_000_000 + i128::from(nanos - now.1);
        if left <= 0 {
            return Ok(());
        }
        let millis = u32::try_from((left + 999_999) / 1_000_000).unwrap_or(u32::MAX - 1).min(u32::MAX - 1);
        if super::signal::interrupted_within(millis) {
            return Err(errno_error(c::EINTR));
        }
    }
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

/// Days since 1970 of a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The day of the calendar so many days after 1970 began.
fn civil(days: i64) -> (i64, i32, i32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month as i32, day as i32)
}

/// `gmtime`
pub fn gmtime(seconds: i64) -> io::Result<Broken> {
    let (day, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, mday) = civil(day);
    if i32::try_from(year).is_err() {
        return Err(errno_error(c::EOVERFLOW));
    }
    Ok(Broken {
        year,
        month,
        day: mday,
        hour: (rest / 3600) as i32,
        minute: (rest / 60 % 60) as i32,
        second: (rest % 60) as i32,
        weekday: (day + 3).rem_euclid(7) as i32,
        yearday: (day - days(year, 1, 1) + 1) as i32,
        dst: 0,
        zone: Vec::new(),
        offset: 0,
    })
}

fn seconds_of(b: &Broken) -> i64 {
    let month = i64::from(b.month) - 1;
    let (year, month) = (b.year + month.div_euclid(12), month.rem_euclid(12) + 1);
    let day = days(year, month, 1) + i64::from(b.day) - 1;
    day * 86_400 + i64::from(b.hour) * 3600 + i64::from(b.minute) * 60 + i64::from(b.second)
}

fn zone_of(year: i64) -> z::TIME_ZONE_INFORMATION {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut zone: z::TIME_ZONE_INFORMATION = std::mem::zeroed();
        let year = year.clamp(1601, 30_827) as u16;
        if z::GetTimeZoneInformationForYear(year, std::ptr::null(), &raw mut zone) == 0 {
            z::GetTimeZoneInformation(&raw mut zone);
        }
        zone
    }
}

/// Seconds east of Greenwich at a moment, by the zone's rules of that year.
fn offset_at(seconds: i64, zone: &z::TIME_ZONE_INFORMATION) -> Option<i64> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let universal = file_time(seconds, 0);
        let (mut utc, mut local): (SYSTEMTIME, SYSTEMTIME) = (std::mem::zeroed(), std::mem::zeroed());
        let mut back: FILETIME = std::mem::zeroed();
        let ok = z::FileTimeToSystemTime(&raw const universal, &raw mut utc) != 0
            && z::SystemTimeToTzSpecificLocalTime(zone, &raw const utc, &raw mut local) != 0
            && z::SystemTimeToFileTime(&raw const local, &raw mut back) != 0;
        ok.then(|| unix_time(back).0 - seconds)
    }
}

/// `localtime`
pub fn localtime(seconds: i64) -> io::Result<Broken> {
    let utc = gmtime(seconds)?;
    let zone = zone_of(utc.year);
    let standard = -60 * i64::from(zone.Bias + zone.StandardBias);
    // What the system can't convert has the zone's standard time.
    let offset = offset_at(seconds, &zone).unwrap_or(standard);
    let dst = offset != standard && zone.DaylightDate.wMonth != 0;
    let name = if dst { &zone.DaylightName[..] } else { &zone.StandardName[..] };
    let mut b = gmtime(seconds + offset)?;
    (b.dst, b.offset, b.zone) = (dst.into(), offset, super::narrow(name));
    Ok(b)
}

/// `mktime`; `None` when the time can't be represented.
pub fn mktime(b: &Broken) -> Option<i64> {
    let wall = seconds_of(b);
    let zone = zone_of(b.year);
    let standard = -60 * i64::from(zone.Bias + zone.StandardBias);
    if b.dst > 0 && zone.DaylightDate.wMonth != 0 {
        return Some(wall + 60 * i64::from(zone.Bias + zone.DaylightBias));
    }
    if b.dst == 0 {
        return Some(wall - standard);
    }
    // The offset there may be another than at the same number of seconds in Greenwich.
    let first = wall - offset_at(wall, &zone).unwrap_or(standard);
    Some(wall - offset_at(first, &zone).unwrap_or(standard))
}

/// `strftime` as in the C locale; `None` for a format that is invalid.
pub fn strftime(format: &CStr, b: &Broken) -> Option<Vec<u8>> {
    let mut zone;
    let mut b = b;
    if b.zone.is_empty() {
        zone = b.clone();
        let information = zone_of(b.year);
        zone.zone =
            super::narrow(if b.dst > 0 { &information.DaylightName[..] } else { &information.StandardName[..] });
        b = &zone;
    }
    super::strftime::format(format.to_bytes(), b, days(b.year, 1, 1))
}
