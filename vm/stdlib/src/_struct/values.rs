//! Single values to bytes and back.

use freeze_runtime::text::int_bytes;
use freeze_runtime::types::bytearray::PyByteArray;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::complex;
use freeze_runtime::types::exception::TYPE_ERROR;
use freeze_runtime::types::int::from_big;
use freeze_runtime::types::memoryview::{f64_to_half, half_to_f64};
use freeze_runtime::{PyResult, Value, Vm};

use super::error;
use super::format::{Format, Item, Kind};

/// Packs values, as many as the format has, into `out`, which is as long as the format says.
pub(super) fn pack(vm: &Vm, format: &Format, values: &[Value], out: &mut [u8]) -> PyResult<()> {
    let mut values = values.iter();
    for item in &format.items {
        match item.kind {
            Kind::Pad => {}
            Kind::Bytes | Kind::Pascal => {
                let Some(v) = values.next() else { return Ok(()) };
                pack_bytes(vm, item, v, &mut out[item.offset..item.offset + item.count])?;
            }
            _ => {
                for i in 0..item.count {
                    let Some(v) = values.next() else { return Ok(()) };
                    let at = item.offset + i * item.size;
                    pack_one(vm, format, item, v, &mut out[at..at + item.size])?;
                }
            }
        }
    }
    Ok(())
}

fn content(v: &Value) -> Option<Vec<u8>> {
    match v.downcast::<PyBytes>() {
        Some(b) => Some(b.as_slice().to_vec()),
        None => v.downcast::<PyByteArray>().map(|b| b.with(<[u8]>::to_vec)),
    }
}

fn pack_bytes(vm: &Vm, item: &Item, v: &Value, slot: &mut [u8]) -> PyResult<()> {
    let code = char::from(item.code);
    let Some(bytes) = content(v) else {
        return Err(error(vm, format!("argument for '{code}' must be a bytes object")));
    };
    if item.kind == Kind::Bytes {
        let len = bytes.len().min(slot.len());
        slot[..len].copy_from_slice(&bytes[..len]);
    } else if let Some((first, rest)) = slot.split_first_mut() {
        let len = bytes.len().min(rest.len());
        rest[..len].copy_from_slice(&bytes[..len]);
        *first = len.min(255) as u8;
    }
    Ok(())
}

fn pack_one(vm: &Vm, format: &Format, item: &Item, v: &Value, slot: &mut [u8]) -> PyResult<()> {
    match item.kind {
        Kind::Char => match v.downcast::<PyBytes>().map(PyBytes::as_slice) {
            Some([byte]) => slot[0] = *byte,
            _ => return Err(error(vm, "char format requires a bytes object of length 1")),
        },
        Kind::Bool => slot[0] = u8::from(vm.is_true(v)?),
        Kind::Int { signed } => pack_int(vm, format, item, signed, v, slot)?,
        Kind::Float => {
            let x = vm
                .to_f64(v)
                .map_err(|e| if e.is(&TYPE_ERROR) { error(vm, "required argument is not a float") } else { e })?;
            pack_float(vm, item.code, x, format.little, slot)?;
        }
        Kind::Complex => {
            let (re, im) = complex::from_object(vm, v, "required argument is not a complex")
                .map_err(|e| if e.is(&TYPE_ERROR) { error(vm, "required argument is not a complex") } else { e })?;
            let code = if item.code == b'F' { b'f' } else { b'd' };
            let (a, b) = slot.split_at_mut(item.size / 2);
            pack_float(vm, code, re, format.little, a)?;
            pack_float(vm, code, im, format.little, b)?;
        }
        Kind::Pad | Kind::Bytes | Kind::Pascal => {}
    }
    Ok(())
}

fn pack_int(vm: &Vm, format: &Format, item: &Item, signed: bool, v: &Value, slot: &mut [u8]) -> PyResult<()> {
    if !v.is_small() && v.class().slots().index.is_none() {
        return Err(error(vm, "required argument is not an integer"));
    }
    let n = vm.to_bigint(v)?;
    let Ok(bytes) = int_bytes::to_bytes(&n, item.size, format.little, signed) else {
        return Err(out_of_range(vm, format, item, signed));
    };
    slot.copy_from_slice(&bytes);
    Ok(())
}

