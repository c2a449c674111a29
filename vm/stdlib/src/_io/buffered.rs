//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: one payload with a read buffer and a write buffer, of which at
//! most one holds something.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::exception as exc;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::base;
use super::fileio::{FILE_IO, PyFileIO};

/// The payload of the three buffered types.
pub(crate) struct PyBuffered {
    raw: RefCell<Value>,
    /// What has been read and not yet given out is `read[at..]`.
    read: RefCell<Vec<u8>>,
    at: Cell<usize>,
    /// What waits to be written.
    write: RefCell<Vec<u8>>,
    size: Cell<usize>,
    finalizing: Cell<bool>,
    /// A call that runs Python code (of a raw stream) is on its way.
    /// The thread that is inside.
    busy: Cell<Option<std::thread::ThreadId>>,
}

impl Payload for PyBuffered {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyBuffered>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.raw.borrow());
    }
    fn clear(&self) {
        drop(self.raw.replace(Value::NONE));
    }
}

pub(crate) fn this(v: &Value) -> &PyBuffered {
    v.downcast::<PyBuffered>().expect("slots of a type see its instances")
}

fn empty() -> PyBuffered {
    PyBuffered {
        raw: RefCell::new(Value::UNBOUND),
        read: RefCell::new(Vec::new()),
        at: Cell::new(0),
        write: RefCell::new(Vec::new()),
        size: Cell::new(super::DEFAULT_BUFFER_SIZE),
        finalizing: Cell::new(false),
        busy: Cell::new(None),
    }
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(freeze_runtime::object::header::new_object_of(class, empty()))
}

/// A buffered stream of one of the three types around a raw one.
pub(crate) fn create(class: &'static Type, raw: Value, size: usize) -> Value {
    let b = empty();
    b.raw.replace(raw);
    b.size.set(size);
    freeze_runtime::object::header::new_object_of(class, b)
}

impl PyBuffered {
    /// The raw stream; ValueError when it is not there.
    pub(crate) fn raw(&self, vm: &Vm) -> PyResult<Value> {
        let raw = self.raw.borrow().clone();
        if raw.is_unbound() {
            return Err(vm.value_error("I/O operation on uninitialized object"));
        }
        if raw.is_none() {
            return Err(vm.value_error("raw stream has been detached"));
        }
        Ok(raw)
    }

    fn native(raw: &Value) -> Option<&PyFileIO> {
        raw.downcast_exact::<PyFileIO>(&FILE_IO)
    }

    pub(crate) fn is_closed(&self, vm: &Vm) -> PyResult<bool> {
        let raw = self.raw(vm)?;
        match Self::native(&raw) {
            Some(f) => Ok(f.is_closed()),
            None => base::is_closed(vm, &raw),
        }
    }

    fn check_open(&self, vm: &Vm, what: &str) -> PyResult<Value> {
        let raw = self.raw(vm)?;
        let closed = match Self::native(&raw) {
            Some(f) => f.is_closed(),
            None => base::is_closed(vm, &raw)?,
        };
        if closed { Err(vm.value_error(format!("{what} of closed file"))) } else { Ok(raw) }
    }

    /// Warns that the collector closes the file; `source` is the stream that the program had.
    pub(crate) fn warn_leak(&self, vm: &Vm, source: &Value) {
        let raw = self.raw.borrow().clone();
        if Self::native(&raw).is_some_and(PyFileIO::owns_descriptor) {
            base::warn_leak(vm, source);
        }
    }

    fn pending(&self) -> usize {
        self.read.borrow().len() - self.at.get()
    }

    /// One thread at a time: others wait, since reading and writing let go of the interpreter's lock. A thread that comes
    /// back in (a raw stream in Python calls its buffer, a signal handler prints) is refused.
    pub(crate) fn enter<T>(&self, vm: &Vm, v: &Value, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        let me = std::thread::current().id();
        let mut pause = std::time::Duration::from_micros(20);
        while let Some(owner) = self.busy.get() {
            if owner == me {
                let text = vm.repr(v).map(|r| r.to_lossy().into_owned()).unwrap_or_default();
                return Err(vm.runtime_error(format!("reentrant call inside {text}")));
            }
            vm.allow_threads(|| std::thread::sleep(pause));
            pause = (pause * 2).min(std::time::Duration::from_millis(5));
        }
        self.busy.set(Some(me));
        let r = f();
        self.busy.set(None);
        r
    }

