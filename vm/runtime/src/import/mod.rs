//! Imports, without Python's importlib: `sys.modules`, built-in modules, frozen modules, then the finders of
//! `sys.meta_path`.
//!
//! importlib's own Python code is loaded when somebody imports it, or when a module may lie on `sys.path`
//! ([`bootstrap`]). Its functions that find and load are then these here, so there is one set of import locks.

pub mod bootstrap;
pub mod code;
pub mod finders;
pub mod locks;
pub(crate) mod shadow;
pub mod source;
pub mod spec;

use crate::Str;
use crate::object::{Ref, Value};
use crate::types::dict::PyDict;
use crate::types::exception as exc;
use crate::types::list::PyList;
use crate::types::module::{PyModule, is_initializing};
use crate::types::str::PyStr;
use crate::types::traceback;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

use spec::PySpec;

/// `__import__(name, globals, None, fromlist, level)`
pub fn import(vm: &Vm, name: &Str, globals: Option<&PyDict>, fromlist: &Value, level: i64) -> PyResult<Value> {
    if level == 0 {
        if let Some(m) = loaded(vm, name) {
            return finish(vm, name, m, fromlist, 0);
        }
        if name.is_empty() {
            return Err(vm.value_error("Empty module name"));
        }
        let m = find_and_load(vm, name).inspect_err(traceback::trim_importlib)?;
        return finish(vm, name, m, fromlist, 0);
    }
    if level < 0 {
        return Err(vm.value_error("level must be >= 0"));
    }
    let absolute = resolve(vm, name, globals, level)?;
    let m = match loaded(vm, &absolute) {
        Some(m) => m,
        None => find_and_load(vm, &absolute).inspect_err(traceback::trim_importlib)?,
    };
    finish(vm, name, m, fromlist, level)
}

/// The module in `sys.modules`, if its code has run.
#[inline]
fn loaded(vm: &Vm, name: &Str) -> Option<Value> {
    let m = vm.runtime().modules.get_str(name)?;
    if m.is_none() {
        return None;
    }
    if let Some(p) = m.downcast::<PyModule>() {
        let spec = p.dict().get_str(&vm.names().__spec__);
        return match spec {
            Some(s) if s.is_none() => Some(m),
            Some(s) => match s.downcast::<PySpec>() {
                Some(s) if !s.initializing.get() => Some(m),
                Some(_) => None,
                None if is_initializing(vm, p.dict()) => None,
                None => Some(m),
            },
            None => Some(m),
        };
    }
    Some(m)
}

/// What `__import__` gives for a loaded module.
fn finish(vm: &Vm, name: &Str, module: Value, fromlist: &Value, level: i64) -> PyResult<Value> {
    let wanted = match fromlist.downcast::<PyTuple>() {
        Some(t) => !t.is_empty(),
        None => !fromlist.is_none() && vm.is_true(fromlist)?,
    };
    if wanted {
        // Only packages have submodules to import by the list.
        if vm.has_attr(&module, &vm.names().__path__)? {
            handle_fromlist(vm, &module, fromlist, false)?;
        }
        return Ok(module);
    }
    let bytes = name.as_bytes();
    let Some(dot) = bytes.iter().position(|&b| b == b'.') else {
        return Ok(module);
    };
    if level == 0 {
        let top = PyStr::intern(&bytes[..dot]);
        return match loaded(vm, &top) {
            Some(m) => Ok(m),
            None => find_and_load(vm, &top),
        };
    }
    if name.is_empty() {
        return Ok(module);
    }
    let cut = bytes.len() - dot;
    let full = vm.get_attr(&module, &vm.names().__name__)?;
    let Some(full) = full.downcast::<PyStr>() else { return Err(vm.type_error("module name must be a string")) };
    let b = full.as_bytes();
    let top = PyStr::intern(&b[..b.len().saturating_sub(cut)]);
    match vm.runtime().modules.get_str(&top) {
        Some(m) => Ok(m),
        None => Err(vm.new_error(&exc::KEY_ERROR, &format!("{:?} not in sys.modules as expected", top.to_lossy()))),
    }
}

