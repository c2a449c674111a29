//! The methods of `Decimal`.

use freeze_runtime::types::complex::PyComplex;
use freeze_runtime::types::float::value_of;
use freeze_runtime::types::int::{self, int_ref};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, NativeDef, PyResult, Ref, Value, Vm, native};
use num_bigint::{BigInt, Sign};
use num_integer::Integer as _;

use super::context::{Context, context_arg, current};
use super::convert::{self, int_of, required, to_int};
use super::decimal::{DECIMAL, Decimal, make, text, this};
use super::format;
use super::num::{self, Kind, Num, Rounding, Settings, limbs};
use super::state::state;

type One = fn(&Num, &Settings, &mut u32) -> Num;
type Two = fn(&Num, &Num, &Settings, &mut u32) -> Num;

/// The result of an operation, once its conditions are reported.
pub(super) fn finish(vm: &Vm, cx: &Context, r: Num, st: u32) -> PyResult<Value> {
    cx.report(vm, st)?;
    Ok(make(r))
}

fn one(vm: &Vm, args: Args<'_>, f: One) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(1))?;
    let mut st = 0;
    let r = f(this(args.this()), &cx.settings.get(), &mut st);
    finish(vm, &cx, r, st)
}

fn two(vm: &Vm, args: Args<'_>, f: Two) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(2))?;
    let other = required(vm, args.get(1))?;
    let mut st = 0;
    let r = f(this(args.this()), &other, &cx.settings.get(), &mut st);
    finish(vm, &cx, r, st)
}

fn truth(args: Args<'_>, f: fn(&Num) -> bool) -> PyResult<Value> {
    Ok(Value::bool(f(this(args.this()))))
}

/// The rounding argument of a method: that of the context when it is missing or None.
fn rounding_arg(vm: &Vm, args: Args<'_>, i: usize, cx: &Ref<Context>) -> PyResult<Settings> {
    let settings = cx.settings.get();
    Ok(match args.opt_not_none(i) {
        Some(v) => settings.rounding(state(vm).rounding(vm, v)?),
        None => settings,
    })
}

fn as_tuple(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = this(args.this());
    let digits = match n.kind {
        Kind::Infinite => vec![Value::small(0)],
        Kind::Quiet | Kind::Signaling if n.coef.is_empty() => vec![],
        _ => limbs::text(&n.coef).iter().map(|d| Value::small(i64::from(d - b'0'))).collect(),
    };
    let exp = match n.kind {
        Kind::Finite => Value::int(n.exp),
        Kind::Infinite => vm.str("F"),
        Kind::Quiet => vm.str("n"),
        Kind::Signaling => vm.str("N"),
    };
    let parts = [Value::small(i64::from(n.neg)), PyTuple::new(digits).into_value(), exp];
    vm.call(&state(vm).decimal_tuple, &parts)
}

fn as_integer_ratio(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = this(args.this());
    match n.kind {
        Kind::Finite => {}
        Kind::Infinite => return Err(vm.overflow_error("cannot convert Infinity to integer ratio")),
        _ => return Err(vm.value_error("cannot convert NaN to integer ratio")),
    }
    let pair = |a: Value, b: Value| Ok(PyTuple::new(vec![a, b]).into_value());
    if n.coef.is_empty() {
        return pair(Value::small(0), Value::small(1));
    }
    let zeros = limbs::trailing_zeros(&n.coef) as i64;
    let (coef, exp) = if n.exp < 0 && zeros > 0 {
        let cut = zeros.min(-n.exp);
        (limbs::shr(&n.coef, cut as usize).0, n.exp + cut)
    } else {
        (n.coef.clone(), n.exp)
    };
    if exp.abs() > limbs::MAX_DIGITS {
        return Err(vm.out_of_memory(()));
    }
    if exp >= 0 {
        return pair(int_of(vm, n.neg, &limbs::shl(&coef, exp as usize)), Value::small(1));
    }
    let top = limbs::to_big(&coef);
    let bottom = limbs::big_pow10(exp.unsigned_abs());
    let g = top.gcd(&bottom);
    let sign = if n.neg { Sign::Minus } else { Sign::Plus };
    pair(vm.new_int(BigInt::from_biguint(sign, top / &g)), vm.new_int(BigInt::from(bottom / g)))
}

