//! macOS: the payload is a section in a segment of its own.
//!
//! # Safety
//! The segment is part of the image, which stays mapped and unchanged for as long as the process lives. The kernel refuses a file
//! that is shorter than its segments.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_ulong, c_void};

use freeze_payload::PayloadError;
use freeze_payload::header::{MACHO_SECTION, MACHO_SEGMENT};

unsafe extern "C" {
    /// The Mach-O header of the executable, which the linker makes.
    static _mh_execute_header: c_void;
    fn getsectiondata(
        header: *const c_void,
        segment: *const c_char,
        section: *const c_char,
        size: *mut c_ulong,
    ) -> *const u8;
}

/// A name with the NUL that C wants; both are shorter than the 16 bytes that a load command has for one.
fn c_name(name: &str) -> [u8; 17] {
    let mut out = [0; 17];
    out[..name.len()].copy_from_slice(name.as_bytes());
    out
}

/// The bytes of the section; [`PayloadError::NotPayload`] when there is none, which is so for a stub as it was built.
pub(crate) fn find() -> Result<&'static [u8], PayloadError> {
    let (segment, section) = (c_name(MACHO_SEGMENT), c_name(MACHO_SECTION));
    let (Ok(segment), Ok(section)) = (CStr::from_bytes_until_nul(&segment), CStr::from_bytes_until_nul(&section))
    else {
        return Err(PayloadError::NotPayload);
    };
    let mut len = 0;
    // SAFETY: the names end with a NUL, the header is the linker's; and see the module's text.
    unsafe {
        let bytes = getsectiondata(&raw const _mh_execute_header, segment.as_ptr(), section.as_ptr(), &raw mut len);
        if bytes.is_null() {
            return Err(PayloadError::NotPayload);
        }
        Ok(std::slice::from_raw_parts(bytes, len as usize))
    }
}
