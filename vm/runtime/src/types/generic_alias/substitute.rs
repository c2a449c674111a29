//! Type parameters of aliases: finding them, and putting arguments in their place.

use crate::object::{Ref, TypeObject, Value};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// How a type shows inside of an alias: qualified name without `builtins`, `...` for Ellipsis, else its repr.
pub(crate) fn type_repr(vm: &Vm, v: &Value) -> PyResult<String> {
    if v.is(&Value::ELLIPSIS) {
        return Ok("...".into());
    }
    let n = vm.names();
    let shown = |v: &Value| Ok(vm.repr(v)?.to_lossy().into_owned());
    // An alias shows itself.
    if !v.has_layout::<TypeObject>()
        && vm.get_attr_opt(v, &n.__origin__)?.is_some()
        && vm.get_attr_opt(v, &vm.intern("__args__"))?.is_some()
    {
        return shown(v);
    }
    let (Some(q), Some(m)) = (vm.get_attr_opt(v, &n.__qualname__)?, vm.get_attr_opt(v, &n.__module__)?) else {
        return shown(v);
    };
    if m.is_none() {
        return shown(v);
    }
    let (q, m) = (vm.to_str(&q)?, vm.to_str(&m)?);
    Ok(if m.as_bytes() == b"builtins" {
        q.to_lossy().into_owned()
    } else {
        format!("{}.{}", m.to_lossy(), q.to_lossy())
    })
}

/// Whether `v` is the tuple-like container of further arguments (a tuple or list).
fn nested(v: &Value) -> Option<Vec<Value>> {
    match v.downcast::<PyTuple>() {
        Some(t) => Some(t.as_slice().to_vec()),
        None => v.downcast::<PyList>().map(PyList::to_vec),
    }
}

fn add(out: &mut Vec<Value>, v: Value) {
    if !out.iter().any(|o| o.is(&v)) {
        out.push(v);
    }
}

/// The type parameters in `args`, each once, in order.
pub(crate) fn collect_parameters(vm: &Vm, args: &[Value]) -> PyResult<Ref<PyTuple>> {
    let mut out = Vec::new();
    collect(vm, args, &mut out)?;
    Ok(PyTuple::new(out))
}

fn collect(vm: &Vm, args: &[Value], out: &mut Vec<Value>) -> PyResult<()> {
    vm.check_stack()?;
    let n = vm.names();
    for a in args {
        if a.has_layout::<TypeObject>() {
            continue;
        }
        if let Some(items) = nested(a) {
            collect(vm, &items, out)?;
        } else if vm.get_attr_opt(a, &n.__typing_subst__)?.is_some() {
            add(out, a.clone());
        } else if let Some(p) = vm.get_attr_opt(a, &n.__parameters__)?
            && let Some(t) = p.downcast::<PyTuple>()
        {
            t.as_slice().iter().for_each(|v| add(out, v.clone()));
        }
    }
    Ok(())
}

/// The items of a subscript, starred tuples unpacked.
fn unpack(vm: &Vm, item: &Value) -> PyResult<Vec<Value>> {
    let items = match item.downcast::<PyTuple>() {
        Some(t) => t.as_slice().to_vec(),
        None => vec![item.clone()],
    };
    let mut out = Vec::with_capacity(items.len());
    for x in items {
        if !x.has_layout::<TypeObject>()
            && let Some(t) = vm.get_attr_opt(&x, &vm.names().__typing_unpacked_tuple_args__)?
            && let Some(t) = t.downcast::<PyTuple>()
            && t.as_slice().last().is_none_or(|l| !l.is(&Value::ELLIPSIS))
        {
            out.extend_from_slice(t.as_slice());
            continue;
        }
        out.push(x);
    }
    Ok(out)
}

