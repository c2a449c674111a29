//! Type parameters: `TypeVar`, `ParamSpec`, `TypeVarTuple`, and what belongs to them. Bounds, constraints and defaults of
//! parameters in brackets are evaluated when somebody asks for them (PEP 649, 695, 696).

mod alias;
mod generic;
mod methods;
mod param_spec;

use std::cell::RefCell;

pub use alias::{PyTypeAlias, TYPE_ALIAS, type_alias};
pub use generic::{GENERIC, subscript_generic};
pub use methods::{PARAM_SPEC, TYPE_VAR, TYPE_VAR_TUPLE};
pub use param_spec::{PARAM_SPEC_ARGS, PARAM_SPEC_KWARGS};

use crate::Str;
use crate::call::CallArgs;
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, header, instance};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// A value that is known, or will be when its evaluator is called with a format.
#[derive(Clone, Debug, Default)]
pub(super) struct Lazy {
    pub(super) value: RefCell<Option<Value>>,
    evaluator: RefCell<Option<Value>>,
}

impl Lazy {
    pub(super) fn known(v: Value) -> Lazy {
        Lazy { value: RefCell::new(Some(v)), evaluator: RefCell::new(None) }
    }

    pub(super) fn later(evaluator: Value) -> Lazy {
        Lazy { value: RefCell::new(None), evaluator: RefCell::new(Some(evaluator)) }
    }

    /// The value, evaluated if need be; `None` if there is neither value nor evaluator.
    pub(super) fn get(&self, vm: &Vm) -> PyResult<Option<Value>> {
        if let Some(v) = &*self.value.borrow() {
            return Ok(Some(v.clone()));
        }
        let Some(f) = self.evaluator.borrow().clone() else { return Ok(None) };
        // 1 is annotationlib.Format.VALUE.
        let v = vm.call(&f, &[Value::small(1)])?;
        *self.value.borrow_mut() = Some(v.clone());
        Ok(Some(v))
    }

    /// Something to call with a format; None if there is nothing to evaluate.
    pub(super) fn evaluator(&self) -> Value {
        if let Some(f) = &*self.evaluator.borrow() {
            return f.clone();
        }
        match &*self.value.borrow() {
            Some(v) => Ref::new(&CONST_EVALUATOR, PyConstEvaluator { value: v.clone() }).into_value(),
            None => Value::NONE,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.value.borrow().is_none() && self.evaluator.borrow().is_none()
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.value, &self.evaluator] {
            if let Some(v) = &*v.borrow() {
                visit(v);
            }
        }
    }

    fn clear(&self) {
        let old = (self.value.take(), self.evaluator.take());
        drop(old);
    }
}

/// Gives a value that is known already, in the format asked for.
struct PyConstEvaluator {
    value: Value,
}

impl Payload for PyConstEvaluator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyConstEvaluator>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.value);
    }
}

fn const_call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, "constevaluator.__call__", 1, 1)?;
    let value = &v.downcast::<PyConstEvaluator>().expect("slots are called on their own types").value;
    if vm.to_i64(&args.args[0])? != 4 {
        return Ok(value.clone());
    }
    // annotationlib.Format.STRING
    let text = match value.downcast::<PyTuple>() {
        Some(t) => {
            let parts: Vec<String> =
                t.as_slice().iter().map(|x| super::generic_alias::type_repr(vm, x)).collect::<PyResult<_>>()?;
            format!("({}{})", parts.join(", "), if parts.len() == 1 { "," } else { "" })
        }
        None => super::generic_alias::type_repr(vm, value)?,
    };
    Ok(vm.str(&text))
}

fn const_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let value = &v.downcast::<PyConstEvaluator>().expect("slots are called on their own types").value;
    Ok(vm.str(&format!("<constevaluator {}>", vm.repr(value)?.to_lossy())))
}

