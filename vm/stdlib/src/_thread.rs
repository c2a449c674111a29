//! `_thread`: threads, locks, handles. `threading` is made of it.

mod local;

use std::cell::{Cell, RefCell};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::{PyResult, lock, signals};
use freeze_runtime::{Args, CallArgs, ModuleDef, NativeDef, Payload, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

/// The longest wait.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;
/// How often a waiting main thread looks for signals.
const SLICE: Duration = Duration::from_millis(20);
const DEFAULT_STACK: usize = 8 << 20;

/// What a lock is for threads that wait without the interpreter lock.
#[derive(Default)]
struct Raw {
    held: Mutex<bool>,
    free: Condvar,
}

impl Raw {
    fn try_take(&self) -> bool {
        let mut h = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        !std::mem::replace(&mut *h, true)
    }

    /// Waits at most `limit`.
    fn take_within(&self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let mut h = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while *h {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            h = self.free.wait_timeout(h, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *h = true;
        true
    }

    fn give(&self) -> bool {
        let mut h = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let was = std::mem::replace(&mut *h, false);
        drop(h);
        self.free.notify_one();
        was
    }

    fn is_held(&self) -> bool {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock, for at most `limit`; signals are handled meanwhile.
    fn take(&self, vm: &Vm, limit: Option<Duration>) -> PyResult<bool> {
        if self.try_take() {
            return Ok(true);
        }
        let end = limit.map(|l| Instant::now() + l);
        loop {
            let slice = match end {
                Some(e) => e.saturating_duration_since(Instant::now()).min(SLICE),
                None => SLICE,
            };
            if vm.allow_threads(|| self.take_within(slice)) {
                return Ok(true);
            }
            vm.check_signals()?;
            if end.is_some_and(|e| Instant::now() >= e) {
                return Ok(false);
            }
        }
    }
}

/// The arguments of `acquire`: `None` is not to wait.
fn wait_args(vm: &Vm, args: &Args<'_>) -> PyResult<Option<Option<Duration>>> {
    let blocking = args.opt_bool(vm, 1, true)?;
    let timeout = match args.opt(2) {
        Some(t) => vm.to_f64(t)?,
        None => -1.0,
    };
    if !blocking {
        if timeout != -1.0 {
            return Err(vm.value_error("can't specify a timeout for a non-blocking call"));
        }
        return Ok(None);
    }
    if timeout == -1.0 {
        return Ok(Some(None));
    }
    if timeout < 0.0 {
        return Err(vm.value_error("timeout value must be a non-negative number"));
    }
    if timeout > TIMEOUT_MAX {
        return Err(vm.overflow_error("timeout value is too large"));
    }
    Ok(Some(Some(Duration::from_secs_f64(timeout))))
}

/// The payload of `lock`.
pub(crate) struct PyLock {
    raw: RefCell<Arc<Raw>>,
}

impl Payload for PyLock {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyLock>();
        &L
    }
}

fn new_lock() -> Value {
    Ref::new(&LOCK, PyLock { raw: RefCell::new(Arc::default()) }).into_value()
}

fn lock_new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "lock")?;
    call.check_count(vm, "lock", 0, 0)?;
    let l = PyLock { raw: RefCell::new(Arc::default()) };
    Ok(freeze_runtime::object::header::new_object_of(class, l))
}

fn allocate_lock(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(new_lock())
}

fn lock_acquire(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let raw = args.payload::<PyLock>().raw.borrow().clone();
    Ok(Value::bool(match wait_args(vm, &args)? {
        None => raw.try_take(),
        Some(limit) => raw.take(vm, limit)?,
    }))
}

fn lock_release(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let raw = args.payload::<PyLock>().raw.borrow().clone();
    if raw.give() { Ok(Value::NONE) } else { Err(vm.runtime_error("release unlocked lock")) }
}

fn lock_enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let raw = args.payload::<PyLock>().raw.borrow().clone();
    raw.take(vm, None).map(Value::bool)
}

fn lock_locked(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.payload::<PyLock>().raw.borrow().is_held()))
}

fn lock_reinit(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // In the child of a fork; whoever held it is gone.
    drop(args.payload::<PyLock>().raw.replace(Arc::default()));
    Ok(Value::NONE)
}

fn lock_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let held = v.downcast::<PyLock>().is_some_and(|l| l.raw.borrow().is_held());
    let word = if held { "locked" } else { "unlocked" };
    Ok(vm.str(&format!("<{word} _thread.lock object at {:#x}>", v.id())))
}

