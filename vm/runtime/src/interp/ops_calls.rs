//! The call instructions: arguments lie in the caller's temporaries, right where the callee's registers begin, so a Python
//! function is entered without moving them. What stands in front of the first argument is free by then (the callee has
//! been taken out), so that `self` of a bound method or a new instance fits there.
#![allow(unsafe_code)]

use super::bind::{self, Given};
use super::calls::take_params;
use super::stack::{Frame, Then, too_deep};
use crate::call::CallArgs;
use crate::object::typeobj::TypeObject;
use crate::object::{Ref, Value};
use crate::types::code::PyCode;
use crate::types::descriptor::{METHOD_DESCRIPTOR, PyMethodDescr};
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::generator::PyGenerator;
use crate::types::method::{METHOD, PyMethod};
use crate::types::native_function::{NATIVE_FUNCTION, PyNativeFunction};
use crate::types::tuple::PyTuple;
use crate::types::type_::{plain_init, plain_instance};
use crate::vm::{PyResult, Vm};

/// What a call instruction has done.
pub(super) enum Called {
    /// The result is there.
    Done(Value),
    /// A frame was pushed; it runs next.
    Pushed,
}

/// The code of a Python function that takes exactly `n` positional arguments and runs at once.
#[inline(always)]
pub(super) fn simple(callee: &Value, n: usize) -> Option<*const PyCode> {
    let f = PyFunction::of(callee)?;
    // SAFETY: nothing replaces the function's code between this and the call.
    let code = unsafe { &*(*f.code.as_ptr()).code_ptr() };
    if code.simple.get() && code.argcount as usize == n { Some(code) } else { None }
}

/// Pushes the frame of a simple function whose `n` arguments lie at `base`. The callee moves out of its register.
///
/// # Safety
/// `callee` and the arguments are registers of the running frame, which is no generator's; `code` is the callee's.
#[inline(always)]
pub(super) unsafe fn push_in_place(
    vm: &Vm,
    callee: *mut Value,
    code: *const PyCode,
    base: *mut Value,
    n: usize,
    dst: u16,
) -> PyResult<()> {
    // SAFETY: by contract; the window lies above the caller's live registers and there is room.
    unsafe {
        if !vm.stack.room(base, (*code).nregs as usize) {
            return Err(too_deep(vm));
        }
        let func = callee.replace(Value::UNBOUND);
        vm.stack.push_call(vm, func, code, base, n, Then::Store(dst))
    }
}

/// A call of anything; the result is for register `dst`.
///
/// # Safety
/// `callee` is a register of `frame`, which is the running one, and the arguments lie in the registers behind it.
#[inline(never)]
pub(super) unsafe fn call(
    vm: &Vm,
    frame: *const Frame,
    callee: *mut Value,
    given: Given<'_>,
    dst: u16,
) -> PyResult<Called> {
    // SAFETY: by contract.
    let (f, args) = unsafe { (&*callee, std::slice::from_raw_parts(given.base, given.n)) };
    let args = CallArgs { args, names: given.names };
    let v = if let Some(d) = f.downcast_exact::<PyMethodDescr>(&METHOD_DESCRIPTOR) {
        vm.check_stack()?;
        d.call(vm, args)?
    } else if let Some(d) = f.downcast_exact::<PyNativeFunction>(&NATIVE_FUNCTION) {
        vm.check_stack()?;
        d.invoke(vm, args)?
    } else if let Some(target) = python_target(vm, f) {
        // SAFETY: by contract.
        return unsafe { enter(vm, frame, callee, target, given, dst) };
    } else {
        vm.call_args(f, args)?
    };
    // SAFETY: by contract.
    unsafe {
        given.clear();
        drop(callee.replace(Value::UNBOUND));
    }
    Ok(Called::Done(v))
}

/// A call of a native method, whose arguments are positional; the first of them is `self`.
///
/// # Safety
/// As for [`call`]; `callee` holds the method descriptor.
#[inline(never)]
pub(super) unsafe fn call_method(
    vm: &Vm,
    method: &PyMethodDescr,
    callee: *mut Value,
    base: *mut Value,
    n: usize,
) -> PyResult<Value> {
    vm.check_stack()?;
    // SAFETY: by contract.
    let v = method.call(vm, CallArgs::pos(unsafe { std::slice::from_raw_parts(base, n) }))?;
    // SAFETY: by contract.
    unsafe {
        Given { base, n, names: &[] }.clear();
        drop(callee.replace(Value::UNBOUND));
    }
    Ok(v)
}

/// The Python function that a call comes to.
struct Target {
    func: Value,
    /// What goes in front of the arguments.
    first: Option<Value>,
    /// That is a new instance, the result instead of what the function returns.
    creates: bool,
}

