//! Runs the program in the virtual machine and turns how it ends into an exit code, in the order that CPython keeps:
//! the program, `threading`'s shutdown, `atexit`, a last flush.

use std::fs;
use std::path::{Path, PathBuf};

use freeze_bytecode::pyc::Stamp;
use freeze_runtime::import::import_path;
use freeze_runtime::import::source::ModuleSource;
use freeze_runtime::types::code::PyCode;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use freeze_runtime::types::module::PyModule;
use freeze_runtime::types::traceback;
use freeze_runtime::vm::startup::{Config, Program};
use freeze_runtime::vm::{lock, signals};
use freeze_runtime::{PyResult, Raised, Ref, Value, Vm};

/// Native stack that is left alone: for signal handlers, and for the frames between two checks.
const STACK_RESERVE: usize = 512 << 10;
/// What the main thread is believed to have when the system names no limit.
const STACK_DEFAULT: usize = 8 << 20;

/// The exit code for an uncaught `KeyboardInterrupt`: what a shell reports for SIGINT.
const INTERRUPTED: i32 = 130;
/// The exit code when the last flush of standard output failed.
const FLUSH_FAILED: i32 = 120;
/// The exit code for a script that cannot be read.
const NO_SCRIPT: i32 = 2;

/// Runs what `config` says; gives the exit code.
pub(crate) fn run(config: Config, source: Box<dyn ModuleSource>) -> i32 {
    lock::with_thread(stack_size().saturating_sub(STACK_RESERVE), |vm| {
        signals::set_main_thread(vm.ident);
        let (program, safe_path, optimize) = (config.program.clone(), config.safe_path, config.optimize);
        vm.configure(config, freeze_stdlib::registry::MODULES, Some(source));
        let start = Start { vm, safe_path, optimize };
        let status = match start.program(&program) {
            Ok(status) => status,
            Err(raised) => exit_status(vm, &raised),
        };
        finish(vm, status)
    })
}

/// How large the main thread's stack may grow.
fn stack_size() -> usize {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Stack).current;
        limit.and_then(|bytes| usize::try_from(bytes).ok()).map_or(STACK_DEFAULT, |bytes| bytes.min(STACK_DEFAULT * 8))
    }
    #[cfg(not(unix))]
    {
        // What the linker gives by default.
        STACK_DEFAULT / 8
    }
}

struct Start<'v> {
    vm: &'v Vm,
    safe_path: bool,
    optimize: u8,
}

impl Start<'_> {
    /// Runs the program; the status is 0 unless it could not be begun.
    fn program(&self, program: &Program) -> PyResult<i32> {
        let vm = self.vm;
        import_path(vm, "builtins")?;
        import_path(vm, "sys")?;
        match program {
            Program::Frozen { file, package } => self.frozen(file, package)?,
            Program::Code(code) => {
                self.path_first("")?;
                self.text(code.as_bytes(), "<string>")?;
            }
            Program::Module(name) => {
                let here = std::env::current_dir().unwrap_or_default();
                self.path_first(&here.to_string_lossy())?;
                self.module(&Value::from(vm.intern(name)), true)?;
            }
            Program::Script(file) => return self.script(Path::new(file)),
            Program::Stdin => {
                self.path_first("")?;
                let mut source = Vec::new();
                if let Err(error) = std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut source) {
                    return Err(vm.os_error(&error, None));
                }
                self.text(&source, "<stdin>")?;
            }
        }
        Ok(0)
    }

    /// The module `__main__` of the archive.
    fn frozen(&self, file: &str, package: &str) -> PyResult<()> {
        let vm = self.vm;
        let code = match vm.module_source().map(|source| source.code("__main__")) {
            Some(Ok(code)) => freeze_bytecode::load(&code).map_err(|error| error.to_string()),
            Some(Err(message)) => Err(message),
            None => Err("there is no archive".to_owned()),
        };
        let code =
            code.map_err(|message| vm.runtime_error(format!("the frozen program cannot be loaded: {message}")))?;
        let globals = self.main_module()?;
        globals.set_text("__file__", vm.str(file));
        if !package.is_empty() {
            globals.set_text("__package__", vm.str(package));
            // What `python -m package` gives: relative imports go by it.
            import_path(vm, package)?;
        }
        let code = PyCode::with_filename(vm, &code, &vm.intern(file));
        vm.run_code(&code, &globals, globals.as_value()).map(drop)
    }

    /// Source text as the program.
    fn text(&self, source: &[u8], name: &str) -> PyResult<()> {
        let globals = self.main_module()?;
        self.source(source, name, &globals)
    }

    fn source(&self, source: &[u8], name: &str, globals: &Ref<PyDict>) -> PyResult<()> {
        let vm = self.vm;
        let code = vm.compile_source(source, &vm.intern(name), "exec", 0, self.optimize)?;
        match code.downcast_ref::<PyCode>() {
            Some(code) => vm.run_code(&code, globals, globals.as_value()).map(drop),
            None => Err(vm.type_error("compile() gave no code")),
        }
    }

    /// `runpy` finds and runs a module as `__main__`.
    fn module(&self, name: &Value, alter_argv: bool) -> PyResult<()> {
        self.main_module()?;
        let runpy = import_path(self.vm, "runpy")?;
        self.vm.call_method(&runpy, "_run_module_as_main", &[name.clone(), Value::bool(alter_argv)]).map(drop)
    }

    /// A script, or a folder or archive with a `__main__`.
    fn script(&self, path: &Path) -> PyResult<i32> {
        let vm = self.vm;
        let shown = path.to_string_lossy();
        if path.is_dir() {
            self.path_first(&shown)?;
            self.module(&Value::from(vm.intern("__main__")), false)?;
            return Ok(0);
        }
        let content = match fs::read(path) {
            Ok(content) => content,
            Err(error) => {
                let number = error.raw_os_error().unwrap_or(0);
                let reason = error.to_string();
                let reason = reason.split(" (os error").next().unwrap_or_default();
                let absolute = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
                eprintln!("python: can't open file '{}': [Errno {number}] {reason}", absolute.display());
                return Ok(NO_SCRIPT);
            }
        };
        if content.starts_with(b"PK\x03\x04") {
            self.path_first(&shown)?;
            self.module(&Value::from(vm.intern("__main__")), false)?;
            return Ok(0);
        }
        // The folder of the file itself, wherever the path's links led from.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        self.path_first(&real.parent().unwrap_or(Path::new("")).to_string_lossy())?;
        let globals = self.main_module()?;
        globals.set_text("__file__", vm.str(&shown));
        globals.set_text("__cached__", Value::NONE);
        if let Some((_, code)) = Stamp::split(&content) {
            let code = freeze_bytecode::load(code).map_err(|error| vm.runtime_error(format!("{shown}: {error}")))?;
            let code = PyCode::from_bytecode(vm, &code);
            vm.run_code(&code, &globals, globals.as_value())?;
        } else {
            self.source(&content, &shown, &globals)?;
        }
        Ok(0)
    }

    /// Makes `__main__` and gives its namespace.
    fn main_module(&self) -> PyResult<Ref<PyDict>> {
        let vm = self.vm;
        let module = PyModule::create(vm, vm.intern("__main__").as_value(), Value::NONE);
        module.dict().set_text("__builtins__", import_path(vm, "builtins")?);
        vm.runtime().modules.set_text("__main__", module.value());
        Ok(module.dict().clone())
    }

    /// Puts a folder in front of `sys.path`, unless that is not wanted.
    fn path_first(&self, folder: &str) -> PyResult<()> {
        if self.safe_path {
            return Ok(());
        }
        let vm = self.vm;
        let sys = import_path(vm, "sys")?;
        let path = vm.get_attr_str(&sys, "path")?;
        vm.call_method(&path, "insert", &[Value::small(0), vm.str(folder)]).map(drop)
    }
}

