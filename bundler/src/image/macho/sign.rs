//! The ad-hoc signature of a Mach-O file: hashes of all its pages, without a certificate.
//!
//! It is what `codesign --sign -` makes: a code directory, an empty set of requirements and an empty wrapper where a
//! certificate's signature would be. macOS on arm64 runs nothing without one, and kills a program whose pages do not have
//! these hashes. The last page is hashed at its true length.

use freeze_payload::write::sha256;

use super::super::ImageError;
use super::super::appearance::Appearance;
use super::super::bytes::{narrow, size};

type Result<T> = std::result::Result<T, ImageError>;

/// The magic numbers of the parts.
const SUPER_BLOB: u32 = 0xfade_0cc0;
const CODE_DIRECTORY: u32 = 0xfade_0c02;
const REQUIREMENTS: u32 = 0xfade_0c01;
const WRAPPER: u32 = 0xfade_0b01;
/// By which numbers the signature names them.
const CODE_DIRECTORY_SLOT: u32 = 0;
const REQUIREMENTS_SLOT: u32 = 2;
const WRAPPER_SLOT: u32 = 0x1_0000;

/// The version of code directories that know of the executable segment.
const VERSION: u32 = 0x2_0400;
const ADHOC: u32 = 2;
const SHA256: u8 = 2;
const HASH_LEN: usize = 32;
const PAGE_BITS: u8 = 12;
const PAGE: usize = 1 << PAGE_BITS;
const DIRECTORY_LEN: usize = 88;
const MAIN_BINARY: u64 = 1;

/// A signature of known length that is still to be computed.
pub(super) struct Signer {
    identifier: String,
    /// What is hashed besides the pages, from the last to the first: resources, requirements, Info.plist.
    special: Vec<[u8; HASH_LEN]>,
    /// How many bytes are hashed: all up to the signature.
    limit: u32,
    /// The executable segment: offset and length.
    text: (u64, u64),
}

impl Signer {
    /// A signature that will stand at `at`.
    pub(super) fn new(look: &Appearance, at: u64, text: (u64, u64)) -> Result<Signer> {
        let requirements = sha256(&requirements());
        let special = match &look.seal {
            Some(seal) => vec![seal.resources, requirements, seal.info],
            None => vec![requirements, [0; HASH_LEN]],
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let identifier: String = look.identifier.chars().map(|c| if plain(c) { c } else { '-' }).collect();
        let identifier = if identifier.is_empty() { "frozen-program".to_string() } else { identifier };
        Ok(Signer { identifier, special, limit: narrow(size(at)?)?, text })
    }

    fn slots(&self) -> usize {
        (self.limit as usize).div_ceil(PAGE)
    }

    fn directory_len(&self) -> usize {
        DIRECTORY_LEN + self.identifier.len() + 1 + (self.special.len() + self.slots()) * HASH_LEN
    }

    /// How long the signature will be: its parts, to the next multiple of 16.
    pub(super) fn len(&self) -> usize {
        (12 + 3 * 8 + self.directory_len() + requirements().len() + 8).next_multiple_of(16)
    }

    /// The signature of a file that is complete up to it.
    pub(super) fn sign(&self, file: &[u8]) -> Result<Vec<u8>> {
        if file.len() != self.limit as usize {
            return Err(ImageError("the signature is not where it was meant to be".into()));
        }
        let directory = self.directory(file)?;
        let parts = [
            (CODE_DIRECTORY_SLOT, directory),
            (REQUIREMENTS_SLOT, requirements()),
            (WRAPPER_SLOT, [WRAPPER.to_be_bytes(), 8u32.to_be_bytes()].concat()),
        ];
        let mut at = 12 + parts.len() * 8;
        let total = at + parts.iter().map(|(_, part)| part.len()).sum::<usize>();
        let mut out = Vec::with_capacity(self.len());
        for word in [SUPER_BLOB, narrow(total)?, parts.len() as u32] {
            out.extend(word.to_be_bytes());
        }
        for (slot, part) in &parts {
            out.extend(slot.to_be_bytes());
            out.extend(narrow(at)?.to_be_bytes());
            at += part.len();
        }
        for (_, part) in &parts {
            out.extend_from_slice(part);
        }
        out.resize(self.len(), 0);
        Ok(out)
    }

    fn directory(&self, file: &[u8]) -> Result<Vec<u8>> {
        let hashes_at = DIRECTORY_LEN + self.identifier.len() + 1 + self.special.len() * HASH_LEN;
        let mut out = Vec::with_capacity(self.directory_len());
        let words = [
            CODE_DIRECTORY,
            narrow(self.directory_len())?,
            VERSION,
            ADHOC,
            narrow(hashes_at)?,
            DIRECTORY_LEN as u32,
            self.special.len() as u32,
            narrow(self.slots())?,
            self.limit,
        ];
        out.extend(words.into_iter().flat_map(u32::to_be_bytes));
        out.extend([HASH_LEN as u8, SHA256, 0, PAGE_BITS]);
        // Nothing spare, no scattered parts, no team, nothing spare; the limit fits into its 32 bits.
        out.extend([0; 16]);
        for word in [0, self.text.0, self.text.1, MAIN_BINARY] {
            out.extend(word.to_be_bytes());
        }
        out.extend_from_slice(self.identifier.as_bytes());
        out.push(0);
        for hash in &self.special {
            out.extend_from_slice(hash);
        }
        for page in file.chunks(PAGE) {
            out.extend_from_slice(&sha256(page));
        }
        Ok(out)
    }
}

/// An empty set of requirements.
fn requirements() -> Vec<u8> {
    [REQUIREMENTS, 12, 0].into_iter().flat_map(u32::to_be_bytes).collect()
}
