//! What POSIX has of its own: flags and protection, advice.

#[cfg_attr(target_vendor = "apple", path = "numbers_apple.rs")]
mod numbers;

use std::cell::{Cell, RefCell};

use freeze_runtime::os::mapping::Mapping;
use freeze_runtime::os::{files, libc};
use freeze_runtime::{Args, CallArgs, PyResult, Ref, Type, Value, Vm};

use super::{Access, MemoryMap, arguments, check_sizes, length_in};

const NAMES: [&str; 7] = ["fileno", "length", "flags", "prot", "access", "offset", "trackfd"];

pub(super) fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let given = arguments(vm, &args, &NAMES, 6)?;
    let number = |i: usize, default: i64| given[i].as_ref().map_or(Ok(default), |v| vm.to_i64(v));
    let (fd, length) = (number(0, -1)? as i32, number(1, 0)?);
    let mut flags = number(2, libc::MAP_SHARED.into())? as i32;
    let mut prot = number(3, (libc::PROT_READ | libc::PROT_WRITE).into())? as i32;
    let (kind, offset) = (number(4, 0)?, number(5, 0)?);
    let track = given[6].as_ref().map_or(Ok(true), |v| vm.is_true(v))?;
    check_sizes(vm, length, offset)?;
    if kind != 0 && (given[2].is_some() || given[3].is_some()) {
        return Err(vm.value_error("mmap can't specify both access and flags, prot."));
    }
    let access = match kind {
        0 if prot & libc::PROT_WRITE != 0 || prot & libc::PROT_READ == 0 => Access::Default,
        0 => Access::Read,
        1 => Access::Read,
        2 => Access::Write,
        3 => Access::Copy,
        _ => return Err(vm.value_error("mmap invalid access parameter.")),
    };
    match kind {
        1 => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ),
        2 => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ | libc::PROT_WRITE),
        3 => (flags, prot) = (libc::MAP_PRIVATE, libc::PROT_READ | libc::PROT_WRITE),
        _ => {}
    }
    let mut len = length as usize;
    if fd != -1 {
        let size = files::fstat(fd).map_err(|e| vm.os_error(&e, None))?.st_size;
        len = length_in(vm, size, length, offset)?;
        if length != 0 && size > 0 && (offset > size || size - offset < length) {
            return Err(vm.value_error("mmap length is greater than file size"));
        }
    } else {
        flags |= libc::MAP_ANONYMOUS;
    }
    if len == 0 {
        return Err(vm.errno_error(libc::EINVAL, None));
    }
    let own = if fd != -1 && track { files::dup(fd, false).map_err(|e| vm.os_error(&e, None))? } else { -1 };
    let map = MemoryMap {
        mapping: RefCell::new(None),
        pos: Cell::new(0),
        access,
        fd: Cell::new(own),
        offset,
        exports: Cell::new(0),
    };
    let mapping = Mapping::new(fd, len, prot, flags, offset).map_err(|e| vm.os_error(&e, None))?;
    *map.mapping.borrow_mut() = Some(mapping);
    Ok(Ref::new(class, map).into_value())
}

/// The length of the file behind a map.
pub(super) fn file_len(vm: &Vm, m: &MemoryMap) -> PyResult<Option<i64>> {
    match m.fd.get() {
        fd if fd < 0 => Ok(None),
        fd => Ok(Some(files::fstat(fd).map_err(|e| vm.os_error(&e, None))?.st_size)),
    }
}

pub(super) fn madvise(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let (advice, start) = (args.i64(vm, 1)?, args.opt_i64(vm, 2, 0)?);
    let whole = m.len(vm)?;
    if start < 0 || start >= whole as i64 {
        return Err(vm.value_error("madvise start out of bounds"));
    }
    let len = args.opt_not_none(3).map_or(Ok(whole as i64), |v| vm.to_i64(v))?;
    if len < 0 {
        return Err(vm.value_error("madvise length invalid"));
    }
    let (start, len) = (start as usize, (len as usize).min(whole - start as usize));
    let mapping = m.mapping.borrow();
    let Some(mapping) = &*mapping else { return Ok(Value::NONE) };
    mapping.advise(advice as i32, start, len).map_err(|e| vm.os_error(&e, None))?;
    Ok(Value::NONE)
}

#[cfg(target_os = "linux")]
pub(super) fn resize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &MemoryMap = args.payload();
    let len = args.i64(vm, 1)?;
    m.len(vm)?;
    if m.exports.get() > 0 {
        return Err(vm.buffer_error("mmap can't resize with extant pointers exported."));
    }
    if matches!(m.access, Access::Read | Access::Copy) {
        return Err(vm.type_error("mmap can't resize a readonly or copy-on-write memory map."));
    }
    if len <= 0 {
        return Err(vm.value_error("new size out of range"));
    }
    if m.fd.get() >= 0 {
        files::ftruncate(m.fd.get(), m.offset + len).map_err(|e| vm.os_error(&e, None))?;
    }
    if let Some(mapping) = &mut *m.mapping.borrow_mut() {
        mapping.resize(len as usize).map_err(|e| vm.os_error(&e, None))?;
    }
    Ok(Value::NONE)
}

/// Constants that all platforms have.
static CONSTANTS: &[(&str, i32)] = &[
    ("ACCESS_DEFAULT", Access::Default as i32),
    ("ACCESS_READ", Access::Read as i32),
    ("ACCESS_WRITE", Access::Write as i32),
    ("ACCESS_COPY", Access::Copy as i32),
    ("PROT_READ", libc::PROT_READ),
    ("PROT_WRITE", libc::PROT_WRITE),
    ("PROT_EXEC", libc::PROT_EXEC),
    ("MAP_SHARED", libc::MAP_SHARED),
    ("MAP_PRIVATE", libc::MAP_PRIVATE),
    ("MAP_ANON", libc::MAP_ANON),
    ("MAP_ANONYMOUS", libc::MAP_ANON),
    ("MAP_NORESERVE", libc::MAP_NORESERVE),
    ("MADV_NORMAL", libc::MADV_NORMAL),
    ("MADV_RANDOM", libc::MADV_RANDOM),
    ("MADV_SEQUENTIAL", libc::MADV_SEQUENTIAL),
    ("MADV_WILLNEED", libc::MADV_WILLNEED),
    ("MADV_DONTNEED", libc::MADV_DONTNEED),
    ("MADV_FREE", libc::MADV_FREE),
];

/// All constants.
pub(super) fn constants() -> impl Iterator<Item = &'static (&'static str, i32)> {
    CONSTANTS.iter().chain(numbers::CONSTANTS)
}
