//! Functions of libraries, for `ctypes`: loading, finding and calling them, and memory at addresses.
//!
//! # Safety
//! What a library does with what it is given, only the program knows that calls it: this is what `ctypes` is, under CPython too. An
//! address that a program made up ends it as it would there. Nothing else of the virtual machine comes here.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::io;

use windows_sys::Win32::Foundation::{GetLastError, SetLastError};
use windows_sys::Win32::System::LibraryLoader as l;

use super::{Handle, wide_c};

/// The most arguments that a call can have.
pub const MOST: usize = 12;

/// `LoadLibraryEx`
pub fn load(name: &CStr, flags: u32) -> io::Result<Handle> {
    let name = wide_c(name);
    // SAFETY: see the module.
    let handle = unsafe { l::LoadLibraryExW(name.as_ptr(), std::ptr::null_mut(), flags) };
    if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(handle as Handle) }
}

/// `FreeLibrary`
pub fn free(library: Handle) -> io::Result<()> {
    // SAFETY: see the module.
    super::check(unsafe { windows_sys::Win32::Foundation::FreeLibrary(library as _) })
}

/// `GetProcAddress`
pub fn symbol(library: Handle, name: &CString) -> Option<usize> {
    // SAFETY: see the module.
    let function = unsafe { l::GetProcAddress(library as _, name.as_ptr().cast()) };
    function.map(|function| function as usize)
}

/// Calls a function that takes whole numbers and addresses, and nothing in registers for floats. The thread's last error is what it
/// was after the call before, as if nothing of ours had come between; it is given back with the result.
pub fn call(function: usize, arguments: &[u64], last_error: u32) -> (u64, u32) {
    type N = u64;
    let mut a = [0; MOST];
    let n = arguments.len().min(MOST);
    a[..n].copy_from_slice(&arguments[..n]);
    // The convention of 64-bit Windows has the caller clean up, so that a function may be given more than it takes; but not so
    // many that what lies on the stack is copied for nothing.
    // SAFETY: see the module; a function's address is not 0, and all conventions of the platform are one.
    unsafe {
        SetLastError(last_error);
        let result = if n <= 4 {
            let f: extern "system" fn(N, N, N, N) -> N = std::mem::transmute(function);
            f(a[0], a[1], a[2], a[3])
        } else {
            let f: extern "system" fn(N, N, N, N, N, N, N, N, N, N, N, N) -> N = std::mem::transmute(function);
            f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11])
        };
        (result, GetLastError())
    }
}

/// Bytes at an address.
pub fn read(address: usize, len: usize) -> Vec<u8> {
    // SAFETY: see the module.
    unsafe { std::slice::from_raw_parts(address as *const u8, len) }.to_vec()
}

/// Writes bytes to an address.
pub fn write(address: usize, bytes: &[u8]) {
    // SAFETY: see the module.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len()) }
}
