//! `_weakref`: what the library's `weakref` builds on.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::type_::ready_value;
use freeze_runtime::types::weakref::{self, CALLABLE_PROXY, PROXY, PyWeakRef, REF};
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

fn getweakrefcount(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(weakref::references(args.get(0)).len()))
}

fn getweakrefs(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(weakref::references(args.get(0))).into_value())
}

fn proxy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let class = if vm.is_callable(args.get(0)) { &CALLABLE_PROXY } else { &PROXY };
    weakref::create(vm, class, args.get(0), args.opt(1).cloned())
}

/// Removes a key from a WeakValueDictionary's dict if its value is a dead reference.
fn remove_dead(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = args.payload_of::<PyDict>(vm, 0, "dict")?;
    if let Some(v) = d.get(vm, args.get(1))? {
        match v.downcast::<PyWeakRef>() {
            Some(w) if w.get().is_none() => drop(d.remove(vm, args.get(1))?),
            Some(_) => {}
            None => return Err(vm.type_error("not a weakref")),
        }
    }
    Ok(Value::NONE)
}

fn init(vm: &Vm, ns: &PyDict) -> PyResult<()> {
    let r = ready_value(vm, &REF);
    ns.set_text("ref", r.clone());
    ns.set_text("ReferenceType", r);
    ns.set_text("ProxyType", ready_value(vm, &PROXY));
    ns.set_text("CallableProxyType", ready_value(vm, &CALLABLE_PROXY));
    Ok(())
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "_remove_dead_weakref(dct, key, /)",
        "Atomically remove key from dict if it points to a dead weakref.",
        remove_dead,
    ),
    native("getweakrefcount(object, /)", "Return the number of weak references to 'object'.", getweakrefcount),
    native("getweakrefs(object, /)", "Return a list of all weak reference objects pointing to 'object'.", getweakrefs),
    native("proxy(object, callback=None, /)", "Create a proxy object that weakly references 'object'.", proxy),
];

/// The module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_weakref", doc: "Weak-reference support module.", functions: FUNCTIONS, init: Some(init) };