/// The arguments `args` of alias `this` with `item` put in for the `parameters`.
pub(crate) fn subs_parameters(
    vm: &Vm,
    this: &Value,
    args: &[Value],
    parameters: &PyTuple,
    item: &Value,
) -> PyResult<Ref<PyTuple>> {
    let n = vm.names();
    if parameters.is_empty() {
        return Err(vm.type_error(format!("{} is not a generic class", vm.repr(this)?.to_lossy())));
    }
    let mut given = unpack(vm, item)?;
    for p in parameters.as_slice() {
        if let Some(prepare) = vm.get_attr_opt(p, &n.__typing_prepare_subst__)?
            && !prepare.is_none()
        {
            let r = vm.call(&prepare, &[this.clone(), PyTuple::new(given).into_value()])?;
            given = match r.downcast::<PyTuple>() {
                Some(t) => t.as_slice().to_vec(),
                None => vec![r],
            };
        }
    }
    if given.len() != parameters.len() {
        let word = if given.len() > parameters.len() { "many" } else { "few" };
        return Err(vm.type_error(format!(
            "Too {word} arguments for {}; actual {}, expected {}",
            vm.repr(this)?.to_lossy(),
            given.len(),
            parameters.len()
        )));
    }
    let mut out = Vec::with_capacity(args.len());
    substitute(vm, args, parameters.as_slice(), &given, &mut out)?;
    Ok(PyTuple::new(out))
}

fn substitute(vm: &Vm, args: &[Value], parameters: &[Value], given: &[Value], out: &mut Vec<Value>) -> PyResult<()> {
    vm.check_stack()?;
    let n = vm.names();
    for a in args {
        if a.has_layout::<TypeObject>() {
            out.push(a.clone());
            continue;
        }
        if let Some(items) = nested(a) {
            let mut inner = Vec::with_capacity(items.len());
            substitute(vm, &items, parameters, given, &mut inner)?;
            out.push(match a.has_layout::<PyList>() {
                true => PyList::new(inner).into_value(),
                false => PyTuple::new(inner).into_value(),
            });
            continue;
        }
        let variadic =
            vm.get_attr_opt(a, &vm.intern("__typing_is_unpacked_typevartuple__"))?.is_some_and(|u| u.is_true());
        let unpacked = variadic
            || vm.get_attr_opt(a, &n.__unpacked__)?.is_some_and(|u| u.is_true())
            || vm.get_attr_opt(a, &n.__typing_unpacked_tuple_args__)?.is_some_and(|u| !u.is_none());
        let subst = vm.get_attr_opt(a, &n.__typing_subst__)?;
        let made = match subst {
            Some(f) => {
                let i = parameters.iter().position(|p| p.is(a)).unwrap_or(0);
                vm.call(&f, std::slice::from_ref(&given[i]))?
            }
            None => within(vm, a, parameters, given)?,
        };
        match made.downcast::<PyTuple>() {
            Some(t) if unpacked || is_variadic(vm, a)? => out.extend_from_slice(t.as_slice()),
            _ if unpacked => {
                // `*Ts` inside of an alias: what came out is starred and spreads.
                let it = vm.get_attr_opt(&made, &n.__typing_unpacked_tuple_args__)?;
                match it.as_ref().and_then(|t| t.downcast::<PyTuple>()) {
                    Some(t) if t.as_slice().last().is_none_or(|l| !l.is(&Value::ELLIPSIS)) => {
                        out.extend_from_slice(t.as_slice());
                    }
                    _ => out.push(made),
                }
            }
            _ => out.push(made),
        }
    }
    Ok(())
}

fn is_variadic(_vm: &Vm, v: &Value) -> PyResult<bool> {
    Ok(v.class().name() == "TypeVarTuple")
}

/// An argument that has parameters itself: `list[T]` inside of `dict[str, list[T]]`.
fn within(vm: &Vm, a: &Value, parameters: &[Value], given: &[Value]) -> PyResult<Value> {
    let Some(p) = vm.get_attr_opt(a, &vm.names().__parameters__)? else { return Ok(a.clone()) };
    let Some(p) = p.downcast::<PyTuple>().filter(|p| !p.is_empty()) else { return Ok(a.clone()) };
    let mut inner = Vec::new();
    for x in p.as_slice() {
        let Some(i) = parameters.iter().position(|q| q.is(x)) else {
            inner.push(x.clone());
            continue;
        };
        match given[i].downcast::<PyTuple>() {
            Some(t) if is_variadic(vm, x)? => inner.extend_from_slice(t.as_slice()),
            _ => inner.push(given[i].clone()),
        }
    }
    vm.get_item(a, &PyTuple::new(inner).into_value())
}
