//! Handles: closing, waiting, passing on; and where they meet descriptors.

use std::ffi::c_int;
use std::io;

use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::System::Threading as t;

use super::table::{self, Open};
use super::{Handle, check, errno_error, libc as c};

/// A handle that is closed when it goes.
pub(super) struct Owned(pub(super) Handle);

impl Owned {
    /// The handle, which is the caller's from now on.
    pub(super) fn release(self) -> Handle {
        let handle = self.0;
        std::mem::forget(self);
        handle
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // Nobody can be told of a failure.
        let _ = close(self.0);
    }
}

/// `CloseHandle`
pub fn close(handle: Handle) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { f::CloseHandle(handle as _) })
}

/// The handle behind a descriptor: `msvcrt.get_osfhandle`.
pub fn of_descriptor(fd: c_int) -> io::Result<Handle> {
    table::get(fd).map(|open| open.handle)
}

/// A descriptor for a handle, which belongs to it from now on: `msvcrt.open_osfhandle`.
pub fn descriptor(handle: Handle, flags: c_int) -> io::Result<c_int> {
    // SAFETY: see the module `os`.
    if unsafe { windows_sys::Win32::Storage::FileSystem::GetFileType(handle as _) } == 0 {
        return Err(errno_error(c::EBADF));
    }
    Ok(table::put(Open::new(handle, flags & c::O_APPEND != 0)))
}

/// Whether child processes get it.
pub fn inheritable(handle: Handle) -> io::Result<bool> {
    let mut flags = 0;
    // SAFETY: see the module `os`.
    check(unsafe { f::GetHandleInformation(handle as _, &raw mut flags) })?;
    Ok(flags & f::HANDLE_FLAG_INHERIT != 0)
}

/// Sets whether child processes get it.
pub fn set_inheritable(handle: Handle, yes: bool) -> io::Result<()> {
    let flags = if yes { f::HANDLE_FLAG_INHERIT } else { 0 };
    // SAFETY: see the module `os`.
    check(unsafe { f::SetHandleInformation(handle as _, f::HANDLE_FLAG_INHERIT, flags) })
}

/// `DuplicateHandle`
pub fn duplicate(
    from: Handle,
    handle: Handle,
    to: Handle,
    access: u32,
    inherit: bool,
    options: u32,
) -> io::Result<Handle> {
    let mut new = std::ptr::null_mut();
    // SAFETY: see the module `os`.
    check(unsafe {
        f::DuplicateHandle(from as _, handle as _, to as _, &raw mut new, access, inherit.into(), options)
    })?;
    Ok(new as Handle)
}

/// A second handle in this process for the same thing.
pub(super) fn copy(handle: Handle, inherit: bool) -> io::Result<Handle> {
    let own = current_process();
    duplicate(own, handle, own, 0, inherit, f::DUPLICATE_SAME_ACCESS)
}

/// The number that stands for this process.
pub fn current_process() -> Handle {
    // SAFETY: gives a constant.
    unsafe { t::GetCurrentProcess() as Handle }
}

/// `WaitForSingleObject`; milliseconds, `u32::MAX` for no limit.
pub fn wait(handle: Handle, millis: u32) -> io::Result<u32> {
    // SAFETY: see the module `os`.
    match unsafe { t::WaitForSingleObject(handle as _, millis) } {
        f::WAIT_FAILED => Err(io::Error::last_os_error()),
        r => Ok(r),
    }
}

/// `WaitForMultipleObjects`
pub fn wait_many(handles: &[Handle], all: bool, millis: u32) -> io::Result<u32> {
    let n = handles.len() as u32;
    // SAFETY: the array has the length that is told.
    match unsafe { t::WaitForMultipleObjects(n, handles.as_ptr().cast(), all.into(), millis) } {
        f::WAIT_FAILED => Err(io::Error::last_os_error()),
        r => Ok(r),
    }
}
