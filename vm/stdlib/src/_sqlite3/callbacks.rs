//! Python functions that SQLite calls: functions, aggregates, collations, and the hooks of a connection.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering as Memory};

use freeze_runtime::call::{Sig, bind};
use freeze_runtime::types::exception::{ATTRIBUTE_ERROR, MEMORY_ERROR, OVERFLOW_ERROR};
use freeze_runtime::types::int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::lock;
use freeze_runtime::{Args, CallArgs, NativeDef, PyResult, Raised, Value, Vm, native};
use freeze_sqlite::{Aggregate, Call, Collation, Db, Item, Scalar, c};

use super::connection::this;
use super::errors::{self, DATA, operational};
use super::statement::{c_text, to_python, with_item};

/// `enable_callback_tracebacks`
static TRACEBACKS: AtomicBool = AtomicBool::new(false);

/// `enable_callback_tracebacks(flag)`
pub(super) fn enable_tracebacks(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    TRACEBACKS.store(vm.is_true(args.get(0))?, Memory::Relaxed);
    Ok(Value::NONE)
}

/// An exception that can't pass through SQLite is shown if that was asked for, or forgotten.
fn swallow(vm: &Vm, e: Raised, callable: &Value) {
    if TRACEBACKS.load(Memory::Relaxed) {
        vm.report_unraisable(e, None, Some(callable));
    }
}

/// The three callbacks that a connection has one of each.
#[derive(Default)]
pub(super) struct Hooks {
    authorizer: RefCell<Option<Value>>,
    progress: RefCell<Option<Value>>,
    trace: RefCell<Option<Value>>,
}

impl Hooks {
    pub(super) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for hook in [&self.authorizer, &self.progress, &self.trace] {
            if let Some(v) = &*hook.borrow() {
                visit(v);
            }
        }
    }

    pub(super) fn clear(&self) {
        for hook in [&self.authorizer, &self.progress, &self.trace] {
            drop(hook.take());
        }
    }
}

/// Runs `f` with the thread's `Vm`; SQLite only calls on threads that called it.
fn with_vm<T>(f: impl FnOnce(&Vm) -> T) -> T {
    lock::with_current(f).expect("SQLite calls back on the thread that called it")
}

/// What a failed callback leaves behind: the words for the statement's error, and the exception.
fn fail(vm: &Vm, call: &Call<'_>, e: Raised, message: &str, callable: &Value) {
    if e.is(&MEMORY_ERROR) {
        call.error_no_memory();
    } else if e.is(&OVERFLOW_ERROR) || e.is(&DATA) {
        call.error_too_big();
    } else {
        call.error(message);
    }
    swallow(vm, e, callable);
}

/// The arguments of a call.
fn arguments(vm: &Vm, args: &[Item<'_>]) -> PyResult<Vec<Value>> {
    let convert = |item: &Item<'_>| {
        to_python(*item).or_else(|bytes| {
            let object = freeze_runtime::types::bytes::PyBytes::from_vec(bytes);
            freeze_runtime::types::str::codec::decode(vm, object.as_value(), object.as_slice(), None, None)
        })
    };
    args.iter().map(convert).collect()
}

/// Passes a result on. What SQLite can't take fails without an exception.
fn give(vm: &Vm, call: &Call<'_>, result: PyResult<Value>, message: &str, callable: &Value) {
    match result.and_then(|v| with_item(vm, &v, |item| call.result(item))) {
        Ok(Some(())) => {}
        Ok(None) => call.error(message),
        Err(e) => fail(vm, call, e, message, callable),
    }
}

struct Function(Value);

impl Scalar for Function {
    fn call(&self, call: &Call<'_>, args: &[Item<'_>]) {
        with_vm(|vm| {
            let result = arguments(vm, args).and_then(|args| vm.call(&self.0, &args));
            give(vm, call, result, "user-defined function raised exception", &self.0);
        });
    }
}

/// An aggregate's class, and the instances for groups under way.
struct Class {
    class: Value,
    live: RefCell<HashMap<u64, Value>>,
    last: Cell<u64>,
}

impl Class {
    /// The instance for a call's group.
    fn instance(&self, call: &Call<'_>) -> Option<Value> {
        let number = call.state(false)?.get();
        self.live.borrow().get(&number).cloned()
    }

