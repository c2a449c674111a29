//! `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`: what every stream inherits, written over the methods that
//! subclasses give.

use freeze_runtime::object::{GetSet, Slots, instance};
use freeze_runtime::types::bytearray::PyByteArray;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{Args, NativeDef, Type, TypeDef, TypeFlags, Value, Vm, native};

/// `io.UnsupportedOperation`, which is made when `_io` is initialised (it has two bases).
pub(crate) fn unsupported(vm: &Vm, message: &str) -> Raised {
    let class = vm.runtime().slots.borrow().get(super::UNSUPPORTED).cloned();
    match class {
        Some(c) => match vm.call(&c, &[vm.str(message)]) {
            Ok(e) => Raised::from_value(vm, e),
            Err(e) => e,
        },
        None => vm.value_error(message),
    }
}

/// "I/O operation on closed file."
pub(crate) fn closed_error(vm: &Vm) -> Raised {
    vm.value_error("I/O operation on closed file.")
}

const CLOSED: &str = "__IOBase_closed";

/// `stream.closed`
pub(crate) fn is_closed(vm: &Vm, v: &Value) -> PyResult<bool> {
    let c = vm.get_attr_str(v, "closed")?;
    vm.is_true(&c)
}

pub(crate) fn check_closed(vm: &Vm, v: &Value) -> PyResult<()> {
    if is_closed(vm, v)? { Err(closed_error(vm)) } else { Ok(()) }
}

fn get_closed(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(instance::get(v, &vm.intern(CLOSED)).is_some()))
}

fn no_operation(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(unsupported(vm, args.name()))
}

/// What a raw stream must bring itself.
fn not_implemented(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.not_implemented_error(""))
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let file = args.this().downcast::<super::fileio::PyFileIO>();
    if instance::get(args.this(), &vm.intern(CLOSED)).is_some() || file.is_some_and(|f| f.is_closed()) {
        return Err(closed_error(vm));
    }
    Ok(Value::NONE)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let key = vm.intern(CLOSED);
    if instance::get(v, &key).is_some() {
        return Ok(Value::NONE);
    }
    let r = vm.call_method_name(v, &vm.names().flush, &[]);
    instance::set(v, &key, Value::TRUE);
    r.map(|_| Value::NONE)
}

/// Closes a stream that dies; what goes wrong has nobody to tell.
fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    match is_closed(vm, v) {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        // Half-made objects have no `closed` to ask for.
        Err(_) => return Ok(()),
    }
    // Native streams warn of the leak; their `_finalizing` attribute says that it is the collector that closes.
    vm.call_method_name(v, &vm.names().close, &[]).map(drop)
}

fn seekable(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::FALSE)
}

fn isatty(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_closed(vm, args.this())?;
    Ok(Value::FALSE)
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.call_method(args.this(), "seek", &[Value::small(0), Value::small(1)])
}

fn check_closed_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_closed(vm, args.this())?;
    Ok(Value::NONE)
}

fn check_ability(vm: &Vm, v: &Value, question: &str, message: &str) -> PyResult<Value> {
    let r = vm.call_method(v, question, &[])?;
    if r.is_true() { Ok(r) } else { Err(unsupported(vm, message)) }
}

fn check_readable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_ability(vm, args.this(), "readable", "File or stream is not readable.")
}
fn check_writable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_ability(vm, args.this(), "writable", "File or stream is not writable.")
}
fn check_seekable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_ability(vm, args.this(), "seekable", "File or stream is not seekable.")
}

pub(crate) fn enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_closed(vm, args.this())?;
    Ok(args.this().clone())
}

pub(crate) fn exit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.call_method_name(args.this(), &vm.names().close, &[])
}

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    check_closed(vm, v)?;
    Ok(v.clone())
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let line = vm.call_method_name(v, &vm.names().readline, &[])?;
    Ok(if vm.len(&line)? == 0 { None } else { Some(line) })
}