/// The absolute name that a relative import means.
fn resolve(vm: &Vm, name: &Str, globals: Option<&PyDict>, level: i64) -> PyResult<Str> {
    let n = vm.names();
    let Some(globals) = globals else {
        return Err(vm.new_error_args(&exc::KEY_ERROR, vec![vm.str("'__name__' not in globals")]));
    };
    let package = globals.get_str(&n.__package__).filter(|p| !p.is_none());
    let spec = globals.get_str(&n.__spec__).filter(|s| !s.is_none());
    let package = if let Some(p) = package {
        let Some(p) = p.downcast_ref::<PyStr>() else { return Err(vm.type_error("package must be a string")) };
        p
    } else if let Some(s) = spec {
        let p = vm.get_attr_str(&s, "parent")?;
        let Some(p) = p.downcast_ref::<PyStr>() else {
            return Err(vm.type_error("__spec__.parent must be a string"));
        };
        p
    } else {
        vm.warn_named(
            "ImportWarning",
            "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
            1,
        )?;
        let Some(p) = globals.get_str(&n.__name__) else {
            return Err(vm.new_error_args(&exc::KEY_ERROR, vec![vm.str("'__name__' not in globals")]));
        };
        let Some(p) = p.downcast_ref::<PyStr>() else { return Err(vm.type_error("__name__ must be a string")) };
        if globals.get_str(&n.__path__).is_some() {
            p
        } else {
            let b = p.as_bytes();
            PyStr::intern(&b[..b.iter().rposition(|&c| c == b'.').unwrap_or(0)])
        }
    };
    if package.is_empty() {
        return Err(vm.new_error(&exc::IMPORT_ERROR, "attempted relative import with no known parent package"));
    }
    let mut base = package.as_bytes();
    for _ in 1..level {
        match base.iter().rposition(|&c| c == b'.') {
            Some(i) => base = &base[..i],
            None => {
                return Err(vm.new_error(&exc::IMPORT_ERROR, "attempted relative import beyond top-level package"));
            }
        }
    }
    if name.is_empty() {
        return Ok(PyStr::intern(base));
    }
    Ok(PyStr::intern(&[base, b".", name.as_bytes()].concat()))
}

/// Imports the submodules that a `from package import …` names.
pub fn handle_fromlist(vm: &Vm, module: &Value, fromlist: &Value, recursive: bool) -> PyResult<()> {
    for x in vm.to_vec(fromlist)? {
        let Some(text) = x.downcast_ref::<PyStr>() else {
            let place = if recursive {
                let name = vm.get_attr(module, &vm.names().__name__)?;
                format!("{}.__all__", vm.to_str(&name)?.to_lossy())
            } else {
                "``from list''".to_owned()
            };
            return Err(vm.type_error(format!("Item in {place} must be str, not {}", x.class().name())));
        };
        if text.as_bytes() == b"*" {
            if !recursive && let Some(all) = vm.get_attr_opt(module, &vm.names().__all__)? {
                handle_fromlist(vm, module, &all, true)?;
            }
            continue;
        }
        let text = crate::object::string::intern_ref(&text);
        if vm.has_attr(module, &text)? {
            continue;
        }
        let name = vm.get_attr(module, &vm.names().__name__)?;
        let Some(name) = name.downcast::<PyStr>() else { continue };
        let full = PyStr::intern(&[name.as_bytes(), b".", text.as_bytes()].concat());
        if let Err(e) = find_and_load(vm, &full) {
            // A name that is no module is for the `from` itself to complain about.
            let missing = e.is(&exc::MODULE_NOT_FOUND_ERROR)
                && vm.get_attr(&e.value(), &vm.names().name)?.downcast::<PyStr>().is_some_and(|s| s.same(&full))
                && !vm.runtime().modules.get_str(&full).is_some_and(|m| m.is_none());
            if !missing {
                return Err(e);
            }
        }
    }
    Ok(())
}

