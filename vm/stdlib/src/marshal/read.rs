//! Bytes to values. Nothing is trusted: lengths are bounded by what is there, nesting is limited.

use freeze_runtime::object::Value;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::set::{self, PySet};
use freeze_runtime::types::slice::PySlice;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{buffer, complex, int};
use freeze_runtime::{PyResult, Raised, Vm};
use num_bigint::{BigInt, Sign};

use super::{MAX_DEPTH, tags};

/// Where bytes come from.
pub(super) enum Source<'a> {
    Bytes {
        data: &'a [u8],
        at: usize,
    },
    /// An object with a method `read`, of which no more is taken than the value needs.
    File(&'a Value),
}

struct Reader<'a> {
    vm: &'a Vm,
    source: Source<'a>,
    allow_code: bool,
    /// The objects with numbers; one that is not finished yet is unbound.
    numbered: Vec<Value>,
}

/// Reads one value.
///
/// # Errors
/// EOFError where the data ends too early, ValueError or TypeError where it is bad.
pub(super) fn value(vm: &Vm, source: Source<'_>, allow_code: bool) -> PyResult<Value> {
    let magic = freeze_bytecode::marshal::MAGIC;
    if let Source::Bytes { data, .. } = &source
        && data.starts_with(&magic)
    {
        return code(vm, data, allow_code);
    }
    let mut reader = Reader { vm, source, allow_code, numbered: Vec::new() };
    let v = reader.value(0)?;
    v.ok_or_else(|| vm.type_error("NULL object in marshal data for object"))
}

fn code(vm: &Vm, data: &[u8], allow_code: bool) -> PyResult<Value> {
    if !allow_code {
        return Err(vm.value_error("unmarshalling code objects is disallowed"));
    }
    freeze_runtime::import::code::load(vm, data).map_err(|e| vm.value_error(format!("bad marshal data ({e})")))
}

