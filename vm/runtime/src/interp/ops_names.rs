//! Names: globals, builtins, namespaces of modules and classes, imports.
#![allow(unsafe_code)]

use super::stack::Frame;
use crate::Str;
use crate::object::{Ref, Value};
use crate::types::code::{SiteCache, SiteSlot};
use crate::types::dict::{DICT, PyDict};
use crate::types::exception::KEY_ERROR;
use crate::types::function::PyFunction;
use crate::vm::{PyResult, Raised, Vm};

const IN_GLOBALS: u8 = 1;
const IN_BUILTINS: u8 = 2;

fn site_str(site: &SiteSlot) -> Str {
    Ref::from_value_unchecked(site.name.clone())
}

/// A global or built-in name. The site remembers the entry's number while the keys of both dicts stay the same.
#[inline(always)]
pub(super) fn load_global(vm: &Vm, func: &PyFunction, site: &SiteSlot) -> PyResult<Value> {
    // SAFETY: caches are plain data, touched under the interpreter lock, and no reference outlives this read.
    let c = unsafe { *site.cache.get() };
    if c.kind == IN_GLOBALS {
        let t = func.globals.table();
        if t.version_now() == c.version
            && let Some(v) = t.value_at(c.index as usize)
        {
            return Ok(v);
        }
    } else if c.kind == IN_BUILTINS {
        let t = func.builtins.table();
        if func.globals.table().version_now() == c.version
            && u64::from(t.version_now()) == c.word
            && let Some(v) = t.value_at(c.index as usize)
        {
            return Ok(v);
        }
    }
    load_global_slow(vm, func, site)
}

#[inline(never)]
fn load_global_slow(vm: &Vm, func: &PyFunction, site: &SiteSlot) -> PyResult<Value> {
    let name = site_str(site);
    if !func.globals.as_value().is_exact(&DICT) || !func.builtins.as_value().is_exact(&DICT) {
        // Nothing is remembered of a subclass, which may make values up (annotations are evaluated so).
        let globals = func.globals.value();
        let found = match lookup(vm, &globals, &name)? {
            None => lookup(vm, &func.builtins.value(), &name)?,
            found => found,
        };
        return found.ok_or_else(|| not_defined(vm, &name));
    }
    let globals = func.globals.table();
    if let Some(i) = globals.find_str(&name) {
        remember(
            site,
            SiteCache { kind: IN_GLOBALS, version: globals.version(), index: i as u32, ..SiteCache::default() },
        );
        if let Some(v) = globals.value_at(i) {
            return Ok(v);
        }
    }
    let builtins = func.builtins.table();
    if let Some(i) = builtins.find_str(&name) {
        let word = u64::from(builtins.version());
        remember(
            site,
            SiteCache { kind: IN_BUILTINS, version: globals.version(), index: i as u32, word, ..SiteCache::default() },
        );
        if let Some(v) = builtins.value_at(i) {
            return Ok(v);
        }
    }
    Err(not_defined(vm, &name))
}

fn remember(site: &SiteSlot, c: SiteCache) {
    if c.version != 0 {
        // SAFETY: as in `load_global`.
        unsafe { *site.cache.get() = c };
    }
}

#[cold]
fn not_defined(vm: &Vm, name: &Str) -> Raised {
    vm.name_error(name, format!("name '{}' is not defined", name.to_lossy()))
}

pub(super) fn delete_global(vm: &Vm, f: &Frame, name: &Str) -> PyResult<()> {
    match f.func.globals.remove_str(name) {
        Some(v) => {
            drop(v);
            Ok(())
        }
        None => Err(not_defined(vm, name)),
    }
}

/// The namespace of the running block; a function's globals where it has none.
pub(super) fn namespace(f: &Frame) -> Value {
    if f.namespace.is_unbound() { f.func.globals.value() } else { f.namespace.clone() }
}

/// Looks a name up in a mapping; a missing key is `None`.
pub(super) fn lookup(vm: &Vm, ns: &Value, name: &Str) -> PyResult<Option<Value>> {
    if let Some(d) = ns.downcast_exact::<PyDict>(&DICT) {
        return Ok(d.get_str(name));
    }
    match vm.get_item(ns, name.as_value()) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&KEY_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}