    /// One read of the raw stream, at most `want` bytes; `None` when it would block.
    fn raw_read(&self, vm: &Vm, raw: &Value, want: usize) -> PyResult<Option<Vec<u8>>> {
        let mut buf = vec![0; want];
        if let Some(f) = Self::native(raw) {
            if !f.readable.get() {
                return Err(base::unsupported(vm, "File not open for reading"));
            }
            return Ok(f.read_into(vm, &mut buf)?.map(|n| {
                buf.truncate(n);
                buf
            }));
        }
        let target = freeze_runtime::types::bytearray::PyByteArray::from_vec(buf);
        let view = freeze_runtime::types::memoryview::PyMemoryView::of(vm, target.as_value())?.into_value();
        let got = vm.call_method(raw, "readinto", std::slice::from_ref(&view));
        // Afterwards nobody may change the memory through the view.
        vm.call_method(&view, "release", &[])?;
        let got = got?;
        if got.is_none() {
            return Ok(None);
        }
        let n = match vm.to_isize(&got) {
            Ok(n) => n,
            Err(e) => {
                let outer = vm.new_error(&exc::OS_ERROR, "raw readinto() failed");
                return Err(vm.with_cause(outer, e.value()));
            }
        };
        if n < 0 || n as usize > want {
            return Err(vm.new_error(
                &exc::OS_ERROR,
                &format!("raw readinto() returned invalid length {n} (should have been between 0 and {want})"),
            ));
        }
        Ok(Some(target.with(|b| b[..n as usize].to_vec())))
    }

    /// Fills the read buffer with one read. `None`: would block; 0: the end.
    fn fill(&self, vm: &Vm, raw: &Value) -> PyResult<Option<usize>> {
        let got = self.raw_read(vm, raw, self.size.get())?;
        let Some(data) = got else { return Ok(None) };
        let n = data.len();
        let mut r = self.read.borrow_mut();
        let at = self.at.replace(0);
        if at >= r.len() {
            *r = data;
        } else {
            r.drain(..at);
            r.extend_from_slice(&data);
        }
        Ok(Some(n))
    }

    fn take(&self, n: usize) -> Vec<u8> {
        let mut r = self.read.borrow_mut();
        let at = self.at.get();
        let n = n.min(r.len() - at);
        if at == 0 && n == r.len() {
            return std::mem::take(&mut *r);
        }
        let out = r[at..at + n].to_vec();
        self.at.set(at + n);
        if at + n == r.len() {
            r.clear();
            self.at.set(0);
        }
        out
    }

    /// Reads to the end. `None`: nothing and would block.
    fn read_to_end(&self, vm: &Vm, raw: &Value) -> PyResult<Option<Vec<u8>>> {
        let mut out = self.take(usize::MAX);
        self.flush_write(vm, raw)?;
        if let Some(f) = Self::native(raw) {
            if !f.readable.get() {
                return Err(base::unsupported(vm, "File not open for reading"));
            }
            return Ok(match f.read_all(vm)? {
                None if out.is_empty() => None,
                None => Some(out),
                Some(rest) if out.is_empty() => Some(rest),
                Some(rest) => {
                    out.extend_from_slice(&rest);
                    Some(out)
                }
            });
        }
        if let Some(readall) = vm.get_attr_opt(raw, &vm.intern("readall"))? {
            let got = vm.call0(&readall)?;
            if got.is_none() {
                return Ok((!out.is_empty()).then_some(out));
            }
            let Some(b) = got.downcast::<PyBytes>() else {
                return Err(vm.type_error("readall() should return bytes"));
            };
            out.extend_from_slice(b.as_slice());
            return Ok(Some(out));
        }
        loop {
            let got = vm.call_method_name(raw, &vm.names().read, &[])?;
            if got.is_none() {
                return Ok((!out.is_empty()).then_some(out));
            }
            let Some(b) = got.downcast::<PyBytes>() else { return Err(vm.type_error("read() should return bytes")) };
            if b.as_slice().is_empty() {
                return Ok(Some(out));
            }
            out.extend_from_slice(b.as_slice());
        }
    }