/// `from module import name`, once the module is there.
pub fn import_from(vm: &Vm, module: &Value, name: &Str) -> PyResult<Value> {
    if let Some(v) = vm.get_attr_opt(module, name)? {
        return Ok(v);
    }
    let n = vm.names();
    let own = vm.get_attr_opt(module, &n.__name__)?.and_then(|v| v.downcast_ref::<PyStr>());
    if let Some(own) = &own {
        // A submodule in a cycle is in sys.modules before it is an attribute of its package.
        let full = PyStr::intern(&[own.as_bytes(), b".", name.as_bytes()].concat());
        if let Some(m) = vm.runtime().modules.get_str(&full) {
            return Ok(m);
        }
    }
    Err(cannot_import(vm, module, own, name))
}

#[cold]
fn cannot_import(vm: &Vm, module: &Value, own: Option<Str>, name: &Str) -> Raised {
    let n = vm.names();
    let shown = own.as_ref().map_or_else(|| "<unknown module name>".to_owned(), |o| o.to_lossy().into_owned());
    let file = vm.get_attr_opt(module, &n.__file__).ok().flatten().filter(|f| f.has_layout::<PyStr>());
    let place = match &file {
        Some(f) => f.downcast::<PyStr>().map_or(String::new(), |s| s.to_lossy().into_owned()),
        None => "unknown location".to_owned(),
    };
    let partial = module.downcast::<PyModule>().is_some_and(|m| is_initializing(vm, m.dict()));
    let name_text = name.to_lossy();
    let spec = vm.get_attr_opt(module, &n.__spec__).ok().flatten().filter(|s| !s.is_none());
    let hides = match (&spec, &own) {
        (Some(spec), Some(own)) => match shadow::shadow(vm, own.as_value(), spec) {
            Ok(hides) => hides,
            Err(e) => return e,
        },
        _ => shadow::Shadow::No,
    };
    let message = if let Some(advice) = hides.advice(vm, &shown, partial) {
        format!("cannot import name '{name_text}' from '{shown}' {advice}")
    } else if partial {
        format!(
            "cannot import name '{name_text}' from partially initialized module '{shown}' (most likely due to a circular import) ({place})"
        )
    } else {
        format!("cannot import name '{name_text}' from '{shown}' ({place})")
    };
    let e = vm.import_error(&exc::IMPORT_ERROR, &message, own.map_or(Value::NONE, |o| o.value()), Value::or_none(file));
    // For suggestions only.
    let _ = vm.set_attr(&e.value(), &n.name_from, name.value());
    e
}

/// `from module import *`: puts the public names into a namespace (a dict, or any mapping).
pub fn import_star(vm: &Vm, module: &Value, namespace: &Value) -> PyResult<()> {
    let n = vm.names();
    let dict = match module.downcast::<PyModule>() {
        Some(m) => Some(m.dict().value()),
        None => vm.get_attr_opt(module, &n.__dict__)?,
    };
    let (names, skip_private) = match vm.get_attr_opt(module, &n.__all__)? {
        Some(all) => (vm.to_vec(&all)?, false),
        None => match &dict {
            Some(d) => {
                let keys = vm.call_method_name(d, &n.keys, &[])?;
                (vm.to_vec(&keys)?, true)
            }
            None => {
                return Err(vm.new_error(&exc::IMPORT_ERROR, "from-import-* object has no __dict__ and no __all__"));
            }
        },
    };
    for name in names {
        let Some(text) = name.downcast_ref::<PyStr>() else {
            let own = vm.get_attr(module, &n.__name__)?;
            let own = vm.to_str(&own)?;
            let (what, place) = if skip_private { ("Key", "__dict__") } else { ("Item", "__all__") };
            return Err(vm.type_error(format!(
                "{what} in {}.{place} must be str, not {}",
                own.to_lossy(),
                name.class().name()
            )));
        };
        if skip_private && text.as_bytes().first() == Some(&b'_') {
            continue;
        }
        let value = vm.get_attr(module, &crate::object::string::intern_ref(&text))?;
        match namespace.downcast::<PyDict>() {
            Some(d) if namespace.is_exact(&crate::types::dict::DICT) => d.set(vm, &name, value)?,
            _ => vm.set_item(namespace, &name, value)?,
        }
    }
    Ok(())
}

