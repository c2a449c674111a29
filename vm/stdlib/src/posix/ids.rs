//! Users, groups and scheduling of processes.

use freeze_runtime::os::{libc, process, special, users};
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use crate::convert;
use crate::structseq;

use super::{done, number};

fn small(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    convert::c_int(vm, args.get(i))
}

/// A number of a user or a group; -1 leaves things as they are.
pub(crate) fn id(vm: &Vm, v: &Value, what: &str) -> PyResult<u32> {
    if v.class().slots().index.is_none() {
        return Err(vm.type_error(format!("{what} should be integer, not {}", v.class().name())));
    }
    let n = vm.index(v)?;
    match int::as_i64(&n) {
        Some(-1) => Ok(u32::MAX),
        Some(n) if n < 0 => Err(vm.overflow_error(format!("{what} is less than minimum"))),
        Some(n) => u32::try_from(n).map_err(|_| vm.overflow_error(format!("{what} is greater than maximum"))),
        None => Err(vm.overflow_error(format!("{what} is greater than maximum"))),
    }
}

macro_rules! setters {
    ($($name:ident = $what:literal, $n:tt;)*) => {$(
        pub(super) fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            let id = |i: usize| id(vm, args.get(i), $what);
            done(vm, setters!(@ $n $name id))
        }
    )*};
    (@ 1 $name:ident $id:ident) => { users::$name($id(0)?) };
    (@ 2 $name:ident $id:ident) => { users::$name($id(0)?, $id(1)?) };
}
setters! {
    setuid = "uid", 1; seteuid = "uid", 1; setreuid = "uid", 2;
    setgid = "gid", 1; setegid = "gid", 1; setregid = "gid", 2;
}

pub(super) fn setgroups(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list: PyResult<Vec<u32>> = vm.to_vec(args.get(0))?.iter().map(|v| id(vm, v, "gid")).collect();
    done(vm, users::set_groups(&list?))
}

pub(super) fn getgrouplist(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let user = convert::path(vm, args.get(0), "getgrouplist: user")?.c(vm)?;
    let list = users::group_list(&user, id(vm, args.get(1), "gid")?).map_err(|e| vm.os_error(&e, None))?;
    Ok(PyList::new(list.into_iter().map(|n| Value::int(n.into())).collect()).into_value())
}

pub(super) fn initgroups(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let user = convert::path(vm, args.get(0), "initgroups: username")?.c(vm)?;
    done(vm, users::initgroups(&user, id(vm, args.get(1), "gid")?))
}

pub(super) fn setpgrp(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    done(vm, process::setpgid(0, 0).map(drop))
}

pub(super) fn tcgetpgrp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, process::tcgetpgrp(small(vm, &args, 0)?))
}

pub(super) fn tcsetpgrp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, process::tcsetpgrp(small(vm, &args, 0)?, small(vm, &args, 1)?).map(drop))
}

pub(super) fn getpriority(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, special::getpriority(small(vm, &args, 0)?, small(vm, &args, 1)? as u32))
}

pub(super) fn setpriority(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, special::setpriority(small(vm, &args, 0)?, small(vm, &args, 1)? as u32, small(vm, &args, 2)?))
}

pub(super) fn sched_get_priority_max(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, special::sched_get_priority_max(small(vm, &args, 0)?))
}

pub(super) fn sched_get_priority_min(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, special::sched_get_priority_min(small(vm, &args, 0)?))
}

pub(super) fn sched_yield(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    vm.allow_threads(process::sched_yield);
    Ok(Value::NONE)
}

structseq::struct_seq! {
    pub(super) static WAITID_RESULT = "posix", "waitid_result", "waitid_result: Result from waitid.",
    ["si_pid", "si_uid", "si_signo", "si_status", "si_code"], []
}

pub(super) fn waitid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (kind, id, options) = (small(vm, &args, 0)?, small(vm, &args, 1)?, small(vm, &args, 2)?);
    let r = convert::retry(vm, || special::waitid(kind, id as libc::id_t, options))?;
    match r.map_err(|e| vm.os_error(&e, None))? {
        Some(fields) => Ok(structseq::make(vm, &WAITID_RESULT, fields.map(Value::int).to_vec(), &[])),
        None => Ok(Value::NONE),
    }
}
