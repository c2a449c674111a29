//! `resource`: limits and use of resources.

#[cfg_attr(target_vendor = "apple", path = "resource/numbers_apple.rs")]
mod numbers;

#[cfg(target_os = "linux")]
use freeze_runtime::os::special;
use freeze_runtime::os::{libc as c, limits};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::OS_ERROR;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::ready;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Raised, Value, Vm, native};

use crate::convert;
use crate::structseq::{make, struct_seq};

struct_seq! {
    static RUSAGE = "resource", "struct_rusage", "struct_rusage: Result from getrusage.",
    ["ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt", "ru_nswap",
     "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw"],
    []
}

fn getrusage(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let who = convert::c_int(vm, args.get(0))?;
    let u = limits::getrusage(who).map_err(|e| match e.raw_os_error() {
        Some(c::EINVAL) => vm.value_error("invalid who parameter"),
        _ => vm.os_error(&e, None),
    })?;
    Ok(make(vm, &RUSAGE, usage_items(&u), &[]))
}

/// The fields of `struct rusage` in their order, as `wait4` gives them too.
pub(crate) fn usage_items(u: &c::rusage) -> Vec<Value> {
    let time = |t: c::timeval| Value::float(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let mut items = vec![time(u.ru_utime), time(u.ru_stime)];
    let counts = [
        u.ru_maxrss,
        u.ru_ixrss,
        u.ru_idrss,
        u.ru_isrss,
        u.ru_minflt,
        u.ru_majflt,
        u.ru_nswap,
        u.ru_inblock,
        u.ru_oublock,
        u.ru_msgsnd,
        u.ru_msgrcv,
        u.ru_nsignals,
        u.ru_nvcsw,
        u.ru_nivcsw,
    ];
    items.extend(counts.map(Value::int));
    items
}

/// A number of a resource.
fn resource(vm: &Vm, v: &Value) -> PyResult<i32> {
    let n = convert::c_int(vm, v)?;
    if (0..numbers::COUNT).contains(&n) { Ok(n) } else { Err(vm.value_error("invalid resource specified")) }
}

/// A pair of limits; -1 is none.
fn limits_arg(vm: &Vm, v: &Value) -> PyResult<(u64, u64)> {
    let items = vm.to_vec(v)?;
    let [soft, hard] = &items[..] else { return Err(vm.value_error("expected a tuple of 2 integers")) };
    let limit = |v: &Value| match vm.to_i64(v) {
        Ok(n) if n < -1 => Err(vm.value_error("Cannot convert negative int")),
        r => r.map(|n| n as u64),
    };
    Ok((limit(soft)?, limit(hard)?))
}

fn pair((soft, hard): (u64, u64)) -> Value {
    PyTuple::new(vec![Value::int(soft as i64), Value::int(hard as i64)]).into_value()
}

fn failed(vm: &Vm, e: &std::io::Error) -> Raised {
    match e.raw_os_error() {
        Some(c::EINVAL) => vm.value_error("current limit exceeds maximum limit"),
        Some(c::EPERM) => vm.value_error("not allowed to raise maximum limit"),
        _ => vm.os_error(e, None),
    }
}

fn getrlimit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let r = limits::getrlimit(resource(vm, args.get(0))?);
    r.map(pair).map_err(|e| vm.os_error(&e, None))
}

fn setrlimit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    crate::sys::audit(vm, "resource.setrlimit", &[args.get(0).clone(), args.get(1).clone()])?;
    let n = resource(vm, args.get(0))?;
    let (soft, hard) = limits_arg(vm, args.get(1))?;
    limits::setrlimit(n, soft, hard).map_err(|e| failed(vm, &e))?;
    Ok(Value::NONE)
}

#[cfg(target_os = "linux")]
fn prlimit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let pid = convert::c_int(vm, args.get(0))?;
    let n = resource(vm, args.get(1))?;
    let new = args.opt_not_none(2).map(|v| limits_arg(vm, v)).transpose()?;
    special::prlimit(pid, n, new).map(pair).map_err(|e| match e.raw_os_error() {
        Some(c::EINVAL) => vm.value_error("current limit exceeds maximum limit"),
        _ => vm.os_error(&e, None),
    })
}

fn getpagesize(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(limits::page_size()))
}

static FUNCTIONS: &[NativeDef] = &[
    native("getpagesize()", "", getpagesize),
    native("getrlimit(resource, /)", "", getrlimit),
    native("getrusage(who, /)", "", getrusage),
    #[cfg(target_os = "linux")]
    native("prlimit(pid, resource, limits=None, /)", "", prlimit),
    native("setrlimit(resource, limits, /)", "", setrlimit),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    ready(vm, &RUSAGE);
    d.set_text("struct_rusage", RUSAGE.as_value());
    d.set_text("error", OS_ERROR.as_value());
    d.set_text("RLIM_INFINITY", Value::int(numbers::INFINITY));
    for (name, n) in numbers::NUMBERS {
        d.set_text(name, Value::small(*n));
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "resource", doc: "", functions: FUNCTIONS, init: Some(init) };
