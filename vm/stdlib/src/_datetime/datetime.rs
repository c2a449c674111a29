//! `datetime`: construction, comparison, arithmetic. What it shares with the clock of the system is in
//! [`super::local`], its methods in [`super::datetime_methods`].

use std::cell::Cell;

use freeze_runtime::call::bind;
use freeze_runtime::object::string::hash_bytes;
use freeze_runtime::object::{BinOp, CmpOp, GetSet, Layout, Slots};
use freeze_runtime::text::int_convert;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::float;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::combine_hashes;
use freeze_runtime::{CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::calendar::{Clock, MAX_ORDINAL, Ymd};
use super::date::{self, DATE, Date};
use super::delta::{self, Delta};
use super::time::{field, mixed, pickled_us, pickled_zone, repr_tail, zone_argument};
use super::{datetime_methods, time, zone};
use crate::convert::c_int;

/// The payload of `datetime`.
#[repr(C)]
pub(super) struct DateTime {
    pub(super) date: Date,
    pub(super) clock: Clock,
    pub(super) fold: Cell<bool>,
    /// The tzinfo, or None.
    pub(super) tz: Value,
}

impl Payload for DateTime {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<DateTime>();
        &L
    }
    const GC: bool = true;
    const BASE: Option<fn() -> &'static Layout> = Some(Date::layout);
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.tz);
    }
}

impl DateTime {
    fn of(ymd: Ymd, clock: Clock, tz: Value, fold: bool) -> DateTime {
        DateTime { date: Date::of(ymd), clock, fold: Cell::new(fold), tz }
    }

    /// Seconds since the beginning of year 1, by the calendar and clock alone.
    pub(super) fn seconds(&self) -> i64 {
        i64::from(self.date.ymd.ordinal() - 1) * 86_400 + i64::from(self.clock.seconds())
    }

    /// The same in microseconds.
    pub(super) fn total(&self) -> i128 {
        i128::from(self.seconds()) * 1_000_000 + i128::from(self.clock.us)
    }
}

pub(super) fn this(v: &Value) -> &DateTime {
    v.downcast().expect("slots of datetime see those")
}

/// An instance of `datetime` or a subclass: the constructor of a subclass made by Python code is called.
pub(super) fn make(vm: &Vm, class: &Type, ymd: Ymd, clock: Clock, tz: Value, fold: bool) -> PyResult<Value> {
    if std::ptr::eq(class, &DATETIME) {
        date::check(vm, ymd)?;
        time::check(vm, clock, fold.into())?;
        zone::check(vm, &tz)?;
        return Ok(Ref::new(class, DateTime::of(ymd, clock, tz, fold)).into_value());
    }
    let parts = [ymd.year, ymd.month, ymd.day, clock.hour, clock.minute, clock.second, clock.us];
    let mut args: Vec<Value> = parts.iter().map(|&n| Value::small(i64::from(n))).collect();
    args.push(tz);
    let v = vm.call(&class.as_value(), &args)?;
    if let Some(d) = v.downcast::<DateTime>() {
        d.fold.set(fold);
    }
    Ok(v)
}

/// Calendar and clock of so many seconds since the beginning of year 1.
pub(super) fn split(vm: &Vm, seconds: i64) -> PyResult<(Ymd, i32)> {
    let day = seconds.div_euclid(86_400) + 1;
    if !(1..=i64::from(MAX_ORDINAL)).contains(&day) {
        return Err(date::overflow(vm));
    }
    Ok((Ymd::from_ordinal(day as i32), seconds.rem_euclid(86_400) as i32))
}

/// The datetime so many microseconds later, of the same class and tzinfo.
pub(super) fn shifted(vm: &Vm, v: &Value, us: i128) -> PyResult<Value> {
    let d = this(v);
    let total = d.total() + us;
    let seconds = i64::try_from(total.div_euclid(1_000_000)).map_err(|_| date::overflow(vm))?;
    let (ymd, rest) = split(vm, seconds)?;
    let clock = Clock::from_seconds(rest, total.rem_euclid(1_000_000) as i32);
    make(vm, v.class(), ymd, clock, d.tz.clone(), false)
}

