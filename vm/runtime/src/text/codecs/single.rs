//! ASCII and Latin-1.

use super::{Handler, Problem, Replacement, Walk};
use crate::text::wtf8;

/// Decodes ASCII.
pub fn decode_ascii<E>(input: &[u8], out: &mut Vec<u8>, handler: Handler<E>) -> Result<usize, E> {
    let mut at = 0;
    while at < input.len() {
        let good = input[at..].iter().position(|b| !b.is_ascii()).unwrap_or(input.len() - at);
        out.extend_from_slice(&input[at..at + good]);
        at += good;
        if at < input.len() {
            let fix = handler(Problem::new(at, at + 1, "ordinal not in range(128)"))?;
            out.extend_from_slice(fix.with.as_slice());
            at = fix.resume;
        }
    }
    Ok(input.len())
}

/// Decodes Latin-1, where every byte is the code point of the same number.
pub fn decode_latin1(input: &[u8], out: &mut Vec<u8>) {
    if input.is_ascii() {
        out.extend_from_slice(input);
        return;
    }
    out.reserve(input.len() + input.len() / 4);
    for &byte in input {
        wtf8::push(out, u32::from(byte));
    }
}

/// Encodes ASCII.
pub fn encode_ascii<E>(text: &[u8], out: &mut Vec<u8>, handler: Handler<E>) -> Result<(), E> {
    if text.is_ascii() {
        out.extend_from_slice(text);
        return Ok(());
    }
    encode_below(128, "ordinal not in range(128)", text, out, handler)
}

/// Encodes Latin-1.
pub fn encode_latin1<E>(text: &[u8], out: &mut Vec<u8>, handler: Handler<E>) -> Result<(), E> {
    if text.is_ascii() {
        out.extend_from_slice(text);
        return Ok(());
    }
    encode_below(256, "ordinal not in range(256)", text, out, handler)
}

fn encode_below<E>(
    limit: u32,
    reason: &'static str,
    text: &[u8],
    out: &mut Vec<u8>,
    handler: Handler<E>,
) -> Result<(), E> {
    let mut walk = Walk::new(text);
    while let Some(cp) = walk.peek() {
        if cp < limit {
            out.push(cp as u8);
            walk.advance();
            continue;
        }
        let problem = Problem::new(walk.number, walk.run_end(|cp| cp < limit), reason);
        let fix = handler(problem)?;
        match &fix.with {
            Replacement::Bytes(bytes) => out.extend_from_slice(bytes),
            Replacement::Text(text) => {
                for cp in wtf8::code_points(text) {
                    if cp >= limit {
                        // The replacement can't be encoded either: strict handling of the original is the answer.
                        handler(problem.again())?;
                        break;
                    }
                    out.push(cp as u8);
                }
            }
        }
        walk.jump(fix.resume);
    }
    Ok(())
}
