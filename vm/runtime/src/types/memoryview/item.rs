//! Single items of typed memory: `struct` formats of one native character.

use num_bigint::BigInt;

use super::unsupported;
use crate::object::Value;
use crate::text::int_bytes;
use crate::types::bytes::PyBytes;
use crate::types::int::from_big;
use crate::vm::{PyResult, Vm};

/// The one character of a native format, without `@`.
fn code(format: &str) -> Option<u8> {
    match format.as_bytes() {
        [b'@', c] | [c] => Some(*c),
        _ => None,
    }
}

/// Size of an item of a native single-character format.
pub fn format_size(format: &str) -> Option<usize> {
    Some(match code(format)? {
        b'b' | b'B' | b'c' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' | b'w' => 4,
        b'l' | b'L' if cfg!(windows) => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

fn is_signed(c: u8) -> bool {
    matches!(c, b'b' | b'h' | b'i' | b'l' | b'q' | b'n')
}

/// The value of an item in native byte order.
pub fn unpack(vm: &Vm, format: &str, item: &[u8]) -> PyResult<Value> {
    const LITTLE: bool = cfg!(target_endian = "little");
    let Some(c) = code(format).filter(|_| format_size(format) == Some(item.len())) else {
        return Err(unsupported(vm, format));
    };
    Ok(match c {
        b'B' => Value::small(i64::from(item[0])),
        b'c' => PyBytes::new(item).into_value(),
        b'?' => Value::bool(item[0] != 0),
        b'f' => Value::float(f64::from(f32::from_ne_bytes(item.try_into().unwrap_or_default()))),
        b'd' => Value::float(f64::from_ne_bytes(item.try_into().unwrap_or_default())),
        b'e' => Value::float(half_to_f64(u16::from_ne_bytes(item.try_into().unwrap_or_default()))),
        b'w' => {
            let cp = u32::from_ne_bytes(item.try_into().unwrap_or_default());
            crate::types::str::PyStr::of_char(cp.min(crate::text::wtf8::MAX)).into_value()
        }
        _ => from_big(int_bytes::from_bytes(item, LITTLE, is_signed(c))),
    })
}

/// The bytes of a value as an item in native byte order.
pub fn pack(vm: &Vm, format: &str, value: &Value) -> PyResult<Vec<u8>> {
    const LITTLE: bool = cfg!(target_endian = "little");
    let (Some(c), Some(size)) = (code(format), format_size(format)) else { return Err(unsupported(vm, format)) };
    let wrong_type = || vm.type_error(format!("memoryview: invalid type for format '{format}'"));
    let wrong_value = || vm.value_error(format!("memoryview: invalid value for format '{format}'"));
    match c {
        b'c' => match value.downcast::<PyBytes>().map(PyBytes::as_slice) {
            Some([byte]) => Ok(vec![*byte]),
            Some(_) => Err(wrong_value()),
            None => Err(wrong_type()),
        },
        b'?' => Ok(vec![u8::from(vm.is_true(value)?)]),
        b'f' | b'd' | b'e' => {
            let x = vm
                .to_f64(value)
                .map_err(|e| if e.is(&crate::types::exception::TYPE_ERROR) { wrong_type() } else { e })?;
            Ok(match c {
                b'f' => (x as f32).to_ne_bytes().to_vec(),
                b'd' => x.to_ne_bytes().to_vec(),
                _ => f64_to_half(x).ok_or_else(wrong_value)?.to_ne_bytes().to_vec(),
            })
        }
        _ => {
            if !value.is_small() && value.class().slots().index.is_none() {
                return Err(wrong_type());
            }
            let n: BigInt = vm.to_bigint(value)?;
            int_bytes::to_bytes(&n, size, LITTLE, is_signed(c)).map_err(|_| wrong_value())
        }
    }
}

/// The value of an IEEE 754 half precision number.
pub fn half_to_f64(half: u16) -> f64 {
    let sign = if half >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(half >> 10 & 31), f64::from(half & 1023));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    }
}

/// The nearest half precision number, half to even; None when it is too large.
pub fn f64_to_half(x: f64) -> Option<u16> {
    let sign = u16::from(x.is_sign_negative()) << 15;
    let size = x.abs();
    if size.is_nan() {
        return Some(sign | 0x7E00);
    }
    if size.is_infinite() {
        return Some(sign | 0x7C00);
    }
    if size < 2f64.powi(-14) {
        // Subnormal: a multiple of 2^-24. Rounding up to 1024 gives the smallest normal number, which fits the bits.
        return Some(sign | (size * 2f64.powi(24)).round_ties_even() as u16);
    }
    let exponent = (size.to_bits() >> 52) as i32 - 1023;
    let rounded = (size * 2f64.powi(10 - exponent)).round_ties_even() as i32;
    let bits = ((exponent + 15) << 10) + (rounded - 1024);
    u16::try_from(bits).ok().filter(|&b| b < 0x7C00).map(|b| sign | b)
}
