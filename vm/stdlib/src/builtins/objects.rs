//! Built-in functions of any object: attributes, text, identity.

use freeze_runtime::object::string::intern_ref;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, Str, Value, Vm};

pub(super) fn len(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "len")?;
    if call.args.len() != 1 {
        return Err(vm.type_error(format!("len() takes exactly one argument ({} given)", call.args.len())));
    }
    vm.len(&call.args[0]).map(Value::usize)
}

pub(super) fn repr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.repr(args.get(0)).map(Str::into_value)
}

pub(super) fn ascii(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.ascii(args.get(0)).map(Str::into_value)
}

pub(super) fn format(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = match args.opt(1) {
        None => vm.names().empty.clone(),
        Some(_) => args.str(vm, 1)?,
    };
    vm.format(args.get(0), &spec).map(Str::into_value)
}

pub(super) fn hash(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.hash(args.get(0)).map(Value::int)
}

pub(super) fn id(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let id = args.get(0).id();
    Ok(freeze_runtime::types::int::from_big(id.into()))
}

pub(super) fn callable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(vm.is_callable(args.get(0))))
}

fn attr_name(vm: &Vm, v: &Value) -> PyResult<Str> {
    match v.downcast_ref::<PyStr>() {
        Some(s) => Ok(intern_ref(&s)),
        None => Err(vm.type_error(format!("attribute name must be string, not '{}'", v.class().name()))),
    }
}

pub(super) fn getattr(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "getattr")?;
    call.check_count(vm, "getattr", 2, 3)?;
    let name = attr_name(vm, &call.args[1])?;
    match call.args.get(2) {
        None => vm.get_attr(&call.args[0], &name),
        Some(default) => Ok(vm.get_attr_opt(&call.args[0], &name)?.unwrap_or_else(|| default.clone())),
    }
}

pub(super) fn hasattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(vm.has_attr(args.get(0), &attr_name(vm, args.get(1))?)?))
}

pub(super) fn setattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.set_attr(args.get(0), &attr_name(vm, args.get(1))?, args.get(2).clone())?;
    Ok(Value::NONE)
}

pub(super) fn delattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.del_attr(args.get(0), &attr_name(vm, args.get(1))?)?;
    Ok(Value::NONE)
}

/// A sorted list of what an iterable holds.
fn sorted(vm: &Vm, items: &Value) -> PyResult<Value> {
    let list = PyList::new(vm.to_vec(items)?).into_value();
    vm.call_method_name(&list, &vm.names().sort, &[])?;
    Ok(list)
}

pub(super) fn dir(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "dir")?;
    call.check_count(vm, "dir", 0, 1)?;
    let Some(obj) = call.args.first() else {
        let locals = vm.current_locals()?;
        let keys = vm.call_method_name(&locals, &vm.names().keys, &[])?;
        return sorted(vm, &keys);
    };
    match vm.call_special(obj, &vm.names().__dir__, &[])? {
        Some(names) => sorted(vm, &names),
        None => Err(vm.type_error("object does not provide __dir__")),
    }
}

pub(super) fn vars(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "vars")?;
    call.check_count(vm, "vars", 0, 1)?;
    let Some(obj) = call.args.first() else { return vm.current_locals() };
    match vm.get_attr_opt(obj, &vm.names().__dict__)? {
        Some(d) => Ok(d),
        None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
    }
}
