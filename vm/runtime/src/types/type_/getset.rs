//! The computed attributes of types: `__name__`, `__bases__`, `__dict__`, `__doc__` and the like.

use crate::Str;
use crate::object::typeobj::GetSet;
use crate::object::{Type, TypeFlags, TypeObject, TypeRef, Value};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn this(v: &Value) -> &TypeObject {
    v.downcast::<TypeObject>().expect("these getters belong to type")
}

/// `cls.__qualname__`
pub fn qualname(vm: &Vm, ty: &Type) -> Str {
    let q = ty.qualname.borrow().clone();
    match q.and_then(|q| q.downcast_ref::<PyStr>()) {
        Some(q) => q,
        None => vm.intern(ty.name()),
    }
}

/// `module.qualname`, the module left out for the built-in ones: what reprs show.
pub fn full_name(vm: &Vm, ty: &Type) -> PyResult<String> {
    let q = qualname(vm, ty);
    // A class that was made outside of any module has none.
    let module = get_module(vm, &ty.as_value()).ok();
    Ok(match module.as_ref().and_then(Value::downcast::<PyStr>) {
        Some(m) if m.as_bytes() != b"builtins" => format!("{}.{}", m.to_lossy(), q.to_lossy()),
        _ => q.to_lossy().into_owned(),
    })
}

/// Refuses to change a built-in type, or to delete; gives the new value.
fn changeable(vm: &Vm, ty: &TypeObject, value: Option<Value>, name: &str) -> PyResult<Value> {
    if ty.flags().has(TypeFlags::IMMUTABLE) || !ty.is_heap() {
        return Err(vm.type_error(format!("cannot set '{name}' attribute of immutable type '{}'", ty.name())));
    }
    value.ok_or_else(|| vm.type_error(format!("cannot delete '{name}' attribute of immutable type '{}'", ty.name())))
}

fn get_name(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.intern(this(v).name()).into_value())
}

fn set_name(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    let new = changeable(vm, ty, value, "__name__")?;
    let Some(s) = new.downcast::<PyStr>() else {
        return Err(vm.type_error(format!(
            "can only assign string to {}.__name__, not '{}'",
            ty.name(),
            new.class().name()
        )));
    };
    let Some(text) = s.as_str() else {
        return Err(super::create::surrogates(vm, s));
    };
    if text.contains('\0') {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    // `__qualname__` stays what it was, even where it came from the name.
    let q = qualname(vm, ty.object());
    *ty.qualname.borrow_mut() = Some(q.into_value());
    ty.set_name(text);
    Ok(())
}

fn get_qualname(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(qualname(vm, this(v).object()).into_value())
}

fn set_qualname(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    let new = changeable(vm, ty, value, "__qualname__")?;
    if !new.has_layout::<PyStr>() {
        return Err(vm.type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            ty.name(),
            new.class().name()
        )));
    }
    let old = ty.qualname.borrow_mut().replace(new);
    drop(old);
    Ok(())
}

fn get_module(vm: &Vm, v: &Value) -> PyResult<Value> {
    let ty = this(v);
    if let Some(d) = ty.def {
        return Ok(vm.intern(d.module).into_value());
    }
    match ty.own(&vm.names().__module__) {
        Some(m) => Ok(m),
        None => Err(vm.attribute_error("__module__")),
    }
}

fn set_module(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    let new = changeable(vm, ty, value, "__module__")?;
    super::access::set_own(vm, ty.object(), &vm.names().__module__, Some(new))?;
    let line = &vm.names().__firstlineno__;
    if ty.own(line).is_some() {
        super::access::set_own(vm, ty.object(), line, None)?;
    }
    Ok(())
}

fn get_bases(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(this(v).bases.borrow().clone()))
}

fn get_base(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(this(v).base().map(TypeRef::into_value)))
}

fn get_mro(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let mro: Vec<Value> = this(v).mro().iter().map(TypeRef::value).collect();
    if mro.is_empty() {
        // The class is being made.
        return Ok(Value::NONE);
    }
    Ok(PyTuple::new(mro).into_value())
}

pub(super) fn get_dict(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(crate::types::mappingproxy::of(this(v).dict().value()))
}

fn get_doc(vm: &Vm, v: &Value) -> PyResult<Value> {
    let ty = this(v);
    if let Some(d) = ty.def
        && !ty.is_heap()
        && !d.doc.is_empty()
    {
        return Ok(vm.str(super::namespace::split_doc(d).1));
    }
    let Some(doc) = ty.own(&vm.names().__doc__) else { return Ok(Value::NONE) };
    let get = doc.class().slots().descr_get;
    match get {
        Some(get) => get(vm, &doc, None, Some(v)),
        None => Ok(doc),
    }
}

fn set_doc(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    let new = changeable(vm, ty, value, "__doc__")?;
    super::access::set_own(vm, ty.object(), &vm.names().__doc__, Some(new))
}

fn get_signature(vm: &Vm, v: &Value) -> PyResult<Value> {
    let signature = this(v).def.and_then(|d| super::namespace::split_doc(d).0);
    Ok(signature.map_or(Value::NONE, |s| vm.str(s)))
}

fn get_abstract(vm: &Vm, v: &Value) -> PyResult<Value> {
    let found =
        if std::ptr::eq(this(v).object(), &super::TYPE) { None } else { this(v).own(&vm.names().__abstractmethods__) };
    found.ok_or_else(|| {
        crate::types::exception::attribute_error(vm, "__abstractmethods__", v, &vm.names().__abstractmethods__)
    })
}