/// Imports a module by its full name and gives that module (not its top package).
pub fn import_path(vm: &Vm, name: &str) -> PyResult<Value> {
    let name = vm.intern(name);
    match loaded(vm, &name) {
        Some(m) => Ok(m),
        None => find_and_load(vm, &name),
    }
}

/// The module of this full name, loaded if need be: importlib's `_find_and_load`.
pub fn find_and_load(vm: &Vm, name: &Str) -> PyResult<Value> {
    if let Some(m) = loaded(vm, name) {
        return Ok(m);
    }
    let text = name.to_lossy().into_owned();
    let held = locks::acquire(vm, &text)?;
    let result = match vm.runtime().modules.get_str(name) {
        Some(m) if m.is_none() => Err(vm.import_error(
            &exc::MODULE_NOT_FOUND_ERROR,
            &format!("import of {text} halted; None in sys.modules"),
            name.value(),
            Value::NONE,
        )),
        Some(m) => Ok(m),
        None => find_and_load_unlocked(vm, name),
    };
    drop(held);
    result
}

fn find_and_load_unlocked(vm: &Vm, name: &Str) -> PyResult<Value> {
    let n = vm.names();
    let modules = &vm.runtime().modules;
    let bytes = name.as_bytes();
    let mut path = Value::NONE;
    let mut parent = None;
    if let Some(dot) = bytes.iter().rposition(|&b| b == b'.') {
        let parent_name = PyStr::intern(&bytes[..dot]);
        let child = PyStr::intern(&bytes[dot + 1..]);
        if modules.get_str(&parent_name).is_none() {
            find_and_load(vm, &parent_name)?;
        }
        if let Some(m) = modules.get_str(name).filter(|m| !m.is_none()) {
            return Ok(m);
        }
        let Some(p) = modules.get_str(&parent_name) else { return Err(vm.key_error(parent_name.into_value())) };
        path = match vm.get_attr_opt(&p, &n.__path__)? {
            Some(path) => path,
            None => {
                let message = format!(
                    "No module named {}; {} is not a package",
                    vm.repr(name.as_value())?.to_lossy(),
                    vm.repr(parent_name.as_value())?.to_lossy()
                );
                return Err(vm.import_error(&exc::MODULE_NOT_FOUND_ERROR, &message, name.value(), Value::NONE));
            }
        };
        parent = Some((parent_name, child, p));
    }
    let Some(spec) = find_spec(vm, name, &path, &Value::NONE)? else { return Err(not_found(vm, name)) };
    let parent_spec = match &parent {
        Some((_, child, p)) => {
            let s = vm.get_attr_opt(p, &n.__spec__)?;
            let list = s.as_ref().and_then(|s| s.downcast::<PySpec>()).map(|s| s.uninitialized.borrow().clone());
            if let Some(l) = list.as_ref().and_then(|l| l.downcast::<PyList>()) {
                l.push(child.value()).map_err(|e| vm.out_of_memory(e))?;
            }
            list
        }
        None => None,
    };
    let result = load_unlocked(vm, &spec);
    if let Some(l) = parent_spec.as_ref().and_then(|l| l.downcast::<PyList>()) {
        drop(l.with_mut(|v| v.pop()));
    }
    let module = result?;
    if let Some((parent_name, child, _)) = parent
        && let Some(p) = modules.get_str(&parent_name)
        && let Err(e) = vm.set_attr(&p, &child, module.clone())
    {
        if !e.is(&exc::ATTRIBUTE_ERROR) {
            return Err(e);
        }
        let message =
            format!("Cannot set an attribute on '{}' for child module '{}'", parent_name.to_lossy(), child.to_lossy());
        vm.warn_named("ImportWarning", &message, 1)?;
    }
    Ok(module)
}

