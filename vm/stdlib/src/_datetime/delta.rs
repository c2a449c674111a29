//! `timedelta`.

use std::cell::Cell;

use freeze_runtime::call::bind;
use freeze_runtime::object::{BinOp, CmpOp, GetSet, Layout, Slots};
use freeze_runtime::text::int_convert;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::float;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::{PyTuple, combine_hashes};
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

const MAX_DAYS: i32 = 999_999_999;
const US_PER_SECOND: i128 = 1_000_000;
const US_PER_DAY: i128 = 86_400 * US_PER_SECOND;

/// The payload of `timedelta`, normalized: seconds within a day, microseconds within a second, neither negative.
pub(super) struct Delta {
    pub(super) days: i32,
    pub(super) seconds: i32,
    pub(super) us: i32,
    hash: Cell<i64>,
}

impl Payload for Delta {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Delta>();
        &L
    }
}

impl Delta {
    /// All of it in microseconds.
    pub(super) fn total(&self) -> i128 {
        i128::from(self.days) * US_PER_DAY + i128::from(self.seconds) * US_PER_SECOND + i128::from(self.us)
    }

    /// Whether it is none at all.
    pub(super) fn is_zero(&self) -> bool {
        self.days == 0 && self.seconds == 0 && self.us == 0
    }

    /// The record of so many microseconds; OverflowError beyond what fits.
    fn of_total(vm: &Vm, total: i128) -> PyResult<Delta> {
        let days = total.div_euclid(US_PER_DAY);
        let rest = total.rem_euclid(US_PER_DAY);
        let Ok(days) = i32::try_from(days) else { return Err(too_large(vm)) };
        if days.abs() > MAX_DAYS {
            return Err(vm.overflow_error(format!("days={days}; must have magnitude <= {MAX_DAYS}")));
        }
        let (seconds, us) = ((rest / US_PER_SECOND) as i32, (rest % US_PER_SECOND) as i32);
        Ok(Delta { days, seconds, us, hash: Cell::new(0) })
    }

    /// The hash: that of the tuple of its parts.
    pub(super) fn hash(&self) -> i64 {
        if self.hash.get() == 0 {
            let parts = [self.days, self.seconds, self.us];
            let h = combine_hashes(parts.iter().map(|&n| int_convert::hash_i64(i64::from(n))), false);
            self.hash.set(h);
        }
        self.hash.get()
    }
}

#[cold]
fn too_large(vm: &Vm) -> Raised {
    vm.overflow_error("Python int too large to convert to C int")
}

/// An exact `timedelta` of so many microseconds.
pub(super) fn of_us(vm: &Vm, total: i128) -> PyResult<Value> {
    of_us_in(vm, &DELTA, total)
}

fn of_us_in(vm: &Vm, class: &Type, total: i128) -> PyResult<Value> {
    Ok(Ref::new(class, Delta::of_total(vm, total)?).into_value())
}

/// An exact `timedelta` of nothing.
pub(super) fn zero() -> Ref<Delta> {
    Ref::new(&DELTA, Delta { days: 0, seconds: 0, us: 0, hash: Cell::new(0) })
}

fn of_big(vm: &Vm, total: &BigInt) -> PyResult<Value> {
    of_us(vm, total.to_i128().ok_or_else(|| too_large(vm))?)
}

fn this(v: &Value) -> &Delta {
    v.downcast().expect("slots of timedelta see those")
}

/// Units of the constructor's arguments in microseconds, in their order.
const UNITS: [(&str, i64); 7] = [
    ("days", 86_400_000_000),
    ("seconds", 1_000_000),
    ("microseconds", 1),
    ("milliseconds", 1_000),
    ("minutes", 60_000_000),
    ("hours", 3_600_000_000),
    ("weeks", 604_800_000_000),
];

