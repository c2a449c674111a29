//! Stands in for the crate of this name, which the parser depends on.
//!
//! `unicodedata` normalizes by `icu_normalizer`. Each brings its own tables, 200 kB in every frozen program; so the workspace's
//! manifest puts this crate in the place of the other one.

use icu_normalizer::ComposingNormalizerBorrowed;

/// The form that identifiers are compared in (PEP 3131).
pub trait UnicodeNormalization {
    /// The characters of the text in normalization form KC.
    fn nfkc(self) -> std::vec::IntoIter<char>;
}

impl UnicodeNormalization for &str {
    fn nfkc(self) -> std::vec::IntoIter<char> {
        let normal = ComposingNormalizerBorrowed::new_nfkc().normalize(self);
        normal.chars().collect::<Vec<char>>().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::UnicodeNormalization as _;

    #[test]
    fn compatibility_characters_become_ordinary_ones() {
        assert_eq!("ﬁ𝐱e\u{301}".nfkc().collect::<String>(), "fixé");
    }
}
