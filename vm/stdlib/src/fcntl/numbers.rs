//! Commands of `fcntl` on Linux.

use freeze_runtime::os::libc as c;

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

pub(super) const NUMBERS: &[(&str, i64)] = numbers! {
    FD_CLOEXEC F_ADD_SEALS F_DUPFD F_DUPFD_CLOEXEC F_GETFD F_GETFL F_GETLEASE F_GETLK F_GETOWN F_GETPIPE_SZ F_GET_SEALS
    F_NOTIFY F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_RDLCK F_SEAL_GROW F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_WRITE F_SETFD
    F_SETFL F_SETLEASE F_SETLK F_SETLKW F_SETOWN F_SETPIPE_SZ F_UNLCK F_WRLCK LOCK_EX LOCK_NB LOCK_SH LOCK_UN
};
