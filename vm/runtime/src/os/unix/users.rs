//! Users and groups.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;

use super::{bytes_of, check, platform};

/// A row of the user database.
pub struct User {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub uid: u32,
    pub gid: u32,
    pub gecos: Vec<u8>,
    pub dir: Vec<u8>,
    pub shell: Vec<u8>,
}

/// A row of the group database.
pub struct Group {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

/// # Safety
/// `p` points to a filled record.
unsafe fn user(p: *const libc::passwd) -> User {
    // SAFETY: by contract its strings are null or NUL-terminated.
    unsafe {
        User {
            name: bytes_of((*p).pw_name).unwrap_or_default(),
            password: bytes_of((*p).pw_passwd).unwrap_or_default(),
            uid: (*p).pw_uid,
            gid: (*p).pw_gid,
            gecos: bytes_of((*p).pw_gecos).unwrap_or_default(),
            dir: bytes_of((*p).pw_dir).unwrap_or_default(),
            shell: bytes_of((*p).pw_shell).unwrap_or_default(),
        }
    }
}

/// # Safety
/// `p` points to a filled record.
unsafe fn group(p: *const libc::group) -> Group {
    // SAFETY: by contract its strings are NUL-terminated and the list of members ends with a null pointer.
    unsafe {
        let mut members = Vec::new();
        let mut m = (*p).gr_mem;
        while !m.is_null() && !(*m).is_null() {
            members.extend(bytes_of(*m));
            m = m.add(1);
        }
        Group {
            name: bytes_of((*p).gr_name).unwrap_or_default(),
            password: bytes_of((*p).gr_passwd).unwrap_or_default(),
            gid: (*p).gr_gid,
            members,
        }
    }
}

// The functions below use static memory of the C library; the interpreter lock, under which they are called, keeps the
// record until it is copied.

/// The user of this number.
pub fn user_by_id(uid: u32) -> Option<User> {
    // SAFETY: see above.
    unsafe {
        let p = libc::getpwuid(uid);
        (!p.is_null()).then(|| user(p))
    }
}

/// The user of this name.
pub fn user_by_name(name: &CStr) -> Option<User> {
    // SAFETY: see above.
    unsafe {
        let p = libc::getpwnam(name.as_ptr());
        (!p.is_null()).then(|| user(p))
    }
}

/// All users.
pub fn users() -> Vec<User> {
    let mut out = Vec::new();
    // SAFETY: see above.
    unsafe {
        libc::setpwent();
        loop {
            let p = libc::getpwent();
            if p.is_null() {
                break;
            }
            out.push(user(p));
        }
        libc::endpwent();
    }
    out
}

/// The group of this number.
pub fn group_by_id(gid: u32) -> Option<Group> {
    // SAFETY: see above.
    unsafe {
        let p = libc::getgrgid(gid);
        (!p.is_null()).then(|| group(p))
    }
}

/// The group of this name.
pub fn group_by_name(name: &CStr) -> Option<Group> {
    // SAFETY: see above.
    unsafe {
        let p = libc::getgrnam(name.as_ptr());
        (!p.is_null()).then(|| group(p))
    }
}

/// All groups.
pub fn groups() -> Vec<Group> {
    let mut out = Vec::new();
    // SAFETY: see above.
    unsafe {
        libc::setgrent();
        loop {
            let p = libc::getgrent();
            if p.is_null() {
                break;
            }
            out.push(group(p));
        }
        libc::endgrent();
    }
    out
}

/// The process's supplementary groups.
pub fn own_groups() -> io::Result<Vec<u32>> {
    // SAFETY: the second call gets room for as many as the first has counted.
    unsafe {
        let n = check(libc::getgroups(0, std::ptr::null_mut()))?;
        let mut v = vec![0; n as usize];
        let n = check(libc::getgroups(n, v.as_mut_ptr()))?;
        v.truncate(n as usize);
        Ok(v)
    }
}

/// `setgroups`
pub fn set_groups(list: &[u32]) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::setgroups(list.len() as _, list.as_ptr()) }).map(drop)
}

macro_rules! ids {
    ($($name:ident;)*) => {$(
        /// As the system call of the same name.
        pub fn $name() -> u32 {
            // SAFETY: always succeeds.
            unsafe { libc::$name() }
        }
    )*};
}
ids! { getuid; geteuid; getgid; getegid; }

macro_rules! set_ids {
    ($($name:ident($($arg:ident),*);)*) => {$(
        /// As the system call of the same name.
        pub fn $name($($arg: u32),*) -> io::Result<()> {
            // SAFETY: plain numbers.
            check(unsafe { libc::$name($($arg),*) }).map(drop)
        }
    )*};
}
set_ids! {
    setuid(a); seteuid(a); setgid(a); setegid(a); setreuid(a, b); setregid(a, b);
}

/// `getlogin`
pub fn login_name() -> io::Result<Vec<u8>> {
    // SAFETY: see the note on static memory above.
    unsafe { bytes_of(libc::getlogin()) }.ok_or_else(io::Error::last_os_error)
}

/// `getgrouplist`
pub fn group_list(user: &CStr, group: u32) -> io::Result<Vec<u32>> {
    let mut list = vec![0; 64];
    loop {
        if let Some(n) = platform::users::group_list(user, group, &mut list) {
            list.truncate(n);
            return Ok(list);
        }
        if list.len() > 1 << 16 {
            return Err(io::Error::last_os_error());
        }
        list.resize(list.len() * 4, 0);
    }
}

/// `initgroups`
pub fn initgroups(user: &CStr, group: u32) -> io::Result<()> {
    check(platform::users::initgroups(user, group)).map(drop)
}
