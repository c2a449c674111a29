//! Characters in bytes: generalized UTF-8, which has surrogates too.

/// The character at an offset where one begins, and its length.
#[inline]
pub(crate) fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let byte = |i: usize| text.get(at + i).map_or(0, |&b| u32::from(b));
    let lead = byte(0);
    let rest = |i: usize| byte(i) & 0x3F;
    if (0x80..0xE0).contains(&lead) {
        return ((lead & 0x1F) << 6 | rest(1), 2);
    }
    match lead {
        0..0x80 => (lead, 1),
        0xE0..0xF0 => ((lead & 0x0F) << 12 | rest(1) << 6 | rest(2), 3),
        _ => ((lead & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4),
    }
}

/// The length of the character that begins with this byte.
#[inline]
pub(crate) fn width(lead: u8) -> usize {
    match lead {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// The offset of the character before the one at `at`.
#[inline]
pub(crate) fn before(text: &[u8], at: usize) -> usize {
    let mut at = at.saturating_sub(1);
    while at > 0 && text[at] & 0xC0 == 0x80 {
        at -= 1;
    }
    at
}

pub(crate) fn push_char(out: &mut Vec<u8>, cp: u32) {
    let low = |shift: u32| 0x80 | (cp >> shift & 0x3F) as u8;
    match cp {
        0..0x80 => out.push(cp as u8),
        0x80..0x800 => out.extend([0xC0 | (cp >> 6) as u8, low(0)]),
        0x800..0x10000 => out.extend([0xE0 | (cp >> 12) as u8, low(6), low(0)]),
        _ => out.extend([0xF0 | (cp >> 18) as u8, low(12), low(6), low(0)]),
    }
}
