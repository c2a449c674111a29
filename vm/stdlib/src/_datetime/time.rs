//! `time`: a time of day.

use std::cell::Cell;

use freeze_runtime::call::bind;
use freeze_runtime::object::string::hash_bytes;
use freeze_runtime::object::{CmpOp, GetSet, Slots};
use freeze_runtime::text::int_convert;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::{PyTuple, combine_hashes};
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use super::calendar::{Clock, Ymd};
use super::date::{self, iso_text};
use super::text::{self, Format};
use super::{delta, zone};
use crate::convert::c_int;
use crate::native_type::class_of;
use crate::native_type::payload;

/// The payload of `time`.
pub(super) struct Time {
    pub(super) clock: Clock,
    pub(super) fold: Cell<bool>,
    /// The tzinfo, or None.
    pub(super) tz: Value,
    hash: Cell<i64>,
}
payload!(Time, |t, visit| visit(&t.tz));

impl Time {
    fn of(clock: Clock, fold: bool, tz: Value) -> Time {
        Time { clock, fold: Cell::new(fold), tz, hash: Cell::new(0) }
    }
}

fn this(v: &Value) -> &Time {
    v.downcast().expect("slots of time see times")
}

/// Refuses what is no time of day; gives the fold.
pub(super) fn check(vm: &Vm, c: Clock, fold: i32) -> PyResult<bool> {
    let parts =
        [("hour", c.hour, 23), ("minute", c.minute, 59), ("second", c.second, 59), ("microsecond", c.us, 999_999)];
    for (name, n, max) in parts {
        if !(0..=max).contains(&n) {
            return Err(vm.value_error(format!("{name} must be in 0..{max}, not {n}")));
        }
    }
    match fold {
        0 | 1 => Ok(fold == 1),
        _ => Err(vm.value_error(format!("fold must be either 0 or 1, not {fold}"))),
    }
}

/// An instance of `time` or a subclass: the constructor of a subclass made by Python code is called.
pub(super) fn make(vm: &Vm, class: &Type, clock: Clock, tz: Value, fold: bool) -> PyResult<Value> {
    if std::ptr::eq(class, &TIME) {
        check(vm, clock, fold.into())?;
        zone::check(vm, &tz)?;
        return Ok(Ref::new(class, Time::of(clock, fold, tz)).into_value());
    }
    let mut args: Vec<Value> =
        [clock.hour, clock.minute, clock.second, clock.us].iter().map(|&n| Value::small(i64::from(n))).collect();
    args.push(tz);
    let v = vm.call(&class.as_value(), &args)?;
    if let Some(t) = v.downcast::<Time>() {
        t.fold.set(fold);
    }
    Ok(v)
}

/// An argument that counts from `default`.
pub(super) fn field(vm: &Vm, v: &Value, default: i32) -> PyResult<i32> {
    if v.is_unbound() { Ok(default) } else { c_int(vm, v) }
}

/// A tzinfo argument; None when missing.
pub(super) fn zone_argument(vm: &Vm, v: &Value) -> PyResult<Value> {
    if v.is_unbound() {
        return Ok(Value::NONE);
    }
    zone::check(vm, v)?;
    Ok(v.clone())
}

/// The tzinfo of a pickled state.
pub(super) fn pickled_zone(vm: &Vm, v: Option<&Value>) -> PyResult<Value> {
    match v {
        None => Ok(Value::NONE),
        Some(v) => zone::check(vm, v).map(|()| v.clone()).map_err(|_| vm.type_error("bad tzinfo state arg")),
    }
}

/// Microseconds of a pickled state: three bytes.
pub(super) fn pickled_us(b: &[u8]) -> i32 {
    b.iter().fold(0, |n, &b| n << 8 | i32::from(b))
}

static NEW: NativeDef =
    native("time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)", "", |_, args| {
        Ok(args.get(0).clone())
    });

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if args.names.is_empty()
        && (1..=2).contains(&args.args.len())
        && let Some(b) = date::pickled(vm, args.args.first(), "time", |b| b.len() == 6 && b[0] & 0x7F < 24)?
    {
        let tz = pickled_zone(vm, args.args.get(1))?;
        let clock =
            Clock { hour: i32::from(b[0] & 0x7F), minute: b[1].into(), second: b[2].into(), us: pickled_us(&b[3..]) };
        return Ok(Ref::new(class, Time::of(clock, b[0] & 0x80 != 0, tz)).into_value());
    }
    let s = bind(vm, &NEW, args)?;
    let clock = Clock {
        hour: field(vm, &s[0], 0)?,
        minute: field(vm, &s[1], 0)?,
        second: field(vm, &s[2], 0)?,
        us: field(vm, &s[3], 0)?,
    };
    let fold = check(vm, clock, field(vm, &s[5], 0)?)?;
    let tz = zone_argument(vm, &s[4])?;
    Ok(Ref::new(class, Time::of(clock, fold, tz)).into_value())
}

