//! `posix` and `nt`: what `os` is made of. What both have stands in the files that both tables name.

mod dirs;
#[cfg(unix)]
mod extras;
mod fds;
#[cfg(unix)]
mod ids;
#[cfg(unix)]
mod names;
#[cfg(windows)]
mod nt;
#[cfg(windows)]
mod nt_paths;
#[cfg(windows)]
mod nt_procs;
#[cfg(unix)]
mod owners;
mod paths;
#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_vendor = "apple", path = "macos/mod.rs")]
#[cfg(unix)]
mod platform;
#[cfg(unix)]
mod procs;
mod stat;
#[cfg(unix)]
mod table;
#[cfg(unix)]
mod unix_fds;
pub(crate) mod virtual_fs;

#[cfg(unix)]
pub(crate) use ids::id;
#[cfg(windows)]
pub(crate) use nt::MODULE;
#[cfg(windows)]
pub(crate) use nt_procs::block as env_block;
#[cfg(unix)]
pub(crate) use procs::{after_fork_in_child, run_fork_hooks, strings, warn_of_threads};
#[cfg(unix)]
pub(crate) use table::MODULE;

use freeze_runtime::vm::PyResult;
use freeze_runtime::{Value, Vm};

use crate::structseq::struct_seq;

/// The name of the module, which its types show.
const NAME: &str = if cfg!(windows) { "nt" } else { "posix" };

struct_seq! {
    pub(super) static TERMINAL_SIZE = "os", "terminal_size", "A tuple of (columns, lines) for holding terminal window size",
    ["columns", "lines"], []
}
struct_seq! {
    pub(super) static TIMES_RESULT = NAME, "times_result", "times_result: Result from os.times().",
    ["user", "system", "children_user", "children_system", "elapsed"], []
}

/// Raises while the interpreter shuts down.
#[cfg(unix)]
pub(crate) fn not_at_the_end(vm: &Vm, message: &str) -> PyResult<()> {
    match vm.runtime().finalizing.get() {
        true => Err(vm.new_error(&freeze_runtime::types::exception::PYTHON_FINALIZATION_ERROR, message)),
        false => Ok(()),
    }
}

/// The `dir_fd` argument; the current folder when missing.
pub(crate) fn dir_fd(vm: &Vm, v: Option<&Value>) -> PyResult<i32> {
    match v.filter(|v| !v.is_none()) {
        None => Ok(freeze_runtime::os::libc::AT_FDCWD),
        Some(v) if v.class().slots().index.is_none() => {
            Err(vm.type_error(format!("argument should be integer or None, not {}", v.class().name())))
        }
        Some(v) => {
            let fd = crate::convert::c_int(vm, v)?;
            #[cfg(windows)]
            if fd != freeze_runtime::os::libc::AT_FDCWD {
                return Err(unavailable(vm, "dir_fd"));
            }
            Ok(fd)
        }
    }
}

/// For an argument that the platform's calls do not have.
#[cfg(windows)]
fn unavailable(vm: &Vm, what: &str) -> freeze_runtime::Raised {
    let class = &freeze_runtime::types::exception::NOT_IMPLEMENTED_ERROR;
    vm.new_error(class, &format!("{what} unavailable on this platform"))
}

/// What a call without a result gives.
fn done(vm: &Vm, r: std::io::Result<()>) -> PyResult<Value> {
    r.map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

/// What a call with a number as its result gives.
fn number(vm: &Vm, r: std::io::Result<i32>) -> PyResult<Value> {
    r.map(|n| Value::small(i64::from(n))).map_err(|e| vm.os_error(&e, None))
}
