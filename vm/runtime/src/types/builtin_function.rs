//! Native functions as objects: module functions, bound native methods, and `__new__` of native types.

use crate::call::{Args, CallArgs, NativeDef, native, raw};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, TypeObject, Value};
use crate::types::module;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// What a native function's `this` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A plain function; `this` is its module or None, and no argument.
    Function,
    /// A bound method: `this` is the first argument.
    Method,
    /// `__new__` of the native type `this`.
    New,
}

/// The payload of native functions.
pub struct PyBuiltin {
    pub def: &'static NativeDef,
    pub kind: Kind,
    /// `__self__`
    pub this: Value,
    /// `__module__`
    pub module: Value,
}

impl Payload for PyBuiltin {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyBuiltin>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.this);
        visit(&self.module);
    }
}

impl PyBuiltin {
    /// A function of a module: `this` is the module object (or None), `module` its name.
    pub fn function(def: &'static NativeDef, this: Value, module: Value) -> Value {
        Ref::new(&BUILTIN_FUNCTION, PyBuiltin { def, kind: Kind::Function, this, module }).into_value()
    }

    /// A native method bound to `this`.
    #[inline]
    pub fn method(def: &'static NativeDef, this: Value) -> Value {
        Ref::new(&BUILTIN_FUNCTION, PyBuiltin { def, kind: Kind::Method, this, module: Value::NONE }).into_value()
    }

    /// `owner.__new__`
    pub(crate) fn new_of(owner: &Type) -> Value {
        let b = PyBuiltin { def: &NEW, kind: Kind::New, this: owner.as_value(), module: Value::NONE };
        Ref::new(&BUILTIN_FUNCTION, b).into_value()
    }

    /// Calls the function.
    #[inline]
    pub fn call(&self, vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
        match self.kind {
            Kind::Function => self.def.invoke(vm, args),
            Kind::Method => match args.args {
                [] => self.def.invoke(vm, CallArgs::pos(std::slice::from_ref(&self.this))),
                [a] => self.def.invoke(vm, CallArgs { args: &[self.this.clone(), a.clone()], names: args.names }),
                _ => {
                    let all = args.prepend(self.this.clone());
                    self.def.invoke(vm, CallArgs { args: &all, names: args.names })
                }
            },
            Kind::New => call_new(vm, &self.this, args),
        }
    }
}

/// The signature with `$` in front of `self`, as `inspect` wants it.
pub(crate) fn text_signature(def: &NativeDef) -> String {
    let p = def.sig.params();
    if let Some(rest) = p.strip_prefix("(self") {
        format!("($self{rest}")
    } else if let Some(rest) = p.strip_prefix("(cls") {
        format!("($type{rest}")
    } else if p == "()" {
        "($module)".into()
    } else {
        format!("($module, {}", &p[1..])
    }
}

/// The native type whose `__new__` this is.
pub(crate) fn owner_of_new(v: &Value) -> Option<&Type> {
    let b = v.downcast::<PyBuiltin>().filter(|b| b.kind == Kind::New)?;
    b.this.downcast::<TypeObject>().map(TypeObject::object)
}

static NEW: NativeDef = raw(
    "__new__(*args, **kwargs)",
    "Create and return a new object.  See help(type) for accurate signature.",
    |vm, _| Err(vm.type_error("__new__ needs its type")),
);

/// `owner.__new__(class, …)` with CPython's checks.
fn call_new(vm: &Vm, owner: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let owner = owner.downcast::<TypeObject>().expect("made by new_of").object();
    let name = owner.name();
    let Some(class) = args.positional().first() else {
        return Err(vm.type_error(format!("{name}.__new__(): not enough arguments")));
    };
    let Some(class) = class.downcast::<TypeObject>().map(TypeObject::object) else {
        return Err(vm.type_error(format!(
            "{name}.__new__(X): X is not a type object ({})",
            class.class().name()
        )));
    };
    if !class.is_subtype(owner) {
        let c = class.name();
        return Err(vm.type_error(format!("{name}.__new__({c}): {c} is not a subtype of {name}")));
    }
    let native = class.mro().iter().find(|t| !t.is_heap()).cloned();
    let (mine, theirs) = (owner.slots().new, native.as_ref().and_then(|t| t.slots().new));
    let same = match (mine, theirs) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        _ => false,
    };
    if !same && let Some(native) = native {
        return Err(vm.type_error(format!(
            "{name}.__new__({}) is not safe, use {}.__new__()",
            class.name(),
            native.name()
        )));
    }
    match mine {
        Some(f) => f(vm, class, args.skip_first()),
        None => Err(vm.type_error(format!("cannot create '{}' instances", class.name()))),
    }
}