/// A size argument: None and missing mean -1.
pub(crate) fn size_arg(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<isize> {
    match args.opt_not_none(i) {
        None => Ok(-1),
        Some(v) if v.class().slots().index.is_none() => {
            Err(vm.type_error(format!("argument should be integer or None, not '{}'", v.class().name())))
        }
        Some(v) => vm.to_isize(v),
    }
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let limit = size_arg(vm, &args, 1)?;
    let peek = vm.get_attr_opt(v, &vm.intern("peek"))?;
    let mut out: Vec<u8> = Vec::new();
    while limit < 0 || (out.len() as isize) < limit {
        let mut want = 1;
        if let Some(p) = &peek {
            let ahead = vm.call(p, &[Value::small(1)])?;
            let Some(b) = ahead.downcast::<PyBytes>() else {
                return Err(vm.new_error(
                    &exc::OS_ERROR,
                    &format!("peek() should have returned a bytes object, not '{}'", ahead.class().name()),
                ));
            };
            let data = b.as_slice();
            if !data.is_empty() {
                want = data.iter().position(|&c| c == b'\n').map_or(data.len(), |i| i + 1);
                if limit >= 0 {
                    want = want.min(limit as usize - out.len());
                }
            }
        }
        let got = vm.call_method_name(v, &vm.names().read, &[Value::usize(want)])?;
        let Some(b) = got.downcast::<PyBytes>() else {
            return Err(vm.new_error(
                &exc::OS_ERROR,
                &format!("read() should have returned a bytes object, not '{}'", got.class().name()),
            ));
        };
        if b.as_slice().is_empty() {
            break;
        }
        out.extend_from_slice(b.as_slice());
        if out.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(PyBytes::from_vec(out).into_value())
}

fn readlines(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let hint = size_arg(vm, &args, 1)?;
    let mut out = Vec::new();
    let mut total = 0;
    vm.for_each(args.this(), |line| {
        total += vm.len(&line)?;
        out.push(line);
        Ok(hint <= 0 || total < hint as usize)
    })?;
    Ok(PyList::new(out).into_value())
}

fn writelines(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    check_closed(vm, args.this())?;
    let write = vm.get_attr(args.this(), &vm.names().write)?;
    vm.for_each(args.get(1), |line| vm.call(&write, &[line]).map(|_| true))?;
    Ok(Value::NONE)
}

static IOBASE_METHODS: &[NativeDef] = &[
    native("__enter__(self)", "", enter),
    native("__exit__(self, *args)", "", exit),
    native("_checkClosed(self, msg=None)", "", check_closed_method),
    native("_checkReadable(self, msg=None)", "", check_readable),
    native("_checkSeekable(self, msg=None)", "", check_seekable),
    native("_checkWritable(self, msg=None)", "", check_writable),
    native("close(self, /)", "Flush and close the IO object.", close),
    native("fileno(self, /)", "Return underlying file descriptor if one exists.", no_operation),
    native("flush(self, /)", "Flush write buffers, if applicable.", flush),
    native("isatty(self, /)", "Return whether this is an 'interactive' stream.", isatty),
    native("readable(self, /)", "Return whether object was opened for reading.", seekable),
    native("readline(self, size=-1, /)", "Read and return a line from the stream.", readline),
    native("readlines(self, hint=-1, /)", "Return a list of lines from the stream.", readlines),
    native("seek(self, offset, whence=0, /)", "Change the stream position to the given byte offset.", no_operation),
    native("seekable(self, /)", "Return whether object supports random access.", seekable),
    native("tell(self, /)", "Return current stream position.", tell),
    native("truncate(self, size=None, /)", "Truncate file to size bytes.", no_operation),
    native("writable(self, /)", "Return whether object was opened for writing.", seekable),
    native("writelines(self, lines, /)", "Write a list of lines to stream.", writelines),
];

fn iobase_new(_vm: &Vm, class: &Type, _args: freeze_runtime::CallArgs<'_>) -> PyResult<Value> {
    Ok(freeze_runtime::object::header::new_plain(class))
}

fn iobase_init(_vm: &Vm, _this: &Value, _args: freeze_runtime::CallArgs<'_>) -> PyResult<()> {
    Ok(())
}

const FLAGS: u32 = TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS;

static IOBASE_DEF: TypeDef = TypeDef {
    name: "_IOBase",
    module: "_io",
    doc: "The abstract base class for all I/O classes.",
    flags: FLAGS | TypeFlags::HAS_FINALIZER,
    slots: Slots {
        new: Some(iobase_new),
        init: Some(iobase_init),
        iter: Some(iter),
        next: Some(next),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: IOBASE_METHODS,
    getset: &[GetSet { name: "closed", doc: "", get: get_closed, set: None }],
    ..TypeDef::EMPTY
};
/// `_io._IOBase`
pub(crate) static IOBASE: Type = Type::builtin(&IOBASE_DEF);

fn raw_read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = size_arg(vm, &args, 1)?;
    if n < 0 {
        return vm.call_method(args.this(), "readall", &[]);
    }
    let buf = PyByteArray::from_vec(vec![0; n as usize]);
    let got = vm.call_method(args.this(), "readinto", &[buf.value()])?;
    if got.is_none() {
        return Ok(got);
    }
    let n = vm.to_isize(&got)?;
    if n < 0 || n as usize > buf.len() {
        return Err(vm.value_error(format!("readinto returned {n} outside buffer size {}", buf.len())));
    }
    Ok(buf.with(|b| PyBytes::new(&b[..n as usize])).into_value())
}

fn raw_readall(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut out = Vec::new();
    loop {
        let got = vm.call_method_name(args.this(), &vm.names().read, &[Value::small(8192)])?;
        if got.is_none() {
            if out.is_empty() {
                return Ok(got);
            }
            break;
        }
        let Some(b) = got.downcast::<PyBytes>() else { return Err(vm.type_error("read() should return bytes")) };
        if b.as_slice().is_empty() {
            break;
        }
        out.extend_from_slice(b.as_slice());
    }
    Ok(PyBytes::from_vec(out).into_value())
}

static RAW_METHODS: &[NativeDef] = &[
    native("read(self, size=-1, /)", "", raw_read),
    native("readall(self, /)", "Read until EOF, using multiple read() call.", raw_readall),
    native("readinto(self, buffer, /)", "", not_implemented),
    native("write(self, b, /)", "", not_implemented),
];

static RAW_DEF: TypeDef = TypeDef {
    name: "_RawIOBase",
    module: "_io",
    doc: "Base class for raw binary I/O.",
    base: Some(&IOBASE),
    flags: FLAGS | TypeFlags::HAS_FINALIZER,
    methods: RAW_METHODS,
    ..TypeDef::EMPTY
};
/// `_io._RawIOBase`
pub(crate) static RAW_IOBASE: Type = Type::builtin(&RAW_DEF);

/// `readinto` and `readinto1` over `read` and `read1`.
fn into_by(vm: &Vm, args: Args<'_>, method: &str) -> PyResult<Value> {
    let target = freeze_runtime::types::buffer::get_writable(vm, args.get(1))?;
    let got = vm.call_method(args.this(), method, &[Value::usize(target.len)])?;
    let Some(b) = got.downcast::<PyBytes>() else {
        return Err(vm.type_error(format!("{method}() should return bytes")));
    };
    let data = b.as_slice();
    if data.len() > target.len {
        return Err(vm.value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            target.len,
            data.len()
        )));
    }
    target.with_mut(|t| t[..data.len()].copy_from_slice(data));
    Ok(Value::usize(data.len()))
}

