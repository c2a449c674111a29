//! Functions of file descriptors that Windows has not.

use freeze_runtime::os::{files, libc, terminal};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use super::fds::fd;
use super::{done, number};
use crate::convert;

pub(super) fn pread(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (n, offset) = (fd(vm, &args, 0)?, args.i64(vm, 2)?);
    let Ok(len) = usize::try_from(args.i64(vm, 1)?) else { return Err(vm.errno_error(libc::EINVAL, None)) };
    let mut buf = vec![0; len.min(1 << 30)];
    let got = convert::retry(vm, || files::pread(n, &mut buf, offset))?.map_err(|e| vm.os_error(&e, None))?;
    buf.truncate(got);
    Ok(PyBytes::from_vec(buf).into_value())
}

pub(super) fn pwrite(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (n, offset) = (fd(vm, &args, 0)?, args.i64(vm, 2)?);
    let data = buffer::to_vec(vm, args.get(1))?;
    convert::retry(vm, || files::pwrite(n, &data, offset))?.map(Value::usize).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn lockf(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (n, command, len) = (fd(vm, &args, 0)?, fd(vm, &args, 1)?, args.i64(vm, 2)?);
    let (kind, wait) = match command {
        libc::F_ULOCK => (libc::F_UNLCK, false),
        libc::F_LOCK => (libc::F_WRLCK, true),
        libc::F_TLOCK => (libc::F_WRLCK, false),
        _ => return Err(vm.errno_error(libc::EINVAL, None)),
    };
    done(vm, convert::retry(vm, || files::lock_record(n, wait, kind as i16, libc::SEEK_CUR as i16, 0, len))?)
}

pub(super) fn openpty(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let (a, b) = terminal::open_pair().map_err(|e| vm.os_error(&e, None))?;
    Ok(PyTuple::new(vec![Value::small(i64::from(a)), Value::small(i64::from(b))]).into_value())
}

pub(super) fn posix_openpt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, terminal::open_master(fd(vm, &args, 0)? | libc::O_CLOEXEC))
}

pub(super) fn unlockpt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, terminal::unlock(fd(vm, &args, 0)?))
}

pub(super) fn ptsname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = terminal::slave_name(fd(vm, &args, 0)?).map_err(|e| vm.os_error(&e, None))?;
    Ok(convert::decode_fs(name.as_bytes()).into_value())
}

pub(super) fn login_tty(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, terminal::login(fd(vm, &args, 0)?))
}

pub(super) fn fchown(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, files::fchown(fd(vm, &args, 0)?, args.i64(vm, 1)? as u32, args.i64(vm, 2)? as u32))
}

pub(super) fn sync(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    vm.allow_threads(files::sync);
    Ok(Value::NONE)
}

pub(super) fn fchdir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, files::fchdir(convert::fd(vm, args.get(0))?))
}
