//! `unicode_escape`, `raw_unicode_escape` and the escapes of bytes literals.

use super::{Handler, Problem};
use crate::text::bytes_ops::hex_value;
use crate::text::repr::push_escape;
use crate::text::{chars, wtf8};

/// An escape that Python does not know, which deserves a warning: where its backslash is, and the character or octal
/// number behind it.
pub type Suspicious = Option<usize>;

/// Reads up to `most` hexadecimal digits: the value and how many there were.
fn read_hex(input: &[u8], most: usize) -> (u32, usize) {
    let digits = input.iter().take(most).map_while(|&b| hex_value(b));
    digits.fold((0, 0), |(value, len), digit| (value << 4 | u32::from(digit), len + 1))
}

/// Decodes `unicode_escape`. Bytes beyond ASCII are Latin-1.
pub fn decode_unicode<E>(
    input: &[u8],
    out: &mut Vec<u8>,
    last: bool,
    suspicious: &mut Suspicious,
    handler: Handler<E>,
) -> Result<usize, E> {
    let mut at = 0;
    while at < input.len() {
        let byte = input[at];
        if byte != b'\\' {
            wtf8::push(out, u32::from(byte));
            at += 1;
            continue;
        }
        let problem = match unicode_escape(&input[at..], out, last) {
            Escape::Done(len) => {
                at += len;
                continue;
            }
            Escape::Unknown(len) => {
                suspicious.get_or_insert(at);
                at += len;
                continue;
            }
            Escape::Incomplete => return Ok(at),
            Escape::Bad(len, reason) => Problem::new(at, at + len, reason),
        };
        let fix = handler(problem)?;
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume;
    }
    Ok(input.len())
}

