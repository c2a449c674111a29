//! `cmath`.
//!
//! The functions keep to C99's annex G where an argument is infinite, NaN or on a branch cut; elsewhere they use
//! formulas that avoid overflow and cancellation.

use std::f64::consts::{FRAC_PI_2, LN_2, LN_10, PI};

use freeze_runtime::types::complex::{Parts, divide, from_object, new_value};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

fn argument(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<Parts> {
    from_object(vm, args.get(i), "must be real number")
}

fn finite(z: Parts) -> bool {
    z.0.is_finite() && z.1.is_finite()
}

/// NaN made of numbers is a domain error, infinity made of finite numbers a range error.
fn checked(vm: &Vm, z: Parts, r: Parts) -> PyResult<Value> {
    let is_nan = |z: Parts| z.0.is_nan() || z.1.is_nan();
    let is_inf = |z: Parts| z.0.is_infinite() || z.1.is_infinite();
    if is_nan(r) && !is_nan(z) && !is_inf(r) && !(is_inf(z)) {
        return Err(vm.value_error("math domain error"));
    }
    if is_inf(r) && finite(z) {
        return Err(vm.overflow_error("math range error"));
    }
    Ok(new_value(r))
}

fn unary(vm: &Vm, args: &Args<'_>, f: fn(Parts) -> Parts) -> PyResult<Value> {
    let z = argument(vm, args, 0)?;
    checked(vm, z, f(z))
}

/// i·z and -i·z
fn turn((x, y): Parts) -> Parts {
    (-y, x)
}

fn turn_back((x, y): Parts) -> Parts {
    (y, -x)
}

fn sqrt((x, y): Parts) -> Parts {
    if x == 0.0 && y == 0.0 {
        return (0.0, y);
    }
    if y.is_infinite() {
        return (f64::INFINITY, y);
    }
    if x.is_nan() {
        return (x, f64::NAN);
    }
    if x.is_infinite() {
        let other = if y.is_nan() { f64::NAN } else { 0.0f64 };
        return if x > 0.0 {
            (x, if y.is_nan() { other } else { other.copysign(y) })
        } else {
            (if y.is_nan() { f64::NAN } else { 0.0 }, f64::INFINITY.copysign(y))
        };
    }
    // Halved or scaled up so that the length neither overflows nor loses digits.
    let (ax, ay) = (x.abs() / 8.0, y.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE && (ax > 0.0 || ay > 0.0) {
        let (ax, ay) = (libm::ldexp(x.abs(), 54), libm::ldexp(ay, 54));
        libm::ldexp((ax + ax.hypot(ay)).sqrt(), -27) / std::f64::consts::SQRT_2
    } else {
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    if x >= 0.0 { (s, d.copysign(y)) } else { (d, s.copysign(y)) }
}

/// ln |z| without overflow, exact near 1.
fn log_length((x, y): Parts) -> f64 {
    let (ax, ay) = (x.abs(), y.abs());
    let (big, small) = if ax > ay { (ax, ay) } else { (ay, ax) };
    if big > f64::MAX / 4.0 {
        return (ax / 2.0).hypot(ay / 2.0).ln() + LN_2;
    }
    if big < f64::MIN_POSITIVE {
        return libm::ldexp(ax, 53).hypot(libm::ldexp(ay, 53)).ln() - 53.0 * LN_2;
    }
    let length = ax.hypot(ay);
    if (0.71..=1.73).contains(&length) {
        return ((big - 1.0) * (big + 1.0) + small * small).ln_1p() / 2.0;
    }
    length.ln()
}

fn log(z: Parts) -> Parts {
    let angle = z.1.atan2(z.0);
    if z.0.is_infinite() || z.1.is_infinite() {
        return (f64::INFINITY, angle);
    }
    (log_length(z), angle)
}

fn exp((x, y): Parts) -> Parts {
    if y == 0.0 {
        return (x.exp(), y);
    }
    if !x.is_finite() || !y.is_finite() {
        if x.is_infinite() && y.is_finite() {
            let size = if x > 0.0 { f64::INFINITY } else { 0.0 };
            return (size.copysign(y.cos()), size.copysign(y.sin()));
        }
        return match x {
            _ if x == f64::NEG_INFINITY => (0.0, 0.0f64.copysign(y)),
            _ if x == f64::INFINITY => (f64::INFINITY, f64::NAN),
            _ => (f64::NAN, f64::NAN),
        };
    }
    if x > 708.0 {
        // The result may fit though exp(x) does not.
        let size = (x - 1.0).exp();
        return (size * y.cos() * std::f64::consts::E, size * y.sin() * std::f64::consts::E);
    }
    let size = x.exp();
    (size * y.cos(), size * y.sin())
}

fn cosh((x, y): Parts) -> Parts {
    if x.is_infinite() && y.is_finite() {
        return if y == 0.0 {
            (f64::INFINITY, if x > 0.0 { y } else { -y })
        } else {
            (f64::INFINITY.copysign(y.cos()), f64::INFINITY.copysign(y.sin()) * x.signum())
        };
    }
    if x.is_infinite() {
        return (f64::INFINITY, f64::NAN);
    }
    if !y.is_finite() || x.is_nan() {
        return (f64::NAN, if x == 0.0 || y == 0.0 { 0.0f64.copysign(y) } else { f64::NAN });
    }
    if x.abs() > 708.0 {
        let (half, e) = (x - 1.0f64.copysign(x), std::f64::consts::E);
        return (y.cos() * half.cosh() * e, y.sin() * half.sinh() * e);
    }
    (y.cos() * x.cosh(), y.sin() * x.sinh())
}

fn sinh((x, y): Parts) -> Parts {
    if x.is_infinite() && y.is_finite() {
        return if y == 0.0 {
            (x, y)
        } else {
            (f64::INFINITY.copysign(y.cos()) * x.signum(), f64::INFINITY.copysign(y.sin()))
        };
    }
    if x.is_infinite() {
        return (x, f64::NAN);
    }
    if !y.is_finite() || x.is_nan() {
        return (if x == 0.0 { x } else { f64::NAN }, if y == 0.0 { y } else { f64::NAN });
    }
    if x.abs() > 708.0 {
        let (half, e) = (x - 1.0f64.copysign(x), std::f64::consts::E);
        return (y.cos() * half.sinh() * e, y.sin() * half.cosh() * e);
    }
    (y.cos() * x.sinh(), y.sin() * x.cosh())
}

fn tanh((x, y): Parts) -> Parts {
    if x.is_infinite() {
        let zero = if y.is_finite() { 0.0f64.copysign((2.0 * y).sin()) } else { 0.0f64.copysign(y) };
        return (1.0f64.copysign(x), zero);
    }
    if !y.is_finite() || x.is_nan() {
        return (if x == 0.0 { x } else { f64::NAN }, if y == 0.0 { y } else { f64::NAN });
    }
    if x.abs() > 354.0 {
        return (1.0f64.copysign(x), 4.0 * y.sin() * y.cos() * (-2.0 * x.abs()).exp());
    }
    let (tx, ty) = (x.tanh(), y.tan());
    let cx = 1.0 / x.cosh();
    let both = tx * ty;
    let below = 1.0 + both * both;
    (tx * (1.0 + ty * ty) / below, ty / below * cx * cx)
}

fn cos(z: Parts) -> Parts {
    cosh(turn(z))
}

fn sin(z: Parts) -> Parts {
    turn_back(sinh(turn(z)))
}

fn tan(z: Parts) -> Parts {
    turn_back(tanh(turn(z)))
}

const LARGE: f64 = f64::MAX / 4.0;

fn is_large((x, y): Parts) -> bool {
    x.abs() > LARGE || y.abs() > LARGE
}

fn acos(z: Parts) -> Parts {
    let (x, y) = z;
    if !finite(z) {
        return match (x.is_nan(), y.is_nan()) {
            (_, false) if y.is_infinite() => {
                let re = if x.is_nan() { f64::NAN } else { y.abs().atan2(x) };
                (re, -y)
            }
            (false, _) if x.is_infinite() => {
                let re = if y.is_nan() { f64::NAN } else { y.abs().atan2(x) };
                (re, (-f64::INFINITY).copysign(if y.is_nan() { 1.0 } else { -y }))
            }
            _ => (if x == 0.0 { FRAC_PI_2 } else { f64::NAN }, f64::NAN),
        };
    }
    if is_large(z) {
        let size = (x / 2.0).hypot(y / 2.0).ln() + LN_2 * 2.0;
        return (y.abs().atan2(x), if x < 0.0 { -size.copysign(y) } else { size.copysign(-y) });
    }
    let (s1, s2) = (sqrt((1.0 - x, -y)), sqrt((1.0 + x, y)));
    (2.0 * s1.0.atan2(s2.0), libm::asinh(s2.0 * s1.1 - s2.1 * s1.0))
}

fn acosh(z: Parts) -> Parts {
    let (x, y) = z;
    if !finite(z) {
        return match (x.is_infinite(), y.is_infinite()) {
            (true, _) | (_, true) => (f64::INFINITY, if x.is_nan() || y.is_nan() { f64::NAN } else { y.atan2(x) }),
            _ => (f64::NAN, f64::NAN),
        };
    }
    if is_large(z) {
        return ((x / 2.0).hypot(y / 2.0).ln() + LN_2 * 2.0, y.atan2(x));
    }
    let (s1, s2) = (sqrt((x - 1.0, y)), sqrt((x + 1.0, y)));
    (libm::asinh(s1.0 * s2.0 + s1.1 * s2.1), 2.0 * s1.1.atan2(s2.0))
}

fn asinh(z: Parts) -> Parts {
    let (x, y) = z;
    if !finite(z) {
        return match (x.is_infinite(), y.is_infinite()) {
            (true, true) => (x, (PI / 4.0).copysign(y)),
            (true, false) => (x, if y.is_nan() { y } else { 0.0f64.copysign(y) }),
            (false, true) => (f64::INFINITY.copysign(x), if x.is_nan() { x } else { FRAC_PI_2.copysign(y) }),
            _ => (f64::NAN, if y == 0.0 { y } else { f64::NAN }),
        };
    }
    if is_large(z) {
        let size = (x / 2.0).hypot(y / 2.0).ln() + LN_2 * 2.0;
        return (size.copysign(x), y.atan2(x.abs()));
    }
    let (s1, s2) = (sqrt((1.0 + y, -x)), sqrt((1.0 - y, x)));
    (libm::asinh(s1.0 * s2.1 - s2.0 * s1.1), y.atan2(s1.0 * s2.0 - s1.1 * s2.1))
}

fn asin(z: Parts) -> Parts {
    turn_back(asinh(turn(z)))
}

fn atanh(z: Parts) -> Parts {
    let (x, y) = z;
    if !finite(z) {
        return match (x.is_infinite(), y.is_infinite()) {
            (_, true) => (0.0f64.copysign(x), FRAC_PI_2.copysign(y)),
            (true, _) => (0.0f64.copysign(x), if y.is_nan() { y } else { FRAC_PI_2.copysign(y) }),
            _ => (if x == 0.0 { x } else { f64::NAN }, f64::NAN),
        };
    }
    if x < 0.0 || (x == 0.0 && x.is_sign_negative()) {
        let r = atanh((-x, -y));
        return (-r.0, -r.1);
    }
    let ay = y.abs();
    if x > LARGE.sqrt() || ay > LARGE.sqrt() {
        let length = (x / 2.0).hypot(y / 2.0);
        return (x / 4.0 / length / length, -(FRAC_PI_2.copysign(-y)));
    }
    if x == 1.0 && ay < f64::MIN_POSITIVE.sqrt() {
        if ay == 0.0 {
            return (f64::INFINITY, y);
        }
        let re = -(ay.sqrt() / ay.hypot(2.0).sqrt()).ln();
        return (re, (2.0f64.atan2(-ay) / 2.0).copysign(y));
    }
    let re = (4.0 * x / ((1.0 - x) * (1.0 - x) + ay * ay)).ln_1p() / 4.0;
    let im = -(-2.0 * y).atan2((1.0 - x) * (1.0 + x) - ay * ay) / 2.0;
    (re, im)
}

fn atan(z: Parts) -> Parts {
    turn_back(atanh(turn(z)))
}

fn log_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let z = argument(vm, &args, 0)?;
    if z == (0.0, 0.0) {
        return Err(vm.value_error("math domain error"));
    }
    let top = log(z);
    let Some(base) = args.opt(1) else { return checked(vm, z, top) };
    let base = from_object(vm, base, "must be real number")?;
    if base == (0.0, 0.0) {
        return Err(vm.value_error("math domain error"));
    }
    let bottom = log(base);
    if bottom == (0.0, 0.0) {
        return Err(vm.zero_division_error("division by zero"));
    }
    checked(vm, z, divide(top, bottom))
}

fn log10(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let z = argument(vm, &args, 0)?;
    if z == (0.0, 0.0) {
        return Err(vm.value_error("math domain error"));
    }
    let (re, im) = log(z);
    checked(vm, z, (re / LN_10, im / LN_10))
}

fn phase(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let z = argument(vm, &args, 0)?;
    Ok(Value::float(z.1.atan2(z.0)))
}

fn polar(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let z = argument(vm, &args, 0)?;
    let length = z.0.hypot(z.1);
    if length.is_infinite() && finite(z) {
        return Err(vm.overflow_error("math range error"));
    }
    Ok(PyTuple::new(vec![Value::float(length), Value::float(z.1.atan2(z.0))]).into_value())
}

fn rect(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (r, phi) = (args.f64(vm, 0)?, args.f64(vm, 1)?);
    if phi.is_infinite() && r != 0.0 && !r.is_nan() {
        return Err(vm.value_error("math domain error"));
    }
    if phi == 0.0 {
        // The sign of a zero angle is kept, and an infinite length makes no NaN of it.
        return Ok(new_value((r, r.signum() * phi)));
    }
    if r == 0.0 {
        return Ok(new_value((0.0, 0.0)));
    }
    if r.is_infinite() && phi.is_finite() {
        return Ok(new_value((r.copysign(phi.cos() * r), r.copysign(phi.sin() * r))));
    }
    Ok(new_value((r * phi.cos(), r * phi.sin())))
}

fn isclose(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (argument(vm, &args, 0)?, argument(vm, &args, 1)?);
    let relative = args.opt(2).map_or(Ok(1e-9), |v| vm.to_f64(v))?;
    let absolute = args.opt(3).map_or(Ok(0.0), |v| vm.to_f64(v))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::TRUE);
    }
    let infinite = |z: Parts| z.0.is_infinite() || z.1.is_infinite();
    if infinite(a) || infinite(b) {
        return Ok(Value::FALSE);
    }
    let size = |z: Parts| z.0.hypot(z.1);
    let difference = size((a.0 - b.0, a.1 - b.1));
    Ok(Value::bool(difference <= relative * size(b) || difference <= relative * size(a) || difference <= absolute))
}

