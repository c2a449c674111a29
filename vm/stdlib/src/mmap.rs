//! `mmap`: files as memory.

#[cfg_attr(unix, path = "mmap/unix.rs")]
#[cfg_attr(windows, path = "mmap/windows.rs")]
mod platform;

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::os::files;
use freeze_runtime::os::mapping::Mapping;
use freeze_runtime::types::buffer::{self, Buffer, BufferAccess};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::slice::{self, PySlice};
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::add_types;

/// What may be done with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Default = 0,
    Read = 1,
    Write = 2,
    /// Changes stay in this process.
    Copy = 3,
}

/// The payload of `mmap`.
pub struct MemoryMap {
    /// None once it is closed.
    mapping: RefCell<Option<Mapping>>,
    pos: Cell<usize>,
    access: Access,
    /// Our own copy of the descriptor, -1 for memory without a file.
    fd: Cell<i32>,
    offset: i64,
    exports: Cell<usize>,
}

impl Payload for MemoryMap {
    fn layout() -> &'static freeze_runtime::object::Layout {
        static L: freeze_runtime::object::Layout = freeze_runtime::object::Layout::of::<MemoryMap>();
        &L
    }
}

impl Drop for MemoryMap {
    fn drop(&mut self) {
        self.forget_file();
    }
}

impl MemoryMap {
    fn forget_file(&self) {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // Nobody is left to hear of a failure.
            files::close(fd).ok();
        }
    }

    /// Runs `f` on the bytes, or says that they are gone.
    fn with<R>(&self, vm: &Vm, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        match &*self.mapping.borrow() {
            Some(m) => Ok(m.with(f)),
            None => Err(vm.value_error("mmap closed or invalid")),
        }
    }

    /// Runs `f` on the bytes for writing.
    fn with_mut<R>(&self, vm: &Vm, f: impl FnOnce(&mut [u8]) -> R) -> PyResult<R> {
        if self.access == Access::Read {
            return Err(vm.type_error("mmap can't modify a readonly memory map."));
        }
        match &*self.mapping.borrow() {
            Some(m) => Ok(m.with_mut(f)),
            None => Err(vm.value_error("mmap closed or invalid")),
        }
    }

    fn len(&self, vm: &Vm) -> PyResult<usize> {
        self.with(vm, <[u8]>::len)
    }
}

fn this(v: &Value) -> &MemoryMap {
    v.downcast().expect("slots of mmap see maps")
}

/// The arguments of `mmap` by their names; the first two are needed, and all but the last may go without theirs.
fn arguments<const N: usize>(
    vm: &Vm,
    args: &CallArgs<'_>,
    names: &[&str; N],
    positional: usize,
) -> PyResult<[Option<Value>; N]> {
    let mut given = [const { None }; N];
    if args.positional().len() > positional {
        let n = args.positional().len();
        return Err(vm.type_error(format!("mmap() takes at most {positional} positional arguments ({n} given)")));
    }
    for (slot, v) in given.iter_mut().zip(args.positional()) {
        *slot = Some(v.clone());
    }
    for (name, v) in args.keywords() {
        let name = vm.to_str(name)?;
        let Some(i) = names.iter().position(|n| n.as_bytes() == name.as_bytes()) else {
            let name = name.to_lossy();
            return Err(vm.type_error(format!("mmap() got an unexpected keyword argument '{name}'")));
        };
        given[i] = Some(v.clone());
    }
    for (i, name) in names.iter().enumerate().take(2) {
        if given[i].is_none() {
            let place = i + 1;
            return Err(vm.type_error(format!("mmap() missing required argument '{name}' (pos {place})")));
        }
    }
    Ok(given)
}

/// How long a map of a file is to be: what was asked for, or what follows the offset.
fn length_in(vm: &Vm, size: i64, length: i64, offset: i64) -> PyResult<usize> {
    if length == 0 {
        if size == 0 {
            return Err(vm.value_error("cannot mmap an empty file"));
        }
        if offset >= size {
            return Err(vm.value_error("mmap offset is greater than file size"));
        }
        return Ok((size - offset) as usize);
    }
    Ok(length as usize)
}

