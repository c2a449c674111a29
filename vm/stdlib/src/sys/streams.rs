//! The standard streams, and writing to them when nothing else is left.

use std::io::Write as _;

use freeze_runtime::types::traceback;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{CallArgs, Value, Vm};

/// Makes `sys.stdin`, `sys.stdout` and `sys.stderr`, without any Python code.
pub(crate) fn install(vm: &Vm) -> PyResult<()> {
    let sys = &vm.runtime().sys;
    let unbuffered = vm.runtime().config.borrow().unbuffered;
    let lax = if says_nothing_of_encodings() { "surrogateescape" } else { "strict" };
    for (fd, name, shown, errors) in
        [(0, "stdin", "<stdin>", lax), (1, "stdout", "<stdout>", lax), (2, "stderr", "<stderr>", "backslashreplace")]
    {
        let stream = if freeze_runtime::os::files::fstat(fd).is_err() {
            Value::NONE
        } else {
            let tty = freeze_runtime::os::files::isatty(fd);
            crate::_io::standard_stream(vm, fd, shown, errors, tty || fd == 2, unbuffered && fd != 0)
        };
        sys.set_text(name, stream.clone());
        sys.set_text(&format!("__{name}__"), stream);
    }
    Ok(())
}

/// `PYTHONIOENCODING`: called when the library can be imported, which has the codecs.
pub(crate) fn apply_io_encoding(vm: &Vm) -> PyResult<()> {
    let Some(wanted) = vm.runtime().config.borrow().io_encoding.clone() else { return Ok(()) };
    let (encoding, errors) = wanted.split_once(':').unwrap_or((&wanted, ""));
    let encoding = if encoding.is_empty() { Value::NONE } else { vm.str(encoding) };
    let errors = match (errors, encoding.is_none()) {
        ("", true) => return Ok(()),
        ("", false) => "strict",
        (errors, _) => errors,
    };
    for name in ["stdin", "stdout", "stderr"] {
        let Some(stream) = vm.runtime().sys.get_text(name).filter(|stream| !stream.is_none()) else { continue };
        let errors = vm.str(if name == "stderr" { "backslashreplace" } else { errors });
        let reconfigure = vm.get_attr_str(&stream, "reconfigure")?;
        let names = [vm.str("encoding"), vm.str("errors")];
        vm.call_args(&reconfigure, CallArgs { args: &[encoding.clone(), errors], names: &names })?;
    }
    Ok(())
}

/// Writes an object's text to `sys.stderr`, in that stream's own way with what it cannot encode.
pub(crate) fn write_stderr_object(vm: &Vm, value: &Value) -> PyResult<()> {
    let text = vm.to_str(value)?;
    let written = match vm.runtime().sys.get_text("stderr").filter(|stream| !stream.is_none()) {
        Some(stream) => vm.call_method(&stream, "write", &[text.value()]).is_ok(),
        None => false,
    };
    if written {
        write_stderr(vm, "\n")
    } else {
        write_stderr(vm, &format!("{}\n", text.to_lossy()))
    }
    Ok(())
}

/// Whether the locale is the plain one (or one that it is coerced to): bytes that are no UTF-8 then pass through.
fn says_nothing_of_encodings() -> bool {
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
    matches!(locale.as_str(), "" | "C" | "POSIX" | "C.UTF-8" | "C.utf8" | "UTF-8")
}

/// Writes to `sys.stderr`, or to the descriptor where there is none. Failures have nobody to be told to.
pub(crate) fn write_stderr(vm: &Vm, text: &str) {
    if vm.write_stderr(text).is_err() {
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// The text that the library's `traceback` makes of an exception, where the program has that.
fn library_text(vm: &Vm, e: &Raised) -> PyResult<String> {
    let module = freeze_runtime::import::import_path(vm, "traceback")?;
    vm.register_typed_source()?;
    let lines = vm.call_method(&module, "format_exception", &[e.value()])?;
    let mut out = String::new();
    for line in vm.to_vec(&lines)? {
        out.push_str(&vm.to_str(&line)?.to_lossy());
    }
    Ok(out)
}

/// Prints an exception with its traceback.
pub(crate) fn print_exception(vm: &Vm, e: &Raised) {
    if traceback::wants_library(vm, e.exception())
        && let Ok(text) = library_text(vm, e)
    {
        write_stderr(vm, &text);
        return;
    }
    match traceback::format_exception(vm, e.exception()) {
        Ok(text) => write_stderr(vm, &text),
        Err(_) => write_stderr(vm, &format!("{}\n", e.exception().class().name())),
    }
}

/// Flushes a standard stream; false when that failed.
pub(crate) fn flush(vm: &Vm, name: &str) -> bool {
    let Some(s) = vm.runtime().sys.get_text(name).filter(|s| !s.is_none()) else { return true };
    match vm.get_attr_str(&s, "closed").and_then(|c| vm.is_true(&c)) {
        Ok(true) => return true,
        Ok(false) => {}
        Err(_) => {}
    }
    match vm.call_method_name(&s, &vm.names().flush, &[]) {
        Ok(_) => true,
        Err(e) => {
            if name == "stdout" {
                vm.report_unraisable(e, Some("Exception ignored on flushing sys.stdout"), None);
            }
            false
        }
    }
}
