//! `_signal`: Python handlers of signals. The system's handler only notes the signal; see `vm::signals`.

use freeze_runtime::os::{libc, signal as sys};
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::{Value, Vm};

/// Handlers by signal number, for `vm::signals`.
const TABLE: &str = "signal.handlers";

/// SIGINT raises KeyboardInterrupt, unless whoever started us ignores it.
pub(crate) fn install_defaults(vm: &Vm) {
    let mut table = vec![Value::NONE; 65];
    static DEFAULT_INT: freeze_runtime::NativeDef = freeze_runtime::native(
        "default_int_handler(signalnum, frame, /)",
        "The default handler for SIGINT installed by Python.",
        |vm, _| Err(vm.new_error_args(&exc::KEYBOARD_INTERRUPT, vec![])),
    );
    if sys::get(libc::SIGINT).is_ok_and(|a| a == sys::Action::Default)
        && sys::set(libc::SIGINT, sys::Action::Note).is_ok()
    {
        table[libc::SIGINT as usize] = freeze_runtime::types::native_function::PyNativeFunction::free(&DEFAULT_INT);
    }
    vm.runtime().slots.borrow_mut().insert(TABLE, PyList::new(table).into_value());
}

/// Ends the process as SIGINT would have.
pub(crate) fn die_of_interrupt() {
    if sys::set(libc::SIGINT, sys::Action::Default).is_ok() {
        // If it does not kill us, the exit code tells.
        let _ = sys::raise(libc::SIGINT);
    }
}
