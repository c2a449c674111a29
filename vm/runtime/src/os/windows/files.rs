//! Files, folders, descriptors. What takes a descriptor fails with a number of C, what takes a path with one of the system's,
//! as the functions that CPython calls for them do.

use std::ffi::{CStr, c_int};
use std::io;

use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::IO::OVERLAPPED;

use super::errors::as_c;
use super::handles::{self, Owned};
use super::stat::{self, file_time};
use super::table::{self, Open};
use super::{Handle, check, console, errno_error, libc as c, narrow, wide, wide_c};

pub use super::stat::{Stat, fstat};

/// Flags of every file that is a stream of Python's: bytes as they are, and not for children.
pub const STREAM_FLAGS: c_int = c::O_NOINHERIT | c::O_BINARY;

/// How large the pieces are that a file is best read in; Windows does not say.
pub fn block_size(_s: &Stat) -> Option<usize> {
    None
}

/// `open`: a descriptor, not inheritable.
pub fn openat(_dir: c_int, path: &CStr, flags: c_int, mode: u32) -> io::Result<c_int> {
    let (read, write) = match flags & 3 {
        c::O_RDONLY => (true, false),
        c::O_WRONLY => (false, true),
        _ => (true, true),
    };
    let mut access = if read { f::GENERIC_READ } else { 0 } | if write { f::GENERIC_WRITE } else { 0 };
    let mut share = fs::FILE_SHARE_READ | fs::FILE_SHARE_WRITE;
    let set = |flag: c_int| flags & flag != 0;
    let how = match (set(c::O_CREAT), set(c::O_EXCL), set(c::O_TRUNC)) {
        (true, true, _) => fs::CREATE_NEW,
        (true, false, true) => fs::CREATE_ALWAYS,
        (true, false, false) => fs::OPEN_ALWAYS,
        (false, _, true) => fs::TRUNCATE_EXISTING,
        (false, _, false) => fs::OPEN_EXISTING,
    };
    let mut attributes = fs::FILE_ATTRIBUTE_NORMAL;
    if set(c::O_CREAT) && mode & !umask_now() & 0o200 == 0 {
        attributes = fs::FILE_ATTRIBUTE_READONLY;
    }
    if set(c::O_TEMPORARY) {
        attributes |= fs::FILE_FLAG_DELETE_ON_CLOSE;
        access |= fs::DELETE;
        share |= fs::FILE_SHARE_DELETE;
    }
    if set(c::O_SEQUENTIAL) {
        attributes |= fs::FILE_FLAG_SEQUENTIAL_SCAN;
    }
    let text = wide_c(path);
    // SAFETY: see the module `os`.
    let handle = unsafe {
        let null = std::ptr::null_mut();
        fs::CreateFileW(text.as_ptr(), access, share, std::ptr::null(), how, attributes, null)
    };
    if handle == f::INVALID_HANDLE_VALUE {
        return Err(as_c(io::Error::last_os_error()));
    }
    Ok(table::put(Open::new(handle as Handle, set(c::O_APPEND))))
}

/// `close`
pub fn close(fd: c_int) -> io::Result<()> {
    let open = table::get(fd)?;
    table::replace(fd, None)?;
    handles::close(open.handle).map_err(as_c)
}

fn limited(len: usize) -> u32 {
    len.min(i32::MAX as usize) as u32
}

/// `read` into a buffer.
pub fn read(fd: c_int, buf: &mut [u8]) -> io::Result<usize> {
    let open = table::get(fd)?;
    if open.console {
        return console::read(open.handle, buf).map_err(as_c);
    }
    let mut n = 0;
    // SAFETY: see the module `os`.
    let r = unsafe {
        fs::ReadFile(open.handle as _, buf.as_mut_ptr(), limited(buf.len()), &raw mut n, std::ptr::null_mut())
    };
    match check(r) {
        Ok(()) => Ok(n as usize),
        // Nobody writes into this pipe any more.
        Err(e) if e.raw_os_error() == Some(f::ERROR_BROKEN_PIPE as i32) => Ok(0),
        Err(e) if e.raw_os_error() == Some(f::ERROR_NO_DATA as i32) => Err(errno_error(c::EAGAIN)),
        Err(e) => Err(failed_transfer(e)),
    }
}

