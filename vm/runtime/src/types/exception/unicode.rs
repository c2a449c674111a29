//! `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

use super::base::{self, this};
use super::fields::field;
use super::{Kind, UnicodeForm};
use crate::call::CallArgs;
use crate::object::typeobj::GetSet;
use crate::object::{Payload, Slots, Value};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

// Fields: encoding 0, object 1, start 2, end 3, reason 4.

/// Which argument is of which kind: `s` str, `b` bytes, `n` an int.
fn fill(vm: &Vm, v: &Value, args: CallArgs<'_>, kinds: &[(u8, usize)]) -> PyResult<()> {
    base::init(vm, v, args)?;
    let given = args.args.len();
    if given != kinds.len() {
        return Err(vm.type_error(format!("function takes exactly {} arguments ({given} given)", kinds.len())));
    }
    let e = this(v);
    for (i, (a, &(kind, at))) in args.args.iter().zip(kinds).enumerate() {
        let value = match kind {
            b's' if !a.has_layout::<PyStr>() => {
                let got = vm.type_name_for_errors(a);
                return Err(vm.type_error(format!("argument {} must be str, not {got}", i + 1)));
            }
            b'n' => {
                if !a.is_small() && a.class().slots().index.is_none() {
                    let got = a.class().name();
                    return Err(vm.type_error(format!("'{got}' object cannot be interpreted as an integer")));
                }
                Value::int(vm.to_i64(a)?)
            }
            b'b' if !a.has_layout::<PyBytes>() => {
                if a.class().slots().buffer.is_none() {
                    let got = a.class().name();
                    return Err(vm.type_error(format!("a bytes-like object is required, not '{got}'")));
                }
                vm.call(&crate::types::bytes::BYTES.as_value(), std::slice::from_ref(a))?
            }
            _ => a.clone(),
        };
        e.set_field(at, value);
    }
    Ok(())
}

fn decode_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    fill(vm, v, args, &[(b's', 0), (b'b', 1), (b'n', 2), (b'n', 3), (b's', 4)])
}

fn encode_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    fill(vm, v, args, &[(b's', 0), (b's', 1), (b'n', 2), (b'n', 3), (b's', 4)])
}

fn translate_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    fill(vm, v, args, &[(b's', 1), (b'n', 2), (b'n', 3), (b's', 4)])
}

/// Start and end as they were set: they need not lie within the object.
fn range(v: &Value) -> (i64, i64) {
    let e = this(v);
    let n = |i| e.field(i).and_then(|v| v.as_small()).unwrap_or(0);
    (n(2), n(3))
}

/// The one place that start and end name, if they name just one within an object of this length.
fn single((start, end): (i64, i64), len: usize) -> Option<usize> {
    let at = usize::try_from(start).ok().filter(|&at| at < len)?;
    (end.checked_sub(start) == Some(1)).then_some(at)
}

fn text(vm: &Vm, v: &Value, i: usize) -> PyResult<String> {
    match this(v).field(i) {
        Some(x) => Ok(vm.to_str(&x)?.to_lossy().into_owned()),
        None => Ok(String::new()),
    }
}

/// A character and its place.
fn place(s: &PyStr, at: usize) -> String {
    let c = s.char_at(at);
    match c {
        0..=0xFF => format!("'\\x{c:02x}' in position {at}"),
        0x100..=0xFFFF => format!("'\\u{c:04x}' in position {at}"),
        _ => format!("'\\U{c:08x}' in position {at}"),
    }
}

fn of_str(vm: &Vm, v: &Value, head: &str) -> PyResult<Value> {
    let Some(obj) = this(v).field(1).and_then(|o| o.downcast_ref::<PyStr>()) else {
        return Ok(vm.names().empty.value());
    };
    let (start, end) = range(v);
    let reason = text(vm, v, 4)?;
    Ok(vm.str(&match single((start, end), obj.len()) {
        Some(at) => format!("{head} character {}: {reason}", place(&obj, at)),
        None => format!("{head} characters in position {start}-{}: {reason}", end.saturating_sub(1)),
    }))
}

fn encode_str(vm: &Vm, v: &Value) -> PyResult<Value> {
    if this(v).field(1).is_none() {
        return Ok(vm.names().empty.value());
    }
    let head = format!("'{}' codec can't encode", text(vm, v, 0)?);
    of_str(vm, v, &head)
}

fn translate_str(vm: &Vm, v: &Value) -> PyResult<Value> {
    of_str(vm, v, "can't translate")
}

fn decode_str(vm: &Vm, v: &Value) -> PyResult<Value> {
    let Some(obj) = this(v).field(1).and_then(|o| o.downcast_ref::<PyBytes>()) else {
        return Ok(vm.names().empty.value());
    };
    let (start, end) = range(v);
    let (encoding, reason) = (text(vm, v, 0)?, text(vm, v, 4)?);
    let bytes = obj.as_slice();
    Ok(vm.str(&match single((start, end), bytes.len()).and_then(|at| bytes.get(at)) {
        Some(b) => format!("'{encoding}' codec can't decode byte 0x{b:02x} in position {start}: {reason}"),
        None => {
            format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end.saturating_sub(1))
        }
    }))
}

fn get_number(vm: &Vm, v: &Value, i: usize, name: &str) -> PyResult<Value> {
    this(v).field(i).ok_or_else(|| vm.type_error(format!("UnicodeError '{name}' attribute is not set")))
}

fn set_number(vm: &Vm, v: &Value, i: usize, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(n) => {
            this(v).set_field(i, Value::int(vm.to_i64(&n)?));
            Ok(())
        }
        None => Err(vm.type_error("can't delete numeric/char attribute")),
    }
}

static FIELDS: &[GetSet] = &[
    field!("encoding", 0),
    GetSet {
        name: "end",
        doc: "",
        get: |vm, v| get_number(vm, v, 3, "end"),
        set: Some(|vm, v, value| set_number(vm, v, 3, value)),
    },
    field!("object", 1),
    field!("reason", 4),
    GetSet {
        name: "start",
        doc: "",
        get: |vm, v| get_number(vm, v, 2, "start"),
        set: Some(|vm, v, value| set_number(vm, v, 2, value)),
    },
];

const fn kind(slots: Slots) -> Kind {
    Kind { layout: UnicodeForm::layout, slots, getset: FIELDS, ..Kind::PLAIN }
}

pub(super) const DECODE: Kind = kind(Slots { init: Some(decode_init), str: Some(decode_str), ..Slots::EMPTY });
pub(super) const ENCODE: Kind = kind(Slots { init: Some(encode_init), str: Some(encode_str), ..Slots::EMPTY });
pub(super) const TRANSLATE: Kind = kind(Slots { init: Some(translate_init), str: Some(translate_str), ..Slots::EMPTY });
