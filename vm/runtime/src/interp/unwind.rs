//! Exceptions on their way: raising, tracebacks, handlers, the exception being handled.
#![allow(unsafe_code)]

use freeze_bytecode::Op;

use super::leave::clear_frame;
use super::stack::{Frame, Then};
use super::trace;
use crate::object::{Ref, Value};
use crate::types::exception::PyException;
use crate::types::frame::PyFrame;
use crate::types::traceback::PyTraceback;
use crate::vm::{Raised, Vm, attention_wanted};

/// Where an exception has led.
pub(super) enum Unwound {
    /// To a handler: the top frame continues there.
    Handled,
    /// Out of the loop.
    Left(Raised),
}

/// Finds the handler of an exception raised in the top frame, leaving frames that have none.
#[cold]
#[inline(never)]
pub(super) fn unwind(vm: &Vm, error: Raised, thrown: bool) -> Unwound {
    let mut error = error;
    if thrown
        && vm.tracing.get() != 0
        && let Some(f) = vm.stack.current_mut()
    {
        error = trace::thrown_into(vm, f, error);
    }
    // What is only passed on has no other context by that.
    let handed_on = error.exception().handed_on.replace(false) || vm.stack.again.get();
    if !thrown && !handed_on && error.exception().traceback.borrow().is_none() {
        set_context(vm, error.exception());
    }
    loop {
        let Some(f) = vm.stack.current_mut() else { return Unwound::Left(error) };
        let at = f.lasti();
        let again = vm.stack.again.replace(false);
        if !again {
            add_traceback(vm, f, error.exception(), at);
            if vm.tracing.get() != 0 {
                error = trace::raised(vm, f, error);
            }
        }
        let code = f.code();
        let handler = code.handlers.iter().find(|h| (h.start..h.end).contains(&(at as u32))).copied();
        if let Some(h) = handler {
            // Hostile code may go round through a handler alone.
            if h.target as usize <= at
                && attention_wanted()
                && let Err(e) = vm.attend()
            {
                set_context(vm, e.exception());
                error = e;
                continue;
            }
            for k in h.exc_reg..code.nregs {
                drop(f.set_reg(k as usize, Value::UNBOUND));
            }
            f.ip = &raw const code.instrs[h.target as usize];
            drop(f.set_reg(h.exc_reg as usize, error.into_exception().into_value()));
            return Unwound::Handled;
        }
        if again && code.instrs.get(at).is_some_and(|i| i.op == Op::Reraise && i.x == 1) {
            stand_where_raised(f, &error);
        }
        if vm.tracing.get() != 0 {
            error = trace::unwound(vm, f, error);
        }
        clear_frame(vm, f);
        let then = f.then;
        drop(vm.stack.pop());
        match then {
            Then::Leave => {
                vm.stack.yielded.set(false);
                return Unwound::Left(error);
            }
            // A generator that raises StopIteration to `for` ends the loop no differently than by any error: PEP 479
            // has made it a RuntimeError inside the generator.
            Then::Store(_) | Then::Instance(_) | Then::ForIter { .. } | Then::Send { .. } => {}
        }
        if let Some(extra) = vm.take_pending() {
            error = extra;
        }
    }
}

/// A frame left by an exception that a handler has let through shows the instruction that raised it first.
fn stand_where_raised(f: &mut Frame, error: &Raised) {
    let tb = error.exception().traceback.borrow().clone();
    if let (Some(tb), Some(o)) = (tb.downcast::<PyTraceback>(), &f.object)
        && std::ptr::eq(&raw const *tb.frame, &raw const **o)
        && let Some(i) = f.code().instrs.get(tb.lasti())
    {
        let next = std::ptr::from_ref(i).wrapping_add(1);
        f.ip = next;
    }
}

/// Gives a new exception a traceback of the top frame alone, without raising it.
pub(crate) fn stand_here(vm: &Vm, e: &PyException) {
    if let Some(f) = vm.stack.current_mut() {
        let at = f.lasti();
        add_traceback(vm, f, e, at);
    }
}

