//! Extended attributes, event and timer descriptors, copies within the kernel.

use std::ffi::CString;

use freeze_runtime::os::special::{self, Target};
use freeze_runtime::os::{files, libc};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{buffer, int};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use super::super::extras::{Place, small};
use super::super::fds::{fd, make_pipe};
use super::super::{done, number};
use crate::convert;

/// What a call on attributes is told of its file.
fn target<'a>(vm: &Vm, place: &'a Place, what: &str, follow: bool) -> PyResult<Target<'a>> {
    match place {
        Place::Path(_, c) if follow => Ok(Target::Path(c)),
        Place::Path(_, c) => Ok(Target::Link(c)),
        Place::Fd(fd) if follow => Ok(Target::Fd(*fd)),
        Place::Fd(_) => Err(vm.value_error(format!("{what}: cannot use fd and follow_symlinks together"))),
    }
}

fn name(vm: &Vm, v: &Value, what: &str) -> PyResult<CString> {
    convert::path(vm, v, &format!("{what}: attribute"))?.c(vm)
}

pub(super) fn getxattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), "getxattr")?;
    let name = name(vm, args.get(1), "getxattr")?;
    let target = target(vm, &place, "getxattr", args.opt_bool(vm, 2, true)?)?;
    let r = vm.allow_threads(|| target.attribute(&name));
    r.map(|v| PyBytes::from_vec(v).into_value()).map_err(|e| place.error(vm, &e))
}

pub(super) fn setxattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), "setxattr")?;
    let name = name(vm, args.get(1), "setxattr")?;
    let value = buffer::to_vec(vm, args.get(2))?;
    let flags = args.opt_i64(vm, 3, 0)? as i32;
    let target = target(vm, &place, "setxattr", args.opt_bool(vm, 4, true)?)?;
    let r = vm.allow_threads(|| target.set_attribute(&name, &value, flags));
    r.map(|()| Value::NONE).map_err(|e| place.error(vm, &e))
}

pub(super) fn removexattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), "removexattr")?;
    let name = name(vm, args.get(1), "removexattr")?;
    let target = target(vm, &place, "removexattr", args.opt_bool(vm, 2, true)?)?;
    let r = vm.allow_threads(|| target.remove_attribute(&name));
    r.map(|()| Value::NONE).map_err(|e| place.error(vm, &e))
}

pub(super) fn listxattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let here = vm.str(".");
    let place = Place::of(vm, args.opt_not_none(0).unwrap_or(&here), "listxattr")?;
    let target = target(vm, &place, "listxattr", args.opt_bool(vm, 1, true)?)?;
    let r = vm.allow_threads(|| target.list_attributes());
    let list = r.map_err(|e| place.error(vm, &e))?;
    let names = list.split(|&b| b == 0).filter(|n| !n.is_empty());
    Ok(PyList::new(names.map(|n| convert::decode_fs(n).into_value()).collect()).into_value())
}

pub(super) fn fdatasync(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    done(vm, convert::retry(vm, || special::fdatasync(fd).map(drop))?)
}

pub(super) fn posix_fallocate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (fd, offset, len) = (small(vm, &args, 0)?, args.i64(vm, 1)?, args.i64(vm, 2)?);
    done(vm, convert::retry(vm, || files::fallocate(fd, offset, len))?)
}

pub(super) fn posix_fadvise(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (fd, offset, len, advice) = (small(vm, &args, 0)?, args.i64(vm, 1)?, args.i64(vm, 2)?, small(vm, &args, 3)?);
    done(vm, convert::retry(vm, || files::fadvise(fd, offset, len, advice))?)
}

pub(super) fn memfd_create(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = convert::path(vm, args.get(0), "memfd_create: name")?.c(vm)?;
    number(vm, files::memfd_create(&name, args.opt_i64(vm, 1, libc::MFD_CLOEXEC.into())? as u32))
}

pub(super) fn eventfd(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let start = args.i64(vm, 0)?;
    let Ok(start) = u32::try_from(start) else {
        return Err(vm.overflow_error(if start < 0 {
            "can't convert negative value to unsigned int"
        } else {
            "Python int too large to convert to C unsigned int"
        }));
    };
    number(vm, special::eventfd(start, args.opt_i64(vm, 1, libc::EFD_CLOEXEC.into())? as i32))
}

