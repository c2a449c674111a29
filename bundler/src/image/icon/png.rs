//! Pictures: reading and writing PNG (all colour types and depths, interlaced or not), and scaling.

use std::io::{Read as _, Write as _};

use super::super::ImageError;
use super::super::bytes::{slice, u32_big_at};

type Result<T> = std::result::Result<T, ImageError>;

const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// No icon is larger.
const MOST: u32 = 8192;
/// Where the pixels of the seven passes of an interlaced picture lie: first column and row, steps.
const PASSES: [[u32; 4]; 7] =
    [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

/// A picture: red, green, blue and opacity of each pixel, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<[u8; 4]>,
}

/// Whether a file is a PNG.
pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// What the header and the chunks before the data say.
struct Format {
    width: u32,
    height: u32,
    depth: u8,
    colour: u8,
    interlaced: bool,
    palette: Vec<[u8; 4]>,
    /// The colour that is transparent, sample by sample.
    clear: Option<Vec<u16>>,
}

impl Format {
    /// Samples per pixel.
    fn samples(&self) -> usize {
        match self.colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        }
    }

    /// Bytes in a row of so many pixels, without the one that names the filter.
    fn row_len(&self, width: u32) -> usize {
        (width as usize * self.samples() * usize::from(self.depth)).div_ceil(8)
    }

    fn passes(&self) -> Vec<[u32; 4]> {
        if self.interlaced { PASSES.to_vec() } else { vec![[0, 0, 1, 1]] }
    }
}

impl Picture {
    /// Reads a PNG file.
    pub fn parse(bytes: &[u8]) -> Result<Picture> {
        let bad = |what: &str| ImageError(format!("not a sound PNG file ({what})"));
        let mut at = MAGIC.len();
        let mut format: Option<Format> = None;
        let mut packed = Vec::new();
        loop {
            let len = u32_big_at(bytes, at)? as usize;
            let kind = slice(bytes, at + 4, 4)?;
            let data = slice(bytes, at + 8, len)?;
            if u32_big_at(bytes, at + 8 + len)? != crc32fast::hash(slice(bytes, at + 4, 4 + len)?) {
                return Err(bad("a checksum does not match"));
            }
            match (kind, &mut format) {
                (b"IHDR", None) => format = Some(header(data)?),
                (_, None) => return Err(bad("no header")),
                (b"PLTE", Some(format)) => {
                    format.palette = data.chunks_exact(3).map(|c| [c[0], c[1], c[2], 255]).collect();
                }
                (b"tRNS", Some(format)) if format.colour == 3 => {
                    for (colour, opacity) in format.palette.iter_mut().zip(data) {
                        colour[3] = *opacity;
                    }
                }
                (b"tRNS", Some(format)) => {
                    format.clear = Some(data.chunks_exact(2).map(|s| u16::from_be_bytes([s[0], s[1]])).collect());
                }
                (b"IDAT", Some(_)) => packed.extend_from_slice(data),
                (b"IEND", Some(_)) => break,
                // A small first letter says that a reader may do without.
                (kind, Some(_)) if kind[0].is_ascii_lowercase() => {}
                _ => return Err(bad("an unknown part")),
            }
            at += 12 + len;
        }
        let format = format.ok_or_else(|| bad("no header"))?;
        let passes: Vec<_> = format
            .passes()
            .into_iter()
            .map(|[x, y, dx, dy]| {
                (
                    [x, y, dx, dy],
                    format.width.saturating_sub(x).div_ceil(dx),
                    format.height.saturating_sub(y).div_ceil(dy),
                )
            })
            .filter(|(_, width, height)| *width > 0 && *height > 0)
            .collect();
        let len: usize = passes.iter().map(|(_, width, height)| (1 + format.row_len(*width)) * *height as usize).sum();
        let mut raw = Vec::new();
        let read = flate2::read::ZlibDecoder::new(packed.as_slice()).take(len as u64).read_to_end(&mut raw);
        if read.is_err() || raw.len() != len {
            return Err(bad("the picture is not whole"));
        }
        let mut pixels = vec![[0; 4]; format.width as usize * format.height as usize];
        let mut rows = raw.as_mut_slice();
        for ([x, y, dx, dy], width, height) in passes {
            let row_len = format.row_len(width);
            let mut above = vec![0; row_len];
            for line in 0..height {
                let (row, rest) = rows.split_at_mut(1 + row_len);
                rows = rest;
                let (filter, row) = row.split_first_mut().ok_or_else(|| bad("a row without filter"))?;
                unfilter(*filter, row, &above, (format.samples() * usize::from(format.depth)).div_ceil(8))?;
                for column in 0..width {
                    let place = (y + line * dy) as usize * format.width as usize + (x + column * dx) as usize;
                    pixels[place] = pixel(&format, row, column as usize)?;
                }
                above.copy_from_slice(row);
            }
        }
        Ok(Picture { width: format.width, height: format.height, pixels })
    }

