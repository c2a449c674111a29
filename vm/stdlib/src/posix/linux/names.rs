//! Constants of `posix` on Linux.

use freeze_runtime::os::libc as c;

/// What Linux has beyond the common numbers. Not all of them are in the crate of constants for every C library.
pub(in super::super) const NUMBERS: &[(&str, i64)] = &{
    let mut all = [("", 0); CRATE.len() + MORE.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = if i < CRATE.len() { CRATE[i] } else { MORE[i - CRATE.len()] };
        i += 1;
    }
    all
};

macro_rules! table {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

const CRATE: &[(&str, i64)] = table! {
    O_RSYNC O_LARGEFILE O_DIRECT O_NOATIME O_PATH O_TMPFILE SCHED_BATCH SCHED_IDLE SCHED_RESET_ON_FORK
    GRND_NONBLOCK GRND_RANDOM MFD_CLOEXEC MFD_ALLOW_SEALING MFD_HUGETLB
    CLONE_FILES CLONE_FS CLONE_NEWCGROUP CLONE_NEWIPC CLONE_NEWNET CLONE_NEWNS CLONE_NEWPID CLONE_NEWUSER CLONE_NEWUTS
    CLONE_SIGHAND CLONE_SYSVSEM CLONE_THREAD CLONE_VM EFD_CLOEXEC EFD_NONBLOCK EFD_SEMAPHORE P_PIDFD
    SPLICE_F_MORE SPLICE_F_MOVE SPLICE_F_NONBLOCK
    ST_APPEND ST_MANDLOCK ST_NOATIME ST_NODEV ST_NODIRATIME ST_NOEXEC ST_SYNCHRONOUS
    TFD_CLOEXEC TFD_NONBLOCK TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET RWF_APPEND RWF_DSYNC RWF_HIPRI RWF_NOWAIT RWF_SYNC
    XATTR_CREATE XATTR_REPLACE
    POSIX_FADV_NORMAL POSIX_FADV_SEQUENTIAL POSIX_FADV_RANDOM POSIX_FADV_NOREUSE POSIX_FADV_WILLNEED POSIX_FADV_DONTNEED
};

const MORE: &[(&str, i64)] = &[
    ("CLONE_NEWTIME", 0x80),
    ("MFD_HUGE_MASK", 0x3F),
    ("MFD_HUGE_SHIFT", 26),
    ("MFD_HUGE_64KB", 16 << 26),
    ("MFD_HUGE_512KB", 19 << 26),
    ("MFD_HUGE_1MB", 20 << 26),
    ("MFD_HUGE_2MB", 21 << 26),
    ("MFD_HUGE_8MB", 23 << 26),
    ("MFD_HUGE_16MB", 24 << 26),
    ("MFD_HUGE_32MB", 25 << 26),
    ("MFD_HUGE_256MB", 28 << 26),
    ("MFD_HUGE_512MB", 29 << 26),
    ("MFD_HUGE_1GB", 30 << 26),
    ("MFD_HUGE_2GB", 31 << 26),
    ("MFD_HUGE_16GB", 34 << 26),
    ("NGROUPS_MAX", 65536),
    ("RTLD_DEEPBIND", 8),
    ("ST_RELATIME", 4096),
    ("ST_WRITE", 128),
    ("TMP_MAX", 238_328),
    ("XATTR_SIZE_MAX", 65536),
];

macro_rules! sysconf {
    ($($name:literal $id:ident)*) => { &[$(($name, c::$id)),*] };
}

pub(in super::super) const SYSCONF: &[(&str, i32)] = sysconf! {
    "SC_ARG_MAX" _SC_ARG_MAX "SC_CHILD_MAX" _SC_CHILD_MAX "SC_CLK_TCK" _SC_CLK_TCK "SC_OPEN_MAX" _SC_OPEN_MAX
    "SC_PAGESIZE" _SC_PAGESIZE "SC_PAGE_SIZE" _SC_PAGESIZE "SC_PHYS_PAGES" _SC_PHYS_PAGES
    "SC_AVPHYS_PAGES" _SC_AVPHYS_PAGES "SC_NPROCESSORS_CONF" _SC_NPROCESSORS_CONF
    "SC_NPROCESSORS_ONLN" _SC_NPROCESSORS_ONLN "SC_IOV_MAX" _SC_IOV_MAX "SC_SEM_NSEMS_MAX" _SC_SEM_NSEMS_MAX
    "SC_GETPW_R_SIZE_MAX" _SC_GETPW_R_SIZE_MAX "SC_LOGIN_NAME_MAX" _SC_LOGIN_NAME_MAX
};

/// Limits of files, with the numbers that Linux's C libraries share.
pub(in super::super) const PATHCONF: &[(&str, i32)] = &[
    ("PC_ALLOC_SIZE_MIN", 18),
    ("PC_ASYNC_IO", 10),
    ("PC_CHOWN_RESTRICTED", 6),
    ("PC_FILESIZEBITS", 13),
    ("PC_LINK_MAX", 0),
    ("PC_MAX_CANON", 1),
    ("PC_MAX_INPUT", 2),
    ("PC_NAME_MAX", 3),
    ("PC_NO_TRUNC", 7),
    ("PC_PATH_MAX", 4),
    ("PC_PIPE_BUF", 5),
    ("PC_PRIO_IO", 11),
    ("PC_REC_INCR_XFER_SIZE", 14),
    ("PC_REC_MAX_XFER_SIZE", 15),
    ("PC_REC_MIN_XFER_SIZE", 16),
    ("PC_REC_XFER_ALIGN", 17),
    ("PC_SOCK_MAXBUF", 12),
    ("PC_SYMLINK_MAX", 19),
    ("PC_SYNC_IO", 9),
    ("PC_VDISABLE", 8),
];

/// Text that the C library tells of itself; glibc's numbers, of which musl knows the first.
pub(in super::super) const CONFSTR: &[(&str, i32)] =
    &[("CS_GNU_LIBC_VERSION", 2), ("CS_GNU_LIBPTHREAD_VERSION", 3), ("CS_PATH", 0)];

/// What `os` derives `supports_dir_fd` and friends from, beyond what is common.
pub(in super::super) const HAVE: &[&str] = &[];
