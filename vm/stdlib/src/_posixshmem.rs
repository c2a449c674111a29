//! `_posixshmem`: memory that processes share, by name.

use freeze_runtime::os::semaphore;
use freeze_runtime::{Args, ModuleDef, PyResult, Value, Vm, native};

use crate::_multiprocessing::c_name;
use crate::convert;

fn shm_open(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = args.str(vm, 0)?;
    let flags = convert::c_int(vm, args.get(1))?;
    let mode = args.opt_i64(vm, 2, 0o777)?;
    let name = c_name(vm, &path)?;
    let r = convert::retry(vm, || semaphore::shm_open(&name, flags, mode as u32))?;
    r.map(|fd| Value::small(fd.into())).map_err(|e| vm.os_error(&e, Some(path.as_value())))
}

fn shm_unlink(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = args.str(vm, 0)?;
    let name = c_name(vm, &path)?;
    semaphore::shm_unlink(&name).map_err(|e| vm.os_error(&e, Some(path.as_value())))?;
    Ok(Value::NONE)
}

/// The module `_posixshmem`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_posixshmem",
    doc: "POSIX shared memory module",
    functions: &[
        native(
            "shm_open(path, flags, mode=511)",
            "Open a shared memory object.  Returns a file descriptor (integer).",
            shm_open,
        ),
        native("shm_unlink(path)", "Remove a shared memory object (similar to unlink()).", shm_unlink),
    ],
    init: None,
};
