//! `math`.

mod integers;
mod special;
mod sums;

use freeze_runtime::text::int_convert;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::float::to_int;
use freeze_runtime::types::int::int_ref;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Raised, Value, Vm, native};
use num_traits::Signed;

fn repr(x: f64) -> String {
    freeze_runtime::text::float_fmt::repr(x)
}

fn domain(vm: &Vm) -> Raised {
    vm.value_error("math domain error")
}

fn range(vm: &Vm) -> Raised {
    vm.overflow_error("math range error")
}

/// The result of a function of one number: NaN made of a number is a domain error, infinity an overflow or, at a pole,
/// a domain error too.
fn checked(vm: &Vm, x: f64, r: f64, overflows: bool, expected: &str) -> PyResult<Value> {
    let wrong = || match expected {
        "" => domain(vm),
        _ => vm.value_error(format!("expected {expected}, got {}", repr(x))),
    };
    if r.is_nan() && !x.is_nan() {
        return Err(wrong());
    }
    if r.is_infinite() && x.is_finite() {
        return Err(if overflows { range(vm) } else { wrong() });
    }
    Ok(Value::float(r))
}

macro_rules! unary {
    ($signature:literal, $doc:literal, $f:expr, $overflows:literal, $expected:literal) => {
        native($signature, $doc, |vm, args| {
            let x = args.f64(vm, 0)?;
            let f: fn(f64) -> f64 = $f;
            checked(vm, x, f(x), $overflows, $expected)
        })
    };
}

/// A function of two numbers with C's rules for exceptional results.
fn binary(vm: &Vm, args: &Args<'_>, f: fn(f64, f64) -> f64) -> PyResult<Value> {
    let (x, y) = (args.f64(vm, 0)?, args.f64(vm, 1)?);
    let r = f(x, y);
    if r.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain(vm));
    }
    if r.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(range(vm));
    }
    Ok(Value::float(r))
}

fn pow(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (x, y) = (args.f64(vm, 0)?, args.f64(vm, 1)?);
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(domain(vm));
    }
    binary(vm, &args, f64::powf)
}

fn fmod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (x, y) = (args.f64(vm, 0)?, args.f64(vm, 1)?);
    if y.is_infinite() && x.is_finite() {
        return Ok(Value::float(x));
    }
    binary(vm, &args, |x, y| x % y)
}

fn remainder(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (x, y) = (args.f64(vm, 0)?, args.f64(vm, 1)?);
    if y.is_infinite() && x.is_finite() {
        return Ok(Value::float(x));
    }
    binary(vm, &args, libm::remainder)
}

fn fma(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (x, y, z) = (args.f64(vm, 0)?, args.f64(vm, 1)?, args.f64(vm, 2)?);
    let r = x.mul_add(y, z);
    if r.is_nan() && !(x.is_nan() || y.is_nan() || z.is_nan()) {
        return Err(vm.value_error("invalid operation in fma"));
    }
    if r.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(vm.overflow_error("overflow in fma"));
    }
    Ok(Value::float(r))
}

/// A logarithm; ints too large for a float are taken apart into a mantissa and a power of two.
fn logarithm(vm: &Vm, v: &Value, f: fn(f64) -> f64, of_two: f64) -> PyResult<f64> {
    if let Some(n) = int_ref(v) {
        if n.is_negative() || *n.to_big() == num_bigint::BigInt::ZERO {
            return Err(vm.value_error("expected a positive input"));
        }
        if let Ok(x) = n.to_f64() {
            return Ok(f(x));
        }
        let n = n.to_big();
        let shift = n.bits() - 64;
        let top = int_convert::to_f64(&(&*n >> shift)).unwrap_or(f64::INFINITY);
        return Ok(f(top) + shift as f64 * of_two);
    }
    let x = vm.to_f64(v)?;
    if x.is_finite() && x > 0.0 || x.is_nan() || x == f64::INFINITY {
        return Ok(f(x));
    }
    Err(vm.value_error(format!("expected a positive input, got {}", repr(x))))
}

fn log(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    const LN_2: f64 = std::f64::consts::LN_2;
    let top = logarithm(vm, args.get(0), f64::ln, LN_2)?;
    let Some(base) = args.opt(1) else { return Ok(Value::float(top)) };
    let bottom = logarithm(vm, base, f64::ln, LN_2)?;
    if bottom == 0.0 {
        return Err(vm.zero_division_error("division by zero"));
    }
    Ok(Value::float(top / bottom))
}

