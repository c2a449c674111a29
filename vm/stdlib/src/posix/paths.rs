//! Functions of paths.

use freeze_runtime::os::{errno_error, files, libc};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use super::{dir_fd, virtual_fs};
use crate::convert::{self, Path};

pub(super) fn done(vm: &Vm, path: &Path, r: std::io::Result<()>) -> PyResult<Value> {
    r.map(|()| Value::NONE).map_err(|e| path.error(vm, &e))
}

/// The error for two paths.
fn done2(vm: &Vm, from: &Path, to: &Path, r: std::io::Result<()>) -> PyResult<Value> {
    r.map(|()| Value::NONE)
        .map_err(|e| freeze_runtime::types::exception::os_error(vm, &e, Some(&from.given), Some(&to.given)))
}

pub(super) fn one(vm: &Vm, args: &Args<'_>, name: &str) -> PyResult<Path> {
    convert::path(vm, args.get(0), &format!("{name}: path"))
}

pub(super) fn fspath(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.fspath(args.get(0))
}

pub(super) fn getcwd(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    files::getcwd().map(|p| convert::decode_fs(&p).into_value()).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn getcwdb(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    files::getcwd().map(|p| PyBytes::from_vec(p).into_value()).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn chdir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if int::is_int(args.get(0)) {
        let fd = convert::c_int(vm, args.get(0))?;
        return files::fchdir(fd).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, Some(args.get(0))));
    }
    let p = one(vm, &args, "chdir")?;
    let c = p.c(vm)?;
    done(vm, &p, files::chdir(&c))
}

pub(super) fn access(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args, "access")?;
    let mode = convert::c_int(vm, args.get(1))?;
    #[cfg(windows)]
    {
        dir_fd(vm, args.opt(2))?;
        if !args.opt_bool(vm, 4, true)? {
            return Err(super::unavailable(vm, "access: follow_symlinks"));
        }
        if args.opt_bool(vm, 3, false)? {
            return Err(super::unavailable(vm, "access: effective_ids"));
        }
    }
    if let Some(s) = virtual_fs::stat(vm, &p.bytes) {
        let dir = s == freeze_runtime::import::source::VirtualStat::Dir;
        return Ok(Value::bool(mode & libc::W_OK == 0 && (mode & libc::X_OK == 0 || dir)));
    }
    let dir = dir_fd(vm, args.opt(2))?;
    let mut flags = 0;
    if args.opt_bool(vm, 3, false)? {
        flags |= libc::AT_EACCESS;
    }
    if !args.opt_bool(vm, 4, true)? {
        flags |= libc::AT_SYMLINK_NOFOLLOW;
    }
    let c = p.c(vm)?;
    Ok(Value::bool(vm.allow_threads(|| files::faccessat(dir, &c, mode, flags)).is_ok()))
}

pub(super) fn chmod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mode = convert::c_int(vm, args.get(1))? as u32;
    if int::is_int(args.get(0)) {
        let fd = convert::c_int(vm, args.get(0))?;
        return files::fchmod(fd, mode).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None));
    }
    let p = one(vm, &args, "chmod")?;
    let dir = dir_fd(vm, args.opt(2))?;
    let flags = if args.opt_bool(vm, 3, true)? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let c = p.c(vm)?;
    done(vm, &p, files::fchmodat(dir, &c, mode, flags))
}

pub(super) fn mkdir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args, "mkdir")?;
    let mode = args.opt_i64(vm, 1, 0o777)? as u32;
    let dir = dir_fd(vm, args.opt(2))?;
    let c = p.c(vm)?;
    done(vm, &p, vm.allow_threads(|| files::mkdirat(dir, &c, mode)))
}

pub(super) fn unlink(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args, args.name())?;
    let dir = dir_fd(vm, args.opt(1))?;
    let c = p.c(vm)?;
    done(vm, &p, vm.allow_threads(|| files::unlinkat(dir, &c, 0)))
}

pub(super) fn rmdir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args, "rmdir")?;
    let dir = dir_fd(vm, args.opt(1))?;
    let c = p.c(vm)?;
    done(vm, &p, vm.allow_threads(|| files::unlinkat(dir, &c, libc::AT_REMOVEDIR)))
}

/// The two folders that a call with two paths may be given.
fn two_dir_fds(vm: &Vm, args: &Args<'_>) -> PyResult<(i32, i32)> {
    #[cfg(windows)]
    if args.opt_not_none(2).or_else(|| args.opt_not_none(3)).is_some() {
        return Err(super::unavailable(vm, &format!("{}: src_dir_fd and dst_dir_fd", args.name())));
    }
    Ok((dir_fd(vm, args.opt(2))?, dir_fd(vm, args.opt(3))?))
}

pub(super) fn rename(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let from = convert::path(vm, args.get(0), &format!("{}: src", args.name()))?;
    let to = convert::path(vm, args.get(1), &format!("{}: dst", args.name()))?;
    let (a, b) = two_dir_fds(vm, &args)?;
    let (cf, ct) = (from.c(vm)?, to.c(vm)?);
    let replaces = args.name() == "replace";
    let call = if replaces { files::replaceat } else { files::renameat };
    done2(vm, &from, &to, vm.allow_threads(|| call(a, &cf, b, &ct)))
}

