//! This process: its numbers, its environment, its end.

use std::ffi::{CString, c_int};
use std::io;

use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::Storage::FileSystem::GetFileType;
use windows_sys::Win32::System::Console as con;
use windows_sys::Win32::System::Diagnostics::ToolHelp as snap;
use windows_sys::Win32::System::Environment::SetEnvironmentVariableW;
use windows_sys::Win32::System::SystemInformation as info;
use windows_sys::Win32::System::Threading as t;

use super::{Handle, check, filled, handles::Owned, table, wide_c};

/// Ends the process at once.
pub fn exit_now(code: c_int) -> ! {
    // SAFETY: does not return; what runs when libraries are detached is the system's.
    unsafe { t::ExitProcess(code as u32) }
}

/// `abort`
pub fn abort() -> ! {
    exit_now(3)
}

/// The process's number.
pub fn getpid() -> c_int {
    std::process::id() as c_int
}

/// The number of the process that started a process.
pub fn parent_of(pid: u32) -> Option<u32> {
    // SAFETY: the record has the size that it tells; the handle is this function's alone.
    unsafe {
        let all = snap::CreateToolhelp32Snapshot(snap::TH32CS_SNAPPROCESS, 0);
        if all == f::INVALID_HANDLE_VALUE {
            return None;
        }
        let all = Owned(all as Handle);
        let mut entry: snap::PROCESSENTRY32W = std::mem::zeroed();
        entry.dwSize = size_of_val(&entry) as u32;
        let mut more = snap::Process32FirstW(all.0 as _, &raw mut entry);
        while more != 0 {
            if entry.th32ProcessID == pid {
                return Some(entry.th32ParentProcessID);
            }
            more = snap::Process32NextW(all.0 as _, &raw mut entry);
        }
    }
    None
}

/// The number of the process that started this one; 0 if that is not known.
pub fn getppid() -> c_int {
    parent_of(std::process::id()).unwrap_or(0) as c_int
}

/// Fills a buffer with random bytes.
pub fn random(buf: &mut [u8], _flags: u32) -> io::Result<usize> {
    #[link(name = "advapi32")]
    unsafe extern "system" {
        // `RtlGenRandom`, which every Windows has.
        #[link_name = "SystemFunction036"]
        fn fill(buffer: *mut u8, len: u32) -> u8;
    }
    let n = buf.len().min(1 << 20);
    // SAFETY: the buffer has the length that is told.
    if unsafe { fill(buf.as_mut_ptr(), n as u32) } == 0 { Err(io::Error::last_os_error()) } else { Ok(n) }
}

/// Sets or removes an environment variable.
pub fn set_env(name: &CString, value: Option<&CString>) -> io::Result<()> {
    let value = value.map(|v| wide_c(v));
    let at = value.as_ref().map_or(std::ptr::null(), |v| v.as_ptr());
    let name = wide_c(name);
    // SAFETY: see the module `os`.
    let r = check(unsafe { SetEnvironmentVariableW(name.as_ptr(), at) });
    match r {
        // Removing what is not there is no error.
        Err(e) if value.is_none() && e.raw_os_error() == Some(f::ERROR_ENVVAR_NOT_FOUND as i32) => Ok(()),
        r => r,
    }
}

/// Columns and lines of a console.
pub fn terminal_size(fd: c_int) -> io::Result<(u16, u16)> {
    let open = table::get(fd)?;
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut b: con::CONSOLE_SCREEN_BUFFER_INFO = std::mem::zeroed();
        check(con::GetConsoleScreenBufferInfo(open.handle as _, &raw mut b))?;
        let w = b.srWindow;
        Ok(((w.Right - w.Left + 1) as u16, (w.Bottom - w.Top + 1) as u16))
    }
}

/// The thread's number in the system.
pub fn native_thread_id() -> i64 {
    // SAFETY: always succeeds.
    i64::from(unsafe { t::GetCurrentThreadId() })
}

/// The thread's identity, as `threading.get_ident` gives it.
pub(crate) fn thread_ident() -> u64 {
    native_thread_id() as u64
}

/// Closes descriptors from `first` to `last`.
pub fn close_range(first: c_int, last: c_int) {
    for fd in first.max(0)..=last.min(8191) {
        // Most of them are not open.
        let _ = super::files::close(fd);
    }
}