pub(super) fn load_name(vm: &Vm, f: &Frame, site: &SiteSlot) -> PyResult<Value> {
    if !f.namespace.is_unbound() && !f.namespace.is(f.func.globals.as_value()) {
        let name = site_str(site);
        if let Some(v) = lookup(vm, &f.namespace, &name)? {
            return Ok(v);
        }
    }
    load_global(vm, &f.func, site)
}

pub(super) fn store_name(vm: &Vm, f: &Frame, name: &Str, v: Value) -> PyResult<()> {
    let ns = if f.namespace.is_unbound() { f.func.globals.as_value() } else { &f.namespace };
    if let Some(d) = ns.downcast_exact::<PyDict>(&DICT) {
        d.set_str(name, v);
        return Ok(());
    }
    let ns = ns.clone();
    vm.set_item(&ns, name.as_value(), v)
}

pub(super) fn delete_name(vm: &Vm, f: &Frame, name: &Str) -> PyResult<()> {
    let ns = namespace(f);
    match vm.del_item(&ns, name.as_value()) {
        Err(e) if e.is(&KEY_ERROR) => Err(not_defined(vm, name)),
        r => r,
    }
}

pub(super) fn load_dict_or_global(vm: &Vm, f: &Frame, dict: &Value, site: &SiteSlot) -> PyResult<Value> {
    let dict = dict.clone();
    match lookup(vm, &dict, &site_str(site))? {
        Some(v) => Ok(v),
        None => load_global(vm, &f.func, site),
    }
}

pub(super) fn load_dict_or_free(vm: &Vm, f: &Frame, dict: &Value, free: usize) -> PyResult<Value> {
    let dict = dict.clone();
    let name = f.code().freevars[free].clone();
    if let Some(v) = lookup(vm, &dict, &name)? {
        return Ok(v);
    }
    let v = super::ops_misc::free_content(f, free as u16);
    if v.is_unbound() { Err(super::ops_misc::unbound_free(vm, f.code(), free as u16)) } else { Ok(v) }
}

pub(super) fn load_dict_or_cell(vm: &Vm, f: &Frame, dict: &Value, local: usize) -> PyResult<Value> {
    let dict = dict.clone();
    let name = f.code().local_names[local].clone();
    if let Some(v) = lookup(vm, &dict, &name)? {
        return Ok(v);
    }
    let v = super::ops_misc::cell_content(f.reg(local));
    if v.is_unbound() { Err(super::ops_misc::unbound_local(vm, f.code(), local as u16)) } else { Ok(v) }
}

/// `import name` through `builtins.__import__`, straight to the importer when that is the original.
pub(super) fn import_name(vm: &Vm, f: &Frame, name: &Str, fromlist: &Value, level: &Value) -> PyResult<Value> {
    let Some(import) = lookup(vm, f.func.builtins.as_value(), &vm.names().__import__)? else {
        return Err(vm.import_error(
            &crate::types::exception::IMPORT_ERROR,
            "__import__ not found",
            Value::NONE,
            Value::NONE,
        ));
    };
    if is_original_import(&import) {
        let level = vm.to_i64(level)?;
        let globals = f.func.globals.clone();
        return crate::import::import(vm, name, Some(&globals), fromlist, level);
    }
    let globals = f.func.globals.value();
    let locals = namespace(f);
    vm.call(&import, &[name.value(), globals, locals, fromlist.clone(), level.clone()])
}

/// Whether this is the built-in `__import__` itself.
fn is_original_import(v: &Value) -> bool {
    v.downcast::<crate::types::native_function::PyNativeFunction>().is_some_and(|f| f.def.name() == "__import__")
}

/// Makes sure that the namespace has `__annotations__`.
pub(super) fn setup_annotations(vm: &Vm, f: &Frame) -> PyResult<()> {
    let ns = namespace(f);
    let name = &vm.names().__annotations__;
    if lookup(vm, &ns, name)?.is_none() {
        vm.set_item(&ns, name.as_value(), PyDict::new_ref().into_value())?;
    }
    Ok(())
}
