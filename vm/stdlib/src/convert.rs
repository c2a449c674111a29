//! Arguments of library functions: paths, descriptors, bytes.

use std::ffi::CString;
use std::io;

use freeze_runtime::os;
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{Str, Value, Vm};

/// The bytes of a bytes-like object.
pub(crate) fn bytes_of(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    buffer::to_vec(vm, v)
}

/// Bytes that the system gave as text: UTF-8, what is not as surrogates (PEP 383).
pub(crate) fn decode_fs(bytes: &[u8]) -> Str {
    if std::str::from_utf8(bytes).is_ok() {
        return PyStr::new(bytes);
    }
    // Windows has names with halves of characters, which are text as they are.
    if cfg!(windows) && freeze_bytecode::wtf8::is_valid(bytes) {
        return PyStr::new(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for &b in chunk.invalid() {
            freeze_runtime::object::string::push_code_point(&mut out, 0xDC00 + u32::from(b));
        }
    }
    PyStr::new(&out)
}

/// Text as the system wants it; surrogates that stand for bytes become those bytes again.
pub(crate) fn encode_fs(vm: &Vm, s: &PyStr) -> PyResult<Vec<u8>> {
    if cfg!(windows) || std::str::from_utf8(s.as_bytes()).is_ok() {
        return Ok(s.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(s.byte_len());
    for (i, c) in s.code_points().enumerate() {
        match c {
            0xDC80..=0xDCFF => out.push((c - 0xDC00) as u8),
            0xD800..=0xDFFF => {
                let args = vec![
                    vm.str("utf-8"),
                    PyStr::new(s.as_bytes()).into_value(),
                    Value::usize(i),
                    Value::usize(i + 1),
                    vm.str("surrogates not allowed"),
                ];
                let e = vm.call(&exc::UNICODE_ENCODE_ERROR.as_value(), &args)?;
                return Err(Raised::from_value(vm, e));
            }
            _ => freeze_runtime::object::string::push_code_point(&mut out, c),
        }
    }
    Ok(out)
}

/// A path argument: what was given (for messages), its bytes, and whether answers are to be bytes.
pub(crate) struct Path {
    pub(crate) given: Value,
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_bytes: bool,
}

impl Path {
    /// As a C string.
    pub(crate) fn c(&self, vm: &Vm) -> PyResult<CString> {
        CString::new(self.bytes.as_slice()).map_err(|_| vm.value_error("embedded null byte"))
    }

    /// An answer of the system in the kind of the question.
    pub(crate) fn like(&self, bytes: &[u8]) -> Value {
        if self.is_bytes { PyBytes::new(bytes).into_value() } else { decode_fs(bytes).into_value() }
    }

    /// The OSError for this path.
    pub(crate) fn error(&self, vm: &Vm, e: &io::Error) -> Raised {
        vm.os_error(e, Some(&self.given))
    }
}

/// Reads a path argument. `what` begins the error: "open: path should be …".
pub(crate) fn path(vm: &Vm, v: &Value, what: &str) -> PyResult<Path> {
    let text = match vm.fspath(v) {
        Ok(t) => t,
        Err(e) if e.is(&exc::TYPE_ERROR) && !v.has_layout::<PyStr>() => {
            // CPython's words, unless `__fspath__` itself complains.
            if vm.lookup_special(v, &vm.names().__fspath__)?.is_some() {
                return Err(e);
            }
            return Err(vm.type_error(format!(
                "{what} should be string, bytes or os.PathLike, not {}",
                vm.type_name_for_errors(v)
            )));
        }
        Err(e) => return Err(e),
    };
    let (bytes, is_bytes) = match text.downcast::<PyStr>() {
        Some(s) => (encode_fs(vm, s)?, false),
        None => (text.downcast::<PyBytes>().map_or(vec![], |b| b.as_slice().to_vec()), true),
    };
    if bytes.contains(&0) {
        return Err(vm.value_error(if is_bytes {
            "embedded null byte".to_owned()
        } else {
            format!("{}embedded null character", what.split_once(':').map_or(String::new(), |p| format!("{}: ", p.0)))
        }));
    }
    Ok(Path { given: text, bytes, is_bytes })
}

/// A path argument as text, for names in code objects and messages.
pub(crate) fn path_text(vm: &Vm, v: &Value) -> PyResult<Str> {
    if let Some(s) = v.downcast_ref::<PyStr>() {
        return Ok(s);
    }
    let p = vm.fspath(v)?;
    match p.downcast_ref::<PyStr>() {
        Some(s) => Ok(s),
        None => Ok(decode_fs(&bytes_of(vm, &p)?)),
    }
}

/// A file descriptor argument: an int, or an object with `fileno()`.
pub(crate) fn fd(vm: &Vm, v: &Value) -> PyResult<i32> {
    let n = if freeze_runtime::types::int::is_int(v) {
        if v.is_true() || v.is_false() {
            vm.warn_named("RuntimeWarning", "bool is used as a file descriptor", 1)?;
        }
        v.clone()
    } else {
        let Some(m) = vm.get_attr_opt(v, &vm.names().fileno)? else {
            return Err(vm.type_error("argument must be an int, or have a fileno() method."));
        };
        let n = vm.call0(&m)?;
        if !freeze_runtime::types::int::is_int(&n) {
            return Err(vm.type_error("fileno() returned a non-integer"));
        }
        n
    };
    let n = vm.to_i64(&n)?;
    if n < 0 {
        return Err(vm.value_error(format!("file descriptor cannot be a negative integer ({n})")));
    }
    i32::try_from(n).map_err(|_| vm.overflow_error("Python int too large to convert to C int"))
}

/// An argument that must fit a C int.
pub(crate) fn c_int(vm: &Vm, v: &Value) -> PyResult<i32> {
    let n = vm.to_i64(v)?;
    i32::try_from(n).map_err(|_| {
        vm.overflow_error(if n > 0 {
            "signed integer is greater than maximum"
        } else {
            "signed integer is less than minimum"
        })
    })
}

/// Whether a call ended because a signal came. Not by the error's kind: on Windows that knows the system's numbers only, not C's.
pub(crate) fn interrupted(e: &io::Error) -> bool {
    os::errno_of(e) == Some(os::libc::EINTR)
}

/// Runs a call that may block without the interpreter lock, again when a signal interrupted it (PEP 475).
pub(crate) fn retry<T>(vm: &Vm, mut f: impl FnMut() -> io::Result<T>) -> PyResult<io::Result<T>> {
    loop {
        match vm.allow_threads(&mut f) {
            Err(e) if interrupted(&e) => vm.check_signals()?,
            r => return Ok(r),
        }
    }
}

pub(crate) use freeze_runtime::os::os_path;

/// Calls a class of `builtins` by name.
pub(crate) fn call_builtin(vm: &Vm, name: &str, args: &[Value]) -> PyResult<Value> {
    match vm.runtime().builtins.get_text(name) {
        Some(c) => vm.call(&c, args),
        None => Err(vm.system_error(format!("builtins has no {name}"))),
    }
}

/// Whether an exception is an instance of a class of `builtins`.
pub(crate) fn is_a(vm: &Vm, e: &Raised, name: &str) -> bool {
    let class = vm.runtime().builtins.get_text(name);
    class.as_ref().and_then(|c| c.downcast::<freeze_runtime::object::TypeObject>()).is_some_and(|t| e.is(t.object()))
}
