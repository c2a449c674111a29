//! The interpreter lock, and what hangs on it: the current thread's `Vm` and the process's `Runtime`.
//!
//! Invariant: a thread touches Python objects only between `acquire` and `release`. That is why the object model may use
//! plain cells, and why statics holding them are declared `Sync`.
#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use super::{Runtime, Vm};

struct Lock {
    held: Mutex<bool>,
    free: Condvar,
    /// Threads waiting for the lock.
    waiting: AtomicU32,
    /// Changes of owner, so that a waiter sees whether the others make progress.
    switches: AtomicU64,
    interval_us: AtomicU64,
    /// A waiter has lost patience: the holder shall let go at its next safe point.
    drop_wanted: AtomicBool,
}

static LOCK: Lock = Lock {
    held: Mutex::new(false),
    free: Condvar::new(),
    waiting: AtomicU32::new(0),
    switches: AtomicU64::new(0),
    interval_us: AtomicU64::new(5000),
    drop_wanted: AtomicBool::new(false),
};

fn guard() -> MutexGuard<'static, bool> {
    LOCK.held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the lock; waits while another thread has it, asking it to let go after each switch interval.
pub(crate) fn acquire() {
    let mut held = guard();
    if *held {
        LOCK.waiting.fetch_add(1, Ordering::Relaxed);
        while *held {
            let seen = LOCK.switches.load(Ordering::Relaxed);
            let interval = Duration::from_micros(LOCK.interval_us.load(Ordering::Relaxed));
            let (h, timeout) = LOCK.free.wait_timeout(held, interval).unwrap_or_else(PoisonError::into_inner);
            held = h;
            if *held && timeout.timed_out() && LOCK.switches.load(Ordering::Relaxed) == seen {
                LOCK.drop_wanted.store(true, Ordering::Relaxed);
                super::request_attention();
            }
        }
        LOCK.waiting.fetch_sub(1, Ordering::Relaxed);
    }
    *held = true;
    LOCK.switches.fetch_add(1, Ordering::Relaxed);
    LOCK.drop_wanted.store(false, Ordering::Relaxed);
    HOLDS.set(true);
}

/// Gives the lock back.
pub(crate) fn release() {
    HOLDS.set(false);
    *guard() = false;
    LOCK.free.notify_one();
}

/// Whether the calling thread has the lock. It may ask at any time, also while memory is allocated.
#[inline(always)]
pub(crate) fn holds_lock() -> bool {
    HOLDS.get()
}

/// Whether a waiting thread has asked for the lock.
pub(crate) fn drop_wanted() -> bool {
    LOCK.drop_wanted.load(Ordering::Relaxed)
}

/// Lets a waiting thread run.
pub(crate) fn yield_now() {
    let before = LOCK.switches.load(Ordering::Relaxed);
    release();
    // Without a pause the same thread would win the lock again.
    let mut spins = 0;
    while LOCK.waiting.load(Ordering::Relaxed) > 0 && LOCK.switches.load(Ordering::Relaxed) == before && spins < 1000 {
        std::thread::yield_now();
        spins += 1;
    }
    acquire();
}

/// `sys.setswitchinterval`, in seconds.
pub fn set_switch_interval(seconds: f64) {
    LOCK.interval_us.store((seconds * 1e6).max(1.0) as u64, Ordering::Relaxed);
}

/// `sys.getswitchinterval`
pub fn switch_interval() -> f64 {
    LOCK.interval_us.load(Ordering::Relaxed) as f64 / 1e6
}

thread_local! {
    /// Whether the thread has the lock.
    static HOLDS: Cell<bool> = const { Cell::new(false) };
    static CURRENT: Cell<*const Vm> = const { Cell::new(std::ptr::null()) };
    /// Whether the thread is in `allow_threads`, that is, without the lock.
    static OUTSIDE: Cell<bool> = const { Cell::new(false) };
}

struct RuntimeCell(UnsafeCell<Option<Runtime>>);
// SAFETY: written once under `START`, read under the interpreter lock.
unsafe impl Sync for RuntimeCell {}
static RUNTIME: RuntimeCell = RuntimeCell(UnsafeCell::new(None));
static START: Once = Once::new();

