//! Complex arithmetic.

use super::{Parts, new_value};
use crate::object::Value;
use crate::vm::{PyResult, Vm};

/// `x * y`; where only rounding made a NaN of an infinite product, it is infinite (C99 annex G).
pub fn multiply((a, b): Parts, (c, d): Parts) -> Parts {
    let z = (a * c - b * d, a * d + b * c);
    if !(z.0.is_nan() && z.1.is_nan()) {
        return z;
    }
    let sign_of = |x: f64| if x.is_infinite() { 1.0f64.copysign(x) } else { 0.0f64.copysign(x) };
    let tame = |x: f64| if x.is_nan() { 0.0f64.copysign(x) } else { x };
    let (mut x, mut y) = ((a, b), (c, d));
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        x = (sign_of(a), sign_of(b));
        y = (tame(c), tame(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        y = (sign_of(c), sign_of(d));
        x = (tame(x.0), tame(x.1));
        again = true;
    }
    let partial = [a * c, b * d, a * d, b * c];
    if !again && partial.iter().any(|p| p.is_infinite()) {
        x = (tame(a), tame(b));
        y = (tame(c), tame(d));
        again = true;
    }
    if !again {
        return z;
    }
    (f64::INFINITY * (x.0 * y.0 - x.1 * y.1), f64::INFINITY * (x.0 * y.1 + x.1 * y.0))
}

/// `x / y` by Smith's method; `y` is not zero.
pub fn divide((a, b): Parts, (c, d): Parts) -> Parts {
    let z = if c.abs() >= d.abs() {
        let ratio = d / c;
        let scale = c + d * ratio;
        ((a + b * ratio) / scale, (b - a * ratio) / scale)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let scale = c * ratio + d;
        ((a * ratio + b) / scale, (b * ratio - a) / scale)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !(z.0.is_nan() && z.1.is_nan()) {
        return z;
    }
    let unit = |x: f64| if x.is_infinite() { 1.0f64.copysign(x) } else { 0.0f64.copysign(x) };
    if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
        let (x, y) = (unit(a), unit(b));
        return (f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d));
    }
    if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
        let (x, y) = (unit(c), unit(d));
        return (0.0 * (a * x + b * y), 0.0 * (b * x - a * y));
    }
    z
}

/// `x ** y`
pub fn power(vm: &Vm, x: Parts, y: Parts) -> PyResult<Value> {
    let result = if y == (0.0, 0.0) {
        (1.0, 0.0)
    } else if x == (0.0, 0.0) {
        if y.1 != 0.0 || y.0 < 0.0 {
            return Err(vm.zero_division_error("zero to a negative or complex power"));
        }
        (0.0, 0.0)
    } else if y.1 == 0.0 && y.0 == y.0.floor() && y.0.abs() <= 100.0 {
        whole_power(x, y.0 as i32)
    } else {
        let (length, angle) = (x.0.hypot(x.1), x.1.atan2(x.0));
        let mut new_length = length.powf(y.0);
        let mut new_angle = angle * y.0;
        if y.1 != 0.0 {
            new_length /= (angle * y.1).exp();
            new_angle += y.1 * length.ln();
        }
        if new_angle.is_infinite() {
            // An infinity has no cosine: C's functions call that a domain error, as they do with a power of zero.
            return Err(vm.zero_division_error("zero to a negative or complex power"));
        }
        (new_length * new_angle.cos(), new_length * new_angle.sin())
    };
    if result.0.is_infinite() || result.1.is_infinite() {
        // Of infinite operands too.
        return Err(vm.overflow_error("complex exponentiation"));
    }
    Ok(new_value(result))
}

fn whole_power(x: Parts, n: i32) -> Parts {
    let mut result = (1.0, 0.0);
    let mut base = x;
    let mut rest = n.unsigned_abs();
    while rest > 0 {
        if rest & 1 == 1 {
            result = multiply(result, base);
        }
        base = multiply(base, base);
        rest >>= 1;
    }
    if n < 0 { divide((1.0, 0.0), result) } else { result }
}
