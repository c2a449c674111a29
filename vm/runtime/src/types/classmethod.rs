//! `classmethod` and `staticmethod`.

use std::cell::RefCell;

use crate::call::{CallArgs, NativeDef};
use crate::object::typeobj::GetSet;
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, header, instance};
use crate::types::exception::ATTRIBUTE_ERROR;
use crate::vm::{PyResult, Vm};

/// The payload of both.
pub struct PyWrapped {
    func: RefCell<Value>,
}

impl PyWrapped {
    /// The function inside.
    pub fn func(&self) -> Value {
        self.func.borrow().clone()
    }
}

impl Payload for PyWrapped {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyWrapped>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func.borrow());
    }
    fn clear(&self) {
        drop(self.func.replace(Value::NONE));
    }
}

/// `classmethod(func)`, without copying the function's attributes.
pub fn class_method(func: Value) -> Value {
    Ref::new(&CLASSMETHOD, PyWrapped { func: RefCell::new(func) }).into_value()
}

/// `staticmethod(func)`, without copying the function's attributes.
pub fn static_method(func: Value) -> Value {
    Ref::new(&STATICMETHOD, PyWrapped { func: RefCell::new(func) }).into_value()
}

fn this(v: &Value) -> &PyWrapped {
    v.downcast::<PyWrapped>().expect("slots are called on their own types")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(header::new_object(class, PyWrapped { func: RefCell::new(Value::NONE) }))
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let name = if v.class().is_subtype(&CLASSMETHOD) { "classmethod" } else { "staticmethod" };
    args.no_keywords(vm, name)?;
    args.check_count(vm, name, 1, 1)?;
    let func = args.args[0].clone();
    drop(this(v).func.replace(func.clone()));
    let n = vm.names();
    for attr in [&n.__module__, &n.__name__, &n.__qualname__, &n.__doc__] {
        match vm.get_attr(&func, attr) {
            Ok(value) => {
                instance::set(v, attr, value);
            }
            Err(e) if e.is(&ATTRIBUTE_ERROR) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn bind_class(vm: &Vm, v: &Value, obj: Option<&Value>, class: Option<&Value>) -> PyResult<Value> {
    let func = this(v).func();
    let class = match (class, obj) {
        (Some(c), _) => c.clone(),
        (None, Some(o)) => o.class().as_value(),
        (None, None) => return Err(vm.type_error("__get__(None, None) is invalid")),
    };
    Ok(crate::types::method::bind(vm, func, class))
}

fn unwrap(_vm: &Vm, v: &Value, _obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    Ok(this(v).func())
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    vm.call_args(&this(v).func(), args)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let name = if v.class().is_subtype(&CLASSMETHOD) { "classmethod" } else { "staticmethod" };
    Ok(vm.str(&format!("<{name}({})>", vm.repr(&this(v).func())?.to_lossy())))
}

fn get_func(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).func())
}

fn get_abstract(vm: &Vm, v: &Value) -> PyResult<Value> {
    is_abstract(vm, &this(v).func()).map(Value::bool)
}

/// Whether a function (or descriptor) says that it is abstract.
pub(crate) fn is_abstract(vm: &Vm, v: &Value) -> PyResult<bool> {
    match vm.get_attr_opt(v, &vm.names().__isabstractmethod__)? {
        Some(a) => vm.is_true(&a),
        None => Ok(false),
    }
}

/// `__annotations__` and `__annotate__` are taken from the function when asked for, and kept.
fn forwarded(vm: &Vm, v: &Value, name: &crate::Str) -> PyResult<Value> {
    if let Some(d) = instance::dict(v)
        && let Some(kept) = d.get_str(name)
    {
        return Ok(kept);
    }
    let value = vm.get_attr(&this(v).func(), name)?;
    instance::set(v, name, value.clone());
    Ok(value)
}

fn get_annotations(vm: &Vm, v: &Value) -> PyResult<Value> {
    forwarded(vm, v, &vm.names().__annotations__)
}

fn get_annotate(vm: &Vm, v: &Value) -> PyResult<Value> {
    forwarded(vm, v, &vm.names().__annotate__)
}

fn set_forwarded(vm: &Vm, v: &Value, name: &crate::Str, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(value) => {
            instance::set(v, name, value);
            Ok(())
        }
        None if instance::delete(v, name) => Ok(()),
        None => Err(vm.no_attribute(v, name)),
    }
}

fn set_annotations(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    set_forwarded(vm, v, &vm.names().__annotations__, value)
}

fn set_annotate(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    set_forwarded(vm, v, &vm.names().__annotate__, value)
}

static GETSET: &[GetSet] = &[
    GetSet { name: "__annotate__", doc: "", get: get_annotate, set: Some(set_annotate) },
    GetSet { name: "__annotations__", doc: "", get: get_annotations, set: Some(set_annotations) },
    GetSet { name: "__func__", doc: "", get: get_func, set: None },
    GetSet { name: "__isabstractmethod__", doc: "", get: get_abstract, set: None },
    GetSet { name: "__wrapped__", doc: "", get: get_func, set: None },
];

static CLASS_METHODS: &[NativeDef] = &[crate::call::native(
    "__class_getitem__(cls, object, /)",
    "See PEP 585",
    crate::types::generic_alias::class_getitem_method,
)];

static CLASSMETHOD_DEF: TypeDef = TypeDef {
    name: "classmethod",
    doc: "Convert a function to be a class method.\n\nA class method receives the class as implicit first argument,\njust like an instance method receives the instance.",
    layout: PyWrapped::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), descr_get: Some(bind_class), repr: Some(repr), ..Slots::EMPTY },
    class_methods: CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `classmethod`.
pub static CLASSMETHOD: Type = Type::builtin(&CLASSMETHOD_DEF);

static STATICMETHOD_DEF: TypeDef = TypeDef {
    name: "staticmethod",
    doc: "Convert a function to be a static method.\n\nA static method does not receive an implicit first argument.",
    layout: PyWrapped::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        call: Some(call),
        descr_get: Some(unwrap),
        repr: Some(repr),
        ..Slots::EMPTY
    },
    class_methods: CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `staticmethod`.
pub static STATICMETHOD: Type = Type::builtin(&STATICMETHOD_DEF);
