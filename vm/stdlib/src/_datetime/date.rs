//! `date`, and what `isocalendar` gives.

use std::cell::Cell;

use freeze_runtime::call::bind;
use freeze_runtime::object::string::hash_bytes;
use freeze_runtime::object::{BinOp, CmpOp, GetSet, Layout, Slots};
use freeze_runtime::os::time as sys;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::OVERFLOW_ERROR;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::{PyTuple, TUPLE};
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, import, native,
};

use super::calendar::{self, Clock, MAX_ORDINAL, MAX_YEAR, MIN_YEAR, Ymd};
use super::datetime::{self, DATETIME, DateTime};
use super::delta::{self, Delta};
use super::text::{self, Format, ParsedDate};
use crate::convert::c_int;
use crate::native_type::class_of;

/// The payload of `date`.
pub(super) struct Date {
    pub(super) ymd: Ymd,
    /// The hash of a date and of its subclass `datetime`, once asked for; 0 before.
    pub(super) hash: Cell<i64>,
}

impl Payload for Date {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Date>();
        &L
    }
}

impl Date {
    pub(super) fn of(ymd: Ymd) -> Date {
        Date { ymd, hash: Cell::new(0) }
    }
}

fn this(v: &Value) -> &Date {
    v.downcast().expect("slots of date see dates")
}

/// Refuses what is no date.
pub(super) fn check(vm: &Vm, d: Ymd) -> PyResult<()> {
    let Ymd { year, month, day } = d;
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(vm.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(vm.value_error(format!("month must be in 1..12, not {month}")));
    }
    let last = calendar::days_in_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(vm.value_error(format!("day {day} must be in range 1..{last} for month {month} in year {year}")));
    }
    Ok(())
}

/// An instance of `date` or a subclass: the constructor of a subclass made by Python code is called.
pub(super) fn make(vm: &Vm, class: &Type, ymd: Ymd) -> PyResult<Value> {
    if std::ptr::eq(class, &DATE) {
        check(vm, ymd)?;
        return Ok(Ref::new(class, Date::of(ymd)).into_value());
    }
    if std::ptr::eq(class, &DATETIME) {
        return datetime::make(vm, class, ymd, Clock::default(), Value::NONE, false);
    }
    vm.call(&class.as_value(), &[ymd.year, ymd.month, ymd.day].map(|n| Value::small(i64::from(n))))
}

/// The bytes of a pickled state, when the first argument of a constructor is one: of this length, with a month that makes
/// sense at its place.
pub(super) fn pickled(
    vm: &Vm,
    v: Option<&Value>,
    what: &str,
    fits: impl Fn(&[u8]) -> bool,
) -> PyResult<Option<Vec<u8>>> {
    let Some(v) = v else { return Ok(None) };
    if let Some(b) = v.downcast::<PyBytes>() {
        return Ok(Some(b.as_slice().to_vec()).filter(|b| fits(b)));
    }
    // Pickles of Python 2, read as Latin-1.
    let Some(s) = v.downcast::<PyStr>() else { return Ok(None) };
    let bytes: Option<Vec<u8>> = s.code_points().map(|c| u8::try_from(c).ok()).collect();
    match bytes {
        Some(b) => Ok(Some(b).filter(|b| fits(b))),
        None => {
            let low: Vec<u8> = s.code_points().map(|c| u8::try_from(c).unwrap_or(0)).collect();
            if !fits(&low) {
                return Ok(None);
            }
            Err(vm.value_error(format!(
                "Failed to encode latin1 string when unpickling a {what} object. pickle.load(data, encoding='latin1') is \
                 assumed."
            )))
        }
    }
}

static NEW: NativeDef = native("date(year, month, day)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if args.names.is_empty()
        && args.args.len() == 1
        && let Some(b) = pickled(vm, args.args.first(), "date", |b| b.len() == 4 && (1..=12).contains(&b[2]))?
    {
        let ymd = Ymd { year: i32::from(b[0]) * 256 + i32::from(b[1]), month: b[2].into(), day: b[3].into() };
        return Ok(Ref::new(class, Date::of(ymd)).into_value());
    }
    let slots = bind(vm, &NEW, args)?;
    let ymd = Ymd { year: c_int(vm, &slots[0])?, month: c_int(vm, &slots[1])?, day: c_int(vm, &slots[2])? };
    check(vm, ymd)?;
    Ok(Ref::new(class, Date::of(ymd)).into_value())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let Ymd { year, month, day } = this(v).ymd;
    Ok(vm.str(&format!("{}({year}, {month}, {day})", super::class_text(v))))
}