impl Reader<'_> {
    fn bad(&self, why: &str) -> Raised {
        self.vm.value_error(format!("bad marshal data ({why})"))
    }

    fn take(&mut self, n: usize) -> PyResult<Vec<u8>> {
        match &mut self.source {
            Source::Bytes { data, at } => match data.get(*at..at.saturating_add(n)) {
                Some(bytes) => {
                    *at += n;
                    Ok(bytes.to_vec())
                }
                None => Err(self.vm.new_error(&exc::EOF_ERROR, "marshal data too short")),
            },
            Source::File(file) => {
                let got = self.vm.call_method_name(file, &self.vm.names().read, &[Value::usize(n)])?;
                if !buffer::is_bytes_like(&got) {
                    return Err(self
                        .vm
                        .type_error(format!("file.read() returned not bytes but {}", got.class().name())));
                }
                let bytes = buffer::to_vec(self.vm, &got)?;
                match bytes.len() {
                    len if len < n => Err(self.vm.new_error(&exc::EOF_ERROR, "EOF read where not expected")),
                    len if len > n => Err(self
                        .vm
                        .value_error(format!("read() returned too much data: {n} bytes requested, {len} returned"))),
                    _ => Ok(bytes),
                }
            }
        }
    }

    fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| self.bad("too short"))
    }

    fn byte(&mut self) -> PyResult<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn length(&mut self, what: &str) -> PyResult<usize> {
        let n = i32::from_le_bytes(self.array()?);
        let n = usize::try_from(n).map_err(|_| self.bad(&format!("{what} size out of range")))?;
        // Every item takes a byte at least.
        match &self.source {
            Source::Bytes { data, at } if n > data.len() - at => {
                Err(self.vm.new_error(&exc::EOF_ERROR, "marshal data too short"))
            }
            _ => Ok(n),
        }
    }

    fn double(&mut self) -> PyResult<f64> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn decimal(&mut self) -> PyResult<f64> {
        let n = self.byte()?;
        let text = self.take(n as usize)?;
        let number = std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.bad("no number"))
    }

    fn text(&mut self, n: usize, ascii: bool, interned: bool) -> PyResult<Value> {
        let bytes = self.take(n)?;
        if ascii && !bytes.is_ascii() {
            return Err(self.bad("text is not ASCII"));
        }
        if ascii && interned {
            return Ok(PyStr::intern(&bytes).into_value());
        }
        if ascii {
            return Ok(PyStr::new(&bytes).into_value());
        }
        let (encoding, errors) = (self.vm.intern("utf-8"), self.vm.intern("surrogatepass"));
        let object = PyBytes::new(&bytes).into_value();
        let text = freeze_runtime::types::str::codec::decode(self.vm, &object, &bytes, Some(&encoding), Some(&errors))?;
        match text.downcast::<PyStr>() {
            Some(s) if interned => Ok(PyStr::intern(s.as_bytes()).into_value()),
            _ => Ok(text),
        }
    }

    fn long(&mut self) -> PyResult<Value> {
        let count = i32::from_le_bytes(self.array()?);
        let digits = self.take(count.unsigned_abs() as usize * 2)?;
        let (mut bytes, mut bits, mut have) = (Vec::new(), 0_u32, 0);
        let mut last = 1;
        for pair in digits.chunks_exact(2) {
            last = u16::from_le_bytes([pair[0], pair[1]]);
            if last > 0x7FFF {
                return Err(self.bad("digit out of range in long"));
            }
            bits |= u32::from(last) << have;
            have += 15;
            while have >= 8 {
                bytes.push(bits as u8);
                bits >>= 8;
                have -= 8;
            }
        }
        if last == 0 {
            return Err(self.bad("unnormalized long data"));
        }
        bytes.push(bits as u8);
        Ok(int::from_big(BigInt::from_bytes_le(if count < 0 { Sign::Minus } else { Sign::Plus }, &bytes)))
    }

    /// A value that has to be there.
    fn item(&mut self, depth: u32, what: &str) -> PyResult<Value> {
        let v = self.value(depth)?;
        v.ok_or_else(|| self.vm.type_error(format!("NULL object in marshal data for {what}")))
    }

    fn items(&mut self, n: usize, depth: u32, what: &str) -> PyResult<Vec<Value>> {
        let mut items = Vec::new();
        for _ in 0..n {
            items.push(self.item(depth + 1, what)?);
        }
        Ok(items)
    }

    /// Gives the next number to what is to come.
    fn keep_place(&mut self, flag: bool) -> Option<usize> {
        flag.then(|| {
            self.numbered.push(Value::UNBOUND);
            self.numbered.len() - 1
        })
    }

    /// A value, or nothing for [`tags::NULL`].
    fn value(&mut self, depth: u32) -> PyResult<Option<Value>> {
        if depth > MAX_DEPTH {
            return Err(self.vm.value_error("recursion limit exceeded"));
        }
        self.vm.check_stack()?;
        let tag = self.byte().map_err(|e| {
            let ended = e.is(&exc::EOF_ERROR);
            if ended { self.vm.new_error(&exc::EOF_ERROR, "EOF read where object expected") } else { e }
        })?;
        let (kind, flag) = (tag & !tags::REF, tag & tags::REF != 0);
        if kind == tags::NULL {
            return Ok(None);
        }
        if kind == tags::NUMBER {
            let n = u32::from_le_bytes(self.array()?) as usize;
            return match self.numbered.get(n).filter(|v| !v.is_unbound()) {
                Some(v) => Ok(Some(v.clone())),
                None => Err(self.bad("invalid reference")),
            };
        }
        let place = self.keep_place(flag);
        let v = match kind {
            tags::NONE => Value::NONE,
            tags::FALSE => Value::FALSE,
            tags::TRUE => Value::TRUE,
            tags::ELLIPSIS => Value::ELLIPSIS,
            tags::STOP_ITERATION => exc::STOP_ITERATION.as_value(),
            tags::INT => Value::int(i64::from(i32::from_le_bytes(self.array()?))),
            tags::INT64 => int::from_big(BigInt::from(i64::from_le_bytes(self.array()?))),
            tags::LONG => self.long()?,
            tags::FLOAT => Value::float(self.decimal()?),
            tags::BINARY_FLOAT => Value::float(self.double()?),
            tags::COMPLEX => complex::new_value((self.decimal()?, self.decimal()?)),
            tags::BINARY_COMPLEX => complex::new_value((self.double()?, self.double()?)),
            tags::BYTES => {
                let n = self.length("bytes object")?;
                PyBytes::from_vec(self.take(n)?).into_value()
            }
            tags::UNICODE | tags::INTERNED | tags::ASCII | tags::ASCII_INTERNED => {
                let n = self.length("string")?;
                let ascii = matches!(kind, tags::ASCII | tags::ASCII_INTERNED);
                self.text(n, ascii, matches!(kind, tags::INTERNED | tags::ASCII_INTERNED))?
            }
            tags::SHORT_ASCII | tags::SHORT_ASCII_INTERNED => {
                let n = self.byte()?;
                self.text(n as usize, true, kind == tags::SHORT_ASCII_INTERNED)?
            }
            tags::TUPLE => {
                let n = self.length("tuple")?;
                PyTuple::new(self.items(n, depth, "tuple")?).into_value()
            }
            tags::SMALL_TUPLE => {
                let n = self.byte()?;
                PyTuple::new(self.items(n as usize, depth, "tuple")?).into_value()
            }
            tags::LIST => {
                let n = self.length("list")?;
                let list = PyList::new(Vec::new());
                self.set_number(place, list.as_value());
                for _ in 0..n {
                    list.push(self.item(depth + 1, "list")?).map_err(|e| self.vm.out_of_memory(e))?;
                }
                list.into_value()
            }
            tags::DICT => {
                let d = PyDict::new_ref();
                self.set_number(place, d.as_value());
                while let Some(k) = self.value(depth + 1)? {
                    let x = self.item(depth + 1, "dict")?;
                    d.set(self.vm, &k, x)?;
                }
                d.into_value()
            }
            tags::SET => {
                let n = self.length("set")?;
                let s = PySet::new_ref();
                self.set_number(place, s.as_value());
                for _ in 0..n {
                    let x = self.item(depth + 1, "set")?;
                    s.add(self.vm, &x)?;
                }
                s.into_value()
            }
            tags::FROZENSET => {
                let n = self.length("set")?;
                let items = PyList::new(self.items(n, depth, "set")?).into_value();
                let s = PySet::new_frozen();
                set::update(self.vm, &s, &items)?;
                s.into_value()
            }
            tags::SLICE => {
                let parts = self.items(3, depth, "slice")?;
                let [start, stop, step]: [Value; 3] = parts.try_into().map_err(|_| self.bad("slice"))?;
                PySlice::new_ref(start, stop, step).into_value()
            }
            tags::CODE => {
                let n = self.length("code object")?;
                let data = self.take(n)?;
                code(self.vm, &data, self.allow_code)?
            }
            _ => return Err(self.bad("unknown type code")),
        };
        self.set_number(place, &v);
        Ok(Some(v))
    }

    /// Fills the place of an object; those that can hold themselves do it before they are filled.
    fn set_number(&mut self, place: Option<usize>, v: &Value) {
        if let Some(slot) = place.and_then(|i| self.numbered.get_mut(i)) {
            *slot = v.clone();
        }
    }
}
