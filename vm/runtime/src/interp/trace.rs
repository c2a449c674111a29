//! `sys.settrace` and `sys.setprofile`: what the traced form of the loop does around instructions.
//!
//! The loop exists twice. The plain one looks at `Vm::tracing` only where it looks up from its work anyway (calls, returns,
//! backward jumps) and then hands its frame to the other one, which asks [`before`] at every instruction. While a hook
//! runs, its thread is not traced.

use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use freeze_bytecode::instr::CONST_BIT;
use freeze_bytecode::{Instr, Op, lines};

use super::stack::Frame;
use crate::object::{Ref, Value};
use crate::types::code::PyCode;
use crate::types::descriptor::METHOD_DESCRIPTOR;
use crate::types::exception as exc;
use crate::types::frame::PyFrame;
use crate::types::generator::PyGenerator;
use crate::types::native_function::PyNativeFunction;
use crate::types::traceback::PyTraceback;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm, request_attention};

/// Bits of `Vm::tracing`.
pub(crate) const TRACE: u8 = 1;
pub(crate) const PROFILE: u8 = 2;

/// Threads that are traced: while there are any, loops look up from their work all the time.
static TRACED: AtomicU32 = AtomicU32::new(0);

/// Whether some thread is traced.
pub(crate) fn any_traced() -> bool {
    TRACED.load(Ordering::Relaxed) != 0
}

/// What a frame object remembers for its tracing.
#[derive(Default)]
pub(crate) struct Traced {
    /// The `call` event has been given.
    entered: bool,
    /// The instruction before the present one.
    last: Option<usize>,
    /// The line of every instruction; 0 for none.
    lines: Option<Rc<[u32]>>,
    /// The native function that is being called, for the profiler.
    native: Option<Value>,
    /// The register into which something is being sent that ends with StopIteration.
    sending: Option<u16>,
    /// The event that a hook is being told of.
    event: Event,
    /// The line to go on at when the generator is resumed.
    resume_at: Option<i64>,
}

/// What a frame is doing while a hook looks at it, which decides whether it may be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Event {
    #[default]
    None,
    Call,
    Line,
    Yield,
    Other,
}

impl Traced {
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(v) = &self.native {
            visit(v);
        }
    }
}

/// What the loop does after the hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The instruction.
    Execute,
    /// It looks anew where the frame stands.
    Reload,
}

/// The line of every instruction; 0 for none.
pub(super) fn lines_of(code: &PyCode) -> Rc<[u32]> {
    lines::iter(&code.linetable, code.firstlineno).map(|p| p.map_or(0, |p| p.line)).collect()
}

impl Vm {
    fn wanted_tracing(&self) -> u8 {
        let hooks = self.hooks.borrow();
        (if hooks.trace.is_some() { TRACE } else { 0 }) | (if hooks.profile.is_some() { PROFILE } else { 0 })
    }

    /// After a hook was set or removed.
    fn tracing_changed(&self, before: u8) {
        let now = self.wanted_tracing();
        match (before != 0, now != 0) {
            (false, true) => drop(TRACED.fetch_add(1, Ordering::Relaxed)),
            (true, false) => drop(TRACED.fetch_sub(1, Ordering::Relaxed)),
            _ => {}
        }
        if !self.in_hook.get() {
            self.tracing.set(now);
        }
        if now != 0 {
            request_attention();
        }
    }

    /// The frames that run already get no `call` event, and no event for the line that they are in.
    fn note_running_frames(&self) {
        for i in 0..self.stack.depth() {
            let Some(f) = self.stack.frame_mut(i) else { continue };
            let at = f.lasti();
            let o = PyFrame::of(self, f);
            let mut t = o.traced.borrow_mut();
            t.entered = true;
            t.last = Some(at);
        }
    }

