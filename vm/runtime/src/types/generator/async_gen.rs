//! Async generators and the awaitables of `asend`, `athrow`, `aclose` and `__anext__` (PEP 525).

use std::cell::{Cell, RefCell};

use super::methods::{CLASS_METHODS, NAME, QUALNAME, finalize, get_code, get_delegate, get_frame};
use super::{Outcome, PyGenerator, State, thrown};
use crate::call::{Args, NativeDef, native};
use crate::object::{GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::exception as exc;
use crate::vm::{PyResult, Raised, Vm};

/// What an async generator yields itself, told apart from what it awaits.
struct PyWrappedValue {
    value: Value,
}

impl Payload for PyWrappedValue {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyWrappedValue>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.value);
    }
}

static WRAPPED_DEF: TypeDef = TypeDef {
    name: "async_generator_wrapped_value",
    layout: PyWrappedValue::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    ..TypeDef::EMPTY
};
static WRAPPED: Type = Type::builtin(&WRAPPED_DEF);

/// Wraps a value that an async generator yields.
pub fn wrap_async_value(value: Value) -> Value {
    Ref::new(&WRAPPED, PyWrappedValue { value }).into_value()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Send,
    Throw,
    Close,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Init,
    Iterating,
    Closed,
}

/// The payload of the awaitables.
struct PyStep {
    generator: Ref<PyGenerator>,
    kind: Kind,
    stage: Cell<Stage>,
    /// `asend`: the value; `athrow`: the arguments.
    args: RefCell<Vec<Value>>,
}

impl Payload for PyStep {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyStep>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.generator.as_value());
        self.args.borrow().iter().for_each(visit);
    }
}

impl PyStep {
    fn word(&self) -> &'static str {
        match self.kind {
            Kind::Send => "asend()",
            Kind::Throw => "athrow()",
            Kind::Close => "aclose()",
        }
    }

    fn done(&self) {
        self.stage.set(Stage::Closed);
        self.generator.async_running.set(false);
    }

    /// Sorts out what the generator has come to.
    fn unwrap(&self, vm: &Vm, r: PyResult<Outcome>) -> PyResult<Value> {
        let g = &self.generator;
        match r {
            Ok(Outcome::Yielded(v)) => match v.downcast::<PyWrappedValue>() {
                Some(w) => {
                    self.done();
                    if self.kind == Kind::Close {
                        return Err(vm.runtime_error("async generator ignored GeneratorExit"));
                    }
                    Err(vm.stop_iteration(w.value.clone()))
                }
                None => Ok(v),
            },
            Ok(Outcome::Returned(_)) => {
                self.done();
                g.async_closed.set(true);
                if self.kind == Kind::Close {
                    return Err(vm.stop_iteration(Value::NONE));
                }
                Err(vm.new_error_args(&exc::STOP_ASYNC_ITERATION, Vec::new()))
            }
            Err(e) => {
                self.done();
                let stop = e.is(&exc::STOP_ASYNC_ITERATION);
                let exit = e.is(&exc::GENERATOR_EXIT);
                if stop || exit {
                    g.async_closed.set(true);
                }
                if self.kind == Kind::Close && (stop || exit) {
                    return Err(vm.stop_iteration(Value::NONE));
                }
                Err(e)
            }
        }
    }

    fn step(&self, vm: &Vm, sent: Value) -> PyResult<Value> {
        let g = &self.generator;
        match self.stage.get() {
            Stage::Closed => {
                return Err(vm.runtime_error(format!(
                    "cannot reuse already awaited {}",
                    if self.kind == Kind::Send { "__anext__()/asend()" } else { "aclose()/athrow()" }
                )));
            }
            Stage::Iterating => {
                let r = g.resume(vm, super::Resume::Value(sent));
                return self.unwrap(vm, r);
            }
            Stage::Init => {}
        }
        if self.kind != Kind::Send && g.state() == State::Closed {
            // Nothing is left to throw into.
            self.stage.set(Stage::Closed);
            return Err(vm.stop_iteration(Value::NONE));
        }
        if g.async_running.get() {
            self.stage.set(Stage::Closed);
            let word = if self.kind == Kind::Send { "anext()" } else { self.word() };
            let word = format!("{word}: asynchronous generator is already running");
            return Err(vm.runtime_error(word));
        }
        if self.kind != Kind::Send {
            if g.async_closed.get() {
                self.stage.set(Stage::Closed);
                if self.kind == Kind::Close {
                    return Err(vm.stop_iteration(Value::NONE));
                }
                return Err(vm.new_error_args(&exc::STOP_ASYNC_ITERATION, Vec::new()));
            }
            if !sent.is_none() {
                return Err(vm.runtime_error("can't send non-None value to a just-started coroutine"));
            }
        }
        g.async_running.set(true);
        self.stage.set(Stage::Iterating);
        let r = match self.kind {
            Kind::Send => {
                let mine = self.args.borrow_mut().pop().unwrap_or(Value::NONE);
                let v = if sent.is_none() { mine } else { sent };
                if g.state() == State::Closed {
                    self.done();
                    return Err(vm.new_error_args(&exc::STOP_ASYNC_ITERATION, Vec::new()));
                }
                g.resume(vm, super::Resume::Value(v))
            }
            Kind::Throw => {
                let args = self.args.take();
                match thrown(vm, &args[0], args.get(1), args.get(2)) {
                    Ok(e) => g.throw(vm, e),
                    Err(e) => Err(e),
                }
            }
            Kind::Close => {
                g.async_closed.set(true);
                let e = vm.new_error_args(&exc::GENERATOR_EXIT, Vec::new());
                g.throw(vm, e)
            }
        };
        self.unwrap(vm, r)
    }

    fn raise(&self, vm: &Vm, e: Raised) -> PyResult<Value> {
        match self.stage.get() {
            Stage::Closed => {
                return Err(vm.runtime_error(format!(
                    "cannot reuse already awaited {}",
                    if self.kind == Kind::Send { "__anext__()/asend()" } else { "aclose()/athrow()" }
                )));
            }
            Stage::Init => {
                if self.generator.async_running.get() {
                    self.stage.set(Stage::Closed);
                    return Err(vm.runtime_error(format!(
                        "{}: asynchronous generator is already running",
                        if self.kind == Kind::Send { "anext()" } else { self.word() }
                    )));
                }
                self.generator.async_running.set(true);
                self.stage.set(Stage::Iterating);
            }
            Stage::Iterating => {}
        }
        let r = self.generator.throw(vm, e);
        self.unwrap(vm, r)
    }
}

