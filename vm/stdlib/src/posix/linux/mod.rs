//! What `posix` has on Linux alone.

mod files;
pub(super) mod names;
mod sched;

use freeze_runtime::{NativeDef, Type, native};

pub(super) use sched::scheduler;

/// The functions.
pub(super) static FUNCTIONS: &[NativeDef] = &[
    native(
        "copy_file_range(src, dst, count, offset_src=None, offset_dst=None)",
        "Copy count bytes from one file descriptor to another.",
        files::copy_file_range,
    ),
    native(
        "eventfd(initval, flags=0o2000000)",
        "Creates and returns an event notification file descriptor.",
        files::eventfd,
    ),
    native("eventfd_read(fd)", "Read eventfd value", files::eventfd_read),
    native("eventfd_write(fd, value)", "Write eventfd value.", files::eventfd_write),
    native("fdatasync(fd)", "Force write of fd to disk without forcing update of metadata.", files::fdatasync),
    native("getrandom(size, flags=0)", "Obtain a series of random bytes.", sched::getrandom),
    native(
        "getresgid()",
        "Return a tuple of the current process's real, effective, and saved group ids.",
        sched::getresgid,
    ),
    native(
        "getresuid()",
        "Return a tuple of the current process's real, effective, and saved user ids.",
        sched::getresuid,
    ),
    native(
        "getxattr(path, attribute, *, follow_symlinks=True)",
        "Return the value of extended attribute attribute on path.",
        files::getxattr,
    ),
    native(
        "listxattr(path=None, *, follow_symlinks=True)",
        "Return a list of extended attributes on path.",
        files::listxattr,
    ),
    native("memfd_create(name, flags=1)", "", files::memfd_create),
    native("pidfd_open(pid, flags=0)", "Return a file descriptor referring to the process *pid*.", sched::pidfd_open),
    native("pipe2(flags, /)", "Create a pipe with flags set atomically.", files::pipe2),
    native(
        "posix_fadvise(fd, offset, length, advice, /)",
        "Announce an intention to access data in a specific pattern.",
        files::posix_fadvise,
    ),
    native(
        "posix_fallocate(fd, offset, length, /)",
        "Ensure a file has allocated at least a particular number of bytes on disk.",
        files::posix_fallocate,
    ),
    native(
        "removexattr(path, attribute, *, follow_symlinks=True)",
        "Remove extended attribute attribute on path.",
        files::removexattr,
    ),
    native(
        "sched_getaffinity(pid, /)",
        "Return the affinity of the process identified by pid (or the current process if zero).",
        sched::sched_getaffinity,
    ),
    native(
        "sched_getparam(pid, /)",
        "Returns scheduling parameters for the process identified by pid.",
        sched::sched_getparam,
    ),
    native(
        "sched_getscheduler(pid, /)",
        "Get the scheduling policy for the process identified by pid.",
        sched::sched_getscheduler,
    ),
    native(
        "sched_rr_get_interval(pid, /)",
        "Return the round-robin quantum for the process identified by pid, in seconds.",
        sched::sched_rr_get_interval,
    ),
    native(
        "sched_setaffinity(pid, mask, /)",
        "Set the CPU affinity of the process identified by pid to mask.",
        sched::sched_setaffinity,
    ),
    native(
        "sched_setparam(pid, param, /)",
        "Set scheduling parameters for the process identified by pid.",
        sched::sched_setparam,
    ),
    native(
        "sched_setscheduler(pid, policy, param, /)",
        "Set the scheduling policy for the process identified by pid.",
        sched::sched_setscheduler,
    ),
    native(
        "sendfile(out_fd, in_fd, offset, count)",
        "Copy count bytes from file descriptor in_fd to file descriptor out_fd.",
        files::sendfile,
    ),
    native("setns(fd, nstype=0)", "Move the calling thread into different namespaces.", sched::setns),
    native(
        "setresgid(rgid, egid, sgid, /)",
        "Set the current process's real, effective, and saved group ids.",
        sched::setresgid,
    ),
    native(
        "setresuid(ruid, euid, suid, /)",
        "Set the current process's real, effective, and saved user ids.",
        sched::setresuid,
    ),
    native(
        "setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)",
        "Set extended attribute attribute on path to value.",
        files::setxattr,
    ),
    native(
        "splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)",
        "Transfer count bytes from one pipe to a descriptor or vice versa.",
        files::splice,
    ),
    native(
        "timerfd_create(clockid, /, *, flags=0o2000000)",
        "Create and return a timer file descriptor.",
        files::timerfd_create,
    ),
    native(
        "timerfd_gettime(fd, /)",
        "Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds.",
        files::timerfd_gettime,
    ),
    native(
        "timerfd_gettime_ns(fd, /)",
        "Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds.",
        files::timerfd_gettime_ns,
    ),
    native(
        "timerfd_settime(fd, /, *, flags=0, initial=0.0, interval=0.0)",
        "Alter a timer file descriptor's internal timer in seconds.",
        files::timerfd_settime,
    ),
    native(
        "timerfd_settime_ns(fd, /, *, flags=0, initial=0, interval=0)",
        "Alter a timer file descriptor's internal timer in nanoseconds.",
        files::timerfd_settime_ns,
    ),
    native("unshare(flags)", "Disassociate parts of a process (or thread) execution context.", sched::unshare),
];

/// The types.
pub(super) static TYPES: &[&Type] = &[&sched::SCHED_PARAM];
