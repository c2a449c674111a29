//! What only POSIX has of signals: masks, timers, waiting.

#[cfg(target_os = "linux")]
use freeze_runtime::os::special;
use freeze_runtime::os::{libc, signal as sys};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use super::{checked, number};
#[cfg(target_os = "linux")]
use crate::structseq::{make, struct_seq};

#[cfg(target_os = "linux")]
struct_seq! {
    pub(super) static SIGINFO = "signal", "struct_siginfo", "struct_siginfo: Result from sigwaitinfo or sigtimedwait.",
    ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"], []
}

pub(super) fn members(vm: &Vm, v: &Value) -> PyResult<Vec<i32>> {
    vm.to_vec(v)?.iter().map(|n| checked(vm, n)).collect()
}

pub(super) fn set_of(vm: &Vm, signals: &[i32]) -> PyResult<Value> {
    let set = freeze_runtime::types::set::PySet::new_ref();
    for &n in signals {
        set.add(vm, &Value::small(i64::from(n)))?;
    }
    Ok(set.into_value())
}

pub(super) fn alarm(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(i64::from(sys::alarm(args.i64(vm, 0)? as u32))))
}

pub(super) fn pause(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    vm.allow_threads(sys::pause);
    vm.check_signals()?;
    Ok(Value::NONE)
}

pub(super) fn siginterrupt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let yes = vm.is_true(args.get(1))?;
    sys::interrupts(number(vm, &args, 0)?, yes).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn mask(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let how = crate::convert::c_int(vm, args.get(0))?;
    let list = members(vm, args.get(1))?;
    let old = sys::mask(how, &list).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    set_of(vm, &old)
}

pub(super) fn sigpending(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let waiting = sys::pending().map_err(|e| vm.os_error(&e, None))?;
    set_of(vm, &waiting)
}

pub(super) fn sigwait(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = members(vm, args.get(0))?;
    let r = crate::convert::retry(vm, || sys::wait(&list))?;
    r.map(|n| Value::small(i64::from(n))).map_err(|e| vm.os_error(&e, None))
}

#[cfg(target_os = "linux")]
pub(super) fn information(vm: &Vm, fields: [i64; 7]) -> Value {
    make(vm, &SIGINFO, fields.map(Value::int).to_vec(), &[])
}

#[cfg(target_os = "linux")]
pub(super) fn sigwaitinfo(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = members(vm, args.get(0))?;
    let r = crate::convert::retry(vm, || special::wait_info(&list, None))?;
    r.map(|fields| information(vm, fields)).map_err(|e| vm.os_error(&e, None))
}

#[cfg(target_os = "linux")]
pub(super) fn sigtimedwait(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = members(vm, args.get(0))?;
    let seconds = vm.to_f64(args.get(1))?;
    if seconds < 0.0 {
        return Err(vm.value_error("timeout must be non-negative"));
    }
    let end = std::time::Instant::now().checked_add(std::time::Duration::from_secs_f64(seconds.min(1e9)));
    loop {
        let left = end.map_or(std::time::Duration::from_secs(1 << 30), |end| {
            end.saturating_duration_since(std::time::Instant::now())
        });
        let time = (left.as_secs() as i64, i64::from(left.subsec_nanos()));
        match vm.allow_threads(|| special::wait_info(&list, Some(time))) {
            Ok(fields) => return Ok(information(vm, fields)),
            Err(e) if e.raw_os_error() == Some(libc::EAGAIN) => return Ok(Value::NONE),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => vm.check_signals()?,
            Err(e) => return Err(vm.os_error(&e, None)),
        }
    }
}

pub(super) fn pthread_kill(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let ident = args.i64(vm, 0)? as u64;
    let n = crate::convert::c_int(vm, args.get(1))?;
    // The system would look at the memory of a thread that is gone.
    let mut lives = false;
    vm.each_thread(|other| lives |= other.ident == ident);
    if !lives {
        return Err(vm.errno_error(libc::ESRCH, None));
    }
    sys::kill_thread(ident, n).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

#[cfg(target_os = "linux")]
pub(super) fn pidfd_send_signal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (fd, n) = (crate::convert::c_int(vm, args.get(0))?, crate::convert::c_int(vm, args.get(1))?);
    if args.opt_not_none(2).is_some() {
        return Err(vm.type_error("siginfo must be None"));
    }
    let flags = args.opt_i64(vm, 3, 0)? as u32;
    special::pidfd_send_signal(fd, n, flags).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

pub(super) fn pair(t: (f64, f64)) -> Value {
    freeze_runtime::types::tuple::PyTuple::new(vec![Value::float(t.0), Value::float(t.1)]).into_value()
}

pub(super) fn setitimer(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let which = crate::convert::c_int(vm, args.get(0))?;
    let value = args.f64(vm, 1)?;
    let interval = match args.opt(2) {
        Some(v) => vm.to_f64(v)?,
        None => 0.0,
    };
    sys::set_timer(which, value, interval).map(pair).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn getitimer(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    sys::timer(crate::convert::c_int(vm, args.get(0))?).map(pair).map_err(|e| vm.os_error(&e, None))
}
