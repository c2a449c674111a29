//! What runs now: the loop and the task of each thread, and the list of all tasks.

use std::cell::RefCell;
use std::collections::HashMap;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::set::PySet;
use freeze_runtime::types::weakref::{self, PyWeakRef};
use freeze_runtime::{Args, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm};

use crate::native_type::payload;

/// The tasks that are not done, by identity, with weak references to them.
#[derive(Default)]
struct Tasks(RefCell<HashMap<u64, Value>>);
payload!(Tasks, |t, visit| t.0.borrow().values().for_each(visit), |t| drop(t.0.take()));

static TASKS_DEF: TypeDef = TypeDef {
    name: "tasks",
    module: "_asyncio",
    layout: Tasks::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    ..TypeDef::EMPTY
};
static TASKS: Type = Type::builtin(&TASKS_DEF);

fn tasks(vm: &Vm) -> Value {
    let make = || Ref::new(&TASKS, Tasks::default()).into_value();
    vm.runtime().slots.borrow_mut().entry("asyncio.tasks").or_insert_with(make).clone()
}

/// Puts a task on the list.
pub(super) fn register(vm: &Vm, task: &Value) -> PyResult<()> {
    let weak = weakref::create(vm, &weakref::REF, task, None)?;
    let all = tasks(vm);
    let old = all.downcast::<Tasks>().and_then(|t| t.0.borrow_mut().insert(task.id(), weak));
    drop(old);
    Ok(())
}

/// Takes a task off the list.
pub(super) fn unregister(vm: &Vm, task: &Value) {
    let all = tasks(vm);
    let old = all.downcast::<Tasks>().and_then(|t| t.0.borrow_mut().remove(&task.id()));
    drop(old);
}

pub(super) fn register_task(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    register(vm, args.get(0))?;
    Ok(Value::NONE)
}

pub(super) fn unregister_task(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    unregister(vm, args.get(0));
    Ok(Value::NONE)
}

pub(super) fn all_tasks(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let wanted = match args.opt_not_none(0) {
        Some(given) => given.clone(),
        None => running_loop(vm)?,
    };
    let all = tasks(vm);
    let weak: Vec<Value> =
        all.downcast::<Tasks>().map(|t| t.0.borrow().values().cloned().collect()).unwrap_or_default();
    let set = PySet::new_ref();
    for task in weak.iter().filter_map(|w| w.downcast::<PyWeakRef>()?.get()) {
        if super::future::loop_of(vm, &task)?.is(&wanted) && !vm.is_true(&vm.call_method(&task, "done", &[])?)? {
            set.add(vm, &task)?;
        }
    }
    Ok(set.into_value())
}

/// The thread's running loop, or None.
fn running(vm: &Vm) -> Value {
    vm.asyncio_loop.borrow().clone()
}

/// The thread's running loop; raises without one.
fn running_loop(vm: &Vm) -> PyResult<Value> {
    match running(vm) {
        found if found.is_none() => Err(vm.runtime_error("no running event loop")),
        found => Ok(found),
    }
}

pub(super) fn get_or_none(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(running(vm))
}

pub(super) fn get_running_loop(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    running_loop(vm)
}

pub(super) fn set_loop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    drop(vm.asyncio_loop.replace(args.get(0).clone()));
    Ok(Value::NONE)
}

/// `asyncio.get_event_loop`: the running loop, or the policy's.
pub(super) fn event_loop(vm: &Vm) -> PyResult<Value> {
    let found = running(vm);
    if !found.is_none() {
        return Ok(found);
    }
    let policy = vm.call0(&super::from_module(vm, "asyncio.events", "_get_event_loop_policy")?)?;
    vm.call_method(&policy, "get_event_loop", &[])
}

pub(super) fn get_event_loop(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    event_loop(vm)
}

/// The current tasks of loops that run in no thread.
fn others(vm: &Vm) -> Value {
    let make = || PyDict::new_ref().into_value();
    vm.runtime().slots.borrow_mut().entry("asyncio.current").or_insert_with(make).clone()
}

/// The current task of a loop, or None.
fn current(vm: &Vm, event_loop: &Value) -> PyResult<Value> {
    if vm.asyncio_loop.borrow().is(event_loop) {
        return Ok(vm.asyncio_task.borrow().clone());
    }
    let mut found = None;
    vm.each_thread(|other| {
        if other.asyncio_loop.borrow().is(event_loop) {
            found = Some(other.asyncio_task.borrow().clone());
        }
    });
    if let Some(found) = found {
        return Ok(found);
    }
    let others = others(vm);
    let Some(dict) = others.downcast::<PyDict>() else { return Ok(Value::NONE) };
    Ok(Value::or_none(dict.get(vm, event_loop)?))
}

/// Makes a task (or None) the current one of a loop; gives the one before.
pub(super) fn swap(vm: &Vm, event_loop: &Value, task: Value) -> PyResult<Value> {
    if vm.asyncio_loop.borrow().is(event_loop) {
        return Ok(vm.asyncio_task.replace(task));
    }
    let before = current(vm, event_loop)?;
    let others = others(vm);
    if let Some(dict) = others.downcast::<PyDict>() {
        match task.is_none() {
            true => drop(dict.remove(vm, event_loop)?),
            false => dict.set(vm, event_loop, task)?,
        }
    }
    Ok(before)
}

/// The task begins to run.
pub(super) fn enter(vm: &Vm, event_loop: &Value, task: &Value) -> PyResult<()> {
    let before = current(vm, event_loop)?;
    if !before.is_none() {
        let (task, before) = (vm.repr(task)?, vm.repr(&before)?);
        let (task, before) = (task.to_lossy(), before.to_lossy());
        return Err(
            vm.runtime_error(format!("Cannot enter into task {task} while another task {before} is being executed."))
        );
    }
    swap(vm, event_loop, task.clone()).map(drop)
}

/// The task runs no more.
pub(super) fn leave(vm: &Vm, event_loop: &Value, task: &Value) -> PyResult<()> {
    let now = current(vm, event_loop)?;
    if !now.is(task) {
        let (task, now) = (vm.repr(task)?, vm.repr(&now)?);
        let (task, now) = (task.to_lossy(), now.to_lossy());
        return Err(vm.runtime_error(format!("Leaving task {task} does not match the current task {now}.")));
    }
    swap(vm, event_loop, Value::NONE).map(drop)
}

pub(super) fn enter_task(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    enter(vm, args.get(0), args.get(1))?;
    Ok(Value::NONE)
}

pub(super) fn leave_task(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    leave(vm, args.get(0), args.get(1))?;
    Ok(Value::NONE)
}

pub(super) fn swap_current_task(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    swap(vm, args.get(0), args.get(1).clone())
}

pub(super) fn current_task(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match args.opt_not_none(0) {
        Some(event_loop) => current(vm, event_loop),
        None => current(vm, &running_loop(vm)?),
    }
}
