//! The `%` operator of str, bytes and bytearray.

use crate::object::{Ref, Value};
use crate::text::percent::{self, Amount, Conversion, Parser, Piece, Resolved};
use crate::text::{int_convert, wtf8};
use crate::types::buffer;
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use crate::types::int::{digit_limit, int_ref};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// Where the arguments come from.
struct Source<'a> {
    args: &'a Value,
    tuple: Option<Ref<PyTuple>>,
    /// Whether `%(key)` works, and unused arguments are no error.
    mapping: bool,
    used: usize,
    /// The value of the key of the current conversion.
    keyed: Option<Value>,
    is_text: bool,
}

impl Source<'_> {
    fn next(&mut self, vm: &Vm) -> PyResult<Value> {
        if let Some(v) = self.keyed.take() {
            return Ok(v);
        }
        let n = self.used;
        self.used += 1;
        let v = match &self.tuple {
            Some(t) => t.as_slice().get(n).cloned(),
            None if n == 0 => Some(self.args.clone()),
            None => None,
        };
        v.ok_or_else(|| vm.type_error("not enough arguments for format string"))
    }

    fn take_key(&mut self, vm: &Vm, key: &[u8]) -> PyResult<()> {
        if !self.mapping {
            return Err(vm.type_error("format requires a mapping"));
        }
        let key = if self.is_text { PyStr::new(key).into_value() } else { PyBytes::new(key).into_value() };
        self.keyed = Some(vm.get_item(self.args, &key)?);
        Ok(())
    }

    fn star(&mut self, vm: &Vm) -> PyResult<Value> {
        let v = self.next(vm)?;
        if !crate::types::int::is_int(&v) {
            return Err(vm.type_error("* wants int"));
        }
        Ok(v)
    }

    fn amounts(&mut self, vm: &Vm, c: &Conversion) -> PyResult<Resolved> {
        let mut out = Resolved { width: 0, precision: None, left: c.left };
        match c.width {
            Amount::None => {}
            Amount::Fixed(n) => out.width = n,
            Amount::Star => {
                let n = vm.to_ssize(&self.star(vm)?)?;
                out.left |= n < 0;
                out.width = n.unsigned_abs();
            }
        }
        out.precision = match c.precision {
            Amount::None => None,
            Amount::Fixed(n) => Some(n),
            Amount::Star => Some(vm.to_c_int(&self.star(vm)?)?.max(0) as usize),
        };
        vm.ask_room(out.width.max(out.precision.unwrap_or(0)).saturating_mul(3))?;
        Ok(out)
    }
}

fn is_mapping(v: &Value, is_text: bool) -> bool {
    let excluded = v.has_layout::<PyTuple>()
        || v.has_layout::<PyStr>()
        || (!is_text && (v.has_layout::<PyBytes>() || v.has_layout::<PyByteArray>()));
    v.class().slots().getitem.is_some() && !excluded
}

/// `format % args`
pub(super) fn format(vm: &Vm, format: &[u8], args: &Value, is_text: bool) -> PyResult<Vec<u8>> {
    let mut source = Source {
        args,
        tuple: args.downcast_ref::<PyTuple>(),
        mapping: is_mapping(args, is_text),
        used: 0,
        keyed: None,
        is_text,
    };
    let mut out = Vec::with_capacity(format.len() + 16);
    let mut parser = Parser::new(format, is_text);
    loop {
        let piece = match parser.next_piece() {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(e) => return Err(vm.value_error(e.0)),
        };
        match piece {
            Piece::Literal(text) => out.extend_from_slice(text),
            Piece::Convert(c) => {
                if let Some(key) = c.key {
                    source.take_key(vm, key)?;
                }
                let amounts = source.amounts(vm, &c)?;
                let known =
                    u8::try_from(c.kind).is_ok_and(|k| b"sradiouxXeEfFgGc".contains(&k) || (!is_text && k == b'b'));
                if !known {
                    return Err(vm.value_error(parser.unsupported(&c).0));
                }
                let v = source.next(vm)?;
                convert(vm, &mut out, &c, amounts, &v, is_text)?;
            }
        }
    }
    let given = source.tuple.as_ref().map_or(1, |t| t.len());
    if source.used < given && !source.mapping {
        let what = if is_text { "string" } else { "bytes" };
        return Err(vm.type_error(format!("not all arguments converted during {what} formatting")));
    }
    Ok(out)
}