/// A descriptor that is not open for what is asked has a bad number, to the C library.
fn failed_transfer(e: io::Error) -> io::Error {
    if e.raw_os_error() == Some(f::ERROR_ACCESS_DENIED as i32) { errno_error(c::EBADF) } else { as_c(e) }
}

/// `write`
pub fn write(fd: c_int, buf: &[u8]) -> io::Result<usize> {
    let open = table::get(fd)?;
    if open.console {
        return console::write(open.handle, buf).map_err(as_c);
    }
    let mut n = 0;
    // SAFETY: plain numbers; this offset means the end of the file.
    let mut end: OVERLAPPED = unsafe { std::mem::zeroed() };
    end.Anonymous.Anonymous.Offset = u32::MAX;
    end.Anonymous.Anonymous.OffsetHigh = u32::MAX;
    let at = if open.append { &raw mut end } else { std::ptr::null_mut() };
    // SAFETY: see the module `os`; handles of the table are synchronous, so that nothing is used after the call.
    check(unsafe { fs::WriteFile(open.handle as _, buf.as_ptr(), limited(buf.len()), &raw mut n, at) })
        .map_err(failed_transfer)?;
    Ok(n as usize)
}

/// `lseek`
pub fn lseek(fd: c_int, offset: i64, whence: c_int) -> io::Result<i64> {
    let open = table::get(fd)?;
    // SAFETY: see the module `os`.
    if unsafe { fs::GetFileType(open.handle as _) } != fs::FILE_TYPE_DISK {
        return Err(errno_error(c::ESPIPE));
    }
    let mut at = 0;
    // SAFETY: see the module `os`.
    check(unsafe { fs::SetFilePointerEx(open.handle as _, offset, &raw mut at, whence as u32) }).map_err(as_c)?;
    Ok(at)
}

/// Sets where the file behind a handle ends.
pub(super) fn set_handle_length(handle: Handle, len: i64) -> io::Result<()> {
    let end = fs::FILE_END_OF_FILE_INFO { EndOfFile: len };
    let size = size_of_val(&end) as u32;
    // SAFETY: the record has the size that is told.
    check(unsafe { fs::SetFileInformationByHandle(handle as _, fs::FileEndOfFileInfo, (&raw const end).cast(), size) })
}

/// `ftruncate`
pub fn ftruncate(fd: c_int, len: i64) -> io::Result<()> {
    if len < 0 {
        return Err(errno_error(c::EINVAL));
    }
    set_handle_length(table::get(fd)?.handle, len).map_err(as_c)
}

/// `truncate`
pub fn truncate(path: &CStr, len: i64) -> io::Result<()> {
    let file = stat::open_for_look(&wide_c(path), f::GENERIC_WRITE, true)?;
    set_handle_length(file.0, len)
}

/// Whether it is a console.
pub fn isatty(fd: c_int) -> bool {
    table::get(fd).is_ok_and(|open| open.console)
}

/// `stat` of a path.
pub fn fstatat(_dir: c_int, path: &CStr, flags: c_int) -> io::Result<Stat> {
    stat::stat(path, flags & c::AT_SYMLINK_NOFOLLOW == 0)
}

/// `mkdir`; a mode of 0o700 would keep others out, but what a folder inherits is private where it matters.
pub fn mkdirat(_dir: c_int, path: &CStr, _mode: u32) -> io::Result<()> {
    let path = wide_c(path);
    // SAFETY: see the module `os`.
    check(unsafe { fs::CreateDirectoryW(path.as_ptr(), std::ptr::null()) })
}