    /// Calls a method of an instance, and says what to call it when it fails.
    fn method(&self, vm: &Vm, it: &Value, name: &str, args: &[Value]) -> Result<Value, (Raised, String)> {
        let words = |what: &str| format!("user-defined aggregate's '{name}' method {what}");
        let method = vm.get_attr_str(it, name).map_err(|e| (e, words("not defined")))?;
        vm.call(&method, args).map_err(|e| (e, words("raised error")))
    }
}

impl Aggregate for Class {
    fn step(&self, call: &Call<'_>, args: &[Item<'_>]) {
        with_vm(|vm| {
            let Some(state) = call.state(true) else { return call.error_no_memory() };
            let instance = match self.instance(call) {
                Some(it) => it,
                None => match vm.call0(&self.class) {
                    Ok(it) => {
                        let number = self.last.get() + 1;
                        self.last.set(number);
                        state.set(number);
                        self.live.borrow_mut().insert(number, it.clone());
                        it
                    }
                    Err(e) => {
                        let message = "user-defined aggregate's '__init__' method raised error";
                        return fail(vm, call, e, message, &self.class);
                    }
                },
            };
            let done = match arguments(vm, args) {
                Ok(args) => self.method(vm, &instance, "step", &args),
                Err(e) => Err((e, "user-defined aggregate's 'step' method raised error".to_owned())),
            };
            if let Err((e, message)) = done {
                fail(vm, call, e, &message, &self.class);
            }
        });
    }

    fn inverse(&self, call: &Call<'_>, args: &[Item<'_>]) {
        with_vm(|vm| {
            let Some(instance) = self.instance(call) else { return };
            let done = match arguments(vm, args) {
                Ok(args) => self.method(vm, &instance, "inverse", &args),
                Err(e) => Err((e, "user-defined aggregate's 'inverse' method raised error".to_owned())),
            };
            if let Err((e, message)) = done {
                fail(vm, call, e, &message, &self.class);
            }
        });
    }

    fn value(&self, call: &Call<'_>) {
        with_vm(|vm| {
            let Some(instance) = self.instance(call) else { return };
            match self.method(vm, &instance, "value", &[]) {
                Ok(v) => give(vm, call, Ok(v), "unable to set result", &self.class),
                Err((e, message)) => fail(vm, call, e, &message, &self.class),
            }
        });
    }

    fn finish(&self, call: &Call<'_>) {
        with_vm(|vm| {
            // No instance: no row was there, or its `__init__` has failed.
            let Some(instance) = self.instance(call) else { return };
            if let Some(state) = call.state(false) {
                drop(self.live.borrow_mut().remove(&state.replace(0)));
            }
            match self.method(vm, &instance, "finalize", &[]) {
                Ok(v) => give(vm, call, Ok(v), "unable to set result", &self.class),
                Err((e, message)) => {
                    let undefined = "user-defined aggregate's 'finalize' method not defined";
                    let message = if e.is(&ATTRIBUTE_ERROR) { undefined } else { &message };
                    fail(vm, call, e, message, &self.class);
                }
            }
        });
    }
}

struct Order(Value);

impl Collation for Order {
    fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        with_vm(|vm| {
            // Texts that can't be shown to Python, and functions that fail, order nothing.
            let answer = arguments(vm, &[Item::Text(a), Item::Text(b)]).and_then(|texts| vm.call(&self.0, &texts));
            match answer {
                Ok(v) if int::is_int(&v) => int::to_big(&v).sign().cmp(&num_bigint::Sign::NoSign),
                Ok(_) => Ordering::Equal,
                Err(e) => {
                    swallow(vm, e, &self.0);
                    Ordering::Equal
                }
            }
        })
    }
}

/// The declared form of a method whose first parameters may still be named, until 3.15.
struct Named {
    def: NativeDef,
    /// The parameters, `self` first, that should be positional.
    positional: usize,
    /// How the warning names them.
    words: &'static str,
}

