//! `builtin_function_or_method`: a native function as an object, alone or bound to its `self`.

use crate::Str;
use crate::call::{CallArgs, NativeDef};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Ref, Type, TypeDef, TypeFlags, TypeObject, Value};
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

    /// `owner.__new__`
    pub(crate) fn new_of(owner: &Type) -> Value {
        PyNativeFunction::of_module(&NEW, owner.as_value(), Value::NONE)
    }

    /// Calls it.
    #[inline]
    pub fn invoke(&self, vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
        match (&self.this, args.args) {
            (None, _) if std::ptr::eq(self.def, &NEW) => call_new(vm, &self.owner, args),
            (None, _) => self.def.invoke(vm, args),
            (Some(this), []) => self.def.invoke(vm, CallArgs::pos(std::slice::from_ref(this))),
            (Some(this), [a]) => self.def.invoke(vm, CallArgs { args: &[this.clone(), a.clone()], names: args.names }),
            (Some(this), _) => {
                let all = args.prepend(this.clone());
                self.def.invoke(vm, CallArgs { args: &all, names: args.names })
            }
        }
    }

    /// The object that the function belongs to: `self`, or the type of a `__new__`. Modules do not count.
    fn belongs_to(&self) -> Option<&Value> {
        match &self.this {
            Some(t) => Some(t),
            None if self.owner.is_none() || self.owner.has_layout::<crate::types::module::PyModule>() => None,
            None => Some(&self.owner),
        }
    }

    /// Whether `v` is the native function declared by `def`.
    pub fn is(v: &Value, def: &'static NativeDef) -> bool {
        v.downcast_exact::<PyNativeFunction>(&NATIVE_FUNCTION).is_some_and(|f| std::ptr::eq(f.def, def))
    }
}

/// The native type whose `__new__` this is.
pub(crate) fn owner_of_new(v: &Value) -> Option<&Type> {
    let f = v.downcast::<PyNativeFunction>().filter(|f| f.this.is_none() && std::ptr::eq(f.def, &NEW))?;
    f.owner.downcast::<TypeObject>().map(TypeObject::object)
}

/// The nearest base of a class that is native.
pub(crate) fn native_base(class: &Type) -> Option<crate::object::TypeRef> {
    let mut native = Some(class.to_ref());
    while let Some(t) = native.as_ref().filter(|t| t.is_heap()) {
        native = t.base();
    }
    native
}

/// Whether `owner.__new__` makes proper instances of the class.
pub(crate) fn may_make(owner: &Type, class: &Type) -> bool {
    let theirs = native_base(class).and_then(|t| t.slots().new);
    class.is_subtype(owner) && matches!((owner.slots().new, theirs), (Some(a), Some(b)) if std::ptr::fn_addr_eq(a, b))
}

static NEW: NativeDef = crate::call::raw(
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
        return Err(vm.type_error(format!("{name}.__new__(X): X is not a type object ({})", class.class().name())));
    };
    if !class.is_subtype(owner) {
        let c = class.name();
        return Err(vm.type_error(format!("{name}.__new__({c}): {c} is not a subtype of {name}")));
    }
    if !may_make(owner, class)
        && let Some(native) = native_base(class)
    {
        return Err(vm.type_error(format!(
            "{name}.__new__({}) is not safe, use {}.__new__()",
            class.name(),
            native.name()
        )));
    }
    match owner.slots().new {
        Some(f) => f(vm, class, args.skip_first()),
        None => Err(vm.type_error(format!("cannot create '{}' instances", class.name()))),
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
    let name = n.def.name();
    Ok(match n.belongs_to() {
        Some(t) => vm.str(&format!("<built-in method {name} of {} object at {:#x}>", t.class().name(), t.id())),
        None => vm.str(&format!("<built-in function {name}>")),
    })
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyNativeFunction>(), b.downcast::<PyNativeFunction>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = match (&x.this, &y.this) {
        (None, None) => a.is(b) || (std::ptr::eq(x.def, y.def) && x.owner.is(&y.owner)),
        (Some(p), Some(q)) => p.is(q) && std::ptr::eq(x.def, y.def),
        _ => false,
    };
    Ok(super::object::equality(op, same))
}

fn hash(_vm: &Vm, f: &Value) -> PyResult<i64> {
    let n = this(f);
    let of = n.this.as_ref().unwrap_or(&n.owner);
    Ok(super::object::hash_identity(of) ^ (std::ptr::from_ref(n.def) as i64 >> 4))
}

fn name(vm: &Vm, f: &Value) -> PyResult<Value> {
    Ok(vm.intern(this(f).def.name()).into_value())
}

fn qualname(vm: &Vm, f: &Value) -> PyResult<Value> {
    let n = this(f);
    let Some(t) = n.belongs_to() else { return name(vm, f) };
    let class = t.downcast::<TypeObject>().map_or_else(|| t.class().to_ref(), |t| t.object().to_ref());
    let class = super::type_::qualname(vm, class.object());
    Ok(vm.str(&format!("{}.{}", class.to_lossy(), n.def.name())))
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
    vm.str(&signature_text(def))
}

/// See [`text_signature`].
pub(crate) fn signature_text(def: &NativeDef) -> String {
    let p = def.sig.params();
    if std::ptr::eq(def, &NEW) {
        "($type, *args, **kwargs)".into()
    } else if !def.sig.has_self() {
        if p == "()" { "($module)".into() } else { format!("($module, {}", &p[1..]) }
    } else if let Some(rest) = p.strip_prefix("(cls") {
        format!("($type{rest}")
    } else {
        format!("(${}", &p[1..])
    }
}

fn signature(vm: &Vm, f: &Value) -> PyResult<Value> {
    Ok(text_signature(vm, this(f).def))
}

fn reduce(vm: &Vm, args: crate::Args<'_>) -> PyResult<Value> {
    let n = args.payload::<PyNativeFunction>();
    let name = vm.intern(n.def.name()).into_value();
    match n.belongs_to() {
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
