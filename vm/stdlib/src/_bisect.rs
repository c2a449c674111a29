//! `_bisect`.

use freeze_runtime::types::list::{LIST, PyList};
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

/// Item `i` of a list or of any sequence.
fn item(vm: &Vm, a: &Value, i: i64) -> PyResult<Value> {
    match a.downcast_exact::<PyList>(&LIST) {
        Some(l) => l.get(i as usize).ok_or_else(|| vm.index_error("list index out of range")),
        None => vm.get_item(a, &Value::int(i)),
    }
}

/// Where `x` goes in `a`; `key` is applied to the items, not to `x`.
fn search(vm: &Vm, args: &Args<'_>, x: &Value, right: bool) -> PyResult<i64> {
    let a = args.get(0);
    let mut lo = args.opt_i64(vm, 2, 0)?;
    if lo < 0 {
        return Err(vm.value_error("lo must be non-negative"));
    }
    let mut hi = match args.opt_not_none(3) {
        Some(v) => vm.to_i64(v)?,
        None => vm.len(a)? as i64,
    };
    let key = args.opt_not_none(4);
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        let mut y = item(vm, a, mid)?;
        if let Some(key) = key {
            y = vm.call(key, &[y])?;
        }
        if right {
            if vm.lt(x, &y)? { hi = mid } else { lo = mid + 1 }
        } else if vm.lt(&y, x)? {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    Ok(lo)
}

fn bisect_left(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(search(vm, &args, args.get(1), false)?))
}

fn bisect_right(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(search(vm, &args, args.get(1), true)?))
}

fn insort(vm: &Vm, args: Args<'_>, right: bool) -> PyResult<Value> {
    let (a, x) = (args.get(0), args.get(1));
    let at = match args.opt_not_none(4) {
        Some(key) => {
            let k = vm.call(key, std::slice::from_ref(x))?;
            search(vm, &args, &k, right)?
        }
        None => search(vm, &args, x, right)?,
    };
    match a.downcast_exact::<PyList>(&LIST) {
        Some(l) => l.with_mut(|items| items.insert((at as usize).min(items.len()), x.clone())),
        None => drop(vm.call_method(a, "insert", &[Value::int(at), x.clone()])?),
    }
    Ok(Value::NONE)
}

fn insort_left(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    insort(vm, args, false)
}

fn insort_right(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    insort(vm, args, true)
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "bisect(a, x, lo=0, hi=None, *, key=None)",
        "Return the index where to insert item x in list a, assuming a is sorted.",
        bisect_right,
    ),
    native(
        "bisect_left(a, x, lo=0, hi=None, *, key=None)",
        "Return the index where to insert item x in list a, assuming a is sorted.",
        bisect_left,
    ),
    native(
        "bisect_right(a, x, lo=0, hi=None, *, key=None)",
        "Return the index where to insert item x in list a, assuming a is sorted.",
        bisect_right,
    ),
    native(
        "insort(a, x, lo=0, hi=None, *, key=None)",
        "Insert item x in list a, and keep it sorted assuming a is sorted.",
        insort_right,
    ),
    native(
        "insort_left(a, x, lo=0, hi=None, *, key=None)",
        "Insert item x in list a, and keep it sorted assuming a is sorted.",
        insort_left,
    ),
    native(
        "insort_right(a, x, lo=0, hi=None, *, key=None)",
        "Insert item x in list a, and keep it sorted assuming a is sorted.",
        insort_right,
    ),
];

/// The module `_bisect`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_bisect", doc: "Bisection algorithms.", functions: FUNCTIONS, init: None };
