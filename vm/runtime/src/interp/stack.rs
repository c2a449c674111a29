//! A thread's frames and registers.
//!
//! Invariant: registers live in one block that never moves, frames in another; pointers into both stay valid while the frame
//! is on the stack. Below `next` lie the frames that are. A register of a frame on the stack always
//! holds a valid value; a dead temporary holds one that is no counted pointer. So does what lies above the top frame's window,
//! up to `high`; above that, memory was never written.
#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;

use freeze_bytecode::Instr;

use crate::object::{Ref, Value};
use crate::types::code::PyCode;
use crate::types::frame::PyFrame;
use crate::types::function::PyFunction;
use crate::types::generator::PyGenerator;
use crate::vm::{PyResult, Vm};

/// What becomes of a frame's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It leaves the loop: the frame was entered from Rust.
    Leave,
    /// The caller's register gets it.
    Store(u16),
    /// It must be None; the caller's register gets the frame's `extra` (a new instance).
    Instance(u16),
    /// The frame is a generator driven by `for_iter`: `dst` gets what it yields; when it ends, `iter` is unbound and
    /// the caller skips.
    ForIter { dst: u16, iter: u16, skip: i16 },
    /// The frame is a generator driven by `send`.
    Send { dst: u16, iter: u16, skip: i16 },
}

/// A running call.
pub(crate) struct Frame {
    pub(crate) func: Ref<PyFunction>,
    /// The function's code when it was called. A function keeps codes that were replaced.
    pub(crate) code: *const PyCode,
    pub(crate) regs: *mut Value,
    /// The first free register above this frame's window (for a generator: above its resumer's).
    pub(crate) top: *mut Value,
    /// The instruction after the one being executed.
    pub(crate) ip: *const Instr,
    pub(crate) then: Then,
    /// None of the fields below is in use: the frame of a plain call.
    pub(crate) plain: bool,
    /// The mapping that holds the names of a module or class body; `UNBOUND` in functions.
    pub(crate) namespace: Value,
    /// For `Then::Instance` the instance; else `UNBOUND`.
    pub(crate) extra: Value,
    /// The frame object, once somebody asked for it.
    pub(crate) object: Option<Ref<PyFrame>>,
    /// The generator whose registers these are.
    pub(crate) generator: Option<Ref<PyGenerator>>,
    /// In a generator: the exception that its resumer was handling.
    pub(crate) outer_handled: Value,
}

impl Frame {
    /// The code.
    #[inline(always)]
    pub(crate) fn code(&self) -> &PyCode {
        // SAFETY: `func` keeps the code alive.
        unsafe { &*self.code }
    }

    /// The number of the instruction being executed.
    pub(crate) fn index(&self) -> usize {
        let base = self.code().instrs.as_ptr() as usize;
        (self.ip as usize - base) / size_of::<Instr>()
    }

    /// The number of the instruction being executed (of the first, before it starts).
    pub(crate) fn lasti(&self) -> usize {
        self.index().saturating_sub(1)
    }

    /// A register.
    pub(crate) fn reg(&self, i: usize) -> &Value {
        assert!(i < self.code().nregs as usize);
        // SAFETY: the window has `nregs` registers.
        unsafe { &*self.regs.add(i) }
    }

    /// Replaces a register; gives the old value.
    pub(crate) fn set_reg(&self, i: usize, v: Value) -> Value {
        assert!(i < self.code().nregs as usize);
        // SAFETY: the window has `nregs` registers.
        unsafe { self.regs.add(i).replace(v) }
    }
}

/// What the frame of a resumed generator is made of.
pub(crate) struct Resumed<'a> {
    pub(crate) func: &'a Ref<PyFunction>,
    pub(crate) code: *const PyCode,
    pub(crate) regs: *mut Value,
    pub(crate) ip: *const Instr,
    /// Whether it was handling an exception when it was suspended.
    pub(crate) handling: bool,
    pub(crate) object: Option<Ref<PyFrame>>,
    pub(crate) generator: Ref<PyGenerator>,
}

/// Registers and frames of a thread.
pub struct ThreadStack {
    base: *mut Value,
    end: *mut Value,
    /// Below this, registers hold values.
    high: Cell<*mut Value>,
    /// Where the first frame's registers go.
    floor: Cell<*mut Value>,
    frames: *mut Frame,
    /// Behind the running frame.
    next: Cell<*mut Frame>,
    /// No frame is pushed here before the recursion limit has been looked up (again).
    limit: Cell<*mut Frame>,
    /// Set when the loop was left by a `yield`.
    pub(crate) yielded: Cell<bool>,
    /// The exception on its way is raised again: this frame has its traceback entry already.
    pub(crate) again: Cell<bool>,
}

const MAIN_REGS: usize = 4 << 20;
const MAX_FRAMES: usize = 1 << 18;

