//! `_tracemalloc`: allocations are not traced, and who asks for it is told so. What only looks whether there are traces
//! (`warnings`, `unittest`, `asyncio`) finds none.

use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

fn none(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[
    native("_get_object_traceback(obj, /)", "Get the traceback where the Python object obj was allocated.", none),
    native("_get_traces()", "Get traces of all memory blocks allocated by Python.", |_, _| {
        Ok(PyList::new(Vec::new()).into_value())
    }),
    native("clear_traces()", "Clear traces of memory blocks allocated by Python.", none),
    native("get_traceback_limit()", "Get the maximum number of frames stored in the traceback of a trace.", |_, _| {
        Ok(Value::small(1))
    }),
    native(
        "get_traced_memory()",
        "Get the current size and peak size of memory blocks traced by tracemalloc.",
        |_, _| Ok(PyTuple::new(vec![Value::small(0), Value::small(0)]).into_value()),
    ),
    native("get_tracemalloc_memory()", "Get the memory usage in bytes of the tracemalloc module.", |_, _| {
        Ok(Value::small(0))
    }),
    native("is_tracing()", "Return True if the tracemalloc module is tracing Python memory allocations.", |_, _| {
        Ok(Value::FALSE)
    }),
    native("reset_peak()", "Set the peak size of memory blocks traced by tracemalloc to the current size.", none),
    native("start(nframe=1, /)", "Start tracing Python memory allocations.", |vm, args| {
        let n = args.opt_i64(vm, 0, 1)?;
        if !(1..=65535).contains(&n) {
            return Err(vm.value_error("the number of frames must be in range [1; 65535]"));
        }
        Err(vm.not_implemented_error("this interpreter does not trace memory allocations"))
    }),
    native("stop()", "Stop tracing Python memory allocations.", none),
];

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_tracemalloc",
    doc: "Debug module to trace memory blocks allocated by Python.",
    functions: FUNCTIONS,
    init: None,
};
