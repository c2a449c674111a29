//! `typing.Union`, which is `types.UnionType`: `int | str`.

use std::cell::RefCell;

use crate::call::{Args, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, TypeObject, Value};
use crate::types::generic_alias::{PyGenericAlias, collect_parameters, subs_parameters, type_repr};
use crate::types::singletons::NONE_TYPE;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of unions.
pub struct PyUnion {
    args: Ref<PyTuple>,
    parameters: RefCell<Option<Ref<PyTuple>>>,
}

impl Payload for PyUnion {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyUnion>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.args.as_value());
        if let Some(p) = &*self.parameters.borrow() {
            visit(p.as_value());
        }
    }
}

impl PyUnion {
    /// The members.
    pub fn args(&self) -> &Ref<PyTuple> {
        &self.args
    }

    fn check(&self, vm: &Vm, what: &str, test: impl Fn(&Value) -> PyResult<bool>) -> PyResult<bool> {
        for a in self.args.as_slice() {
            if a.has_layout::<PyGenericAlias>() {
                return Err(vm.type_error(format!("{what}() argument 2 cannot be a parameterized generic")));
            }
            if test(a)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `isinstance(v, union)`
    pub(crate) fn has_instance(&self, vm: &Vm, v: &Value) -> PyResult<bool> {
        self.check(vm, "isinstance", |a| vm.isinstance(v, a))
    }

    /// `issubclass(sub, union)`
    pub(crate) fn has_subclass(&self, vm: &Vm, sub: &Value) -> PyResult<bool> {
        self.check(vm, "issubclass", |a| vm.issubclass(sub, a))
    }

    fn parameters(&self, vm: &Vm) -> PyResult<Ref<PyTuple>> {
        if let Some(p) = &*self.parameters.borrow() {
            return Ok(p.clone());
        }
        let p = collect_parameters(vm, self.args.as_slice())?;
        *self.parameters.borrow_mut() = Some(p.clone());
        Ok(p)
    }
}

fn this(v: &Value) -> &PyUnion {
    v.downcast::<PyUnion>().expect("slots are called on their own types")
}

/// The union of these types: flattened, each once; a single one is itself.
pub fn make(vm: &Vm, items: &[Value]) -> PyResult<Value> {
    let mut out: Vec<Value> = Vec::new();
    for item in items {
        let none;
        let members = match item.downcast::<PyUnion>() {
            Some(u) => u.args.as_slice(),
            None if item.is_none() => {
                none = NONE_TYPE.as_value();
                std::slice::from_ref(&none)
            }
            None => std::slice::from_ref(item),
        };
        for m in members {
            let mut seen = false;
            for o in &out {
                if o.is(m) || (!(o.has_layout::<TypeObject>() && m.has_layout::<TypeObject>()) && vm.eq(o, m)?) {
                    seen = true;
                    break;
                }
            }
            if !seen {
                out.push(m.clone());
            }
        }
    }
    if out.len() == 1 {
        return Ok(out.remove(0));
    }
    Ok(Ref::new(&UNION, PyUnion { args: PyTuple::new(out), parameters: RefCell::new(None) }).into_value())
}

/// Whether `v` may stand in `X | Y`.
fn unionable(v: &Value) -> bool {
    v.is_none()
        || v.has_layout::<TypeObject>()
        || v.has_layout::<PyGenericAlias>()
        || v.has_layout::<PyUnion>()
        || v.class().name() == "TypeAliasType"
}

/// `a | b` of types.
pub fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if !unionable(a) || !unionable(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    make(vm, &[a.clone(), b.clone()])
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let mut parts = Vec::new();
    for a in this(v).args.as_slice() {
        parts.push(if a.is(&NONE_TYPE.as_value()) { "None".into() } else { type_repr(vm, a)? });
    }
    Ok(vm.str(&parts.join(" | ")))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    // Order does not matter for equality, so it must not for the hash.
    let mut h = 0x7_2F1A_i64;
    for a in this(v).args.as_slice() {
        h ^= vm.hash(a)?.wrapping_mul(0x9E37_79B9);
    }
    Ok(if h == -1 { -2 } else { h })
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyUnion>(), b.downcast::<PyUnion>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (p, q) = (x.args.as_slice(), y.args.as_slice());
    let mut same = p.len() == q.len();
    for v in p {
        let mut found = false;
        for w in q {
            if vm.eq(v, w)? {
                found = true;
                break;
            }
        }
        same &= found;
    }
    Ok(super::object::equality(op, same))
}

fn getitem(vm: &Vm, v: &Value, item: &Value) -> PyResult<Value> {
    let u = this(v);
    let args = subs_parameters(vm, v, u.args.as_slice(), &*u.parameters(vm)?, item)?;
    let mut it = args.as_slice().iter();
    let Some(mut made) = it.next().cloned() else { return make(vm, &[]) };
    for a in it {
        made = vm.binary_op(BinOp::Or, &made, a)?;
    }
    Ok(made)
}

fn instancecheck(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).has_instance(vm, args.get(1)).map(Value::bool)
}

fn subclasscheck(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if !args.get(1).has_layout::<TypeObject>() {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    this(args.this()).has_subclass(vm, args.get(1)).map(Value::bool)
}

fn mro_entries(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error(format!("Cannot subclass {}", vm.repr(args.this())?.to_lossy())))
}

/// `Union[int, str]`
fn class_getitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let key = args.get(1);
    let items = match key.downcast::<PyTuple>() {
        Some(t) if t.is_empty() => return Err(vm.type_error("Cannot take a Union of no types.")),
        Some(t) => t.as_slice().to_vec(),
        None => vec![key.clone()],
    };
    let mut out = Vec::with_capacity(items.len());
    for i in items {
        out.push(if i.has_layout::<PyStr>() {
            let typing = vm.runtime().modules.get_str(&vm.intern("typing"));
            match typing {
                Some(t) => vm.call_method(&t, "_type_convert", &[i])?,
                None => i,
            }
        } else {
            i
        });
    }
    make(vm, &out)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let operator = vm.runtime().modules.get_str(&vm.intern("operator"));
    let operator = match operator {
        Some(m) => m,
        None => {
            let import = Value::or_none(vm.runtime().builtins.get_str(&vm.names().__import__));
            vm.call(&import, &[vm.str("operator")])?
        }
    };
    let f = vm.get_attr_str(&operator, "getitem")?;
    let inner = PyTuple::new(vec![UNION.as_value(), this(args.this()).args.value()]).into_value();
    Ok(PyTuple::new(vec![f, inner]).into_value())
}

