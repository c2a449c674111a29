//! A look at the source before it is parsed: nesting that would overflow the parser's stack is refused here.
//!
//! The scan knows strings and comments but not f-strings: what stands in their braces counts as text.

use rustpython_text_size::{TextRange, TextSize};

use crate::error::{ErrorKind, Failure};

/// CPython's limit for brackets.
const MAX_BRACKETS: usize = 200;
/// Operators in front of one operand, conditional expressions in conditional expressions and the like.
const MAX_CHAIN: usize = 50_000;
/// CPython's limit for indentation.
const MAX_INDENTS: usize = 100;

/// Refuses source that nests too deeply.
pub(crate) fn check(text: &str) -> Result<(), Box<Failure>> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut chain = 0usize;
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'#' => {
                while i < bytes.len() && bytes[i] != b'\n' {
                    i += 1;
                }
                continue;
            }
            b'\'' | b'"' => {
                i = string_end(bytes, i);
                continue;
            }
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > MAX_BRACKETS {
                    return Err(fail(ErrorKind::Syntax, i, "too many nested parentheses"));
                }
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                chain = 0;
            }
            b',' | b';' => chain = 0,
            b'\n' if depth == 0 => chain = 0,
            b'-' | b'+' | b'~' | b'*' => chain += 1,
            b'a'..=b'z' => {
                let start = i;
                while i < bytes.len() && (bytes[i].is_ascii_alphanumeric() || bytes[i] == b'_') {
                    i += 1;
                }
                chain += usize::from(matches!(&bytes[start..i], b"not" | b"lambda" | b"else" | b"await" | b"if"));
                continue;
            }
            _ => {}
        }
        if chain > MAX_CHAIN {
            return Err(fail(ErrorKind::Memory, i, "Parser stack overflowed - Python source too complex to parse"));
        }
        i += 1;
    }
    indents(bytes)
}

fn fail(kind: ErrorKind, at: usize, message: &str) -> Box<Failure> {
    let range = TextRange::at(TextSize::new(at as u32), TextSize::new(1));
    Box::new(Failure { kind, message: message.into(), range: Some(range) })
}

/// The offset after the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes.get(start + 1) == Some(&quote) && bytes.get(start + 2) == Some(&quote);
    let mut i = start + if triple { 3 } else { 1 };
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 1,
            b'\n' if !triple => return i,
            b if b == quote => {
                if !triple {
                    return i + 1;
                }
                if bytes.get(i + 1) == Some(&quote) && bytes.get(i + 2) == Some(&quote) {
                    return i + 3;
                }
            }
            _ => {}
        }
        i += 1;
    }
    bytes.len()
}

/// Refuses blocks in blocks beyond the limit. The widths of lines alone tell; a line inside brackets or a string is
/// only taken for a block if it and a hundred before it are each further in.
fn indents(bytes: &[u8]) -> Result<(), Box<Failure>> {
    // A hundred levels take at least this much.
    if bytes.len() < MAX_INDENTS * MAX_INDENTS / 2 {
        return Ok(());
    }
    let mut levels: Vec<usize> = vec![0];
    let mut offset = 0;
    for line in bytes.split(|b| *b == b'\n') {
        let width = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        if width < line.len() && line[width] != b'#' {
            while levels.last().is_some_and(|l| *l >= width) && levels.len() > 1 {
                levels.pop();
            }
            if levels.last().is_some_and(|l| *l < width) {
                levels.push(width);
            }
            if levels.len() > MAX_INDENTS {
                return Err(fail(ErrorKind::Indentation, offset + width, "too many levels of indentation"));
            }
        }
        offset += line.len() + 1;
    }
    Ok(())
}
