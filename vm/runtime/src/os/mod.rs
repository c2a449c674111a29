//! System calls behind safe functions: what `os`, `_io`, `time`, `_signal`, `_socket` and friends need and std does not offer.
//!
//! `unix/` and `windows/` have the same shape: the modules that both have (`files`, `net`, `process`, `time`, …) offer the
//! functions that both systems know under the same names. What only one of them has stands in a module of its own, whose users
//! are built for that system alone.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::*;
#[cfg(windows)]
pub use windows::*;