    /// The picture as a PNG file.
    pub(super) fn to_png(&self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(self.pixels.len() * 4 + self.height as usize);
        let width = self.width as usize;
        let mut above = vec![[0; 4]; width];
        for row in self.pixels.chunks_exact(width.max(1)) {
            // The filter "up" serves icons well, which are much alike from row to row.
            raw.push(2);
            raw.extend(row.iter().zip(&above).flat_map(|(p, a)| [0, 1, 2, 3].map(|i: usize| p[i].wrapping_sub(a[i]))));
            above.copy_from_slice(row);
        }
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        let packed = encoder.write_all(&raw).and_then(|()| encoder.finish()).expect("memory takes it");
        let mut header = [self.width.to_be_bytes(), self.height.to_be_bytes()].concat();
        header.extend([8, 6, 0, 0, 0]);
        let mut out = MAGIC.to_vec();
        for (kind, data) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
            out.extend((data.len() as u32).to_be_bytes());
            let from = out.len();
            out.extend_from_slice(kind);
            out.extend_from_slice(&data);
            let crc = crc32fast::hash(&out[from..]);
            out.extend(crc.to_be_bytes());
        }
        out
    }

    /// The picture in the middle of a transparent square.
    pub(super) fn square(&self) -> Picture {
        let side = self.width.max(self.height);
        let (left, top) = ((side - self.width) / 2, (side - self.height) / 2);
        let mut pixels = vec![[0; 4]; side as usize * side as usize];
        for (line, row) in self.pixels.chunks_exact(self.width.max(1) as usize).enumerate() {
            let at = (line + top as usize) * side as usize + left as usize;
            pixels[at..at + row.len()].copy_from_slice(row);
        }
        Picture { width: side, height: side, pixels }
    }

    /// A square picture in another size: each new pixel is the mean of what it covers, by opacity.
    pub(super) fn scaled(&self, side: u32) -> Picture {
        if self.width == side {
            return self.clone();
        }
        let spans = spans(self.width, side);
        let mut pixels = Vec::with_capacity(side as usize * side as usize);
        for rows in &spans {
            for columns in &spans {
                let mut sum = [0u64; 4];
                let mut area = 0u64;
                for (y, height) in rows {
                    for (x, width) in columns {
                        let [r, g, b, a] = self.pixels[*y * self.width as usize + *x].map(u64::from);
                        let share = height * width;
                        area += share;
                        for (total, part) in sum.iter_mut().zip([r * a, g * a, b * a, a]) {
                            *total += part * share;
                        }
                    }
                }
                let [r, g, b, a] = sum;
                let colour = |sum: u64| ((sum + a / 2) / a.max(1)) as u8;
                pixels.push([colour(r), colour(g), colour(b), ((a + area / 2) / area.max(1)) as u8]);
            }
        }
        Picture { width: side, height: side, pixels }
    }
}

