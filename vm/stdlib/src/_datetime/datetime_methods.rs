//! Methods of `datetime`.

use freeze_runtime::object::string::char_width;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, NativeDef, PyResult, Type, Value, Vm, import, native};

use super::calendar::{Clock, Ymd, days_in_month};
use super::date::{self, DATE};
use super::datetime::{self, DateTime, make, offset, shifted, state_bytes, this};
use super::text::{self, Format, ParsedDate};
use super::time::{self, TIME, Time};
use super::{local, zone};
use crate::convert::c_int;
use crate::native_type::class_of;

fn now_parts(vm: &Vm) -> PyResult<(i64, i32)> {
    let ns = vm.call_method(&import::import_path(vm, "time")?, "time_ns", &[])?;
    let ns = vm.to_i64(&ns)?;
    Ok((ns.div_euclid(1_000_000_000), (ns.rem_euclid(1_000_000_000) / 1000) as i32))
}

/// A datetime from seconds and microseconds since 1970.
fn at(vm: &Vm, class: &Type, seconds: i64, us: i32, utc: bool, tz: &Value) -> PyResult<Value> {
    let (ymd, rest, fold) = local::from_timestamp(vm, seconds, utc)?;
    make(vm, class, ymd, Clock::from_seconds(rest, us), tz.clone(), fold)
}

fn now(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tz = args.opt(1).cloned().unwrap_or(Value::NONE);
    zone::check(vm, &tz)?;
    let (seconds, us) = now_parts(vm)?;
    in_zone(vm, class_of(&args), seconds, us, &tz)
}

fn in_zone(vm: &Vm, class: &Type, seconds: i64, us: i32, tz: &Value) -> PyResult<Value> {
    let v = at(vm, class, seconds, us, !tz.is_none(), tz)?;
    if tz.is_none() { Ok(v) } else { vm.call_method(tz, "fromutc", &[v]) }
}

fn fromtimestamp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tz = args.opt(2).cloned().unwrap_or(Value::NONE);
    zone::check(vm, &tz)?;
    let (seconds, us) = datetime::rounded_timestamp(vm, args.get(1))?;
    in_zone(vm, class_of(&args), seconds, us, &tz)
}

fn deprecated(vm: &Vm, what: &str, instead: &str) -> PyResult<()> {
    let text = format!(
        "datetime.datetime.{what}() is deprecated and scheduled for removal in a future version. Use timezone-aware objects \
         to represent datetimes in UTC: datetime.datetime.{instead}."
    );
    vm.warn_named("DeprecationWarning", &text, 1)
}

fn utcnow(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    deprecated(vm, "utcnow", "now(datetime.UTC)")?;
    let (seconds, us) = now_parts(vm)?;
    at(vm, class_of(&args), seconds, us, true, &Value::NONE)
}

fn utcfromtimestamp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    deprecated(vm, "utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)")?;
    let (seconds, us) = datetime::rounded_timestamp(vm, args.get(1))?;
    at(vm, class_of(&args), seconds, us, true, &Value::NONE)
}

fn combine(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(d) = args.get(1).downcast::<date::Date>() else { return Err(args.wrong(vm, 1, "datetime.date")) };
    let Some(t) = args.get(2).downcast::<Time>() else { return Err(args.wrong(vm, 2, "datetime.time")) };
    let tz = args.opt(3).unwrap_or(&t.tz).clone();
    zone::check(vm, &tz)?;
    make(vm, class_of(&args), d.ymd, t.clock, tz, t.fold.get())
}

fn fromisoformat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = date::iso_text(vm, args.get(1))?;
    let bytes = s.as_bytes();
    let invalid = || date::invalid(vm, args.get(1));
    let end = Some(bytes).filter(|b| b.len() >= 7).and_then(text::date_length).ok_or_else(invalid)?;
    let mut ymd = match bytes.get(..end).and_then(text::parse_date).ok_or_else(invalid)? {
        ParsedDate::Plain(d) => d,
        ParsedDate::Week(y, w, d) => date::from_iso_week(vm, y, w, d).map_err(|_| invalid())?,
    };
    let (mut clock, mut tz) = (Clock::default(), Value::NONE);
    if bytes.len() > end {
        // Any one character separates date and time.
        let rest = bytes.get(end + char_width(bytes[end])..).filter(|r| !r.is_empty()).ok_or_else(invalid)?;
        let (parsed, off) = text::parse_time(rest).ok_or_else(invalid)?;
        clock = parsed;
        if let Some(us) = off {
            tz = zone::of_offset(vm, i128::from(us))?;
        }
        if clock.hour == 24 {
            if clock.seconds() != 24 * 3600 || clock.us != 0 {
                return Err(vm.value_error("minute, second, and microsecond must be 0 when hour is 24"));
            }
            // Midnight at the end of a day begins the next one; a date that is none is refused below.
            clock.hour = 0;
            if (1..=12).contains(&ymd.month) && (1..=days_in_month(ymd.year, ymd.month)).contains(&ymd.day) {
                ymd = next_day(ymd);
            }
        }
    }
    make(vm, class_of(&args), ymd, clock, tz, false)
}

