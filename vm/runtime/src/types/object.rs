//! `object`: default attribute access, comparison, creation, pickling.

mod attributes;
mod reduce;

pub use attributes::{find_attr, generic_getattr, generic_getattr_opt, generic_setattr, get_method};

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Slots, Type, TypeDef, TypeFlags, TypeObject, Value, header, instance};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// The payload of plain instances: nothing.
pub struct PyObject;

impl Payload for PyObject {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyObject>();
        &L
    }
}

/// Runs the finalizer of a dying object; it may bring the object back to life.
pub fn run_finalizer(v: &Value) {
    let Some(f) = v.class().slots().finalize else { return };
    crate::vm::lock::with_current(|vm| {
        // The exception being handled is not the finalizer's business.
        let handled = vm.handled.borrow().clone();
        if let Err(e) = f(vm, v) {
            let del = v.class().lookup(&vm.names().__del__);
            vm.report_unraisable(e, None, Some(del.as_ref().unwrap_or(v)));
        }
        drop(vm.handled.replace(handled));
    });
}

/// `==` and `!=` for types that only know these.
pub fn equality(op: CmpOp, same: bool) -> Value {
    match op {
        CmpOp::Eq => Value::bool(same),
        CmpOp::Ne => Value::bool(!same),
        _ => Value::NOT_IMPLEMENTED,
    }
}

/// A hash from an object's address.
#[inline]
pub fn hash_identity(v: &Value) -> i64 {
    let h = v.bits().rotate_right(4) as i64;
    if h == -1 { -2 } else { h }
}

