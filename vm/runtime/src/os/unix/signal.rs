//! Signals.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast, clippy::useless_conversion)]

use std::ffi::c_int;
use std::io;
use std::sync::atomic::Ordering;

use super::{check, check_errno};

/// What happens on a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Default,
    Ignore,
    /// Note it for the Python handler.
    Note,
    /// Something that we did not install.
    Other,
}

/// Runs in the signal's context: atomics and one `write` only, errno as it was.
extern "C" fn arrived(signal: c_int) {
    // SAFETY: errno is the thread's own; `write` may be called from handlers and the byte outlives the call.
    unsafe {
        let place = super::errno_place();
        let saved = *place;
        crate::vm::signals::note(signal);
        let fd = crate::vm::signals::WAKEUP_FD.load(Ordering::Relaxed);
        if fd >= 0 {
            let byte = signal as u8;
            libc::write(fd, (&raw const byte).cast(), 1);
        }
        *place = saved;
    }
}

/// Sets what happens on a signal.
pub fn set(signal: c_int, action: Action) -> io::Result<()> {
    // SAFETY: the struct is plain numbers; the handler keeps to what handlers may do.
    unsafe {
        let mut a: libc::sigaction = std::mem::zeroed();
        a.sa_sigaction = match action {
            Action::Default | Action::Other => libc::SIG_DFL,
            Action::Ignore => libc::SIG_IGN,
            Action::Note => arrived as *const () as usize,
        };
        libc::sigemptyset(&raw mut a.sa_mask);
        // On the alternate stack where there is one; calls are interrupted (PEP 475 repeats them).
        a.sa_flags = libc::SA_ONSTACK;
        check(libc::sigaction(signal, &raw const a, std::ptr::null_mut())).map(drop)
    }
}

/// What happens on a signal now.
pub fn get(signal: c_int) -> io::Result<Action> {
    // SAFETY: as in `set`.
    unsafe {
        let mut a: libc::sigaction = std::mem::zeroed();
        check(libc::sigaction(signal, std::ptr::null(), &raw mut a))?;
        Ok(match a.sa_sigaction {
            libc::SIG_DFL => Action::Default,
            libc::SIG_IGN => Action::Ignore,
            h if h == arrived as *const () as usize => Action::Note,
            _ => Action::Other,
        })
    }
}

/// `kill`
pub fn kill(pid: c_int, signal: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::kill(pid, signal) }).map(drop)
}

/// `killpg`
pub fn killpg(group: c_int, signal: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::killpg(group, signal) }).map(drop)
}

/// `raise`
pub fn raise(signal: c_int) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::raise(signal) }).map(drop)
}

/// `pthread_kill` of a thread whose identity `get_ident` gave.
pub fn kill_thread(ident: u64, signal: c_int) -> io::Result<()> {
    // SAFETY: the identity is looked up in the list of live threads by the caller.
    check_errno(unsafe { libc::pthread_kill(ident as libc::pthread_t, signal) })
}

/// `alarm`
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: always succeeds.
    unsafe { libc::alarm(seconds) }
}

/// `pause`
pub fn pause() {
    // SAFETY: returns when a signal has come.
    unsafe { libc::pause() };
}

fn timeval(t: f64) -> libc::timeval {
    libc::timeval { tv_sec: t.trunc() as _, tv_usec: (t.fract() * 1e6) as _ }
}

fn seconds(t: libc::timeval) -> f64 {
    t.tv_sec as f64 + t.tv_usec as f64 / 1e6
}

/// `setitimer`: delay and interval; gives the old ones.
pub fn set_timer(which: c_int, value: f64, interval: f64) -> io::Result<(f64, f64)> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let new = libc::itimerval { it_interval: timeval(interval), it_value: timeval(value) };
        let mut old: libc::itimerval = std::mem::zeroed();
        check(libc::setitimer(which as _, &raw const new, &raw mut old))?;
        Ok((seconds(old.it_value), seconds(old.it_interval)))
    }
}

/// `getitimer`
pub fn timer(which: c_int) -> io::Result<(f64, f64)> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut old: libc::itimerval = std::mem::zeroed();
        check(libc::getitimer(which as _, &raw mut old))?;
        Ok((seconds(old.it_value), seconds(old.it_interval)))
    }
}

pub(super) fn set_of(signals: &[c_int]) -> libc::sigset_t {
    // SAFETY: plain numbers.
    unsafe {
        let mut s: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut s);
        for &n in signals {
            libc::sigaddset(&raw mut s, n);
        }
        s
    }
}

fn members(s: &libc::sigset_t) -> Vec<c_int> {
    // SAFETY: plain numbers.
    (1..65).filter(|&n| unsafe { libc::sigismember(s, n) == 1 }).collect()
}

/// `pthread_sigmask`; gives the old mask.
pub fn mask(how: c_int, signals: &[c_int]) -> io::Result<Vec<c_int>> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let new = set_of(signals);
        let mut old: libc::sigset_t = std::mem::zeroed();
        check_errno(libc::pthread_sigmask(how, &raw const new, &raw mut old))?;
        Ok(members(&old))
    }
}

/// `sigpending`
pub fn pending() -> io::Result<Vec<c_int>> {
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut s: libc::sigset_t = std::mem::zeroed();
        check(libc::sigpending(&raw mut s))?;
        Ok(members(&s))
    }
}

/// `sigwait`
pub fn wait(signals: &[c_int]) -> io::Result<c_int> {
    let set = set_of(signals);
    let mut n = 0;
    // SAFETY: plain numbers; see the module `os`.
    check_errno(unsafe { libc::sigwait(&raw const set, &raw mut n) })?;
    Ok(n)
}

/// `siginterrupt`
pub fn interrupts(signal: c_int, yes: bool) -> io::Result<()> {
    // SAFETY: plain numbers; changes the flags of the installed action only.
    unsafe {
        let mut a: libc::sigaction = std::mem::zeroed();
        check(libc::sigaction(signal, std::ptr::null(), &raw mut a))?;
        if yes {
            a.sa_flags &= !libc::SA_RESTART
        } else {
            a.sa_flags |= libc::SA_RESTART
        }
        check(libc::sigaction(signal, &raw const a, std::ptr::null_mut())).map(drop)
    }
}

/// The system's words for a signal.
pub fn describe(signal: c_int) -> Option<Vec<u8>> {
    // SAFETY: the text is static, or the thread's own until the next call.
    unsafe { super::bytes_of(libc::strsignal(signal)) }
}
