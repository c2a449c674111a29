//! Splitting, stripping and partitioning, for text and for bytes.
//!
//! Pieces are handed to `emit` as they are found, so no intermediate list is made. The functions that work from the
//! right emit from right to left.

use super::{chars, search, wtf8};

/// What counts as white space and as a line end.
pub trait Alphabet {
    /// The length of the white space at byte `at`, 0 when there is none.
    fn space(s: &[u8], at: usize) -> usize;
    /// The length of the white space that ends before byte `end`, 0 when there is none.
    fn space_back(s: &[u8], end: usize) -> usize;
    /// The length of the single line end character at byte `at`, 0 when there is none.
    fn line_break(s: &[u8], at: usize) -> usize;
    /// The length of the unit that starts with `first`.
    fn width(first: u8) -> usize;
}

/// Unicode text.
pub struct Text;

/// Bytes, where only ASCII has a meaning.
pub struct Bytes;

impl Alphabet for Text {
    #[inline]
    fn space(s: &[u8], at: usize) -> usize {
        if s[at] < 0x80 {
            return usize::from(chars::is_space(u32::from(s[at])));
        }
        let (cp, len) = wtf8::decode(s, at);
        if chars::is_space(cp) { len } else { 0 }
    }

    #[inline]
    fn space_back(s: &[u8], end: usize) -> usize {
        let (cp, start) = wtf8::decode_back(s, end);
        if chars::is_space(cp) { end - start } else { 0 }
    }

    fn line_break(s: &[u8], at: usize) -> usize {
        let (cp, len) = wtf8::decode(s, at);
        if chars::is_line_break(cp) { len } else { 0 }
    }

    fn width(first: u8) -> usize {
        wtf8::width(first)
    }
}

/// White space among bytes, as `bytes.split()` sees it.
#[inline]
pub fn is_byte_space(byte: u8) -> bool {
    matches!(byte, 0x09..=0x0D | 0x20)
}

impl Alphabet for Bytes {
    fn space(s: &[u8], at: usize) -> usize {
        usize::from(is_byte_space(s[at]))
    }

    fn space_back(s: &[u8], end: usize) -> usize {
        usize::from(is_byte_space(s[end - 1]))
    }

    fn line_break(s: &[u8], at: usize) -> usize {
        usize::from(matches!(s[at], b'\n' | b'\r'))
    }

    fn width(_: u8) -> usize {
        1
    }
}

/// `split(sep, max)`: `sep` is not empty.
pub fn split<'a>(s: &'a [u8], sep: &[u8], max: usize, mut emit: impl FnMut(&'a [u8])) {
    let mut done = 0;
    if let [byte] = sep {
        for at in memchr::memchr_iter(*byte, s).take(max) {
            emit(&s[done..at]);
            done = at + 1;
        }
    } else {
        for at in memchr::memmem::find_iter(s, sep).take(max) {
            emit(&s[done..at]);
            done = at + sep.len();
        }
    }
    emit(&s[done..]);
}

/// `rsplit(sep, max)`, emitting from the right: `sep` is not empty.
pub fn rsplit<'a>(s: &'a [u8], sep: &[u8], max: usize, mut emit: impl FnMut(&'a [u8])) {
    let mut end = s.len();
    for _ in 0..max {
        let Some(at) = search::rfind(&s[..end], sep) else { break };
        emit(&s[at + sep.len()..end]);
        end = at;
    }
    emit(&s[..end]);
}

fn skip_space<A: Alphabet>(s: &[u8], mut at: usize) -> usize {
    while at < s.len() {
        match A::space(s, at) {
            0 => break,
            len => at += len,
        }
    }
    at
}

fn skip_space_back<A: Alphabet>(s: &[u8], mut end: usize) -> usize {
    while end > 0 {
        match A::space_back(s, end) {
            0 => break,
            len => end -= len,
        }
    }
    end
}

/// `split(None, max)`. What is left when `max` is reached keeps the white space at its end.
pub fn split_space<'a, A: Alphabet>(s: &'a [u8], max: usize, mut emit: impl FnMut(&'a [u8])) {
    let mut at = skip_space::<A>(s, 0);
    for _ in 0..max {
        if at >= s.len() {
            return;
        }
        let start = at;
        while at < s.len() && A::space(s, at) == 0 {
            at += A::width(s[at]);
        }
        let at_end = at.min(s.len());
        emit(&s[start..at_end]);
        at = skip_space::<A>(s, at_end);
    }
    if at < s.len() {
        emit(&s[at..]);
    }
}

