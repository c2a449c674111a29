//! Limits and intervals of `sys`.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::vm::{PyResult, lock};
use freeze_runtime::{Args, Value, Vm};

pub(super) fn getrecursionlimit(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(i64::from(vm.runtime().recursion_limit.get())))
}

pub(super) fn setrecursionlimit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = vm.to_c_int(args.get(0))?;
    let Some(n) = u32::try_from(n).ok().filter(|&n| n > 0) else {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    };
    vm.set_recursion_limit(n)?;
    Ok(Value::NONE)
}

pub(super) fn getswitchinterval(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::float(lock::switch_interval()))
}

pub(super) fn setswitchinterval(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.f64(vm, 0)?;
    if s.is_nan() || s <= 0.0 {
        return Err(vm.value_error("switch interval must be strictly positive"));
    }
    lock::set_switch_interval(s);
    Ok(Value::NONE)
}

pub(super) fn get_int_max_str_digits(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(freeze_runtime::types::int::digit_limit()))
}

pub(super) fn set_int_max_str_digits(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = args.i64(vm, 0)?;
    if n != 0 && n < 640 {
        return Err(vm.value_error("maxdigits must be 0 or larger than 640"));
    }
    freeze_runtime::types::int::set_digit_limit(n as usize);
    Ok(Value::NONE)
}

pub(super) fn fill(vm: &Vm, d: &PyDict) -> PyResult<()> {
    if let Some(n) = vm.runtime().config.borrow().int_max_str_digits {
        freeze_runtime::types::int::set_digit_limit(n as usize);
    }
    d.set_text("maxsize", Value::int(i64::MAX));
    d.set_text("maxunicode", Value::small(0x10FFFF));
    Ok(())
}
