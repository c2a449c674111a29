//! `__slots__`: what a class body says about the form of its instances.

use crate::Str;
use crate::object::{TypeFlags, TypeObject, TypeRef, Value};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::type_::TYPE;
use crate::vm::{PyResult, Vm};

/// The form that a class body asks for.
pub(super) struct Form {
    /// Mangled names, sorted.
    pub(super) slots: Vec<Str>,
    /// Whether instances get a `__dict__` that those of the base lack.
    pub(super) add_dict: bool,
    /// Whether instances get weak references that those of the base lack.
    pub(super) add_weakrefs: bool,
}

/// Reads `__slots__` of the namespace.
pub(super) fn read(vm: &Vm, class_name: &PyStr, ns: &PyDict, base: &TypeRef, bases: &[Value]) -> PyResult<Form> {
    // A class keeps its attributes in its own namespace, so a metaclass adds no second dict beside it.
    let may_dict = !base.has_dict() && !base.is_subtype(&TYPE);
    let may_weak = !base.flags().has(TypeFlags::WEAKREFS);
    let Some(slots) = ns.get_str(&vm.names().__slots__) else {
        return Ok(Form { slots: Vec::new(), add_dict: may_dict, add_weakrefs: may_weak });
    };
    let items = if slots.has_layout::<PyStr>() { vec![slots] } else { vm.to_vec(&slots)? };
    use crate::types::{bytes::BYTES, int::INT, tuple::TUPLE};
    if !items.is_empty() && [&INT, &BYTES, &TUPLE].iter().any(|t| base.is_subtype(t)) {
        return Err(vm.type_error(format!("nonempty __slots__ not supported for subtype of '{}'", base.name())));
    }
    let (mut add_dict, mut add_weakrefs) = (false, false);
    let mut names: Vec<Str> = Vec::new();
    for item in items {
        let Some(s) = item.downcast_ref::<PyStr>() else {
            return Err(vm.type_error(format!("__slots__ items must be strings, not '{}'", item.class().name())));
        };
        if !is_identifier(&s) {
            return Err(vm.type_error("__slots__ must be identifiers"));
        }
        match s.as_bytes() {
            b"__dict__" => {
                if !may_dict || add_dict {
                    return Err(vm.type_error("__dict__ slot disallowed: we already got one"));
                }
                add_dict = true;
            }
            b"__weakref__" => {
                if !may_weak || add_weakrefs {
                    return Err(vm.type_error("__weakref__ slot disallowed: we already got one"));
                }
                add_weakrefs = true;
            }
            _ => {
                let name = mangle(class_name, &s);
                let harmless = [b"__qualname__".as_slice(), b"__classcell__", b"__classdictcell__"];
                if ns.get_str(&name).is_some() && !harmless.contains(&name.as_bytes()) {
                    return Err(vm.value_error(format!(
                        "{} in __slots__ conflicts with class variable",
                        vm.repr(name.as_value())?.to_lossy()
                    )));
                }
                names.push(name);
            }
        }
    }
    names.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    // Another base may bring what this class does not ask for.
    for b in bases.iter().filter_map(Value::downcast_ref::<TypeObject>).filter(|b| !b.is(base)) {
        add_dict |= may_dict && b.has_dict();
        add_weakrefs |= may_weak && b.flags().has(TypeFlags::WEAKREFS);
    }
    Ok(Form { slots: names, add_dict, add_weakrefs })
}

fn is_identifier(s: &PyStr) -> bool {
    let Some(text) = s.as_str() else { return false };
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// The name that a private name has inside of a class.
fn mangle(class: &PyStr, name: &Str) -> Str {
    let (c, n) = (class.as_bytes(), name.as_bytes());
    let stripped = &c[c.iter().position(|&b| b != b'_').unwrap_or(c.len())..];
    if !n.starts_with(b"__") || n.ends_with(b"__") || n.contains(&b'.') || stripped.is_empty() {
        return PyStr::intern(n);
    }
    PyStr::intern(&[b"_", stripped, n].concat())
}
