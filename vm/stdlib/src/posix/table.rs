//! The module `posix`: its functions, types and numbers.

use freeze_runtime::call::joined;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{ModuleDef, NativeDef, Value, Vm, native};

use super::{dirs, extras, fds, ids, names, owners, paths, platform, procs, stat, unix_fds};

static COMMON: &[NativeDef] = &[
    native("WCOREDUMP(status, /)", "", procs::wcoredump),
    native("WEXITSTATUS(status)", "", procs::wexitstatus),
    native("WIFCONTINUED(status)", "", procs::wifcontinued),
    native("WIFEXITED(status)", "", procs::wifexited),
    native("WIFSIGNALED(status)", "", procs::wifsignaled),
    native("WIFSTOPPED(status)", "", procs::wifstopped),
    native("WSTOPSIG(status)", "", procs::wstopsig),
    native("WTERMSIG(status)", "", procs::wtermsig),
    native(
        "_exit(status)",
        "Exit to the system with specified status, without normal exit processing.",
        procs::exit_now,
    ),
    native("abort()", "Abort the interpreter immediately.", procs::abort),
    native(
        "access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
        "Use the real uid/gid to test for access to a path.",
        paths::access,
    ),
    native("chdir(path)", "Change the current working directory to the specified path.", paths::chdir),
    native(
        "chmod(path, mode, *, dir_fd=None, follow_symlinks=True)",
        "Change the access permissions of a file.",
        paths::chmod,
    ),
    native(
        "chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
        "Change the owner and group id of path to the numeric uid and gid.",
        owners::chown,
    ),
    native("close(fd)", "Close a file descriptor.", fds::close),
    native(
        "closerange(fd_low, fd_high, /)",
        "Closes all file descriptors in [fd_low, fd_high), ignoring errors.",
        fds::closerange,
    ),
    native("cpu_count()", "Return the number of logical CPUs in the system.", procs::cpu_count),
    native(
        "device_encoding(fd)",
        "Return a string describing the encoding of a terminal's file descriptor.",
        fds::device_encoding,
    ),
    native("dup(fd, /)", "Return a duplicate of a file descriptor.", fds::dup),
    native("dup2(fd, fd2, inheritable=True)", "Duplicate file descriptor.", fds::dup2),
    native(
        "execv(path, argv, /)",
        "Execute an executable path with arguments, replacing current process.",
        procs::execv,
    ),
    native(
        "execve(path, argv, env)",
        "Execute an executable path with arguments, replacing current process.",
        procs::execve,
    ),
    native("fchdir(fd)", "Change to the directory of the given file descriptor.", unix_fds::fchdir),
    native("fchmod(fd, mode)", "Change the access permissions of the file given by file descriptor.", fds::fchmod),
    native(
        "fchown(fd, uid, gid)",
        "Change the owner and group id of the file specified by file descriptor.",
        unix_fds::fchown,
    ),
    native("fork()", "Fork a child process.", procs::fork),
    native(
        "forkpty()",
        "Fork a new process with a new pseudo-terminal as controlling tty.\n\nReturns a tuple of (pid, master_fd).",
        procs::forkpty,
    ),
    native("fspath(path)", "Return the file system path representation of the object.", paths::fspath),
    native("fstat(fd)", "Perform a stat system call on the given file descriptor.", stat::fstat),
    native("fsync(fd)", "Force write of fd to disk.", fds::fsync),
    native(
        "ftruncate(fd, length, /)",
        "Truncate a file, specified by file descriptor, to a specific length.",
        fds::ftruncate,
    ),
    native("get_blocking(fd, /)", "Get the blocking mode of the file descriptor.", fds::get_blocking),
    native(
        "get_inheritable(fd, /)",
        "Get the close-on-exe flag of the specified file descriptor.",
        fds::get_inheritable,
    ),
    native(
        "get_terminal_size(fd=1, /)",
        "Return the size of the terminal window as (columns, lines).",
        procs::get_terminal_size,
    ),
    native("getcwd()", "Return a unicode string representing the current working directory.", paths::getcwd),
    native("getcwdb()", "Return a bytes string representing the current working directory.", paths::getcwdb),
    native("getegid()", "Return the current process's effective group id.", procs::getegid),
    native("geteuid()", "Return the current process's effective user id.", procs::geteuid),
    native("getgid()", "Return the current process's group id.", procs::getgid),
    native("getgroups()", "Return list of supplemental group IDs for the process.", procs::getgroups),
    native("getloadavg()", "Return average recent system load information.", procs::getloadavg),
    native("getlogin()", "Return the actual login name.", procs::getlogin),
    native("getpgid(pid)", "Call the system call getpgid(), and return the result.", procs::getpgid),
    native("getpgrp()", "Return the current process group id.", procs::getpgrp),
    native("getpid()", "Return the current process id.", procs::getpid),
    native("getppid()", "Return the parent's process id.", procs::getppid),
    native("getsid(pid, /)", "Call the system call getsid(pid) and return the result.", procs::getsid),
    native("getuid()", "Return the current process's user id.", procs::getuid),
    native("isatty(fd, /)", "Return True if the fd is connected to a terminal.", fds::isatty),
    native("kill(pid, signal, /)", "Kill a process with a signal.", procs::kill),
    native("killpg(pgid, signal, /)", "Kill a process group with a signal.", procs::killpg),
    native(
        "link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)",
        "Create a hard link to a file.",
        paths::link,
    ),
    native("listdir(path=None)", "Return a list containing the names of the files in the directory.", dirs::listdir),
    native(
        "lockf(fd, command, length, /)",
        "Apply, test or remove a POSIX lock on an open file descriptor.",
        unix_fds::lockf,
    ),
    native(
        "lseek(fd, position, whence, /)",
        "Set the position of a file descriptor.  Return the new position.",
        fds::lseek,
    ),
    native(
        "login_tty(fd, /)",
        "Prepare the tty of which fd is a file descriptor for a new login session.",
        unix_fds::login_tty,
    ),
    native(
        "lstat(path, *, dir_fd=None)",
        "Perform a stat system call on the given path, without following symbolic links.",
        stat::lstat,
    ),
    native("mkdir(path, mode=0o777, *, dir_fd=None)", "Create a directory.", paths::mkdir),
    native("mkfifo(path, mode=0o666, *, dir_fd=None)", "Create a \"fifo\" (a POSIX named pipe).", owners::mkfifo),
    native("nice(increment, /)", "Add increment to the priority of process and return the new priority.", procs::nice),
    native(
        "open(path, flags, mode=0o777, *, dir_fd=None)",
        "Open a file for low level IO.  Returns a file descriptor (integer).",
        fds::open,
    ),
    native(
        "openpty()",
        "Open a pseudo-terminal.\n\nReturn a tuple of (master_fd, slave_fd) containing open file descriptors\nfor both the \
         master and slave ends.",
        unix_fds::openpty,
    ),
    native("pipe()", "Create a pipe.", fds::pipe),
    native(
        "posix_openpt(oflag, /)",
        "Open and return a file descriptor for a master pseudo-terminal device.",
        unix_fds::posix_openpt,
    ),
    native(
        "pread(fd, length, offset, /)",
        "Read a number of bytes from a file descriptor starting at a particular offset.",
        unix_fds::pread,
    ),
    native("putenv(name, value, /)", "Change or add an environment variable.", procs::putenv),
    native("grantpt(fd, /)", "Grant access to the slave pseudo-terminal device.", unix_fds::unlockpt),
    native("ptsname(fd, /)", "Return the name of the slave pseudo-terminal device.", unix_fds::ptsname),
    native("unlockpt(fd, /)", "Unlock a pseudo-terminal master/slave pair.", unix_fds::unlockpt),
    native(
        "pwrite(fd, buffer, offset, /)",
        "Write bytes to a file descriptor starting at a particular offset.",
        unix_fds::pwrite,
    ),
    native("read(fd, length, /)", "Read from a file descriptor.  Returns a bytes object.", fds::read),
    native(
        "readinto(fd, buffer, /)",
        "Read into a buffer object from a file descriptor.\n\nReturns the number of bytes read.",
        fds::readinto,
    ),
    native(
        "readlink(path, *, dir_fd=None)",
        "Return a string representing the path to which the symbolic link points.",
        paths::readlink,
    ),
    native(
        "register_at_fork(*, before=None, after_in_child=None, after_in_parent=None)",
        "Register callables to be called when forking a new process.",
        procs::register_at_fork,
    ),
    native("remove(path, *, dir_fd=None)", "Remove a file (same as unlink()).", paths::unlink),
    native("rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Rename a file or directory.", paths::rename),
    native(
        "replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
        "Rename a file or directory, overwriting the destination.",
        paths::rename,
    ),
    native("rmdir(path, *, dir_fd=None)", "Remove a directory.", paths::rmdir),
    native("scandir(path=None)", "Return an iterator of DirEntry objects for given path.", dirs::scandir),
    native("sched_yield()", "Voluntarily relinquish the CPU.", ids::sched_yield),
    native(
        "set_blocking(fd, blocking, /)",
        "Set the blocking mode of the specified file descriptor.",
        fds::set_blocking,
    ),
    native(
        "set_inheritable(fd, inheritable, /)",
        "Set the inheritable flag of the specified file descriptor.",
        fds::set_inheritable,
    ),
    native("setgid(gid, /)", "Set the current process's group id.", ids::setgid),
    native("setpgid(pid, pgrp, /)", "Call the system call setpgid(pid, pgrp).", procs::setpgid),
    native("setsid()", "Call the system call setsid().", procs::setsid),
    native("setuid(uid, /)", "Set the current process's user id.", ids::setuid),
    native(
        "stat(path, *, dir_fd=None, follow_symlinks=True)",
        "Perform a stat system call on the given path.",
        stat::stat,
    ),
    native("strerror(code, /)", "Translate an error code to a message string.", procs::strerror),
    native(
        "symlink(src, dst, target_is_directory=False, *, dir_fd=None)",
        "Create a symbolic link pointing to src named dst.",
        paths::symlink,
    ),
    native("sync()", "Force write of everything to disk.", unix_fds::sync),
    native("sysconf(name, /)", "Return an integer-valued system configuration variable.", procs::sysconf),
    native("system(command)", "Execute the command in a subshell.", procs::system),
    native("times()", "Return a collection containing process timing information.", procs::times),
    native("truncate(path, length)", "Truncate a file, specified by path, to a specific length.", paths::truncate),
    native("umask(mask, /)", "Set the current numeric umask and return the previous umask.", fds::umask),
    native("uname()", "Return an object identifying the current operating system.", procs::uname),
    native("unlink(path, *, dir_fd=None)", "Remove a file (same as remove()).", paths::unlink),
    native("unsetenv(name, /)", "Delete an environment variable.", procs::unsetenv),
    native(
        "urandom(size, /)",
        "Return a bytes object containing random bytes suitable for cryptographic use.",
        procs::urandom,
    ),
    native(
        "utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)",
        "Set the access and modified time of path.",
        paths::utime,
    ),
    native("wait()", "Wait for completion of a child process.", procs::wait),
    native("wait4(pid, options)", "Wait for completion of a specific child process.", procs::wait4),
    native("waitpid(pid, options, /)", "Wait for completion of a given child process.", procs::waitpid),
    native("waitstatus_to_exitcode(status)", "Convert a wait status to an exit code.", procs::waitstatus_to_exitcode),
    native("write(fd, data, /)", "Write a bytes object to a file descriptor.", fds::write),
    native("chroot(path)", "Change root directory to path.", extras::chroot),
    native("confstr(name, /)", "Return a string-valued system configuration variable.", extras::confstr),
    native("ctermid()", "Return the name of the controlling terminal for this process.", extras::ctermid),
    native(
        "fpathconf(fd, name, /)",
        "Return the configuration limit name for the file descriptor fd.",
        extras::fpathconf,
    ),
    native("fstatvfs(fd, /)", "Perform an fstatvfs system call on the given fd.", extras::statvfs),
    native("getgrouplist(user, group, /)", "Returns a list of groups to which a user belongs.", ids::getgrouplist),
    native("getpriority(which, who)", "Return program scheduling priority.", ids::getpriority),
    native("initgroups(username, gid, /)", "Initialize the group access list.", ids::initgroups),
    native(
        "lchown(path, uid, gid)",
        "Change the owner and group id of path to the numeric uid and gid.",
        owners::lchown,
    ),
    native("major(device, /)", "Extracts a device major number from a raw device number.", extras::major),
    native(
        "makedev(major, minor, /)",
        "Composes a raw device number from the major and minor device numbers.",
        extras::makedev,
    ),
    native("minor(device, /)", "Extracts a device minor number from a raw device number.", extras::minor),
    native("mknod(path, mode=0o600, device=0, *, dir_fd=None)", "Create a node in the file system.", extras::mknod),
    native(
        "pathconf(path, name)",
        "Return the configuration limit name for the file or directory path.",
        extras::pathconf,
    ),
    native(
        "posix_spawn(path, argv, env, /, *, file_actions=None, setpgroup=None, resetids=False, setsid=False, setsigmask=None, setsigdef=None, scheduler=None)",
        "Execute the program specified by path in a new process.",
        extras::posix_spawn,
    ),
    native(
        "posix_spawnp(path, argv, env, /, *, file_actions=None, setpgroup=None, resetids=False, setsid=False, setsigmask=None, setsigdef=None, scheduler=None)",
        "Execute the program specified by path in a new process.",
        extras::posix_spawnp,
    ),
    native(
        "preadv(fd, buffers, offset, flags=0, /)",
        "Reads from a file descriptor into a number of mutable bytes-like objects.",
        extras::preadv,
    ),
    native(
        "pwritev(fd, buffers, offset, flags=0, /)",
        "Writes the contents of bytes-like objects to a file descriptor at a given offset.",
        extras::pwritev,
    ),
    native("readv(fd, buffers, /)", "Read from a file descriptor fd into an iterable of buffers.", extras::readv),
    native(
        "sched_get_priority_max(policy)",
        "Get the maximum scheduling priority for policy.",
        ids::sched_get_priority_max,
    ),
    native(
        "sched_get_priority_min(policy)",
        "Get the minimum scheduling priority for policy.",
        ids::sched_get_priority_min,
    ),
    native("setegid(egid, /)", "Set the current process's effective group id.", ids::setegid),
    native("seteuid(euid, /)", "Set the current process's effective user id.", ids::seteuid),
    native("setgroups(groups, /)", "Set the groups of the current process to list.", ids::setgroups),
    native("setpgrp()", "Make the current process the leader of its process group.", ids::setpgrp),
    native("setpriority(which, who, priority)", "Set program scheduling priority.", ids::setpriority),
    native("setregid(rgid, egid, /)", "Set the current process's real and effective group ids.", ids::setregid),
    native("setreuid(ruid, euid, /)", "Set the current process's real and effective user ids.", ids::setreuid),
    native("statvfs(path)", "Perform a statvfs system call on the given path.", extras::statvfs),
    native(
        "tcgetpgrp(fd, /)",
        "Return the process group associated with the terminal specified by fd.",
        ids::tcgetpgrp,
    ),
    native(
        "tcsetpgrp(fd, pgid, /)",
        "Set the process group associated with the terminal specified by fd.",
        ids::tcsetpgrp,
    ),
    native("ttyname(fd, /)", "Return the name of the terminal device connected to 'fd'.", extras::ttyname),
    native("wait3(options)", "Wait for completion of a child process.", procs::wait3),
    native("waitid(idtype, id, options, /)", "Returns the result of waiting for a process or processes.", ids::waitid),
    native(
        "writev(fd, buffers, /)",
        "Iterate over buffers, and write the contents of each to a file descriptor.",
        extras::writev,
    ),
];