fn copy_sign(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    context_arg(vm, args.opt(2))?;
    let other = required(vm, args.get(1))?;
    Ok(make(this(args.this()).with_sign(other.neg)))
}

fn compare_total(vm: &Vm, args: Args<'_>, f: fn(&Num, &Num) -> std::cmp::Ordering) -> PyResult<Value> {
    context_arg(vm, args.opt(2))?;
    let other = required(vm, args.get(1))?;
    Ok(make(num::as_num(f(this(args.this()), &other))))
}

fn fma(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(3))?;
    let (b, c) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    let mut st = 0;
    let r = num::fma(this(args.this()), &b, &c, &cx.settings.get(), &mut st);
    finish(vm, &cx, r, st)
}

fn quantize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(3))?;
    let settings = rounding_arg(vm, args, 2, &cx)?;
    let exp = required(vm, args.get(1))?;
    let mut st = 0;
    let r = num::quantize(this(args.this()), &exp, &settings, &mut st);
    finish(vm, &cx, r, st)
}

fn to_integral(vm: &Vm, args: Args<'_>, exact: bool) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(2))?;
    let settings = rounding_arg(vm, args, 1, &cx)?;
    let mut st = 0;
    let r = num::to_integral(this(args.this()), exact, &settings, &mut st);
    finish(vm, &cx, r, st)
}

fn round(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = this(args.this());
    let Some(digits) = args.opt(1) else { return to_int(vm, n, Rounding::HalfEven) };
    if !int::is_int(digits) {
        return Err(vm.type_error("optional arg must be an integer"));
    }
    let Some(digits) = int::as_i64(digits) else {
        return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
    };
    let cx = current(vm)?;
    let mut st = 0;
    let exp = Num::new(false, limbs::from_u64(1), digits.saturating_neg());
    let r = num::quantize(n, &exp, &cx.settings.get(), &mut st);
    finish(vm, &cx, r, st)
}

fn class_text(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(1))?;
    Ok(vm.str(num::class(this(args.this()), &cx.settings.get())))
}

fn same_quantum(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    context_arg(vm, args.opt(2))?;
    let other = required(vm, args.get(1))?;
    Ok(Value::bool(num::same_quantum(this(args.this()), &other)))
}

fn to_eng_string(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(1))?;
    Ok(PyStr::new(&this(args.this()).write(true, cx.capitals.get())).into_value())
}

fn itself(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.this().clone())
}

fn logical(vm: &Vm, args: Args<'_>, f: fn(bool, bool) -> bool) -> PyResult<Value> {
    let cx = context_arg(vm, args.opt(2))?;
    let other = required(vm, args.get(1))?;
    let mut st = 0;
    let r = num::logic(this(args.this()), &other, f, &cx.settings.get(), &mut st);
    finish(vm, &cx, r, st)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let shown = PyTuple::new(vec![text(vm, args.this())?]).into_value();
    Ok(PyTuple::new(vec![args.this().class().as_value(), shown]).into_value())
}

/// A Decimal, as an instance of the class that a class method was called on.
fn of_class(vm: &Vm, class: &Value, v: Value) -> PyResult<Value> {
    if class.is(&DECIMAL.as_value()) { Ok(v) } else { vm.call(class, &[v]) }
}

fn from_float(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(1);
    let n = match (int_ref(v), value_of(v)) {
        (Some(n), _) => convert::from_int(n),
        (_, Some(x)) => convert::from_float(x),
        _ => return Err(vm.type_error("argument must be int or float")),
    };
    of_class(vm, args.this(), make(n))
}

fn from_number(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(1);
    if !(int::is_int(v) || value_of(v).is_some() || v.has_layout::<Decimal>()) {
        let shown = vm.repr(v)?;
        return Err(vm.type_error(format!("Cannot convert {} to Decimal", shown.to_lossy())));
    }
    let cx = current(vm)?;
    if v.is_exact(&DECIMAL) {
        return of_class(vm, args.this(), v.clone());
    }
    of_class(vm, args.this(), make(convert::from_object(vm, v, &cx)?))
}

fn complex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let re = convert::to_f64(vm, this(args.this()))?;
    Ok(Ref::new(&freeze_runtime::types::complex::COMPLEX, PyComplex { re, im: 0.0 }).into_value())
}

