//! Signals of macOS.

use freeze_runtime::os::libc;

macro_rules! names {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

pub(super) const NUMBERS: &[(&str, i64)] = names! {
    SIG_BLOCK SIG_UNBLOCK SIG_SETMASK SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGEMT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV
    SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF
    SIGWINCH SIGIO SIGINFO SIGSYS ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF
};

pub(super) const MORE: &[(&str, i64)] = &[("SIGIOT", 6)];

pub(super) const NSIG: usize = 32;

/// Those that programs may use.
pub(super) const VALID: &[i32] = &[
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
];
