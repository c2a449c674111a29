//! Pipes, with names and without.

use std::ffi::CStr;
use std::io;

use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::Pipes as p;

use super::{Handle, check, wide_c};

/// `CreatePipe`: the end to read and the end to write, neither inherited.
pub fn create(size: u32) -> io::Result<(Handle, Handle)> {
    let (mut read, mut write) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: see the module `os`.
    check(unsafe { p::CreatePipe(&raw mut read, &raw mut write, std::ptr::null(), size) })?;
    Ok((read as Handle, write as Handle))
}

/// `CreateNamedPipe`: access, mode, instances, sizes of the buffers out and in, time to wait.
pub fn create_named(name: &CStr, numbers: [u32; 6]) -> io::Result<Handle> {
    let [access, mode, instances, out, input, millis] = numbers;
    let name = wide_c(name);
    // SAFETY: see the module `os`.
    let handle =
        unsafe { p::CreateNamedPipeW(name.as_ptr(), access, mode, instances, out, input, millis, std::ptr::null()) };
    if handle == f::INVALID_HANDLE_VALUE { Err(io::Error::last_os_error()) } else { Ok(handle as Handle) }
}

/// `CreateFile`: access, sharing, how to create, flags.
pub fn open(name: &CStr, numbers: [u32; 4]) -> io::Result<Handle> {
    let [access, share, how, flags] = numbers;
    let name = wide_c(name);
    // SAFETY: see the module `os`.
    let handle =
        unsafe { fs::CreateFileW(name.as_ptr(), access, share, std::ptr::null(), how, flags, std::ptr::null_mut()) };
    if handle == f::INVALID_HANDLE_VALUE { Err(io::Error::last_os_error()) } else { Ok(handle as Handle) }
}

/// `ConnectNamedPipe`, waiting.
pub fn connect(handle: Handle) -> io::Result<()> {
    // SAFETY: see the module `os`.
    match check(unsafe { p::ConnectNamedPipe(handle as _, std::ptr::null_mut()) }) {
        // Somebody was faster than we were.
        Err(e) if e.raw_os_error() == Some(f::ERROR_PIPE_CONNECTED as i32) => Ok(()),
        r => r,
    }
}

/// `WaitNamedPipe`
pub fn wait(name: &CStr, millis: u32) -> io::Result<()> {
    let name = wide_c(name);
    // SAFETY: see the module `os`.
    check(unsafe { p::WaitNamedPipeW(name.as_ptr(), millis) })
}

/// `PeekNamedPipe`: what is there, how much is there, how much of the message is left.
pub fn peek(handle: Handle, size: usize) -> io::Result<(Vec<u8>, u32, u32)> {
    let mut buffer = vec![0u8; size];
    let (mut read, mut there, mut left) = (0, 0, 0);
    // SAFETY: the buffer has the length that is told.
    check(unsafe {
        let at = buffer.as_mut_ptr().cast();
        p::PeekNamedPipe(handle as _, at, size as u32, &raw mut read, &raw mut there, &raw mut left)
    })?;
    buffer.truncate(read as usize);
    Ok((buffer, there, left))
}

/// `SetNamedPipeHandleState`, of which only the mode.
pub fn set_mode(handle: Handle, mode: u32) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { p::SetNamedPipeHandleState(handle as _, &raw const mode, std::ptr::null(), std::ptr::null()) })
}

fn mode(handle: Handle) -> io::Result<u32> {
    let mut mode = 0;
    let (n, text) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: see the module `os`.
    check(unsafe { p::GetNamedPipeHandleStateW(handle as _, &raw mut mode, n, n, n, text, 0) })?;
    Ok(mode)
}

/// Whether reading an empty pipe waits.
pub(super) fn waiting(handle: Handle) -> io::Result<bool> {
    mode(handle).map(|m| m & p::PIPE_NOWAIT == 0)
}

/// Sets whether reading an empty pipe waits.
pub(super) fn set_waiting(handle: Handle, yes: bool) -> io::Result<()> {
    let old = mode(handle)?;
    set_mode(handle, if yes { old & !p::PIPE_NOWAIT } else { old | p::PIPE_NOWAIT })
}

/// `ReadFile` on a handle that is not overlapped: the bytes, and the error number (a message may be longer).
pub fn read(handle: Handle, size: usize) -> io::Result<(Vec<u8>, u32)> {
    let mut buffer = vec![0u8; size];
    let mut n = 0;
    // SAFETY: the buffer has the length that is told.
    let r =
        check(unsafe { fs::ReadFile(handle as _, buffer.as_mut_ptr(), size as u32, &raw mut n, std::ptr::null_mut()) });
    buffer.truncate(n as usize);
    match r {
        Ok(()) => Ok((buffer, 0)),
        Err(e) if e.raw_os_error() == Some(f::ERROR_MORE_DATA as i32) => Ok((buffer, f::ERROR_MORE_DATA)),
        Err(e) => Err(e),
    }
}

/// `WriteFile` on a handle that is not overlapped.
pub fn write(handle: Handle, data: &[u8]) -> io::Result<usize> {
    let mut n = 0;
    // SAFETY: the data has the length that is told.
    check(unsafe { fs::WriteFile(handle as _, data.as_ptr(), data.len() as u32, &raw mut n, std::ptr::null_mut()) })?;
    Ok(n as usize)
}
