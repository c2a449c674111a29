//! UTF-7 (RFC 2152), as Python reads and writes it.

use super::{Handler, Problem};
use crate::text::wtf8;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn from_base64(byte: u8) -> Option<u32> {
    BASE64.iter().position(|&b| b == byte).map(|n| n as u32)
}

/// Whether `cp` is written as itself: letters, digits, white space and harmless punctuation.
fn is_direct(cp: u32) -> bool {
    match u8::try_from(cp) {
        Ok(b' ' | b'\t' | b'\r' | b'\n') => true,
        Ok(b) => b.is_ascii_graphic() && !matches!(b, b'+' | b'\\' | b'~'),
        Err(_) => false,
    }
}

/// Encodes UTF-7; every text can be encoded.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    let (mut bits, mut count, mut shifted) = (0u32, 0, false);
    for cp in wtf8::code_points(text) {
        if is_direct(cp) || (!shifted && cp == u32::from(b'+')) {
            if shifted {
                flush(out, bits, count);
                (bits, count, shifted) = (0, 0, false);
                // A minus ends the run where the next character could be taken for a part of it.
                if from_base64(cp as u8).is_some() || cp == u32::from(b'-') {
                    out.push(b'-');
                }
            }
            out.push(cp as u8);
            if cp == u32::from(b'+') {
                out.push(b'-');
            }
            continue;
        }
        if !shifted {
            out.push(b'+');
            shifted = true;
        }
        let mut units = Vec::with_capacity(4);
        super::utf16::push(&mut units, cp, super::Order::Big);
        for byte in units {
            bits = (bits << 8 | u32::from(byte)) & 0x3FFF;
            count += 8;
            while count >= 6 {
                count -= 6;
                out.push(BASE64[(bits >> count & 63) as usize]);
            }
        }
    }
    if shifted {
        flush(out, bits, count);
        out.push(b'-');
    }
}

fn flush(out: &mut Vec<u8>, bits: u32, count: u32) {
    if count > 0 {
        out.push(BASE64[(bits << (6 - count) & 63) as usize]);
    }
}

/// Decodes UTF-7. Without `last`, an unfinished run stays for the next call.
pub fn decode<E>(input: &[u8], out: &mut Vec<u8>, last: bool, handler: Handler<E>) -> Result<usize, E> {
    let mut at = 0;
    while at < input.len() {
        let byte = input[at];
        let problem = match byte {
            b'+' => match decode_run(input, at, out, last) {
                Run::Done(next) => {
                    at = next;
                    continue;
                }
                Run::Incomplete => return Ok(at),
                Run::Bad(problem) => problem,
            },
            0..=0x7F => {
                out.push(byte);
                at += 1;
                continue;
            }
            _ => Problem::new(at, at + 1, "unexpected special character"),
        };
        let fix = handler(problem)?;
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume;
    }
    Ok(input.len())
}

enum Run {
    Done(usize),
    Incomplete,
    Bad(Problem),
}

/// One run from its `+` on. Its text is appended also when the end of it is a problem.
fn decode_run(input: &[u8], start: usize, out: &mut Vec<u8>, last: bool) -> Run {
    let mut at = start + 1;
    match input.get(at) {
        Some(b'-') => {
            out.push(b'+');
            return Run::Done(at + 1);
        }
        Some(&byte) if from_base64(byte).is_none() => {
            return Run::Bad(Problem::new(start, at + 1, "ill-formed sequence"));
        }
        _ => {}
    }
    let (mut bits, mut count, mut high) = (0u32, 0, None);
    let mut text = Vec::new();
    while let Some(value) = input.get(at).and_then(|&b| from_base64(b)) {
        at += 1;
        bits = (bits << 6 | value) & 0x3F_FFFF;
        count += 6;
        if count >= 16 {
            count -= 16;
            push_unit(&mut text, bits >> count & 0xFFFF, &mut high);
        }
    }
    if at == input.len() {
        if !last {
            return Run::Incomplete;
        }
        if high.is_some() || count >= 6 || bits & ((1 << count) - 1) != 0 {
            out.extend_from_slice(&text);
            return Run::Bad(Problem::new(start, at, "unterminated shift sequence"));
        }
    }
    let reason = if count >= 6 {
        Some("partial character in base64 sequence")
    } else if bits & ((1 << count) - 1) != 0 {
        Some("non-zero padding bits in base64 sequence")
    } else {
        None
    };
    if let Some(high) = high {
        wtf8::push(&mut text, high);
    }
    out.extend_from_slice(&text);
    if let Some(reason) = reason {
        return Run::Bad(Problem::new(start, (at + 1).min(input.len()), reason));
    }
    Run::Done(if input.get(at) == Some(&b'-') { at + 1 } else { at })
}

fn push_unit(text: &mut Vec<u8>, unit: u32, high: &mut Option<u32>) {
    if let Some(first) = high.take() {
        if (0xDC00..=0xDFFF).contains(&unit) {
            wtf8::push(text, 0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00));
            return;
        }
        wtf8::push(text, first);
    }
    if (0xD800..=0xDBFF).contains(&unit) {
        *high = Some(unit);
    } else {
        wtf8::push(text, unit);
    }
}