fn step_of(v: &Value) -> &PyStep {
    v.downcast::<PyStep>().expect("the descriptor checked the type")
}

fn step_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    step_of(v).step(vm, Value::NONE).map(Some)
}

fn step_send(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyStep>().step(vm, args.get(1).clone())
}

fn step_throw(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let e = thrown(vm, args.get(1), args.opt(2), args.opt(3))?;
    args.payload::<PyStep>().raise(vm, e)
}

fn step_close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStep>();
    if s.stage.get() == Stage::Closed {
        return Ok(Value::NONE);
    }
    let e = vm.new_error_args(&exc::GENERATOR_EXIT, Vec::new());
    match s.raise(vm, e) {
        Ok(_) => Err(vm.runtime_error("coroutine ignored GeneratorExit")),
        Err(e) if e.is(&exc::STOP_ITERATION) || e.is(&exc::STOP_ASYNC_ITERATION) || e.is(&exc::GENERATOR_EXIT) => {
            Ok(Value::NONE)
        }
        Err(e) => Err(e),
    }
}

fn itself(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.clone())
}

fn step_finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let s = step_of(v);
    if s.stage.get() == Stage::Init && s.kind != Kind::Close {
        let q = s.generator.qualname.borrow().clone();
        let q = vm.to_str(&q)?;
        let word = if s.kind == Kind::Send { "asend" } else { "athrow" };
        vm.warn_named(
            "RuntimeWarning",
            &format!("coroutine method '{word}' of '{}' was never awaited", q.to_lossy()),
            1,
        )?;
    }
    Ok(())
}

static STEP_METHODS: &[NativeDef] = &[
    native("close(self, /)", "", step_close),
    native("send(self, value, /)", "", step_send),
    native("throw(self, type, value=None, traceback=None, /)", "", step_throw),
];