/// Adds an entry for the top frame to the exception's traceback.
fn add_traceback(vm: &Vm, f: &mut Frame, e: &PyException, at: usize) {
    let next = e.traceback.borrow().clone();
    let frame = PyFrame::of(vm, f);
    let line = f.code().line(at);
    let tb = PyTraceback::create(next, frame, at, line);
    drop(e.traceback.replace(tb));
}

/// Sets `__context__` to the exception being handled, cutting a cycle that this would close.
pub(crate) fn set_context(vm: &Vm, e: &Ref<PyException>) {
    let handled = vm.handled.borrow().clone();
    if handled.is_none() || handled.is(e.as_value()) {
        return;
    }
    // Walk the chain: if `e` is in it, take it out there.
    let mut at = handled.clone();
    let mut slow = handled.clone();
    let mut step = false;
    while let Some(x) = at.downcast_ref::<PyException>() {
        let next = x.context.borrow().clone();
        if next.is(e.as_value()) {
            drop(x.context.replace(Value::NONE));
            break;
        }
        at = next;
        if step {
            let s = slow.downcast_ref::<PyException>().map_or(Value::NONE, |s| s.context.borrow().clone());
            slow = s;
            if slow.is(&at) {
                break;
            }
        }
        step = !step;
    }
    drop(e.context.replace(handled));
}

/// The `raise` statement.
pub(super) fn raise(vm: &Vm, what: Option<Value>, cause: Option<Value>) -> Raised {
    let Some(what) = what else {
        let handled = vm.handled.borrow().clone();
        return match handled.downcast_ref::<PyException>() {
            Some(e) => {
                vm.stack.again.set(true);
                Raised::new(e)
            }
            None => vm.runtime_error("No active exception to reraise"),
        };
    };
    let e = match crate::types::raising::instantiate(vm, &what) {
        Ok(Some(e)) => e,
        Ok(None) => return vm.type_error("exceptions must derive from BaseException"),
        Err(e) => return e,
    };
    if let Some(cause) = cause {
        if cause.is_none() {
            e.set_cause(Value::NONE);
        } else {
            match crate::types::raising::instantiate(vm, &cause) {
                Ok(Some(c)) => e.set_cause(c.into_value()),
                Ok(None) => return vm.type_error("exception causes must derive from BaseException"),
                Err(e) => return e,
            }
        }
    }
    set_context(vm, &e);
    Raised::new(e)
}

/// Raises an exception again that a handler has let through.
pub(super) fn reraise(vm: &Vm, v: Value) -> Raised {
    match Ref::<PyException>::try_from_value(v) {
        Ok(e) => {
            vm.stack.again.set(true);
            Raised::new(e)
        }
        Err(_) => vm.system_error("reraise of something that is no exception"),
    }
}

/// Stands for whatever the resumer of a generator is handling when it is asked for. A value that can be handed on like any
/// other, as bytecode may do with it what it likes.
const OF_RESUMER: Value = Value::ELLIPSIS;

/// Makes `exc` the exception being handled; gives what to restore. In a generator's outermost handler that is
/// [`OF_RESUMER`].
pub(super) fn push_handled(vm: &Vm, f: &mut Frame, exc: Value) -> Value {
    let old = vm.handled.replace(exc);
    // A generator's frame is marked while it is in a handler of its own.
    if f.generator.is_some() && f.extra.is_unbound() {
        f.extra = Value::TRUE;
        return OF_RESUMER;
    }
    old
}

/// Restores the exception being handled.
pub(super) fn pop_handled(vm: &Vm, f: &mut Frame, old: Value) {
    let v = if old.is(&OF_RESUMER) && f.generator.is_some() {
        f.extra = Value::UNBOUND;
        if f.outer_handled.is_unbound() { Value::NONE } else { f.outer_handled.clone() }
    } else {
        old
    };
    drop(vm.handled.replace(v));
}
