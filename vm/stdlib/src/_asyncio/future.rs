//! `Future`: a result that is not there yet. Tasks are futures with a part of their own.

use std::cell::{Cell, RefCell};

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{BASE_EXCEPTION, PyException, STOP_ITERATION};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::raising;
use freeze_runtime::types::set::PySet;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use super::task::{self, TaskPart};
use super::{call_soon, context_or_copy, error, from_module, running};
use crate::native_type::{class_getitem, iter_self, payload};

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Pending,
    Cancelled,
    Finished,
}

/// A cell with None.
pub(super) const fn none() -> RefCell<Value> {
    RefCell::new(Value::NONE)
}

/// The payload of futures and tasks. What is not there is None.
pub(super) struct Future {
    state: Cell<State>,
    /// None until `__init__` has run.
    event_loop: RefCell<Value>,
    /// Functions to be called when it is done, with their contexts.
    callbacks: RefCell<Vec<(Value, Value)>>,
    result: RefCell<Value>,
    exception: RefCell<Value>,
    exception_traceback: RefCell<Value>,
    source_traceback: RefCell<Value>,
    pub(super) cancel_message: RefCell<Value>,
    /// The CancelledError that ended the coroutine, for the one that awaits.
    pub(super) cancelled: RefCell<Value>,
    /// A task may wait for it: it was yielded by `await`.
    pub(super) blocking: Cell<bool>,
    pub(super) log_traceback: Cell<bool>,
    awaited_by: RefCell<Vec<Value>>,
    pub(super) task: Option<Box<TaskPart>>,
}

impl Future {
    /// A future before its `__init__`; with its part, a task.
    pub(super) fn fresh(task: Option<Box<TaskPart>>) -> Future {
        Future {
            state: Cell::default(),
            event_loop: none(),
            callbacks: RefCell::default(),
            result: none(),
            exception: none(),
            exception_traceback: none(),
            source_traceback: none(),
            cancel_message: none(),
            cancelled: none(),
            blocking: Cell::new(false),
            log_traceback: Cell::new(false),
            awaited_by: RefCell::default(),
            task,
        }
    }

    fn cells(&self) -> [&RefCell<Value>; 7] {
        [
            &self.event_loop,
            &self.result,
            &self.exception,
            &self.exception_traceback,
            &self.source_traceback,
            &self.cancel_message,
            &self.cancelled,
        ]
    }

    fn reset(&self) {
        self.state.set(State::Pending);
        drop(self.callbacks.take());
        for cell in self.cells() {
            drop(cell.replace(Value::NONE));
        }
        self.blocking.set(false);
        self.log_traceback.set(false);
        drop(self.awaited_by.take());
    }

    pub(super) fn is_pending(&self) -> bool {
        self.state.get() == State::Pending
    }

    /// Its loop; raises before `__init__`.
    pub(super) fn event_loop(&self, vm: &Vm) -> PyResult<Value> {
        match self.event_loop.borrow().clone() {
            found if found.is_none() => Err(vm.runtime_error("Future object is not initialized.")),
            found => Ok(found),
        }
    }
}
payload!(
    Future,
    |f, visit| {
        for cell in f.cells() {
            visit(&cell.borrow());
        }
        for (callback, context) in f.callbacks.borrow().iter() {
            visit(callback);
            visit(context);
        }
        f.awaited_by.borrow().iter().for_each(&mut *visit);
        if let Some(task) = &f.task {
            task.cells().iter().for_each(|cell| visit(&cell.borrow()));
        }
    },
    |f| {
        f.reset();
        if let Some(task) = &f.task {
            task.cells().iter().for_each(|cell| drop(cell.replace(Value::NONE)));
        }
    }
);

/// The payload of a future; slots and methods see only those.
pub(super) fn this(v: &Value) -> &Future {
    v.downcast().expect("slots of Future see futures")
}

/// Whether it is one of ours, and of no class that could do things otherwise.
pub(super) fn is_plain(v: &Value) -> bool {
    v.is_exact(&FUTURE) || v.is_exact(&task::TASK)
}

/// The loop of anything that is like a future.
pub(super) fn loop_of(vm: &Vm, v: &Value) -> PyResult<Value> {
    if is_plain(v) {
        return this(v).event_loop(vm);
    }
    match vm.get_attr_opt(v, &vm.intern("get_loop"))? {
        Some(get) => vm.call0(&get),
        None => vm.get_attr_str(v, "_loop"),
    }
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, Future::fresh(None)).into_value())
}

