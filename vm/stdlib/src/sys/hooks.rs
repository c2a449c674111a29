//! Hooks of `sys`: display, exceptions, tracing, audit, asynchronous generators.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{Args, Value, Vm};

use crate::structseq::{make, struct_seq};

struct_seq! {
    static ASYNCGEN_HOOKS = "sys", "asyncgen_hooks", "", ["firstiter", "finalizer"], []
}

struct_seq! {
    static UNRAISABLE_HOOK_ARGS = "sys", "UnraisableHookArgs", "Type used to pass arguments to sys.unraisablehook.",
    ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"], []
}

const AUDIT_HOOKS: &str = "sys.audithooks";

/// Passes an event to the audit hooks, if there are any.
pub(crate) fn audit(vm: &Vm, event: &str, args: &[Value]) -> PyResult<()> {
    let hooks = vm.runtime().slots.borrow().get(AUDIT_HOOKS).cloned();
    let Some(hooks) = hooks else { return Ok(()) };
    let Some(list) = hooks.downcast::<PyList>().map(PyList::to_vec) else { return Ok(()) };
    let args = [vm.str(event), PyTuple::from_slice(args).into_value()];
    for h in list {
        vm.call(&h, &args)?;
    }
    Ok(())
}

pub(super) fn audit_call(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let event = args.str(vm, 0)?;
    audit(vm, &event.to_lossy(), args.rest(1))?;
    Ok(Value::NONE)
}

pub(super) fn addaudithook(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match audit(vm, "sys.addaudithook", &[]) {
        Ok(()) => {}
        // A hook that refuses others does so silently.
        Err(e) if e.is(&exc::RUNTIME_ERROR) => return Ok(Value::NONE),
        Err(e) => return Err(e),
    }
    let known = vm.runtime().slots.borrow().get(AUDIT_HOOKS).cloned();
    let list = match known {
        Some(l) => l,
        None => {
            let l = PyList::new(vec![]).into_value();
            vm.runtime().slots.borrow_mut().insert(AUDIT_HOOKS, l.clone());
            l
        }
    };
    if let Some(l) = list.downcast::<PyList>() {
        l.push(args.get(0).clone()).map_err(|e| vm.out_of_memory(e))?;
    }
    Ok(Value::NONE)
}

pub(super) fn displayhook(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    if v.is_none() {
        return Ok(Value::NONE);
    }
    let builtins = &vm.runtime().builtins;
    builtins.set_text("_", Value::NONE);
    let Some(out) = vm.runtime().sys.get_str(&vm.names().stdout).filter(|o| !o.is_none()) else {
        return Err(vm.runtime_error("lost sys.stdout"));
    };
    let text = vm.repr(v)?;
    let mut line = text.as_bytes().to_vec();
    line.push(b'\n');
    match vm.call_method_name(&out, &vm.names().write, &[PyStr::new(&line).into_value()]) {
        Ok(_) => {}
        Err(e) if e.is(&exc::UNICODE_ENCODE_ERROR) => {
            let ascii = vm.ascii(v)?;
            let mut line = ascii.as_bytes().to_vec();
            line.push(b'\n');
            vm.call_method_name(&out, &vm.names().write, &[PyStr::new(&line).into_value()])?;
        }
        Err(e) => return Err(e),
    }
    builtins.set_text("_", v.clone());
    Ok(Value::NONE)
}

pub(super) fn excepthook(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let value = args.get(1);
    if let Ok(e) = freeze_runtime::Ref::<exc::PyException>::try_from_value(value.clone()) {
        let tb = args.get(2);
        if !tb.is_none() && vm.get_attr(value, &vm.names().__traceback__)?.is_none() {
            vm.set_attr(value, &vm.names().__traceback__, tb.clone())?;
        }
        super::streams::print_exception(vm, &Raised::new(e));
    } else {
        super::streams::write_stderr(
            vm,
            &format!("TypeError: print_exception(): Exception expected for value, {} found\n", value.class().name()),
        );
    }
    Ok(Value::NONE)
}

