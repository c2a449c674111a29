//! `filter`.

use super::bool_::BOOL;
use super::iterator::iter_self;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `filter`.
pub struct PyFilter {
    function: Value,
    it: Value,
}

impl Payload for PyFilter {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFilter>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.function);
        visit(&self.it);
    }
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if std::ptr::eq(class, &FILTER) {
        args.no_keywords(vm, "filter")?;
    }
    args.check_count(vm, "filter", 2, 2)?;
    let a = args.positional();
    let it = vm.iter(&a[1])?;
    Ok(Ref::new(class, PyFilter { function: a[0].clone(), it }).into_value())
}

fn this(v: &Value) -> &PyFilter {
    v.downcast().expect("slots of filter see those")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let f = this(v);
    let plain = f.function.is_none() || f.function.is(&BOOL.as_value());
    while let Some(x) = vm.next(&f.it)? {
        let good = if plain {
            vm.is_true(&x)?
        } else {
            let r = vm.call(&f.function, std::slice::from_ref(&x))?;
            vm.is_true(&r)?
        };
        if good {
            return Ok(Some(x));
        }
    }
    Ok(None)
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let f = this(args.this());
    let state = PyTuple::new(vec![f.function.clone(), f.it.clone()]).into_value();
    Ok(PyTuple::new(vec![args.this().class().as_value(), state]).into_value())
}

static METHODS: &[NativeDef] = &[native("__reduce__(self, /)", "Return state information for pickling.", reduce)];

static DEF: TypeDef = TypeDef {
    name: "filter",
    doc: "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, \
          return the items that are true.",
    layout: PyFilter::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `filter`.
pub static FILTER: Type = Type::builtin(&DEF);
