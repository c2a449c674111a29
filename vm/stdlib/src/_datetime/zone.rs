//! `tzinfo` and `timezone`, and the calls that dates and times make to their tzinfo.

use freeze_runtime::call::bind;
use freeze_runtime::object::{CmpOp, Layout, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use super::datetime::{self, DateTime};
use super::delta::{self, Delta};
use super::text;

/// The payload of `tzinfo`: what it knows, its subclasses know.
#[derive(Default)]
pub(super) struct TzInfo;

impl Payload for TzInfo {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<TzInfo>();
        &L
    }
}

/// The payload of `timezone`.
#[repr(C)]
pub(super) struct TimeZone {
    base: TzInfo,
    offset: Ref<Delta>,
    name: Option<Str>,
}

impl Payload for TimeZone {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<TimeZone>();
        &L
    }
    const BASE: Option<fn() -> &'static Layout> = Some(TzInfo::layout);
}

const DAY_US: i128 = 86_400_000_000;

#[cold]
fn out_of_range(vm: &Vm, offset: &Value) -> Raised {
    match vm.repr(offset) {
        Ok(r) => vm.value_error(format!(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}",
            r.to_lossy()
        )),
        Err(e) => e,
    }
}

/// A `tzinfo` argument: None or an instance of a tzinfo subclass.
pub(super) fn check(vm: &Vm, tz: &Value) -> PyResult<()> {
    if tz.is_none() || tz.has_layout::<TzInfo>() {
        return Ok(());
    }
    Err(vm
        .type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", tz.class().name())))
}

/// What `tz.utcoffset(about)` or `tz.dst(about)` gives: microseconds, or None.
pub(super) fn offset_of(vm: &Vm, tz: &Value, method: &str, about: &Value) -> PyResult<Option<i128>> {
    if tz.is_none() {
        return Ok(None);
    }
    if let Some(z) = tz.downcast::<TimeZone>() {
        return Ok((method == "utcoffset").then(|| z.offset.total()));
    }
    let r = vm.call_method(tz, method, std::slice::from_ref(about))?;
    if r.is_none() {
        return Ok(None);
    }
    let Some(d) = r.downcast::<Delta>() else {
        return Err(
            vm.type_error(format!("tzinfo.{method}() must return None or a timedelta, not '{}'", r.class().name()))
        );
    };
    let us = d.total();
    if us.abs() >= DAY_US {
        return Err(out_of_range(vm, &r));
    }
    Ok(Some(us))
}

/// An offset as a value.
pub(super) fn offset_value(vm: &Vm, tz: &Value, method: &str, about: &Value) -> PyResult<Value> {
    if let Some(z) = tz.downcast::<TimeZone>()
        && method == "utcoffset"
    {
        return Ok(z.offset.value());
    }
    match offset_of(vm, tz, method, about)? {
        Some(us) => delta::of_us(vm, us),
        None => Ok(Value::NONE),
    }
}

/// What `tz.tzname(about)` gives: a str or None.
pub(super) fn name_of(vm: &Vm, tz: &Value, about: &Value) -> PyResult<Value> {
    if tz.is_none() {
        return Ok(Value::NONE);
    }
    if let Some(z) = tz.downcast::<TimeZone>() {
        return Ok(z.shown_name(vm));
    }
    let r = vm.call_method(tz, "tzname", std::slice::from_ref(about))?;
    if r.is_none() || r.has_layout::<PyStr>() {
        return Ok(r);
    }
    Err(vm.type_error(format!("tzinfo.tzname() must return None or a string, not '{}'", r.class().name())))
}

fn tzinfo_new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, TzInfo).into_value())
}

macro_rules! abstract_methods {
    ($($name:ident $text:literal;)*) => {$(
        fn $name(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
            Err(vm.not_implemented_error(concat!("a tzinfo subclass must implement ", $text, "()")))
        }
    )*};
}
abstract_methods! {
    no_utcoffset "utcoffset";
    no_dst "dst";
    no_tzname "tzname";
}

