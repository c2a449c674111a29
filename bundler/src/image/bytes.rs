//! Numbers in files. Every place is checked: what a file says of itself is not believed.

use super::ImageError;

type Result<T> = std::result::Result<T, ImageError>;

fn short() -> ImageError {
    ImageError("the file is shorter than its headers say: it was cut off, or is damaged".into())
}

/// `len` bytes from `at`.
pub(super) fn slice(bytes: &[u8], at: usize, len: usize) -> Result<&[u8]> {
    at.checked_add(len).and_then(|end| bytes.get(at..end)).ok_or_else(short)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or_else(short)
}

/// A little-endian number of two bytes.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

/// A little-endian number of four bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

/// A little-endian number of eight bytes.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Result<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

/// A big-endian number of four bytes.
pub(super) fn u32_big_at(bytes: &[u8], at: usize) -> Result<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

/// A big-endian number of eight bytes.
pub(super) fn u64_big_at(bytes: &[u8], at: usize) -> Result<u64> {
    array(bytes, at).map(u64::from_be_bytes)
}

/// An offset or a length that has to fit into this machine's memory.
pub(super) fn size(value: u64) -> Result<usize> {
    usize::try_from(value).map_err(|_| short())
}

/// A number that the format has 32 bits for.
pub(super) fn narrow(value: usize) -> Result<u32> {
    u32::try_from(value).map_err(|_| ImageError("the program is larger than 4 GB, which the format cannot say".into()))
}

/// Overwrites what is at a place.
pub(super) fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Result<()> {
    let place = at.checked_add(value.len()).and_then(|end| bytes.get_mut(at..end)).ok_or_else(short)?;
    place.copy_from_slice(value);
    Ok(())
}

/// Overwrites a little-endian number of four bytes.
pub(super) fn put_u32(bytes: &mut [u8], at: usize, value: u32) -> Result<()> {
    put(bytes, at, &value.to_le_bytes())
}

/// Overwrites a little-endian number of eight bytes.
pub(super) fn put_u64(bytes: &mut [u8], at: usize, value: u64) -> Result<()> {
    put(bytes, at, &value.to_le_bytes())
}

/// The next multiple of a power of two.
pub(super) fn align(value: u64, to: u64) -> Result<u64> {
    value.checked_next_multiple_of(to.max(1)).ok_or_else(|| ImageError("addresses out of range".into()))
}