/// `rsplit(None, max)`, emitting from the right. What is left when `max` is reached keeps the white space at its beginning.
pub fn rsplit_space<'a, A: Alphabet>(s: &'a [u8], max: usize, mut emit: impl FnMut(&'a [u8])) {
    let mut end = skip_space_back::<A>(s, s.len());
    for _ in 0..max {
        if end == 0 {
            return;
        }
        let mut start = end;
        while start > 0 && A::space_back(s, start) == 0 {
            start -= 1;
            while start > 0 && A::width(0xFF) > 1 && s[start] & 0xC0 == 0x80 {
                start -= 1;
            }
        }
        emit(&s[start..end]);
        end = skip_space_back::<A>(s, start);
    }
    if end > 0 {
        emit(&s[..end]);
    }
}

/// `splitlines(keepends)`.
pub fn split_lines<'a, A: Alphabet>(s: &'a [u8], keep_ends: bool, mut emit: impl FnMut(&'a [u8])) {
    let (mut at, mut start) = (0, 0);
    while at < s.len() {
        let len = A::line_break(s, at);
        if len == 0 {
            at += A::width(s[at]);
            continue;
        }
        let end = at;
        at += len;
        if s[end] == b'\r' && s.get(at) == Some(&b'\n') {
            at += 1;
        }
        emit(&s[start..if keep_ends { at } else { end }]);
        start = at;
    }
    if start < s.len() {
        emit(&s[start..]);
    }
}

/// Which ends are stripped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// `strip`
    Both,
    /// `lstrip`
    Left,
    /// `rstrip`
    Right,
}

/// `strip()` without an argument.
pub fn strip_space<A: Alphabet>(s: &[u8], ends: Ends) -> &[u8] {
    let start = if ends == Ends::Right { 0 } else { skip_space::<A>(s, 0) };
    let rest = &s[start..];
    let end = if ends == Ends::Left { rest.len() } else { skip_space_back::<A>(rest, rest.len()) };
    &rest[..end]
}

/// `str.strip(chars)`.
pub fn strip_chars<'a>(s: &'a [u8], set: &[u8], ends: Ends) -> &'a [u8] {
    if set.is_ascii() {
        // Bytes of wider code points are never in an ASCII set, so this stops at them.
        return strip_bytes(s, set, ends);
    }
    let set: Vec<u32> = wtf8::code_points(set).collect();
    let (mut start, mut end) = (0, s.len());
    while ends != Ends::Right && start < end {
        let (cp, len) = wtf8::decode(s, start);
        if !set.contains(&cp) {
            break;
        }
        start += len;
    }
    while ends != Ends::Left && start < end {
        let (cp, at) = wtf8::decode_back(s, end);
        if !set.contains(&cp) {
            break;
        }
        end = at;
    }
    &s[start..end]
}

/// `bytes.strip(chars)`.
pub fn strip_bytes<'a>(s: &'a [u8], set: &[u8], ends: Ends) -> &'a [u8] {
    let mut member = [false; 256];
    for &byte in set {
        member[usize::from(byte)] = true;
    }
    let keep = |b: &u8| !member[usize::from(*b)];
    let start = if ends == Ends::Right { 0 } else { s.iter().position(keep).unwrap_or(s.len()) };
    let rest = &s[start..];
    let end = if ends == Ends::Left { rest.len() } else { rest.iter().rposition(keep).map_or(0, |at| at + 1) };
    &rest[..end]
}

/// `partition`: what is before and after the first `sep`, which is not empty.
pub fn partition<'a>(s: &'a [u8], sep: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    search::find(s, sep).map(|at| (&s[..at], &s[at + sep.len()..]))
}

/// `rpartition`: what is before and after the last `sep`, which is not empty.
pub fn rpartition<'a>(s: &'a [u8], sep: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    search::rfind(s, sep).map(|at| (&s[..at], &s[at + sep.len()..]))
}