/// What a repr says of tzinfo and fold.
pub(super) fn repr_tail(vm: &Vm, tz: &Value, fold: bool) -> PyResult<String> {
    let mut out = String::new();
    if !tz.is_none() {
        out += &format!(", tzinfo={}", vm.repr(tz)?.to_lossy());
    }
    if fold {
        out += ", fold=1";
    }
    Ok(out)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = this(v);
    let Clock { hour, minute, second, us } = t.clock;
    let mut parts = format!("{hour}, {minute}");
    if us != 0 {
        parts += &format!(", {second}, {us}");
    } else if second != 0 {
        parts += &format!(", {second}");
    }
    let tail = repr_tail(vm, &t.tz, t.fold.get())?;
    Ok(vm.str(&format!("{}({parts}{tail})", super::class_text(v))))
}

fn offset(vm: &Vm, t: &Time) -> PyResult<Option<i128>> {
    zone::offset_of(vm, &t.tz, "utcoffset", &Value::NONE)
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.call_method(v, "isoformat", &[])
}

fn state_bytes(t: &Time, protocol: i64) -> Vec<u8> {
    let c = t.clock;
    let fold = if t.fold.get() && protocol > 3 { 0x80 } else { 0 };
    vec![c.hour as u8 | fold, c.minute as u8, c.second as u8, (c.us >> 16) as u8, (c.us >> 8) as u8, c.us as u8]
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let t = this(v);
    if t.hash.get() != 0 {
        return Ok(t.hash.get());
    }
    let asked = if t.fold.get() { make(vm, &TIME, t.clock, t.tz.clone(), false)? } else { v.clone() };
    let h = match offset(vm, this(&asked))? {
        None => hash_bytes(&state_bytes(t, 0)),
        Some(off) => {
            let total = i128::from(t.clock.seconds()) * 1_000_000 + i128::from(t.clock.us) - off;
            let parts = [total.div_euclid(1_000_000) as i64, total.rem_euclid(1_000_000) as i64];
            combine_hashes(parts.iter().map(|&n| int_convert::hash_i64(n)), false)
        }
    };
    t.hash.set(h);
    Ok(h)
}

#[cold]
pub(super) fn mixed(vm: &Vm, what: &str) -> Raised {
    vm.type_error(format!("can't compare offset-naive and offset-aware {what}"))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<Time>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let x = this(a);
    if x.tz.is(&y.tz) {
        return Ok(Value::bool(op.test(x.clock.cmp(&y.clock))));
    }
    match (offset(vm, x)?, offset(vm, y)?) {
        (p, q) if p == q => Ok(Value::bool(op.test(x.clock.cmp(&y.clock)))),
        (Some(p), Some(q)) => {
            let total = |c: Clock, off: i128| i128::from(c.seconds()) * 1_000_000 + i128::from(c.us) - off;
            Ok(Value::bool(op.test(total(x.clock, p).cmp(&total(y.clock, q)))))
        }
        _ => match op {
            CmpOp::Eq => Ok(Value::FALSE),
            CmpOp::Ne => Ok(Value::TRUE),
            _ => Err(mixed(vm, "times")),
        },
    }
}

fn isoformat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = this(args.this());
    let mut out = text::clock(vm, t.clock, args.opt_str(vm, 1)?.as_ref())?;
    if let Some(off) = offset(vm, t)? {
        out += &text::offset(off, ":");
    }
    Ok(vm.str(&out))
}

fn fromisoformat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = iso_text(vm, args.get(1))?;
    let bytes = s.as_bytes();
    let Some((mut clock, off)) = text::parse_time(bytes.strip_prefix(b"T").unwrap_or(bytes)) else {
        return Err(date::invalid(vm, args.get(1)));
    };
    if clock.hour == 24 {
        if clock.seconds() != 24 * 3600 || clock.us != 0 {
            return Err(vm.value_error("minute, second, and microsecond must be 0 when hour is 24"));
        }
        clock.hour = 0;
    }
    let tz = off.map_or(Ok(Value::NONE), |us| zone::of_offset(vm, i128::from(us)))?;
    make(vm, class_of(&args), clock, tz, false)
}

fn strptime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    super::strptime(vm, &args, "_strptime_datetime_time")
}

