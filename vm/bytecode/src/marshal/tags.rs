//! The one list of constant tags. A tag's number is its place here; the format version changes when the order does.

macro_rules! define_tags {
    ($( $(#[doc = $doc:literal])* $Tag:ident, )*) => {
        /// What kind of constant follows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Tag { $( $(#[doc = $doc])* $Tag ),* }

        const ALL: &[Tag] = &[ $( Tag::$Tag ),* ];
    };
}

define_tags! {
    None,
    True,
    False,
    Ellipsis,
    /// A 64-bit int, zigzag varint.
    Int,
    /// A longer int above zero: number of 32-bit digits, then the digits, lowest first.
    BigPositive,
    /// The same below zero.
    BigNegative,
    /// The 8 bytes of an IEEE 754 double.
    Float,
    /// Two doubles.
    Complex,
    /// A string reference.
    Str,
    /// Length and bytes.
    Bytes,
    /// Number of items, then the items.
    Tuple,
    /// As a tuple.
    FrozenSet,
    /// Three constants.
    Slice,
    /// Length in bytes, then a code object.
    Code,
}

impl Tag {
    /// The tag with this number.
    pub(super) fn from_u8(n: u8) -> Option<Tag> {
        ALL.get(n as usize).copied()
    }
}
