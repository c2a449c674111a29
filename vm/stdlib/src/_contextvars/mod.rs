//! `_contextvars`: `Context`, `ContextVar`, `Token`.

mod context;
mod var;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

use crate::native_type::add_types;

/// A copy of the thread's current context.
pub(crate) fn copy(vm: &Vm) -> Value {
    context::current(vm).copy().into_value()
}

fn copy_context(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(copy(vm))
}

static FUNCTIONS: &[NativeDef] = &[native("copy_context()", "", copy_context)];

/// The value of a variable in the thread's current context.
pub(crate) fn lookup(vm: &Vm, var: &Value) -> Option<Value> {
    vm.context.borrow().downcast::<context::Context>()?.get(var)
}

/// Sets a variable in the thread's current context.
pub(crate) fn assign(vm: &Vm, var: &Value, value: Value) {
    drop(context::current(vm).set(var, value));
}

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&context::CONTEXT, &var::CONTEXT_VAR, &var::TOKEN]);
    Ok(())
}

/// The module `_contextvars`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_contextvars", doc: "Context Variables", functions: FUNCTIONS, init: Some(init) };
