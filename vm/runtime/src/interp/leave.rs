//! How frames end: a `return` hands its value to the frame below, a `yield` suspends.
#![allow(unsafe_code)]

use super::stack::{Frame, Then};
use crate::object::Value;
use crate::vm::{Raised, Vm};

/// Where a `return` leads.
pub(super) enum Left {
    /// Out of the loop.
    Value(Value),
    /// To the caller's frame, which has its result.
    Caller,
    /// To the caller's frame, with an exception.
    Raised(Raised),
}

/// Drops what the ending top frame holds. It still stands meanwhile: what dies may run code, above it.
#[inline(always)]
pub(super) fn clear_frame(vm: &Vm, f: &mut Frame) {
    if f.plain {
        clear_window(f);
    }
    // A finalizer may just have asked for the frame object.
    if !f.plain {
        end_special(vm, f);
    }
}

/// Drops what the frame's registers hold.
#[inline(always)]
fn clear_window(f: &Frame) {
    let mut slot = f.regs;
    let end = slot.wrapping_add(f.code().nregs as usize);
    while slot < end {
        // SAFETY: the window has `nregs` registers. What is no counted pointer may stay.
        unsafe {
            if (*slot).is_ptr() {
                drop(slot.replace(Value::UNBOUND));
            }
            slot = slot.add(1);
        }
    }
}

/// Ends the top frame, `frame`, with a result.
///
/// # Safety
/// `frame` is the running frame.
#[inline(always)]
pub(super) unsafe fn leave(vm: &Vm, frame: *mut Frame, v: Value) -> Left {
    // SAFETY: by contract.
    let f = unsafe { &mut *frame };
    clear_frame(vm, f);
    let then = f.then;
    if let Then::Store(dst) = then {
        vm.stack.discard();
        // SAFETY: a frame with this fate has its caller below it; verified operand.
        drop(unsafe { (*frame.sub(1)).regs.add(dst as usize).replace(v) });
        return Left::Caller;
    }
    let extra = std::mem::replace(&mut f.extra, Value::UNBOUND);
    vm.stack.discard();
    match then {
        Then::Leave => {
            vm.stack.yielded.set(false);
            Left::Value(v)
        }
        then => leave_special(vm, then, v, extra),
    }
}

#[inline(never)]
fn leave_special(vm: &Vm, then: Then, v: Value, extra: Value) -> Left {
    let Some(caller) = vm.stack.current_mut() else { return Left::Value(v) };
    match then {
        Then::Instance(dst) => {
            if !v.is_none() {
                return Left::Raised(
                    vm.type_error(format!("__init__() should return None, not '{}'", v.class().name())),
                );
            }
            drop(caller.set_reg(dst as usize, extra));
        }
        Then::ForIter { iter, skip, .. } => {
            drop(caller.set_reg(iter as usize, Value::UNBOUND));
            // SAFETY: verified label.
            caller.ip = unsafe { caller.ip.offset(skip as isize) };
        }
        Then::Send { dst, iter, skip } => {
            drop(caller.set_reg(iter as usize, Value::UNBOUND));
            drop(caller.set_reg(dst as usize, v));
            // SAFETY: verified label.
            caller.ip = unsafe { caller.ip.offset(skip as isize) };
        }
        Then::Store(_) | Then::Leave => {}
    }
    Left::Caller
}

/// What ends besides registers: the frame object keeps its locals, a generator is finished.
#[inline(never)]
fn end_special(vm: &Vm, f: &mut Frame) {
    if let Some(o) = f.object.take() {
        o.detach(vm, f);
    }
    clear_window(f);
    if let Some(g) = f.generator.take() {
        let outer = std::mem::replace(&mut f.outer_handled, Value::UNBOUND);
        g.finished(vm, outer);
    }
}

/// Suspends the top frame, a generator's, with a value. `None`: the caller's frame continues; else the loop is left.
///
/// # Safety
/// `frame` is the running frame, a generator's.
#[inline(always)]
pub(super) unsafe fn suspend(vm: &Vm, frame: *mut Frame, v: Value) -> Option<Value> {
    // SAFETY: by contract.
    let f = unsafe { &mut *frame };
    let then = f.then;
    let generator = f.generator.take();
    if let Some(g) = &generator {
        g.suspended(vm, f);
    }
    // SAFETY: `suspended` has taken out what the generator keeps; the rest is immediate in a generator's frame.
    unsafe { vm.stack.discard_suspended() };
    drop(generator);
    match then {
        Then::ForIter { dst, .. } | Then::Send { dst, .. } => {
            // SAFETY: a frame with this fate has its resumer below it; verified operand.
            drop(unsafe { (*frame.sub(1)).regs.add(dst as usize).replace(v) });
            None
        }
        _ => {
            vm.stack.yielded.set(true);
            Some(v)
        }
    }
}
