//! `strftime` in the C locale, whose answer does not depend on which C library there is.

use super::time::Broken;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The week of the year and the year it belongs to (ISO 8601).
fn iso_week(b: &Broken, new_year: i64) -> (i64, i64) {
    let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    // A year has 53 weeks when it begins on a Thursday, or on a Wednesday and is a leap year.
    let long = |weekday: i64, y: i64| weekday == 3 || (weekday == 2 && leap(y));
    let week = (i64::from(b.yearday) - i64::from(b.weekday) - 1 + 10).div_euclid(7);
    let weekday = (new_year + 3).rem_euclid(7);
    if week < 1 {
        let days = if leap(b.year - 1) { 366 } else { 365 };
        let before = (weekday - days).rem_euclid(7);
        return (if long(before, b.year - 1) { 53 } else { 52 }, b.year - 1);
    }
    if week == 53 && !long(weekday, b.year) {
        return (1, b.year + 1);
    }
    (week, b.year)
}

/// The text; `new_year` counts days from 1970 to the year's first. `None` where Microsoft's library takes the format for invalid.
pub(super) fn format(format: &[u8], b: &Broken, new_year: i64) -> Option<Vec<u8>> {
    let mut out = String::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut rest = format.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut code = rest.next();
        // `%#d` is Microsoft's way to leave out leading zeros.
        let bare = code == Some(b'#');
        if bare {
            code = rest.next();
        }
        // Other calendars and digits, which the C locale does not have.
        if matches!(code, Some(b'E' | b'O')) {
            code = rest.next();
        }
        out.clear();
        let mut number = |n: i64, width: usize, fill: char| {
            let text = n.to_string();
            for _ in text.len()..if bare { 0 } else { width } {
                out.push(fill);
            }
            out.push_str(&text);
        };
        let hour12 = i64::from((b.hour + 11) % 12 + 1);
        let weekday = b.weekday.rem_euclid(7) as usize;
        let month = (b.month - 1).rem_euclid(12) as usize;
        let part = |text: &str| self::format(text.as_bytes(), b, new_year).unwrap_or_default();
        match code {
            Some(b'%') => bytes.push(b'%'),
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'a') => out.push_str(&DAYS[weekday][..3]),
            Some(b'A') => out.push_str(DAYS[weekday]),
            Some(b'b' | b'h') => out.push_str(&MONTHS[month][..3]),
            Some(b'B') => out.push_str(MONTHS[month]),
            Some(b'p') => out.push_str(if b.hour < 12 { "AM" } else { "PM" }),
            Some(b'd') => number(b.day.into(), 2, '0'),
            Some(b'e') => number(b.day.into(), 2, ' '),
            Some(b'H') => number(b.hour.into(), 2, '0'),
            Some(b'I') => number(hour12, 2, '0'),
            Some(b'j') => number(b.yearday.into(), 3, '0'),
            Some(b'm') => number(b.month.into(), 2, '0'),
            Some(b'M') => number(b.minute.into(), 2, '0'),
            Some(b'S') => number(b.second.into(), 2, '0'),
            Some(b'y') => number(b.year.rem_euclid(100), 2, '0'),
            Some(b'Y') => number(b.year, 0, '0'),
            Some(b'C') => number(b.year.div_euclid(100), 2, '0'),
            Some(b'u') => number(i64::from(b.weekday) + 1, 0, '0'),
            Some(b'w') => number((i64::from(b.weekday) + 1) % 7, 0, '0'),
            Some(b'U') => number((i64::from(b.yearday) + 6 - (i64::from(b.weekday) + 1) % 7) / 7, 2, '0'),
            Some(b'W') => number((i64::from(b.yearday) + 6 - i64::from(b.weekday)) / 7, 2, '0'),
            Some(b'V') => number(iso_week(b, new_year).0, 2, '0'),
            Some(b'G') => number(iso_week(b, new_year).1, 0, '0'),
            Some(b'g') => number(iso_week(b, new_year).1.rem_euclid(100), 2, '0'),
            Some(b'z') => {
                let (sign, n) = if b.offset < 0 { ('-', -b.offset) } else { ('+', b.offset) };
                out.push_str(&format!("{sign}{:02}{:02}", n / 3600, n / 60 % 60));
            }
            Some(b'Z') => bytes.extend_from_slice(&b.zone),
            Some(b'c') if bare => bytes.extend(part("%A, %B %d, %Y %H:%M:%S")),
            Some(b'x') if bare => bytes.extend(part("%A, %B %d, %Y")),
            Some(b'c') => bytes.extend(part("%a %b %e %H:%M:%S %Y")),
            Some(b'D' | b'x') => bytes.extend(part("%m/%d/%y")),
            Some(b'F') => bytes.extend(part("%Y-%m-%d")),
            Some(b'r') => bytes.extend(part("%I:%M:%S %p")),
            Some(b'R') => bytes.extend(part("%H:%M")),
            Some(b'T' | b'X') => bytes.extend(part("%H:%M:%S")),
            _ => return None,
        }
        bytes.extend_from_slice(out.as_bytes());
    }
    Some(bytes)
}
