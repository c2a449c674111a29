//! `_queue`: `SimpleQueue`, an unbounded queue whose methods may be called from anywhere, finalizers included.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use freeze_runtime::object::Slots;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::{add_types, class_getitem, payload, positional};

/// How long a wait lasts before signals are looked at.
const SLICE: Duration = Duration::from_millis(50);

/// Counts the items that were ever put, for those who wait.
#[derive(Default)]
struct Arrivals {
    count: Mutex<u64>,
    changed: Condvar,
}

/// The payload of `SimpleQueue`.
#[derive(Default)]
pub struct SimpleQueue {
    items: RefCell<VecDeque<Value>>,
    arrivals: Arc<Arrivals>,
}
payload!(SimpleQueue, |q, visit| q.items.borrow().iter().for_each(visit), |q| drop(q.items.take()));

static EMPTY_DEF: TypeDef = TypeDef {
    name: "Empty",
    module: "_queue",
    doc: "Exception raised by Queue.get(block=0)/get_nowait().",
    base: Some(&EXCEPTION),
    layout: PyException::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static EMPTY: Type = Type::builtin(&EMPTY_DEF);

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    positional(vm, class, &SIMPLE_QUEUE, args, (0, 0))?;
    Ok(Ref::new(class, SimpleQueue::default()).into_value())
}

fn add(q: &SimpleQueue, item: Value) {
    q.items.borrow_mut().push_back(item);
    let mut count = q.arrivals.count.lock().unwrap_or_else(PoisonError::into_inner);
    *count += 1;
    q.arrivals.changed.notify_all();
}

fn put(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    add(args.payload(), args.get(1).clone());
    Ok(Value::NONE)
}

#[cold]
fn empty_error(vm: &Vm) -> Raised {
    vm.new_error_args(&EMPTY, Vec::new())
}

fn take(vm: &Vm, q: &SimpleQueue, block: bool, timeout: Option<Duration>) -> PyResult<Value> {
    let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
    loop {
        let seen = *q.arrivals.count.lock().unwrap_or_else(PoisonError::into_inner);
        let item = q.items.borrow_mut().pop_front();
        if let Some(item) = item {
            return Ok(item);
        }
        let left = deadline.map_or(SLICE, |d| d.saturating_duration_since(Instant::now()).min(SLICE));
        if !block || left.is_zero() {
            return Err(empty_error(vm));
        }
        let arrivals = q.arrivals.clone();
        vm.allow_threads(move || {
            let count = arrivals.count.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = arrivals.changed.wait_timeout_while(count, left, |c| *c == seen);
            drop(waited);
        });
        vm.check_signals()?;
    }
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let block = args.opt_bool(vm, 1, true)?;
    let timeout = match args.opt_not_none(2).filter(|_| block) {
        None => None,
        Some(v) => {
            let seconds = vm.to_f64(v)?;
            if seconds < 0.0 {
                return Err(vm.value_error("'timeout' must be a non-negative number"));
            }
            match Duration::try_from_secs_f64(seconds) {
                Ok(d) => Some(d),
                Err(_) => return Err(vm.overflow_error("timeout value is too large")),
            }
        }
    };
    take(vm, args.payload(), block, timeout)
}

fn get_nowait(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    take(vm, args.payload(), false, None)
}

fn empty(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.payload::<SimpleQueue>().items.borrow().is_empty()))
}

fn qsize(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(args.payload::<SimpleQueue>().items.borrow().len()))
}

static METHODS: &[NativeDef] = &[
    native("empty(self, /)", "Return True if the queue is empty, False otherwise (not reliable!).", empty),
    native("get(self, /, block=True, timeout=None)", "Remove and return an item from the queue.", get),
    native("get_nowait(self, /)", "Remove and return an item from the queue without blocking.", get_nowait),
    native("put(self, /, item, block=True, timeout=None)", "Put the item on the queue.", put),
    native("put_nowait(self, /, item)", "Put an item into the queue without blocking.", put),
    native("qsize(self, /)", "Return the approximate size of the queue (not reliable!).", qsize),
];

static DEF: TypeDef = TypeDef {
    name: "SimpleQueue",
    module: "_queue",
    doc: "Simple, unbounded, reentrant FIFO queue.",
    layout: SimpleQueue::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: &[native("__class_getitem__(cls, object, /)", "See PEP 585", class_getitem)],
    ..TypeDef::EMPTY
};
static SIMPLE_QUEUE: Type = Type::builtin(&DEF);

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&SIMPLE_QUEUE, &EMPTY]);
    Ok(())
}

/// The module `_queue`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_queue", doc: "Implementation of the Python queue module.", functions: &[], init: Some(init) };
