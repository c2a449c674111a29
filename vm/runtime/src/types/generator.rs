//! Generators, coroutines and async generators: suspended frames that own their registers.
//!
//! While it runs, a generator's frame is on the thread's stack like any other, but its registers stay in the generator.
//! `for` and `send` resume a generator without leaving the interpreter loop; everything else goes through [`PyGenerator::resume`].
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell, UnsafeCell};

use freeze_bytecode::{CodeFlags, Instr, Op};

use crate::interp::run;
use crate::interp::stack::{Frame, Resumed, Then, too_deep};
use crate::object::{Layout, Payload, Ref, Type, Value, owner};
use crate::types::code::PyCode;
use crate::types::exception::{self as exc, PyException};
use crate::types::frame::PyFrame;
use crate::types::function::PyFunction;
use crate::vm::{PyResult, Raised, Vm};

mod anext;
mod async_gen;
mod methods;
pub use anext::{ANEXT_AWAITABLE, anext_awaitable};
pub(crate) use async_gen::HIDDEN_TYPES;
pub use async_gen::{ASYNC_GEN, wrap_async_value};
pub(crate) use methods::finalize;
pub use methods::{COROUTINE, COROUTINE_WRAPPER, GENERATOR, awaitable_iter, get_aiter, get_anext};

/// Where a generator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Created,
    Suspended,
    Running,
    Closed,
}

/// The payload of generators, coroutines and async generators.
pub struct PyGenerator {
    pub(crate) func: Ref<PyFunction>,
    code: *const PyCode,
    regs: UnsafeCell<Vec<Value>>,
    ip: Cell<*const Instr>,
    state: Cell<State>,
    /// The exception that the generator is handling, while it is suspended; else `UNBOUND`.
    handled: RefCell<Value>,
    pub(crate) name: RefCell<Value>,
    pub(crate) qualname: RefCell<Value>,
    frame: RefCell<Option<Ref<PyFrame>>>,
    /// Async generators: the finalizer hook, whether hooks have been called, whether it is running or closed.
    pub(crate) finalizer: RefCell<Value>,
    pub(crate) hooks_done: Cell<bool>,
    pub(crate) async_running: Cell<bool>,
    pub(crate) async_closed: Cell<bool>,
    /// Coroutines: `cr_origin`.
    pub(crate) origin: RefCell<Value>,
}

impl Payload for PyGenerator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyGenerator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.func.as_value());
        // SAFETY: tracing allocates and runs nothing; the registers hold valid values at all times.
        unsafe { (*self.regs.get()).iter().for_each(&mut *visit) };
        for v in [&self.handled, &self.name, &self.qualname, &self.finalizer, &self.origin] {
            visit(&v.borrow());
        }
        if let Some(f) = &*self.frame.borrow() {
            visit(f.as_value());
        }
    }
    fn clear(&self) {
        if self.state.get() != State::Running {
            self.discard();
        }
    }
}

impl Drop for PyGenerator {
    fn drop(&mut self) {
        if let Some(f) = self.frame.get_mut() {
            f.abandon();
        }
    }
}

/// How a generator is resumed.
pub enum Resume {
    /// The pending `yield` gives this.
    Value(Value),
    /// The pending `yield` raises this.
    Error(Raised),
}

/// What a resumed generator has come to.
pub enum Outcome {
    Yielded(Value),
    Returned(Value),
}

impl PyGenerator {
    /// The object that calling a generator-like function makes. `params` are its bound parameters.
    pub(crate) fn create(vm: &Vm, func: Ref<PyFunction>, code: &PyCode, params: Vec<Value>) -> Value {
        let class: &Type = if code.flags.has(CodeFlags::COROUTINE) {
            &COROUTINE
        } else if code.flags.has(CodeFlags::ASYNC_GENERATOR) {
            &ASYNC_GEN
        } else {
            &GENERATOR
        };
        let mut regs = params;
        regs.resize(code.nregs as usize, Value::UNBOUND);
        let (name, qualname) = (func.name.borrow().value(), func.qualname.borrow().value());
        let g = Ref::new(
            class,
            PyGenerator {
                func,
                code,
                regs: UnsafeCell::new(regs),
                ip: Cell::new(code.instrs.as_ptr()),
                state: Cell::new(State::Created),
                handled: RefCell::new(Value::UNBOUND),
                name: RefCell::new(name),
                qualname: RefCell::new(qualname),
                frame: RefCell::new(None),
                finalizer: RefCell::new(Value::NONE),
                hooks_done: Cell::new(false),
                async_running: Cell::new(false),
                async_closed: Cell::new(false),
                origin: RefCell::new(Value::NONE),
            },
        );
        methods::note_origin(vm, &g);
        g.into_value()
    }

