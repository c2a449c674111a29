//! Makes built-in types usable: MRO, form of instances, inherited slots.

use crate::object::{Type, TypeFlags, TypeRef, Value};
use crate::types::object::OBJECT;
use crate::types::slot_table;
use crate::types::tuple::PyTuple;
use crate::vm::Vm;

/// Readies a built-in type and its bases. Does nothing for a type that is ready.
// The parameter says that a VM exists; every module's `init` hands it over.
#[allow(clippy::only_used_in_recursion)]
pub fn ready(vm: &Vm, ty: &'static Type) {
    if ty.flags().has(TypeFlags::READY) {
        return;
    }
    ty.add_flags(TypeFlags::READY);
    let Some(def) = ty.def else { return };
    let Some(base) = def.base else {
        ty.set_mro(vec![ty.to_ref()]);
        *ty.bases.borrow_mut() = Some(PyTuple::new(Vec::new()).into_value());
        slot_table::set_flags(ty);
        return;
    };
    ready(vm, base);
    *ty.base.borrow_mut() = Some(base.to_ref());
    *ty.bases.borrow_mut() = Some(PyTuple::new(vec![base.as_value()]).into_value());
    let mro: Vec<TypeRef> = std::iter::once(ty.to_ref()).chain(base.mro().iter().cloned()).collect();
    ty.set_mro(mro);
    base.add_subclass(ty);
    ty.take_form_of_base(base, def.flags & TypeFlags::DICT != 0);
    let mut slots = def.slots;
    slot_table::inherit(
        &mut slots,
        base.slots(),
        def.methods.iter().any(|m| matches!(m.name(), "__eq__" | "__hash__")),
    );
    if slots.new.is_none() {
        // What derives from `object` alone is not made by `object.__new__`, unless it is a mere base class.
        let plain = ty.has_layout(OBJECT.layout()) && def.flags & TypeFlags::BASETYPE != 0;
        if def.flags & TypeFlags::NO_NEW == 0 && (plain || !std::ptr::eq(base, &OBJECT)) {
            slots.new = base.slots().new;
        } else {
            ty.add_flags(TypeFlags::NO_NEW);
        }
    }
    ty.set_slots(slots);
    let inherited = TypeFlags::SEQUENCE
        | TypeFlags::MAPPING
        | TypeFlags::MATCH_SELF
        | TypeFlags::WEAKREFS
        | TypeFlags::METHOD_DESCRIPTOR;
    ty.add_flags(base.flags().0 & inherited);
    slot_table::set_flags(ty);
}

/// A native type as a value, readied: for filling a module's namespace.
pub fn ready_value(vm: &Vm, ty: &'static Type) -> Value {
    ready(vm, ty);
    ty.as_value()
}
