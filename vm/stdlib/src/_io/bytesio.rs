//! `BytesIO`.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Layout, Slots, instance};
use freeze_runtime::types::buffer::{self, Buffer, BufferAccess};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::base;

/// The payload of `BytesIO`.
pub(crate) struct PyBytesIO {
    data: RefCell<Vec<u8>>,
    at: Cell<usize>,
    closed: Cell<bool>,
    exports: Cell<usize>,
}

impl Payload for PyBytesIO {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyBytesIO>();
        &L
    }
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let b =
        PyBytesIO { data: RefCell::new(Vec::new()), at: Cell::new(0), closed: Cell::new(false), exports: Cell::new(0) };
    Ok(freeze_runtime::object::header::new_object_of(class, b))
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = native("BytesIO(self, initial_bytes=b'')", "", |vm, args| {
        let b = args.payload::<PyBytesIO>();
        b.resizable(vm)?;
        let data = match args.opt_not_none(1) {
            Some(v) => buffer::to_vec(vm, v)?,
            None => vec![],
        };
        *b.data.borrow_mut() = data;
        b.at.set(0);
        Ok(Value::NONE)
    });
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

impl PyBytesIO {
    fn check(&self, vm: &Vm) -> PyResult<()> {
        if self.closed.get() { Err(base::closed_error(vm)) } else { Ok(()) }
    }

    fn resizable(&self, vm: &Vm) -> PyResult<()> {
        if self.exports.get() > 0 {
            Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"))
        } else {
            Ok(())
        }
    }

    /// Takes up to `n` bytes from the position on.
    fn take(&self, n: usize) -> Vec<u8> {
        let d = self.data.borrow();
        let at = self.at.get().min(d.len());
        let end = at.saturating_add(n).min(d.len());
        if end > at {
            self.at.set(end);
        }
        d[at..end].to_vec()
    }

    fn line(&self, limit: isize) -> Vec<u8> {
        let n = {
            let d = self.data.borrow();
            let at = self.at.get().min(d.len());
            let rest = &d[at..];
            memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1)
        };
        self.take(if limit >= 0 { n.min(limit as usize) } else { n })
    }

    fn put(&self, vm: &Vm, bytes: &[u8]) -> PyResult<()> {
        let mut d = self.data.borrow_mut();
        let at = self.at.get();
        let missing = at.saturating_add(bytes.len()).saturating_sub(d.len());
        vm.grow(&mut d, missing)?;
        if at > d.len() {
            d.resize(at, 0);
        }
        let overlap = bytes.len().min(d.len() - at);
        d[at..at + overlap].copy_from_slice(&bytes[..overlap]);
        d.extend_from_slice(&bytes[overlap..]);
        self.at.set(at + bytes.len());
        Ok(())
    }
}

fn this(v: &Value) -> &PyBytesIO {
    v.downcast::<PyBytesIO>().expect("slots of a type see its instances")
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    let n = base::size_arg(vm, &args, 1)?;
    b.check(vm)?;
    Ok(PyBytes::from_vec(b.take(if n < 0 { usize::MAX } else { n as usize })).into_value())
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    let n = base::size_arg(vm, &args, 1)?;
    b.check(vm)?;
    Ok(PyBytes::from_vec(b.line(n)).into_value())
}

fn readlines(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    let hint = base::size_arg(vm, &args, 1)?;
    b.check(vm)?;
    let (mut out, mut total) = (Vec::new(), 0);
    loop {
        let l = b.line(-1);
        if l.is_empty() {
            break;
        }
        total += l.len();
        out.push(PyBytes::from_vec(l).into_value());
        if hint > 0 && total >= hint as usize {
            break;
        }
    }
    Ok(freeze_runtime::types::list::PyList::new(out).into_value())
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let b = this(v);
    b.check(vm)?;
    let l = b.line(-1);
    Ok((!l.is_empty()).then(|| PyBytes::from_vec(l).into_value()))
}

fn readinto(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    let target = buffer::get_writable(vm, args.get(1))?;
    let data = b.take(target.len);
    target.with_mut(|t| t[..data.len()].copy_from_slice(&data));
    Ok(Value::usize(data.len()))
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    b.resizable(vm)?;
    let data = buffer::to_vec(vm, args.get(1))?;
    b.check(vm)?;
    if !data.is_empty() {
        b.put(vm, &data)?;
    }
    Ok(Value::usize(data.len()))
}

fn writelines(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    vm.for_each(args.get(1), |line| {
        let data = buffer::to_vec(vm, &line)?;
        b.resizable(vm)?;
        b.put(vm, &data)?;
        Ok(true)
    })?;
    Ok(Value::NONE)
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    let offset = vm.to_isize(args.get(1))?;
    let base = match args.opt_i64(vm, 2, 0)? {
        0 if offset < 0 => return Err(vm.value_error(format!("negative seek value {offset}"))),
        0 => 0,
        1 => b.at.get() as isize,
        2 => b.data.borrow().len() as isize,
        w => return Err(vm.value_error(format!("invalid whence ({w}, should be 0, 1 or 2)"))),
    };
    let Some(to) = base.checked_add(offset) else { return Err(vm.overflow_error("new position too large")) };
    b.at.set(to.max(0) as usize);
    Ok(Value::usize(b.at.get()))
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    Ok(Value::usize(b.at.get()))
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    b.resizable(vm)?;
    let n = match args.opt_not_none(1) {
        Some(v) => vm.to_isize(v)?,
        None => b.at.get() as isize,
    };
    if n < 0 {
        return Err(vm.value_error(format!("negative size value {n}")));
    }
    b.data.borrow_mut().truncate(n as usize);
    Ok(Value::int(n as i64))
}

fn getvalue(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    Ok(PyBytes::new(&b.data.borrow()).into_value())
}