static LOCK_METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "Lock the lock.", lock_enter),
    native("__exit__(self, *args)", "Release the lock.", lock_release),
    native("_at_fork_reinit(self, /)", "", lock_reinit),
    native("acquire(self, blocking=True, timeout=-1)", "Lock the lock.", lock_acquire),
    native("acquire_lock(self, blocking=True, timeout=-1)", "An obsolete synonym of acquire().", lock_acquire),
    native("locked(self, /)", "Return whether the lock is in the locked state.", lock_locked),
    native("locked_lock(self, /)", "An obsolete synonym of locked().", lock_locked),
    native("release(self, /)", "Release the lock.", lock_release),
    native("release_lock(self, /)", "An obsolete synonym of release().", lock_release),
];

static LOCK_DEF: TypeDef = TypeDef {
    name: "lock",
    module: "_thread",
    doc: "A lock object is a synchronization primitive.",
    layout: PyLock::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(lock_new), repr: Some(lock_repr), ..Slots::EMPTY },
    methods: LOCK_METHODS,
    ..TypeDef::EMPTY
};
/// `_thread.lock`
pub(crate) static LOCK: Type = Type::builtin(&LOCK_DEF);

/// The payload of `RLock`.
pub(crate) struct PyRLock {
    raw: RefCell<Arc<Raw>>,
    owner: Cell<u64>,
    count: Cell<u64>,
}

impl Payload for PyRLock {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyRLock>();
        &L
    }
}

fn rlock_new(_vm: &Vm, class: &Type, _call: CallArgs<'_>) -> PyResult<Value> {
    let l = PyRLock { raw: RefCell::new(Arc::default()), owner: Cell::new(0), count: Cell::new(0) };
    Ok(freeze_runtime::object::header::new_object_of(class, l))
}

impl PyRLock {
    fn take(&self, vm: &Vm, wait: Option<Option<Duration>>) -> PyResult<bool> {
        if self.count.get() > 0 && self.owner.get() == vm.ident {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let raw = self.raw.borrow().clone();
        let got = match wait {
            None => raw.try_take(),
            Some(limit) => raw.take(vm, limit)?,
        };
        if got {
            self.owner.set(vm.ident);
            self.count.set(1);
        }
        Ok(got)
    }
}

fn rlock_acquire(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let wait = wait_args(vm, &args)?;
    args.payload::<PyRLock>().take(vm, wait).map(Value::bool)
}

fn rlock_enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyRLock>().take(vm, Some(None)).map(Value::bool)
}

fn rlock_release(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<PyRLock>();
    if l.count.get() == 0 || l.owner.get() != vm.ident {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    l.count.set(l.count.get() - 1);
    if l.count.get() == 0 {
        l.owner.set(0);
        l.raw.borrow().give();
    }
    Ok(Value::NONE)
}

fn rlock_locked(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.payload::<PyRLock>().count.get() > 0))
}

fn rlock_is_owned(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<PyRLock>();
    Ok(Value::bool(l.count.get() > 0 && l.owner.get() == vm.ident))
}

fn rlock_count(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<PyRLock>();
    Ok(Value::int(if l.owner.get() == vm.ident { l.count.get() as i64 } else { 0 }))
}

fn rlock_save(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<PyRLock>();
    if l.count.get() == 0 {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    let (count, owner) = (l.count.replace(0), l.owner.replace(0));
    l.raw.borrow().give();
    Ok(PyTuple::new(vec![Value::int(count as i64), int::from_big(owner.into())]).into_value())
}

fn rlock_restore(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<PyRLock>();
    let Some([count, _]) = args.get(1).downcast::<PyTuple>().map(|t| t.as_slice()) else {
        return Err(vm.type_error("state must be a tuple of two"));
    };
    let count = vm.to_i64(count)?;
    let raw = l.raw.borrow().clone();
    raw.take(vm, None)?;
    l.owner.set(vm.ident);
    l.count.set(count as u64);
    Ok(Value::NONE)
}

fn rlock_reinit(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<PyRLock>();
    drop(l.raw.replace(Arc::default()));
    l.owner.set(0);
    l.count.set(0);
    Ok(Value::NONE)
}

fn rlock_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let Some(l) = v.downcast::<PyRLock>() else { return Ok(Value::NONE) };
    let word = if l.count.get() > 0 { "locked" } else { "unlocked" };
    Ok(vm.str(&format!(
        "<{word} _thread.RLock object owner={} count={} at {:#x}>",
        l.owner.get(),
        l.count.get(),
        v.id()
    )))
}

