//! UTF-32, and the encoder loop that it shares with UTF-16.

use super::utf16::units_of;
use super::{Handler, Order, Problem, Replacement, Walk};
use crate::text::wtf8;

/// Finds a byte order mark: the order it tells and its length.
pub fn detect(input: &[u8]) -> Option<(Order, usize)> {
    match input {
        [0xFF, 0xFE, 0, 0, ..] => Some((Order::Little, 4)),
        [0, 0, 0xFE, 0xFF, ..] => Some((Order::Big, 4)),
        _ => None,
    }
}

/// Decodes UTF-32 of a known byte order.
pub fn decode<E>(input: &[u8], order: Order, out: &mut Vec<u8>, last: bool, handler: Handler<E>) -> Result<usize, E> {
    let mut at = 0;
    while at < input.len() {
        let problem = match input.get(at..at + 4) {
            Some(&[a, b, c, d]) => {
                let cp = match order {
                    Order::Little => u32::from_le_bytes([a, b, c, d]),
                    Order::Big => u32::from_be_bytes([a, b, c, d]),
                };
                let reason = if cp > wtf8::MAX {
                    "code point not in range(0x110000)"
                } else if wtf8::is_surrogate(cp) {
                    "code point in surrogate code point range(0xd800, 0xe000)"
                } else {
                    wtf8::push(out, cp);
                    at += 4;
                    continue;
                };
                Problem::new(at, at + 4, reason)
            }
            _ if !last => return Ok(at),
            _ => Problem::new(at, input.len(), "truncated data"),
        };
        let fix = handler(problem)?;
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume;
    }
    Ok(input.len())
}

/// Appends one code point.
pub fn push(out: &mut Vec<u8>, cp: u32, order: Order) {
    out.extend_from_slice(&match order {
        Order::Little => cp.to_le_bytes(),
        Order::Big => cp.to_be_bytes(),
    });
}

/// Encodes UTF-32. Only surrogates are a problem.
pub fn encode<E>(text: &[u8], order: Order, out: &mut Vec<u8>, handler: Handler<E>) -> Result<(), E> {
    encode_units(text, out, 4, |out, cp| push(out, cp, order), handler)
}

pub(super) fn encode_units<E>(
    text: &[u8],
    out: &mut Vec<u8>,
    width: usize,
    put: impl Fn(&mut Vec<u8>, u32),
    handler: Handler<E>,
) -> Result<(), E> {
    out.reserve(text.len() * width);
    let mut walk = Walk::new(text);
    while let Some(cp) = walk.peek() {
        if !wtf8::is_surrogate(cp) {
            put(out, cp);
            walk.advance();
            continue;
        }
        let problem = Problem::new(walk.number, walk.number + 1, "surrogates not allowed");
        let fix = handler(problem)?;
        match (units_of(&fix.with, width), &fix.with) {
            // Strict handling of the original is the answer to a replacement that can't be encoded.
            (None, _) => drop(handler(problem.again())?),
            (Some(bytes), Replacement::Bytes(_)) => out.extend_from_slice(bytes),
            (Some(text), Replacement::Text(_)) => wtf8::code_points(text).for_each(|cp| put(out, cp)),
        }
        walk.jump(fix.resume);
    }
    Ok(())
}
