//! `atexit`: functions to be called when the program ends.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, ModuleDef, NativeDef, Value, Vm, native};

const KEY: &str = "atexit.callbacks";

fn callbacks(vm: &Vm) -> Value {
    let mut slots = vm.runtime().slots.borrow_mut();
    slots.entry(KEY).or_insert_with(|| PyList::new(vec![]).into_value()).clone()
}

fn register(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.get(0);
    if !vm.is_callable(f) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let kw = args.kwargs(2).map_or(Value::NONE, |d| d.into_value());
    let row = PyTuple::new(vec![f.clone(), PyTuple::from_slice(args.rest(1)).into_value(), kw]).into_value();
    if let Some(l) = callbacks(vm).downcast::<PyList>() {
        l.push(row).map_err(|e| vm.out_of_memory(e))?;
    }
    Ok(f.clone())
}

fn unregister(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let all = callbacks(vm);
    let Some(l) = all.downcast::<PyList>() else { return Ok(Value::NONE) };
    let mut kept = Vec::new();
    for row in l.to_vec() {
        let f = row.downcast::<PyTuple>().map_or(Value::NONE, |t| t.as_slice()[0].clone());
        if !vm.eq(&f, args.get(0))? {
            kept.push(row);
        }
    }
    drop(l.replace(kept));
    Ok(Value::NONE)
}

/// Calls the functions, the last registered first; errors are printed.
pub(crate) fn run(vm: &Vm) {
    let all = callbacks(vm);
    let Some(l) = all.downcast::<PyList>() else { return };
    loop {
        let row = l.with_mut(Vec::pop);
        let Some(row) = row else { break };
        let Some([f, pos, kw]) = row.downcast::<PyTuple>().map(|t| t.as_slice()) else { continue };
        let mut args = pos.downcast::<PyTuple>().map_or(vec![], |t| t.as_slice().to_vec());
        let mut names = vec![];
        for (k, v) in kw.downcast::<PyDict>().map(|d| d.items()).unwrap_or_default() {
            names.push(k);
            args.push(v);
        }
        if let Err(e) = vm.call_args(f, CallArgs { args: &args, names: &names }) {
            let function = vm.repr(f).map_or_else(|_| "<unknown>".to_owned(), |text| text.to_lossy().into_owned());
            vm.report_unraisable(e, Some(&format!("Exception ignored in atexit callback {function}")), None);
        }
    }
}

fn run_exitfuncs(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    run(vm);
    Ok(Value::NONE)
}

fn clear(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    if let Some(l) = callbacks(vm).downcast::<PyList>() {
        drop(l.take());
    }
    Ok(Value::NONE)
}

fn ncallbacks(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(callbacks(vm).downcast::<PyList>().map_or(0, PyList::len)))
}

static FUNCTIONS: &[NativeDef] = &[
    native("_clear()", "Clear the list of exit functions.", clear),
    native("_ncallbacks()", "Return the number of registered exit functions.", ncallbacks),
    native("_run_exitfuncs()", "Run all registered exit functions.", run_exitfuncs),
    native(
        "register(func, /, *args, **kwargs)",
        "Register a function to be executed upon normal program termination",
        register,
    ),
    native(
        "unregister(func, /)",
        "Unregister an exit function which was previously registered using atexit.register",
        unregister,
    ),
];

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "atexit",
    doc: "allow programmer to define multiple exit functions to be executed upon normal program termination.",
    functions: FUNCTIONS,
    init: None,
};
