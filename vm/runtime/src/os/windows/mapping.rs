//! Files and shared memory mapped into the address space.
//!
//! # Safety
//! A [`Mapping`] owns its view from `MapViewOfFile` to `UnmapViewOfFile`; its bytes are shown only for the length of a closure.
//! Another process may change a shared mapping meanwhile, as CPython allows too: bytes have no invalid values.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;

use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, GetLastError, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Memory as m;
use windows_sys::Win32::System::SystemInformation::{GetSystemInfo, SYSTEM_INFO};

use super::handles::{self, Owned};
use super::{Handle, check, files, wide_c};

/// How the bytes may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    Read,
    Write,
    /// Changes are seen by this process alone.
    Copy,
}

/// A file of one's own, or the memory of the paging file.
pub struct Mapping {
    at: *mut u8,
    len: usize,
    offset: u64,
    protection: Protection,
    file: Option<Owned>,
    map: Handle,
    name: Option<Vec<u16>>,
}

fn map(file: &Option<Owned>, end: u64, protection: Protection, name: &Option<Vec<u16>>) -> io::Result<Handle> {
    let page = match protection {
        Protection::Read => m::PAGE_READONLY,
        Protection::Write => m::PAGE_READWRITE,
        Protection::Copy => m::PAGE_WRITECOPY,
    };
    let file = file.as_ref().map_or(INVALID_HANDLE_VALUE, |f| f.0 as _);
    let name = name.as_ref().map_or(std::ptr::null(), |n| n.as_ptr());
    // SAFETY: see the module `os`.
    let handle = unsafe { m::CreateFileMappingW(file, std::ptr::null(), page, (end >> 32) as u32, end as u32, name) };
    if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(handle as Handle) }
}

fn view(map: Handle, offset: u64, len: usize, protection: Protection) -> io::Result<*mut u8> {
    let access = match protection {
        Protection::Read => m::FILE_MAP_READ,
        Protection::Write => m::FILE_MAP_WRITE,
        Protection::Copy => m::FILE_MAP_COPY,
    };
    // SAFETY: the system picks the address.
    let view = unsafe { m::MapViewOfFile(map as _, access, (offset >> 32) as u32, offset as u32, len) };
    if view.Value.is_null() { Err(io::Error::last_os_error()) } else { Ok(view.Value.cast()) }
}

impl Mapping {
    /// Maps `len` bytes (not 0) of a file, or of memory when there is no descriptor.
    pub fn new(
        fd: Option<i32>,
        len: usize,
        protection: Protection,
        offset: u64,
        name: Option<&CStr>,
    ) -> io::Result<Mapping> {
        let file = match fd {
            Some(fd) => Some(Owned(handles::copy(handles::of_descriptor(fd)?, false)?)),
            None => None,
        };
        let name = name.map(wide_c);
        let handle = map(&file, offset + len as u64, protection, &name)?;
        let at = match view(handle, offset, len, protection) {
            Ok(at) => at,
            Err(e) => {
                handles::close(handle)?;
                return Err(e);
            }
        };
        Ok(Mapping { at, len, offset, protection, file, map: handle, name })
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is empty, which none is.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Shows the bytes.
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        // SAFETY: see above.
        f(unsafe { std::slice::from_raw_parts(self.at, self.len) })
    }

