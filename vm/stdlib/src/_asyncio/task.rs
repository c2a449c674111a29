//! `Task`: a future that runs a coroutine, step by step.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicI64, Ordering};

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::exception::{KEYBOARD_INTERRUPT, STOP_ITERATION, SYSTEM_EXIT};
use freeze_runtime::types::generator::{GENERATOR, Outcome, PyGenerator, Resume, stop_value};
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::types::str::{PyStr, STR};
use freeze_runtime::types::{int, raising};
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, Value, Vm, native};

use super::future::{self, FUTURE, Future, this};
use super::{call_soon, context_or_copy, error, from_module, running};
use crate::native_type::class_getitem;

/// What a task has besides a future.
pub(super) struct TaskPart {
    /// None when it is done at its eager start.
    coroutine: RefCell<Value>,
    context: RefCell<Value>,
    /// Text, or the number that the name is made of when somebody asks.
    name: RefCell<Value>,
    /// The future that it waits for.
    waiter: RefCell<Value>,
    must_cancel: Cell<bool>,
    log_destroy: Cell<bool>,
    cancels: Cell<i64>,
}

impl TaskPart {
    pub(super) fn cells(&self) -> [&RefCell<Value>; 4] {
        [&self.coroutine, &self.context, &self.name, &self.waiter]
    }
}

static NUMBER: AtomicI64 = AtomicI64::new(1);

fn part(v: &Value) -> &TaskPart {
    this(v).task.as_ref().expect("tasks are made with their part")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let task = TaskPart {
        coroutine: future::none(),
        context: future::none(),
        name: future::none(),
        waiter: future::none(),
        must_cancel: Cell::new(false),
        log_destroy: Cell::new(true),
        cancels: Cell::new(0),
    };
    Ok(Ref::new(class, Future::fresh(Some(Box::new(task)))).into_value())
}

fn is_coroutine(vm: &Vm, v: &Value) -> PyResult<bool> {
    if PyGenerator::exact_coroutine(v).is_some() {
        return Ok(true);
    }
    vm.is_true(&vm.call(&from_module(vm, "asyncio.coroutines", "iscoroutine")?, std::slice::from_ref(v))?)
}

static INIT: NativeDef =
    native("Task(coro, *, loop=None, name=None, context=None, eager_start=False)", "", |_, args| {
        Ok(args.get(0).clone())
    });

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let slots = bind(vm, &INIT, args)?;
    let given = |i: usize| slots.get(i).filter(|v| !v.is_unbound() && !v.is_none());
    future::start(vm, v, given(1))?;
    let (coroutine, t) = (&slots[0], part(v));
    if !is_coroutine(vm, coroutine)? {
        t.log_destroy.set(false);
        return Err(vm.type_error(format!("a coroutine was expected, got {}", vm.repr(coroutine)?.to_lossy())));
    }
    drop(t.context.replace(context_or_copy(vm, given(3))));
    drop(t.waiter.replace(Value::NONE));
    t.must_cancel.set(false);
    t.log_destroy.set(true);
    t.cancels.set(0);
    drop(t.coroutine.replace(coroutine.clone()));
    let name = match given(2) {
        Some(name) if name.is_exact(&STR) => name.clone(),
        Some(name) => vm.to_str(name)?.into_value(),
        None => Value::int(NUMBER.fetch_add(1, Ordering::Relaxed)),
    };
    drop(t.name.replace(name));
    let eager = match given(4) {
        Some(eager) => vm.is_true(eager)?,
        None => false,
    };
    let event_loop = this(v).event_loop(vm)?;
    if eager && vm.is_true(&vm.call_method(&event_loop, "is_running", &[])?)? {
        return eager_start(vm, v, &event_loop);
    }
    step_soon(vm, v, None)?;
    running::register(vm, v)
}

/// Has the loop do the next step, with an error to throw in or without.
fn step_soon(vm: &Vm, v: &Value, error: Option<Value>) -> PyResult<()> {
    let event_loop = this(v).event_loop(vm)?;
    let context = part(v).context.borrow().clone();
    let step = PyNativeFunction::bound(&STEP, v.clone());
    match error {
        Some(e) => call_soon(vm, &event_loop, &[step, e], context),
        None => call_soon(vm, &event_loop, &[step], context),
    }
}

