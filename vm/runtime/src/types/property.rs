//! `property`.

use std::cell::{Cell, RefCell};

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{GetSet, Layout, Payload, Slots, Type, TypeDef, TypeFlags, Value};
use crate::vm::{PyResult, Vm};

/// The payload of `property`.
pub struct PyProperty {
    get: RefCell<Value>,
    set: RefCell<Value>,
    del: RefCell<Value>,
    doc: RefCell<Value>,
    name: RefCell<Option<Value>>,
    /// The doc string came from the getter.
    getter_doc: Cell<bool>,
}

impl Payload for PyProperty {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyProperty>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.get, &self.set, &self.del, &self.doc] {
            visit(&v.borrow());
        }
        if let Some(n) = &*self.name.borrow() {
            visit(n);
        }
    }
    fn clear(&self) {
        let old = [&self.get, &self.set, &self.del, &self.doc].map(|v| v.replace(Value::NONE));
        drop(old);
    }
}

impl PyProperty {
    /// The getter, or None.
    pub fn getter(&self) -> Value {
        self.get.borrow().clone()
    }
}

fn this(v: &Value) -> &PyProperty {
    v.downcast::<PyProperty>().expect("the descriptor checked the type")
}

fn new(_: &Vm, class: &Type, _: CallArgs<'_>) -> PyResult<Value> {
    let none = || RefCell::new(Value::NONE);
    let p = PyProperty {
        get: none(),
        set: none(),
        del: none(),
        doc: none(),
        name: RefCell::new(None),
        getter_doc: Cell::new(false),
    };
    Ok(crate::object::header::new_object(class, p))
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    static DEF: NativeDef = native("property(fget=None, fset=None, fdel=None, doc=None)", "", |_, _| Ok(Value::NONE));
    let slots = crate::call::bind(vm, &DEF, args)?;
    let part = |i: usize| if slots[i].is_unbound() { Value::NONE } else { slots[i].clone() };
    let p = this(v);
    drop(p.get.replace(part(0)));
    drop(p.set.replace(part(1)));
    drop(p.del.replace(part(2)));
    let mut doc = part(3);
    p.getter_doc.set(false);
    if doc.is_none()
        && !part(0).is_none()
        && let Some(d) = vm.get_attr_opt(&part(0), &vm.names().__doc__)?
    {
        doc = d;
        p.getter_doc.set(!doc.is_none());
    }
    if v.is_exact(&PROPERTY) {
        drop(p.doc.replace(doc));
        return Ok(());
    }
    // In a subclass the doc string is an attribute of the instance; where it has no place for one it is left out.
    drop(p.doc.replace(doc.clone()));
    match vm.set_attr(v, &vm.names().__doc__, doc) {
        Err(e) if e.is(&crate::types::exception::ATTRIBUTE_ERROR) && p.getter_doc.get() => Ok(()),
        r => r,
    }
}

/// "property 'x' of 'C' object has no getter"
fn lacks(vm: &Vm, v: &Value, obj: &Value, what: &str) -> crate::vm::Raised {
    let class = crate::types::type_::qualname(vm, obj.class());
    let class = class.to_lossy();
    match name_of(vm, v) {
        Ok(Some(n)) => match vm.repr(&n) {
            Ok(r) => vm.attribute_error(format!("property {} of '{class}' object has no {what}", r.to_lossy())),
            Err(e) => e,
        },
        Ok(None) => vm.attribute_error(format!("property of '{class}' object has no {what}")),
        Err(e) => e,
    }
}

/// The name given by `__set_name__`, else the getter's.
fn name_of(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let p = this(v);
    if let Some(n) = &*p.name.borrow() {
        return Ok(Some(n.clone()));
    }
    let get = p.getter();
    if get.is_none() { Ok(None) } else { vm.get_attr_opt(&get, &vm.names().__name__) }
}

fn descr_get(vm: &Vm, v: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(v.clone()) };
    let get = this(v).getter();
    if get.is_none() {
        return Err(lacks(vm, v, obj, "getter"));
    }
    vm.call(&get, std::slice::from_ref(obj))
}

