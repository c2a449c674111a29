//! Extended attributes, limits of file systems, event and timer descriptors, vectored input and output, spawning.

use std::ffi::CString;

use freeze_runtime::os::special::{self, Target};
use freeze_runtime::os::{files, libc};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{buffer, int};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use crate::convert::{self, Path};
use crate::structseq::{make, struct_seq};

use super::{done, number};

fn small(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    convert::c_int(vm, args.get(i))
}

/// A path, or a descriptor where an int was given.
enum Place {
    Path(Path, CString),
    Fd(i32),
}

impl Place {
    fn of(vm: &Vm, v: &Value, what: &str) -> PyResult<Place> {
        if int::is_int(v) {
            return Ok(Place::Fd(convert::c_int(vm, v)?));
        }
        let path = convert::path(vm, v, &format!("{what}: path"))?;
        let c = path.c(vm)?;
        Ok(Place::Path(path, c))
    }

    fn target(&self, vm: &Vm, what: &str, follow: bool) -> PyResult<Target<'_>> {
        match self {
            Place::Path(_, c) if follow => Ok(Target::Path(c)),
            Place::Path(_, c) => Ok(Target::Link(c)),
            Place::Fd(fd) if follow => Ok(Target::Fd(*fd)),
            Place::Fd(_) => Err(vm.value_error(format!("{what}: cannot use fd and follow_symlinks together"))),
        }
    }

    fn error(&self, vm: &Vm, e: &std::io::Error) -> freeze_runtime::Raised {
        match self {
            Place::Path(path, _) => path.error(vm, e),
            Place::Fd(_) => vm.os_error(e, None),
        }
    }
}

fn name(vm: &Vm, v: &Value, what: &str) -> PyResult<CString> {
    convert::path(vm, v, &format!("{what}: attribute"))?.c(vm)
}

pub(super) fn getxattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), "getxattr")?;
    let name = name(vm, args.get(1), "getxattr")?;
    let target = place.target(vm, "getxattr", args.opt_bool(vm, 2, true)?)?;
    let r = vm.allow_threads(|| target.attribute(&name));
    r.map(|v| PyBytes::from_vec(v).into_value()).map_err(|e| place.error(vm, &e))
}

pub(super) fn setxattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), "setxattr")?;
    let name = name(vm, args.get(1), "setxattr")?;
    let value = buffer::to_vec(vm, args.get(2))?;
    let flags = args.opt_i64(vm, 3, 0)? as i32;
    let target = place.target(vm, "setxattr", args.opt_bool(vm, 4, true)?)?;
    let r = vm.allow_threads(|| target.set_attribute(&name, &value, flags));
    r.map(|()| Value::NONE).map_err(|e| place.error(vm, &e))
}

pub(super) fn removexattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), "removexattr")?;
    let name = name(vm, args.get(1), "removexattr")?;
    let target = place.target(vm, "removexattr", args.opt_bool(vm, 2, true)?)?;
    let r = vm.allow_threads(|| target.remove_attribute(&name));
    r.map(|()| Value::NONE).map_err(|e| place.error(vm, &e))
}

pub(super) fn listxattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let here = vm.str(".");
    let place = Place::of(vm, args.opt_not_none(0).unwrap_or(&here), "listxattr")?;
    let target = place.target(vm, "listxattr", args.opt_bool(vm, 1, true)?)?;
    let r = vm.allow_threads(|| target.list_attributes());
    let list = r.map_err(|e| place.error(vm, &e))?;
    let names = list.split(|&b| b == 0).filter(|n| !n.is_empty());
    Ok(PyList::new(names.map(|n| convert::decode_fs(n).into_value()).collect()).into_value())
}

struct_seq! {
    pub(super) static STATVFS_RESULT = "os", "statvfs_result", "statvfs_result: Result from statvfs or fstatvfs.",
    ["f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail", "f_flag", "f_namemax"],
    ["f_fsid"]
}

pub(super) fn statvfs(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), args.name())?;
    let r = vm.allow_threads(|| match &place {
        Place::Path(_, c) => files::statvfs(c),
        Place::Fd(fd) => files::fstatvfs(*fd),
    });
    let s = r.map_err(|e| place.error(vm, &e))?;
    #[allow(clippy::useless_conversion, reason = "the fields are narrower on some targets")]
    let items = [
        u64::from(s.f_bsize),
        u64::from(s.f_frsize),
        s.f_blocks.into(),
        s.f_bfree.into(),
        s.f_bavail.into(),
        s.f_files.into(),
        s.f_ffree.into(),
        s.f_favail.into(),
        s.f_flag.into(),
        s.f_namemax.into(),
    ];
    let items = items.map(|n| int::from_big(n.into())).to_vec();
    #[allow(clippy::useless_conversion, reason = "narrower on some targets")]
    let fsid = u64::from(s.f_fsid);
    Ok(make(vm, &STATVFS_RESULT, items, &[("f_fsid", int::from_big(fsid.into()))]))
}