    /// `sys.settrace`
    pub fn set_trace(&self, f: Option<Value>) {
        let before = self.wanted_tracing();
        if f.is_some() {
            self.note_running_frames();
        }
        let old = std::mem::replace(&mut self.hooks.borrow_mut().trace, f);
        drop(old);
        self.tracing_changed(before);
    }

    /// `sys.setprofile`
    pub fn set_profile(&self, f: Option<Value>) {
        let before = self.wanted_tracing();
        if f.is_some() {
            self.note_running_frames();
        }
        let old = std::mem::replace(&mut self.hooks.borrow_mut().profile, f);
        drop(old);
        self.tracing_changed(before);
    }

    /// `sys.call_tracing`: a call out of a hook that is traced itself.
    pub fn call_traced(&self, func: &Value, args: &[Value]) -> PyResult<Value> {
        let in_hook = self.in_hook.replace(false);
        let tracing = self.tracing.replace(self.wanted_tracing());
        if self.tracing.get() != 0 {
            request_attention();
        }
        let r = self.call(func, args);
        self.in_hook.set(in_hook);
        self.tracing.set(if in_hook { tracing } else { self.wanted_tracing() });
        r
    }

    /// Calls a hook; one that raises is removed.
    fn hook(&self, kind: u8, func: &Value, frame: &Ref<PyFrame>, event: &str, arg: Value) -> PyResult<Value> {
        let before = frame.traced.borrow().event;
        frame.traced.borrow_mut().event = match event {
            "call" => Event::Call,
            "line" | "opcode" => Event::Line,
            "return" if before == Event::Yield => before,
            _ => Event::Other,
        };
        let args = [frame.value(), self.intern(event).into_value(), arg];
        self.in_hook.set(true);
        self.tracing.set(0);
        let r = self.call(func, &args);
        self.in_hook.set(false);
        self.tracing.set(self.wanted_tracing());
        frame.traced.borrow_mut().event = before;
        if r.is_err() {
            if kind == TRACE {
                self.set_trace(None);
                drop(frame.trace.replace(Value::NONE));
            } else {
                self.set_profile(None);
            }
        }
        r
    }

    /// Tells the frame's own trace function.
    fn local_event(&self, frame: &Ref<PyFrame>, event: &str, arg: impl FnOnce() -> Value) -> PyResult<()> {
        if self.tracing.get() & TRACE == 0 {
            return Ok(());
        }
        let func = frame.trace.borrow().clone();
        if func.is_none() {
            return Ok(());
        }
        let new = self.hook(TRACE, &func, frame, event, arg())?;
        if !new.is_none() {
            drop(frame.trace.replace(new));
        }
        Ok(())
    }

    fn profile_event(&self, frame: &Ref<PyFrame>, event: &str, arg: Value) -> PyResult<()> {
        if self.tracing.get() & PROFILE == 0 {
            return Ok(());
        }
        let func = self.hooks.borrow().profile.clone();
        match func {
            Some(func) => self.hook(PROFILE, &func, frame, event, arg).map(drop),
            None => Ok(()),
        }
    }
}

