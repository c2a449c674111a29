//! `_signal`: Python handlers of signals. The system's handler only notes the signal; see `vm::signals`.

use freeze_runtime::os::{files, libc, signal as sys, special};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::vm::{PyResult, signals};
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

use crate::structseq::{make, struct_seq};

/// Handlers by signal number, for `vm::signals`.
const TABLE: &str = "signal.handlers";

/// SIGINT raises KeyboardInterrupt, unless whoever started us ignores it.
pub(crate) fn install_defaults(vm: &Vm) {
    let mut table = vec![Value::NONE; 65];
    if sys::get(libc::SIGINT).is_ok_and(|a| a == sys::Action::Default)
        && sys::set(libc::SIGINT, sys::Action::Note).is_ok()
    {
        table[libc::SIGINT as usize] = default_handler(vm);
    }
    // Writing to a closed pipe or past the limit is an OSError, not the end.
    for n in [libc::SIGPIPE, libc::SIGXFSZ] {
        if sys::get(n).is_ok_and(|a| a == sys::Action::Default) {
            // Without it the program still runs.
            let _ = sys::set(n, sys::Action::Ignore);
        }
    }
    vm.runtime().slots.borrow_mut().insert(TABLE, PyList::new(table).into_value());
}

/// Ends the process as SIGINT would have.
pub(crate) fn die_of_interrupt() {
    if sys::set(libc::SIGINT, sys::Action::Default).is_ok() {
        // If it does not kill us, the exit code tells.
        let _ = sys::raise(libc::SIGINT);
    }
}

static DEFAULT_INT: NativeDef = native(
    "default_int_handler(signalnum, frame, /)",
    "The default handler for SIGINT installed by Python.",
    |vm, _| Err(vm.new_error_args(&exc::KEYBOARD_INTERRUPT, vec![])),
);

/// The one object that is `default_int_handler`.
fn default_handler(vm: &Vm) -> Value {
    let make = || PyNativeFunction::free(&DEFAULT_INT);
    vm.runtime().slots.borrow_mut().entry("signal.default_int").or_insert_with(make).clone()
}

fn table(vm: &Vm) -> Value {
    vm.runtime().slots.borrow().get(TABLE).cloned().unwrap_or(Value::NONE)
}

fn number(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    let n = args.i64(vm, i)?;
    if (1..65).contains(&n) { Ok(n as i32) } else { Err(vm.value_error("signal number out of range")) }
}

/// A member of a set of signals.
pub(crate) fn checked(vm: &Vm, v: &Value) -> PyResult<i32> {
    match freeze_runtime::types::int::as_i64(&vm.index(v)?) {
        Some(n) if (1..65).contains(&n) => Ok(n as i32),
        _ => Err(vm.value_error("signal number out of range [1; 64]")),
    }
}

fn members(vm: &Vm, v: &Value) -> PyResult<Vec<i32>> {
    vm.to_vec(v)?.iter().map(|n| checked(vm, n)).collect()
}

fn set_of(vm: &Vm, signals: &[i32]) -> PyResult<Value> {
    let set = freeze_runtime::types::set::PySet::new_ref();
    for &n in signals {
        set.add(vm, &Value::small(i64::from(n)))?;
    }
    Ok(set.into_value())
}

/// What is installed for a signal, as Python sees it.
fn current(vm: &Vm, n: i32) -> Value {
    match sys::get(n) {
        Ok(sys::Action::Default) => Value::small(0),
        Ok(sys::Action::Ignore) => Value::small(1),
        Ok(sys::Action::Note) => Value::or_none(table(vm).downcast::<PyList>().and_then(|l| l.get(n as usize))),
        _ => Value::NONE,
    }
}

fn getsignal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(current(vm, number(vm, &args, 0)?))
}

fn signal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = number(vm, &args, 0)?;
    let handler = args.get(1);
    if vm.ident != signals::main_thread() {
        return Err(vm.value_error("signal only works in main thread of the main interpreter"));
    }
    let action = match freeze_runtime::types::int::as_i64(handler) {
        Some(0) => sys::Action::Default,
        Some(1) => sys::Action::Ignore,
        _ if vm.is_callable(handler) => sys::Action::Note,
        _ => {
            return Err(vm.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
        }
    };
    vm.check_signals()?;
    let old = current(vm, n);
    sys::set(n, action).map_err(|e| vm.os_error(&e, None))?;
    if let Some(l) = table(vm).downcast::<PyList>() {
        let new = if action == sys::Action::Note { handler.clone() } else { Value::NONE };
        drop(l.set(n as usize, new));
    }
    Ok(old)
}

