//! `marshal`: code objects in the form of our `.pyc` files.
//!
//! Only code objects are written and read: values of other kinds have no such form here, and raise ValueError.

use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::code::PyCode;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

/// The version of the format, as `marshal.version`.
const VERSION: i64 = 5;

fn dumps(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match args.get(0).downcast::<PyCode>() {
        Some(c) => match c.to_bytecode() {
            Some(code) => match freeze_bytecode::marshal::write(&code) {
                Ok(data) => Ok(PyBytes::from_vec(data).into_value()),
                Err(e) => Err(vm.value_error(format!("unmarshallable object ({e})"))),
            },
            None => Err(vm.value_error("unmarshallable object")),
        },
        None => Err(vm.value_error("unmarshallable object")),
    }
}

fn loads(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(0))?;
    if data.is_empty() {
        return Err(vm.new_error(&exc::EOF_ERROR, "marshal data too short"));
    }
    freeze_runtime::import::code::load(vm, &data).map_err(|e| vm.value_error(format!("bad marshal data ({e})")))
}

fn dump(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = vm.call_method(
        &vm.runtime().modules.get_text("marshal").unwrap_or(Value::NONE),
        "dumps",
        &[args.get(0).clone()],
    )?;
    vm.call_method_name(args.get(1), &vm.names().write, &[data])
}

fn load(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = vm.call_method_name(args.get(0), &vm.names().read, &[])?;
    vm.call_method(&vm.runtime().modules.get_text("marshal").unwrap_or(Value::NONE), "loads", &[data])
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
