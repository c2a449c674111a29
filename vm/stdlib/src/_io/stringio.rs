//! `StringIO`.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::string::{char_width, count_chars};
use freeze_runtime::object::{GetSet, Layout, Slots, instance};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::base;

/// The payload of `StringIO`. Positions count characters for Python; `byte` is the same place in the WTF-8 text.
pub(crate) struct PyStringIO {
    text: RefCell<Vec<u8>>,
    at: Cell<usize>,
    byte: Cell<usize>,
    chars: Cell<usize>,
    closed: Cell<bool>,
    newline: RefCell<Option<String>>,
    pending_cr: Cell<bool>,
    seen: Cell<u8>,
}

impl Payload for PyStringIO {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyStringIO>();
        &L
    }
}

fn this(v: &Value) -> &PyStringIO {
    v.downcast::<PyStringIO>().expect("slots of a type see its instances")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let s = PyStringIO {
        text: RefCell::new(Vec::new()),
        at: Cell::new(0),
        byte: Cell::new(0),
        chars: Cell::new(0),
        closed: Cell::new(false),
        newline: RefCell::new(Some("\n".to_owned())),
        pending_cr: Cell::new(false),
        seen: Cell::new(0),
    };
    Ok(freeze_runtime::object::header::new_object_of(class, s))
}

impl PyStringIO {
    fn check(&self, vm: &Vm) -> PyResult<()> {
        if self.closed.get() { Err(vm.value_error("I/O operation on closed file")) } else { Ok(()) }
    }

    /// The byte offset of a character, which may lie behind the end.
    fn offset(&self, chars: usize) -> usize {
        let t = self.text.borrow();
        if self.chars.get() == t.len() {
            return chars.min(t.len());
        }
        let (mut byte, mut n) = (0, 0);
        while n < chars && byte < t.len() {
            byte += char_width(t[byte]);
            n += 1;
        }
        byte
    }

    fn set_position(&self, chars: usize) {
        self.at.set(chars);
        self.byte.set(self.offset(chars));
    }

    fn put(&self, vm: &Vm, text: &[u8]) -> PyResult<()> {
        let converted;
        let newline = self.newline.borrow().clone();
        let text = match newline.as_deref() {
            None | Some("") => {
                converted =
                    super::newline::translate(text.to_vec(), &self.pending_cr, &self.seen, newline.is_none(), true);
                &converted[..]
            }
            Some("\r") => {
                converted = text.iter().map(|&c| if c == b'\n' { b'\r' } else { c }).collect::<Vec<u8>>();
                &converted[..]
            }
            Some("\r\n") => {
                let mut out = Vec::with_capacity(text.len() + 8);
                for &c in text {
                    if c == b'\n' {
                        out.push(b'\r');
                    }
                    out.push(c);
                }
                converted = out;
                &converted[..]
            }
            Some(_) => text,
        };
        if text.is_empty() {
            return Ok(());
        }
        let n = count_chars(text);
        let mut t = self.text.borrow_mut();
        let total = self.chars.get();
        let at = self.at.get();
        if at > total {
            let gap = at - total;
            let end = t.len() + gap;
            vm.grow(&mut t, gap)?;
            t.resize(end, 0);
            self.byte.set(end);
            self.chars.set(at);
        }
        let start = self.byte.get();
        // As many characters are replaced as come.
        let (mut end, mut left) = (start, n);
        while left > 0 && end < t.len() {
            end += char_width(t[end]);
            left -= 1;
        }
        vm.grow(&mut t, text.len())?;
        if end == t.len() && start == end {
            t.extend_from_slice(text);
        } else {
            t.splice(start..end, text.iter().copied());
        }
        self.chars.set(self.chars.get() + left);
        self.at.set(at + n);
        self.byte.set(start + text.len());
        Ok(())
    }

    fn take_bytes(&self, n: usize) -> Value {
        let t = self.text.borrow();
        let start = self.byte.get().min(t.len());
        let s = PyStr::new(&t[start..start + n]);
        if n > 0 {
            self.byte.set(start + n);
            self.at.set(self.at.get() + s.len());
        }
        s.into_value()
    }