/// `YYYY-MM-DD`
pub(super) fn iso(d: Ymd) -> String {
    format!("{:04}-{:02}-{:02}", d.year, d.month, d.day)
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.call_method(v, "isoformat", &[])
}

/// The state as bytes.
pub(super) fn state(d: Ymd) -> [u8; 4] {
    [(d.year >> 8) as u8, d.year as u8, d.month as u8, d.day as u8]
}

fn hash(_vm: &Vm, v: &Value) -> PyResult<i64> {
    let d = this(v);
    if d.hash.get() == 0 {
        d.hash.set(hash_bytes(&state(d.ymd)));
    }
    Ok(d.hash.get())
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    // A datetime is no mere date, though its class derives from it.
    if a.has_layout::<DateTime>() || b.has_layout::<DateTime>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let Some(y) = b.downcast::<Date>() else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(Value::bool(op.test(this(a).ymd.cmp(&y.ymd))))
}

#[cold]
pub(super) fn overflow(vm: &Vm) -> Raised {
    vm.overflow_error("date value out of range")
}

fn plus_days(vm: &Vm, v: &Value, days: i32) -> PyResult<Value> {
    let n = this(v).ymd.ordinal() + days;
    if !(1..=MAX_ORDINAL).contains(&n) {
        return Err(overflow(vm));
    }
    make(vm, v.class(), Ymd::from_ordinal(n))
}

fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if a.has_layout::<DateTime>() || b.has_layout::<DateTime>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match (a.downcast::<Delta>(), b.downcast::<Delta>()) {
        (None, Some(d)) if a.has_layout::<Date>() => plus_days(vm, a, d.days),
        (Some(d), None) if b.has_layout::<Date>() => plus_days(vm, b, d.days),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(x) = a.downcast::<Date>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(y) = b.downcast::<Date>() {
        let days = x.ymd.ordinal() - y.ymd.ordinal();
        return delta::of_us(vm, i128::from(days) * 86_400_000_000);
    }
    match b.downcast::<Delta>() {
        Some(d) => plus_days(vm, a, -d.days),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn today(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let now = vm.call_method(&import::import_path(vm, "time")?, "time", &[])?;
    vm.call_method(args.this(), "fromtimestamp", &[now])
}

fn fromtimestamp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = datetime::whole_seconds(vm, args.get(1))?;
    let b = sys::localtime(t).map_err(|e| vm.os_error(&e, None))?;
    let year = i32::try_from(b.year).unwrap_or(i32::MAX);
    make(vm, class_of(&args), Ymd { year, month: b.month, day: b.day })
}

fn fromordinal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = c_int(vm, args.get(1))?;
    if n < 1 {
        return Err(vm.value_error("ordinal must be >= 1"));
    }
    if n > MAX_ORDINAL {
        let year = Ymd::from_ordinal(n).year;
        return Err(vm.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}")));
    }
    make(vm, class_of(&args), Ymd::from_ordinal(n))
}

/// The date of an ISO year, week and weekday.
pub(super) fn from_iso_week(vm: &Vm, year: i32, week: i32, day: i32) -> PyResult<Ymd> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(vm.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}")));
    }
    if week < 1 || week > calendar::iso_weeks(year) {
        return Err(vm.value_error(format!("Invalid week: {week}")));
    }
    if !(1..=7).contains(&day) {
        return Err(vm.value_error(format!("Invalid weekday: {day} (range is [1, 7])")));
    }
    let n = calendar::first_iso_monday(year) + (week - 1) * 7 + day - 1;
    if !(1..=MAX_ORDINAL).contains(&n) {
        let shown = if n < 1 { 0 } else { Ymd::from_ordinal(n).year };
        return Err(vm.value_error(format!("year must be in {MIN_YEAR}..{MAX_YEAR}, not {shown}")));
    }
    Ok(Ymd::from_ordinal(n))
}

/// The error for text that is no date.
#[cold]
pub(super) fn invalid(vm: &Vm, text: &Value) -> Raised {
    match vm.repr(text) {
        Ok(r) => vm.value_error(format!("Invalid isoformat string: {}", r.to_lossy())),
        Err(e) => e,
    }
}

