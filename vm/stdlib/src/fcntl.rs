//! `fcntl`: control of descriptors and locks on files.

#[cfg_attr(target_vendor = "apple", path = "fcntl/numbers_apple.rs")]
mod numbers;

use freeze_runtime::os::{files, libc as c};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int::is_int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

use crate::convert;

const ROOM: usize = 1024;

/// The bytes of an argument in the room that the call works in.
fn fill(vm: &Vm, data: &[u8], what: &str) -> PyResult<[u8; ROOM]> {
    let mut room = [0; ROOM];
    match room.get_mut(..data.len()) {
        Some(r) => r.copy_from_slice(data),
        None => return Err(vm.value_error(format!("{what} argument 3 is too long"))),
    }
    Ok(room)
}

fn bytes_arg(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    match v.downcast::<PyStr>() {
        Some(s) => Ok(s.as_bytes().to_vec()),
        None => convert::bytes_of(vm, v),
    }
}

fn fcntl(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let command = convert::c_int(vm, args.get(1))?;
    match args.opt(2) {
        Some(v) if !is_int(v) => {
            let data = bytes_arg(vm, v)?;
            let mut room = fill(vm, &data, "fcntl")?;
            let r = convert::retry(vm, || files::fcntl_buffer(fd, command, &mut room))?;
            r.map_err(|e| vm.os_error(&e, None))?;
            Ok(PyBytes::new(&room[..data.len()]).into_value())
        }
        v => {
            // Flags fill 32 bits, with or without a sign.
            let arg = v.map_or(Ok(0), |v| vm.to_i64(v))? as u32 as i32;
            let r = convert::retry(vm, || files::fcntl(fd, command, i64::from(arg)))?;
            r.map(|n| Value::int(i64::from(n))).map_err(|e| vm.os_error(&e, None))
        }
    }
}

fn ioctl(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let request = vm.to_i64(args.get(1))? as u32;
    let request = u64::from(request);
    let change = args.opt_bool(vm, 3, true)?;
    match args.opt(2) {
        Some(v) if !is_int(v) => {
            let data = bytes_arg(vm, v)?;
            let mut room = fill(vm, &data, "ioctl")?;
            let writable = if change && !v.has_layout::<PyBytes>() && !v.has_layout::<PyStr>() {
                buffer::get_writable(vm, v).ok()
            } else {
                None
            };
            let r = convert::retry(vm, || files::ioctl_buffer(fd, request, &mut room))?;
            let n = r.map_err(|e| vm.os_error(&e, None))?;
            match writable {
                Some(b) => {
                    b.with_mut(|to| to.iter_mut().zip(&room[..data.len()]).for_each(|(a, b)| *a = *b));
                    Ok(Value::int(i64::from(n)))
                }
                None => Ok(PyBytes::new(&room[..data.len()]).into_value()),
            }
        }
        v => {
            let arg = v.map_or(Ok(0), |v| vm.to_i64(v))? as u32 as i32;
            let r = convert::retry(vm, || files::ioctl(fd, request, i64::from(arg)))?;
            r.map(|n| Value::int(i64::from(n))).map_err(|e| vm.os_error(&e, None))
        }
    }
}

fn flock(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let operation = convert::c_int(vm, args.get(1))?;
    let r = convert::retry(vm, || files::flock(fd, operation))?;
    r.map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

fn lockf(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let command = convert::c_int(vm, args.get(1))?;
    let (len, start) = (args.opt_i64(vm, 2, 0)?, args.opt_i64(vm, 3, 0)?);
    let whence = args.opt_i64(vm, 4, 0)? as i16;
    let kind = if command == c::LOCK_UN {
        c::F_UNLCK
    } else if command & c::LOCK_SH != 0 {
        c::F_RDLCK
    } else if command & c::LOCK_EX != 0 {
        c::F_WRLCK
    } else {
        return Err(vm.value_error("unrecognized lockf argument"));
    };
    let waits = command & c::LOCK_NB == 0;
    let r = convert::retry(vm, || files::lock_record(fd, waits, kind as i16, whence, start, len))?;
    r.map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

fn init(_vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in numbers::NUMBERS {
        d.set_text(name, Value::int(*n));
    }
    Ok(())
}

static FUNCTIONS: &[NativeDef] = &[
    native("fcntl(fd, cmd, arg=0, /)", "Perform the operation `cmd` on file descriptor fd.", fcntl),
    native("flock(fd, operation, /)", "Perform the lock operation `operation` on file descriptor `fd`.", flock),
    native(
        "ioctl(fd, request, arg=0, mutate_flag=True, /)",
        "Perform the operation request on file descriptor fd.",
        ioctl,
    ),
    native("lockf(fd, cmd, len=0, start=0, whence=0, /)", "A wrapper around the fcntl() locking calls.", lockf),
];

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "fcntl",
    doc: "This module performs file control and I/O control on file descriptors.",
    functions: FUNCTIONS,
    init: Some(init),
};
