//! Owners of files, and named pipes.

use freeze_runtime::os::{files, libc};
use freeze_runtime::types::int;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use super::dir_fd;
use super::paths::{done, one};
use crate::convert;

fn id_arg(vm: &Vm, v: &Value) -> PyResult<u32> {
    let n = vm.to_i64(v)?;
    if n == -1 { Ok(u32::MAX) } else { u32::try_from(n).map_err(|_| vm.overflow_error("uid is out of range")) }
}

pub(super) fn chown(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (uid, gid) = (id_arg(vm, args.get(1))?, id_arg(vm, args.get(2))?);
    if int::is_int(args.get(0)) {
        let fd = convert::c_int(vm, args.get(0))?;
        return files::fchown(fd, uid, gid).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None));
    }
    let p = one(vm, &args, "chown")?;
    let dir = dir_fd(vm, args.opt(3))?;
    let flags = if args.opt_bool(vm, 4, true)? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let c = p.c(vm)?;
    done(vm, &p, files::fchownat(dir, &c, uid, gid, flags))
}

pub(super) fn lchown(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (uid, gid) = (id_arg(vm, args.get(1))?, id_arg(vm, args.get(2))?);
    let p = one(vm, &args, "lchown")?;
    let c = p.c(vm)?;
    done(vm, &p, files::fchownat(libc::AT_FDCWD, &c, uid, gid, libc::AT_SYMLINK_NOFOLLOW))
}

pub(super) fn mkfifo(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args, "mkfifo")?;
    let mode = args.opt_i64(vm, 1, 0o666)? as u32;
    let dir = dir_fd(vm, args.opt(2))?;
    let c = p.c(vm)?;
    done(vm, &p, files::mkfifoat(dir, &c, mode))
}
