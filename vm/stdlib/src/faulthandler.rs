//! `faulthandler`: Python tracebacks on demand, on a signal, after a time-out.
//!
//! Handlers of fatal signals are not installed: a program of this VM does not die of a wrong pointer of its own, and the
//! stack can't be walked from within a signal handler. `enable` only remembers that it was called. A watchdog tells that
//! the time is over, and ends the process if asked to; it can't see the frames of another thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use freeze_runtime::object::Ref;
use freeze_runtime::os::{files, process};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::frame::PyFrame;
use freeze_runtime::types::int;
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, import, native};

static ENABLED: AtomicBool = AtomicBool::new(false);
/// How many frames are shown.
const MAX_FRAMES: usize = 100;
/// Where the signals that were registered are kept: a dict from numbers to `(fd, all_threads, chain, previous handler)`.
const REGISTERED: &str = "faulthandler.registered";

/// The descriptor of a `file` argument.
fn descriptor(vm: &Vm, file: Option<&Value>) -> PyResult<i32> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(f) => f.clone(),
        None => match vm.runtime().sys.get_str(&vm.names().stderr) {
            None => return Err(vm.runtime_error("unable to get sys.stderr")),
            Some(f) if f.is_none() => return Err(vm.runtime_error("sys.stderr is None")),
            Some(f) => f,
        },
    };
    if int::is_int(&file) {
        let fd = crate::convert::c_int(vm, &file)?;
        if fd < 0 {
            return Err(vm.value_error("file is not a valid file descripter"));
        }
        return Ok(fd);
    }
    let fd = vm.call_method_name(&file, &vm.names().fileno, &[])?;
    let fd = match int::as_i64(&fd).and_then(|n| i32::try_from(n).ok()) {
        Some(fd) if fd >= 0 => fd,
        _ => return Err(vm.runtime_error("file.fileno() is not a valid file descriptor")),
    };
    // What can't be flushed does not matter here.
    let _ = vm.call_method(&file, "flush", &[]);
    Ok(fd)
}

fn write(fd: i32, text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match files::write(fd, rest) {
            Ok(n) if n > 0 => rest = &rest[n..],
            Err(e) if crate::convert::interrupted(&e) => {}
            // Nobody is left to be told.
            _ => return,
        }
    }
}

/// Text as it is shown where nothing may be encoded: ASCII, the rest as escapes.
fn plain(s: &PyStr) -> String {
    let mut out = String::new();
    for (i, c) in s.code_points().enumerate() {
        if i == 500 {
            out += "...";
            break;
        }
        match c {
            0x20..0x7F => out.push(c as u8 as char),
            0..=0xFF => out += &format!("\\x{c:02x}"),
            0x100..=0xFFFF => out += &format!("\\u{c:04x}"),
            _ => out += &format!("\\U{c:08x}"),
        }
    }
    out
}

/// The frames from one outwards, as lines.
fn lines(vm: &Vm, frame: Option<Ref<PyFrame>>) -> PyResult<String> {
    let mut out = String::new();
    let mut next = frame;
    if next.is_none() {
        out += "  <no Python frame>\n";
    }
    for i in 0.. {
        let Some(f) = next else { break };
        if i == MAX_FRAMES {
            out += "  ...\n";
            break;
        }
        let code = f.code().value();
        let text = |name: &str| -> PyResult<String> {
            let v = vm.get_attr_str(&code, name)?;
            Ok(v.downcast::<PyStr>().map_or("???".to_owned(), plain))
        };
        out += &format!("  File \"{}\", line {} in {}\n", text("co_filename")?, f.line(), text("co_name")?);
        next = f.back(vm);
    }
    Ok(out)
}

fn traceback(vm: &Vm, frame: Option<Ref<PyFrame>>, all_threads: bool) -> PyResult<String> {
    let head = if all_threads {
        format!("Current thread 0x{:016x} (most recent call first):\n", vm.ident)
    } else {
        "Stack (most recent call first):\n".to_owned()
    };
    Ok(head + &lines(vm, frame)?)
}

