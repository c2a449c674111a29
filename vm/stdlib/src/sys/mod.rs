//! `sys`.

mod hooks;
mod info;
mod limits;
mod monitoring;
pub(crate) mod streams;
#[cfg(windows)]
mod windows;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::SYSTEM_EXIT;
use freeze_runtime::types::frame::PyFrame;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Ref, Value, Vm, native};

pub(crate) use hooks::audit;

/// Takes the descriptors of a class's own `__dict__` and `__weakref__` out, so that a class made from it has none.
fn clear_type_descriptors(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(class) = args.get(0).downcast::<freeze_runtime::object::TypeObject>().filter(|t| t.is_heap()) else {
        return Err(vm.type_error("argument is immutable"));
    };
    for name in ["__dict__", "__weakref__"] {
        drop(class.dict().remove_str(&vm.intern(name)));
    }
    Ok(Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "__breakpointhook__(*args, **kws)",
        "This hook function is called by built-in breakpoint().",
        hooks::breakpointhook,
    ),
    native(
        "__displayhook__(object, /)",
        "Print an object to sys.stdout and also save it in builtins._",
        hooks::displayhook,
    ),
    native(
        "__excepthook__(exctype, value, traceback, /)",
        "Handle an exception by displaying it with a traceback on sys.stderr.",
        hooks::excepthook,
    ),
    native("__unraisablehook__(unraisable, /)", "Handle an unraisable exception.", hooks::unraisablehook),
    native("_clear_internal_caches()", "Clear all internal performance-related caches.", nothing),
    native("_clear_type_cache()", "Clear the internal type lookup cache.", nothing),
    native(
        "_current_exceptions()",
        "Return a dict mapping each thread's identifier to its current raised exception.",
        current_exceptions,
    ),
    native(
        "_current_frames()",
        "Return a dict mapping each thread's thread id to its current stack frame.",
        current_frames,
    ),
    native(
        "_clear_type_descriptors(type, /)",
        "Private function for clearing certain descriptors from a type's dictionary",
        clear_type_descriptors,
    ),
    native("_debugmallocstats()", "Print debug info to stderr about the state of the allocator.", nothing),
    native("_get_cpu_count_config()", "Return the number of CPUs as set by -X cpu_count, or -1.", cpu_count),
    native("_getframe(depth=0, /)", "Return a frame object from the call stack.", getframe),
    native("_getframemodulename(depth=0)", "Return the name of the module for a calling frame.", getframemodulename),
    native("_is_gil_enabled()", "Return True if the GIL is currently enabled.", yes),
    native("_is_immortal(op, /)", "Return True if the given object is immortal.", is_immortal),
    native("_is_interned(string, /)", "Return True if the given string is interned.", is_interned),
    native("activate_stack_trampoline(backend, /)", "Activate stack profiler trampoline.", no_trampoline),
    native("addaudithook(hook)", "Adds a new audit hook callback.", hooks::addaudithook),
    native("audit(event, /, *args)", "Passes the event to any hooks that are attached.", hooks::audit_call),
    native(
        "breakpointhook(*args, **kws)",
        "This hook function is called by built-in breakpoint().",
        hooks::breakpointhook,
    ),
    native("call_tracing(func, args, /)", "Call func(*args), while tracing is enabled.", call_tracing),
    native("deactivate_stack_trampoline()", "Deactivate the current stack profiler trampoline backend.", nothing),
    native(
        "displayhook(object, /)",
        "Print an object to sys.stdout and also save it in builtins._",
        hooks::displayhook,
    ),
    native("exc_info()", "Return current exception information: (type, value, traceback).", exc_info),
    native(
        "excepthook(exctype, value, traceback, /)",
        "Handle an exception by displaying it with a traceback on sys.stderr.",
        hooks::excepthook,
    ),
    native("exception()", "Return the current exception.", exception),
    native("exit(status=None, /)", "Exit the interpreter by raising SystemExit(status).", exit),
    native("get_asyncgen_hooks()", "Return the installed asynchronous generators hooks.", hooks::get_asyncgen_hooks),
    native(
        "get_coroutine_origin_tracking_depth()",
        "Check status of origin tracking for coroutine objects in this thread.",
        hooks::get_origin_depth,
    ),
    native(
        "get_int_max_str_digits()",
        "Return the maximum string digits limit for non-binary int<->str conversions.",
        limits::get_int_max_str_digits,
    ),
    native("getallocatedblocks()", "Return the number of memory blocks currently allocated.", zero),
    native("getdefaultencoding()", "Return the current default encoding used by the Unicode implementation.", utf8),
    native(
        "getfilesystemencodeerrors()",
        "Return the error mode used for Unicode to OS filename conversion.",
        surrogateescape,
    ),
    native("getfilesystemencoding()", "Return the encoding used to convert Unicode filenames to OS filenames.", utf8),
    native("getprofile()", "Return the profiling function set with sys.setprofile.", hooks::getprofile),
    native("getrecursionlimit()", "Return the current value of the recursion limit.", limits::getrecursionlimit),
    native("getrefcount(object, /)", "Return the reference count of object.", getrefcount),
    native("getsizeof(object, default=None)", "Return the size of object in bytes.", getsizeof),
    #[cfg(windows)]
    native(
        "getwindowsversion()",
        "Return info about the running version of Windows as a named tuple.",
        windows::version,
    ),
    native("getswitchinterval()", "Return the current thread switch interval.", limits::getswitchinterval),
    native("gettrace()", "Return the global debug tracing function set with sys.settrace.", hooks::gettrace),
    native(
        "getunicodeinternedsize(*, _only_immortal=False)",
        "Return the number of elements of the unicode interned dictionary",
        zero,
    ),
    native("intern(string, /)", "``Intern'' the given string.", intern),
    native("is_finalizing()", "Return True if Python is exiting.", is_finalizing),
    native("is_remote_debug_enabled()", "Return True if remote debugging is enabled.", no),
    native("is_stack_trampoline_active()", "Return *True* if a stack profiler trampoline is active.", no),
    native(
        "set_asyncgen_hooks(firstiter=None, finalizer=None)",
        "Set a finalizer for async generators objects.",
        hooks::set_asyncgen_hooks,
    ),
    native(
        "set_coroutine_origin_tracking_depth(depth)",
        "Enable or disable origin tracking for coroutine objects in this thread.",
        hooks::set_origin_depth,
    ),
    native(
        "set_int_max_str_digits(maxdigits)",
        "Set the maximum string digits limit for non-binary int<->str conversions.",
        limits::set_int_max_str_digits,
    ),
    native("setprofile(function, /)", "Set the profiling function.", hooks::setprofile),
    native(
        "setrecursionlimit(limit, /)",
        "Set the maximum depth of the Python interpreter stack to n.",
        limits::setrecursionlimit,
    ),
    native(
        "setswitchinterval(interval, /)",
        "Set the ideal thread switching delay inside the Python interpreter.",
        limits::setswitchinterval,
    ),
    native(
        "_setprofileallthreads(function, /)",
        "Set the profiling function in all running threads belonging to the current interpreter.",
        hooks::setprofile_everywhere,
    ),
    native(
        "_settraceallthreads(function, /)",
        "Set the global debug tracing function in all running threads belonging to the current interpreter.",
        hooks::settrace_everywhere,
    ),
    native("settrace(function, /)", "Set the global debug tracing function.", hooks::settrace),
    native("unraisablehook(unraisable, /)", "Handle an unraisable exception.", hooks::unraisablehook),
];