fn next_day(d: Ymd) -> Ymd {
    if d.day < days_in_month(d.year, d.month) {
        Ymd { day: d.day + 1, ..d }
    } else if d.month < 12 {
        Ymd { month: d.month + 1, day: 1, ..d }
    } else {
        Ymd { year: d.year + 1, month: 1, day: 1 }
    }
}

fn strptime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    super::strptime(vm, &args, "_strptime_datetime_datetime")
}

fn date_part(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    date::make(vm, &DATE, this(args.this()).date.ymd)
}

fn time_part(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    time::make(vm, &TIME, d.clock, Value::NONE, d.fold.get())
}

fn timetz(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    time::make(vm, &TIME, d.clock, d.tz.clone(), d.fold.get())
}

fn ctime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    Ok(vm.str(&text::ctime(d.date.ymd, d.clock)))
}

fn timetuple(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    let dst = match zone::offset_of(vm, &d.tz, "dst", args.this())? {
        None => -1,
        Some(us) => i64::from(us != 0),
    };
    text::struct_time(vm, d.date.ymd, d.clock, dst)
}

fn utctimetuple(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    let off = offset(vm, args.this())?.unwrap_or(0);
    let seconds = (d.total() - off).div_euclid(1_000_000) as i64;
    let (ymd, rest) = datetime::split(vm, seconds)?;
    text::struct_time(vm, ymd, Clock::from_seconds(rest, 0), 0)
}

fn timestamp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    if !d.tz.is_none()
        && let Some(off) = offset(vm, args.this())?
    {
        let us = d.total() - off - i128::from(local::EPOCH) * 1_000_000;
        // At most 10^18 in magnitude: as exact as the division of two integers where both fit a float.
        return if us.unsigned_abs() < 1 << 53 {
            Ok(Value::float(us as f64 / 1e6))
        } else {
            let n = Value::int(us as i64);
            vm.binary_op(freeze_runtime::object::BinOp::TrueDiv, &n, &Value::small(1_000_000))
        };
    }
    if !d.tz.is_none() {
        return Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes"));
    }
    let seconds = local::to_utc(vm, d.seconds(), d.fold.get())? - local::EPOCH;
    Ok(Value::float(seconds as f64 + f64::from(d.clock.us) / 1e6))
}

fn strftime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let format = args.str(vm, 1)?;
    let v = args.this();
    let d = this(v);
    let fields = vm.call_method(v, "timetuple", &[])?;
    let zone = (!d.tz.is_none()).then_some((&d.tz, v));
    Format { us: d.clock.us, zone, ymd: d.date.ymd, fields }.write(vm, &format)
}

fn isoformat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    let separator = match args.opt_str(vm, 1)? {
        None => "T".to_owned().into_bytes(),
        Some(s) if s.len() == 1 => s.as_bytes().to_vec(),
        Some(s) => {
            return Err(vm.type_error(format!(
                "isoformat() argument 1 must be a unicode character, not a string of length {}",
                s.len()
            )));
        }
    };
    let mut out = date::iso(d.date.ymd).into_bytes();
    out.extend(separator);
    out.extend(text::clock(vm, d.clock, args.opt_str(vm, 2)?.as_ref())?.bytes());
    if let Some(off) = offset(vm, args.this())? {
        out.extend(text::offset(off, ":").bytes());
    }
    Ok(PyStr::new(&out).into_value())
}

fn utcoffset(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    zone::offset_value(vm, &this(args.this()).tz, "utcoffset", args.this())
}

fn dst(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    zone::offset_value(vm, &this(args.this()).tz, "dst", args.this())
}

fn tzname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    zone::name_of(vm, &this(args.this()).tz, args.this())
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(args.this());
    let part = |i: usize, old: i32| args.opt(i).map_or(Ok(old), |v| c_int(vm, v));
    let (old, c) = (d.date.ymd, d.clock);
    let ymd = Ymd { year: part(1, old.year)?, month: part(2, old.month)?, day: part(3, old.day)? };
    let clock =
        Clock { hour: part(4, c.hour)?, minute: part(5, c.minute)?, second: part(6, c.second)?, us: part(7, c.us)? };
    let fold = match part(9, d.fold.get().into())? {
        n @ (0 | 1) => n == 1,
        n => return Err(vm.value_error(format!("fold must be either 0 or 1, not {n}"))),
    };
    make(vm, args.this().class(), ymd, clock, args.opt(8).unwrap_or(&d.tz).clone(), fold)
}