/// `unlink`, or `rmdir` with `AT_REMOVEDIR`. Links to folders are unlinked too.
pub fn unlinkat(_dir: c_int, path: &CStr, flags: c_int) -> io::Result<()> {
    let text = wide_c(path);
    // SAFETY: see the module `os`.
    check(unsafe {
        if flags & c::AT_REMOVEDIR != 0 {
            return check(fs::RemoveDirectoryW(text.as_ptr()));
        }
        let attributes = fs::GetFileAttributesW(text.as_ptr());
        let link_to_folder = fs::FILE_ATTRIBUTE_DIRECTORY | fs::FILE_ATTRIBUTE_REPARSE_POINT;
        if attributes != fs::INVALID_FILE_ATTRIBUTES && attributes & link_to_folder == link_to_folder {
            fs::RemoveDirectoryW(text.as_ptr())
        } else {
            fs::DeleteFileW(text.as_ptr())
        }
    })
}

fn move_file(from: &CStr, to: &CStr, flags: u32) -> io::Result<()> {
    let (from, to) = (wide_c(from), wide_c(to));
    // SAFETY: see the module `os`.
    check(unsafe { fs::MoveFileExW(from.as_ptr(), to.as_ptr(), flags) })
}

/// `rename`: fails where there is something already.
pub fn renameat(_a: c_int, from: &CStr, _b: c_int, to: &CStr) -> io::Result<()> {
    move_file(from, to, 0)
}

/// `replace`
pub fn replaceat(_a: c_int, from: &CStr, _b: c_int, to: &CStr) -> io::Result<()> {
    move_file(from, to, fs::MOVEFILE_REPLACE_EXISTING)
}

/// `link`
pub fn linkat(_a: c_int, from: &CStr, _b: c_int, to: &CStr, _flags: c_int) -> io::Result<()> {
    let (from, to) = (wide_c(from), wide_c(to));
    // SAFETY: see the module `os`.
    check(unsafe { fs::CreateHardLinkW(to.as_ptr(), from.as_ptr(), std::ptr::null()) })
}

