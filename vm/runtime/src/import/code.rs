//! Code objects from their binary form and from source, and running them in a namespace.

use freeze_bytecode::LoadError;

use crate::Str;
use crate::object::{Ref, Value};
use crate::types::dict::PyDict;
use crate::vm::{PyResult, Vm};

/// A marshalled code object as a value.
pub fn load(_vm: &Vm, bytes: &[u8]) -> Result<Value, LoadError> {
    freeze_bytecode::load(bytes).map(|_| Value::NONE)
}

/// Runs a code object.
pub fn run(vm: &Vm, _code: &Value, _globals: &Ref<PyDict>, _locals: &Value) -> PyResult<Value> {
    Err(vm.not_implemented_error("running code"))
}

/// Compiles source text. `mode` is "exec", "eval" or "single".
pub fn compile(vm: &Vm, _source: &[u8], _file: &Str, _mode: &str, _flags: u32, _optimize: u8) -> PyResult<Value> {
    Err(vm.not_implemented_error("compiling source"))
}
