//! Groups of users.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};

/// `getgrouplist`: fills the list; how many there are, or `None` when it is too short.
pub(in super::super) fn group_list(user: &CStr, group: u32, list: &mut [u32]) -> Option<usize> {
    let mut n = list.len() as c_int;
    // SAFETY: the list has the told length.
    let r = unsafe { libc::getgrouplist(user.as_ptr(), group, list.as_mut_ptr(), &raw mut n) };
    (r >= 0).then_some(n as usize)
}

/// `initgroups`
pub(in super::super) fn initgroups(user: &CStr, group: u32) -> c_int {
    // SAFETY: see the module `os`.
    unsafe { libc::initgroups(user.as_ptr(), group) }
}
