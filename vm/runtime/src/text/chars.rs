//! What Python asks of one code point, and the `str.is…` predicates made of it. Surrogates have no properties.

use super::wtf8::code_points;
use rustpython_unicode::{case, classify, data, identifier};

fn holds(cp: u32, ascii: fn(u8) -> bool, wide: fn(char) -> bool) -> bool {
    if cp < 0x80 { ascii(cp as u8) } else { char::from_u32(cp).is_some_and(wide) }
}

/// A letter.
pub fn is_alpha(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_alphabetic(), classify::is_alpha)
}

/// A letter or anything numeric.
pub fn is_alnum(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_alphanumeric(), |c| classify::is_alnum(c) || classify::is_numeric(c))
}

/// A digit that can be part of a decimal number.
pub fn is_decimal(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_digit(), classify::is_decimal)
}

/// A decimal digit or one with a digit value, such as a superscript.
pub fn is_digit(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_digit(), classify::is_digit)
}

/// Anything with a numeric value.
pub fn is_numeric(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_digit(), classify::is_numeric)
}

/// White space as `str.split()` and `str.isspace()` see it.
#[inline]
pub fn is_space(cp: u32) -> bool {
    if cp < 0x80 { matches!(cp, 0x09..=0x0D | 0x1C..=0x20) } else { is_wide_space(cp) }
}

fn is_wide_space(cp: u32) -> bool {
    matches!(cp, 0x85 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000)
}

/// A line end as `str.splitlines()` sees it.
#[inline]
pub fn is_line_break(cp: u32) -> bool {
    matches!(cp, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// What `repr` shows as it is; the space is printable.
pub fn is_printable(cp: u32) -> bool {
    holds(cp, |b| matches!(b, 0x20..=0x7E), classify::is_printable)
}

/// Lower case, the property.
pub fn is_lower(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_lowercase(), case::is_lowercase)
}

/// Upper case, the property.
pub fn is_upper(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_uppercase(), case::is_uppercase)
}

/// A titlecase letter, such as U+01C5.
pub fn is_title(cp: u32) -> bool {
    cp >= 0x80 && char::from_u32(cp).is_some_and(case::is_titlecase)
}

/// May begin an identifier.
pub fn is_identifier_start(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_alphabetic() || b == b'_', identifier::is_start)
}

/// May continue an identifier.
pub fn is_identifier_continue(cp: u32) -> bool {
    holds(cp, |b| b.is_ascii_alphanumeric() || b == b'_', identifier::is_continue)
}

/// The value of a decimal digit of any script.
pub fn decimal_value(cp: u32) -> Option<u8> {
    match cp {
        0x30..=0x39 => Some((cp - 0x30) as u8),
        0..=0x7F => None,
        _ => {
            let c = char::from_u32(cp).filter(|&c| classify::is_decimal(c))?;
            data::Ucd::new(true).decimal(c.into()).map(|value| value as u8)
        }
    }
}

/// The character of a Unicode name, as `\N{…}` finds it.
pub fn lookup_name(name: &str) -> Option<char> {
    data::lookup_character(name)
}

/// The Unicode name of a character.
pub fn name_of(cp: u32) -> Option<String> {
    char::from_u32(cp).and_then(data::character_name)
}

/// Whether `s` is not empty and `test` holds for all of it.
pub fn all(s: &[u8], test: fn(u32) -> bool) -> bool {
    !s.is_empty() && code_points(s).all(test)
}

/// `str.islower`.
pub fn str_is_lower(s: &[u8]) -> bool {
    let mut cased = false;
    for cp in code_points(s) {
        if is_upper(cp) || is_title(cp) {
            return false;
        }
        cased |= is_lower(cp);
    }
    cased
}

/// `str.isupper`.
pub fn str_is_upper(s: &[u8]) -> bool {
    let mut cased = false;
    for cp in code_points(s) {
        if is_lower(cp) || is_title(cp) {
            return false;
        }
        cased |= is_upper(cp);
    }
    cased
}

/// `str.istitle`.
pub fn str_is_title(s: &[u8]) -> bool {
    let (mut cased, mut in_word) = (false, false);
    for cp in code_points(s) {
        if is_upper(cp) || is_title(cp) {
            if in_word {
                return false;
            }
            (cased, in_word) = (true, true);
        } else if is_lower(cp) {
            if !in_word {
                return false;
            }
            cased = true;
        } else {
            in_word = false;
        }
    }
    cased
}

/// `str.isidentifier`.
pub fn str_is_identifier(s: &[u8]) -> bool {
    let mut cps = code_points(s);
    cps.next().is_some_and(is_identifier_start) && cps.all(is_identifier_continue)
}

/// `str.isprintable`: true for the empty string.
pub fn str_is_printable(s: &[u8]) -> bool {
    code_points(s).all(is_printable)
}
