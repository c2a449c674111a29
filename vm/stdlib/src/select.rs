//! `select`: waiting until descriptors are ready.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::os::{files, libc as c, net};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::convert;
use crate::native_type::{add_types, payload};

/// A limit of time: its end, or none.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// So far from now.
    pub(crate) fn after(d: Option<Duration>) -> Deadline {
        Deadline(d.and_then(|d| Instant::now().checked_add(d)))
    }

    /// Milliseconds left, rounded up; -1 without an end.
    fn millis(self) -> i32 {
        let Some(end) = self.0 else { return -1 };
        let nanos = end.saturating_duration_since(Instant::now()).as_nanos();
        i32::try_from(nanos.div_ceil(1_000_000)).unwrap_or(i32::MAX)
    }

    fn passed(self) -> bool {
        self.0.is_some_and(|end| end <= Instant::now())
    }
}

/// A wait that signals interrupt: looked at, then again for what is left of the time. Nothing ready is `T::default()`.
fn wait<T: Default>(
    vm: &Vm,
    deadline: Deadline,
    mut f: impl FnMut(i32) -> io::Result<T>,
    none: impl Fn(&T) -> bool,
) -> PyResult<T> {
    loop {
        let left = deadline.millis();
        match vm.allow_threads(|| f(left)) {
            // Times beyond what the call takes are waited in pieces.
            Ok(r) if left == i32::MAX && none(&r) => {}
            Ok(r) => return Ok(r),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {
                vm.check_signals()?;
                if deadline.passed() {
                    return Ok(T::default());
                }
            }
            Err(e) => return Err(vm.os_error(&e, None)),
        }
    }
}

/// `poll` until the deadline; how many are ready.
pub(crate) fn poll_until(vm: &Vm, fds: &mut [net::PollFd], deadline: Deadline) -> PyResult<usize> {
    wait(vm, deadline, |left| net::poll(fds, left), |n| *n == 0)
}

/// A timeout argument in `unit`s of a second; `None` and negative numbers mean forever.
fn timeout(vm: &Vm, v: Option<&Value>, unit: f64) -> PyResult<Option<Duration>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    let n = match vm.to_f64(v) {
        Ok(n) => n,
        Err(e) if e.is(&exc::TYPE_ERROR) => return Err(vm.type_error("timeout must be a real number or None")),
        Err(e) => return Err(e),
    };
    if n.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if n < 0.0 {
        return Ok(None);
    }
    match Duration::try_from_secs_f64(n * unit) {
        Ok(d) if d.as_secs() < i64::MAX as u64 / 1_000_000_000 => Ok(Some(d)),
        _ => Err(vm.overflow_error("timeout is too large")),
    }
}

fn select(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if let Some(v) = args.opt_not_none(3)
        && matches!(vm.to_f64(v), Ok(n) if n < 0.0)
    {
        return Err(vm.value_error("timeout must be non-negative"));
    }
    let deadline = Deadline::after(timeout(vm, args.opt(3), 1.0)?);
    let wanted = [c::POLLIN, c::POLLOUT, c::POLLPRI];
    let seen = [c::POLLIN | c::POLLHUP | c::POLLERR, c::POLLOUT | c::POLLERR, c::POLLPRI];
    let (mut fds, mut objects) = (Vec::new(), Vec::new());
    for (kind, events) in wanted.into_iter().enumerate() {
        let Ok(items) = vm.to_vec(args.get(kind)) else {
            return Err(vm.type_error("arguments 1-3 must be sequences"));
        };
        for object in items {
            let fd = convert::fd(vm, &object)?;
            if fd as usize >= c::FD_SETSIZE {
                return Err(vm.value_error("filedescriptor out of range in select()"));
            }
            fds.push(net::PollFd { fd, events, revents: 0 });
            objects.push((kind, object));
        }
    }
    poll_until(vm, &mut fds, deadline)?;
    let mut out = [const { Vec::new() }; 3];
    for (f, (kind, object)) in fds.iter().zip(objects) {
        if f.revents & c::POLLNVAL != 0 {
            return Err(vm.errno_error(c::EBADF, None));
        }
        if f.revents & seen[kind] != 0 {
            out[kind].push(object);
        }
    }
    Ok(PyTuple::new(out.map(|v| PyList::new(v).into_value()).to_vec()).into_value())
}

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

fn pair(fd: i32, events: i64) -> Value {
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
static POLL: Type = Type::builtin(&POLL_DEF);

fn new_poll(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(freeze_runtime::Ref::new(&POLL, Poll::default()).into_value())
}

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
static EPOLL: Type = Type::builtin(&EPOLL_DEF);

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

const NUMBERS: &[(&str, i64)] = numbers! {
    EPOLLERR EPOLLET EPOLLEXCLUSIVE EPOLLHUP EPOLLIN EPOLLMSG EPOLLONESHOT EPOLLOUT EPOLLPRI EPOLLRDBAND EPOLLRDHUP
    EPOLLRDNORM EPOLLWAKEUP EPOLLWRBAND EPOLLWRNORM EPOLL_CLOEXEC POLLERR POLLHUP POLLIN POLLNVAL POLLOUT POLLPRI
    POLLRDBAND POLLRDHUP POLLRDNORM POLLWRBAND POLLWRNORM
};

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in NUMBERS {
        // EPOLLET is the sign bit of what the library calls an int.
        d.set_text(name, Value::int(if *n < 0 { i64::from(*n as u32) } else { *n }));
    }
    d.set_text("PIPE_BUF", Value::int(c::PIPE_BUF as i64));
    d.set_text("error", exc::OS_ERROR.as_value());
    add_types(vm, d, &[&EPOLL]);
    freeze_runtime::types::type_::ready(vm, &POLL);
    Ok(())
}

static FUNCTIONS: &[NativeDef] = &[
    native("poll()", "Returns a polling object.", new_poll),
    native(
        "select(rlist, wlist, xlist, timeout=None, /)",
        "Wait until one or more file descriptors are ready.",
        select,
    ),
];

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "select",
    doc: "This module supports asynchronous I/O on multiple file descriptors.",
    functions: FUNCTIONS,
    init: Some(init),
};