fn this(v: &Value) -> &PyBuiltin {
    v.downcast::<PyBuiltin>().expect("slots are called on their own types")
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    this(v).call(vm, args)
}

fn belongs_to_object(b: &PyBuiltin) -> bool {
    b.kind != Kind::Function || !(b.this.is_none() || module::is_module(&b.this))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let b = this(v);
    let name = b.def.name();
    if !belongs_to_object(b) {
        return Ok(vm.str(&format!("<built-in function {name}>")));
    }
    let (class, id) = (b.this.class().name(), b.this.id());
    Ok(vm.str(&format!("<built-in method {name} of {class} object at {id:#x}>")))
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyBuiltin>(), b.downcast::<PyBuiltin>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = a.is(b) || (x.kind != Kind::Function && x.this.is(&y.this) && std::ptr::eq(x.def, y.def));
    Ok(super::object::equality(op, same))
}

fn hash(_vm: &Vm, v: &Value) -> PyResult<i64> {
    let b = this(v);
    if b.kind == Kind::Function {
        return Ok(super::object::hash_identity(v));
    }
    let def = (std::ptr::from_ref(b.def) as usize >> 4) as i64;
    Ok(super::object::hash_identity(&b.this) ^ def)
}

fn get_name(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.intern(this(v).def.name()).into_value())
}

fn get_qualname(vm: &Vm, v: &Value) -> PyResult<Value> {
    let b = this(v);
    if !belongs_to_object(b) {
        return get_name(vm, v);
    }
    let class = match b.this.downcast::<TypeObject>() {
        Some(t) => t.to_type_ref(),
        None => b.this.class().to_ref(),
    };
    let q = super::type_::qualname(vm, class.object());
    Ok(vm.str(&format!("{}.{}", q.to_lossy(), b.def.name())))
}

fn get_doc(vm: &Vm, v: &Value) -> PyResult<Value> {
    let doc = this(v).def.doc;
    Ok(if doc.is_empty() { Value::NONE } else { vm.str(doc) })
}

fn get_module(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).module.clone())
}

fn get_self(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).this.clone())
}

fn get_signature(vm: &Vm, v: &Value) -> PyResult<Value> {
    let b = this(v);
    Ok(if b.kind == Kind::New { vm.str("($type, *args, **kwargs)") } else { vm.str(&text_signature(b.def)) })
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = this(args.this());
    let name = vm.str(b.def.name());
    if !belongs_to_object(b) {
        return Ok(name);
    }
    let getattr = Value::or_none(vm.runtime().builtins.get_str(&vm.intern("getattr")));
    let inner = PyTuple::new(vec![b.this.clone(), name]).into_value();
    Ok(PyTuple::new(vec![getattr, inner]).into_value())
}

static DEF: TypeDef = TypeDef {
    name: "builtin_function_or_method",
    layout: PyBuiltin::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | TypeFlags::WEAKREFS,
    slots: Slots {
        call: Some(call),
        repr: Some(repr),
        compare: Some(compare),
        hash: Some(hash),
        ..Slots::EMPTY
    },
    methods: &[native("__reduce__(self, /)", "", reduce)],
    getset: &[
        GetSet { name: "__doc__", doc: "", get: get_doc, set: None },
        GetSet { name: "__module__", doc: "", get: get_module, set: None },
        GetSet { name: "__name__", doc: "", get: get_name, set: None },
        GetSet { name: "__qualname__", doc: "", get: get_qualname, set: None },
        GetSet { name: "__self__", doc: "", get: get_self, set: None },
        GetSet { name: "__text_signature__", doc: "", get: get_signature, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `types.BuiltinFunctionType`
pub static BUILTIN_FUNCTION: Type = Type::builtin(&DEF);
