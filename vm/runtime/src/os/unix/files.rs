//! Files, folders, descriptors.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast, clippy::useless_conversion)]

use std::ffi::{CStr, c_int};
use std::io;

pub use super::platform::files::*;
use super::{bytes_of, check, check_size};

/// Flags of every file that is a stream of Python's: not for children.
pub const STREAM_FLAGS: c_int = libc::O_CLOEXEC;

/// What `stat` tells.
pub type Stat = libc::stat;

/// How large the pieces are that a file is best read in.
pub fn block_size(s: &Stat) -> Option<usize> {
    usize::try_from(s.st_blksize).ok().filter(|n| *n > 1)
}

/// `open(dir, path)`
pub fn openat(dir: c_int, path: &CStr, flags: c_int, mode: u32) -> io::Result<c_int> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::openat(dir, path.as_ptr(), flags, mode as libc::c_uint) })
}

/// `close`
pub fn close(fd: c_int) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::close(fd) }).map(drop)
}

/// `read` into a buffer.
pub fn read(fd: c_int, buf: &mut [u8]) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::read(fd, buf.as_mut_ptr().cast(), buf.len()) })
}

/// `write`
pub fn write(fd: c_int, buf: &[u8]) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::write(fd, buf.as_ptr().cast(), buf.len()) })
}

/// `pread`
pub fn pread(fd: c_int, buf: &mut [u8], offset: i64) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::pread(fd, buf.as_mut_ptr().cast(), buf.len(), offset) })
}

/// `pwrite`
pub fn pwrite(fd: c_int, buf: &[u8], offset: i64) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::pwrite(fd, buf.as_ptr().cast(), buf.len(), offset) })
}

/// `lseek`
pub fn lseek(fd: c_int, offset: i64, whence: c_int) -> io::Result<i64> {
    // SAFETY: see the module `os`.
    let r = unsafe { libc::lseek(fd, offset, whence) };
    if r == -1 { Err(io::Error::last_os_error()) } else { Ok(r) }
}

/// `ftruncate`
pub fn ftruncate(fd: c_int, len: i64) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::ftruncate(fd, len) }).map(drop)
}

/// `truncate`
pub fn truncate(path: &CStr, len: i64) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::truncate(path.as_ptr(), len) }).map(drop)
}

/// `isatty`
pub fn isatty(fd: c_int) -> bool {
    // SAFETY: see the module `os`.
    unsafe { libc::isatty(fd) == 1 }
}

fn stat_with(f: impl FnOnce(*mut libc::stat) -> c_int) -> io::Result<Stat> {
    // SAFETY: the struct is plain numbers, for which zeros are values.
    let mut s: libc::stat = unsafe { std::mem::zeroed() };
    check(f(&raw mut s))?;
    Ok(s)
}

/// `fstat`
pub fn fstat(fd: c_int) -> io::Result<Stat> {
    // SAFETY: see the module `os`.
    stat_with(|s| unsafe { libc::fstat(fd, s) })
}

/// `fstatat`
pub fn fstatat(dir: c_int, path: &CStr, flags: c_int) -> io::Result<Stat> {
    // SAFETY: see the module `os`.
    stat_with(|s| unsafe { libc::fstatat(dir, path.as_ptr(), s, flags) })
}

/// `statvfs`
pub fn statvfs(path: &CStr) -> io::Result<libc::statvfs> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut s: libc::statvfs = std::mem::zeroed();
        check(libc::statvfs(path.as_ptr(), &raw mut s))?;
        Ok(s)
    }
}

/// `fstatvfs`
pub fn fstatvfs(fd: c_int) -> io::Result<libc::statvfs> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut s: libc::statvfs = std::mem::zeroed();
        check(libc::fstatvfs(fd, &raw mut s))?;
        Ok(s)
    }
}

macro_rules! at_calls {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty => $pass:expr),*) = $call:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name($($arg: $ty),*) -> io::Result<()> {
            // SAFETY: see the module `os`.
            check(unsafe { libc::$call($($pass),*) }).map(drop)
        }
    )*};
}