impl Named {
    fn bind(&'static self, vm: &Vm, call: CallArgs<'_>) -> PyResult<Vec<Value>> {
        let given = call.positional().len();
        if given < self.positional && !call.names.is_empty() {
            let (name, words) = (self.def.name(), self.words);
            let (argument, become_) = match self.positional - 1 {
                1 => (format!("keyword argument {words}"), format!("Parameter {words}")),
                _ => (format!("keyword arguments {words}"), format!("Parameters {words}")),
            };
            let message = format!(
                "Passing {argument} to _sqlite3.Connection.{name}() is deprecated. {become_} will become positional-only \
                 in Python 3.15."
            );
            vm.warn_named("DeprecationWarning", &message, 1)?;
        }
        bind(vm, &self.def, call)
    }
}

const fn named(sig: &'static str, positional: usize, words: &'static str) -> Named {
    Named { def: native(sig, "", |_, _| Ok(Value::NONE)), positional, words }
}

static FUNCTION: Named =
    named("create_function(self, name, narg, func, *, deterministic=False)", 4, "'name', 'narg' and 'func'");
static AGGREGATE: Named =
    named("create_aggregate(self, name, n_arg, aggregate_class)", 4, "'name', 'n_arg' and 'aggregate_class'");
static AUTHORIZER: Named = named("set_authorizer(self, authorizer_callback)", 2, "'authorizer_callback'");
static PROGRESS: Named = named("set_progress_handler(self, progress_handler, n)", 2, "'progress_handler'");
static TRACE: Named = named("set_trace_callback(self, trace_callback)", 2, "'trace_callback'");

/// The connection of a raw call, and its arguments.
fn opened(vm: &Vm, named: &'static Named, call: CallArgs<'_>) -> PyResult<(Rc<Db>, Vec<Value>)> {
    let args = named.bind(vm, call)?;
    let db = this(&args[0]).db(vm)?;
    Ok((db, args))
}

/// A name that SQL knows something by.
fn name_of(vm: &Vm, sig: &Sig, v: &Value) -> PyResult<std::ffi::CString> {
    match v.downcast_ref::<PyStr>() {
        Some(text) => c_text(vm, &text),
        None => {
            let (name, got) = (sig.name(), vm.type_name_for_errors(v));
            Err(vm.type_error(format!("{name}() argument 'name' must be str, not {got}")))
        }
    }
}

/// `create_function(name, narg, func, *, deterministic=False)`
pub(super) fn create_function(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let (db, args) = opened(vm, &FUNCTION, call)?;
    let name = name_of(vm, &FUNCTION.def.sig, &args[1])?;
    let count = crate::convert::c_int(vm, &args[2])?;
    let deterministic = args.get(4).filter(|v| !v.is_unbound()).map_or(Ok(false), |v| vm.is_true(v))?;
    let flags = if deterministic { c::SQLITE_DETERMINISTIC } else { 0 };
    let function = (!args[3].is_none()).then(|| Rc::new(Function(args[3].clone())) as Rc<dyn Scalar>);
    match db.create_function(&name, count, flags, function) {
        c::SQLITE_OK => Ok(Value::NONE),
        _ => Err(operational(vm, "Error creating function")),
    }
}

fn aggregate(class: &Value) -> Option<Rc<dyn Aggregate>> {
    if class.is_none() {
        return None;
    }
    Some(Rc::new(Class { class: class.clone(), live: RefCell::default(), last: Cell::new(0) }))
}

/// `create_aggregate(name, n_arg, aggregate_class)`
pub(super) fn create_aggregate(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let (db, args) = opened(vm, &AGGREGATE, call)?;
    let name = name_of(vm, &AGGREGATE.def.sig, &args[1])?;
    let count = crate::convert::c_int(vm, &args[2])?;
    match db.create_aggregate(&name, count, false, aggregate(&args[3])) {
        c::SQLITE_OK => Ok(Value::NONE),
        _ => Err(operational(vm, "Error creating aggregate")),
    }
}

/// `create_window_function(name, num_params, aggregate_class)`
pub(super) fn create_window_function(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let db = this(args.this()).db(vm)?;
    let name = c_text(vm, &args.str(vm, 1)?)?;
    let count = crate::convert::c_int(vm, args.get(2))?;
    match db.create_aggregate(&name, count, true, aggregate(args.get(3))) {
        c::SQLITE_OK => Ok(Value::NONE),
        // Nothing but a wrong number of arguments, or a name that is too long.
        _ => Err(errors::programming(vm, "Error creating window function")),
    }
}

