//! From settings to exit code: makes the interpreter, runs the program, ends in good order.

use freeze_runtime::import::{self, finders, source::ModuleSource, spec};
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::module::{MODULE, PyModule};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::type_::ready;
use freeze_runtime::types::weakref;
use freeze_runtime::vm::startup::{Config, Program};
use freeze_runtime::vm::{PyResult, Raised, lock, signals};
use freeze_runtime::{Ref, Value, Vm};

use crate::sys::streams;

/// Native stack that a thread is taken to have.
const MAIN_STACK: usize = 7 << 20;

/// The console: prompts go where errors go, so that what a program writes can be told from them.
const CONSOLE: &str = r#"
import code, linecache, sys
sys.stdout.reconfigure(line_buffering=True)
class Console(code.InteractiveConsole):
    def raw_input(self, prompt=''):
        if sys.stdin.isatty():
            return input(prompt)
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip('\n')
    def runsource(self, source, filename='<stdin>', symbol='single'):
        lines = [line + '\n' for line in source.splitlines()]
        linecache.cache[filename] = (len(source), None, lines, filename)
        return super().runsource(source, filename, symbol)
Console(names, '<stdin>').interact(
    f'Python {sys.version} on {sys.platform}\n'
    'Type "help", "copyright", "credits" or "license" for more information.', '')
"#;

/// Runs a program; gives the exit code of the process.
pub fn run(config: Config, source: Option<Box<dyn ModuleSource>>) -> u8 {
    let seed = match config.hash_seed {
        Some(n) => u64::from(n),
        None => {
            use std::hash::{BuildHasher as _, Hasher as _};
            std::collections::hash_map::RandomState::new().build_hasher().finish()
        }
    };
    freeze_runtime::object::string::set_hash_seed(seed);

    lock::with_thread(MAIN_STACK, |vm| {
        signals::set_main_thread(vm.ident);
        vm.configure(config, crate::registry::MODULES, source);
        let status = match start(vm) {
            Ok(()) => {
                let result = program(vm);
                end(vm, result)
            }
            Err(e) => {
                streams::print_exception(vm, &e);
                Status::Code(1)
            }
        };
        // Whatever is left belongs to the system, which takes it back faster than we could.
        leave(status)
    })
}

/// Starts a virtual machine without a program and gives it to `work`: for fuzzing.
///
/// Of the native modules it has those that `wanted` accepts, by name, and it has no others.
pub fn with_bare_vm<T>(config: Config, wanted: fn(&str) -> bool, work: impl FnOnce(&Vm) -> T) -> PyResult<T> {
    lock::with_thread(MAIN_STACK, |vm| {
        signals::set_main_thread(vm.ident);
        let modules: Vec<_> = crate::registry::MODULES.iter().copied().filter(|m| wanted(m.name)).collect();
        vm.configure(config, &modules, None);
        start(vm)?;
        Ok(work(vm))
    })
}

/// How the process ends.
enum Status {
    Code(i32),
    /// As if the signal had never been handled.
    Interrupted,
}

fn leave(status: Status) -> u8 {
    match status {
        Status::Code(n) => std::process::exit(n),
        Status::Interrupted => {
            crate::_signal::die_of_interrupt();
            130
        }
    }
}

/// A module around a namespace that exists already.
fn core_module(
    vm: &Vm,
    def: &'static freeze_runtime::ModuleDef,
    dict: &Ref<freeze_runtime::types::dict::PyDict>,
) -> PyResult<()> {
    let name = vm.intern(def.name);
    let module = PyModule::with_dict(&MODULE, dict.clone());
    let n = vm.names();
    let spec = finders::native_spec(vm, &name);
    dict.set_str(&n.__name__, name.value());
    dict.set_str(&n.__doc__, vm.str(def.doc));
    dict.set_str(&n.__package__, n.empty.value());
    dict.set_str(&n.__loader__, finders::BUILTIN_IMPORTER.as_value());
    dict.set_str(&n.__spec__, spec.into_value());
    vm.runtime().modules.set_str(&name, module.value());
    def.fill(vm, module.as_value(), dict)
}