fn set_wakeup_fd(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if vm.ident != signals::main_thread() {
        return Err(vm.value_error("set_wakeup_fd only works in main thread of the main interpreter"));
    }
    let fd = crate::convert::c_int(vm, args.get(0))?;
    if fd != -1 {
        files::fstat(fd).map_err(|e| vm.os_error(&e, None))?;
        if files::blocking(fd).map_err(|e| vm.os_error(&e, None))? {
            return Err(vm.value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    Ok(Value::small(i64::from(signals::set_wakeup_fd(fd))))
}

fn raise_signal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    sys::raise(number(vm, &args, 0)?).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

fn alarm(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(i64::from(sys::alarm(args.i64(vm, 0)? as u32))))
}

fn pause(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    vm.allow_threads(sys::pause);
    vm.check_signals()?;
    Ok(Value::NONE)
}

fn siginterrupt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let yes = vm.is_true(args.get(1))?;
    sys::interrupts(number(vm, &args, 0)?, yes).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

fn strsignal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(match sys::describe(number(vm, &args, 0)?) {
        Some(s) => crate::convert::decode_fs(&s).into_value(),
        None => Value::NONE,
    })
}

fn valid_signals(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let set = freeze_runtime::types::set::PySet::new_ref();
    for n in (1..32).chain(34..65) {
        set.add(vm, &Value::small(n))?;
    }
    Ok(set.into_value())
}

fn mask(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let how = crate::convert::c_int(vm, args.get(0))?;
    let list = members(vm, args.get(1))?;
    let old = sys::mask(how, &list).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    set_of(vm, &old)
}

fn sigpending(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let waiting = sys::pending().map_err(|e| vm.os_error(&e, None))?;
    set_of(vm, &waiting)
}

fn sigwait(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = members(vm, args.get(0))?;
    let r = crate::convert::retry(vm, || sys::wait(&list))?;
    r.map(|n| Value::small(i64::from(n))).map_err(|e| vm.os_error(&e, None))
}

struct_seq! {
    static SIGINFO = "signal", "struct_siginfo", "struct_siginfo: Result from sigwaitinfo or sigtimedwait.",
    ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"], []
}

fn information(vm: &Vm, fields: [i64; 7]) -> Value {
    make(vm, &SIGINFO, fields.map(Value::int).to_vec(), &[])
}

fn sigwaitinfo(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = members(vm, args.get(0))?;
    let r = crate::convert::retry(vm, || special::wait_info(&list, None))?;
    r.map(|fields| information(vm, fields)).map_err(|e| vm.os_error(&e, None))
}

fn sigtimedwait(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
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

fn pthread_kill(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
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

fn pidfd_send_signal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (fd, n) = (crate::convert::c_int(vm, args.get(0))?, crate::convert::c_int(vm, args.get(1))?);
    if args.opt_not_none(2).is_some() {
        return Err(vm.type_error("siginfo must be None"));
    }
    let flags = args.opt_i64(vm, 3, 0)? as u32;
    special::pidfd_send_signal(fd, n, flags).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

fn pair(t: (f64, f64)) -> Value {
    freeze_runtime::types::tuple::PyTuple::new(vec![Value::float(t.0), Value::float(t.1)]).into_value()
}

fn setitimer(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let which = crate::convert::c_int(vm, args.get(0))?;
    let value = args.f64(vm, 1)?;
    let interval = match args.opt(2) {
        Some(v) => vm.to_f64(v)?,
        None => 0.0,
    };
    sys::set_timer(which, value, interval).map(pair).map_err(|e| vm.os_error(&e, None))
}

fn getitimer(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    sys::timer(crate::convert::c_int(vm, args.get(0))?).map(pair).map_err(|e| vm.os_error(&e, None))
}

static FUNCTIONS: &[NativeDef] = &[
    native("alarm(seconds, /)", "Arrange for SIGALRM to arrive after the given number of seconds.", alarm),
    native("getitimer(which, /)", "Returns current value of given itimer.", getitimer),
    native("getsignal(signalnum, /)", "Return the current action for the given signal.", getsignal),
    native("pause()", "Wait until a signal arrives.", pause),
    native(
        "pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)",
        "Send a signal to a process referred to by a pid file descriptor.",
        pidfd_send_signal,
    ),
    native("pthread_kill(thread_id, signalnum, /)", "Send a signal to a thread.", pthread_kill),
    native("pthread_sigmask(how, mask, /)", "Fetch and/or change the signal mask of the calling thread.", mask),
    native("raise_signal(signalnum, /)", "Send a signal to the executing process.", raise_signal),
    native(
        "set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)",
        "Sets the fd to be written to (with the signal number) when a signal comes in.",
        set_wakeup_fd,
    ),
    native(
        "setitimer(which, seconds, interval=0.0, /)",
        "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).",
        setitimer,
    ),
    native("siginterrupt(signalnum, flag, /)", "Change system call restart behaviour.", siginterrupt),
    native("signal(signalnum, handler, /)", "Set the action for the given signal.", signal),
    native("sigpending()", "Examine pending signals.", sigpending),
    native(
        "sigtimedwait(sigset, timeout, /)",
        "Like sigwaitinfo(), but with a timeout.\n\nThe timeout is specified in seconds, with floating-point numbers allowed.",
        sigtimedwait,
    ),
    native("sigwait(sigset, /)", "Wait for a signal.", sigwait),
    native(
        "sigwaitinfo(sigset, /)",
        "Wait synchronously until one of the signals in *sigset* is delivered.",
        sigwaitinfo,
    ),
    native("strsignal(signalnum, /)", "Return the system description of the given signal.", strsignal),
    native("valid_signals()", "Return a set of valid signal numbers on this platform.", valid_signals),
];

macro_rules! names {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

const NUMBERS: &[(&str, i64)] = names! {
    SIG_BLOCK SIG_UNBLOCK SIG_SETMASK SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV
    SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ
    SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF
};

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in NUMBERS {
        d.set_text(name, Value::int(*n));
    }
    for (name, n) in [
        ("SIG_DFL", 0),
        ("SIG_IGN", 1),
        ("NSIG", 65),
        ("SIGCLD", 17),
        ("SIGPOLL", 29),
        ("SIGIOT", 6),
        ("SIGRTMIN", 34),
        ("SIGRTMAX", 64),
    ] {
        d.set_text(name, Value::small(n));
    }
    d.set_text("struct_siginfo", freeze_runtime::types::type_::ready_value(vm, &SIGINFO));
    d.set_text("default_int_handler", default_handler(vm));
    d.set_text("ItimerError", exc::OS_ERROR.as_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_signal",
    doc: "This module provides mechanisms to use signal handlers in Python.",
    functions: FUNCTIONS,
    init: Some(init),
};
