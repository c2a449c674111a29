//! Windows icons: a `.ico` file is a directory of pictures; in a program each picture is a resource, and the directory
//! another one.

use super::super::ImageError;
use super::super::bytes::{size, slice, u16_at, u32_at};
use super::png::{self, Picture};

type Result<T> = std::result::Result<T, ImageError>;

/// One picture of an icon, as it is stored: a PNG file, or a bitmap without its file header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcoImage {
    /// Width and height; 0 stands for 256.
    width: u8,
    height: u8,
    /// Colours of the palette, planes, bits per pixel.
    colours: u8,
    planes: u16,
    bits: u16,
    pub(in super::super) data: Vec<u8>,
}

const DIRECTORY_LEN: usize = 6;
const ENTRY_LEN: usize = 16;
const BITMAP_HEADER_LEN: usize = 40;
/// Larger pictures are stored as PNG, which Windows reads since Vista; many programs read smaller ones as bitmaps only.
const LARGEST_BITMAP: u32 = 64;

impl IcoImage {
    /// A square picture as part of an icon.
    pub(super) fn of_picture(picture: &Picture) -> IcoImage {
        let side = u8::try_from(picture.width).unwrap_or(0);
        let data = if picture.width <= LARGEST_BITMAP { bitmap(picture) } else { picture.to_png() };
        IcoImage { width: side, height: side, colours: 0, planes: 1, bits: 32, data }
    }

    fn side(&self) -> u32 {
        if self.width == 0 { 256 } else { self.width.into() }
    }
}

/// Reads a `.ico` file.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<IcoImage>> {
    let count = usize::from(u16_at(bytes, 4)?);
    if count == 0 || count > 1000 {
        return Err(ImageError("the .ico file has no pictures".into()));
    }
    slice(bytes, DIRECTORY_LEN, count * ENTRY_LEN)?
        .chunks_exact(ENTRY_LEN)
        .map(|entry| {
            let data = slice(bytes, size(u32_at(entry, 12)?.into())?, size(u32_at(entry, 8)?.into())?)?;
            let known = png::is_png(data) || (data.len() > BITMAP_HEADER_LEN && data.starts_with(&[40, 0, 0, 0]));
            if !known {
                return Err(ImageError("a picture in the .ico file is neither a bitmap nor a PNG".into()));
            }
            Ok(IcoImage {
                width: entry[0],
                height: entry[1],
                colours: entry[2],
                planes: u16_at(entry, 4)?,
                bits: u16_at(entry, 6)?,
                data: data.to_vec(),
            })
        })
        .collect()
}

/// The directory as a program has it: a number of a resource in place of an offset.
pub(in super::super) fn group(images: &[IcoImage]) -> Vec<u8> {
    let mut out = vec![0, 0, 1, 0];
    out.extend((images.len() as u16).to_le_bytes());
    for (number, image) in (1u16..).zip(images) {
        out.extend([image.width, image.height, image.colours, 0]);
        out.extend(image.planes.to_le_bytes());
        out.extend(image.bits.to_le_bytes());
        out.extend((image.data.len() as u32).to_le_bytes());
        out.extend(number.to_le_bytes());
    }
    out
}

/// The pictures of a directory as a program has it.
pub(in super::super) fn ungroup(group: &[u8], images: &[(u16, &[u8])]) -> Result<Vec<IcoImage>> {
    let count = usize::from(u16_at(group, 4)?);
    slice(group, DIRECTORY_LEN, count * 14)?
        .chunks_exact(14)
        .map(|entry| {
            let number = u16_at(entry, 12)?;
            let (_, data) = images
                .iter()
                .find(|(of, _)| *of == number)
                .ok_or_else(|| ImageError("a picture of the icon is missing".into()))?;
            let (planes, bits) = (u16_at(entry, 4)?, u16_at(entry, 6)?);
            Ok(IcoImage { width: entry[0], height: entry[1], colours: entry[2], planes, bits, data: data.to_vec() })
        })
        .collect()
}

/// A bitmap as icons have it: twice as high as it is, from the bottom, with a mask of one bit below it.
fn bitmap(picture: &Picture) -> Vec<u8> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mask_row = width.div_ceil(32) * 4;
    let mut out = Vec::with_capacity(BITMAP_HEADER_LEN + (width * 4 + mask_row) * height);
    for word in [BITMAP_HEADER_LEN as u32, picture.width, picture.height * 2, 1 | 32 << 16, 0] {
        out.extend(word.to_le_bytes());
    }
    out.extend((((width * 4 + mask_row) * height) as u32).to_le_bytes());
    out.extend([0; 16]);
    let rows = || picture.pixels.chunks_exact(width.max(1)).rev();
    for [r, g, b, a] in rows().flatten() {
        out.extend([b, g, r, a]);
    }
    for row in rows() {
        let mut mask = vec![0u8; mask_row];
        for (x, [.., a]) in row.iter().enumerate() {
            mask[x / 8] |= u8::from(*a == 0) << (7 - x % 8);
        }
        out.extend(mask);
    }
    out
}

/// The largest picture of an icon that can be read: a PNG, or a bitmap of 32 or 24 bits.
pub(super) fn largest(images: &[IcoImage]) -> Result<Picture> {
    let mut sorted: Vec<&IcoImage> = images.iter().collect();
    sorted.sort_by_key(|image| std::cmp::Reverse((image.side(), image.bits)));
    let read = |image: &IcoImage| {
        if png::is_png(&image.data) { Picture::parse(&image.data) } else { read_bitmap(&image.data) }
    };
    sorted.into_iter().find_map(|image| read(image).ok()).ok_or_else(|| {
        ImageError("no picture of the .ico file has enough colours for macOS: give a .icns or .png file".into())
    })
}

fn read_bitmap(data: &[u8]) -> Result<Picture> {
    let (width, twice, bits) = (u32_at(data, 4)?, u32_at(data, 8)?, u16_at(data, 14)?);
    let height = twice / 2;
    if width == 0 || height == 0 || width > 1024 || height > 1024 || !matches!(bits, 24 | 32) || u32_at(data, 16)? != 0
    {
        return Err(ImageError("a bitmap of another kind".into()));
    }
    let (step, columns) = (usize::from(bits / 8), width as usize);
    let row_len = (columns * step).next_multiple_of(4);
    let mask_len = columns.div_ceil(32) * 4;
    let colours = slice(data, BITMAP_HEADER_LEN, row_len * height as usize)?;
    let mask = slice(data, BITMAP_HEADER_LEN + colours.len(), mask_len * height as usize)?;
    let mut pixels = Vec::with_capacity(columns * height as usize);
    for (row, mask) in colours.chunks_exact(row_len).zip(mask.chunks_exact(mask_len)).rev() {
        for x in 0..columns {
            let at = &row[x * step..(x + 1) * step];
            let shown = mask[x / 8] >> (7 - x % 8) & 1 == 0;
            let opacity = if step == 4 { at[3] } else { u8::from(shown) * 255 };
            pixels.push([at[2], at[1], at[0], opacity]);
        }
    }
    Ok(Picture { width, height, pixels })
}
