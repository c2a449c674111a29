//! What a frozen program carries besides its stub: a header, and behind it a zip archive.
//!
//! ```text
//! header    72 bytes: magic, format, instruction set, length, directory checksum, SHA-256, own checksum   header.rs
//! archive   an ordinary zip, read by `unzip -l`; entries sorted by name, dates fixed                      zip.rs
//!   freeze/manifest      entry point, options, versions, target                                           manifest.rs
//!   lib/…                the virtual file system: modules (`pkg/mod.pyc`, marshalled code without a       layout.rs
//!                        `.pyc` header), package data, `*.dist-info`
//! ```
//!
//! Writer ([`write`], feature `write`) and reader stand side by side, and every number that reaches disk is listed once.
//! Reading borrows from the mapped image. At start it looks at the header and the archive's directory (both have
//! checksums in the header); an entry is decompressed and its checksum compared when it is asked for. The SHA-256 of the
//! whole, which would cost every start a millisecond per few megabytes, is for tools: [`Payload::check_hash`].

pub mod archive;
pub mod error;
pub mod header;
pub mod layout;
pub mod manifest;
#[cfg(feature = "write")]
pub mod write;
mod zip;

pub use archive::{Archive, DirEntry, Entry, Stat};
pub use error::PayloadError;
pub use header::Header;
pub use manifest::{Main, Manifest};

/// A payload that has been opened: its header is sound, its archive is indexed, its manifest is read.
#[derive(Debug)]
pub struct Payload<'a> {
    pub header: Header,
    pub manifest: Manifest,
    pub archive: Archive<'a>,
}

impl<'a> Payload<'a> {
    /// Opens the payload that `image` begins with. Bytes behind it (the padding of a segment) do not matter.
    pub fn open(image: &'a [u8]) -> Result<Payload<'a>, PayloadError> {
        let (header, rest) = Header::read(image)?;
        let length = usize::try_from(header.archive_len).map_err(|_| PayloadError::Truncated)?;
        let bytes = rest.get(..length).ok_or(PayloadError::Truncated)?;
        let archive = Archive::open(bytes)?;
        if archive.directory_crc() != header.directory_crc {
            return Err(PayloadError::Damaged("checksum of the archive's directory"));
        }
        let manifest = Manifest::parse(&archive.read(layout::MANIFEST)?)?;
        Ok(Payload { header, manifest, archive })
    }

    /// Whether the whole archive is what the header's SHA-256 says.
    #[cfg(feature = "write")]
    pub fn check_hash(&self) -> Result<(), PayloadError> {
        if write::sha256(self.archive.bytes()) == self.header.sha256 {
            Ok(())
        } else {
            Err(PayloadError::Damaged("SHA-256 of the archive"))
        }
    }
}

#[cfg(test)]
mod tests;