/// Everything that has to be there before the first line of the program runs.
fn start(vm: &Vm) -> PyResult<()> {
    freeze_runtime::types::ready_all(vm);
    for t in [
        &freeze_runtime::types::namespace::NAMESPACE,
        &spec::MODULE_SPEC,
        &finders::BUILTIN_IMPORTER,
        &finders::FROZEN_IMPORTER,
        &finders::FROZEN_LOADER,
    ] {
        ready(vm, t);
    }
    core_module(vm, &crate::builtins::MODULE, &vm.runtime().builtins)?;
    core_module(vm, &crate::sys::MODULE, &vm.runtime().sys)?;
    import::import_path(vm, "_io")?;
    streams::install(vm)?;
    crate::_signal::install_defaults(vm);
    streams::apply_io_encoding(vm)?;
    // Filters from the command line hold for warnings that the program's own compilation gives.
    let frozen = matches!(vm.runtime().config.borrow().program, Program::Frozen { .. });
    if !frozen && !vm.runtime().config.borrow().warnings.is_empty() {
        import::import_path(vm, "warnings")?;
    }
    Ok(())
}

fn main_module(vm: &Vm) -> Ref<PyModule> {
    let n = vm.names();
    let module = PyModule::create(vm, n.__main__.as_value(), Value::NONE);
    module.dict().set_str(&n.__builtins__, vm.runtime().builtins_module());
    vm.runtime().modules.set_str(&n.__main__, module.value());
    module
}

/// Puts the folder of the program in front of `sys.path`, unless that is not wanted.
fn insert_path(vm: &Vm, entry: &[u8]) {
    if !vm.runtime().config.borrow().safe_path {
        *vm.runtime().first_path.borrow_mut() = Some(entry.to_vec());
        insert_own_path(vm, entry);
    }
}

/// Puts a folder or archive that is the program itself in front of `sys.path`.
fn insert_own_path(vm: &Vm, entry: &[u8]) {
    if let Some(p) = vm.runtime().sys.get_str(&vm.names().path)
        && let Some(list) = p.downcast::<PyList>()
    {
        let entry = PyStr::new(entry).into_value();
        list.with_mut(|v| v.insert(0, entry));
    }
}

fn run_main(vm: &Vm, code: &Value, module: &Ref<PyModule>) -> PyResult<()> {
    import::code::run(vm, code, module.dict(), module.dict().as_value()).map(drop)
}

/// `runpy._run_module_as_main`
fn run_module(vm: &Vm, name: &str, alter_argv: bool) -> PyResult<()> {
    let runpy = import::import_path(vm, "runpy")?;
    vm.call_method(&runpy, "_run_module_as_main", &[vm.str(name), Value::bool(alter_argv)]).map(drop)
}