fn set_abstract(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    let name = &vm.names().__abstractmethods__;
    let any = match &value {
        Some(new) => vm.is_true(new)?,
        None => false,
    };
    if value.is_none() && ty.own(name).is_none() {
        return Err(vm.attribute_error("__abstractmethods__"));
    }
    super::access::set_own(vm, ty.object(), name, value)?;
    if any {
        ty.add_flags(TypeFlags::ABSTRACT)
    } else {
        ty.remove_flags(TypeFlags::ABSTRACT)
    }
    Ok(())
}

fn get_type_params(vm: &Vm, v: &Value) -> PyResult<Value> {
    let own = this(v).own(&vm.names().__type_params__);
    // What `type` itself keeps under this name is this very descriptor.
    let own = own.filter(|_| !std::ptr::eq(this(v).object(), &super::TYPE));
    Ok(own.unwrap_or_else(|| PyTuple::new(Vec::new()).into_value()))
}

fn set_type_params(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = this(v);
    let new = changeable(vm, ty, value, "__type_params__")?;
    super::access::set_own(vm, ty.object(), &vm.names().__type_params__, Some(new))
}

fn get_basicsize(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = this(v);
    Ok(Value::usize(t.layout().size_hint() + t.extension_size()))
}

fn get_itemsize(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = this(v);
    let size = if t.is_subtype(&crate::types::tuple::TUPLE) || t.is_subtype(&super::TYPE) {
        8
    } else if t.is_subtype(&crate::types::bytes::BYTES) {
        1
    } else if t.is_subtype(&crate::types::int::INT) {
        4
    } else {
        0
    };
    Ok(Value::small(size))
}

fn get_dictoffset(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = this(v);
    let at = t.attrs_offset().map_or(0, |o| t.layout().size_hint() + o);
    Ok(Value::usize(at))
}

fn get_weakrefoffset(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::small(if this(v).flags().has(TypeFlags::WEAKREFS) { 16 } else { 0 }))
}

fn get_flags(_vm: &Vm, v: &Value) -> PyResult<Value> {
    // The bits of CPython's tp_flags that Python code looks at.
    let t = this(v);
    let f = t.flags();
    let pick = |bit: u32, out: i64| if f.has(bit) { out } else { 0 };
    let mut bits = 1 << 12;
    bits |= pick(TypeFlags::HEAP, 1 << 9);
    // Types of modules that hold nothing (`typing.Generic`) are heap types in CPython: `copyreg` passes over those.
    if t.def.is_some_and(|d| d.module != "builtins") && std::ptr::eq(t.layout(), crate::types::object::OBJECT.layout())
    {
        bits |= 1 << 9;
    }
    bits |= pick(TypeFlags::BASETYPE, 1 << 10);
    bits |= pick(TypeFlags::IMMUTABLE, 1 << 8);
    bits |= pick(TypeFlags::NO_NEW, 1 << 7);
    bits |= pick(TypeFlags::SEQUENCE, 1 << 5);
    bits |= pick(TypeFlags::MAPPING, 1 << 6);
    bits |= pick(TypeFlags::ABSTRACT, 1 << 20);
    bits |= pick(TypeFlags::MATCH_SELF, 1 << 22);
    bits |= pick(TypeFlags::METHOD_DESCRIPTOR, 1 << 17);
    let kinds: [(&Type, u32); 8] = [
        (&crate::types::int::INT, 24),
        (&crate::types::list::LIST, 25),
        (&crate::types::tuple::TUPLE, 26),
        (&crate::types::bytes::BYTES, 27),
        (&crate::types::str::STR, 28),
        (&crate::types::dict::DICT, 29),
        (&crate::types::exception::BASE_EXCEPTION, 30),
        (&super::TYPE, 31),
    ];
    for (k, bit) in kinds {
        if t.is_subtype(k) {
            bits |= 1 << bit;
        }
    }
    Ok(Value::int(bits))
}

/// Adds the names that `dir(cls)` shows: those of the class and its bases.
pub fn merge_class_names(vm: &Vm, all: &PyDict, class: &Value) -> PyResult<()> {
    vm.check_stack()?;
    let n = vm.names();
    if let Some(d) = vm.get_attr_opt(class, &n.__dict__)? {
        for k in vm.to_vec(&d)? {
            all.set(vm, &k, Value::NONE)?;
        }
    }
    if let Some(bases) = vm.get_attr_opt(class, &n.__bases__)? {
        for b in vm.to_vec(&bases)? {
            merge_class_names(vm, all, &b)?;
        }
    }
    Ok(())
}

macro_rules! row {
    ($name:literal, $get:expr) => {
        GetSet { name: $name, doc: "", get: $get, set: None }
    };
    ($name:literal, $get:expr, $set:expr) => {
        GetSet { name: $name, doc: "", get: $get, set: Some($set) }
    };
}

pub(super) static GETSET: &[GetSet] = &[
    row!("__abstractmethods__", get_abstract, set_abstract),
    row!("__annotate__", super::annotations::get_annotate, super::annotations::set_annotate),
    row!("__annotations__", super::annotations::get_annotations, super::annotations::set_annotations),
    row!("__base__", get_base),
    row!("__bases__", get_bases, super::bases::set_bases),
    row!("__basicsize__", get_basicsize),
    row!("__dict__", get_dict),
    row!("__dictoffset__", get_dictoffset),
    row!("__doc__", get_doc, set_doc),
    row!("__flags__", get_flags),
    row!("__itemsize__", get_itemsize),
    row!("__module__", get_module, set_module),
    row!("__mro__", get_mro),
    row!("__name__", get_name, set_name),
    row!("__qualname__", get_qualname, set_qualname),
    row!("__text_signature__", get_signature),
    row!("__type_params__", get_type_params, set_type_params),
    row!("__weakrefoffset__", get_weakrefoffset),
];
