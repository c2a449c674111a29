//! Reading floats and complex numbers from text.

use super::int_parse::to_ascii_number;
use super::split::{Bytes, Ends, strip_space};

/// `float(text)`; None where CPython says `could not convert string to float: …`.
pub fn parse(text: &[u8]) -> Option<f64> {
    parse_ascii(&to_ascii_number(text))
}

/// `float(bytes)`.
pub fn parse_ascii(text: &[u8]) -> Option<f64> {
    let text = strip_space::<Bytes>(text, Ends::Both);
    if !text.contains(&b'_') {
        return parse_plain(text);
    }
    parse_plain(&without_underscores(text)?)
}

/// Underscores stand between digits only.
fn without_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut before = 0u8;
    for (i, &byte) in text.iter().enumerate() {
        if byte == b'_' {
            let after = text.get(i + 1).copied().unwrap_or(0);
            if !before.is_ascii_digit() || !after.is_ascii_digit() {
                return None;
            }
        } else {
            out.push(byte);
        }
        before = byte;
    }
    Some(out)
}

fn parse_plain(text: &[u8]) -> Option<f64> {
    match number_prefix(text) {
        (x, len) if len == text.len() && len > 0 => Some(x),
        _ => None,
    }
}

/// The float at the beginning of `text` and how many bytes it takes; 0 when there is none.
pub fn number_prefix(text: &[u8]) -> (f64, usize) {
    let sign_len = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let negative = text.first() == Some(&b'-');
    let body = &text[sign_len..];
    let word = |name: &[u8]| body.len() >= name.len() && body[..name.len()].eq_ignore_ascii_case(name);
    let special = if word(b"infinity") {
        Some((f64::INFINITY, 8))
    } else if word(b"inf") {
        Some((f64::INFINITY, 3))
    } else if word(b"nan") {
        Some((f64::NAN, 3))
    } else {
        None
    };
    if let Some((x, len)) = special {
        return (if negative { -x } else { x }, sign_len + len);
    }
    let digits = |from: usize| body[from.min(body.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(0);
    let mut len = whole;
    let mut fraction = 0;
    if body.get(len) == Some(&b'.') {
        fraction = digits(len + 1);
        len += 1 + fraction;
    }
    if whole + fraction == 0 {
        return (0.0, 0);
    }
    if matches!(body.get(len), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(body.get(len + 1), Some(b'+' | b'-')));
        let exponent = digits(len + 1 + sign);
        if exponent > 0 {
            len += 1 + sign + exponent;
        }
    }
    let x = std::str::from_utf8(&body[..len]).ok().and_then(|s| s.parse::<f64>().ok()).unwrap_or(0.0);
    (if negative { -x } else { x }, sign_len + len)
}

/// `complex(text)`; None where CPython says `complex() arg is a malformed string`.
pub fn parse_complex(text: &[u8]) -> Option<(f64, f64)> {
    let ascii = to_ascii_number(text);
    let mut body = strip_space::<Bytes>(&ascii, Ends::Both);
    if let [b'(', inner @ .., b')'] = body {
        body = strip_space::<Bytes>(inner, Ends::Both);
    }
    let clean;
    if body.contains(&b'_') {
        clean = without_underscores(body)?;
        body = &clean;
    }
    let is_j = |byte: Option<&u8>| matches!(byte, Some(b'j' | b'J'));
    let (first, len) = number_prefix(body);
    let rest = &body[len..];
    if len == 0 {
        // j, +j or -j.
        return match body {
            [b'j' | b'J'] | [b'+', b'j' | b'J'] => Some((0.0, 1.0)),
            [b'-', b'j' | b'J'] => Some((0.0, -1.0)),
            _ => None,
        };
    }
    match rest {
        [] => Some((first, 0.0)),
        [b'j' | b'J'] => Some((0.0, first)),
        [sign @ (b'+' | b'-'), tail @ ..] => {
            let (second, len) = number_prefix(rest);
            if len > 0 {
                return (is_j(rest.get(len)) && rest.len() == len + 1).then_some((first, second));
            }
            (is_j(tail.first()) && tail.len() == 1).then_some((first, if *sign == b'-' { -1.0 } else { 1.0 }))
        }
        _ => None,
    }
}
