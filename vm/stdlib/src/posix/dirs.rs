//! `listdir`, `scandir`, `DirEntry`.

// The C types are of other widths on other platforms.
#![allow(clippy::useless_conversion)]

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::os::{files, libc};
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, NativeDef, Payload, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::convert::{self, Path};

/// The entries of the folder that an argument names, and the argument itself.
fn entries(vm: &Vm, v: Option<&Value>, name: &str) -> PyResult<(Path, Vec<files::DirEntry>, Option<i32>)> {
    let dot = vm.str(".");
    let v = v.filter(|v| !v.is_none()).unwrap_or(&dot);
    if int::is_int(v) {
        let fd = convert::c_int(vm, v)?;
        let list = vm.allow_threads(|| files::read_dir(None, fd)).map_err(|e| vm.os_error(&e, Some(v)))?;
        return Ok((Path { given: v.clone(), bytes: vec![], is_bytes: false }, list, Some(fd)));
    }
    let path = convert::path(vm, v, &format!("{name}: path"))?;
    if let Some(list) = super::virtual_fs::list(vm, &path.bytes) {
        let kind = |dir: bool| if dir { libc::DT_DIR } else { libc::DT_REG };
        let list = list
            .into_iter()
            .map(|(n, dir)| files::DirEntry { name: n.into_bytes(), inode: 0, kind: kind(dir) })
            .collect();
        return Ok((path, list, None));
    }
    let c = path.c(vm)?;
    let list = vm.allow_threads(|| files::read_dir(Some(&c), -1)).map_err(|e| path.error(vm, &e))?;
    Ok((path, list, None))
}

pub(super) fn listdir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    crate::sys::audit(vm, "os.listdir", &[Value::or_none(args.opt(0).cloned())])?;
    let (path, list, _) = entries(vm, args.opt(0), "listdir")?;
    Ok(PyList::new(list.iter().map(|e| path.like(&e.name)).collect()).into_value())
}

/// The payload of `os.DirEntry`.
pub(crate) struct PyDirEntry {
    name: Value,
    path: Value,
    dir: i32,
    inode: u64,
    kind: u8,
    stat: RefCell<Value>,
    lstat: RefCell<Value>,
}

impl Payload for PyDirEntry {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyDirEntry>();
        &L
    }
}

fn entry(v: &Value) -> &PyDirEntry {
    v.downcast::<PyDirEntry>().expect("the descriptor checked the type")
}

impl PyDirEntry {
    fn stat(&self, vm: &Vm, follow: bool) -> PyResult<Value> {
        let cell = if follow { &self.stat } else { &self.lstat };
        let known = cell.borrow().clone();
        if !known.is_none() {
            return Ok(known);
        }
        let v = super::stat::of_path(vm, &self.path, self.dir, follow, "stat")?;
        drop(cell.replace(v.clone()));
        Ok(v)
    }

    fn is_kind(&self, vm: &Vm, follow: bool, kind: u8, mode: u32) -> PyResult<Value> {
        if self.kind != libc::DT_UNKNOWN && (self.kind != libc::DT_LNK || !follow) {
            return Ok(Value::bool(self.kind == kind));
        }
        let s = match self.stat(vm, follow) {
            Ok(s) => s,
            Err(e) if convert::is_a(vm, &e, "FileNotFoundError") => return Ok(Value::FALSE),
            Err(e) => return Err(e),
        };
        let m = vm.to_i64(&vm.get_attr_str(&s, "st_mode")?)? as u32;
        Ok(Value::bool(m & u32::from(libc::S_IFMT) == mode))
    }
}

fn is_dir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyDirEntry>().is_kind(vm, args.opt_bool(vm, 1, true)?, libc::DT_DIR, u32::from(libc::S_IFDIR))
}
fn is_file(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyDirEntry>().is_kind(vm, args.opt_bool(vm, 1, true)?, libc::DT_REG, u32::from(libc::S_IFREG))
}
fn is_symlink(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyDirEntry>().is_kind(vm, false, libc::DT_LNK, u32::from(libc::S_IFLNK))
}
#[cfg(unix)]
fn is_junction(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::FALSE)
}
#[cfg(windows)]
fn is_junction(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyDirEntry>().stat(vm, false)?;
    let tag = vm.to_i64(&vm.get_attr_str(&s, "st_reparse_tag")?)?;
    Ok(Value::bool(tag == i64::from(freeze_runtime::os::stat::TAG_MOUNT_POINT)))
}
fn entry_stat(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyDirEntry>().stat(vm, args.opt_bool(vm, 1, true)?)
}
fn inode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let entry = args.payload::<PyDirEntry>();
    if cfg!(windows) && entry.inode == 0 {
        return vm.get_attr_str(&entry.stat(vm, false)?, "st_ino");
    }
    Ok(int::from_big(entry.inode.into()))
}
fn fspath(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.payload::<PyDirEntry>().path.clone())
}
fn get_name(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(entry(v).name.clone())
}
fn get_path(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(entry(v).path.clone())
}
fn entry_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&format!("<DirEntry {}>", vm.repr(&entry(v).name)?.to_lossy())))
}