/// `Future.__init__`, for tasks too.
pub(super) fn start(vm: &Vm, v: &Value, event_loop: Option<&Value>) -> PyResult<()> {
    let f = this(v);
    f.reset();
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(given) => given.clone(),
        None => running::event_loop(vm)?,
    };
    drop(f.event_loop.replace(event_loop.clone()));
    if vm.is_true(&vm.call_method(&event_loop, "get_debug", &[])?)? {
        let stack = vm.call0(&from_module(vm, "asyncio.format_helpers", "extract_stack")?)?;
        drop(f.source_traceback.replace(stack));
    }
    Ok(())
}

static INIT: NativeDef = native("Future(*, loop=None)", "", |_, args| Ok(args.get(0).clone()));

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let slots = bind(vm, &INIT, args)?;
    start(vm, v, slots.first().filter(|v| !v.is_unbound()))
}

/// Has the loop call everybody who wanted to know.
fn schedule(vm: &Vm, v: &Value) -> PyResult<()> {
    let f = this(v);
    let callbacks = f.callbacks.take();
    if callbacks.is_empty() {
        return Ok(());
    }
    let event_loop = f.event_loop(vm)?;
    for (callback, context) in callbacks {
        call_soon(vm, &event_loop, &[callback, v.clone()], context)?;
    }
    Ok(())
}

/// Cancels a future that is not done; says whether it was so.
pub(super) fn cancel(vm: &Vm, v: &Value, message: Value) -> PyResult<bool> {
    let f = this(v);
    f.log_traceback.set(false);
    if !f.is_pending() {
        return Ok(false);
    }
    f.state.set(State::Cancelled);
    drop(f.cancel_message.replace(message));
    schedule(vm, v)?;
    Ok(true)
}

/// The error of a cancelled future. The one that was kept is given once.
pub(super) fn cancelled_error(vm: &Vm, f: &Future) -> Raised {
    let kept = f.cancelled.replace(Value::NONE);
    if !kept.is_none() {
        return Raised::from_value(vm, kept);
    }
    match f.cancel_message.borrow().clone() {
        message if message.is_none() => error(vm, "CancelledError", &[]),
        message => error(vm, "CancelledError", &[message]),
    }
}

#[cold]
fn invalid(vm: &Vm, message: &str) -> Raised {
    error(vm, "InvalidStateError", &[vm.str(message)])
}

/// The result, or the error that it comes to.
pub(super) fn outcome(vm: &Vm, f: &Future) -> PyResult<Value> {
    match f.state.get() {
        State::Cancelled => Err(cancelled_error(vm, f)),
        State::Pending => Err(invalid(vm, "Result is not set.")),
        State::Finished => {
            f.log_traceback.set(false);
            let exception = f.exception.borrow().clone();
            if exception.is_none() {
                return Ok(f.result.borrow().clone());
            }
            let traceback = f.exception_traceback.borrow().clone();
            vm.set_attr_str(&exception, "__traceback__", traceback)?;
            Err(Raised::from_value(vm, exception))
        }
    }
}

/// Ends a future with a result.
pub(super) fn finish(vm: &Vm, v: &Value, result: Value) -> PyResult<()> {
    let f = this(v);
    f.event_loop(vm)?;
    if !f.is_pending() {
        return Err(invalid(vm, "invalid state"));
    }
    drop(f.result.replace(result));
    f.state.set(State::Finished);
    schedule(vm, v)
}

/// Ends a future with an exception: an instance or a class.
pub(super) fn fail(vm: &Vm, v: &Value, exception: &Value) -> PyResult<()> {
    let f = this(v);
    f.event_loop(vm)?;
    if !f.is_pending() {
        return Err(invalid(vm, "invalid state"));
    }
    let mut exception = exception.clone();
    if exception.downcast::<freeze_runtime::object::TypeObject>().is_some_and(|t| t.is_subtype(&BASE_EXCEPTION)) {
        exception = vm.call0(&exception)?;
    }
    if !exception.has_layout::<PyException>() && !exception.class().is_subtype(&BASE_EXCEPTION) {
        return Err(vm.type_error("invalid exception object"));
    }
    if exception.class().is_subtype(&STOP_ITERATION) {
        let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
        let other = vm.runtime_error(text).value();
        vm.set_attr_str(&other, "__cause__", exception.clone())?;
        vm.set_attr_str(&other, "__context__", exception)?;
        exception = other;
    }
    drop(f.exception_traceback.replace(vm.get_attr_str(&exception, "__traceback__")?));
    drop(f.exception.replace(exception));
    f.state.set(State::Finished);
    schedule(vm, v)?;
    f.log_traceback.set(true);
    Ok(())
}

