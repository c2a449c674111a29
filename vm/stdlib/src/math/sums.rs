//! Sums and products: exact where floats are summed.

use freeze_runtime::object::BinOp;
use freeze_runtime::types::int::{INT, from_big, int_ref};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, PyResult, Value, Vm};
use num_bigint::BigInt;

/// An exact sum of floats: parts that do not overlap, smallest first.
#[derive(Default)]
struct ExactSum {
    parts: Vec<f64>,
    /// The sum of infinities and NaNs, and of the infinities alone.
    special: f64,
    infinities: f64,
    /// A sum of finite numbers left the range of floats.
    overflow: bool,
}

impl ExactSum {
    fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.special += value;
            if value.is_infinite() {
                self.infinities += value;
            }
            return;
        }
        let mut x = value;
        let mut kept = 0;
        for i in 0..self.parts.len() {
            let mut y = self.parts[i];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.parts.truncate(kept);
        if x.is_finite() {
            if x != 0.0 {
                self.parts.push(x);
            }
        } else {
            self.overflow = true;
        }
    }

    /// The nearest float, half to even.
    fn value(&self) -> f64 {
        let mut rest = self.parts.iter().rev();
        let Some(&(mut high)) = rest.next() else { return 0.0 };
        let mut low = 0.0;
        let mut after = None;
        while let Some(&y) = rest.next() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                after = rest.next();
                break;
            }
        }
        // A tie was decided without what lies below it.
        if let Some(&next) = after
            && (low < 0.0) == (next < 0.0)
        {
            let twice = low * 2.0;
            let x = high + twice;
            if twice == x - high {
                high = x;
            }
        }
        high
    }
}

pub(super) fn fsum(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut sum = ExactSum::default();
    vm.for_each(args.get(0), |v| {
        sum.add(vm.to_f64(&v)?);
        if sum.overflow {
            return Err(vm.overflow_error("intermediate overflow in fsum"));
        }
        Ok(true)
    })?;
    if sum.special != 0.0 {
        if sum.infinities.is_nan() {
            return Err(vm.value_error("-inf + inf in fsum"));
        }
        return Ok(Value::float(sum.special));
    }
    Ok(Value::float(sum.value()))
}

pub(super) fn prod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut all = args.opt(1).cloned().unwrap_or(Value::small(1));
    vm.for_each(args.get(0), |v| {
        all = vm.binary_op(BinOp::Mul, &all, &v)?;
        Ok(true)
    })?;
    Ok(all)
}

pub(super) fn sumprod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (p, q) = (vm.to_vec(args.get(0))?, vm.to_vec(args.get(1))?);
    if p.len() != q.len() {
        return Err(vm.value_error("Inputs are not the same length"));
    }
    let exact_int = |v: &Value| v.is_exact(&INT);
    if p.iter().chain(&q).all(exact_int) {
        let mut sum = BigInt::ZERO;
        for (a, b) in p.iter().zip(&q) {
            if let (Some(a), Some(b)) = (int_ref(a), int_ref(b)) {
                sum += &*a.to_big() * &*b.to_big();
            }
        }
        return Ok(from_big(sum));
    }
    let is_number = |v: &Value| v.as_float().is_some() || v.is_small();
    if p.iter().chain(&q).all(is_number) {
        let mut sum = ExactSum::default();
        for (a, b) in p.iter().zip(&q) {
            let (x, y) = (vm.to_f64(a)?, vm.to_f64(b)?);
            let product = x * y;
            sum.add(product);
            if product.is_finite() {
                sum.add(x.mul_add(y, -product));
            }
        }
        if !sum.overflow {
            return Ok(Value::float(if sum.special == 0.0 { sum.value() } else { sum.special }));
        }
    }
    let mut all = Value::small(0);
    for (a, b) in p.iter().zip(&q) {
        let product = vm.binary_op(BinOp::Mul, a, b)?;
        all = vm.binary_op(BinOp::Add, &all, &product)?;
    }
    Ok(all)
}

/// The length of a vector: scaled, the squares summed exactly, the root corrected by its error.
fn length(coordinates: &[f64]) -> f64 {
    let largest = coordinates.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if coordinates.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if coordinates.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 || coordinates.len() <= 1 {
        return largest;
    }
    let (_, exponent) = libm::frexp(largest);
    let mut sum = ExactSum::default();
    for x in coordinates {
        let x = libm::ldexp(*x, -exponent);
        let square = x * x;
        sum.add(square);
        sum.add(x.mul_add(x, -square));
    }
    let root = sum.value().sqrt();
    // One step of Newton's method with the exact remainder.
    let square = root * root;
    sum.add(-square);
    sum.add(-root.mul_add(root, -square));
    libm::ldexp(root + sum.value() / (2.0 * root), exponent)
}

pub(super) fn hypot(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let coordinates: PyResult<Vec<f64>> = args.rest(0).iter().map(|v| vm.to_f64(v)).collect();
    Ok(Value::float(length(&coordinates?)))
}

pub(super) fn dist(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let point = |v: &Value| -> PyResult<Vec<f64>> {
        let items = match v.downcast::<PyTuple>() {
            Some(t) => t.as_slice().to_vec(),
            None => vm.to_vec(v)?,
        };
        items.iter().map(|v| vm.to_f64(v)).collect()
    };
    let (p, q) = (point(args.get(0))?, point(args.get(1))?);
    if p.len() != q.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let differences: Vec<f64> = p.iter().zip(&q).map(|(a, b)| a - b).collect();
    Ok(Value::float(length(&differences)))
}