pub(super) fn unraisablehook(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let u = args.get(0);
    if !u.is_exact(&UNRAISABLE_HOOK_ARGS) {
        return Err(vm.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    let get = |n: &str| vm.get_attr_str(u, n);
    let (message, object, value) = (get("err_msg")?, get("object")?, get("exc_value")?);
    let mut text = match message.downcast::<PyStr>() {
        Some(m) => m.to_lossy().into_owned(),
        None if object.is_none() => String::new(),
        None => "Exception ignored in".to_owned(),
    };
    if !object.is_none() {
        let shown =
            vm.repr(&object).map_or_else(|_| "<object repr() failed>".to_owned(), |r| r.to_lossy().into_owned());
        text.push_str(&format!(": {shown}"));
        super::streams::write_stderr(vm, &format!("{text}\n"));
    } else if !text.is_empty() {
        super::streams::write_stderr(vm, &format!("{text}:\n"));
    }
    if let Ok(e) = freeze_runtime::Ref::<exc::PyException>::try_from_value(value) {
        super::streams::print_exception(vm, &Raised::new(e));
    }
    Ok(Value::NONE)
}

pub(super) fn breakpointhook(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let wanted = if vm.runtime().config.borrow().ignore_environment {
        None
    } else {
        std::env::var("PYTHONBREAKPOINT").ok().filter(|s| !s.is_empty())
    };
    let wanted = wanted.unwrap_or_else(|| "pdb.set_trace".to_owned());
    if wanted == "0" {
        return Ok(Value::NONE);
    }
    let (module, name) = wanted.rsplit_once('.').unwrap_or(("builtins", &wanted));
    let found = freeze_runtime::import::import_path(vm, module).and_then(|m| vm.get_attr_str(&m, name));
    let hook = match found {
        Ok(h) => h,
        Err(e) if e.is(&exc::IMPORT_ERROR) || e.is(&exc::ATTRIBUTE_ERROR) => {
            let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{wanted}\"");
            vm.warn_named("RuntimeWarning", &text, 1)?;
            return Ok(Value::NONE);
        }
        Err(e) => return Err(e),
    };
    let kw = args.kwargs(1).map(|d| d.items()).unwrap_or_default();
    let mut all = args.rest(0).to_vec();
    let names: Vec<Value> = kw.iter().map(|p| p.0.clone()).collect();
    all.extend(kw.into_iter().map(|p| p.1));
    vm.call_args(&hook, freeze_runtime::CallArgs { args: &all, names: &names })
}

pub(super) fn gettrace(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::or_none(vm.hooks.borrow().trace.clone()))
}

pub(super) fn settrace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let new = args.opt_not_none(0).cloned();
    vm.set_trace(new);
    Ok(Value::NONE)
}

pub(super) fn settrace_everywhere(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let new = args.opt_not_none(0).cloned();
    vm.each_thread(|other| other.set_trace(new.clone()));
    Ok(Value::NONE)
}

pub(super) fn setprofile_everywhere(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let new = args.opt_not_none(0).cloned();
    vm.each_thread(|other| other.set_profile(new.clone()));
    Ok(Value::NONE)
}

pub(super) fn getprofile(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::or_none(vm.hooks.borrow().profile.clone()))
}

pub(super) fn setprofile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let new = args.opt_not_none(0).cloned();
    vm.set_profile(new);
    Ok(Value::NONE)
}

pub(super) fn get_asyncgen_hooks(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let (a, b) = {
        let h = vm.hooks.borrow();
        (h.asyncgen_first.clone(), h.asyncgen_finalizer.clone())
    };
    Ok(make(vm, &ASYNCGEN_HOOKS, vec![Value::or_none(a), Value::or_none(b)], &[]))
}

pub(super) fn set_asyncgen_hooks(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    for (i, name) in [(0, "firstiter"), (1, "finalizer")] {
        if let Some(v) = args.opt_not_none(i)
            && !vm.is_callable(v)
        {
            return Err(vm.type_error(format!("callable {name} expected, got {}", v.class().name())));
        }
    }
    let pick = |v: &Value| (!v.is_none()).then(|| v.clone());
    let old = {
        let mut h = vm.hooks.borrow_mut();
        let first = args.opt(0).map(|v| std::mem::replace(&mut h.asyncgen_first, pick(v)));
        let last = args.opt(1).map(|v| std::mem::replace(&mut h.asyncgen_finalizer, pick(v)));
        (first, last)
    };
    drop(old);
    Ok(Value::NONE)
}

pub(super) fn get_origin_depth(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(i64::from(vm.hooks.borrow().coroutine_origin_depth)))
}

pub(super) fn set_origin_depth(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = args.i64(vm, 0)?;
    let Ok(n) = u32::try_from(n) else { return Err(vm.value_error("depth must be >= 0")) };
    vm.hooks.borrow_mut().coroutine_origin_depth = n;
    Ok(Value::NONE)
}

pub(super) fn fill(vm: &Vm, d: &PyDict) -> PyResult<()> {
    ready(vm, &ASYNCGEN_HOOKS);
    ready(vm, &UNRAISABLE_HOOK_ARGS);
    d.set_text("UnraisableHookArgs", UNRAISABLE_HOOK_ARGS.as_value());
    Ok(())
}