fn dump_traceback(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = descriptor(vm, args.opt(0))?;
    let text = traceback(vm, PyFrame::at_depth(vm, 0), args.opt_bool(vm, 1, true)?)?;
    write(fd, &text);
    Ok(Value::NONE)
}

fn dump_c_stack(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = descriptor(vm, args.opt(0))?;
    write(fd, "Current thread's C stack trace (most recent call first):\n  <cannot get C stack on this system>\n");
    Ok(Value::NONE)
}

fn enable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    descriptor(vm, args.opt(0))?;
    ENABLED.store(true, Ordering::Relaxed);
    Ok(Value::NONE)
}

fn disable(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(ENABLED.swap(false, Ordering::Relaxed)))
}

fn is_enabled(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(ENABLED.load(Ordering::Relaxed)))
}

/// Whether the watchdog shall end, and who tells it.
type Watchdog = Arc<(Mutex<bool>, Condvar)>;
static WATCHDOG: Mutex<Option<Watchdog>> = Mutex::new(None);

fn stop_watchdog() {
    let old = WATCHDOG.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(w) = old {
        *w.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        w.1.notify_all();
    }
}

fn watch(w: &Watchdog, fd: i32, limit: Duration, text: &str, (repeat, exit): (bool, bool)) {
    loop {
        let stopped = w.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (stopped, _) =
            w.1.wait_timeout_while(stopped, limit, |stopped| !*stopped).unwrap_or_else(PoisonError::into_inner);
        if *stopped {
            return;
        }
        drop(stopped);
        write(fd, text);
        if exit {
            process::exit_now(1);
        }
        if !repeat {
            return;
        }
    }
}

fn dump_traceback_later(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let seconds = vm.to_f64(args.get(0))?;
    let how = (args.opt_bool(vm, 1, false)?, args.opt_bool(vm, 3, false)?);
    if seconds.is_nan() || seconds <= 0.0 {
        return Err(vm.value_error("timeout must be greater than 0"));
    }
    if seconds > 9_223_372_036.0 {
        return Err(vm.overflow_error("timeout value is too large"));
    }
    let fd = descriptor(vm, args.opt(2))?;
    let (whole, us) = (seconds as u64, (seconds.fract() * 1e6) as u64);
    let fraction = if us == 0 { String::new() } else { format!(".{us:06}") };
    let text = format!(
        "Timeout ({}:{:02}:{:02}{fraction})!\nThread 0x{:016x} (most recent call first):\n  <not readable by the watchdog>\n",
        whole / 3600,
        whole / 60 % 60,
        whole % 60,
        vm.ident
    );
    stop_watchdog();
    let w: Watchdog = Arc::default();
    let mine = w.clone();
    let started = std::thread::Builder::new()
        .name("faulthandler".into())
        .spawn(move || watch(&mine, fd, Duration::from_secs_f64(seconds), &text, how));
    if started.is_err() {
        return Err(vm.runtime_error("unable to start watchdog thread"));
    }
    let old = WATCHDOG.lock().unwrap_or_else(PoisonError::into_inner).replace(w);
    drop(old);
    Ok(Value::NONE)
}

fn cancel_dump_traceback_later(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    stop_watchdog();
    Ok(Value::NONE)
}

fn registered(vm: &Vm) -> Ref<PyDict> {
    let mut slots = vm.runtime().slots.borrow_mut();
    let d = slots.entry(REGISTERED).or_insert_with(|| PyDict::new_ref().into_value());
    d.downcast_ref().unwrap_or_else(PyDict::new_ref)
}

