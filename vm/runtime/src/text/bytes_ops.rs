//! What bytes have of their own: `hex`, `fromhex`, `translate`, the ASCII predicates.

/// The value of a hexadecimal digit.
#[inline]
pub fn hex_value(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|d| d as u8)
}

/// `bytes.hex(sep, bytes_per_sep)`. A positive group size counts from the right, a negative one from the left.
pub fn hex(s: &[u8], sep: Option<u8>, group: isize) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let size = group.unsigned_abs();
    let sep = sep.filter(|_| size > 0);
    let mut out = Vec::with_capacity(s.len() * 2 + sep.map_or(0, |_| s.len() / size));
    for (i, byte) in s.iter().enumerate() {
        if let Some(sep) = sep
            && i > 0
            && (if group > 0 { s.len() - i } else { i }) % size == 0
        {
            out.push(sep);
        }
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
    out
}

/// Why `fromhex` refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HexError {
    /// Something else than a hexadecimal digit, at this position.
    NotHex(usize),
    /// An odd number of digits.
    Odd,
}

impl HexError {
    /// CPython's message.
    pub fn message(self) -> String {
        match self {
            HexError::NotHex(at) => format!("non-hexadecimal number found in fromhex() arg at position {at}"),
            HexError::Odd => "fromhex() arg must contain an even number of hexadecimal digits".into(),
        }
    }
}

/// `bytes.fromhex`: pairs of digits with white space between pairs.
pub fn from_hex(s: &[u8]) -> Result<Vec<u8>, HexError> {
    let mut out = Vec::with_capacity(s.len() / 2);
    let mut at = 0;
    while at < s.len() {
        if super::split::is_byte_space(s[at]) {
            at += 1;
            continue;
        }
        let high = hex_value(s[at]).ok_or_else(|| HexError::NotHex(super::wtf8::count(&s[..at])))?;
        at += 1;
        let low = match s.get(at) {
            None => return Err(HexError::Odd),
            Some(&byte) => hex_value(byte).ok_or(HexError::NotHex(at))?,
        };
        at += 1;
        out.push(high << 4 | low);
    }
    Ok(out)
}

/// `bytes.translate(table, delete)`: no table keeps every byte.
pub fn translate(s: &[u8], table: Option<&[u8; 256]>, delete: &[u8]) -> Vec<u8> {
    let mut drop = [false; 256];
    for &byte in delete {
        drop[usize::from(byte)] = true;
    }
    s.iter()
        .filter(|&&byte| !drop[usize::from(byte)])
        .map(|&byte| table.map_or(byte, |table| table[usize::from(byte)]))
        .collect()
}

/// Whether `s` is not empty and `test` holds for all of it.
pub fn all(s: &[u8], test: impl Fn(u8) -> bool) -> bool {
    !s.is_empty() && s.iter().all(|&b| test(b))
}

/// `bytes.islower`.
pub fn is_lower(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_lowercase) && !s.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.isupper`.
pub fn is_upper(s: &[u8]) -> bool {
    s.iter().any(u8::is_ascii_uppercase) && !s.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.istitle`.
pub fn is_title(s: &[u8]) -> bool {
    let (mut cased, mut in_word) = (false, false);
    for byte in s {
        let (upper, lower) = (byte.is_ascii_uppercase(), byte.is_ascii_lowercase());
        if (upper && in_word) || (lower && !in_word) {
            return false;
        }
        in_word = upper || lower;
        cased |= in_word;
    }
    cased
}