/// `tzinfo.fromutc`: the algorithm that the documentation describes.
fn tzinfo_fromutc(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (this, dt) = (args.this(), args.get(1));
    let Some(d) = dt.downcast::<DateTime>() else {
        return Err(vm.type_error("fromutc: argument must be a datetime"));
    };
    if !d.tz.is(this) {
        return Err(vm.value_error("fromutc: dt.tzinfo is not self"));
    }
    let Some(offset) = offset_of(vm, this, "utcoffset", dt)? else {
        return Err(vm.value_error("fromutc: non-None utcoffset() result required"));
    };
    let Some(dst) = offset_of(vm, this, "dst", dt)? else {
        return Err(vm.value_error("fromutc: non-None dst() result required"));
    };
    let mut result = dt.clone();
    let mut shift = dst;
    if offset != dst {
        result = datetime::shifted(vm, dt, offset - dst)?;
        shift = match offset_of(vm, this, "dst", &result)? {
            Some(us) => us,
            None => {
                return Err(vm.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"));
            }
        };
    }
    if shift != 0 || result.is(dt) { datetime::shifted(vm, &result, shift) } else { Ok(result) }
}

fn tzinfo_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let this = args.this();
    let given = match vm.get_attr_opt(this, &vm.intern("__getinitargs__"))? {
        Some(f) => vm.call0(&f)?,
        None => PyTuple::new(Vec::new()).into_value(),
    };
    let state = vm.call_method_name(this, &vm.names().__getstate__, &[])?;
    Ok(PyTuple::new(vec![this.class().as_value(), given, state]).into_value())
}

static TZINFO_METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "-> (cls, state)", tzinfo_reduce),
    native("dst(self, dt, /)", "datetime -> DST offset as timedelta positive east of UTC.", no_dst),
    native("fromutc(self, dt, /)", "datetime in UTC -> datetime in local time.", tzinfo_fromutc),
    native("tzname(self, dt, /)", "datetime -> string name of time zone.", no_tzname),
    native(
        "utcoffset(self, dt, /)",
        "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC",
        no_utcoffset,
    ),
];

static TZINFO_DEF: TypeDef = TypeDef {
    name: "tzinfo",
    module: "datetime",
    doc: "Abstract base class for time zone info objects.",
    layout: TzInfo::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(tzinfo_new), ..Slots::EMPTY },
    methods: TZINFO_METHODS,
    ..TypeDef::EMPTY
};
/// `datetime.tzinfo`
pub(super) static TZINFO: Type = Type::builtin(&TZINFO_DEF);

const UTC_KEY: &str = "datetime.utc";

/// `timezone.utc`
pub(super) fn utc(vm: &Vm) -> Value {
    if let Some(v) = vm.runtime().slots.borrow().get(UTC_KEY) {
        return v.clone();
    }
    let v = fixed(delta::zero(), None);
    vm.runtime().slots.borrow_mut().insert(UTC_KEY, v.clone());
    v
}

fn fixed(offset: Ref<Delta>, name: Option<Str>) -> Value {
    Ref::new(&TIMEZONE, TimeZone { base: TzInfo, offset, name }).into_value()
}

/// The `timezone` with this offset in microseconds: `timezone.utc` for none.
pub(super) fn of_offset(vm: &Vm, us: i128) -> PyResult<Value> {
    if us == 0 {
        return Ok(utc(vm));
    }
    of_delta(vm, &delta::of_us(vm, us)?, None)
}

/// `timezone(offset, name)`
pub(super) fn of_delta(vm: &Vm, offset: &Value, name: Option<Str>) -> PyResult<Value> {
    let Some(d) = offset.downcast_ref::<Delta>() else {
        return Err(vm.type_error(format!(
            "timezone() argument 1 must be datetime.timedelta, not {}",
            vm.type_name_for_errors(offset)
        )));
    };
    if name.is_none() && d.is_zero() {
        return Ok(utc(vm));
    }
    if d.total().abs() >= DAY_US {
        return Err(out_of_range(vm, offset));
    }
    Ok(fixed(d, name))
}