    fn take_chars(&self, n: usize) -> Value {
        let bytes = {
            let t = self.text.borrow();
            let start = self.byte.get().min(t.len());
            let (mut end, mut left) = (start, n);
            if self.chars.get() == t.len() {
                end = start.saturating_add(n).min(t.len());
            } else {
                while left > 0 && end < t.len() {
                    end += char_width(t[end]);
                    left -= 1;
                }
            }
            end - start
        };
        self.take_bytes(bytes)
    }

    fn line(&self, limit: isize) -> Value {
        let n = {
            let t = self.text.borrow();
            let start = self.byte.get().min(t.len());
            let rest = &t[start..];
            let end = match self.newline.borrow().as_deref() {
                Some("\r") => memchr::memchr(b'\r', rest).map(|i| i + 1),
                Some("\r\n") => memchr::memmem::find(rest, b"\r\n").map(|i| i + 2),
                Some("") => memchr::memchr2(b'\r', b'\n', rest)
                    .map(|i| if rest[i] == b'\r' && rest.get(i + 1) == Some(&b'\n') { i + 2 } else { i + 1 }),
                _ => memchr::memchr(b'\n', rest).map(|i| i + 1),
            };
            let mut n = end.unwrap_or(rest.len());
            if limit >= 0 {
                let (mut at, mut left) = (0, limit);
                while left > 0 && at < n {
                    at += char_width(rest[at]);
                    left -= 1;
                }
                n = n.min(at);
            }
            n
        };
        self.take_bytes(n)
    }
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = native("StringIO(self, initial_value='', newline='\\n')", "", |vm, args| {
        let s = args.payload::<PyStringIO>();
        let newline = match args.opt(2) {
            None => Some("\n".to_owned()),
            Some(v) if v.is_none() => None,
            Some(v) => {
                let Some(t) = v.downcast::<PyStr>() else {
                    return Err(vm.type_error(format!("newline must be str or None, not {}", v.class().name())));
                };
                match t.as_bytes() {
                    b"" | b"\n" | b"\r" | b"\r\n" => Some(t.to_lossy().into_owned()),
                    _ => return Err(vm.value_error(format!("illegal newline value: {}", vm.repr(v)?.to_lossy()))),
                }
            }
        };
        let initial = match args.opt_not_none(1) {
            None => None,
            Some(v) => match v.downcast_ref::<PyStr>() {
                Some(t) => Some(t),
                None => {
                    return Err(vm.type_error(format!("initial_value must be str or None, not {}", v.class().name())));
                }
            },
        };
        *s.newline.borrow_mut() = newline;
        s.text.borrow_mut().clear();
        s.chars.set(0);
        s.set_position(0);
        s.closed.set(false);
        s.seen.set(0);
        if let Some(t) = initial {
            s.put(vm, t.as_bytes())?;
            s.set_position(0);
        }
        Ok(Value::NONE)
    });
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    let n = base::size_arg(vm, &args, 1)?;
    s.check(vm)?;
    Ok(s.take_chars(if n < 0 { usize::MAX } else { n as usize }))
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    let n = base::size_arg(vm, &args, 1)?;
    s.check(vm)?;
    Ok(s.line(n))
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let s = this(v);
    s.check(vm)?;
    let line = if v.class().is_heap() { vm.call_method_name(v, &vm.names().readline, &[])? } else { s.line(-1) };
    let Some(l) = line.downcast::<PyStr>() else {
        return Err(vm.new_error(
            &freeze_runtime::types::exception::OS_ERROR,
            &format!("readline() should have returned a str object, not '{}'", line.class().name()),
        ));
    };
    Ok(if l.is_empty() { None } else { Some(line.clone()) })
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    let Some(t) = args.get(1).downcast_ref::<PyStr>() else {
        return Err(vm.type_error(format!("string argument expected, got '{}'", args.get(1).class().name())));
    };
    s.check(vm)?;
    s.put(vm, t.as_bytes())?;
    Ok(Value::usize(t.len()))
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    s.check(vm)?;
    let pos = vm.to_isize(args.get(1))?;
    let whence = args.opt_i64(vm, 2, 0)?;
    if !(0..=2).contains(&whence) {
        return Err(vm.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
    }
    if whence == 0 && pos < 0 {
        return Err(vm.value_error(format!("Negative seek position {pos}")));
    }
    if whence != 0 && pos != 0 {
        return Err(vm.new_error(&freeze_runtime::types::exception::OS_ERROR, "Can't do nonzero cur-relative seeks"));
    }
    let to = match whence {
        0 => pos as usize,
        1 => s.at.get(),
        _ => s.chars.get(),
    };
    s.set_position(to);
    Ok(Value::usize(to))
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    s.check(vm)?;
    Ok(Value::usize(s.at.get()))
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    s.check(vm)?;
    let n = match args.opt_not_none(1) {
        Some(v) => vm.to_isize(v)?,
        None => s.at.get() as isize,
    };
    if n < 0 {
        return Err(vm.value_error(format!("Negative size value {n}")));
    }
    if (n as usize) < s.chars.get() {
        let byte = s.offset(n as usize);
        s.text.borrow_mut().truncate(byte);
        s.chars.set(n as usize);
    }
    Ok(Value::int(n as i64))
}

fn getvalue(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    s.check(vm)?;
    Ok(PyStr::new(&s.text.borrow()).into_value())
}

fn close(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    s.closed.set(true);
    s.text.borrow_mut().clear();
    s.chars.set(0);
    Ok(Value::NONE)
}

fn yes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyStringIO>().check(vm)?;
    Ok(Value::TRUE)
}

