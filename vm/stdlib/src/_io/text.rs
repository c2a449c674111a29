//! `TextIOWrapper`: text over a buffered stream. UTF-8, ASCII and Latin-1 are decoded and encoded here; other encodings
//! go through their codec objects.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::str::codec::{self, Encoding};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, Str, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::base;
use super::buffered::PyBuffered;

/// How much is read at once.
const CHUNK: usize = 8192;

/// The payload of `TextIOWrapper`.
pub(crate) struct PyTextIO {
    buffer: RefCell<Value>,
    encoding: RefCell<Value>,
    errors: RefCell<Value>,
    /// Decodes and encodes natively.
    codec: Cell<Option<Encoding>>,
    /// Objects of the codec, where it is not native.
    encoder: RefCell<Value>,
    decoder: RefCell<Value>,
    /// Universal newlines: `\r` and `\r\n` end lines.
    universal: Cell<bool>,
    /// They are also turned into `\n`.
    translate: Cell<bool>,
    /// The line end to look for, where it is not `\n` or universal.
    read_end: RefCell<Option<Vec<u8>>>,
    /// What `\n` is written as, if not itself.
    write_end: RefCell<Option<&'static str>>,
    /// What the buffer said it can do.
    readable: Cell<bool>,
    writable: Cell<bool>,
    /// `_CHUNK_SIZE`: bytes to read at once, and to collect before they are written.
    chunk_size: Cell<usize>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    /// Decoded text; `text[at..]` has not been given out.
    text: RefCell<Vec<u8>>,
    at: Cell<usize>,
    /// Bytes of an incomplete character.
    tail: RefCell<Vec<u8>>,
    /// A `\r` was the last character read; a `\n` that follows belongs to it.
    pending_cr: Cell<bool>,
    /// Kinds of line ends seen: 1 `\r`, 2 `\n`, 4 `\r\n`.
    seen: Cell<u8>,
    /// The bytes that `text` was decoded from, and the state in front of them: for `tell`.
    chunk: RefCell<Vec<u8>>,
    chunk_cr: Cell<bool>,
    chunk_state: RefCell<Value>,
    at_end: Cell<bool>,
    /// Encoded text that waits to be given to the buffer.
    pending: RefCell<Vec<u8>>,
    finalizing: Cell<bool>,
    telling: Cell<bool>,
    /// The byte order mark of a UTF-16/32 file has been written.
    started: Cell<bool>,
}

impl Payload for PyTextIO {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTextIO>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for c in [&self.buffer, &self.encoding, &self.errors, &self.encoder, &self.decoder, &self.chunk_state] {
            visit(&c.borrow());
        }
    }
    fn clear(&self) {
        let old = [&self.buffer, &self.encoder, &self.decoder, &self.chunk_state].map(|c| c.replace(Value::NONE));
        drop(old);
    }
}

fn this(v: &Value) -> &PyTextIO {
    v.downcast::<PyTextIO>().expect("slots of a type see its instances")
}

fn empty() -> PyTextIO {
    let none = || RefCell::new(Value::NONE);
    PyTextIO {
        buffer: RefCell::new(Value::UNBOUND),
        encoding: none(),
        errors: none(),
        codec: Cell::new(Some(Encoding::Utf8)),
        encoder: none(),
        decoder: none(),
        universal: Cell::new(true),
        translate: Cell::new(true),
        read_end: RefCell::new(None),
        write_end: RefCell::new(None),
        readable: Cell::new(false),
        writable: Cell::new(false),
        chunk_size: Cell::new(CHUNK),
        line_buffering: Cell::new(false),
        write_through: Cell::new(false),
        text: RefCell::new(Vec::new()),
        at: Cell::new(0),
        tail: RefCell::new(Vec::new()),
        pending_cr: Cell::new(false),
        seen: Cell::new(0),
        chunk: RefCell::new(Vec::new()),
        chunk_cr: Cell::new(false),
        chunk_state: none(),
        at_end: Cell::new(false),
        pending: RefCell::new(Vec::new()),
        finalizing: Cell::new(false),
        telling: Cell::new(true),
        started: Cell::new(false),
    }
}

/// A UTF-8 text stream over a buffered one, for the standard streams and `open`.
pub(crate) fn create_utf8(vm: &Vm, buffer: Value, errors: &str, line_buffering: bool, write_through: bool) -> Value {
    let t = empty();
    let (readable, writable) = native_abilities(&buffer);
    t.readable.set(readable);
    t.writable.set(writable);
    t.buffer.replace(buffer);
    t.encoding.replace(vm.intern("utf-8").into_value());
    t.errors.replace(vm.intern(errors).into_value());
    t.line_buffering.set(line_buffering);
    t.write_through.set(write_through);
    // As `open` has it on Windows; elsewhere nothing is translated, not even what comes in.
    t.set_newline(if cfg!(windows) { None } else { Some("\n") });
    freeze_runtime::object::header::new_object_of(&TEXT_IO_WRAPPER, t)
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(freeze_runtime::object::header::new_object_of(class, empty()))
}