static NEW: NativeDef = native(
    "datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
    "",
    |_, args| Ok(args.get(0).clone()),
);

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if args.names.is_empty()
        && (1..=2).contains(&args.args.len())
        && let Some(b) =
            date::pickled(vm, args.args.first(), "datetime", |b| b.len() == 10 && (1..=12).contains(&(b[2] & 0x7F)))?
    {
        let tz = pickled_zone(vm, args.args.get(1))?;
        let year = i32::from(b[0]) * 256 + i32::from(b[1]);
        let ymd = Ymd { year, month: i32::from(b[2] & 0x7F), day: b[3].into() };
        let clock = Clock { hour: b[4].into(), minute: b[5].into(), second: b[6].into(), us: pickled_us(&b[7..]) };
        return Ok(Ref::new(class, DateTime::of(ymd, clock, tz, b[2] & 0x80 != 0)).into_value());
    }
    let s = bind(vm, &NEW, args)?;
    let ymd = Ymd { year: c_int(vm, &s[0])?, month: c_int(vm, &s[1])?, day: c_int(vm, &s[2])? };
    let clock = Clock {
        hour: field(vm, &s[3], 0)?,
        minute: field(vm, &s[4], 0)?,
        second: field(vm, &s[5], 0)?,
        us: field(vm, &s[6], 0)?,
    };
    let fold = field(vm, &s[8], 0)?;
    date::check(vm, ymd)?;
    let fold = time::check(vm, clock, fold)?;
    let tz = zone_argument(vm, &s[7])?;
    Ok(Ref::new(class, DateTime::of(ymd, clock, tz, fold)).into_value())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let d = this(v);
    let (Ymd { year, month, day }, Clock { hour, minute, second, us }) = (d.date.ymd, d.clock);
    let mut parts = format!("{year}, {month}, {day}, {hour}, {minute}");
    if us != 0 {
        parts += &format!(", {second}, {us}");
    } else if second != 0 {
        parts += &format!(", {second}");
    }
    // Unlike that of a time, the repr names the fold first.
    let fold = if d.fold.get() { ", fold=1" } else { "" };
    let tail = repr_tail(vm, &d.tz, false)?;
    Ok(vm.str(&format!("{}({parts}{fold}{tail})", super::class_text(v))))
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.call_method(v, "isoformat", &[vm.str(" ")])
}

/// The offset from UTC in microseconds.
pub(super) fn offset(vm: &Vm, v: &Value) -> PyResult<Option<i128>> {
    zone::offset_of(vm, &this(v).tz, "utcoffset", v)
}

/// The same reading with the other fold, as an exact datetime.
fn flipped(vm: &Vm, v: &Value) -> PyResult<Value> {
    let d = this(v);
    make(vm, &DATETIME, d.date.ymd, d.clock, d.tz.clone(), !d.fold.get())
}

/// The state as bytes.
pub(super) fn state_bytes(d: &DateTime, protocol: i64) -> Vec<u8> {
    let (c, mut out) = (d.clock, date::state(d.date.ymd).to_vec());
    if d.fold.get() && protocol > 3 {
        out[2] |= 0x80;
    }
    out.extend([c.hour as u8, c.minute as u8, c.second as u8, (c.us >> 16) as u8, (c.us >> 8) as u8, c.us as u8]);
    out
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let d = this(v);
    if d.date.hash.get() != 0 {
        return Ok(d.date.hash.get());
    }
    let off = if d.fold.get() { offset(vm, &flipped(vm, v)?)? } else { offset(vm, v)? };
    let h = match off {
        None => hash_bytes(&state_bytes(d, 0)),
        Some(off) => {
            let total = d.total() - off;
            let parts = [total.div_euclid(1_000_000) as i64, total.rem_euclid(1_000_000) as i64];
            combine_hashes(parts.iter().map(|&n| int_convert::hash_i64(n)), false)
        }
    };
    d.date.hash.set(h);
    Ok(h)
}

/// Whether the offset depends on the fold: such a reading equals none of another zone.
fn is_problematic(vm: &Vm, v: &Value, off: Option<i128>) -> PyResult<bool> {
    if this(v).tz.is_none() {
        return Ok(false);
    }
    Ok(offset(vm, &flipped(vm, v)?)? != off)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<DateTime>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let x = this(a);
    let plain = |x: &DateTime, y: &DateTime| op.test((x.date.ymd, x.clock).cmp(&(y.date.ymd, y.clock)));
    if x.tz.is(&y.tz) {
        return Ok(Value::bool(plain(x, y)));
    }
    let (p, q) = (offset(vm, a)?, offset(vm, b)?);
    let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
    if equality && (is_problematic(vm, a, p)? || is_problematic(vm, b, q)?) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    match (p, q) {
        _ if p == q => Ok(Value::bool(plain(x, y))),
        (Some(p), Some(q)) => Ok(Value::bool(op.test((x.total() - p).cmp(&(y.total() - q))))),
        _ if equality => Ok(Value::bool(op == CmpOp::Ne)),
        _ => Err(mixed(vm, "datetimes")),
    }
}

fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    match (a.downcast::<Delta>(), b.downcast::<Delta>()) {
        (None, Some(d)) if a.has_layout::<DateTime>() => shifted(vm, a, d.total()),
        (Some(d), None) if b.has_layout::<DateTime>() => shifted(vm, b, d.total()),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(x) = a.downcast::<DateTime>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(d) = b.downcast::<Delta>() {
        return shifted(vm, a, -d.total());
    }
    let Some(y) = b.downcast::<DateTime>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let mut us = x.total() - y.total();
    if !x.tz.is(&y.tz) {
        match (offset(vm, a)?, offset(vm, b)?) {
            (Some(p), Some(q)) => us += q - p,
            (None, None) => {}
            _ => return Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes")),
        }
    }
    delta::of_us(vm, us)
}

/// A timestamp's seconds, rounded down.
pub(super) fn whole_seconds(vm: &Vm, v: &Value) -> PyResult<i64> {
    if let Some(x) = float::value_of(v) {
        return check_timestamp(vm, x).map(|()| x.floor() as i64);
    }
    int_timestamp(vm, v)
}

fn int_timestamp(vm: &Vm, v: &Value) -> PyResult<i64> {
    if v.is_small() || int::is_int(v) {
        return int::as_i64(v).ok_or_else(|| vm.overflow_error("timestamp out of range for platform time_t"));
    }
    let n = vm.index(v)?;
    int::as_i64(&n).ok_or_else(|| vm.overflow_error("timestamp out of range for platform time_t"))
}

fn check_timestamp(vm: &Vm, x: f64) -> PyResult<()> {
    if x.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if x.abs() >= 9.223_372_036_854_775e18 {
        return Err(vm.overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(())
}

/// A timestamp's seconds and microseconds, rounded half to even.
pub(super) fn rounded_timestamp(vm: &Vm, v: &Value) -> PyResult<(i64, i32)> {
    let Some(x) = float::value_of(v) else { return Ok((int_timestamp(vm, v)?, 0)) };
    check_timestamp(vm, x)?;
    let (whole, us) = (x.trunc() as i64, (x.fract() * 1e6).round_ties_even() as i32);
    Ok(if us >= 1_000_000 {
        (whole + 1, us - 1_000_000)
    } else if us < 0 {
        (whole - 1, us + 1_000_000)
    } else {
        (whole, us)
    })
}

static GETSET: &[GetSet] = &[
    GetSet { name: "fold", doc: "", get: |_, v| Ok(Value::small(this(v).fold.get().into())), set: None },
    GetSet { name: "hour", doc: "", get: |_, v| Ok(Value::small(this(v).clock.hour.into())), set: None },
    GetSet { name: "microsecond", doc: "", get: |_, v| Ok(Value::small(this(v).clock.us.into())), set: None },
    GetSet { name: "minute", doc: "", get: |_, v| Ok(Value::small(this(v).clock.minute.into())), set: None },
    GetSet { name: "second", doc: "", get: |_, v| Ok(Value::small(this(v).clock.second.into())), set: None },
    GetSet { name: "tzinfo", doc: "", get: |_, v| Ok(this(v).tz.clone()), set: None },
];

fn consts(vm: &Vm, d: &PyDict) {
    for (name, ymd, clock) in [("min", date::MIN, Clock::default()), ("max", date::MAX, Clock::MAX)] {
        d.set_text(name, Ref::new(&DATETIME, DateTime::of(ymd, clock, Value::NONE, false)).into_value());
    }
    if let Ok(us) = delta::of_us(vm, 1) {
        d.set_text("resolution", us);
    }
}

static DEF: TypeDef = TypeDef {
    name: "datetime",
    module: "datetime",
    doc: "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments \
          are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.",
    base: Some(&DATE),
    layout: DateTime::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        binary: Slots::ops(&[(BinOp::Add, add), (BinOp::Sub, sub)]),
        ..Slots::EMPTY
    },
    methods: datetime_methods::METHODS,
    class_methods: datetime_methods::CLASS_METHODS,
    getset: GETSET,
    consts: Some(consts),
    ..TypeDef::EMPTY
};
/// `datetime.datetime`
pub(super) static DATETIME: Type = Type::builtin(&DEF);
