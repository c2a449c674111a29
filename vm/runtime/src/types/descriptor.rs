//! Descriptors of native types: methods, class methods, computed attributes, `__slots__` members, slot wrappers.

use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{Layout, Payload, Ref, Type, TypeDef, TypeFlags, TypeRef, Value, instance};
use crate::types::native_function::PyNativeFunction;
use crate::types::slot_table::Special;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

macro_rules! payload {
    ($T:ident { $($f:ident),* }) => {
        impl Payload for $T {
            fn layout() -> &'static Layout {
                static L: Layout = Layout::of::<$T>();
                &L
            }
            const GC: bool = true;
            fn trace(&self, visit: &mut dyn FnMut(&Value)) {
                $(visit(self.$f.as_value());)*
            }
        }
    };
}

/// A method of a native type.
pub struct PyMethodDescr {
    pub def: &'static NativeDef,
    pub owner: TypeRef,
}
payload!(PyMethodDescr { owner });

/// A class method of a native type.
pub struct PyClassMethodDescr {
    pub def: &'static NativeDef,
    pub owner: TypeRef,
}
payload!(PyClassMethodDescr { owner });

/// A computed attribute of a native type.
pub struct PyGetSet {
    pub def: &'static GetSet,
    pub owner: TypeRef,
}
payload!(PyGetSet { owner });

/// An attribute that a class declared in `__slots__`, or one of a native type.
pub struct PyMember {
    pub name: Str,
    pub place: Place,
    pub owner: TypeRef,
}

/// Where a member lies.
#[derive(Clone, Copy)]
pub enum Place {
    /// In the extension of instances.
    Slot(usize),
    /// In the payload.
    Native(&'static GetSet),
}
payload!(PyMember { owner });

/// A slot of a native type, as a method.
pub struct PyWrapper {
    pub(crate) special: &'static Special,
    pub owner: TypeRef,
}
payload!(PyWrapper { owner });

/// A slot wrapper bound to an object.
pub struct PyMethodWrapper {
    pub(crate) wrapper: Ref<PyWrapper>,
    pub this: Value,
}

impl Payload for PyMethodWrapper {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyMethodWrapper>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.wrapper.as_value());
        visit(&self.this);
    }
}

/// `def` as a method of `owner`.
pub(crate) fn method(def: &'static NativeDef, owner: &Type) -> Value {
    Ref::new(&METHOD_DESCRIPTOR, PyMethodDescr { def, owner: owner.to_ref() }).into_value()
}

/// `def` as a class method of `owner`.
pub(crate) fn class_method(def: &'static NativeDef, owner: &Type) -> Value {
    Ref::new(&CLASSMETHOD_DESCRIPTOR, PyClassMethodDescr { def, owner: owner.to_ref() }).into_value()
}

/// `def` as a computed attribute of `owner`.
pub(crate) fn get_set(def: &'static GetSet, owner: &Type) -> Value {
    Ref::new(&GETSET_DESCRIPTOR, PyGetSet { def, owner: owner.to_ref() }).into_value()
}

/// A member descriptor for a slot of `owner`.
pub(crate) fn member(name: Str, offset: usize, owner: &Type) -> Value {
    Ref::new(&MEMBER_DESCRIPTOR, PyMember { name, place: Place::Slot(offset), owner: owner.to_ref() }).into_value()
}

/// A member descriptor for an attribute of a native type.
pub(crate) fn native_member(def: &'static GetSet, owner: &Type) -> Value {
    let name = PyStr::intern(def.name.as_bytes());
    Ref::new(&MEMBER_DESCRIPTOR, PyMember { name, place: Place::Native(def), owner: owner.to_ref() }).into_value()
}

/// A slot of `owner` as a method.
pub(crate) fn wrapper(special: &'static Special, owner: &Type) -> Value {
    Ref::new(&WRAPPER_DESCRIPTOR, PyWrapper { special, owner: owner.to_ref() }).into_value()
}

