//! The parts of the zip format that we use, field by field: one list for the writer and the reader.
//!
//! Local headers and central records have no extra fields and no comments, sizes stand in the headers (no data
//! descriptors), names are UTF-8, there is one disk and no zip64. Everything is little-endian.

/// Signature of a local header.
pub(crate) const LOCAL: u32 = 0x0403_4b50;
/// Signature of a central record.
pub(crate) const CENTRAL: u32 = 0x0201_4b50;
/// Signature of the record at the end.
pub(crate) const END: u32 = 0x0605_4b50;

/// Length of a local header before the name.
pub(crate) const LOCAL_LEN: usize = 30;
/// Length of a central record before the name.
pub(crate) const CENTRAL_LEN: usize = 46;
/// Length of the record at the end.
pub(crate) const END_LEN: usize = 22;

/// Version needed to extract: 2.0, for deflate and folders.
#[cfg(feature = "write")]
pub(crate) const VERSION: u16 = 20;
/// Made on Unix, so that [`MODE_FILE`] is believed.
#[cfg(feature = "write")]
pub(crate) const MADE_BY: u16 = 3 << 8 | VERSION;
/// General flags: the name is UTF-8.
#[cfg(feature = "write")]
pub(crate) const FLAGS: u16 = 1 << 11;
/// The date of every entry: 1 January 1980.
#[cfg(feature = "write")]
pub(crate) const DATE: u16 = 1 << 5 | 1;
/// External attributes of a file: a regular file, `rw-r--r--`.
#[cfg(feature = "write")]
pub(crate) const MODE_FILE: u32 = 0o100_644 << 16;

/// How an entry is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Method {
    /// As it is.
    Stored = 0,
    /// Deflated, without a zlib header.
    Deflated = 8,
}

impl Method {
    /// The method with this number, if it is one that we use.
    pub(crate) fn from_number(n: u16) -> Option<Method> {
        [Method::Stored, Method::Deflated].into_iter().find(|method| *method as u16 == n)
    }
}

/// What both headers of an entry say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) method: Method,
    pub(crate) crc: u32,
    pub(crate) packed_len: u32,
    pub(crate) len: u32,
    pub(crate) name_len: u16,
    /// Where the local header begins.
    pub(crate) offset: u32,
}

impl Fields {
    /// Appends the local header, without the name.
    #[cfg(feature = "write")]
    pub(crate) fn put_local(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&LOCAL.to_le_bytes());
        self.put_common(out);
    }

    /// Appends the central record, without the name.
    #[cfg(feature = "write")]
    pub(crate) fn put_central(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&CENTRAL.to_le_bytes());
        out.extend_from_slice(&MADE_BY.to_le_bytes());
        self.put_common(out);
        // Comment length, disk, internal attributes.
        out.extend_from_slice(&[0; 6]);
        out.extend_from_slice(&MODE_FILE.to_le_bytes());
        out.extend_from_slice(&self.offset.to_le_bytes());
    }

    #[cfg(feature = "write")]
    fn put_common(&self, out: &mut Vec<u8>) {
        for half in [VERSION, FLAGS, self.method as u16, 0, DATE] {
            out.extend_from_slice(&half.to_le_bytes());
        }
        for word in [self.crc, self.packed_len, self.len] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(&self.name_len.to_le_bytes());
        // Length of the extra field.
        out.extend_from_slice(&[0; 2]);
    }

    /// Reads a central record from its first [`CENTRAL_LEN`] bytes; `None` if it is not one of ours.
    pub(crate) fn read_central(record: &[u8; CENTRAL_LEN]) -> Option<Fields> {
        // Flags, extra and comment lengths, disk: ours are fixed. The high flag byte says UTF-8.
        let fixed = word(record, 0) == CENTRAL && half(record, 8) & 0x0009 == 0 && half(record, 30) == 0;
        if !fixed || half(record, 32) != 0 || half(record, 34) != 0 {
            return None;
        }
        Some(Fields {
            method: Method::from_number(half(record, 10))?,
            crc: word(record, 16),
            packed_len: word(record, 20),
            len: word(record, 24),
            name_len: half(record, 28),
            offset: word(record, 42),
        })
    }
}

/// The 16-bit number at `at`.
pub(crate) fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// The 32-bit number at `at`.
pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
