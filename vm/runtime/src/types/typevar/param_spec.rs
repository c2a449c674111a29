//! `P.args` and `P.kwargs` of a `ParamSpec`.

use crate::call::{Args, CallArgs, native};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, header};
use crate::vm::{PyResult, Vm};

/// The payload of both.
pub(super) struct PyParamPart {
    origin: Value,
}

impl Payload for PyParamPart {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyParamPart>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.origin);
    }
}

pub(super) fn get_args(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Ref::new(&PARAM_SPEC_ARGS, PyParamPart { origin: v.clone() }).into_value())
}

pub(super) fn get_kwargs(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Ref::new(&PARAM_SPEC_KWARGS, PyParamPart { origin: v.clone() }).into_value())
}

fn origin(v: &Value) -> &Value {
    &v.downcast::<PyParamPart>().expect("slots are called on their own types").origin
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, class.name(), 1, 1)?;
    Ok(header::new_object(class, PyParamPart { origin: args.args[0].clone() }))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let part = if v.class().is_subtype(&PARAM_SPEC_ARGS) { "args" } else { "kwargs" };
    let name = match vm.get_attr_opt(origin(v), &vm.names().__name__)? {
        Some(n) if origin(v).is_exact(&super::PARAM_SPEC) => vm.to_str(&n)?,
        _ => vm.repr(origin(v))?,
    };
    Ok(vm.str(&format!("{}.{part}", name.to_lossy())))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !std::ptr::eq(a.class(), b.class()) || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    vm.compare(op, origin(a), origin(b))
}

fn get_origin(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(origin(v).clone())
}

fn mro_entries(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error(format!("Cannot subclass an instance of {}", args.this().class().name())))
}

const SLOTS: Slots = Slots { new: Some(new), repr: Some(repr), compare: Some(compare), ..Slots::EMPTY };
static METHODS: &[crate::NativeDef] = &[native("__mro_entries__(self, bases, /)", "", mro_entries)];
static GETSET: &[GetSet] = &[GetSet { name: "__origin__", doc: "", get: get_origin, set: None }];

static ARGS_DEF: TypeDef = TypeDef {
    name: "ParamSpecArgs",
    module: "typing",
    doc: "The args for a ParamSpec object.",
    layout: PyParamPart::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: SLOTS,
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `typing.ParamSpecArgs`
pub static PARAM_SPEC_ARGS: Type = Type::builtin(&ARGS_DEF);

static KWARGS_DEF: TypeDef = TypeDef {
    name: "ParamSpecKwargs",
    module: "typing",
    doc: "The kwargs for a ParamSpec object.",
    layout: PyParamPart::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: SLOTS,
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `typing.ParamSpecKwargs`
pub static PARAM_SPEC_KWARGS: Type = Type::builtin(&KWARGS_DEF);
