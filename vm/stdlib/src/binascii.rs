//! `binascii`: hexadecimal, base64, uuencode, quoted-printable and checksums.

use freeze_runtime::text::bytes_ops::{hex, hex_value};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException, VALUE_ERROR};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{
    Args, ModuleDef, NativeDef, Payload, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm, native,
};

static ERROR_DEF: TypeDef = TypeDef {
    name: "Error",
    module: "binascii",
    base: Some(&VALUE_ERROR),
    layout: <PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static ERROR: Type = Type::builtin(&ERROR_DEF);

static INCOMPLETE_DEF: TypeDef = TypeDef {
    name: "Incomplete",
    module: "binascii",
    base: Some(&EXCEPTION),
    layout: <PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static INCOMPLETE: Type = Type::builtin(&INCOMPLETE_DEF);

fn error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    vm.new_error(&ERROR, message.as_ref())
}

fn bytes(data: Vec<u8>) -> Value {
    PyBytes::from_vec(data).into_value()
}

/// Bytes, or text that is ASCII.
fn ascii_data(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    if let Some(s) = v.downcast::<PyStr>() {
        if !s.is_ascii() {
            return Err(vm.value_error("string argument should contain only ASCII characters"));
        }
        return Ok(s.as_bytes().to_vec());
    }
    if !buffer::is_bytes_like(v) {
        return Err(
            vm.type_error(format!("argument should be bytes, buffer or ASCII string, not '{}'", v.class().name()))
        );
    }
    buffer::to_vec(vm, v)
}

fn hexlify(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(0))?;
    let sep = match args.opt(1) {
        None => None,
        Some(v) => {
            if vm.len(v)? != 1 {
                return Err(vm.value_error("sep must be length 1."));
            }
            match ascii_data(vm, v) {
                Ok(s) if s.len() == 1 && s[0].is_ascii() => Some(s[0]),
                _ => return Err(vm.value_error("sep must be ASCII.")),
            }
        }
    };
    Ok(bytes(hex(&data, sep, args.opt_i64(vm, 2, 1)? as isize)))
}

fn unhexlify(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = ascii_data(vm, args.get(0))?;
    if data.len() % 2 != 0 {
        return Err(error(vm, "Odd-length string"));
    }
    let pair = |p: &[u8]| Some(hex_value(p[0])? << 4 | hex_value(p[1])?);
    match data.chunks(2).map(pair).collect() {
        Some(out) => Ok(bytes(out)),
        None => Err(error(vm, "Non-hexadecimal digit found")),
    }
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each byte as a base64 digit; 255 for none.
static DIGITS: [u8; 256] = {
    let mut table = [255; 256];
    let mut i = 0;
    while i < 64 {
        table[BASE64[i] as usize] = i as u8;
        i += 1;
    }
    table
};

fn b2a_base64(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(0))?;
    let newline = args.opt_bool(vm, 1, true)?;
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    for group in data.chunks(3) {
        let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= group.len() { digit } else { b'=' });
        }
    }
    if newline {
        out.push(b'\n');
    }
    Ok(bytes(out))
}

fn a2b_base64(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = ascii_data(vm, args.get(0))?;
    let strict = args.opt_bool(vm, 1, false)?;
    if strict && data.first() == Some(&b'=') {
        return Err(error(vm, "Leading padding not allowed"));
    }
    let mut out = Vec::with_capacity(data.len() / 4 * 3);
    let (mut quad, mut left, mut pads, mut padded) = (0, 0u8, 0, false);
    for (i, &byte) in data.iter().enumerate() {
        if byte == b'=' {
            padded = true;
            if strict && quad == 0 {
                return Err(error(vm, "Excess padding not allowed"));
            }
            if quad >= 2 {
                pads += 1;
                if quad + pads >= 4 {
                    // The group is complete; what follows is not read.
                    if strict && i + 1 < data.len() {
                        return Err(error(vm, "Excess data after padding"));
                    }
                    return Ok(bytes(out));
                }
            }
            continue;
        }
        let digit = DIGITS[usize::from(byte)];
        if digit == 255 {
            if strict {
                return Err(error(vm, "Only base64 data is allowed"));
            }
            continue;
        }
        if strict && padded {
            return Err(error(vm, "Discontinuous padding not allowed"));
        }
        pads = 0;
        match quad {
            0 => {}
            1 => out.push(left << 2 | digit >> 4),
            2 => out.push(left << 4 | digit >> 2),
            _ => out.push(left << 6 | digit),
        }
        left = digit;
        quad = (quad + 1) % 4;
    }
    match quad {
        0 => Ok(bytes(out)),
        1 => {
            let count = out.len() / 3 * 4 + 1;
            Err(error(
                vm,
                format!(
                    "Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"
                ),
            ))
        }
        _ => Err(error(vm, "Incorrect padding")),
    }
}

