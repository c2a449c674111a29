//! Stands in for release 1 of `unicode_names2`, which the parser depends on.
//!
//! `unicodedata` uses release 3 of the same crate. Each brings the whole table of names, 700 kB in every frozen program; so
//! the workspace's manifest puts this crate in the place of the older one.

/// The character of that name, for `\N{…}` in string literals.
pub use newer::character;
