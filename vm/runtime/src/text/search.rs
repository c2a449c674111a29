//! Finding, counting and replacing. Offsets are bytes; a match of whole code points always begins at a code point.

use memchr::memmem;
use smallvec::SmallVec;

/// The first place of `needle`.
#[inline]
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, hay),
        _ if hay.len() < SHORT => {
            let mut place = None;
            each_place(hay, needle, 1, |at| place = Some(at));
            place
        }
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
        _ => {
            let mut times = 0;
            each_place(hay, needle, usize::MAX, |_| times += 1);
            times
        }
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

/// Texts below this length are searched by their needle's first byte: a searcher costs more to set up than it saves.
const SHORT: usize = 256;

/// Calls `found` with the first `max` places of `needle`, which is not empty, without overlap.
#[inline]
fn each_place(hay: &[u8], needle: &[u8], max: usize, mut found: impl FnMut(usize)) {
    let (first, rest) = (needle[0], &needle[1..]);
    if rest.is_empty() {
        memchr::memchr_iter(first, hay).take(max).for_each(found);
    } else if hay.len() >= SHORT {
        memmem::find_iter(hay, needle).take(max).for_each(found);
    } else {
        let (mut from, mut left) = (0, max);
        while left > 0
            && let Some(at) = memchr::memchr(first, &hay[from..]).map(|at| from + at)
        {
            from = at + 1;
            if hay[from..].starts_with(rest) {
                found(at);
                from += rest.len();
                left -= 1;
            }
        }
    }
}

/// `hay` with the first `max` occurrences of `from`, which is not empty, replaced; None when there is none.
pub fn replace(hay: &[u8], from: &[u8], to: &[u8], max: usize) -> Option<Vec<u8>> {
    let mut places: SmallVec<[usize; 32]> = SmallVec::new();
    each_place(hay, from, max, |at| places.push(at));
    if places.is_empty() {
        return None;
    }
    if let ([_], [new]) = (from, to) {
        let mut out = hay.to_vec();
        places.into_iter().for_each(|at| out[at] = *new);
        return Some(out);
    }
    let mut out = Vec::with_capacity(hay.len() - places.len() * from.len() + places.len() * to.len());
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
