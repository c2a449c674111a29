//! Bound methods.

use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, header};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of bound methods.
pub struct PyMethod {
    func: Value,
    this: Value,
}

impl PyMethod {
    /// `__func__`
    #[inline(always)]
    pub fn func(&self) -> &Value {
        &self.func
    }

    /// `__self__`
    #[inline(always)]
    pub fn this(&self) -> &Value {
        &self.this
    }
}

impl Payload for PyMethod {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyMethod>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func);
        visit(&self.this);
    }
}

/// `types.MethodType(func, this)`
pub fn bind(_vm: &Vm, func: Value, this: Value) -> Value {
    Ref::new(&METHOD, PyMethod { func, this }).into_value()
}

fn payload(v: &Value) -> &PyMethod {
    v.downcast::<PyMethod>().expect("slots are called on their own types")
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "method")?;
    args.check_count(vm, "method", 2, 2)?;
    if !vm.is_callable(&args.args[0]) {
        return Err(vm.type_error("first argument must be callable"));
    }
    if args.args[1].is_none() {
        return Err(vm.type_error("instance must not be None"));
    }
    Ok(header::new_object(class, PyMethod { func: args.args[0].clone(), this: args.args[1].clone() }))
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let m = payload(v);
    let (func, this) = (m.func.clone(), m.this.clone());
    match args.args {
        [] => vm.call_args(&func, CallArgs::pos(&[this])),
        [a] => vm.call_args(&func, CallArgs { args: &[this, a.clone()], names: args.names }),
        _ => {
            let all = args.prepend(this);
            vm.call_args(&func, CallArgs { args: &all, names: args.names })
        }
    }
}

/// Attributes of the type first, then those of the function.
fn getattr(vm: &Vm, v: &Value, name: &Str) -> PyResult<Value> {
    if let Some(d) = v.class().lookup(name) {
        let get = d.class().slots().descr_get;
        return match get {
            Some(get) => {
                let class = v.class().as_value();
                get(vm, &d, Some(v), Some(&class))
            }
            None => Ok(d),
        };
    }
    vm.get_attr(&payload(v).func, name)
}

fn get(_vm: &Vm, v: &Value, _obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    Ok(v.clone())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let m = payload(v);
    let n = vm.names();
    let named = match vm.get_attr_opt(&m.func, &n.__qualname__)? {
        Some(q) => Some(q),
        None => vm.get_attr_opt(&m.func, &n.__name__)?,
    };
    let name = match named.as_ref().and_then(|v| v.downcast::<PyStr>()) {
        Some(s) => s.to_lossy().into_owned(),
        None => "?".to_owned(),
    };
    Ok(vm.str(&format!("<bound method {name} of {}>", vm.repr(&m.this)?.to_lossy())))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyMethod>(), b.downcast::<PyMethod>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = x.this.is(&y.this) && vm.eq(&x.func, &y.func)?;
    Ok(super::object::equality(op, same))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let m = payload(v);
    let h = super::object::hash_identity(&m.this) ^ vm.hash(&m.func)?;
    Ok(if h == -1 { -2 } else { h })
}

fn get_func(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(payload(v).func.clone())
}

fn get_this(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(payload(v).this.clone())
}

fn get_doc(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.get_attr(&payload(v).func, &vm.names().__doc__)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = args.payload::<PyMethod>();
    let name = vm.get_attr(&m.func, &vm.names().__name__)?;
    let getattr = Value::or_none(vm.runtime().builtins.get_str(&vm.intern("getattr")));
    let inner = PyTuple::new(vec![m.this.clone(), name]).into_value();
    Ok(PyTuple::new(vec![getattr, inner]).into_value())
}

static METHODS: &[NativeDef] = &[native("__reduce__(self, /)", "Helper for pickle.", reduce)];

static DEF: TypeDef = TypeDef {
    name: "method",
    doc: "Create a bound instance method object.",
    layout: PyMethod::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        call: Some(call),
        getattr: Some(getattr),
        descr_get: Some(get),
        repr: Some(repr),
        compare: Some(compare),
        hash: Some(hash),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: &[
        GetSet { name: "__doc__", doc: "", get: get_doc, set: None },
        GetSet {
            name: "__func__",
            doc: "the function (or other callable) implementing a method",
            get: get_func,
            set: None,
        },
        GetSet { name: "__self__", doc: "the instance to which a method is bound", get: get_this, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `types.MethodType`
pub static METHOD: Type = Type::builtin(&DEF);
