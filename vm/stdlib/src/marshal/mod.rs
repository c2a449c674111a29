//! `marshal`: the built-in values as bytes, in CPython's format; code objects in the form of our `.pyc` files.
//!
//! A value is a type byte (see [`tags`]) and what belongs to it. From version 3 on, an object that others refer to as well has
//! [`tags::REF`] set, and is written once: later places have its number. A code object alone is the bare form of a `.pyc`
//! file, so that `importlib` finds in such files what it expects; within other values it has a type byte and a length.

use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

mod read;
mod tags;
mod write;

/// The version of the format, as `marshal.version`.
const VERSION: i64 = 5;

/// How deeply values may be nested.
const MAX_DEPTH: u32 = 2000;

fn dumps(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let version = args.opt_i64(vm, 1, VERSION)?;
    let allow_code = args.opt_bool(vm, 2, true)?;
    Ok(PyBytes::from_vec(write::value(vm, args.get(0), version, allow_code)?).into_value())
}

fn dump(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let version = args.opt_i64(vm, 2, VERSION)?;
    let allow_code = args.opt_bool(vm, 3, true)?;
    let data = PyBytes::from_vec(write::value(vm, args.get(0), version, allow_code)?).into_value();
    vm.call_method_name(args.get(1), &vm.names().write, &[data])
}

fn loads(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = freeze_runtime::types::buffer::to_vec(vm, args.get(0))?;
    read::value(vm, read::Source::Bytes { data: &data, at: 0 }, args.opt_bool(vm, 1, true)?)
}

fn load(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    read::value(vm, read::Source::File(args.get(0)), args.opt_bool(vm, 1, true)?)
}

static FUNCTIONS: &[NativeDef] = &[
    native("dump(value, file, version=5, /, *, allow_code=True)", "Write the value on the open file.", dump),
    native(
        "dumps(value, version=5, /, *, allow_code=True)",
        "Return the bytes object that would be written to a file by dump(value, file).",
        dumps,
    ),
    native("load(file, /, *, allow_code=True)", "Read one value from the open file and return it.", load),
    native("loads(bytes, /, *, allow_code=True)", "Convert the bytes-like object to a value.", loads),
];

fn init(_vm: &Vm, d: &PyDict) -> PyResult<()> {
    d.set_text("version", Value::small(VERSION));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "marshal",
    doc: "This module contains functions that can read and write Python values in a binary format.",
    functions: FUNCTIONS,
    init: Some(init),
};
