//! Truth, text, numbers of any object.

use num_bigint::BigInt;

use crate::Str;
use crate::object::Value;
use crate::text::format_number::{self, IntRef};
use crate::text::format_spec;
use crate::types::str::{PyStr, STR};
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `bool(v)`
    #[inline]
    pub fn is_true(&self, v: &Value) -> PyResult<bool> {
        if let Some(b) = v.as_bool() {
            return Ok(b);
        }
        if let Some(i) = v.as_small() {
            return Ok(i != 0);
        }
        self.is_true_slow(v)
    }

    fn is_true_slow(&self, v: &Value) -> PyResult<bool> {
        if v.is_none() {
            return Ok(false);
        }
        let slots = v.class().slots();
        if let Some(f) = slots.bool {
            return f(self, v);
        }
        if let Some(f) = slots.len {
            return f(self, v).map(|n| n != 0);
        }
        Ok(true)
    }

    /// `repr(v)`
    pub fn repr(&self, v: &Value) -> PyResult<Str> {
        self.check_stack()?;
        let r = match v.class().slots().repr {
            Some(f) => f(self, v)?,
            None => return Ok(PyStr::new(format!("<{} object at {:#x}>", v.class().full_name(), v.id()).as_bytes())),
        };
        r.downcast_ref::<PyStr>()
            .ok_or_else(|| self.type_error(format!("__repr__ returned non-string (type {})", r.class().full_name())))
    }

    /// `str(v)`
    pub fn to_str(&self, v: &Value) -> PyResult<Str> {
        if v.is_exact(&crate::types::str::STR) {
            return Ok(Str::from_value_unchecked(v.clone()));
        }
        self.check_stack()?;
        let Some(f) = v.class().slots().str else { return self.repr(v) };
        let r = f(self, v)?;
        r.downcast_ref::<PyStr>()
            .ok_or_else(|| self.type_error(format!("__str__ returned non-string (type {})", r.class().full_name())))
    }

    /// `ascii(v)`
    pub fn ascii(&self, v: &Value) -> PyResult<Str> {
        let r = self.repr(v)?;
        if r.is_ascii() {
            return Ok(r);
        }
        let mut out = Vec::with_capacity(r.byte_len() + 16);
        for c in r.code_points() {
            match c {
                0..0x80 => out.push(c as u8),
                0x80..0x100 => out.extend(format!("\\x{c:02x}").bytes()),
                0x100..0x10000 => out.extend(format!("\\u{c:04x}").bytes()),
                _ => out.extend(format!("\\U{c:08x}").bytes()),
            }
        }
        Ok(PyStr::new(&out))
    }

    /// `format(v, spec)`
    pub fn format(&self, v: &Value, spec: &Str) -> PyResult<Str> {
        if spec.is_empty() {
            if v.is_exact(&crate::types::str::STR) {
                return self.to_str(v);
            }
            if v.is_small() {
                return self.to_str(v);
            }
        } else if let Some(text) = self.format_plain(v, spec) {
            return text;
        }
        let m = self.lookup_special(v, &self.names().__format__)?;
        let Some(m) = m else {
            return Err(self.type_error(format!("Type {} doesn't define __format__", v.class().full_name())));
        };
        let r = m.call(self, &[spec.value()])?;
        r.downcast_ref::<PyStr>()
            .ok_or_else(|| self.type_error(format!("__format__ must return a str, not {}", r.class().full_name())))
    }

    /// `format(v, spec)` of exact ints, floats and texts, whose `__format__` nobody can replace.
    fn format_plain(&self, v: &Value, spec: &Str) -> Option<PyResult<Str>> {
        let spec = spec.as_bytes();
        let text = if let Some(n) = v.as_small() {
            format_number::format_int(IntRef::Small(n), spec, "int", crate::types::int::digit_limit())
        } else if let Some(x) = v.as_float() {
            format_number::format_float_text(x, spec, "float")
        } else {
            format_spec::format_str(v.downcast_exact::<PyStr>(&STR)?.as_bytes(), spec, "str")
        };
        Some(text.map(|t| PyStr::new(&t)).map_err(|e| self.format_error(e)))
    }

    /// `operator.index(v)`: an int object (exact int or subclass made plain).
    pub fn index(&self, v: &Value) -> PyResult<Value> {
        if v.is_small() {
            return Ok(v.clone());
        }
        crate::types::int::index_of(self, v)
    }

    /// An int through `__index__` as i64; OverflowError when it does not fit.
    pub fn to_i64(&self, v: &Value) -> PyResult<i64> {
        if let Some(i) = v.as_small() {
            return Ok(i);
        }
        let i = self.index(v)?;
        crate::types::int::as_i64(&i).ok_or_else(|| self.overflow_error("Python int too large to convert to C long"))
    }

    /// An int through `__index__` as a C int; OverflowError when it does not fit.
    pub fn to_c_int(&self, v: &Value) -> PyResult<i32> {
        let i = self.index(v)?;
        let n = crate::types::int::as_i64(&i).and_then(|n| i32::try_from(n).ok());
        n.ok_or_else(|| self.overflow_error("Python int too large to convert to C int"))
    }

    /// An int through `__index__` as isize, where it counts or numbers something; OverflowError when it does not fit.
    pub fn to_ssize(&self, v: &Value) -> PyResult<isize> {
        let i = self.index(v)?;
        let n = crate::types::int::as_i64(&i).map(|n| n as isize);
        n.ok_or_else(|| self.overflow_error("Python int too large to convert to C ssize_t"))
    }

    /// An int through `__index__` as isize; OverflowError "cannot fit 'T' into an index-sized integer".
    pub fn to_isize(&self, v: &Value) -> PyResult<isize> {
        if let Some(i) = v.as_small() {
            return Ok(i as isize);
        }
        let i = self.index(v)?;
        crate::types::int::as_i64(&i).map(|i| i as isize).ok_or_else(|| {
            self.overflow_error(format!("cannot fit '{}' into an index-sized integer", v.class().full_name()))
        })
    }

    /// An int through `__index__`, clamped to the range of isize (slices).
    pub fn to_index_clamped(&self, v: &Value) -> PyResult<isize> {
        if let Some(i) = v.as_small() {
            return Ok(i as isize);
        }
        let i = self.index(v)?;
        Ok(match crate::types::int::as_i64(&i) {
            Some(i) => i as isize,
            None if crate::types::int::is_negative(&i) => isize::MIN,
            None => isize::MAX,
        })
    }

    /// An int through `__index__` as a big integer.
    pub fn to_bigint(&self, v: &Value) -> PyResult<BigInt> {
        let i = self.index(v)?;
        Ok(crate::types::int::to_big(&i))
    }

    /// An int of any size, small if it fits.
    pub fn new_int(&self, n: BigInt) -> Value {
        crate::types::int::from_big(n)
    }

    /// `float(v)` for numbers: through `__float__` or `__index__`; "must be real number, not T".
    pub fn to_f64(&self, v: &Value) -> PyResult<f64> {
        if let Some(f) = v.as_float() {
            return Ok(f);
        }
        if let Some(i) = v.as_small() {
            return Ok(i as f64);
        }
        crate::types::float::to_f64(self, v)
    }

    /// The path that an argument names: `os.fspath(v)`, a str or bytes object.
    pub fn fspath(&self, v: &Value) -> PyResult<Value> {
        if v.has_layout::<PyStr>() || v.has_layout::<crate::types::bytes::PyBytes>() {
            return Ok(v.clone());
        }
        let blocked = v.class().lookup(&self.names().__fspath__).is_some_and(|f| f.is_none());
        let r = if blocked { None } else { self.call_special(v, &self.names().__fspath__, &[])? };
        match r {
            Some(r) if r.has_layout::<PyStr>() || r.has_layout::<crate::types::bytes::PyBytes>() => Ok(r),
            Some(r) => Err(self.type_error(format!(
                "expected {}.__fspath__() to return str or bytes, not {}",
                v.class().full_name(),
                r.class().full_name()
            ))),
            None => {
                Err(self
                    .type_error(format!("expected str, bytes or os.PathLike object, not {}", v.class().full_name())))
            }
        }
    }
}