fn eager_start(vm: &Vm, v: &Value, event_loop: &Value) -> PyResult<()> {
    let before = running::swap(vm, event_loop, v.clone())?;
    running::register(vm, v)?;
    let context = part(v).context.borrow().clone();
    let stepped = vm.call_method(&context, "run", &[PyNativeFunction::bound(&EAGER, v.clone())]);
    running::unregister(vm, v);
    running::swap(vm, event_loop, before)?;
    if this(v).is_pending() {
        running::register(vm, v)?;
    } else {
        drop(part(v).coroutine.replace(Value::NONE));
    }
    stepped.map(drop)
}

static STEP: NativeDef = native("__step(self, exc=None, /)", "", |vm, args| {
    step(vm, args.get(0), args.opt_not_none(1).cloned())?;
    Ok(Value::NONE)
});

static EAGER: NativeDef = native("__eager_step(self, /)", "", |vm, args| {
    run(vm, args.get(0), None)?;
    Ok(Value::NONE)
});

static WAKEUP: NativeDef = native("__wakeup(self, fut, /)", "", |vm, args| {
    let (v, future) = (args.get(0), args.get(1));
    future::set_awaited(future, v, false);
    let result = match future.downcast::<Future>().filter(|_| future::is_plain(future)) {
        Some(f) => future::outcome(vm, f),
        None => vm.call_method(future, "result", &[]),
    };
    step(vm, v, result.err().map(|e| e.value()))?;
    Ok(Value::NONE)
});

fn is_cancelled_error(vm: &Vm, e: &Value) -> PyResult<bool> {
    let class = from_module(vm, "asyncio.exceptions", "CancelledError")?;
    raising::match_exception(vm, e, &class)
}

/// One step of the coroutine, as the loop's current task.
fn step(vm: &Vm, v: &Value, exc: Option<Value>) -> PyResult<()> {
    let (f, t) = (this(v), part(v));
    if !f.is_pending() {
        let (task, exc) = (vm.repr(v)?, vm.repr(&Value::or_none(exc))?);
        let text = format!("__step(): already done: {} {}", task.to_lossy(), exc.to_lossy());
        return Err(error(vm, "InvalidStateError", &[vm.str(&text)]));
    }
    let mut exc = exc;
    if t.must_cancel.get() {
        let is_one = match &exc {
            Some(e) => is_cancelled_error(vm, e)?,
            None => false,
        };
        if !is_one {
            exc = Some(future::cancelled_error(vm, f).value());
        }
        t.must_cancel.set(false);
    }
    drop(t.waiter.replace(Value::NONE));
    let event_loop = f.event_loop(vm)?;
    running::enter(vm, &event_loop, v)?;
    let r = run(vm, v, exc);
    let left = running::leave(vm, &event_loop, v);
    r.and(left)
}

/// Resumes the coroutine until it yields or ends.
fn resume(vm: &Vm, coroutine: &Value, exc: Option<Value>) -> PyResult<Outcome> {
    let ours = PyGenerator::exact_coroutine(coroutine).or_else(|| PyGenerator::exact(coroutine));
    if let Some(g) = ours {
        return match exc {
            Some(e) => g.throw(vm, Raised::from_value(vm, e)),
            None if g.state() == freeze_runtime::types::generator::State::Closed => {
                g.send(vm, Value::NONE).map(Outcome::Yielded)
            }
            None => g.resume(vm, Resume::Value(Value::NONE)),
        };
    }
    let sent = match exc {
        Some(e) => vm.call_method(coroutine, "throw", &[e]),
        None => vm.call_method(coroutine, "send", &[Value::NONE]),
    };
    match sent {
        Ok(v) => Ok(Outcome::Yielded(v)),
        Err(e) if e.is(&STOP_ITERATION) => Ok(Outcome::Returned(stop_value(vm, &e))),
        Err(e) => Err(e),
    }
}

