//! Frame objects: made when somebody looks, pointing at the running frame until it ends.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};

use freeze_bytecode::operand::OperandKind;
use freeze_bytecode::{LocalKind, Op};

use crate::interp::stack::Frame;
use crate::interp::trace::{self, Traced};
use crate::object::{GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::cell::PyCell;
use crate::types::code::{INSTRUCTION_BYTES, PyCode};
use crate::types::dict::PyDict;
use crate::types::frame_locals;
use crate::types::function::PyFunction;
use crate::types::generator::{PyGenerator, State};
use crate::vm::{PyResult, Vm};

/// The payload of `frame`.
pub struct PyFrame {
    func: Ref<PyFunction>,
    code: Ref<PyCode>,
    /// The running frame; null when it has ended or is suspended.
    live: Cell<*const Frame>,
    /// Where the registers are while the frame is suspended in a generator.
    suspended: Cell<*mut Value>,
    /// The suspended generator that owns the frame.
    generator: Cell<*const PyGenerator>,
    /// The locals of a frame that has ended.
    kept: RefCell<Vec<Value>>,
    /// What others have put into locals that the running instruction reads.
    deferred: RefCell<Vec<Deferred>>,
    /// `clear()` was called: nothing is shown any more.
    cleared: Cell<bool>,
    namespace: RefCell<Value>,
    /// The number of the next instruction, while the frame is not running.
    index: Cell<usize>,
    back: RefCell<Option<Ref<PyFrame>>>,
    pub(crate) trace: RefCell<Value>,
    pub(crate) trace_lines: Cell<bool>,
    pub(crate) trace_opcodes: Cell<bool>,
    pub(crate) traced: RefCell<Traced>,
    /// What `f_locals` gave before, for names that are no locals of the code.
    extra_locals: RefCell<Option<Ref<PyDict>>>,
}

/// A local's new value that waits for the end of the instruction that reads the old one. Should the code itself have put
/// something there by then, that stays.
struct Deferred {
    local: usize,
    old: Value,
    new: Value,
}

impl Payload for PyFrame {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFrame>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.func.as_value());
        self.kept.borrow().iter().for_each(&mut *visit);
        for waiting in &*self.deferred.borrow() {
            visit(&waiting.old);
            visit(&waiting.new);
        }
        visit(&self.namespace.borrow());
        visit(&self.trace.borrow());
        self.traced.borrow().visit(visit);
        if let Some(b) = &*self.back.borrow() {
            visit(b.as_value());
        }
        if let Some(d) = &*self.extra_locals.borrow() {
            visit(d.as_value());
        }
    }
    fn clear(&self) {
        let a = self.kept.take();
        let b = self.back.take();
        let c = self.extra_locals.take();
        let d = self.deferred.take();
        drop((a, b, c, d));
    }
}

impl PyFrame {
    /// The frame object of a running frame, made if there is none yet.
    pub(crate) fn of(_vm: &Vm, f: &mut Frame) -> Ref<PyFrame> {
        if let Some(o) = &f.object {
            return o.clone();
        }
        let code = crate::object::owner(f.code());
        let o = Ref::new(
            &FRAME,
            PyFrame {
                func: f.func.clone(),
                code,
                live: Cell::new(f),
                suspended: Cell::new(std::ptr::null_mut()),
                generator: Cell::new(std::ptr::null()),
                kept: RefCell::new(Vec::new()),
                deferred: RefCell::new(Vec::new()),
                cleared: Cell::new(false),
                namespace: RefCell::new(f.namespace.clone()),
                index: Cell::new(0),
                back: RefCell::new(None),
                trace: RefCell::new(Value::NONE),
                trace_lines: Cell::new(true),
                trace_opcodes: Cell::new(false),
                traced: RefCell::default(),
                extra_locals: RefCell::new(None),
            },
        );
        f.object = Some(o.clone());
        f.plain = false;
        o
    }

