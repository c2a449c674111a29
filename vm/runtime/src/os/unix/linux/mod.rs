//! What Linux does in a way of its own, in files named after the modules of `unix` that it completes. `macos` has the same functions
//! under the same names; what only one of the two systems has is there alone.
//!
//! # Safety
//! As in the modules around it.
#![allow(unsafe_code)]

mod calls;
pub(super) mod files;
pub(super) mod mapping;
pub(super) mod net;
pub(super) mod process;
pub(super) mod semaphore;
pub(super) mod special;
pub(super) mod terminal;
pub(super) mod time;
pub(super) mod users;

/// Where `errno` is: the thread's own.
pub(super) fn errno_place() -> *mut std::ffi::c_int {
    // SAFETY: gives an address.
    unsafe { libc::__errno_location() }
}
