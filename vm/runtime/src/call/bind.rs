//! Binding of a call to a native signature, with CPython's words when it does not fit.

use super::{CallArgs, NativeDef};
use crate::object::{TypeObject, Value};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_::qualname;
use crate::vm::{PyResult, Raised, Vm};

/// One slot per parameter; optional ones that were not given are `UNBOUND`.
pub fn bind(vm: &Vm, def: &'static NativeDef, call: CallArgs<'_>) -> PyResult<Vec<Value>> {
    let sig = &def.sig;
    let pos = call.positional();
    let mut slots = vec![Value::UNBOUND; sig.slots as usize];
    let positional = sig.positional as usize;
    if pos.len() > positional {
        if sig.varargs == 255 {
            return Err(wrong_count(vm, def, pos.len(), &call));
        }
        slots[sig.varargs as usize] = PyTuple::from_slice(&pos[positional..]).into_value();
    } else if sig.varargs != 255 {
        slots[sig.varargs as usize] = PyTuple::from_slice(&[]).into_value();
    }
    for (slot, v) in slots.iter_mut().zip(&pos[..pos.len().min(positional)]) {
        *slot = v.clone();
    }
    let mut extra = None;
    for (name, value) in call.keywords() {
        let text = name.downcast::<PyStr>().map(PyStr::as_bytes).unwrap_or_default();
        let slot = sig.param_names().enumerate().position(|(i, n)| {
            n.as_bytes() == text && i >= sig.posonly as usize && i != sig.varargs as usize && i != sig.varkw as usize
        });
        match slot {
            Some(i) if slots[i].is_unbound() => slots[i] = value.clone(),
            Some(i) => {
                return Err(vm.type_error(format!(
                    "argument for {}() given by name ('{}') and position ({})",
                    def.name(),
                    sig.param_name(i),
                    if sig.has_self() { i } else { i + 1 }
                )));
            }
            None if sig.varkw != 255 => {
                let dict = extra.get_or_insert_with(PyDict::new_ref);
                vm.set_item(dict.as_value(), name, value.clone())?;
            }
            None => return Err(unexpected(vm, def, &String::from_utf8_lossy(text), &call)),
        }
    }
    if let Some(d) = extra {
        slots[sig.varkw as usize] = d.into_value();
    }
    for i in 0..sig.required as usize {
        if slots[i].is_unbound() {
            if i < sig.posonly as usize || call.names.is_empty() {
                return Err(wrong_count(vm, def, pos.len(), &call));
            }
            return Err(vm.type_error(format!(
                "{}() missing required argument '{}' (pos {})",
                def.name(),
                sig.param_name(i),
                if sig.has_self() { i } else { i + 1 }
            )));
        }
    }
    for i in 0..sig.slots as usize {
        if sig.kw_required & 1 << i != 0 && slots[i].is_unbound() {
            return Err(vm.type_error(format!(
                "{}() missing required argument '{}' (pos {})",
                def.name(),
                sig.param_name(i),
                i + 1
            )));
        }
    }
    Ok(slots)
}