/// `create_collation(name, callback)`
pub(super) fn create_collation(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let db = this(args.this()).db(vm)?;
    let name = c_text(vm, &args.str(vm, 1)?)?;
    let callable = args.get(2);
    if !callable.is_none() && !vm.is_callable(callable) {
        return Err(vm.type_error("parameter must be callable"));
    }
    let order = (!callable.is_none()).then(|| Rc::new(Order(callable.clone())) as Rc<dyn Collation>);
    match db.create_collation(&name, order) {
        c::SQLITE_OK => Ok(Value::NONE),
        _ => Err(errors::of_db(vm, &db)),
    }
}

/// Keeps a callback; `Some` if there is one now.
fn keep(place: &RefCell<Option<Value>>, callable: &Value) -> bool {
    let there = !callable.is_none();
    drop(place.replace(there.then(|| callable.clone())));
    there
}

/// `set_authorizer(authorizer_callback)`
pub(super) fn set_authorizer(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let (db, args) = opened(vm, &AUTHORIZER, call)?;
    let hooks = Rc::clone(&this(&args[0]).hooks);
    let there = keep(&hooks.authorizer, &args[1]);
    let ask = move |action: i32, texts: [Option<&[u8]>; 4]| {
        with_vm(|vm| {
            let f = hooks.authorizer.borrow().clone();
            let Some(f) = f else { return c::SQLITE_OK };
            let mut args = vec![Value::int(action.into())];
            args.extend(texts.map(|t| t.map_or(Value::NONE, |t| vm.str(&String::from_utf8_lossy(t)))));
            match vm.call(&f, &args) {
                Ok(v) if int::is_int(&v) => match vm.to_i64(&v).map(i32::try_from) {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(_)) => {
                        let e = vm.overflow_error("Python int too large to convert to C int");
                        swallow(vm, e, &f);
                        c::SQLITE_DENY
                    }
                    Err(e) => {
                        swallow(vm, e, &f);
                        c::SQLITE_DENY
                    }
                },
                Ok(_) => c::SQLITE_DENY,
                Err(e) => {
                    swallow(vm, e, &f);
                    c::SQLITE_DENY
                }
            }
        })
    };
    match db.set_authorizer(there.then(|| Rc::new(ask) as _)) {
        c::SQLITE_OK => Ok(Value::NONE),
        _ => Err(operational(vm, "Error setting authorizer callback")),
    }
}

/// `set_progress_handler(progress_handler, n)`
pub(super) fn set_progress(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let (db, args) = opened(vm, &PROGRESS, call)?;
    let n = crate::convert::c_int(vm, &args[2])?;
    let hooks = Rc::clone(&this(&args[0]).hooks);
    let there = keep(&hooks.progress, &args[1]);
    let ask = move || {
        with_vm(|vm| {
            let f = hooks.progress.borrow().clone();
            let Some(f) = f else { return false };
            vm.call0(&f).and_then(|v| vm.is_true(&v)).unwrap_or_else(|e| {
                swallow(vm, e, &f);
                true
            })
        })
    };
    db.set_progress(n, there.then(|| Rc::new(ask) as _));
    Ok(Value::NONE)
}

/// `set_trace_callback(trace_callback)`
pub(super) fn set_trace(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let (db, args) = opened(vm, &TRACE, call)?;
    let hooks = Rc::clone(&this(&args[0]).hooks);
    let there = keep(&hooks.trace, &args[1]);
    let tell = move |whole: Option<&[u8]>, plain: &[u8]| {
        with_vm(|vm| {
            let f = hooks.trace.borrow().clone();
            let Some(f) = f else { return };
            if whole.is_none() {
                swallow(vm, vm.new_error(&DATA, "Expanded SQL string exceeds the maximum string length"), &f);
            }
            let text = vm.str(&String::from_utf8_lossy(whole.unwrap_or(plain)));
            if let Err(e) = vm.call(&f, &[text]) {
                swallow(vm, e, &f);
            }
        });
    };
    db.set_trace(there.then(|| Rc::new(tell) as _));
    Ok(Value::NONE)
}