fn run(vm: &Vm, v: &Value, exc: Option<Value>) -> PyResult<()> {
    let (f, t) = (this(v), part(v));
    let coroutine = t.coroutine.borrow().clone();
    if coroutine.is_none() {
        return Err(vm.runtime_error("uninitialized Task object"));
    }
    let outcome = match resume(vm, &coroutine, exc) {
        // A closed coroutine that is sent to raises this with its value.
        Err(e) if e.is(&STOP_ITERATION) => Ok(Outcome::Returned(stop_value(vm, &e))),
        other => other,
    };
    match outcome {
        Ok(Outcome::Returned(value)) => {
            if t.must_cancel.replace(false) {
                let message = f.cancel_message.borrow().clone();
                future::cancel(vm, v, message)?;
            } else {
                future::finish(vm, v, value)?;
            }
            running::unregister(vm, v);
            Ok(())
        }
        Ok(Outcome::Yielded(value)) => yielded(vm, v, &value),
        Err(e) => {
            running::unregister(vm, v);
            let value = e.value();
            if is_cancelled_error(vm, &value)? {
                drop(f.cancelled.replace(value));
                return future::cancel(vm, v, Value::NONE).map(drop);
            }
            future::fail(vm, v, &value)?;
            if e.is(&KEYBOARD_INTERRUPT) || e.is(&SYSTEM_EXIT) { Err(e) } else { Ok(()) }
        }
    }
}

/// An error for the coroutine at its next step.
#[cold]
fn complain(vm: &Vm, v: &Value, text: String) -> PyResult<()> {
    step_soon(vm, v, Some(vm.runtime_error(text).value()))
}

/// What the coroutine waits for.
fn yielded(vm: &Vm, v: &Value, value: &Value) -> PyResult<()> {
    let t = part(v);
    if value.is_none() {
        return step_soon(vm, v, None);
    }
    let text = |x: &Value| -> PyResult<String> { Ok(vm.repr(x)?.to_lossy().into_owned()) };
    if value.is(v) {
        return complain(vm, v, format!("Task cannot await on itself: {}", text(v)?));
    }
    let plain = future::is_plain(value);
    let blocking = match plain {
        true => Some(this(value).blocking.get()),
        false => match vm.get_attr_opt(value, &vm.intern("_asyncio_future_blocking"))? {
            Some(b) if !b.is_none() => Some(vm.is_true(&b)?),
            _ => None,
        },
    };
    let Some(blocking) = blocking else {
        if value.class().is_subtype(&GENERATOR) {
            let (task, value) = (text(v)?, text(value)?);
            let what = "yield was used instead of yield from for generator in task";
            return complain(vm, v, format!("{what} {task} with {value}"));
        }
        return complain(vm, v, format!("Task got bad yield: {}", text(value)?));
    };
    if !future::loop_of(vm, value)?.is(&this(v).event_loop(vm)?) {
        let (task, value) = (text(v)?, text(value)?);
        return complain(vm, v, format!("Task {task} got Future {value} attached to a different loop"));
    }
    if !blocking {
        let (task, value) = (text(v)?, text(value)?);
        return complain(vm, v, format!("yield was used instead of yield from in task {task} with {value}"));
    }
    future::set_awaited(value, v, true);
    let wakeup = PyNativeFunction::bound(&WAKEUP, v.clone());
    let context = t.context.borrow().clone();
    if plain {
        this(value).blocking.set(false);
        future::when_done(vm, value, wakeup, context)?;
    } else {
        vm.set_attr_str(value, "_asyncio_future_blocking", Value::FALSE)?;
        let add = vm.get_attr_str(value, "add_done_callback")?;
        vm.call_kw(&add, &[wakeup], &[("context", context)])?;
    }
    drop(t.waiter.replace(value.clone()));
    if t.must_cancel.get() {
        let message = this(v).cancel_message.borrow().clone();
        if cancel_waiter(vm, value, message)? {
            t.must_cancel.set(false);
        }
    }
    Ok(())
}

fn cancel_waiter(vm: &Vm, waiter: &Value, message: Value) -> PyResult<bool> {
    let cancel = vm.get_attr_str(waiter, "cancel")?;
    vm.is_true(&vm.call_kw(&cancel, &[], &[("msg", message)])?)
}

fn m_cancel(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let (f, t) = (this(v), part(v));
    f.log_traceback.set(false);
    if !f.is_pending() {
        return Ok(Value::FALSE);
    }
    t.cancels.set(t.cancels.get() + 1);
    let message = Value::or_none(args.opt(1).cloned());
    let waiter = t.waiter.borrow().clone();
    if !waiter.is_none() && cancel_waiter(vm, &waiter, message.clone())? {
        return Ok(Value::TRUE);
    }
    t.must_cancel.set(true);
    drop(f.cancel_message.replace(message));
    Ok(Value::TRUE)
}

