//! Signals of Linux.

use freeze_runtime::os::libc;

macro_rules! names {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

pub(super) const NUMBERS: &[(&str, i64)] = names! {
    SIG_BLOCK SIG_UNBLOCK SIG_SETMASK SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV
    SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ
    SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF
};

pub(super) const MORE: &[(&str, i64)] =
    &[("SIGCLD", 17), ("SIGPOLL", 29), ("SIGIOT", 6), ("SIGRTMIN", 34), ("SIGRTMAX", 64)];

pub(super) const NSIG: usize = 65;

/// Those that programs may use.
pub(super) const VALID: &[i32] = &{
    let mut all = [0; 62];
    let mut n = 0;
    while n < 62 {
        // The C library keeps two for itself.
        all[n] = if n < 31 { n as i32 + 1 } else { n as i32 + 3 };
        n += 1;
    }
    all
};