/// How many processors there are.
pub fn processors() -> u32 {
    // SAFETY: always succeeds.
    unsafe { t::GetActiveProcessorCount(t::ALL_PROCESSOR_GROUPS) }.max(1)
}

/// User and system time of this process in seconds.
pub fn times() -> [f64; 5] {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut times: [f::FILETIME; 4] = std::mem::zeroed();
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| (&raw mut times).cast::<f::FILETIME>().wrapping_add(i));
        t::GetProcessTimes(t::GetCurrentProcess(), a, b, c, d);
        let seconds =
            |t: f::FILETIME| (f64::from(t.dwHighDateTime) * 4_294_967_296.0 + f64::from(t.dwLowDateTime)) * 1e-7;
        [seconds(times[3]), seconds(times[2]), 0.0, 0.0, 0.0]
    }
}

/// The user who runs this.
pub fn user_name() -> io::Result<Vec<u8>> {
    let mut buffer = [0u16; 257];
    let mut len = buffer.len() as u32;
    // SAFETY: the buffer has the length that is told.
    check(unsafe { windows_sys::Win32::System::WindowsProgramming::GetUserNameW(buffer.as_mut_ptr(), &raw mut len) })?;
    Ok(super::narrow(&buffer))
}

/// The computer's name.
pub fn computer_name() -> io::Result<Vec<u8>> {
    let mut buffer = [0u16; 256];
    let mut len = buffer.len() as u32;
    // SAFETY: the buffer has the length that is told.
    check(unsafe {
        info::GetComputerNameExW(info::ComputerNamePhysicalDnsHostname, buffer.as_mut_ptr(), &raw mut len)
    })?;
    Ok(super::narrow(&buffer))
}

/// The system's version: major, minor, build, platform, service pack, then its suite and product kind.
pub fn version() -> ([u32; 4], Vec<u8>, [u16; 4]) {
    #[link(name = "ntdll")]
    unsafe extern "system" {
        // Unlike `GetVersionEx` it does not pretend to be what the manifest names.
        fn RtlGetVersion(out: *mut info::OSVERSIONINFOEXW) -> i32;
    }
    // SAFETY: the record has the size that it tells.
    unsafe {
        let mut v: info::OSVERSIONINFOEXW = std::mem::zeroed();
        v.dwOSVersionInfoSize = size_of_val(&v) as u32;
        RtlGetVersion(&raw mut v);
        (
            [v.dwMajorVersion, v.dwMinorVersion, v.dwBuildNumber, v.dwPlatformId],
            super::narrow(&v.szCSDVersion),
            [v.wServicePackMajor, v.wServicePackMinor, v.wSuiteMask, u16::from(v.wProductType)],
        )
    }
}

/// The file of a process's program.
pub fn image_of(pid: u32) -> io::Result<Vec<u8>> {
    let process = Owned(super::spawn::open(pid, t::PROCESS_QUERY_LIMITED_INFORMATION, false)?);
    filled(|b| {
        let mut len = b.len() as u32;
        // SAFETY: the buffer has the length that is told.
        match unsafe { t::QueryFullProcessImageNameW(process.0 as _, 0, b.as_mut_ptr(), &raw mut len) } {
            0 if io::Error::last_os_error().raw_os_error() == Some(f::ERROR_INSUFFICIENT_BUFFER as i32) => {
                2 * b.len() as u32
            }
            0 => 0,
            _ => len,
        }
    })
}

/// Which kind of thing a handle is: `GetFileType`.
pub fn file_kind(handle: Handle) -> u32 {
    // SAFETY: see the module `os`.
    unsafe { GetFileType(handle as _) }
}

/// `GetStdHandle`; `None` where there is none.
pub fn standard_handle(which: u32) -> io::Result<Option<Handle>> {
    // SAFETY: plain numbers.
    let handle = unsafe { con::GetStdHandle(which) };
    if handle == f::INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    Ok((!handle.is_null()).then_some(handle as Handle))
}

/// The code page of programs that know nothing of Unicode.
pub fn code_page() -> u32 {
    // SAFETY: asks for a number.
    unsafe { windows_sys::Win32::Globalization::GetACP() }
}

/// Sets what `GetLastError` tells.
pub fn set_last_error(n: u32) {
    // SAFETY: plain numbers.
    unsafe { f::SetLastError(n) }
}
