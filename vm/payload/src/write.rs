//! Writing archives and payloads. Same entries, same bytes: sorted by name, dates fixed, one compression level.

use std::borrow::Cow;
use std::collections::BTreeMap;

use freeze_bytecode::marshal;
use lz4::block::CompressionMode;
use sha2::{Digest as _, Sha256};

use crate::archive::{Archive, Entry};
use crate::error::PayloadError;
use crate::header::{HEADER_LEN, Header};
use crate::layout;
use crate::manifest::Manifest;
use crate::zip::{self, CENTRAL_LEN, Fields, LOCAL_LEN, Method};

/// How hard deflate tries: the best that zlib's levels give. Frozen programs are made once and carried often.
const LEVEL: u32 = 9;

/// How hard LZ4 tries: the best there is. It takes no longer to take apart.
const CODE_MODE: CompressionMode = CompressionMode::HIGHCOMPRESSION(12);

/// Contents below this length are not worth a deflate header and a later inflate.
const SMALLEST_PACKED: usize = 64;

/// The content of an entry as it will be stored. Making one is the expensive part and may be done in parallel.
#[derive(Clone, Debug)]
pub struct Packed<'a> {
    method: Method,
    crc: u32,
    len: usize,
    data: Cow<'a, [u8]>,
}

impl<'a> Packed<'a> {
    /// Stores `content` as it is.
    pub fn store(content: impl Into<Cow<'a, [u8]>>) -> Packed<'a> {
        let data = content.into();
        Packed { method: Method::Stored, crc: crc32fast::hash(&data), len: data.len(), data }
    }

    /// Deflates `content`, unless that does not make it smaller.
    pub fn deflate(content: impl Into<Cow<'a, [u8]>>) -> Packed<'a> {
        let content = content.into();
        if content.len() < SMALLEST_PACKED {
            return Packed::store(content);
        }
        let mut packed = Vec::with_capacity(content.len());
        let mut deflater = flate2::Compress::new(flate2::Compression::new(LEVEL), false);
        // With room for as many bytes as went in, a stream that does not end has not become smaller.
        let status = deflater.compress_vec(&content, &mut packed, flate2::FlushCompress::Finish);
        if !matches!(status, Ok(flate2::Status::StreamEnd)) || packed.len() >= content.len() {
            return Packed::store(content);
        }
        packed.shrink_to_fit();
        Packed { method: Method::Deflated, crc: crc32fast::hash(&content), len: content.len(), data: packed.into() }
    }

    /// Stores a module's code ([`freeze_bytecode::marshal::write`]), its body packed for quick loading.
    pub fn code(bytes: Vec<u8>) -> Packed<'a> {
        Packed::store(marshal::pack(bytes, |body| {
            // Only a body of two gigabytes is refused; what is not smaller than the body is not used.
            lz4::block::compress(body, Some(CODE_MODE), false).unwrap_or_else(|_| body.to_vec())
        }))
    }

    /// Takes an entry of another archive as it is stored there, without unpacking it.
    pub fn copy(archive: &Archive<'a>, entry: &Entry<'_>) -> Result<Packed<'a>, PayloadError> {
        let data = archive.packed(entry).ok_or_else(|| PayloadError::DamagedEntry(entry.name.to_owned()))?;
        Ok(Packed { method: entry.method(), crc: entry.crc(), len: entry.len(), data: data.into() })
    }

    /// Length as it will be stored.
    pub fn packed_len(&self) -> usize {
        self.data.len()
    }

    /// Length of the content.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the content is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// An archive in the making.
#[derive(Debug, Default)]
pub struct ArchiveWriter<'a> {
    entries: BTreeMap<String, Packed<'a>>,
}

impl<'a> ArchiveWriter<'a> {
    /// An archive without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry. Names are parts joined by `/`; no name may be given twice.
    pub fn add(&mut self, name: impl Into<String>, content: Packed<'a>) -> Result<(), PayloadError> {
        let name = name.into();
        if name.is_empty() || name.len() > usize::from(u16::MAX) || content.len > u32::MAX as usize {
            return Err(PayloadError::TooLarge);
        }
        match self.entries.entry(name) {
            std::collections::btree_map::Entry::Occupied(slot) => Err(PayloadError::Duplicate(slot.key().clone())),
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(content);
                Ok(())
            }
        }
    }

    /// Whether an entry of this name has been added.
    pub fn contains(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The entries so far, sorted by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Packed<'a>)> {
        self.entries.iter().map(|(name, packed)| (name.as_str(), packed))
    }

    /// The finished archive.
    pub fn finish(&self) -> Result<Vec<u8>, PayloadError> {
        let mut out = Vec::new();
        self.finish_into(&mut out)?;
        Ok(out)
    }

    /// Appends the finished archive to `out` and says where in it the directory begins.
    fn finish_into(&self, out: &mut Vec<u8>) -> Result<usize, PayloadError> {
        let sizes =
            self.entries.iter().map(|(name, packed)| LOCAL_LEN + CENTRAL_LEN + 2 * name.len() + packed.packed_len());
        let total = sizes.sum::<usize>() + zip::END_LEN;
        if total > u32::MAX as usize {
            return Err(PayloadError::TooLarge);
        }
        out.reserve_exact(total);
        let start = out.len();
        let mut directory = Vec::new();
        for (name, packed) in &self.entries {
            let fields = Fields {
                method: packed.method,
                crc: packed.crc,
                packed_len: packed.data.len() as u32,
                len: packed.len as u32,
                name_len: name.len() as u16,
                offset: (out.len() - start) as u32,
            };
            fields.put_local(out);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(&packed.data);
            fields.put_central(&mut directory);
            directory.extend_from_slice(name.as_bytes());
        }
        let directory_at = out.len() - start;
        out.extend_from_slice(&directory);
        out.extend_from_slice(&zip::END.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        // The number of entries, twice; readers of ours go by the directory's length when it does not fit.
        let count = (self.entries.len() as u16).to_le_bytes();
        out.extend_from_slice(&[count, count].concat());
        out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
        out.extend_from_slice(&(directory_at as u32).to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        Ok(directory_at)
    }

    /// The finished payload: header and archive, with the manifest as one of its entries.
    pub fn finish_payload(mut self, manifest: &Manifest) -> Result<Vec<u8>, PayloadError> {
        self.add(layout::MANIFEST, Packed::store(manifest.to_text().into_bytes()))?;
        let mut out = vec![0; HEADER_LEN];
        let directory_at = self.finish_into(&mut out)?;
        let archive = &out[HEADER_LEN..];
        let directory = &archive[directory_at..archive.len() - zip::END_LEN];
        let header = Header {
            archive_len: archive.len() as u64,
            directory_crc: crc32fast::hash(directory),
            sha256: sha256(archive),
        };
        out[..HEADER_LEN].copy_from_slice(&header.to_bytes());
        Ok(out)
    }
}

/// The SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