#[rustfmt::skip]
pub(super) static METHODS: &[NativeDef] = &[
    native("__ceil__(self, /)", "The least integer that is not smaller.", |vm, a| to_int(vm, this(a.this()), Rounding::Ceiling)),
    native("__complex__(self, /)", "The number as a complex number.", complex),
    native("__copy__(self, /)", "The number itself.", itself),
    native("__deepcopy__(self, memo, /)", "The number itself.", itself),
    native("__floor__(self, /)", "The largest integer that is not larger.", |vm, a| to_int(vm, this(a.this()), Rounding::Floor)),
    native("__format__(self, fmtarg, override=<unrepresentable>, /)", "Formats the number according to fmtarg.", format::format),
    native("__reduce__(self, /)", "The parts that pickling stores.", reduce),
    native("__round__(self, ndigits=<unrepresentable>, /)", "The nearest integer, or the number rounded to ndigits after the point.", round),
    native("__sizeof__(self, /)", "The size in memory, in bytes.", |_, a| {
        let n = this(a.this());
        Ok(Value::usize(16 + size_of::<Decimal>() + if n.coef.spilled() { n.coef.len() * 8 } else { 0 }))
    }),
    native("__trunc__(self, /)", "The integer next to it towards zero.", |vm, a| to_int(vm, this(a.this()), Rounding::Down)),
    native("adjusted(self, /)", "The exponent of the first digit.", |_, a| {
        let n = this(a.this());
        Ok(Value::int(if n.is_finite() { n.adjusted() } else { 0 }))
    }),
    native("as_integer_ratio(self, /)", "The number as a fraction in lowest terms, with a positive denominator.", as_integer_ratio),
    native("as_tuple(self, /)", "The number as a tuple of sign, digits and exponent.", as_tuple),
    native("canonical(self, /)", "The canonical encoding: the number itself.", itself),
    native("compare(self, /, other, context=None)", "Compares by value: -1, 0, 1 or NaN.", |vm, a| two(vm, a, |x, y, cx, st| num::compare(x, y, false, cx, st))),
    native("compare_signal(self, /, other, context=None)", "As compare(), but all NaNs signal.", |vm, a| two(vm, a, |x, y, cx, st| num::compare(x, y, true, cx, st))),
    native("compare_total(self, /, other, context=None)", "Compares by representation, in a total order.", |vm, a| compare_total(vm, a, num::total_order)),
    native("compare_total_mag(self, /, other, context=None)", "As compare_total(), without signs.", |vm, a| compare_total(vm, a, num::total_magnitude)),
    native("conjugate(self, /)", "The number itself.", itself),
    native("copy_abs(self, /)", "The absolute value, not rounded.", |_, a| Ok(make(this(a.this()).with_sign(false)))),
    native("copy_negate(self, /)", "The negation, not rounded.", |_, a| { let n = this(a.this()); Ok(make(n.with_sign(!n.neg))) }),
    native("copy_sign(self, /, other, context=None)", "The number with the sign of other.", copy_sign),
    native("exp(self, /, context=None)", "e to the power of the number.", |vm, a| one(vm, a, num::exp)),
    native("fma(self, /, other, third, context=None)", "self * other + third, rounded once.", fma),
    native("is_canonical(self, /)", "True: every number is canonical.", |_, a| truth(a, |_| true)),
    native("is_finite(self, /)", "Whether the number is neither infinite nor a NaN.", |_, a| truth(a, Num::is_finite)),
    native("is_infinite(self, /)", "Whether the number is infinite.", |_, a| truth(a, Num::is_inf)),
    native("is_nan(self, /)", "Whether this is a NaN.", |_, a| truth(a, Num::is_nan)),
    native("is_normal(self, /, context=None)", "Whether the number is normal.", |vm, a| {
        let cx = context_arg(vm, a.opt(1))?;
        Ok(Value::bool(num::is_normal(this(a.this()), &cx.settings.get())))
    }),
    native("is_qnan(self, /)", "Whether this is a quiet NaN.", |_, a| truth(a, |n| n.kind == Kind::Quiet)),
    native("is_signed(self, /)", "Whether the sign is negative.", |_, a| truth(a, |n| n.neg)),
    native("is_snan(self, /)", "Whether this is a signaling NaN.", |_, a| truth(a, Num::is_snan)),
    native("is_subnormal(self, /, context=None)", "Whether the number is subnormal.", |vm, a| {
        let cx = context_arg(vm, a.opt(1))?;
        Ok(Value::bool(num::is_subnormal(this(a.this()), &cx.settings.get())))
    }),
    native("is_zero(self, /)", "Whether the number is zero.", |_, a| truth(a, Num::is_zero)),
    native("ln(self, /, context=None)", "The natural logarithm.", |vm, a| one(vm, a, num::ln)),
    native("log10(self, /, context=None)", "The logarithm to the base 10.", |vm, a| one(vm, a, num::log10)),
    native("logb(self, /, context=None)", "The adjusted exponent as a Decimal.", |vm, a| one(vm, a, num::logb)),
    native("logical_and(self, /, other, context=None)", "The digit-wise and.", |vm, a| logical(vm, a, |x, y| x & y)),
    native("logical_invert(self, /, context=None)", "The digit-wise inversion.", |vm, a| one(vm, a, num::invert)),
    native("logical_or(self, /, other, context=None)", "The digit-wise or.", |vm, a| logical(vm, a, |x, y| x | y)),
    native("logical_xor(self, /, other, context=None)", "The digit-wise exclusive or.", |vm, a| logical(vm, a, |x, y| x ^ y)),
    native("max(self, /, other, context=None)", "The larger of two numbers.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, true, false, cx, st))),
    native("max_mag(self, /, other, context=None)", "The number with the larger magnitude.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, true, true, cx, st))),
    native("min(self, /, other, context=None)", "The smaller of two numbers.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, false, false, cx, st))),
    native("min_mag(self, /, other, context=None)", "The number with the smaller magnitude.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, false, true, cx, st))),
    native("next_minus(self, /, context=None)", "The next smaller number.", |vm, a| one(vm, a, |x, cx, st| num::next(x, false, cx, st))),
    native("next_plus(self, /, context=None)", "The next larger number.", |vm, a| one(vm, a, |x, cx, st| num::next(x, true, cx, st))),
    native("next_toward(self, /, other, context=None)", "The neighbour in the direction of other.", |vm, a| two(vm, a, num::next_toward)),
    native("normalize(self, /, context=None)", "The number without trailing zeros.", |vm, a| one(vm, a, num::reduce)),
    native("number_class(self, /, context=None)", "The class of the number as a string.", class_text),
    native("quantize(self, /, exp, rounding=None, context=None)", "The number rounded to the exponent of exp.", quantize),
    native("radix(self, /)", "Decimal(10).", |_, _| Ok(make(Num::from_i64(10)))),
    native("remainder_near(self, /, other, context=None)", "The remainder from the nearest multiple of other.", |vm, a| two(vm, a, num::rem_near)),
    native("rotate(self, /, other, context=None)", "The digits rotated by other places.", |vm, a| two(vm, a, num::rotate)),
    native("same_quantum(self, /, other, context=None)", "Whether both have the same exponent.", same_quantum),
    native("scaleb(self, /, other, context=None)", "The number with other added to its exponent.", |vm, a| two(vm, a, num::scaleb)),
    native("shift(self, /, other, context=None)", "The digits shifted by other places.", |vm, a| two(vm, a, num::shift)),
    native("sqrt(self, /, context=None)", "The square root.", |vm, a| one(vm, a, num::sqrt)),
    native("to_eng_string(self, /, context=None)", "The number as text, with exponents that are multiples of 3.", to_eng_string),
    native("to_integral(self, /, rounding=None, context=None)", "As to_integral_value().", |vm, a| to_integral(vm, a, false)),
    native("to_integral_exact(self, /, rounding=None, context=None)", "The nearest integer; signals when that is not exact.", |vm, a| to_integral(vm, a, true)),
    native("to_integral_value(self, /, rounding=None, context=None)", "The nearest integer, without signals.", |vm, a| to_integral(vm, a, false)),
];

pub(super) static CLASS_METHODS: &[NativeDef] = &[
    native("from_float(cls, f, /)", "The number that a float is exactly.", from_float),
    native("from_number(cls, number, /)", "The number that an int, a float or a Decimal is exactly.", from_number),
];