    /// The payload, if `v` is exactly a generator.
    #[inline(always)]
    pub fn exact(v: &Value) -> Option<&PyGenerator> {
        v.downcast_exact::<PyGenerator>(&GENERATOR)
    }

    /// The payload, if `v` is exactly a coroutine.
    #[inline(always)]
    pub fn exact_coroutine(v: &Value) -> Option<&PyGenerator> {
        v.downcast_exact::<PyGenerator>(&COROUTINE)
    }

    /// The code.
    pub fn code(&self) -> &PyCode {
        // SAFETY: the function keeps the code alive.
        unsafe { &*self.code }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state.get()
    }

    fn kind(&self) -> &'static str {
        if self.code().flags.has(CodeFlags::COROUTINE) {
            "coroutine"
        } else if self.code().flags.has(CodeFlags::ASYNC_GENERATOR) {
            "async generator"
        } else {
            "generator"
        }
    }

    fn regs(&self) -> *mut Value {
        // SAFETY: the vector never changes its length after creation but when it is closed.
        unsafe { (*self.regs.get()).as_mut_ptr() }
    }

    /// Puts the frame on the stack. `Ok(false)`: it is closed.
    #[inline]
    fn push(&self, vm: &Vm, then: Then, sent: Option<Value>) -> PyResult<bool> {
        match self.state.get() {
            State::Closed => return Ok(false),
            State::Running => return Err(vm.value_error(format!("{} already executing", self.kind()))),
            State::Suspended => {
                if let Some(v) = sent {
                    // SAFETY: a suspended frame stands behind a `yield_`, whose operand was verified.
                    drop(unsafe {
                        let y = &*self.ip.get().sub(1);
                        self.regs().add(y.a as usize).replace(v)
                    });
                }
            }
            State::Created => {}
        }
        if !vm.stack.may_push(vm) {
            return Err(too_deep(vm));
        }
        let outer = vm.handled.borrow().clone();
        let mine = self.handled.replace(Value::UNBOUND);
        let frame = Resumed {
            func: &self.func,
            code: self.code,
            regs: self.regs(),
            ip: self.ip.get(),
            handling: !mine.is_unbound(),
            object: self.frame.borrow_mut().take(),
            generator: owner(self),
        };
        let seen = frame.object.is_some();
        // SAFETY: asked above.
        unsafe { vm.stack.push_resumed(frame, then, outer) };
        if seen
            && let Some(f) = vm.stack.current()
            && let Some(o) = &f.object
        {
            o.resume(f);
        }
        self.state.set(State::Running);
        if !mine.is_unbound() {
            drop(vm.handled.replace(mine));
        }
        Ok(true)
    }

    /// Resumes for `for` or `send`: the loop goes on with the pushed frame. `Ok(false)`: it is closed.
    #[inline]
    pub(crate) fn resume_in_loop(&self, vm: &Vm, then: Then, sent: Value) -> PyResult<bool> {
        if self.state.get() == State::Closed {
            if self.code().flags.has(CodeFlags::COROUTINE) {
                return Err(vm.runtime_error("cannot reuse already awaited coroutine"));
            }
            return Ok(false);
        }
        if self.state.get() == State::Created && !sent.is_none() {
            return Err(vm.type_error(format!("can't send non-None value to a just-started {}", self.kind())));
        }
        self.push(vm, then, Some(sent))
    }

    /// Resumes from Rust. A closed one returns None (or raises what is thrown in).
    pub fn resume(&self, vm: &Vm, how: Resume) -> PyResult<Outcome> {
        vm.check_stack()?;
        let me = owner(self);
        let (sent, error) = match how {
            Resume::Value(v) => (Some(v), None),
            Resume::Error(e) => (None, Some(e)),
        };
        if self.state.get() == State::Created && sent.as_ref().is_some_and(|v| !v.is_none()) {
            return Err(vm.type_error(format!("can't send non-None value to a just-started {}", self.kind())));
        }
        if !self.push(vm, Then::Leave, sent)? {
            return match error {
                Some(e) => {
                    // Nothing has caught it and nothing has raised it: it goes back as it came.
                    e.exception().handed_on.set(true);
                    Err(e)
                }
                None => Ok(Outcome::Returned(Value::NONE)),
            };
        }
        note_context(vm, error.as_ref());
        let v = run::run_with(vm, error)?;
        drop(me);
        if vm.stack.yielded.replace(false) { Ok(Outcome::Yielded(v)) } else { Ok(Outcome::Returned(v)) }
    }

    /// The top frame, this generator's, was taken off at a `yield`.
    #[inline]
    pub(crate) fn suspended(&self, vm: &Vm, f: &mut Frame) {
        self.ip.set(f.ip);
        self.state.set(State::Suspended);
        if let Some(o) = f.object.take() {
            o.suspend(f.index(), self.regs(), self);
            *self.frame.borrow_mut() = Some(o);
        }
        let outer = std::mem::replace(&mut f.outer_handled, Value::UNBOUND);
        let mine = vm.handled.replace(outer);
        // It may be the resumer's exception too, when that was thrown in: the mark tells, not the value.
        if !f.extra.is_unbound() {
            drop(self.handled.replace(mine));
        }
    }

    /// The top frame, this generator's, has ended.
    pub(crate) fn finished(&self, vm: &Vm, outer: Value) {
        self.state.set(State::Closed);
        drop(vm.handled.replace(outer));
    }

    /// Drops all that it holds without running it.
    fn discard(&self) {
        self.state.set(State::Closed);
        if let Some(f) = self.frame.take() {
            f.abandon();
        }
        let n = self.code().nregs as usize;
        for i in 0..n {
            // SAFETY: `nregs` registers, of which nobody else has a reference.
            drop(unsafe { self.regs().add(i).replace(Value::UNBOUND) });
        }
        drop(self.handled.replace(Value::UNBOUND));
    }

    /// The iterator that a suspended `yield from` or `await` delegates to.
    pub fn delegate(&self) -> Option<Value> {
        if self.state.get() != State::Suspended {
            return None;
        }
        // SAFETY: a suspended frame stands behind a `yield_`, whose operands were verified.
        unsafe {
            let y = &*self.ip.get().sub(1);
            if y.op == Op::Yield && y.x & 3 != 0 { Some((*self.regs().add(y.c as usize)).clone()) } else { None }
        }
    }

    /// The frame object; made if the generator is not closed.
    pub fn frame_object(&self, vm: &Vm) -> Option<Ref<PyFrame>> {
        match self.state.get() {
            State::Closed => None,
            State::Running => {
                let i = (0..vm.stack.depth()).rev().find(|&i| {
                    vm.stack.frame(i).and_then(|f| f.generator.as_ref()).is_some_and(|g| std::ptr::eq(&**g, self))
                })?;
                vm.stack.frame_mut(i).map(|f| PyFrame::of(vm, f))
            }
            State::Created | State::Suspended => {
                if let Some(f) = &*self.frame.borrow() {
                    return Some(f.clone());
                }
                let mut frame = Frame {
                    func: self.func.clone(),
                    code: self.code,
                    regs: self.regs(),
                    top: self.regs(),
                    ip: self.ip.get(),
                    then: Then::Leave,
                    plain: false,
                    namespace: Value::UNBOUND,
                    extra: Value::UNBOUND,
                    object: None,
                    generator: None,
                    outer_handled: Value::UNBOUND,
                };
                let o = PyFrame::of(vm, &mut frame);
                o.suspend(frame.index(), self.regs(), self);
                *self.frame.borrow_mut() = Some(o.clone());
                Some(o)
            }
        }
    }

    /// `send(value)` for Python: the yielded value, or StopIteration.
    pub fn send(&self, vm: &Vm, v: Value) -> PyResult<Value> {
        if self.state.get() == State::Closed && self.code().flags.has(CodeFlags::COROUTINE) {
            return Err(vm.runtime_error("cannot reuse already awaited coroutine"));
        }
        match self.resume(vm, Resume::Value(v))? {
            Outcome::Yielded(v) => Ok(v),
            Outcome::Returned(v) => Err(vm.stop_iteration(v)),
        }
    }

    /// `throw(error)`: into the delegate if there is one, else at the pending `yield`.
    pub fn throw(&self, vm: &Vm, e: Raised) -> PyResult<Outcome> {
        vm.check_stack()?;
        if self.state.get() == State::Running {
            return Err(vm.value_error(format!("{} already executing", self.kind())));
        }
        if self.state.get() == State::Closed && self.code().flags.has(CodeFlags::COROUTINE) {
            return Err(vm.runtime_error("cannot reuse already awaited coroutine"));
        }
        let Some(sub) = self.delegate() else { return self.raise_inside(vm, e) };
        // The frame stands on the stack while the delegate runs: that is how the delegate's frames see their caller.
        let me = owner(self);
        self.push(vm, Then::Leave, None)?;
        let r = if e.is(&exc::GENERATOR_EXIT) {
            match close_iterator(vm, &sub) {
                Ok(()) => Err(e),
                Err(e) => Err(e),
            }
        } else if let Some(g) = PyGenerator::exact(&sub).or_else(|| PyGenerator::exact_coroutine(&sub)) {
            match g.throw(vm, e) {
                Err(e) if e.is(&exc::STOP_ITERATION) => Ok(Outcome::Returned(stop_value(vm, &e))),
                other => other,
            }
        } else {
            match vm.get_attr_opt(&sub, &vm.names().throw) {
                Ok(Some(throw)) => match vm.call(&throw, &[e.value()]) {
                    Ok(v) => Ok(Outcome::Yielded(v)),
                    Err(e) if e.is(&exc::STOP_ITERATION) => Ok(Outcome::Returned(stop_value(vm, &e))),
                    Err(e) => Err(e),
                },
                Ok(None) => Err(e),
                Err(e) => Err(e),
            }
        };
        drop(sub);
        let error = match r {
            Ok(Outcome::Yielded(v)) => {
                if let Some(mut f) = vm.stack.pop() {
                    drop(f.generator.take());
                    self.suspended(vm, &mut f);
                }
                return Ok(Outcome::Yielded(v));
            }
            Ok(Outcome::Returned(v)) => {
                if let Some(f) = vm.stack.current_mut() {
                    self.skip_delegation(f, v);
                }
                None
            }
            Err(e) => Some(e),
        };
        note_context(vm, error.as_ref());
        let v = run::run_with(vm, error)?;
        drop(me);
        if vm.stack.yielded.replace(false) { Ok(Outcome::Yielded(v)) } else { Ok(Outcome::Returned(v)) }
    }

    fn raise_inside(&self, vm: &Vm, e: Raised) -> PyResult<Outcome> {
        if self.state.get() == State::Created {
            return Err(self.raise_at_start(vm, e));
        }
        self.resume(vm, Resume::Error(e))
    }

    /// The frame ends before it began; it shows in the traceback all the same. What would make a StopIteration another
    /// exception (PEP 479) has not begun either.
    fn raise_at_start(&self, vm: &Vm, e: Raised) -> Raised {
        let frame = self.frame_object(vm);
        self.discard();
        let line = self.code().firstlineno;
        if let Some(frame) = frame {
            let next = e.exception().traceback.borrow().clone();
            let tb = crate::types::traceback::PyTraceback::create(next, frame, 0, line);
            drop(e.exception().traceback.replace(tb));
        }
        e
    }

    /// The delegate has ended with a value: the frame continues behind its `send` loop.
    fn skip_delegation(&self, f: &mut Frame, v: Value) {
        // SAFETY: `yield_` of a delegation stands right behind its `send`; operands and label were verified.
        unsafe {
            let y = f.ip.sub(1);
            let s = y.sub(1);
            debug_assert!((*s).op == Op::Send);
            drop(self.regs().add((*s).b as usize).replace(Value::UNBOUND));
            drop(self.regs().add((*s).a as usize).replace(v));
            f.ip = y.offset((*s).c as i16 as isize);
        }
    }

    /// `close()`; gives the value of a `return` that it caused.
    pub fn close(&self, vm: &Vm) -> PyResult<Value> {
        match self.state.get() {
            State::Closed => return Ok(Value::NONE),
            State::Created => {
                self.discard();
                return Ok(Value::NONE);
            }
            _ => {}
        }
        let e = vm.new_error_args(&exc::GENERATOR_EXIT, Vec::new());
        crate::interp::unwind::set_context(vm, e.exception());
        match self.throw(vm, e) {
            Ok(Outcome::Yielded(_)) => Err(vm.runtime_error(format!("{} ignored GeneratorExit", self.kind()))),
            Ok(Outcome::Returned(v)) => Ok(v),
            Err(e) if e.is(&exc::GENERATOR_EXIT) || e.is(&exc::STOP_ITERATION) => Ok(Value::NONE),
            Err(e) => Err(e),
        }
    }
}