static CONST_EVALUATOR_DEF: TypeDef = TypeDef {
    name: "_ConstEvaluator",
    module: "_typing",
    layout: PyConstEvaluator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { call: Some(const_call), repr: Some(const_repr), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
/// The type of evaluators of known values.
pub static CONST_EVALUATOR: Type = Type::builtin(&CONST_EVALUATOR_DEF);

/// The payload of type parameters of any kind.
pub struct PyTypeParam {
    pub(super) name: Str,
    pub(super) bound: Lazy,
    pub(super) constraints: Lazy,
    pub(super) default: RefCell<Lazy>,
    pub(super) covariant: bool,
    pub(super) contravariant: bool,
    pub(super) infer_variance: bool,
}

impl Payload for PyTypeParam {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTypeParam>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.bound.trace(visit);
        self.constraints.trace(visit);
        self.default.borrow().trace(visit);
    }
    fn clear(&self) {
        self.bound.clear();
        self.constraints.clear();
        let old = self.default.take();
        drop(old);
    }
}

/// The module that called, for `__module__`.
fn caller(vm: &Vm) -> Option<Value> {
    vm.stack.current()?.func.globals.get_str(&vm.names().__name__)
}

fn finish(vm: &Vm, class: &Type, p: PyTypeParam) -> Value {
    let v = header::new_object(class, p);
    instance::set(&v, &vm.names().__module__, caller(vm).unwrap_or(Value::NONE));
    v
}

/// A parameter written in brackets: its variance is inferred.
fn inferred(vm: &Vm, class: &Type, name: &Value, bound: Lazy, constraints: Lazy) -> PyResult<Value> {
    let Some(name) = name.downcast_ref() else { return Err(vm.type_error("the name of a type parameter is a str")) };
    let p = PyTypeParam {
        name,
        bound,
        constraints,
        default: RefCell::new(Lazy::default()),
        covariant: false,
        contravariant: false,
        infer_variance: true,
    };
    Ok(finish(vm, class, p))
}

/// `T`, `T: bound` or `T: (constraints)` in brackets; bound and constraints are evaluators.
pub fn type_var(vm: &Vm, name: &Value, bound: Option<Value>, constraints: Option<Value>) -> PyResult<Value> {
    let lazy = |f: Option<Value>| f.map_or_else(Lazy::default, Lazy::later);
    inferred(vm, &TYPE_VAR, name, lazy(bound), lazy(constraints))
}

/// `**P` in brackets.
pub fn param_spec(vm: &Vm, name: &Value) -> PyResult<Value> {
    inferred(vm, &PARAM_SPEC, name, Lazy::default(), Lazy::default())
}

/// `*Ts` in brackets.
pub fn type_var_tuple(vm: &Vm, name: &Value) -> PyResult<Value> {
    inferred(vm, &TYPE_VAR_TUPLE, name, Lazy::default(), Lazy::default())
}

/// Gives a parameter in brackets its default's evaluator.
pub fn set_default(vm: &Vm, param: Value, evaluator: Value) -> PyResult<Value> {
    let Some(p) = param.downcast::<PyTypeParam>() else {
        return Err(vm.type_error(format!("'{}' object is no type parameter", param.class().name())));
    };
    let old = p.default.replace(Lazy::later(evaluator));
    drop(old);
    Ok(param)
}

/// A function of the library's `typing`, called.
pub(super) fn call_typing(vm: &Vm, name: &str, args: &[Value]) -> PyResult<Value> {
    let typing = crate::import::import_path(vm, "typing")?;
    let f = vm.get_attr_str(&typing, name)?;
    vm.call(&f, args)
}

/// The payload of `NoDefault`.
struct PyNoDefault;

impl Payload for PyNoDefault {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyNoDefault>();
        &L
    }
}

/// `typing.NoDefault`
pub fn no_default(vm: &Vm) -> Value {
    if let Some(v) = vm.runtime().slots.borrow().get("typing.NoDefault") {
        return v.clone();
    }
    let v = Ref::new(&NO_DEFAULT_TYPE, PyNoDefault).into_value();
    vm.runtime().slots.borrow_mut().insert("typing.NoDefault", v.clone());
    v
}

fn is_no_default(v: &Value) -> bool {
    v.has_layout::<PyNoDefault>()
}

static NO_DEFAULT_DEF: TypeDef = TypeDef {
    name: "NoDefaultType",
    module: "typing",
    doc: "The type of the NoDefault singleton.",
    layout: PyNoDefault::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(|vm, _, args| {
            if args.args.is_empty() {
                Ok(no_default(vm))
            } else {
                Err(vm.type_error("NoDefaultType takes no arguments"))
            }
        }),
        repr: Some(|vm, _| Ok(vm.str("typing.NoDefault"))),
        ..Slots::EMPTY
    },
    methods: &[crate::call::native("__reduce__(self, /)", "", |vm, _| Ok(vm.str("NoDefault")))],
    ..TypeDef::EMPTY
};
/// The type of `typing.NoDefault`.
pub static NO_DEFAULT_TYPE: Type = Type::builtin(&NO_DEFAULT_DEF);

/// The types of this folder, for readying.
pub(crate) static ALL: &[&Type] = &[
    &CONST_EVALUATOR,
    &GENERIC,
    &NO_DEFAULT_TYPE,
    &PARAM_SPEC,
    &PARAM_SPEC_ARGS,
    &PARAM_SPEC_KWARGS,
    &TYPE_ALIAS,
    &TYPE_VAR,
    &TYPE_VAR_TUPLE,
];

/// `a | b` where one of them is a type parameter or alias: text is taken as a forward reference.
pub(super) fn union_or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let convert = |v: &Value| -> PyResult<Value> {
        if v.has_layout::<crate::types::str::PyStr>() {
            call_typing(vm, "_type_convert", std::slice::from_ref(v))
        } else {
            Ok(v.clone())
        }
    };
    super::union::make(vm, &[convert(a)?, convert(b)?])
}

/// One item: `typing.Unpack[v]`, for `*v`.
pub(super) fn unpacked_iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    let typing = crate::import::import_path(vm, "typing")?;
    let unpack = vm.get_attr_str(&typing, "Unpack")?;
    let item = vm.get_item(&unpack, v)?;
    vm.iter(PyList::new(vec![item]).as_value())
}