/// The process's runtime, made when first asked for. The caller holds the lock.
fn runtime() -> &'static Runtime {
    START.call_once(|| {
        // SAFETY: nobody reads before `call_once` is through.
        unsafe { *RUNTIME.0.get() = Some(Runtime::new()) }
    });
    // SAFETY: written above, never again.
    unsafe { (*RUNTIME.0.get()).as_ref().expect("the runtime was made above") }
}

/// A thread's identity: the platform's.
pub(crate) fn new_ident() -> u64 {
    crate::os::process::thread_ident()
}

/// Runs `f` with a `Vm` of the calling thread, holding the lock. `stack_bytes` is how much native stack there is.
pub fn with_thread<T>(stack_bytes: usize, f: impl FnOnce(&Vm) -> T) -> T {
    acquire();
    let _held = Held;
    let vm = Vm::for_thread(runtime(), stack_bytes);
    CURRENT.set(&raw const vm);
    vm.rt.threads.borrow_mut().push(&raw const vm);
    let r = f(&vm);
    // What the thread still holds dies while its `Vm` can run finalizers.
    vm.forget_everything();
    vm.rt.threads.borrow_mut().retain(|&other| !std::ptr::eq(other, &raw const vm));
    r
}

/// Gives the lock back, even when a bug unwinds the thread: the others must not wait for it for ever.
struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        CURRENT.set(std::ptr::null());
        release();
    }
}

/// Runs `f` with the calling thread's `Vm`, if it has one.
pub fn with_current<T>(f: impl FnOnce(&Vm) -> T) -> Option<T> {
    let p = CURRENT.get();
    if p.is_null() {
        return None;
    }
    // SAFETY: set by `with_thread` for as long as the `Vm` lives on this thread.
    Some(f(unsafe { &*p }))
}

impl Vm {
    /// Calls `f` with every thread's `Vm`, this one's included. The others stand still: they wait for the lock.
    pub fn each_thread(&self, mut f: impl FnMut(&Vm)) {
        let all = self.rt.threads.borrow().clone();
        for other in all {
            // What `f` did may have let a thread run to its end.
            if self.rt.threads.borrow().contains(&other) {
                // SAFETY: a thread takes its `Vm` off the list under the lock, which is ours, before it goes.
                f(unsafe { &*other });
            }
        }
    }

    /// In the child of a fork only the thread that forked lives on.
    pub fn only_thread(&self) {
        *self.rt.threads.borrow_mut() = vec![std::ptr::from_ref(self)];
    }

    /// Runs `f` without the lock: for whatever may block. `f` must not touch Python objects (it can't: it gets no `Vm`).
    pub fn allow_threads<T>(&self, f: impl FnOnce() -> T) -> T {
        OUTSIDE.set(true);
        release();
        let r = f();
        acquire();
        OUTSIDE.set(false);
        // The thread that ran meanwhile has taken the request, and left to this one what is for this one.
        if super::signals::pending() || self.pending.borrow().is_some() {
            super::request_attention();
        }
        r
    }
}

/// Runs `f` with the lock, for foreign code that calls back on a thread which may have let go of it (or not). None if the
/// thread has no `Vm`.
pub fn reenter<T>(f: impl FnOnce(&Vm) -> T) -> Option<T> {
    let outside = OUTSIDE.replace(false);
    if !outside {
        return with_current(f);
    }
    acquire();
    let r = with_current(f);
    release();
    OUTSIDE.set(true);
    r
}

/// Values on their way to a new thread.
struct Carried(Vec<crate::object::Value>);
// SAFETY: the values are only touched under the interpreter lock: by the thread that packs them, and by the new one
// inside `with_thread`.
unsafe impl Send for Carried {}

impl Carried {
    fn take(self) -> Vec<crate::object::Value> {
        self.0
    }
}

/// Starts a thread that runs `body` with these values, holding the lock. `stack` is its native stack in bytes.
pub fn spawn(
    stack: usize,
    values: Vec<crate::object::Value>,
    body: impl FnOnce(&Vm, Vec<crate::object::Value>) + Send + 'static,
) -> std::io::Result<()> {
    let carried = Carried(values);
    std::thread::Builder::new().stack_size(stack).spawn(move || {
        let carried = carried;
        with_thread(stack.saturating_sub(64 << 10), move |vm| body(vm, carried.take()));
    })?;
    Ok(())
}
