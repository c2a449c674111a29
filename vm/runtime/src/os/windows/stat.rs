//! What the system knows of a file.

use std::ffi::{CStr, c_int};
use std::io;

use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::Storage::FileSystem as fs;

use super::{Handle, check, handles::Owned, libc as c, table, wide_c};

/// What `stat` tells, under the names that the C structure has elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stat {
    pub st_mode: u32,
    pub st_ino: u64,
    pub st_dev: u64,
    pub st_nlink: u32,
    pub st_uid: u32,
    pub st_gid: u32,
    pub st_size: i64,
    pub st_atime: i64,
    pub st_atime_nsec: i64,
    pub st_mtime: i64,
    pub st_mtime_nsec: i64,
    pub st_ctime: i64,
    pub st_ctime_nsec: i64,
    pub st_file_attributes: u32,
    pub st_reparse_tag: u32,
}

const TAG_SYMLINK: u32 = 0xA000_000C;
/// The tag of a junction.
pub const TAG_MOUNT_POINT: u32 = 0xA000_0003;

/// 100 nanoseconds since 1601 as seconds and nanoseconds since 1970.
pub(super) fn unix_time(t: f::FILETIME) -> (i64, i64) {
    let ticks = i64::from(t.dwHighDateTime) << 32 | i64::from(t.dwLowDateTime);
    let ticks = ticks - 116_444_736_000_000_000;
    (ticks.div_euclid(10_000_000), ticks.rem_euclid(10_000_000) * 100)
}

/// Seconds and nanoseconds since 1970 as the system's time.
pub(super) fn file_time(seconds: i64, nanos: i64) -> f::FILETIME {
    let ticks = seconds.saturating_mul(10_000_000).saturating_add(nanos / 100).saturating_add(116_444_736_000_000_000);
    f::FILETIME { dwLowDateTime: ticks as u32, dwHighDateTime: (ticks >> 32) as u32 }
}

fn mode_of(attributes: u32, tag: u32, path: Option<&[u8]>) -> u32 {
    let permissions = if attributes & fs::FILE_ATTRIBUTE_READONLY != 0 { 0o444 } else { 0o666 };
    if attributes & fs::FILE_ATTRIBUTE_REPARSE_POINT != 0 && tag == TAG_SYMLINK {
        return c::S_IFLNK | permissions | 0o111;
    }
    if attributes & fs::FILE_ATTRIBUTE_DIRECTORY != 0 {
        return c::S_IFDIR | permissions | 0o111;
    }
    let runs = path.and_then(|p| p.rsplit(|b| *b == b'.').next()).is_some_and(|extension| {
        [&b"exe"[..], b"bat", b"cmd", b"com"].iter().any(|e| extension.eq_ignore_ascii_case(e))
    });
    c::S_IFREG | permissions | if runs { 0o111 } else { 0 }
}

fn of_information(i: &fs::BY_HANDLE_FILE_INFORMATION, tag: u32, path: Option<&[u8]>) -> Stat {
    let (atime, anano) = unix_time(i.ftLastAccessTime);
    let (mtime, mnano) = unix_time(i.ftLastWriteTime);
    let (ctime, cnano) = unix_time(i.ftCreationTime);
    Stat {
        st_mode: mode_of(i.dwFileAttributes, tag, path),
        st_ino: u64::from(i.nFileIndexHigh) << 32 | u64::from(i.nFileIndexLow),
        st_dev: u64::from(i.dwVolumeSerialNumber),
        st_nlink: i.nNumberOfLinks,
        st_size: i64::from(i.nFileSizeHigh) << 32 | i64::from(i.nFileSizeLow),
        st_atime: atime,
        st_atime_nsec: anano,
        st_mtime: mtime,
        st_mtime_nsec: mnano,
        st_ctime: ctime,
        st_ctime_nsec: cnano,
        st_file_attributes: i.dwFileAttributes,
        st_reparse_tag: tag,
        ..Stat::default()
    }
}

fn of_handle(handle: Handle, path: Option<&[u8]>) -> io::Result<Stat> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut i: fs::BY_HANDLE_FILE_INFORMATION = std::mem::zeroed();
        check(fs::GetFileInformationByHandle(handle as _, &raw mut i))?;
        let mut tag: fs::FILE_ATTRIBUTE_TAG_INFO = std::mem::zeroed();
        if i.dwFileAttributes & fs::FILE_ATTRIBUTE_REPARSE_POINT != 0 {
            let size = size_of_val(&tag) as u32;
            fs::GetFileInformationByHandleEx(handle as _, fs::FileAttributeTagInfo, (&raw mut tag).cast(), size);
        }
        Ok(of_information(&i, tag.ReparseTag, path))
    }
}

