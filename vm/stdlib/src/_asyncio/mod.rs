//! `_asyncio`: futures, tasks, and what is running now, for `asyncio`.
//!
//! `asyncio` has all of it in Python too and takes these in their place. A thread's running loop and its task lie in its
//! `Vm`; tasks of loops that run nowhere (tests make such) in a dict by loop.

mod future;
mod running;
mod task;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{ModuleDef, NativeDef, PyResult, Raised, Value, Vm, import, native};

use crate::native_type::add_types;

/// An attribute of a module of `asyncio`.
fn from_module(vm: &Vm, module: &str, name: &str) -> PyResult<Value> {
    vm.get_attr_str(&import::import_path(vm, module)?, name)
}

/// An error of `asyncio.exceptions`.
#[cold]
fn error(vm: &Vm, name: &str, args: &[Value]) -> Raised {
    match from_module(vm, "asyncio.exceptions", name).and_then(|class| vm.call(&class, args)) {
        Ok(e) => Raised::from_value(vm, e),
        Err(e) => e,
    }
}

/// `loop.call_soon(callback, arg, context=context)`
fn call_soon(vm: &Vm, event_loop: &Value, args: &[Value], context: Value) -> PyResult<()> {
    let f = vm.get_attr_str(event_loop, "call_soon")?;
    vm.call_kw(&f, args, &[("context", context)]).map(drop)
}

/// The context for a callback: the one that was given, or a copy of the thread's.
fn context_or_copy(vm: &Vm, given: Option<&Value>) -> Value {
    given.cloned().unwrap_or_else(|| crate::_contextvars::copy(vm))
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "_enter_task(loop, task)",
        "Enter into task execution or resume suspended task.\n\nTask belongs to loop.\n\nReturns None.",
        running::enter_task,
    ),
    native(
        "_get_running_loop()",
        "Return the running event loop or None.\n\nThis is a low-level function intended to be used by event loops.\nThis \
         function is thread-specific.",
        running::get_or_none,
    ),
    native(
        "_leave_task(loop, task)",
        "Leave task execution or suspend a task.\n\nTask belongs to loop.\n\nReturns None.",
        running::leave_task,
    ),
    native(
        "_register_eager_task(task)",
        "Register a new task in asyncio as executed by loop.\n\nReturns None.",
        running::register_task,
    ),
    native(
        "_register_task(task)",
        "Register a new task in asyncio as executed by loop.\n\nReturns None.",
        running::register_task,
    ),
    native(
        "_set_running_loop(loop, /)",
        "Set the running event loop.\n\nThis is a low-level function intended to be used by event loops.\nThis function \
         is thread-specific.",
        running::set_loop,
    ),
    native(
        "_swap_current_task(loop, task)",
        "Temporarily swap in the supplied task and return the original one (or None).\n\nThis is intended for use \
         during eager coroutine execution.",
        running::swap_current_task,
    ),
    native("_unregister_eager_task(task)", "Unregister a task.\n\nReturns None.", running::unregister_task),
    native("_unregister_task(task)", "Unregister a task.\n\nReturns None.", running::unregister_task),
    native("all_tasks(loop=None)", "Return a set of all tasks for the loop.", running::all_tasks),
    native("current_task(loop=None)", "Return a currently executed task.", running::current_task),
    native("future_add_to_awaited_by(fut, waiter, /)", "Record that `fut` is awaited on by `waiter`.", future::awaited),
    native(
        "future_discard_from_awaited_by(fut, waiter, /)",
        "Record that `fut` is no longer awaited on by `waiter`.",
        future::no_more_awaited,
    ),
    native("get_event_loop()", "Return an asyncio event loop.", running::get_event_loop),
    native(
        "get_running_loop()",
        "Return the running event loop.  Raise a RuntimeError if there is none.\n\nThis function is thread-specific.",
        running::get_running_loop,
    ),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&future::FUTURE, &task::TASK]);
    freeze_runtime::types::type_::ready_value(vm, &future::ITERATOR);
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_asyncio", doc: "Accelerator module for asyncio", functions: FUNCTIONS, init: Some(init) };
