//! Assignment to `__bases__`.

use super::{layout, mro};
use crate::object::{Type, TypeFlags, TypeObject, TypeRef, Value};
use crate::types::slot_table;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// `cls.__bases__ = bases`; everything is put back when the new MRO can't be made.
pub(super) fn set_bases(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let ty = v.downcast::<TypeObject>().expect("this setter belongs to type").object();
    if ty.flags().has(TypeFlags::IMMUTABLE) {
        return Err(vm.type_error(format!("cannot set '__bases__' attribute of immutable type '{}'", ty.name())));
    }
    let Some(new) = value else {
        return Err(vm.type_error(format!("cannot delete '__bases__' attribute of type '{}'", ty.name())));
    };
    let Some(t) = new.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            ty.name(),
            new.class().name()
        )));
    };
    if t.is_empty() {
        return Err(vm.type_error(format!("can only assign non-empty tuple to {}.__bases__, not ()", ty.name())));
    }
    for b in t.as_slice() {
        let Some(bt) = b.downcast::<TypeObject>() else {
            return Err(vm.type_error(format!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                ty.name(),
                b.class().name()
            )));
        };
        if bt.is_subtype(ty) || descends(bt, ty) {
            return Err(vm.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let base = layout::best_base(vm, t.as_slice())?;
    let old_base = ty.base().expect("only object has no base, and it is immutable");
    if !compatible(&base, &old_base) {
        return Err(vm.type_error(format!(
            "__bases__ assignment: '{}' object layout differs from '{}'",
            base.name(),
            old_base.name()
        )));
    }
    let old_bases = ty.bases.borrow().clone();
    let old = mro::bases_of(ty);
    *ty.bases.borrow_mut() = Some(new.clone());
    *ty.base.borrow_mut() = Some(base);
    let mut undo = Vec::new();
    let done = remake_mros(vm, ty, &mut undo);
    // A metaclass's `mro()` may have set other bases meanwhile: then those stay.
    if !ty.bases.borrow().as_ref().is_some_and(|b| b.is(&new)) {
        return done;
    }
    if let Err(e) = done {
        for (t, m) in undo.into_iter().rev() {
            t.set_mro(m);
            t.modified();
        }
        *ty.bases.borrow_mut() = old_bases;
        *ty.base.borrow_mut() = Some(old_base);
        return Err(e);
    }
    for b in &old {
        b.remove_subclass(ty);
    }
    for b in mro::bases_of(ty) {
        b.add_subclass(ty);
    }
    ty.modified();
    slot_table::refill_tree(vm, ty);
    if !ty.flags().has(TypeFlags::WEAKREFS) && mro::bases_of(ty).iter().any(|b| b.flags().has(TypeFlags::WEAKREFS)) {
        ty.add_flags(TypeFlags::WEAKREFS);
    }
    Ok(())
}

/// Whether `ty` is among the bases of a class's bases, which can be ahead of the MROs.
fn descends(class: &TypeObject, ty: &TypeObject) -> bool {
    let mut at = class.base();
    while let Some(b) = at {
        if std::ptr::eq(&raw const *b, ty) {
            return true;
        }
        at = b.base();
    }
    false
}

/// Whether a class that extends one base could as well extend the other.
fn compatible(new: &TypeObject, old: &TypeObject) -> bool {
    let (a, b) = (layout::solid_base(new.object()), layout::solid_base(old.object()));
    a.is(&b) && new.attrs_offset() == old.attrs_offset() || new.same_form(old)
}

fn remake_mros(vm: &Vm, ty: &Type, undo: &mut Vec<(TypeRef, Vec<TypeRef>)>) -> PyResult<()> {
    vm.check_stack()?;
    undo.push((ty.to_ref(), ty.mro().clone()));
    mro::set(vm, ty)?;
    for sub in ty.subclasses() {
        remake_mros(vm, sub.object(), undo)?;
    }
    Ok(())
}
