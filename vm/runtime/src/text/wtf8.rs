//! Code points in generalized UTF-8: decoding, encoding, counting, indexing, slicing.
//!
//! Every function takes bytes that already are generalized UTF-8. Given anything else the answers are meaningless, but
//! nothing panics.

use std::borrow::Cow;

/// The largest code point.
pub const MAX: u32 = 0x10_FFFF;

/// Whether `cp` is a surrogate.
#[inline]
pub fn is_surrogate(cp: u32) -> bool {
    cp & 0xFFFF_F800 == 0xD800
}

/// How many bytes the code point starting with `first` takes.
#[inline]
pub fn width(first: u8) -> usize {
    match first {
        0..=0xBF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

/// How many bytes `cp` takes when encoded.
#[inline]
pub fn encoded_len(cp: u32) -> usize {
    match cp {
        0..=0x7F => 1,
        0x80..=0x7FF => 2,
        0x800..=0xFFFF => 3,
        _ => 4,
    }
}

/// The code point at byte `at` and its length.
#[inline]
pub fn decode(s: &[u8], at: usize) -> (u32, usize) {
    let byte = |i: usize| u32::from(s.get(at + i).copied().unwrap_or(0)) & 0x3F;
    let first = s[at];
    match width(first) {
        1 => (u32::from(first), 1),
        2 => ((u32::from(first) & 0x1F) << 6 | byte(1), 2),
        3 => ((u32::from(first) & 0x0F) << 12 | byte(1) << 6 | byte(2), 3),
        _ => ((u32::from(first) & 0x07) << 18 | byte(1) << 12 | byte(2) << 6 | byte(3), 4),
    }
}

/// The code point that ends before byte `end`, and where it starts.
#[inline]
pub fn decode_back(s: &[u8], end: usize) -> (u32, usize) {
    let mut start = end - 1;
    while start > 0 && s[start] & 0xC0 == 0x80 {
        start -= 1;
    }
    (decode(s, start).0, start)
}

/// Appends `cp`.
#[inline]
pub fn push(out: &mut Vec<u8>, cp: u32) {
    if cp < 0x80 {
        out.push(cp as u8);
        return;
    }
    let tail = |shift: u32| 0x80 | (cp >> shift & 0x3F) as u8;
    match encoded_len(cp) {
        2 => out.extend_from_slice(&[0xC0 | (cp >> 6) as u8, tail(0)]),
        3 => out.extend_from_slice(&[0xE0 | (cp >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend_from_slice(&[0xF0 | (cp >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// `cp` encoded.
pub fn encode(cp: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(4);
    push(&mut out, cp);
    out
}

/// The code points of a string, from either end.
#[derive(Clone)]
pub struct CodePoints<'a> {
    rest: &'a [u8],
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let &first = self.rest.first()?;
        if first < 0x80 {
            self.rest = &self.rest[1..];
            return Some(u32::from(first));
        }
        let (cp, len) = decode(self.rest, 0);
        self.rest = self.rest.get(len..).unwrap_or_default();
        Some(cp)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest.len().div_ceil(4), Some(self.rest.len()))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    fn next_back(&mut self) -> Option<u32> {
        if self.rest.is_empty() {
            return None;
        }
        let (cp, start) = decode_back(self.rest, self.rest.len());
        self.rest = &self.rest[..start];
        Some(cp)
    }
}

/// The code points of `s`.
#[inline]
pub fn code_points(s: &[u8]) -> CodePoints<'_> {
    CodePoints { rest: s }
}

/// How many code points `s` has.
#[inline]
pub fn count(s: &[u8]) -> usize {
    if s.is_ascii() { s.len() } else { s.iter().filter(|&&b| b & 0xC0 != 0x80).count() }
}

/// Where code point number `n` starts, walking from the front; `s.len()` past the end.
pub fn offset_of(s: &[u8], n: usize) -> usize {
    let mut at = 0;
    for _ in 0..n {
        if at >= s.len() {
            return s.len();
        }
        at += width(s[at]);
    }
    at.min(s.len())
}

/// Byte offsets of every 64th code point, which make indexing a non-ASCII string cheap.
#[derive(Debug, Clone)]
pub struct Index {
    marks: Box<[u32]>,
    len: usize,
}

const STRIDE: usize = 64;

impl Index {
    /// The index of `s`. Strings beyond 4 GiB have no marks past that point and are walked from the last one.
    pub fn new(s: &[u8]) -> Index {
        let mut marks = Vec::with_capacity(s.len() / STRIDE / 2);
        let mut len = 0;
        for (at, &byte) in s.iter().enumerate() {
            if byte & 0xC0 != 0x80 {
                if len % STRIDE == 0
                    && let Ok(mark) = u32::try_from(at)
                {
                    marks.push(mark);
                }
                len += 1;
            }
        }
        Index { marks: marks.into(), len }
    }

    /// How many code points there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where code point number `n` of `s` starts; `s.len()` at the end or past it.
    pub fn offset(&self, s: &[u8], n: usize) -> usize {
        if n >= self.len {
            return s.len();
        }
        let mark = (n / STRIDE).min(self.marks.len() - 1);
        let start = self.marks[mark] as usize;
        start + offset_of(&s[start..], n - mark * STRIDE)
    }

    /// The number of the code point that starts at byte `at` of `s`.
    pub fn number(&self, s: &[u8], at: usize) -> usize {
        let mark = self.marks.partition_point(|&m| m as usize <= at).saturating_sub(1);
        let start = self.marks.get(mark).map_or(0, |&m| m as usize);
        mark * STRIDE + count(&s[start..at])
    }
}

/// Every `step`-th code point of `s`, beginning with number `start`, `len` of them. `step` may be negative, not zero.
/// The bounds are those that `slice.indices` made.
pub fn slice_with_step(s: &[u8], start: usize, step: isize, len: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(len);
    if s.is_ascii() {
        let mut at = start as isize;
        for _ in 0..len {
            out.push(s[at as usize]);
            at = at.wrapping_add(step);
        }
        return out;
    }
    let begin = offset_of(s, start);
    if step > 0 {
        for cp in code_points(&s[begin..]).step_by(step as usize).take(len) {
            push(&mut out, cp);
        }
    } else if begin < s.len() {
        let end = begin + width(s[begin]);
        for cp in code_points(&s[..end]).rev().step_by(step.unsigned_abs()).take(len) {
            push(&mut out, cp);
        }
    }
    out
}

/// Whether `s` is generalized UTF-8: shortest forms, at most U+10FFFF, surrogates allowed.
pub fn is_valid(s: &[u8]) -> bool {
    let mut rest = s;
    loop {
        let Err(error) = std::str::from_utf8(rest) else { return true };
        rest = &rest[error.valid_up_to()..];
        match rest {
            [0xED, 0xA0..=0xBF, 0x80..=0xBF, tail @ ..] => rest = tail,
            _ => return false,
        }
    }
}

/// `s` as text for a human: lone surrogates become U+FFFD.
pub fn to_lossy(s: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(s) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            Cow::Owned(code_points(s).map(|cp| char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
        }
    }
}
