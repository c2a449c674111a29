//! Functions of file descriptors.

use freeze_runtime::os::{files, libc};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use crate::convert;

use super::{done, number};

pub(super) fn fd(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    convert::c_int(vm, args.get(i))
}

pub(super) fn open(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = convert::path(vm, args.get(0), "open: path")?;
    let flags = convert::c_int(vm, args.get(1))?;
    let mode = args.opt_i64(vm, 2, 0o777)? as u32;
    let dir = super::dir_fd(vm, args.opt(3))?;
    crate::sys::audit(vm, "open", &[args.get(0).clone(), Value::NONE, Value::int(i64::from(flags))])?;
    let c = p.c(vm)?;
    if let Some(data) = super::virtual_fs::read(vm, &p.bytes) {
        let n = files::with_content(&data).map_err(|e| p.error(vm, &e))?;
        return Ok(Value::small(i64::from(n)));
    }
    let r = convert::retry(vm, || files::openat(dir, &c, flags | libc::O_CLOEXEC, mode))?;
    r.map(|n| Value::small(i64::from(n))).map_err(|e| p.error(vm, &e))
}

pub(super) fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = fd(vm, &args, 0)?;
    done(vm, vm.allow_threads(|| files::close(n)))
}

pub(super) fn closerange(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (fd(vm, &args, 0)?, fd(vm, &args, 1)?);
    freeze_runtime::os::process::close_range(a.max(0), b - 1);
    Ok(Value::NONE)
}

pub(super) fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = fd(vm, &args, 0)?;
    let len = args.i64(vm, 1)?;
    let Ok(len) = usize::try_from(len) else { return Err(vm.errno_error(libc::EINVAL, None)) };
    let mut buf = vec![0; len.min(1 << 30)];
    let got = convert::retry(vm, || files::read(n, &mut buf))?.map_err(|e| vm.os_error(&e, None))?;
    buf.truncate(got);
    Ok(PyBytes::from_vec(buf).into_value())
}

pub(super) fn readinto(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = fd(vm, &args, 0)?;
    let target = buffer::get_writable(vm, args.get(1))?;
    // Other threads may run meanwhile: what came is copied afterwards.
    let mut buf = vec![0; target.len.min(1 << 30)];
    let got = convert::retry(vm, || files::read(n, &mut buf))?.map_err(|e| vm.os_error(&e, None))?;
    let fits = target.with_mut(|t| match t.get_mut(..got) {
        Some(t) => {
            t.copy_from_slice(&buf[..got]);
            true
        }
        None => false,
    });
    match fits {
        Some(true) => Ok(Value::usize(got)),
        _ => Err(vm.buffer_error("the buffer has no room for what was read")),
    }
}

pub(super) fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = fd(vm, &args, 0)?;
    let data = buffer::to_vec(vm, args.get(1))?;
    convert::retry(vm, || files::write(n, &data))?.map(Value::usize).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn lseek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let whence = convert::c_int(vm, args.get(2))?;
    files::lseek(fd(vm, &args, 0)?, args.i64(vm, 1)?, whence).map(Value::int).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn dup(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, files::dup(fd(vm, &args, 0)?, false))
}

pub(super) fn dup2(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let inheritable = args.opt_bool(vm, 2, true)?;
    number(vm, files::dup2(fd(vm, &args, 0)?, fd(vm, &args, 1)?, inheritable))
}

pub(super) fn make_pipe(vm: &Vm, flags: i32) -> PyResult<Value> {
    let [a, b] = files::pipe(flags).map_err(|e| vm.os_error(&e, None))?;
    Ok(PyTuple::new(vec![Value::small(i64::from(a)), Value::small(i64::from(b))]).into_value())
}

pub(super) fn pipe(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    make_pipe(vm, libc::O_CLOEXEC)
}

pub(super) fn isatty(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(files::isatty(fd(vm, &args, 0)?)))
}

pub(super) fn device_encoding(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(if files::isatty(fd(vm, &args, 0)?) { vm.str("utf-8") } else { Value::NONE })
}

pub(super) fn fchmod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, files::fchmod(fd(vm, &args, 0)?, fd(vm, &args, 1)? as u32))
}

pub(super) fn fsync(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = convert::fd(vm, args.get(0))?;
    done(vm, convert::retry(vm, || files::fsync(n))?)
}

pub(super) fn ftruncate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (n, len) = (convert::fd(vm, args.get(0))?, args.i64(vm, 1)?);
    done(vm, convert::retry(vm, || files::ftruncate(n, len))?)
}

pub(super) fn get_blocking(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    files::blocking(fd(vm, &args, 0)?).map(Value::bool).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn set_blocking(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, files::set_blocking(fd(vm, &args, 0)?, vm.is_true(args.get(1))?))
}

pub(super) fn get_inheritable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    files::inheritable(fd(vm, &args, 0)?).map(Value::bool).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn set_inheritable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, files::set_inheritable(fd(vm, &args, 0)?, vm.is_true(args.get(1))?))
}

pub(super) fn umask(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(i64::from(files::umask(fd(vm, &args, 0)? as u32))))
}
