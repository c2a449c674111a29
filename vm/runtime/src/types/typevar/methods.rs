//! Constructors, attributes and substitution of `TypeVar`, `ParamSpec` and `TypeVarTuple`.

use std::cell::RefCell;

use super::{Lazy, PyTypeParam, call_typing, finish, is_no_default, no_default, union_or, unpacked_iter};
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{BinOp, Payload, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn this(v: &Value) -> &PyTypeParam {
    v.downcast::<PyTypeParam>().expect("slots are called on their own types")
}

/// What the keyword arguments of a constructor say.
struct Options {
    bound: Lazy,
    default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

/// Reads bound, default, covariant, contravariant, infer_variance from these slots of bound arguments.
fn options(vm: &Vm, args: Args<'_>, first: usize) -> PyResult<Options> {
    let flag = |i: usize| args.opt_bool(vm, first + i, false);
    let (covariant, contravariant, infer_variance) = (flag(2)?, flag(3)?, flag(4)?);
    if covariant && contravariant {
        return Err(vm.value_error("Bivariant types are not supported."));
    }
    if infer_variance && (covariant || contravariant) {
        return Err(vm.value_error("Variance cannot be specified with infer_variance."));
    }
    let bound = match args.opt_not_none(first) {
        Some(b) => Lazy::known(call_typing(vm, "_type_check", &[b.clone(), vm.str("Bound must be a type.")])?),
        None => Lazy::default(),
    };
    let default = match args.opt(first + 1) {
        Some(d) if !is_no_default(d) => Lazy::known(d.clone()),
        _ => Lazy::default(),
    };
    Ok(Options { bound, default, covariant, contravariant, infer_variance })
}

fn make(vm: &Vm, class: &Type, args: Args<'_>, o: Options, constraints: Lazy) -> PyResult<Value> {
    let p = PyTypeParam {
        name: args.str(vm, 0)?,
        bound: o.bound,
        constraints,
        default: RefCell::new(o.default),
        covariant: o.covariant,
        contravariant: o.contravariant,
        infer_variance: o.infer_variance,
    };
    Ok(finish(vm, class, p))
}

fn type_var_new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef = native(
        "typevar(name, *constraints, bound=None, default=None, covariant=False, contravariant=False, infer_variance=False)",
        "",
        |vm, args| {
            let o = options(vm, args, 2)?;
            let constraints = args.rest(1);
            let lazy = match constraints {
                [] => Lazy::default(),
                [_] => return Err(vm.type_error("A single constraint is not allowed")),
                _ if !o.bound.is_empty() => {
                    return Err(vm.type_error("Constraints cannot be combined with bound=..."));
                }
                _ => {
                    let message = vm.str("TypeVar(name, constraint, ...): constraints must be types.");
                    let checked = constraints
                        .iter()
                        .map(|c| call_typing(vm, "_type_check", &[c.clone(), message.clone()]))
                        .collect::<PyResult<Vec<_>>>()?;
                    Lazy::known(PyTuple::new(checked).into_value())
                }
            };
            make(vm, &TYPE_VAR, args, o, lazy)
        },
    );
    NEW.invoke(vm, args)
}

fn param_spec_new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef = native(
        "paramspec(name, *, bound=None, default=None, covariant=False, contravariant=False, infer_variance=False)",
        "",
        |vm, args| {
            let o = options(vm, args, 1)?;
            make(vm, &PARAM_SPEC, args, o, Lazy::default())
        },
    );
    NEW.invoke(vm, args)
}

fn type_var_tuple_new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef = native("typevartuple(name, *, default=None)", "", |vm, args| {
        let default = match args.opt(1) {
            Some(d) if !is_no_default(d) => Lazy::known(d.clone()),
            _ => Lazy::default(),
        };
        let o =
            Options { bound: Lazy::default(), default, covariant: false, contravariant: false, infer_variance: true };
        make(vm, &TYPE_VAR_TUPLE, args, o, Lazy::default())
    });
    NEW.invoke(vm, args)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let p = this(v);
    let sign = if p.infer_variance {
        ""
    } else if p.covariant {
        "+"
    } else if p.contravariant {
        "-"
    } else {
        "~"
    };
    Ok(vm.str(&format!("{sign}{}", p.name.to_lossy())))
}

fn get_name(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).name.value())
}

fn get_bound(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(this(v).bound.get(vm)?))
}

fn get_constraints(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).constraints.get(vm)?.unwrap_or_else(|| PyTuple::new(Vec::new()).into_value()))
}

fn default_of(vm: &Vm, v: &Value) -> PyResult<Value> {
    // The evaluator runs outside of the borrow; both hold the same cells' content.
    let lazy = this(v).default.borrow().clone();
    let Some(d) = lazy.get(vm)? else { return Ok(no_default(vm)) };
    *this(v).default.borrow().value.borrow_mut() = Some(d.clone());
    Ok(d)
}

fn get_evaluate_bound(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).bound.evaluator())
}

fn get_evaluate_constraints(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).constraints.evaluator())
}

fn get_evaluate_default(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).default.borrow().evaluator())
}

fn get_covariant(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).covariant))
}

fn get_contravariant(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).contravariant))
}

fn get_infer_variance(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).infer_variance))
}

fn has_default(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(!args.payload::<PyTypeParam>().default.borrow().is_empty()))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.payload::<PyTypeParam>().name.value())
}

fn mro_entries(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error(format!("Cannot subclass an instance of {}", args.this().class().name())))
}