/// The argument of `fromisoformat`.
pub(super) fn iso_text(vm: &Vm, v: &Value) -> PyResult<Ref<PyStr>> {
    v.downcast_ref::<PyStr>().ok_or_else(|| vm.type_error("fromisoformat: argument must be str"))
}

fn fromisoformat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = iso_text(vm, args.get(1))?;
    let parsed = Some(s.as_bytes()).filter(|b| matches!(b.len(), 7 | 8 | 10)).and_then(text::parse_date);
    let ymd = match parsed {
        None => return Err(invalid(vm, args.get(1))),
        Some(ParsedDate::Plain(d)) => d,
        Some(ParsedDate::Week(y, w, d)) => from_iso_week(vm, y, w, d).map_err(|_| invalid(vm, args.get(1)))?,
    };
    make(vm, class_of(&args), ymd)
}

fn fromisocalendar(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let part = |i: usize| match c_int(vm, args.get(i)) {
        Err(e) if e.is(&OVERFLOW_ERROR) => Err(vm.value_error("ISO calendar component out of range")),
        r => r,
    };
    let ymd = from_iso_week(vm, part(1)?, part(2)?, part(3)?)?;
    make(vm, class_of(&args), ymd)
}

fn strptime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    super::strptime(vm, &args, "_strptime_datetime_date")
}

fn ctime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str(&text::ctime(this(args.this()).ymd, Clock::default())))
}

fn strftime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let format = args.str(vm, 1)?;
    let fields = vm.call_method(args.this(), "timetuple", &[])?;
    Format { us: 0, zone: None, ymd: this(args.this()).ymd, fields }.write(vm, &format)
}

/// `__format__` of all three classes.
pub(super) fn format(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = args.str(vm, 1)?;
    if spec.is_empty() {
        return Ok(vm.to_str(args.this())?.into_value());
    }
    vm.call_method(args.this(), "strftime", &[spec.into_value()])
}

fn isoformat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str(&iso(this(args.this()).ymd)))
}

fn timetuple(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    text::struct_time(vm, this(args.this()).ymd, Clock::default(), -1)
}

fn toordinal(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(i64::from(this(args.this()).ymd.ordinal())))
}

fn weekday(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(i64::from(this(args.this()).ymd.weekday())))
}

fn isoweekday(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(i64::from(this(args.this()).ymd.weekday() + 1)))
}

fn isocalendar(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (year, week, day) = this(args.this()).ymd.iso();
    let items = [year, week, day].map(|n| Value::small(i64::from(n))).to_vec();
    Ok(PyTuple::with_class(&ISO_CALENDAR_DATE, items).into_value())
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let old = this(args.this()).ymd;
    let part = |i: usize, old: i32| args.opt(i).map_or(Ok(old), |v| c_int(vm, v));
    let ymd = Ymd { year: part(1, old.year)?, month: part(2, old.month)?, day: part(3, old.day)? };
    make(vm, args.this().class(), ymd)
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let state = PyBytes::new(&state(this(args.this()).ymd)).into_value();
    let inner = PyTuple::new(vec![state]).into_value();
    Ok(PyTuple::new(vec![args.this().class().as_value(), inner]).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__format__(self, format, /)", "Formats self with strftime.", format),
    native("__reduce__(self, /)", "__reduce__() -> (cls, state)", reduce),
    native("__replace__(self, /, *, year=0, month=0, day=0)", "The same as replace().", replace),
    native("ctime(self, /)", "Return ctime() style string.", ctime),
    native("isocalendar(self, /)", "Return a named tuple containing ISO year, week number, and weekday.", isocalendar),
    native("isoformat(self, /)", "Return string in ISO 8601 format, YYYY-MM-DD.", isoformat),
    native(
        "isoweekday(self, /)",
        "Return the day of the week represented by the date.\n\nMonday == 1 ... Sunday == 7",
        isoweekday,
    ),
    native("replace(self, /, year=0, month=0, day=0)", "Return date with new specified fields.", replace),
    native("strftime(self, /, format)", "format -> strftime() style string.", strftime),
    native("timetuple(self, /)", "Return time tuple, compatible with time.localtime().", timetuple),
    native("toordinal(self, /)", "Return proleptic Gregorian ordinal.\n\nJanuary 1 of year 1 is day 1.", toordinal),
    native(
        "weekday(self, /)",
        "Return the day of the week represented by the date.\n\nMonday == 0 ... Sunday == 6",
        weekday,
    ),
];

static CLASS_METHODS: &[NativeDef] = &[
    native(
        "fromisocalendar(cls, /, year, week, day)",
        "Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the date.isocalendar() function.",
        fromisocalendar,
    ),
    native("fromisoformat(cls, string, /)", "Construct a date from a string in ISO 8601 format.", fromisoformat),
    native("fromordinal(cls, ordinal, /)", "int -> date corresponding to a proleptic Gregorian ordinal.", fromordinal),
    native(
        "fromtimestamp(cls, timestamp, /)",
        "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is \
         interpreted\nas local time.",
        fromtimestamp,
    ),
    native(
        "strptime(cls, date_string, format, /)",
        "string, format -> new date parsed from a string (like time.strptime()).",
        strptime,
    ),
    native("today(cls, /)", "Current date or datetime: same as self.__class__.fromtimestamp(time.time()).", today),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "day", doc: "", get: |_, v| Ok(Value::small(i64::from(this(v).ymd.day))), set: None },
    GetSet { name: "month", doc: "", get: |_, v| Ok(Value::small(i64::from(this(v).ymd.month))), set: None },
    GetSet { name: "year", doc: "", get: |_, v| Ok(Value::small(i64::from(this(v).ymd.year))), set: None },
];

