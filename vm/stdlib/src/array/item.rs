//! Items of arrays: what each type code stores, and the machine formats of pickles.

use freeze_runtime::object::string::push_code_point;
use freeze_runtime::types::int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{PyResult, Raised, Value, Vm};
use num_traits::ToPrimitive;

use super::value::Array;

/// Bytes per item.
pub(super) const fn size(code: u8) -> usize {
    match code {
        b'b' | b'B' => 1,
        b'h' | b'H' => 2,
        b'i' | b'I' | b'f' | b'u' | b'w' => 4,
        // `long` is as wide as on this platform's C.
        b'l' | b'L' if cfg!(windows) => 4,
        _ => 8,
    }
}

/// Whether items are characters.
pub(super) fn is_text(code: u8) -> bool {
    matches!(code, b'u' | b'w')
}

/// The item that these bytes hold.
pub(super) fn load(vm: &Vm, code: u8, b: &[u8]) -> PyResult<Value> {
    macro_rules! num {
        ($t:ty) => {
            <$t>::from_ne_bytes(b.try_into().unwrap_or_default())
        };
    }
    Ok(match (code, b.len()) {
        (b'b', _) => Value::small(i64::from(num!(i8))),
        (b'B', _) => Value::small(i64::from(num!(u8))),
        (b'h', _) => Value::small(i64::from(num!(i16))),
        (b'H', _) => Value::small(i64::from(num!(u16))),
        (b'f', _) => Value::float(f64::from(num!(f32))),
        (b'd', _) => Value::float(num!(f64)),
        (b'u' | b'w', _) => {
            let c = num!(u32);
            if c > 0x10FFFF {
                return Err(vm.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
            }
            let mut out = Vec::new();
            push_code_point(&mut out, c);
            PyStr::new(&out).into_value()
        }
        (b'i' | b'l', 4) => Value::small(i64::from(num!(i32))),
        (b'I' | b'L', 4) => Value::small(i64::from(num!(u32))),
        (b'l' | b'q', _) => Value::int(num!(i64)),
        _ => int::from_big(num!(u64).into()),
    })
}

/// The bytes of an item; at most 8.
pub(super) fn store(vm: &Vm, code: u8, v: &Value) -> PyResult<([u8; 8], usize)> {
    let n = size(code);
    let mut out = [0; 8];
    match code {
        b'f' => out[..4].copy_from_slice(&(vm.to_f64(v)? as f32).to_ne_bytes()),
        b'd' => out.copy_from_slice(&vm.to_f64(v)?.to_ne_bytes()),
        b'u' | b'w' => {
            let Some(s) = v.downcast::<PyStr>() else {
                return Err(vm.type_error(format!("array item must be a unicode character, not {}", v.class().name())));
            };
            if s.len() != 1 {
                return Err(vm.type_error(format!(
                    "array item must be a string of length 1, not a string of length {}",
                    s.len()
                )));
            }
            out[..4].copy_from_slice(&s.char_at(0).to_ne_bytes());
        }
        _ => {
            let signed = code.is_ascii_lowercase();
            let i = vm.to_bigint(v)?;
            let bits = n as u32 * 8;
            if signed {
                let (min, max) = (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1);
                let i = i.to_i128().unwrap_or(if int::is_negative(v) { i128::MIN } else { i128::MAX });
                if i < min || i > max {
                    return Err(out_of_range(vm, code, i < min));
                }
                out = (i as i64).to_ne_bytes();
            } else {
                let max = (1i128 << bits) - 1;
                let i = i.to_i128().unwrap_or(if int::is_negative(v) { -1 } else { i128::MAX });
                if i < 0 || i > max {
                    return Err(out_of_range(vm, code, i < 0));
                }
                out = (i as u64).to_ne_bytes();
            }
            if cfg!(target_endian = "big") {
                out.rotate_left(8 - n);
            }
        }
    }
    Ok((out, n))
}

#[cold]
fn out_of_range(vm: &Vm, code: u8, low: bool) -> Raised {
    let end = if low { "less than minimum" } else { "greater than maximum" };
    vm.overflow_error(match code {
        b'b' => format!("signed char is {end}"),
        b'B' => format!("unsigned byte integer is {end}"),
        b'h' => format!("signed short integer is {end}"),
        b'H' => format!("unsigned short is {end}"),
        b'i' => format!("signed integer is {end}"),
        b'I' | b'L' | b'Q' if low => "can't convert negative value to unsigned int".to_string(),
        b'I' => "unsigned int is greater than maximum".to_string(),
        b'L' | b'Q' => "Python int too large to convert to C unsigned long".to_string(),
        _ => "Python int too large to convert to C long".to_string(),
    })
}

/// The number of an array's machine format in pickles: size, sign and byte order.
pub(super) fn format_of(code: u8) -> i64 {
    let big = i64::from(cfg!(target_endian = "big"));
    match (code, size(code)) {
        (b'B', _) => 0,
        (b'b', _) => 1,
        (b'H', _) => 2 + big,
        (b'h', _) => 4 + big,
        (b'f', _) => 14 + big,
        (b'd', _) => 16 + big,
        (b'u' | b'w', _) => 20 + big,
        (c, 4) if c.is_ascii_uppercase() => 6 + big,
        (_, 4) => 8 + big,
        (c, _) if c.is_ascii_uppercase() => 10 + big,
        _ => 12 + big,
    }
}

/// Fills an array from bytes in a pickle's machine format.
pub(super) fn decode_format(vm: &Vm, a: &Array, format: i64, raw: &[u8]) -> PyResult<()> {
    if !(0..=21).contains(&format) {
        return Err(vm.value_error("third argument must be a valid machine format code."));
    }
    // Code and width that the format stands for; the lowest bit of all but the first two is the byte order.
    let (code, width): (u8, usize) = match format {
        0 => (b'B', 1),
        1 => (b'b', 1),
        2 | 3 => (b'H', 2),
        4 | 5 => (b'h', 2),
        6 | 7 => (b'I', 4),
        8 | 9 => (b'i', 4),
        10 | 11 => (b'Q', 8),
        12 | 13 => (b'q', 8),
        14 | 15 => (b'f', 4),
        16 | 17 => (b'd', 8),
        18 | 19 => (b'H', 2),
        _ => (b'w', 4),
    };
    if !raw.len().is_multiple_of(width) {
        return Err(vm.value_error("string length not a multiple of item size"));
    }
    let big = format >= 2 && format & 1 == 1;
    // The first half of a character beyond the basic plane in UTF-16.
    let mut high: Option<u32> = None;
    for chunk in raw.chunks(width) {
        let mut b = chunk.to_vec();
        if width > 1 && big != cfg!(target_endian = "big") {
            b.reverse();
        }
        let v = load(vm, code, &b)?;
        let v = if (18..20).contains(&format) {
            let unit = int::as_i64(&v).unwrap_or(0) as u32;
            let mut text = Vec::new();
            match high.take() {
                Some(h) if (0xDC00..0xE000).contains(&unit) => {
                    push_code_point(&mut text, 0x10000 + ((h - 0xD800) << 10) + (unit - 0xDC00));
                    // Its first half was stored alone.
                    let width = size(a.code);
                    a.with_mut(|d| d.truncate(d.len() - width));
                }
                _ => push_code_point(&mut text, unit),
            }
            high = Some(unit).filter(|u| (0xD800..0xDC00).contains(u));
            PyStr::new(&text).into_value()
        } else {
            v
        };
        let (bytes, n) = store(vm, a.code, &v)?;
        a.with_mut(|d| d.extend_from_slice(&bytes[..n]));
    }
    Ok(())
}
