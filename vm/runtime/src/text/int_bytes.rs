//! `int.to_bytes` and `int.from_bytes`.

use num_bigint::{BigInt, Sign};
use num_traits::Signed;

/// Why `to_bytes` refused: `OverflowError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToBytesError {
    /// The value needs more bytes.
    TooBig,
    /// Negative, and not asked for signed.
    Negative,
}

impl ToBytesError {
    /// CPython's message.
    pub fn message(self) -> &'static str {
        match self {
            ToBytesError::TooBig => "int too big to convert",
            ToBytesError::Negative => "can't convert negative int to unsigned",
        }
    }
}

/// `n.to_bytes(len, order, signed=signed)`.
pub fn to_bytes(n: &BigInt, len: usize, little: bool, signed: bool) -> Result<Vec<u8>, ToBytesError> {
    if n.is_negative() && !signed {
        return Err(ToBytesError::Negative);
    }
    let zero = n.sign() == Sign::NoSign;
    let mut out = match (zero, signed) {
        (true, _) => Vec::new(),
        (_, true) => n.to_signed_bytes_le(),
        (_, false) => n.magnitude().to_bytes_le(),
    };
    if out.len() > len {
        return Err(ToBytesError::TooBig);
    }
    out.resize(len, if n.is_negative() { 0xFF } else { 0 });
    if !little {
        out.reverse();
    }
    Ok(out)
}

/// `int.from_bytes(s, order, signed=signed)`.
pub fn from_bytes(s: &[u8], little: bool, signed: bool) -> BigInt {
    match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(s),
        (false, true) => BigInt::from_signed_bytes_be(s),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, s),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, s),
    }
}