static NEW: NativeDef = native(
    "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)",
    "",
    |_, args| Ok(args.get(0).clone()),
);

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    let mut whole: i128 = 0;
    // What is left of fractions, in microseconds; rounded once, at the end.
    let mut left = 0.0;
    // The order in which CPython adds, which decides how the fractions round.
    for i in [2, 3, 1, 4, 5, 0, 6] {
        let v = &slots[i];
        if v.is_unbound() {
            continue;
        }
        let (name, unit) = UNITS[i];
        if int::is_int(v) {
            let part = match int::as_i64(v) {
                Some(n) => i128::from(n) * i128::from(unit),
                None => int::to_big(v)
                    .to_i128()
                    .and_then(|n| n.checked_mul(i128::from(unit)))
                    .ok_or_else(|| too_large(vm))?,
            };
            whole = whole.checked_add(part).ok_or_else(|| too_large(vm))?;
        } else if let Some(x) = float::value_of(v) {
            // NaN and infinities are refused here.
            let n = float::to_int(vm, x.trunc())?;
            let n = int::to_big(&n).to_i128().and_then(|n| n.checked_mul(i128::from(unit)));
            let scaled = x.fract() * unit as f64;
            left += scaled.fract();
            whole = n
                .and_then(|n| whole.checked_add(n))
                .and_then(|w| w.checked_add(scaled.trunc() as i128))
                .ok_or_else(|| too_large(vm))?;
        } else {
            return Err(vm.type_error(format!("unsupported type for timedelta {name} component: {}", v.class().name())));
        }
    }
    if left != 0.0 {
        let mut rounded = left.round();
        if (rounded - left).abs() == 0.5 {
            // Half a microsecond goes to the even neighbour of the sum.
            let odd = (whole & 1) as f64;
            rounded = 2.0 * ((left + odd) * 0.5).round() - odd;
        }
        whole += rounded as i128;
    }
    of_us_in(vm, class, whole)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let d = this(v);
    let parts = [("days", d.days), ("seconds", d.seconds), ("microseconds", d.us)];
    let shown: Vec<String> = parts.iter().filter(|p| p.1 != 0).map(|(name, n)| format!("{name}={n}")).collect();
    let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
    Ok(vm.str(&format!("{}({shown})", super::class_text(v))))
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    let d = this(v);
    let mut out = String::new();
    if d.days != 0 {
        out = format!("{} day{}, ", d.days, if d.days.abs() == 1 { "" } else { "s" });
    }
    out += &format!("{}:{:02}:{:02}", d.seconds / 3600, d.seconds / 60 % 60, d.seconds % 60);
    if d.us != 0 {
        out += &format!(".{:06}", d.us);
    }
    Ok(vm.str(&out))
}

fn hash(_vm: &Vm, v: &Value) -> PyResult<i64> {
    Ok(this(v).hash())
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<Delta>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let x = this(a);
    Ok(Value::bool(op.test((x.days, x.seconds, x.us).cmp(&(y.days, y.seconds, y.us)))))
}

fn both<'a>(a: &'a Value, b: &'a Value) -> Option<(&'a Delta, &'a Delta)> {
    Some((a.downcast::<Delta>()?, b.downcast::<Delta>()?))
}

fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    match both(a, b) {
        Some((x, y)) => of_us(vm, x.total() + y.total()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    match both(a, b) {
        Some((x, y)) => of_us(vm, x.total() - y.total()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `a / b` to the nearest integer, half to even.
fn divide_nearest(vm: &Vm, a: &BigInt, b: &BigInt) -> PyResult<BigInt> {
    use num_integer::Integer;
    if b.sign() == num_bigint::Sign::NoSign {
        return Err(vm.zero_division_error("division by zero"));
    }
    let (q, r) = a.div_mod_floor(b);
    // The remainder has the divisor's sign, so the magnitudes tell which neighbour is nearer.
    let twice: BigInt = r.abs() * 2;
    Ok(match twice.cmp(&b.abs()) {
        std::cmp::Ordering::Less => q,
        std::cmp::Ordering::Greater => q + 1,
        std::cmp::Ordering::Equal => {
            if q.is_odd() {
                q + 1
            } else {
                q
            }
        }
    })
}

/// A float as a fraction of integers. A subclass is asked.
fn ratio(vm: &Vm, v: &Value) -> PyResult<(BigInt, BigInt)> {
    let Some(x) = v.as_float() else {
        let r = vm.call_method(v, "as_integer_ratio", &[])?;
        let Some(t) = r.downcast::<PyTuple>() else {
            return Err(vm.type_error(format!(
                "unexpected return type from as_integer_ratio(): expected tuple, not '{}'",
                r.class().name()
            )));
        };
        let [top, bottom] = t.as_slice() else {
            return Err(vm.value_error("as_integer_ratio() must return a 2-tuple"));
        };
        return Ok((vm.to_bigint(top)?, vm.to_bigint(bottom)?));
    };
    if x.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    if x.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    let (mantissa, exponent) = int_convert::mantissa_exponent(x);
    let mut top = BigInt::from(mantissa);
    let mut bottom = BigInt::from(1);
    if exponent >= 0 {
        top <<= exponent as u32;
    } else {
        bottom <<= exponent.unsigned_abs() as u32;
    }
    Ok((if x < 0.0 { -top } else { top }, bottom))
}

fn mul(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (d, other) = match (a.downcast::<Delta>(), b.downcast::<Delta>()) {
        (Some(d), None) => (d, b),
        (None, Some(d)) => (d, a),
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    if int::is_int(other) {
        if let Some(n) = int::as_i64(other)
            && let Some(total) = d.total().checked_mul(i128::from(n))
        {
            return of_us(vm, total);
        }
        return of_big(vm, &(BigInt::from(d.total()) * int::to_big(other)));
    }
    if float::value_of(other).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (top, bottom) = ratio(vm, other)?;
    of_big(vm, &divide_nearest(vm, &(BigInt::from(d.total()) * top), &bottom)?)
}

fn total_value(d: &Delta) -> Value {
    int::from_big(BigInt::from(d.total()))
}

fn truediv(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(d) = a.downcast::<Delta>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(e) = b.downcast::<Delta>() {
        return vm.binary_op(BinOp::TrueDiv, &total_value(d), &total_value(e));
    }
    if int::is_int(b) {
        return of_big(vm, &divide_nearest(vm, &BigInt::from(d.total()), &int::to_big(b))?);
    }
    if float::value_of(b).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (top, bottom) = ratio(vm, b)?;
    of_big(vm, &divide_nearest(vm, &(BigInt::from(d.total()) * bottom), &top)?)
}

fn floordiv(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(d) = a.downcast::<Delta>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(e) = b.downcast::<Delta>() {
        return vm.binary_op(BinOp::FloorDiv, &total_value(d), &total_value(e));
    }
    if !int::is_int(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let q = vm.binary_op(BinOp::FloorDiv, &total_value(d), b)?;
    of_big(vm, &int::to_big(&q))
}

fn modulo(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((d, e)) = both(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    let r = vm.binary_op(BinOp::Mod, &total_value(d), &total_value(e))?;
    of_big(vm, &int::to_big(&r))
}

fn divmod(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some((d, e)) = both(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    let pair = vm.divmod(&total_value(d), &total_value(e))?;
    let Some([q, r]) = pair.downcast::<PyTuple>().map(PyTuple::as_slice) else { return Ok(pair) };
    Ok(PyTuple::new(vec![q.clone(), of_big(vm, &int::to_big(r))?]).into_value())
}

fn neg(vm: &Vm, v: &Value) -> PyResult<Value> {
    of_us(vm, -this(v).total())
}

fn pos(vm: &Vm, v: &Value) -> PyResult<Value> {
    of_us(vm, this(v).total())
}

fn abs(vm: &Vm, v: &Value) -> PyResult<Value> {
    of_us(vm, this(v).total().abs())
}

fn bool(_vm: &Vm, v: &Value) -> PyResult<bool> {
    Ok(!this(v).is_zero())
}

fn total_seconds(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let total = args.payload::<Delta>().total();
    match i64::try_from(total) {
        // Exact as a float, so the division rounds only once.
        Ok(n) if n.unsigned_abs() < 1 << 53 => Ok(Value::float(n as f64 / 1e6)),
        _ => vm.binary_op(BinOp::TrueDiv, &int::from_big(BigInt::from(total)), &Value::small(1_000_000)),
    }
}

fn state(d: &Delta) -> Value {
    PyTuple::new([d.days, d.seconds, d.us].map(|n| Value::small(i64::from(n))).to_vec()).into_value()
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let class = args.this().class().as_value();
    Ok(PyTuple::new(vec![class, state(args.payload::<Delta>())]).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "__reduce__() -> (cls, state)", reduce),
    native("total_seconds(self, /)", "Total seconds in the duration.", total_seconds),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "days", doc: "Number of days.", get: |_, v| Ok(Value::small(i64::from(this(v).days))), set: None },
    GetSet {
        name: "microseconds",
        doc: "Number of microseconds (>= 0 and less than 1 second).",
        get: |_, v| Ok(Value::small(i64::from(this(v).us))),
        set: None,
    },
    GetSet {
        name: "seconds",
        doc: "Number of seconds (>= 0 and less than 1 day).",
        get: |_, v| Ok(Value::small(i64::from(this(v).seconds))),
        set: None,
    },
];

fn consts(_vm: &Vm, d: &PyDict) {
    let put = |name: &str, days: i32, seconds: i32, us: i32| {
        d.set_text(name, Ref::new(&DELTA, Delta { days, seconds, us, hash: Cell::new(0) }).into_value());
    };
    put("min", -MAX_DAYS, 0, 0);
    put("max", MAX_DAYS, 86_399, 999_999);
    put("resolution", 0, 0, 1);
}

static DEF: TypeDef = TypeDef {
    name: "timedelta",
    module: "datetime",
    doc: "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, \
          hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may \
          be positive or negative.",
    layout: Delta::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        neg: Some(neg),
        pos: Some(pos),
        abs: Some(abs),
        bool: Some(bool),
        divmod: Some(divmod),
        binary: Slots::ops(&[
            (BinOp::Add, add),
            (BinOp::Sub, sub),
            (BinOp::Mul, mul),
            (BinOp::TrueDiv, truediv),
            (BinOp::FloorDiv, floordiv),
            (BinOp::Mod, modulo),
        ]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: GETSET,
    consts: Some(consts),
    ..TypeDef::EMPTY
};
/// `datetime.timedelta`
pub(super) static DELTA: Type = Type::builtin(&DEF);