const STEP_SLOTS: Slots = Slots {
    iter: Some(itself),
    next: Some(step_next),
    await_: Some(itself),
    finalize: Some(step_finalize),
    ..Slots::EMPTY
};
const STEP_FLAGS: u32 = TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | TypeFlags::HAS_FINALIZER;

static ASEND_DEF: TypeDef = TypeDef {
    name: "async_generator_asend",
    layout: PyStep::layout,
    flags: STEP_FLAGS,
    slots: STEP_SLOTS,
    methods: STEP_METHODS,
    ..TypeDef::EMPTY
};
static ASEND: Type = Type::builtin(&ASEND_DEF);
static ATHROW_DEF: TypeDef = TypeDef {
    name: "async_generator_athrow",
    layout: PyStep::layout,
    flags: STEP_FLAGS,
    slots: STEP_SLOTS,
    methods: STEP_METHODS,
    ..TypeDef::EMPTY
};
static ATHROW: Type = Type::builtin(&ATHROW_DEF);

/// The types here that are reached by their objects only; readied with the built-in ones.
pub(crate) static HIDDEN_TYPES: [&Type; 3] = [&WRAPPED, &ASEND, &ATHROW];

fn new_step(vm: &Vm, g: &Value, kind: Kind, args: Vec<Value>) -> PyResult<Value> {
    let generator: Ref<PyGenerator> =
        g.downcast_ref::<PyGenerator>().ok_or_else(|| vm.type_error("an async generator is required"))?;
    if !generator.hooks_done.replace(true) {
        let (first, last) = {
            let h = vm.hooks.borrow();
            (h.asyncgen_first.clone(), h.asyncgen_finalizer.clone())
        };
        if let Some(f) = last {
            drop(generator.finalizer.replace(f));
        }
        if let Some(f) = first {
            vm.call(&f, std::slice::from_ref(g))?;
        }
    }
    let class = if kind == Kind::Send { &ASEND } else { &ATHROW };
    Ok(Ref::new(class, PyStep { generator, kind, stage: Cell::new(Stage::Init), args: RefCell::new(args) })
        .into_value())
}

fn anext(vm: &Vm, v: &Value) -> PyResult<Value> {
    new_step(vm, v, Kind::Send, vec![Value::NONE])
}

fn asend(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    new_step(vm, args.this(), Kind::Send, vec![args.get(1).clone()])
}

fn athrow(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.opt(2).is_some() {
        let text = "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.";
        vm.warn_named("DeprecationWarning", text, 1)?;
    }
    let list = (1..4).map_while(|i| args.opt(i).cloned()).collect();
    new_step(vm, args.this(), Kind::Throw, list)
}

fn aclose(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    new_step(vm, args.this(), Kind::Close, Vec::new())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let g = v.downcast::<PyGenerator>().expect("the descriptor checked the type");
    let q = g.qualname.borrow().clone();
    let q = vm.to_str(&q)?;
    Ok(vm.str(&format!("<async_generator object {} at {:#x}>", q.to_lossy(), v.id())))
}

fn get_running(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(v.downcast::<PyGenerator>().is_some_and(|g| g.async_running.get())))
}

static METHODS: &[NativeDef] = &[
    native("aclose(self, /)", "Raise GeneratorExit inside the generator.", aclose),
    native("asend(self, value, /)", "Send a value into the generator.", asend),
    native("athrow(self, type, value=None, traceback=None, /)", "Raise an exception in the generator.", athrow),
];

static GETSET: &[GetSet] = &[
    NAME,
    QUALNAME,
    GetSet { name: "ag_await", doc: "object being awaited on, or None", get: get_delegate, set: None },
    GetSet { name: "ag_code", doc: "", get: get_code, set: None },
    GetSet { name: "ag_frame", doc: "", get: get_frame, set: None },
    GetSet { name: "ag_running", doc: "", get: get_running, set: None },
    GetSet { name: "ag_suspended", doc: "", get: super::methods::get_suspended, set: None },
];

static DEF: TypeDef = TypeDef {
    name: "async_generator",
    layout: PyGenerator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | TypeFlags::WEAKREFS | TypeFlags::HAS_FINALIZER,
    slots: Slots {
        repr: Some(repr),
        aiter: Some(itself),
        anext: Some(anext),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `types.AsyncGeneratorType`
pub static ASYNC_GEN: Type = Type::builtin(&DEF);
