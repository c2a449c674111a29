//! `types.GenericAlias`: `list[int]` and the like.

mod substitute;

use std::cell::RefCell;

pub(crate) use substitute::{collect_parameters, subs_parameters, type_repr};

use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, TypeObject, Value, header};
use crate::types::exception::{ATTRIBUTE_ERROR, TYPE_ERROR};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of generic aliases.
pub struct PyGenericAlias {
    origin: Value,
    args: Ref<PyTuple>,
    /// `__parameters__`, computed when first asked for.
    parameters: RefCell<Option<Ref<PyTuple>>>,
    /// Whether this is `*tuple[...]`.
    starred: bool,
}

impl Payload for PyGenericAlias {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyGenericAlias>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.origin);
        visit(self.args.as_value());
        if let Some(p) = &*self.parameters.borrow() {
            visit(p.as_value());
        }
    }
}

impl PyGenericAlias {
    /// `__origin__`
    pub fn origin(&self) -> &Value {
        &self.origin
    }

    /// `__args__`
    pub fn args(&self) -> &Ref<PyTuple> {
        &self.args
    }

    /// `__parameters__`
    pub fn parameters(&self, vm: &Vm) -> PyResult<Ref<PyTuple>> {
        if let Some(p) = &*self.parameters.borrow() {
            return Ok(p.clone());
        }
        let p = collect_parameters(vm, self.args.as_slice())?;
        *self.parameters.borrow_mut() = Some(p.clone());
        Ok(p)
    }
}

fn alias(class: &Type, origin: Value, item: &Value, starred: bool) -> Value {
    let args = match item.downcast_ref::<PyTuple>() {
        Some(t) => t,
        None => PyTuple::new(vec![item.clone()]),
    };
    header::new_object(class, PyGenericAlias { origin, args, parameters: RefCell::new(None), starred })
}

/// `origin[item]`
pub fn new(_vm: &Vm, origin: &Value, item: &Value) -> PyResult<Value> {
    Ok(alias(&GENERIC_ALIAS, origin.clone(), item, false))
}

/// The body of `__class_getitem__` of built-in types: `("__class_getitem__(cls, object, /)", "See PEP 585", …)`.
pub fn class_getitem_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    new(vm, args.this(), args.get(1))
}

fn this(v: &Value) -> &PyGenericAlias {
    v.downcast::<PyGenericAlias>().expect("slots are called on their own types")
}

fn create(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "GenericAlias")?;
    args.check_count(vm, "GenericAlias", 2, 2)?;
    Ok(alias(class, args.args[0].clone(), &args.args[1], false))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let a = this(v);
    vm.check_stack()?;
    let mut out = String::new();
    if a.starred {
        out.push('*');
    }
    out.push_str(&type_repr(vm, &a.origin)?);
    out.push('[');
    for (i, x) in a.args.as_slice().iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        match x.downcast::<crate::types::list::PyList>() {
            // The argument list of `Callable[[int], str]`.
            Some(l) => {
                let parts: Vec<String> = l.to_vec().iter().map(|y| type_repr(vm, y)).collect::<PyResult<_>>()?;
                out.push_str(&format!("[{}]", parts.join(", ")));
            }
            None => out.push_str(&type_repr(vm, x)?),
        }
    }
    if a.args.is_empty() {
        out.push_str("()");
    }
    out.push(']');
    Ok(vm.str(&out))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyGenericAlias>(), b.downcast::<PyGenericAlias>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = x.starred == y.starred && vm.eq(&x.origin, &y.origin)? && vm.eq(x.args.as_value(), y.args.as_value())?;
    Ok(super::object::equality(op, same))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let a = this(v);
    Ok(vm.hash(&a.origin)? ^ vm.hash(a.args.as_value())?)
}

/// Calls the origin; what comes out is told how it was called.
fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let made = vm.call_args(&this(v).origin, args)?;
    match vm.set_attr(&made, &vm.names().__orig_class__, v.clone()) {
        Err(e) if !e.is(&ATTRIBUTE_ERROR) && !e.is(&TYPE_ERROR) => Err(e),
        _ => Ok(made),
    }
}

/// Attributes that are the alias's own; all others are the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
];
/// Attributes that the alias refuses to take from the origin.
const BLOCKED: &[&str] = &["__bases__", "__copy__", "__deepcopy__"];