pub(super) fn eventfd_read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let mut count = [0; 8];
    convert::retry(vm, || files::read(fd, &mut count))?.map_err(|e| vm.os_error(&e, None))?;
    Ok(int::from_big(u64::from_ne_bytes(count).into()))
}

pub(super) fn eventfd_write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let Ok(count) = u64::try_from(int::to_big(&vm.index(args.get(1))?)) else {
        return Err(vm.overflow_error("int too big to convert"));
    };
    let count = count.to_ne_bytes();
    done(vm, convert::retry(vm, || files::write(fd, &count))?.map(drop))
}

pub(super) fn timerfd_create(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let clock = small(vm, &args, 0)?;
    number(vm, special::timerfd_create(clock, args.opt_i64(vm, 1, 0)? as i32 | libc::TFD_CLOEXEC))
}

fn seconds(t: (i64, i64)) -> Value {
    let float = |n: i64| Value::float(n as f64 / 1e9);
    PyTuple::new(vec![float(t.0), float(t.1)]).into_value()
}

fn nanoseconds(t: (i64, i64)) -> Value {
    PyTuple::new(vec![Value::int(t.0), Value::int(t.1)]).into_value()
}

pub(super) fn timerfd_gettime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    special::timerfd_gettime(fd).map(seconds).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn timerfd_gettime_ns(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    special::timerfd_gettime(fd).map(nanoseconds).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn timerfd_settime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let time = |i: usize| -> PyResult<i64> {
        let seconds = args.opt(i).map_or(Ok(0.0), |v| vm.to_f64(v))?;
        if !seconds.is_finite() || seconds.abs() > 9.2e9 {
            return Err(vm.overflow_error("timestamp out of range for platform time_t"));
        }
        Ok((seconds * 1e9).round() as i64)
    };
    let flags = args.opt_i64(vm, 1, 0)? as i32;
    special::timerfd_settime(fd, flags, time(2)?, time(3)?).map(seconds).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn timerfd_settime_ns(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let (flags, value, interval) = (args.opt_i64(vm, 1, 0)?, args.opt_i64(vm, 2, 0)?, args.opt_i64(vm, 3, 0)?);
    let r = special::timerfd_settime(fd, flags as i32, value, interval);
    r.map(nanoseconds).map_err(|e| vm.os_error(&e, None))
}

/// What `copy_file_range` and `splice` have in common: descriptors, count, offsets.
fn transfer(
    vm: &Vm,
    args: &Args<'_>,
    mut call: impl FnMut(i32, Option<i64>, i32, Option<i64>, usize) -> std::io::Result<usize>,
) -> PyResult<Value> {
    let (from, to) = (small(vm, args, 0)?, small(vm, args, 1)?);
    let Ok(count) = usize::try_from(args.i64(vm, 2)?) else {
        return Err(vm.value_error("negative value for 'count' not allowed"));
    };
    let offset = |i: usize| args.opt_not_none(i).map(|v| vm.to_i64(v)).transpose();
    let (at, to_at) = (offset(3)?, offset(4)?);
    convert::retry(vm, || call(from, at, to, to_at, count))?.map(Value::usize).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn copy_file_range(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    transfer(vm, &args, files::copy_file_range)
}

pub(super) fn splice(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let flags = args.opt_i64(vm, 5, 0)? as u32;
    transfer(vm, &args, |from, at, to, to_at, n| special::splice(from, at, to, to_at, n, flags))
}

pub(super) fn pipe2(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    make_pipe(vm, fd(vm, &args, 0)?)
}

pub(super) fn sendfile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (out, input) = (fd(vm, &args, 0)?, fd(vm, &args, 1)?);
    let offset = match args.get(2) {
        v if v.is_none() => None,
        v => Some(vm.to_i64(v)?),
    };
    let count = args.i64(vm, 3)?.max(0) as usize;
    convert::retry(vm, || files::sendfile(out, input, offset, count))?
        .map(Value::usize)
        .map_err(|e| vm.os_error(&e, None))
}