/// A file of which only the size is known.
fn of_size(handle: Handle) -> io::Result<Stat> {
    let mut size = 0;
    // SAFETY: see the module `os`.
    check(unsafe { fs::GetFileSizeEx(handle as _, &raw mut size) })?;
    Ok(Stat { st_mode: c::S_IFREG | 0o666, st_size: size, st_nlink: 1, ..Stat::default() })
}

/// `fstat`
pub fn fstat(fd: c_int) -> io::Result<Stat> {
    let open = table::get(fd)?;
    // SAFETY: see the module `os`.
    let kind = unsafe { fs::GetFileType(open.handle as _) };
    match kind {
        // What was inherited may not tell everything.
        fs::FILE_TYPE_DISK => {
            of_handle(open.handle, None).or_else(|_| of_size(open.handle)).map_err(super::errors::as_c)
        }
        fs::FILE_TYPE_CHAR => Ok(Stat { st_mode: c::S_IFCHR, ..Stat::default() }),
        fs::FILE_TYPE_PIPE => Ok(Stat { st_mode: c::S_IFIFO, ..Stat::default() }),
        _ => Err(super::errno_error(c::EBADF)),
    }
}

/// Opens something only to look at it.
pub(super) fn open_for_look(path: &[u16], access: u32, follow: bool) -> io::Result<Owned> {
    let flags = fs::FILE_FLAG_BACKUP_SEMANTICS | if follow { 0 } else { fs::FILE_FLAG_OPEN_REPARSE_POINT };
    let share = fs::FILE_SHARE_READ | fs::FILE_SHARE_WRITE | fs::FILE_SHARE_DELETE;
    // SAFETY: see the module `os`.
    let handle = unsafe {
        let null = std::ptr::null_mut();
        fs::CreateFileW(path.as_ptr(), access, share, std::ptr::null(), fs::OPEN_EXISTING, flags, null)
    };
    if handle == f::INVALID_HANDLE_VALUE { Err(io::Error::last_os_error()) } else { Ok(Owned(handle as Handle)) }
}

/// `stat` and, not following links, `lstat`.
pub fn stat(path: &CStr, follow: bool) -> io::Result<Stat> {
    let text = wide_c(path);
    match open_for_look(&text, fs::FILE_READ_ATTRIBUTES, follow) {
        Ok(handle) => match of_handle(handle.0, Some(path.to_bytes())) {
            // A console, a device.
            Err(e) if e.raw_os_error() == Some(f::ERROR_INVALID_FUNCTION as i32) => {
                Ok(Stat { st_mode: c::S_IFCHR, ..Stat::default() })
            }
            r => r,
        },
        // Somebody has it to himself: the folder still knows about it.
        Err(e)
            if [f::ERROR_ACCESS_DENIED, f::ERROR_SHARING_VIOLATION]
                .map(|n| Some(n as i32))
                .contains(&e.raw_os_error()) =>
        {
            of_folder(&text, path.to_bytes()).ok_or(e)
        }
        Err(e) => Err(e),
    }
}

fn of_folder(text: &[u16], path: &[u8]) -> Option<Stat> {
    // SAFETY: plain numbers; see the module `os`.
    let d = unsafe {
        let mut d: fs::WIN32_FIND_DATAW = std::mem::zeroed();
        let find = fs::FindFirstFileW(text.as_ptr(), &raw mut d);
        if find == f::INVALID_HANDLE_VALUE {
            return None;
        }
        fs::FindClose(find);
        d
    };
    let i = fs::BY_HANDLE_FILE_INFORMATION {
        dwFileAttributes: d.dwFileAttributes,
        ftCreationTime: d.ftCreationTime,
        ftLastAccessTime: d.ftLastAccessTime,
        ftLastWriteTime: d.ftLastWriteTime,
        dwVolumeSerialNumber: 0,
        nFileSizeHigh: d.nFileSizeHigh,
        nFileSizeLow: d.nFileSizeLow,
        nNumberOfLinks: 0,
        nFileIndexHigh: 0,
        nFileIndexLow: 0,
    };
    Some(of_information(&i, d.dwReserved0, Some(path)))
}
