//! Icons: what `--icon` names, and the forms in which Windows and macOS want it.
//!
//! A `.ico` or `.icns` file is taken as it is where it fits; a PNG is scaled to the sizes that the platform shows, never up.

mod icns;
pub(super) mod ico;
mod png;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) use tests::test_icon;

use std::path::Path;

use super::ImageError;
use crate::error::{Error, Result};
use ico::IcoImage;
pub use png::Picture;

/// A file with an icon.
#[derive(Clone, Debug)]
pub enum Icon {
    /// Windows' own form: several pictures.
    Ico(Vec<IcoImage>),
    /// That of macOS, which is used as it is.
    Icns(Vec<u8>),
    /// One picture.
    Png(Picture),
}

/// The sizes of a Windows icon that is made from a PNG.
const WINDOWS_SIZES: [u32; 7] = [256, 128, 64, 48, 32, 24, 16];

impl Icon {
    /// Reads the file of an icon, whatever its name says it is.
    pub fn read(path: &Path) -> Result<Icon> {
        let bytes = std::fs::read(path).map_err(|e| Error::io("read the icon", path, e))?;
        Icon::parse(&bytes).map_err(|e| Error::Damaged {
            path: path.to_path_buf(),
            message: format!("not a usable icon: {e}"),
            help: "give a .ico file, a .icns file, or a square PNG of 256 pixels or more".into(),
        })
    }

    /// Reads the content of such a file.
    pub fn parse(bytes: &[u8]) -> std::result::Result<Icon, ImageError> {
        if png::is_png(bytes) {
            Ok(Icon::Png(Picture::parse(bytes)?))
        } else if bytes.starts_with(icns::MAGIC) {
            icns::check(bytes)?;
            Ok(Icon::Icns(bytes.to_vec()))
        } else if bytes.starts_with(&[0, 0, 1, 0]) {
            Ok(Icon::Ico(ico::parse(bytes)?))
        } else {
            Err(ImageError("it is none of .ico, .icns and .png".into()))
        }
    }
}

/// Checks that icons can be brought into the form of a platform (`sys.platform`), where it has one for programs.
pub fn check(icons: &[Icon], platform: &str) -> Result<()> {
    let made = match platform {
        "win32" => for_windows(icons).map(drop),
        "darwin" => for_macos(icons).map(drop),
        _ => Ok(()),
    };
    made.map_err(|e| Error::usage(format!("the icon does not serve for {platform}: {e}"), "name one with --icon"))
}

/// The pictures for a Windows program: those of a `.ico` file, else a PNG in several sizes, of a file of its own or of a `.icns`.
pub(super) fn for_windows(icons: &[Icon]) -> std::result::Result<Option<Vec<IcoImage>>, ImageError> {
    let own = icons.iter().find_map(|icon| if let Icon::Ico(images) = icon { Some(images.clone()) } else { None });
    if own.is_some() || icons.is_empty() {
        return Ok(own);
    }
    let png = icons.iter().find_map(|icon| if let Icon::Png(picture) = icon { Some(picture.clone()) } else { None });
    let inside =
        || icons.iter().find_map(|icon| if let Icon::Icns(bytes) = icon { icns::largest(bytes) } else { None });
    let Some(picture) = png.or_else(inside) else {
        return Err(ImageError("no picture of the .icns file can be read: give a .ico or .png file".into()));
    };
    let square = picture.square();
    let mut sizes: Vec<u32> = WINDOWS_SIZES.into_iter().filter(|size| *size <= square.width).collect();
    if sizes.is_empty() {
        sizes.push(WINDOWS_SIZES[WINDOWS_SIZES.len() - 1]);
    }
    Ok(Some(sizes.into_iter().map(|size| IcoImage::of_picture(&square.scaled(size))).collect()))
}

/// The content of an `.icns` file: a given one, else made from the largest picture at hand.
pub(super) fn for_macos(icons: &[Icon]) -> std::result::Result<Option<Vec<u8>>, ImageError> {
    if let Some(own) = icons.iter().find_map(|icon| if let Icon::Icns(bytes) = icon { Some(bytes) } else { None }) {
        return Ok(Some(own.clone()));
    }
    let mut largest: Option<Picture> = None;
    for icon in icons {
        let picture = match icon {
            Icon::Png(picture) => picture.clone(),
            Icon::Ico(images) => ico::largest(images)?,
            Icon::Icns(_) => continue,
        };
        if largest.as_ref().is_none_or(|known| known.width < picture.width) {
            largest = Some(picture);
        }
    }
    Ok(largest.map(|picture| icns::of_picture(&picture.square())))
}
