//! What Windows has of its own: maps with names.

use std::cell::{Cell, RefCell};

use freeze_runtime::os::mapping::{Mapping, Protection};
use freeze_runtime::os::{files, libc};
use freeze_runtime::{Args, CallArgs, PyResult, Ref, Type, Value, Vm};

use super::{Access, MemoryMap, arguments, check_sizes, length_in};
use crate::convert;

const NAMES: [&str; 6] = ["fileno", "length", "tagname", "access", "offset", "trackfd"];

pub(super) fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let given = arguments(vm, &args, &NAMES, 5)?;
    let number = |i: usize, default: i64| given[i].as_ref().map_or(Ok(default), |v| vm.to_i64(v));
    let (fd, length, kind, offset) = (number(0, -1)? as i32, number(1, 0)?, number(3, 0)?, number(4, 0)?);
    let name = given[2].as_ref().filter(|v| !v.is_none());
    let name = name.map(|v| convert::path(vm, v, "mmap: tagname")?.c(vm)).transpose()?;
    check_sizes(vm, length, offset)?;
    let (access, protection) = match kind {
        0 => (Access::Default, Protection::Write),
        1 => (Access::Read, Protection::Read),
        2 => (Access::Write, Protection::Write),
        3 => (Access::Copy, Protection::Copy),
        _ => return Err(vm.value_error("mmap invalid access parameter.")),
    };
    let fail = |e: std::io::Error| vm.os_error(&e, None);
    let mut len = length as usize;
    if fd != -1 {
        let size = files::fstat(fd).map_err(fail)?.st_size;
        len = length_in(vm, size, length, offset)?;
        // A map that is longer than the file makes it longer.
        if length != 0 && size < offset + length && protection == Protection::Write {
            files::ftruncate(fd, offset + length).map_err(fail)?;
        }
    }
    if len == 0 {
        return Err(vm.errno_error(libc::EINVAL, None));
    }
    let file = (fd != -1).then_some(fd);
    let mapping = Mapping::new(file, len, protection, offset as u64, name.as_deref()).map_err(fail)?;
    let map = MemoryMap {
        mapping: RefCell::new(Some(mapping)),
        pos: Cell::new(0),
        access,
        fd: Cell::new(-1),
        offset,
        exports: Cell::new(0),
    };
    Ok(Ref::new(class, map).into_value())
}

/// The length of the file behind a map.
pub(super) fn file_len(_vm: &Vm, m: &MemoryMap) -> PyResult<Option<i64>> {
    Ok(m.mapping.borrow().as_ref().and_then(Mapping::file_len).map(|n| n as i64))
}

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
    debug_assert!(m.offset >= 0);
    if let Some(mapping) = &mut *m.mapping.borrow_mut() {
        mapping.resize(len as usize).map_err(|e| vm.os_error(&e, None))?;
    }
    Ok(Value::NONE)
}

/// Constants of the platform.
static CONSTANTS: &[(&str, i32)] = &[
    ("ACCESS_COPY", Access::Copy as i32),
    ("ACCESS_DEFAULT", Access::Default as i32),
    ("ACCESS_READ", Access::Read as i32),
    ("ACCESS_WRITE", Access::Write as i32),
];

/// All constants.
pub(super) fn constants() -> impl Iterator<Item = &'static (&'static str, i32)> {
    CONSTANTS.iter()
}
