//! `builtin_function_or_method`: a native function as an object, alone or bound to its `self`.

use crate::Str;
use crate::call::{CallArgs, NativeDef};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Ref, Type, TypeDef, TypeFlags, Value};
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// The payload of native functions.
pub struct PyNativeFunction {
    pub def: &'static NativeDef,
    /// What is put in front of the arguments: `self` of a bound method.
    pub this: Option<Value>,
    /// The module object of a plain function (its `__self__`), the class or None else.
    pub owner: Value,
    /// `__module__`: the module's name, or None.
    pub module: Value,
}

impl Payload for PyNativeFunction {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyNativeFunction>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(t) = &self.this {
            visit(t);
        }
        visit(&self.owner);
        visit(&self.module);
    }
}

impl PyNativeFunction {
    /// A function of a module.
    pub fn of_module(def: &'static NativeDef, owner: Value, module: Value) -> Value {
        Ref::new(&NATIVE_FUNCTION, PyNativeFunction { def, this: None, owner, module }).into_value()
    }

    /// A method bound to `this`.
    pub fn bound(def: &'static NativeDef, this: Value) -> Value {
        let f = PyNativeFunction { def, this: Some(this), owner: Value::NONE, module: Value::NONE };
        Ref::new(&NATIVE_FUNCTION, f).into_value()
    }

    /// A function that belongs to nothing.
    pub fn free(def: &'static NativeDef) -> Value {
        PyNativeFunction::of_module(def, Value::NONE, Value::NONE)
    }

    /// Calls it.
    #[inline]
    pub fn invoke(&self, vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
        match &self.this {
            None => self.def.invoke(vm, args),
            Some(this) => {
                let all = args.prepend(this.clone());
                self.def.invoke(vm, CallArgs { args: &all, names: args.names })
            }
        }
    }

    /// Whether `v` is the native function declared by `def`.
    pub fn is(v: &Value, def: &'static NativeDef) -> bool {
        v.downcast_exact::<PyNativeFunction>(&NATIVE_FUNCTION).is_some_and(|f| std::ptr::eq(f.def, def))
    }
}

fn this(v: &Value) -> &PyNativeFunction {
    v.downcast::<PyNativeFunction>().expect("slots of a type see its instances")
}

fn call(vm: &Vm, f: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    this(f).invoke(vm, args)
}

fn repr(vm: &Vm, f: &Value) -> PyResult<Value> {
    let n = this(f);
    Ok(match &n.this {
        Some(t) => {
            vm.str(&format!("<built-in method {} of {} object at {:#x}>", n.def.name(), t.class().name(), t.id()))
        }
        None => vm.str(&format!("<built-in function {}>", n.def.name())),
    })
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyNativeFunction>(), b.downcast::<PyNativeFunction>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same_this = match (&x.this, &y.this) {
        (None, None) => true,
        (Some(p), Some(q)) => p.is(q),
        _ => false,
    };
    let same = std::ptr::eq(x.def, y.def) && same_this;
    match op {
        CmpOp::Eq => Ok(Value::bool(same)),
        CmpOp::Ne => Ok(Value::bool(!same)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn hash(_vm: &Vm, f: &Value) -> PyResult<i64> {
    let n = this(f);
    let t = n.this.as_ref().map_or(0, |t| t.id() as i64 >> 4);
    Ok((std::ptr::from_ref(n.def) as i64 ^ t).max(0))
}

fn name(vm: &Vm, f: &Value) -> PyResult<Value> {
    Ok(vm.intern(this(f).def.name()).into_value())
}

fn qualname(vm: &Vm, f: &Value) -> PyResult<Value> {
    let n = this(f);
    Ok(match &n.this {
        Some(t) => {
            let class = t.downcast::<crate::object::TypeObject>().map_or(t.class().name(), |t| t.name());
            vm.str(&format!("{class}.{}", n.def.name()))
        }
        None => vm.intern(n.def.name()).into_value(),
    })
}

fn get_module(_vm: &Vm, f: &Value) -> PyResult<Value> {
    Ok(this(f).module.clone())
}

fn get_self(_vm: &Vm, f: &Value) -> PyResult<Value> {
    let n = this(f);
    Ok(n.this.clone().unwrap_or_else(|| n.owner.clone()))
}

/// `__doc__` of a declaration.
pub fn doc_of(vm: &Vm, def: &NativeDef) -> Value {
    if def.doc.is_empty() { Value::NONE } else { vm.str(def.doc) }
}

fn doc(vm: &Vm, f: &Value) -> PyResult<Value> {
    Ok(doc_of(vm, this(f).def))
}

/// `__text_signature__` of a declaration: its `self` marked with `$`, as `inspect` wants it.
pub fn text_signature(vm: &Vm, def: &NativeDef) -> Value {
    let p = def.sig.params();
    match p.strip_prefix("(self").or_else(|| p.strip_prefix("(cls")) {
        Some(_) if def.sig.has_self() => vm.str(&format!("(${}", &p[1..])),
        _ => vm.str(p),
    }
}

fn signature(vm: &Vm, f: &Value) -> PyResult<Value> {
    Ok(text_signature(vm, this(f).def))
}

fn reduce(vm: &Vm, args: crate::Args<'_>) -> PyResult<Value> {
    let n = args.payload::<PyNativeFunction>();
    let name = vm.intern(n.def.name()).into_value();
    match &n.this {
        None => Ok(name),
        Some(t) => {
            let getattr = vm.runtime().builtins.get_text("getattr").unwrap_or(Value::NONE);
            let pair = crate::types::tuple::PyTuple::new(vec![t.clone(), name]);
            Ok(crate::types::tuple::PyTuple::new(vec![getattr, pair.into_value()]).into_value())
        }
    }
}

static METHODS: &[NativeDef] = &[crate::native("__reduce__(self, /)", "Helper for pickle.", reduce)];

static GETSET: &[GetSet] = &[
    GetSet { name: "__doc__", doc: "", get: doc, set: None },
    GetSet { name: "__module__", doc: "", get: get_module, set: None },
    GetSet { name: "__name__", doc: "", get: name, set: None },
    GetSet { name: "__qualname__", doc: "", get: qualname, set: None },
    GetSet { name: "__self__", doc: "", get: get_self, set: None },
    GetSet { name: "__text_signature__", doc: "", get: signature, set: None },
];

static DEF: TypeDef = TypeDef {
    name: "builtin_function_or_method",
    layout: PyNativeFunction::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | TypeFlags::WEAKREFS,
    slots: crate::object::Slots {
        call: Some(call),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        ..crate::object::Slots::EMPTY
    },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `types.BuiltinFunctionType`
pub static NATIVE_FUNCTION: Type = Type::builtin(&DEF);

/// The name of a native function, for messages.
pub fn name_of(v: &Value) -> Option<Str> {
    Some(PyStr::intern(v.downcast::<PyNativeFunction>()?.def.name().as_bytes()))
}

/// Whether `v` is the built-in function `print`, for a hint in an error.
pub fn is_print(v: &Value) -> bool {
    v.downcast::<PyNativeFunction>().is_some_and(|f| f.def.name() == "print")
}