fn check_sizes(vm: &Vm, length: i64, offset: i64) -> PyResult<()> {
    if length < 0 {
        return Err(vm.overflow_error("memory mapped length must be positive"));
    }
    if offset < 0 {
        return Err(vm.overflow_error("memory mapped offset must be positive"));
    }
    Ok(())
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    if m.exports.get() > 0 {
        return Err(vm.buffer_error("cannot close exported pointers exist"));
    }
    drop(m.mapping.take());
    m.forget_file();
    Ok(Value::NONE)
}

/// The bounds of an optional `start, end` pair, counted from the end where they are negative.
fn bounds(vm: &Vm, args: Args<'_>, start: i64, len: usize) -> PyResult<(usize, usize)> {
    let len = len as i64;
    let fit = |i: i64| (if i < 0 { (i + len).max(0) } else { i.min(len) }) as usize;
    let start = args.opt_not_none(2).map_or(Ok(start), |v| vm.to_i64(v))?;
    let end = args.opt_not_none(3).map_or(Ok(len), |v| vm.to_i64(v))?;
    Ok((fit(start), fit(end)))
}

fn found(place: Option<usize>, start: usize) -> Value {
    place.map_or(Value::small(-1), |i| Value::usize(start + i))
}

fn find(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let needle = buffer::to_vec(vm, args.get(1))?;
    let (start, end) = bounds(vm, args, m.pos.get() as i64, m.len(vm)?)?;
    let end = end.max(start);
    m.with(vm, |data| found(memchr::memmem::find(&data[start..end], &needle), start))
}

fn rfind(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let needle = buffer::to_vec(vm, args.get(1))?;
    let (start, end) = bounds(vm, args, m.pos.get() as i64, m.len(vm)?)?;
    let end = end.max(start);
    m.with(vm, |data| found(memchr::memmem::rfind(&data[start..end], &needle), start))
}

/// A part of the map for `flush` and `madvise`.
fn part(vm: &Vm, offset: i64, len: Option<i64>, whole: usize) -> PyResult<(usize, usize)> {
    let whole = whole as i64;
    let len = len.unwrap_or(whole - offset);
    if offset < 0 || len < 0 || whole - offset < len {
        return Err(vm.value_error("flush values out of range"));
    }
    Ok((offset as usize, len as usize))
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let len = args.opt(2).map(|v| vm.to_i64(v)).transpose()?;
    let (offset, len) = part(vm, args.opt_i64(vm, 1, 0)?, len, m.len(vm)?)?;
    if matches!(m.access, Access::Read | Access::Copy) {
        return Ok(Value::NONE);
    }
    let mapping = m.mapping.borrow();
    let Some(mapping) = &*mapping else { return Ok(Value::NONE) };
    mapping.flush(offset, len).map_err(|e| vm.os_error(&e, None))?;
    Ok(Value::NONE)
}

fn move_(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let (to, from, count) = (args.i64(vm, 1)?, args.i64(vm, 2)?, args.i64(vm, 3)?);
    let len = m.len(vm)? as i64;
    if to < 0 || from < 0 || count < 0 || len - to < count || len - from < count {
        return Err(vm.value_error("source, destination, or count out of range"));
    }
    m.with_mut(vm, |data| data.copy_within(from as usize..(from + count) as usize, to as usize))?;
    Ok(Value::NONE)
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let left = m.len(vm)?.saturating_sub(m.pos.get());
    let wanted = args.opt_not_none(1).map_or(Ok(-1), |v| vm.to_i64(v))?;
    let n = if wanted < 0 { left } else { left.min(wanted as usize) };
    let at = m.pos.get();
    m.pos.set(at + n);
    m.with(vm, |data| PyBytes::new(&data[at..at + n]).into_value())
}