/// An exception thrown into the top frame, a generator's, comes while that handles another one.
fn note_context(vm: &Vm, error: Option<&Raised>) {
    if let Some(e) = error
        && vm.stack.current().is_some_and(|f| !f.extra.is_unbound())
    {
        crate::interp::unwind::set_context(vm, e.exception());
    }
}

/// `StopIteration.value`
pub fn stop_value(vm: &Vm, e: &Raised) -> Value {
    crate::types::raising::stop_iteration_value(vm, e.exception())
}

fn close_iterator(vm: &Vm, it: &Value) -> PyResult<()> {
    if let Some(g) = PyGenerator::exact(it).or_else(|| PyGenerator::exact_coroutine(it)) {
        return g.close(vm).map(drop);
    }
    match vm.get_attr_opt(it, &vm.names().close) {
        Ok(Some(close)) => vm.call0(&close).map(drop),
        Ok(None) => Ok(()),
        // Whoever can't say whether it has the method is taken to have none.
        Err(e) => {
            vm.report_unraisable(e, None, Some(it));
            Ok(())
        }
    }
}

/// Sends a value into any iterator: `Ok` what it yields, `Err` its return value.
pub(crate) fn send_any(vm: &Vm, it: &Value, sent: Value) -> PyResult<Result<Value, Value>> {
    let it = it.clone();
    let r = if sent.is_none()
        && let Some(next) = it.class().slots().next
    {
        vm.forget_stop();
        match next(vm, &it) {
            Ok(Some(v)) => return Ok(Ok(v)),
            Ok(None) => return Ok(Err(vm.take_stop_value())),
            Err(e) => Err(e),
        }
    } else {
        vm.call_method_name(&it, &vm.names().send, &[sent])
    };
    match r {
        Ok(v) => Ok(Ok(v)),
        Err(e) if e.is(&exc::STOP_ITERATION) => Ok(Err(stop_value(vm, &e))),
        Err(e) => Err(e),
    }
}