at_calls! {
    /// `mkdirat`
    mkdirat(dir: c_int => dir, path: &CStr => path.as_ptr(), mode: u32 => mode as _) = mkdirat;
    /// `unlinkat`
    unlinkat(dir: c_int => dir, path: &CStr => path.as_ptr(), flags: c_int => flags) = unlinkat;
    /// `renameat`
    renameat(a: c_int => a, from: &CStr => from.as_ptr(), b: c_int => b, to: &CStr => to.as_ptr()) = renameat;
    /// `linkat`
    linkat(a: c_int => a, from: &CStr => from.as_ptr(), b: c_int => b, to: &CStr => to.as_ptr(), flags: c_int => flags) = linkat;
    /// `symlinkat`
    symlinkat(target: &CStr => target.as_ptr(), dir: c_int => dir, path: &CStr => path.as_ptr()) = symlinkat;
    /// `fchmodat`
    fchmodat(dir: c_int => dir, path: &CStr => path.as_ptr(), mode: u32 => mode as _, flags: c_int => flags) = fchmodat;
    /// `fchmod`
    fchmod(fd: c_int => fd, mode: u32 => mode as _) = fchmod;
    /// `fchownat`
    fchownat(dir: c_int => dir, path: &CStr => path.as_ptr(), uid: u32 => uid, gid: u32 => gid, flags: c_int => flags) = fchownat;
    /// `fchown`
    fchown(fd: c_int => fd, uid: u32 => uid, gid: u32 => gid) = fchown;
    /// `faccessat`
    faccessat(dir: c_int => dir, path: &CStr => path.as_ptr(), mode: c_int => mode, flags: c_int => flags) = faccessat;
    /// `chdir`
    chdir(path: &CStr => path.as_ptr()) = chdir;
    /// `fchdir`
    fchdir(fd: c_int => fd) = fchdir;
    /// `chroot`
    chroot(path: &CStr => path.as_ptr()) = chroot;
    /// `fsync`
    fsync(fd: c_int => fd) = fsync;
    /// `flock`
    flock(fd: c_int => fd, operation: c_int => operation) = flock;
}

/// `utimensat`, or `futimens` where there is no path. Times are seconds and nanoseconds; `None` means now.
pub fn utimens(dir: c_int, path: Option<&CStr>, times: Option<[(i64, i64); 2]>, flags: c_int) -> io::Result<()> {
    let spec = times.map(|t| t.map(|(s, n)| libc::timespec { tv_sec: s, tv_nsec: n }));
    let p = spec.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
    // SAFETY: see the module `os`; a null pointer stands for the present time.
    check(unsafe {
        match path {
            Some(path) => libc::utimensat(dir, path.as_ptr(), p, flags),
            None => libc::futimens(dir, p),
        }
    })
    .map(drop)
}

/// `readlinkat`
pub fn readlinkat(dir: c_int, path: &CStr) -> io::Result<Vec<u8>> {
    let mut buf = vec![0u8; 256];
    loop {
        // SAFETY: see the module `os`.
        let n = check_size(unsafe { libc::readlinkat(dir, path.as_ptr(), buf.as_mut_ptr().cast(), buf.len()) })?;
        if n < buf.len() {
            buf.truncate(n);
            return Ok(buf);
        }
        buf.resize(buf.len() * 2, 0);
    }
}

/// One entry of a folder: name, inode, type (`DT_*`).
pub struct DirEntry {
    pub name: Vec<u8>,
    pub inode: u64,
    pub kind: u8,
}

/// All entries of a folder but `.` and `..`, by path or descriptor.
pub fn read_dir(path: Option<&CStr>, fd: c_int) -> io::Result<Vec<DirEntry>> {
    // SAFETY: the stream is used by this function alone and closed at its end; entries are copied before the next call.
    unsafe {
        let dir = match path {
            Some(p) => libc::opendir(p.as_ptr()),
            None => {
                let own = check(libc::dup(fd))?;
                let d = libc::fdopendir(own);
                if d.is_null() {
                    let e = io::Error::last_os_error();
                    libc::close(own);
                    return Err(e);
                }
                libc::rewinddir(d);
                d
            }
        };
        if dir.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut out = Vec::new();
        let result = loop {
            set_errno(0);
            let e = libc::readdir(dir);
            if e.is_null() {
                let e = io::Error::last_os_error();
                break if e.raw_os_error() == Some(0) { Ok(out) } else { Err(e) };
            }
            let name = bytes_of((*e).d_name.as_ptr()).unwrap_or_default();
            if name != b"." && name != b".." {
                out.push(DirEntry { name, inode: (*e).d_ino, kind: (*e).d_type });
            }
        };
        libc::closedir(dir);
        result
    }
}

/// Sets `errno`.
pub fn set_errno(n: c_int) {
    // SAFETY: the place is the thread's own.
    unsafe { *super::errno_place() = n }
}

/// `dup`, inheritable or not.
pub fn dup(fd: c_int, inheritable: bool) -> io::Result<c_int> {
    let command = if inheritable { libc::F_DUPFD } else { libc::F_DUPFD_CLOEXEC };
    fcntl(fd, command, 0)
}

/// `fcntl` with a number as its argument.
pub fn fcntl(fd: c_int, command: c_int, arg: libc::c_long) -> io::Result<c_int> {
    // SAFETY: see the module `os`. Commands that take a pointer would read or write where `arg` points; the system
    // checks the address and gives EFAULT, and small numbers are no mapped memory.
    check(unsafe { libc::fcntl(fd, command, arg) })
}

