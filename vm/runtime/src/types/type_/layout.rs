//! Forms of instances: which base decides it, and which bases do not go together.

use crate::object::{Type, TypeFlags, TypeObject, TypeRef, Value};
use crate::types::native_function::native_base;
use crate::vm::{PyResult, Vm};

/// Whether instances of `ty` have more native parts or slots than those of `base` (a `__dict__` does not count).
fn adds_form(ty: &TypeObject, base: &TypeObject) -> bool {
    !std::ptr::eq(ty.layout(), base.layout()) || ty.slot_offsets().len() != base.slot_offsets().len()
}

/// The nearest class along the first bases that decided the form of instances.
pub(crate) fn solid_base(ty: &Type) -> TypeRef {
    let mut t = ty.to_ref();
    while let Some(b) = t.base() {
        if adds_form(&t, &b) {
            return t;
        }
        t = b;
    }
    t
}

/// Whether the native part of `t` extends that of `w` and has its own way of making instances.
fn makes_more(t: &Type, w: &Type) -> bool {
    let (Some(t), Some(w)) = (native_base(t), native_base(w)) else { return false };
    let differ = match (t.slots().new, w.slots().new) {
        (Some(a), Some(b)) => !std::ptr::fn_addr_eq(a, b),
        _ => false,
    };
    differ && t.is_subtype(w.object())
}

/// The base that a new class extends the form of: the one with the most derived solid base.
pub(crate) fn best_base(vm: &Vm, bases: &[Value]) -> PyResult<TypeRef> {
    let mut best: Option<(TypeRef, TypeRef)> = None;
    for b in bases {
        let Some(t) = b.downcast_ref::<TypeObject>() else {
            return Err(vm.type_error("bases must be types"));
        };
        if !t.flags().has(TypeFlags::BASETYPE) {
            return Err(vm.type_error(format!("type '{}' is not an acceptable base type", dotted_name(t.object()))));
        }
        let solid = solid_base(t.object());
        best = match best.take() {
            None => Some((t, solid)),
            // Of the same form, but made by a native `__new__` of its own: that one has to make the instances.
            Some((w, s)) if s.is(&solid) && makes_more(t.object(), w.object()) => Some((t, solid)),
            Some((w, s)) if s.is_subtype(solid.object()) => Some((w, s)),
            Some((_, s)) if solid.is_subtype(s.object()) => Some((t, solid)),
            Some(_) => return Err(vm.type_error("multiple bases have instance lay-out conflict")),
        };
    }
    best.map(|b| b.0).ok_or_else(|| vm.type_error("a new-style class can't have only classic bases"))
}

/// The name as CPython's `tp_name` has it: with the module for types of native modules.
pub(crate) fn dotted_name(ty: &Type) -> String {
    match ty.def {
        Some(d) if d.module != "builtins" => format!("{}.{}", d.module, d.name),
        _ => ty.name().to_owned(),
    }
}