    /// Reads exactly `n` bytes unless the end comes first. `None`: nothing and would block.
    fn read_exactly(&self, vm: &Vm, raw: &Value, n: usize) -> PyResult<Option<Vec<u8>>> {
        let mut out = self.take(n);
        if out.len() == n {
            return Ok(Some(out));
        }
        self.flush_write(vm, raw)?;
        let size = self.size.get();
        while out.len() < n {
            let left = n - out.len();
            if left >= size {
                // Whole buffers go straight through.
                match self.raw_read(vm, raw, left / size * size)? {
                    None if out.is_empty() => return Ok(None),
                    None => break,
                    Some(d) if d.is_empty() => break,
                    Some(d) => out.extend_from_slice(&d),
                }
            } else {
                match self.fill(vm, raw)? {
                    None if out.is_empty() => return Ok(None),
                    None | Some(0) => break,
                    Some(_) => out.extend_from_slice(&self.take(left)),
                }
            }
        }
        Ok(Some(out))
    }

    /// At most one raw read: what text streams read with.
    pub(crate) fn read1(&self, vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
        let raw = self.check_open(vm, "read")?;
        if self.pending() == 0 {
            self.flush_write(vm, &raw)?;
            if self.fill(vm, &raw)?.is_none() {
                return Ok(Vec::new());
            }
        }
        Ok(self.take(n))
    }

    /// At most one raw read into `n` bytes, past the buffer where that is smaller; `None` when it would block.
    fn read_once(&self, vm: &Vm, raw: &Value, n: usize) -> PyResult<Option<Vec<u8>>> {
        let mut out = self.take(n);
        if out.len() == n {
            return Ok(Some(out));
        }
        self.flush_write(vm, raw)?;
        let left = n - out.len();
        if left > self.size.get() {
            match self.raw_read(vm, raw, left)? {
                None if out.is_empty() => return Ok(None),
                more => out.extend_from_slice(&more.unwrap_or_default()),
            }
        } else if out.is_empty() {
            if self.fill(vm, raw)?.is_none() {
                return Ok(None);
            }
            out = self.take(n);
        }
        Ok(Some(out))
    }

    /// Reads everything that is left, for text streams.
    pub(crate) fn read_rest(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        let raw = self.check_open(vm, "read")?;
        Ok(self.read_to_end(vm, &raw)?.unwrap_or_default())
    }

    fn raw_write(&self, vm: &Vm, raw: &Value, data: &[u8]) -> PyResult<Option<usize>> {
        if let Some(f) = Self::native(raw) {
            if !f.writable.get() {
                return Err(base::unsupported(vm, "File not open for writing"));
            }
            return f.write_from(vm, data);
        }
        let got = vm.call_method_name(raw, &vm.names().write, &[PyBytes::new(data).into_value()])?;
        if got.is_none() {
            return Ok(None);
        }
        let n = vm.to_isize(&got)?;
        if n < 0 || n as usize > data.len() {
            return Err(vm.new_error(
                &exc::OS_ERROR,
                &format!("raw write() returned invalid length {n} (should have been between 0 and {})", data.len()),
            ));
        }
        Ok(Some(n as usize))
    }

    /// Writes out what waits.
    pub(crate) fn flush_write(&self, vm: &Vm, raw: &Value) -> PyResult<()> {
        if self.write.borrow().is_empty() {
            return Ok(());
        }
        let data = std::mem::take(&mut *self.write.borrow_mut());
        let mut done = 0;
        let result = loop {
            if done == data.len() {
                break Ok(());
            }
            match self.raw_write(vm, raw, &data[done..]) {
                Ok(Some(n)) => {
                    done += n;
                    if let Err(e) = vm.check_signals() {
                        break Err(e);
                    }
                }
                Ok(None) => break Err(would_block(vm, 0)),
                Err(e) => break Err(e),
            }
        };
        if done < data.len() {
            // What could not be written stays, in front of what came meanwhile.
            let mut w = self.write.borrow_mut();
            let mut rest = data[done..].to_vec();
            rest.append(&mut w);
            *w = rest;
        }
        result
    }

