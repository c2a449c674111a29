//! Dates and times as text: ISO 8601 both ways, and the codes that `strftime` of the system does not know.

use freeze_runtime::types::str::{PyStr, STR};
use freeze_runtime::{PyResult, Str, Value, Vm, import};

use super::calendar::{self, Clock, Ymd};
use super::zone;

/// `+hh:mm`, with seconds and microseconds where there are any; the offset in microseconds.
pub(super) fn offset(us: i128, separator: &str) -> String {
    let sign = if us < 0 { '-' } else { '+' };
    let us = us.unsigned_abs();
    let (seconds, us) = (us / 1_000_000, us % 1_000_000);
    let mut out = format!("{sign}{:02}{separator}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 || us != 0 {
        out += &format!("{separator}{:02}", seconds % 60);
    }
    if us != 0 {
        out += &format!(".{us:06}");
    }
    out
}

/// The time of day as `isoformat` writes it.
pub(super) fn clock(vm: &Vm, c: Clock, timespec: Option<&Str>) -> PyResult<String> {
    let spec = timespec.map_or(&b"auto"[..], |s| s.as_bytes());
    let spec = match spec {
        b"auto" if c.us == 0 => b"seconds",
        b"auto" => &b"microseconds"[..],
        s => s,
    };
    let Clock { hour, minute, second, us } = c;
    Ok(match spec {
        b"hours" => format!("{hour:02}"),
        b"minutes" => format!("{hour:02}:{minute:02}"),
        b"seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        b"milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", us / 1000),
        b"microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{us:06}"),
        _ => return Err(vm.value_error("Unknown timespec value")),
    })
}

/// A number of exactly `n` ASCII digits, taken off the front.
fn digits(text: &mut &[u8], n: usize) -> Option<i32> {
    let (head, rest) = text.split_at_checked(n)?;
    let mut value = 0;
    for &b in head {
        if !b.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i32::from(b - b'0');
    }
    *text = rest;
    Some(value)
}

fn dash(text: &mut &[u8]) -> bool {
    match text.strip_prefix(b"-") {
        Some(rest) => {
            *text = rest;
            true
        }
        None => false,
    }
}

/// What the text of a date says.
pub(super) enum ParsedDate {
    /// Year, month and day, not checked.
    Plain(Ymd),
    /// ISO year, week and weekday, not checked.
    Week(i32, i32, i32),
}

/// `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]`, `YYYYWww[D]`
pub(super) fn parse_date(mut text: &[u8]) -> Option<ParsedDate> {
    let year = digits(&mut text, 4)?;
    let separated = dash(&mut text);
    if let Some(rest) = text.strip_prefix(b"W") {
        text = rest;
        let week = digits(&mut text, 2)?;
        let mut day = 1;
        if !text.is_empty() {
            if dash(&mut text) != separated {
                return None;
            }
            day = digits(&mut text, 1)?;
        }
        return text.is_empty().then_some(ParsedDate::Week(year, week, day));
    }
    let month = digits(&mut text, 2)?;
    if dash(&mut text) != separated {
        return None;
    }
    let day = digits(&mut text, 2)?;
    text.is_empty().then_some(ParsedDate::Plain(Ymd { year, month, day }))
}

/// Where the date ends in the text of a date and time. What follows is one character, then the time.
pub(super) fn date_length(text: &[u8]) -> Option<usize> {
    let n = text.len();
    let digit = |i: usize| text.get(i).is_some_and(u8::is_ascii_digit);
    if n == 7 {
        return Some(7);
    }
    if text.get(4) == Some(&b'-') {
        if text.get(5) != Some(&b'W') {
            return Some(10);
        }
        if n > 8 && text[8] == b'-' {
            // `YYYY-Www-` may go on with a weekday, or the dash stands before the time.
            if n == 9 {
                return None;
            }
            return Some(if n > 10 && digit(10) { 8 } else { 10 });
        }
        return Some(8);
    }
    if text.get(4) == Some(&b'W') {
        // `YYYYWww` or `YYYYWwwd`: digits of the time may follow directly behind the separator.
        let mut i = 7;
        while digit(i) {
            i += 1;
        }
        return Some(if i < 9 {
            i
        } else if i % 2 == 0 {
            7
        } else {
            8
        });
    }
    Some(8)
}

fn parse_clock(mut text: &[u8]) -> Option<Clock> {
    let mut parts = [0; 3];
    let mut separated = false;
    let mut filled = 0;
    for (i, part) in parts.iter_mut().enumerate() {
        *part = digits(&mut text, 2)?;
        filled = i + 1;
        if i == 0 {
            separated = text.first() == Some(&b':');
        }
        if text.is_empty() || i == 2 || (i > 0 && matches!(text[0], b'.' | b',')) {
            break;
        }
        if separated {
            text = text.strip_prefix(b":")?;
        }
    }
    let mut us = 0;
    if let Some((mark, mut fraction)) = text.split_first() {
        // Only seconds have a fraction.
        if !matches!(mark, b'.' | b',') || filled < 3 || fraction.is_empty() {
            return None;
        }
        let n = fraction.len().min(6);
        us = digits(&mut fraction, n)? * 10_i32.pow(6 - n as u32);
        if !fraction.iter().all(u8::is_ascii_digit) {
            return None;
        }
    }
    Some(Clock { hour: parts[0], minute: parts[1], second: parts[2], us })
}