fn m_cancelling(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(part(args.this()).cancels.get()))
}

fn m_uncancel(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = part(args.this());
    if t.cancels.get() > 0 {
        t.cancels.set(t.cancels.get() - 1);
        if t.cancels.get() == 0 {
            t.must_cancel.set(false);
        }
    }
    Ok(Value::int(t.cancels.get()))
}

fn m_get_name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = part(args.this());
    let name = t.name.borrow().clone();
    let Some(n) = int::as_i64(&name).filter(|_| !name.has_layout::<PyStr>()) else { return Ok(name) };
    let name = vm.str(&format!("Task-{n}"));
    drop(t.name.replace(name.clone()));
    Ok(name)
}

fn m_set_name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.get(1);
    let name = if name.is_exact(&STR) { name.clone() } else { vm.to_str(name)?.into_value() };
    drop(part(args.this()).name.replace(name));
    Ok(Value::NONE)
}

fn m_get_coro(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(part(args.this()).coroutine.borrow().clone())
}

fn m_get_context(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(part(args.this()).context.borrow().clone())
}

fn m_get_stack(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let limit = Value::or_none(args.opt(1).cloned());
    vm.call(&from_module(vm, "asyncio.base_tasks", "_task_get_stack")?, &[args.this().clone(), limit])
}

fn m_print_stack(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let given = |i: usize| Value::or_none(args.opt(i).cloned());
    vm.call(&from_module(vm, "asyncio.base_tasks", "_task_print_stack")?, &[args.this().clone(), given(1), given(2)])
}

fn m_set_result(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.runtime_error("Task does not support set_result operation"))
}

fn m_set_exception(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.runtime_error("Task does not support set_exception operation"))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.call(&from_module(vm, "asyncio.base_tasks", "_task_repr")?, std::slice::from_ref(v))
}

fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let (f, t) = (this(v), part(v));
    running::unregister(vm, v);
    if f.is_pending() && t.log_destroy.get() && f.event_loop(vm).is_ok() {
        future::tell_loop(vm, f, "Task was destroyed but it is pending!", &[("task", v.clone())])?;
    }
    future::finalize(vm, v)
}

static METHODS: &[NativeDef] = &[
    native("cancel(self, /, msg=None)", "Request that this task cancel itself.", m_cancel),
    native("cancelling(self, /)", "Return the count of the task's cancellation requests.", m_cancelling),
    native("get_context(self, /)", "", m_get_context),
    native("get_coro(self, /)", "", m_get_coro),
    native("get_name(self, /)", "", m_get_name),
    native(
        "get_stack(self, /, *, limit=None)",
        "Return the list of stack frames for this task's coroutine.",
        m_get_stack,
    ),
    native(
        "print_stack(self, /, *, limit=None, file=None)",
        "Print the stack or traceback for this task's coroutine.",
        m_print_stack,
    ),
    native("set_exception(self, exception, /)", "", m_set_exception),
    native("set_name(self, value, /)", "", m_set_name),
    native("set_result(self, result, /)", "", m_set_result),
    native("uncancel(self, /)", "Decrement the task's count of cancellation requests.", m_uncancel),
];

fn set_log_destroy(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    part(v).log_destroy.set(future::flag(vm, new)?);
    Ok(())
}

static GETSET: &[GetSet] = &[
    GetSet { name: "_coro", doc: "", get: |_, v| Ok(part(v).coroutine.borrow().clone()), set: None },
    GetSet { name: "_fut_waiter", doc: "", get: |_, v| Ok(part(v).waiter.borrow().clone()), set: None },
    GetSet {
        name: "_log_destroy_pending",
        doc: "",
        get: |_, v| Ok(Value::bool(part(v).log_destroy.get())),
        set: Some(set_log_destroy),
    },
    GetSet { name: "_must_cancel", doc: "", get: |_, v| Ok(Value::bool(part(v).must_cancel.get())), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "Task",
    module: "_asyncio",
    doc: "A coroutine wrapped in a Future.",
    base: Some(&FUTURE),
    layout: Future::layout,
    flags: future::FLAGS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), finalize: Some(finalize), ..future::SLOTS },
    methods: METHODS,
    class_methods: &[native("__class_getitem__(cls, object, /)", "See PEP 585", class_getitem)],
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `_asyncio.Task`
pub(super) static TASK: Type = Type::builtin(&DEF);
