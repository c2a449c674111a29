//! `poll` objects.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use freeze_runtime::os::{libc as c, net};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, Payload, PyResult, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::{Deadline, poll_until, timeout};
use crate::convert;
use crate::native_type::payload;

/// The payload of poll objects: descriptors and the events to wait for.
#[derive(Default)]
struct Poll {
    fds: RefCell<BTreeMap<i32, i16>>,
    busy: Cell<bool>,
}
payload!(Poll, |_p, _visit| ());

fn events_of(vm: &Vm, v: Option<&Value>) -> PyResult<i16> {
    let Some(v) = v else { return Ok(c::POLLIN | c::POLLPRI | c::POLLOUT) };
    let n = vm.to_i64(v)?;
    match u16::try_from(n) {
        Ok(n) => Ok(n as i16),
        Err(_) if n < 0 => Err(vm.value_error("value must be positive")),
        Err(_) => Err(vm.overflow_error("Python int too large to convert to C unsigned short")),
    }
}

fn poll_register(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(1))?;
    let events = events_of(vm, args.opt(2))?;
    args.payload::<Poll>().fds.borrow_mut().insert(fd, events);
    Ok(Value::NONE)
}

fn poll_modify(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(1))?;
    let events = events_of(vm, args.opt(2))?;
    match args.payload::<Poll>().fds.borrow_mut().get_mut(&fd) {
        Some(e) => *e = events,
        None => return Err(vm.errno_error(c::ENOENT, None)),
    }
    Ok(Value::NONE)
}

fn poll_unregister(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(1))?;
    match args.payload::<Poll>().fds.borrow_mut().remove(&fd) {
        Some(_) => Ok(Value::NONE),
        None => Err(vm.key_error(Value::int(i64::from(fd)))),
    }
}

pub(super) fn pair(fd: i32, events: i64) -> Value {
    PyTuple::new(vec![Value::int(i64::from(fd)), Value::int(events)]).into_value()
}

fn poll_poll(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = args.payload::<Poll>();
    let deadline = Deadline::after(timeout(vm, args.opt(1), 1e-3)?);
    if p.busy.replace(true) {
        return Err(vm.runtime_error("concurrent poll() invocation"));
    }
    let mut fds: Vec<_> = p.fds.borrow().iter().map(|(&fd, &events)| net::PollFd { fd, events, revents: 0 }).collect();
    let r = poll_until(vm, &mut fds, deadline);
    p.busy.set(false);
    r?;
    let ready = fds.iter().filter(|f| f.revents != 0);
    Ok(PyList::new(ready.map(|f| pair(f.fd, i64::from(f.revents as u16))).collect()).into_value())
}

static POLL_DEF: TypeDef = TypeDef {
    name: "poll",
    module: "select",
    layout: Poll::layout,
    flags: TypeFlags::IMMUTABLE,
    methods: &[
        native("modify(self, fd, eventmask, /)", "Modify an already registered file descriptor.", poll_modify),
        native("poll(self, timeout=None, /)", "Polls the set of registered file descriptors.", poll_poll),
        native(
            "register(self, fd, eventmask=None, /)",
            "Register a file descriptor with the polling object.",
            poll_register,
        ),
        native(
            "unregister(self, fd, /)",
            "Remove a file descriptor being tracked by the polling object.",
            poll_unregister,
        ),
    ],
    ..TypeDef::EMPTY
};
pub(super) static POLL: Type = Type::builtin(&POLL_DEF);

pub(super) fn new_poll(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(freeze_runtime::Ref::new(&POLL, Poll::default()).into_value())
}
