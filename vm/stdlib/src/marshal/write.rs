//! Values to bytes.

use std::collections::HashMap;

use freeze_runtime::object::Value;
use freeze_runtime::types::bytes::{BYTES, PyBytes};
use freeze_runtime::types::code::PyCode;
use freeze_runtime::types::dict::{DICT, PyDict};
use freeze_runtime::types::exception::STOP_ITERATION;
use freeze_runtime::types::list::{LIST, PyList};
use freeze_runtime::types::set::{FROZENSET, PySet, SET};
use freeze_runtime::types::slice::{PySlice, SLICE};
use freeze_runtime::types::str::{PyStr, STR};
use freeze_runtime::types::tuple::{PyTuple, TUPLE};
use freeze_runtime::types::{buffer, complex, int};
use freeze_runtime::{PyResult, Raised, Vm};

use super::{MAX_DEPTH, tags};

struct Writer<'a> {
    vm: &'a Vm,
    out: Vec<u8>,
    version: i64,
    allow_code: bool,
    /// Numbers of the objects that were written, by address. The values are kept alive by what is being written.
    numbers: HashMap<u64, u32>,
}

/// The bytes of a value. ValueError for what has no form.
pub(super) fn value(vm: &Vm, v: &Value, version: i64, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut writer = Writer { vm, out: Vec::new(), version, allow_code, numbers: HashMap::new() };
    if let Some(code) = v.downcast::<PyCode>() {
        return writer.code(code);
    }
    writer.value(v, 0)?;
    Ok(writer.out)
}