/// Has `callback` called when the future is done.
pub(super) fn when_done(vm: &Vm, v: &Value, callback: Value, context: Value) -> PyResult<()> {
    let f = this(v);
    let event_loop = f.event_loop(vm)?;
    if f.is_pending() {
        f.callbacks.borrow_mut().push((callback, context));
        return Ok(());
    }
    call_soon(vm, &event_loop, &[callback, v.clone()], context)
}

/// Remembers (or forgets) that `waiter` waits for `fut`.
pub(super) fn set_awaited(fut: &Value, waiter: &Value, yes: bool) {
    let Some(f) = fut.downcast::<Future>() else { return };
    if !waiter.has_layout::<Future>() {
        return;
    }
    let gone = {
        let mut list = f.awaited_by.borrow_mut();
        match list.iter().position(|w| w.is(waiter)) {
            None if yes => {
                list.push(waiter.clone());
                None
            }
            Some(i) if !yes => Some(list.swap_remove(i)),
            _ => None,
        }
    };
    drop(gone);
}

pub(super) fn awaited(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    set_awaited(args.get(0), args.get(1), true);
    Ok(Value::NONE)
}

pub(super) fn no_more_awaited(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    set_awaited(args.get(0), args.get(1), false);
    Ok(Value::NONE)
}

/// Tells the loop of something that nobody else will.
pub(super) fn tell_loop(vm: &Vm, f: &Future, message: &str, more: &[(&str, Value)]) -> PyResult<()> {
    let context = PyDict::new_ref();
    context.set_text("message", vm.str(message));
    for (key, value) in more {
        context.set_text(key, value.clone());
    }
    let stack = f.source_traceback.borrow().clone();
    if !stack.is_none() {
        context.set_text("source_traceback", stack);
    }
    let event_loop = f.event_loop.borrow().clone();
    vm.call_method(&event_loop, "call_exception_handler", &[context.into_value()]).map(drop)
}

/// `__del__`
pub(super) fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let f = this(v);
    if !f.log_traceback.get() {
        return Ok(());
    }
    f.log_traceback.set(false);
    let message = format!("{} exception was never retrieved", v.class().name());
    let exception = f.exception.borrow().clone();
    tell_loop(vm, f, &message, &[("exception", exception), ("future", v.clone())])
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.call(&from_module(vm, "asyncio.base_futures", "_future_repr")?, std::slice::from_ref(v))
}

fn m_cancel(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Future>().event_loop(vm)?;
    cancel(vm, args.this(), Value::or_none(args.opt(1).cloned())).map(Value::bool)
}

fn m_cancelled(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.payload::<Future>().state.get() == State::Cancelled))
}

fn m_done(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(!args.payload::<Future>().is_pending()))
}

fn m_get_loop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Future>().event_loop(vm)
}

fn m_result(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    outcome(vm, args.payload())
}

fn m_exception(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<Future>();
    match f.state.get() {
        State::Cancelled => Err(cancelled_error(vm, f)),
        State::Pending => Err(invalid(vm, "Exception is not set.")),
        State::Finished => {
            f.log_traceback.set(false);
            Ok(f.exception.borrow().clone())
        }
    }
}

fn m_set_result(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    finish(vm, args.this(), args.get(1).clone())?;
    Ok(Value::NONE)
}

fn m_set_exception(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    fail(vm, args.this(), args.get(1))?;
    Ok(Value::NONE)
}

fn m_add_done_callback(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let context = context_or_copy(vm, args.opt_not_none(2));
    when_done(vm, args.this(), args.get(1).clone(), context)?;
    Ok(Value::NONE)
}

fn m_remove_done_callback(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.payload::<Future>();
    f.event_loop(vm)?;
    // Comparing may run anything, so a copy is looked through.
    let before = f.callbacks.borrow().clone();
    let mut gone = Vec::new();
    for (callback, _) in &before {
        if vm.eq(callback, args.get(1))? {
            gone.push(callback.clone());
        }
    }
    let removed = {
        let mut list = f.callbacks.borrow_mut();
        let (removed, kept) =
            std::mem::take(&mut *list).into_iter().partition::<Vec<_>, _>(|c| gone.iter().any(|g| g.is(&c.0)));
        *list = kept;
        removed
    };
    Ok(Value::usize(removed.len()))
}

