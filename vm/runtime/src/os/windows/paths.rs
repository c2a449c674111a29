//! What Windows says of paths: full and final names, drives and volumes, links.

use std::ffi::CStr;
use std::io;

use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::IO::DeviceIoControl;

use super::{check, filled, narrow, stat, wide_c};

/// `GetFullPathName`
pub fn full(path: &CStr) -> io::Result<Vec<u8>> {
    let text = wide_c(path);
    // SAFETY: the buffer has the length that is told.
    filled(|b| unsafe { fs::GetFullPathNameW(text.as_ptr(), b.len() as u32, b.as_mut_ptr(), std::ptr::null_mut()) })
}

/// `GetFinalPathNameByHandle`: the name behind all links.
pub fn last(path: &CStr) -> io::Result<Vec<u8>> {
    let handle = stat::open_for_look(&wide_c(path), 0, true)?;
    // SAFETY: the buffer has the length that is told.
    filled(|b| unsafe { fs::GetFinalPathNameByHandleW(handle.0 as _, b.as_mut_ptr(), b.len() as u32, 0) })
}

/// `GetVolumePathName`
pub fn volume(path: &CStr) -> io::Result<Vec<u8>> {
    let text = wide_c(path);
    let mut buffer = vec![0u16; text.len().max(264)];
    // SAFETY: the buffer has the length that is told.
    check(unsafe { fs::GetVolumePathNameW(text.as_ptr(), buffer.as_mut_ptr(), buffer.len() as u32) })?;
    Ok(narrow(&buffer))
}

/// Bytes of a volume: all, and those that are free.
pub fn disk_usage(path: &CStr) -> io::Result<(u64, u64)> {
    let text = wide_c(path);
    let (mut all, mut free) = (0, 0);
    // SAFETY: see the module `os`.
    check(unsafe { fs::GetDiskFreeSpaceExW(text.as_ptr(), std::ptr::null_mut(), &raw mut all, &raw mut free) })?;
    Ok((all, free))
}

/// The roots of all drives.
pub fn drives() -> io::Result<Vec<Vec<u8>>> {
    let mut buffer = [0u16; 512];
    // SAFETY: the buffer has the length that is told.
    let len = unsafe { fs::GetLogicalDriveStringsW(buffer.len() as u32, buffer.as_mut_ptr()) } as usize;
    if len == 0 || len > buffer.len() {
        return Err(io::Error::last_os_error());
    }
    Ok(buffer[..len].split(|c| *c == 0).filter(|part| !part.is_empty()).map(narrow).collect())
}

/// The names of all volumes: `FindFirstVolume`.
pub fn volumes() -> io::Result<Vec<Vec<u8>>> {
    let mut buffer = [0u16; 260];
    let mut all = Vec::new();
    // SAFETY: the buffer has the length that is told; the search's handle is closed once.
    unsafe {
        let search = fs::FindFirstVolumeW(buffer.as_mut_ptr(), buffer.len() as u32);
        if search == windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        loop {
            all.push(narrow(&buffer));
            if fs::FindNextVolumeW(search, buffer.as_mut_ptr(), buffer.len() as u32) == 0 {
                break;
            }
        }
        let e = io::Error::last_os_error();
        fs::FindVolumeClose(search);
        let end = windows_sys::Win32::Foundation::ERROR_NO_MORE_FILES as i32;
        if e.raw_os_error() == Some(end) { Ok(all) } else { Err(e) }
    }
}

/// The folders where a volume is mounted: `GetVolumePathNamesForVolumeName`.
pub fn mounts(volume: &CStr) -> io::Result<Vec<Vec<u8>>> {
    let volume = wide_c(volume);
    let mut buffer = vec![0u16; 260];
    loop {
        let mut len = 0;
        // SAFETY: the buffer has the length that is told.
        let r = check(unsafe {
            fs::GetVolumePathNamesForVolumeNameW(
                volume.as_ptr(),
                buffer.as_mut_ptr(),
                buffer.len() as u32,
                &raw mut len,
            )
        });
        let more = windows_sys::Win32::Foundation::ERROR_MORE_DATA as i32;
        match r {
            Ok(()) => {
                let names = buffer[..(len as usize).min(buffer.len())].split(|c| *c == 0);
                return Ok(names.filter(|part| !part.is_empty()).map(narrow).collect());
            }
            Err(e) if e.raw_os_error() == Some(more) && len as usize > buffer.len() => buffer.resize(len as usize, 0),
            Err(e) => return Err(e),
        }
    }
}

/// The name behind which a file can be reached on old systems: `GetShortPathName`.
pub fn short(path: &CStr) -> io::Result<Vec<u8>> {
    let text = wide_c(path);
    // SAFETY: the buffer has the length that is told.
    filled(|b| unsafe { fs::GetShortPathNameW(text.as_ptr(), b.as_mut_ptr(), b.len() as u32) })
}

/// The name with which it was made: `GetLongPathName`.
pub fn long(path: &CStr) -> io::Result<Vec<u8>> {
    let text = wide_c(path);
    // SAFETY: the buffer has the length that is told.
    filled(|b| unsafe { fs::GetLongPathNameW(text.as_ptr(), b.as_mut_ptr(), b.len() as u32) })
}

const FSCTL_GET_REPARSE_POINT: u32 = 0x0009_00A8;
const TAG_SYMLINK: u32 = 0xA000_000C;

/// `readlink` of symbolic links and junctions.
pub fn read_link(path: &CStr) -> io::Result<Vec<u8>> {
    let handle = stat::open_for_look(&wide_c(path), 0, false)?;
    let mut buffer = [0u16; 8192];
    let mut len = 0;
    // SAFETY: the buffer has the size that is told.
    check(unsafe {
        let (null, size) = (std::ptr::null_mut(), size_of_val(&buffer) as u32);
        let out = buffer.as_mut_ptr().cast();
        DeviceIoControl(handle.0 as _, FSCTL_GET_REPARSE_POINT, null, 0, out, size, &raw mut len, null.cast())
    })?;
    let tag = u32::from(buffer[0]) | u32::from(buffer[1]) << 16;
    // Behind tag, length and a reserved number: offset and length in bytes of the name to use, and of the one to show. A
    // symbolic link has flags behind them.
    let start = match tag {
        TAG_SYMLINK => 10,
        stat::TAG_MOUNT_POINT => 8,
        _ => return Err(super::errno_error(super::libc::EINVAL)),
    };
    let (from, len) = (start + usize::from(buffer[4]) / 2, usize::from(buffer[5]) / 2);
    let mut name = buffer.get(from..from + len).map(narrow).unwrap_or_default();
    if name.starts_with(br"\??\") {
        name[1] = b'\\';
    }
    Ok(name)
}

/// `GetFileAttributes`
pub fn attributes(path: &CStr) -> io::Result<u32> {
    let path = wide_c(path);
    // SAFETY: see the module `os`.
    match unsafe { fs::GetFileAttributesW(path.as_ptr()) } {
        fs::INVALID_FILE_ATTRIBUTES => Err(io::Error::last_os_error()),
        a => Ok(a),
    }
}