/// The events that come before the frame's next instruction, at which its `ip` points behind.
#[cold]
#[inline(never)]
pub(super) fn before(vm: &Vm, f: &mut Frame) -> PyResult<Next> {
    let o = PyFrame::of(vm, f);
    let pending = o.traced.borrow_mut().native.take();
    if let Some(native) = pending {
        vm.profile_event(&o, "c_return", native)?;
    }
    if !std::mem::replace(&mut o.traced.borrow_mut().entered, true) {
        enter(vm, f, &o)?;
        let line = o.traced.borrow_mut().resume_at.take();
        if let Some(line) = line {
            super::jump::set_line(vm, f, line, true)?;
            o.traced.borrow_mut().last = None;
            return Ok(Next::Reload);
        }
    }
    let sent = o.traced.borrow_mut().sending.take();
    if let Some(result) = sent
        && f.code().instrs[f.lasti()].op != Op::Yield
    {
        // What was awaited or delegated to has returned; it says so by an exception.
        let value = f.reg(result as usize).clone();
        vm.local_event(&o, "exception", || {
            let class = exc::STOP_ITERATION.as_value();
            let e = vm.call(&class, &[value]).unwrap_or(Value::NONE);
            PyTuple::new(vec![class, e, Value::NONE]).into_value()
        })?;
    }
    o.put_deferred();
    let here = f.ip;
    if vm.tracing.get() & TRACE != 0 && !o.trace.borrow().is_none() {
        line_events(vm, f, &o)?;
        // What a debugger sets holds for the line that it stopped at.
        o.put_deferred();
        if f.ip != here {
            // A hook has set `f_lineno`.
            o.traced.borrow_mut().last = None;
            return Ok(Next::Reload);
        }
    }
    let at = f.lasti();
    let instr = f.code().instrs[at];
    match instr.op {
        Op::Return => {
            let v = operand(f, instr.a);
            vm.local_event(&o, "return", || v.clone())?;
            vm.profile_event(&o, "return", v)?;
        }
        Op::Yield => {
            let v = operand(f, instr.b);
            o.traced.borrow_mut().event = Event::Yield;
            let told = vm.local_event(&o, "return", || v.clone()).and_then(|()| vm.profile_event(&o, "return", v));
            o.traced.borrow_mut().event = Event::None;
            told?;
            o.traced.borrow_mut().entered = false;
        }
        Op::Send if vm.tracing.get() & TRACE != 0 && ends_with_exception(f.reg(instr.b as usize)) => {
            o.traced.borrow_mut().sending = Some(instr.a);
        }
        Op::Call | Op::CallMethod | Op::CallKw | Op::CallEx if vm.tracing.get() & PROFILE != 0 => {
            if let Some(native) = native_callee(vm, f, instr)? {
                o.traced.borrow_mut().native = Some(native.clone());
                vm.profile_event(&o, "c_call", native)?;
            }
        }
        _ => {}
    }
    Ok(Next::Execute)
}

/// `frame.f_lineno = line`
pub(crate) fn set_line(vm: &Vm, o: &PyFrame, f: &mut Frame, line: i64) -> PyResult<()> {
    let event = o.traced.borrow().event;
    match event {
        Event::None => Err(vm.value_error("f_lineno can only be set in a trace function")),
        Event::Call => Err(vm.value_error("can't jump from the 'call' trace event of a new frame")),
        Event::Other => Err(vm.value_error("can only jump from a 'line' trace event")),
        Event::Line => super::jump::set_line(vm, f, line, true),
        Event::Yield => {
            // It is about to be suspended; from where it would go on it goes to that line.
            let here = f.ip;
            f.ip = here.wrapping_add(1);
            let r = super::jump::set_line(vm, f, line, false);
            f.ip = here;
            if r.is_ok() {
                o.traced.borrow_mut().resume_at = Some(line);
            }
            r
        }
    }
}

fn operand(f: &Frame, i: u16) -> Value {
    if i & CONST_BIT == 0 { f.reg(i as usize).clone() } else { f.code().consts[(i & !CONST_BIT) as usize].clone() }
}

/// The `call` events: for the tracer the frame stands at its first line then.
fn enter(vm: &Vm, f: &mut Frame, o: &Ref<PyFrame>) -> PyResult<()> {
    let here = f.ip;
    if f.lasti() == 0 {
        f.ip = f.code().instrs.as_ptr();
    }
    let r = (|| {
        if vm.tracing.get() & TRACE != 0 {
            let func = vm.hooks.borrow().trace.clone();
            if let Some(func) = func {
                let local = vm.hook(TRACE, &func, o, "call", Value::NONE)?;
                if !local.is_none() {
                    drop(o.trace.replace(local));
                }
            }
        }
        vm.profile_event(o, "call", Value::NONE)
    })();
    f.ip = here;
    r
}

