//! `super`: attribute look-up that starts behind a class in the MRO.

use std::cell::RefCell;

use freeze_bytecode::LocalKind;

use crate::Str;
use crate::call::CallArgs;
use crate::object::{GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, TypeObject, TypeRef, Value};
use crate::protocol::Method;
use crate::types::cell::PyCell;
use crate::vm::{PyResult, Vm};

/// The payload of `super`.
pub struct PySuper {
    state: RefCell<Option<State>>,
}

#[derive(Clone)]
struct State {
    /// The class behind which the search starts.
    class: TypeRef,
    /// The object (or class) that methods are bound to; `None` for an unbound super.
    this: Option<Value>,
    /// The class whose MRO is searched.
    this_class: Option<TypeRef>,
}

impl Payload for PySuper {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PySuper>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(s) = &*self.state.borrow() {
            visit(s.class.as_value());
            if let Some(t) = &s.this {
                visit(t);
            }
            if let Some(t) = &s.this_class {
                visit(t.as_value());
            }
        }
    }
    fn clear(&self) {
        drop(self.state.take());
    }
}

fn class_of(v: &Value) -> Option<TypeRef> {
    v.downcast_ref::<TypeObject>()
}

/// The class whose MRO a bound super searches: the object itself if it is a subclass, else its class.
fn supercheck(vm: &Vm, class: &TypeRef, this: &Value) -> PyResult<TypeRef> {
    if let Some(t) = class_of(this)
        && t.is_subtype(class.object())
    {
        return Ok(t);
    }
    if this.class().is_subtype(class.object()) {
        return Ok(this.class().to_ref());
    }
    // A proxy may claim another class.
    if let Some(c) = vm.get_attr_opt(this, &vm.names().__class__)?
        && let Some(t) = class_of(&c)
        && t.is_subtype(class.object())
    {
        return Ok(t);
    }
    let (what, name) = match class_of(this) {
        Some(t) => ("type", t.name()),
        None => ("instance of", this.class().name()),
    };
    Err(vm.type_error(format!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).",
        class.name()
    )))
}

/// The attribute behind `class` in the MRO of `this_class`; with `method` a function comes with its `self` apart.
fn find(vm: &Vm, s: &State, name: &Str, method: bool) -> PyResult<Option<Method>> {
    let (Some(this), Some(this_class)) = (&s.this, &s.this_class) else { return Ok(None) };
    // `__class__` is that of the super object itself.
    if name.is(&vm.names().__class__) {
        return Ok(None);
    }
    let mut found = None;
    {
        let mro = this_class.mro();
        let start = mro.iter().position(|t| t.is(&s.class)).map_or(mro.len(), |i| i + 1);
        for t in &mro[start.min(mro.len())..] {
            if let Some(v) = t.own(name) {
                found = Some(v);
                break;
            }
        }
    }
    let Some(v) = found else { return Ok(None) };
    // Looked up on a class, nothing is bound to it as an instance.
    let on_class = this.is(this_class.as_value());
    if method && !on_class && v.class().flags().has(TypeFlags::METHOD_DESCRIPTOR) {
        return Ok(Some(Method { func: v, this: Some(this.clone()) }));
    }
    if let Some(get) = v.class().slots().descr_get {
        let obj = if on_class { None } else { Some(this) };
        let bound = get(vm, &v, obj, Some(this_class.as_value()))?;
        return Ok(Some(Method { func: bound, this: None }));
    }
    Ok(Some(Method { func: v, this: None }))
}

/// `super(class, this).name` without making the super object.
pub(crate) fn lookup(vm: &Vm, class: &Value, this: &Value, name: &Str, method: bool) -> PyResult<Method> {
    let Some(c) = class_of(class) else {
        return Err(vm.type_error(format!("super() argument 1 must be a type, not {}", class.class().name())));
    };
    let this_class = supercheck(vm, &c, this)?;
    let state = State { class: c, this: Some(this.clone()), this_class: Some(this_class) };
    if let Some(m) = find(vm, &state, name, method)? {
        return Ok(m);
    }
    let s = Ref::new(&SUPER, PySuper { state: RefCell::new(Some(state)) }).into_value();
    Ok(Method { func: crate::types::object::generic_getattr(vm, &s, name)?, this: None })
}

fn getattr(vm: &Vm, v: &Value, name: &Str) -> PyResult<Value> {
    let state = v.downcast::<PySuper>().and_then(|s| s.state.borrow().clone());
    if let Some(s) = state
        && let Some(m) = find(vm, &s, name, false)?
    {
        return Ok(m.func);
    }
    crate::types::object::generic_getattr(vm, v, name)
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(crate::object::header::new_object(class, PySuper { state: RefCell::new(None) }))
}

