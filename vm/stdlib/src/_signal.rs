//! `_signal`: Python handlers of signals. The system's handler only notes the signal; see `vm::signals`.

#[cfg_attr(windows, path = "_signal/numbers_windows.rs")]
#[cfg_attr(target_vendor = "apple", path = "_signal/numbers_apple.rs")]
mod numbers;
#[cfg(unix)]
mod unix;

#[cfg(unix)]
use freeze_runtime::os::files;
#[cfg(windows)]
use freeze_runtime::os::net;
use freeze_runtime::os::{libc, signal as sys};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::vm::{PyResult, signals};
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

/// Signals are less than this.
const NSIG: usize = numbers::NSIG;

/// Handlers by signal number, for `vm::signals`.
const TABLE: &str = "signal.handlers";

/// SIGINT raises KeyboardInterrupt, unless whoever started us ignores it.
pub(crate) fn install_defaults(vm: &Vm) {
    let mut table = vec![Value::NONE; NSIG];
    if sys::get(libc::SIGINT).is_ok_and(|a| a == sys::Action::Default)
        && sys::set(libc::SIGINT, sys::Action::Note).is_ok()
    {
        table[libc::SIGINT as usize] = default_handler(vm);
    }
    // Writing to a closed pipe or past the limit is an OSError, not the end.
    #[cfg(unix)]
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
    if (1..NSIG as i64).contains(&n) { Ok(n as i32) } else { Err(vm.value_error("signal number out of range")) }
}

/// A member of a set of signals.
#[cfg(unix)]
pub(crate) fn checked(vm: &Vm, v: &Value) -> PyResult<i32> {
    match freeze_runtime::types::int::as_i64(&vm.index(v)?) {
        Some(n) if (1..NSIG as i64).contains(&n) => Ok(n as i32),
        _ => Err(vm.value_error("signal number out of range [1; 64]")),
    }
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
    #[cfg(unix)]
    if fd != -1 {
        files::fstat(fd).map_err(|e| vm.os_error(&e, None))?;
        if files::blocking(fd).map_err(|e| vm.os_error(&e, None))? {
            return Err(vm.value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    // A socket may be one too; whether it waits can't be asked.
    #[cfg(windows)]
    if fd != -1 && net::family(fd).is_err() {
        freeze_runtime::os::files::fstat(fd).map_err(|e| vm.os_error(&e, None))?;
    }
    Ok(Value::small(i64::from(signals::set_wakeup_fd(fd))))
}

fn raise_signal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    sys::raise(number(vm, &args, 0)?).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

fn strsignal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(match sys::describe(number(vm, &args, 0)?) {
        Some(s) => crate::convert::decode_fs(&s).into_value(),
        None => Value::NONE,
    })
}

fn valid_signals(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let set = freeze_runtime::types::set::PySet::new_ref();
    for &n in numbers::VALID {
        set.add(vm, &Value::small(n.into()))?;
    }
    Ok(set.into_value())
}

static FUNCTIONS: &[NativeDef] = &[
    #[cfg(unix)]
    native("alarm(seconds, /)", "Arrange for SIGALRM to arrive after the given number of seconds.", unix::alarm),
    #[cfg(unix)]
    native("getitimer(which, /)", "Returns current value of given itimer.", unix::getitimer),
    native("getsignal(signalnum, /)", "Return the current action for the given signal.", getsignal),
    #[cfg(unix)]
    native("pause()", "Wait until a signal arrives.", unix::pause),
    #[cfg(target_os = "linux")]
    native(
        "pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)",
        "Send a signal to a process referred to by a pid file descriptor.",
        unix::pidfd_send_signal,
    ),
    #[cfg(unix)]
    native("pthread_kill(thread_id, signalnum, /)", "Send a signal to a thread.", unix::pthread_kill),
    #[cfg(unix)]
    native("pthread_sigmask(how, mask, /)", "Fetch and/or change the signal mask of the calling thread.", unix::mask),
    native("raise_signal(signalnum, /)", "Send a signal to the executing process.", raise_signal),
    native(
        "set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)",
        "Sets the fd to be written to (with the signal number) when a signal comes in.",
        set_wakeup_fd,
    ),
    #[cfg(unix)]
    native(
        "setitimer(which, seconds, interval=0.0, /)",
        "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).",
        unix::setitimer,
    ),
    #[cfg(unix)]
    native("siginterrupt(signalnum, flag, /)", "Change system call restart behaviour.", unix::siginterrupt),
    native("signal(signalnum, handler, /)", "Set the action for the given signal.", signal),
    #[cfg(unix)]
    native("sigpending()", "Examine pending signals.", unix::sigpending),
    #[cfg(target_os = "linux")]
    native(
        "sigtimedwait(sigset, timeout, /)",
        "Like sigwaitinfo(), but with a timeout.\n\nThe timeout is specified in seconds, with floating-point numbers allowed.",
        unix::sigtimedwait,
    ),
    #[cfg(unix)]
    native("sigwait(sigset, /)", "Wait for a signal.", unix::sigwait),
    #[cfg(target_os = "linux")]
    native(
        "sigwaitinfo(sigset, /)",
        "Wait synchronously until one of the signals in *sigset* is delivered.",
        unix::sigwaitinfo,
    ),
    native("strsignal(signalnum, /)", "Return the system description of the given signal.", strsignal),
    native("valid_signals()", "Return a set of valid signal numbers on this platform.", valid_signals),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in numbers::NUMBERS.iter().chain(numbers::MORE) {
        d.set_text(name, Value::int(*n));
    }
    for (name, n) in [("SIG_DFL", 0), ("SIG_IGN", 1), ("NSIG", NSIG as i64)] {
        d.set_text(name, Value::small(n));
    }
    #[cfg(target_os = "linux")]
    d.set_text("struct_siginfo", freeze_runtime::types::type_::ready_value(vm, &unix::SIGINFO));
    d.set_text("default_int_handler", default_handler(vm));
    #[cfg(unix)]
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