fn type_var_subst(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    call_typing(vm, "_typevar_subst", &[args.this().clone(), args.get(1).clone()])
}

/// Adds the default where the arguments do not reach this parameter.
fn type_var_prepare(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (v, alias, given) = (args.this(), args.get(1), args.get(2));
    let parameters = vm.to_vec(&vm.get_attr(alias, &vm.names().__parameters__)?)?;
    let index = parameters.iter().position(|p| p.is(v)).unwrap_or(0);
    let mut items = vm.to_vec(given)?;
    if items.len() > index {
        return Ok(given.clone());
    }
    let default = default_of(vm, v)?;
    if is_no_default(&default) {
        return Err(vm.type_error(format!("Too few arguments for {}", vm.to_str(alias)?.to_lossy())));
    }
    items.push(default);
    Ok(PyTuple::new(items).into_value())
}

fn param_spec_subst(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    call_typing(vm, "_paramspec_subst", &[args.this().clone(), args.get(1).clone()])
}

fn param_spec_prepare(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    call_typing(vm, "_paramspec_prepare_subst", &[args.this().clone(), args.get(1).clone(), args.get(2).clone()])
}

fn tuple_subst(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error("Substitution of bare TypeVarTuple is not supported"))
}

fn tuple_prepare(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    call_typing(vm, "_typevartuple_prepare_subst", &[args.this().clone(), args.get(1).clone(), args.get(2).clone()])
}

macro_rules! row {
    ($name:literal, $get:expr) => {
        GetSet { name: $name, doc: "", get: $get, set: None }
    };
}

const FLAGS: u32 = TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS;
const SLOTS: Slots = Slots { repr: Some(repr), binary: Slots::ops(&[(BinOp::Or, union_or)]), ..Slots::EMPTY };

static TYPE_VAR_DEF: TypeDef = TypeDef {
    name: "TypeVar",
    module: "typing",
    doc: "Type variable.\n\nThe preferred way to construct a type variable is via the dedicated\nsyntax for generic functions, classes, and type aliases.",
    layout: PyTypeParam::layout,
    flags: FLAGS,
    slots: Slots { new: Some(type_var_new), ..SLOTS },
    methods: &[
        native("__mro_entries__(self, bases, /)", "", mro_entries),
        native("__reduce__(self, /)", "", reduce),
        native("__typing_prepare_subst__(self, alias, args, /)", "", type_var_prepare),
        native("__typing_subst__(self, arg, /)", "", type_var_subst),
        native("has_default(self, /)", "", has_default),
    ],
    getset: &[
        row!("__bound__", get_bound),
        row!("__constraints__", get_constraints),
        row!("__contravariant__", get_contravariant),
        row!("__covariant__", get_covariant),
        row!("__default__", default_of),
        row!("__infer_variance__", get_infer_variance),
        row!("__name__", get_name),
        row!("evaluate_bound", get_evaluate_bound),
        row!("evaluate_constraints", get_evaluate_constraints),
        row!("evaluate_default", get_evaluate_default),
    ],
    ..TypeDef::EMPTY
};
/// `typing.TypeVar`
pub static TYPE_VAR: Type = Type::builtin(&TYPE_VAR_DEF);

static PARAM_SPEC_DEF: TypeDef = TypeDef {
    name: "ParamSpec",
    module: "typing",
    doc: "Parameter specification variable.",
    layout: PyTypeParam::layout,
    flags: FLAGS,
    slots: Slots { new: Some(param_spec_new), ..SLOTS },
    methods: &[
        native("__mro_entries__(self, bases, /)", "", mro_entries),
        native("__reduce__(self, /)", "", reduce),
        native("__typing_prepare_subst__(self, alias, args, /)", "", param_spec_prepare),
        native("__typing_subst__(self, arg, /)", "", param_spec_subst),
        native("has_default(self, /)", "", has_default),
    ],
    getset: &[
        row!("__bound__", get_bound),
        row!("__contravariant__", get_contravariant),
        row!("__covariant__", get_covariant),
        row!("__default__", default_of),
        row!("__infer_variance__", get_infer_variance),
        row!("__name__", get_name),
        row!("args", super::param_spec::get_args),
        row!("evaluate_default", get_evaluate_default),
        row!("kwargs", super::param_spec::get_kwargs),
    ],
    ..TypeDef::EMPTY
};
/// `typing.ParamSpec`
pub static PARAM_SPEC: Type = Type::builtin(&PARAM_SPEC_DEF);

static TUPLE_DEF: TypeDef = TypeDef {
    name: "TypeVarTuple",
    module: "typing",
    doc: "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.",
    layout: PyTypeParam::layout,
    flags: FLAGS,
    slots: Slots { new: Some(type_var_tuple_new), iter: Some(unpacked_iter), repr: Some(repr), ..Slots::EMPTY },
    methods: &[
        native("__mro_entries__(self, bases, /)", "", mro_entries),
        native("__reduce__(self, /)", "", reduce),
        native("__typing_prepare_subst__(self, alias, args, /)", "", tuple_prepare),
        native("__typing_subst__(self, arg, /)", "", tuple_subst),
        native("has_default(self, /)", "", has_default),
    ],
    getset: &[
        row!("__default__", default_of),
        row!("__name__", get_name),
        row!("evaluate_default", get_evaluate_default),
    ],
    ..TypeDef::EMPTY
};
/// `typing.TypeVarTuple`
pub static TYPE_VAR_TUPLE: Type = Type::builtin(&TUPLE_DEF);
