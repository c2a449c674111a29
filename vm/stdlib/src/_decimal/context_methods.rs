//! The methods of `Context`: operations that round by this context instead of the current one.

use freeze_runtime::types::float::value_of;
use freeze_runtime::types::int::int_ref;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, NativeDef, PyResult, Value, Vm, native};

use super::context::{Context, reduce, this};
use super::convert::{self, required};
use super::decimal::{Decimal, make};
use super::decimal_methods::finish;
use super::num::{self, Kind, Num, Settings};

fn one(vm: &Vm, args: Args<'_>, f: fn(&Num, &Settings, &mut u32) -> Num) -> PyResult<Value> {
    let cx = this(args.this());
    let x = required(vm, args.get(1))?;
    let mut st = 0;
    let r = f(&x, &cx.settings.get(), &mut st);
    finish(vm, cx, r, st)
}

fn two(vm: &Vm, args: Args<'_>, f: fn(&Num, &Num, &Settings, &mut u32) -> Num) -> PyResult<Value> {
    let cx = this(args.this());
    let (x, y) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    let mut st = 0;
    let r = f(&x, &y, &cx.settings.get(), &mut st);
    finish(vm, cx, r, st)
}

fn truth(vm: &Vm, args: Args<'_>, f: fn(&Num, &Settings) -> bool) -> PyResult<Value> {
    let x = required(vm, args.get(1))?;
    Ok(Value::bool(f(&x, &this(args.this()).settings.get())))
}

/// A Decimal as it is, an int as a Decimal.
fn same(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(1);
    if v.has_layout::<Decimal>() { Ok(v.clone()) } else { Ok(make(required(vm, v)?.clone())) }
}

fn canonical(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.get(1).has_layout::<Decimal>() {
        return Ok(args.get(1).clone());
    }
    Err(vm.type_error("argument must be a Decimal"))
}

fn is_canonical(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    canonical(vm, args).map(|_| Value::TRUE)
}

fn copy_sign(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (x, y) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    Ok(make(x.with_sign(y.neg)))
}

fn total(vm: &Vm, args: Args<'_>, f: fn(&Num, &Num) -> std::cmp::Ordering) -> PyResult<Value> {
    let (x, y) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    Ok(make(num::as_num(f(&x, &y))))
}

fn create_decimal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = this(args.this());
    let Some(v) = args.opt(1) else { return Ok(make(Num::zero(false, 0).fit(&cx.settings.get(), &mut 0))) };
    Ok(make(convert::from_object_rounded(vm, v, cx)?))
}

fn create_decimal_from_float(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = this(args.this());
    let n = match (int_ref(args.get(1)), value_of(args.get(1))) {
        (Some(n), _) => convert::from_int(n),
        (_, Some(x)) => convert::from_float(x),
        _ => return Err(vm.type_error("argument must be int or float")),
    };
    let mut st = 0;
    let r = n.fit(&cx.settings.get(), &mut st);
    finish(vm, cx, r, st)
}

fn divmod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = this(args.this());
    let (x, y) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    let mut st = 0;
    let (q, r) = num::divmod(&x, &y, &cx.settings.get(), &mut st);
    cx.report(vm, st)?;
    Ok(PyTuple::new(vec![make(q), make(r)]).into_value())
}

fn fma(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = this(args.this());
    let (x, y) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    let z = required(vm, args.get(3))?;
    let mut st = 0;
    let r = num::fma(&x, &y, &z, &cx.settings.get(), &mut st);
    finish(vm, cx, r, st)
}

fn power(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cx = this(args.this());
    let (x, y) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    let mut st = 0;
    let r = match args.opt_not_none(3) {
        Some(m) => num::pow_mod(&x, &y, &*required(vm, m)?, &cx.settings.get(), &mut st),
        None => num::pow(&x, &y, &cx.settings.get(), &mut st),
    };
    finish(vm, cx, r, st)
}

fn same_quantum(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (x, y) = (required(vm, args.get(1))?, required(vm, args.get(2))?);
    Ok(Value::bool(num::same_quantum(&x, &y)))
}

fn number_class(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = required(vm, args.get(1))?;
    Ok(vm.str(num::class(&x, &this(args.this()).settings.get())))
}

fn shown(vm: &Vm, args: Args<'_>, engineering: bool) -> PyResult<Value> {
    let x = required(vm, args.get(1))?;
    Ok(PyStr::new(&x.write(engineering, this(args.this()).capitals.get())).into_value())
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(this(args.this()).copy().into_value())
}

fn set_words(args: Args<'_>, f: fn(&Context)) -> PyResult<Value> {
    f(this(args.this()));
    Ok(Value::NONE)
}