static RLOCK_METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "Lock the lock.", rlock_enter),
    native("__exit__(self, *args)", "Release the lock.", rlock_release),
    native("_acquire_restore(self, state, /)", "For internal use by `threading.Condition`.", rlock_restore),
    native("_at_fork_reinit(self, /)", "", rlock_reinit),
    native("_is_owned(self, /)", "For internal use by `threading.Condition`.", rlock_is_owned),
    native("_recursion_count(self, /)", "For internal use by reentrancy checks.", rlock_count),
    native("_release_save(self, /)", "For internal use by `threading.Condition`.", rlock_save),
    native("acquire(self, blocking=True, timeout=-1)", "Lock the lock.", rlock_acquire),
    native("locked(self, /)", "Return a boolean indicating whether this object is locked right now.", rlock_locked),
    native("release(self, /)", "Release the lock.", rlock_release),
];

static RLOCK_DEF: TypeDef = TypeDef {
    name: "RLock",
    module: "_thread",
    layout: PyRLock::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(rlock_new), repr: Some(rlock_repr), ..Slots::EMPTY },
    methods: RLOCK_METHODS,
    ..TypeDef::EMPTY
};
/// `_thread.RLock`
pub(crate) static RLOCK: Type = Type::builtin(&RLOCK_DEF);

/// The payload of `_ThreadHandle`: a lock that is held while the thread runs.
pub(crate) struct PyHandle {
    ident: Cell<u64>,
    running: RefCell<Arc<Raw>>,
    done: Cell<bool>,
    started: Cell<bool>,
    /// How many forks the process had seen when the thread was started.
    forks: Cell<u64>,
}

/// Forks that this process is the child of, and which thread made the last one: the others are gone since.
static FORKS: AtomicU64 = AtomicU64::new(0);
static FORKER: AtomicU64 = AtomicU64::new(0);

/// In the child of a fork: only the calling thread is left.
#[cfg(unix)]
pub(crate) fn after_fork(vm: &Vm) {
    FORKS.fetch_add(1, Relaxed);
    FORKER.store(vm.ident, Relaxed);
    RUNNING.store(0, Relaxed);
}

impl PyHandle {
    fn is_done(&self) -> bool {
        let lost =
            self.started.get() && self.forks.get() != FORKS.load(Relaxed) && self.ident.get() != FORKER.load(Relaxed);
        self.done.get() || lost
    }
}

impl Payload for PyHandle {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyHandle>();
        &L
    }
}

fn new_handle(class: &Type) -> Value {
    let h = PyHandle {
        ident: Cell::new(0),
        running: RefCell::new(Arc::default()),
        done: Cell::new(false),
        started: Cell::new(false),
        forks: Cell::new(FORKS.load(Relaxed)),
    };
    freeze_runtime::object::header::new_object_of(class, h)
}

fn handle_new(_vm: &Vm, class: &Type, _call: CallArgs<'_>) -> PyResult<Value> {
    Ok(new_handle(class))
}

fn handle_join(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = args.payload::<PyHandle>();
    let limit = match args.opt_not_none(1) {
        None => None,
        Some(t) => {
            let t = vm.to_f64(t)?;
            if t < 0.0 { None } else { Some(Duration::from_secs_f64(t.min(TIMEOUT_MAX))) }
        }
    };
    if !h.started.get() {
        return Err(vm.runtime_error("thread not started"));
    }
    if h.is_done() {
        return Ok(Value::NONE);
    }
    if h.ident.get() == vm.ident {
        return Err(vm.runtime_error("Cannot join current thread"));
    }
    let raw = h.running.borrow().clone();
    if raw.take(vm, limit)? {
        h.done.set(true);
        raw.give();
    }
    Ok(Value::NONE)
}

fn handle_is_done(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.payload::<PyHandle>().is_done()))
}

fn handle_set_done(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = args.payload::<PyHandle>();
    if !h.started.get() {
        return Err(vm.runtime_error("thread not started"));
    }
    h.done.set(true);
    h.running.borrow().give();
    Ok(Value::NONE)
}

fn handle_ident(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(int::from_big(v.downcast::<PyHandle>().map_or(0, |h| h.ident.get()).into()))
}

fn handle_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let ident = v.downcast::<PyHandle>().map_or(0, |h| h.ident.get());
    Ok(vm.str(&format!("<_ThreadHandle object: ident={ident}>")))
}

static HANDLE_METHODS: &[NativeDef] = &[
    native("_set_done(self, /)", "", handle_set_done),
    native("is_done(self, /)", "", handle_is_done),
    native("join(self, timeout=None, /)", "", handle_join),
];