    /// The object of the frame `depth` calls up (0: the running one).
    pub fn at_depth(vm: &Vm, depth: usize) -> Option<Ref<PyFrame>> {
        let n = vm.stack.depth();
        let i = n.checked_sub(depth + 1)?;
        vm.stack.frame_mut(i).map(|f| PyFrame::of(vm, f))
    }

    fn live(&self) -> Option<&Frame> {
        // SAFETY: set while the frame is on its thread's stack, where it does not move; cleared when it leaves.
        unsafe { self.live.get().as_ref() }
    }

    /// The frame ends: what others may still ask for is kept here.
    pub(crate) fn detach(&self, vm: &Vm, f: &mut Frame) {
        self.put_deferred();
        self.index.set(f.index());
        self.live.set(std::ptr::null());
        let me = crate::object::owner(self);
        // One reference is ours here, one was the frame's (taken by the caller): more mean that somebody looks.
        if me.as_value().refcount() <= 2 {
            return;
        }
        let n = f.code().nlocals as usize;
        let kept: Vec<Value> = (0..n).map(|i| f.set_reg(i, Value::UNBOUND)).collect();
        drop(self.kept.replace(kept));
        let depth = vm.stack.depth();
        if depth >= 2
            && let Some(caller) = vm.stack.frame_mut(depth - 2)
        {
            drop(self.back.replace(Some(PyFrame::of(vm, caller))));
        }
    }

    /// Puts into the locals what others have put there while an instruction was reading them. The frame is between two
    /// instructions.
    pub(crate) fn put_deferred(&self) {
        if !self.deferred.borrow().is_empty() {
            let deferred = self.deferred.take();
            if let Some(f) = self.live() {
                for Deferred { local, old, new } in deferred {
                    if f.reg(local).is(&old) {
                        drop(f.set_reg(local, new));
                    }
                }
            }
        }
    }