/// ModuleNotFoundError, with a note in sealed programs of what would have bundled the module.
#[cold]
fn not_found(vm: &Vm, name: &Str) -> Raised {
    let shown = vm.repr(name.as_value()).map(|r| r.to_lossy().into_owned()).unwrap_or_default();
    let e =
        vm.import_error(&exc::MODULE_NOT_FOUND_ERROR, &format!("No module named {shown}"), name.value(), Value::NONE);
    if vm.runtime().config.borrow().sealed {
        let note =
            format!("freeze: {shown} is not in this program; bundle it with --hidden-import {}", name.to_lossy());
        let notes = PyList::new(vec![vm.str(&note)]).into_value();
        // Without the note the error is as good as CPython's.
        let _ = vm.set_attr(&e.value(), &vm.names().__notes__, notes);
    }
    e
}

/// Whether a name is one of the modules that importlib's Python code is known by.
pub(crate) fn is_special_builtin(name: &[u8]) -> bool {
    name == b"_frozen_importlib" || name == b"_frozen_importlib_external"
}

/// The frozen module of this name, unless a source file earlier on `sys.path` hides it (never in sealed programs).
pub(crate) fn find_frozen_unshadowed(vm: &Vm, name: &Str) -> Option<source::FrozenModule> {
    let info = finders::find_frozen(vm, name)?;
    if vm.runtime().config.borrow().sealed || name.as_bytes().contains(&b'.') {
        return Some(info);
    }
    let root = vm.module_source()?.root().to_owned();
    let text = name.as_str()?;
    let path = vm.runtime().sys.get_str(&vm.names().path)?;
    for entry in path.downcast::<PyList>().map(PyList::to_vec).unwrap_or_default() {
        let Some(dir) = entry.downcast::<PyStr>().and_then(PyStr::as_str) else { continue };
        if dir == root {
            break;
        }
        let dir = if dir.is_empty() { "." } else { dir };
        if std::path::Path::new(&format!("{dir}/{text}.py")).is_file()
            || std::path::Path::new(&format!("{dir}/{text}/__init__.py")).is_file()
        {
            return None;
        }
    }
    Some(info)
}

/// Asks the finders of `sys.meta_path`; the native ones without calling into Python.
pub fn find_spec(vm: &Vm, name: &Str, path: &Value, target: &Value) -> PyResult<Option<Value>> {
    let mut external_loaded = bootstrap::external_is_loaded(vm);
    let mut done = 0;
    loop {
        let finders = vm.runtime().sys.get_str(&vm.names().meta_path).unwrap_or(Value::NONE);
        if finders.is_none() {
            return Err(vm.new_error(&exc::IMPORT_ERROR, "sys.meta_path is None, Python is likely shutting down"));
        }
        let finders = vm.to_vec(&finders)?;
        if finders.is_empty() {
            vm.warn_named("ImportWarning", "sys.meta_path is empty", 1)?;
        }
        for finder in finders.iter().skip(done) {
            let spec = if finder.is(&finders::BUILTIN_IMPORTER.as_value()) {
                (is_special_builtin(name.as_bytes()) || finders::find_native(vm, name.as_bytes()).is_some())
                    .then(|| finders::native_spec(vm, name).into_value())
            } else if finder.is(&finders::FROZEN_IMPORTER.as_value()) {
                match find_frozen_unshadowed(vm, name) {
                    Some(info) => Some(finders::frozen_spec(vm, name, &info).into_value()),
                    None => finders::frozen_namespace(vm, name)?,
                }
            } else {
                let Some(find) = vm.get_attr_opt(finder, &vm.intern("find_spec"))? else { continue };
                let spec = vm.call(&find, &[name.value(), path.clone(), target.clone()])?;
                (!spec.is_none()).then_some(spec)
            };
            if let Some(spec) = spec {
                return Ok(Some(spec));
            }
        }
        // Only now does Python's importlib matter: it searches sys.path.
        if external_loaded || !bootstrap::path_search_is_useful(vm, path)? {
            return Ok(None);
        }
        done = finders.len();
        bootstrap::load_external(vm)?;
        external_loaded = true;
    }
}

