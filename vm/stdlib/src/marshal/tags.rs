//! The type bytes of the format.

pub(super) const NULL: u8 = b'0';
pub(super) const NONE: u8 = b'N';
pub(super) const FALSE: u8 = b'F';
pub(super) const TRUE: u8 = b'T';
pub(super) const STOP_ITERATION: u8 = b'S';
pub(super) const ELLIPSIS: u8 = b'.';
/// 32 bits.
pub(super) const INT: u8 = b'i';
/// 64 bits; no longer written.
pub(super) const INT64: u8 = b'I';
/// A signed count of digits of 15 bits, and those.
pub(super) const LONG: u8 = b'l';
/// Decimal text with its length in a byte (before version 2).
pub(super) const FLOAT: u8 = b'f';
pub(super) const BINARY_FLOAT: u8 = b'g';
pub(super) const COMPLEX: u8 = b'x';
pub(super) const BINARY_COMPLEX: u8 = b'y';
pub(super) const BYTES: u8 = b's';
/// Text as UTF-8 with surrogates, and the same for an interned one.
pub(super) const UNICODE: u8 = b'u';
pub(super) const INTERNED: u8 = b't';
pub(super) const ASCII: u8 = b'a';
pub(super) const ASCII_INTERNED: u8 = b'A';
/// With the length in a byte.
pub(super) const SHORT_ASCII: u8 = b'z';
pub(super) const SHORT_ASCII_INTERNED: u8 = b'Z';
pub(super) const TUPLE: u8 = b'(';
pub(super) const SMALL_TUPLE: u8 = b')';
pub(super) const LIST: u8 = b'[';
/// Keys and values, and then [`NULL`].
pub(super) const DICT: u8 = b'{';
pub(super) const SET: u8 = b'<';
pub(super) const FROZENSET: u8 = b'>';
/// From version 5 on.
pub(super) const SLICE: u8 = b':';
pub(super) const CODE: u8 = b'c';
/// The number of an object that was written before.
pub(super) const NUMBER: u8 = b'r';
/// Flag: the object gets a number.
pub(super) const REF: u8 = 0x80;