/// `__floor__` and the like of the object, else the float function.
fn rounded(vm: &Vm, args: &Args<'_>, name: &freeze_runtime::Str, f: fn(f64) -> f64) -> PyResult<Value> {
    let v = args.get(0);
    if let Some(x) = v.as_float() {
        return to_int(vm, f(x));
    }
    if let Some(r) = vm.call_special(v, name, &[])? {
        return Ok(r);
    }
    to_int(vm, f(vm.to_f64(v)?))
}

fn trunc(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    if let Some(x) = v.as_float() {
        return to_int(vm, x);
    }
    match vm.call_special(v, &vm.names().__trunc__, &[])? {
        Some(r) => Ok(r),
        None => Err(vm.type_error(format!("type {} doesn't define __trunc__ method", v.class().name()))),
    }
}

fn frexp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = args.f64(vm, 0)?;
    let (mantissa, exponent) = if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) };
    Ok(PyTuple::new(vec![Value::float(mantissa), Value::small(i64::from(exponent))]).into_value())
}

fn ldexp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = args.f64(vm, 0)?;
    if !freeze_runtime::types::int::is_int(args.get(1)) {
        return Err(vm.type_error("Expected an int as second argument to ldexp."));
    }
    let exponent = vm.to_bigint(args.get(1))?;
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::float(x));
    }
    let Ok(exponent) = i32::try_from(&exponent) else {
        return if exponent.is_negative() { Ok(Value::float(0.0f64.copysign(x))) } else { Err(range(vm)) };
    };
    let r = libm::ldexp(x, exponent);
    if r.is_infinite() { Err(range(vm)) } else { Ok(Value::float(r)) }
}

fn modf(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = args.f64(vm, 0)?;
    let (fraction, whole) = match x {
        _ if x.is_infinite() => (0.0f64.copysign(x), x),
        _ if x.is_nan() => (x, x),
        _ => ((x - x.trunc()).copysign(x), x.trunc()),
    };
    Ok(PyTuple::new(vec![Value::float(fraction), Value::float(whole)]).into_value())
}

fn isclose(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (args.f64(vm, 0)?, args.f64(vm, 1)?);
    let relative = args.opt(2).map_or(Ok(1e-9), |v| vm.to_f64(v))?;
    let absolute = args.opt(3).map_or(Ok(0.0), |v| vm.to_f64(v))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::TRUE);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::FALSE);
    }
    let difference = (b - a).abs();
    Ok(Value::bool(difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute))
}

fn nextafter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (mut x, y) = (args.f64(vm, 0)?, args.f64(vm, 1)?);
    let steps = match args.opt_not_none(2) {
        None => 1,
        Some(v) => {
            let n = vm.to_bigint(v)?;
            if n.is_negative() {
                return Err(vm.value_error("steps must be a non-negative integer"));
            }
            u64::try_from(&n).unwrap_or(u64::MAX)
        }
    };
    if steps == 0 || x == y {
        return Ok(Value::float(if x == y && steps > 0 { y } else { x }));
    }
    if x.is_nan() || y.is_nan() {
        return Ok(Value::float(x + y));
    }
    // Floats of one sign lie in the order of their bits; the distance between the signs is counted through zero.
    let rank = |x: f64| {
        let bits = (x.to_bits() & (i64::MAX as u64)) as i128;
        if x.is_sign_negative() { -bits } else { bits }
    };
    let (from, to) = (rank(x), rank(y));
    let step = i128::from(steps).min((to - from).abs());
    let at = if to > from { from + step } else { from - step };
    x = if at == 0 && args.opt_not_none(2).is_none() {
        // As the C function: a zero keeps the sign of where it comes from.
        0f64.copysign(x)
    } else if at == to {
        y
    } else if at < 0 || (at == 0 && from < 0) {
        -f64::from_bits(at.unsigned_abs() as u64)
    } else {
        f64::from_bits(at as u64)
    };
    Ok(Value::float(x))
}

fn ulp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = args.f64(vm, 0)?.abs();
    if !x.is_finite() {
        return Ok(Value::float(x));
    }
    let next = f64::from_bits(x.to_bits() + 1);
    Ok(Value::float(if next.is_finite() { next - x } else { x - f64::from_bits(x.to_bits() - 1) }))
}

