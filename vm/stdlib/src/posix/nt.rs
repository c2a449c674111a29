//! The module `nt`: its functions, types and numbers.

use freeze_runtime::os::libc as c;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{ModuleDef, NativeDef, Value, Vm, native};

use super::{dirs, fds, nt_paths, nt_procs, paths, stat};

static FUNCTIONS: &[NativeDef] = &[
    native("_add_dll_directory(path)", "Add a path to the DLL search path.", nt_procs::add_dll_directory),
    native("_create_environ()", "Create the environment dictionary.", nt_procs::create_environ),
    native(
        "_exit(status)",
        "Exit to the system with specified status, without normal exit processing.",
        nt_procs::exit_now,
    ),
    native(
        "_findfirstfile(path, /)",
        "A function to get the real file name without accessing the file in Windows.",
        nt_paths::findfirstfile,
    ),
    native(
        "_getdiskusage(path)",
        "Return disk usage statistics about the given path as a (total, free) tuple.",
        nt_paths::getdiskusage,
    ),
    native("_getfinalpathname(path, /)", "A helper function for samepath on windows.", nt_paths::getfinalpathname),
    native("_getfullpathname(path, /)", "", nt_paths::getfullpathname),
    native("_getvolumepathname(path)", "A helper function for ismount on Win32.", nt_paths::getvolumepathname),
    native("_is_inputhook_installed()", "", nt_procs::is_inputhook_installed),
    native(
        "_path_exists(path)",
        "Test whether a path exists.  Returns False for broken symbolic links.",
        nt_paths::exists,
    ),
    native(
        "_path_isdevdrive(path)",
        "Determines whether the specified path is on a Windows Dev Drive.",
        nt_paths::isdevdrive,
    ),
    native("_path_isdir(s)", "Return true if the pathname refers to an existing directory.", nt_paths::isdir),
    native("_path_isfile(path)", "Test whether a path is a regular file.", nt_paths::isfile),
    native("_path_isjunction(path)", "Test whether a path is a junction.", nt_paths::isjunction),
    native("_path_islink(path)", "Test whether a path is a symbolic link.", nt_paths::islink),
    native(
        "_path_lexists(path)",
        "Test whether a path exists.  Returns True for broken symbolic links.",
        nt_paths::lexists,
    ),
    native("_path_splitroot(path)", "Removes everything after the root on Win32.", nt_paths::splitroot),
    native(
        "_remove_dll_directory(cookie)",
        "Removes only the specified directory from the DLL search path.",
        nt_procs::remove_dll_directory,
    ),
    native(
        "_supports_virtual_terminal()",
        "Checks if virtual terminal is supported in windows.",
        nt_procs::supports_virtual_terminal,
    ),
    native("abort()", "Abort the interpreter immediately.", nt_procs::abort),
    native(
        "access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
        "Use the real uid/gid to test for access to a path.",
        paths::access,
    ),
    native("chdir(path)", "Change the current working directory to the specified path.", paths::chdir),
    native(
        "chmod(path, mode, *, dir_fd=None, follow_symlinks=False)",
        "Change the access permissions of a file.",
        paths::chmod,
    ),
    native("close(fd)", "Close a file descriptor.", fds::close),
    native(
        "closerange(fd_low, fd_high, /)",
        "Closes all file descriptors in [fd_low, fd_high), ignoring errors.",
        fds::closerange,
    ),
    native("cpu_count()", "Return the number of logical CPUs in the system.", nt_procs::cpu_count),
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
        nt_procs::execv,
    ),
    native(
        "execve(path, argv, env)",
        "Execute an executable path with arguments, replacing current process.",
        nt_procs::execve,
    ),
    native("fchmod(fd, mode)", "Change the access permissions of the file given by file descriptor.", fds::fchmod),
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
        "get_handle_inheritable(handle, /)",
        "Get the close-on-exe flag of the specified file descriptor.",
        nt_procs::get_handle_inheritable,
    ),
    native(
        "get_inheritable(fd, /)",
        "Get the close-on-exe flag of the specified file descriptor.",
        fds::get_inheritable,
    ),
    native(
        "get_terminal_size(fd=1, /)",
        "Return the size of the terminal window as (columns, lines).",
        nt_procs::get_terminal_size,
    ),
    native("getcwd()", "Return a unicode string representing the current working directory.", paths::getcwd),
    native("getcwdb()", "Return a bytes string representing the current working directory.", paths::getcwdb),
    native("getlogin()", "Return the actual login name.", nt_procs::getlogin),
    native("getpid()", "Return the current process id.", nt_procs::getpid),
    native("getppid()", "Return the parent's process id.", nt_procs::getppid),
    native("isatty(fd, /)", "Return True if the fd is connected to a terminal.", fds::isatty),
    native("kill(pid, signal, /)", "Kill a process with a signal.", nt_procs::kill),
    native(
        "lchmod(path, mode)",
        "Change the access permissions of a file, without following symbolic links.",
        paths::chmod,
    ),
    native(
        "link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)",
        "Create a hard link to a file.",
        paths::link,
    ),
    native("listdir(path=None)", "Return a list containing the names of the files in the directory.", dirs::listdir),
    native("listdrives()", "Return a list containing the names of drives in the system.", nt_paths::listdrives),
    native(
        "listmounts(volume)",
        "Return a list containing mount points for a particular volume.",
        nt_paths::listmounts,
    ),
    native("listvolumes()", "Return a list containing the volumes in the system.", nt_paths::listvolumes),
    native(
        "lseek(fd, position, whence, /)",
        "Set the position of a file descriptor.  Return the new position.",
        fds::lseek,
    ),
    native(
        "lstat(path, *, dir_fd=None)",
        "Perform a stat system call on the given path, without following symbolic links.",
        stat::lstat,
    ),
    native("mkdir(path, mode=511, *, dir_fd=None)", "Create a directory.", paths::mkdir),
    native(
        "open(path, flags, mode=511, *, dir_fd=None)",
        "Open a file for low level IO.  Returns a file descriptor (integer).",
        fds::open,
    ),
    native("pipe()", "Create a pipe.", fds::pipe),
    native("putenv(name, value, /)", "Change or add an environment variable.", nt_procs::putenv),
    native("read(fd, length, /)", "Read from a file descriptor.  Returns a bytes object.", fds::read),
    native("readinto(fd, buffer, /)", "Read into a buffer object from a file descriptor.", fds::readinto),
    native(
        "readlink(path, *, dir_fd=None)",
        "Return a string representing the path to which the symbolic link points.",
        paths::readlink,
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
    native(
        "set_blocking(fd, blocking, /)",
        "Set the blocking mode of the specified file descriptor.",
        fds::set_blocking,
    ),
    native(
        "set_handle_inheritable(handle, inheritable, /)",
        "Set the inheritable flag of the specified handle.",
        nt_procs::set_handle_inheritable,
    ),
    native(
        "set_inheritable(fd, inheritable, /)",
        "Set the inheritable flag of the specified file descriptor.",
        fds::set_inheritable,
    ),
    native("spawnv(mode, path, argv, /)", "Execute the program specified by path in a new process.", nt_procs::spawnv),
    native(
        "spawnve(mode, path, argv, env, /)",
        "Execute the program specified by path in a new process.",
        nt_procs::spawnve,
    ),
    native(
        "startfile(filepath, operation=None, arguments='', cwd=None, show_cmd=1)",
        "Start a file with its associated application.",
        nt_procs::startfile,
    ),
    native(
        "stat(path, *, dir_fd=None, follow_symlinks=True)",
        "Perform a stat system call on the given path.",
        stat::stat,
    ),
    native("strerror(code, /)", "Translate an error code to a message string.", nt_procs::strerror),
    native(
        "symlink(src, dst, target_is_directory=False, *, dir_fd=None)",
        "Create a symbolic link pointing to src named dst.",
        paths::symlink,
    ),
    native("system(command)", "Execute the command in a subshell.", nt_procs::system),
    native("times()", "Return a collection containing process timing information.", nt_procs::times),
    native("truncate(path, length)", "Truncate a file, specified by path, to a specific length.", paths::truncate),
    native("umask(mask, /)", "Set the current numeric umask and return the previous umask.", fds::umask),
    native("unlink(path, *, dir_fd=None)", "Remove a file (same as remove()).", paths::unlink),
    native("unsetenv(name, /)", "Delete an environment variable.", nt_procs::unsetenv),
    native(
        "urandom(size, /)",
        "Return a bytes object containing random bytes suitable for cryptographic use.",
        nt_procs::urandom,
    ),
    native(
        "utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)",
        "Set the access and modified time of path.",
        paths::utime,
    ),
    native("waitpid(pid, options, /)", "Wait for completion of a given process.", nt_procs::waitpid),
    native(
        "waitstatus_to_exitcode(status)",
        "Convert a wait status to an exit code.",
        nt_procs::waitstatus_to_exitcode,
    ),
    native("write(fd, data, /)", "Write a bytes object to a file descriptor.", fds::write),
];

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), c::$name as i64)),*] };
}

