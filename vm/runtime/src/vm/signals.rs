//! Signals that have arrived: the handler only sets a bit; Python's handlers run on the main thread when the
//! interpreter looks up.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use crate::object::Value;
use crate::vm::{PyResult, Vm};

/// Bit per signal number.
static ARRIVED: AtomicU64 = AtomicU64::new(0);
static ANY: AtomicBool = AtomicBool::new(false);
/// `signal.set_wakeup_fd`, or -1.
pub(crate) static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
/// The thread that runs Python's handlers.
static MAIN: AtomicU64 = AtomicU64::new(0);

/// Notes a signal. Safe to call from a signal handler: atomics only.
pub fn note(signal: i32) {
    if (0..64).contains(&signal) {
        ARRIVED.fetch_or(1 << signal, Ordering::SeqCst);
        ANY.store(true, Ordering::SeqCst);
        super::request_attention();
    }
}

/// Whether a signal waits for its Python handler.
pub fn pending() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Declares the calling thread the main one.
pub fn set_main_thread(ident: u64) {
    MAIN.store(ident, Ordering::Relaxed);
}

/// The main thread's identity.
pub fn main_thread() -> u64 {
    MAIN.load(Ordering::Relaxed)
}

/// `signal.set_wakeup_fd`; gives the one before.
pub fn set_wakeup_fd(fd: i32) -> i32 {
    WAKEUP_FD.swap(fd, Ordering::SeqCst)
}

impl Vm {
    /// Runs the Python handlers of signals that have arrived; only the main thread does.
    #[inline]
    pub fn check_signals(&self) -> PyResult<()> {
        if pending() { self.run_signal_handlers() } else { Ok(()) }
    }

    #[cold]
    fn run_signal_handlers(&self) -> PyResult<()> {
        if self.ident != main_thread() {
            return Ok(());
        }
        ANY.store(false, Ordering::SeqCst);
        let mut bits = ARRIVED.swap(0, Ordering::SeqCst);
        while bits != 0 {
            let signal = bits.trailing_zeros() as i32;
            bits &= bits - 1;
            if let Err(e) = self.call_signal_handler(signal) {
                // The others run at the next opportunity.
                if bits != 0 {
                    ARRIVED.fetch_or(bits, Ordering::SeqCst);
                    ANY.store(true, Ordering::SeqCst);
                    super::request_attention();
                }
                return Err(e);
            }
        }
        Ok(())
    }

    fn call_signal_handler(&self, signal: i32) -> PyResult<()> {
        let table = self.runtime().slots.borrow().get("signal.handlers").cloned();
        let handler = table.as_ref().and_then(|t| {
            let t = t.downcast::<crate::types::list::PyList>()?;
            t.get(signal as usize)
        });
        let Some(handler) = handler.filter(|h| self.is_callable(h)) else { return Ok(()) };
        let frame = self.current_frame_object();
        self.call(&handler, &[Value::small(i64::from(signal)), frame]).map(drop)
    }
}