/// The text of a time of day: the reading (hour 24 included, nothing checked) and the offset in microseconds, if any.
pub(super) fn parse_time(text: &[u8]) -> Option<(Clock, Option<i64>)> {
    let Some(at) = text.iter().position(|b| matches!(b, b'+' | b'-' | b'Z')) else {
        return Some((parse_clock(text)?, None));
    };
    let clock = parse_clock(&text[..at])?;
    let zone = &text[at + 1..];
    if text[at] == b'Z' {
        return zone.is_empty().then_some((clock, Some(0)));
    }
    let z = parse_clock(zone)?;
    let us = i64::from(z.seconds()) * 1_000_000 + i64::from(z.us);
    Some((clock, Some(if text[at] == b'-' { -us } else { us })))
}

/// `time.strftime` behind the codes that need the object: `%f`, `%z`, `%:z`, `%Z`, and years below 1000.
pub(super) struct Format<'a> {
    pub(super) us: i32,
    /// The tzinfo, and what its methods are asked about.
    pub(super) zone: Option<(&'a Value, &'a Value)>,
    pub(super) ymd: Ymd,
    /// The nine fields.
    pub(super) fields: Value,
}

impl Format<'_> {
    fn offset(&self, vm: &Vm, separator: &str) -> PyResult<String> {
        let Some((tz, about)) = self.zone else { return Ok(String::new()) };
        Ok(zone::offset_of(vm, tz, "utcoffset", about)?.map_or(String::new(), |us| offset(us, separator)))
    }

    fn zone_name(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        let Some((tz, about)) = self.zone else { return Ok(Vec::new()) };
        let name = zone::name_of(vm, tz, about)?;
        if name.has_layout::<PyStr>() && !name.is_exact(&STR) {
            // A subclass has a say in how its text is escaped.
            let r = vm.call_method(&name, "replace", &[vm.str("%"), vm.str("%%")])?;
            return match r.downcast::<PyStr>() {
                Some(s) => Ok(s.as_bytes().to_vec()),
                None => Err(vm.type_error("tzname.replace() did not return a string")),
            };
        }
        let Some(s) = name.downcast::<PyStr>() else { return Ok(Vec::new()) };
        // The system's function sees the text again.
        Ok(s.as_bytes().split_inclusive(|&b| b == b'%').fold(Vec::new(), |mut out, part| {
            out.extend_from_slice(part);
            if part.ends_with(b"%") {
                out.push(b'%');
            }
            out
        }))
    }

    /// Writes the text.
    pub(super) fn write(&self, vm: &Vm, format: &PyStr) -> PyResult<Value> {
        let mut out = Vec::with_capacity(format.byte_len() + 8);
        let time = import::import_path(vm, "time")?;
        let mut rest = format.as_bytes();
        while let Some((&b, tail)) = rest.split_first() {
            rest = tail;
            if b != b'%' {
                out.push(b);
                continue;
            }
            let Some((&code, tail)) = rest.split_first() else {
                out.push(b'%');
                break;
            };
            rest = tail;
            let Ymd { year, month, day } = self.ymd;
            match code {
                b'f' => out.extend(format!("{:06}", self.us).bytes()),
                b'z' => out.extend(self.offset(vm, "")?.bytes()),
                b':' if rest.first() == Some(&b'z') => {
                    rest = &rest[1..];
                    out.extend(self.offset(vm, ":")?.bytes());
                }
                b'Z' => out.extend(self.zone_name(vm)?),
                // The system writes these years without zeros in front.
                b'Y' | b'F' | b'C' | b'G' if year < 1000 => {
                    let shown = if code == b'G' {
                        let text = vm.call_method(&time, "strftime", &[vm.str("%G"), self.fields.clone()])?;
                        vm.to_str(&text)?.to_lossy().trim().parse().unwrap_or(year)
                    } else {
                        year
                    };
                    match code {
                        b'C' => out.extend(format!("{:02}", shown / 100).bytes()),
                        b'F' => out.extend(format!("{shown:04}-{month:02}-{day:02}").bytes()),
                        _ => out.extend(format!("{shown:04}").bytes()),
                    }
                }
                _ => out.extend([b'%', code]),
            }
        }
        vm.call_method(&time, "strftime", &[PyStr::new(&out).into_value(), self.fields.clone()])
    }
}

/// `time.struct_time` of a date and time.
pub(super) fn struct_time(vm: &Vm, d: Ymd, c: Clock, dst: i64) -> PyResult<Value> {
    let yearday = calendar::days_before_month(d.year, d.month) + d.day;
    let fields = [d.year, d.month, d.day, c.hour, c.minute, c.second, d.weekday(), yearday];
    let mut items: Vec<Value> = fields.iter().map(|&n| Value::small(i64::from(n))).collect();
    items.push(Value::small(dst));
    let class = vm.get_attr_str(&import::import_path(vm, "time")?, "struct_time")?;
    vm.call(&class, &[freeze_runtime::types::tuple::PyTuple::new(items).into_value()])
}

/// `Mon Jan  1 …` as `ctime` begins and ends it.
pub(super) fn ctime(d: Ymd, c: Clock) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {:04}",
        DAYS[d.weekday() as usize],
        MONTHS[d.month as usize - 1],
        d.day,
        c.hour,
        c.minute,
        c.second,
        d.year
    )
}