fn read_byte(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let at = m.pos.get();
    match m.with(vm, |data| data.get(at).copied())? {
        Some(b) => {
            m.pos.set(at + 1);
            Ok(Value::small(b.into()))
        }
        None => Err(vm.value_error("read byte out of range")),
    }
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let at = m.pos.get();
    let line = m.with(vm, |data| {
        let rest = data.get(at..).unwrap_or_default();
        let n = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
        rest[..n].to_vec()
    })?;
    m.pos.set(at + line.len());
    Ok(PyBytes::from_vec(line).into_value())
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let (distance, whence) = (args.i64(vm, 1)?, args.opt_i64(vm, 2, 0)?);
    let len = m.len(vm)? as i64;
    let base = match whence {
        0 => 0,
        1 => m.pos.get() as i64,
        2 => len,
        _ => return Err(vm.value_error("unknown seek type")),
    };
    match base.checked_add(distance).filter(|to| (0..=len).contains(to)) {
        Some(to) => {
            m.pos.set(to as usize);
            Ok(Value::int(to))
        }
        None => Err(vm.value_error("seek out of range")),
    }
}

fn size(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let len = m.len(vm)?;
    Ok(platform::file_len(vm, m)?.map_or(Value::usize(len), Value::int))
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    m.len(vm)?;
    Ok(Value::usize(m.pos.get()))
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let data = buffer::to_vec(vm, args.get(1))?;
    let at = m.pos.get();
    let fits = m.with_mut(vm, |bytes| match bytes.get_mut(at..).and_then(|rest| rest.get_mut(..data.len())) {
        Some(place) => {
            place.copy_from_slice(&data);
            true
        }
        None => false,
    })?;
    if !fits {
        return Err(vm.value_error("data out of range"));
    }
    m.pos.set(at + data.len());
    Ok(Value::usize(data.len()))
}

/// A byte's value.
fn byte(vm: &Vm, v: &Value) -> PyResult<u8> {
    if !int::is_int(v) {
        return Err(vm.type_error("mmap item value must be an int"));
    }
    match u8::try_from(vm.to_i64(v)?) {
        Ok(b) => Ok(b),
        Err(_) => Err(vm.value_error("mmap item value must be in range(0, 256)")),
    }
}

fn write_byte(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let b = byte(vm, args.get(1))?;
    let at = m.pos.get();
    let fits = m.with_mut(vm, |bytes| bytes.get_mut(at).map(|place| *place = b).is_some())?;
    if !fits {
        return Err(vm.value_error("write byte out of range"));
    }
    m.pos.set(at + 1);
    Ok(Value::NONE)
}

fn enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<MemoryMap>().len(vm)?;
    Ok(args.this().clone())
}

/// The place of an item.
fn place(vm: &Vm, m: &MemoryMap, key: &Value) -> PyResult<usize> {
    let i = vm.to_index_clamped(key)?;
    let len = m.len(vm)? as isize;
    let i = if i < 0 { i + len } else { i };
    if (0..len).contains(&i) { Ok(i as usize) } else { Err(vm.index_error("mmap index out of range")) }
}

fn is_index(v: &Value) -> bool {
    int::is_int(v) || v.class().slots().index.is_some()
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let m = this(v);
    if is_index(key) {
        let i = place(vm, m, key)?;
        return m.with(vm, |data| Value::small(data[i].into()));
    }
    let Some(s) = key.downcast::<PySlice>() else {
        return Err(vm.type_error("mmap indices must be integers"));
    };
    let (start, _, step, count) = slice::resolve(vm, s, m.len(vm)?)?;
    m.with(vm, |data| PyBytes::from_vec(slice::pick(data, start, step, count)).into_value())
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let m = this(v);
    m.len(vm)?;
    let Some(value) = value else {
        return Err(vm.type_error("mmap object doesn't support item deletion"));
    };
    if is_index(key) {
        let (i, b) = (place(vm, m, key)?, byte(vm, &value)?);
        return m.with_mut(vm, |data| data[i] = b);
    }
    let Some(s) = key.downcast::<PySlice>() else {
        return Err(vm.type_error("mmap indices must be integers"));
    };
    let data = buffer::to_vec(vm, &value)?;
    let (start, _, step, count) = slice::resolve(vm, s, m.len(vm)?)?;
    if data.len() != count {
        return Err(vm.index_error("mmap slice assignment is wrong size"));
    }
    m.with_mut(vm, |bytes| {
        for (i, b) in (0..).zip(data) {
            bytes[(start + i * step) as usize] = b;
        }
    })
}