fn get_args(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).args.value())
}

fn get_parameters(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).parameters(vm).map(Ref::into_value)
}

fn get_origin(_vm: &Vm, _v: &Value) -> PyResult<Value> {
    Ok(UNION.as_value())
}

fn get_name(vm: &Vm, v: &Value) -> PyResult<Value> {
    let optional = this(v).args.len() == 2 && this(v).args.as_slice().iter().any(|a| a.is(&NONE_TYPE.as_value()));
    Ok(vm.str(if optional { "Optional" } else { "Union" }))
}

static METHODS: &[NativeDef] = &[
    native("__instancecheck__(self, instance, /)", "", instancecheck),
    native("__mro_entries__(self, bases, /)", "", mro_entries),
    native("__reduce__(self, /)", "", reduce),
    native("__subclasscheck__(self, cls, /)", "", subclasscheck),
];

static DEF: TypeDef = TypeDef {
    name: "Union",
    module: "typing",
    doc: "Represent a union type\n\nE.g. for int | str",
    layout: PyUnion::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | TypeFlags::WEAKREFS,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        getitem: Some(getitem),
        binary: Slots::ops(&[(BinOp::Or, or)]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: &[native("__class_getitem__(cls, object, /)", "", class_getitem)],
    getset: &[
        GetSet { name: "__args__", doc: "", get: get_args, set: None },
        GetSet { name: "__name__", doc: "Name of the type", get: get_name, set: None },
        GetSet { name: "__origin__", doc: "Always returns the type", get: get_origin, set: None },
        GetSet {
            name: "__parameters__",
            doc: "Type variables in the types.UnionType.",
            get: get_parameters,
            set: None,
        },
        GetSet { name: "__qualname__", doc: "Qualified name of the type", get: get_name, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `types.UnionType`
pub static UNION: Type = Type::builtin(&DEF);