fn descr_set(vm: &Vm, v: &Value, obj: &Value, value: Option<Value>) -> PyResult<()> {
    let p = this(v);
    match value {
        Some(x) => {
            let f = p.set.borrow().clone();
            if f.is_none() {
                return Err(lacks(vm, v, obj, "setter"));
            }
            vm.call(&f, &[obj.clone(), x]).map(drop)
        }
        None => {
            let f = p.del.borrow().clone();
            if f.is_none() {
                return Err(lacks(vm, v, obj, "deleter"));
            }
            vm.call(&f, std::slice::from_ref(obj)).map(drop)
        }
    }
}

/// A copy with one of the functions replaced.
fn with(vm: &Vm, v: &Value, which: usize, f: Value) -> PyResult<Value> {
    let p = this(v);
    let mut parts = [p.getter(), p.set.borrow().clone(), p.del.borrow().clone()];
    if !f.is_none() {
        parts[which] = f;
    }
    let doc = if p.getter_doc.get() { Value::NONE } else { p.doc.borrow().clone() };
    let [a, b, c] = parts;
    let made = vm.call(&v.class().as_value(), &[a, b, c, doc])?;
    if let Some(q) = made.downcast::<PyProperty>() {
        let name = p.name.borrow().clone();
        drop(q.name.replace(name));
    }
    Ok(made)
}

fn getter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    with(vm, args.this(), 0, args.get(1).clone())
}

fn setter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    with(vm, args.this(), 1, args.get(1).clone())
}

fn deleter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    with(vm, args.this(), 2, args.get(1).clone())
}

fn set_name(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    drop(this(args.this()).name.replace(Some(args.get(2).clone())));
    Ok(Value::NONE)
}

fn get_name(vm: &Vm, v: &Value) -> PyResult<Value> {
    match name_of(vm, v)? {
        Some(n) => Ok(n),
        None => Err(vm.no_attribute(v, &vm.names().__name__)),
    }
}

fn put_name(_: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(this(v).name.replace(new));
    Ok(())
}

fn is_abstract(vm: &Vm, v: &Value) -> PyResult<Value> {
    let p = this(v);
    for f in [p.getter(), p.set.borrow().clone(), p.del.borrow().clone()] {
        if !f.is_none()
            && let Some(a) = vm.get_attr_opt(&f, &vm.names().__isabstractmethod__)?
            && vm.is_true(&a)?
        {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn set_doc(_: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(this(v).doc.replace(new.unwrap_or(Value::NONE)));
    Ok(())
}

static METHODS: &[NativeDef] = &[
    native("__set_name__(self, owner, name, /)", "Method to set name of a property.", set_name),
    native("deleter(self, fdel, /)", "Descriptor to obtain a copy of the property with a different deleter.", deleter),
    native("getter(self, fget, /)", "Descriptor to obtain a copy of the property with a different getter.", getter),
    native("setter(self, fset, /)", "Descriptor to obtain a copy of the property with a different setter.", setter),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "__doc__", doc: "", get: |_, v| Ok(this(v).doc.borrow().clone()), set: Some(set_doc) },
    GetSet { name: "__isabstractmethod__", doc: "", get: is_abstract, set: None },
    GetSet { name: "__name__", doc: "", get: get_name, set: Some(put_name) },
    GetSet { name: "fdel", doc: "", get: |_, v| Ok(this(v).del.borrow().clone()), set: None },
    GetSet { name: "fget", doc: "", get: |_, v| Ok(this(v).getter()), set: None },
    GetSet { name: "fset", doc: "", get: |_, v| Ok(this(v).set.borrow().clone()), set: None },
];

static TYPE_DEF: TypeDef = TypeDef {
    name: "property",
    doc: "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.",
    layout: PyProperty::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        descr_get: Some(descr_get),
        descr_set: Some(descr_set),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: GETSET,
    members: &["fdel", "fget", "fset"],
    ..TypeDef::EMPTY
};
/// The type `property`.
pub static PROPERTY: Type = Type::builtin(&TYPE_DEF);
