//! Other processes: starting, waiting for and ending them.

use std::ffi::CStr;
use std::io;

use windows_sys::Win32::System::Threading as t;

use super::{Handle, check, wide, wide_c};

/// What a new process is started with.
pub struct Start<'a> {
    pub program: Option<&'a CStr>,
    pub command_line: Option<&'a CStr>,
    pub inherit: bool,
    pub flags: u32,
    /// `name=value` pairs, each ended by a NUL, sorted; the parent's when missing.
    pub environment: Option<&'a [u8]>,
    pub folder: Option<&'a CStr>,
    /// `STARTUPINFO`: flags, how to show the window, standard input, output, error.
    pub info: (u32, u16, [Handle; 3]),
    /// The only handles that are inherited, if there is such a list.
    pub handles: Option<Vec<Handle>>,
}

/// What starting gives: handles of process and thread, their numbers.
pub struct Started {
    pub process: Handle,
    pub thread: Handle,
    pub pid: u32,
    pub tid: u32,
}

/// Attributes of a process to be, which the system keeps in memory that we give it.
struct Attributes {
    memory: Vec<usize>,
}

impl Attributes {
    fn at(&mut self) -> t::LPPROC_THREAD_ATTRIBUTE_LIST {
        self.memory.as_mut_ptr().cast()
    }

    fn with_handles(handles: &[Handle]) -> io::Result<Attributes> {
        let mut size = 0;
        // SAFETY: the first call only tells the size; the list then has it, and points to `handles`, which outlive it.
        unsafe {
            t::InitializeProcThreadAttributeList(std::ptr::null_mut(), 1, 0, &raw mut size);
            let mut made = Attributes { memory: vec![0; size.div_ceil(size_of::<usize>())] };
            check(t::InitializeProcThreadAttributeList(made.at(), 1, 0, &raw mut size))?;
            check(t::UpdateProcThreadAttribute(
                made.at(),
                0,
                t::PROC_THREAD_ATTRIBUTE_HANDLE_LIST as usize,
                handles.as_ptr().cast(),
                size_of_val(handles),
                std::ptr::null_mut(),
                std::ptr::null(),
            ))?;
            Ok(made)
        }
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: the list was initialised.
        unsafe { t::DeleteProcThreadAttributeList(self.at()) };
    }
}

/// `CreateProcess`
pub fn start(s: &Start<'_>) -> io::Result<Started> {
    let program = s.program.map(wide_c);
    let mut line = s.command_line.map(wide_c);
    let folder = s.folder.map(wide_c);
    let environment = s.environment.map(|block| {
        // One more NUL ends the block; an empty one needs two.
        let mut block = wide(block);
        block.push(0);
        block
    });
    let mut attributes = match &s.handles {
        Some(list) if !list.is_empty() => Some(Attributes::with_handles(list)?),
        _ => None,
    };
    let at = |text: &Option<Vec<u16>>| text.as_ref().map_or(std::ptr::null(), |t| t.as_ptr());
    let (flags, show, [input, output, error]) = s.info;
    // SAFETY: everything that is pointed to outlives the call; the records are plain numbers and have the size that they tell.
    unsafe {
        let mut info: t::STARTUPINFOEXW = std::mem::zeroed();
        info.StartupInfo.cb = size_of_val(&info) as u32;
        info.StartupInfo.dwFlags = flags;
        info.StartupInfo.wShowWindow = show;
        info.StartupInfo.hStdInput = input as _;
        info.StartupInfo.hStdOutput = output as _;
        info.StartupInfo.hStdError = error as _;
        if let Some(list) = &mut attributes {
            info.lpAttributeList = list.at();
        }
        let mut made: t::PROCESS_INFORMATION = std::mem::zeroed();
        check(t::CreateProcessW(
            at(&program),
            line.as_mut().map_or(std::ptr::null_mut(), |l| l.as_mut_ptr()),
            std::ptr::null(),
            std::ptr::null(),
            i32::from(s.inherit || attributes.is_some()),
            s.flags | t::EXTENDED_STARTUPINFO_PRESENT | t::CREATE_UNICODE_ENVIRONMENT,
            environment.as_ref().map_or(std::ptr::null(), |e| e.as_ptr().cast()),
            at(&folder),
            (&raw const info).cast(),
            &raw mut made,
        ))?;
        Ok(Started {
            process: made.hProcess as Handle,
            thread: made.hThread as Handle,
            pid: made.dwProcessId,
            tid: made.dwThreadId,
        })
    }
}

/// `OpenProcess`
pub fn open(pid: u32, access: u32, inherit: bool) -> io::Result<Handle> {
    // SAFETY: see the module `os`.
    let handle = unsafe { t::OpenProcess(access, inherit.into(), pid) };
    if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(handle as Handle) }
}

/// `TerminateProcess`
pub fn terminate(process: Handle, code: u32) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { t::TerminateProcess(process as _, code) })
}

/// `GetExitCodeProcess`
pub fn exit_code(process: Handle) -> io::Result<u32> {
    let mut code = 0;
    // SAFETY: see the module `os`.
    check(unsafe { t::GetExitCodeProcess(process as _, &raw mut code) })?;
    Ok(code)
}

/// `ShellExecute`: opens a file with the program that goes with it.
pub fn open_with_shell(
    file: &CStr,
    operation: Option<&CStr>,
    arguments: Option<&CStr>,
    folder: Option<&CStr>,
    show: i32,
) -> io::Result<()> {
    let file = wide_c(file);
    let [operation, arguments, folder] = [operation, arguments, folder].map(|text| text.map(wide_c));
    let at = |text: &Option<Vec<u16>>| text.as_ref().map_or(std::ptr::null(), |t| t.as_ptr());
    // SAFETY: strings outlive the call.
    let r = unsafe {
        let none = std::ptr::null_mut();
        windows_sys::Win32::UI::Shell::ShellExecuteW(
            none,
            at(&operation),
            file.as_ptr(),
            at(&arguments),
            at(&folder),
            show,
        )
    };
    // Numbers up to 32 are errors.
    if r as isize > 32 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
