//! `FileIO`: a file descriptor as a stream of bytes.

use std::cell::{Cell, RefCell};
use std::io;

use freeze_runtime::object::{GetSet, Layout, Slots, instance};
use freeze_runtime::os::{errno_error, errno_of, files, libc};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::base;
use crate::convert;

/// The payload of `FileIO`.
pub(crate) struct PyFileIO {
    pub(crate) fd: Cell<i32>,
    pub(crate) readable: Cell<bool>,
    pub(crate) writable: Cell<bool>,
    appending: Cell<bool>,
    created: Cell<bool>,
    closefd: Cell<bool>,
    pub(crate) seekable: Cell<Option<bool>>,
    pub(crate) blksize: Cell<usize>,
    /// Content of a bundled file, which has no descriptor.
    pub(crate) bundled: RefCell<Option<std::borrow::Cow<'static, [u8]>>>,
    pub(crate) bundled_at: Cell<usize>,
}

impl Payload for PyFileIO {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFileIO>();
        &L
    }
}

impl Drop for PyFileIO {
    fn drop(&mut self) {
        // The finalizer has closed it; this is for objects whose finalizer could not run.
        let fd = self.fd.get();
        if fd >= 0 && self.closefd.get() {
            let _ = files::close(fd);
        }
    }
}

fn this(v: &Value) -> &PyFileIO {
    v.downcast::<PyFileIO>().expect("slots of a type see its instances")
}

fn empty() -> PyFileIO {
    PyFileIO {
        fd: Cell::new(-1),
        readable: Cell::new(false),
        writable: Cell::new(false),
        appending: Cell::new(false),
        created: Cell::new(false),
        closefd: Cell::new(true),
        seekable: Cell::new(None),
        blksize: Cell::new(8192),
        bundled: RefCell::new(None),
        bundled_at: Cell::new(0),
    }
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(freeze_runtime::object::header::new_object_of(class, empty()))
}

/// A stream over a descriptor that stays open when the stream goes: the standard streams.
pub(crate) fn of_fd(vm: &Vm, fd: i32, write: bool, name: &str) -> Value {
    let f = empty();
    f.fd.set(fd);
    f.closefd.set(false);
    f.readable.set(!write);
    f.writable.set(write);
    let v = freeze_runtime::object::header::new_object_of(&FILE_IO, f);
    instance::set(&v, &vm.names().name, vm.str(name));
    v
}

