//! Signals: those that Windows' C library has. Ctrl-C and Ctrl-Break arrive on a thread of the console's, the others are only raised.

use std::ffi::c_int;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::Console as con;
use windows_sys::Win32::System::Threading as t;

use super::{Handle, check, errno_error, libc as c};

/// What happens on a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    Default,
    Ignore,
    /// Note it for the Python handler.
    Note,
    /// Something that we did not install.
    Other,
}

/// The signals that there are.
pub const KNOWN: [c_int; 7] = [c::SIGINT, c::SIGILL, c::SIGFPE, c::SIGSEGV, c::SIGTERM, c::SIGBREAK, c::SIGABRT];

static ACTIONS: [AtomicU8; 32] = [const { AtomicU8::new(Action::Default as u8) }; 32];
/// The thread that Python's handlers run on.
static MAIN: AtomicU32 = AtomicU32::new(0);

fn known(signal: c_int) -> io::Result<usize> {
    if KNOWN.contains(&signal) { Ok(signal as usize) } else { Err(errno_error(c::EINVAL)) }
}

fn action(i: usize) -> Action {
    match ACTIONS[i].load(Ordering::SeqCst) {
        1 => Action::Ignore,
        2 => Action::Note,
        _ => Action::Default,
    }
}

/// Set while Ctrl-C waits to be seen: what sleeps waits for it too.
fn event() -> Handle {
    static EVENT: OnceLock<Handle> = OnceLock::new();
    // SAFETY: see the module `os`.
    *EVENT.get_or_init(|| unsafe { t::CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) as Handle })
}

fn arrived(signal: c_int) {
    crate::vm::signals::note(signal);
    let fd = crate::vm::signals::WAKEUP_FD.load(Ordering::Relaxed);
    if fd >= 0 {
        // A socket or a descriptor; nobody can be told that nobody reads.
        let byte = [signal as u8];
        let _ = super::net::send(fd, &byte, 0).or_else(|_| super::files::write(fd, &byte));
    }
    // SAFETY: the event stays open for as long as the process lives.
    unsafe { t::SetEvent(event() as _) };
}

/// Called by the console on a thread of its own.
unsafe extern "system" fn console_event(kind: u32) -> i32 {
    let signal = match kind {
        con::CTRL_C_EVENT => c::SIGINT,
        con::CTRL_BREAK_EVENT => c::SIGBREAK,
        _ => return 0,
    };
    match action(signal as usize) {
        Action::Note => {
            arrived(signal);
            1
        }
        Action::Ignore => 1,
        _ => 0,
    }
}

/// Sets what happens on a signal.
pub fn set(signal: c_int, action: Action) -> io::Result<()> {
    static CONSOLE: std::sync::Once = std::sync::Once::new();
    let i = known(signal)?;
    event();
    CONSOLE.call_once(|| {
        // SAFETY: asks for a number; the handler has the signature that is asked for. Without it the program still runs.
        unsafe {
            MAIN.store(t::GetCurrentThreadId(), Ordering::SeqCst);
            con::SetConsoleCtrlHandler(Some(console_event), 1);
        }
    });
    ACTIONS[i].store(action as u8, Ordering::SeqCst);
    Ok(())
}

/// What happens on a signal now.
pub fn get(signal: c_int) -> io::Result<Action> {
    known(signal).map(action)
}

/// The exit code of a process that a signal ends, as the C library's `raise` gives.
const ENDED: c_int = 3;
const CONTROL_C_EXIT: u32 = 0xC000_013A;

/// `raise`
pub fn raise(signal: c_int) -> io::Result<()> {
    match action(known(signal)?) {
        Action::Note => arrived(signal),
        Action::Ignore => {}
        _ if signal == c::SIGINT => super::process::exit_now(CONTROL_C_EXIT.cast_signed()),
        _ => super::process::exit_now(ENDED),
    }
    Ok(())
}

/// `os.kill`: sends an event of the console to a group, or ends the process with the signal as its exit code.
pub fn kill(pid: c_int, signal: c_int) -> io::Result<()> {
    if signal == c::CTRL_C_EVENT || signal == c::CTRL_BREAK_EVENT {
        // SAFETY: plain numbers.
        return check(unsafe { con::GenerateConsoleCtrlEvent(signal as u32, pid as u32) });
    }
    let process = super::spawn::open(pid as u32, t::PROCESS_TERMINATE, false)?;
    let ended = super::spawn::terminate(process, signal as u32);
    super::handles::close(process)?;
    ended
}

/// Waits; whether Ctrl-C came meanwhile. Only the main thread is woken.
pub(super) fn interrupted_within(millis: u32) -> bool {
    // SAFETY: the event stays open for as long as the process lives.
    unsafe {
        if t::GetCurrentThreadId() != MAIN.load(Ordering::SeqCst) {
            t::Sleep(millis);
            return false;
        }
        let came = t::WaitForSingleObject(event() as _, millis) == WAIT_OBJECT_0;
        if came {
            t::ResetEvent(event() as _);
        }
        came
    }
}

/// The event that is set when Ctrl-C comes, for those that wait for several things.
pub fn interrupt_event() -> Handle {
    event()
}

/// Words for a signal.
pub fn describe(signal: c_int) -> Option<Vec<u8>> {
    Some(
        match signal {
            c::SIGINT => "Interrupt",
            c::SIGILL => "Illegal instruction",
            c::SIGABRT => "Aborted",
            c::SIGFPE => "Floating-point exception",
            c::SIGSEGV => "Segmentation fault",
            c::SIGTERM => "Terminated",
            c::SIGBREAK => "Break",
            _ => return None,
        }
        .into(),
    )
}

/// Ctrl-C has been seen.
pub fn forget_interrupt() {
    // SAFETY: the event stays open for as long as the process lives.
    unsafe { t::ResetEvent(event() as _) };
}