fn getstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    s.check(vm)?;
    let newline = s.newline.borrow().as_deref().map_or(Value::NONE, |n| vm.str(n));
    let d = instance::dict(args.this()).filter(|d| !d.is_empty()).map_or(Value::NONE, |d| d.copy().into_value());
    let text = PyStr::new(&s.text.borrow()).into_value();
    Ok(PyTuple::new(vec![text, newline, Value::usize(s.at.get()), d]).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStringIO>();
    s.check(vm)?;
    let Some([text, newline, at, dict]) = args.get(1).downcast::<PyTuple>().map(|t| t.as_slice()) else {
        return Err(vm.type_error(format!(
            "{}.__setstate__ argument should be 4-tuple, got {}",
            args.this().class().name(),
            args.get(1).class().name()
        )));
    };
    init(vm, args.this(), CallArgs::pos(&[text.clone(), newline.clone()]))?;
    if let Some(t) = text.downcast::<PyStr>() {
        // The state holds line ends as they are to be.
        *s.text.borrow_mut() = t.as_bytes().to_vec();
        s.chars.set(t.len());
    }
    let at = vm.to_isize(at)?;
    if at < 0 {
        return Err(vm.value_error("position value cannot be negative"));
    }
    s.set_position(at as usize);
    if let (Some(d), Some(own)) = (dict.downcast::<PyDict>(), instance::dict(args.this())) {
        for (k, v) in d.items() {
            own.set(vm, &k, v)?;
        }
    }
    Ok(Value::NONE)
}

fn get_closed(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).closed.get()))
}
fn get_newlines(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(super::newline::seen_value(vm, this(v).seen.get()))
}
fn get_line_buffering(_vm: &Vm, _v: &Value) -> PyResult<Value> {
    Ok(Value::FALSE)
}

static METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", getstate),
    native("__setstate__(self, state, /)", "", setstate),
    native("close(self, /)", "Close the IO object.", close),
    native("getvalue(self, /)", "Retrieve the entire contents of the object.", getvalue),
    native("read(self, size=-1, /)", "Read at most size characters, returned as a string.", read),
    native("readable(self, /)", "Returns True if the IO object can be read.", yes),
    native("readline(self, size=-1, /)", "Read until newline or EOF.", readline),
    native("seek(self, pos, whence=0, /)", "Change stream position.", seek),
    native("seekable(self, /)", "Returns True if the IO object can be seeked.", yes),
    native("tell(self, /)", "Tell the current file position.", tell),
    native("truncate(self, pos=None, /)", "Truncate size to pos.", truncate),
    native("writable(self, /)", "Returns True if the IO object can be written.", yes),
    native("write(self, s, /)", "Write string to file.", write),
];

static DEF: TypeDef = TypeDef {
    name: "StringIO",
    module: "_io",
    doc: "Text I/O implementation using an in-memory buffer.",
    base: Some(&base::TEXT_IOBASE),
    layout: PyStringIO::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    getset: &[
        GetSet { name: "closed", doc: "", get: get_closed, set: None },
        GetSet { name: "line_buffering", doc: "", get: get_line_buffering, set: None },
        GetSet { name: "newlines", doc: "", get: get_newlines, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `_io.StringIO`
pub(crate) static STRING_IO: Type = Type::builtin(&DEF);
