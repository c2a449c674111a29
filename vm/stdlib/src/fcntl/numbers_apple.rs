//! Commands of `fcntl` on macOS.

use freeze_runtime::os::libc as c;

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

pub(super) const NUMBERS: &[(&str, i64)] = numbers! {
    FD_CLOEXEC F_DUPFD F_DUPFD_CLOEXEC F_FULLFSYNC F_GETFD F_GETFL F_GETLK F_GETOWN F_GETPATH F_NOCACHE F_OFD_GETLK F_OFD_SETLK
    F_OFD_SETLKW F_RDAHEAD F_RDLCK F_SETFD F_SETFL F_SETLK F_SETLKW F_SETOWN F_UNLCK F_WRLCK LOCK_EX LOCK_NB LOCK_SH LOCK_UN
};