fn getattr(vm: &Vm, v: &Value, name: &Str) -> PyResult<Value> {
    let text = name.as_str().unwrap_or_default();
    if OWN.contains(&text) || BLOCKED.contains(&text) {
        return super::object::generic_getattr(vm, v, name);
    }
    if v.class().is_heap() && v.class().lookup(name).is_some() && super::object::OBJECT.lookup(name).is_none() {
        return super::object::generic_getattr(vm, v, name);
    }
    vm.get_attr(&this(v).origin, name)
}

fn getitem(vm: &Vm, v: &Value, item: &Value) -> PyResult<Value> {
    let a = this(v);
    let parameters = a.parameters(vm)?;
    let args = subs_parameters(vm, v, a.args.as_slice(), &parameters, item)?;
    Ok(alias(&GENERIC_ALIAS, a.origin.clone(), &args.into_value(), a.starred))
}

/// One item: the alias starred, for `*tuple[int]`.
fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    let a = this(v);
    let starred = alias(&GENERIC_ALIAS, a.origin.clone(), a.args.as_value(), true);
    vm.iter(PyTuple::new(vec![starred]).as_value())
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    super::union::or(vm, a, b)
}

fn mro_entries(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyTuple::new(vec![this(args.this()).origin.clone()]).into_value())
}

fn instancecheck(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclasscheck(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let a = this(v);
    if a.starred {
        let next = Value::or_none(vm.runtime().builtins.get_str(&vm.intern("next")));
        let plain = alias(&GENERIC_ALIAS, a.origin.clone(), a.args.as_value(), false);
        let it = vm.iter(&plain)?;
        return Ok(PyTuple::new(vec![next, PyTuple::new(vec![it]).into_value()]).into_value());
    }
    let inner = PyTuple::new(vec![a.origin.clone(), a.args.value()]).into_value();
    Ok(PyTuple::new(vec![v.class().as_value(), inner]).into_value())
}

fn dir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let names = vm.call_method_name(&this(args.this()).origin, &vm.names().__dir__, &[]);
    let mut out = match names {
        Ok(l) => vm.to_vec(&l)?,
        Err(_) => vm.to_vec(&vm.call_method_name(
            &super::type_::TYPE.as_value(),
            &vm.names().__dir__,
            std::slice::from_ref(&this(args.this()).origin),
        )?)?,
    };
    for n in OWN {
        let n = vm.intern(n).into_value();
        if !out.iter().any(|o| o.is(&n)) {
            out.push(n);
        }
    }
    Ok(crate::types::list::PyList::new(out).into_value())
}

fn get_origin(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).origin.clone())
}

fn get_args(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).args.value())
}

fn get_parameters(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).parameters(vm).map(Ref::into_value)
}

fn get_unpacked(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).starred))
}

fn get_tuple_args(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let a = this(v);
    let is_tuple = a.origin.downcast::<TypeObject>().is_some_and(|t| std::ptr::eq(t.object(), &super::tuple::TUPLE));
    Ok(if a.starred && is_tuple { a.args.value() } else { Value::NONE })
}

static METHODS: &[NativeDef] = &[
    native("__dir__(self, /)", "", dir),
    native("__instancecheck__(self, instance, /)", "", instancecheck),
    native("__mro_entries__(self, bases, /)", "", mro_entries),
    native("__reduce__(self, /)", "", reduce),
    native("__subclasscheck__(self, cls, /)", "", subclasscheck),
];

static DEF: TypeDef = TypeDef {
    name: "GenericAlias",
    module: "types",
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    layout: PyGenericAlias::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(create),
        repr: Some(repr),
        compare: Some(compare),
        hash: Some(hash),
        call: Some(call),
        getattr: Some(getattr),
        getitem: Some(getitem),
        iter: Some(iter),
        binary: Slots::ops(&[(BinOp::Or, or)]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: &[
        GetSet { name: "__args__", doc: "", get: get_args, set: None },
        GetSet { name: "__origin__", doc: "", get: get_origin, set: None },
        GetSet { name: "__parameters__", doc: "Type variables in the GenericAlias.", get: get_parameters, set: None },
        GetSet { name: "__typing_unpacked_tuple_args__", doc: "", get: get_tuple_args, set: None },
        GetSet { name: "__unpacked__", doc: "", get: get_unpacked, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `types.GenericAlias`
pub static GENERIC_ALIAS: Type = Type::builtin(&DEF);