fn getbuffer(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    let exporter = Ref::new(&BYTES_IO_BUFFER, PyBytesIOBuffer { source: args.this().clone() });
    Ok(freeze_runtime::types::memoryview::PyMemoryView::of(vm, exporter.as_value())?.into_value())
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.resizable(vm)?;
    b.closed.set(true);
    b.data.borrow_mut().clear();
    Ok(Value::NONE)
}

fn yes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyBytesIO>().check(vm)?;
    Ok(Value::TRUE)
}

fn no(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyBytesIO>().check(vm)?;
    Ok(Value::FALSE)
}

fn nothing(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyBytesIO>().check(vm)?;
    Ok(Value::NONE)
}

fn getstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    let d = instance::dict(args.this()).filter(|d| !d.is_empty()).map_or(Value::NONE, |d| d.copy().into_value());
    Ok(PyTuple::new(vec![PyBytes::new(&b.data.borrow()).into_value(), Value::usize(b.at.get()), d]).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBytesIO>();
    b.check(vm)?;
    let state = args.get(1);
    let Some([data, at, dict]) = state.downcast::<PyTuple>().map(|t| t.as_slice()) else {
        return Err(vm.type_error(format!(
            "{}.__setstate__ argument should be 3-tuple, got {}",
            args.this().class().name(),
            state.class().name()
        )));
    };
    b.resizable(vm)?;
    let data = buffer::to_vec(vm, data)?;
    if !freeze_runtime::types::int::is_int(at) {
        return Err(vm.type_error(format!("second item of state must be an integer, got {}", at.class().name())));
    }
    let at = vm.to_isize(at)?;
    if at < 0 {
        return Err(vm.value_error("position value cannot be negative"));
    }
    *b.data.borrow_mut() = data;
    b.at.set(at as usize);
    if !dict.is_none() {
        let Some(d) = dict.downcast::<PyDict>() else {
            return Err(vm.type_error(format!("third item of state should be a dict, got a {}", dict.class().name())));
        };
        if let Some(own) = instance::dict(args.this()) {
            for (k, v) in d.items() {
                own.set(vm, &k, v)?;
            }
        }
    }
    Ok(Value::NONE)
}

fn get_closed(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).closed.get()))
}

static METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", getstate),
    native("__setstate__(self, state, /)", "", setstate),
    native("close(self, /)", "Disable all I/O operations.", close),
    native("flush(self, /)", "Does nothing.", nothing),
    native("getbuffer(self, /)", "Get a read-write view over the contents of the BytesIO object.", getbuffer),
    native("getvalue(self, /)", "Retrieve the entire contents of the BytesIO object.", getvalue),
    native("isatty(self, /)", "Always returns False.", no),
    native("read(self, size=-1, /)", "Read at most size bytes, returned as a bytes object.", read),
    native("read1(self, size=-1, /)", "Read at most size bytes, returned as a bytes object.", read),
    native("readable(self, /)", "Returns True if the IO object can be read.", yes),
    native("readinto(self, buffer, /)", "Read bytes into buffer.", readinto),
    native("readline(self, size=-1, /)", "Next line from the file, as a bytes object.", readline),
    native("readlines(self, size=None, /)", "List of bytes objects, each a line from the file.", readlines),
    native("seek(self, pos, whence=0, /)", "Change stream position.", seek),
    native("seekable(self, /)", "Returns True if the IO object can be seeked.", yes),
    native("tell(self, /)", "Current file position, an integer.", tell),
    native("truncate(self, size=None, /)", "Truncate the file to at most size bytes.", truncate),
    native("writable(self, /)", "Returns True if the IO object can be written.", yes),
    native("write(self, b, /)", "Write bytes to file.", write),
    native("writelines(self, lines, /)", "Write lines to the file.", writelines),
];

static DEF: TypeDef = TypeDef {
    name: "BytesIO",
    module: "_io",
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    base: Some(&base::BUFFERED_IOBASE),
    layout: PyBytesIO::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    getset: &[GetSet { name: "closed", doc: "True if the file is closed.", get: get_closed, set: None }],
    ..TypeDef::EMPTY
};
/// `_io.BytesIO`
pub(crate) static BYTES_IO: Type = Type::builtin(&DEF);

/// What `getbuffer` views: it keeps the stream from resizing.
pub(crate) struct PyBytesIOBuffer {
    source: Value,
}

impl Payload for PyBytesIOBuffer {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyBytesIOBuffer>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.source);
    }
}

fn source(v: &Value) -> Option<&PyBytesIO> {
    v.downcast::<PyBytesIOBuffer>()?.source.downcast::<PyBytesIO>()
}

static ACCESS: BufferAccess = BufferAccess {
    read: |v, f| {
        if let Some(b) = source(v) {
            f(&b.data.borrow());
        }
    },
    write: Some(|v, f| {
        if let Some(b) = source(v) {
            f(&mut b.data.borrow_mut());
        }
    }),
    release: |v| {
        if let Some(b) = source(v) {
            b.exports.set(b.exports.get().saturating_sub(1));
        }
    },
};

fn buffer_of(_vm: &Vm, v: &Value, _writable: bool) -> PyResult<Buffer> {
    let len = source(v).map_or(0, |b| {
        b.exports.set(b.exports.get() + 1);
        b.data.borrow().len()
    });
    Ok(Buffer::of_bytes(v.clone(), len, false, &ACCESS))
}

static BUFFER_DEF: TypeDef = TypeDef {
    name: "_BytesIOBuffer",
    module: "_io",
    layout: PyBytesIOBuffer::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { buffer: Some(buffer_of), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
/// `_io._BytesIOBuffer`
pub(crate) static BYTES_IO_BUFFER: Type = Type::builtin(&BUFFER_DEF);