static HANDLE_DEF: TypeDef = TypeDef {
    name: "_ThreadHandle",
    module: "_thread",
    layout: PyHandle::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(handle_new), repr: Some(handle_repr), ..Slots::EMPTY },
    methods: HANDLE_METHODS,
    getset: &[GetSet { name: "ident", doc: "", get: handle_ident, set: None }],
    ..TypeDef::EMPTY
};
/// `_thread._ThreadHandle`
pub(crate) static HANDLE: Type = Type::builtin(&HANDLE_DEF);

/// Handles of threads that the end of the program waits for.
const WAITED: &str = "thread.waited";
/// The stack size that programs asked for.
static STACK: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
static RUNNING: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

fn waited(vm: &Vm) -> Value {
    vm.runtime().slots.borrow_mut().entry(WAITED).or_insert_with(|| PyList::new(vec![]).into_value()).clone()
}

/// Starts a thread that calls `func`; the handle says when it is done.
fn launch(vm: &Vm, handle: Value, func: Value, args: Value, kwargs: Value) -> PyResult<Value> {
    let Some(h) = handle.downcast::<PyHandle>() else { return Err(vm.type_error("expected a thread handle")) };
    if vm.runtime().finalizing.get() {
        let kind = &freeze_runtime::types::exception::PYTHON_FINALIZATION_ERROR;
        return Err(vm.new_error(kind, "can't create new thread at interpreter shutdown"));
    }
    if h.started.replace(true) {
        return Err(vm.runtime_error("thread already started"));
    }
    h.forks.set(FORKS.load(Relaxed));
    let raw = h.running.borrow().clone();
    raw.try_take();
    let stack = match STACK.load(Relaxed) {
        0 => DEFAULT_STACK,
        n => n.max(512 << 10),
    };
    // The new thread tells its identity before the caller goes on.
    let ready = Arc::new(Raw::default());
    ready.try_take();
    let signal = ready.clone();
    let finished = raw.clone();
    let started = lock::spawn(stack, vec![handle.clone(), func, args, kwargs], move |vm, values| {
        RUNNING.fetch_add(1, Relaxed);
        if let [handle, func, args, kwargs] = &values[..] {
            if let Some(h) = handle.downcast::<PyHandle>() {
                h.ident.set(vm.ident);
            }
            signal.give();
            run(vm, func, args, kwargs);
            if let Some(h) = handle.downcast::<PyHandle>() {
                h.done.set(true);
            }
        }
        drop(values);
        // A thread that forked was not counted in the child.
        let _ = RUNNING.fetch_update(Relaxed, Relaxed, |n| Some(n.saturating_sub(1)));
        finished.give();
    });
    if started.is_err() {
        h.started.set(false);
        raw.give();
        return Err(vm.runtime_error("can't start new thread"));
    }
    while !vm.allow_threads(|| ready.take_within(SLICE)) {}
    Ok(int::from_big(h.ident.get().into()))
}

fn run(vm: &Vm, func: &Value, args: &Value, kwargs: &Value) {
    let mut all = args.downcast::<PyTuple>().map_or(vec![], |t| t.as_slice().to_vec());
    let mut names = vec![];
    for (k, v) in kwargs.downcast::<PyDict>().map(|d| d.items()).unwrap_or_default() {
        names.push(k);
        all.push(v);
    }
    if let Err(e) = vm.call_args(func, CallArgs { args: &all, names: &names })
        && !e.is(&exc::SYSTEM_EXIT)
    {
        let shown = vm.repr(func).map_or_else(|_| "<function>".to_owned(), |r| r.to_lossy().into_owned());
        vm.report_unraisable(e, Some(&format!("Exception ignored in thread started by {shown}")), None);
    }
}

fn start_new_thread(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (f, pos) = (args.get(0), args.get(1));
    if !vm.is_callable(f) {
        return Err(vm.type_error("first arg must be callable"));
    }
    if !pos.has_layout::<PyTuple>() {
        return Err(vm.type_error("2nd arg must be a tuple"));
    }
    let kw = Value::or_none(args.opt(2).cloned());
    if !kw.is_none() && !kw.has_layout::<PyDict>() {
        return Err(vm.type_error("optional 3rd arg must be a dictionary"));
    }
    launch(vm, new_handle(&HANDLE), f.clone(), pos.clone(), kw)
}

fn start_joinable_thread(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = args.get(0);
    if !vm.is_callable(f) {
        return Err(vm.type_error("thread function must be callable"));
    }
    let handle = args.opt_not_none(1).cloned().unwrap_or_else(|| new_handle(&HANDLE));
    if !args.opt_bool(vm, 2, true)?
        && let Some(l) = waited(vm).downcast::<PyList>()
    {
        let gone = l.with_mut(|v| {
            let (done, kept) = std::mem::take(v)
                .into_iter()
                .partition::<Vec<Value>, _>(|h| h.downcast::<PyHandle>().is_some_and(PyHandle::is_done));
            *v = kept;
            v.push(handle.clone());
            done
        });
        drop(gone);
    }
    launch(vm, handle.clone(), f.clone(), PyTuple::new(vec![]).into_value(), Value::NONE)?;
    Ok(handle)
}