fn m_make_cancelled_error(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(cancelled_error(vm, args.payload()).value())
}

static METHODS: &[NativeDef] = &[
    native(
        "_make_cancelled_error(self, /)",
        "Create the CancelledError to raise if the Future is cancelled.",
        m_make_cancelled_error,
    ),
    native(
        "add_done_callback(self, fn, /, *, context=None)",
        "Add a callback to be run when the future becomes done.",
        m_add_done_callback,
    ),
    native("cancel(self, /, msg=None)", "Cancel the future and schedule callbacks.", m_cancel),
    native("cancelled(self, /)", "Return True if the future was cancelled.", m_cancelled),
    native("done(self, /)", "Return True if the future is done.", m_done),
    native("exception(self, /)", "Return the exception that was set on this future.", m_exception),
    native("get_loop(self, /)", "Return the event loop the Future is bound to.", m_get_loop),
    native(
        "remove_done_callback(self, fn, /)",
        "Remove all instances of a callback from the \"call when done\" list.",
        m_remove_done_callback,
    ),
    native("result(self, /)", "Return the result this future represents.", m_result),
    native("set_exception(self, exception, /)", "Mark the future done and set an exception.", m_set_exception),
    native("set_result(self, result, /)", "Mark the future done and set its result.", m_set_result),
];

fn get(v: &Value, cell: impl FnOnce(&Future) -> &RefCell<Value>) -> PyResult<Value> {
    Ok(cell(this(v)).borrow().clone())
}

fn get_state(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).event_loop(vm)?;
    Ok(vm.str(match this(v).state.get() {
        State::Pending => "PENDING",
        State::Cancelled => "CANCELLED",
        State::Finished => "FINISHED",
    }))
}

fn get_callbacks(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).event_loop(vm)?;
    let list = this(v).callbacks.borrow();
    if list.is_empty() {
        return Ok(Value::NONE);
    }
    let pair =
        |(callback, context): &(Value, Value)| PyTuple::from_slice(&[callback.clone(), context.clone()]).into_value();
    Ok(PyList::new(list.iter().map(pair).collect()).into_value())
}

fn get_result(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).event_loop(vm)?;
    get(v, |f| &f.result)
}

fn get_exception(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).event_loop(vm)?;
    get(v, |f| &f.exception)
}

fn get_awaited_by(vm: &Vm, v: &Value) -> PyResult<Value> {
    let waiters = this(v).awaited_by.borrow().clone();
    if waiters.is_empty() {
        return Ok(Value::NONE);
    }
    let set = PySet::new_ref();
    for waiter in waiters {
        set.add(vm, &waiter)?;
    }
    crate::convert::call_builtin(vm, "frozenset", &[set.into_value()])
}

/// What an attribute is set to; deleting is an error.
pub(super) fn flag(vm: &Vm, new: Option<Value>) -> PyResult<bool> {
    match new {
        Some(v) => vm.is_true(&v),
        None => Err(vm.attribute_error("cannot delete attribute")),
    }
}

fn set_blocking(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    this(v).event_loop(vm)?;
    this(v).blocking.set(flag(vm, new)?);
    Ok(())
}

fn set_log_traceback(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    if flag(vm, new)? {
        return Err(vm.value_error("_log_traceback can only be set to False"));
    }
    this(v).log_traceback.set(false);
    Ok(())
}

fn set_cancel_message(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(vm.attribute_error("cannot delete attribute")) };
    drop(this(v).cancel_message.replace(new));
    Ok(())
}

static GETSET: &[GetSet] = &[
    GetSet { name: "_asyncio_awaited_by", doc: "", get: get_awaited_by, set: None },
    GetSet {
        name: "_asyncio_future_blocking",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).blocking.get())),
        set: Some(set_blocking),
    },
    GetSet { name: "_callbacks", doc: "", get: get_callbacks, set: None },
    GetSet {
        name: "_cancel_message",
        doc: "",
        get: |_, v| get(v, |f| &f.cancel_message),
        set: Some(set_cancel_message),
    },
    GetSet { name: "_exception", doc: "", get: get_exception, set: None },
    GetSet {
        name: "_log_traceback",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).log_traceback.get())),
        set: Some(set_log_traceback),
    },
    GetSet { name: "_loop", doc: "", get: |_, v| get(v, |f| &f.event_loop), set: None },
    GetSet { name: "_result", doc: "", get: get_result, set: None },
    GetSet { name: "_source_traceback", doc: "", get: |_, v| get(v, |f| &f.source_traceback), set: None },
    GetSet { name: "_state", doc: "", get: get_state, set: None },
];