/// A stream over the content of a bundled file.
// No caller yet: the bundled-file hook of `open` is to use it.
#[allow(dead_code)]
pub(crate) fn of_bundled(vm: &Vm, data: std::borrow::Cow<'static, [u8]>, name: Value) -> Value {
    let f = empty();
    f.readable.set(true);
    f.seekable.set(Some(true));
    f.bundled.replace(Some(data));
    let v = freeze_runtime::object::header::new_object_of(&FILE_IO, f);
    instance::set(&v, &vm.names().name, name);
    v
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = native("FileIO(self, file, mode='r', closefd=True, opener=None)", "", |vm, args| {
        open(vm, args)?;
        Ok(Value::NONE)
    });
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

fn bad_mode(vm: &Vm) -> Raised {
    vm.value_error("Must have exactly one of create/read/write/append mode and at most one plus")
}

fn open(vm: &Vm, args: Args<'_>) -> PyResult<()> {
    let f = args.payload::<PyFileIO>();
    if f.fd.get() >= 0 {
        let old = f.fd.replace(-1);
        if f.closefd.get() {
            files::close(old).map_err(|e| vm.os_error(&e, None))?;
        }
    }
    let file = args.get(1);
    if file.is_float() {
        return Err(vm.type_error("integer argument expected, got float"));
    }
    let mode = match args.opt_str(vm, 2)? {
        Some(m) => m.to_lossy().into_owned(),
        None => "r".to_owned(),
    };
    let closefd = args.opt_bool(vm, 3, true)?;
    let opener = args.opt_not_none(4);
    let (mut kind, mut plus, mut flags) = (None, false, files::STREAM_FLAGS);
    for c in mode.chars() {
        match c {
            'x' | 'r' | 'w' | 'a' => {
                if kind.replace(c).is_some() {
                    return Err(bad_mode(vm));
                }
            }
            'b' => {}
            '+' if !plus => plus = true,
            '+' => return Err(bad_mode(vm)),
            _ => return Err(vm.value_error(format!("invalid mode: {mode}"))),
        }
    }
    let Some(kind) = kind else { return Err(bad_mode(vm)) };
    f.readable.set(kind == 'r' || plus);
    f.writable.set(kind != 'r' || plus);
    f.appending.set(kind == 'a');
    f.created.set(kind == 'x');
    f.closefd.set(closefd);
    f.seekable.set(None);
    flags |= match kind {
        'x' => libc::O_EXCL | libc::O_CREAT,
        'w' => libc::O_CREAT | libc::O_TRUNC,
        'a' => libc::O_CREAT | libc::O_APPEND,
        _ => 0,
    };
    flags |= match (f.readable.get(), f.writable.get()) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    let own;
    if freeze_runtime::types::int::is_int(file) {
        let n = vm.to_i64(file)?;
        if n < 0 {
            return Err(vm.value_error("negative file descriptor"));
        }
        let n = i32::try_from(n).map_err(|_| vm.overflow_error("Python int too large to convert to C int"))?;
        if file.as_bool().is_some() {
            vm.warn_named("RuntimeWarning", "bool is used as a file descriptor", 1)?;
        }
        own = false;
        f.fd.set(n);
    } else {
        let path = convert::path(vm, file, "expected str, bytes or os.PathLike object")?;
        if !closefd {
            return Err(vm.value_error("Cannot use closefd=False with file name"));
        }
        own = true;
        crate::sys::audit(vm, "open", &[file.clone(), vm.str(&mode), Value::int(i64::from(flags))])?;
        if let Some(opener) = opener {
            let r = vm.call(opener, &[file.clone(), Value::int(i64::from(flags))])?;
            if !freeze_runtime::types::int::is_int(&r) {
                return Err(vm.type_error("expected integer from opener"));
            }
            let n = vm.to_i64(&r)?;
            if n < 0 {
                return Err(vm.value_error(format!("opener returned {n}")));
            }
            f.fd.set(n as i32);
            files::set_inheritable(n as i32, false).map_err(|e| vm.os_error(&e, None))?;
        } else if let Some(data) = crate::posix::virtual_fs::read(vm, &path.bytes) {
            if f.writable.get() {
                return Err(path.error(vm, &errno_error(libc::EROFS)));
            }
            f.seekable.set(Some(true));
            f.bundled_at.set(0);
            drop(f.bundled.replace(Some(data)));
            instance::set(args.this(), &vm.names().name, file.clone());
            return Ok(());
        } else {
            let c = path.c(vm)?;
            match convert::retry(vm, || files::openat(libc::AT_FDCWD, &c, flags, 0o666))? {
                Ok(n) => f.fd.set(n),
                Err(e) => {
                    return Err(if crate::posix::virtual_fs::is_dir(vm, &path.bytes) {
                        path.error(vm, &errno_error(libc::EISDIR))
                    } else {
                        vm.os_error(&e, Some(file))
                    });
                }
            }
        }
    }
    let fd = f.fd.get();
    match files::fstat(fd) {
        Ok(s) => {
            if s.st_mode & libc::S_IFMT == libc::S_IFDIR {
                if own {
                    f.fd.set(-1);
                    let _ = files::close(fd);
                } else {
                    f.fd.set(-1);
                }
                return Err(vm.os_error(&errno_error(libc::EISDIR), Some(file)));
            }
            if let Some(size) = files::block_size(&s) {
                f.blksize.set(size);
            }
            if s.st_mode & libc::S_IFMT == libc::S_IFREG {
                f.seekable.set(Some(true));
            }
        }
        Err(e) if errno_of(&e) == Some(libc::EBADF) => {
            f.fd.set(-1);
            return Err(vm.os_error(&e, Some(file)));
        }
        Err(_) => {}
    }
    if args.this().is_exact(&FILE_IO) {
        instance::set(args.this(), &vm.names().name, file.clone());
    } else if let Err(e) = vm.set_attr(args.this(), &vm.names().name, file.clone()) {
        // A subclass refuses: the descriptor is given back.
        f.fd.set(-1);
        if own {
            let _ = files::close(fd);
        }
        return Err(e);
    }
    if f.appending.get() {
        // Not every file can be positioned.
        let _ = files::lseek(fd, 0, libc::SEEK_END);
    }
    Ok(())
}

impl PyFileIO {
    /// Whether a descriptor is open that goes with the stream.
    pub(crate) fn owns_descriptor(&self) -> bool {
        self.fd.get() >= 0 && self.closefd.get()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.fd.get() < 0 && self.bundled.borrow().is_none()
    }

    fn check_open(&self, vm: &Vm) -> PyResult<()> {
        if self.is_closed() { Err(vm.value_error("I/O operation on closed file")) } else { Ok(()) }
    }

    fn check_readable(&self, vm: &Vm) -> PyResult<()> {
        self.check_open(vm)?;
        if self.readable.get() { Ok(()) } else { Err(base::unsupported(vm, "File not open for reading")) }
    }

    fn check_writable(&self, vm: &Vm) -> PyResult<()> {
        self.check_open(vm)?;
        if self.writable.get() { Ok(()) } else { Err(base::unsupported(vm, "File not open for writing")) }
    }

    /// Reads into `buf`; `None` when a read would block.
    pub(crate) fn read_into(&self, vm: &Vm, buf: &mut [u8]) -> PyResult<Option<usize>> {
        if let Some(data) = &*self.bundled.borrow() {
            let at = self.bundled_at.get().min(data.len());
            let n = buf.len().min(data.len() - at);
            buf[..n].copy_from_slice(&data[at..at + n]);
            self.bundled_at.set(at + n);
            return Ok(Some(n));
        }
        let fd = self.fd.get();
        match convert::retry(vm, || files::read(fd, buf))? {
            Ok(n) => Ok(Some(n)),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(e) => Err(vm.os_error(&e, None)),
        }
    }

    /// Writes from `buf`; `None` when a write would block.
    pub(crate) fn write_from(&self, vm: &Vm, buf: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.fd.get();
        match convert::retry(vm, || files::write(fd, buf))? {
            Ok(n) => {
                if n < buf.len() {
                    // A signal may have cut it short: its handler comes before the caller goes on.
                    vm.check_signals()?;
                }
                Ok(Some(n))
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(e) => Err(vm.os_error(&e, None)),
        }
    }

    /// Reads to the end; `None` when nothing came because it would block.
    pub(crate) fn read_all(&self, vm: &Vm) -> PyResult<Option<Vec<u8>>> {
        if let Some(data) = &*self.bundled.borrow() {
            let at = self.bundled_at.replace(data.len()).min(data.len());
            return Ok(Some(data[at..].to_vec()));
        }
        let fd = self.fd.get();
        let mut room = 8192;
        if let (Ok(s), Ok(at)) = (files::fstat(fd), files::lseek(fd, 0, libc::SEEK_CUR))
            && s.st_size >= at
        {
            room = (s.st_size - at) as usize + 1;
        }
        let mut out: Vec<u8> = Vec::new();
        loop {
            let have = out.len();
            out.resize(have + room, 0);
            let got = self.read_into(vm, &mut out[have..])?;
            out.truncate(have + got.unwrap_or(0));
            match got {
                None if out.is_empty() => return Ok(None),
                None | Some(0) => return Ok(Some(out)),
                Some(_) => {}
            }
            if out.len() == have + room {
                room = out.len().clamp(8192, 1 << 20);
            } else {
                room -= out.len() - have;
                room = room.max(1024);
            }
        }
    }

    /// Moves the position; the new one comes back.
    pub(crate) fn seek_to(&self, vm: &Vm, offset: i64, whence: i32) -> PyResult<i64> {
        self.check_open(vm)?;
        if let Some(data) = &*self.bundled.borrow() {
            let from = match whence {
                0 => 0,
                1 => self.bundled_at.get() as i64,
                _ => data.len() as i64,
            };
            let to = from.saturating_add(offset);
            if to < 0 {
                return Err(vm.errno_error(libc::EINVAL, None));
            }
            self.bundled_at.set(to as usize);
            return Ok(to);
        }
        files::lseek(self.fd.get(), offset, whence).map_err(|e| vm.os_error(&e, None))
    }

    pub(crate) fn can_seek(&self) -> bool {
        match self.seekable.get() {
            Some(b) => b,
            None => {
                let b = files::lseek(self.fd.get(), 0, libc::SEEK_CUR).is_ok();
                self.seekable.set(Some(b));
                b
            }
        }
    }
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_readable(vm)?;
    let n = base::size_arg(vm, &args, 1)?;
    if n < 0 {
        return readall(vm, args);
    }
    let mut buf = vec![0; n as usize];
    Ok(match f.read_into(vm, &mut buf)? {
        None => Value::NONE,
        Some(n) => {
            buf.truncate(n);
            PyBytes::from_vec(buf).into_value()
        }
    })
}

fn readall(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_readable(vm)?;
    Ok(f.read_all(vm)?.map_or(Value::NONE, |v| PyBytes::from_vec(v).into_value()))
}

fn readinto(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_readable(vm)?;
    let target = buffer::get_writable(vm, args.get(1))?;
    // The object's memory may not be touched without the lock, so the bytes pass through ours.
    let mut buf = vec![0; target.len];
    match f.read_into(vm, &mut buf)? {
        None => Ok(Value::NONE),
        Some(n) => {
            target.with_mut(|t| t[..n].copy_from_slice(&buf[..n]));
            Ok(Value::usize(n))
        }
    }
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_writable(vm)?;
    let data = buffer::to_vec(vm, args.get(1))?;
    Ok(f.write_from(vm, &data)?.map_or(Value::NONE, Value::usize))
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_open(vm)?;
    let offset = args.i64(vm, 1)?;
    let whence = args.opt_i64(vm, 2, 0)? as i32;
    f.seek_to(vm, offset, whence).map(Value::int)
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_open(vm)?;
    f.seek_to(vm, 0, libc::SEEK_CUR).map(Value::int)
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_writable(vm)?;
    let size = match args.opt_not_none(1) {
        Some(v) => vm.to_i64(v)?,
        None => f.seek_to(vm, 0, libc::SEEK_CUR)?,
    };
    let fd = f.fd.get();
    convert::retry(vm, || files::ftruncate(fd, size))?.map_err(|e| vm.os_error(&e, None))?;
    Ok(Value::int(size))
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    let replaced = || instance::get(args.this(), &vm.names().flush).is_some();
    if !f.is_closed() && (!args.this().is_exact(&FILE_IO) || replaced()) {
        let method = vm.get_attr_str(&base::RAW_IOBASE.as_value(), "close")?;
        let r = vm.call(&method, &[args.this().clone()]);
        close_fd(vm, f)?;
        return r;
    }
    close_fd(vm, f)?;
    Ok(Value::NONE)
}

fn close_fd(vm: &Vm, f: &PyFileIO) -> PyResult<()> {
    drop(f.bundled.take());
    let fd = f.fd.replace(-1);
    if fd >= 0 && f.closefd.get() {
        vm.allow_threads(|| files::close(fd)).map_err(|e| vm.os_error(&e, None))?;
    }
    Ok(())
}

fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let f = this(v);
    if f.owns_descriptor() {
        base::warn_leak(vm, v);
    }
    if f.is_closed() {
        return Ok(());
    }
    vm.call_method_name(v, &vm.names().close, &[]).map(drop)
}

fn fileno(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_open(vm)?;
    if f.fd.get() < 0 {
        return Err(base::unsupported(vm, "fileno"));
    }
    Ok(Value::small(i64::from(f.fd.get())))
}

fn readable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_open(vm)?;
    Ok(Value::bool(f.readable.get()))
}

