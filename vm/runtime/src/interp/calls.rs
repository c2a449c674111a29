//! Calls of Python functions from Rust.
#![allow(unsafe_code)]

use super::bind::{self, Given};
use super::run;
use super::stack::{Then, too_deep};
use crate::call::CallArgs;
use crate::object::{Ref, Value};
use crate::types::code::PyCode;
use crate::types::function::PyFunction;
use crate::types::generator::PyGenerator;
use crate::vm::{PyResult, Vm};

/// Calls a Python function (`function.__call__`).
pub(crate) fn call_function(vm: &Vm, callee: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let Some(f) = PyFunction::of(callee) else { return Err(vm.not_a(callee, "callable")) };
    vm.check_stack()?;
    let code = f.code.borrow().code_ptr();
    // SAFETY: the function keeps its code, and `callee` keeps the function.
    let code = unsafe { &*code };
    code.load(vm)?;
    let given = Given { base: vm.stack.free(), n: args.args.len(), names: args.names };
    if !vm.stack.room(given.base, bind::room(code, &given)) {
        return Err(too_deep(vm));
    }
    // SAFETY: the registers lie above all frames; there is room for all that binding writes.
    unsafe {
        for (k, v) in args.args.iter().enumerate() {
            given.base.add(k).write(v.clone());
        }
        if !(code.simple.get() && code.argcount as usize == given.n && args.names.is_empty()) {
            bind::bind(vm, f, code, given)?;
        }
    }
    if code.is_generator_like() {
        // SAFETY: binding has left the parameters there.
        let params = unsafe { take_params(code, given.base) };
        return Ok(PyGenerator::create(vm, Ref::from_value_unchecked(callee.clone()), code, params));
    }
    // SAFETY: binding has left the parameters there.
    unsafe { vm.stack.push_call(vm, callee.clone(), code, given.base, code.nparams as usize, Then::Leave) }?;
    run::run(vm)
}

/// Moves a generator's parameters out of registers, into a vector with room for all of its own.
///
/// # Safety
/// The parameters of `code` lie at `base`; they hold nothing afterwards.
pub(super) unsafe fn take_params(code: &PyCode, base: *mut Value) -> Vec<Value> {
    let mut params = Vec::with_capacity(code.nregs as usize);
    // SAFETY: by contract.
    params.extend((0..code.nparams as usize).map(|k| unsafe { base.add(k).replace(Value::UNBOUND) }));
    params
}

/// Runs code whose names live in `namespace` (of a module, a class body, `exec`). Nothing is passed to it: parameters, which
/// such code seldom has, get their defaults. That of a generator is not run but becomes one.
pub(crate) fn enter(vm: &Vm, func: Ref<PyFunction>, code: &PyCode, namespace: Value) -> PyResult<Value> {
    vm.check_stack()?;
    code.load(vm)?;
    let regs = vm.stack.free();
    let given = Given { base: regs, n: 0, names: &[] };
    if !vm.stack.room(regs, bind::room(code, &given)) {
        return Err(too_deep(vm));
    }
    // SAFETY: the window lies above all frames and fits; binding leaves the parameters there.
    unsafe {
        if code.nparams > 0 {
            bind::bind(vm, &func, code, given)?;
        }
        if code.is_generator_like() {
            let params = take_params(code, regs);
            return Ok(PyGenerator::create(vm, func, code, params));
        }
        vm.stack.push_call(vm, func.into_value(), code, regs, code.nparams as usize, Then::Leave)
    }?;
    if let Some(frame) = vm.stack.current_mut() {
        frame.namespace = namespace;
        frame.plain = false;
    }
    run::run(vm)
}