/// What calling `f` comes to where [`enter`] can enter it: the function itself, that of a bound method, or the `__init__` of a
/// class whose instances are made by `object.__new__`.
#[inline]
fn python_target(vm: &Vm, f: &Value) -> Option<Target> {
    if PyFunction::of(f).is_some() {
        return Some(Target { func: f.clone(), first: None, creates: false });
    }
    if let Some(m) = f.downcast_exact::<PyMethod>(&METHOD) {
        PyFunction::of(m.func())?;
        return Some(Target { func: m.func().clone(), first: Some(m.this().clone()), creates: false });
    }
    let class = f.downcast::<TypeObject>()?.object();
    let func = plain_init(vm, class)?;
    if PyFunction::of(&func)?.code.borrow().is_generator_like() {
        return None;
    }
    Some(Target { func, first: Some(plain_instance(class)), creates: true })
}

/// Calls a [`python_target`]: binds the arguments and pushes the frame.
///
/// # Safety
/// As for [`call`].
unsafe fn enter(
    vm: &Vm,
    frame: *const Frame,
    callee: *mut Value,
    target: Target,
    given: Given<'_>,
    dst: u16,
) -> PyResult<Called> {
    let Given { base, n, names } = given;
    let Target { func, first, creates } = target;
    let instance = if creates { first.clone() } else { None };
    // What was called lives on until the frame is pushed.
    // SAFETY: by contract.
    let (_old, top, in_generator) =
        unsafe { (callee.replace(Value::UNBOUND), (*frame).top, (*frame).generator.is_some()) };
    let Some(function) = PyFunction::of(&func) else { return Err(vm.not_a(&func, "callable")) };
    // SAFETY: the function keeps its code.
    let code = unsafe { &*(*function.code.as_ptr()).code_ptr() };
    code.load(vm)?;
    let more = usize::from(first.is_some());
    // SAFETY: the callee's register, which is free now, lies in front of the arguments. A generator's registers are not on
    // the stack: what it calls has its own above the frame of whoever resumed it.
    unsafe {
        let mut given = Given { base: base.sub(more), n: n + more, names };
        if in_generator {
            given.base = top;
        }
        if !vm.stack.room(given.base, bind::room(code, &given)) {
            return Err(too_deep(vm));
        }
        if in_generator {
            for k in 0..n {
                given.base.add(more + k).write(base.add(k).replace(Value::UNBOUND));
            }
        }
        if let Some(first) = first {
            given.base.write(first);
        }
        if !(code.simple.get() && code.argcount as usize == given.n && names.is_empty()) {
            bind::bind(vm, function, code, given)?;
        }
        if code.is_generator_like() {
            let params = take_params(code, given.base);
            return Ok(Called::Done(PyGenerator::create(vm, Ref::from_value_unchecked(func), code, params)));
        }
        let then = if instance.is_some() { Then::Instance(dst) } else { Then::Store(dst) };
        vm.stack.push_call(vm, func, code, given.base, code.nparams as usize, then)?;
    }
    if let (Some(instance), Some(new)) = (instance, vm.stack.current_mut()) {
        new.extra = instance;
        new.plain = false;
    }
    Ok(Called::Pushed)
}

/// A call with `*args` and `**kwargs` made ready: a tuple (or list) and a dict (or None).
///
/// # Safety
/// `frame` is the running one.
pub(super) unsafe fn call_ex(
    vm: &Vm,
    frame: *const Frame,
    callee: Value,
    args: Value,
    kwargs: Value,
    dst: u16,
) -> PyResult<Called> {
    let listed;
    let args = match args.downcast::<PyTuple>() {
        Some(t) => t.as_slice(),
        None => {
            listed = vm.to_vec(&args)?;
            &listed[..]
        }
    };
    let named = kwargs.downcast::<PyDict>().map(|d| d.items()).unwrap_or_default();
    let (names, values): (Vec<Value>, Vec<Value>) = named.into_iter().unzip();
    if let Some(target) = python_target(vm, &callee) {
        // SAFETY: the frame is the running one. There is room above it, and nothing runs there before `enter` has taken the
        // values over; what it leaves of them when it fails is dropped.
        return unsafe {
            let top = (*frame).top;
            let given = Given { base: top.add(1), n: args.len() + values.len(), names: &names };
            if !vm.stack.room(top, given.n + 1) {
                return Err(too_deep(vm));
            }
            top.write(callee);
            for (k, v) in args.iter().cloned().chain(values).enumerate() {
                given.base.add(k).write(v);
            }
            enter(vm, frame, top, target, given, dst).inspect_err(|_| given.clear())
        };
    }
    if names.is_empty() {
        return vm.call_args(&callee, CallArgs::pos(args)).map(Called::Done);
    }
    let all: Vec<Value> = args.iter().cloned().chain(values).collect();
    vm.call_args(&callee, CallArgs { args: &all, names: &names }).map(Called::Done)
}