static ENTRY_METHODS: &[NativeDef] = &[
    native("__fspath__(self, /)", "Returns the path for the entry.", fspath),
    native("inode(self, /)", "Return inode of the entry; cached per entry.", inode),
    native(
        "is_dir(self, /, *, follow_symlinks=True)",
        "Return True if the entry is a directory; cached per entry.",
        is_dir,
    ),
    native(
        "is_file(self, /, *, follow_symlinks=True)",
        "Return True if the entry is a file; cached per entry.",
        is_file,
    ),
    native("is_junction(self, /)", "Return True if the entry is a junction; cached per entry.", is_junction),
    native("is_symlink(self, /)", "Return True if the entry is a symbolic link; cached per entry.", is_symlink),
    native(
        "stat(self, /, *, follow_symlinks=True)",
        "Return stat_result object for the entry; cached per entry.",
        entry_stat,
    ),
];

static ENTRY_DEF: TypeDef = TypeDef {
    name: "DirEntry",
    module: super::NAME,
    layout: PyDirEntry::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { repr: Some(entry_repr), ..Slots::EMPTY },
    methods: ENTRY_METHODS,
    getset: &[
        GetSet { name: "name", doc: "the entry's base filename", get: get_name, set: None },
        GetSet { name: "path", doc: "the entry's full path name", get: get_path, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `os.DirEntry`
pub(super) static DIR_ENTRY: Type = Type::builtin(&ENTRY_DEF);

/// The payload of `scandir`'s iterator.
pub(crate) struct PyScandir {
    path: Path,
    dir: i32,
    entries: RefCell<std::vec::IntoIter<files::DirEntry>>,
    closed: Cell<bool>,
}

impl Payload for PyScandir {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyScandir>();
        &L
    }
}

pub(super) fn scandir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    crate::sys::audit(vm, "os.scandir", &[Value::or_none(args.opt(0).cloned())])?;
    let (path, list, fd) = entries(vm, args.opt(0), "scandir")?;
    let it = PyScandir {
        path,
        dir: fd.unwrap_or(libc::AT_FDCWD),
        entries: RefCell::new(list.into_iter()),
        closed: Cell::new(false),
    };
    Ok(Ref::new(&SCANDIR_ITERATOR, it).into_value())
}

fn scan_next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let s = v.downcast::<PyScandir>().expect("slots of a type see its instances");
    if s.closed.get() {
        return Ok(None);
    }
    let Some(e) = s.entries.borrow_mut().next() else {
        s.closed.set(true);
        return Ok(None);
    };
    let mut full = s.path.bytes.clone();
    if full.last().is_some_and(|b| !(std::path::is_separator(char::from(*b)) || cfg!(windows) && *b == b':')) {
        full.push(std::path::MAIN_SEPARATOR as u8);
    }
    full.extend_from_slice(&e.name);
    let entry = PyDirEntry {
        name: s.path.like(&e.name),
        path: s.path.like(&full),
        dir: s.dir,
        inode: e.inode,
        kind: e.kind,
        stat: RefCell::new(Value::NONE),
        lstat: RefCell::new(Value::NONE),
    };
    Ok(Some(Ref::new(&DIR_ENTRY, entry).into_value()))
}

fn scan_iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.clone())
}
fn scan_close(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyScandir>().closed.set(true);
    Ok(Value::NONE)
}
fn scan_enter(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.this().clone())
}

static SCAN_METHODS: &[NativeDef] = &[
    native("__enter__(self)", "", scan_enter),
    native("__exit__(self, *args)", "", scan_close),
    native("close(self)", "", scan_close),
];

static SCAN_DEF: TypeDef = TypeDef {
    name: "ScandirIterator",
    module: super::NAME,
    layout: PyScandir::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(scan_iter), next: Some(scan_next), ..Slots::EMPTY },
    methods: SCAN_METHODS,
    ..TypeDef::EMPTY
};
pub(super) static SCANDIR_ITERATOR: Type = Type::builtin(&SCAN_DEF);