fn program(vm: &Vm) -> PyResult<()> {
    let n = vm.names();
    let (program, optimize) = {
        let c = vm.runtime().config.borrow();
        (c.program.clone(), c.optimize)
    };
    let compile = |text: &[u8], is_text: bool, file: &str| {
        import::code::compile(vm, text, is_text, &PyStr::intern(file.as_bytes()), "exec", 0, optimize)
    };
    match program {
        Program::Code(text) => {
            insert_path(vm, b"");
            let module = main_module(vm);
            module.dict().set_str(&n.__loader__, finders::BUILTIN_IMPORTER.as_value());
            // A name of its own: code that the program makes of strings has the same one, but not these lines.
            let file = PyStr::new(b"<string>");
            let code = import::code::compile(vm, text.as_bytes(), true, &file, "exec", 0, optimize)?;
            vm.show_source(&file, &text, &code);
            run_main(vm, &code, &module)
        }
        Program::Module(name) => {
            main_module(vm);
            let cwd = freeze_runtime::os::files::getcwd().unwrap_or_default();
            insert_path(vm, crate::convert::decode_fs(&cwd).as_bytes());
            run_module(vm, &name, true)
        }
        Program::Script(path) => {
            let module = main_module(vm);
            let path = absolute(path);
            let bytes = crate::convert::encode_fs(vm, &PyStr::new(&path))?;
            let real = crate::convert::os_path(&bytes);
            let is_archive = || {
                std::fs::File::open(&real).is_ok_and(|mut f| {
                    let mut head = [0; 4];
                    std::io::Read::read_exact(&mut f, &mut head).is_ok() && head == *b"PK\x03\x04"
                })
            };
            if real.is_dir() || is_archive() {
                insert_own_path(vm, &path);
                return run_module(vm, "__main__", false);
            }
            let text = match std::fs::read(&real) {
                Ok(t) => t,
                Err(e) => {
                    let code = e.raw_os_error().unwrap_or(0);
                    let text = e.to_string();
                    let text = text.split(" (os error").next().unwrap_or_default();
                    let path = real.display();
                    streams::write_stderr(vm, &format!("freeze: can't open file '{path}': [Errno {code}] {text}\n"));
                    return Err(exit_with(vm, 2));
                }
            };
            // As CPython: the folder that the script really lies in.
            let found = if cfg!(windows) { std::path::absolute(&real) } else { std::fs::canonicalize(&real) };
            let dir = found
                .ok()
                .and_then(|p| p.parent().map(|d| crate::convert::decode_fs(d.as_os_str().as_encoded_bytes())));
            insert_path(vm, dir.as_ref().map_or(b"", |d| d.as_bytes()));
            let file = PyStr::intern(&path);
            module.dict().set_str(&n.__file__, file.value());
            module.dict().set_str(&n.__cached__, Value::NONE);
            let compiled = real.extension().is_some_and(|extension| extension == "pyc");
            let loader = script_loader(vm, &file, compiled);
            if let Some(loader) = &loader {
                module.dict().set_str(&n.__loader__, loader.clone());
            }
            let code = match loader.filter(|_| compiled) {
                Some(loader) => vm.call_method(&loader, "get_code", &[n.__main__.value()])?,
                None => import::code::compile(vm, &text, false, &file, "exec", 0, optimize)?,
            };
            run_main(vm, &code, &module)
        }
        Program::Stdin => {
            insert_path(vm, b"");
            let module = main_module(vm);
            module.dict().set_str(&n.__loader__, finders::BUILTIN_IMPORTER.as_value());
            if freeze_runtime::os::files::isatty(0) || vm.runtime().config.borrow().interactive {
                let code = compile(CONSOLE.as_bytes(), true, "<console>")?;
                let names = freeze_runtime::types::dict::PyDict::new_ref();
                names.set_text("names", module.dict().value());
                names.set_str(&n.__builtins__, vm.runtime().builtins_module());
                return import::code::run(vm, &code, &names, names.as_value()).map(drop);
            }
            let mut text = Vec::new();
            if let Err(e) = std::io::Read::read_to_end(&mut std::io::stdin(), &mut text) {
                return Err(vm.os_error(&e, None));
            }
            let code = compile(&text, false, "<stdin>")?;
            run_main(vm, &code, &module)
        }
        Program::Frozen { file, package } => {
            let module = main_module(vm);
            let d = module.dict();
            d.set_str(&n.__file__, vm.str(&file));
            if !package.is_empty() {
                d.set_str(&n.__package__, vm.intern(&package).into_value());
                // As `python -m package` does: relative imports go by it.
                import::import_path(vm, &package)?;
            }
            let name = n.__main__.clone();
            if let Some(info) = finders::find_frozen(vm, &name) {
                let spec = finders::frozen_spec(vm, &name, &info);
                d.set_str(&n.__loader__, spec.loader.borrow().clone());
                if !package.is_empty() {
                    drop(spec.name.replace(vm.str(&format!("{package}.__main__"))));
                    d.set_str(&n.__spec__, spec.into_value());
                }
            }
            let code = finders::frozen_code(vm, &name)?;
            run_main(vm, &code, &module)
        }
    }
}

/// A path as it is from the root on, which is what `__file__` and tracebacks show.
fn absolute(path: Vec<u8>) -> Vec<u8> {
    if cfg!(windows) {
        let full = std::path::absolute(crate::convert::os_path(&path));
        return full.map_or(path, |full| full.into_os_string().into_encoded_bytes());
    }
    let rest = path.strip_prefix(b"./").unwrap_or(&path);
    match freeze_runtime::os::files::getcwd() {
        Ok(dir) if !path.starts_with(b"/") => [crate::convert::decode_fs(&dir).as_bytes(), b"/", rest].concat(),
        _ => path,
    }
}

/// The `__loader__` of a script, as `import` would have made it. A program whose library has no importer of files gets none.
fn script_loader(vm: &Vm, file: &Ref<PyStr>, compiled: bool) -> Option<Value> {
    let importer = import::import_path(vm, "_frozen_importlib_external").ok()?;
    let class = if compiled { "SourcelessFileLoader" } else { "SourceFileLoader" };
    vm.call_method(&importer, class, &[vm.names().__main__.value(), file.value()]).ok()
}

fn exit_with(vm: &Vm, code: i64) -> Raised {
    // Called, so that its attribute `code` is set.
    match vm.call(&exc::SYSTEM_EXIT.as_value(), &[Value::small(code)]) {
        Ok(e) => Raised::from_value(vm, e),
        Err(e) => e,
    }
}