/// The iterator of `yield from v`.
pub(crate) fn yield_from_iter(vm: &Vm, v: &Value, flags: CodeFlags) -> PyResult<Value> {
    if PyGenerator::exact_coroutine(v).is_some() {
        if flags.0 & (CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE) == 0 {
            return Err(vm.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
        }
        return Ok(v.clone());
    }
    if PyGenerator::exact(v).is_some() {
        return Ok(v.clone());
    }
    let v = v.clone();
    vm.iter(&v)
}

/// An exception given to `throw` as type, value, traceback.
pub(crate) fn thrown(vm: &Vm, class: &Value, value: Option<&Value>, tb: Option<&Value>) -> PyResult<Raised> {
    let tb = tb.filter(|t| !t.is_none());
    if let Some(t) = tb
        && !t.has_layout::<crate::types::traceback::PyTraceback>()
    {
        return Err(vm.type_error("throw() third argument must be a traceback object"));
    }
    let value = value.filter(|v| !v.is_none());
    let e: Ref<PyException> = if let Some(e) = class.downcast_ref::<PyException>() {
        if value.is_some() {
            return Err(vm.type_error("instance exception may not have a separate value"));
        }
        e
    } else if crate::types::function::is_class(class)
        && crate::types::function::class_of(class).is_some_and(|c| c.is_subtype(&exc::BASE_EXCEPTION))
    {
        let made = match value {
            None => vm.call0(class),
            Some(v) if vm.isinstance(v, class)? => Ok(v.clone()),
            Some(v) => match v.downcast::<crate::types::tuple::PyTuple>() {
                Some(t) => vm.call(class, t.as_slice()),
                None => vm.call(class, std::slice::from_ref(v)),
            },
        };
        // What goes wrong in making the exception is thrown in its place.
        match made {
            Ok(made) => match made.downcast_ref::<PyException>() {
                Some(e) => e,
                None => return Ok(crate::types::raising::no_exception(vm, class, &made)),
            },
            Err(e) => return Ok(e),
        }
    } else {
        return Err(vm.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            class.class().name()
        )));
    };
    if let Some(t) = tb {
        drop(e.traceback.replace(t.clone()));
    }
    Ok(Raised::new(e))
}
