//! `isinstance`, `issubclass`, and what a class statement calls.

use freeze_runtime::types::cell::PyCell;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::TYPE;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{CallArgs, Value, Vm};

use super::as_class;

pub(super) fn isinstance(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "isinstance")?;
    call.check_count(vm, "isinstance", 2, 2)?;
    Ok(Value::bool(vm.isinstance(&call.args[0], &call.args[1])?))
}

pub(super) fn issubclass(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "issubclass")?;
    call.check_count(vm, "issubclass", 2, 2)?;
    Ok(Value::bool(vm.issubclass(&call.args[0], &call.args[1])?))
}

/// The bases of a class statement, with what `__mro_entries__` makes of those that are no classes.
fn resolve_bases(vm: &Vm, bases: &[Value]) -> PyResult<Option<Vec<Value>>> {
    let mut out: Option<Vec<Value>> = None;
    for (i, b) in bases.iter().enumerate() {
        let hook = if as_class(b).is_some() { None } else { vm.get_attr_opt(b, &vm.names().__mro_entries__)? };
        match hook {
            None => {
                if let Some(o) = &mut out {
                    o.push(b.clone());
                }
            }
            Some(hook) => {
                let entries = vm.call(&hook, &[PyTuple::from_slice(bases).into_value()])?;
                let Some(t) = entries.downcast::<PyTuple>() else {
                    return Err(vm.type_error("__mro_entries__ must return a tuple"));
                };
                out.get_or_insert_with(|| bases[..i].to_vec()).extend_from_slice(t.as_slice());
            }
        }
    }
    Ok(out)
}

/// The most derived metaclass.
fn winner(vm: &Vm, mut meta: Value, bases: &[Value]) -> PyResult<Value> {
    for b in bases {
        let t = b.class().as_value();
        let (Some(m), Some(c)) = (as_class(&meta), as_class(&t)) else { continue };
        if m.is_subtype(c.object()) {
            continue;
        }
        if c.is_subtype(m.object()) {
            meta = t;
            continue;
        }
        return Err(vm.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(meta)
}

pub(super) fn build_class(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let n = vm.names();
    let pos = call.positional();
    if pos.len() < 2 {
        return Err(vm.type_error("__build_class__: not enough arguments"));
    }
    let func = &pos[0];
    let name = &pos[1];
    if !name.has_layout::<PyStr>() {
        return Err(vm.type_error("__build_class__: name is not a string"));
    }
    let given = &pos[2..];
    let resolved = resolve_bases(vm, given)?;
    let bases = resolved.as_deref().unwrap_or(given);
    let mut meta = None;
    let mut kw_names = Vec::new();
    let mut kw_values = Vec::new();
    for (k, v) in call.keywords() {
        if k.downcast::<PyStr>().is_some_and(|k| k.as_bytes() == b"metaclass") {
            meta = Some(v.clone());
        } else {
            kw_names.push(k.clone());
            kw_values.push(v.clone());
        }
    }
    let meta = match meta {
        Some(m) if as_class(&m).is_none() => m,
        Some(m) => winner(vm, m, bases)?,
        None => match bases.first() {
            Some(b) => winner(vm, b.class().as_value(), bases)?,
            None => TYPE.as_value(),
        },
    };
    let bases_value = PyTuple::from_slice(bases).into_value();
    let with_kw = |head: &[Value]| {
        let mut v = head.to_vec();
        v.extend_from_slice(&kw_values);
        v
    };
    let plain = meta.is(&TYPE.as_value());
    let prepare = if plain { None } else { vm.get_attr_opt(&meta, &n.__prepare__)? };
    let ns = match prepare {
        None => PyDict::new_ref().into_value(),
        Some(p) => {
            let args = with_kw(&[name.clone(), bases_value.clone()]);
            vm.call_args(&p, CallArgs { args: &args, names: &kw_names })?
        }
    };
    if ns.class().slots().getitem.is_none() {
        let who = as_class(&meta).map_or("<metaclass>", |t| t.name());
        return Err(vm.type_error(format!("{who}.__prepare__() must return a mapping, not {}", ns.class().name())));
    }
    let cell = freeze_runtime::interp::run_class_body(vm, func, &ns)?;
    if let Some(original) = resolved.as_ref().map(|_| PyTuple::from_slice(given).into_value()) {
        vm.set_item(&ns, n.__orig_bases__.as_value(), original)?;
    }
    let args = with_kw(&[name.clone(), bases_value, ns]);
    let class = vm.call_args(&meta, CallArgs { args: &args, names: &kw_names })?;
    if as_class(&class).is_some()
        && let Some(c) = cell.downcast::<PyCell>()
    {
        let shown = name.downcast::<PyStr>().map_or(String::new(), |s| s.to_lossy().into_owned());
        match c.get() {
            v if v.is_unbound() => {
                return Err(vm.runtime_error(format!(
                    "__class__ not set defining '{shown}' as {}. Was __classcell__ propagated to type.__new__?",
                    vm.repr(&class)?.to_lossy()
                )));
            }
            v if !v.is(&class) => {
                return Err(vm.type_error(format!(
                    "__class__ set to {} defining '{shown}' as {}",
                    vm.repr(&v)?.to_lossy(),
                    vm.repr(&class)?.to_lossy()
                )));
            }
            _ => {}
        }
    }
    Ok(class)
}
