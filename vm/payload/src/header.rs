//! The header in front of the archive, and the names under which executables carry the payload.
//!
//! All numbers are little-endian. The header ends with a checksum of itself, so that damage in it is told apart from a
//! payload of another version.

use freeze_bytecode::marshal::TABLE_FINGERPRINT;

use crate::error::PayloadError;

/// The first bytes of a payload. The line end and the high byte show what transfers in text mode did.
pub const MAGIC: [u8; 8] = *b"\x93FREEZE\n";

/// The version of header, manifest and layout of the archive; it changes when any of them does.
pub const FORMAT: u32 = 1;

/// Length of the header.
pub const HEADER_LEN: usize = 72;

/// The section that holds the payload in an ELF file.
pub const SECTION: &str = ".freeze";
/// The Mach-O segment that holds it.
pub const MACHO_SEGMENT: &str = "__FREEZE";
/// The section of that segment, which is as long as the payload.
pub const MACHO_SECTION: &str = "__payload";
/// The name of the PE resource (of type `RT_RCDATA`) that holds it.
pub const PE_RESOURCE: &str = "FREEZE";

/// What [`stub_mark`] begins with.
pub const STUB_MARK_NAME: [u8; 16] = *b"\x93FREEZE-STUB\n\0\0\0";

/// What every stub holds somewhere, so that the bundler can tell a stub of another version before it uses it: a name,
/// [`FORMAT`], and the instruction set.
pub const fn stub_mark() -> [u8; 24] {
    let mut mark = [0; 24];
    let (format, table) = (FORMAT.to_le_bytes(), TABLE_FINGERPRINT.to_le_bytes());
    let mut i = 0;
    while i < 16 {
        mark[i] = STUB_MARK_NAME[i];
        i += 1;
    }
    while i < 24 {
        mark[i] = if i < 20 { format[i - 16] } else { table[i - 20] };
        i += 1;
    }
    mark
}

/// What the list of a stub's native modules begins with; a stub holds it somewhere, written by [`native_list`].
const NATIVE_LIST_NAME: [u8; 16] = *b"\x93FREEZE-NATIVE\n\0";

/// How long [`native_list`] is for these names.
pub const fn native_list_len(names: &[&str]) -> usize {
    let mut len = NATIVE_LIST_NAME.len();
    let mut i = 0;
    while i < names.len() {
        len += names[i].len() + 1;
        i += 1;
    }
    len + 1
}

/// The names of a stub's native modules, as the stub shows them to the bundler: each ends with a line feed, the list with a zero.
pub const fn native_list<const LEN: usize>(names: &[&str]) -> [u8; LEN] {
    let mut list = [0; LEN];
    let mut at = 0;
    while at < NATIVE_LIST_NAME.len() {
        list[at] = NATIVE_LIST_NAME[at];
        at += 1;
    }
    let mut i = 0;
    while i < names.len() {
        let name = names[i].as_bytes();
        let mut k = 0;
        while k < name.len() {
            list[at] = name[k];
            (at, k) = (at + 1, k + 1);
        }
        list[at] = b'\n';
        (at, i) = (at + 1, i + 1);
    }
    list
}

/// What the target's name begins with where it stands in the list of native modules.
const TARGET_NAME: char = '=';

/// The native modules of a stub, read from it; none if it shows no list.
pub fn native_modules(stub: &[u8]) -> Vec<&str> {
    listed(stub).into_iter().filter(|name| !name.starts_with(TARGET_NAME)).collect()
}

/// The target that a stub says it was built for: its list begins with it, behind an equals sign.
pub fn stub_target(stub: &[u8]) -> Option<&str> {
    listed(stub).into_iter().find_map(|name| name.strip_prefix(TARGET_NAME))
}

fn listed(stub: &[u8]) -> Vec<&str> {
    let name = NATIVE_LIST_NAME;
    let mut rest = stub;
    while let Some(found) = rest.iter().position(|&b| b == name[0]) {
        rest = &rest[found..];
        let Some(list) = rest.strip_prefix(&name) else {
            rest = &rest[1..];
            continue;
        };
        rest = list;
        let end = rest.iter().position(|&b| b == 0).unwrap_or(rest.len());
        // The name alone, without a list, stands wherever this code was linked in.
        if let Ok(text) = std::str::from_utf8(&rest[..end])
            && text.ends_with('\n')
        {
            return text.lines().collect();
        }
    }
    Vec::new()
}

/// What stands before the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Length of the archive in bytes.
    pub archive_len: u64,
    /// CRC-32 of the archive's central directory.
    pub directory_crc: u32,
    /// SHA-256 of the archive.
    pub sha256: [u8; 32],
}

impl Header {
    /// The header as bytes.
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let mut out = Vec::with_capacity(HEADER_LEN);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&TABLE_FINGERPRINT.to_le_bytes());
        out.extend_from_slice(&self.archive_len.to_le_bytes());
        out.extend_from_slice(&self.directory_crc.to_le_bytes());
        out.extend_from_slice(&[0; 8]);
        out.extend_from_slice(&self.sha256);
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        let mut bytes = [0; HEADER_LEN];
        bytes.copy_from_slice(&out);
        bytes
    }

    /// The header that `image` begins with, and what follows it.
    pub fn read(image: &[u8]) -> Result<(Header, &[u8]), PayloadError> {
        let magic = &image[..image.len().min(MAGIC.len())];
        if magic.is_empty() || !MAGIC.starts_with(magic) {
            return Err(PayloadError::NotPayload);
        }
        let (bytes, rest) = image.split_first_chunk::<HEADER_LEN>().ok_or(PayloadError::Truncated)?;
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        if word(HEADER_LEN - 4) != crc32fast::hash(&bytes[..HEADER_LEN - 4]) {
            return Err(PayloadError::Damaged("header"));
        }
        let (found, wanted) = ((word(8), word(12)), (FORMAT, TABLE_FINGERPRINT));
        if found != wanted {
            return Err(PayloadError::Version { found, wanted });
        }
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(&bytes[36..68]);
        let archive_len = u64::from(word(16)) | u64::from(word(20)) << 32;
        Ok((Header { archive_len, directory_crc: word(24), sha256 }, rest))
    }
}

#[cfg(test)]
mod native_list_tests {
    use super::*;

    #[test]
    fn a_list_is_found_in_what_surrounds_it() {
        const NAMES: &[&str] = &["_abc", "zlib"];
        const LIST: [u8; native_list_len(NAMES)] = native_list(NAMES);
        let stub = [&b"\x7fELF"[..], &NATIVE_LIST_NAME, b"\xff\0", &LIST, b"more"].concat();
        assert_eq!(native_modules(&stub), NAMES);
        assert!(native_modules(b"nothing").is_empty());
    }
}