fn nothing(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}
fn yes(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::TRUE)
}
fn no(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::FALSE)
}
fn zero(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(0))
}
fn cpu_count(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(-1))
}
fn utf8(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.intern("utf-8").into_value())
}
fn surrogateescape(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.intern("surrogateescape").into_value())
}
fn no_trampoline(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.value_error("perf trampoline not available"))
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = match args.opt_not_none(0) {
        None => vec![],
        Some(v) => match v.downcast::<PyTuple>() {
            Some(t) => t.as_slice().to_vec(),
            None => vec![v.clone()],
        },
    };
    let e = vm.call(&SYSTEM_EXIT.as_value(), &list)?;
    Err(freeze_runtime::vm::Raised::from_value(vm, e))
}

fn exc_info(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let e = vm.handled_value();
    if e.is_none() {
        return Ok(PyTuple::new(vec![Value::NONE; 3]).into_value());
    }
    let tb = vm.get_attr(&e, &vm.names().__traceback__)?;
    Ok(PyTuple::new(vec![e.class().as_value(), e, tb]).into_value())
}

fn exception(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.handled_value())
}

fn frame_at(vm: &Vm, depth: i64) -> PyResult<Ref<PyFrame>> {
    usize::try_from(depth.max(0))
        .ok()
        .and_then(|d| PyFrame::at_depth(vm, d))
        .ok_or_else(|| vm.value_error("call stack is not deep enough"))
}

fn getframe(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let frame = frame_at(vm, args.opt_i64(vm, 0, 0)?)?.into_value();
    audit(vm, "sys._getframe", std::slice::from_ref(&frame))?;
    Ok(frame)
}

fn getframemodulename(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let depth = args.opt_i64(vm, 0, 0)?.max(0) as usize;
    Ok(match PyFrame::at_depth(vm, depth) {
        Some(f) => Value::or_none(f.globals().get_str(&vm.names().__name__)),
        None => Value::NONE,
    })
}