impl ThreadStack {
    /// An empty stack. Its memory is reserved, and only taken from the system as it is used.
    pub(crate) fn new() -> ThreadStack {
        let base = block::<Value>(MAIN_REGS);
        let frames = block::<Frame>(MAX_FRAMES);
        // SAFETY: one past the block.
        let end = unsafe { base.add(MAIN_REGS) };
        ThreadStack {
            base,
            end,
            high: Cell::new(base),
            floor: Cell::new(base),
            frames,
            next: Cell::new(frames),
            limit: Cell::new(frames),
            yielded: Cell::new(false),
            again: Cell::new(false),
        }
    }

    /// The number of frames.
    pub(crate) fn depth(&self) -> usize {
        // SAFETY: both point into the block.
        unsafe { self.next.get().offset_from_unsigned(self.frames) }
    }

    /// The running frame.
    #[inline(always)]
    pub(crate) fn current(&self) -> Option<&Frame> {
        // SAFETY: frames do not move; the caller does not keep the reference beyond the frame's life.
        if self.next.get() == self.frames { None } else { Some(unsafe { &*self.current_ptr() }) }
    }

    /// The running frame, to be changed.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn current_mut(&self) -> Option<&mut Frame> {
        // SAFETY: frames do not move, and the loop holds no reference to this one meanwhile.
        if self.next.get() == self.frames { None } else { Some(unsafe { &mut *self.current_ptr() }) }
    }

    /// The running frame, for the loop. There must be one for it to be looked at.
    #[inline(always)]
    pub(crate) fn current_ptr(&self) -> *mut Frame {
        self.next.get().wrapping_sub(1)
    }

    /// A frame by depth from the bottom.
    pub(crate) fn frame(&self, i: usize) -> Option<&Frame> {
        // SAFETY: as for `current`.
        if i < self.depth() { Some(unsafe { &*self.frames.add(i) }) } else { None }
    }

    /// A frame by depth from the bottom, to be changed.
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn frame_mut(&self, i: usize) -> Option<&mut Frame> {
        // SAFETY: as for `current_mut`.
        if i < self.depth() { Some(unsafe { &mut *self.frames.add(i) }) } else { None }
    }

    /// Makes the next call look at the recursion limit, which has changed.
    pub(crate) fn limit_changed(&self) {
        self.limit.set(self.frames);
    }

    /// Whether the recursion limit leaves room for another frame.
    #[inline(always)]
    pub(crate) fn may_push(&self, vm: &Vm) -> bool {
        self.next.get() < self.limit.get() || self.look_up_limit(vm)
    }

    #[cold]
    #[inline(never)]
    fn look_up_limit(&self, vm: &Vm) -> bool {
        let frames = (vm.rt.recursion_limit.get() as usize).min(MAX_FRAMES);
        // SAFETY: within the block.
        self.limit.set(unsafe { self.frames.add(frames) });
        self.next.get() < self.limit.get()
    }

    /// Where a new frame entered from Rust may put its registers.
    pub(crate) fn free(&self) -> *mut Value {
        self.current().map_or(self.floor.get(), |f| f.top)
    }

    /// Keeps what runs next from using registers below `end`; gives what [`ThreadStack::unreserve`] restores.
    pub(super) fn reserve(&self, end: *mut Value) -> *mut Value {
        match self.current_mut() {
            Some(f) => {
                let top = f.top;
                f.top = top.max(end);
                top
            }
            None => self.floor.replace(end),
        }
    }

    /// Ends a reservation.
    pub(super) fn unreserve(&self, top: *mut Value) {
        match self.current_mut() {
            Some(f) => f.top = top,
            None => self.floor.set(top),
        }
    }

    /// Pushes the frame of a plain call, written in place: building it elsewhere and copying it costs more than the rest.
    /// `given` registers are set; the other locals become unbound. Fails when the recursion limit is reached; the parameters
    /// are dropped then.
    ///
    /// # Safety
    /// `func` is a function's counted reference that the frame takes over, `code` its code; there is room for the window.
    #[inline(always)]
    pub(crate) unsafe fn push_call(
        &self,
        vm: &Vm,
        func: Value,
        code: *const PyCode,
        regs: *mut Value,
        given: usize,
        then: Then,
    ) -> PyResult<()> {
        // SAFETY: below the limit there is room, and no frame yet; every field is written before the frame counts.
        unsafe {
            if !self.may_push(vm) {
                for k in 0..given {
                    drop(regs.add(k).replace(Value::UNBOUND));
                }
                return Err(too_deep(vm));
            }
            let of = &*code;
            for k in given..of.nlocals as usize {
                regs.add(k).write(Value::UNBOUND);
            }
            let f = self.next.get();
            (&raw mut (*f).func).write(Ref::from_value_unchecked(func));
            (&raw mut (*f).code).write(code);
            (&raw mut (*f).regs).write(regs);
            (&raw mut (*f).top).write(regs.add(of.nregs as usize));
            (&raw mut (*f).ip).write(of.instrs.as_ptr());
            (&raw mut (*f).then).write(then);
            (&raw mut (*f).plain).write(true);
            (&raw mut (*f).namespace).write(Value::UNBOUND);
            (&raw mut (*f).extra).write(Value::UNBOUND);
            (&raw mut (*f).object).write(None);
            (&raw mut (*f).generator).write(None);
            (&raw mut (*f).outer_handled).write(Value::UNBOUND);
            self.next.set(f.add(1));
        }
        Ok(())
    }

    /// Pushes the frame of a generator that is resumed, written in place as for [`ThreadStack::push_call`]. The registers,
    /// which stay in the generator, are set up.
    ///
    /// # Safety
    /// [`ThreadStack::may_push`] has just said yes.
    #[inline(always)]
    pub(crate) unsafe fn push_resumed(&self, g: Resumed<'_>, then: Then, outer: Value) {
        let top = self.free();
        let f = self.next.get();
        // SAFETY: below the limit there is room, and no frame yet; every field is written before the frame counts.
        unsafe {
            (&raw mut (*f).func).write(g.func.clone());
            (&raw mut (*f).code).write(g.code);
            (&raw mut (*f).regs).write(g.regs);
            (&raw mut (*f).top).write(top);
            (&raw mut (*f).ip).write(g.ip);
            (&raw mut (*f).then).write(then);
            (&raw mut (*f).plain).write(false);
            (&raw mut (*f).namespace).write(Value::UNBOUND);
            (&raw mut (*f).extra).write(if g.handling { Value::TRUE } else { Value::UNBOUND });
            (&raw mut (*f).object).write(g.object);
            (&raw mut (*f).generator).write(Some(g.generator));
            (&raw mut (*f).outer_handled).write(outer);
            self.next.set(f.add(1));
        }
    }

    /// Takes a generator's frame, which has given up all but its function, off the top.
    ///
    /// # Safety
    /// It is the top frame; `namespace` and `extra` are immediate, `object`, `generator` and `outer_handled` taken out.
    #[inline(always)]
    pub(crate) unsafe fn discard_suspended(&self) {
        // SAFETY: by contract.
        unsafe {
            let f = self.current_ptr();
            self.next.set(f);
            std::ptr::drop_in_place(&raw mut (*f).func);
        }
    }

    /// Takes the top frame off and releases what it holds.
    #[inline(always)]
    pub(crate) fn discard(&self) {
        // SAFETY: there is a top frame; it is dropped in place once, being off the stack already.
        unsafe {
            let f = self.current_ptr();
            self.next.set(f);
            if (*f).plain {
                std::ptr::drop_in_place(&raw mut (*f).func);
            } else {
                std::ptr::drop_in_place(f);
            }
        }
    }

    /// Takes the top frame off.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<Frame> {
        if self.next.get() == self.frames {
            return None;
        }
        let f = self.current_ptr();
        self.next.set(f);
        // SAFETY: it was on the stack and is read once; the caller gives up its pointers to it.
        Some(unsafe { f.read() })
    }

    /// Whether `n` registers from `regs` on fit. Those that were never used are made to hold values.
    #[inline(always)]
    pub(crate) fn room(&self, regs: *mut Value, n: usize) -> bool {
        let end = regs.wrapping_add(n);
        end <= self.high.get() || self.extend(end)
    }

    #[cold]
    #[inline(never)]
    fn extend(&self, end: *mut Value) -> bool {
        const STEP: usize = 512;
        if end > self.end {
            return false;
        }
        let mut at = self.high.get();
        let high = end.wrapping_add(STEP).min(self.end);
        while at < high {
            // SAFETY: below the end of the block.
            unsafe {
                at.write(Value::UNBOUND);
                at = at.add(1);
            }
        }
        self.high.set(high);
        true
    }
}

impl Drop for ThreadStack {
    fn drop(&mut self) {
        // SAFETY: allocated in `new`; no frame is left.
        unsafe {
            dealloc(self.base.cast(), layout::<Value>(MAIN_REGS));
            dealloc(self.frames.cast(), layout::<Frame>(MAX_FRAMES));
        }
    }
}

fn layout<T>(n: usize) -> Layout {
    Layout::array::<T>(n).expect("a constant size")
}

/// Memory for `n` items. The system gives it when it is first touched.
fn block<T>(n: usize) -> *mut T {
    // SAFETY: the size is not zero.
    let block = unsafe { alloc(layout::<T>(n)) };
    if block.is_null() {
        handle_alloc_error(layout::<T>(n));
    }
    block.cast()
}

/// RecursionError, with CPython's words.
#[cold]
#[inline(never)]
pub(crate) fn too_deep(vm: &Vm) -> crate::vm::Raised {
    vm.recursion_error("maximum recursion depth exceeded")
}
