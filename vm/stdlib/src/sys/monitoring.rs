//! `sys.monitoring` (PEP 669): tools, their names and their callbacks. Events are not delivered: a tool that asks for any is
//! told so.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::module::PyModule;
use freeze_runtime::types::namespace;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

/// The events by their bit.
const EVENTS: [&str; 19] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];
const TOOLS: i64 = 6;
const NAMES: &str = "sys.monitoring.tools";
const CALLBACKS: &str = "sys.monitoring.callbacks";

/// A dict that the module keeps for the interpreter's life.
fn table(vm: &Vm, key: &'static str) -> Value {
    vm.runtime().slots.borrow_mut().entry(key).or_insert_with(|| PyDict::new_ref().into_value()).clone()
}

fn tool(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let n = args.i64(vm, 0)?;
    if (0..TOOLS).contains(&n) {
        Ok(Value::small(n))
    } else {
        Err(vm.value_error(format!("invalid tool {n} (must be between 0 and {})", TOOLS - 1)))
    }
}

fn name_of(vm: &Vm, tool: &Value) -> PyResult<Option<Value>> {
    match table(vm, NAMES).downcast::<PyDict>() {
        Some(d) => d.get(vm, tool),
        None => Ok(None),
    }
}

fn used(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let tool = tool(vm, args)?;
    match name_of(vm, &tool)? {
        Some(_) => Ok(tool),
        None => Err(vm.value_error(format!("tool {} is not in use", tool.as_small().unwrap_or(0)))),
    }
}

fn use_tool_id(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tool = tool(vm, &args)?;
    let name = args.str(vm, 1)?;
    if name_of(vm, &tool)?.is_some() {
        return Err(vm.value_error(format!("tool {} is already in use", tool.as_small().unwrap_or(0))));
    }
    if let Some(d) = table(vm, NAMES).downcast::<PyDict>() {
        d.set(vm, &tool, name.into_value())?;
    }
    Ok(Value::NONE)
}

fn clear_tool_id(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tool = tool(vm, &args)?;
    if let Some(d) = table(vm, CALLBACKS).downcast::<PyDict>() {
        for bit in 0..EVENTS.len() {
            d.remove(vm, &PyTuple::new(vec![tool.clone(), Value::usize(1 << bit)]).into_value())?;
        }
    }
    Ok(Value::NONE)
}

fn free_tool_id(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tool = tool(vm, &args)?;
    if let Some(d) = table(vm, NAMES).downcast::<PyDict>() {
        d.remove(vm, &tool)?;
    }
    clear_tool_id(vm, args)
}

fn get_tool(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tool = tool(vm, &args)?;
    Ok(Value::or_none(name_of(vm, &tool)?))
}

fn register_callback(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let tool = tool(vm, &args)?;
    let event = args.i64(vm, 1)?;
    if event.count_ones() != 1 || event >= 1 << EVENTS.len() {
        return Err(vm.value_error("The callback can only be set for one event at a time"));
    }
    let key = PyTuple::new(vec![tool, Value::int(event)]).into_value();
    let table = table(vm, CALLBACKS);
    let Some(d) = table.downcast::<PyDict>() else { return Ok(Value::NONE) };
    let old = d.remove(vm, &key)?;
    if !args.get(2).is_none() {
        d.set(vm, &key, args.get(2).clone())?;
    }
    Ok(Value::or_none(old))
}

fn no_events(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    used(vm, &args)?;
    Ok(Value::small(0))
}

fn wanted(vm: &Vm, events: i64) -> PyResult<Value> {
    if events == 0 {
        return Ok(Value::NONE);
    }
    Err(vm.not_implemented_error("this interpreter delivers no monitoring events"))
}

fn set_events(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    used(vm, &args)?;
    wanted(vm, args.i64(vm, 1)?)
}

fn set_local_events(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    used(vm, &args)?;
    wanted(vm, args.i64(vm, 2)?)
}

fn restart_events(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[
    native("clear_tool_id(tool_id, /)", "Unregister all events and callback functions of the tool.", clear_tool_id),
    native("free_tool_id(tool_id, /)", "Should be called once a tool no longer requires the tool ID.", free_tool_id),
    native("get_events(tool_id, /)", "The active events of the tool.", no_events),
    native("get_local_events(tool_id, code, /)", "The local events of the tool for the code.", no_events),
    native("get_tool(tool_id, /)", "The name of the tool, or None if nobody uses the ID.", get_tool),
    native("register_callback(tool_id, event, func, /)", "Set the function to call for an event.", register_callback),
    native("restart_events()", "Enable all the events that were disabled by returning DISABLE.", restart_events),
    native("set_events(tool_id, event_set, /)", "Activate events.", set_events),
    native("set_local_events(tool_id, code, event_set, /)", "Activate events for one code object.", set_local_events),
    native("use_tool_id(tool_id, name, /)", "Must be called before the tool ID can be used.", use_tool_id),
];

static MODULE: ModuleDef = ModuleDef { name: "sys.monitoring", doc: "", functions: FUNCTIONS, init: None };

/// The value of `sys.monitoring`.
pub(super) fn create(vm: &Vm) -> PyResult<Value> {
    let module = PyModule::create(vm, vm.intern(MODULE.name).as_value(), Value::NONE);
    let d = module.dict();
    MODULE.fill(vm, module.as_value(), d)?;
    let mut events: Vec<(&str, Value)> =
        EVENTS.iter().enumerate().map(|(bit, name)| (*name, Value::small(1 << bit))).collect();
    events.push(("NO_EVENTS", Value::small(0)));
    d.set_text("events", namespace::create(vm, &events));
    for (name, n) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
        d.set_text(name, Value::small(n));
    }
    for name in ["DISABLE", "MISSING"] {
        let marker = vm.call(&freeze_runtime::types::object::OBJECT.as_value(), &[])?;
        d.set_text(name, marker);
    }
    Ok(module.into_value())
}