fn current_frames(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let mut found = Vec::new();
    vm.each_thread(|other| found.extend(PyFrame::at_depth(other, 0).map(|f| (other.ident, f))));
    let d = PyDict::new_ref();
    for (ident, f) in found {
        d.set(vm, &freeze_runtime::types::int::from_big(ident.into()), f.into_value())?;
    }
    Ok(d.into_value())
}

fn current_exceptions(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let d = PyDict::new_ref();
    d.set(vm, &freeze_runtime::types::int::from_big(vm.ident.into()), vm.handled_value())?;
    Ok(d.into_value())
}

fn is_interned(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.str(vm, 0)?.is_interned()))
}

fn is_immortal(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(!args.get(0).is_ptr()))
}

fn intern(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    match v.downcast_ref::<PyStr>() {
        Some(s) if v.is_exact(&freeze_runtime::types::str::STR) => {
            Ok(freeze_runtime::object::string::intern_ref(&s).into_value())
        }
        Some(_) => Err(vm.type_error(format!("can't intern {}", v.class().name()))),
        None => Err(args.wrong(vm, 0, "str")),
    }
}

fn getrefcount(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    // Immediates count as immortal objects do under CPython.
    Ok(Value::small(if v.is_ptr() { i64::from(v.refcount()) } else { 0xFFFF_FFFF }))
}

fn getsizeof(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let r = match vm.lookup_special(v, &vm.names().__sizeof__)? {
        Some(m) => m.call(vm, &[]).and_then(|r| vm.index(&r)),
        None => Err(vm.type_error(format!("Type {} doesn't define __sizeof__", v.class().name()))),
    };
    match (r, args.opt(1)) {
        (Ok(n), _) if freeze_runtime::types::int::is_negative(&n) => {
            Err(vm.value_error("__sizeof__() should return >= 0"))
        }
        (Ok(n), _) => Ok(n),
        (Err(e), Some(d)) if e.is(&freeze_runtime::types::exception::TYPE_ERROR) => Ok(d.clone()),
        (Err(e), _) => Err(e),
    }
}

fn call_tracing(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = vm.to_vec(args.get(1))?;
    vm.call_traced(args.get(0), &list)
}

fn is_finalizing(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(vm.runtime().finalizing.get()))
}

/// A list of text.
pub(crate) fn text_list(vm: &Vm, items: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    PyList::new(items.into_iter().map(|s| vm.str(s.as_ref())).collect()).into_value()
}

/// A list of texts that may hold surrogates.
fn wtf8_list(items: &[Vec<u8>]) -> Value {
    PyList::new(items.iter().map(|s| PyStr::new(s).into_value()).collect()).into_value()
}

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    let config = vm.runtime().config.borrow().clone();
    d.set_text("modules", vm.runtime().modules.value());
    d.set_text("argv", wtf8_list(&config.argv));
    d.set_text("orig_argv", wtf8_list(&config.orig_argv));
    d.set_text("executable", PyStr::new(&config.executable).into_value());
    let base = if config.base_executable.is_empty() { &config.executable } else { &config.base_executable };
    d.set_text("_base_executable", PyStr::new(base).into_value());
    d.set_text("path", wtf8_list(&config.path));
    d.set_text(
        "meta_path",
        PyList::new(vec![
            freeze_runtime::import::finders::BUILTIN_IMPORTER.as_value(),
            freeze_runtime::import::finders::FROZEN_IMPORTER.as_value(),
        ])
        .into_value(),
    );
    d.set_text("path_hooks", PyList::new(vec![]).into_value());
    d.set_text("path_importer_cache", PyDict::new_ref().into_value());
    d.set_text("dont_write_bytecode", Value::bool(config.dont_write_bytecode));
    d.set_text("pycache_prefix", config.pycache_prefix.as_ref().map_or(Value::NONE, |p| vm.str(p)));
    d.set_text("warnoptions", text_list(vm, &config.warnings));
    let x = PyDict::new_ref();
    for o in &config.x_options {
        match o.split_once('=') {
            Some((k, v)) => x.set_text(k, vm.str(v)),
            None => x.set_text(o, Value::TRUE),
        }
    }
    d.set_text("_xoptions", x.into_value());
    if config.frozen {
        d.set_text("frozen", Value::TRUE);
    }
    if config.frozen
        && let Some(s) = vm.module_source()
    {
        d.set_text("_MEIPASS", vm.str(s.root()));
    }
    info::fill(vm, d, &config)?;
    limits::fill(vm, d)?;
    hooks::fill(vm, d)?;
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "sys",
    doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
    functions: FUNCTIONS,
    init: Some(init),
};
