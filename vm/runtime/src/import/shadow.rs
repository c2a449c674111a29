//! Files of the program that hide a library module, as a script `random.py` does: what errors about them suggest.

use crate::object::Value;
use crate::types::set::PySet;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// Whether a module lies where only the program's own files do.
pub(crate) enum Shadow {
    No,
    /// It may hide an installed module of the same name.
    Perhaps(String),
    /// It hides a module of the library.
    Library(String),
}

impl Shadow {
    /// What the message of an error about the module ends with; a module that is complete is only blamed for the library's.
    pub(crate) fn advice(&self, vm: &Vm, module: &str, initializing: bool) -> Option<String> {
        let shown = |file: &str| vm.repr(&vm.str(file)).map_or_else(|_| String::new(), |r| r.to_lossy().into_owned());
        match self {
            Shadow::Library(file) => Some(format!(
                "(consider renaming {} since it has the same name as the standard library module named '{module}' and the \
                 import system gives it precedence)",
                shown(file)
            )),
            Shadow::Perhaps(file) if initializing => Some(format!(
                "(consider renaming {} if it has the same name as a third-party module you intended to import)",
                shown(file)
            )),
            _ => None,
        }
    }
}

/// What the module of this name and `__spec__` hides. An unhashable name raises TypeError, as looking it up does.
pub(crate) fn shadow(vm: &Vm, name: &Value, spec: &Value) -> PyResult<Shadow> {
    let Some(origin) = origin(vm, spec) else { return Ok(Shadow::No) };
    if !lies_in_first_folder(vm, &origin) {
        return Ok(Shadow::No);
    }
    let library = match vm.runtime().sys.get_text("stdlib_module_names") {
        Some(names) if names.downcast::<PySet>().is_some() => vm.contains(&names, name)?,
        _ => false,
    };
    Ok(if library { Shadow::Library(origin) } else { Shadow::Perhaps(origin) })
}

/// The file that a spec names.
pub(crate) fn origin(vm: &Vm, spec: &Value) -> Option<String> {
    if !vm.get_attr_str(spec, "has_location").ok().is_some_and(|v| v.is_true()) {
        return None;
    }
    let origin = vm.get_attr_str(spec, "origin").ok()?;
    Some(origin.downcast::<PyStr>()?.to_lossy().into_owned())
}

/// Whether a file, or the package that it makes, lies in the folder that the program put in front of `sys.path`.
fn lies_in_first_folder(vm: &Vm, file: &str) -> bool {
    let Some(first) = vm.runtime().first_path.borrow().clone() else { return false };
    let first = if first.is_empty() {
        match std::env::current_dir() {
            Ok(dir) => dir.to_string_lossy().into_owned(),
            Err(_) => return false,
        }
    } else {
        String::from_utf8_lossy(&first).into_owned()
    };
    let path = std::path::Path::new(file);
    let mut folder = path.parent();
    if path.file_name().is_some_and(|name| name == "__init__.py") {
        folder = folder.and_then(std::path::Path::parent);
    }
    folder == Some(std::path::Path::new(&first))
}