impl TimeZone {
    fn shown_name(&self, vm: &Vm) -> Value {
        if let Some(n) = &self.name {
            return n.value();
        }
        match self.offset.total() {
            0 => vm.str("UTC"),
            us => vm.str(&format!("UTC{}", text::offset(us, ":"))),
        }
    }
}

fn this(v: &Value) -> &TimeZone {
    v.downcast().expect("slots of timezone see those")
}

static NEW: NativeDef = native("timezone(offset, name=None)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    let name = &slots[1];
    if name.is_unbound() {
        return of_delta(vm, &slots[0], None);
    }
    let Some(name) = name.downcast_ref::<PyStr>() else {
        return Err(vm.type_error(format!("timezone() argument 2 must be str, not {}", vm.type_name_for_errors(name))));
    };
    of_delta(vm, &slots[0], Some(name))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    if v.is(&utc(vm)) {
        return Ok(vm.str("datetime.timezone.utc"));
    }
    let z = this(v);
    let offset = vm.repr(z.offset.as_value())?;
    let text = match &z.name {
        None => format!("{}({})", super::class_text(v), offset.to_lossy()),
        Some(n) => {
            format!("{}({}, {})", super::class_text(v), offset.to_lossy(), vm.repr(n.as_value())?.to_lossy())
        }
    };
    Ok(PyStr::new(text.as_bytes()).into_value())
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).shown_name(vm))
}

fn hash(_vm: &Vm, v: &Value) -> PyResult<i64> {
    Ok(this(v).offset.hash())
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<TimeZone>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let same = this(a).offset.total() == y.offset.total();
    Ok(match op {
        CmpOp::Eq => Value::bool(same),
        CmpOp::Ne => Value::bool(!same),
        _ => Value::NOT_IMPLEMENTED,
    })
}

/// The argument of the three methods: a datetime or None.
fn check_about(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let about = args.get(1);
    if about.is_none() || about.has_layout::<DateTime>() {
        return Ok(());
    }
    Err(vm.type_error(format!(
        "{}(dt) argument must be a datetime instance or None, not {}",
        args.name(),
        about.class().name()
    )))
}

fn utcoffset(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_about(vm, &args)?;
    Ok(this(args.this()).offset.value())
}

fn dst(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_about(vm, &args)?;
    Ok(Value::NONE)
}

fn tzname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_about(vm, &args)?;
    Ok(this(args.this()).shown_name(vm))
}

fn fromutc(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let dt = args.get(1);
    let Some(d) = dt.downcast::<DateTime>() else {
        return Err(vm.type_error("fromutc: argument must be a datetime instance"));
    };
    if !d.tz.is(args.this()) {
        return Err(vm.value_error("fromutc: dt.tzinfo is not self"));
    }
    datetime::shifted(vm, dt, this(args.this()).offset.total())
}

fn getinitargs(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let z = this(args.this());
    let mut items = vec![z.offset.value()];
    items.extend(z.name.as_ref().map(Ref::value));
    Ok(PyTuple::new(items).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__getinitargs__(self, /)", "pickle support", getinitargs),
    native("dst(self, dt, /)", "Return None.", dst),
    native("fromutc(self, dt, /)", "datetime in UTC -> datetime in local time.", fromutc),
    native(
        "tzname(self, dt, /)",
        "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.",
        tzname,
    ),
    native("utcoffset(self, dt, /)", "Return fixed offset.", utcoffset),
];

fn consts(vm: &Vm, d: &PyDict) {
    d.set_text("utc", utc(vm));
    // Rounded to minutes, though the constructor takes more.
    let day = 1439 * 60_000_000;
    for (name, us) in [("min", -day), ("max", day)] {
        if let Ok(z) = of_offset(vm, us) {
            d.set_text(name, z);
        }
    }
}

static DEF: TypeDef = TypeDef {
    name: "timezone",
    module: "datetime",
    doc: "Fixed offset from UTC implementation of tzinfo.",
    base: Some(&TZINFO),
    layout: TimeZone::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        ..Slots::EMPTY
    },
    methods: METHODS,
    consts: Some(consts),
    ..TypeDef::EMPTY
};
/// `datetime.timezone`
pub(super) static TIMEZONE: Type = Type::builtin(&DEF);