/// Makes the module that a spec describes and runs its code: importlib's `_load_unlocked`.
pub fn load_unlocked(vm: &Vm, spec: &Value) -> PyResult<Value> {
    let n = vm.names();
    let modules = &vm.runtime().modules;
    let Some(native) = spec.downcast_ref::<PySpec>() else {
        let b = bootstrap::load_bootstrap(vm)?;
        return vm.call_method(&b, "_load_unlocked", std::slice::from_ref(spec));
    };
    let name = native.name.borrow().clone();
    let Some(name) = name.downcast_ref::<PyStr>() else { return Err(vm.type_error("module name must be str")) };
    let name = crate::object::string::intern_ref(&name);
    let loader = native.loader.borrow().clone();
    if loader.is(&finders::BUILTIN_IMPORTER.as_value()) {
        if is_special_builtin(name.as_bytes()) {
            return bootstrap::load_special(vm, &name);
        }
        let Some(def) = finders::find_native(vm, name.as_bytes()) else { return Err(not_found(vm, &name)) };
        let module = finders::make_native(vm, def, &native)?;
        modules.set_str(&name, module.value());
        return Ok(module.into_value());
    }
    if loader.has_layout::<finders::PyFrozenLoader>() {
        let module = new_module(vm, &name, &native);
        native.initializing.set(true);
        modules.set_str(&name, module.value());
        let loading = crate::object::gc::Loading::begin();
        let result = finders::exec_frozen(vm, &name, module.as_value());
        drop(loading);
        native.initializing.set(false);
        if let Err(e) = result {
            drop(modules.remove_str(&name));
            return Err(e);
        }
        // A module may have put something else in its place; it also moves to the end, as under CPython.
        return match modules.remove_str(&name) {
            Some(m) => {
                modules.set_str(&name, m.clone());
                Ok(m)
            }
            None => Err(vm.key_error(name.into_value())),
        };
    }
    let _ = n;
    let b = bootstrap::load_bootstrap(vm)?;
    vm.call_method(&b, "_load_unlocked", std::slice::from_ref(spec))
}

/// An empty module with the attributes that its spec gives.
pub fn new_module(vm: &Vm, name: &Str, spec: &Ref<PySpec>) -> Ref<PyModule> {
    let n = vm.names();
    let module = PyModule::create(vm, name.as_value(), Value::NONE);
    let d = module.dict();
    let locations = spec.locations.borrow().clone();
    let bytes = name.as_bytes();
    let package = match (locations.is_none(), bytes.iter().rposition(|&b| b == b'.')) {
        (false, _) => name.value(),
        (true, Some(dot)) => PyStr::intern(&bytes[..dot]).into_value(),
        (true, None) => n.empty.value(),
    };
    d.set_str(&n.__package__, package);
    d.set_str(&n.__loader__, spec.loader.borrow().clone());
    d.set_str(&n.__spec__, spec.value());
    if !locations.is_none() {
        d.set_str(&n.__path__, locations);
    }
    if spec.has_location.get() {
        d.set_str(&n.__file__, spec.origin.borrow().clone());
    }
    module
}
