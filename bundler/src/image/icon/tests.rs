//! Reading and scaling pictures, and what is made of them.

use super::super::testing::{self, mutations};
use super::*;

fn gradient(side: u32) -> Picture {
    let pixels = (0..side * side).map(|i| [(i % side) as u8, (i / side) as u8, 200, if i % 7 == 0 { 0 } else { 255 }]);
    Picture { width: side, height: side, pixels: pixels.collect() }
}

/// A PNG for the tests of formats.
pub(in super::super) fn test_icon(side: u32) -> Vec<u8> {
    gradient(side).to_png()
}

#[test]
fn png_comes_back() {
    for side in [1, 16, 33, 256] {
        assert_eq!(Picture::parse(&gradient(side).to_png()), Ok(gradient(side)));
    }
}

/// A PNG out of rows that have their filter bytes.
fn png_of(
    width: u32,
    height: u32,
    depth: u8,
    colour: u8,
    interlaced: u8,
    chunks: &[(&[u8; 4], &[u8])],
    rows: &[u8],
) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(rows).expect("memory takes it");
    let packed = encoder.finish().expect("memory takes it");
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, interlaced]].concat();
    let all = [(b"IHDR", header.as_slice())].into_iter().chain(chunks.iter().copied());
    testing::png(&all.chain([(b"IDAT", packed.as_slice())]).collect::<Vec<_>>())
}

#[test]
fn kinds_of_png() {
    // Two bits of palette, the second colour half transparent.
    let palette: &[u8] = &[1, 2, 3, 40, 50, 60, 7, 8, 9];
    let file = png_of(3, 1, 2, 3, 0, &[(b"PLTE", palette), (b"tRNS", &[255, 128])], &[0, 0b00_01_10_00]);
    let pixels = vec![[1, 2, 3, 255], [40, 50, 60, 128], [7, 8, 9, 255]];
    assert_eq!(Picture::parse(&file).map(|p| p.pixels), Ok(pixels));
    // A colour outside of the palette.
    let file = png_of(3, 1, 2, 3, 0, &[(b"PLTE", &palette[..6])], &[0, 0b00_01_10_00]);
    assert!(Picture::parse(&file).is_err());
    // One bit of grey.
    let file = png_of(9, 1, 1, 0, 0, &[], &[0, 0b1010_0000, 0b1000_0000]);
    let greys: Vec<u8> = Picture::parse(&file).expect("sound").pixels.iter().map(|p| p[0]).collect();
    assert_eq!(greys, [255, 0, 255, 0, 0, 0, 0, 0, 255]);
    // Sixteen bits of colour, one of them transparent.
    let row = [0, 1, 0, 2, 0, 3, 0, 9, 9, 9, 9, 9, 9];
    let file = png_of(2, 1, 16, 2, 0, &[(b"tRNS", &[1, 0, 2, 0, 3, 0])], &[&[0][..], &row[1..], &[9]].concat());
    assert!(Picture::parse(&file).is_ok());
    // The filters, on grey with opacity.
    let rows = [1, 10, 255, 5, 0, 2, 1, 0, 1, 0, 3, 1, 0, 1, 0, 4, 1, 0, 1, 0];
    let picture = Picture::parse(&png_of(2, 4, 8, 4, 0, &[], &rows)).expect("sound");
    let greys: Vec<u8> = picture.pixels.iter().map(|p| p[0]).collect();
    assert_eq!(greys, [10, 15, 11, 16, 6, 12, 7, 13]);
    assert!(picture.pixels.iter().take(4).all(|p| p[3] == 255));
}

#[test]
fn interlaced_png() {
    // Two by two: the passes hold the pixels (0,0), (1,0), and the second row.
    let file = png_of(2, 2, 8, 0, 1, &[], &[0, 1, 0, 2, 0, 3, 4]);
    let greys: Vec<u8> = Picture::parse(&file).expect("sound").pixels.iter().map(|p| p[0]).collect();
    assert_eq!(greys, [1, 2, 3, 4]);
}

