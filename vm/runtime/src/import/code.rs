//! Code objects from their binary form and from source, and running them in a namespace.

use std::borrow::Cow;

use freeze_bytecode::LoadError;
use freeze_compiler::source::{Source, foreign_encoding};
use freeze_compiler::{CompileError, ErrorKind};

use crate::Str;
use crate::object::{Ref, Value};
use crate::types::bytes::PyBytes;
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::exception as exc;
use crate::types::str::{PyStr, codec};
use crate::vm::{PyResult, Vm};

/// A frozen module's code object. The bodies of its functions are read when they are first wanted.
pub fn load_file(vm: &Vm, bytes: Cow<'_, [u8]>) -> Result<Value, LoadError> {
    PyCode::from_file(vm, bytes).map(Ref::into_value)
}

/// A marshalled code object as a value, all of it read and verified.
pub fn load(vm: &Vm, bytes: &[u8]) -> Result<Value, LoadError> {
    let code = freeze_bytecode::load(bytes)?;
    Ok(PyCode::from_bytecode(vm, code).into_value())
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
    let source = decode(vm, source, is_text, file)?;
    vm.compile_decoded(&source, file, mode, flags, optimize)
}

/// The text of a source: in any encoding that there is a codec for.
pub fn decode(vm: &Vm, source: &[u8], is_text: bool, file: &Str) -> PyResult<Source> {
    if is_text {
        // In text a coding line means nothing.
        return match std::str::from_utf8(source) {
            Ok(text) => Ok(Source::new(text.strip_prefix('\u{feff}').unwrap_or(text))),
            Err(_) => {
                let text = PyStr::new(source);
                let done = codec::encode_with(vm, &text, codec::Encoding::Utf8, None);
                Err(done.err().unwrap_or_else(|| vm.system_error("text that is no text")))
            }
        };
    }
    let failed = |e| crate::types::raising::syntax_error(vm, &e, file);
    let Some(name) = foreign_encoding(source) else {
        return Source::decode(source, &file.to_lossy()).map_err(failed);
    };
    let problem = |message: String, line: u32| {
        failed(CompileError {
            kind: ErrorKind::Syntax,
            message,
            filename: file.to_lossy().into_owned(),
            line,
            column: 0,
            end_line: line,
            end_column: 0,
            text: None,
        })
    };
    let encoding = vm.intern(name);
    let bytes = PyBytes::new(source).into_value();
    match codec::decode(vm, &bytes, source, Some(&encoding), None) {
        Ok(text) => match text.downcast::<PyStr>().and_then(PyStr::as_str) {
            Some(text) => Ok(Source::new(text)),
            None => Err(problem(format!("encoding problem: {name}"), 0)),
        },
        Err(e) if e.is(&exc::LOOKUP_ERROR) => Err(problem(format!("unknown encoding: {name}"), 0)),
        Err(e) if e.is(&exc::UNICODE_DECODE_ERROR) => {
            let start = vm.get_attr_str(&e.value(), "start").ok().and_then(|v| v.as_small()).unwrap_or(0);
            let before = source.iter().take(start.max(0) as usize);
            let line = before.filter(|b| **b == b'\n').count() as u32 + 1;
            Err(problem(format!("(unicode error) {}", vm.to_str(&e.value())?.to_lossy()), line))
        }
        Err(e) => Err(e),
    }
}