static ACCESS: BufferAccess = BufferAccess {
    read: |v, f| {
        if let Some(m) = &*this(v).mapping.borrow() {
            m.with(|data| f(data));
        }
    },
    write: Some(|v, f| {
        if let Some(m) = &*this(v).mapping.borrow() {
            m.with_mut(|data| f(data));
        }
    }),
    release: |v| this(v).exports.set(this(v).exports.get() - 1),
};

fn buffer_of(vm: &Vm, v: &Value, writable: bool) -> PyResult<Buffer> {
    let m = this(v);
    let len = m.len(vm)?;
    let readonly = m.access == Access::Read;
    if writable && readonly {
        return Err(vm.buffer_error("Object is not writable."));
    }
    m.exports.set(m.exports.get() + 1);
    Ok(Buffer::of_bytes(v.clone(), len, readonly, &ACCESS))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let m = this(v);
    let access = match m.access {
        Access::Default => "ACCESS_DEFAULT",
        Access::Read => "ACCESS_READ",
        Access::Write => "ACCESS_WRITE",
        Access::Copy => "ACCESS_COPY",
    };
    let class = v.class().name();
    Ok(vm.str(&match &*m.mapping.borrow() {
        None => format!("<mmap.{class} closed=True, access={access}>"),
        Some(mapping) => {
            let (len, pos, offset) = (mapping.len(), m.pos.get(), m.offset);
            format!("<mmap.{class} closed=False, access={access}, length={len}, pos={pos}, offset={offset}>")
        }
    }))
}

static METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "", enter),
    native("__exit__(self, exc_type, exc_value, traceback, /)", "", close),
    native("close(self, /)", "", close),
    native("find(self, view, start=<unrepresentable>, end=<unrepresentable>, /)", "", find),
    native("flush(self, offset=0, size=<unrepresentable>, /)", "", flush),
    #[cfg(unix)]
    native("madvise(self, option, start=0, length=None, /)", "", platform::madvise),
    native("move(self, dest, src, count, /)", "", move_),
    native("read(self, n=None, /)", "", read),
    native("read_byte(self, /)", "", read_byte),
    native("readline(self, /)", "", readline),
    #[cfg(any(target_os = "linux", windows))]
    native("resize(self, newsize, /)", "", platform::resize),
    native("rfind(self, view, start=<unrepresentable>, end=<unrepresentable>, /)", "", rfind),
    native("seek(self, dist, how=0, /)", "", seek),
    native("seekable(self, /)", "", |_, _| Ok(Value::TRUE)),
    native("size(self, /)", "", size),
    native("tell(self, /)", "", tell),
    native("write(self, bytes, /)", "", write),
    native("write_byte(self, byte, /)", "", write_byte),
];

static GETSET: &[GetSet] =
    &[GetSet { name: "closed", doc: "", get: |_, v| Ok(Value::bool(this(v).mapping.borrow().is_none())), set: None }];

static DEF: TypeDef = TypeDef {
    name: "mmap",
    module: "mmap",
    doc: "Maps a file, or memory without one, into the address space.",
    layout: MemoryMap::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(platform::new),
        repr: Some(repr),
        len: Some(|vm, v| this(v).len(vm)),
        getitem: Some(getitem),
        setitem: Some(setitem),
        buffer: Some(buffer_of),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
static MMAP: Type = Type::builtin(&DEF);

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&MMAP]);
    dict.set_text("error", freeze_runtime::types::exception::OS_ERROR.as_value());
    for &(name, n) in platform::constants() {
        dict.set_text(name, Value::small(n.into()));
    }
    let page = Value::usize(freeze_runtime::os::mapping::page_size());
    dict.set_text("PAGESIZE", page);
    dict.set_text("ALLOCATIONGRANULARITY", Value::usize(freeze_runtime::os::mapping::granularity()));
    Ok(())
}

/// The module `mmap`.
pub static MODULE: ModuleDef = ModuleDef { name: "mmap", doc: "", functions: &[], init: Some(init) };
