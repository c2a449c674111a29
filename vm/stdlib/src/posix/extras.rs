//! Limits of file systems, devices, vectored input and output, spawning.
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast, clippy::useless_conversion)]

use std::ffi::CString;

use freeze_runtime::os::{files, libc, special};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{buffer, int};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use crate::convert::{self, Path};
use crate::structseq::{make, struct_seq};

pub(super) fn small(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    convert::c_int(vm, args.get(i))
}

/// A path, or a descriptor where an int was given.
pub(super) enum Place {
    Path(Path, CString),
    Fd(i32),
}

impl Place {
    pub(super) fn of(vm: &Vm, v: &Value, what: &str) -> PyResult<Place> {
        if int::is_int(v) {
            return Ok(Place::Fd(convert::c_int(vm, v)?));
        }
        let path = convert::path(vm, v, &format!("{what}: path"))?;
        let c = path.c(vm)?;
        Ok(Place::Path(path, c))
    }

    pub(super) fn error(&self, vm: &Vm, e: &std::io::Error) -> freeze_runtime::Raised {
        match self {
            Place::Path(path, _) => path.error(vm, e),
            Place::Fd(_) => vm.os_error(e, None),
        }
    }
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
    let id = config(vm, args.get(1), super::platform::names::PATHCONF)?;
    let r = match &place {
        Place::Path(_, c) => files::pathconf(c, id),
        Place::Fd(fd) => files::fpathconf(*fd, id),
    };
    r.map(Value::int).map_err(|e| place.error(vm, &e))
}

pub(super) fn fpathconf(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let id = config(vm, args.get(1), super::platform::names::PATHCONF)?;
    files::fpathconf(fd, id).map(Value::int).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn confstr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let id = config(vm, args.get(0), super::platform::names::CONFSTR)?;
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
    Ok(Value::int(libc::major(device(vm, &args, 0)? as libc::dev_t) as i64))
}

pub(super) fn minor(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(libc::minor(device(vm, &args, 0)? as libc::dev_t) as i64))
}

pub(super) fn makedev(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (small(vm, &args, 0)?, small(vm, &args, 1)?);
    Ok(int::from_big(libc::makedev(a as _, b as _).into()))
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
    let scheduler = args.opt_not_none(9).map(|v| super::platform::scheduler(vm, v)).transpose()?;
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
