//! Reading of pickles: the stack machine. What makes objects by calling something is in [`super::load_object`].

use std::cell::Cell;
use std::collections::HashMap;

use freeze_runtime::object::Value;
use freeze_runtime::text::{float_parse, int_bytes};
use freeze_runtime::types::bytearray::PyByteArray;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::{DICT, PyDict};
use freeze_runtime::types::int;
use freeze_runtime::types::list::{LIST, PyList};
use freeze_runtime::types::memoryview::PyMemoryView;
use freeze_runtime::types::set::PySet;
use freeze_runtime::types::str::{PyStr, codec};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{PyResult, Raised, Str, Vm};

use super::input::Input;
use super::op;
use super::shared::{repr, unpickling_error};

/// Numbers up to this are places in a vector, whatever the order they come in.
const DENSE: usize = 1 << 20;

/// The unpickler's memo: objects by number.
#[derive(Default)]
pub(super) struct Memo {
    dense: Vec<Value>,
    /// Numbers that lie far beyond those that were given in turn.
    far: HashMap<u64, Value>,
    len: usize,
}

impl Memo {
    #[inline]
    fn get(&self, n: usize) -> Option<&Value> {
        match self.dense.get(n) {
            Some(v) if !v.is_unbound() => Some(v),
            Some(_) => None,
            None => self.far.get(&(n as u64)),
        }
    }

    /// Sets the object of a number.
    #[inline]
    pub(super) fn set(&mut self, n: usize, v: Value) -> Option<Value> {
        if n == self.dense.len() && self.far.is_empty() {
            self.dense.push(v);
            self.len += 1;
            return None;
        }
        self.set_anywhere(n, v)
    }

    fn set_anywhere(&mut self, n: usize, v: Value) -> Option<Value> {
        let old = if n < DENSE.max(self.dense.len() * 2) {
            if n >= self.dense.len() {
                self.dense.resize(n + 1, Value::UNBOUND);
            }
            let far = self.far.remove(&(n as u64));
            Some(std::mem::replace(&mut self.dense[n], v)).filter(|v| !v.is_unbound()).or(far)
        } else {
            self.far.insert(n as u64, v)
        };
        self.len += usize::from(old.is_none());
        old
    }

    /// How many numbers have an object.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Numbers and objects.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, &Value)> {
        let dense = self.dense.iter().enumerate().filter(|e| !e.1.is_unbound()).map(|(i, v)| (i as u64, v));
        dense.chain(self.far.iter().map(|(n, v)| (*n, v)))
    }

    /// A copy.
    pub(super) fn copy(&self) -> Memo {
        Memo { dense: self.dense.clone(), far: self.far.clone(), len: self.len }
    }

    /// Bytes held besides the record itself.
    pub(super) fn heap_size(&self) -> usize {
        self.dense.capacity() * 8 + self.far.capacity() * 24
    }
}

/// One pickle on its way.
pub(super) struct Loader<'a> {
    pub(super) vm: &'a Vm,
    pub(super) input: Input,
    pub(super) stack: Vec<Value>,
    /// Heights of the stack at its marks.
    marks: Vec<usize>,
    /// Height of the stack at the last mark: what lies below is out of reach.
    pub(super) fence: usize,
    pub(super) memo: Memo,
    pub(super) proto: u8,
    pub(super) fix_imports: bool,
    pub(super) encoding: Option<Str>,
    pub(super) errors: Option<Str>,
    /// The iterator over out-of-band buffers.
    pub(super) buffers: Option<Value>,
    /// `find_class` and `persistent_load` of a subclass.
    pub(super) find_class: Option<Value>,
    pub(super) persistent_load: Option<Value>,
    /// Where the unpickler wants to know the protocol.
    pub(super) outside: Option<&'a Cell<u8>>,
}

