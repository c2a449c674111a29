//! `posix`.

pub(crate) mod virtual_fs;