fn make_thread_handle(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = new_handle(&HANDLE);
    let ident = u64::try_from(vm.to_bigint(args.get(0))?).unwrap_or(0);
    if let Some(h) = v.downcast::<PyHandle>() {
        h.ident.set(ident);
        h.started.set(true);
        h.running.borrow().try_take();
    }
    Ok(v)
}

fn shutdown(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let list = waited(vm);
    loop {
        let next = list.downcast::<PyList>().and_then(|l| l.with_mut(Vec::pop));
        let Some(h) = next else { return Ok(Value::NONE) };
        if h.downcast::<PyHandle>().is_some_and(|h| h.ident.get() != vm.ident && !h.is_done()) {
            vm.call_method(&h, "join", &[])?;
        }
    }
}

fn get_ident(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(int::from_big(vm.ident.into()))
}
fn main_ident(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(int::from_big(signals::main_thread().into()))
}
fn native_id(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(freeze_runtime::os::process::native_thread_id()))
}
fn yes(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::TRUE)
}
fn count(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(RUNNING.load(Relaxed)))
}

fn stack_size(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let old = STACK.load(Relaxed);
    if args.opt(0).is_some() {
        let n = args.i64(vm, 0)?;
        if n < 0 {
            return Err(vm.value_error("size must be 0 or a positive value"));
        }
        if n != 0 && n < 32768 {
            return Err(vm.value_error(format!("size not valid: {n} bytes")));
        }
        STACK.store(n as usize, Relaxed);
    }
    Ok(Value::usize(old))
}

fn interrupt_main(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = args.opt_i64(vm, 0, 2)?;
    if !(1..65).contains(&n) {
        return Err(vm.value_error("signal number out of range"));
    }
    signals::note(n as i32);
    Ok(Value::NONE)
}

fn exit(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.new_error_args(&exc::SYSTEM_EXIT, vec![]))
}

static FUNCTIONS: &[NativeDef] = &[
    native("_count()", "Return the number of currently running Python threads, excluding the main thread.", count),
    native(
        "_get_main_thread_ident()",
        "Internal only. Return a non-zero integer that uniquely identifies the main thread.",
        main_ident,
    ),
    native("_is_main_interpreter()", "Return True if the current interpreter is the main Python interpreter.", yes),
    native(
        "_make_thread_handle(ident)",
        "Internal only. Make a thread handle for threads not spawned by the _thread or threading module.",
        make_thread_handle,
    ),
    native("_shutdown()", "Wait for all non-daemon threads (other than the calling thread) to stop.", shutdown),
    native("allocate(*args)", "An obsolete synonym of allocate_lock().", allocate_lock),
    native("allocate_lock()", "Create a new lock object.", allocate_lock),
    native("daemon_threads_allowed()", "Return True if daemon threads are allowed in the current interpreter.", yes),
    native("exit()", "This is synonymous to ``raise SystemExit''.", exit),
    native("exit_thread()", "An obsolete synonym of exit().", exit),
    native("get_ident()", "Return a non-zero integer that uniquely identifies the current thread.", get_ident),
    native("get_native_id()", "Return a non-negative integer identifying the thread as reported by the OS.", native_id),
    native(
        "interrupt_main(signum=2, /)",
        "Simulate the arrival of the given signal in the main thread.",
        interrupt_main,
    ),
    native("stack_size(size=0, /)", "Return the thread stack size used when creating new threads.", stack_size),
    native(
        "start_joinable_thread(function, handle=None, daemon=True)",
        "*For internal use only*: start a new thread.",
        start_joinable_thread,
    ),
    native("start_new(function, args, kwargs=None, /)", "An obsolete synonym of start_new_thread().", start_new_thread),
    native(
        "start_new_thread(function, args, kwargs=None, /)",
        "Start a new thread and return its identifier.",
        start_new_thread,
    ),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for t in [&LOCK, &RLOCK, &HANDLE, &local::LOCAL] {
        ready(vm, t);
        d.set_text(t.name(), t.as_value());
    }
    d.set_text("LockType", LOCK.as_value());
    d.set_text("error", exc::RUNTIME_ERROR.as_value());
    d.set_text("TIMEOUT_MAX", Value::float(TIMEOUT_MAX));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.",
    functions: FUNCTIONS,
    init: Some(init),
};
