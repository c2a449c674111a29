//! The state of a running interpreter: what the process shares, and what each thread has.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

mod attention;
mod frames;
pub mod lock;
pub mod signals;
pub mod startup;
pub mod warn;

use crate::names::Names;
use crate::object::{Ref, Value};
use crate::types::dict::PyDict;
use crate::types::exception::PyException;

/// A Python exception on its way. One word.
#[must_use]
pub struct Raised(Ref<PyException>);

const _: () = assert!(size_of::<Raised>() == 8 && size_of::<PyResult<()>>() == 8);

impl Raised {
    /// Raises this exception object (its context is set when it reaches a frame).
    pub fn new(exc: Ref<PyException>) -> Raised {
        Raised(exc)
    }

    /// Raises an exception object; TypeError if it is none.
    pub fn from_value(vm: &Vm, v: Value) -> Raised {
        match Ref::<PyException>::try_from_value(v) {
            Ok(e) => Raised(e),
            Err(_) => vm.type_error("exceptions must derive from BaseException"),
        }
    }

    /// The exception object.
    pub fn exception(&self) -> &Ref<PyException> {
        &self.0
    }

    /// The exception object as a value.
    pub fn value(&self) -> Value {
        self.0.value()
    }

    /// The exception object, owned.
    pub fn into_exception(self) -> Ref<PyException> {
        self.0
    }

    /// Whether the exception is an instance of this class or a subclass.
    pub fn is(&self, class: &crate::Type) -> bool {
        self.0.class().is_subtype(class)
    }
}

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raised({})", self.0.class().name())
    }
}

/// What everything gives that can raise.
pub type PyResult<T> = Result<T, Raised>;

/// What all threads share. Reached through [`Vm`] only, that is, under the interpreter lock.
pub struct Runtime {
    pub(crate) names: Names,
    /// `sys.modules`
    pub modules: Ref<PyDict>,
    /// The namespace of `builtins`.
    pub builtins: Ref<PyDict>,
    /// The namespace of `sys`.
    pub sys: Ref<PyDict>,
    /// Native modules that can be imported.
    pub native_modules: RefCell<Vec<&'static crate::ModuleDef>>,
    /// `sys.setrecursionlimit`
    pub recursion_limit: Cell<u32>,
    /// Frozen modules and bundled files.
    pub(crate) source: std::cell::OnceCell<Box<dyn crate::import::source::ModuleSource>>,
    /// Settings of the interpreter.
    pub config: RefCell<startup::Config>,
    pub import_locks: crate::import::locks::ImportLocks,
    /// `sys.is_finalizing()`
    pub finalizing: Cell<bool>,
    /// What the program's own place has put in front of `sys.path`.
    pub first_path: RefCell<Option<Vec<u8>>>,
    /// The threads that run Python code; see `lock::each_thread`.
    pub(crate) threads: RefCell<Vec<*const Vm>>,
    /// State that native modules keep, by a key of theirs.
    pub slots: RefCell<std::collections::HashMap<&'static str, Value>>,
    /// What attribute sites know that meet objects of several classes.
    pub(crate) shared_sites: crate::interp::SharedSites,
    /// Frames with locals that were set while an instruction was reading them.
    pub(crate) deferring: RefCell<Vec<Ref<crate::types::frame::PyFrame>>>,
}

/// The state of one thread. Everything that can run Python code takes `&Vm`.
pub struct Vm {
    pub(crate) rt: &'static Runtime,
    /// The exception being handled (what `sys.exception()` gives), or None.
    pub(crate) handled: RefCell<Value>,
    /// Python frames and their registers.
    pub(crate) stack: crate::interp::ThreadStack,
    /// Lowest address that native code may use of this thread's stack.
    pub(crate) stack_floor: Cell<usize>,
    /// `sys.set_asyncgen_hooks`, `sys.settrace` and the like.
    pub hooks: RefCell<Hooks>,
    /// Which hooks the loop tells of its work: `trace::TRACE`, `trace::PROFILE`; none while one of them runs.
    pub(crate) tracing: Cell<u8>,
    pub(crate) in_hook: Cell<bool>,
    /// `threading.get_ident()`
    pub ident: u64,
    /// An exception to raise at the next opportunity (`PyThreadState_SetAsyncExc`, signals).
    pub pending: RefCell<Option<Value>>,
    /// The thread's current `contextvars.Context`, or None.
    pub context: RefCell<Value>,
    /// The event loop of `asyncio` that runs in this thread, or None, and the task that it is at.
    pub asyncio_loop: RefCell<Value>,
    pub asyncio_task: RefCell<Value>,
    /// What the iterator that was just exhausted would have raised: a StopIteration, or the value of one. Whoever shows
    /// the end of an iterator to Python code as an exception takes it (`forget_stop` before, `exhausted` after).
    pub(crate) stop: RefCell<Value>,
    /// Attributes of `threading.local` objects, by their number.
    pub thread_locals: RefCell<std::collections::HashMap<u64, Ref<PyDict>>>,
    /// Objects whose repr is being made, for `...` in recursive ones.
    pub(crate) in_repr: RefCell<Vec<u64>>,
}