    /// Puts the raw stream where the reader believes to be, and forgets what was read ahead.
    fn drop_read_ahead(&self, vm: &Vm, raw: &Value) -> PyResult<()> {
        let n = self.pending();
        if n > 0 {
            self.raw_seek(vm, raw, -(n as i64), 1)?;
        }
        let old = std::mem::take(&mut *self.read.borrow_mut());
        drop(old);
        self.at.set(0);
        Ok(())
    }

    fn raw_seek(&self, vm: &Vm, raw: &Value, offset: i64, whence: i64) -> PyResult<i64> {
        if let Some(f) = Self::native(raw) {
            return f.seek_to(vm, offset, whence as i32);
        }
        let r = vm.call_method(raw, "seek", &[Value::int(offset), Value::int(whence)])?;
        let n = vm.to_i64(&r)?;
        if n < 0 {
            return Err(vm.new_error(&exc::OS_ERROR, &format!("Raw stream returned invalid position {n}")));
        }
        Ok(n)
    }

    fn raw_tell(&self, vm: &Vm, raw: &Value) -> PyResult<i64> {
        if let Some(f) = Self::native(raw) {
            return f.seek_to(vm, 0, 1);
        }
        let r = vm.call_method(raw, "tell", &[])?;
        let n = vm.to_i64(&r)?;
        if n < 0 {
            return Err(vm.new_error(&exc::OS_ERROR, &format!("Raw stream returned invalid position {n}")));
        }
        Ok(n)
    }

    pub(crate) fn position(&self, vm: &Vm) -> PyResult<i64> {
        let raw = self.raw(vm)?;
        let at = self.raw_tell(vm, &raw)?;
        Ok((at - self.pending() as i64 + self.write.borrow().len() as i64).max(0))
    }

    /// Takes bytes to write; flushes when the buffer is full.
    pub(crate) fn put(&self, vm: &Vm, data: &[u8]) -> PyResult<()> {
        let raw = self.check_open(vm, "write to")?;
        if self.pending() > 0 || !self.read.borrow().is_empty() {
            self.drop_read_ahead(vm, &raw)?;
        }
        let size = self.size.get();
        if self.write.borrow().len() + data.len() <= size {
            self.write.borrow_mut().extend_from_slice(data);
            return Ok(());
        }
        match self.flush_write(vm, &raw) {
            Ok(()) => {}
            Err(e) if crate::convert::is_a(vm, &e, "BlockingIOError") => {
                let room = size.saturating_sub(self.write.borrow().len());
                if data.len() <= room {
                    self.write.borrow_mut().extend_from_slice(data);
                    return Ok(());
                }
                self.write.borrow_mut().extend_from_slice(&data[..room]);
                return Err(would_block(vm, room));
            }
            Err(e) => return Err(e),
        }
        let mut rest = data;
        while rest.len() > size {
            match self.raw_write(vm, &raw, rest)? {
                Some(n) => rest = &rest[n..],
                None => {
                    self.write.borrow_mut().extend_from_slice(&rest[..size]);
                    return Err(would_block(vm, data.len() - rest.len() + size));
                }
            }
            vm.check_signals()?;
        }
        self.write.borrow_mut().extend_from_slice(rest);
        Ok(())
    }
}

/// BlockingIOError: a write would block after this many characters.
fn would_block(vm: &Vm, written: usize) -> Raised {
    let args = [
        Value::small(i64::from(freeze_runtime::os::libc::EAGAIN)),
        vm.str("write could not complete without blocking"),
        Value::usize(written),
    ];
    match crate::convert::call_builtin(vm, "BlockingIOError", &args) {
        Ok(e) => Raised::from_value(vm, e),
        Err(e) => e,
    }
}