fn line_events(vm: &Vm, f: &mut Frame, o: &Ref<PyFrame>) -> PyResult<()> {
    let at = f.lasti();
    let (line, new) = {
        let mut t = o.traced.borrow_mut();
        let lines = t.lines.get_or_insert_with(|| lines_of(f.code())).clone();
        let line = lines.get(at).copied().unwrap_or(0);
        let new = match t.last {
            _ if line == 0 => false,
            None => true,
            // A jump back begins the line anew, but for the waiting loop of `yield from` and `await`.
            Some(last) => lines.get(last) != Some(&line) || (at < last && f.code().instrs[at].op != Op::Send),
        };
        if line != 0 {
            t.last = Some(at);
        }
        (line, new)
    };
    if line != 0 && new && o.trace_lines.get() {
        vm.local_event(o, "line", || Value::NONE)?;
    }
    // What stands for nothing in the source is not shown.
    if line != 0 && o.trace_opcodes.get() {
        vm.local_event(o, "opcode", || Value::NONE)?;
    }
    Ok(())
}

/// Whether an iterator says with StopIteration that it is exhausted; those of the built-in containers just end.
fn ends_with_exception(iterator: &Value) -> bool {
    let class = iterator.class();
    iterator.has_layout::<PyGenerator>()
        || class.is_heap()
        || matches!(class.name(), "async_generator_asend" | "async_generator_athrow" | "anext_awaitable")
}

/// What a call instruction calls, if that is native.
fn native_callee(vm: &Vm, f: &Frame, instr: Instr) -> PyResult<Option<Value>> {
    let callee = f.reg(instr.b as usize).clone();
    if callee.has_layout::<PyNativeFunction>() {
        return Ok(Some(callee));
    }
    if !callee.is_exact(&METHOD_DESCRIPTOR) {
        return Ok(None);
    }
    let this = match instr.op {
        Op::CallMethod | Op::CallKw => f.reg(instr.b as usize + 1).clone(),
        _ => Value::UNBOUND,
    };
    if this.is_unbound() {
        return Ok(Some(callee));
    }
    match callee.class().slots().descr_get {
        Some(get) => get(vm, &callee, Some(&this), Some(&this.class().as_value())).map(Some),
        None => Ok(Some(callee)),
    }
}

/// A generator is resumed with an exception: it is called all the same.
#[cold]
#[inline(never)]
pub(super) fn thrown_into(vm: &Vm, f: &mut Frame, error: Raised) -> Raised {
    let o = PyFrame::of(vm, f);
    if std::mem::replace(&mut o.traced.borrow_mut().entered, true) {
        return error;
    }
    match enter(vm, f, &o) {
        Ok(()) => error,
        Err(e) => e,
    }
}

/// An exception arrives in the top frame.
#[cold]
#[inline(never)]
pub(super) fn raised(vm: &Vm, f: &mut Frame, error: Raised) -> Raised {
    let o = PyFrame::of(vm, f);
    o.traced.borrow_mut().sending = None;
    let pending = o.traced.borrow_mut().native.take();
    if let Some(native) = pending
        && let Err(e) = vm.profile_event(&o, "c_exception", native)
    {
        return e;
    }
    let told = vm.local_event(&o, "exception", || {
        let e = error.value();
        let tb = error.exception().traceback.borrow().clone();
        debug_assert!(tb.is_none() || tb.has_layout::<PyTraceback>());
        PyTuple::new(vec![e.class().as_value(), e, tb]).into_value()
    });
    match told {
        Ok(()) => error,
        Err(e) => e,
    }
}

/// An exception leaves the top frame.
#[cold]
#[inline(never)]
pub(super) fn unwound(vm: &Vm, f: &mut Frame, error: Raised) -> Raised {
    let o = PyFrame::of(vm, f);
    let told = vm.local_event(&o, "return", || Value::NONE).and_then(|()| vm.profile_event(&o, "return", Value::NONE));
    match told {
        Ok(()) => error,
        Err(e) => e,
    }
}