/// The Python-level handler of registered signals.
static HANDLER: NativeDef = native("_dump_on_signal(signum, frame, /)", "", |vm, args| {
    let Some(entry) = registered(vm).get(vm, args.get(0))? else { return Ok(Value::NONE) };
    let Some([fd, all_threads, chain, previous]) = entry.downcast::<PyTuple>().map(PyTuple::as_slice) else {
        return Ok(Value::NONE);
    };
    let frame = args.get(1).downcast_ref::<PyFrame>();
    let text = traceback(vm, frame, all_threads.is_true())?;
    write(vm.to_i64(fd)? as i32, &text);
    if chain.is_true() && vm.is_callable(previous) {
        return vm.call(previous, &[args.get(0).clone(), args.get(1).clone()]);
    }
    Ok(Value::NONE)
});

fn signal_number(vm: &Vm, v: &Value) -> PyResult<i32> {
    let n = crate::convert::c_int(vm, v)?;
    if [4, 6, 7, 8, 11].contains(&n) {
        return Err(vm.runtime_error(format!("signal {n} cannot be registered, use enable() instead")));
    }
    if !(1..65).contains(&n) {
        return Err(vm.value_error("signal number out of range"));
    }
    Ok(n)
}

fn register(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = signal_number(vm, args.get(0))?;
    let fd = descriptor(vm, args.opt(1))?;
    let (all_threads, chain) = (args.opt_bool(vm, 2, true)?, args.opt_bool(vm, 3, false)?);
    let signal = import::import_path(vm, "_signal")?;
    let number = Value::small(n.into());
    let previous = vm.call_method(&signal, "signal", &[number.clone(), PyNativeFunction::free(&HANDLER)])?;
    let table = registered(vm);
    // A signal that is registered again keeps the handler that was there at first.
    let previous = match table.get(vm, &number)? {
        Some(old) => old.downcast::<PyTuple>().map_or(previous, |t| t.as_slice()[3].clone()),
        None => previous,
    };
    let entry = vec![Value::small(fd.into()), Value::bool(all_threads), Value::bool(chain), previous];
    table.set(vm, &number, PyTuple::new(entry).into_value())?;
    Ok(Value::NONE)
}

fn unregister(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let number = Value::small(signal_number(vm, args.get(0))?.into());
    let Some(entry) = registered(vm).remove(vm, &number)? else { return Ok(Value::FALSE) };
    let signal = import::import_path(vm, "_signal")?;
    let mut previous = entry.downcast::<PyTuple>().map_or(Value::NONE, |t| t.as_slice()[3].clone());
    if previous.is_none() {
        previous = vm.get_attr_str(&signal, "SIG_DFL")?;
    }
    vm.call_method(&signal, "signal", &[number, previous])?;
    Ok(Value::TRUE)
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "cancel_dump_traceback_later()",
        "Cancel the previous call to dump_traceback_later().",
        cancel_dump_traceback_later,
    ),
    native("disable()", "Disable the fault handler.", disable),
    native("dump_c_stack(file=None)", "Dump the C stack of the current thread.", dump_c_stack),
    native(
        "dump_traceback(file=None, all_threads=True)",
        "Dump the traceback of the current thread, or of all threads if all_threads is True, into file.",
        dump_traceback,
    ),
    native(
        "dump_traceback_later(timeout, repeat=False, file=None, exit=False)",
        "Dump the traceback of all threads in timeout seconds, or each timeout seconds if repeat is True. If exit is True, \
         call _exit(1) which is not safe.",
        dump_traceback_later,
    ),
    native("enable(file=None, all_threads=True, c_stack=True)", "Enable the fault handler.", enable),
    native("is_enabled()", "Check if the handler is enabled.", is_enabled),
    native(
        "register(signum, file=None, all_threads=True, chain=False)",
        "Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if \
         all_threads is True, into file.",
        register,
    ),
    native(
        "unregister(signum, /)",
        "Unregister the handler of the signal 'signum' registered by register().",
        unregister,
    ),
];

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "faulthandler", doc: "faulthandler module.", functions: FUNCTIONS, init: None };
