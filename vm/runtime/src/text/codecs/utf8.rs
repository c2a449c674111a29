//! UTF-8.

use super::{Handler, Problem, Replacement, Walk};
use crate::text::wtf8;

/// Decodes UTF-8.
pub fn decode<E>(input: &[u8], out: &mut Vec<u8>, last: bool, handler: Handler<E>) -> Result<usize, E> {
    let mut at = 0;
    loop {
        let rest = &input[at..];
        let Err(error) = std::str::from_utf8(rest) else {
            out.extend_from_slice(rest);
            return Ok(input.len());
        };
        out.extend_from_slice(&rest[..error.valid_up_to()]);
        let start = at + error.valid_up_to();
        let (len, reason) = match error.error_len() {
            None if !last => return Ok(start),
            None => (input.len() - start, "unexpected end of data"),
            Some(len) if matches!(input[start], 0xC2..=0xF4) => (len, "invalid continuation byte"),
            Some(len) => (len, "invalid start byte"),
        };
        let fix = handler(Problem::new(start, start + len, reason))?;
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume.min(input.len());
    }
}

/// Encodes UTF-8. Only surrogates are a problem.
pub fn encode<E>(text: &[u8], out: &mut Vec<u8>, handler: Handler<E>) -> Result<(), E> {
    if std::str::from_utf8(text).is_ok() {
        out.extend_from_slice(text);
        return Ok(());
    }
    let mut walk = Walk::new(text);
    while let Some(cp) = walk.peek() {
        if !wtf8::is_surrogate(cp) {
            wtf8::push(out, cp);
            walk.advance();
            continue;
        }
        let end = walk.run_end(|cp| !wtf8::is_surrogate(cp));
        let problem = Problem::new(walk.number, end, "surrogates not allowed");
        let fix = handler(problem)?;
        if let Replacement::Text(text) = &fix.with
            && !text.is_ascii()
        {
            // A replacement that is not ASCII is no help, as in CPython; strict handlers raise it.
            handler(problem.again())?;
        }
        out.extend_from_slice(fix.with.as_slice());
        walk.jump(fix.resume);
    }
    Ok(())
}
