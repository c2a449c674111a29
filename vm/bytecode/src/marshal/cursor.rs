//! The checked reader over bytes that may be damaged, its counterpart for writing numbers, and what can go wrong.

use std::fmt;

/// Why bytes are no code object of ours, or why a code object could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarshalError {
    /// The bytes end before the code object does.
    Truncated,
    /// The bytes do not begin as ours do.
    NotCode,
    /// Another layout, or another instruction set, than this program's.
    Version,
    /// The checksum in the header does not fit the bytes.
    Checksum,
    /// The content contradicts itself; says what.
    Damaged(&'static str),
    /// Code or constants nest too deep.
    TooDeep,
    /// A part is longer than the format can say.
    TooLong,
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MarshalError::Truncated => f.write_str("the bytecode is cut off"),
            MarshalError::NotCode => f.write_str("these bytes are not bytecode of freeze"),
            MarshalError::Version => f.write_str("the bytecode was made by another version of freeze"),
            MarshalError::Checksum => f.write_str("the bytecode is damaged (checksum)"),
            MarshalError::Damaged(what) => write!(f, "the bytecode is damaged ({what})"),
            MarshalError::TooDeep => f.write_str("code or constants nest too deep"),
            MarshalError::TooLong => f.write_str("the code object is too large"),
        }
    }
}

impl std::error::Error for MarshalError {}

/// A position in bytes; every step is checked.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], MarshalError> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or(MarshalError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], MarshalError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(MarshalError::Truncated)?;
        self.rest = rest;
        Ok(*head)
    }

    #[inline]
    pub(super) fn u8(&mut self) -> Result<u8, MarshalError> {
        let (&first, rest) = self.rest.split_first().ok_or(MarshalError::Truncated)?;
        self.rest = rest;
        Ok(first)
    }

    /// An unsigned varint.
    #[inline]
    pub(super) fn varint(&mut self) -> Result<u64, MarshalError> {
        let first = self.u8()?;
        if first < 0x80 { Ok(first.into()) } else { self.varint_rest(first) }
    }

    #[cold]
    fn varint_rest(&mut self, first: u8) -> Result<u64, MarshalError> {
        let mut value = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(MarshalError::Damaged("number too large"))
    }

    pub(super) fn zigzag(&mut self) -> Result<i64, MarshalError> {
        let n = self.varint()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Result<u32, MarshalError> {
        u32::try_from(self.varint()?).map_err(|_| MarshalError::Damaged("number too large"))
    }

    #[inline(always)]
    pub(super) fn u16(&mut self) -> Result<u16, MarshalError> {
        if let [first @ ..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(u16::from(*first));
        }
        u16::try_from(self.varint()?).map_err(|_| MarshalError::Damaged("number too large"))
    }

    /// How many items follow, each of which takes at least `min` bytes: never more than can be there.
    pub(super) fn count(&mut self, min: usize) -> Result<usize, MarshalError> {
        let n = usize::try_from(self.varint()?).map_err(|_| MarshalError::Truncated)?;
        if n > self.left() / min {
            return Err(MarshalError::Truncated);
        }
        Ok(n)
    }
}

/// Appends an unsigned varint.
pub(super) fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Appends a signed varint: small magnitudes of either sign stay short.
pub(super) fn put_zigzag(out: &mut Vec<u8>, n: i64) {
    put_varint(out, (n << 1 ^ n >> 63) as u64);
}
