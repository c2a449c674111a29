//! Windows: the payload is a resource.
//!
//! # Safety
//! A resource is part of the image, which stays mapped and unchanged for as long as the process lives. The loader refuses a file
//! that is shorter than its sections.
#![allow(unsafe_code)]

use freeze_payload::PayloadError;
use freeze_payload::header::PE_RESOURCE;
use windows_sys::Win32::System::LibraryLoader::{FindResourceW, LoadResource, LockResource, SizeofResource};

/// `RT_RCDATA`: a number in the place of a name.
const RCDATA: *const u16 = std::ptr::without_provenance(10);

/// The bytes of the resource; [`PayloadError::NotPayload`] when there is none, which is so for a stub as it was built.
pub(crate) fn find() -> Result<&'static [u8], PayloadError> {
    let name: Vec<u16> = PE_RESOURCE.encode_utf16().chain([0]).collect();
    // SAFETY: the name ends with a NUL; what is found is as long as the system tells, and see the module's text.
    unsafe {
        let own = std::ptr::null_mut();
        let found = FindResourceW(own, name.as_ptr(), RCDATA);
        if found.is_null() {
            return Err(PayloadError::NotPayload);
        }
        let bytes = LockResource(LoadResource(own, found)).cast::<u8>();
        if bytes.is_null() {
            return Err(PayloadError::NotPayload);
        }
        Ok(std::slice::from_raw_parts(bytes, SizeofResource(own, found) as usize))
    }
}
