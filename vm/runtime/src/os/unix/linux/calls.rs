//! System calls that glibc 2.17 has no functions for, by their numbers: programs for it run on whatever is newer.
//!
//! # Safety
//! As for the system's functions of the same names.

use std::ffi::{c_char, c_int, c_uint, c_void};

pub(super) unsafe fn getrandom(buf: *mut c_void, len: usize, flags: c_uint) -> isize {
    // SAFETY: by contract.
    unsafe { libc::syscall(libc::SYS_getrandom, buf, len, flags) as isize }
}

pub(super) unsafe fn gettid() -> i64 {
    // SAFETY: takes nothing and always succeeds.
    unsafe { libc::syscall(libc::SYS_gettid) }
}

pub(super) unsafe fn memfd_create(name: *const c_char, flags: c_uint) -> c_int {
    // SAFETY: by contract.
    unsafe { libc::syscall(libc::SYS_memfd_create, name, flags) as c_int }
}

pub(super) unsafe fn copy_file_range(from: c_int, at: *mut i64, to: c_int, to_at: *mut i64, len: usize) -> isize {
    let flags: c_uint = 0;
    // SAFETY: by contract.
    unsafe { libc::syscall(libc::SYS_copy_file_range, from, at, to, to_at, len, flags) as isize }
}

pub(super) unsafe fn preadv2(fd: c_int, list: *const libc::iovec, n: c_int, at: i64, flags: c_int) -> isize {
    // The offset is given in two halves, of which the upper one counts on 32-bit machines only.
    let upper: i64 = 0;
    // SAFETY: by contract.
    unsafe { libc::syscall(libc::SYS_preadv2, fd, list, n, at, upper, flags) as isize }
}

pub(super) unsafe fn pwritev2(fd: c_int, list: *const libc::iovec, n: c_int, at: i64, flags: c_int) -> isize {
    let upper: i64 = 0;
    // SAFETY: by contract.
    unsafe { libc::syscall(libc::SYS_pwritev2, fd, list, n, at, upper, flags) as isize }
}
