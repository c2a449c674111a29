//! Finds the payload in the running executable.
//!
//! Each format has a container of its own for it (`bundler/src/image` puts it there), which the loader has mapped by the time
//! `main` runs: no file is opened but to see that it is whole, nothing is copied, and pages that nobody reads cost nothing.

#[cfg_attr(windows, path = "image/pe.rs")]
#[cfg_attr(target_vendor = "apple", path = "image/macho.rs")]
#[cfg_attr(not(any(windows, target_vendor = "apple")), path = "image/elf.rs")]
mod format;

pub(crate) use format::find;
