//! `time`.

use freeze_runtime::os::time as sys;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::namespace;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

use crate::structseq::{make, struct_seq};
use sys::Broken;

struct_seq! {
    static STRUCT_TIME = "time", "struct_time", "The time value as returned by gmtime(), localtime(), and strptime().",
    ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"],
    ["tm_zone", "tm_gmtoff"]
}

const NANO: i64 = 1_000_000_000;

fn clock(vm: &Vm, id: i32) -> PyResult<(i64, i64)> {
    sys::clock_gettime(id).map_err(|e| vm.os_error(&e, None))
}

fn seconds(t: (i64, i64)) -> Value {
    Value::float(t.0 as f64 + t.1 as f64 * 1e-9)
}

fn nanos(t: (i64, i64)) -> Value {
    Value::int(t.0 * NANO + t.1)
}

macro_rules! clocks {
    ($($f:ident $ns:ident $id:ident;)*) => {$(
        fn $f(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
            clock(vm, sys::$id).map(seconds)
        }
        fn $ns(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
            clock(vm, sys::$id).map(nanos)
        }
    )*};
}
clocks! {
    time time_ns REALTIME;
    monotonic monotonic_ns MONOTONIC;
    process_time process_time_ns PROCESS;
    thread_time thread_time_ns THREAD;
}

#[cfg(unix)]
fn clock_gettime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    clock(vm, crate::convert::c_int(vm, args.get(0))?).map(seconds)
}
#[cfg(unix)]
fn clock_gettime_ns(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    clock(vm, crate::convert::c_int(vm, args.get(0))?).map(nanos)
}
#[cfg(unix)]
fn clock_getres(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    sys::clock_getres(crate::convert::c_int(vm, args.get(0))?).map(seconds).map_err(|e| vm.os_error(&e, None))
}
#[cfg(unix)]
fn clock_settime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.f64(vm, 1)?;
    let r = sys::clock_settime(crate::convert::c_int(vm, args.get(0))?, t.floor() as i64, (t.fract() * 1e9) as i64);
    r.map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

fn sleep(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let span = match v.as_small() {
        Some(n) => i128::from(n) * i128::from(NANO),
        None => {
            let f = vm.to_f64(v)?;
            if f.is_nan() {
                return Err(vm.value_error("Invalid value NaN (not a number)"));
            }
            (f * 1e9).ceil() as i128
        }
    };
    if span < 0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    if span > i128::from(i64::MAX) {
        return Err(vm.overflow_error("timestamp too large to convert to C PyTime_t"));
    }
    let now = clock(vm, sys::MONOTONIC)?;
    let end = i128::from(now.0) * i128::from(NANO) + i128::from(now.1) + span;
    let (s, n) = ((end / i128::from(NANO)) as i64, (end % i128::from(NANO)) as i64);
    crate::convert::retry(vm, || sys::sleep_until(s, n))?.map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

fn struct_time(vm: &Vm, b: &Broken) -> Value {
    let items = [
        b.year,
        b.month.into(),
        b.day.into(),
        b.hour.into(),
        b.minute.into(),
        b.second.into(),
        b.weekday.into(),
        b.yearday.into(),
        b.dst.into(),
    ]
    .map(Value::int)
    .to_vec();
    let zone = crate::convert::decode_fs(&b.zone).into_value();
    make(vm, &STRUCT_TIME, items, &[("tm_zone", zone), ("tm_gmtoff", Value::int(b.offset))])
}

/// The seconds argument of `localtime` and friends; now when missing.
fn when(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    match args.opt_not_none(0) {
        None => Ok(clock(vm, sys::REALTIME)?.0),
        Some(v) if v.as_small().is_some() => vm.to_i64(v),
        Some(v) => {
            let f = vm.to_f64(v)?;
            if f.is_nan() {
                return Err(vm.value_error("Invalid value NaN (not a number)"));
            }
            if f.abs() > 9.2e18 {
                return Err(vm.overflow_error("timestamp out of range for platform time_t"));
            }
            Ok(f.floor() as i64)
        }
    }
}

fn localtime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = sys::localtime(when(vm, &args)?).map_err(|e| vm.os_error(&e, None))?;
    Ok(struct_time(vm, &b))
}

fn gmtime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut b = sys::gmtime(when(vm, &args)?).map_err(|e| vm.os_error(&e, None))?;
    b.zone = b"UTC".to_vec();
    Ok(struct_time(vm, &b))
}