    /// Shows the bytes for writing. The caller sees to it that the pages may be written.
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        // SAFETY: see above; nobody else holds the bytes, as closures run no Python code.
        f(unsafe { std::slice::from_raw_parts_mut(self.at, self.len) })
    }

    /// Writes a part to the disk.
    pub fn flush(&self, offset: usize, len: usize) -> io::Result<()> {
        debug_assert!(offset + len <= self.len);
        // SAFETY: the part lies inside of the view.
        check(unsafe { m::FlushViewOfFile(self.at.add(offset).cast_const().cast(), len) })
    }

    /// The length of the file behind it.
    pub fn file_len(&self) -> Option<u64> {
        let file = self.file.as_ref()?;
        let mut len = 0;
        // SAFETY: see the module `os`.
        let r = unsafe { windows_sys::Win32::Storage::FileSystem::GetFileSizeEx(file.0 as _, &raw mut len) };
        (r != 0).then_some(len as u64)
    }

    /// Makes it longer or shorter, and the file behind it; it may move.
    pub fn resize(&mut self, len: usize) -> io::Result<()> {
        let end = self.offset + len as u64;
        // SAFETY: the view is ours and nobody holds its bytes (`&mut`).
        unsafe {
            check(m::UnmapViewOfFile(m::MEMORY_MAPPED_VIEW_ADDRESS { Value: self.at.cast() }))?;
        }
        handles::close(self.map)?;
        let (old, old_len) = (self.len, self.len);
        self.at = std::ptr::NonNull::dangling().as_ptr();
        self.len = 0;
        if let Some(file) = &self.file {
            files::set_handle_length(file.0, end as i64)?;
        }
        let map_again = |len: usize| {
            let handle = map(&self.file, self.offset + len as u64, self.protection, &self.name)?;
            view(handle, self.offset, len, self.protection).map(|at| (handle, at))
        };
        match map_again(len) {
            Ok((handle, at)) => (self.map, self.at, self.len) = (handle, at, len),
            Err(e) => {
                let (handle, at) = map_again(old)?;
                (self.map, self.at, self.len) = (handle, at, old_len);
                return Err(e);
            }
        }
        Ok(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.len == 0 {
            return;
        }
        // SAFETY: mapped by us, never unmapped before.
        unsafe { m::UnmapViewOfFile(m::MEMORY_MAPPED_VIEW_ADDRESS { Value: self.at.cast() }) };
        // Nobody can be told of a failure.
        let _ = handles::close(self.map);
    }
}

/// Memory under a name, for `_winapi.CreateFileMapping`: the handle, and whether it was there before.
pub fn create_named(size: u64, page: u32, name: &CStr) -> io::Result<(Handle, bool)> {
    let name = wide_c(name);
    // SAFETY: see the module `os`.
    unsafe {
        let (high, low) = ((size >> 32) as u32, size as u32);
        let handle = m::CreateFileMappingW(INVALID_HANDLE_VALUE, std::ptr::null(), page, high, low, name.as_ptr());
        let before = GetLastError() == ERROR_ALREADY_EXISTS;
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok((handle as Handle, before)) }
    }
}

/// `OpenFileMapping`
pub fn open_named(access: u32, name: &CStr) -> io::Result<Handle> {
    let name = wide_c(name);
    // SAFETY: see the module `os`.
    let handle = unsafe { m::OpenFileMappingW(access, 0, name.as_ptr()) };
    if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(handle as Handle) }
}

/// How long the memory behind a handle is, in whole pages.
pub fn size_of_named(map: Handle) -> io::Result<usize> {
    // SAFETY: the view is this function's alone; the record has the size that is told.
    unsafe {
        let view = m::MapViewOfFile(map as _, m::FILE_MAP_READ, 0, 0, 0);
        if view.Value.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut info: m::MEMORY_BASIC_INFORMATION = std::mem::zeroed();
        let n = m::VirtualQuery(view.Value, &raw mut info, size_of_val(&info));
        m::UnmapViewOfFile(view);
        if n == 0 { Err(io::Error::last_os_error()) } else { Ok(info.RegionSize) }
    }
}

fn system() -> SYSTEM_INFO {
    // SAFETY: plain numbers; always succeeds.
    unsafe {
        let mut info: SYSTEM_INFO = std::mem::zeroed();
        GetSystemInfo(&raw mut info);
        info
    }
}

/// The size of a page.
pub fn page_size() -> usize {
    system().dwPageSize as usize
}

/// What offsets must be multiples of.
pub fn granularity() -> usize {
    system().dwAllocationGranularity as usize
}
