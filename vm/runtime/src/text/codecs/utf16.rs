//! UTF-16.

use super::{Handler, Order, Problem, Replacement};
use crate::text::wtf8;

fn unit(input: &[u8], at: usize, order: Order) -> Option<u32> {
    let &[a, b] = input.get(at..at + 2)? else { return None };
    Some(u32::from(match order {
        Order::Little => u16::from_le_bytes([a, b]),
        Order::Big => u16::from_be_bytes([a, b]),
    }))
}

/// Finds a byte order mark: the order it tells and its length.
pub fn detect(input: &[u8]) -> Option<(Order, usize)> {
    match input {
        [0xFF, 0xFE, ..] => Some((Order::Little, 2)),
        [0xFE, 0xFF, ..] => Some((Order::Big, 2)),
        _ => None,
    }
}

/// Decodes UTF-16 of a known byte order.
pub fn decode<E>(input: &[u8], order: Order, out: &mut Vec<u8>, last: bool, handler: Handler<E>) -> Result<usize, E> {
    let mut at = 0;
    while at < input.len() {
        let problem = match unit(input, at, order) {
            Some(high @ 0xD800..=0xDBFF) => match unit(input, at + 2, order) {
                Some(low @ 0xDC00..=0xDFFF) => {
                    wtf8::push(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                    at += 4;
                    continue;
                }
                Some(_) => Problem::new(at, at + 2, "illegal UTF-16 surrogate"),
                None if !last => return Ok(at),
                None => Problem::new(at, input.len(), "unexpected end of data"),
            },
            Some(0xDC00..=0xDFFF) => Problem::new(at, at + 2, "illegal encoding"),
            Some(cp) => {
                wtf8::push(out, cp);
                at += 2;
                continue;
            }
            None if !last => return Ok(at),
            None => Problem::new(at, input.len(), "truncated data"),
        };
        let fix = handler(problem)?;
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume;
    }
    Ok(input.len())
}

/// Appends one code point; a surrogate is appended as it is.
pub fn push(out: &mut Vec<u8>, cp: u32, order: Order) {
    let mut put = |unit: u16| {
        out.extend_from_slice(&match order {
            Order::Little => unit.to_le_bytes(),
            Order::Big => unit.to_be_bytes(),
        });
    };
    if cp < 0x10000 {
        put(cp as u16);
    } else {
        put((0xD800 + ((cp - 0x10000) >> 10)) as u16);
        put((0xDC00 + ((cp - 0x10000) & 0x3FF)) as u16);
    }
}

/// Encodes UTF-16. Only surrogates are a problem.
pub fn encode<E>(text: &[u8], order: Order, out: &mut Vec<u8>, handler: Handler<E>) -> Result<(), E> {
    super::utf32::encode_units(text, out, 2, |out, cp| push(out, cp, order), handler)
}

/// The code points a replacement consists of, as an encoder for `width`-byte units takes them; None when bytes do not
/// make whole units.
pub(super) fn units_of(replacement: &Replacement, width: usize) -> Option<&[u8]> {
    match replacement {
        Replacement::Bytes(bytes) => (bytes.len() % width == 0).then_some(&bytes[..]),
        // As CPython, which takes ASCII only.
        Replacement::Text(text) => text.is_ascii().then_some(&text[..]),
    }
}
