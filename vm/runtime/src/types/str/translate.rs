//! `str.translate` and `str.maketrans`.

use super::{PyStr, unchanged};
use crate::call::Args;
use crate::object::Value;
use crate::text::wtf8;
use crate::types::dict::{DICT, PyDict};
use crate::types::exception::LOOKUP_ERROR;
use crate::vm::{PyResult, Vm};

/// What the table says about a code point; None leaves it as it is.
fn look_up(vm: &Vm, table: &Value, cp: u32) -> PyResult<Option<Value>> {
    let key = Value::small(i64::from(cp));
    if table.is_exact(&DICT)
        && let Some(d) = table.downcast::<PyDict>()
    {
        return d.get(vm, &key);
    }
    match vm.get_item(table, &key) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&LOOKUP_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}

fn push(vm: &Vm, out: &mut Vec<u8>, cp: u32, mapped: Option<&Value>) -> PyResult<()> {
    let Some(v) = mapped else {
        wtf8::push(out, cp);
        return Ok(());
    };
    if v.is_none() {
        return Ok(());
    }
    if let Some(s) = v.downcast::<PyStr>() {
        out.extend_from_slice(s.as_bytes());
        return Ok(());
    }
    if !crate::types::int::is_int(v) {
        return Err(vm.type_error("character mapping must return integer, None or str"));
    }
    let new = crate::types::int::as_i64(v).and_then(|n| u32::try_from(n).ok()).filter(|&n| n <= wtf8::MAX);
    let new = new.ok_or_else(|| vm.value_error("character mapping must be in range(0x110000)"))?;
    wtf8::push(out, new);
    Ok(())
}

/// What is known of a character.
enum Seen {
    Unknown,
    /// It becomes one of ASCII.
    Byte(u8),
    /// As [`look_up`] found it.
    Other(Option<Value>),
}

pub(super) fn translate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStr>();
    let table = args.get(1);
    if s.is_empty() {
        return Ok(unchanged(args.this()));
    }
    let mut out = Vec::with_capacity(s.byte_len());
    // What the table says is asked once per ASCII character.
    let mut seen = [const { Seen::Unknown }; 128];
    for cp in wtf8::code_points(s.as_bytes()) {
        match seen.get_mut(cp as usize) {
            Some(Seen::Byte(byte)) => out.push(*byte),
            Some(Seen::Other(mapped)) => push(vm, &mut out, cp, mapped.clone().as_ref())?,
            Some(unknown) => {
                let (mapped, start) = (look_up(vm, table, cp)?, out.len());
                push(vm, &mut out, cp, mapped.as_ref())?;
                *unknown = match out[start..] {
                    [byte] => Seen::Byte(byte),
                    _ => Seen::Other(mapped),
                };
            }
            None => push(vm, &mut out, cp, look_up(vm, table, cp)?.as_ref())?,
        }
    }
    Ok(PyStr::new(&out).into_value())
}

pub(super) fn maketrans(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let table = PyDict::new_ref();
    let Some(to) = args.opt(1) else {
        from_dict(vm, &table, args.get(0))?;
        return Ok(table.into_value());
    };
    let Some(from) = args.get(0).downcast::<PyStr>() else {
        return Err(vm.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    let Some(to) = to.downcast::<PyStr>() else { return Err(args.wrong(vm, 1, "str")) };
    if from.len() != to.len() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    let code = |cp: u32| Value::small(i64::from(cp));
    for (f, t) in from.code_points().zip(to.code_points()) {
        table.set(vm, &code(f), code(t))?;
    }
    if args.opt(2).is_some() {
        for cp in args.str(vm, 2)?.code_points() {
            table.set(vm, &code(cp), Value::NONE)?;
        }
    }
    Ok(table.into_value())
}

fn from_dict(vm: &Vm, table: &PyDict, given: &Value) -> PyResult<()> {
    let Some(d) = given.downcast::<PyDict>() else {
        return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
    };
    for (key, value) in d.items() {
        if let Some(s) = key.downcast::<PyStr>() {
            if s.len() != 1 {
                return Err(vm.value_error("string keys in translate table must be of length 1"));
            }
            table.set(vm, &Value::small(i64::from(s.char_at(0))), value)?;
        } else if crate::types::int::is_int(&key) {
            table.set(vm, &key, value)?;
        } else {
            return Err(vm.type_error("keys in translate table must be strings or integers"));
        }
    }
    Ok(())
}