#[test]
fn scaling_keeps_colours_and_covers_all() {
    let flat = Picture { width: 100, height: 100, pixels: vec![[9, 8, 7, 255]; 10_000] };
    for side in [16, 24, 48, 64, 100] {
        assert_eq!(flat.scaled(side).pixels, vec![[9, 8, 7, 255]; (side * side) as usize]);
    }
    // What is transparent has no colour to give.
    let half =
        Picture { width: 2, height: 2, pixels: vec![[200, 0, 0, 255], [0, 0, 99, 0], [200, 0, 0, 255], [0, 0, 99, 0]] };
    assert_eq!(half.scaled(1).pixels, [[200, 0, 0, 128]]);
    let wide = Picture { width: 4, height: 2, pixels: vec![[1, 1, 1, 255]; 8] };
    let square = wide.square();
    assert_eq!((square.width, square.height), (4, 4));
    assert_eq!(square.pixels[..4], [[0; 4]; 4]);
    assert_eq!(square.pixels[4..12], [[1, 1, 1, 255]; 8]);
}

#[test]
fn windows_icons() {
    let icon = Icon::parse(&test_icon(300)).expect("sound");
    let images = for_windows(&[icon]).expect("it can be made").expect("there is one");
    assert_eq!(images.len(), WINDOWS_SIZES.len());
    // A file of these pictures comes back, and its largest picture too.
    let mut file = vec![0, 0, 1, 0, images.len() as u8, 0];
    let group = ico::group(&images);
    let mut at = 6 + images.len() * 16;
    for (entry, image) in group[6..].chunks_exact(14).zip(&images) {
        file.extend_from_slice(&entry[..12]);
        file.extend((at as u32).to_le_bytes());
        at += image.data.len();
    }
    images.iter().for_each(|image| file.extend_from_slice(&image.data));
    let Ok(Icon::Ico(back)) = Icon::parse(&file) else { panic!("it is an icon") };
    assert_eq!(back, images);
    assert_eq!(ico::largest(&back), Ok(gradient(300).scaled(256)));
    let small = ico::largest(&back[3..]).expect("a bitmap can be read");
    assert_eq!(small, gradient(300).scaled(48));
    mutations(&file, |bytes| {
        if let Ok(icon) = Icon::parse(bytes) {
            let _ = for_macos(&[icon]);
        }
    });
}

#[test]
fn macos_icons() {
    let icon = Icon::parse(&test_icon(256)).expect("sound");
    let file = for_macos(std::slice::from_ref(&icon)).expect("it can be made").expect("there is one");
    assert!(matches!(Icon::parse(&file), Ok(Icon::Icns(_))));
    for name in [b"ic04", b"ic05", b"ic07", b"ic08", b"ic13"] {
        assert!(file.windows(4).any(|w| w == name), "{name:?}");
    }
    assert!(!file.windows(4).any(|w| w == b"ic09"), "never larger than the picture");
    assert!(Icon::parse(&file[..file.len() - 1]).is_err());
    // Its pictures serve for Windows; the small ones are packed in a way of their own.
    let images = for_windows(&[Icon::Icns(file.clone())]).expect("it can be read").expect("there is one");
    assert_eq!(images, for_windows(&[icon]).expect("sound").expect("there is one"));
    let small = gradient(16);
    assert_eq!(icns::largest(&icns::of_picture(&small)), Some(small));
    assert_eq!(for_windows(&[]), Ok(None));
    mutations(&file, |bytes| {
        if let Ok(icon) = Icon::parse(bytes) {
            let _ = for_windows(&[icon]);
        }
    });
}

#[test]
fn what_is_no_icon() {
    for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n", b"icns", b"icns\0\0\0\x08", &[0, 0, 1, 0, 0, 0], b"GIF89a"] {
        assert!(Icon::parse(bytes).is_err(), "{bytes:?}");
    }
    mutations(&test_icon(40), |bytes| {
        let _ = Icon::parse(bytes);
    });
}
