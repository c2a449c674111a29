//! `epoll`: Linux's way to wait for many descriptors.

use std::cell::Cell;

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::os::{files, libc as c, net};
use freeze_runtime::types::list::PyList;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::poll::pair;
use super::{Deadline, timeout, wait};
use crate::convert;
use crate::native_type::payload;

/// The payload of epoll objects: the descriptor, -1 when closed.
struct Epoll(Cell<i32>);
payload!(Epoll, |_p, _visit| ());

impl Drop for Epoll {
    fn drop(&mut self) {
        if self.0.get() >= 0 {
            // Nobody is left who could be told.
            let _ = files::close(self.0.get());
        }
    }
}

impl Epoll {
    fn open(&self, vm: &Vm) -> PyResult<i32> {
        match self.0.get() {
            fd if fd >= 0 => Ok(fd),
            _ => Err(vm.value_error("I/O operation on closed epoll object")),
        }
    }

    fn close(&self, vm: &Vm) -> PyResult<Value> {
        let fd = self.0.replace(-1);
        if fd >= 0 {
            files::close(fd).map_err(|e| vm.os_error(&e, None))?;
        }
        Ok(Value::NONE)
    }
}

fn epoll_new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    static SIG: NativeDef = native("epoll(sizehint=-1, flags=0)", "", |vm, args| {
        let size = args.opt_i64(vm, 0, -1)?;
        if size != -1 && size <= 0 {
            return Err(vm.value_error("sizehint must be positive or -1"));
        }
        let flags = args.opt_i64(vm, 1, 0)?;
        if flags != 0 && flags != i64::from(c::EPOLL_CLOEXEC) {
            return Err(vm.errno_error(c::EINVAL, None));
        }
        Ok(Value::NONE)
    });
    SIG.invoke(vm, call)?;
    let fd = net::epoll_create().map_err(|e| vm.os_error(&e, None))?;
    Ok(freeze_runtime::Ref::new(class, Epoll(Cell::new(fd))).into_value())
}

fn epoll_from_fd(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::c_int(vm, args.get(1))?;
    Ok(freeze_runtime::Ref::new(&EPOLL, Epoll(Cell::new(fd))).into_value())
}

fn control(vm: &Vm, args: &Args<'_>, operation: i32, events: u32) -> PyResult<Value> {
    let ep = args.payload::<Epoll>().open(vm)?;
    let fd = convert::fd(vm, args.get(1))?;
    net::epoll_ctl(ep, operation, fd, events).map_err(|e| vm.os_error(&e, None))?;
    Ok(Value::NONE)
}

fn epoll_events(vm: &Vm, v: Option<&Value>) -> PyResult<u32> {
    let Some(v) = v else { return Ok((c::EPOLLIN | c::EPOLLPRI | c::EPOLLOUT) as u32) };
    u32::try_from(vm.to_i64(v)?).map_err(|_| vm.overflow_error("Python int too large to convert to C unsigned int"))
}

fn epoll_register(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let events = epoll_events(vm, args.opt(2))?;
    control(vm, &args, c::EPOLL_CTL_ADD, events)
}

fn epoll_modify(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let events = epoll_events(vm, args.opt(2))?;
    control(vm, &args, c::EPOLL_CTL_MOD, events)
}

fn epoll_unregister(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    control(vm, &args, c::EPOLL_CTL_DEL, 0)
}

fn epoll_poll(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let ep = args.payload::<Epoll>().open(vm)?;
    let deadline = Deadline::after(timeout(vm, args.opt(1), 1.0)?);
    let max = match args.opt_i64(vm, 2, -1)? {
        -1 => c::FD_SETSIZE - 1,
        n => match usize::try_from(n).ok().filter(|n| (1..=i32::MAX as usize).contains(n)) {
            // More come with the next call.
            Some(n) => n.min(65536),
            None => return Err(vm.value_error(format!("maxevents must be greater than 0, got {n}"))),
        },
    };
    let ready = wait(vm, deadline, |left| net::epoll_wait(ep, max, left), Vec::is_empty)?;
    Ok(PyList::new(ready.into_iter().map(|(fd, events)| pair(fd, i64::from(events))).collect()).into_value())
}

fn epoll_close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Epoll>().close(vm)
}

fn epoll_fileno(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Epoll>().open(vm).map(|fd| Value::int(i64::from(fd)))
}

fn epoll_enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Epoll>().open(vm)?;
    Ok(args.this().clone())
}

fn epoll_closed(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(v.downcast::<Epoll>().is_none_or(|e| e.0.get() < 0)))
}

static EPOLL_DEF: TypeDef = TypeDef {
    name: "epoll",
    module: "select",
    doc: "Returns an epolling object.",
    layout: Epoll::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(epoll_new), ..Slots::EMPTY },
    methods: &[
        native("__enter__(self, /)", "", epoll_enter),
        native("__exit__(self, exc_type=None, exc_value=None, exc_tb=None, /)", "", epoll_close),
        native("close(self, /)", "Close the epoll control file descriptor.", epoll_close),
        native("fileno(self, /)", "Return the epoll control file descriptor.", epoll_fileno),
        native("modify(self, /, fd, eventmask)", "Modify event mask for a registered file descriptor.", epoll_modify),
        native(
            "poll(self, /, timeout=None, maxevents=-1)",
            "Wait for events on the epoll file descriptor.",
            epoll_poll,
        ),
        native(
            "register(self, /, fd, eventmask=None)",
            "Registers a new fd or raises an OSError if the fd is already registered.",
            epoll_register,
        ),
        native(
            "unregister(self, /, fd)",
            "Remove a registered file descriptor from the epoll object.",
            epoll_unregister,
        ),
    ],
    class_methods: &[native("fromfd(cls, fd, /)", "Create an epoll object from a given control fd.", epoll_from_fd)],
    getset: &[GetSet { name: "closed", doc: "True if the epoll handler is closed", get: epoll_closed, set: None }],
    ..TypeDef::EMPTY
};
pub(super) static EPOLL: Type = Type::builtin(&EPOLL_DEF);
