//! Whether bytes are WTF-8: UTF-8 in which surrogates may stand, as Python strings may hold them.

/// Whether `bytes` are WTF-8: what is not UTF-8 in them is surrogates (U+D800..U+DFFF, encoded as three bytes). A high one
/// may be followed by a low one: two characters of Python's, which are not the one that such a pair means in UTF-16.
pub fn is_valid(mut bytes: &[u8]) -> bool {
    loop {
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => return true,
            Err(error) => error.valid_up_to(),
        };
        if !matches!(bytes[valid..], [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..]) {
            return false;
        }
        bytes = &bytes[valid + 3..];
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn accepts_text_and_surrogates() {
        assert!(is_valid(b""));
        assert!(is_valid("héllo \u{10ffff}".as_bytes()));
        assert!(is_valid(b"a\xed\xa0\x80b"));
        assert!(is_valid(b"\xed\xb0\x80\xed\xa0\x80"));
        assert!(is_valid(b"\xed\xa0\x80\xed\xb0\x80"), "two characters");
        assert!(is_valid(b"\xed\xa0\x80x\xed\xb0\x80"));
    }

    #[test]
    fn refuses_the_rest() {
        assert!(!is_valid(b"\xff"));
        assert!(!is_valid(b"\xed\xa0"));
        assert!(!is_valid(b"\xc0\x80"));
    }
}