pub(super) fn link(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let from = convert::path(vm, args.get(0), "link: src")?;
    let to = convert::path(vm, args.get(1), "link: dst")?;
    let (a, b) = two_dir_fds(vm, &args)?;
    let flags = if args.opt_bool(vm, 4, true)? { libc::AT_SYMLINK_FOLLOW } else { 0 };
    let (cf, ct) = (from.c(vm)?, to.c(vm)?);
    done2(vm, &from, &to, files::linkat(a, &cf, b, &ct, flags))
}

/// What a symbolic link is given: its target, itself, and the folder that it lies in.
pub(super) fn symlink_args(vm: &Vm, args: &Args<'_>) -> PyResult<(Path, Path)> {
    Ok((convert::path(vm, args.get(0), "symlink: src")?, convert::path(vm, args.get(1), "symlink: dst")?))
}

#[cfg(unix)]
pub(super) fn symlink(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (from, to) = symlink_args(vm, &args)?;
    let dir = dir_fd(vm, args.opt(3))?;
    let (cf, ct) = (from.c(vm)?, to.c(vm)?);
    done2(vm, &from, &to, files::symlinkat(&cf, dir, &ct))
}

#[cfg(windows)]
pub(super) fn symlink(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (from, to) = symlink_args(vm, &args)?;
    dir_fd(vm, args.opt(3))?;
    let (cf, ct) = (from.c(vm)?, to.c(vm)?);
    // Where the target is there, it knows best; a relative one begins in the link's folder.
    let folder = to.bytes.iter().rposition(|b| matches!(b, b'/' | b'\\')).map_or(&b""[..], |i| &to.bytes[..=i]);
    let at = std::ffi::CString::new([folder, &from.bytes].concat()).unwrap_or_default();
    let is_dir = |path| files::fstatat(0, path, 0).is_ok_and(|s| s.st_mode & libc::S_IFMT == libc::S_IFDIR);
    let is_dir = args.opt_bool(vm, 2, false)? || is_dir(&at) || is_dir(&cf);
    done2(vm, &from, &to, files::symlink(&cf, &ct, is_dir))
}

pub(super) fn readlink(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args, "readlink")?;
    if virtual_fs::stat(vm, &p.bytes).is_some() {
        return Err(p.error(vm, &errno_error(libc::EINVAL)));
    }
    let dir = dir_fd(vm, args.opt(1))?;
    let c = p.c(vm)?;
    files::readlinkat(dir, &c).map(|b| p.like(&b)).map_err(|e| p.error(vm, &e))
}

pub(super) fn truncate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let len = args.i64(vm, 1)?;
    if int::is_int(args.get(0)) {
        let fd = convert::c_int(vm, args.get(0))?;
        return files::ftruncate(fd, len).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None));
    }
    let p = one(vm, &args, "truncate")?;
    let c = p.c(vm)?;
    done(vm, &p, files::truncate(&c, len))
}

/// A pair of times as seconds and nanoseconds.
fn pair(vm: &Vm, v: &Value, nanos: bool) -> PyResult<[(i64, i64); 2]> {
    let Some([a, b]) = v.downcast::<PyTuple>().map(|t| t.as_slice()) else {
        return Err(vm.type_error(if nanos {
            "utime: 'ns' must be a tuple of two ints"
        } else {
            "utime: 'times' must be either a tuple of two ints or None"
        }));
    };
    let split = |v: &Value| -> PyResult<(i64, i64)> {
        if nanos {
            let n = vm.to_i64(v)?;
            return Ok((n.div_euclid(1_000_000_000), n.rem_euclid(1_000_000_000)));
        }
        if let Some(i) = v.as_small() {
            return Ok((i, 0));
        }
        let f = vm.to_f64(v)?;
        let s = f.floor();
        Ok((s as i64, (((f - s) * 1e9) as i64).min(999_999_999)))
    };
    Ok([split(a)?, split(b)?])
}

pub(super) fn utime(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let times = match (args.opt_not_none(1), args.opt_not_none(2)) {
        (Some(_), Some(_)) => {
            return Err(vm.value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        (Some(t), None) => Some(pair(vm, t, false)?),
        (None, Some(n)) => Some(pair(vm, n, true)?),
        (None, None) => None,
    };
    #[cfg(windows)]
    {
        dir_fd(vm, args.opt(3))?;
        if !args.opt_bool(vm, 4, true)? {
            return Err(super::unavailable(vm, "utime: follow_symlinks"));
        }
    }
    if int::is_int(args.get(0)) {
        let fd = convert::c_int(vm, args.get(0))?;
        return files::utimens(fd, None, times, 0).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None));
    }
    let p = one(vm, &args, "utime")?;
    let dir = dir_fd(vm, args.opt(3))?;
    let flags = if args.opt_bool(vm, 4, true)? { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let c = p.c(vm)?;
    done(vm, &p, files::utimens(dir, Some(&c), times, flags))
}
