//! The proleptic Gregorian calendar: days, weekdays, ISO weeks. Nothing here knows of Python.

/// The first year that dates have.
pub(super) const MIN_YEAR: i32 = 1;
/// The last one.
pub(super) const MAX_YEAR: i32 = 9999;
/// The number of the last day, 1 being the first of year 1.
pub(super) const MAX_ORDINAL: i32 = 3_652_059;

/// Days in 400 years.
const DAYS_400: i32 = 146_097;

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ymd {
    pub(super) year: i32,
    pub(super) month: i32,
    pub(super) day: i32,
}

/// Whether a year has a 29th of February.
pub(super) fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month (1 to 12).
pub(super) fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 => 28 + i32::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the year before a month.
pub(super) fn days_before_month(year: i32, month: i32) -> i32 {
    (1..month).map(|m| days_in_month(year, m)).sum()
}

fn days_before_year(year: i32) -> i32 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

impl Ymd {
    /// The number of the day, 1 being the first of January of year 1.
    pub(super) fn ordinal(self) -> i32 {
        days_before_year(self.year) + days_before_month(self.year, self.month) + self.day
    }

    /// The date of a day's number, which is at least 1.
    pub(super) fn from_ordinal(n: i32) -> Ymd {
        let n = n - 1;
        let (cycles, mut rest) = (n / DAYS_400, n % DAYS_400);
        // The guess is never too late, and at most one year too early.
        let mut year = cycles * 400 + rest / 366 + 1;
        rest = n - days_before_year(year);
        loop {
            let len = 365 + i32::from(is_leap(year));
            if rest < len {
                break;
            }
            rest -= len;
            year += 1;
        }
        let mut month = 1;
        loop {
            let len = days_in_month(year, month);
            if rest < len {
                return Ymd { year, month, day: rest + 1 };
            }
            rest -= len;
            month += 1;
        }
    }

    /// The weekday, Monday being 0.
    pub(super) fn weekday(self) -> i32 {
        (self.ordinal() + 6) % 7
    }

    /// The ISO year, week and weekday (from 1).
    pub(super) fn iso(self) -> (i32, i32, i32) {
        let today = self.ordinal();
        let mut year = self.year;
        let mut start = first_iso_monday(year);
        if today < start {
            year -= 1;
            start = first_iso_monday(year);
        } else if today >= first_iso_monday(year + 1) {
            year += 1;
            start = first_iso_monday(year);
        }
        let days = today - start;
        (year, days / 7 + 1, days % 7 + 1)
    }
}

/// The number of the Monday that begins a year's first ISO week: the one with its first Thursday.
pub(super) fn first_iso_monday(year: i32) -> i32 {
    let first = days_before_year(year) + 1;
    let weekday = (first + 6) % 7;
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// How many weeks an ISO year has.
pub(super) fn iso_weeks(year: i32) -> i32 {
    (first_iso_monday(year + 1) - first_iso_monday(year)) / 7
}

/// Hours, minutes, seconds, microseconds, and which of two equal readings of the clock is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Clock {
    pub(super) hour: i32,
    pub(super) minute: i32,
    pub(super) second: i32,
    pub(super) us: i32,
}

impl Clock {
    /// Seconds since midnight.
    pub(super) fn seconds(self) -> i32 {
        self.hour * 3600 + self.minute * 60 + self.second
    }

    /// The reading so many seconds and microseconds after midnight.
    pub(super) fn from_seconds(seconds: i32, us: i32) -> Clock {
        Clock { hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60, us }
    }

    /// The last one of a day.
    pub(super) const MAX: Clock = Clock { hour: 23, minute: 59, second: 59, us: 999_999 };
}