/// The class cell and first argument of the method that calls `super()`.
fn from_frame(vm: &Vm) -> PyResult<(Value, Value)> {
    let Some(f) = vm.stack.current() else { return Err(vm.runtime_error("super(): no current frame")) };
    let code = f.code();
    if code.argcount == 0 {
        return Err(vm.runtime_error("super(): no arguments"));
    }
    let mut this = f.reg(0).clone();
    // A cell is only opened where the code made it one: a cell may be an argument like any other.
    if let Some(c) = this.downcast::<PyCell>().filter(|_| code.local_kinds.first() == Some(&LocalKind::Cell)) {
        this = c.get();
    }
    if this.is_unbound() {
        return Err(vm.runtime_error("super(): arg[0] deleted"));
    }
    let Some(i) = code.freevars.iter().position(|n| n.as_bytes() == b"__class__") else {
        return Err(vm.runtime_error("super(): __class__ cell not found"));
    };
    let cell = f.func.closure.as_ref().and_then(|c| c.as_slice().get(i).cloned()).unwrap_or(Value::UNBOUND);
    let class = cell.downcast::<PyCell>().map_or(Value::UNBOUND, PyCell::get);
    if class.is_unbound() {
        return Err(vm.runtime_error("super(): empty __class__ cell"));
    }
    Ok((class, this))
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    args.no_keywords(vm, "super")?;
    args.check_count(vm, "super", 0, 2)?;
    let (class, this) = match args.args {
        [] => {
            let (c, t) = from_frame(vm)?;
            (c, Some(t))
        }
        [c] => (c.clone(), None),
        [c, t, ..] => (c.clone(), Some(t.clone()).filter(|t| !t.is_none())),
    };
    let Some(c) = class_of(&class) else {
        return Err(vm.type_error(format!("super() argument 1 must be a type, not {}", class.class().name())));
    };
    let this_class = match &this {
        Some(t) => Some(supercheck(vm, &c, t)?),
        None => None,
    };
    if let Some(s) = v.downcast::<PySuper>() {
        drop(s.state.replace(Some(State { class: c, this, this_class })));
    }
    Ok(())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let state = v.downcast::<PySuper>().and_then(|s| s.state.borrow().clone());
    let class = state.as_ref().map_or("NULL", |s| s.class.name());
    Ok(vm.str(&match state.as_ref().and_then(|s| s.this_class.as_ref()) {
        Some(t) => format!("<super: <class '{class}'>, <{} object>>", t.name()),
        None => format!("<super: <class '{class}'>, NULL>"),
    }))
}

fn descr_get(vm: &Vm, v: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    let Some(state) = v.downcast::<PySuper>().and_then(|s| s.state.borrow().clone()) else { return Ok(v.clone()) };
    let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(v.clone()) };
    if state.this.is_some() {
        return Ok(v.clone());
    }
    if !v.is_exact(&SUPER) {
        return vm.call(&v.class().as_value(), &[state.class.value(), obj.clone()]);
    }
    let this_class = supercheck(vm, &state.class, obj)?;
    let state = State { class: state.class, this: Some(obj.clone()), this_class: Some(this_class) };
    Ok(Ref::new(&SUPER, PySuper { state: RefCell::new(Some(state)) }).into_value())
}

fn part(v: &Value, f: fn(&State) -> Option<Value>) -> PyResult<Value> {
    let state = v.downcast::<PySuper>().and_then(|s| s.state.borrow().clone());
    Ok(Value::or_none(state.as_ref().and_then(f)))
}

static GETSET: &[GetSet] = &[
    GetSet {
        name: "__self__",
        doc: "the instance invoking super(); may be None",
        get: |_, v| part(v, |s| s.this.clone()),
        set: None,
    },
    GetSet {
        name: "__self_class__",
        doc: "the type of the instance invoking super(); may be None",
        get: |_, v| part(v, |s| s.this_class.as_ref().map(Ref::value)),
        set: None,
    },
    GetSet {
        name: "__thisclass__",
        doc: "the class invoking super()",
        get: |_, v| part(v, |s| Some(s.class.value())),
        set: None,
    },
];

static DEF: TypeDef = TypeDef {
    name: "super",
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)",
    layout: PySuper::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        getattr: Some(getattr),
        repr: Some(repr),
        descr_get: Some(descr_get),
        ..Slots::EMPTY
    },
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `super`.
pub static SUPER: Type = Type::builtin(&DEF);
