//! Running code objects, class bodies and source text.

use freeze_compiler as compiler;

use super::calls::enter;
use crate::Str;
use crate::object::{Ref, Value};
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// All flags of `__future__` features, as `compile` takes them.
const FUTURE_FLAGS: u32 = 0x01FE_0000;
/// `PyCF_DONT_IMPLY_DEDENT`
const DONT_IMPLY_DEDENT: u32 = 0x0200;
/// `PyCF_ALLOW_TOP_LEVEL_AWAIT`
const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
/// `PyCF_ALLOW_INCOMPLETE_INPUT`
const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;

impl Vm {
    /// Runs a module's, `exec`'s or `eval`'s code: names live in `locals` (any mapping; `globals` at module level).
    pub fn run_code(&self, code: &Ref<PyCode>, globals: &Ref<PyDict>, locals: &Value) -> PyResult<Value> {
        self.run_code_in(code, globals, locals, None)
    }

    /// The same for code with free variables.
    pub fn run_code_in(
        &self,
        code: &Ref<PyCode>,
        globals: &Ref<PyDict>,
        locals: &Value,
        closure: Option<Ref<PyTuple>>,
    ) -> PyResult<Value> {
        let func = PyFunction::create(self, code.clone(), globals.clone(), closure);
        enter(self, func, code, locals.clone())
    }

    /// Compiles the bytes of a source at run time. `mode` is "exec", "eval" or "single".
    pub fn compile_source(
        &self,
        source: &[u8],
        filename: &Str,
        mode: &str,
        flags: u32,
        optimize: u8,
    ) -> PyResult<Value> {
        crate::import::code::compile(self, source, false, filename, mode, flags, optimize)
    }

    /// Compiles source text.
    pub(crate) fn compile_decoded(
        &self,
        source: &compiler::source::Source,
        filename: &Str,
        mode: &str,
        flags: u32,
        optimize: u8,
    ) -> PyResult<Value> {
        let mode = match mode {
            "exec" => compiler::Mode::Exec,
            "eval" => compiler::Mode::Eval,
            "single" => compiler::Mode::Single,
            _ => return Err(self.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
        };
        let opts = compiler::Options {
            optimize,
            future_flags: flags & FUTURE_FLAGS,
            allow_top_level_await: flags & ALLOW_TOP_LEVEL_AWAIT != 0,
            allow_incomplete_input: flags & ALLOW_INCOMPLETE_INPUT != 0,
            dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
            int_max_str_digits: crate::types::int::digit_limit() as u32,
            feature_version: None,
        };
        self.compiled_code(compiler::compile_source(source, &filename.to_lossy(), mode, &opts), filename)
    }

    /// The code object of what the compiler made, its warnings given; or its error raised.
    pub fn compiled_code(
        &self,
        compiled: Result<compiler::Compiled, compiler::CompileError>,
        filename: &Str,
    ) -> PyResult<Value> {
        match compiled {
            Ok(done) => {
                for w in &done.warnings {
                    self.syntax_warning(w, filename)?;
                }
                Ok(PyCode::with_filename(self, done.code, filename).into_value())
            }
            Err(e) => Err(crate::types::raising::syntax_error(self, &e, filename)),
        }
    }
}

/// Runs the body of a class in the namespace `ns`; gives its return value (the class cell, or None).
pub fn run_class_body(vm: &Vm, func: &Value, ns: &Value) -> PyResult<Value> {
    let Some(f) = PyFunction::of(func) else {
        return Err(vm.type_error("__build_class__: func must be a function"));
    };
    let f = f.to_ref();
    let code = f.code.borrow().clone();
    enter(vm, f, &code, ns.clone())
}