fn buffered_readinto(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    into_by(vm, args, "read")
}
fn buffered_readinto1(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    into_by(vm, args, "read1")
}

static BUFFERED_METHODS: &[NativeDef] = &[
    native("detach(self, /)", "Disconnect this buffer from its underlying raw stream and return it.", no_operation),
    native("read(self, size=-1, /)", "Read and return up to n bytes.", no_operation),
    native("read1(self, size=-1, /)", "Read and return up to size bytes.", no_operation),
    native("readinto(self, buffer, /)", "", buffered_readinto),
    native("readinto1(self, buffer, /)", "", buffered_readinto1),
    native("write(self, b, /)", "Write buffer b to the IO stream.", no_operation),
];

static BUFFERED_DEF: TypeDef = TypeDef {
    name: "_BufferedIOBase",
    module: "_io",
    doc: "Base class for buffered IO objects.",
    base: Some(&IOBASE),
    flags: FLAGS | TypeFlags::HAS_FINALIZER,
    methods: BUFFERED_METHODS,
    ..TypeDef::EMPTY
};
/// `_io._BufferedIOBase`
pub(crate) static BUFFERED_IOBASE: Type = Type::builtin(&BUFFERED_DEF);

fn none(_vm: &Vm, _v: &Value) -> PyResult<Value> {
    Ok(Value::NONE)
}

static TEXT_METHODS: &[NativeDef] = &[
    native("detach(self, /)", "Separate the underlying buffer from the TextIOBase and return it.", no_operation),
    native("read(self, size=-1, /)", "Read at most size characters from stream.", no_operation),
    native("readline(self, size=-1, /)", "Read until newline or EOF.", no_operation),
    native("write(self, s, /)", "Write string s to stream.", no_operation),
];

static TEXT_DEF: TypeDef = TypeDef {
    name: "_TextIOBase",
    module: "_io",
    doc: "Base class for text I/O.",
    base: Some(&IOBASE),
    flags: FLAGS | TypeFlags::HAS_FINALIZER,
    methods: TEXT_METHODS,
    getset: &[
        GetSet { name: "encoding", doc: "Encoding of the text stream.", get: none, set: None },
        GetSet { name: "errors", doc: "The error setting of the decoder or encoder.", get: none, set: None },
        GetSet { name: "newlines", doc: "Line endings translated so far.", get: none, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `_io._TextIOBase`
pub(crate) static TEXT_IOBASE: Type = Type::builtin(&TEXT_DEF);

/// Streams can't be pickled.
pub(crate) fn no_pickle(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' instances", args.this().class().name())))
}

/// Warns that a stream was not closed: `ResourceWarning`.
pub(crate) fn warn_leak(vm: &Vm, v: &Value) {
    if let Ok(text) = vm.repr(v)
        && let Err(e) = vm.warn_named("ResourceWarning", &format!("unclosed file {}", text.to_lossy()), 1)
    {
        vm.report_unraisable(e, None, Some(v));
    }
}
