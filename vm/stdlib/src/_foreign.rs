//! `_foreign`: what `_ctypes` calls libraries with, on Windows. Addresses and handles are ints.

use freeze_runtime::os::{Handle, foreign};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};
use num_traits::ToPrimitive as _;

use crate::convert;

/// A number of 64 bits, whatever its sign.
fn word(vm: &Vm, v: &Value) -> PyResult<u64> {
    let n = vm.index(v)?;
    match int::as_i64(&n) {
        Some(n) => Ok(n as u64),
        None => int::to_big(&n).to_u64().ok_or_else(|| vm.value_error("the number has more than 64 bits")),
    }
}

fn number(n: u64) -> Value {
    i64::try_from(n).map_or_else(|_| int::big_from_u64(n), Value::int)
}

fn load(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = convert::path(vm, args.get(0), "LoadLibrary: name")?.c(vm)?;
    let flags = args.i64(vm, 1)? as u32;
    let handle = vm.allow_threads(|| foreign::load(&name, flags)).map_err(|e| vm.os_error(&e, Some(args.get(0))))?;
    Ok(Value::int(handle as i64))
}

fn free(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let library = word(vm, args.get(0))? as Handle;
    foreign::free(library).map_err(|e| vm.os_error(&e, None))?;
    Ok(Value::NONE)
}

fn symbol(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let library = word(vm, args.get(0))? as Handle;
    let name = convert::path(vm, args.get(1), "name")?.c(vm)?;
    Ok(number(foreign::symbol(library, &name).unwrap_or(0) as u64))
}

fn call(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let function = word(vm, args.get(0))? as usize;
    let words = vm.to_vec(args.get(1))?.iter().map(|v| word(vm, v)).collect::<PyResult<Vec<u64>>>()?;
    if function == 0 || words.len() > foreign::MOST {
        return Err(vm.value_error("a foreign function has an address and at most 12 arguments"));
    }
    let last_error = word(vm, args.get(2))? as u32;
    let (result, last_error) = vm.allow_threads(|| foreign::call(function, &words, last_error));
    Ok(PyTuple::new(vec![number(result), Value::int(last_error.into())]).into_value())
}

fn address(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // The buffer is the caller's, who keeps a view of it: it stays where it is.
    let buffer = buffer::get_writable(vm, args.get(0))?;
    Ok(number(buffer.with_mut(|bytes| bytes.as_mut_ptr() as u64).unwrap_or(0)))
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (at, len) = (word(vm, args.get(0))? as usize, word(vm, args.get(1))? as usize);
    if at == 0 {
        return Err(vm.value_error("NULL pointer access"));
    }
    Ok(PyBytes::new(&foreign::read(at, len)).into_value())
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let at = word(vm, args.get(0))? as usize;
    if at == 0 {
        return Err(vm.value_error("NULL pointer access"));
    }
    foreign::write(at, &buffer::to_vec(vm, args.get(1))?);
    Ok(Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[
    native("address(buffer, /)", "Where the bytes of a buffer are.", address),
    native("call(function, arguments, last_error, /)", "The result and the last error.", call),
    native("free(library, /)", "", free),
    native("load(name, flags, /)", "", load),
    native("read(address, length, /)", "Bytes at an address.", read),
    native("symbol(library, name, /)", "The address of a function, or 0.", symbol),
    native("write(address, bytes, /)", "", write),
];

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "_foreign", doc: "", functions: FUNCTIONS, init: None };