#[cold]
fn out_of_range(vm: &Vm, format: &Format, item: &Item, signed: bool) -> freeze_runtime::Raised {
    let code = char::from(item.code);
    if format.native && matches!(item.code, b'q' | b'Q' | b'n' | b'N' | b'P' | b'l' | b'L') {
        return error(
            vm,
            match item.code {
                b'q' | b'Q' | b'n' | b'N' | b'P' => "int too large to convert".to_owned(),
                _ => "argument out of range".to_owned(),
            },
        );
    }
    let bits = item.size as u32 * 8;
    let (low, high) =
        if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    error(vm, format!("'{code}' format requires {low} <= number <= {high}"))
}

fn pack_float(vm: &Vm, code: u8, x: f64, little: bool, slot: &mut [u8]) -> PyResult<()> {
    let mut bytes = match code {
        b'e' => match f64_to_half(x) {
            Some(half) => half.to_le_bytes().to_vec(),
            None => return Err(vm.overflow_error("float too large to pack with e format")),
        },
        b'f' => {
            let single = x as f32;
            if single.is_infinite() && x.is_finite() {
                return Err(vm.overflow_error("float too large to pack with f format"));
            }
            single.to_le_bytes().to_vec()
        }
        _ => x.to_le_bytes().to_vec(),
    };
    if !little {
        bytes.reverse();
    }
    slot.copy_from_slice(&bytes);
    Ok(())
}

fn float(bytes: &[u8], little: bool) -> f64 {
    let mut raw = [0; 8];
    raw[..bytes.len()].copy_from_slice(bytes);
    let raw = &mut raw[..bytes.len()];
    if !little {
        raw.reverse();
    }
    match *raw {
        [a, b] => half_to_f64(u16::from_le_bytes([a, b])),
        [a, b, c, d] => f64::from(f32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => 0.0,
    }
}

/// The values in `bytes`, which are as many as the format says.
pub(super) fn unpack(format: &Format, bytes: &[u8]) -> Vec<Value> {
    let mut out = Vec::with_capacity(format.values);
    for item in &format.items {
        match item.kind {
            Kind::Pad => {}
            Kind::Bytes => out.push(PyBytes::new(&bytes[item.offset..item.offset + item.count]).into_value()),
            Kind::Pascal => {
                let field = &bytes[item.offset..item.offset + item.count];
                let text =
                    field.split_first().map_or(&[][..], |(len, rest)| &rest[..rest.len().min(usize::from(*len))]);
                out.push(PyBytes::new(text).into_value());
            }
            _ => {
                let field = &bytes[item.offset..item.offset + item.count * item.size];
                out.extend(field.chunks(item.size).map(|one| unpack_one(format, item, one)));
            }
        }
    }
    out
}

fn unpack_one(format: &Format, item: &Item, bytes: &[u8]) -> Value {
    match item.kind {
        Kind::Char => PyBytes::new(bytes).into_value(),
        Kind::Bool => Value::bool(bytes.iter().any(|&b| b != 0)),
        Kind::Float => Value::float(float(bytes, format.little)),
        Kind::Complex => {
            let (a, b) = bytes.split_at(bytes.len() / 2);
            complex::new_value((float(a, format.little), float(b, format.little)))
        }
        Kind::Int { signed } => small_int(bytes, format.little, signed),
        Kind::Pad | Kind::Bytes | Kind::Pascal => Value::NONE,
    }
}

fn small_int(bytes: &[u8], little: bool, signed: bool) -> Value {
    let join = |n: u64, b: &u8| n << 8 | u64::from(*b);
    let n = if little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) };
    if signed {
        let shift = 64 - bytes.len() as u32 * 8;
        return Value::int((n << shift) as i64 >> shift);
    }
    match i64::try_from(n) {
        Ok(n) => Value::int(n),
        Err(_) => from_big(n.into()),
    }
}