/// Where the value of a `__slots__` member lies, if this is one.
pub(crate) fn slot_offset(v: &Value) -> Option<usize> {
    match v.downcast::<PyMember>()?.place {
        Place::Slot(offset) => Some(offset),
        Place::Native(_) => None,
    }
}

/// Whether this is `object.__getattribute__` itself (or that of a type whose slot is the generic one).
pub(crate) fn is_object_getattribute(v: &Value) -> bool {
    v.downcast::<PyWrapper>()
        .is_some_and(|w| w.special.name == "__getattribute__" && w.owner.flags().has(TypeFlags::GENERIC_GETATTR))
}

/// The TypeError for an object that a descriptor does not belong to.
#[cold]
fn does_not_apply(vm: &Vm, name: &str, owner: &Type, obj: &Value) -> crate::Raised {
    vm.type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        owner.name(),
        obj.class().name()
    ))
}

impl PyMethodDescr {
    /// Calls the method; the first argument is `self`.
    pub fn call(&self, vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
        let owner = self.owner.object();
        let Some(this) = args.positional().first() else {
            return Err(vm.type_error(format!(
                "unbound method {}.{}() needs an argument",
                owner.name(),
                self.def.name()
            )));
        };
        if !this.class().is_subtype(owner) {
            return Err(does_not_apply(vm, self.def.name(), owner, this));
        }
        self.def.invoke(vm, args)
    }
}

fn method_call(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    this.downcast::<PyMethodDescr>().expect("slots are called on their own types").call(vm, args)
}

fn method_get(vm: &Vm, this: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    let d = this.downcast::<PyMethodDescr>().expect("slots are called on their own types");
    let Some(obj) = obj else { return Ok(this.clone()) };
    let owner = d.owner.object();
    if !obj.class().is_subtype(owner) {
        return Err(does_not_apply(vm, d.def.name(), owner, obj));
    }
    Ok(PyNativeFunction::bound(d.def, obj.clone()))
}

fn method_repr(vm: &Vm, this: &Value) -> PyResult<Value> {
    let d = this.downcast::<PyMethodDescr>().expect("slots are called on their own types");
    Ok(vm.str(&format!("<method '{}' of '{}' objects>", d.def.name(), d.owner.name())))
}

fn classmethod_get(vm: &Vm, this: &Value, obj: Option<&Value>, class: Option<&Value>) -> PyResult<Value> {
    let d = this.downcast::<PyClassMethodDescr>().expect("slots are called on their own types");
    let owner = d.owner.object();
    let class = match (class, obj) {
        (Some(c), _) => c.clone(),
        (None, Some(o)) => o.class().as_value(),
        (None, None) => {
            return Err(vm.type_error(format!(
                "descriptor '{}' for type '{}' needs either an object or a type",
                d.def.name(),
                owner.name()
            )));
        }
    };
    let Some(t) = class.downcast_ref::<crate::object::TypeObject>() else {
        return Err(vm.type_error(format!(
            "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2",
            d.def.name(),
            owner.name(),
            class.class().name()
        )));
    };
    if !t.is_subtype(owner) {
        return Err(vm.type_error(format!(
            "descriptor '{}' requires a subtype of '{}' but received '{}'",
            d.def.name(),
            owner.name(),
            t.name()
        )));
    }
    Ok(PyNativeFunction::bound(d.def, class))
}

fn classmethod_call(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let d = this.downcast::<PyClassMethodDescr>().expect("slots are called on their own types");
    let Some(class) = args.positional().first() else {
        return Err(vm.type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            d.def.name(),
            d.owner.name()
        )));
    };
    let bound = classmethod_get(vm, this, None, Some(class))?;
    vm.call_args(&bound, args.skip_first())
}

fn getset_get(vm: &Vm, this: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    let d = this.downcast::<PyGetSet>().expect("slots are called on their own types");
    let Some(obj) = obj else { return Ok(this.clone()) };
    if !obj.class().is_subtype(d.owner.object()) {
        return Err(does_not_apply(vm, d.def.name, d.owner.object(), obj));
    }
    (d.def.get)(vm, obj)
}

