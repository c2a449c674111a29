//! `repr` and `ascii` of text, `repr` of bytes.

use super::{chars, wtf8};

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_hex(out: &mut Vec<u8>, value: u32, digits: u32) {
    for shift in (0..digits).rev() {
        out.push(HEX[(value >> (shift * 4) & 15) as usize]);
    }
}

/// Appends the shortest escape of `cp`: `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_escape(out: &mut Vec<u8>, cp: u32) {
    let (letter, digits) = match cp {
        0..=0xFF => (b'x', 2),
        0x100..=0xFFFF => (b'u', 4),
        _ => (b'U', 8),
    };
    out.extend_from_slice(&[b'\\', letter]);
    push_hex(out, cp, digits);
}

fn quote_for(s: &[u8]) -> u8 {
    if s.contains(&b'\'') && !s.contains(&b'"') { b'"' } else { b'\'' }
}

fn push_common(out: &mut Vec<u8>, byte: u8, quote: u8) {
    match byte {
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\\' => out.extend_from_slice(b"\\\\"),
        _ if byte == quote => out.extend_from_slice(&[b'\\', byte]),
        0x20..=0x7E => out.push(byte),
        _ => push_escape(out, u32::from(byte)),
    }
}

/// Appends `repr(s)` of a string.
pub fn repr_str(out: &mut Vec<u8>, s: &[u8]) {
    let quote = quote_for(s);
    out.reserve(s.len() + 2);
    out.push(quote);
    let plain = |b: u8| matches!(b, 0x20..=0x7E) && b != quote && b != b'\\';
    if s.iter().all(|&b| plain(b)) {
        out.extend_from_slice(s);
    } else {
        for cp in wtf8::code_points(s) {
            match u8::try_from(cp) {
                Ok(byte @ 0..=0x7F) => push_common(out, byte, quote),
                _ if chars::is_printable(cp) => wtf8::push(out, cp),
                _ => push_escape(out, cp),
            }
        }
    }
    out.push(quote);
}

/// Appends `ascii(s)` of a string.
pub fn ascii_str(out: &mut Vec<u8>, s: &[u8]) {
    let quote = quote_for(s);
    out.push(quote);
    for cp in wtf8::code_points(s) {
        match u8::try_from(cp) {
            Ok(byte @ 0..=0x7F) => push_common(out, byte, quote),
            _ => push_escape(out, cp),
        }
    }
    out.push(quote);
}

/// Appends `repr` text with every code point beyond ASCII escaped, which is what `ascii(x)` makes of `repr(x)`.
pub fn escape_non_ascii(out: &mut Vec<u8>, s: &[u8]) {
    for cp in wtf8::code_points(s) {
        if cp < 0x80 { out.push(cp as u8) } else { push_escape(out, cp) }
    }
}

/// Appends `repr(s)` of bytes, without a type name around it.
pub fn repr_bytes(out: &mut Vec<u8>, s: &[u8]) {
    let quote = quote_for(s);
    out.reserve(s.len() + 3);
    out.extend_from_slice(&[b'b', quote]);
    for &byte in s {
        push_common(out, byte, quote);
    }
    out.push(quote);
}

/// Appends `repr(s)` of a bytearray's content: always in single quotes unless only those occur, as for bytes.
pub fn repr_bytearray(out: &mut Vec<u8>, s: &[u8]) {
    out.extend_from_slice(b"bytearray(");
    repr_bytes(out, s);
    out.push(b')');
}