fn raw_and_size(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let size = args.opt_i64(vm, 2, super::DEFAULT_BUFFER_SIZE as i64)?;
    Ok(freeze_runtime::types::tuple::PyTuple::new(vec![args.get(1).clone(), Value::int(size)]).into_value())
}

static INIT_READER: NativeDef = native("BufferedReader(self, raw, buffer_size=8192)", "", raw_and_size);
static INIT_WRITER: NativeDef = native("BufferedWriter(self, raw, buffer_size=8192)", "", raw_and_size);
static INIT_RANDOM: NativeDef = native("BufferedRandom(self, raw, buffer_size=8192)", "", raw_and_size);

fn init_with(
    vm: &Vm,
    v: &Value,
    call: CallArgs<'_>,
    signature: &'static NativeDef,
    needs: &[(&str, &str)],
) -> PyResult<()> {
    let all = call.prepend(v.clone());
    let bound = signature.invoke(vm, CallArgs { args: &all, names: call.names })?;
    let Some(t) = bound.downcast::<freeze_runtime::types::tuple::PyTuple>() else { return Ok(()) };
    let [raw, size] = t.as_slice() else { return Ok(()) };
    let b = this(v);
    drop(b.raw.replace(Value::UNBOUND));
    for (question, message) in needs {
        let r = vm.call_method(raw, question, &[])?;
        if !vm.is_true(&r)? {
            return Err(match *question {
                "seekable" => base::unsupported(vm, message),
                _ => base::unsupported(vm, message),
            });
        }
    }
    let size = vm.to_i64(size)?;
    if size <= 0 {
        return Err(vm.value_error("buffer size must be strictly positive"));
    }
    b.size.set(size as usize);
    b.read.borrow_mut().clear();
    b.at.set(0);
    b.write.borrow_mut().clear();
    drop(b.raw.replace(raw.clone()));
    Ok(())
}

fn init_reader(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    init_with(vm, v, call, &INIT_READER, &[("readable", "File or stream is not readable.")])
}
fn init_writer(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    init_with(vm, v, call, &INIT_WRITER, &[("writable", "File or stream is not writable.")])
}
fn init_random(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    init_with(
        vm,
        v,
        call,
        &INIT_RANDOM,
        &[
            ("seekable", "File or stream is not seekable."),
            ("readable", "File or stream is not readable."),
            ("writable", "File or stream is not writable."),
        ],
    )
}

fn bytes_or_none(v: Option<Vec<u8>>) -> Value {
    v.map_or(Value::NONE, |b| PyBytes::from_vec(b).into_value())
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let n = base::size_arg(vm, &args, 1)?;
    if n < -1 {
        return Err(vm.value_error("read length must be non-negative or -1"));
    }
    let raw = b.check_open(vm, "read")?;
    b.enter(vm, args.this(), || {
        Ok(bytes_or_none(if n == -1 { b.read_to_end(vm, &raw)? } else { b.read_exactly(vm, &raw, n as usize)? }))
    })
}

fn read1(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let n = match args.opt(1) {
        Some(v) => vm.to_isize(v)?,
        None => -1,
    };
    let n = if n < 0 { b.size.get() } else { n as usize };
    b.check_open(vm, "read")?;
    if n == 0 {
        return Ok(PyBytes::new(&[]).into_value());
    }
    b.enter(vm, args.this(), || b.read1(vm, n)).map(|v| PyBytes::from_vec(v).into_value())
}

fn into_buffer(vm: &Vm, args: Args<'_>, once: bool) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let raw = b.check_open(vm, "readinto")?;
    let target = buffer::get_writable(vm, args.get(1))?;
    let got = b.enter(vm, args.this(), || {
        if once { b.read_once(vm, &raw, target.len) } else { b.read_exactly(vm, &raw, target.len) }
    })?;
    let Some(data) = got else { return Ok(Value::NONE) };
    target.with_mut(|t| t[..data.len()].copy_from_slice(&data));
    Ok(Value::usize(data.len()))
}