fn strftime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let format = args.str(vm, 1)?;
    let t = this(args.this());
    let ymd = Ymd { year: 1900, month: 1, day: 1 };
    let c = t.clock;
    let fields = [1900, 1, 1, c.hour, c.minute, c.second, 0, 1, -1].map(|n| Value::small(i64::from(n)));
    let fields = PyTuple::new(fields.to_vec()).into_value();
    let nothing = Value::NONE;
    let zone = (!t.tz.is_none()).then_some((&t.tz, &nothing));
    Format { us: c.us, zone, ymd, fields }.write(vm, &format)
}

fn utcoffset(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    zone::offset_value(vm, &this(args.this()).tz, "utcoffset", &Value::NONE)
}

fn dst(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    zone::offset_value(vm, &this(args.this()).tz, "dst", &Value::NONE)
}

fn tzname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    zone::name_of(vm, &this(args.this()).tz, &Value::NONE)
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = this(args.this());
    let part = |i: usize, old: i32| args.opt(i).map_or(Ok(old), |v| c_int(vm, v));
    let clock = Clock {
        hour: part(1, t.clock.hour)?,
        minute: part(2, t.clock.minute)?,
        second: part(3, t.clock.second)?,
        us: part(4, t.clock.us)?,
    };
    let fold = check(vm, clock, part(6, t.fold.get().into())?)?;
    make(vm, args.this().class(), clock, args.opt(5).unwrap_or(&t.tz).clone(), fold)
}

fn reduced(args: Args<'_>, protocol: i64) -> Value {
    let t = this(args.this());
    let mut inner = vec![PyBytes::from_vec(state_bytes(t, protocol)).into_value()];
    if !t.tz.is_none() {
        inner.push(t.tz.clone());
    }
    PyTuple::new(vec![args.this().class().as_value(), PyTuple::new(inner).into_value()]).into_value()
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(reduced(args, 2))
}

fn reduce_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(reduced(args, args.i64(vm, 1)?))
}

static METHODS: &[NativeDef] = &[
    native("__format__(self, format, /)", "Formats self with strftime.", date::format),
    native("__reduce__(self, /)", "__reduce__() -> (cls, state)", reduce),
    native("__reduce_ex__(self, proto, /)", "__reduce_ex__(proto) -> (cls, state)", reduce_ex),
    native(
        "__replace__(self, /, *, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)",
        "The same as replace().",
        replace,
    ),
    native("dst(self, /)", "Return self.tzinfo.dst(self).", dst),
    native(
        "isoformat(self, /, timespec='auto')",
        "Return the time formatted according to ISO.\n\nThe full format is 'HH:MM:SS.mmmmmm+zz:zz'. By default, the fractional\n\
         part is omitted if self.microsecond == 0.",
        isoformat,
    ),
    native(
        "replace(self, /, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
        "Return time with new specified fields.",
        replace,
    ),
    native("strftime(self, /, format)", "format -> strftime() style string.", strftime),
    native("tzname(self, /)", "Return self.tzinfo.tzname(self).", tzname),
    native("utcoffset(self, /)", "Return self.tzinfo.utcoffset(self).", utcoffset),
];

static CLASS_METHODS: &[NativeDef] = &[
    native("fromisoformat(cls, string, /)", "Construct a time from a string in ISO 8601 format.", fromisoformat),
    native(
        "strptime(cls, date_string, format, /)",
        "string, format -> new time parsed from a string (like time.strptime()).",
        strptime,
    ),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "fold", doc: "", get: |_, v| Ok(Value::small(this(v).fold.get().into())), set: None },
    GetSet { name: "hour", doc: "", get: |_, v| Ok(Value::small(this(v).clock.hour.into())), set: None },
    GetSet { name: "microsecond", doc: "", get: |_, v| Ok(Value::small(this(v).clock.us.into())), set: None },
    GetSet { name: "minute", doc: "", get: |_, v| Ok(Value::small(this(v).clock.minute.into())), set: None },
    GetSet { name: "second", doc: "", get: |_, v| Ok(Value::small(this(v).clock.second.into())), set: None },
    GetSet { name: "tzinfo", doc: "", get: |_, v| Ok(this(v).tz.clone()), set: None },
];

fn consts(vm: &Vm, d: &PyDict) {
    let put = |name: &str, clock: Clock| {
        d.set_text(name, Ref::new(&TIME, Time::of(clock, false, Value::NONE)).into_value());
    };
    put("min", Clock::default());
    put("max", Clock::MAX);
    if let Ok(us) = delta::of_us(vm, 1) {
        d.set_text("resolution", us);
    }
}

static DEF: TypeDef = TypeDef {
    name: "time",
    module: "datetime",
    doc: "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo \
          may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.",
    layout: Time::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: GETSET,
    consts: Some(consts),
    ..TypeDef::EMPTY
};
/// `datetime.time`
pub(super) static TIME: Type = Type::builtin(&DEF);