/// Encodings that text streams handle themselves: those without state between characters.
fn stateless(name: &str) -> Option<Encoding> {
    Encoding::from_name(name).filter(|e| matches!(e, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1))
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = native(
        "TextIOWrapper(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
        "",
        |vm, args| {
            setup(vm, args)?;
            Ok(Value::NONE)
        },
    );
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

/// The `newline` argument, checked.
pub(crate) fn newline_arg(vm: &Vm, v: Option<&Value>) -> PyResult<Option<String>> {
    let Some(v) = v else { return Ok(None) };
    let Some(s) = v.downcast::<PyStr>() else {
        return Err(
            vm.type_error(format!("TextIOWrapper() argument 'newline' must be str or None, not {}", v.class().name()))
        );
    };
    match s.as_bytes() {
        b"" | b"\n" | b"\r" | b"\r\n" => Ok(Some(s.to_lossy().into_owned())),
        _ => Err(vm.value_error(format!("illegal newline value: {}", s.to_lossy()))),
    }
}

impl PyTextIO {
    fn set_newline(&self, newline: Option<&str>) {
        self.universal.set(matches!(newline, None | Some("")));
        self.translate.set(newline.is_none());
        *self.read_end.borrow_mut() = newline.filter(|n| !n.is_empty() && *n != "\n").map(|n| n.as_bytes().to_vec());
        *self.write_end.borrow_mut() = match newline {
            Some("\r") => Some("\r"),
            Some("\r\n") => Some("\r\n"),
            None if cfg!(windows) => Some("\r\n"),
            _ => None,
        };
    }

    fn set_codec(&self, vm: &Vm, encoding: &str, errors: &Value) -> PyResult<()> {
        let native = stateless(encoding);
        self.codec.set(native);
        if native.is_some() {
            drop(self.encoder.replace(Value::NONE));
            drop(self.decoder.replace(Value::NONE));
            return Ok(());
        }
        let info = codec::lookup(vm, encoding)?;
        let text = vm.get_attr_opt(&info, &vm.intern("_is_text_encoding"))?;
        if let Some(t) = text
            && !vm.is_true(&t)?
        {
            return Err(vm.lookup_error(format!(
                "'{encoding}' is not a text encoding; use codecs.open() to handle arbitrary codecs"
            )));
        }
        let decoder = vm.call_method(&info, "incrementaldecoder", std::slice::from_ref(errors))?;
        let encoder = vm.call_method(&info, "incrementalencoder", std::slice::from_ref(errors))?;
        drop(self.decoder.replace(decoder));
        drop(self.encoder.replace(encoder));
        Ok(())
    }

    /// The buffer; ValueError when it is not there.
    fn buffer(&self, vm: &Vm) -> PyResult<Value> {
        let b = self.buffer.borrow().clone();
        if b.is_unbound() {
            return Err(vm.value_error("I/O operation on uninitialized object"));
        }
        if b.is_none() {
            return Err(vm.value_error("underlying buffer has been detached"));
        }
        Ok(b)
    }

    fn open_buffer(&self, vm: &Vm) -> PyResult<Value> {
        let b = self.buffer(vm)?;
        let closed = match native_buffer(&b) {
            Some(n) => n.is_closed(vm)?,
            None => base::is_closed(vm, &b)?,
        };
        if closed { Err(base::closed_error(vm)) } else { Ok(b) }
    }

    fn errors_str(&self) -> Option<Str> {
        self.errors.borrow().downcast_ref::<PyStr>()
    }

    fn encode(&self, vm: &Vm, text: &Value) -> PyResult<Vec<u8>> {
        let Some(s) = text.downcast_ref::<PyStr>() else { return Err(vm.type_error("write() argument must be str")) };
        match self.codec.get() {
            Some(Encoding::Utf8) if std::str::from_utf8(s.as_bytes()).is_ok() => Ok(s.as_bytes().to_vec()),
            Some(e) => codec::encode_with(vm, &s, e, self.errors_str().as_ref()),
            None => {
                let encoder = self.encoder.borrow().clone();
                let b = vm.call_method(&encoder, "encode", std::slice::from_ref(text))?;
                crate::convert::bytes_of(vm, &b)
            }
        }
    }

    /// Writes text (WTF-8), translating line ends.
    pub(crate) fn put(&self, vm: &Vm, text: &[u8]) -> PyResult<()> {
        let b = self.open_buffer(vm)?;
        if !self.writable.get() {
            return Err(base::unsupported(vm, "not writable"));
        }
        let has_newline = memchr::memchr2(b'\n', b'\r', text).is_some();
        let end = *self.write_end.borrow();
        let mut data = if self.codec.get() == Some(Encoding::Utf8)
            && (end.is_none() || !has_newline)
            && std::str::from_utf8(text).is_ok()
        {
            text.to_vec()
        } else {
            let text = match end {
                Some(end) if has_newline => {
                    let mut out = Vec::with_capacity(text.len() + 16);
                    for &c in text {
                        if c == b'\n' { out.extend_from_slice(end.as_bytes()) } else { out.push(c) }
                    }
                    out
                }
                _ => text.to_vec(),
            };
            self.encode(vm, PyStr::new(&text).as_value())?
        };
        self.started.set(true);
        let flush = self.line_buffering.get() && has_newline;
        let through = self.write_through.get();
        let limit = self.chunk_size.get();
        let waiting = self.pending.borrow().len();
        if waiting > 0 && waiting + data.len() > limit {
            // Not more than a chunk is put together.
            self.write_pending(vm, &b)?;
        }
        let full = {
            let mut p = self.pending.borrow_mut();
            if p.is_empty() {
                *p = std::mem::take(&mut data);
            } else {
                p.extend_from_slice(&data);
            }
            p.len() >= limit
        };
        if full || flush || through {
            self.write_pending(vm, &b)?;
        }
        if flush {
            flush_buffer(vm, &b)?;
        }
        // What was read ahead can still be given out; where it came from is no longer known.
        if !self.chunk.borrow().is_empty() || !self.tail.borrow().is_empty() {
            self.chunk.borrow_mut().clear();
            self.tail.borrow_mut().clear();
            self.pending_cr.set(false);
            reset_decoder(vm, self)?;
        }
        Ok(())
    }

    fn write_pending(&self, vm: &Vm, buffer: &Value) -> PyResult<()> {
        let data = std::mem::take(&mut *self.pending.borrow_mut());
        if data.is_empty() {
            return Ok(());
        }
        match native_buffer(buffer) {
            Some(n) => n.enter(vm, buffer, || n.put(vm, &data)),
            None => {
                let bytes = PyBytes::from_vec(data).into_value();
                vm.call_method_name(buffer, &vm.names().write, &[bytes]).map(drop)
            }
        }
    }

    /// Appending to a file that has begun: no second byte order mark.
    fn continue_encoder(&self, vm: &Vm, buffer: &Value) -> PyResult<()> {
        if self.codec.get().is_some() || !self.writable.get() || !vm.call_method(buffer, "seekable", &[])?.is_true() {
            return Ok(());
        }
        let at = vm.call_method(buffer, "tell", &[])?;
        if vm.to_i64(&at)? != 0 {
            let e = self.encoder.borrow().clone();
            if vm.has_attr(&e, &vm.intern("setstate"))? {
                vm.call_method(&e, "setstate", &[Value::small(0)])?;
            }
        }
        Ok(())
    }

    fn forget_read(&self) {
        self.text.borrow_mut().clear();
        self.at.set(0);
        self.chunk.borrow_mut().clear();
        self.tail.borrow_mut().clear();
        self.pending_cr.set(false);
        self.at_end.set(false);
    }

    /// Decodes bytes to text, line ends translated.
    fn decode(&self, vm: &Vm, data: &[u8], last: bool) -> PyResult<Vec<u8>> {
        let mut text = match self.codec.get() {
            Some(e) => {
                let joined;
                let data = if self.tail.borrow().is_empty() {
                    data
                } else {
                    let mut t = std::mem::take(&mut *self.tail.borrow_mut());
                    t.extend_from_slice(data);
                    joined = t;
                    &joined
                };
                let (text, used) = codec::decode_with(vm, data, e, self.errors_str().as_ref(), last)?;
                if used < data.len() {
                    *self.tail.borrow_mut() = data[used..].to_vec();
                }
                text
            }
            None => {
                let d = self.decoder.borrow().clone();
                let r = vm.call_method(&d, "decode", &[PyBytes::new(data).into_value(), Value::bool(last)])?;
                match r.downcast::<PyStr>() {
                    Some(s) => s.as_bytes().to_vec(),
                    None => {
                        return Err(
                            vm.type_error(format!("decoder should return a string result, not '{}'", r.class().name()))
                        );
                    }
                }
            }
        };
        if self.universal.get() {
            text = super::newline::translate(text, &self.pending_cr, &self.seen, self.translate.get(), last);
        }
        Ok(text)
    }

    /// Reads and decodes one more chunk; false at the end of the file.
    fn fill(&self, vm: &Vm, buffer: &Value) -> PyResult<bool> {
        let state = match self.codec.get() {
            Some(_) => Value::NONE,
            None if self.telling.get() => {
                let d = self.decoder.borrow().clone();
                vm.call_method(&d, "getstate", &[])?
            }
            None => Value::NONE,
        };
        let data = match native_buffer(buffer) {
            Some(n) => n.enter(vm, buffer, || n.read1(vm, self.chunk_size.get()))?,
            None => {
                let name = if vm.has_attr(buffer, &vm.intern("read1"))? { "read1" } else { "read" };
                let r = vm.call_method(buffer, name, &[Value::usize(self.chunk_size.get())])?;
                if r.class().slots().buffer.is_none() {
                    return Err(vm.type_error(format!(
                        "underlying {name}() should have returned a bytes-like object, not '{}'",
                        r.class().name()
                    )));
                }
                crate::convert::bytes_of(vm, &r)?
            }
        };
        let end = data.is_empty();
        let carry = self.tail.borrow().clone();
        let cr = self.pending_cr.get();
        let text = self.decode(vm, &data, end)?;
        let more = !end || !text.is_empty();
        let mut t = self.text.borrow_mut();
        let at = self.at.get();
        if at >= t.len() {
            *t = text;
            self.at.set(0);
            let mut c = self.chunk.borrow_mut();
            *c = carry;
            c.extend_from_slice(&data);
            self.chunk_cr.set(cr);
            drop(self.chunk_state.replace(state));
        } else {
            t.extend_from_slice(&text);
            self.chunk.borrow_mut().extend_from_slice(&data);
        }
        Ok(more)
    }

    /// Takes `n` bytes of decoded text.
    fn take(&self, n: usize) -> Str {
        let mut t = self.text.borrow_mut();
        let at = self.at.get();
        let s = PyStr::new(&t[at..at + n]);
        self.at.set(at + n);
        if at + n == t.len() && !self.telling.get() {
            t.clear();
            self.at.set(0);
        }
        s
    }

    /// A line, at most `limit` characters.
    fn line(&self, vm: &Vm, limit: isize) -> PyResult<Str> {
        let b = self.open_buffer(vm)?;
        self.write_pending(vm, &b)?;
        let mut searched = 0;
        loop {
            let found = {
                let t = self.text.borrow();
                let ahead = &t[self.at.get()..];
                self.line_end(ahead, searched)
            };
            let (end, complete) = match found {
                Some(n) => (n, true),
                None => (self.text.borrow().len() - self.at.get(), false),
            };
            if limit >= 0 {
                let t = self.text.borrow();
                let ahead = &t[self.at.get()..self.at.get() + end];
                if let Some(cut) = bytes_of_chars(ahead, limit as usize) {
                    drop(t);
                    return Ok(self.take(cut));
                }
            }
            if complete {
                return Ok(self.take(end));
            }
            // A two-byte line end may be split.
            searched = end.saturating_sub(1);
            if !self.fill(vm, &b)? {
                let n = self.text.borrow().len() - self.at.get();
                return Ok(self.take(n));
            }
        }
    }

    /// Where the first line of `text` ends, the search starting at `from`.
    fn line_end(&self, text: &[u8], from: usize) -> Option<usize> {
        if let Some(end) = &*self.read_end.borrow() {
            return memchr::memmem::find(&text[from..], end).map(|i| from + i + end.len());
        }
        if self.universal.get() && !self.translate.get() {
            let i = from + memchr::memchr2(b'\n', b'\r', &text[from..])?;
            if text[i] == b'\n' {
                return Some(i + 1);
            }
            return match text.get(i + 1) {
                Some(b'\n') => Some(i + 2),
                Some(_) => Some(i + 1),
                // The decoder holds back a last `\r`, so this one stands alone.
                None => Some(i + 1),
            };
        }
        memchr::memchr(b'\n', &text[from..]).map(|i| from + i + 1)
    }
}

/// How many bytes `n` characters take; `None` if there are fewer (or exactly as many, and more may follow).
fn bytes_of_chars(text: &[u8], n: usize) -> Option<usize> {
    if text.len() < n {
        return None;
    }
    let (mut at, mut left) = (0, n);
    while left > 0 {
        if at >= text.len() {
            return None;
        }
        at += freeze_runtime::object::string::char_width(text[at]);
        left -= 1;
    }
    Some(at)
}

/// Whether a native buffer reads and writes.
fn native_abilities(b: &Value) -> (bool, bool) {
    let class = b.class();
    (!std::ptr::eq(class, &super::buffered::BUFFERED_WRITER), !std::ptr::eq(class, &super::buffered::BUFFERED_READER))
}

fn native_buffer(b: &Value) -> Option<&PyBuffered> {
    let n = b.downcast::<PyBuffered>()?;
    // Subclasses may have methods of their own.
    (!b.class().is_heap()).then_some(n)
}

fn flush_buffer(vm: &Vm, b: &Value) -> PyResult<()> {
    vm.call_method_name(b, &vm.names().flush, &[]).map(drop)
}

fn setup(vm: &Vm, args: Args<'_>) -> PyResult<()> {
    let t = args.payload::<PyTextIO>();
    drop(t.buffer.replace(Value::UNBOUND));
    let buffer = args.get(1).clone();
    let newline = newline_arg(vm, args.opt_not_none(4))?;
    let encoding = match args.opt_not_none(2) {
        Some(v) => {
            let Some(s) = v.downcast_ref::<PyStr>() else { return Err(args.wrong(vm, 2, "str or None")) };
            if s.as_bytes().contains(&0) {
                return Err(vm.value_error("embedded null character"));
            }
            // Names of encodings have no lone surrogates.
            codec::encode(vm, &s, None, None)?;
            if s.as_bytes() == b"locale" { vm.intern("utf-8") } else { s }
        }
        None => vm.intern("utf-8"),
    };
    let errors = match args.opt_not_none(3) {
        Some(v) if !v.has_layout::<PyStr>() => {
            return Err(vm.type_error(format!(
                "TextIOWrapper() argument 'errors' must be str or None, not {}",
                v.class().name()
            )));
        }
        Some(v) => v.clone(),
        None => vm.intern("strict").into_value(),
    };
    t.set_newline(newline.as_deref());
    t.set_codec(vm, &encoding.to_lossy(), &errors)?;
    drop(t.encoding.replace(encoding.into_value()));
    drop(t.errors.replace(errors));
    t.line_buffering.set(args.opt_bool(vm, 5, false)?);
    t.write_through.set(args.opt_bool(vm, 6, false)?);
    t.forget_read();
    t.seen.set(0);
    t.pending.borrow_mut().clear();
    let (readable, writable) = if native_buffer(&buffer).is_some() {
        native_abilities(&buffer)
    } else {
        // As CPython, which asks at once, so that what is no stream is refused here.
        let r = vm.call_method(&buffer, "readable", &[])?;
        let w = vm.call_method(&buffer, "writable", &[])?;
        vm.call_method(&buffer, "seekable", &[])?;
        (vm.is_true(&r)?, vm.is_true(&w)?)
    };
    t.readable.set(readable);
    t.writable.set(writable);
    t.continue_encoder(vm, &buffer)?;
    drop(t.buffer.replace(buffer));
    Ok(())
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(s) = args.get(1).downcast_ref::<PyStr>() else {
        return Err(vm.type_error(format!("write() argument must be str, not {}", args.get(1).class().name())));
    };
    args.payload::<PyTextIO>().put(vm, s.as_bytes())?;
    Ok(Value::usize(s.len()))
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTextIO>();
    let n = base::size_arg(vm, &args, 1)?;
    let b = t.open_buffer(vm)?;
    check_readable(vm, t)?;
    t.write_pending(vm, &b)?;
    if n < 0 {
        let data = match native_buffer(&b) {
            Some(x) => x.enter(vm, &b, || x.read_rest(vm))?,
            None => {
                let r = vm.call_method_name(&b, &vm.names().read, &[])?;
                if r.is_none() {
                    let e = crate::convert::call_builtin(vm, "BlockingIOError", &[vm.str("Read returned None.")])?;
                    return Err(freeze_runtime::vm::Raised::from_value(vm, e));
                }
                crate::convert::bytes_of(vm, &r)?
            }
        };
        let text = t.decode(vm, &data, true)?;
        let at = t.at.replace(0);
        let old = std::mem::take(&mut *t.text.borrow_mut());
        t.chunk.borrow_mut().clear();
        return Ok(if at >= old.len() {
            PyStr::new(&text).into_value()
        } else {
            PyStr::new(&[&old[at..], &text].concat()).into_value()
        });
    }
    loop {
        let cut = {
            let x = t.text.borrow();
            bytes_of_chars(&x[t.at.get()..], n as usize)
        };
        if let Some(cut) = cut {
            return Ok(t.take(cut).into_value());
        }
        if !t.fill(vm, &b)? {
            let left = t.text.borrow().len() - t.at.get();
            return Ok(t.take(left).into_value());
        }
    }
}

fn check_readable(vm: &Vm, t: &PyTextIO) -> PyResult<()> {
    if t.readable.get() { Ok(()) } else { Err(base::unsupported(vm, "not readable")) }
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTextIO>();
    let limit = base::size_arg(vm, &args, 1)?;
    t.open_buffer(vm)?;
    check_readable(vm, t)?;
    t.line(vm, limit).map(Str::into_value)
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let t = this(v);
    t.telling.set(false);
    let line = if v.class().is_heap() {
        vm.call_method_name(v, &vm.names().readline, &[])?
    } else {
        t.open_buffer(vm)?;
        check_readable(vm, t)?;
        t.line(vm, -1)?.into_value()
    };
    let Some(s) = line.downcast::<PyStr>() else {
        return Err(vm.new_error(
            &freeze_runtime::types::exception::OS_ERROR,
            &format!("readline() should have returned a str object, not '{}'", line.class().name()),
        ));
    };
    if s.is_empty() {
        t.telling.set(true);
        return Ok(None);
    }
    Ok(Some(line))
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTextIO>();
    let b = t.open_buffer(vm)?;
    t.telling.set(true);
    t.write_pending(vm, &b)?;
    flush_buffer(vm, &b)?;
    Ok(Value::NONE)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let t = args.payload::<PyTextIO>();
    let b = t.buffer(vm)?;
    let closed = match native_buffer(&b) {
        Some(n) => n.is_closed(vm)?,
        None => base::is_closed(vm, &b)?,
    };
    if closed {
        return Ok(Value::NONE);
    }
    if t.finalizing.get()
        && let Some(n) = native_buffer(&b)
    {
        n.warn_leak(vm, v);
    }
    let flushed = vm.call_method_name(v, &vm.names().flush, &[]);
    let done = vm.call_method_name(&b, &vm.names().close, &[]);
    match (flushed, done) {
        (Err(e), Err(later)) => {
            drop(later.exception().context.replace(e.value()));
            Err(later)
        }
        (Err(e), _) => Err(e),
        (_, r) => r,
    }
}

fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let t = this(v);
    let b = t.buffer.borrow().clone();
    if b.is_unbound() || b.is_none() {
        return Ok(());
    }
    t.finalizing.set(true);
    vm.call_method_name(v, &vm.names().close, &[]).map(drop)
}