enum Escape {
    /// Decoded; this many bytes.
    Done(usize),
    /// Decoded, but not an escape that exists.
    Unknown(usize),
    /// More input is needed.
    Incomplete,
    /// A problem of this many bytes.
    Bad(usize, &'static str),
}

fn unicode_escape(input: &[u8], out: &mut Vec<u8>, last: bool) -> Escape {
    let Some(&letter) = input.get(1) else {
        return if last { Escape::Bad(1, "\\ at end of string") } else { Escape::Incomplete };
    };
    let (digits, reason) = match letter {
        b'x' => (2, "truncated \\xXX escape"),
        b'u' => (4, "truncated \\uXXXX escape"),
        b'U' => (8, "truncated \\UXXXXXXXX escape"),
        b'N' => return named_escape(input, out, last),
        _ => return simple_escape(input, out, true),
    };
    let (cp, len) = read_hex(&input[2..], digits);
    if len < digits {
        return if !last && input.len() == 2 + len { Escape::Incomplete } else { Escape::Bad(2 + len, reason) };
    }
    if cp > wtf8::MAX {
        return Escape::Bad(10, "illegal Unicode character");
    }
    wtf8::push(out, cp);
    Escape::Done(2 + digits)
}

fn named_escape(input: &[u8], out: &mut Vec<u8>, last: bool) -> Escape {
    const MALFORMED: &str = "malformed \\N character escape";
    match input.get(2) {
        None if !last => return Escape::Incomplete,
        Some(b'{') => {}
        _ => return Escape::Bad(2, MALFORMED),
    }
    let Some(len) = input[3..].iter().position(|&b| b == b'}') else {
        return if last { Escape::Bad(input.len(), MALFORMED) } else { Escape::Incomplete };
    };
    if len == 0 {
        return Escape::Bad(4, MALFORMED);
    }
    let found = std::str::from_utf8(&input[3..3 + len]).ok().and_then(chars::lookup_name);
    match found {
        Some(c) => {
            wtf8::push(out, u32::from(c));
            Escape::Done(len + 4)
        }
        None => Escape::Bad(len + 4, "unknown Unicode character name"),
    }
}

/// The escapes that text and bytes have in common. `input` has at least two bytes.
fn simple_escape(input: &[u8], out: &mut Vec<u8>, is_text: bool) -> Escape {
    let byte = match input[1] {
        b'\n' => return Escape::Done(2),
        b'\\' | b'\'' | b'"' => input[1],
        b'a' => 7,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        b'0'..=b'7' => {
            let len = input[1..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
            let value = input[1..=len].iter().fold(0, |n, b| n << 3 | u32::from(b - b'0'));
            if is_text {
                wtf8::push(out, value);
            } else {
                out.push(value as u8);
            }
            return if value > 0o377 { Escape::Unknown(1 + len) } else { Escape::Done(1 + len) };
        }
        other => {
            out.push(b'\\');
            if is_text {
                wtf8::push(out, u32::from(other));
            } else {
                out.push(other);
            }
            return Escape::Unknown(2);
        }
    };
    out.push(byte);
    Escape::Done(2)
}

/// Encodes `unicode_escape`.
pub fn encode_unicode(text: &[u8], out: &mut Vec<u8>) {
    for cp in wtf8::code_points(text) {
        match cp {
            0x0A => out.extend_from_slice(b"\\n"),
            0x0D => out.extend_from_slice(b"\\r"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x5C => out.extend_from_slice(b"\\\\"),
            0x20..=0x7E => out.push(cp as u8),
            _ => push_escape(out, cp),
        }
    }
}

/// Decodes `raw_unicode_escape`: only `\u` and `\U` after an odd number of backslashes.
pub fn decode_raw<E>(input: &[u8], out: &mut Vec<u8>, last: bool, handler: Handler<E>) -> Result<usize, E> {
    let mut at = 0;
    while at < input.len() {
        if input[at] != b'\\' {
            wtf8::push(out, u32::from(input[at]));
            at += 1;
            continue;
        }
        let (digits, reason) = match input.get(at + 1) {
            None if !last => return Ok(at),
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            Some(b'\\') => {
                out.extend_from_slice(b"\\\\");
                at += 2;
                continue;
            }
            _ => {
                out.push(b'\\');
                at += 1;
                continue;
            }
        };
        let (cp, len) = read_hex(&input[at + 2..], digits);
        let problem = if len < digits {
            if !last && at + 2 + len == input.len() {
                return Ok(at);
            }
            Problem::new(at, at + 2 + len, reason)
        } else if cp > wtf8::MAX {
            Problem::new(at, at + 10, "\\Uxxxxxxxx out of range")
        } else {
            wtf8::push(out, cp);
            at += 2 + digits;
            continue;
        };
        let fix = handler(problem)?;
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume;
    }
    Ok(input.len())
}

/// Encodes `raw_unicode_escape`: Latin-1, and escapes for the rest.
pub fn encode_raw(text: &[u8], out: &mut Vec<u8>) {
    for cp in wtf8::code_points(text) {
        if cp < 0x100 { out.push(cp as u8) } else { push_escape(out, cp) }
    }
}

/// What is wrong in a bytes literal: `ValueError` with this message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BytesEscapeError(pub String);

/// What to do with a wrong `\x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnBadHex {
    /// Raise.
    Strict,
    /// Put a question mark.
    Replace,
    /// Leave it out.
    Ignore,
}

/// Decodes the escapes of bytes literals (`codecs.escape_decode`).
pub fn decode_bytes(
    input: &[u8],
    out: &mut Vec<u8>,
    suspicious: &mut Suspicious,
    on_bad: OnBadHex,
) -> Result<(), BytesEscapeError> {
    let mut at = 0;
    while at < input.len() {
        if input[at] != b'\\' {
            out.push(input[at]);
            at += 1;
            continue;
        }
        match input.get(at + 1) {
            None => return Err(BytesEscapeError("Trailing \\ in string".into())),
            Some(b'x') => {
                let (value, len) = read_hex(&input[at + 2..], 2);
                match (len, on_bad) {
                    (2, _) => out.push(value as u8),
                    (_, OnBadHex::Strict) => {
                        return Err(BytesEscapeError(format!("invalid \\x escape at position {at}")));
                    }
                    (_, OnBadHex::Replace) => out.push(b'?'),
                    (_, OnBadHex::Ignore) => {}
                }
                at += 2 + len;
            }
            Some(_) => match simple_escape(&input[at..], out, false) {
                Escape::Unknown(len) => {
                    suspicious.get_or_insert(at);
                    at += len;
                }
                Escape::Done(len) | Escape::Bad(len, _) => at += len,
                Escape::Incomplete => break,
            },
        }
    }
    Ok(())
}

/// `codecs.escape_encode`: the inside of a bytes literal in single quotes.
pub fn encode_bytes(input: &[u8], out: &mut Vec<u8>) {
    for &byte in input {
        match byte {
            b'\\' | b'\'' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x20..=0x7E => out.push(byte),
            _ => push_escape(out, u32::from(byte)),
        }
    }
}
