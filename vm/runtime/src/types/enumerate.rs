//! `enumerate`.

use std::cell::RefCell;

use super::int;
use super::iterator::iter_self;
use crate::call::{Args, CallArgs, NativeDef, bind, native};
use crate::object::value::MAX_SMALL;
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `enumerate`.
pub struct PyEnumerate {
    it: Value,
    /// The next number, an int.
    index: RefCell<Value>,
}

impl Payload for PyEnumerate {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyEnumerate>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.it);
        visit(&self.index.borrow());
    }
}

impl PyEnumerate {
    /// The next number and item.
    #[inline]
    pub fn next_pair(&self, vm: &Vm) -> PyResult<Option<(Value, Value)>> {
        let Some(item) = vm.next(&self.it)? else { return Ok(None) };
        let index = self.index.borrow().clone();
        let next = match index.as_small() {
            Some(i) if i < MAX_SMALL => Value::small(i + 1),
            _ => int::from_big(int::to_big(&index) + 1u32),
        };
        drop(self.index.replace(next));
        Ok(Some((index, item)))
    }
}

static NEW: NativeDef = native("enumerate(iterable, start=0)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if args.positional().is_empty() && args.keyword("iterable").is_none() {
        return Err(vm.type_error("enumerate() missing required argument 'iterable'"));
    }
    let slots = bind(vm, &NEW, args)?;
    let index = match &slots[1] {
        v if v.is_unbound() => Value::small(0),
        v => vm.index(v)?,
    };
    let it = vm.iter(&slots[0])?;
    Ok(Ref::new(class, PyEnumerate { it, index: RefCell::new(index) }).into_value())
}

fn this(v: &Value) -> &PyEnumerate {
    v.downcast().expect("slots of enumerate see those")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(this(v).next_pair(vm)?.map(|(i, x)| PyTuple::from_slice(&[i, x]).into_value()))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let e = this(args.this());
    let index = e.index.borrow().clone();
    let state = PyTuple::new(vec![e.it.clone(), index]).into_value();
    Ok(PyTuple::new(vec![args.this().class().as_value(), state]).into_value())
}

static METHODS: &[NativeDef] = &[native("__reduce__(self, /)", "Return state information for pickling.", reduce)];

static DEF: TypeDef = TypeDef {
    name: "enumerate",
    doc: "enumerate(iterable, start=0)\n--\n\nReturn an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields \
          pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\n\
          enumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    layout: PyEnumerate::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: &[native(
        "__class_getitem__(cls, object, /)",
        "See PEP 585",
        crate::types::generic_alias::class_getitem_method,
    )],
    ..TypeDef::EMPTY
};
/// The type `enumerate`.
pub static ENUMERATE: Type = Type::builtin(&DEF);
