//! Finding, counting and replacing. Offsets are bytes; a match of whole code points always begins at a code point.

use memchr::memmem;

/// The first place of `needle`.
#[inline]
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, hay),
        _ => memmem::find(hay, needle),
    }
}

/// The last place of `needle`.
#[inline]
pub fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        [byte] => memchr::memrchr(*byte, hay),
        _ => memmem::rfind(hay, needle),
    }
}

/// How often `needle`, which is not empty, occurs without overlap.
pub fn count(hay: &[u8], needle: &[u8]) -> usize {
    match needle {
        [byte] => memchr::memchr_iter(*byte, hay).count(),
        _ => memmem::find_iter(hay, needle).count(),
    }
}

/// At most how long the text gets: exact where that is much longer than it was.
pub fn replaced_len(hay: &[u8], from: &[u8], to: &[u8], max: usize) -> usize {
    const MUCH: usize = 1 << 20;
    if to.len() <= from.len() {
        return hay.len();
    }
    let most = |times: usize| hay.len().saturating_add(times.saturating_mul(to.len() - from.len()));
    if from.is_empty() {
        return most(max.min(hay.len() + 1));
    }
    let bound = most(max.min(hay.len() / from.len()));
    if bound <= MUCH { bound } else { most(memmem::find_iter(hay, from).take(max).count()) }
}

/// `hay` with the first `max` occurrences of `from`, which is not empty, replaced; None when there is none.
pub fn replace(hay: &[u8], from: &[u8], to: &[u8], max: usize) -> Option<Vec<u8>> {
    let finder = memmem::Finder::new(from);
    let mut places = finder.find_iter(hay).take(max).peekable();
    places.peek()?;
    if let ([old], [new]) = (from, to) {
        let mut out = hay.to_vec();
        for at in places {
            debug_assert_eq!(out[at], *old);
            out[at] = *new;
        }
        return Some(out);
    }
    let mut out = Vec::with_capacity(hay.len());
    let mut done = 0;
    for at in places {
        out.extend_from_slice(&hay[done..at]);
        out.extend_from_slice(to);
        done = at + from.len();
    }
    out.extend_from_slice(&hay[done..]);
    Some(out)
}

/// `hay` with `to` put before its first `max` units and, where `max` reaches that far, after the last.
/// `unit_len` gives the length of the unit that starts with a byte (1 for bytes, `wtf8::width` for text).
pub fn replace_empty(hay: &[u8], to: &[u8], max: usize, unit_len: fn(u8) -> usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(hay.len());
    let (mut at, mut done) = (0, 0);
    while at < hay.len() && done < max {
        let next = (at + unit_len(hay[at])).min(hay.len());
        out.extend_from_slice(to);
        out.extend_from_slice(&hay[at..next]);
        at = next;
        done += 1;
    }
    if at < hay.len() {
        out.extend_from_slice(&hay[at..]);
    } else if done < max {
        out.extend_from_slice(to);
    }
    out
}