#[cold]
fn wrong_count(vm: &Vm, def: &'static NativeDef, given: usize, call: &CallArgs<'_>) -> Raised {
    let keywords = call.names.len();
    let sig = &def.sig;
    let name = sig.name();
    let mine = usize::from(sig.has_self());
    if given < mine {
        return vm.type_error(format!("unbound method {name}() needs an argument"));
    }
    let given = given - mine;
    let qualified = match call.args.first() {
        Some(this) if mine == 1 => format!("{}.{name}", owner_name(vm, def, this)),
        _ => name.to_string(),
    };
    let (min, max) = (sig.required as usize - mine.min(sig.required as usize), sig.positional as usize - mine);
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let keyworded = sig.posonly < sig.positional || sig.slots > sig.positional;
    if keywords > 0 && !keyworded {
        return vm.type_error(format!("{qualified}() takes no keyword arguments"));
    }
    if max == 0 && sig.varargs == 255 && !keyworded {
        return vm.type_error(format!("{qualified}() takes no arguments ({given} given)"));
    }
    if !keyworded {
        if min == 1 && max == 1 {
            return vm.type_error(format!("{qualified}() takes exactly one argument ({given} given)"));
        }
        let (word, n) = if min == max {
            ("", min)
        } else if given < min {
            ("at least ", min)
        } else {
            ("at most ", max)
        };
        return vm.type_error(format!("{name} expected {word}{n} argument{}, got {given}", s(n)));
    }
    let required_by_position = (sig.posonly as usize).min(sig.required as usize).saturating_sub(mine);
    if given < required_by_position {
        let word = if min == max && required_by_position == max { "exactly" } else { "at least" };
        return vm.type_error(format!(
            "{name}() takes {word} {required_by_position} positional argument{} ({given} given)",
            s(required_by_position)
        ));
    }
    if given > max && max == 0 {
        return vm.type_error(format!("{name}() takes no positional arguments"));
    }
    if given < min {
        let i = given + mine;
        return vm.type_error(format!(
            "{name}() missing required argument '{}' (pos {})",
            sig.param_name(i),
            given + 1
        ));
    }
    let word = if min == max { "exactly" } else { "at most" };
    let positional = if (sig.slots as usize) > sig.positional as usize { "positional " } else { "" };
    vm.type_error(format!("{name}() takes {word} {max} {positional}argument{} ({given} given)", s(max)))
}

/// The class that a method is called on, or, for a method of objects, the one that declares it.
fn owner_name(vm: &Vm, def: &'static NativeDef, this: &Value) -> String {
    if let Some(class) = this.downcast::<TypeObject>() {
        return qualname(vm, class.object()).to_lossy().into_owned();
    }
    let class = this.class();
    let declares =
        |class: &TypeObject| class.def.is_some_and(|d| d.methods.as_ptr_range().contains(&std::ptr::from_ref(def)));
    let name = class.mro().iter().find(|c| declares(c)).map(|c| c.name().to_owned());
    name.unwrap_or_else(|| class.name().to_owned())
}

/// The module that declares a function, but for `builtins`, which nobody writes.
fn module_name(vm: &Vm, def: &'static NativeDef) -> Option<&'static str> {
    let modules = vm.runtime().native_modules.borrow();
    let module = modules.iter().find(|m| m.functions.as_ptr_range().contains(&std::ptr::from_ref(def)))?;
    Some(module.name).filter(|name| *name != "builtins")
}

/// `. Did you mean 'name'?`, if one of the names is like `key`.
pub(super) fn hint<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> String {
    crate::types::traceback::suggest(key, names).map_or_else(String::new, |name| format!(". Did you mean '{name}'?"))
}

#[cold]
fn unexpected(vm: &Vm, def: &'static NativeDef, key: &str, call: &CallArgs<'_>) -> Raised {
    let sig = &def.sig;
    let gathered = usize::from(sig.varargs != 255) + usize::from(sig.varkw != 255);
    let keyworded = sig.slots as usize - gathered - sig.posonly as usize;
    if keyworded == 0 {
        let owner = match call.args.first() {
            Some(this) if sig.has_self() => format!("{}.", owner_name(vm, def, this)),
            _ => module_name(vm, def).map_or_else(String::new, |module| format!("{module}.")),
        };
        return vm.type_error(format!("{owner}{}() takes no keyword arguments", def.name()));
    }
    let mine = usize::from(sig.has_self());
    let (max, given) = (sig.slots as usize - gathered - mine, call.args.len() - mine);
    if sig.varargs == 255 && given > max {
        let what = if given == call.names.len() { "keyword " } else { "" };
        let s = if max == 1 { "" } else { "s" };
        return vm.type_error(format!("{}() takes at most {max} {what}argument{s} ({given} given)", def.name()));
    }
    let taken = |i: usize| i < sig.posonly as usize || i == sig.varargs as usize || i == sig.varkw as usize;
    let names = sig.param_names().enumerate().filter(|(i, _)| !taken(*i)).map(|(_, name)| name);
    vm.type_error(format!("{}() got an unexpected keyword argument '{key}'{}", def.name(), hint(key, names)))
}
