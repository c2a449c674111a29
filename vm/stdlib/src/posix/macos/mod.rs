//! What `posix` has on macOS alone.

pub(super) mod names;

use freeze_runtime::os::{files, special};
use freeze_runtime::types::buffer;
use freeze_runtime::types::exception::NOT_IMPLEMENTED_ERROR;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, NativeDef, Type, Value, Vm, native};

use super::extras::small;
use super::fds::fd;
use super::paths::one;
use super::{done, paths};
use crate::convert;

fn flags(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    let n = vm.to_i64(args.get(1))?;
    u32::try_from(n).map_err(|_| vm.overflow_error("flags are out of range"))
}

fn change_flags(vm: &Vm, args: &Args<'_>, follow: bool) -> PyResult<Value> {
    let (path, flags) = (one(vm, args, args.name())?, flags(vm, args)?);
    let c = path.c(vm)?;
    paths::done(vm, &path, vm.allow_threads(|| special::chflags(&c, flags, follow)))
}

fn chflags(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    change_flags(vm, &args, args.opt_bool(vm, 2, true)?)
}

fn lchflags(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    change_flags(vm, &args, false)
}

fn lchmod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = one(vm, &args, "lchmod")?;
    let (mode, c) = (small(vm, &args, 1)? as u32, path.c(vm)?);
    paths::done(vm, &path, vm.allow_threads(|| special::lchmod(&c, mode)))
}

fn fcopyfile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (from, to, flags) = (fd(vm, &args, 0)?, fd(vm, &args, 1)?, small(vm, &args, 2)? as u32);
    done(vm, vm.allow_threads(|| special::fcopyfile(from, to, flags)))
}

/// A sequence of buffers that go before or after a part of a file.
fn parts(vm: &Vm, v: Option<&Value>, what: &str) -> PyResult<Vec<Vec<u8>>> {
    let Some(v) = v else { return Ok(Vec::new()) };
    if v.class().slots().getitem.is_none() {
        return Err(vm.type_error(format!("sendfile() {what} must be a sequence")));
    }
    vm.to_vec(v)?.iter().map(|part| buffer::to_vec(vm, part)).collect()
}

fn sendfile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (out, input) = (fd(vm, &args, 0)?, fd(vm, &args, 1)?);
    let (offset, count) = (args.i64(vm, 2)?, args.i64(vm, 3)?);
    let (headers, trailers) = (parts(vm, args.opt(4), "headers")?, parts(vm, args.opt(5), "trailers")?);
    let flags = args.opt_i64(vm, 6, 0)? as i32;
    let r = convert::retry(vm, || files::sendfile(out, input, offset, count, &headers, &trailers, flags))?;
    r.map(Value::usize).map_err(|e| vm.os_error(&e, None))
}

/// The argument `scheduler` of `posix_spawn`, which macOS has not.
pub(super) fn scheduler(vm: &Vm, _v: &Value) -> PyResult<(Option<i32>, i32)> {
    Err(vm.new_error(&NOT_IMPLEMENTED_ERROR, "The scheduler option is not supported in this system."))
}

/// The functions.
pub(super) static FUNCTIONS: &[NativeDef] = &[
    native(
        "_fcopyfile(in_fd, out_fd, flags, /)",
        "Efficiently copy content or metadata of 2 regular file descriptors (macOS).",
        fcopyfile,
    ),
    native("chflags(path, flags, follow_symlinks=True)", "Set file flags.", chflags),
    native("lchflags(path, flags)", "Set file flags.", lchflags),
    native("lchmod(path, mode)", "Change the access permissions of a file, without following symbolic links.", lchmod),
    native(
        "sendfile(out_fd, in_fd, offset, count, headers=(), trailers=(), flags=0)",
        "Copy count bytes from file descriptor in_fd to file descriptor out_fd.",
        sendfile,
    ),
];

/// The types.
pub(super) static TYPES: &[&Type] = &[];
