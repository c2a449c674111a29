//! What `frame.f_locals` gives for a function: a mapping that reads and writes the frame's variables (PEP 667).

use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::dict::PyDict;
use crate::types::frame::PyFrame;
use crate::types::list::PyList;
use crate::types::str::{PyStr, STR};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `FrameLocalsProxy`.
pub struct PyFrameLocals {
    frame: Ref<PyFrame>,
}

impl Payload for PyFrameLocals {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFrameLocals>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.frame.as_value());
    }
}

/// The proxy of a frame.
pub fn proxy(_vm: &Vm, frame: &Value) -> Value {
    let frame: Ref<PyFrame> = Ref::from_value_unchecked(frame.clone());
    Ref::new(&FRAME_LOCALS, PyFrameLocals { frame }).into_value()
}

/// Whether an object is the `f_locals` of this frame.
pub(crate) fn is_of(v: &Value, frame: &PyFrame) -> bool {
    v.downcast::<PyFrameLocals>().is_some_and(|locals| std::ptr::eq(&*locals.frame, frame))
}

fn frame(v: &Value) -> &PyFrame {
    &v.downcast::<PyFrameLocals>().expect("the descriptor checked the type").frame
}

/// A plain dict with the present content.
fn snapshot(vm: &Vm, v: &Value) -> PyResult<Ref<PyDict>> {
    frame(v).locals_dict(vm)
}

/// The variable that a key means: any key that equals its name.
fn variable(vm: &Vm, f: &PyFrame, key: &Value) -> PyResult<Option<Str>> {
    let code = f.code();
    let mut names = code.local_names.iter().chain(&code.freevars);
    if key.is_exact(&STR) {
        return Ok(key.downcast::<PyStr>().and_then(|k| names.find(|n| n.same(k)).cloned()));
    }
    let hash = vm.hash(key)?;
    for n in names {
        if n.hash() == hash && vm.eq(n.as_value(), key)? {
            return Ok(Some(n.clone()));
        }
    }
    Ok(None)
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    match snapshot(vm, v)?.get(vm, key)? {
        Some(x) => Ok(x),
        None => Err(vm.key_error(key.clone())),
    }
}

fn setitem(vm: &Vm, v: &Value, key: &Value, new: Option<Value>) -> PyResult<()> {
    let f = frame(v);
    let known = variable(vm, f, key)?;
    match (new, known) {
        (Some(x), Some(name)) if f.set_variable(vm, &name, x.clone()) => Ok(()),
        (Some(x), _) => f.extra_locals().set(vm, key, x),
        (None, Some(_)) => Err(vm.value_error("cannot remove local variables from FrameLocalsProxy")),
        (None, None) => match f.extra_locals().remove(vm, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key.clone())),
        },
    }
}

fn new(vm: &Vm, _: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "FrameLocalsProxy")?;
    let [frame] = args.positional() else {
        let given = args.positional().len();
        return Err(vm.type_error(format!("FrameLocalsProxy expected 1 argument, got {given}")));
    };
    if !frame.has_layout::<PyFrame>() {
        return Err(vm.type_error(format!("expect frame, not {}", frame.class().name())));
    }
    Ok(proxy(vm, frame))
}

fn len(vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(snapshot(vm, v)?.len())
}

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.iter(snapshot(vm, v)?.as_value())
}

fn contains(vm: &Vm, v: &Value, key: &Value) -> PyResult<bool> {
    snapshot(vm, v)?.contains(vm, key)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let d = snapshot(vm, v)?;
    match vm.guard_repr(v, || vm.repr(d.as_value()))? {
        Some(text) => Ok(text.into()),
        None => Ok(vm.str("{...}")),
    }
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let b = if b.has_layout::<PyFrameLocals>() { snapshot(vm, b)?.into_value() } else { b.clone() };
    if !b.has_layout::<PyDict>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    vm.compare(op, snapshot(vm, a)?.as_value(), &b)
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let plain = |v: &Value| -> PyResult<Value> {
        if v.has_layout::<PyFrameLocals>() { Ok(snapshot(vm, v)?.into_value()) } else { Ok(v.clone()) }
    };
    vm.binary_op(BinOp::Or, &plain(a)?, &plain(b)?)
}

fn keys(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(snapshot(vm, args.this())?.items().into_iter().map(|p| p.0).collect()).into_value())
}

fn reversed(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(snapshot(vm, args.this())?.items().into_iter().rev().map(|p| p.0).collect()).into_value())
}

fn values(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(snapshot(vm, args.this())?.items().into_iter().map(|p| p.1).collect()).into_value())
}

fn items(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let pairs = snapshot(vm, args.this())?.items().into_iter().map(|(k, v)| PyTuple::new(vec![k, v]).into_value());
    Ok(PyList::new(pairs.collect()).into_value())
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(snapshot(vm, args.this())?.into_value())
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let found = snapshot(vm, args.this())?.get(vm, args.get(1))?;
    Ok(found.unwrap_or_else(|| Value::or_none(args.opt(2).cloned())))
}

fn setdefault(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if let Some(v) = snapshot(vm, args.this())?.get(vm, args.get(1))? {
        return Ok(v);
    }
    let default = Value::or_none(args.opt(2).cloned());
    setitem(vm, args.this(), args.get(1), Some(default.clone()))?;
    Ok(default)
}

fn update(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = PyDict::new_ref();
    vm.call_method(d.as_value(), "update", &[args.get(1).clone()])?;
    for (k, v) in d.items() {
        setitem(vm, args.this(), &k, Some(v))?;
    }
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match frame(args.this()).extra_locals().remove(vm, args.get(1))? {
        Some(v) => Ok(v),
        None if contains(vm, args.this(), args.get(1))? => {
            Err(vm.value_error("cannot remove local variables from FrameLocalsProxy"))
        }
        None => args.opt(2).cloned().ok_or_else(|| vm.key_error(args.get(1).clone())),
    }
}

static METHODS: &[NativeDef] = &[
    native("__reversed__(self, /)", "", reversed),
    native("copy(self, /)", "", copy),
    native("get(self, key, default=None, /)", "", get),
    native("items(self, /)", "", items),
    native("keys(self, /)", "", keys),
    native("pop(self, key, default=None, /)", "", pop),
    native("setdefault(self, key, default=None, /)", "", setdefault),
    native("update(self, other, /)", "", update),
    native("values(self, /)", "", values),
];

static DEF: TypeDef = TypeDef {
    name: "FrameLocalsProxy",
    layout: PyFrameLocals::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::MAPPING,
    slots: Slots {
        new: Some(new),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        iter: Some(iter),
        repr: Some(repr),
        compare: Some(compare),
        binary: Slots::ops(&[(BinOp::Or, or)]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// `FrameLocalsProxy`
pub static FRAME_LOCALS: Type = Type::builtin(&DEF);