fn convert(vm: &Vm, out: &mut Vec<u8>, c: &Conversion, amounts: Resolved, v: &Value, is_text: bool) -> PyResult<()> {
    match c.kind as u8 {
        b's' if is_text => percent::push_text(out, vm.to_str(v)?.as_bytes(), amounts, true),
        b'r' if is_text => percent::push_text(out, vm.repr(v)?.as_bytes(), amounts, true),
        b'r' | b'a' => percent::push_text(out, vm.ascii(v)?.as_bytes(), amounts, is_text),
        b's' | b'b' => percent::push_text(out, &bytes_of(vm, v)?, amounts, false),
        b'c' => percent::push_text(out, &character(vm, v, is_text)?, Resolved { precision: None, ..amounts }, is_text),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            let x = float_of(vm, v, is_text)?;
            percent::push_float(out, x, c, amounts);
        }
        _ => {
            let n = integer(vm, c.kind as u8, v)?;
            let Some(n) = int_ref(&n) else { return Ok(()) };
            if percent::push_int(out, n, c, amounts, digit_limit()).is_none() {
                return Err(vm.value_error(int_convert::too_many_digits(digit_limit())));
            }
        }
    }
    Ok(())
}

fn float_of(vm: &Vm, v: &Value, is_text: bool) -> PyResult<f64> {
    vm.to_f64(v).map_err(|e| {
        if is_text || !e.is(&crate::types::exception::TYPE_ERROR) {
            return e;
        }
        vm.type_error(format!("float argument required, not {}", v.class().name()))
    })
}

/// The int that `%d` or `%x` shows.
fn integer(vm: &Vm, kind: u8, v: &Value) -> PyResult<Value> {
    if int_ref(v).is_some() {
        return Ok(v.clone());
    }
    let slots = v.class().slots();
    let kind = char::from(kind);
    let wrong = |what: &str| -> Raised {
        vm.type_error(format!("%{kind} format: {what} is required, not {}", v.class().name()))
    };
    if matches!(kind, 'x' | 'X' | 'o') {
        return if slots.index.is_some() { vm.index(v) } else { Err(wrong("an integer")) };
    }
    if slots.int.is_some() || slots.index.is_some() {
        return crate::types::int::from_number(vm, v)
            .map_err(|e| if e.is(&crate::types::exception::TYPE_ERROR) { wrong("a real number") } else { e });
    }
    Err(wrong("a real number"))
}

/// `%c`: one character from a code point or a string of one character.
fn character(vm: &Vm, v: &Value, is_text: bool) -> PyResult<Vec<u8>> {
    if !is_text {
        return byte(vm, v);
    }
    if let Some(s) = v.downcast::<PyStr>() {
        return match s.len() {
            1 => Ok(s.as_bytes().to_vec()),
            n => Err(vm.type_error(format!("%c requires an int or a unicode character, not a string of length {n}"))),
        };
    }
    if v.class().slots().index.is_none() {
        return Err(vm.type_error(format!("%c requires an int or a unicode character, not {}", v.class().name())));
    }
    let cp = u32::try_from(vm.to_index_clamped(v)?).ok().filter(|&cp| cp <= wtf8::MAX);
    cp.map(wtf8::encode).ok_or_else(|| vm.overflow_error("%c arg not in range(0x110000)"))
}

fn byte(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    if v.has_layout::<PyBytes>() || v.has_layout::<PyByteArray>() {
        let bytes = buffer::to_vec(vm, v)?;
        return match bytes.len() {
            1 => Ok(bytes),
            n => Err(vm.type_error(format!(
                "%c requires an integer in range(256) or a single byte, not a {} object of length {n}",
                v.class().name()
            ))),
        };
    }
    if v.class().slots().index.is_none() {
        return Err(
            vm.type_error(format!("%c requires an integer in range(256) or a single byte, not {}", v.class().name()))
        );
    }
    let byte = u8::try_from(vm.to_index_clamped(v)?);
    byte.map(|b| vec![b]).map_err(|_| vm.overflow_error("%c arg not in range(256)"))
}

/// `%b` and `%s` of bytes formats: the bytes of a bytes-like object, or what `__bytes__` gives.
fn bytes_of(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    if buffer::is_bytes_like(v) {
        return buffer::to_vec(vm, v);
    }
    if v.is_ptr()
        && let Some(r) = vm.call_special(v, &vm.names().__bytes__, &[])?
    {
        return match r.downcast::<PyBytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", r.class().name()))),
        };
    }
    Err(vm.type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        v.class().name()
    )))
}