const COUNT: usize = COMMON.len() + platform::FUNCTIONS.len();
static FUNCTIONS: [NativeDef; COUNT] = joined([COMMON, platform::FUNCTIONS]);

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for t in [
        &stat::STAT_RESULT,
        &super::TERMINAL_SIZE,
        &super::TIMES_RESULT,
        &procs::UNAME_RESULT,
        &dirs::DIR_ENTRY,
        &extras::STATVFS_RESULT,
        &ids::WAITID_RESULT,
    ]
    .iter()
    .chain(platform::TYPES)
    {
        ready(vm, t);
        d.set_text(t.name(), t.as_value());
    }
    ready(vm, &dirs::SCANDIR_ITERATOR);
    let environ = PyDict::new_ref();
    {
        use std::os::unix::ffi::OsStrExt as _;
        for (k, v) in std::env::vars_os() {
            let k = PyBytes::new(k.as_bytes()).into_value();
            environ.set(vm, &k, PyBytes::new(v.as_bytes()).into_value())?;
        }
    }
    d.set_text("environ", environ.into_value());
    for (name, n) in names::NUMBERS.iter().chain(platform::names::NUMBERS).chain(names::EXITS) {
        d.set_text(name, Value::int(*n));
    }
    let sysconf = PyDict::new_ref();
    for (name, n) in platform::names::SYSCONF {
        sysconf.set_text(name, Value::small(i64::from(*n)));
    }
    d.set_text("sysconf_names", sysconf.into_value());
    for (name, table) in [("pathconf_names", platform::names::PATHCONF), ("confstr_names", platform::names::CONFSTR)] {
        let all = PyDict::new_ref();
        for (name, n) in table {
            all.set_text(name, Value::small(i64::from(*n)));
        }
        d.set_text(name, all.into_value());
    }
    let have = names::HAVE.iter().chain(platform::names::HAVE).map(|s| vm.str(s)).collect();
    d.set_text("_have_functions", PyList::new(have).into_value());
    d.set_text("error", freeze_runtime::types::exception::OS_ERROR.as_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "posix",
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard.",
    functions: &FUNCTIONS,
    init: Some(init),
};