fn iterator(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).event_loop(vm)?;
    Ok(Ref::new(&ITERATOR, Iterator { future: RefCell::new(v.clone()) }).into_value())
}

/// The slots of futures; tasks have others for some.
pub(super) const SLOTS: Slots = Slots {
    new: Some(new),
    init: Some(init),
    repr: Some(repr),
    iter: Some(iterator),
    await_: Some(iterator),
    finalize: Some(finalize),
    ..Slots::EMPTY
};

/// The flags of futures and tasks.
pub(super) const FLAGS: u32 =
    TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS | TypeFlags::HAS_FINALIZER;

static DEF: TypeDef = TypeDef {
    name: "Future",
    module: "_asyncio",
    doc: "This class is *almost* compatible with concurrent.futures.Future.",
    layout: Future::layout,
    flags: FLAGS,
    slots: SLOTS,
    methods: METHODS,
    class_methods: &[native("__class_getitem__(cls, object, /)", "See PEP 585", class_getitem)],
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `_asyncio.Future`
pub(super) static FUTURE: Type = Type::builtin(&DEF);

/// What `await future` runs through: the future once, then its result.
struct Iterator {
    future: RefCell<Value>,
}
payload!(Iterator, |i, visit| visit(&i.future.borrow()), |i| drop(i.future.replace(Value::NONE)));

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let i = v.downcast::<Iterator>().expect("slots see their own type");
    let future = i.future.borrow().clone();
    let Some(f) = future.downcast::<Future>() else { return Ok(None) };
    if f.is_pending() {
        if f.blocking.replace(true) {
            return Err(vm.runtime_error("await wasn't used with future"));
        }
        return Ok(Some(future));
    }
    drop(i.future.replace(Value::NONE));
    vm.stop_with(outcome(vm, f)?);
    Ok(None)
}

fn send(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.forget_stop();
    next(vm, args.this())?.ok_or_else(|| vm.exhausted(args.this()))
}

fn throw(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let i = args.payload::<Iterator>();
    let (kind, value, traceback) = (args.get(1), args.opt_not_none(2), args.opt_not_none(3));
    if args.opt(2).is_some() {
        let text = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
        vm.warn_named("DeprecationWarning", text, 1)?;
    }
    if traceback.is_some_and(|t| t.class().name() != "traceback") {
        return Err(vm.type_error("throw() third argument must be a traceback"));
    }
    let exception = if kind.class().is_subtype(&BASE_EXCEPTION) {
        if value.is_some() {
            return Err(vm.type_error("instance exception may not have a separate value"));
        }
        kind.clone()
    } else {
        match value {
            Some(value) if value.class().is_subtype(&BASE_EXCEPTION) => value.clone(),
            Some(value) => vm.call(kind, std::slice::from_ref(value))?,
            None => match raising::instantiate(vm, kind) {
                Ok(Some(e)) => e.into_value(),
                _ => {
                    let name = kind.class().name();
                    let text = "exceptions must be classes or instances deriving from BaseException, not";
                    return Err(vm.type_error(format!("{text} {name}")));
                }
            },
        }
    };
    if let Some(traceback) = traceback {
        vm.set_attr_str(&exception, "__traceback__", traceback.clone())?;
    }
    drop(i.future.replace(Value::NONE));
    Err(Raised::from_value(vm, exception))
}

fn close(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    drop(args.payload::<Iterator>().future.replace(Value::NONE));
    Ok(Value::NONE)
}

static ITERATOR_DEF: TypeDef = TypeDef {
    name: "FutureIter",
    module: "_asyncio",
    layout: Iterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: &[
        native("close(self, /)", "", close),
        native("send(self, value, /)", "", send),
        native("throw(self, type, val=None, tb=None, /)", "", throw),
    ],
    ..TypeDef::EMPTY
};
/// `_asyncio.FutureIter`
pub(super) static ITERATOR: Type = Type::builtin(&ITERATOR_DEF);
