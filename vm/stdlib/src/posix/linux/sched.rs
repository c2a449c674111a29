//! Scheduling by process, namespaces, saved users and groups.

use freeze_runtime::os::{process, special};
use freeze_runtime::types::int;
use freeze_runtime::types::set::PySet;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, NativeDef, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::super::extras::small;
use super::super::ids::id;
use super::super::procs::random;
use super::super::{done, number};
use crate::{convert, structseq};

fn three(vm: &Vm, r: std::io::Result<[u32; 3]>) -> PyResult<Value> {
    let ids = r.map_err(|e| vm.os_error(&e, None))?;
    Ok(PyTuple::new(ids.map(|n| Value::int(n.into())).to_vec()).into_value())
}

pub(super) fn setresuid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let id = |i: usize| id(vm, args.get(i), "uid");
    done(vm, special::setresuid(id(0)?, id(1)?, id(2)?))
}

pub(super) fn setresgid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let id = |i: usize| id(vm, args.get(i), "gid");
    done(vm, special::setresgid(id(0)?, id(1)?, id(2)?))
}

pub(super) fn getresuid(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    three(vm, special::getresuid())
}

pub(super) fn getresgid(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    three(vm, special::getresgid())
}

/// `sched_param(5)`: made of its one field, not of a sequence.
fn new_param(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    static SIG: NativeDef = native("sched_param(sched_priority)", "", |_, args| Ok(args.get(0).clone()));
    let priority = SIG.invoke(vm, call)?;
    Ok(PyTuple::with_class(class, vec![priority]).into_value())
}

fn reduce_param(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let items = v.downcast::<PyTuple>().map_or(vec![], |t| t.as_slice().to_vec());
    Ok(PyTuple::new(vec![v.class().as_value(), PyTuple::new(items).into_value()]).into_value())
}

fn param_attributes(vm: &Vm, d: &freeze_runtime::types::dict::PyDict) {
    structseq::class_attributes(vm, d, &["sched_priority"], &[], 0);
}

static PARAM_DEF: TypeDef = TypeDef {
    name: "sched_param",
    module: "posix",
    doc: "Currently has only one field: sched_priority",
    base: Some(&freeze_runtime::types::tuple::TUPLE),
    layout: <PyTuple as freeze_runtime::Payload>::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::SEQUENCE,
    slots: freeze_runtime::object::Slots { new: Some(new_param), ..structseq::SLOTS },
    methods: &[native("__reduce__(self, /)", "", reduce_param)],
    getset: &structseq::getters(&["sched_priority"]),
    consts: Some(param_attributes),
    ..TypeDef::EMPTY
};
/// `os.sched_param`
pub(super) static SCHED_PARAM: Type = Type::builtin(&PARAM_DEF);

/// The priority in a `sched_param`.
pub(super) fn priority(vm: &Vm, v: &Value) -> PyResult<i32> {
    match v.downcast::<PyTuple>() {
        Some(t) if v.class().is_subtype(&SCHED_PARAM) => convert::c_int(vm, &t.as_slice()[0]),
        _ => Err(vm.type_error("must have a sched_param object")),
    }
}

fn param(n: i32) -> Value {
    PyTuple::with_class(&SCHED_PARAM, vec![Value::int(n.into())]).into_value()
}

pub(super) fn sched_getscheduler(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, special::sched_getscheduler(small(vm, &args, 0)?))
}

pub(super) fn sched_setscheduler(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let priority = priority(vm, args.get(2))?;
    done(vm, special::sched_setscheduler(small(vm, &args, 0)?, small(vm, &args, 1)?, priority))
}

pub(super) fn sched_getparam(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    special::sched_getparam(small(vm, &args, 0)?).map(param).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn sched_setparam(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let priority = priority(vm, args.get(1))?;
    done(vm, special::sched_setparam(small(vm, &args, 0)?, priority))
}

pub(super) fn sched_rr_get_interval(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    special::sched_rr_get_interval(small(vm, &args, 0)?).map(Value::float).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn sched_getaffinity(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cpus = process::affinity(small(vm, &args, 0)?).map_err(|e| vm.os_error(&e, None))?;
    let set = PySet::new_ref();
    for c in cpus {
        set.add(vm, &Value::usize(c))?;
    }
    Ok(set.into_value())
}

pub(super) fn sched_setaffinity(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let pid = small(vm, &args, 0)?;
    let mut cpus = Vec::new();
    for v in vm.to_vec(args.get(1))? {
        if !int::is_int(&v) {
            return Err(vm.type_error(format!(
                "expected an iterator of ints, but iterator yielded {}",
                vm.repr(&v.class().as_value())?.to_lossy()
            )));
        }
        match vm.to_i64(&v)? {
            n if n < 0 => return Err(vm.value_error("negative CPU number")),
            n if n >= i64::from(i32::MAX) => return Err(vm.overflow_error("CPU number too large")),
            n => cpus.push(n as usize),
        }
    }
    done(vm, special::set_affinity(pid, &cpus))
}

pub(super) fn unshare(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, special::unshare(small(vm, &args, 0)?).map(drop))
}

pub(super) fn setns(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    done(vm, special::setns(fd, args.opt_i64(vm, 1, 0)? as i32).map(drop))
}

pub(super) fn pidfd_open(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, special::pidfd_open(small(vm, &args, 0)?, args.opt_i64(vm, 1, 0)? as u32))
}

pub(super) fn getrandom(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    random(vm, args.i64(vm, 0)?, args.opt_i64(vm, 1, 0)? as u32)
}

/// The argument `scheduler` of `posix_spawn`: a policy, where it is to change, and a priority.
pub(in super::super) fn scheduler(vm: &Vm, v: &Value) -> PyResult<(Option<i32>, i32)> {
    let items = v.downcast::<PyTuple>().map(|t| t.as_slice()).filter(|t| t.len() == 2);
    let Some([policy, param]) = items else {
        return Err(vm.type_error("A scheduler tuple must have two elements"));
    };
    let policy = if policy.is_none() { None } else { Some(convert::c_int(vm, policy)?) };
    Ok((policy, priority(vm, param)?))
}
