//! What `frame.f_locals` gives for a function: a mapping that reads and writes the frame's variables (PEP 667).

use crate::call::{Args, NativeDef, native};
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::dict::PyDict;
use crate::types::frame::PyFrame;
use crate::types::list::PyList;
use crate::types::str::PyStr;
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

fn frame(v: &Value) -> &PyFrame {
    &v.downcast::<PyFrameLocals>().expect("the descriptor checked the type").frame
}

/// A plain dict with the present content.
fn snapshot(v: &Value) -> Ref<PyDict> {
    let f = frame(v);
    let d = PyDict::new_ref();
    for (k, v) in f.variables() {
        d.set_str(&k, v);
    }
    for (k, v) in f.extra_locals().items() {
        if let Some(k) = k.downcast_ref::<PyStr>() {
            d.set_str(&k, v);
        }
    }
    d
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    match snapshot(v).get(vm, key)? {
        Some(x) => Ok(x),
        None => Err(vm.key_error(key.clone())),
    }
}

fn setitem(vm: &Vm, v: &Value, key: &Value, new: Option<Value>) -> PyResult<()> {
    let f = frame(v);
    let known = key
        .downcast::<PyStr>()
        .is_some_and(|k| f.code().local_names.iter().chain(&f.code().freevars).any(|n| n.same(k)));
    match new {
        Some(x) => {
            if let Some(k) = key.downcast::<PyStr>()
                && f.set_variable(k, x.clone())
            {
                return Ok(());
            }
            f.extra_locals().set(vm, key, x)
        }
        None if known => Err(vm.value_error("cannot remove local variables from FrameLocalsProxy")),
        None => match f.extra_locals().remove(vm, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key.clone())),
        },
    }
}

fn len(_: &Vm, v: &Value) -> PyResult<usize> {
    Ok(snapshot(v).len())
}

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.iter(snapshot(v).as_value())
}

fn contains(vm: &Vm, v: &Value, key: &Value) -> PyResult<bool> {
    snapshot(v).contains(vm, key)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.repr(snapshot(v).as_value()).map(Into::into)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let b = if b.has_layout::<PyFrameLocals>() { snapshot(b).into_value() } else { b.clone() };
    if !b.has_layout::<PyDict>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    vm.compare(op, snapshot(a).as_value(), &b)
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let plain = |v: &Value| if v.has_layout::<PyFrameLocals>() { snapshot(v).into_value() } else { v.clone() };
    vm.binary_op(BinOp::Or, &plain(a), &plain(b))
}

fn keys(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(snapshot(args.this()).items().into_iter().map(|p| p.0).collect()).into_value())
}

fn values(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(snapshot(args.this()).items().into_iter().map(|p| p.1).collect()).into_value())
}

fn items(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    let pairs = snapshot(args.this()).items().into_iter().map(|(k, v)| PyTuple::new(vec![k, v]).into_value());
    Ok(PyList::new(pairs.collect()).into_value())
}

fn copy(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(snapshot(args.this()).into_value())
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let found = snapshot(args.this()).get(vm, args.get(1))?;
    Ok(found.unwrap_or_else(|| Value::or_none(args.opt(2).cloned())))
}

fn setdefault(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if let Some(v) = snapshot(args.this()).get(vm, args.get(1))? {
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
