//! `TypeAliasType`: what the `type` statement makes.

use super::{Lazy, caller, union_or, unpacked_iter};
use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{BinOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of type aliases.
pub struct PyTypeAlias {
    name: Str,
    value: Lazy,
    params: Option<Ref<PyTuple>>,
    module: Value,
}

impl Payload for PyTypeAlias {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTypeAlias>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.value.trace(visit);
        if let Some(p) = &self.params {
            visit(p.as_value());
        }
        visit(&self.module);
    }
    fn clear(&self) {
        self.value.clear();
    }
}

/// What `type name[params] = …` makes: `head` is the name, or a pair of name and parameters.
pub fn type_alias(vm: &Vm, head: &Value, evaluator: Value) -> PyResult<Value> {
    let (name, params) = match head.downcast::<PyTuple>().map(PyTuple::as_slice) {
        Some([name, params]) => (name.clone(), params.downcast_ref::<PyTuple>()),
        _ => (head.clone(), None),
    };
    let Some(name) = name.downcast_ref() else { return Err(vm.type_error("the name of a type alias is a str")) };
    let module = caller(vm).unwrap_or(Value::NONE);
    let a = PyTypeAlias { name, value: Lazy::later(evaluator), params, module };
    Ok(Ref::new(&TYPE_ALIAS, a).into_value())
}

fn this(v: &Value) -> &PyTypeAlias {
    v.downcast::<PyTypeAlias>().expect("slots are called on their own types")
}

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef = native("typealias(name, value, *, type_params=())", "", |vm, args| {
        let name = args.str(vm, 0)?;
        let params = match args.opt(2) {
            None => None,
            Some(p) => match p.downcast_ref::<PyTuple>() {
                Some(t) => Some(t),
                None => return Err(vm.type_error("type_params must be a tuple")),
            },
        };
        check_params(vm, params.as_ref())?;
        let module = caller(vm).unwrap_or(Value::NONE);
        let params = params.filter(|p| !p.is_empty());
        let a = PyTypeAlias { name, value: Lazy::known(args.get(1).clone()), params, module };
        Ok(Ref::new(&TYPE_ALIAS, a).into_value())
    });
    NEW.invoke(vm, args)
}

/// Parameters with a default come last.
fn check_params(vm: &Vm, params: Option<&Ref<PyTuple>>) -> PyResult<()> {
    let mut seen_default = false;
    for p in params.map(|p| p.as_slice()).unwrap_or_default() {
        let is_param = [&super::TYPE_VAR, &super::PARAM_SPEC, &super::TYPE_VAR_TUPLE].iter().any(|t| p.is_exact(t));
        if !is_param && vm.get_attr_opt(p, &vm.names().__typing_subst__)?.is_none() {
            return Err(vm.type_error(format!("Expected a type param, got {}", vm.repr(p)?.to_lossy())));
        }
        let has = match vm.get_attr_opt(p, &vm.intern("has_default"))? {
            Some(f) => vm.is_true(&vm.call0(&f)?)?,
            None => false,
        };
        if !has && seen_default {
            return Err(vm.type_error(format!(
                "non-default type parameter '{}' follows default type parameter",
                vm.repr(p)?.to_lossy()
            )));
        }
        seen_default |= has;
    }
    Ok(())
}

fn repr(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).name.value())
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    if this(v).params.is_none() {
        return Err(vm.type_error("Only generic type aliases are subscriptable"));
    }
    crate::types::generic_alias::new(vm, v, key)
}

fn get_name(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).name.value())
}

fn get_value(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(this(v).value.get(vm)?))
}

fn get_evaluate(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).value.evaluator())
}

fn get_module(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).module.clone())
}

fn get_type_params(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(match &this(v).params {
        Some(p) => p.value(),
        None => PyTuple::new(Vec::new()).into_value(),
    })
}

/// The type parameters, variadic ones unpacked.
fn get_parameters(vm: &Vm, v: &Value) -> PyResult<Value> {
    let mut out = Vec::new();
    for p in this(v).params.as_ref().map(|p| p.as_slice()).unwrap_or_default() {
        if p.is_exact(&super::TYPE_VAR_TUPLE) {
            out.extend(vm.to_vec(&vm.iter(p)?)?);
        } else {
            out.push(p.clone());
        }
    }
    Ok(PyTuple::new(out).into_value())
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.payload::<PyTypeAlias>().name.value())
}

static DEF: TypeDef = TypeDef {
    name: "TypeAliasType",
    module: "typing",
    doc: "Type alias.\n\nType aliases are created through the type statement.",
    layout: PyTypeAlias::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        getitem: Some(getitem),
        iter: Some(unpacked_iter),
        binary: Slots::ops(&[(BinOp::Or, union_or)]),
        ..Slots::EMPTY
    },
    methods: &[native("__reduce__(self, /)", "", reduce)],
    getset: &[
        GetSet { name: "__module__", doc: "", get: get_module, set: None },
        GetSet { name: "__name__", doc: "", get: get_name, set: None },
        GetSet { name: "__parameters__", doc: "", get: get_parameters, set: None },
        GetSet { name: "__type_params__", doc: "", get: get_type_params, set: None },
        GetSet { name: "__value__", doc: "", get: get_value, set: None },
        GetSet { name: "evaluate_value", doc: "", get: get_evaluate, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `typing.TypeAliasType`
pub static TYPE_ALIAS: Type = Type::builtin(&DEF);