fn getset_set(vm: &Vm, this: &Value, obj: &Value, value: Option<Value>) -> PyResult<()> {
    let d = this.downcast::<PyGetSet>().expect("slots are called on their own types");
    if !obj.class().is_subtype(d.owner.object()) {
        return Err(does_not_apply(vm, d.def.name, d.owner.object(), obj));
    }
    match d.def.set {
        Some(set) => set(vm, obj, value),
        None => Err(vm.attribute_error(format!(
            "attribute '{}' of '{}' objects is not writable",
            d.def.name,
            d.owner.name()
        ))),
    }
}

fn member_get(vm: &Vm, this: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    let d = this.downcast::<PyMember>().expect("slots are called on their own types");
    let Some(obj) = obj else { return Ok(this.clone()) };
    if !obj.class().is_subtype(d.owner.object()) {
        return Err(does_not_apply(vm, &d.name.to_lossy(), d.owner.object(), obj));
    }
    let v = match d.place {
        Place::Slot(offset) => instance::get_slot(obj, offset),
        Place::Native(def) => return (def.get)(vm, obj),
    };
    if !v.is_unbound() {
        return Ok(v);
    }
    let class = crate::types::type_::full_name(vm, obj.class())?;
    let message = format!("'{class}' object has no attribute '{}'", d.name.to_lossy());
    Err(crate::types::exception::attribute_error(vm, &message, obj, &d.name))
}

fn member_set(vm: &Vm, this: &Value, obj: &Value, value: Option<Value>) -> PyResult<()> {
    let d = this.downcast::<PyMember>().expect("slots are called on their own types");
    if !obj.class().is_subtype(d.owner.object()) {
        return Err(does_not_apply(vm, &d.name.to_lossy(), d.owner.object(), obj));
    }
    let deleting = value.is_none();
    let offset = match d.place {
        Place::Slot(offset) => offset,
        Place::Native(GetSet { set: Some(set), .. }) => return set(vm, obj, value),
        Place::Native(_) => return Err(vm.attribute_error("readonly attribute")),
    };
    let old = instance::set_slot(obj, offset, value.unwrap_or(Value::UNBOUND));
    if deleting && old.is_unbound() {
        return Err(crate::types::exception::attribute_error(vm, &d.name.to_lossy(), obj, &d.name));
    }
    Ok(())
}

impl PyWrapper {
    /// Calls the slot; the first argument is `self`.
    pub(crate) fn call(&self, vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
        let owner = self.owner.object();
        let Some(this) = args.positional().first() else {
            return Err(vm.type_error(format!(
                "descriptor '{}' of '{}' object needs an argument",
                self.special.name,
                owner.name()
            )));
        };
        if !this.class().is_subtype(owner) {
            return Err(vm.type_error(format!(
                "descriptor '{}' requires a '{}' object but received a '{}'",
                self.special.name,
                owner.name(),
                this.class().name()
            )));
        }
        if !args.names.is_empty() && !matches!(self.special.name, "__init__" | "__call__") {
            return Err(vm.type_error(format!("wrapper {}() takes no keyword arguments", self.special.name)));
        }
        (self.special.call)(vm, owner.slots(), args)
    }
}

fn wrapper_call(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    this.downcast::<PyWrapper>().expect("slots are called on their own types").call(vm, args)
}

fn wrapper_get(vm: &Vm, this: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    let d: Ref<PyWrapper> = this.downcast_ref().expect("slots are called on their own types");
    let Some(obj) = obj else { return Ok(this.clone()) };
    if !obj.class().is_subtype(d.owner.object()) {
        return Err(does_not_apply(vm, d.special.name, d.owner.object(), obj));
    }
    Ok(Ref::new(&METHOD_WRAPPER, PyMethodWrapper { wrapper: d, this: obj.clone() }).into_value())
}

fn method_wrapper_call(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let m = this.downcast::<PyMethodWrapper>().expect("slots are called on their own types");
    let all = args.prepend(m.this.clone());
    m.wrapper.call(vm, CallArgs { args: &all, names: args.names })
}