#[rustfmt::skip]
pub(super) static METHODS: &[NativeDef] = &[
    native("Etiny(self, /)", "The smallest exponent of any number: Emin - prec + 1.", |_, a| Ok(Value::int(this(a.this()).settings.get().etiny()))),
    native("Etop(self, /)", "The largest exponent of a number with full precision: Emax - prec + 1.", |_, a| Ok(Value::int(this(a.this()).settings.get().etop()))),
    native("__copy__(self, /)", "A copy.", copy),
    native("__reduce__(self, /)", "The parts that pickling stores.", reduce),
    native("_apply(self, a, /)", "a, rounded to the context.", |vm, a| one(vm, a, |x, cx, st| x.clone().fit(cx, st))),
    native("abs(self, x, /)", "The absolute value of x.", |vm, a| one(vm, a, num::abs)),
    native("add(self, x, y, /)", "x + y", |vm, a| two(vm, a, |x, y, cx, st| num::add(x, y, false, cx, st))),
    native("canonical(self, x, /)", "x itself.", canonical),
    native("clear_flags(self, /)", "Sets all flags to False.", |_, a| set_words(a, |c| c.words.flags.set(0))),
    native("clear_traps(self, /)", "Sets all traps to False.", |_, a| set_words(a, |c| c.words.traps.set(0))),
    native("compare(self, x, y, /)", "Compares by value.", |vm, a| two(vm, a, |x, y, cx, st| num::compare(x, y, false, cx, st))),
    native("compare_signal(self, x, y, /)", "Compares by value; all NaNs signal.", |vm, a| two(vm, a, |x, y, cx, st| num::compare(x, y, true, cx, st))),
    native("compare_total(self, x, y, /)", "Compares by representation.", |vm, a| total(vm, a, num::total_order)),
    native("compare_total_mag(self, x, y, /)", "Compares by representation, without signs.", |vm, a| total(vm, a, num::total_magnitude)),
    native("copy(self, /)", "A copy, with flags and traps.", copy),
    native("copy_abs(self, x, /)", "x with a positive sign.", |vm, a| Ok(make(required(vm, a.get(1))?.with_sign(false)))),
    native("copy_decimal(self, x, /)", "x as a Decimal.", same),
    native("copy_negate(self, x, /)", "x with the other sign.", |vm, a| { let x = required(vm, a.get(1))?; Ok(make(x.with_sign(!x.neg))) }),
    native("copy_sign(self, x, y, /)", "x with the sign of y.", copy_sign),
    native("create_decimal(self, num='0', /)", "num as a Decimal, rounded to the context.", create_decimal),
    native("create_decimal_from_float(self, f, /)", "A float as a Decimal, rounded to the context.", create_decimal_from_float),
    native("divide(self, x, y, /)", "x / y", |vm, a| two(vm, a, num::div)),
    native("divide_int(self, x, y, /)", "The integer part of x / y.", |vm, a| two(vm, a, num::div_int)),
    native("divmod(self, x, y, /)", "The integer part of x / y, and the remainder.", divmod),
    native("exp(self, x, /)", "e ** x", |vm, a| one(vm, a, num::exp)),
    native("fma(self, x, y, z, /)", "x * y + z, rounded once.", fma),
    native("is_canonical(self, x, /)", "True.", is_canonical),
    native("is_finite(self, x, /)", "Whether x is neither infinite nor a NaN.", |vm, a| truth(vm, a, |x, _| x.is_finite())),
    native("is_infinite(self, x, /)", "Whether x is infinite.", |vm, a| truth(vm, a, |x, _| x.is_inf())),
    native("is_nan(self, x, /)", "Whether x is a NaN.", |vm, a| truth(vm, a, |x, _| x.is_nan())),
    native("is_normal(self, x, /)", "Whether x is normal.", |vm, a| truth(vm, a, num::is_normal)),
    native("is_qnan(self, x, /)", "Whether x is a quiet NaN.", |vm, a| truth(vm, a, |x, _| x.kind == Kind::Quiet)),
    native("is_signed(self, x, /)", "Whether the sign of x is negative.", |vm, a| truth(vm, a, |x, _| x.neg)),
    native("is_snan(self, x, /)", "Whether x is a signaling NaN.", |vm, a| truth(vm, a, |x, _| x.is_snan())),
    native("is_subnormal(self, x, /)", "Whether x is subnormal.", |vm, a| truth(vm, a, num::is_subnormal)),
    native("is_zero(self, x, /)", "Whether x is zero.", |vm, a| truth(vm, a, |x, _| x.is_zero())),
    native("ln(self, x, /)", "The natural logarithm of x.", |vm, a| one(vm, a, num::ln)),
    native("log10(self, x, /)", "The logarithm of x to the base 10.", |vm, a| one(vm, a, num::log10)),
    native("logb(self, x, /)", "The exponent of the first digit of x.", |vm, a| one(vm, a, num::logb)),
    native("logical_and(self, x, y, /)", "The digit-wise and.", |vm, a| two(vm, a, |x, y, cx, st| num::logic(x, y, |p, q| p & q, cx, st))),
    native("logical_invert(self, x, /)", "The digit-wise inversion.", |vm, a| one(vm, a, num::invert)),
    native("logical_or(self, x, y, /)", "The digit-wise or.", |vm, a| two(vm, a, |x, y, cx, st| num::logic(x, y, |p, q| p | q, cx, st))),
    native("logical_xor(self, x, y, /)", "The digit-wise exclusive or.", |vm, a| two(vm, a, |x, y, cx, st| num::logic(x, y, |p, q| p ^ q, cx, st))),
    native("max(self, x, y, /)", "The larger number.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, true, false, cx, st))),
    native("max_mag(self, x, y, /)", "The number with the larger magnitude.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, true, true, cx, st))),
    native("min(self, x, y, /)", "The smaller number.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, false, false, cx, st))),
    native("min_mag(self, x, y, /)", "The number with the smaller magnitude.", |vm, a| two(vm, a, |x, y, cx, st| num::pick(x, y, false, true, cx, st))),
    native("minus(self, x, /)", "-x", |vm, a| one(vm, a, |x, cx, st| num::signed(x, !x.neg, cx, st))),
    native("multiply(self, x, y, /)", "x * y", |vm, a| two(vm, a, num::mul)),
    native("next_minus(self, x, /)", "The next smaller number.", |vm, a| one(vm, a, |x, cx, st| num::next(x, false, cx, st))),
    native("next_plus(self, x, /)", "The next larger number.", |vm, a| one(vm, a, |x, cx, st| num::next(x, true, cx, st))),
    native("next_toward(self, x, y, /)", "The neighbour of x in the direction of y.", |vm, a| two(vm, a, num::next_toward)),
    native("normalize(self, x, /)", "x without trailing zeros.", |vm, a| one(vm, a, num::reduce)),
    native("number_class(self, x, /)", "The class of x as a string.", number_class),
    native("plus(self, x, /)", "+x", |vm, a| one(vm, a, |x, cx, st| num::signed(x, x.neg, cx, st))),
    native("power(self, /, a, b, modulo=None)", "a ** b, or a ** b % modulo.", power),
    native("quantize(self, x, y, /)", "x rounded to the exponent of y.", |vm, a| two(vm, a, num::quantize)),
    native("radix(self, /)", "Decimal(10).", |_, _| Ok(make(Num::from_i64(10)))),
    native("remainder(self, x, y, /)", "The remainder of x / y with the sign of x.", |vm, a| two(vm, a, num::rem)),
    native("remainder_near(self, x, y, /)", "The remainder from the nearest multiple of y.", |vm, a| two(vm, a, num::rem_near)),
    native("rotate(self, x, y, /)", "The digits of x rotated by y places.", |vm, a| two(vm, a, num::rotate)),
    native("same_quantum(self, x, y, /)", "Whether both have the same exponent.", same_quantum),
    native("scaleb(self, x, y, /)", "x with y added to its exponent.", |vm, a| two(vm, a, num::scaleb)),
    native("shift(self, x, y, /)", "The digits of x shifted by y places.", |vm, a| two(vm, a, num::shift)),
    native("sqrt(self, x, /)", "The square root of x.", |vm, a| one(vm, a, num::sqrt)),
    native("subtract(self, x, y, /)", "x - y", |vm, a| two(vm, a, |x, y, cx, st| num::add(x, y, true, cx, st))),
    native("to_eng_string(self, x, /)", "x as text, with exponents that are multiples of 3.", |vm, a| shown(vm, a, true)),
    native("to_integral(self, x, /)", "As to_integral_value().", |vm, a| one(vm, a, |x, cx, st| num::to_integral(x, false, cx, st))),
    native("to_integral_exact(self, x, /)", "The nearest integer; signals when that is not exact.", |vm, a| one(vm, a, |x, cx, st| num::to_integral(x, true, cx, st))),
    native("to_integral_value(self, x, /)", "The nearest integer, without signals.", |vm, a| one(vm, a, |x, cx, st| num::to_integral(x, false, cx, st))),
    native("to_sci_string(self, x, /)", "x as text, in scientific notation.", |vm, a| shown(vm, a, false)),
];