fn gamma_of(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = args.f64(vm, 0)?;
    let pole = x == f64::NEG_INFINITY || (x <= 0.0 && x == x.floor());
    if pole {
        return Err(vm.value_error(format!("expected a noninteger or positive integer, got {}", repr(x))));
    }
    let r = special::gamma(x);
    if r.is_infinite() && x.is_finite() { Err(range(vm)) } else { Ok(Value::float(r)) }
}

fn lgamma_of(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let x = args.f64(vm, 0)?;
    if x.is_infinite() {
        return Ok(Value::float(f64::INFINITY));
    }
    if x <= 0.0 && x == x.floor() {
        return Err(vm.value_error(format!("expected a noninteger or positive integer, got {}", repr(x))));
    }
    let r = special::lgamma(x);
    if r.is_infinite() { Err(range(vm)) } else { Ok(Value::float(r)) }
}

static FUNCTIONS: &[NativeDef] = &[
    unary!(
        "acos(x, /)",
        "Return the arc cosine (measured in radians) of x.",
        f64::acos,
        false,
        "a number in range from -1 up to 1"
    ),
    unary!(
        "acosh(x, /)",
        "Return the inverse hyperbolic cosine of x.",
        special::acosh,
        false,
        "argument value not less than 1"
    ),
    unary!(
        "asin(x, /)",
        "Return the arc sine (measured in radians) of x.",
        f64::asin,
        false,
        "a number in range from -1 up to 1"
    ),
    unary!("asinh(x, /)", "Return the inverse hyperbolic sine of x.", special::asinh, false, ""),
    unary!("atan(x, /)", "Return the arc tangent (measured in radians) of x.", f64::atan, false, ""),
    native("atan2(y, x, /)", "Return the arc tangent (measured in radians) of y/x.", |vm, a| {
        binary(vm, &a, f64::atan2)
    }),
    unary!(
        "atanh(x, /)",
        "Return the inverse hyperbolic tangent of x.",
        special::atanh,
        false,
        "a number between -1 and 1"
    ),
    unary!("cbrt(x, /)", "Return the cube root of x.", f64::cbrt, false, ""),
    native("ceil(x, /)", "Return the ceiling of x as an Integral.", |vm, a| {
        rounded(vm, &a, &vm.names().__ceil__, f64::ceil)
    }),
    native(
        "comb(n, k, /)",
        "Number of ways to choose k items from n items without repetition and without order.",
        integers::comb,
    ),
    native(
        "copysign(x, y, /)",
        "Return a float with the magnitude (absolute value) of x but the sign of y.",
        |vm, a| Ok(Value::float(a.f64(vm, 0)?.copysign(a.f64(vm, 1)?))),
    ),
    unary!("cos(x, /)", "Return the cosine of x (measured in radians).", f64::cos, false, "a finite input"),
    unary!("cosh(x, /)", "Return the hyperbolic cosine of x.", f64::cosh, true, ""),
    native("degrees(x, /)", "Convert angle x from radians to degrees.", |vm, a| {
        Ok(Value::float(a.f64(vm, 0)? * (180.0 / std::f64::consts::PI)))
    }),
    native("dist(p, q, /)", "Return the Euclidean distance between two points p and q.", sums::dist),
    native("erf(x, /)", "Error function at x.", |vm, a| Ok(Value::float(libm::erf(a.f64(vm, 0)?)))),
    native("erfc(x, /)", "Complementary error function at x.", |vm, a| Ok(Value::float(libm::erfc(a.f64(vm, 0)?)))),
    unary!("exp(x, /)", "Return e raised to the power of x.", f64::exp, true, ""),
    unary!("exp2(x, /)", "Return 2 raised to the power of x.", f64::exp2, true, ""),
    unary!("expm1(x, /)", "Return exp(x)-1.", f64::exp_m1, true, ""),
    native("fabs(x, /)", "Return the absolute value of the float x.", |vm, a| Ok(Value::float(a.f64(vm, 0)?.abs()))),
    native("factorial(n, /)", "Find n!.", integers::factorial),
    native("floor(x, /)", "Return the floor of x as an Integral.", |vm, a| {
        rounded(vm, &a, &vm.names().__floor__, f64::floor)
    }),
    native("fma(x, y, z, /)", "Fused multiply-add operation.", fma),
    native("fmod(x, y, /)", "Return fmod(x, y), according to platform C.", fmod),
    native("frexp(x, /)", "Return the mantissa and exponent of x, as pair (m, e).", frexp),
    native("fsum(seq, /)", "Return an accurate floating-point sum of values in the iterable seq.", sums::fsum),
    native("gamma(x, /)", "Gamma function at x.", gamma_of),
    native("gcd(*integers)", "Greatest Common Divisor.", integers::gcd),
    native("hypot(*coordinates)", "Multidimensional Euclidean distance from the origin to a point.", sums::hypot),
    native(
        "isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        "Determine whether two floating-point numbers are close in value.",
        isclose,
    ),
    native("isfinite(x, /)", "Return True if x is neither an infinity nor a NaN, and False otherwise.", |vm, a| {
        Ok(Value::bool(a.f64(vm, 0)?.is_finite()))
    }),
    native("isinf(x, /)", "Return True if x is a positive or negative infinity, and False otherwise.", |vm, a| {
        Ok(Value::bool(a.f64(vm, 0)?.is_infinite()))
    }),
    native("isnan(x, /)", "Return True if x is a NaN (not a number), and False otherwise.", |vm, a| {
        Ok(Value::bool(a.f64(vm, 0)?.is_nan()))
    }),
    native("isqrt(n, /)", "Return the integer part of the square root of the input.", integers::isqrt),
    native("lcm(*integers)", "Least Common Multiple.", integers::lcm),
    native("ldexp(x, i, /)", "Return x * (2**i).", ldexp),
    native("lgamma(x, /)", "Natural logarithm of absolute value of Gamma function at x.", lgamma_of),
    native("log(x, base=None, /)", "Return the logarithm of x to the given base.", log),
    native("log10(x, /)", "Return the base 10 logarithm of x.", |vm, a| {
        logarithm(vm, a.get(0), f64::log10, std::f64::consts::LOG10_2).map(Value::float)
    }),
    unary!("log1p(x, /)", "Return the natural logarithm of 1+x (base e).", f64::ln_1p, false, "argument value > -1"),
    native("log2(x, /)", "Return the base 2 logarithm of x.", |vm, a| {
        logarithm(vm, a.get(0), f64::log2, 1.0).map(Value::float)
    }),
    native("modf(x, /)", "Return the fractional and integer parts of x.", modf),
    native(
        "nextafter(x, y, /, *, steps=None)",
        "Return the floating-point value the given number of steps after x towards y.",
        nextafter,
    ),
    native(
        "perm(n, k=None, /)",
        "Number of ways to choose k items from n items without repetition and with order.",
        integers::perm,
    ),
    native("pow(x, y, /)", "Return x**y (x to the power of y).", pow),
    native(
        "prod(iterable, /, *, start=1)",
        "Calculate the product of all the elements in the input iterable.",
        sums::prod,
    ),
    native("radians(x, /)", "Convert angle x from degrees to radians.", |vm, a| {
        Ok(Value::float(a.f64(vm, 0)? * (std::f64::consts::PI / 180.0)))
    }),
    native("remainder(x, y, /)", "Difference between x and the closest integer multiple of y.", remainder),
    unary!("sin(x, /)", "Return the sine of x (measured in radians).", f64::sin, false, "a finite input"),
    unary!("sinh(x, /)", "Return the hyperbolic sine of x.", f64::sinh, true, ""),
    unary!("sqrt(x, /)", "Return the square root of x.", f64::sqrt, false, "a nonnegative input"),
    native("sumprod(p, q, /)", "Return the sum of products of values from two iterables p and q.", sums::sumprod),
    unary!("tan(x, /)", "Return the tangent of x (measured in radians).", f64::tan, false, "a finite input"),
    unary!("tanh(x, /)", "Return the hyperbolic tangent of x.", f64::tanh, false, ""),
    native("trunc(x, /)", "Truncates the Real x to the nearest Integral toward 0.", trunc),
    native("ulp(x, /)", "Return the value of the least significant bit of the float x.", ulp),
];

fn init(_: &Vm, namespace: &PyDict) -> PyResult<()> {
    use std::f64::consts;
    for (name, x) in
        [("e", consts::E), ("inf", f64::INFINITY), ("nan", f64::NAN), ("pi", consts::PI), ("tau", consts::TAU)]
    {
        namespace.set_text(name, Value::float(x));
    }
    Ok(())
}

/// The module `math`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: FUNCTIONS,
    init: Some(init),
};