static FUNCTIONS: &[NativeDef] = &[
    native("acos(z, /)", "Return the arc cosine of z.", |vm, a| unary(vm, &a, acos)),
    native("acosh(z, /)", "Return the inverse hyperbolic cosine of z.", |vm, a| unary(vm, &a, acosh)),
    native("asin(z, /)", "Return the arc sine of z.", |vm, a| unary(vm, &a, asin)),
    native("asinh(z, /)", "Return the inverse hyperbolic sine of z.", |vm, a| unary(vm, &a, asinh)),
    native("atan(z, /)", "Return the arc tangent of z.", |vm, a| unary(vm, &a, atan)),
    native("atanh(z, /)", "Return the inverse hyperbolic tangent of z.", |vm, a| unary(vm, &a, atanh)),
    native("cos(z, /)", "Return the cosine of z.", |vm, a| unary(vm, &a, cos)),
    native("cosh(z, /)", "Return the hyperbolic cosine of z.", |vm, a| unary(vm, &a, cosh)),
    native("exp(z, /)", "Return the exponential value e**z.", |vm, a| unary(vm, &a, exp)),
    native(
        "isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        "Determine whether two complex numbers are close in value.",
        isclose,
    ),
    native(
        "isfinite(z, /)",
        "Return True if both the real and imaginary parts of z are finite, else False.",
        |vm, a| Ok(Value::bool(finite(argument(vm, &a, 0)?))),
    ),
    native("isinf(z, /)", "Checks if the real or imaginary part of z is infinite.", |vm, a| {
        let z = argument(vm, &a, 0)?;
        Ok(Value::bool(z.0.is_infinite() || z.1.is_infinite()))
    }),
    native("isnan(z, /)", "Checks if the real or imaginary part of z not a number (NaN).", |vm, a| {
        let z = argument(vm, &a, 0)?;
        Ok(Value::bool(z.0.is_nan() || z.1.is_nan()))
    }),
    native("log(z, base=None, /)", "log(z[, base]) -> the logarithm of z to the given base.", log_method),
    native("log10(z, /)", "Return the base-10 logarithm of z.", log10),
    native("phase(z, /)", "Return argument, also known as the phase angle, of a complex.", phase),
    native("polar(z, /)", "Convert a complex from rectangular coordinates to polar coordinates.", polar),
    native("rect(r, phi, /)", "Convert from polar coordinates to rectangular coordinates.", rect),
    native("sin(z, /)", "Return the sine of z.", |vm, a| unary(vm, &a, sin)),
    native("sinh(z, /)", "Return the hyperbolic sine of z.", |vm, a| unary(vm, &a, sinh)),
    native("sqrt(z, /)", "Return the square root of z.", |vm, a| unary(vm, &a, sqrt)),
    native("tan(z, /)", "Return the tangent of z.", |vm, a| unary(vm, &a, tan)),
    native("tanh(z, /)", "Return the hyperbolic tangent of z.", |vm, a| unary(vm, &a, tanh)),
];

fn init(_: &Vm, namespace: &PyDict) -> PyResult<()> {
    for (name, x) in
        [("e", std::f64::consts::E), ("inf", f64::INFINITY), ("nan", f64::NAN), ("pi", PI), ("tau", 2.0 * PI)]
    {
        namespace.set_text(name, Value::float(x));
    }
    namespace.set_text("infj", new_value((0.0, f64::INFINITY)));
    namespace.set_text("nanj", new_value((0.0, f64::NAN)));
    Ok(())
}

/// The module `cmath`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "cmath",
    doc: "This module provides access to mathematical functions for complex numbers.",
    functions: FUNCTIONS,
    init: Some(init),
};