/// `symlink`; links to folders are of a kind of their own.
pub fn symlink(target: &CStr, path: &CStr, folder: bool) -> io::Result<()> {
    let backward =
        |text: &CStr| wide(&text.to_bytes().iter().map(|b| if *b == b'/' { b'\\' } else { *b }).collect::<Vec<_>>());
    let (to, at) = (backward(target), backward(path));
    let flags = if folder { fs::SYMBOLIC_LINK_FLAG_DIRECTORY } else { 0 };
    // SAFETY: see the module `os`.
    let made = |flags| unsafe { fs::CreateSymbolicLinkW(at.as_ptr(), to.as_ptr(), flags) };
    if made(flags | fs::SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE) || made(flags) {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// `chmod`: only whether it may be written can be set.
pub fn fchmodat(_dir: c_int, path: &CStr, mode: u32, _flags: c_int) -> io::Result<()> {
    let text = wide_c(path);
    // SAFETY: see the module `os`.
    unsafe {
        let old = fs::GetFileAttributesW(text.as_ptr());
        if old == fs::INVALID_FILE_ATTRIBUTES {
            return Err(io::Error::last_os_error());
        }
        check(fs::SetFileAttributesW(text.as_ptr(), attributes_for(old, mode)))
    }
}

fn attributes_for(old: u32, mode: u32) -> u32 {
    if mode & 0o200 != 0 { old & !fs::FILE_ATTRIBUTE_READONLY } else { old | fs::FILE_ATTRIBUTE_READONLY }
}

/// `fchmod`
pub fn fchmod(fd: c_int, mode: u32) -> io::Result<()> {
    let handle = table::get(fd)?.handle;
    // SAFETY: plain numbers; the record has the size that is told.
    unsafe {
        let mut info: fs::FILE_BASIC_INFO = std::mem::zeroed();
        let size = size_of_val(&info) as u32;
        let class = fs::FileBasicInfo;
        check(fs::GetFileInformationByHandleEx(handle as _, class, (&raw mut info).cast(), size))?;
        info.FileAttributes = attributes_for(info.FileAttributes, mode);
        check(fs::SetFileInformationByHandle(handle as _, class, (&raw const info).cast(), size))
    }
}

/// `access`: a file that is read-only can't be written, folders always can.
pub fn faccessat(_dir: c_int, path: &CStr, mode: c_int, _flags: c_int) -> io::Result<()> {
    let path = wide_c(path);
    // SAFETY: see the module `os`.
    let attributes = unsafe { fs::GetFileAttributesW(path.as_ptr()) };
    if attributes == fs::INVALID_FILE_ATTRIBUTES {
        return Err(io::Error::last_os_error());
    }
    let read_only =
        attributes & (fs::FILE_ATTRIBUTE_READONLY | fs::FILE_ATTRIBUTE_DIRECTORY) == fs::FILE_ATTRIBUTE_READONLY;
    if mode & c::W_OK != 0 && read_only { Err(errno_error(c::EACCES)) } else { Ok(()) }
}

/// `chdir`
pub fn chdir(path: &CStr) -> io::Result<()> {
    use std::os::windows::ffi::OsStringExt as _;
    let text = wide_c(path);
    std::env::set_current_dir(std::ffi::OsString::from_wide(&text[..text.len() - 1]))
}

/// Folders have no descriptors here.
pub fn fchdir(_fd: c_int) -> io::Result<()> {
    Err(errno_error(c::ENOTSUP))
}

/// `fsync`
pub fn fsync(fd: c_int) -> io::Result<()> {
    let open = table::get(fd)?;
    // SAFETY: see the module `os`.
    check(unsafe { fs::FlushFileBuffers(open.handle as _) }).map_err(failed_transfer)
}

/// `utime`. Times are seconds and nanoseconds; `None` means now.
pub fn utimens(fd: c_int, path: Option<&CStr>, times: Option<[(i64, i64); 2]>, flags: c_int) -> io::Result<()> {
    let times = times.unwrap_or_else(|| {
        let now = super::time::now();
        [now, now]
    });
    let [accessed, written] = times.map(|(s, n)| file_time(s, n));
    let set = |handle: Handle| {
        // SAFETY: see the module `os`.
        check(unsafe { fs::SetFileTime(handle as _, std::ptr::null(), &raw const accessed, &raw const written) })
    };
    match path {
        None => set(table::get(fd)?.handle),
        Some(path) => {
            let follow = flags & c::AT_SYMLINK_NOFOLLOW == 0;
            set(stat::open_for_look(&wide_c(path), fs::FILE_WRITE_ATTRIBUTES, follow)?.0)
        }
    }
}

/// One entry of a folder: name, inode (0: not known), type (`DT_*`).
pub struct DirEntry {
    pub name: Vec<u8>,
    pub inode: u64,
    pub kind: u8,
}

/// All entries of a folder but `.` and `..`.
pub fn read_dir(path: Option<&CStr>, _fd: c_int) -> io::Result<Vec<DirEntry>> {
    let Some(path) = path else { return Err(errno_error(c::ENOTSUP)) };
    let mut pattern = path.to_bytes().to_vec();
    if !matches!(pattern.last(), None | Some(b'/' | b'\\' | b':')) {
        pattern.push(b'\\');
    }
    pattern.push(b'*');
    let mut out = Vec::new();
    let pattern = wide(&pattern);
    // SAFETY: plain numbers; the search is this function's alone and closed at its end.
    unsafe {
        let mut d: fs::WIN32_FIND_DATAW = std::mem::zeroed();
        let find = fs::FindFirstFileW(pattern.as_ptr(), &raw mut d);
        if find == f::INVALID_HANDLE_VALUE {
            let e = io::Error::last_os_error();
            // An empty drive has not even dots.
            return if e.raw_os_error() == Some(f::ERROR_FILE_NOT_FOUND as i32) { Ok(out) } else { Err(e) };
        }
        loop {
            let name = narrow(&d.cFileName);
            if name != b"." && name != b".." {
                let link = d.dwFileAttributes & fs::FILE_ATTRIBUTE_REPARSE_POINT != 0;
                let kind = match d.dwFileAttributes & fs::FILE_ATTRIBUTE_DIRECTORY != 0 {
                    _ if link => c::DT_UNKNOWN,
                    true => c::DT_DIR,
                    false => c::DT_REG,
                };
                out.push(DirEntry { name, inode: 0, kind });
            }
            if fs::FindNextFileW(find, &raw mut d) == 0 {
                let e = io::Error::last_os_error();
                fs::FindClose(find);
                return if e.raw_os_error() == Some(f::ERROR_NO_MORE_FILES as i32) { Ok(out) } else { Err(e) };
            }
        }
    }
}

/// A descriptor of a file with this content, which is gone when it is closed.
pub fn with_content(data: &[u8]) -> io::Result<c_int> {
    let name = format!("bundled-{}-{:x}", std::process::id(), super::time::now().1);
    let name = super::cstring(std::env::temp_dir().join(name).as_os_str().as_encoded_bytes())?;
    let fd = openat(0, &name, c::O_RDWR | c::O_CREAT | c::O_EXCL | c::O_TEMPORARY, 0o600)?;
    let mut rest = data;
    while !rest.is_empty() {
        let n = write(fd, rest)?;
        rest = &rest[n..];
    }
    lseek(fd, 0, c::SEEK_SET)?;
    Ok(fd)
}

/// `readlink`
pub fn readlinkat(_dir: c_int, path: &CStr) -> io::Result<Vec<u8>> {
    super::paths::read_link(path)
}

/// `pipe`: not inheritable.
pub fn pipe(_flags: c_int) -> io::Result<[c_int; 2]> {
    let (read, write) = super::pipes::create(0)?;
    Ok([read, write].map(|handle| table::put(Open::new(handle, false))))
}

/// `dup`, inheritable or not.
pub fn dup(fd: c_int, inheritable: bool) -> io::Result<c_int> {
    let open = table::get(fd)?;
    let handle = handles::copy(open.handle, inheritable).map_err(as_c)?;
    Ok(table::put(Open { handle, ..open }))
}

/// `dup2`, inheritable or not.
pub fn dup2(from: c_int, to: c_int, inheritable: bool) -> io::Result<c_int> {
    use windows_sys::Win32::System::Console as con;
    let open = table::get(from)?;
    if from == to {
        return Ok(to);
    }
    let handle = Owned(handles::copy(open.handle, inheritable).map_err(as_c)?);
    let old = table::replace(to, Some(Open { handle: handle.0, ..open }))?;
    // Children get the standard handles of the process, not our descriptors.
    let standard = [con::STD_INPUT_HANDLE, con::STD_OUTPUT_HANDLE, con::STD_ERROR_HANDLE];
    if let Some(which) = usize::try_from(to).ok().and_then(|i| standard.get(i)) {
        // SAFETY: see the module `os`.
        unsafe { con::SetStdHandle(*which, handle.0 as _) };
    }
    handle.release();
    if let Some(old) = old {
        // What was there may have been closed behind our back.
        let _ = handles::close(old.handle);
    }
    Ok(to)
}

/// Whether children get what a descriptor stands for.
pub fn inheritable(fd: c_int) -> io::Result<bool> {
    handles::inheritable(table::get(fd)?.handle).map_err(as_c)
}

/// Sets whether children get it.
pub fn set_inheritable(fd: c_int, yes: bool) -> io::Result<()> {
    handles::set_inheritable(table::get(fd)?.handle, yes).map_err(as_c)
}

/// Sets whether reads and writes of a pipe wait.
pub fn set_blocking(fd: c_int, yes: bool) -> io::Result<()> {
    super::pipes::set_waiting(table::get(fd)?.handle, yes).map_err(as_c)
}

/// Whether reads and writes of a pipe wait.
pub fn blocking(fd: c_int) -> io::Result<bool> {
    super::pipes::waiting(table::get(fd)?.handle).map_err(as_c)
}

static UMASK: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

fn umask_now() -> u32 {
    UMASK.load(std::sync::atomic::Ordering::Relaxed)
}

/// `umask`
pub fn umask(mask: u32) -> u32 {
    UMASK.swap(mask & 0o777, std::sync::atomic::Ordering::Relaxed)
}

/// `getcwd`
pub fn getcwd() -> io::Result<Vec<u8>> {
    std::env::current_dir().map(|p| p.into_os_string().into_encoded_bytes())
}