fn writable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_open(vm)?;
    Ok(Value::bool(f.writable.get()))
}

fn seekable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_open(vm)?;
    Ok(Value::bool(f.can_seek()))
}

fn isatty(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFileIO>();
    f.check_open(vm)?;
    Ok(Value::bool(files::isatty(f.fd.get())))
}

pub(crate) fn mode_of(f: &PyFileIO) -> &'static str {
    let r = f.readable.get();
    if f.created.get() {
        if r { "xb+" } else { "xb" }
    } else if f.appending.get() {
        if r { "ab+" } else { "ab" }
    } else if r {
        if f.writable.get() { "rb+" } else { "rb" }
    } else {
        "wb"
    }
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let f = this(v);
    let class = if v.is_exact(&FILE_IO) { "_io.FileIO" } else { v.class().name() };
    if f.is_closed() {
        return Ok(vm.str(&format!("<{class} [closed]>")));
    }
    let close = if f.closefd.get() { "True" } else { "False" };
    let name = vm.get_attr_opt(v, &vm.names().name)?;
    let what = match name {
        Some(n) => match vm.guard_repr(v, || vm.repr(&n))? {
            Some(r) => format!("name={}", r.to_lossy()),
            None => return Err(vm.runtime_error("reentrant call inside _io.FileIO.__repr__")),
        },
        None => format!("fd={}", f.fd.get()),
    };
    Ok(vm.str(&format!("<{class} {what} mode='{}' closefd={close}>", mode_of(f))))
}