fn a2b_uu(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = ascii_data(vm, args.get(0))?;
    let len = usize::from(data.first().map_or(0, |b| b.wrapping_sub(b' ') & 63));
    let mut out = Vec::with_capacity(len);
    let (mut bits, mut count) = (0u32, 0);
    let mut rest = data.iter().skip(1);
    while out.len() < len {
        let value = match rest.next() {
            // Missing spaces at the end of a line are taken as read.
            None | Some(b'\n' | b'\r') => 0,
            Some(&b) if (b' '..=b' ' + 64).contains(&b) => u32::from(b - b' ') & 63,
            Some(_) => return Err(error(vm, "Illegal char")),
        };
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    if rest.any(|b| !matches!(b, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(error(vm, "Trailing garbage"));
    }
    Ok(bytes(out))
}

fn b2a_uu(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(0))?;
    let backtick = args.opt_bool(vm, 1, false)?;
    if data.len() > 45 {
        return Err(error(vm, "At most 45 bytes at once"));
    }
    let shown = |n: u32| if n == 0 && backtick { b'`' } else { b' ' + n as u8 };
    let mut out = vec![shown(data.len() as u32)];
    for group in data.chunks(3) {
        let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        out.extend((0..4).map(|i| shown(bits >> (18 - 6 * i) & 63)));
    }
    out.push(b'\n');
    Ok(bytes(out))
}

fn a2b_qp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = ascii_data(vm, args.get(0))?;
    let header = args.opt_bool(vm, 1, false)?;
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        match data[at] {
            b'=' => match &data[at + 1..] {
                [] => break,
                [b'\n' | b'\r', ..] => {
                    // A soft line break: up to and with the end of the line.
                    let skip = data[at..].iter().position(|&b| b == b'\n').map_or(data.len() - at, |n| n + 1);
                    at += skip;
                }
                [b'=', ..] => {
                    out.push(b'=');
                    at += 2;
                }
                [a, b, ..] if hex_value(*a).is_some() && hex_value(*b).is_some() => {
                    out.push(hex_value(*a).unwrap_or(0) << 4 | hex_value(*b).unwrap_or(0));
                    at += 3;
                }
                _ => {
                    out.push(b'=');
                    at += 1;
                }
            },
            b'_' if header => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Ok(bytes(out))
}

fn b2a_qp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    const MAX_LINE: usize = 76;
    let data = buffer::to_vec(vm, args.get(0))?;
    let quote_tabs = args.opt_bool(vm, 1, false)?;
    let is_text = args.opt_bool(vm, 2, true)?;
    let header = args.opt_bool(vm, 3, false)?;
    let crlf = data.iter().position(|&b| b == b'\n').is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    let mut out = Vec::with_capacity(data.len());
    let mut line = 0;
    let end_line: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut at = 0;
    while at < data.len() {
        let byte = data[at];
        let next = data.get(at + 1);
        let line_end = is_text && (byte == b'\n' || (byte == b'\r' && next == Some(&b'\n')));
        if line_end {
            // White space must not stand at the end of a line.
            if let Some(&last @ (b' ' | b'\t')) = out.last() {
                out.pop();
                out.extend_from_slice(format!("={last:02X}").as_bytes());
            }
            out.extend_from_slice(end_line);
            at += if byte == b'\r' { 2 } else { 1 };
            line = 0;
            continue;
        }
        let quoted = byte > 126
            || byte == b'='
            || (header && byte == b'_')
            || (byte == b'.' && line == 0 && next.is_none_or(|b| matches!(b, b'\n' | b'\r' | 0)))
            || (!is_text && matches!(byte, b'\r' | b'\n'))
            || (matches!(byte, b'\t' | b' ') && next.is_none())
            || (byte < 33 && !matches!(byte, b'\r' | b'\n' | b'\t' | b' '))
            || (byte < 33 && !matches!(byte, b'\r' | b'\n') && quote_tabs);
        let width = if quoted { 3 } else { 1 };
        let ends_here = next.is_none_or(|b| *b == b'\n');
        if line + width >= MAX_LINE && !(ends_here && line + width == MAX_LINE - 1) {
            out.push(b'=');
            out.extend_from_slice(end_line);
            line = 0;
        }
        if quoted {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
        } else {
            out.push(if header && byte == b' ' { b'_' } else { byte });
        }
        line += width;
        at += 1;
    }
    Ok(bytes(out))
}

