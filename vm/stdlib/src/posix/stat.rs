//! `stat` and its result.

use freeze_runtime::import::source::VirtualStat;
use freeze_runtime::os::{files, libc};
use freeze_runtime::types::int;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use crate::convert;
use crate::structseq::{make, struct_seq};

#[cfg(target_os = "linux")]
struct_seq! {
    pub(super) static STAT_RESULT = "os", "stat_result", "stat_result: Result from stat, fstat, or lstat.",
    ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "_integer_atime", "_integer_mtime", "_integer_ctime"],
    ["st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev"]
}

#[cfg(target_vendor = "apple")]
struct_seq! {
    pub(super) static STAT_RESULT = "os", "stat_result", "stat_result: Result from stat, fstat, or lstat.",
    ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "_integer_atime", "_integer_mtime", "_integer_ctime"],
    ["st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev", "st_flags",
     "st_gen", "st_birthtime"]
}

#[cfg(windows)]
struct_seq! {
    pub(super) static STAT_RESULT = "os", "stat_result", "stat_result: Result from stat, fstat, or lstat.",
    ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "_integer_atime", "_integer_mtime", "_integer_ctime"],
    ["st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_birthtime", "st_birthtime_ns", "st_file_attributes", "st_reparse_tag"]
}

/// The result object.
pub(super) fn result(vm: &Vm, s: &files::Stat) -> Value {
    let items = vec![
        Value::int(i64::from(s.st_mode)),
        int::from_big(s.st_ino.into()),
        int::from_big(s.st_dev.into()),
        int::from_big(s.st_nlink.into()),
        Value::int(i64::from(s.st_uid)),
        Value::int(i64::from(s.st_gid)),
        Value::int(s.st_size),
        Value::int(s.st_atime),
        Value::int(s.st_mtime),
        Value::int(s.st_ctime),
    ];
    let time =
        |sec: i64, nano: i64| (Value::float(sec as f64 + nano as f64 * 1e-9), Value::int(sec * 1_000_000_000 + nano));
    let (a, an) = time(s.st_atime, s.st_atime_nsec);
    let (m, mn) = time(s.st_mtime, s.st_mtime_nsec);
    let (c, cn) = time(s.st_ctime, s.st_ctime_nsec);
    let times = [
        ("st_atime", a),
        ("st_mtime", m),
        ("st_ctime", c),
        ("st_atime_ns", an),
        ("st_mtime_ns", mn),
        ("st_ctime_ns", cn),
    ];
    make(vm, &STAT_RESULT, items, &times.into_iter().chain(further(s)).collect::<Vec<_>>())
}

/// What this platform tells besides.
#[cfg(unix)]
#[allow(clippy::unnecessary_cast)] // The C types are of other widths on other platforms.
fn further(s: &files::Stat) -> Vec<(&'static str, Value)> {
    vec![
        ("st_blksize", Value::int(s.st_blksize as i64)),
        ("st_blocks", Value::int(s.st_blocks)),
        ("st_rdev", int::from_big(s.st_rdev.into())),
        #[cfg(target_vendor = "apple")]
        ("st_flags", Value::int(s.st_flags.into())),
        #[cfg(target_vendor = "apple")]
        ("st_gen", Value::int(s.st_gen.into())),
        #[cfg(target_vendor = "apple")]
        ("st_birthtime", Value::float(s.st_birthtime as f64 + s.st_birthtime_nsec as f64 * 1e-9)),
    ]
}

/// What this platform tells besides.
#[cfg(windows)]
fn further(s: &files::Stat) -> Vec<(&'static str, Value)> {
    vec![
        ("st_birthtime", Value::float(s.st_ctime as f64 + s.st_ctime_nsec as f64 * 1e-9)),
        ("st_birthtime_ns", Value::int(s.st_ctime * 1_000_000_000 + s.st_ctime_nsec)),
        ("st_file_attributes", Value::int(s.st_file_attributes.into())),
        ("st_reparse_tag", Value::int(s.st_reparse_tag.into())),
    ]
}

/// The result for a bundled file: read-only, of no date.
pub(super) fn virtual_result(vm: &Vm, s: VirtualStat) -> Value {
    let (mode, len) = match s {
        VirtualStat::File { len } => (libc::S_IFREG | 0o444, len),
        VirtualStat::Dir => (libc::S_IFDIR | 0o555, 0),
    };
    let items = [i64::from(mode), 0, 0, 1, 0, 0, len as i64, 0, 0, 0].map(Value::int).to_vec();
    let zero = || Value::float(0.0);
    let none = || Value::small(0);
    let times = [
        ("st_atime", zero()),
        ("st_mtime", zero()),
        ("st_ctime", zero()),
        ("st_atime_ns", none()),
        ("st_mtime_ns", none()),
        ("st_ctime_ns", none()),
    ];
    let further = if cfg!(windows) {
        let attributes = if matches!(s, VirtualStat::Dir) { 0x11 } else { 0x1 };
        vec![
            ("st_birthtime", zero()),
            ("st_birthtime_ns", none()),
            ("st_file_attributes", Value::small(attributes)),
            ("st_reparse_tag", none()),
        ]
    } else {
        let mut all = vec![("st_blksize", Value::small(4096)), ("st_blocks", none()), ("st_rdev", none())];
        if cfg!(target_vendor = "apple") {
            all.extend([("st_flags", none()), ("st_gen", none()), ("st_birthtime", zero())]);
        }
        all
    };
    make(vm, &STAT_RESULT, items, &times.into_iter().chain(further).collect::<Vec<_>>())
}

pub(super) fn of_path(vm: &Vm, v: &Value, dir: i32, follow: bool, name: &str) -> PyResult<Value> {
    if int::is_int(v) {
        let fd = convert::c_int(vm, v)?;
        return files::fstat(fd).map(|s| result(vm, &s)).map_err(|e| vm.os_error(&e, None));
    }
    let path = convert::path(vm, v, &format!("{name}: path"))?;
    if let Some(s) = super::virtual_fs::stat(vm, &path.bytes) {
        return Ok(virtual_result(vm, s));
    }
    let c = path.c(vm)?;
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let r = vm.allow_threads(|| files::fstatat(dir, &c, flags));
    r.map(|s| result(vm, &s)).map_err(|e| path.error(vm, &e))
}

pub(super) fn stat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let dir = super::dir_fd(vm, args.opt(1))?;
    of_path(vm, args.get(0), dir, args.opt_bool(vm, 2, true)?, "stat")
}

pub(super) fn lstat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let dir = super::dir_fd(vm, args.opt(1))?;
    of_path(vm, args.get(0), dir, false, "lstat")
}

pub(super) fn fstat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::c_int(vm, args.get(0))?;
    files::fstat(fd).map(|s| result(vm, &s)).map_err(|e| vm.os_error(&e, None))
}
