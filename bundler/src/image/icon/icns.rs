//! Icons of macOS: a file of parts, each with a name of four letters that says how large its picture is.

use super::super::ImageError;
use super::super::bytes::{slice, u32_big_at};
use super::png::Picture;

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
    let damaged = || ImageError("not a sound .icns file".into());
    let len = u32_big_at(bytes, 4)? as usize;
    let mut rest = bytes.get(8..len).ok_or_else(damaged)?;
    if rest.is_empty() {
        return Err(damaged());
    }
    while !rest.is_empty() {
        let part = u32_big_at(rest, 4)? as usize;
        if part < 8 {
            return Err(damaged());
        }
        slice(rest, 0, part)?;
        rest = &rest[part..];
    }
    Ok(())
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
