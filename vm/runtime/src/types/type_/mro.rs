//! Method resolution order: C3 linearization, and the metaclass's `mro()`.

use crate::object::{Type, TypeObject, TypeRef, Value};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// The direct bases of a type.
pub(crate) fn bases_of(ty: &TypeObject) -> Vec<TypeRef> {
    let bases = ty.bases.borrow().clone();
    let Some(b) = bases else { return Vec::new() };
    let t = b.downcast::<PyTuple>().map(PyTuple::as_slice).unwrap_or_default();
    t.iter().filter_map(Value::downcast_ref::<TypeObject>).collect()
}

/// The C3 linearization of `ty`.
pub(crate) fn linearize(vm: &Vm, ty: &Type) -> PyResult<Vec<TypeRef>> {
    let bases = bases_of(ty);
    if let [base] = &bases[..] {
        return Ok(std::iter::once(ty.to_ref()).chain(base.mro().iter().cloned()).collect());
    }
    for (i, b) in bases.iter().enumerate() {
        if bases[..i].iter().any(|x| x.is(b)) {
            return Err(vm.type_error(format!("duplicate base class {}", b.name())));
        }
    }
    let mut lists: Vec<Vec<TypeRef>> = bases.iter().map(|b| b.mro().iter().cloned().collect()).collect();
    lists.push(bases);
    let mut at = vec![0; lists.len()];
    let mut out = vec![ty.to_ref()];
    loop {
        let mut all_done = true;
        let mut next = None;
        for (l, &i) in lists.iter().zip(&at) {
            let Some(candidate) = l.get(i) else { continue };
            all_done = false;
            let blocked = lists.iter().zip(&at).any(|(m, &j)| m.iter().skip(j + 1).any(|t| t.is(candidate)));
            if !blocked {
                next = Some(candidate.clone());
                break;
            }
        }
        if all_done {
            return Ok(out);
        }
        let Some(next) = next else { return Err(inconsistent(vm, &lists, &at)) };
        for (l, i) in lists.iter().zip(&mut at) {
            if l.get(*i).is_some_and(|t| t.is(&next)) {
                *i += 1;
            }
        }
        out.push(next);
    }
}

#[cold]
fn inconsistent(vm: &Vm, lists: &[Vec<TypeRef>], at: &[usize]) -> Raised {
    let mut heads: Vec<&TypeRef> = Vec::new();
    for (l, &i) in lists.iter().zip(at) {
        if let Some(t) = l.get(i)
            && !heads.iter().any(|h| h.is(t))
        {
            heads.push(t);
        }
    }
    let names: Vec<&str> = heads.iter().map(|t| t.name()).collect();
    vm.type_error(format!("Cannot create a consistent method resolution order (MRO) for bases {}", names.join(", ")))
}

/// Computes and sets the MRO, through the metaclass's `mro` where it has its own.
pub(crate) fn set(vm: &Vm, ty: &Type) -> PyResult<()> {
    let meta = ty.header().class();
    let own = match meta.lookup(&vm.names().mro) {
        Some(m) if !std::ptr::eq(meta, &super::TYPE) => {
            let theirs = super::TYPE.lookup(&vm.names().mro);
            theirs.is_none_or(|t| !t.is(&m))
        }
        _ => false,
    };
    let mro = if own {
        let before = ty.mro().as_ptr();
        let mro = custom(vm, ty)?;
        // `mro()` itself has given the class other bases: that was the later change.
        if ty.mro().as_ptr() != before {
            return Ok(());
        }
        mro
    } else {
        linearize(vm, ty)?
    };
    ty.set_mro(mro);
    ty.modified();
    Ok(())
}

fn custom(vm: &Vm, ty: &Type) -> PyResult<Vec<TypeRef>> {
    let v = ty.as_value();
    let Some(m) = vm.lookup_special(&v, &vm.names().mro)? else { return linearize(vm, ty) };
    let r = m.call(vm, &[])?;
    let items = vm.to_vec(&r)?;
    if items.is_empty() {
        return Err(vm.type_error("type MRO must not be empty"));
    }
    let solid = super::layout::solid_base(ty);
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        let Some(t) = item.downcast_ref::<TypeObject>() else {
            return Err(vm.type_error(format!("mro() returned a non-class ('{}')", item.class().name())));
        };
        if !solid.is_subtype(super::layout::solid_base(t.object()).object()) {
            return Err(vm.type_error(format!("mro() returned base with unsuitable layout ('{}')", t.name())));
        }
        out.push(t);
    }
    Ok(out)
}

/// `type.mro(cls)`
pub(super) fn method(vm: &Vm, args: crate::Args<'_>) -> PyResult<Value> {
    let ty = args.payload::<TypeObject>();
    let mro = linearize(vm, ty.object())?;
    Ok(PyList::new(mro.into_iter().map(TypeRef::into_value).collect()).into_value())
}