    /// Whether an instruction is running that reads a local where it lies: what it read must stay as it is, as would
    /// what CPython's instructions have on their stack.
    fn reads(&self, f: &Frame, local: usize) -> bool {
        let instr = f.code().instrs[f.lasti()];
        let row = instr.op.row();
        // The assignment to an item of `f_locals` that is being made.
        if instr.op == Op::StoreItem && frame_locals::is_of(f.reg(instr.a as usize), self) {
            return false;
        }
        [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)].into_iter().any(|(kind, operand)| {
            matches!(kind, OperandKind::Src | OperandKind::Keep | OperandKind::SrcOrConst) && operand as usize == local
        })
    }

    /// The generator that owns the frame is suspended; its registers stay at `regs`.
    pub(crate) fn suspend(&self, index: usize, regs: *mut Value, generator: &PyGenerator) {
        self.put_deferred();
        self.generator.set(generator);
        self.index.set(index);
        self.live.set(std::ptr::null());
        self.suspended.set(regs);
    }

    /// The generator runs again.
    pub(crate) fn resume(&self, f: &Frame) {
        self.live.set(f);
        self.suspended.set(std::ptr::null_mut());
        self.generator.set(std::ptr::null());
    }

    /// The suspended generator dies.
    pub(crate) fn abandon(&self) {
        self.suspended.set(std::ptr::null_mut());
        self.generator.set(std::ptr::null());
    }

    /// The code.
    pub fn code(&self) -> &Ref<PyCode> {
        &self.code
    }

    /// The globals.
    pub fn globals(&self) -> &Ref<PyDict> {
        &self.func.globals
    }

    /// The builtins.
    pub fn builtins(&self) -> &Ref<PyDict> {
        &self.func.builtins
    }

    /// The number of the instruction being executed.
    pub fn lasti(&self) -> usize {
        self.index().saturating_sub(1)
    }

    fn index(&self) -> usize {
        self.live().map_or(self.index.get(), Frame::index)
    }

    /// The line being executed; the first line before anything is.
    pub fn line(&self) -> u32 {
        if self.index() == 0 {
            return self.code.line_before();
        }
        self.code.line(self.lasti())
    }

    /// The caller's frame.
    pub fn back(&self, vm: &Vm) -> Option<Ref<PyFrame>> {
        if let Some(f) = self.live() {
            let caller = |vm: &Vm| {
                let at =
                    (0..vm.stack.depth()).rev().find(|&i| vm.stack.frame(i).is_some_and(|g| std::ptr::eq(g, f)))?;
                Some(at.checked_sub(1).and_then(|i| vm.stack.frame_mut(i)).map(|f| PyFrame::of(vm, f)))
            };
            if let Some(found) = caller(vm) {
                return found;
            }
            // The frame of another thread, from `sys._current_frames`.
            let mut found = None;
            vm.each_thread(|other| found = found.take().or_else(|| caller(other)));
            return found.flatten();
        }
        self.back.borrow().clone()
    }

    /// The generator or coroutine that the frame belongs to.
    fn generator(&self) -> Option<Ref<PyGenerator>> {
        if let Some(f) = self.live() {
            return f.generator.clone();
        }
        // SAFETY: set while the generator is suspended; it clears it when it goes on or dies.
        unsafe { self.generator.get().as_ref() }.map(crate::object::owner)
    }

    /// Whether the frame is running (or suspended), so that its locals can still change.
    pub fn is_live(&self) -> bool {
        self.live().is_some() || !self.suspended.get().is_null()
    }

    /// Whether the frame is on a stack.
    pub fn is_executing(&self) -> bool {
        self.live().is_some()
    }

    fn raw_local(&self, i: usize) -> Value {
        if let Some(f) = self.live() {
            let deferred = self.deferred.borrow();
            if let Some(waiting) = deferred.iter().find(|waiting| waiting.local == i && f.reg(i).is(&waiting.old)) {
                return waiting.new.clone();
            }
            return f.reg(i).clone();
        }
        let p = self.suspended.get();
        if !p.is_null() {
            // SAFETY: a suspended generator's registers: `nlocals` of them at least.
            return unsafe { (*p.add(i)).clone() };
        }
        self.kept.borrow().get(i).cloned().unwrap_or(Value::UNBOUND)
    }

    fn set_raw_local(&self, vm: &Vm, i: usize, v: Value) -> Value {
        if let Some(f) = self.live() {
            let mut deferred = self.deferred.borrow_mut();
            let before = deferred.iter().position(|waiting| waiting.local == i).map(|at| deferred.remove(at));
            if !self.reads(f, i) {
                drop(deferred);
                drop(before);
                return f.set_reg(i, v);
            }
            if deferred.is_empty() {
                vm.rt.deferring.borrow_mut().push(crate::object::owner(self));
            }
            deferred.push(Deferred { local: i, old: f.reg(i).clone(), new: v });
            crate::vm::request_attention();
            return before.map_or(Value::UNBOUND, |before| before.new);
        }
        let p = self.suspended.get();
        if !p.is_null() {
            // SAFETY: as above.
            return unsafe { p.add(i).replace(v) };
        }
        match self.kept.borrow_mut().get_mut(i) {
            Some(slot) => std::mem::replace(slot, v),
            None => v,
        }
    }

    /// The variables that `locals()` shows, with their values; unbound ones are left out.
    pub fn variables(&self) -> Vec<(crate::Str, Value)> {
        let mut out = Vec::new();
        // The variables of comprehensions show in modules and class bodies, while they have values.
        let shows_hidden = self.namespace().is_some();
        for (i, (name, kind)) in self.code.local_names.iter().zip(&self.code.local_kinds).enumerate() {
            if matches!(kind, LocalKind::Hidden | LocalKind::HiddenCell) && !shows_hidden {
                continue;
            }
            let mut v = self.raw_local(i);
            if matches!(kind, LocalKind::Cell | LocalKind::HiddenCell)
                && let Some(c) = v.downcast::<PyCell>()
            {
                v = c.get();
            }
            if !v.is_unbound() {
                out.push((name.clone(), v));
            }
        }
        if let Some(cells) = self.func.closure.as_ref().filter(|_| !self.cleared.get()) {
            for (name, cell) in self.code.freevars.iter().zip(cells.as_slice()) {
                let v = cell.downcast::<PyCell>().map_or(Value::UNBOUND, PyCell::get);
                if !v.is_unbound() {
                    out.push((name.clone(), v));
                }
            }
        }
        out
    }

    /// Whether a comprehension of a module or class body is running, whose variables are not in the namespace.
    fn has_hidden(&self) -> bool {
        self.code.local_kinds.iter().enumerate().any(|(i, kind)| {
            let v = self.raw_local(i);
            match kind {
                LocalKind::Hidden => !v.is_unbound(),
                LocalKind::HiddenCell => v.downcast::<PyCell>().is_some_and(|c| !c.get().is_unbound()),
                _ => false,
            }
        })
    }

    /// Sets a variable of the code by name; false if it has none of that name.
    pub fn set_variable(&self, vm: &Vm, name: &crate::types::str::PyStr, v: Value) -> bool {
        if let Some(i) = self.code.local_names.iter().position(|n| n.same(name)) {
            if matches!(self.code.local_kinds[i], LocalKind::Cell | LocalKind::HiddenCell)
                && let Some(c) = self.raw_local(i).downcast::<PyCell>()
            {
                drop(c.set(v));
            } else {
                drop(self.set_raw_local(vm, i, v));
            }
            return true;
        }
        if let Some(i) = self.code.freevars.iter().position(|n| n.same(name))
            && let Some(c) = self.func.closure.as_ref().and_then(|c| c.as_slice().get(i))
            && let Some(c) = c.downcast::<PyCell>()
        {
            drop(c.set(v));
            return true;
        }
        false
    }

    /// The namespace mapping of a module or class body.
    pub fn namespace(&self) -> Option<Value> {
        let ns = self.namespace.borrow().clone();
        if ns.is_unbound() { None } else { Some(ns) }
    }

    /// What `locals()` gives: the namespace itself, or a new dict of the variables.
    pub fn locals_snapshot(&self) -> Value {
        if let Some(ns) = self.namespace()
            && !self.has_hidden()
        {
            return ns;
        }
        let d = PyDict::new_ref();
        for (k, v) in self.variables() {
            d.set_str(&k, v);
        }
        if let Some(extra) = &*self.extra_locals.borrow() {
            for (k, v) in extra.items() {
                if let Some(k) = k.downcast_ref::<crate::types::str::PyStr>() {
                    d.set_str(&k, v);
                }
            }
        }
        d.into_value()
    }

    /// The variables and what else was put into `f_locals`, whatever its keys.
    pub(crate) fn locals_dict(&self, vm: &Vm) -> PyResult<Ref<PyDict>> {
        let d = PyDict::new_ref();
        for (k, v) in self.variables() {
            d.set_str(&k, v);
        }
        for (k, v) in self.extra_locals().items() {
            d.set(vm, &k, v)?;
        }
        Ok(d)
    }

    /// Names that were put into `f_locals` without being variables of the code.
    pub fn extra_locals(&self) -> Ref<PyDict> {
        self.extra_locals.borrow_mut().get_or_insert_with(PyDict::new_ref).clone()
    }
}