fn method_wrapper_repr(vm: &Vm, this: &Value) -> PyResult<Value> {
    let m = this.downcast::<PyMethodWrapper>().expect("slots are called on their own types");
    let (name, class) = (m.wrapper.special.name, m.this.class().name());
    Ok(vm.str(&format!("<method-wrapper '{name}' of {class} object at {:#x}>", m.this.id())))
}

fn method_wrapper_compare(_vm: &Vm, a: &Value, b: &Value, op: crate::object::CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyMethodWrapper>(), b.downcast::<PyMethodWrapper>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = x.this.is(&y.this) && x.wrapper.is(&y.wrapper);
    Ok(super::object::equality(op, same))
}

fn method_wrapper_hash(_vm: &Vm, v: &Value) -> PyResult<i64> {
    let m = v.downcast::<PyMethodWrapper>().expect("slots are called on their own types");
    Ok(super::object::hash_identity(&m.this) ^ super::object::hash_identity(m.wrapper.as_value()))
}

/// Name, owner and documentation of any of the descriptors here.
struct Info {
    name: String,
    owner: TypeRef,
    doc: &'static str,
    signature: Option<String>,
}

fn info(v: &Value) -> Info {
    if let Some(d) = v.downcast::<PyMethodDescr>() {
        let signature = Some(super::native_function::signature_text(d.def));
        return Info { name: d.def.name().into(), owner: d.owner.clone(), doc: d.def.doc, signature };
    }
    if let Some(d) = v.downcast::<PyClassMethodDescr>() {
        let signature = Some(super::native_function::signature_text(d.def));
        return Info { name: d.def.name().into(), owner: d.owner.clone(), doc: d.def.doc, signature };
    }
    if let Some(d) = v.downcast::<PyGetSet>() {
        return Info { name: d.def.name.into(), owner: d.owner.clone(), doc: d.def.doc, signature: None };
    }
    if let Some(d) = v.downcast::<PyMember>() {
        return Info {
            name: d.name.to_lossy().into_owned(),
            owner: d.owner.clone(),
            doc: match d.place {
                Place::Native(def) => def.doc,
                Place::Slot(_) => "",
            },
            signature: None,
        };
    }
    let of_wrapper = |w: &PyWrapper| Info {
        name: w.special.name.into(),
        owner: w.owner.clone(),
        doc: w.special.doc,
        signature: Some(w.special.params.into()),
    };
    if let Some(d) = v.downcast::<PyMethodWrapper>() {
        return of_wrapper(&d.wrapper);
    }
    of_wrapper(v.downcast::<PyWrapper>().expect("these getters belong to the types of this file"))
}

fn get_name(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.intern(&info(v).name).into_value())
}

fn get_qualname(vm: &Vm, v: &Value) -> PyResult<Value> {
    let i = info(v);
    let owner = super::type_::qualname(vm, i.owner.object());
    Ok(vm.str(&format!("{}.{}", owner.to_lossy(), i.name)))
}

fn get_doc(vm: &Vm, v: &Value) -> PyResult<Value> {
    let i = info(v);
    Ok(if i.doc.is_empty() { Value::NONE } else { vm.str(i.doc) })
}

fn get_signature(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(info(v).signature.map_or(Value::NONE, |s| vm.str(&s)))
}

fn get_owner(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(info(v).owner.into_value())
}

fn get_this(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.downcast::<PyMethodWrapper>().map_or(Value::NONE, |m| m.this.clone()))
}

fn builtin(vm: &Vm, name: &str) -> Value {
    Value::or_none(vm.runtime().builtins.get_str(&vm.intern(name)))
}

/// `(getattr, (owner, name))`
fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let i = info(v);
    let from = match v.downcast::<PyMethodWrapper>() {
        Some(m) => m.this.clone(),
        None => i.owner.into_value(),
    };
    let inner = PyTuple::new(vec![from, vm.str(&i.name)]).into_value();
    Ok(PyTuple::new(vec![builtin(vm, "getattr"), inner]).into_value())
}