/// The number of a configuration value, by its name or as it was given.
fn config(vm: &Vm, v: &Value, table: &[(&str, i32)]) -> PyResult<i32> {
    match v.downcast::<PyStr>() {
        Some(s) => {
            let name = s.to_lossy();
            let found = table.iter().find(|(n, _)| *n == name).map(|(_, id)| *id);
            found.ok_or_else(|| vm.value_error("unrecognized configuration name"))
        }
        None if int::is_int(v) => convert::c_int(vm, v),
        None => Err(vm.type_error("configuration names must be strings or integers")),
    }
}

pub(super) fn pathconf(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let place = Place::of(vm, args.get(0), args.name())?;
    let id = config(vm, args.get(1), super::names::PATHCONF)?;
    let r = match &place {
        Place::Path(_, c) => files::pathconf(c, id),
        Place::Fd(fd) => files::fpathconf(*fd, id),
    };
    r.map(Value::int).map_err(|e| place.error(vm, &e))
}

pub(super) fn fpathconf(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let id = config(vm, args.get(1), super::names::PATHCONF)?;
    files::fpathconf(fd, id).map(Value::int).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn confstr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let id = config(vm, args.get(0), super::names::CONFSTR)?;
    let r = special::confstr(id).map_err(|e| vm.os_error(&e, None))?;
    Ok(r.map_or(Value::NONE, |text| convert::decode_fs(&text).into_value()))
}

pub(super) fn chroot(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = convert::path(vm, args.get(0), "chroot: path")?;
    let c = path.c(vm)?;
    special::chroot(&c).map(|()| Value::NONE).map_err(|e| path.error(vm, &e))
}

pub(super) fn ctermid(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str("/dev/tty"))
}

pub(super) fn ttyname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let r = special::ttyname(small(vm, &args, 0)?);
    r.map(|n| convert::decode_fs(&n).into_value()).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn mknod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = convert::path(vm, args.get(0), "mknod: path")?;
    let c = path.c(vm)?;
    let mode = args.opt_i64(vm, 1, 0o600)? as u32;
    let device = args.opt_i64(vm, 2, 0)? as u64;
    let dir = super::dir_fd(vm, args.opt(3))?;
    let r = vm.allow_threads(|| files::mknodat(dir, &c, mode, device));
    r.map(|()| Value::NONE).map_err(|e| path.error(vm, &e))
}

fn device(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<u64> {
    Ok(vm.to_i64(args.get(i))? as u64)
}

pub(super) fn major(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(libc::major(device(vm, &args, 0)? as libc::dev_t).into()))
}

pub(super) fn minor(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(libc::minor(device(vm, &args, 0)? as libc::dev_t).into()))
}

pub(super) fn makedev(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (small(vm, &args, 0)?, small(vm, &args, 1)?);
    #[allow(clippy::useless_conversion, reason = "narrower on some targets")]
    let device = u64::from(libc::makedev(a as u32, b as u32));
    Ok(int::from_big(device.into()))
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

fn buffers(vm: &Vm, v: &Value, what: &str) -> PyResult<Vec<Value>> {
    match v.has_layout::<PyStr>() || v.class().slots().getitem.is_none() {
        true => Err(vm.type_error(format!("{what}() arg 2 must be a sequence"))),
        false => vm.to_vec(v),
    }
}

fn read_into(vm: &Vm, args: &Args<'_>, offset: Option<i64>, flags: i32) -> PyResult<Value> {
    let fd = small(vm, args, 0)?;
    let targets: PyResult<Vec<_>> =
        buffers(vm, args.get(1), args.name())?.iter().map(|v| buffer::get_writable(vm, v)).collect();
    let targets = targets?;
    // Other threads may run meanwhile: what came is copied afterwards.
    let mut data: Vec<Vec<u8>> = targets.iter().map(|t| vec![0; t.len]).collect();
    let got = convert::retry(vm, || special::read_vectored(fd, &mut data, offset, flags))?;
    let got = got.map_err(|e| vm.os_error(&e, None))?;
    let mut left = got;
    for (target, data) in targets.iter().zip(&data) {
        let n = left.min(data.len());
        target.with_mut(|t| {
            let n = n.min(t.len());
            t[..n].copy_from_slice(&data[..n]);
        });
        left -= n;
    }
    Ok(Value::usize(got))
}

fn write_from(vm: &Vm, args: &Args<'_>, offset: Option<i64>, flags: i32) -> PyResult<Value> {
    let fd = small(vm, args, 0)?;
    let data: PyResult<Vec<_>> = buffers(vm, args.get(1), args.name())?.iter().map(|v| buffer::to_vec(vm, v)).collect();
    let data = data?;
    let r = convert::retry(vm, || special::write_vectored(fd, &data, offset, flags))?;
    r.map(Value::usize).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn readv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    read_into(vm, &args, None, 0)
}

pub(super) fn writev(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    write_from(vm, &args, None, 0)
}

pub(super) fn preadv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    read_into(vm, &args, Some(args.i64(vm, 2)?), args.opt_i64(vm, 3, 0)? as i32)
}