/// Frames that wait for an instruction to end get what is due to them, where it has.
pub(crate) fn settle_deferred(vm: &Vm) {
    let waiting = vm.rt.deferring.take();
    for frame in waiting {
        let still =
            frame.live().is_some_and(|f| frame.deferred.borrow().iter().any(|waiting| frame.reads(f, waiting.local)));
        if still {
            vm.rt.deferring.borrow_mut().push(frame);
            crate::vm::request_attention();
        } else {
            frame.put_deferred();
        }
    }
}

fn this(v: &Value) -> &PyFrame {
    v.downcast::<PyFrame>().expect("the descriptor checked the type")
}

fn get_locals(vm: &Vm, v: &Value) -> PyResult<Value> {
    let f = this(v);
    match f.namespace() {
        Some(ns) if !f.has_hidden() => Ok(ns),
        _ => Ok(crate::types::frame_locals::proxy(vm, v)),
    }
}

fn get_trace(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).trace.borrow().clone())
}

fn set_trace(_: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(this(v).trace.replace(new.unwrap_or(Value::NONE)));
    Ok(())
}

fn set_line(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(vm.attribute_error("cannot delete attribute")) };
    if !new.is_exact(&crate::types::int::INT) {
        return Err(vm.value_error("lineno must be an integer"));
    }
    let line = vm.to_i64(&new).map_err(|_| vm.value_error("lineno out of range"))?;
    let o = this(v);
    let at = o
        .live()
        .and_then(|f| (0..vm.stack.depth()).rev().find(|&i| vm.stack.frame(i).is_some_and(|g| std::ptr::eq(g, f))));
    match at.and_then(|i| vm.stack.frame_mut(i)) {
        Some(f) => trace::set_line(vm, o, f, line),
        None => Err(vm.value_error("f_lineno can only be set in a trace function")),
    }
}