fn detach(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTextIO>();
    let b = t.buffer(vm)?;
    vm.call_method_name(args.this(), &vm.names().flush, &[])?;
    drop(t.buffer.replace(Value::NONE));
    Ok(b)
}

/// The position in the file that the next character comes from. For codecs with state the cookie has the state's number
/// above the position's 64 bits, as CPython's has.
fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTextIO>();
    let b = t.open_buffer(vm)?;
    let can = vm.call_method(&b, "seekable", &[])?;
    if !vm.is_true(&can)? {
        return Err(base::unsupported(vm, "underlying stream is not seekable"));
    }
    if !t.telling.get() {
        return Err(
            vm.new_error(&freeze_runtime::types::exception::OS_ERROR, "telling position disabled by next() call")
        );
    }
    t.write_pending(vm, &b)?;
    flush_buffer(vm, &b)?;
    let pos = vm.call_method(&b, "tell", &[])?;
    let at = t.at.get();
    let text = t.text.borrow().clone();
    let chunk = t.chunk.borrow().clone();
    if chunk.is_empty() {
        return Ok(pos);
    }
    let pos = vm.to_i64(&pos)?;
    let start = pos - chunk.len() as i64;
    let given = freeze_runtime::object::string::count_chars(&text[..at]);
    if at == text.len() && t.tail.borrow().is_empty() && !t.pending_cr.get() && t.codec.get().is_some() {
        return Ok(Value::int(pos));
    }
    if t.codec.get().is_some() {
        // Walk the bytes until as many characters have come out.
        let probe = empty();
        probe.codec.set(t.codec.get());
        drop(probe.errors.replace(t.errors.borrow().clone()));
        probe.universal.set(t.universal.get());
        probe.translate.set(t.translate.get());
        probe.pending_cr.set(t.chunk_cr.get());
        let mut out = 0;
        for (i, b) in chunk.iter().enumerate() {
            if out >= given && probe.tail.borrow().is_empty() && !probe.pending_cr.get() {
                return Ok(Value::int(start + i as i64));
            }
            let part = probe.decode(vm, std::slice::from_ref(b), false)?;
            out += freeze_runtime::object::string::count_chars(&part);
        }
        return Ok(Value::int(pos));
    }
    let d = t.decoder.borrow().clone();
    let saved = vm.call_method(&d, "getstate", &[])?;
    let state = t.chunk_state.borrow().clone();
    let result = (|| {
        vm.call_method(&d, "setstate", std::slice::from_ref(&state))?;
        let (mut out, mut safe) = (0, None);
        for (i, b) in chunk.iter().enumerate() {
            let now = vm.call_method(&d, "getstate", &[])?;
            if let Some(p) = now.downcast::<PyTuple>()
                && vm.len(&p.as_slice()[0])? == 0
                && out <= given
            {
                safe = Some((i, out, p.as_slice()[1].clone()));
            }
            if out >= given && safe.as_ref().is_some_and(|s| s.1 == given) {
                break;
            }
            let r = vm.call_method(&d, "decode", &[PyBytes::new(std::slice::from_ref(b)).into_value()])?;
            out += vm.len(&r)?;
        }
        if out <= given {
            let now = vm.call_method(&d, "getstate", &[])?;
            if let Some(p) = now.downcast::<PyTuple>()
                && vm.len(&p.as_slice()[0])? == 0
            {
                safe = Some((chunk.len(), out, p.as_slice()[1].clone()));
            }
        }
        Ok(safe)
    })();
    vm.call_method(&d, "setstate", &[saved])?;
    let Some((i, _, flags)) = result? else { return Ok(Value::int(start)) };
    let flags = vm.to_bigint(&flags)?;
    Ok(freeze_runtime::types::int::from_big((flags << 64) + num_bigint::BigInt::from(start + i as i64)))
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTextIO>();
    let b = t.open_buffer(vm)?;
    let whence = args.opt_i64(vm, 2, 0)?;
    let can = vm.call_method(&b, "seekable", &[])?;
    if !vm.is_true(&can)? {
        return Err(base::unsupported(vm, "underlying stream is not seekable"));
    }
    let cookie = vm.to_bigint(args.get(1))?;
    let zero = num_bigint::BigInt::from(0);
    let target = match whence {
        0 => {
            if cookie < zero {
                return Err(vm.value_error(format!("negative seek position {cookie}")));
            }
            cookie.clone()
        }
        1 => {
            if cookie != zero {
                return Err(base::unsupported(vm, "can't do nonzero cur-relative seeks"));
            }
            let at = vm.call_method(args.this(), "tell", &[])?;
            vm.to_bigint(&at)?
        }
        2 => {
            if cookie != zero {
                return Err(base::unsupported(vm, "can't do nonzero end-relative seeks"));
            }
            vm.call_method_name(args.this(), &vm.names().flush, &[])?;
            t.forget_read();
            reset_decoder(vm, t)?;
            let end = vm.call_method(&b, "seek", &[Value::small(0), Value::small(2)])?;
            t.continue_encoder(vm, &b)?;
            return Ok(end);
        }
        _ => {
            return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)")));
        }
    };
    vm.call_method_name(args.this(), &vm.names().flush, &[])?;
    let mask = (num_bigint::BigInt::from(1) << 64) - 1;
    let pos = &target & &mask;
    let flags = &target >> 64;
    vm.call_method(&b, "seek", &[freeze_runtime::types::int::from_big(pos)])?;
    t.forget_read();
    reset_decoder(vm, t)?;
    if t.codec.get().is_none() {
        if flags != zero {
            let d = t.decoder.borrow().clone();
            let state = PyTuple::new(vec![PyBytes::new(&[]).into_value(), freeze_runtime::types::int::from_big(flags)]);
            vm.call_method(&d, "setstate", &[state.into_value()])?;
        }
        let e = t.encoder.borrow().clone();
        if vm.has_attr(&e, &vm.intern("setstate"))? {
            if target == zero {
                vm.call_method(&e, "reset", &[])?;
            } else {
                vm.call_method(&e, "setstate", &[Value::small(0)])?;
            }
        }
    }
    Ok(freeze_runtime::types::int::from_big(target))
}

