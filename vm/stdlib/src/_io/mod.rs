//! `_io`: streams of bytes and text. Library code reaches it through `io`.

mod base;
mod buffered;
mod bytesio;
pub(crate) mod fileio;
mod newline;
mod rwpair;
mod stringio;
mod text;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::{TYPE, ready};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, ModuleDef, NativeDef, Value, Vm, native, raw};

/// The size of buffers where the file names none.
pub(crate) const DEFAULT_BUFFER_SIZE: usize = 8192;

/// Where `io.UnsupportedOperation` is kept.
const UNSUPPORTED: &str = "io.UnsupportedOperation";

/// Whether `v` is a text stream whose writes need no method call.
pub(crate) fn is_native_text(v: &Value) -> bool {
    text::native_writer(v).is_some()
}

/// Writes text to a stream for which [`is_native_text`] holds.
pub(crate) fn write_text(vm: &Vm, v: &Value, data: &[u8]) -> PyResult<()> {
    match text::native_writer(v) {
        Some(t) => t.put(vm, data),
        None => Err(vm.type_error("not a text stream")),
    }
}

/// A standard stream over a descriptor.
pub(crate) fn standard_stream(
    vm: &Vm,
    fd: i32,
    name: &str,
    errors: &str,
    line_buffered: bool,
    unbuffered: bool,
) -> Value {
    let write = fd != 0;
    let raw = fileio::of_fd(vm, fd, write, name);
    let class = if write { &buffered::BUFFERED_WRITER } else { &buffered::BUFFERED_READER };
    // Half a chunk of the text stream: its chunks go straight through, and nothing is left behind when that fails.
    let b = buffered::create(class, raw, DEFAULT_BUFFER_SIZE / 2);
    let v = text::create_utf8(vm, b, errors, line_buffered || unbuffered, unbuffered);
    freeze_runtime::object::instance::set(&v, &vm.names().mode, vm.str(if write { "w" } else { "r" }));
    v
}

static OPEN: NativeDef = native(
    "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
    "Open file and return a stream.  Raise OSError upon failure.",
    open,
);

/// `open(…)` with a call's arguments.
pub(crate) fn open_call(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    OPEN.invoke(vm, call)
}

fn open(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let file = args.get(0);
    let file = if freeze_runtime::types::int::is_int(file) { file.clone() } else { vm.fspath(file)? };
    let mode = match args.opt_str(vm, 1)? {
        Some(m) => m.to_lossy().into_owned(),
        None => "r".to_owned(),
    };
    let buffering = args.opt_i64(vm, 2, -1)?;
    let encoding = args.opt_not_none(3);
    let errors = args.opt_not_none(4);
    for (i, what, v) in [(3, "encoding", encoding), (4, "errors", errors)] {
        if let Some(v) = v
            && !v.has_layout::<PyStr>()
        {
            let _ = i;
            return Err(
                vm.type_error(format!("open() argument '{what}' must be str or None, not {}", v.class().name()))
            );
        }
    }
    let newline = args.opt_not_none(5);
    let (mut create, mut read, mut write, mut append, mut update, mut is_text, mut binary) =
        (false, false, false, false, false, false, false);
    for c in mode.chars() {
        let flag = match c {
            'x' => &mut create,
            'r' => &mut read,
            'w' => &mut write,
            'a' => &mut append,
            '+' => &mut update,
            't' => &mut is_text,
            'b' => &mut binary,
            _ => return Err(vm.value_error(format!("invalid mode: '{mode}'"))),
        };
        if std::mem::replace(flag, true) {
            return Err(vm.value_error(format!("invalid mode: '{mode}'")));
        }
    }
    if is_text && binary {
        return Err(vm.value_error("can't have text and binary mode at once"));
    }
    if [create, read, write, append].iter().filter(|b| **b).count() != 1 {
        return Err(vm.value_error("must have exactly one of create/read/write/append mode"));
    }
    if binary {
        for (what, v) in [("encoding", encoding), ("errors", errors), ("newline", newline)] {
            if v.is_some() {
                let verb = if what == "errors" {
                    "an errors"
                } else if what == "newline" {
                    "a newline"
                } else {
                    "an encoding"
                };
                return Err(vm.value_error(format!("binary mode doesn't take {verb} argument")));
            }
        }
        if buffering == 1 {
            vm.warn_named(
                "RuntimeWarning",
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
                1,
            )?;
        }
    }
    let mut raw_mode = String::new();
    for (on, c) in [(create, 'x'), (read, 'r'), (write, 'w'), (append, 'a'), (update, '+')] {
        if on {
            raw_mode.push(c);
        }
    }
    let mut raw_args = vec![file, vm.str(&raw_mode), args.opt(6).cloned().unwrap_or(Value::TRUE)];
    if let Some(o) = args.opt_not_none(7) {
        raw_args.push(o.clone());
    }
    let raw = vm.call(&fileio::FILE_IO.as_value(), &raw_args)?;
    let made = wrap(
        vm,
        &raw,
        &mode,
        Wrap { buffering, binary, update, write: create || write || append, encoding, errors, newline },
    );
    if made.is_err() {
        // The descriptor must not outlive the failure; the first error is the one to tell.
        drop(vm.call_method_name(&raw, &vm.names().close, &[]));
    }
    made
}

