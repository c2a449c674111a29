//! The error handlers that every encoding knows.

use super::{Fix, Order, Problem, Replacement, utf16, utf32};
use crate::text::repr::push_escape;
use crate::text::{chars, wtf8};

/// A built-in error handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// Raise.
    Strict,
    /// Leave it out.
    Ignore,
    /// `?` or U+FFFD.
    Replace,
    /// Undecodable bytes travel as lone surrogates U+DC80 to U+DCFF.
    SurrogateEscape,
    /// Surrogates are encoded and decoded like other code points.
    SurrogatePass,
    /// `\x..`
    BackslashReplace,
    /// `&#...;`, encoding only.
    XmlCharRefReplace,
    /// `\N{...}`, encoding only.
    NameReplace,
}

impl Builtin {
    /// The handler of that name.
    pub fn from_name(name: &str) -> Option<Builtin> {
        Some(match name {
            "strict" => Builtin::Strict,
            "ignore" => Builtin::Ignore,
            "replace" => Builtin::Replace,
            "surrogateescape" => Builtin::SurrogateEscape,
            "surrogatepass" => Builtin::SurrogatePass,
            "backslashreplace" => Builtin::BackslashReplace,
            "xmlcharrefreplace" => Builtin::XmlCharRefReplace,
            "namereplace" => Builtin::NameReplace,
            _ => return None,
        })
    }

    /// What this makes of bytes that can't be decoded; None means to raise.
    pub fn fix_decoding(self, input: &[u8], problem: Problem, encoding: &str) -> Option<Fix> {
        if problem.hopeless {
            return None;
        }
        let bad = &input[problem.start..problem.end];
        let mut text = Vec::new();
        let mut resume = problem.end;
        match self {
            Builtin::Strict | Builtin::XmlCharRefReplace | Builtin::NameReplace => return None,
            Builtin::Ignore => {}
            Builtin::Replace => wtf8::push(&mut text, 0xFFFD),
            Builtin::BackslashReplace => bad.iter().for_each(|&byte| push_escape(&mut text, u32::from(byte))),
            Builtin::SurrogateEscape => {
                // Only the leading bytes beyond ASCII; the rest is looked at again.
                let len = bad.iter().take(4).take_while(|b| !b.is_ascii()).count();
                if len == 0 {
                    return None;
                }
                bad[..len].iter().for_each(|&byte| wtf8::push(&mut text, 0xDC00 + u32::from(byte)));
                resume = problem.start + len;
            }
            Builtin::SurrogatePass => {
                let (cp, len) = read_surrogate(&input[problem.start..], encoding)?;
                wtf8::push(&mut text, cp);
                resume = problem.start + len;
            }
        }
        Some(Fix { with: Replacement::Text(text), resume })
    }

    /// What this makes of code points that can't be encoded; None means to raise.
    pub fn fix_encoding(self, text: &[u8], problem: Problem, encoding: &str) -> Option<Fix> {
        if problem.hopeless {
            return None;
        }
        let start = wtf8::offset_of(text, problem.start);
        let bad = wtf8::code_points(&text[start..]).take(problem.end - problem.start);
        let mut out = Vec::new();
        match self {
            Builtin::Strict => return None,
            Builtin::Ignore => {}
            Builtin::Replace => out.resize(problem.end - problem.start, b'?'),
            Builtin::BackslashReplace => bad.for_each(|cp| push_escape(&mut out, cp)),
            Builtin::XmlCharRefReplace => bad.for_each(|cp| out.extend_from_slice(format!("&#{cp};").as_bytes())),
            Builtin::NameReplace => bad.for_each(|cp| match chars::name_of(cp) {
                Some(name) => out.extend_from_slice(format!("\\N{{{name}}}").as_bytes()),
                None => push_escape(&mut out, cp),
            }),
            Builtin::SurrogateEscape => {
                for cp in bad {
                    if !(0xDC80..=0xDCFF).contains(&cp) {
                        return None;
                    }
                    out.push((cp - 0xDC00) as u8);
                }
                return Some(Fix { with: Replacement::Bytes(out), resume: problem.end });
            }
            Builtin::SurrogatePass => {
                let unit = Unit::of(encoding)?;
                for cp in bad {
                    if !wtf8::is_surrogate(cp) {
                        return None;
                    }
                    match unit {
                        Unit::Utf8 => wtf8::push(&mut out, cp),
                        Unit::Utf16(order) => utf16::push(&mut out, cp, order),
                        Unit::Utf32(order) => utf32::push(&mut out, cp, order),
                    }
                }
                return Some(Fix { with: Replacement::Bytes(out), resume: problem.end });
            }
        }
        Some(Fix { with: Replacement::Text(out), resume: problem.end })
    }
}

/// The encodings in which `surrogatepass` has a meaning.
#[derive(Clone, Copy)]
enum Unit {
    Utf8,
    Utf16(Order),
    Utf32(Order),
}

impl Unit {
    fn of(encoding: &str) -> Option<Unit> {
        let name: String =
            encoding.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
        Some(match name.as_str() {
            "utf8" | "cputf8" => Unit::Utf8,
            "utf16" => Unit::Utf16(Order::NATIVE),
            "utf16le" => Unit::Utf16(Order::Little),
            "utf16be" => Unit::Utf16(Order::Big),
            "utf32" => Unit::Utf32(Order::NATIVE),
            "utf32le" => Unit::Utf32(Order::Little),
            "utf32be" => Unit::Utf32(Order::Big),
            _ => return None,
        })
    }
}

fn read_surrogate(input: &[u8], encoding: &str) -> Option<(u32, usize)> {
    let (cp, len) = match (Unit::of(encoding)?, input) {
        (Unit::Utf8, &[0xED, 0xA0..=0xBF, 0x80..=0xBF, ..]) => (wtf8::decode(input, 0).0, 3),
        (Unit::Utf16(Order::Little), &[a, b, ..]) => (u32::from(u16::from_le_bytes([a, b])), 2),
        (Unit::Utf16(Order::Big), &[a, b, ..]) => (u32::from(u16::from_be_bytes([a, b])), 2),
        (Unit::Utf32(Order::Little), &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
        (Unit::Utf32(Order::Big), &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
        _ => return None,
    };
    wtf8::is_surrogate(cp).then_some((cp, len))
}