/// The nine fields of a time tuple.
fn broken(vm: &Vm, v: &Value, name: &str) -> PyResult<Broken> {
    let Some(t) = v.downcast::<PyTuple>() else { return Err(vm.type_error("Tuple or struct_time argument required")) };
    if t.len() != 9 {
        return Err(vm.type_error(format!("{name}(): illegal time tuple argument")));
    }
    let n: Vec<i64> = t.as_slice().iter().map(|x| vm.to_i64(x)).collect::<PyResult<_>>()?;
    let int = |i: usize| n[i].clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
    let hidden = |name: &str| freeze_runtime::object::instance::get(v, &vm.intern(name));
    Ok(Broken {
        year: n[0],
        month: int(1),
        day: int(2),
        hour: int(3),
        minute: int(4),
        second: int(5),
        weekday: int(6),
        yearday: int(7),
        dst: int(8),
        zone: hidden("tm_zone").and_then(|z| z.downcast::<PyStr>().map(|s| s.as_bytes().to_vec())).unwrap_or_default(),
        offset: hidden("tm_gmtoff").and_then(|o| o.as_small()).unwrap_or(0),
    })
}

/// Checks and completes the fields for `strftime` and `asctime`: zeros stand for the smallest value.
fn checked(vm: &Vm, mut b: Broken) -> PyResult<Broken> {
    if b.month == 0 {
        b.month = 1;
    }
    if b.day == 0 {
        b.day = 1;
    }
    if b.yearday == 0 {
        b.yearday = 1;
    }
    for (ok, what) in [
        ((1..=12).contains(&b.month), "month out of range"),
        ((1..=31).contains(&b.day), "day of month out of range"),
        ((0..=23).contains(&b.hour), "hour out of range"),
        ((0..=59).contains(&b.minute), "minute out of range"),
        ((0..=61).contains(&b.second), "seconds out of range"),
        (b.weekday >= -1, "day of week out of range"),
        ((1..=366).contains(&b.yearday), "day of year out of range"),
    ] {
        if !ok {
            return Err(vm.value_error(what));
        }
    }
    b.weekday = b.weekday.rem_euclid(7);
    b.dst = b.dst.clamp(-1, 1);
    Ok(b)
}

fn now(vm: &Vm) -> PyResult<Broken> {
    sys::localtime(clock(vm, sys::REALTIME)?.0).map_err(|e| vm.os_error(&e, None))
}

fn strftime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let format = args.str(vm, 0)?;
    let b = match args.opt(1) {
        None => now(vm)?,
        Some(v) => checked(vm, broken(vm, v, "strftime")?)?,
    };
    if cfg!(windows) && !(1..=9999).contains(&b.year) {
        return Err(vm.value_error("strftime() requires year in [1; 9999]"));
    }
    // Pieces between NULs and surrogates go through the system, which knows neither.
    let mut out = Vec::new();
    for (i, piece) in format.as_bytes().split(|&b| b == 0).enumerate() {
        if i > 0 {
            out.push(0);
        }
        if !piece.is_empty()
            && let Ok(f) = freeze_runtime::os::cstring(piece)
        {
            let text = sys::strftime(&f, &b).ok_or_else(|| vm.value_error("Invalid format string"))?;
            out.extend_from_slice(&text);
        }
    }
    Ok(PyStr::new(&out).into_value())
}

fn strptime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = freeze_runtime::import::import_path(vm, "_strptime")?;
    let mut all = vec![args.get(0).clone()];
    all.extend(args.opt(1).cloned());
    vm.call_method(&m, "_strptime_time", &all)
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn text(vm: &Vm, b: &Broken) -> Value {
    vm.str(&format!(
        "{} {} {:2} {:02}:{:02}:{:02} {}",
        DAYS[b.weekday.rem_euclid(7) as usize],
        MONTHS[(b.month - 1).rem_euclid(12) as usize],
        b.day,
        b.hour,
        b.minute,
        b.second,
        b.year
    ))
}

fn asctime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = match args.opt(0) {
        None => now(vm)?,
        Some(v) => checked(vm, broken(vm, v, "asctime")?)?,
    };
    Ok(text(vm, &b))
}

fn ctime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = sys::localtime(when(vm, &args)?).map_err(|e| vm.os_error(&e, None))?;
    Ok(text(vm, &b))
}

fn mktime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = broken(vm, args.get(0), "mktime")?;
    match sys::mktime(&b) {
        Some(t) => Ok(Value::float(t as f64)),
        None => Err(vm.overflow_error("mktime argument out of range")),
    }
}

#[cfg(unix)]
fn tzset(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    sys::set_zone();
    if let Some(m) = vm.runtime().modules.get_text("time")
        && let Some(m) = m.downcast::<freeze_runtime::types::module::PyModule>()
    {
        zone(vm, m.dict());
    }
    Ok(Value::NONE)
}

