//! Files whose body is packed: an LZ4 block behind the length that it unfolds to.

use super::cursor::MarshalError;
use super::{HEADER_LEN, PACKED};

/// Where the flags stand in the header, and the length and the checksum.
const FLAGS_AT: usize = 6;
const LENGTH_AT: usize = 12;
const CRC_AT: usize = 16;

/// No LZ4 block unfolds to more than this many times its length.
const MOST_GROWTH: usize = 255;

/// Whether the file behind this header is packed.
pub fn is_packed(bytes: &[u8]) -> bool {
    bytes.get(FLAGS_AT).is_some_and(|flags| u16::from(*flags) & PACKED != 0)
}

/// The file that [`super::write`] made, packed by `compress`, which makes an LZ4 block; as it is where that would not be
/// smaller.
pub fn pack(bytes: Vec<u8>, compress: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let Some((header, body)) = bytes.split_at_checked(HEADER_LEN) else { return bytes };
    if is_packed(header) {
        return bytes;
    }
    let block = compress(body);
    if block.len() + 4 >= body.len() {
        return bytes;
    }
    let mut out = Vec::with_capacity(HEADER_LEN + 4 + block.len());
    out.extend_from_slice(header);
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(&block);
    let rest = &out[HEADER_LEN..];
    let (length, crc) = (rest.len() as u32, crc32fast::hash(rest));
    out[FLAGS_AT] |= PACKED as u8;
    out[LENGTH_AT..CRC_AT].copy_from_slice(&length.to_le_bytes());
    out[CRC_AT..HEADER_LEN].copy_from_slice(&crc.to_le_bytes());
    out
}

/// The body as it was before it was packed.
pub(super) fn unpack(body: &[u8]) -> Result<Vec<u8>, MarshalError> {
    let damaged = MarshalError::Damaged("packed body");
    let (length, block) = body.split_first_chunk::<4>().ok_or(MarshalError::Truncated)?;
    let length = u32::from_le_bytes(*length) as usize;
    if length / MOST_GROWTH > block.len() {
        return Err(damaged);
    }
    let mut out = vec![0; length];
    match lz4_flex::block::decompress_into(block, &mut out) {
        Ok(unfolded) if unfolded == length => Ok(out),
        _ => Err(damaged),
    }
}