fn crc32(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let start = match args.opt(1) {
        Some(v) => low_bits(vm, v)?,
        None => 0,
    };
    let value = buffer::with(vm, args.get(0), |data| {
        let mut hasher = crc32fast::Hasher::new_with_initial(start);
        hasher.update(data);
        hasher.finalize()
    })?;
    Ok(Value::int(i64::from(value)))
}

/// The low 32 bits of an int.
fn low_bits(vm: &Vm, v: &Value) -> PyResult<u32> {
    let n = vm.to_bigint(v)? & num_bigint::BigInt::from(u32::MAX);
    Ok(u32::try_from(&n).unwrap_or(0))
}

fn crc_hqx(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let start = low_bits(vm, args.get(1))? as u16;
    let value = buffer::with(vm, args.get(0), |data| {
        data.iter().fold(start, |crc, &byte| {
            (0..8).fold(
                crc ^ u16::from(byte) << 8,
                |crc, _| {
                    if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 }
                },
            )
        })
    })?;
    Ok(Value::small(i64::from(value)))
}

static FUNCTIONS: &[NativeDef] = &[
    native("a2b_base64(data, /, *, strict_mode=False)", "Decode a line of base64 data.", a2b_base64),
    native("a2b_hex(hexstr, /)", "Binary data of hexadecimal representation.", unhexlify),
    native("a2b_qp(data, header=False)", "Decode a string of qp-encoded data.", a2b_qp),
    native("a2b_uu(data, /)", "Decode a line of uuencoded data.", a2b_uu),
    native("b2a_base64(data, /, *, newline=True)", "Base64-code line of data.", b2a_base64),
    native("b2a_hex(data, sep='', bytes_per_sep=1)", "Hexadecimal representation of binary data.", hexlify),
    native(
        "b2a_qp(data, quotetabs=False, istext=True, header=False)",
        "Encode a string using quoted-printable encoding.",
        b2a_qp,
    ),
    native("b2a_uu(data, /, *, backtick=False)", "Uuencode line of data.", b2a_uu),
    native("crc32(data, crc=0, /)", "Compute CRC-32 incrementally.", crc32),
    native("crc_hqx(data, crc, /)", "Compute CRC-CCITT incrementally.", crc_hqx),
    native("hexlify(data, sep='', bytes_per_sep=1)", "Hexadecimal representation of binary data.", hexlify),
    native("unhexlify(hexstr, /)", "Binary data of hexadecimal representation.", unhexlify),
];

fn init(vm: &Vm, namespace: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, namespace, &[&ERROR, &INCOMPLETE]);
    Ok(())
}

/// The module `binascii`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: FUNCTIONS,
    init: Some(init),
};