/// `timezone`, `altzone`, `daylight`, `tzname`, from this year's January and July.
fn zone(vm: &Vm, d: &PyDict) {
    let year = clock(vm, sys::REALTIME).map_or(0, |t| t.0) / 31_556_952 * 31_556_952;
    let (Ok(winter), Ok(summer)) = (sys::localtime(year), sys::localtime(year + 31_556_952 / 2)) else { return };
    let (standard, daylight) = if winter.offset <= summer.offset { (&winter, &summer) } else { (&summer, &winter) };
    d.set_text("timezone", Value::int(-standard.offset));
    d.set_text("altzone", Value::int(-daylight.offset));
    d.set_text("daylight", Value::small(i64::from(standard.offset != daylight.offset)));
    let names = [standard, daylight].map(|b| crate::convert::decode_fs(&b.zone).into_value()).to_vec();
    d.set_text("tzname", PyTuple::new(names).into_value());
}

fn get_clock_info(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    let (id, how, monotonic, adjustable) = match name.as_bytes() {
        b"time" => (sys::REALTIME, sys::REALTIME_NAME, false, true),
        b"monotonic" | b"perf_counter" => (sys::MONOTONIC, sys::MONOTONIC_NAME, true, false),
        b"process_time" => (sys::PROCESS, sys::PROCESS_NAME, true, false),
        b"thread_time" => (sys::THREAD, sys::THREAD_NAME, true, false),
        _ => return Err(vm.value_error("unknown clock")),
    };
    let resolution = sys::clock_getres(id).map_err(|e| vm.os_error(&e, None))?;
    Ok(namespace::create(
        vm,
        &[
            ("implementation", vm.str(how)),
            ("monotonic", Value::bool(monotonic)),
            ("adjustable", Value::bool(adjustable)),
            ("resolution", seconds(resolution)),
        ],
    ))
}

static FUNCTIONS: &[NativeDef] = &[
    native("asctime(time_tuple=None, /)", "Convert a time tuple to a string.", asctime),
    #[cfg(unix)]
    native("clock_getres(clk_id, /)", "Return the resolution (precision) of the specified clock clk_id.", clock_getres),
    #[cfg(unix)]
    native("clock_gettime(clk_id, /)", "Return the time of the specified clock clk_id as a float.", clock_gettime),
    #[cfg(unix)]
    native(
        "clock_gettime_ns(clk_id, /)",
        "Return the time of the specified clock clk_id as nanoseconds (int).",
        clock_gettime_ns,
    ),
    #[cfg(unix)]
    native("clock_settime(clk_id, time, /)", "Set the time of the specified clock clk_id.", clock_settime),
    native("ctime(seconds=None, /)", "Convert a time in seconds since the Epoch to a string in local time.", ctime),
    native("get_clock_info(name, /)", "Get information of the specified clock.", get_clock_info),
    native(
        "gmtime(seconds=None, /)",
        "Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a. GMT).",
        gmtime,
    ),
    native(
        "localtime(seconds=None, /)",
        "Convert seconds since the Epoch to a time tuple expressing local time.",
        localtime,
    ),
    native("mktime(time_tuple, /)", "Convert a time tuple in local time to seconds since the Epoch.", mktime),
    native("monotonic()", "Monotonic clock, cannot go backward.", monotonic),
    native("monotonic_ns()", "Monotonic clock, cannot go backward, as nanoseconds.", monotonic_ns),
    native("perf_counter()", "Performance counter for benchmarking.", monotonic),
    native("perf_counter_ns()", "Performance counter for benchmarking as nanoseconds.", monotonic_ns),
    native("process_time()", "Process time for profiling: sum of the kernel and user-space CPU time.", process_time),
    native("process_time_ns()", "Process time for profiling as nanoseconds.", process_time_ns),
    native("sleep(seconds, /)", "Delay execution for a given number of seconds.", sleep),
    native(
        "strftime(format, time_tuple=None, /)",
        "Convert a time tuple to a string according to a format specification.",
        strftime,
    ),
    native(
        "strptime(string, format='%a %b %d %H:%M:%S %Y', /)",
        "Parse a string to a time tuple according to a format specification.",
        strptime,
    ),
    native("thread_time()", "Thread time for profiling: sum of the kernel and user-space CPU time.", thread_time),
    native("thread_time_ns()", "Thread time for profiling as nanoseconds.", thread_time_ns),
    native("time()", "Return the current time in seconds since the Epoch.", time),
    native("time_ns()", "Return the current time in nanoseconds since the Epoch.", time_ns),
    #[cfg(unix)]
    native(
        "tzset()",
        "Initialize, or reinitialize, the local timezone to the value stored in os.environ['TZ'].",
        tzset,
    ),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    ready(vm, &STRUCT_TIME);
    d.set_text("struct_time", STRUCT_TIME.as_value());
    for (name, n) in sys::CLOCKS {
        d.set_text(name, Value::small(i64::from(*n)));
    }
    d.set_text("_STRUCT_TM_ITEMS", Value::small(11));
    #[cfg(unix)]
    sys::set_zone();
    zone(vm, d);
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "time",
    doc: "This module provides various functions to manipulate time values.",
    functions: FUNCTIONS,
    init: Some(init),
};