pub(super) fn pwritev(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    write_from(vm, &args, Some(args.i64(vm, 2)?), args.opt_i64(vm, 3, 0)? as i32)
}

/// One item of `file_actions`.
fn file_action(vm: &Vm, v: &Value) -> PyResult<special::FileAction> {
    let wrong = || vm.type_error("Each file_actions element must be a non-empty tuple");
    let items = v.downcast::<PyTuple>().map(|t| t.as_slice()).filter(|t| !t.is_empty()).ok_or_else(wrong)?;
    let number = |i: usize| convert::c_int(vm, &items[i]);
    match (vm.to_i64(&items[0])?, items.len()) {
        (0, 5) => {
            let path = convert::path(vm, &items[2], "posix_spawn: path")?.c(vm)?;
            Ok(special::FileAction::Open {
                fd: number(1)?,
                path,
                flags: number(3)?,
                mode: vm.to_i64(&items[4])? as u32,
            })
        }
        (1, 2) => Ok(special::FileAction::Close(number(1)?)),
        (2, 3) => Ok(special::FileAction::Dup { from: number(1)?, to: number(2)? }),
        (0, _) => Err(vm.type_error("A open file_action tuple must have 5 elements")),
        (1, _) => Err(vm.type_error("A close file_action tuple must have 2 elements")),
        (2, _) => Err(vm.type_error("A dup2 file_action tuple must have 3 elements")),
        _ => Err(vm.type_error("Unknown file_actions identifier")),
    }
}

fn spawn(vm: &Vm, args: &Args<'_>, search: bool) -> PyResult<Value> {
    let path = convert::path(vm, args.get(0), &format!("{}: path", args.name()))?;
    let program = path.c(vm)?;
    let v = args.get(1);
    if !v.has_layout::<PyTuple>() && !v.has_layout::<PyList>() {
        return Err(vm.type_error(format!("{}: argv must be a tuple or list", args.name())));
    }
    let argv = super::strings(vm, v, "argv")?;
    match argv.first() {
        None => return Err(vm.value_error(format!("{}: argv must not be empty", args.name()))),
        Some(first) if first.is_empty() => {
            return Err(vm.value_error(format!("{}: argv first element cannot be empty", args.name())));
        }
        Some(_) => {}
    }
    let env = match args.get(2) {
        v if v.is_none() => {
            let environ = vm.get_attr_str(&freeze_runtime::import::import_path(vm, "posix")?, "environ")?;
            super::procs::environment(vm, &environ)?
        }
        v if vm.get_attr_opt(v, &vm.names().keys)?.is_none() => {
            return Err(vm.type_error(format!("{}: environment must be a mapping object or None", args.name())));
        }
        v => super::procs::environment(vm, v)?,
    };
    let actions = match args.opt_not_none(3) {
        Some(v) => vm.to_vec(v)?.iter().map(|v| file_action(vm, v)).collect::<PyResult<Vec<_>>>()?,
        None => Vec::new(),
    };
    let signals = |i: usize| -> PyResult<Option<Vec<i32>>> {
        args.opt(i).map(|v| vm.to_vec(v)?.iter().map(|n| crate::_signal::checked(vm, n)).collect()).transpose()
    };
    let scheduler = match args.opt_not_none(9) {
        Some(v) => {
            let items = v.downcast::<PyTuple>().map(|t| t.as_slice()).filter(|t| t.len() == 2);
            let Some([policy, param]) = items else {
                return Err(vm.type_error("A scheduler tuple must have two elements"));
            };
            let policy = if policy.is_none() { None } else { Some(convert::c_int(vm, policy)?) };
            Some((policy, super::ids::priority(vm, param)?))
        }
        None => None,
    };
    let attributes = special::SpawnAttributes {
        group: args.opt(4).map(|v| convert::c_int(vm, v)).transpose()?,
        reset_ids: args.opt_bool(vm, 5, false)?,
        new_session: args.opt_bool(vm, 6, false)?,
        mask: signals(7)?,
        defaults: signals(8)?,
        scheduler,
    };
    special::spawn(&program, search, &argv, &env, &actions, &attributes)
        .map(|pid| Value::int(pid.into()))
        .map_err(|e| path.error(vm, &e))
}

pub(super) fn posix_spawn(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    spawn(vm, &args, false)
}

pub(super) fn posix_spawnp(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    spawn(vm, &args, true)
}