/// For each of `to` pixels in a row, which of the `from` old ones it covers, and how much of each.
fn spans(from: u32, to: u32) -> Vec<Vec<(usize, u64)>> {
    let (from, to) = (u64::from(from), u64::from(to));
    let span = |new: u64| {
        let (start, end) = (new * from, (new + 1) * from);
        (start / to..end.div_ceil(to))
            .map(|old| (old as usize, end.min((old + 1) * to) - start.max(old * to)))
            .collect()
    };
    (0..to).map(span).collect()
}

fn header(data: &[u8]) -> Result<Format> {
    let bad = |what: &str| ImageError(format!("not a PNG file of a known kind ({what})"));
    let (width, height) = (u32_big_at(data, 0)?, u32_big_at(data, 4)?);
    let [depth, colour, _, _, interlaced] =
        *data.get(8..).and_then(|d| d.first_chunk()).ok_or_else(|| bad("header"))?;
    if width == 0 || height == 0 || width > MOST || height > MOST {
        return Err(ImageError(format!("a picture of {width} by {height} pixels is no icon")));
    }
    let depths: &[u8] = match colour {
        0 => &[1, 2, 4, 8, 16],
        3 => &[1, 2, 4, 8],
        2 | 4 | 6 => &[8, 16],
        _ => return Err(bad("colour type")),
    };
    if !depths.contains(&depth) || interlaced > 1 {
        return Err(bad("depth or interlacing"));
    }
    Ok(Format { width, height, depth, colour, interlaced: interlaced == 1, palette: Vec::new(), clear: None })
}

/// Takes the filter off a row; `step` is the distance to the pixel on the left.
fn unfilter(filter: u8, row: &mut [u8], above: &[u8], step: usize) -> Result<()> {
    for i in 0..row.len() {
        let left = if i >= step { row[i - step] } else { 0 };
        let corner = if i >= step { above[i - step] } else { 0 };
        let up = above[i];
        let guess = match filter {
            0 => 0,
            1 => left,
            2 => up,
            3 => u8::midpoint(left, up),
            4 => paeth(left, up, corner),
            _ => return Err(ImageError("not a sound PNG file (an unknown filter)".into())),
        };
        row[i] = row[i].wrapping_add(guess);
    }
    Ok(())
}

/// The neighbour that is nearest to left + up - corner.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |value: u8| (guess - i16::from(value)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}

fn pixel(format: &Format, row: &[u8], column: usize) -> Result<[u8; 4]> {
    let depth = usize::from(format.depth);
    let sample = |index: usize| -> u16 {
        let number = column * format.samples() + index;
        match depth {
            16 => u16::from_be_bytes([row[number * 2], row[number * 2 + 1]]),
            8 => row[number].into(),
            _ => {
                let bit = number * depth;
                u16::from(row[bit / 8] >> (8 - depth - bit % 8)) & ((1 << depth) - 1)
            }
        }
    };
    // Of whatever depth, as eight bits.
    let byte = |value: u16| match depth {
        16 => (value >> 8) as u8,
        8 => value as u8,
        _ => (u32::from(value) * 255 / ((1 << depth) - 1)) as u8,
    };
    let clear = |samples: &[u16]| format.clear.as_deref() == Some(samples);
    Ok(match format.colour {
        0 => {
            let grey = sample(0);
            let value = byte(grey);
            [value, value, value, if clear(&[grey]) { 0 } else { 255 }]
        }
        2 => {
            let rgb = [sample(0), sample(1), sample(2)];
            let [r, g, b] = rgb.map(byte);
            [r, g, b, if clear(&rgb) { 0 } else { 255 }]
        }
        3 => *format
            .palette
            .get(usize::from(sample(0)))
            .ok_or_else(|| ImageError("not a sound PNG file (a colour outside of the palette)".into()))?,
        4 => {
            let value = byte(sample(0));
            [value, value, value, byte(sample(1))]
        }
        _ => [byte(sample(0)), byte(sample(1)), byte(sample(2)), byte(sample(3))],
    })
}
