//! What macOS does in a way of its own, in files named after the modules of `unix` that it completes. `linux` has the same functions
//! under the same names; what only one of the two systems has is there alone.
//!
//! # Safety
//! As in the modules around it. Functions that the oldest macOS we run on lacks are looked for when they are called, by the
//! names and with the signatures of Apple's headers.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};

pub(super) mod files;
pub mod kqueue;
pub(super) mod net;
pub(super) mod process;
pub mod proxies;
pub(super) mod semaphore;
pub(super) mod special;
pub(super) mod terminal;
pub(super) mod time;
pub(super) mod users;

/// Where `errno` is: the thread's own.
pub(super) fn errno_place() -> *mut c_int {
    // SAFETY: gives an address.
    unsafe { libc::__error() }
}

/// The address of a function of the C library; null where this macOS lacks it.
fn later(name: &CStr) -> *mut c_void {
    // SAFETY: the name ends with a NUL.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) }
}
