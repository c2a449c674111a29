//! `gc`: the interface to the cycle collector.

use freeze_runtime::object::gc as collector;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, ModuleDef, NativeDef, PyResult, Value, Vm, native, raw};

/// `gc.DEBUG_SAVEALL`
const SAVE_ALL: i64 = 32;

fn enable(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    collector::set_enabled(true);
    Ok(Value::NONE)
}

fn disable(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    collector::set_enabled(false);
    Ok(Value::NONE)
}

fn isenabled(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(collector::enabled()))
}

/// The list `gc.callbacks`, told before and after each collection that Python code asks for.
fn notify(vm: &Vm, phase: &str, generation: usize, collected: usize) {
    let Some(list) = vm.runtime().slots.borrow().get("gc.callbacks").cloned() else { return };
    let Some(l) = list.downcast::<PyList>().map(PyList::to_vec).filter(|l| !l.is_empty()) else { return };
    for f in l {
        let info = PyDict::new_ref();
        info.set_text("generation", Value::usize(generation));
        info.set_text("collected", Value::usize(collected));
        info.set_text("uncollectable", Value::small(0));
        if let Err(e) = vm.call(&f, &[vm.str(phase), info.into_value()]) {
            vm.report_unraisable(e, None, Some(&f));
        }
    }
}

fn collect(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let generation = args.opt_i64(vm, 0, 2)?;
    if !(0..=2).contains(&generation) {
        return Err(vm.value_error("invalid generation"));
    }
    let generation = generation as usize;
    notify(vm, "start", generation, 0);
    let n = collector::collect(generation);
    let saved = collector::take_saved();
    let garbage = vm.runtime().slots.borrow().get("gc.garbage").and_then(|g| g.downcast_ref::<PyList>());
    if let Some(garbage) = garbage {
        saved.into_iter().try_for_each(|v| garbage.push(v)).map_err(|e| vm.out_of_memory(e))?;
    }
    notify(vm, "stop", generation, n);
    Ok(Value::usize(n))
}

fn get_count(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(PyTuple::new(collector::counts().iter().map(|&n| Value::usize(n)).collect()).into_value())
}

fn get_threshold(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(PyTuple::new(collector::thresholds().iter().map(|&n| Value::usize(n)).collect()).into_value())
}

fn set_threshold(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut t = collector::thresholds();
    for (i, slot) in t.iter_mut().enumerate() {
        if args.opt(i).is_some() {
            *slot = usize::try_from(args.i64(vm, i)?).unwrap_or(0);
        }
    }
    collector::set_thresholds(t);
    Ok(Value::NONE)
}

fn get_stats(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let one = |s: &[u64; 3]| {
        let d = PyDict::new_ref();
        for (name, n) in ["collections", "collected", "uncollectable"].iter().zip(s) {
            d.set_text(name, Value::int(*n as i64));
        }
        d.into_value()
    };
    Ok(PyList::new(collector::stats().iter().map(one).collect()).into_value())
}

fn get_objects(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let only = match args.opt_not_none(0) {
        None => None,
        Some(g) => match vm.to_i64(g)? {
            g @ 0..=2 => Some(g as usize),
            g if g < 0 => return Err(vm.value_error("generation parameter cannot be negative")),
            _ => {
                return Err(
                    vm.value_error("generation parameter must be less than the number of available generations (3)")
                );
            }
        },
    };
    Ok(PyList::new(collector::objects(only)).into_value())
}

fn is_tracked(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(collector::is_tracked(args.get(0))))
}

fn is_finalized(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(collector::is_finalized(args.get(0))))
}

fn get_referents(_vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    Ok(PyList::new(args.args.iter().flat_map(collector::referents).collect()).into_value())
}

fn get_referrers(_vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    let all = collector::objects(None);
    let refers = |o: &Value| collector::referents(o).iter().any(|r| args.args.iter().any(|a| a.is(r)));
    let found = all.into_iter().filter(refers).collect();
    Ok(PyList::new(found).into_value())
}

fn freeze(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    collector::freeze();
    Ok(Value::NONE)
}

fn unfreeze(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    collector::unfreeze();
    Ok(Value::NONE)
}

fn get_freeze_count(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(collector::freeze_count()))
}

fn set_debug(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let flags = args.i64(vm, 0)?;
    collector::set_save_all(flags & SAVE_ALL != 0);
    let flags = Value::int(flags);
    let old = vm.runtime().slots.borrow_mut().insert("gc.debug", flags);
    drop(old);
    Ok(Value::NONE)
}

fn get_debug(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.runtime().slots.borrow().get("gc.debug").cloned().unwrap_or(Value::small(0)))
}

static FUNCTIONS: &[NativeDef] = &[
    native("collect(generation=2)", "Run the garbage collector.", collect),
    native("disable()", "Disable automatic garbage collection.", disable),
    native("enable()", "Enable automatic garbage collection.", enable),
    native("freeze()", "Freeze all current tracked objects and ignore them for future collections.", freeze),
    native("get_count()", "Return a three-tuple of the current collection counts.", get_count),
    native("get_debug()", "Get the garbage collection debugging flags.", get_debug),
    native("get_freeze_count()", "Return the number of objects in the permanent generation.", get_freeze_count),
    native("get_objects(generation=None)", "Return a list of objects tracked by the collector.", get_objects),
    raw("get_referents(*objs)", "Return the list of objects that are directly referred to by 'objs'.", get_referents),
    raw("get_referrers(*objs)", "Return the list of objects that directly refer to any of 'objs'.", get_referrers),
    native("get_stats()", "Return a list of dictionaries containing per-generation statistics.", get_stats),
    native("get_threshold()", "Return the current collection thresholds.", get_threshold),
    native("is_finalized(obj, /)", "Returns true if the object has been already finalized by the GC.", is_finalized),
    native("is_tracked(obj, /)", "Returns true if the object is tracked by the garbage collector.", is_tracked),
    native("isenabled()", "Returns true if automatic garbage collection is enabled.", isenabled),
    native("set_debug(flags, /)", "Set the garbage collection debugging flags.", set_debug),
    native(
        "set_threshold(threshold0, threshold1=10, threshold2=0, /)",
        "Set the collection thresholds (the collection frequency).",
        set_threshold,
    ),
    native("unfreeze()", "Unfreeze all objects in the permanent generation.", unfreeze),
];

fn init(vm: &Vm, ns: &PyDict) -> PyResult<()> {
    let callbacks = PyList::new(Vec::new()).into_value();
    vm.runtime().slots.borrow_mut().insert("gc.callbacks", callbacks.clone());
    ns.set_text("callbacks", callbacks);
    let garbage = PyList::new(Vec::new()).into_value();
    vm.runtime().slots.borrow_mut().insert("gc.garbage", garbage.clone());
    ns.set_text("garbage", garbage);
    for (name, n) in [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", SAVE_ALL),
        ("DEBUG_LEAK", 38),
    ] {
        ns.set_text(name, Value::small(n));
    }
    Ok(())
}

/// The module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "gc",
    doc: "This module provides access to the garbage collector for reference cycles.",
    functions: FUNCTIONS,
    init: Some(init),
};
