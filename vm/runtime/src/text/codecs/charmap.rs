//! Encodings given by a table. The table itself is the caller's: a string of 256 characters or a mapping.

use super::{Handler, Problem, Replacement, Walk};
use crate::text::wtf8;

/// The mark for "undefined" in a decoding table.
pub const UNDEFINED: u32 = 0xFFFE;

/// What a table says about one byte or one code point.
pub enum Mapped {
    /// It stands for this text (decoding) or these bytes (encoding).
    To(Vec<u8>),
    /// It has no meaning.
    Undefined,
}

const REASON: &str = "character maps to <undefined>";

/// Decodes by looking every byte up.
pub fn decode<E>(
    input: &[u8],
    out: &mut Vec<u8>,
    lookup: &mut dyn FnMut(u8) -> Result<Mapped, E>,
    handler: Handler<E>,
) -> Result<usize, E> {
    let mut at = 0;
    while at < input.len() {
        match lookup(input[at])? {
            Mapped::To(text) => {
                out.extend_from_slice(&text);
                at += 1;
            }
            Mapped::Undefined => {
                let fix = handler(Problem::new(at, at + 1, REASON))?;
                out.extend_from_slice(fix.with.as_slice());
                at = fix.resume;
            }
        }
    }
    Ok(input.len())
}

/// Encodes by looking every code point up.
pub fn encode<E>(
    text: &[u8],
    out: &mut Vec<u8>,
    lookup: &mut dyn FnMut(u32) -> Result<Mapped, E>,
    handler: Handler<E>,
) -> Result<(), E> {
    let mut walk = Walk::new(text);
    while let Some(cp) = walk.peek() {
        if let Mapped::To(bytes) = lookup(cp)? {
            out.extend_from_slice(&bytes);
            walk.advance();
            continue;
        }
        let start = walk.number;
        let mut end = start + 1;
        for cp in wtf8::code_points(&text[walk.byte..]).skip(1) {
            if matches!(lookup(cp)?, Mapped::To(_)) {
                break;
            }
            end += 1;
        }
        let problem = Problem::new(start, end, REASON);
        let fix = handler(problem)?;
        match &fix.with {
            Replacement::Bytes(bytes) => out.extend_from_slice(bytes),
            Replacement::Text(text) => {
                for cp in wtf8::code_points(text) {
                    match lookup(cp)? {
                        Mapped::To(bytes) => out.extend_from_slice(&bytes),
                        // Strict handling of the original is the answer.
                        Mapped::Undefined => {
                            handler(problem.again())?;
                            break;
                        }
                    }
                }
            }
        }
        walk.jump(fix.resume);
    }
    Ok(())
}