fn owner_and_name_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let kind = if v.has_layout::<PyWrapper>() {
        "slot wrapper"
    } else if v.has_layout::<PyMember>() {
        "member"
    } else if v.has_layout::<PyClassMethodDescr>() {
        "method"
    } else {
        "attribute"
    };
    let i = info(v);
    Ok(vm.str(&format!("<{kind} '{}' of '{}' objects>", i.name, i.owner.name())))
}

const NAME: GetSet = GetSet { name: "__name__", doc: "", get: get_name, set: None };
const QUALNAME: GetSet = GetSet { name: "__qualname__", doc: "", get: get_qualname, set: None };
const DOC: GetSet = GetSet { name: "__doc__", doc: "", get: get_doc, set: None };
const SIGNATURE: GetSet = GetSet { name: "__text_signature__", doc: "", get: get_signature, set: None };
const OBJCLASS: GetSet = GetSet { name: "__objclass__", doc: "", get: get_owner, set: None };
const SELF: GetSet = GetSet { name: "__self__", doc: "", get: get_this, set: None };

static CALLABLE: &[GetSet] = &[DOC, NAME, OBJCLASS, QUALNAME, SIGNATURE];
static DATA: &[GetSet] = &[DOC, NAME, OBJCLASS, QUALNAME];
static BOUND: &[GetSet] = &[DOC, NAME, OBJCLASS, QUALNAME, SELF, SIGNATURE];
static REDUCE: &[NativeDef] = &[native("__reduce__(self, /)", "", reduce)];

macro_rules! descriptor_types {
    ($($(#[$doc:meta])* $NAME:ident = $name:literal $T:ident $flags:expr, $methods:expr, $getset:expr, $slots:expr;)*) => {$(
        $(#[$doc])*
        pub static $NAME: Type = {
            static DEF: TypeDef = TypeDef {
                name: $name,
                layout: $T::layout,
                flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | $flags,
                slots: $slots,
                methods: $methods,
                getset: $getset,
                ..TypeDef::EMPTY
            };
            Type::builtin(&DEF)
        };
    )*};
}

use crate::object::Slots;

descriptor_types! {
    /// `types.MethodDescriptorType`
    METHOD_DESCRIPTOR = "method_descriptor" PyMethodDescr TypeFlags::METHOD_DESCRIPTOR, REDUCE, CALLABLE,
        Slots { call: Some(method_call), descr_get: Some(method_get), repr: Some(method_repr), ..Slots::EMPTY };
    /// `types.ClassMethodDescriptorType`
    CLASSMETHOD_DESCRIPTOR = "classmethod_descriptor" PyClassMethodDescr 0, &[], CALLABLE,
        Slots { call: Some(classmethod_call), descr_get: Some(classmethod_get), repr: Some(owner_and_name_repr), ..Slots::EMPTY };
    /// `types.GetSetDescriptorType`
    GETSET_DESCRIPTOR = "getset_descriptor" PyGetSet 0, &[], DATA,
        Slots { descr_get: Some(getset_get), descr_set: Some(getset_set), repr: Some(owner_and_name_repr), ..Slots::EMPTY };
    /// `types.MemberDescriptorType`
    MEMBER_DESCRIPTOR = "member_descriptor" PyMember 0, REDUCE, DATA,
        Slots { descr_get: Some(member_get), descr_set: Some(member_set), repr: Some(owner_and_name_repr), ..Slots::EMPTY };
    /// `types.WrapperDescriptorType`
    WRAPPER_DESCRIPTOR = "wrapper_descriptor" PyWrapper TypeFlags::METHOD_DESCRIPTOR, REDUCE, CALLABLE,
        Slots { call: Some(wrapper_call), descr_get: Some(wrapper_get), repr: Some(owner_and_name_repr), ..Slots::EMPTY };
    /// `types.MethodWrapperType`
    METHOD_WRAPPER = "method-wrapper" PyMethodWrapper 0, REDUCE, BOUND,
        Slots {
            call: Some(method_wrapper_call), repr: Some(method_wrapper_repr), compare: Some(method_wrapper_compare),
            hash: Some(method_wrapper_hash), ..Slots::EMPTY
        };
}