fn astimezone(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let d = this(v);
    let given = args.opt_not_none(1);
    if let Some(tz) = given {
        if !tz.has_layout::<zone::TzInfo>() {
            return Err(vm.type_error(format!(
                "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
                tz.class().name()
            )));
        }
        if tz.is(&d.tz) {
            return Ok(v.clone());
        }
    }
    // Without an offset of its own, the reading is taken as local time.
    let off = match offset(vm, v)? {
        Some(us) => us,
        None => {
            let mine = local::zone_of_reading(vm, d)?;
            zone::offset_of(vm, &mine, "utcoffset", v)?.unwrap_or(0)
        }
    };
    let tz = match given {
        Some(tz) => tz.clone(),
        None => local::zone_of_moment(vm, d, off)?,
    };
    let utc = shifted(vm, v, -off)?;
    let Some(u) = utc.downcast::<DateTime>() else { return Ok(utc) };
    let utc = make(vm, v.class(), u.date.ymd, u.clock, tz.clone(), false)?;
    vm.call_method(&tz, "fromutc", &[utc])
}

fn reduced(args: Args<'_>, protocol: i64) -> Value {
    let d = this(args.this());
    let mut inner = vec![PyBytes::from_vec(state_bytes(d, protocol)).into_value()];
    if !d.tz.is_none() {
        inner.push(d.tz.clone());
    }
    PyTuple::new(vec![args.this().class().as_value(), PyTuple::new(inner).into_value()]).into_value()
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(reduced(args, 2))
}

fn reduce_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(reduced(args, args.i64(vm, 1)?))
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "__reduce__() -> (cls, state)", reduce),
    native("__reduce_ex__(self, proto, /)", "__reduce_ex__(proto) -> (cls, state)", reduce_ex),
    native(
        "__replace__(self, /, *, year=0, month=0, day=0, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)",
        "The same as replace().",
        replace,
    ),
    native("astimezone(self, /, tz=None)", "tz -> convert to local time in new timezone tz", astimezone),
    native("ctime(self, /)", "Return ctime() style string.", ctime),
    native("date(self, /)", "Return date object with same year, month and day.", date_part),
    native("dst(self, /)", "Return self.tzinfo.dst(self).", dst),
    native(
        "isoformat(self, /, sep='T', timespec='auto')",
        "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate the year \
         from the time, and defaults to 'T'.",
        isoformat,
    ),
    native(
        "replace(self, /, year=0, month=0, day=0, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
        "Return datetime with new specified fields.",
        replace,
    ),
    native("strftime(self, /, format)", "format -> strftime() style string.", strftime),
    native("time(self, /)", "Return time object with same time but with tzinfo=None.", time_part),
    native("timestamp(self, /)", "Return POSIX timestamp as float.", timestamp),
    native("timetuple(self, /)", "Return time tuple, compatible with time.localtime().", timetuple),
    native("timetz(self, /)", "Return time object with same time and tzinfo.", timetz),
    native("tzname(self, /)", "Return self.tzinfo.tzname(self).", tzname),
    native("utcoffset(self, /)", "Return self.tzinfo.utcoffset(self).", utcoffset),
    native("utctimetuple(self, /)", "Return UTC time tuple, compatible with time.localtime().", utctimetuple),
];

pub(super) static CLASS_METHODS: &[NativeDef] = &[
    native(
        "combine(cls, /, date, time, tzinfo=None)",
        "date, time -> datetime with same date and time fields",
        combine,
    ),
    native("fromisoformat(cls, string, /)", "Construct a date from a string in ISO 8601 format.", fromisoformat),
    native("fromtimestamp(cls, /, timestamp, tz=None)", "Create a datetime from a POSIX timestamp.", fromtimestamp),
    native(
        "now(cls, /, tz=None)",
        "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is \
         specified, uses local timezone.",
        now,
    ),
    native(
        "strptime(cls, date_string, format, /)",
        "string, format -> new datetime parsed from a string (like time.strptime()).",
        strptime,
    ),
    native(
        "utcfromtimestamp(cls, timestamp, /)",
        "Construct a naive UTC datetime from a POSIX timestamp.",
        utcfromtimestamp,
    ),
    native("utcnow(cls, /)", "Return a new datetime representing UTC day and time.", utcnow),
];