impl<'a> Loader<'a> {
    /// A loader with the settings that `loads` has.
    pub(super) fn new(vm: &'a Vm, input: Input) -> Loader<'a> {
        Loader {
            vm,
            input,
            stack: Vec::with_capacity(64),
            marks: Vec::new(),
            fence: 0,
            memo: Memo::default(),
            proto: 0,
            fix_imports: true,
            encoding: None,
            errors: None,
            buffers: None,
            find_class: None,
            persistent_load: None,
            outside: None,
        }
    }

    #[cold]
    pub(super) fn error(&self, message: impl AsRef<str>) -> Raised {
        unpickling_error(self.vm, message)
    }

    #[cold]
    fn underflow(&self) -> Raised {
        self.error(if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" })
    }

    /// Takes the topmost object.
    #[inline]
    pub(super) fn pop(&mut self) -> PyResult<Value> {
        if self.stack.len() > self.fence
            && let Some(v) = self.stack.pop()
        {
            return Ok(v);
        }
        Err(self.underflow())
    }

    /// The topmost object.
    #[inline]
    pub(super) fn top(&self) -> PyResult<&Value> {
        match self.stack.last() {
            Some(v) if self.stack.len() > self.fence => Ok(v),
            _ => Err(self.underflow()),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, v: Value) {
        self.stack.push(v);
    }

    /// Where the objects above the last mark begin; the mark is gone then.
    #[inline]
    pub(super) fn mark(&mut self) -> PyResult<usize> {
        let Some(at) = self.marks.pop() else { return Err(self.error("could not find MARK")) };
        self.fence = self.marks.last().copied().unwrap_or(0);
        Ok(at)
    }

    /// Takes the objects above the last mark.
    pub(super) fn pop_mark(&mut self) -> PyResult<Vec<Value>> {
        let at = self.mark()?;
        Ok(self.stack.split_off(at))
    }

    /// Reads one pickle.
    pub(super) fn load(&mut self) -> PyResult<Value> {
        self.set_protocol(0);
        loop {
            let code = match self.input.opcode(self.vm) {
                Ok(Some(code)) => code,
                Ok(None) => return Err(self.vm.eof_error("Ran out of input")),
                Err(e) => return Err(e),
            };
            if code == op::STOP {
                break;
            }
            self.step(code)?;
        }
        self.input.skip_consumed(self.vm)?;
        self.pop()
    }

    fn set_protocol(&mut self, n: u8) {
        self.proto = n;
        if let Some(cell) = self.outside {
            cell.set(n);
        }
    }

    fn size<const N: usize>(&mut self, what: &str) -> PyResult<usize> {
        let bytes: [u8; N] = self.input.array(self.vm)?;
        let n = bytes.iter().rev().fold(0u64, |n, &b| n << 8 | u64::from(b));
        if n > isize::MAX as u64 {
            return Err(self.error(format!("{what} exceeds system's maximum size of {} bytes", isize::MAX)));
        }
        Ok(n as usize)
    }

    #[inline]
    fn step(&mut self, code: u8) -> PyResult<()> {
        let vm = self.vm;
        match code {
            op::NONE => self.push(Value::NONE),
            op::NEWTRUE => self.push(Value::TRUE),
            op::NEWFALSE => self.push(Value::FALSE),
            op::BININT1 => {
                let [b] = self.input.array(vm)?;
                self.push(Value::small(i64::from(b)));
            }
            op::BININT2 => {
                let n = u16::from_le_bytes(self.input.array(vm)?);
                self.push(Value::small(i64::from(n)));
            }
            op::BININT => {
                let n = i32::from_le_bytes(self.input.array(vm)?);
                self.push(Value::small(i64::from(n)));
            }
            op::BINFLOAT => {
                let x = f64::from_be_bytes(self.input.array(vm)?);
                self.push(Value::float(x));
            }
            op::SHORT_BINUNICODE => {
                let n = self.size::<1>("")?;
                self.unicode(n)?;
            }
            op::BINUNICODE => {
                let n = self.size::<4>("BINUNICODE")?;
                self.unicode(n)?;
            }
            op::BINUNICODE8 => {
                let n = self.size::<8>("BINUNICODE8")?;
                self.unicode(n)?;
            }
            op::MEMOIZE => {
                let v = self.top()?.clone();
                let n = self.memo.len();
                drop(self.memo.set(n, v));
            }
            op::BINPUT => {
                let n = self.size::<1>("")?;
                self.put(n)?;
            }
            op::LONG_BINPUT => {
                let n = self.size::<4>("")?;
                self.put(n)?;
            }
            op::BINGET => {
                let n = self.size::<1>("")?;
                self.get(n)?;
            }
            op::LONG_BINGET => {
                let n = self.size::<4>("")?;
                self.get(n)?;
            }
            op::MARK => {
                self.fence = self.stack.len();
                self.marks.push(self.fence);
            }
            op::EMPTY_TUPLE => self.push(PyTuple::new(Vec::new()).into_value()),
            op::TUPLE1 => self.tuple(1)?,
            op::TUPLE2 => self.tuple(2)?,
            op::TUPLE3 => self.tuple(3)?,
            op::TUPLE => {
                let at = self.mark()?;
                self.tuple(self.stack.len() - at)?;
            }
            op::EMPTY_LIST => self.push(PyList::new(Vec::new()).into_value()),
            op::EMPTY_DICT => self.push(PyDict::new_ref().into_value()),
            op::EMPTY_SET => self.push(PySet::new_ref().into_value()),
            op::APPEND => {
                let at = self.stack.len().saturating_sub(1);
                self.appends(at)?;
            }
            op::APPENDS => {
                let at = self.mark()?;
                self.appends(at)?;
            }
            op::SETITEM => {
                let at = self.stack.len().saturating_sub(2);
                self.set_items(at)?;
            }
            op::SETITEMS => {
                let at = self.mark()?;
                self.set_items(at)?;
            }
            op::BUILD => self.build()?,
            op::NEWOBJ => self.new_object()?,
            op::REDUCE => self.reduce()?,
            op::STACK_GLOBAL => self.stack_global()?,
            op::SHORT_BINBYTES => {
                let n = self.size::<1>("")?;
                let b = PyBytes::new(self.input.take(vm, n)?);
                self.push(b.into_value());
            }
            op::BINBYTES => {
                let n = self.size::<4>("BINBYTES")?;
                self.bytes(n)?;
            }
            op::BINBYTES8 => {
                let n = self.size::<8>("BINBYTES8")?;
                self.bytes(n)?;
            }
            op::LONG1 => {
                let n = self.size::<1>("")?;
                self.long(n)?;
            }
            op::FRAME => {
                let n = u64::from_le_bytes(self.input.array(vm)?);
                if n > isize::MAX as u64 {
                    return Err(
                        vm.value_error(format!("FRAME length exceeds system's maximum of {} bytes", isize::MAX))
                    );
                }
                self.input.frame(vm, n as usize)?;
            }
            op::PROTO => {
                let [n] = self.input.array(vm)?;
                if n > op::HIGHEST {
                    return Err(vm.value_error(format!("unsupported pickle protocol: {n}")));
                }
                self.set_protocol(n);
            }
            _ => self.rare(code)?,
        }
        Ok(())
    }

    /// The opcodes that today's pickles hardly have.
    fn rare(&mut self, code: u8) -> PyResult<()> {
        let vm = self.vm;
        match code {
            op::ADDITEMS => self.add_items()?,
            op::FROZENSET => {
                let items = self.pop_mark()?;
                let s = PySet::new_frozen();
                for x in &items {
                    s.add(vm, x)?;
                }
                self.push(s.into_value());
            }
            op::NEWOBJ_EX => self.new_object_ex()?,
            op::GLOBAL => self.global()?,
            op::INST => self.inst()?,
            op::OBJ => self.obj()?,
            op::EXT1 => {
                let n = self.size::<1>("")?;
                self.extension(n as i64)?;
            }
            op::EXT2 => {
                let n = self.size::<2>("")?;
                self.extension(n as i64)?;
            }
            op::EXT4 => {
                let n = i32::from_le_bytes(self.input.array(vm)?);
                self.extension(i64::from(n))?;
            }
            op::PERSID => self.persistent_by_line()?,
            op::BINPERSID => {
                let id = self.pop()?;
                self.persistent(id)?;
            }
            op::POP => {
                // The topmost thing may be a mark.
                if self.marks.last() == Some(&self.stack.len()) {
                    self.mark()?;
                } else {
                    drop(self.pop()?);
                }
            }
            op::POP_MARK => drop(self.pop_mark()?),
            op::DUP => {
                let v = self.top()?.clone();
                self.push(v);
            }
            op::LIST => {
                let items = self.pop_mark()?;
                self.push(PyList::new(items).into_value());
            }
            op::DICT => {
                let items = self.pop_mark()?;
                if items.len() % 2 != 0 {
                    return Err(self.error("odd number of items for DICT"));
                }
                let d = PyDict::new_ref();
                for pair in items.chunks(2) {
                    d.set(vm, &pair[0], pair[1].clone())?;
                }
                self.push(d.into_value());
            }
            op::LONG4 => {
                let n = i32::from_le_bytes(self.input.array(vm)?);
                match usize::try_from(n) {
                    Ok(n) => self.long(n)?,
                    Err(_) => return Err(self.error("LONG pickle has negative byte count")),
                }
            }
            op::BYTEARRAY8 => {
                let n = self.size::<8>("BYTEARRAY8")?;
                let data = self.input.read_into(vm, n)?;
                self.push(PyByteArray::from_vec(data).into_value());
            }
            op::NEXT_BUFFER => {
                let Some(buffers) = self.buffers.clone() else {
                    return Err(
                        self.error("pickle stream refers to out-of-band data but no *buffers* argument was given")
                    );
                };
                match vm.next(&buffers)? {
                    Some(b) => self.push(b),
                    None => return Err(self.error("not enough out-of-band buffers")),
                }
            }
            op::READONLY_BUFFER => {
                let v = self.pop()?;
                let view = PyMemoryView::of(vm, &v)?.into_value();
                let readonly = vm.get_attr_str(&view, "readonly")?;
                let shown = if vm.is_true(&readonly)? { v } else { vm.call_method(&view, "toreadonly", &[])? };
                self.push(shown);
            }
            _ => return self.by_line(code),
        }
        Ok(())
    }

    /// The opcodes of protocol 0, whose arguments are lines of text.
    fn by_line(&mut self, code: u8) -> PyResult<()> {
        let vm = self.vm;
        match code {
            op::INT => {
                let line = self.input.filled_line(vm)?;
                let v = match line {
                    b"00" => Value::FALSE,
                    b"01" => Value::TRUE,
                    _ => number(vm, line)?,
                };
                self.push(v);
            }
            op::LONG => {
                let line = self.input.filled_line(vm)?;
                let v = number(vm, line.strip_suffix(b"L").unwrap_or(line))?;
                self.push(v);
            }
            op::FLOAT => {
                let line = self.input.filled_line(vm)?;
                match float_parse::parse_ascii(line) {
                    Some(x) => self.push(Value::float(x)),
                    None => return Err(vm.value_error("could not convert string to float")),
                }
            }
            op::STRING => {
                let line = self.input.line(vm)?;
                let quoted = line.len() >= 2 && line[0] == line[line.len() - 1] && matches!(line[0], b'"' | b'\'');
                if !quoted {
                    return Err(self.error("the STRING opcode argument must be quoted"));
                }
                let inner = PyBytes::new(&line[1..line.len() - 1]).into_value();
                let codecs = freeze_runtime::import::import_path(vm, "_codecs")?;
                let r = vm.call_method(&codecs, "escape_decode", &[inner])?;
                let data = r.downcast::<PyTuple>().and_then(|t| t.as_slice().first().cloned()).unwrap_or(r);
                let data = data.downcast::<PyBytes>().map(|b| b.as_slice().to_vec()).unwrap_or_default();
                self.old_string(&data)?;
            }
            op::BINSTRING => {
                let n = i32::from_le_bytes(self.input.array(vm)?);
                let Ok(n) = usize::try_from(n) else {
                    return Err(self.error("BINSTRING pickle has negative byte count"));
                };
                let data = self.input.take(vm, n)?.to_vec();
                self.old_string(&data)?;
            }
            op::SHORT_BINSTRING => {
                let n = self.size::<1>("")?;
                let data = self.input.take(vm, n)?.to_vec();
                self.old_string(&data)?;
            }
            op::UNICODE => {
                let line = PyBytes::new(self.input.line(vm)?);
                let name = vm.intern("raw-unicode-escape");
                let v = codec::decode(vm, line.as_value(), line.as_slice(), Some(&name), None)?;
                self.push(v);
            }
            op::PUT => {
                let line = self.input.filled_line(vm)?;
                let n = number(vm, line)?;
                match usize::try_from(vm.to_i64(&n)?) {
                    Ok(n) => self.put(n)?,
                    Err(_) => return Err(vm.value_error("negative PUT argument")),
                }
            }
            op::GET => {
                let line = self.input.filled_line(vm)?;
                let n = number(vm, line)?;
                match int::as_i64(&n).and_then(|n| usize::try_from(n).ok()) {
                    Some(n) => self.get(n)?,
                    None => return Err(self.error(format!("Memo value not found at index {}", repr(vm, &n)?))),
                }
            }
            _ => {
                return Err(self.error(match code {
                    b'\'' | b'\\' => format!("invalid load key, '\\x{code:02x}'."),
                    0x20..=0x7E => format!("invalid load key, '{}'.", code as char),
                    _ => format!("invalid load key, '\\x{code:02x}'."),
                }));
            }
        }
        Ok(())
    }

    /// Strings of Python 2: text by the encoding that was asked for, or bytes.
    fn old_string(&mut self, data: &[u8]) -> PyResult<()> {
        let b = PyBytes::new(data).into_value();
        let encoding = self.encoding.clone().unwrap_or_else(|| self.vm.intern("ASCII"));
        let v = if encoding.as_bytes() == b"bytes" {
            b
        } else {
            codec::decode(self.vm, &b, data, Some(&encoding), self.errors.as_ref())?
        };
        self.push(v);
        Ok(())
    }

    #[inline]
    fn unicode(&mut self, n: usize) -> PyResult<()> {
        let data = self.input.take(self.vm, n)?;
        let v = if data.is_ascii() || std::str::from_utf8(data).is_ok() {
            PyStr::new(data).into_value()
        } else {
            let vm = self.vm;
            let whole = PyBytes::new(data);
            let (name, errors) = (vm.intern("utf-8"), vm.intern("surrogatepass"));
            codec::decode(vm, whole.as_value(), whole.as_slice(), Some(&name), Some(&errors))?
        };
        self.push(v);
        Ok(())
    }

    fn bytes(&mut self, n: usize) -> PyResult<()> {
        let data = self.input.read_into(self.vm, n)?;
        self.push(PyBytes::from_vec(data).into_value());
        Ok(())
    }

    fn long(&mut self, n: usize) -> PyResult<()> {
        let data = self.input.take(self.vm, n)?;
        let v = if n <= 8 {
            let mut bytes = if data.last().is_some_and(|b| b & 0x80 != 0) { [0xFF; 8] } else { [0; 8] };
            bytes[..n].copy_from_slice(data);
            Value::int(i64::from_le_bytes(bytes))
        } else {
            int::from_big(int_bytes::from_bytes(data, true, true))
        };
        self.push(v);
        Ok(())
    }

    #[inline]
    fn put(&mut self, n: usize) -> PyResult<()> {
        let v = self.top()?.clone();
        drop(self.memo.set(n, v));
        Ok(())
    }

    #[inline]
    fn get(&mut self, n: usize) -> PyResult<()> {
        match self.memo.get(n) {
            Some(v) => {
                let v = v.clone();
                self.push(v);
                Ok(())
            }
            None => Err(self.error(format!("Memo value not found at index {n}"))),
        }
    }

    #[inline]
    fn tuple(&mut self, n: usize) -> PyResult<()> {
        let Some(at) = self.stack.len().checked_sub(n).filter(|at| *at >= self.fence) else {
            return Err(self.underflow());
        };
        let t = PyTuple::new(self.stack.split_off(at));
        self.push(t.into_value());
        Ok(())
    }

    /// Appends what lies at `at` and above to the list below.
    #[inline]
    fn appends(&mut self, at: usize) -> PyResult<()> {
        if at > self.stack.len() || at <= self.fence {
            return Err(self.underflow());
        }
        if at == self.stack.len() {
            return Ok(());
        }
        let target = self.stack[at - 1].clone();
        if let Some(list) = target.downcast_exact::<PyList>(&LIST) {
            list.with_mut(|l| l.extend(self.stack.drain(at..)));
            return Ok(());
        }
        let items = self.stack.split_off(at);
        self.append_to_other(&target, items)
    }

    /// Sets what lies at `at` and above, pair by pair, on the mapping below.
    #[inline]
    fn set_items(&mut self, at: usize) -> PyResult<()> {
        if at > self.stack.len() || at <= self.fence {
            return Err(self.underflow());
        }
        if at == self.stack.len() {
            return Ok(());
        }
        if !(self.stack.len() - at).is_multiple_of(2) {
            return Err(self.error("odd number of items for SETITEMS"));
        }
        let target = self.stack[at - 1].clone();
        let items = self.stack.split_off(at);
        let exact = target.downcast_exact::<PyDict>(&DICT);
        let mut items = items.into_iter();
        while let (Some(k), Some(v)) = (items.next(), items.next()) {
            match exact {
                Some(d) => d.set(self.vm, &k, v)?,
                None => self.vm.set_item(&target, &k, v)?,
            }
        }
        Ok(())
    }

    fn add_items(&mut self) -> PyResult<()> {
        let at = self.mark()?;
        if at <= self.fence {
            return Err(self.underflow());
        }
        let items = self.stack.split_off(at);
        let target = self.stack[at - 1].clone();
        if let Some(s) = target.downcast::<PySet>()
            && target.class().is_subtype(&freeze_runtime::types::set::SET)
        {
            for x in &items {
                s.add(self.vm, x)?;
            }
            return Ok(());
        }
        if items.is_empty() {
            return Ok(());
        }
        let add = self.vm.get_attr_str(&target, "add")?;
        for x in items {
            self.vm.call(&add, &[x])?;
        }
        Ok(())
    }
}

/// The number that a line of protocol 0 holds. A leading zero means octal there, as in C.
fn number(vm: &Vm, line: &[u8]) -> PyResult<Value> {
    let octal = line.len() > 1 && line[0] == b'0' && line[1..].iter().all(|b| (b'0'..=b'7').contains(b));
    let shown = PyStr::new(String::from_utf8_lossy(line).as_bytes());
    int::from_text(vm, line, if octal { 8 } else { 0 }, shown.as_value())
}
