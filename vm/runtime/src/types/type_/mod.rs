//! `type`: class creation, MRO, attribute look-up on types.

mod access;
mod annotations;
mod bases;
mod build_class;
mod check;
mod create;
mod getset;
pub(crate) mod layout;
pub(crate) mod mro;
mod namespace;
mod ready;
mod slots;
#[cfg(test)]
mod tests;

pub use build_class::resolve_bases;
pub use check::class_getitem;
pub use getset::{full_name, merge_class_names, qualname};
pub use namespace::declared_namespace;
pub use ready::{ready, ready_value};

use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native, raw};
use crate::object::{Payload, Slots, Type, TypeDef, TypeFlags, TypeObject, Value, header, method_cache};
use crate::types::object::{PyObject, has_object_new};
use crate::vm::{PyResult, Vm};

/// The look-up along the MRO.
#[inline]
pub fn lookup(ty: &TypeObject, name: &Str) -> Option<Value> {
    method_cache::lookup(ty, name)
}

/// For calls of classes: the `__init__` that sets up a [`plain_instance`], when neither the metaclass nor a `__new__` has a say.
#[inline]
pub(crate) fn plain_init(vm: &Vm, class: &Type) -> Option<Value> {
    if !class.is_heap()
        || class.flags().has(TypeFlags::ABSTRACT)
        || !std::ptr::eq(class.header().class(), &TYPE)
        || !has_object_new(class)
    {
        return None;
    }
    class.lookup(&vm.names().__init__)
}

/// What `object.__new__` makes of a class.
#[inline]
pub(crate) fn plain_instance(class: &Type) -> Value {
    header::new_object(class, PyObject)
}

/// Says of a class and its subclasses that they match sequence or mapping patterns (flags of that name).
pub fn set_collection_flags(class: &Type, bits: u32) {
    if class.flags().has(bits) {
        return;
    }
    class.remove_flags(TypeFlags::SEQUENCE | TypeFlags::MAPPING);
    class.add_flags(bits);
    for sub in class.subclasses() {
        set_collection_flags(sub.object(), bits);
    }
}

/// `type(…)(…)`: `__new__`, then `__init__`.
fn call(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let class = this.downcast::<TypeObject>().expect("slots are called on their own types").object();
    if std::ptr::eq(class, &TYPE) {
        match (args.args, args.names) {
            ([v], []) => return Ok(v.class().as_value()),
            _ if args.positional().len() != 3 => return Err(vm.type_error("type() takes 1 or 3 arguments")),
            _ => {}
        }
    }
    let Some(new) = class.slots().new else {
        return Err(vm.type_error(format!("cannot create '{}' instances", layout::dotted_name(class))));
    };
    let obj = new(vm, class, args)?;
    if !obj.class().is_subtype(class) {
        return Ok(obj);
    }
    if let Some(init) = obj.class().slots().init {
        init(vm, &obj, args)?;
    }
    Ok(obj)
}

fn init(vm: &Vm, _this: &Value, args: CallArgs<'_>) -> PyResult<()> {
    match args.positional().len() {
        1 if !args.names.is_empty() => Err(vm.type_error("type.__init__() takes no keyword arguments")),
        1 | 3 => Ok(()),
        _ => Err(vm.type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

fn repr(vm: &Vm, this: &Value) -> PyResult<Value> {
    let class = this.downcast::<TypeObject>().expect("slots are called on their own types").object();
    Ok(vm.str(&format!("<class '{}'>", full_name(vm, class)?)))
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    crate::types::union::or(vm, a, b)
}

fn prepare(_vm: &Vm, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(crate::types::dict::PyDict::new_ref().into_value())
}

fn subclasses(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = args.payload::<TypeObject>().subclasses();
    Ok(crate::types::list::PyList::new(list.into_iter().map(Into::into).collect()).into_value())
}

fn dir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let all = crate::types::dict::PyDict::new_ref();
    merge_class_names(vm, &all, args.this())?;
    Ok(crate::types::list::PyList::new(all.items().into_iter().map(|p| p.0).collect()).into_value())
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<TypeObject>();
    Ok(Value::usize(if t.is_heap() { 904 } else { 416 } + t.object().header().class().extension_size()))
}

fn instancecheck(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.real_isinstance(args.get(1), args.this()).map(Value::bool)
}

fn subclasscheck(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.real_issubclass(args.get(1), args.this()).map(Value::bool)
}

static METHODS: &[NativeDef] = &[
    native("__dir__(self, /)", "Specialized __dir__ implementation for types.", dir),
    native("__instancecheck__(self, instance, /)", "Check if an object is an instance.", instancecheck),
    native("__sizeof__(self, /)", "Return memory consumption of the type object.", sizeof),
    native("__subclasscheck__(self, subclass, /)", "Check if a class is a subclass.", subclasscheck),
    native("__subclasses__(self, /)", "Return a list of immediate subclasses.", subclasses),
    native("mro(self, /)", "Return a type's method resolution order.", mro::method),
];

static CLASS_METHODS: &[NativeDef] =
    &[raw("__prepare__(cls, name, bases, /, **kwds)", "Create the namespace for the class statement", prepare)];

static DEF: TypeDef = TypeDef {
    name: "type",
    doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    layout: <TypeObject as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(create::new),
        init: Some(init),
        call: Some(call),
        repr: Some(repr),
        getattr: Some(access::getattr),
        setattr: Some(access::setattr),
        binary: Slots::ops(&[(crate::object::BinOp::Or, or)]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: getset::GETSET,
    ..TypeDef::EMPTY
};
/// The type `type`.
pub static TYPE: Type = Type::builtin(&DEF);