/// What SystemExit means for the process; its message, if it is one, is printed.
pub(crate) fn exit_code(vm: &Vm, e: &Raised) -> i32 {
    let code = match vm.get_attr(&e.value(), &vm.names().code) {
        Ok(c) => c,
        Err(_) => Value::or_none(
            e.exception()
                .args
                .borrow()
                .downcast::<freeze_runtime::types::tuple::PyTuple>()
                .and_then(|t| t.as_slice().first().cloned()),
        ),
    };
    if code.is_none() {
        return 0;
    }
    if freeze_runtime::types::int::is_int(&code) {
        // POSIX keeps the low byte.
        let kept = |n: i64| if cfg!(windows) { n as i32 } else { i32::from(n as u8) };
        return freeze_runtime::types::int::as_i64(&code).map_or(kept(-1), kept);
    }
    streams::flush(vm, "stdout");
    // An object that has no text leaves the message out.
    let _ = streams::write_stderr_object(vm, &code);
    1
}

/// Shows an exception that nobody caught, through `sys.excepthook`.
fn show(vm: &Vm, e: &Raised) {
    let value = e.value();
    let tb = vm.get_attr(&value, &vm.names().__traceback__).unwrap_or(Value::NONE);
    let sys = &vm.runtime().sys;
    sys.set_text("last_exc", value.clone());
    sys.set_text("last_type", value.class().as_value());
    sys.set_text("last_value", value.clone());
    sys.set_text("last_traceback", tb.clone());
    streams::flush(vm, "stdout");
    let hook = sys.get_text("excepthook");
    let Some(hook) = hook.filter(|h| !h.is_none()) else {
        streams::write_stderr(vm, "sys.excepthook is missing\n");
        streams::print_exception(vm, e);
        return;
    };
    if let Err(second) = vm.call(&hook, &[value.class().as_value(), value, tb]) {
        if second.is(&exc::SYSTEM_EXIT) {
            return;
        }
        streams::write_stderr(vm, "Error in sys.excepthook:\n");
        streams::print_exception(vm, &second);
        streams::write_stderr(vm, "\nOriginal exception was:\n");
        streams::print_exception(vm, e);
    }
}

/// Ends the program: threads, exit functions, buffers.
fn end(vm: &Vm, result: PyResult<()>) -> Status {
    let mut status = match result {
        Ok(()) => Status::Code(0),
        Err(e) if e.is(&exc::SYSTEM_EXIT) => Status::Code(exit_code(vm, &e)),
        Err(e) => {
            let interrupted = e.is(&exc::KEYBOARD_INTERRUPT);
            show(vm, &e);
            if interrupted { Status::Interrupted } else { Status::Code(1) }
        }
    };
    // The main module's threads are waited for, daemons are not.
    if let Some(threading) = vm.runtime().modules.get_text("threading")
        && let Err(e) = vm.call_method(&threading, "_shutdown", &[])
    {
        vm.report_unraisable(e, Some("Exception ignored on threading shutdown"), None);
    }
    crate::atexit::run(vm);
    let flushed = streams::flush(vm, "stdout");
    streams::flush(vm, "stderr");
    vm.runtime().finalizing.set(true);
    finish_modules(vm);
    if (!flushed || !streams::flush(vm, "stdout")) && matches!(status, Status::Code(_)) {
        status = Status::Code(120);
    }
    streams::flush(vm, "stderr");
    status
}

/// Drops the main module's variables, so that their `__del__` and weakref callbacks run while everything still works.
///
/// As under CPython the module goes first: what only its own cycles keep (functions, classes, their instances) is found by
/// the collector, which calls finalizers before it clears anything, so that they still see the globals. Where something
/// else keeps the module, its variables are set to None one by one.
fn finish_modules(vm: &Vm) {
    // In the dict the module is no more than a part of the cycle.
    const SELF: &str = "<module>";
    let modules = &vm.runtime().modules;
    let name = &vm.names().__main__;
    let watched = modules.get_str(name).and_then(|main| {
        main.downcast::<PyModule>()?.dict().set_text(SELF, main.clone());
        weakref::create(vm, &weakref::REF, &main, None).ok()
    });
    drop(modules.remove_str(name));
    freeze_runtime::object::gc::collect(2);
    let main = watched.as_ref().and_then(|w| w.downcast::<weakref::PyWeakRef>()?.get());
    let Some(main) = main else { return };
    if let Some(m) = main.downcast::<PyModule>() {
        let d = m.dict();
        drop(d.remove_str(&vm.intern(SELF)));
        // Private names first, then all but the builtins.
        for private in [true, false] {
            for (k, _) in d.items() {
                let Some(name) = k.downcast_ref::<PyStr>() else { continue };
                let b = name.as_bytes();
                if b == b"__builtins__" || (private && (b.first() != Some(&b'_') || b.get(1) == Some(&b'_'))) {
                    continue;
                }
                if let Some(i) = d.get_str(&name) {
                    d.set_str(&name, Value::NONE);
                    drop(i);
                }
            }
        }
    }
    drop(main);
    freeze_runtime::object::gc::collect(2);
}
