//! Python's importlib, loaded when it is needed: `importlib._bootstrap` with our types and functions in it, and
//! `importlib._bootstrap_external`, which searches `sys.path`.

use crate::Str;
use crate::call::{Args, NativeDef, native};
use crate::object::Value;
use crate::types::exception as exc;
use crate::types::list::PyList;
use crate::types::module::PyModule;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

use super::finders::{BUILTIN_IMPORTER, FROZEN_IMPORTER};
use super::spec::{MODULE_SPEC, PySpec};

const BOOTSTRAP: &str = "_frozen_importlib";
const EXTERNAL: &str = "_frozen_importlib_external";

/// Whether the path-based finder is there.
pub fn external_is_loaded(vm: &Vm) -> bool {
    vm.runtime().config.borrow().external_importer_loaded
}

/// Whether anything but the program's own archive is to be searched.
pub fn path_search_is_useful(vm: &Vm, path: &Value) -> PyResult<bool> {
    let Some(source) = vm.module_source() else { return Ok(false) };
    if source.find("importlib._bootstrap_external").is_none() {
        return Ok(false);
    }
    let root = source.root();
    let entries = if path.is_none() {
        match vm.runtime().sys.get_str(&vm.names().path) {
            Some(p) => p,
            None => return Ok(false),
        }
    } else {
        path.clone()
    };
    for e in vm.to_vec(&entries)? {
        let inside =
            e.downcast::<PyStr>().and_then(PyStr::as_str).is_some_and(|s| super::source::below_root(root, s).is_some());
        if !inside {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `_frozen_importlib` or `_frozen_importlib_external`, when somebody imports them.
pub fn load_special(vm: &Vm, name: &Str) -> PyResult<Value> {
    if name.as_bytes() == BOOTSTRAP.as_bytes() { load_bootstrap(vm) } else { load_external(vm) }
}

/// Runs a frozen module's code under another name.
fn run_as(vm: &Vm, frozen: &str, name: &str) -> PyResult<Value> {
    let real = vm.intern(frozen);
    let Some(info) = super::finders::find_frozen(vm, &real) else {
        return Err(vm.import_error(
            &exc::MODULE_NOT_FOUND_ERROR,
            &format!("No module named '{frozen}'"),
            real.into_value(),
            Value::NONE,
        ));
    };
    let name = vm.intern(name);
    let spec = super::finders::frozen_spec(vm, &real, &info);
    let module = super::new_module(vm, &name, &spec);
    vm.runtime().modules.set_str(&name, module.value());
    let code = super::finders::frozen_code(vm, &real)?;
    if let Some(code) = code.downcast::<crate::types::code::PyCode>() {
        // The name by which tracebacks know the importer's own frames.
        code.rename_file(&PyStr::intern(format!("<frozen {frozen}>").as_bytes()));
    }
    if let Err(e) = super::finders::exec_code(vm, &code, module.as_value()) {
        drop(vm.runtime().modules.remove_str(&name));
        return Err(e);
    }
    Ok(module.into_value())
}

/// `_frozen_importlib`, loaded if need be.
pub fn load_bootstrap(vm: &Vm) -> PyResult<Value> {
    if let Some(m) = vm.runtime().modules.get_text(BOOTSTRAP) {
        return Ok(m);
    }
    let module = run_as(vm, "importlib._bootstrap", BOOTSTRAP)?;
    let Some(m) = module.downcast::<PyModule>() else { return Ok(module) };
    let d = m.dict();
    let put = |name: &str, v: Value| d.set_text(name, v);
    put("ModuleSpec", MODULE_SPEC.as_value());
    put("BuiltinImporter", BUILTIN_IMPORTER.as_value());
    put("FrozenImporter", FROZEN_IMPORTER.as_value());
    put("sys", super::import_path(vm, "sys")?);
    put("_imp", super::import_path(vm, "_imp")?);
    put("_thread", super::import_path(vm, "_thread")?);
    put("_warnings", super::import_path(vm, "_warnings")?);
    put("_weakref", super::import_path(vm, "_weakref")?);
    // What `_setup` would do, without walking sys.modules: native modules have their specs already.
    if let Some(class) = d.get_text("_WeakValueDictionary") {
        put("_blocking_on", vm.call0(&class)?);
    }
    let name = vm.intern("importlib._bootstrap").into_value();
    for def in REPLACED {
        put(def.name(), PyNativeFunction::of_module(def, module.clone(), name.clone()));
    }
    Ok(module)
}

/// `_frozen_importlib_external`, loaded and installed if need be.
pub fn load_external(vm: &Vm) -> PyResult<Value> {
    if let Some(m) = vm.runtime().modules.get_text(EXTERNAL)
        && external_is_loaded(vm)
    {
        return Ok(m);
    }
    let bootstrap = load_bootstrap(vm)?;
    vm.runtime().config.borrow_mut().external_importer_loaded = true;
    let module = run_as(vm, "importlib._bootstrap_external", EXTERNAL).inspect_err(|_| {
        vm.runtime().config.borrow_mut().external_importer_loaded = false;
    })?;
    vm.set_attr_str(&bootstrap, "_bootstrap_external", module.clone())?;
    vm.call_method(&module, "_install", &[bootstrap])?;
    // Zip files on sys.path: CPython's hook goes first.
    if let Some(hooks) = vm.runtime().sys.get_str(&vm.names().path_hooks)
        && let Some(list) = hooks.downcast::<PyList>()
        && vm.module_source().is_some_and(|s| s.find("zipimport").is_some())
    {
        let hook = PyNativeFunction::free(&ZIP_HOOK);
        list.with_mut(|v| v.insert(0, hook));
    }
    Ok(module)
}

/// zipimport is large and rarely needed: it is imported for paths that could be archives only.
static ZIP_HOOK: NativeDef = native("zipimporter(path, /)", "", |vm, args: Args<'_>| {
    let path = args.get(0);
    let candidate = path.downcast::<PyStr>().and_then(PyStr::as_str).is_some_and(|p| {
        let mut at = std::path::Path::new(p);
        loop {
            match std::fs::metadata(at) {
                Ok(m) => break m.is_file(),
                Err(_) => match at.parent() {
                    Some(up) if !up.as_os_str().is_empty() => at = up,
                    _ => break false,
                },
            }
        }
    });
    let zip = if candidate { super::import_path(vm, "zipimport")? } else { Value::NONE };
    if zip.is_none() {
        return Err(vm.import_error(&exc::IMPORT_ERROR, "not a Zip file", Value::NONE, path.clone()));
    }
    vm.call_method(&zip, "zipimporter", std::slice::from_ref(path))
});

fn name_of(vm: &Vm, args: &Args<'_>) -> PyResult<Str> {
    let name = args.get(0);
    match name.downcast_ref::<PyStr>() {
        Some(s) => Ok(crate::object::string::intern_ref(&s)),
        None => Err(vm.type_error(format!("module name must be str, not {}", name.class().name()))),
    }
}

fn find_and_load(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    super::find_and_load(vm, &name_of(vm, &args)?)
}

fn find_spec(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = Value::or_none(args.opt(1).cloned());
    let target = Value::or_none(args.opt(2).cloned());
    Ok(Value::or_none(super::find_spec(vm, &name_of(vm, &args)?, &path, &target)?))
}

fn load(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = args.get(0);
    let name = vm.get_attr(spec, &vm.names().name)?;
    let Some(name) = name.downcast_ref::<PyStr>() else { return Err(vm.type_error("module name must be str")) };
    let held = super::locks::acquire(vm, &name.to_lossy())?;
    let native = spec.downcast::<PySpec>().is_some_and(|s| {
        let l = s.loader.borrow();
        l.is(&BUILTIN_IMPORTER.as_value()) || l.has_layout::<super::finders::PyFrozenLoader>()
    });
    let r = if native {
        super::load_unlocked(vm, spec)
    } else {
        let b = load_bootstrap(vm)?;
        vm.call_method(&b, "_load_unlocked", std::slice::from_ref(spec))
    };
    drop(held);
    r
}

/// Functions of `_bootstrap` that are ours.
static REPLACED: &[NativeDef] = &[
    native("_find_and_load(name, import_=None)", "Find and load the module.", find_and_load),
    native("_find_spec(name, path, target=None)", "Find a module's spec.", find_spec),
    native("_load(spec)", "Return a new module object, loaded by the spec's loader.", load),
];