fn readinto(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    into_buffer(vm, args, false)
}
fn readinto1(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    into_buffer(vm, args, true)
}

fn peek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let raw = b.check_open(vm, "peek")?;
    b.enter(vm, args.this(), || {
        if b.pending() == 0 {
            b.flush_write(vm, &raw)?;
            b.fill(vm, &raw)?;
        }
        Ok(PyBytes::new(&b.read.borrow()[b.at.get()..]).into_value())
    })
}

fn line(vm: &Vm, v: &Value, limit: isize) -> PyResult<Vec<u8>> {
    let b = this(v);
    let raw = b.check_open(vm, "readline")?;
    b.enter(vm, v, || {
        let mut out = Vec::new();
        loop {
            let room = if limit < 0 { usize::MAX } else { limit as usize - out.len() };
            if room == 0 {
                return Ok(out);
            }
            let n = {
                let r = b.read.borrow();
                let ahead = &r[b.at.get()..];
                match memchr::memchr(b'\n', ahead) {
                    Some(i) => Some((i + 1).min(room)),
                    None if ahead.len() >= room => Some(room),
                    None => None,
                }
            };
            match n {
                Some(n) if out.is_empty() => return Ok(b.take(n)),
                Some(n) => {
                    out.extend_from_slice(&b.take(n));
                    return Ok(out);
                }
                None => out.extend_from_slice(&b.take(room)),
            }
            b.flush_write(vm, &raw)?;
            if !matches!(b.fill(vm, &raw)?, Some(1..)) {
                return Ok(out);
            }
        }
    })
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let limit = base::size_arg(vm, &args, 1)?;
    line(vm, args.this(), limit).map(|l| PyBytes::from_vec(l).into_value())
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let l = line(vm, v, -1)?;
    Ok((!l.is_empty()).then(|| PyBytes::from_vec(l).into_value()))
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let v = args.get(1);
    if v.has_layout::<freeze_runtime::types::str::PyStr>() {
        return Err(vm.type_error("a bytes-like object is required, not 'str'"));
    }
    b.check_open(vm, "write to")?;
    let data = buffer::to_vec(vm, v)?;
    b.enter(vm, args.this(), || b.put(vm, &data))?;
    Ok(Value::usize(data.len()))
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let raw = b.check_open(vm, "flush")?;
    b.enter(vm, args.this(), || {
        b.flush_write(vm, &raw)?;
        if PyBuffered::native(&raw).is_none() {
            vm.call_method_name(&raw, &vm.names().flush, &[])?;
        }
        Ok(())
    })?;
    Ok(Value::NONE)
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let whence = args.opt_i64(vm, 2, 0)?;
    if !(0..=4).contains(&whence) {
        return Err(vm.value_error(format!("whence value {whence} unsupported")));
    }
    let raw = b.check_open(vm, "seek")?;
    let can = match PyBuffered::native(&raw) {
        Some(f) => f.can_seek(),
        None => {
            let r = vm.call_method(&raw, "seekable", &[])?;
            vm.is_true(&r)?
        }
    };
    if !can {
        return Err(base::unsupported(vm, "File or stream is not seekable."));
    }
    let mut offset = args.i64(vm, 1)?;
    b.enter(vm, args.this(), || {
        b.flush_write(vm, &raw)?;
        let ahead = b.pending() as i64;
        if whence == 0 && ahead > 0 {
            // Within what is buffered nothing needs to be read again.
            let here = b.raw_tell(vm, &raw)?;
            let start = here - b.read.borrow().len() as i64;
            if (start..=here).contains(&offset) {
                b.at.set((offset - start) as usize);
                return Ok(Value::int(offset));
            }
        }
        if whence == 1 {
            offset -= ahead;
        }
        let to = b.raw_seek(vm, &raw, offset, whence)?;
        b.read.borrow_mut().clear();
        b.at.set(0);
        Ok(Value::int(to))
    })
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    b.enter(vm, args.this(), || b.position(vm)).map(Value::int)
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let raw = b.check_open(vm, "truncate")?;
    let can = vm.call_method(args.this(), "writable", &[])?;
    if !vm.is_true(&can)? {
        return Err(base::unsupported(vm, "truncate"));
    }
    b.flush_write(vm, &raw)?;
    let size = match args.opt_not_none(1) {
        Some(s) => s.clone(),
        None => Value::int(b.position(vm)?),
    };
    b.drop_read_ahead(vm, &raw)?;
    vm.call_method(&raw, "truncate", &[size])
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let b = args.payload::<PyBuffered>();
    let raw = b.raw(vm)?;
    if b.is_closed(vm)? {
        return Ok(Value::NONE);
    }
    if b.finalizing.get() {
        b.warn_leak(vm, v);
    }
    let flushed = vm.call_method_name(v, &vm.names().flush, &[]);
    let closed = vm.call_method_name(&raw, &vm.names().close, &[]);
    b.read.borrow_mut().clear();
    b.at.set(0);
    b.write.borrow_mut().clear();
    match (flushed, closed) {
        (Err(e), Err(later)) => {
            drop(later.exception().context.replace(e.value()));
            Err(later)
        }
        (Err(e), _) => Err(e),
        (_, r) => r,
    }
}

fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let b = this(v);
    if b.raw.borrow().is_unbound() || b.raw.borrow().is_none() || b.is_closed(vm).unwrap_or(true) {
        return Ok(());
    }
    b.finalizing.set(true);
    vm.call_method_name(v, &vm.names().close, &[]).map(drop)
}

fn detach(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyBuffered>();
    let raw = b.raw(vm)?;
    vm.call_method_name(args.this(), &vm.names().flush, &[])?;
    drop(b.raw.replace(Value::NONE));
    Ok(raw)
}

macro_rules! delegates {
    ($($name:ident = $text:literal;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            let raw = args.payload::<PyBuffered>().raw(vm)?;
            vm.call_method(&raw, $text, &[])
        }
    )*};
}
delegates! {
    fileno = "fileno";
    isatty = "isatty";
    readable = "readable";
    writable = "writable";
    seekable = "seekable";
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let class = v.class();
    let module = vm.get_attr(&class.as_value(), &vm.names().__module__)?;
    let module =
        module.downcast::<freeze_runtime::types::str::PyStr>().map_or(String::new(), |s| s.to_lossy().into_owned());
    let name = if this(v).raw(vm).is_ok() { vm.get_attr_opt(v, &vm.names().name).ok().flatten() } else { None };
    Ok(match name {
        None => vm.str(&format!("<{module}.{}>", class.name())),
        Some(n) => match vm.guard_repr(v, || vm.repr(&n))? {
            Some(r) => vm.str(&format!("<{module}.{} name={}>", class.name(), r.to_lossy())),
            None => return Err(vm.runtime_error(format!("reentrant call inside {module}.{}.__repr__", class.name()))),
        },
    })
}

fn get_raw(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let raw = this(v).raw.borrow().clone();
    Ok(if raw.is_unbound() { Value::NONE } else { raw })
}
fn get_closed(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).is_closed(vm).map(Value::bool)
}
fn get_name(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.get_attr(&this(v).raw(vm)?, &vm.names().name)
}
fn get_mode(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.get_attr(&this(v).raw(vm)?, &vm.names().mode)
}
fn get_finalizing(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).finalizing.get()))
}
fn set_finalizing(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let b = vm.is_true(&Value::or_none(new))?;
    this(v).finalizing.set(b);
    Ok(())
}

static GETSET: &[GetSet] = &[
    GetSet { name: "_finalizing", doc: "", get: get_finalizing, set: Some(set_finalizing) },
    GetSet { name: "closed", doc: "", get: get_closed, set: None },
    GetSet { name: "mode", doc: "", get: get_mode, set: None },
    GetSet { name: "name", doc: "", get: get_name, set: None },
    GetSet { name: "raw", doc: "", get: get_raw, set: None },
];

const FLAGS: u32 =
    TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS | TypeFlags::HAS_FINALIZER;