/// What an exception that nobody caught ends the process with. All but `SystemExit` are shown.
fn exit_status(vm: &Vm, raised: &Raised) -> i32 {
    if raised.is(&SYSTEM_EXIT) {
        return system_exit(vm, raised);
    }
    show(vm, raised);
    if raised.is(&KEYBOARD_INTERRUPT) { INTERRUPTED } else { 1 }
}

/// `SystemExit`: its code if that is a number, 0 for None; anything else is printed.
fn system_exit(vm: &Vm, raised: &Raised) -> i32 {
    let code = vm.get_attr_str(&raised.value(), "code").unwrap_or(Value::NONE);
    if code.is_none() {
        return 0;
    }
    if let Ok(number) = vm.to_i64(&code) {
        return number as i32;
    }
    if let Ok(text) = vm.to_str(&code) {
        // Where standard error is gone there is nobody to tell.
        vm.write_stderr(&format!("{}\n", text.to_lossy())).ok();
    }
    1
}

/// Hands an uncaught exception to `sys.excepthook`; if there is none, or it fails, the traceback is printed here.
fn show(vm: &Vm, raised: &Raised) {
    let value = raised.value();
    let hooked = import_path(vm, "sys").and_then(|sys| {
        let trace = vm.get_attr_str(&value, "__traceback__")?;
        let class = value.class().as_value();
        for (name, part) in
            [("last_exc", &value), ("last_type", &class), ("last_value", &value), ("last_traceback", &trace)]
        {
            vm.set_attr_str(&sys, name, part.clone())?;
        }
        let hook = vm.get_attr_str(&sys, "excepthook")?;
        vm.call(&hook, &[class, value.clone(), trace])
    });
    if hooked.is_err() {
        traceback::print_exception(vm, raised.exception()).ok();
    }
}

/// The end of the interpreter: waits for threads, runs what was registered, flushes.
fn finish(vm: &Vm, status: i32) -> i32 {
    for (module, function) in [("threading", "_shutdown"), ("atexit", "_run_exitfuncs")] {
        let Some(module) = vm.runtime().modules.get_text(module) else { continue };
        if let Err(raised) = vm.call_method(&module, function, &[]) {
            show(vm, &raised);
        }
    }
    let mut status = status;
    for (name, failed) in [("stdout", FLUSH_FAILED), ("stderr", status)] {
        let Some(stream) = vm.runtime().sys.get_text(name).filter(|stream| !stream.is_none()) else { continue };
        if vm.get_attr_str(&stream, "closed").and_then(|closed| vm.is_true(&closed)).unwrap_or(false) {
            continue;
        }
        if let Err(raised) = vm.call_method(&stream, "flush", &[]) {
            vm.report_unraisable(raised, None, Some(&stream));
            status = failed;
        }
    }
    status
}
