//! Paths as only Windows knows them: what `ntpath` asks for.

use freeze_runtime::import::source::VirtualStat;
use freeze_runtime::os::{self, files, libc};
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use super::virtual_fs;
use crate::convert::{self, Path};

fn one(vm: &Vm, args: &Args<'_>) -> PyResult<Path> {
    convert::path(vm, args.get(0), &format!("{}: path", args.name()))
}

fn answer(vm: &Vm, args: &Args<'_>, f: fn(&std::ffi::CStr) -> std::io::Result<Vec<u8>>) -> PyResult<Value> {
    let p = one(vm, args)?;
    let c = p.c(vm)?;
    vm.allow_threads(|| f(&c)).map(|b| p.like(&b)).map_err(|e| p.error(vm, &e))
}

pub(super) fn getfullpathname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    answer(vm, &args, os::paths::full)
}

pub(super) fn getfinalpathname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args)?;
    if virtual_fs::stat(vm, &p.bytes).is_some() {
        return answer(vm, &args, os::paths::full);
    }
    answer(vm, &args, os::paths::last)
}

pub(super) fn getvolumepathname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    answer(vm, &args, os::paths::volume)
}

/// The name as the folder has it.
pub(super) fn findfirstfile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args)?;
    let c = p.c(vm)?;
    let long = os::paths::long(&c).map_err(|e| p.error(vm, &e))?;
    let name = long.rsplit(|b| matches!(b, b'\\' | b'/')).next().unwrap_or_default();
    Ok(p.like(name))
}

pub(super) fn getdiskusage(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args)?;
    let c = p.c(vm)?;
    let (all, free) = vm.allow_threads(|| os::paths::disk_usage(&c)).map_err(|e| p.error(vm, &e))?;
    Ok(PyTuple::new(vec![int::from_big(all.into()), int::from_big(free.into())]).into_value())
}

pub(super) fn isdevdrive(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::FALSE)
}

pub(super) fn listdrives(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let drives = os::paths::drives().map_err(|e| vm.os_error(&e, None))?;
    Ok(PyList::new(drives.iter().map(|d| convert::decode_fs(d).into_value()).collect()).into_value())
}

pub(super) fn listvolumes(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let volumes = vm.allow_threads(os::paths::volumes).map_err(|e| vm.os_error(&e, None))?;
    Ok(PyList::new(volumes.iter().map(|v| convert::decode_fs(v).into_value()).collect()).into_value())
}

pub(super) fn listmounts(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = convert::path(vm, args.get(0), "listmounts: volume")?;
    let c = p.c(vm)?;
    let mounts = vm.allow_threads(|| os::paths::mounts(&c)).map_err(|e| p.error(vm, &e))?;
    Ok(PyList::new(mounts.iter().map(|m| convert::decode_fs(m).into_value()).collect()).into_value())
}

/// What a test of a path sees; nothing where there is none, or where it can't be one.
fn look(vm: &Vm, args: &Args<'_>, follow: bool) -> PyResult<Option<files::Stat>> {
    let v = args.get(0);
    if int::is_int(v) {
        let fd = convert::c_int(vm, v);
        return Ok(fd.ok().and_then(|fd| files::fstat(fd).ok()));
    }
    let path = match one(vm, args) {
        Ok(p) => p,
        // A NUL, a lone half of a character.
        Err(e) if convert::is_a(vm, &e, "ValueError") => return Ok(None),
        Err(e) => return Err(e),
    };
    if let Some(s) = virtual_fs::stat(vm, &path.bytes) {
        let st_mode = if s == VirtualStat::Dir { libc::S_IFDIR } else { libc::S_IFREG };
        return Ok(Some(files::Stat { st_mode, ..Default::default() }));
    }
    let c = path.c(vm)?;
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    Ok(vm.allow_threads(|| files::fstatat(libc::AT_FDCWD, &c, flags)).ok())
}

macro_rules! tests {
    ($($name:ident $follow:literal $test:expr;)*) => {$(
        pub(super) fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            let test: fn(files::Stat) -> bool = $test;
            Ok(Value::bool(look(vm, &args, $follow)?.is_some_and(test)))
        }
    )*};
}
tests! {
    exists true |_| true;
    lexists false |_| true;
    isdir true |s| s.st_mode & libc::S_IFMT == libc::S_IFDIR;
    isfile true |s| s.st_mode & libc::S_IFMT == libc::S_IFREG;
    islink false |s| s.st_mode & libc::S_IFMT == libc::S_IFLNK;
    isjunction false |s| s.st_reparse_tag == os::stat::TAG_MOUNT_POINT;
}

/// How long the drive or share and the root behind it are: of `C:\x` it is `C:\`, of `\\server\share\x` all but the `x`.
fn root_len(path: &[u8]) -> usize {
    let separator = |i: usize| path.get(i).is_some_and(|b| matches!(b, b'/' | b'\\'));
    let next = |from: usize| (from..path.len()).find(|&i| separator(i)).unwrap_or(path.len());
    let drive = |at: usize| path.get(at).is_some_and(u8::is_ascii_alphabetic) && path.get(at + 1) == Some(&b':');
    if separator(0) && separator(1) {
        let device = matches!(path.get(2), Some(b'?' | b'.')) && separator(3);
        if device && drive(4) {
            return 6 + usize::from(separator(6));
        }
        let start = if device && path[4..].starts_with(b"UNC") && separator(7) { 8 } else { 2 };
        let share = next(start);
        let end = if share < path.len() { next(share + 1) } else { share };
        return end + usize::from(separator(end));
    }
    if drive(0) {
        return 2 + usize::from(separator(2));
    }
    usize::from(separator(0))
}

pub(super) fn splitroot(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = one(vm, &args)?;
    let (root, rest) = p.bytes.split_at(root_len(&p.bytes));
    Ok(PyTuple::new(vec![p.like(root), p.like(rest)]).into_value())
}