fn reset_decoder(vm: &Vm, t: &PyTextIO) -> PyResult<()> {
    if t.codec.get().is_none() {
        let d = t.decoder.borrow().clone();
        vm.call_method(&d, "reset", &[])?;
    }
    Ok(())
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = args.payload::<PyTextIO>().open_buffer(vm)?;
    vm.call_method_name(args.this(), &vm.names().flush, &[])?;
    vm.call_method(&b, "truncate", &[Value::or_none(args.opt(1).cloned())])
}

fn reconfigure(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTextIO>();
    let (encoding, errors) = (args.opt_not_none(1), args.opt_not_none(2));
    let newline = args.opt(3);
    let has_read = !t.text.borrow().is_empty() || !t.chunk.borrow().is_empty();
    if has_read && (encoding.is_some() || errors.is_some() || newline.is_some()) {
        return Err(base::unsupported(
            vm,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    let checked = match newline {
        Some(n) => Some(newline_arg(vm, Some(n).filter(|n| !n.is_none()))?),
        None => None,
    };
    vm.call_method_name(args.this(), &vm.names().flush, &[])?;
    if encoding.is_some() || errors.is_some() {
        let name = match encoding {
            Some(e) => match e.downcast::<PyStr>() {
                Some(s) if s.as_bytes() == b"locale" => vm.str("utf-8"),
                Some(_) => e.clone(),
                None => return Err(args.wrong(vm, 1, "str or None")),
            },
            None => t.encoding.borrow().clone(),
        };
        let new_errors = match errors {
            Some(e) if e.has_layout::<PyStr>() => e.clone(),
            Some(_) => return Err(args.wrong(vm, 2, "str or None")),
            None if encoding.is_some() => vm.str("strict"),
            None => t.errors.borrow().clone(),
        };
        let text = name.downcast::<PyStr>().map_or(String::new(), |s| s.to_lossy().into_owned());
        t.set_codec(vm, &text, &new_errors)?;
        t.continue_encoder(vm, &t.buffer(vm)?)?;
        drop(t.encoding.replace(name));
        drop(t.errors.replace(new_errors));
    }
    if let Some(n) = checked {
        t.set_newline(n.as_deref());
    }
    if let Some(v) = args.opt_not_none(4) {
        t.line_buffering.set(vm.is_true(v)?);
    }
    if let Some(v) = args.opt_not_none(5) {
        t.write_through.set(vm.is_true(v)?);
    }
    Ok(Value::NONE)
}

macro_rules! delegates {
    ($($name:ident = $text:literal;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            let b = args.payload::<PyTextIO>().buffer(vm)?;
            vm.call_method(&b, $text, &[])
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
    let t = this(v);
    if t.buffer.borrow().is_unbound() {
        return Err(vm.value_error("I/O operation on uninitialized object"));
    }
    let text = vm.guard_repr(v, || {
        let exact = v.is_exact(&TEXT_IO_WRAPPER);
        let mut out = format!("<{}", if exact { "_io.TextIOWrapper" } else { v.class().name() });
        let part = |name: &Str| -> Option<Value> { vm.get_attr_opt(v, name).ok().flatten() };
        if let Some(n) = part(&vm.names().name) {
            out.push_str(&format!(" name={}", vm.repr(&n)?.to_lossy()));
        }
        if let Some(m) = part(&vm.names().mode) {
            out.push_str(&format!(" mode={}", vm.repr(&m)?.to_lossy()));
        }
        let e = t.encoding.borrow().clone();
        out.push_str(&format!(" encoding={}>", vm.repr(&e)?.to_lossy()));
        Ok(out)
    })?;
    match text {
        Some(s) => Ok(vm.str(&s)),
        None => Err(vm.runtime_error("reentrant call inside _io.TextIOWrapper.__repr__")),
    }
}

fn get_buffer(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let b = this(v).buffer.borrow().clone();
    Ok(if b.is_unbound() { Value::NONE } else { b })
}
fn get_encoding(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).encoding.borrow().clone())
}
fn get_errors(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).errors.borrow().clone())
}
fn get_closed(vm: &Vm, v: &Value) -> PyResult<Value> {
    let b = this(v).buffer(vm)?;
    Ok(Value::bool(match native_buffer(&b) {
        Some(n) => n.is_closed(vm)?,
        None => base::is_closed(vm, &b)?,
    }))
}
fn get_name(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.get_attr(&this(v).buffer(vm)?, &vm.names().name)
}
fn get_newlines(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(super::newline::seen_value(vm, this(v).seen.get()))
}
fn get_line_buffering(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).line_buffering.get()))
}
fn get_write_through(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).write_through.get()))
}
fn get_chunk_size(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::usize(this(v).chunk_size.get()))
}
fn set_chunk_size(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(vm.attribute_error("cannot delete attribute")) };
    match usize::try_from(vm.to_i64(&new)?) {
        Ok(n) if n > 0 => {
            this(v).chunk_size.set(n);
            Ok(())
        }
        _ => Err(vm.value_error("a strictly positive integer is required")),
    }
}

static METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", base::no_pickle),
    native("close(self, /)", "", close),
    native("detach(self, /)", "", detach),
    native("fileno(self, /)", "", fileno),
    native("flush(self, /)", "", flush),
    native("isatty(self, /)", "", isatty),
    native("read(self, size=-1, /)", "", read),
    native("readable(self, /)", "", readable),
    native("readline(self, size=-1, /)", "", readline),
    native(
        "reconfigure(self, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
        "Reconfigure the text stream with new parameters.",
        reconfigure,
    ),
    native("seek(self, cookie, whence=0, /)", "Set the stream position, and return the new stream position.", seek),
    native("seekable(self, /)", "", seekable),
    native("tell(self, /)", "Return the stream position as an opaque number.", tell),
    native("truncate(self, pos=None, /)", "", truncate),
    native("writable(self, /)", "", writable),
    native("write(self, text, /)", "", write),
];

static DEF: TypeDef = TypeDef {
    name: "TextIOWrapper",
    module: "_io",
    doc: "Character and line based layer over a BufferedIOBase object, buffer.",
    base: Some(&base::TEXT_IOBASE),
    layout: PyTextIO::layout,
    flags: TypeFlags::BASETYPE
        | TypeFlags::IMMUTABLE
        | TypeFlags::DICT
        | TypeFlags::WEAKREFS
        | TypeFlags::HAS_FINALIZER,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        next: Some(next),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: &[
        GetSet { name: "_CHUNK_SIZE", doc: "", get: get_chunk_size, set: Some(set_chunk_size) },
        GetSet { name: "buffer", doc: "", get: get_buffer, set: None },
        GetSet { name: "closed", doc: "", get: get_closed, set: None },
        GetSet { name: "encoding", doc: "", get: get_encoding, set: None },
        GetSet { name: "errors", doc: "", get: get_errors, set: None },
        GetSet { name: "line_buffering", doc: "", get: get_line_buffering, set: None },
        GetSet { name: "name", doc: "", get: get_name, set: None },
        GetSet { name: "newlines", doc: "", get: get_newlines, set: None },
        GetSet { name: "write_through", doc: "", get: get_write_through, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `_io.TextIOWrapper`
pub(crate) static TEXT_IO_WRAPPER: Type = Type::builtin(&DEF);

/// Whether writes to `v` may go straight to [`PyTextIO::put`].
pub(crate) fn native_writer(v: &Value) -> Option<&PyTextIO> {
    v.downcast_exact::<PyTextIO>(&TEXT_IO_WRAPPER)
}