/// The first and the last date.
pub(super) const MIN: Ymd = Ymd { year: MIN_YEAR, month: 1, day: 1 };
pub(super) const MAX: Ymd = Ymd { year: MAX_YEAR, month: 12, day: 31 };

fn consts(vm: &Vm, d: &PyDict) {
    d.set_text("min", Ref::new(&DATE, Date::of(MIN)).into_value());
    d.set_text("max", Ref::new(&DATE, Date::of(MAX)).into_value());
    if let Ok(day) = delta::of_us(vm, 86_400_000_000) {
        d.set_text("resolution", day);
    }
}

static DEF: TypeDef = TypeDef {
    name: "date",
    module: "datetime",
    doc: "date(year, month, day) --> date object",
    layout: Date::layout,
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
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: GETSET,
    consts: Some(consts),
    ..TypeDef::EMPTY
};
/// `datetime.date`
pub(super) static DATE: Type = Type::builtin(&DEF);

fn item(v: &Value, i: usize) -> Value {
    v.downcast::<PyTuple>().and_then(|t| t.as_slice().get(i).cloned()).unwrap_or(Value::NONE)
}

fn iso_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef = native("IsoCalendarDate(year, week, weekday)", "", |_, args| Ok(args.get(0).clone()));
    let slots = bind(vm, &NEW, args)?;
    for v in &slots {
        c_int(vm, v)?;
    }
    Ok(PyTuple::with_class(class, slots).into_value())
}

fn iso_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let mut parts = Vec::new();
    for (i, name) in ["year", "week", "weekday"].iter().enumerate() {
        parts.push(format!("{name}={}", vm.to_str(&item(v, i))?.to_lossy()));
    }
    Ok(vm.str(&format!("{}({})", super::class_text(v), parts.join(", "))))
}

fn iso_reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // The class has no name to be found by: a plain tuple is what a pickle holds.
    let plain = PyTuple::new((0..3).map(|i| item(args.this(), i)).collect()).into_value();
    Ok(PyTuple::new(vec![TUPLE.as_value(), PyTuple::new(vec![plain]).into_value()]).into_value())
}

static ISO_DEF: TypeDef = TypeDef {
    name: "IsoCalendarDate",
    module: "datetime",
    doc: "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  \
          ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
    base: Some(&TUPLE),
    layout: <PyTuple as Payload>::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::SEQUENCE,
    slots: Slots { new: Some(iso_new), repr: Some(iso_repr), ..Slots::EMPTY },
    methods: &[native("__reduce__(self, /)", "", iso_reduce)],
    getset: &[
        GetSet { name: "week", doc: "", get: |_, v| Ok(item(v, 1)), set: None },
        GetSet { name: "weekday", doc: "", get: |_, v| Ok(item(v, 2)), set: None },
        GetSet { name: "year", doc: "", get: |_, v| Ok(item(v, 0)), set: None },
    ],
    ..TypeDef::EMPTY
};
/// The type of what `isocalendar` gives.
pub(super) static ISO_CALENDAR_DATE: Type = Type::builtin(&ISO_DEF);
