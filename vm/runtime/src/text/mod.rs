//! Text, bytes and number algorithms that know nothing of the virtual machine.
//!
//! Python strings are byte slices here: UTF-8 in which lone surrogates stand as three bytes each ("generalized UTF-8",
//! two adjacent surrogates stay two code points). Its byte order is code point order, so comparison is `memcmp` and
//! searching a string is searching its bytes. Errors carry CPython's message; the callers raise them.

pub mod bytes_ops;
pub mod case;
pub mod chars;
pub mod codecs;
mod division;
pub mod float_fmt;
pub mod float_hex;
pub mod float_ops;
pub mod float_parse;
pub mod format_number;
pub mod format_spec;
pub mod format_string;
pub mod int_bytes;
pub mod int_convert;
pub mod int_ops;
pub mod int_parse;
pub mod pad;
pub mod percent;
pub mod repr;
pub mod search;
pub mod split;
pub mod wtf8;

#[cfg(test)]
mod tests;
