//! Padding: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`. Widths count units: code points of text, or bytes.

/// Where the content stands in the padded field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Justify {
    /// `ljust`
    Left,
    /// `rjust`
    Right,
    /// `center`
    Center,
}

/// `s`, which is `len` units long, padded with `fill` to `width` units; None when it is wide enough.
pub fn justify(s: &[u8], len: usize, width: usize, fill: &[u8], how: Justify) -> Option<Vec<u8>> {
    let missing = width.checked_sub(len).filter(|&n| n > 0)?;
    let left = match how {
        Justify::Left => 0,
        Justify::Right => missing,
        // The odd one goes left when the width is odd, as it always has in Python.
        Justify::Center => missing / 2 + (missing & width & 1),
    };
    let mut out = Vec::with_capacity(s.len() + missing * fill.len());
    repeat_into(&mut out, fill, left);
    out.extend_from_slice(s);
    repeat_into(&mut out, fill, missing - left);
    Some(out)
}

/// Appends `unit` `times` times.
pub fn repeat_into(out: &mut Vec<u8>, unit: &[u8], times: usize) {
    match unit {
        [byte] => out.resize(out.len() + times, *byte),
        _ => (0..times).for_each(|_| out.extend_from_slice(unit)),
    }
}

/// `zfill`: zeros after a sign; None when it is wide enough.
pub fn zfill(s: &[u8], len: usize, width: usize) -> Option<Vec<u8>> {
    let missing = width.checked_sub(len).filter(|&n| n > 0)?;
    let (sign, digits) = s.split_at(usize::from(matches!(s.first(), Some(b'+' | b'-'))));
    let mut out = Vec::with_capacity(s.len() + missing);
    out.extend_from_slice(sign);
    repeat_into(&mut out, b"0", missing);
    out.extend_from_slice(digits);
    Some(out)
}

/// `expandtabs`. `is_unit_start` tells which bytes begin a unit, for counting columns. None when it gets too long.
pub fn expand_tabs(s: &[u8], tab_size: usize, is_unit_start: fn(u8) -> bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(s.len());
    let mut column = 0;
    for &byte in s {
        match byte {
            b'\t' => {
                if tab_size > 0 {
                    let spaces = tab_size - column % tab_size;
                    if out.len().checked_add(spaces)? > isize::MAX as usize {
                        return None;
                    }
                    out.try_reserve(spaces).ok()?;
                    out.resize(out.len() + spaces, b' ');
                    column += spaces;
                }
            }
            _ => {
                out.push(byte);
                if matches!(byte, b'\n' | b'\r') {
                    column = 0;
                } else if is_unit_start(byte) {
                    column += 1;
                }
            }
        }
    }
    Some(out)
}