impl Writer<'_> {
    fn unmarshallable(&self) -> Raised {
        self.vm.value_error("unmarshallable object")
    }

    fn code(&self, code: &PyCode) -> PyResult<Vec<u8>> {
        if !self.allow_code {
            return Err(self.vm.value_error("marshalling code objects is disallowed"));
        }
        let code = code.to_bytecode().ok_or_else(|| self.unmarshallable())?;
        freeze_bytecode::marshal::write(&code).map_err(|e| self.vm.value_error(format!("unmarshallable object ({e})")))
    }

    fn length(&mut self, n: usize) -> PyResult<()> {
        let n = i32::try_from(n).map_err(|_| self.unmarshallable())?;
        self.out.extend_from_slice(&n.to_le_bytes());
        Ok(())
    }

    fn bytes(&mut self, tag: u8, bytes: &[u8]) -> PyResult<()> {
        self.out.push(tag);
        self.length(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Ends a value that was met before with its number; else gives the flag for its type byte.
    fn number(&mut self, v: &Value) -> Option<u8> {
        if self.version < 3 || v.refcount() <= 1 {
            return Some(0);
        }
        if let Some(n) = self.numbers.get(&v.bits()) {
            self.out.push(tags::NUMBER);
            self.out.extend_from_slice(&n.to_le_bytes());
            return None;
        }
        let n = self.numbers.len() as u32;
        self.numbers.insert(v.bits(), n);
        Some(tags::REF)
    }

    fn value(&mut self, v: &Value, depth: u32) -> PyResult<()> {
        if depth > MAX_DEPTH {
            return Err(self.vm.value_error("object too deeply nested to marshal"));
        }
        self.vm.check_stack()?;
        let single = if v.is_none() {
            Some(tags::NONE)
        } else if let Some(b) = v.as_bool() {
            Some(if b { tags::TRUE } else { tags::FALSE })
        } else if v.is(&Value::ELLIPSIS) {
            Some(tags::ELLIPSIS)
        } else if v.is(&STOP_ITERATION.as_value()) {
            Some(tags::STOP_ITERATION)
        } else {
            None
        };
        if let Some(tag) = single {
            self.out.push(tag);
            return Ok(());
        }
        if let Some(n) = v.as_small().and_then(|n| i32::try_from(n).ok()) {
            self.out.push(tags::INT);
            self.out.extend_from_slice(&n.to_le_bytes());
            return Ok(());
        }
        if let Some(x) = v.as_float() {
            return self.float(x);
        }
        let Some(flag) = self.number(v) else { return Ok(()) };
        if v.is_small() || v.is_exact(&int::INT) {
            self.long(v, flag)
        } else if v.is_exact(&complex::COMPLEX) {
            let (re, im) = complex::parts_of(v).ok_or_else(|| self.unmarshallable())?;
            self.complex(re, im, flag)
        } else if let Some(s) = v.downcast_exact::<PyStr>(&STR) {
            self.text(s, flag)
        } else if let Some(b) = v.downcast_exact::<PyBytes>(&BYTES) {
            self.bytes(tags::BYTES | flag, b.as_slice())
        } else if let Some(t) = v.downcast_exact::<PyTuple>(&TUPLE) {
            match u8::try_from(t.len()) {
                Ok(n) if self.version >= 4 => self.out.extend_from_slice(&[tags::SMALL_TUPLE | flag, n]),
                _ => {
                    self.out.push(tags::TUPLE | flag);
                    self.length(t.len())?;
                }
            }
            t.as_slice().iter().try_for_each(|x| self.value(x, depth + 1))
        } else if let Some(l) = v.downcast_exact::<PyList>(&LIST) {
            let items = l.to_vec();
            self.out.push(tags::LIST | flag);
            self.length(items.len())?;
            items.iter().try_for_each(|x| self.value(x, depth + 1))
        } else if let Some(d) = v.downcast_exact::<PyDict>(&DICT) {
            self.out.push(tags::DICT | flag);
            for (k, x) in d.items() {
                self.value(&k, depth + 1)?;
                self.value(&x, depth + 1)?;
            }
            self.out.push(tags::NULL);
            Ok(())
        } else if v.is_exact(&SET) || v.is_exact(&FROZENSET) {
            self.set(v, flag, depth)
        } else if let Some(s) = v.downcast_exact::<PySlice>(&SLICE).filter(|_| self.version >= 5) {
            self.out.push(tags::SLICE | flag);
            [&s.start, &s.stop, &s.step].into_iter().try_for_each(|x| self.value(x, depth + 1))
        } else if let Some(c) = v.downcast::<PyCode>() {
            let code = self.code(c)?;
            self.bytes(tags::CODE | flag, &code)
        } else if v.class().slots().buffer.is_some() {
            // Whatever shows its bytes is read back as bytes.
            let bytes = buffer::to_vec(self.vm, v)?;
            self.bytes(tags::BYTES | flag, &bytes)
        } else {
            Err(self.unmarshallable())
        }
    }

    /// The same set gives the same bytes: its items are sorted by theirs.
    fn set(&mut self, v: &Value, flag: u8, depth: u32) -> PyResult<()> {
        let items = v.downcast::<PySet>().map(PySet::to_vec).unwrap_or_default();
        self.out.push(if v.is_exact(&SET) { tags::SET } else { tags::FROZENSET } | flag);
        self.length(items.len())?;
        let mut keyed = Vec::new();
        for item in items {
            let mut alone = Writer { out: Vec::new(), numbers: HashMap::new(), version: self.version.min(2), ..*self };
            alone.value(&item, depth + 1)?;
            keyed.push((alone.out, item));
        }
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        keyed.iter().try_for_each(|(_, item)| self.value(item, depth + 1))
    }

    fn float(&mut self, x: f64) -> PyResult<()> {
        if self.version > 1 {
            self.out.push(tags::BINARY_FLOAT);
            self.out.extend_from_slice(&x.to_le_bytes());
            return Ok(());
        }
        self.out.push(tags::FLOAT);
        self.decimal(x)
    }

    fn decimal(&mut self, x: f64) -> PyResult<()> {
        let text = self.vm.repr(&Value::float(x))?;
        self.out.push(text.byte_len() as u8);
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn complex(&mut self, re: f64, im: f64, flag: u8) -> PyResult<()> {
        if self.version > 1 {
            self.out.push(tags::BINARY_COMPLEX | flag);
            self.out.extend_from_slice(&re.to_le_bytes());
            self.out.extend_from_slice(&im.to_le_bytes());
            return Ok(());
        }
        self.out.push(tags::COMPLEX | flag);
        self.decimal(re)?;
        self.decimal(im)
    }

    fn text(&mut self, s: &PyStr, flag: u8) -> PyResult<()> {
        let interned = s.is_interned() && self.version >= 1;
        if self.version < 4 || !s.is_ascii() {
            return self.bytes(if interned { tags::INTERNED } else { tags::UNICODE } | flag, s.as_bytes());
        }
        match u8::try_from(s.byte_len()) {
            Ok(n) => {
                self.out.push(if interned { tags::SHORT_ASCII_INTERNED } else { tags::SHORT_ASCII } | flag);
                self.out.push(n);
                self.out.extend_from_slice(s.as_bytes());
                Ok(())
            }
            Err(_) => self.bytes(if interned { tags::ASCII_INTERNED } else { tags::ASCII } | flag, s.as_bytes()),
        }
    }

    fn long(&mut self, v: &Value, flag: u8) -> PyResult<()> {
        let n = int::to_big(v);
        let (mut digits, mut bits, mut have) = (Vec::new(), 0_u32, 0);
        for byte in n.magnitude().to_bytes_le() {
            bits |= u32::from(byte) << have;
            have += 8;
            if have >= 15 {
                digits.push(bits as u16 & 0x7FFF);
                bits >>= 15;
                have -= 15;
            }
        }
        digits.push(bits as u16);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let count = i32::try_from(digits.len()).map_err(|_| self.unmarshallable())?;
        self.out.push(tags::LONG | flag);
        self.out.extend_from_slice(&(if int::is_negative(v) { -count } else { count }).to_le_bytes());
        digits.iter().for_each(|d| self.out.extend_from_slice(&d.to_le_bytes()));
        Ok(())
    }
}