static READER_METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", base::no_pickle),
    native("close(self, /)", "", close),
    native("detach(self, /)", "", detach),
    native("fileno(self, /)", "", fileno),
    native("flush(self, /)", "", flush),
    native("isatty(self, /)", "", isatty),
    native("peek(self, size=0, /)", "", peek),
    native("read(self, size=-1, /)", "", read),
    native("read1(self, size=-1, /)", "", read1),
    native("readable(self, /)", "", readable),
    native("readinto(self, buffer, /)", "", readinto),
    native("readinto1(self, buffer, /)", "", readinto1),
    native("readline(self, size=-1, /)", "", readline),
    native("seek(self, target, whence=0, /)", "", seek),
    native("seekable(self, /)", "", seekable),
    native("tell(self, /)", "", tell),
    native("truncate(self, pos=None, /)", "", truncate),
];

static READER_DEF: TypeDef = TypeDef {
    name: "BufferedReader",
    module: "_io",
    doc: "Create a new buffered reader using the given readable raw IO object.",
    base: Some(&base::BUFFERED_IOBASE),
    layout: PyBuffered::layout,
    flags: FLAGS,
    slots: Slots {
        new: Some(new),
        init: Some(init_reader),
        repr: Some(repr),
        next: Some(next),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: READER_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `_io.BufferedReader`
pub(crate) static BUFFERED_READER: Type = Type::builtin(&READER_DEF);

static WRITER_METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", base::no_pickle),
    native("close(self, /)", "", close),
    native("detach(self, /)", "", detach),
    native("fileno(self, /)", "", fileno),
    native("flush(self, /)", "", flush),
    native("isatty(self, /)", "", isatty),
    native("seek(self, target, whence=0, /)", "", seek),
    native("seekable(self, /)", "", seekable),
    native("tell(self, /)", "", tell),
    native("truncate(self, pos=None, /)", "", truncate),
    native("writable(self, /)", "", writable),
    native("write(self, buffer, /)", "", write),
];

static WRITER_DEF: TypeDef = TypeDef {
    name: "BufferedWriter",
    module: "_io",
    doc: "A buffer for a writeable sequential RawIO object.",
    base: Some(&base::BUFFERED_IOBASE),
    layout: PyBuffered::layout,
    flags: FLAGS,
    slots: Slots {
        new: Some(new),
        init: Some(init_writer),
        repr: Some(repr),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: WRITER_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `_io.BufferedWriter`
pub(crate) static BUFFERED_WRITER: Type = Type::builtin(&WRITER_DEF);

static RANDOM_METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", base::no_pickle),
    native("close(self, /)", "", close),
    native("detach(self, /)", "", detach),
    native("fileno(self, /)", "", fileno),
    native("flush(self, /)", "", flush),
    native("isatty(self, /)", "", isatty),
    native("peek(self, size=0, /)", "", peek),
    native("read(self, size=-1, /)", "", read),
    native("read1(self, size=-1, /)", "", read1),
    native("readable(self, /)", "", readable),
    native("readinto(self, buffer, /)", "", readinto),
    native("readinto1(self, buffer, /)", "", readinto1),
    native("readline(self, size=-1, /)", "", readline),
    native("seek(self, target, whence=0, /)", "", seek),
    native("seekable(self, /)", "", seekable),
    native("tell(self, /)", "", tell),
    native("truncate(self, pos=None, /)", "", truncate),
    native("writable(self, /)", "", writable),
    native("write(self, buffer, /)", "", write),
];

static RANDOM_DEF: TypeDef = TypeDef {
    name: "BufferedRandom",
    module: "_io",
    doc: "A buffered interface to random access streams.",
    base: Some(&base::BUFFERED_IOBASE),
    layout: PyBuffered::layout,
    flags: FLAGS,
    slots: Slots {
        new: Some(new),
        init: Some(init_random),
        repr: Some(repr),
        next: Some(next),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: RANDOM_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `_io.BufferedRandom`
pub(crate) static BUFFERED_RANDOM: Type = Type::builtin(&RANDOM_DEF);
