//! The functions of `math` that work on integers of any size.

use freeze_runtime::types::int::from_big;
use freeze_runtime::{Args, PyResult, Value, Vm};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

pub(super) fn gcd(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut all = BigInt::zero();
    for v in args.rest(0) {
        all = all.gcd(&vm.to_bigint(v)?);
    }
    Ok(from_big(all))
}

pub(super) fn lcm(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut all = BigInt::one();
    for v in args.rest(0) {
        all = all.lcm(&vm.to_bigint(v)?);
    }
    Ok(from_big(all.abs()))
}

pub(super) fn isqrt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = vm.to_bigint(args.get(0))?;
    if n.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(from_big(n.sqrt()))
}

/// `low * (low + 1) * … * high`, halved so that the factors are of like size.
fn product(low: u64, high: u64) -> BigInt {
    if low > high {
        return BigInt::one();
    }
    if high - low < 8 {
        return (low..=high).fold(BigInt::one(), |n, i| n * i);
    }
    let middle = low + (high - low) / 2;
    product(low, middle) * product(middle + 1, high)
}

pub(super) fn factorial(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = vm.to_bigint(args.get(0))?;
    if n.is_negative() {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    let limit = || vm.overflow_error("factorial() argument should not exceed 9223372036854775807");
    let n = n.to_i64().ok_or_else(limit)?;
    if n > 1 << 32 {
        return Err(vm.out_of_memory(()));
    }
    Ok(from_big(product(2, n as u64)))
}

/// Two arguments that are not negative, the second small enough to count to.
fn pair(vm: &Vm, args: &Args<'_>) -> PyResult<(BigInt, BigInt)> {
    let (n, k) = (vm.to_bigint(args.get(0))?, vm.to_bigint(args.get(1))?);
    for (value, name) in [(&n, "n"), (&k, "k")] {
        if value.is_negative() {
            return Err(vm.value_error(format!("{name} must be a non-negative integer")));
        }
    }
    Ok((n, k))
}

/// `n * (n - 1) * …`, `k` factors.
fn falling(n: &BigInt, k: u64) -> BigInt {
    match n.to_u64() {
        Some(n) => product(n - k + 1, n),
        None => halved(n, 0, k),
    }
}

fn halved(n: &BigInt, from: u64, to: u64) -> BigInt {
    if to - from <= 4 {
        return (from..to).fold(BigInt::one(), |all, i| all * (n - i));
    }
    let middle = from + (to - from) / 2;
    halved(n, from, middle) * halved(n, middle, to)
}

pub(super) fn perm(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.opt_not_none(1).is_none() {
        return factorial(vm, args);
    }
    let (n, k) = pair(vm, &args)?;
    if k > n {
        return Ok(Value::small(0));
    }
    match k.to_u64().filter(|&k| k < 1 << 32) {
        Some(k) => Ok(from_big(falling(&n, k))),
        None => Err(vm.overflow_error("k must not exceed 9223372036854775807")),
    }
}

pub(super) fn comb(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (n, k) = pair(vm, &args)?;
    if k > n {
        return Ok(Value::small(0));
    }
    let k = k.clone().min(&n - &k);
    match k.to_u64().filter(|&k| k < 1 << 32) {
        Some(k) => Ok(from_big(falling(&n, k) / product(2, k))),
        None => Err(vm.overflow_error("min(n - k, k) must not exceed 9223372036854775807")),
    }
}
