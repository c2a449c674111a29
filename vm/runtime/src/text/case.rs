//! Changing case: ASCII at once, the rest by the full Unicode mappings.

use super::wtf8;
use rustpython_unicode::case;
use rustpython_wtf8::{Wtf8, Wtf8Buf};

fn wide(s: &[u8], map: impl Fn(&Wtf8) -> Wtf8Buf) -> Vec<u8> {
    // Not being generalized UTF-8 would be a bug in a caller; the text then stays as it is.
    Wtf8::from_bytes(s).map_or_else(|| s.to_vec(), |text| map(text).into_bytes())
}

/// Maps word by word, so that only words that are not ASCII pay for the full mappings. White space takes part in no mapping
/// and ends what one looks at around a character (the final sigma).
fn by_words(s: &[u8], ascii: fn(&mut [u8]), map: fn(&Wtf8) -> Wtf8Buf) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut done = 0;
    while let Some(foreign) = first_foreign(&s[done..]).map(|at| done + at) {
        let start = s[done..foreign].iter().rposition(u8::is_ascii_whitespace).map_or(done, |at| done + at + 1);
        let end = s[foreign..].iter().position(u8::is_ascii_whitespace).map_or(s.len(), |at| foreign + at);
        append_mapped(&mut out, &s[done..start], ascii);
        out.extend(wide(&s[start..end], map));
        done = end;
    }
    append_mapped(&mut out, &s[done..], ascii);
    out
}

/// Where the first byte lies that is not ASCII.
fn first_foreign(s: &[u8]) -> Option<usize> {
    let plain = s.chunks_exact(16).take_while(|chunk| chunk.is_ascii()).count() * 16;
    s[plain..].iter().position(|byte| !byte.is_ascii()).map(|at| plain + at)
}

fn append_mapped(out: &mut Vec<u8>, s: &[u8], map: fn(&mut [u8])) {
    let start = out.len();
    out.extend_from_slice(s);
    map(&mut out[start..]);
}

fn title_in_place(s: &mut [u8]) {
    let mut in_word = false;
    for byte in s {
        let is_letter = byte.is_ascii_alphabetic();
        if is_letter {
            *byte = if in_word { *byte | 0x20 } else { *byte & !0x20 };
        }
        in_word = is_letter;
    }
}

fn swapcase_in_place(s: &mut [u8]) {
    s.iter_mut().filter(|byte| byte.is_ascii_alphabetic()).for_each(|byte| *byte ^= 0x20);
}

/// `str.lower`.
pub fn lower(s: &[u8]) -> Vec<u8> {
    by_words(s, <[u8]>::make_ascii_lowercase, Wtf8::to_lowercase)
}

/// `str.upper`.
pub fn upper(s: &[u8]) -> Vec<u8> {
    by_words(s, <[u8]>::make_ascii_uppercase, Wtf8::to_uppercase)
}

/// `str.casefold`.
pub fn casefold(s: &[u8]) -> Vec<u8> {
    by_words(s, <[u8]>::make_ascii_lowercase, case::casefold_wtf8)
}

/// `str.capitalize`.
pub fn capitalize(s: &[u8]) -> Vec<u8> {
    if s.is_ascii() { capitalize_ascii(s) } else { wide(s, case::capitalize_wtf8) }
}

/// `str.title`.
pub fn title(s: &[u8]) -> Vec<u8> {
    by_words(s, title_in_place, case::title_wtf8)
}

/// `str.swapcase`.
pub fn swapcase(s: &[u8]) -> Vec<u8> {
    by_words(s, swapcase_in_place, case::swapcase_wtf8)
}

/// `bytes.capitalize`: only ASCII letters change.
pub fn capitalize_ascii(s: &[u8]) -> Vec<u8> {
    let mut out = s.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `bytes.title`: only ASCII letters change.
pub fn title_ascii(s: &[u8]) -> Vec<u8> {
    let mut out = s.to_vec();
    title_in_place(&mut out);
    out
}

/// `bytes.swapcase`: only ASCII letters change.
pub fn swapcase_ascii(s: &[u8]) -> Vec<u8> {
    let mut out = s.to_vec();
    swapcase_in_place(&mut out);
    out
}

/// The one-to-one lower case of a code point, as regular expressions compare.
pub fn simple_lower(cp: u32) -> u32 {
    char::from_u32(cp).map_or(cp, |c| u32::from(case::simple_lowercase(c)))
}

/// The upper case of a code point, of several characters the first (`S` for `ß`), as regular expressions compare.
pub fn simple_upper(cp: u32) -> u32 {
    char::from_u32(cp).and_then(|c| c.to_uppercase().next()).map_or(cp, u32::from)
}

/// Whether two strings are equal without regard to case.
pub fn equal_caseless(a: &[u8], b: &[u8]) -> bool {
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { casefold(a) == casefold(b) }
}

/// `str.maketrans`-style mapping of single code points, for tables that only name ASCII: `None` deletes.
pub fn translate_ascii(s: &[u8], table: &[Option<u8>; 128]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for &byte in s {
        match table.get(usize::from(byte)) {
            Some(Some(new)) => out.push(*new),
            Some(None) => {}
            None => out.push(byte),
        }
    }
    debug_assert!(wtf8::is_valid(&out));
    out
}
