//! Mappings that change their length.
#![allow(unsafe_code)]

use std::io;

use super::super::mapping::Mapping;

impl Mapping {
    /// Makes it longer or shorter; it may move.
    pub fn resize(&mut self, len: usize) -> io::Result<()> {
        // SAFETY: the mapping is ours and nobody holds its bytes (`&mut`).
        let at = unsafe { libc::mremap(self.at.cast(), self.len, len, libc::MREMAP_MAYMOVE) };
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        (self.at, self.len) = (at.cast(), len);
        Ok(())
    }
}