fn set_trace_lines(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    match new.as_ref().and_then(Value::as_bool) {
        Some(b) => this(v).trace_lines.set(b),
        None => return Err(vm.type_error("attribute value type must be bool")),
    }
    Ok(())
}

fn set_trace_opcodes(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    match new.as_ref().and_then(Value::as_bool) {
        Some(b) => this(v).trace_opcodes.set(b),
        None => return Err(vm.type_error("attribute value type must be bool")),
    }
    Ok(())
}

fn clear_frame(vm: &Vm, args: crate::Args<'_>) -> PyResult<Value> {
    let f = args.payload::<PyFrame>();
    if f.is_executing() {
        return Err(vm.runtime_error("cannot clear an executing frame"));
    }
    if let Some(g) = f.generator() {
        if g.state() == State::Suspended {
            return Err(vm.runtime_error("cannot clear a suspended frame"));
        }
        crate::types::generator::finalize(vm, g.as_value())?;
        g.close(vm)?;
    }
    drop(f.kept.take());
    f.cleared.set(true);
    Ok(Value::NONE)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let f = this(v);
    let file = vm.repr(f.code.filename().as_value())?;
    Ok(vm.str(&format!(
        "<frame at {:#x}, file {}, line {}, code {}>",
        v.id(),
        file.to_lossy(),
        f.line(),
        f.code.name.to_lossy()
    )))
}

static METHODS: &[crate::NativeDef] =
    &[crate::native("clear(self, /)", "Clear all references held by the frame.", clear_frame)];

static GETSET: &[GetSet] = &[
    GetSet { name: "f_back", doc: "", get: |vm, v| Ok(this(v).back(vm).map_or(Value::NONE, Into::into)), set: None },
    GetSet {
        name: "f_builtins",
        doc: "",
        get: |_, v| Ok(crate::types::mapped_builtins::shown(this(v).builtins())),
        set: None,
    },
    GetSet { name: "f_code", doc: "", get: |_, v| Ok(this(v).code.value()), set: None },
    GetSet {
        name: "f_generator",
        doc: "",
        get: |_, v| Ok(this(v).generator().map_or(Value::NONE, Ref::into_value)),
        set: None,
    },
    GetSet { name: "f_globals", doc: "", get: |_, v| Ok(this(v).globals().value()), set: None },
    GetSet { name: "f_lasti", doc: "", get: |_, v| Ok(Value::usize(this(v).index() * INSTRUCTION_BYTES)), set: None },
    GetSet { name: "f_lineno", doc: "", get: |_, v| Ok(Value::int(i64::from(this(v).line()))), set: Some(set_line) },
    GetSet { name: "f_locals", doc: "", get: get_locals, set: None },
    GetSet { name: "f_trace", doc: "", get: get_trace, set: Some(set_trace) },
    GetSet {
        name: "f_trace_lines",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).trace_lines.get())),
        set: Some(set_trace_lines),
    },
    GetSet {
        name: "f_trace_opcodes",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).trace_opcodes.get())),
        set: Some(set_trace_opcodes),
    },
];

static DEF: TypeDef = TypeDef {
    name: "frame",
    layout: PyFrame::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `types.FrameType`
pub static FRAME: Type = Type::builtin(&DEF);
