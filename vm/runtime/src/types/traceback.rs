//! Traceback objects, and the printing of uncaught exceptions as CPython words it.

use std::cell::{Cell, RefCell};

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::code::INSTRUCTION_BYTES;
use crate::types::exception::IMPORT_ERROR;
use crate::types::frame::PyFrame;
use crate::types::list::PyList;
use crate::vm::{PyResult, Raised, Vm};

mod print;
mod suggest;
pub use print::{format_exception, print_exception, wants_library};
pub use suggest::suggest;

/// The payload of `traceback`.
pub struct PyTraceback {
    pub next: RefCell<Value>,
    pub frame: Ref<PyFrame>,
    /// In bytes of code.
    offset: usize,
    line: Cell<u32>,
}

impl Payload for PyTraceback {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTraceback>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.next.borrow());
        visit(self.frame.as_value());
    }
    fn clear(&self) {
        drop(self.next.replace(Value::NONE));
    }
}

/// Takes the frames of importlib out of the traceback of an error that an import has raised: what it did to find the
/// module, and of the loading of it what called the module's code.
pub(crate) fn trim_importlib(e: &Raised) {
    let always = e.is(&IMPORT_ERROR);
    let mut entries: Vec<Ref<PyTraceback>> = Vec::new();
    let mut at = e.exception().traceback.borrow().clone();
    while let Some(t) = at.downcast_ref::<PyTraceback>() {
        at = t.next.borrow().clone();
        entries.push(t);
    }
    let mut kept: Vec<&Ref<PyTraceback>> = Vec::with_capacity(entries.len());
    let (mut chunk, mut inside) = (0, false);
    for t in &entries {
        let code = t.frame.code();
        let file = code.filename();
        let here =
            matches!(file.as_bytes(), b"<frozen importlib._bootstrap>" | b"<frozen importlib._bootstrap_external>");
        if here && !inside {
            chunk = kept.len();
        }
        inside = here;
        if here && (always || code.name.as_bytes() == b"_call_with_frames_removed") {
            kept.truncate(chunk);
        } else {
            kept.push(t);
        }
    }
    if kept.len() == entries.len() {
        return;
    }
    let mut next = Value::NONE;
    for t in kept.into_iter().rev() {
        drop(t.next.replace(next));
        next = t.value();
    }
    drop(e.exception().traceback.replace(next));
}

impl PyTraceback {
    /// The number of the instruction.
    pub fn lasti(&self) -> usize {
        (self.offset / INSTRUCTION_BYTES).saturating_sub(1)
    }

    /// A new entry in front of `next`.
    pub fn create(next: Value, frame: Ref<PyFrame>, lasti: usize, line: u32) -> Value {
        Ref::new(
            &TRACEBACK,
            PyTraceback {
                next: RefCell::new(next),
                frame,
                offset: (lasti + 1) * INSTRUCTION_BYTES,
                line: Cell::new(line),
            },
        )
        .into_value()
    }

    /// The line that was being executed.
    pub fn line(&self) -> u32 {
        self.line.get()
    }
}

fn this(v: &Value) -> &PyTraceback {
    v.downcast::<PyTraceback>().expect("the descriptor checked the type")
}

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let get = |i: usize, name: &str| args.positional().get(i).or_else(|| args.keyword(name)).cloned();
    let (Some(next), Some(frame), Some(lasti), Some(line)) =
        (get(0, "tb_next"), get(1, "tb_frame"), get(2, "tb_lasti"), get(3, "tb_lineno"))
    else {
        return Err(
            vm.type_error(format!("traceback() missing required argument 'tb_next' (pos {})", args.args.len() + 1))
        );
    };
    if !next.is_none() && !next.has_layout::<PyTraceback>() {
        return Err(vm.type_error(format!("expected traceback object or None, got '{}'", next.class().name())));
    }
    let Some(frame) = frame.downcast_ref::<PyFrame>() else {
        return Err(vm.type_error(format!(
            "traceback() argument 'tb_frame' must be frame, not {}",
            vm.type_name_for_errors(&frame)
        )));
    };
    let offset = vm.to_i64(&lasti)?.max(0) as usize;
    let line = Cell::new(vm.to_i64(&line)?.max(0) as u32);
    Ok(Ref::new(&TRACEBACK, PyTraceback { next: RefCell::new(next), frame, offset, line }).into_value())
}

fn set_next(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(vm.type_error("can't delete tb_next attribute")) };
    if !new.is_none() && !new.has_layout::<PyTraceback>() {
        return Err(vm.type_error(format!("expected traceback object, got '{}'", new.class().name())));
    }
    let mut at = new.clone();
    while let Some(t) = at.downcast::<PyTraceback>() {
        if at.is(v) {
            return Err(vm.value_error("traceback loop detected"));
        }
        let next = t.next.borrow().clone();
        at = next;
    }
    drop(this(v).next.replace(new));
    Ok(())
}

fn dir(vm: &Vm, _: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(GETSET.iter().map(|g| vm.str(g.name)).collect()).into_value())
}

static METHODS: &[NativeDef] = &[native("__dir__(self, /)", "", dir)];

static GETSET: &[GetSet] = &[
    GetSet { name: "tb_frame", doc: "", get: |_, v| Ok(this(v).frame.value()), set: None },
    GetSet { name: "tb_lasti", doc: "", get: |_, v| Ok(Value::usize(this(v).offset)), set: None },
    GetSet { name: "tb_lineno", doc: "", get: |_, v| Ok(Value::int(i64::from(this(v).line()))), set: None },
    GetSet { name: "tb_next", doc: "", get: |_, v| Ok(this(v).next.borrow().clone()), set: Some(set_next) },
];

static DEF: TypeDef = TypeDef {
    name: "traceback",
    layout: PyTraceback::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `types.TracebackType`
pub static TRACEBACK: Type = Type::builtin(&DEF);
