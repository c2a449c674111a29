//! Descriptors and copies of files, as macOS has them.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};
use std::io;

use super::super::files::{openat, set_inheritable, unlinkat};
use super::super::{check, cstring, process};

/// `pipe`, with the flag `O_CLOEXEC` or none.
pub fn pipe(flags: c_int) -> io::Result<[c_int; 2]> {
    let mut fds = [0; 2];
    // SAFETY: see the module `os`.
    check(unsafe { libc::pipe(fds.as_mut_ptr()) })?;
    if flags & libc::O_CLOEXEC != 0 {
        for fd in fds {
            set_inheritable(fd, false)?;
        }
    }
    Ok(fds)
}

/// `dup2`, inheritable or not.
pub fn dup2(from: c_int, to: c_int, inheritable: bool) -> io::Result<c_int> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::dup2(from, to) })?;
    if from != to {
        set_inheritable(to, inheritable)?;
    }
    Ok(to)
}

/// A descriptor of a file without a name, for reading and writing. Shared memory, which would stay off the disk, has neither here.
pub(in super::super) fn nameless() -> io::Result<c_int> {
    let name = std::env::temp_dir().join(format!("bundled-{}-{:x}", std::process::id(), process::thread_ident()));
    let name = cstring(name.as_os_str().as_encoded_bytes())?;
    let fd = openat(libc::AT_FDCWD, &name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL | libc::O_CLOEXEC, 0o600)?;
    unlinkat(libc::AT_FDCWD, &name, 0)?;
    Ok(fd)
}

/// `sendfile` to a socket, with what goes before and after the file's part; `count` of 0 is all of the file. What was sent before the
/// call would have had to wait is a success.
pub fn sendfile(
    out: c_int,
    input: c_int,
    offset: i64,
    count: i64,
    headers: &[Vec<u8>],
    trailers: &[Vec<u8>],
    flags: c_int,
) -> io::Result<usize> {
    let list = |parts: &[Vec<u8>]| -> Vec<libc::iovec> {
        parts.iter().map(|p| libc::iovec { iov_base: p.as_ptr().cast_mut().cast(), iov_len: p.len() }).collect()
    };
    let (mut before, mut after) = (list(headers), list(trailers));
    let mut around = libc::sf_hdtr {
        headers: before.as_mut_ptr(),
        hdr_cnt: before.len() as c_int,
        trailers: after.as_mut_ptr(),
        trl_cnt: after.len() as c_int,
    };
    let extra = if headers.is_empty() && trailers.is_empty() { std::ptr::null_mut() } else { &raw mut around };
    // The length is of headers and file together, and becomes what was sent.
    let mut len = if count == 0 { 0 } else { count + headers.iter().map(|h| h.len() as i64).sum::<i64>() };
    // SAFETY: the parts outlive the call and are only read.
    let r = check(unsafe { libc::sendfile(input, out, offset, &raw mut len, extra, flags) });
    match r {
        Err(e) if len == 0 || !matches!(e.raw_os_error(), Some(libc::EAGAIN | libc::EBUSY | libc::EINTR)) => Err(e),
        _ => Ok(len as usize),
    }
}

/// The error of a call that this macOS lacks.
fn missing() -> io::Error {
    io::Error::from_raw_os_error(libc::ENOSYS)
}

/// `mkfifoat`, which came with macOS 13.
pub fn mkfifoat(dir: c_int, path: &CStr, mode: u32) -> io::Result<()> {
    type Call = unsafe extern "C" fn(c_int, *const libc::c_char, libc::mode_t) -> c_int;
    let (at, mode) = (super::later(c"mkfifoat"), mode as libc::mode_t);
    // SAFETY: a function of this name has this signature; see the module `os`.
    check(unsafe {
        if !at.is_null() {
            std::mem::transmute::<*mut c_void, Call>(at)(dir, path.as_ptr(), mode)
        } else if dir == libc::AT_FDCWD {
            libc::mkfifo(path.as_ptr(), mode)
        } else {
            return Err(missing());
        }
    })
    .map(drop)
}

/// `mknodat`, which came with macOS 13.
pub fn mknodat(dir: c_int, path: &CStr, mode: u32, device: u64) -> io::Result<()> {
    type Call = unsafe extern "C" fn(c_int, *const libc::c_char, libc::mode_t, libc::dev_t) -> c_int;
    let (at, mode, device) = (super::later(c"mknodat"), mode as libc::mode_t, device as libc::dev_t);
    // SAFETY: a function of this name has this signature; see the module `os`.
    check(unsafe {
        if !at.is_null() {
            std::mem::transmute::<*mut c_void, Call>(at)(dir, path.as_ptr(), mode, device)
        } else if dir == libc::AT_FDCWD {
            libc::mknod(path.as_ptr(), mode, device)
        } else {
            return Err(missing());
        }
    })
    .map(drop)
}
