//! `select`: waiting until descriptors are ready.

#[cfg(target_os = "linux")]
mod epoll;
#[cfg(target_vendor = "apple")]
mod kqueue;
#[cfg(unix)]
mod poll;

use std::io;
use std::time::{Duration, Instant};

use freeze_runtime::os::{libc as c, net};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

use crate::convert;

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
            Err(e) if crate::convert::interrupted(&e) => {
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
    let (mut fds, mut objects): (Vec<net::PollFd>, Vec<_>) = (Vec::new(), Vec::new());
    for (kind, events) in wanted.into_iter().enumerate() {
        let Ok(items) = vm.to_vec(args.get(kind)) else {
            return Err(vm.type_error("arguments 1-3 must be sequences"));
        };
        for object in items {
            let fd = convert::fd(vm, &object)?;
            // On Windows it is the number of sockets that is limited.
            let place = if cfg!(windows) { fds.len() } else { fd as usize };
            if place >= c::FD_SETSIZE {
                return Err(vm.value_error("filedescriptor out of range in select()"));
            }
            fds.push(net::PollFd { fd, events, revents: 0 });
            objects.push((kind, object));
        }
    }
    wait(vm, deadline, |left| net::select(&mut fds, left), |n| *n == 0)?;
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

#[cfg(unix)]
macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

#[cfg(target_os = "linux")]
const NUMBERS: &[(&str, i64)] = numbers! {
    EPOLLERR EPOLLET EPOLLEXCLUSIVE EPOLLHUP EPOLLIN EPOLLMSG EPOLLONESHOT EPOLLOUT EPOLLPRI EPOLLRDBAND EPOLLRDHUP
    EPOLLRDNORM EPOLLWAKEUP EPOLLWRBAND EPOLLWRNORM EPOLL_CLOEXEC POLLERR POLLHUP POLLIN POLLNVAL POLLOUT POLLPRI
    POLLRDBAND POLLRDHUP POLLRDNORM POLLWRBAND POLLWRNORM
};

#[cfg(target_vendor = "apple")]
const NUMBERS: &[(&str, i64)] = numbers! {
    POLLERR POLLHUP POLLIN POLLNVAL POLLOUT POLLPRI POLLRDBAND POLLRDNORM POLLWRBAND POLLWRNORM
};

#[cfg_attr(windows, allow(unused_variables, reason = "there are no types of its own there"))]
fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    #[cfg(unix)]
    for (name, n) in NUMBERS {
        // EPOLLET is the sign bit of what the library calls an int.
        d.set_text(name, Value::int(if *n < 0 { i64::from(*n as u32) } else { *n }));
    }
    #[cfg(unix)]
    d.set_text("PIPE_BUF", Value::int(c::PIPE_BUF as i64));
    d.set_text("error", exc::OS_ERROR.as_value());
    #[cfg(target_os = "linux")]
    crate::native_type::add_types(vm, d, &[&epoll::EPOLL]);
    #[cfg(target_vendor = "apple")]
    kqueue::init(vm, d);
    #[cfg(unix)]
    freeze_runtime::types::type_::ready(vm, &poll::POLL);
    Ok(())
}

static FUNCTIONS: &[NativeDef] = &[
    #[cfg(unix)]
    native("poll()", "Returns a polling object.", poll::new_poll),
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
