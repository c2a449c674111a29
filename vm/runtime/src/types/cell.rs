//! Cells: variables that inner functions share.

use std::cell::RefCell;

use crate::call::CallArgs;
use crate::object::{CmpOp, GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::vm::{PyResult, Vm};

/// The payload of `cell`; `UNBOUND` when empty.
pub struct PyCell {
    content: RefCell<Value>,
}

impl Payload for PyCell {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyCell>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.content.borrow());
    }
    fn clear(&self) {
        drop(self.set(Value::UNBOUND));
    }
}

impl PyCell {
    /// A new cell.
    pub fn new(content: Value) -> Ref<PyCell> {
        Ref::new(&CELL, PyCell { content: RefCell::new(content) })
    }

    /// The content (`UNBOUND` when empty).
    #[inline(always)]
    pub fn get(&self) -> Value {
        self.content.borrow().clone()
    }

    /// Replaces the content; gives the old one.
    #[inline(always)]
    pub fn set(&self, v: Value) -> Value {
        self.content.replace(v)
    }
}

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "cell")?;
    args.check_count(vm, "cell", 0, 1)?;
    Ok(PyCell::new(args.args.first().cloned().unwrap_or(Value::UNBOUND)).into_value())
}

fn this(v: &Value) -> &PyCell {
    v.downcast::<PyCell>().expect("the descriptor checked the type")
}

fn get_contents(vm: &Vm, v: &Value) -> PyResult<Value> {
    let c = this(v).get();
    if c.is_unbound() { Err(vm.value_error("cell is empty")) } else { Ok(c) }
}

fn set_contents(_vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(this(v).set(new.unwrap_or(Value::UNBOUND)));
    Ok(())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let c = this(v).get();
    let at = v.id();
    Ok(vm.str(&if c.is_unbound() {
        format!("<cell at {at:#x}: empty>")
    } else {
        format!("<cell at {at:#x}: {} object at {:#x}>", c.class().name(), c.id())
    }))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyCell>(), b.downcast::<PyCell>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (x, y) = (x.get(), y.get());
    if x.is_unbound() || y.is_unbound() {
        return Ok(Value::bool(op.test((!x.is_unbound()).cmp(&!y.is_unbound()))));
    }
    vm.compare(op, &x, &y)
}

static GETSET: &[GetSet] = &[GetSet { name: "cell_contents", doc: "", get: get_contents, set: Some(set_contents) }];

static DEF: TypeDef = TypeDef {
    name: "cell",
    layout: PyCell::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), repr: Some(repr), compare: Some(compare), ..Slots::EMPTY },
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `types.CellType`
pub static CELL: Type = Type::builtin(&DEF);