/// `fcntl` with a buffer that is read and written.
pub fn fcntl_buffer(fd: c_int, command: c_int, buf: &mut [u8; 1024]) -> io::Result<c_int> {
    // SAFETY: no command transfers more than the kilobyte that is there.
    check(unsafe { libc::fcntl(fd, command, buf.as_mut_ptr()) })
}

/// `ioctl` with a number.
pub fn ioctl(fd: c_int, request: u64, arg: libc::c_long) -> io::Result<c_int> {
    // SAFETY: as for `fcntl`.
    check(unsafe { libc::ioctl(fd, request as _, arg) })
}

/// `ioctl` with a buffer that is read and written.
pub fn ioctl_buffer(fd: c_int, request: u64, buf: &mut [u8; 1024]) -> io::Result<c_int> {
    // SAFETY: requests name their length in 14 bits, of which those in use need far less than what is there.
    check(unsafe { libc::ioctl(fd, request as _, buf.as_mut_ptr()) })
}

/// A record lock: `fcntl(F_SETLK…)`.
pub fn lock_record(fd: c_int, wait: bool, kind: i16, whence: i16, start: i64, len: i64) -> io::Result<()> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut l: libc::flock = std::mem::zeroed();
        l.l_type = kind;
        l.l_whence = whence;
        l.l_start = start;
        l.l_len = len;
        let command = if wait { libc::F_SETLKW } else { libc::F_SETLK };
        check(libc::fcntl(fd, command, &raw const l)).map(drop)
    }
}

/// Whether a descriptor survives `exec`.
pub fn inheritable(fd: c_int) -> io::Result<bool> {
    fcntl(fd, libc::F_GETFD, 0).map(|f| f & libc::FD_CLOEXEC == 0)
}

/// Sets whether a descriptor survives `exec`.
pub fn set_inheritable(fd: c_int, yes: bool) -> io::Result<()> {
    let f = fcntl(fd, libc::F_GETFD, 0)?;
    let new = if yes { f & !libc::FD_CLOEXEC } else { f | libc::FD_CLOEXEC };
    if new == f { Ok(()) } else { fcntl(fd, libc::F_SETFD, libc::c_long::from(new)).map(drop) }
}

/// Sets whether reads and writes wait.
pub fn set_blocking(fd: c_int, yes: bool) -> io::Result<()> {
    let f = fcntl(fd, libc::F_GETFL, 0)?;
    let new = if yes { f & !libc::O_NONBLOCK } else { f | libc::O_NONBLOCK };
    if new == f { Ok(()) } else { fcntl(fd, libc::F_SETFL, libc::c_long::from(new)).map(drop) }
}

/// Whether reads and writes wait.
pub fn blocking(fd: c_int) -> io::Result<bool> {
    fcntl(fd, libc::F_GETFL, 0).map(|f| f & libc::O_NONBLOCK == 0)
}

/// `umask`
pub fn umask(mask: u32) -> u32 {
    // SAFETY: always succeeds.
    unsafe { u32::from(libc::umask(mask as _)) }
}

/// `sync`
pub fn sync() {
    // SAFETY: always succeeds.
    unsafe { libc::sync() }
}

/// `replace`, which is what `rename` does here.
pub fn replaceat(a: c_int, from: &CStr, b: c_int, to: &CStr) -> io::Result<()> {
    renameat(a, from, b, to)
}

/// A descriptor of a nameless file with this content, read from its start.
pub fn with_content(data: &[u8]) -> io::Result<c_int> {
    let fd = nameless()?;
    let mut rest = data;
    while !rest.is_empty() {
        let n = write(fd, rest)?;
        rest = &rest[n..];
    }
    lseek(fd, 0, libc::SEEK_SET)?;
    Ok(fd)
}

/// `getcwd`
pub fn getcwd() -> io::Result<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt as _;
    std::env::current_dir().map(|p| p.into_os_string().into_vec())
}

/// `pathconf`, `None` for no limit.
pub fn pathconf(path: &CStr, name: c_int) -> io::Result<i64> {
    set_errno(0);
    // SAFETY: see the module `os`.
    let r = unsafe { libc::pathconf(path.as_ptr(), name) };
    if r == -1 && io::Error::last_os_error().raw_os_error() != Some(0) {
        Err(io::Error::last_os_error())
    } else {
        Ok(r)
    }
}

/// `fpathconf`
pub fn fpathconf(fd: c_int, name: c_int) -> io::Result<i64> {
    set_errno(0);
    // SAFETY: see the module `os`.
    let r = unsafe { libc::fpathconf(fd, name) };
    if r == -1 && io::Error::last_os_error().raw_os_error() != Some(0) {
        Err(io::Error::last_os_error())
    } else {
        Ok(r)
    }
}