/// Whether the class leaves creation to `object.__new__`.
pub(crate) fn has_object_new(class: &Type) -> bool {
    type New = fn(&Vm, &Type, CallArgs<'_>) -> PyResult<Value>;
    class.slots().new.is_some_and(|f| std::ptr::fn_addr_eq(f, new as New))
}

/// Whether the class leaves initialization to `object.__init__`.
pub(crate) fn has_object_init(class: &Type) -> bool {
    type Init = fn(&Vm, &Value, CallArgs<'_>) -> PyResult<()>;
    class.slots().init.is_some_and(|f| std::ptr::fn_addr_eq(f, init as Init))
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if !args.args.is_empty() {
        if !has_object_new(class) {
            return Err(vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if has_object_init(class) {
            return Err(vm.type_error(format!("{}() takes no arguments", class.name())));
        }
    }
    if class.flags().has(TypeFlags::ABSTRACT) {
        return Err(abstract_error(vm, class));
    }
    Ok(header::new_object(class, PyObject))
}

#[cold]
fn abstract_error(vm: &Vm, class: &Type) -> crate::Raised {
    let names = class.dict().get_str(&vm.names().__abstractmethods__);
    let mut names: Vec<String> = match names.map(|n| vm.to_vec(&n)) {
        Some(Ok(v)) => v.iter().filter_map(|n| Some(n.downcast::<PyStr>()?.to_lossy().into_owned())).collect(),
        _ => Vec::new(),
    };
    names.sort();
    let s = if names.len() == 1 { "" } else { "s" };
    let list: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
    vm.type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{s} {}",
        class.name(),
        list.join(", ")
    ))
}

fn init(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<()> {
    if !args.args.is_empty() {
        let class = this.class();
        if !has_object_init(class) {
            return Err(vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
        }
        if has_object_new(class) {
            return Err(vm.type_error(format!(
                "{}.__init__() takes exactly one argument (the instance to initialize)",
                class.name()
            )));
        }
    }
    Ok(())
}

/// `<module.Class object at 0x…>`
pub(crate) fn default_repr(vm: &Vm, this: &Value) -> PyResult<Value> {
    let class = this.class().to_ref();
    let name = super::type_::full_name(vm, class.object())?;
    Ok(vm.str(&format!("<{name} object at {:#x}>", this.id())))
}

fn str(vm: &Vm, this: &Value) -> PyResult<Value> {
    match this.class().slots().repr {
        Some(f) => f(vm, this),
        None => default_repr(vm, this),
    }
}

fn hash(_vm: &Vm, this: &Value) -> PyResult<i64> {
    Ok(hash_identity(this))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    match op {
        CmpOp::Eq if a.is(b) => Ok(Value::TRUE),
        CmpOp::Ne => {
            // The inverse of `==`, whoever defines that.
            let Some(f) = a.class().slots().compare else { return Ok(Value::NOT_IMPLEMENTED) };
            let r = f(vm, a, b, CmpOp::Eq)?;
            if r.is_not_implemented() { Ok(r) } else { Ok(Value::bool(!vm.is_true(&r)?)) }
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn dir(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let this = args.this();
    let all = PyDict::new_ref();
    if let Some(d) = vm.get_attr_opt(this, &vm.names().__dict__)?
        && let Some(d) = d.downcast::<PyDict>()
    {
        for (k, _) in d.items() {
            all.set(vm, &k, Value::NONE)?;
        }
    }
    if let Some(c) = vm.get_attr_opt(this, &vm.names().__class__)? {
        super::type_::merge_class_names(vm, &all, &c)?;
    }
    Ok(PyList::new(all.items().into_iter().map(|p| p.0).collect()).into_value())
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let this = args.this();
    let spec = args.str(vm, 1)?;
    if !spec.is_empty() {
        return Err(vm.type_error(format!("unsupported format string passed to {}.__format__", this.class().name())));
    }
    vm.to_str(this).map(Into::into)
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let class = args.this().class();
    Ok(Value::usize(class.layout().size_hint() + class.extension_size()))
}

fn init_subclass(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

fn subclasshook(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NOT_IMPLEMENTED)
}

fn get_class(_vm: &Vm, this: &Value) -> PyResult<Value> {
    Ok(this.class().as_value())
}

fn set_class(vm: &Vm, this: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(v) = value else { return Err(vm.type_error("can't delete __class__ attribute")) };
    let Some(new) = v.downcast::<TypeObject>() else {
        return Err(vm.type_error(format!("__class__ must be set to a class, not '{}' object", v.class().name())));
    };
    let old = this.class();
    let modules = old.is_subtype(&super::module::MODULE) && new.is_subtype(&super::module::MODULE);
    if !modules && (!new.is_heap() || !old.is_heap()) {
        return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    if !old.same_form(new) || old.flags().has(TypeFlags::WEAKREFS) != new.flags().has(TypeFlags::WEAKREFS) {
        return Err(vm.type_error(format!(
            "__class__ assignment: '{}' object layout differs from '{}'",
            new.name(),
            old.name()
        )));
    }
    instance::change_class(this, new.object());
    Ok(())
}

static METHODS: &[NativeDef] = &[
    native("__dir__(self, /)", "Default dir() implementation.", dir),
    native(
        "__format__(self, format_spec, /)",
        "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise.",
        format,
    ),
    native("__getstate__(self, /)", "Helper for pickle.", reduce::getstate),
    native("__reduce__(self, /)", "Helper for pickle.", reduce::reduce),
    native("__reduce_ex__(self, protocol, /)", "Helper for pickle.", reduce::reduce_ex),
    native("__sizeof__(self, /)", "Size of object in memory, in bytes.", sizeof),
];

static CLASS_METHODS: &[NativeDef] = &[
    native(
        "__init_subclass__(cls, /)",
        "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.",
        init_subclass,
    ),
    native(
        "__subclasshook__(cls, subclass=None, /)",
        "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached).",
        subclasshook,
    ),
];

static DEF: TypeDef = TypeDef {
    name: "object",
    doc: "object()\n--\n\nThe base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    base: None,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(default_repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        getattr: Some(generic_getattr),
        setattr: Some(generic_setattr),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: &[GetSet { name: "__class__", doc: "the object's class", get: get_class, set: Some(set_class) }],
    ..TypeDef::EMPTY
};
/// The type `object`.
pub static OBJECT: Type = Type::builtin(&DEF);