fn get_closed(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).is_closed()))
}
fn get_closefd(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).closefd.get()))
}
fn get_mode(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(PyStr::new(mode_of(this(v)).as_bytes()).into_value())
}
fn get_blksize(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::usize(this(v).blksize.get()))
}
fn set_blksize(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let n = vm.to_i64(&Value::or_none(new))?;
    this(v).blksize.set(n.max(1) as usize);
    Ok(())
}

static METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", base::no_pickle),
    native("_isatty_open_only(self, /)", "", isatty),
    native("close(self, /)", "Close the file.", close),
    native("fileno(self, /)", "Return the underlying file descriptor (an integer).", fileno),
    native("isatty(self, /)", "True if the file is connected to a TTY device.", isatty),
    native("read(self, size=-1, /)", "Read at most size bytes, returned as bytes.", read),
    native("readable(self, /)", "True if file was opened in a read mode.", readable),
    native("readall(self, /)", "Read all data from the file, returned as bytes.", readall),
    native("readinto(self, buffer, /)", "Same as RawIOBase.readinto().", readinto),
    native("seek(self, pos, whence=0, /)", "Move to new file position and return the file position.", seek),
    native("seekable(self, /)", "True if file supports random-access.", seekable),
    native("tell(self, /)", "Current file position.", tell),
    native(
        "truncate(self, size=None, /)",
        "Truncate the file to at most size bytes and return the truncated size.",
        truncate,
    ),
    native("writable(self, /)", "True if file was opened in a write mode.", writable),
    native("write(self, b, /)", "Write buffer b to file, return number of bytes written.", write),
];

static DEF: TypeDef = TypeDef {
    name: "FileIO",
    module: "_io",
    doc: "Open a file.",
    base: Some(&base::RAW_IOBASE),
    layout: PyFileIO::layout,
    flags: TypeFlags::BASETYPE
        | TypeFlags::IMMUTABLE
        | TypeFlags::DICT
        | TypeFlags::WEAKREFS
        | TypeFlags::HAS_FINALIZER,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), finalize: Some(finalize), ..Slots::EMPTY },
    methods: METHODS,
    getset: &[
        GetSet { name: "_blksize", doc: "", get: get_blksize, set: Some(set_blksize) },
        GetSet { name: "closed", doc: "True if the file is closed", get: get_closed, set: None },
        GetSet { name: "closefd", doc: "", get: get_closefd, set: None },
        GetSet { name: "mode", doc: "String giving the file mode", get: get_mode, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `_io.FileIO`
pub(crate) static FILE_IO: Type = Type::builtin(&DEF);