/// Functions that a thread has registered with the interpreter.
#[derive(Default)]
pub struct Hooks {
    pub trace: Option<Value>,
    pub profile: Option<Value>,
    pub asyncgen_first: Option<Value>,
    pub asyncgen_finalizer: Option<Value>,
    pub coroutine_origin_depth: u32,
}

/// Set when some thread should look up from its work: signals, a collection, a pending switch.
static ATTENTION: AtomicU32 = AtomicU32::new(0);

/// Asks the interpreter loop to leave its fast path soon.
pub(crate) fn request_attention() {
    ATTENTION.store(1, Ordering::Relaxed);
}

/// Whether somebody asked.
#[inline(always)]
pub(crate) fn attention_wanted() -> bool {
    ATTENTION.load(Ordering::Relaxed) != 0
}

impl Runtime {
    fn new() -> Runtime {
        Runtime {
            names: Names::new(),
            modules: PyDict::new_ref(),
            builtins: PyDict::new_ref(),
            sys: PyDict::new_ref(),
            first_path: RefCell::new(None),
            native_modules: RefCell::new(Vec::new()),
            slots: RefCell::new(std::collections::HashMap::new()),
            shared_sites: crate::interp::SharedSites::default(),
            deferring: RefCell::default(),
            source: std::cell::OnceCell::new(),
            config: RefCell::new(startup::Config::default()),
            import_locks: crate::import::locks::ImportLocks::default(),
            finalizing: Cell::new(false),
            threads: RefCell::new(Vec::new()),
            recursion_limit: Cell::new(1000),
        }
    }

    /// How many threads run Python code.
    pub fn thread_count(&self) -> usize {
        self.threads.borrow().len()
    }
}

impl Vm {
    /// The state of a new thread. The calling thread holds the lock.
    pub(crate) fn for_thread(rt: &'static Runtime, stack_bytes: usize) -> Vm {
        let here = 0u8;
        let top = &raw const here as usize;
        Vm {
            rt,
            handled: RefCell::new(Value::NONE),
            stack: crate::interp::ThreadStack::new(),
            stack_floor: Cell::new(top.saturating_sub(stack_bytes) + STACK_RESERVE),
            hooks: RefCell::new(Hooks::default()),
            tracing: Cell::new(0),
            in_hook: Cell::new(false),
            ident: lock::new_ident(),
            pending: RefCell::new(None),
            context: RefCell::new(Value::NONE),
            asyncio_loop: RefCell::new(Value::NONE),
            asyncio_task: RefCell::new(Value::NONE),
            stop: RefCell::new(Value::UNBOUND),
            thread_locals: RefCell::new(std::collections::HashMap::new()),
            in_repr: RefCell::new(Vec::new()),
        }
    }

    /// The interned names.
    #[inline(always)]
    pub fn names(&self) -> &'static Names {
        &self.rt.names
    }

    /// What all threads share.
    #[inline(always)]
    pub fn runtime(&self) -> &'static Runtime {
        self.rt
    }

    /// An interned string.
    pub fn intern(&self, text: &str) -> crate::Str {
        crate::types::str::PyStr::intern(text.as_bytes())
    }

    /// A new string.
    pub fn str(&self, text: &str) -> Value {
        crate::types::str::PyStr::new(text.as_bytes()).into_value()
    }

    /// Raises RecursionError when native code is about to use up the thread's stack. Called wherever Rust recurses for
    /// Python data or calls.
    #[inline(always)]
    pub fn check_stack(&self) -> PyResult<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.stack_floor.get() { Err(self.stack_exhausted()) } else { Ok(()) }
    }

    /// `sys.setrecursionlimit`. Other threads follow when they reach the limit that they know.
    pub fn set_recursion_limit(&self, limit: u32) -> PyResult<()> {
        let depth = self.stack.depth();
        if depth >= limit as usize {
            return Err(self.recursion_error(format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            )));
        }
        self.rt.recursion_limit.set(limit);
        self.stack.limit_changed();
        Ok(())
    }

    #[cold]
    fn stack_exhausted(&self) -> Raised {
        self.recursion_error("Stack overflow")
    }

    /// Runs `f` unless a repr of this object is being made already; then gives `None` (the caller writes `...`).
    pub fn guard_repr<T>(&self, obj: &Value, f: impl FnOnce() -> PyResult<T>) -> PyResult<Option<T>> {
        let id = obj.id();
        if self.in_repr.borrow().contains(&id) {
            return Ok(None);
        }
        self.check_stack()?;
        self.in_repr.borrow_mut().push(id);
        let r = f();
        self.in_repr.borrow_mut().retain(|&x| x != id);
        r.map(Some)
    }
}

/// Stack kept free below the floor: enough for raising RecursionError and for native code that does not check.
const STACK_RESERVE: usize = 256 * 1024;

impl Vm {
    /// Drops what the thread still refers to.
    pub(crate) fn forget_everything(&self) {
        drop(self.handled.replace(Value::NONE));
        drop(self.thread_locals.take());
        drop(self.stop.replace(Value::UNBOUND));
        self.set_trace(None);
        self.set_profile(None);
        drop(self.hooks.take());
        drop(self.pending.take());
        drop(self.context.replace(Value::NONE));
        drop(self.asyncio_loop.replace(Value::NONE));
        drop(self.asyncio_task.replace(Value::NONE));
    }
}