struct Wrap<'a> {
    buffering: i64,
    binary: bool,
    update: bool,
    write: bool,
    encoding: Option<&'a Value>,
    errors: Option<&'a Value>,
    newline: Option<&'a Value>,
}

/// Puts buffer and text layers around a raw file.
fn wrap(vm: &Vm, raw: &Value, mode: &str, w: Wrap<'_>) -> PyResult<Value> {
    let Some(f) = raw.downcast::<fileio::PyFileIO>() else { return Err(vm.type_error("FileIO() gave no file")) };
    let fd = f.fd.get();
    let tty = w.buffering < 0 && fd >= 0 && freeze_runtime::os::files::isatty(fd);
    let line_buffering = w.buffering == 1 || tty;
    let size = match w.buffering {
        1 | ..0 => f.blksize.get().clamp(8192, 8 << 20),
        0 => {
            if !w.binary {
                return Err(vm.value_error("can't have unbuffered text I/O"));
            }
            return Ok(raw.clone());
        }
        n => n as usize,
    };
    let class = if w.update {
        if !f.can_seek() {
            return Err(base::unsupported(vm, "File or stream is not seekable."));
        }
        &buffered::BUFFERED_RANDOM
    } else if w.write {
        &buffered::BUFFERED_WRITER
    } else {
        &buffered::BUFFERED_READER
    };
    let buffer = buffered::create(class, raw.clone(), size);
    if w.binary {
        return Ok(buffer);
    }
    let text = vm.call(
        &text::TEXT_IO_WRAPPER.as_value(),
        &[
            buffer.clone(),
            Value::or_none(w.encoding.cloned()),
            Value::or_none(w.errors.cloned()),
            Value::or_none(w.newline.cloned()),
            Value::bool(line_buffering),
        ],
    );
    let text = match text {
        Ok(t) => t,
        Err(e) => {
            // What keeps the file from being wrapped matters more than what happens in closing it.
            let _ = vm.call_method_name(&buffer, &vm.names().close, &[]);
            return Err(e);
        }
    };
    freeze_runtime::object::instance::set(&text, &vm.names().mode, vm.str(mode));
    Ok(text)
}

fn open_code(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if !args.get(0).has_layout::<PyStr>() {
        return Err(args.wrong(vm, 0, "str"));
    }
    open_call(vm, CallArgs::pos(&[args.get(0).clone(), vm.str("rb")]))
}

fn text_encoding(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match args.opt_not_none(0) {
        Some(e) => Ok(e.clone()),
        None if vm.runtime().config.borrow().utf8_mode == Some(false) => Ok(vm.str("locale")),
        None => Ok(vm.str("utf-8")),
    }
}

static FUNCTIONS: &[NativeDef] = &[
    raw(
        "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        "Open file and return a stream.  Raise OSError upon failure.",
        open_call,
    ),
    native("open_code(path)", "Opens the provided file with the intent to import the contents.", open_code),
    native("text_encoding(encoding, stacklevel=2, /)", "A helper function to choose the text encoding.", text_encoding),
];

/// The class of console streams under CPython, which programs look for. Ours are plain files over the console's handles, so that
/// nothing is an instance of it.
#[cfg(windows)]
fn console_class(vm: &Vm) -> PyResult<Value> {
    let bases = PyTuple::new(vec![base::RAW_IOBASE.as_value()]).into_value();
    let namespace = PyDict::new_ref();
    namespace.set_text("__module__", vm.str("_io"));
    vm.call(&TYPE.as_value(), &[vm.str("_WindowsConsoleIO"), bases, namespace.into_value()])
}

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for t in [
        &base::IOBASE,
        &base::RAW_IOBASE,
        &base::BUFFERED_IOBASE,
        &base::TEXT_IOBASE,
        &fileio::FILE_IO,
        &bytesio::BYTES_IO,
        &stringio::STRING_IO,
        &buffered::BUFFERED_READER,
        &buffered::BUFFERED_WRITER,
        &buffered::BUFFERED_RANDOM,
        &rwpair::BUFFERED_RWPAIR,
        &text::TEXT_IO_WRAPPER,
        &newline::NEWLINE_DECODER,
    ] {
        ready(vm, t);
        d.set_text(t.name(), t.as_value());
    }
    #[cfg(windows)]
    d.set_text("_WindowsConsoleIO", console_class(vm)?);
    ready(vm, &bytesio::BYTES_IO_BUFFER);
    d.set_text("_BytesIOBuffer", bytesio::BYTES_IO_BUFFER.as_value());
    d.set_text("DEFAULT_BUFFER_SIZE", Value::usize(DEFAULT_BUFFER_SIZE));
    d.set_text("BlockingIOError", Value::or_none(vm.runtime().builtins.get_text("BlockingIOError")));
    let bases = PyTuple::new(vec![exc::OS_ERROR.as_value(), exc::VALUE_ERROR.as_value()]);
    let ns = PyDict::new_ref();
    ns.set_text("__module__", vm.str("io"));
    let class = vm.call(&TYPE.as_value(), &[vm.str("UnsupportedOperation"), bases.into_value(), ns.into_value()])?;
    vm.runtime().slots.borrow_mut().insert(UNSUPPORTED, class.clone());
    d.set_text("UnsupportedOperation", class);
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling.",
    functions: FUNCTIONS,
    init: Some(init),
};
