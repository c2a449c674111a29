//! Icons of macOS: a file of parts, each with a name of four letters that says how large its picture is.

use super::super::ImageError;
use super::super::bytes::{slice, u32_big_at};
use super::png::{self, Picture};

/// What such a file begins with.
pub(super) const MAGIC: &[u8] = b"icns";

/// Names of parts that are PNG files, with their sizes. Those of one size are for screens of another sharpness.
const PARTS: [(&[u8; 4], u32); 8] = [
    (b"ic07", 128),
    (b"ic08", 256),
    (b"ic09", 512),
    (b"ic10", 1024),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic13", 256),
    (b"ic14", 512),
];

/// Parts of small pictures, which macOS wants in a form of its own.
const SMALL: [(&[u8; 4], u32); 2] = [(b"ic04", 16), (b"ic05", 32)];

/// Checks that the parts of a file are whole.
pub(super) fn check(bytes: &[u8]) -> Result<(), ImageError> {
    parts(bytes).map(drop)
}

/// The contents of a file's parts; there is at least one.
fn parts(bytes: &[u8]) -> Result<Vec<&[u8]>, ImageError> {
    let damaged = || ImageError("not a sound .icns file".into());
    let len = u32_big_at(bytes, 4)? as usize;
    let mut rest = bytes.get(8..len).ok_or_else(damaged)?;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let part = u32_big_at(rest, 4)? as usize;
        if part < 8 {
            return Err(damaged());
        }
        parts.push(slice(rest, 8, part - 8)?);
        rest = &rest[part..];
    }
    if parts.is_empty() { Err(damaged()) } else { Ok(parts) }
}

/// The largest picture in a file that can be read: a PNG, or a small one in the form that macOS has for those.
pub(super) fn largest(bytes: &[u8]) -> Option<Picture> {
    let read = |part: &[u8]| if png::is_png(part) { Picture::parse(part).ok() } else { unpacked(part) };
    parts(bytes).ok()?.into_iter().filter_map(read).max_by_key(|picture| picture.width)
}

/// The picture that [`runs`] has packed.
fn unpacked(part: &[u8]) -> Option<Picture> {
    let mut rest = part.strip_prefix(b"ARGB")?;
    let mut bytes = Vec::new();
    while let [count, tail @ ..] = rest {
        let count = usize::from(*count);
        rest = match count.checked_sub(125) {
            Some(times @ 3..) => {
                bytes.extend(std::iter::repeat_n(*tail.first()?, times));
                &tail[1..]
            }
            _ => {
                bytes.extend_from_slice(tail.get(..count + 1)?);
                &tail[count + 1..]
            }
        };
    }
    let side = (bytes.len() / 4).isqrt();
    if side == 0 || bytes.len() != side * side * 4 {
        return None;
    }
    let channel = |i: usize| &bytes[i * side * side..(i + 1) * side * side];
    let [opacity, red, green, blue] = [0, 1, 2, 3].map(channel);
    let pixels = (0..side * side).map(|i| [red[i], green[i], blue[i], opacity[i]]).collect();
    Some(Picture { width: side as u32, height: side as u32, pixels })
}

/// A square picture in all sizes up to its own.
pub(super) fn of_picture(picture: &Picture) -> Vec<u8> {
    let mut parts: Vec<(&[u8; 4], Vec<u8>)> = Vec::new();
    let fits = |side: u32| side <= picture.width || side == SMALL[0].1;
    for (name, side) in SMALL.into_iter().filter(|(_, side)| fits(*side)) {
        parts.push((name, runs(&picture.scaled(side))));
    }
    for (name, side) in PARTS.into_iter().filter(|(_, side)| fits(*side)) {
        parts.push((name, picture.scaled(side).to_png()));
    }
    let len = |data: &[u8]| (data.len() as u32 + 8).to_be_bytes();
    let mut out = Vec::new();
    for (name, data) in &parts {
        out.extend_from_slice(*name);
        out.extend(len(data));
        out.extend_from_slice(data);
    }
    [MAGIC, &len(&out), &out].concat()
}

/// Opacity, red, green and blue one after the other, each in runs: a byte of 128 and more says how often the next one
/// stands there (3 to 130 times), a smaller one how many follow as they are (1 to 128).
fn runs(picture: &Picture) -> Vec<u8> {
    let mut out = b"ARGB".to_vec();
    for channel in [3, 0, 1, 2] {
        let bytes: Vec<u8> = picture.pixels.iter().map(|pixel| pixel[channel]).collect();
        let run_at = |at: usize| bytes[at..].iter().take(130).take_while(|byte| **byte == bytes[at]).count();
        let mut at = 0;
        while at < bytes.len() {
            let run = run_at(at);
            if run >= 3 {
                out.extend([(run + 125) as u8, bytes[at]]);
                at += run;
                continue;
            }
            let start = at;
            while at < bytes.len() && at - start < 128 && run_at(at) < 3 {
                at += 1;
            }
            out.push((at - start - 1) as u8);
            out.extend_from_slice(&bytes[start..at]);
        }
    }
    out
}
