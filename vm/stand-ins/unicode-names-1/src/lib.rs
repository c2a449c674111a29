//! Stands in for release 1 of `unicode_names2`, which the parser depends on: `unicodedata` uses release 3, and a frozen program
//! should not hold two tables of names.

/// The character of that name, for `\N{…}` in string literals.
pub use newer::character;
