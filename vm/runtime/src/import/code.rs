//! Code objects from their binary form and from source, and running them in a namespace.

use freeze_bytecode::LoadError;

use crate::Str;
use crate::object::{Ref, Value};
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::vm::{PyResult, Vm};

/// A frozen module's code object. The bodies of its functions are read when they are first wanted.
pub fn load_file(vm: &Vm, bytes: Box<[u8]>) -> Result<Value, LoadError> {
    PyCode::from_file(vm, bytes).map(Ref::into_value)
}

/// A marshalled code object as a value, all of it read and verified.
pub fn load(vm: &Vm, bytes: &[u8]) -> Result<Value, LoadError> {
    let code = freeze_bytecode::load(bytes)?;
    Ok(PyCode::from_bytecode(vm, &code).into_value())
}

/// Runs a code object.
pub fn run(vm: &Vm, code: &Value, globals: &Ref<PyDict>, locals: &Value) -> PyResult<Value> {
    match code.downcast_ref::<PyCode>() {
        Some(c) => vm.run_code(&c, globals, locals),
        None => Err(vm.type_error(format!("expected a code object, not {}", code.class().name()))),
    }
}

/// Compiles source. `is_text` says that the source is text, in which a coding line means nothing.
pub fn compile(
    vm: &Vm,
    source: &[u8],
    is_text: bool,
    file: &Str,
    mode: &str,
    flags: u32,
    optimize: u8,
) -> PyResult<Value> {
    let marked;
    let source = if is_text && !source.is_ascii() && !source.starts_with(b"\xef\xbb\xbf") {
        // The mark makes UTF-8 of it whatever a coding line says.
        marked = [b"\xef\xbb\xbf", source].concat();
        &marked
    } else {
        source
    };
    vm.compile_source(source, file, mode, flags, optimize)
}