const NUMBERS: &[(&str, i64)] = numbers! {
    F_OK R_OK W_OK X_OK O_RDONLY O_WRONLY O_RDWR O_APPEND O_CREAT O_EXCL O_TRUNC O_BINARY O_TEXT O_NOINHERIT O_TEMPORARY
    O_SHORT_LIVED O_SEQUENTIAL O_RANDOM
};

const MORE: &[(&str, i64)] = &[
    ("P_WAIT", 0),
    ("P_NOWAIT", 1),
    ("P_OVERLAY", 2),
    ("P_NOWAITO", 3),
    ("P_DETACH", 4),
    ("TMP_MAX", i32::MAX as i64),
    ("EX_OK", 0),
    ("_LOAD_LIBRARY_SEARCH_DEFAULT_DIRS", 0x1000),
    ("_LOAD_LIBRARY_SEARCH_APPLICATION_DIR", 0x200),
    ("_LOAD_LIBRARY_SEARCH_SYSTEM32", 0x800),
    ("_LOAD_LIBRARY_SEARCH_USER_DIRS", 0x400),
    ("_LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR", 0x100),
];

/// What `os` makes its sets `supports_…` of.
const HAVE: &[&str] = &["HAVE_FTRUNCATE", "MS_WINDOWS"];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for t in
        [&stat::STAT_RESULT, &super::TERMINAL_SIZE, &super::TIMES_RESULT, &nt_procs::UNAME_RESULT, &dirs::DIR_ENTRY]
    {
        ready(vm, t);
        d.set_text(t.name(), t.as_value());
    }
    ready(vm, &dirs::SCANDIR_ITERATOR);
    d.set_text("environ", nt_procs::environ(vm)?);
    for (name, n) in NUMBERS.iter().chain(MORE) {
        d.set_text(name, Value::int(*n));
    }
    d.set_text("_have_functions", PyList::new(HAVE.iter().map(|s| vm.str(s)).collect()).into_value());
    d.set_text("error", freeze_runtime::types::exception::OS_ERROR.as_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "nt",
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard.",
    functions: FUNCTIONS,
    init: Some(init),
};
