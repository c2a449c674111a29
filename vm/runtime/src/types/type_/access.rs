//! Attributes of types: the metaclass's data descriptors, the MRO, the rest of the metaclass.

use crate::Str;
use crate::object::string::intern_ref;
use crate::object::{Type, TypeFlags, TypeObject, Value};
use crate::types::slot_table;
use crate::vm::{PyResult, Vm};

/// `type.__getattribute__`
pub(super) fn getattr(vm: &Vm, this: &Value, name: &Str) -> PyResult<Value> {
    if !name.is_interned() {
        return getattr(vm, this, &intern_ref(name));
    }
    let class = this.downcast::<TypeObject>().expect("slots are called on their own types");
    let meta = this.class();
    let on_meta = meta.lookup(name);
    let mut meta_get = None;
    if let Some(d) = &on_meta {
        let s = d.class().slots();
        meta_get = s.descr_get;
        if let Some(get) = s.descr_get
            && s.descr_set.is_some()
        {
            let meta = meta.as_value();
            return get(vm, d, Some(this), Some(&meta));
        }
    }
    if let Some(v) = class.lookup(name) {
        let get = v.class().slots().descr_get;
        return match get {
            Some(get) => get(vm, &v, None, Some(this)),
            None => Ok(v),
        };
    }
    match (on_meta, meta_get) {
        (Some(d), Some(get)) => {
            let meta = this.class().as_value();
            get(vm, &d, Some(this), Some(&meta))
        }
        (Some(d), None) => Ok(d),
        (None, _) => {
            let message = format!("type object '{}' has no attribute '{}'", class.name(), name.to_lossy());
            Err(crate::types::exception::attribute_error(vm, &message, this, name))
        }
    }
}

/// `type.__setattr__` and `type.__delattr__`: caches and slots follow.
pub(super) fn setattr(vm: &Vm, this: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
    if !name.is_interned() {
        return setattr(vm, this, &intern_ref(name), value);
    }
    let class = this.downcast::<TypeObject>().expect("slots are called on their own types").object();
    if class.flags().has(TypeFlags::IMMUTABLE) {
        let what = super::layout::dotted_name(class);
        return Err(vm.type_error(format!(
            "cannot set {} attribute of immutable type '{what}'",
            vm.repr(name.as_value())?.to_lossy()
        )));
    }
    if let Some(d) = this.class().lookup(name)
        && let Some(set) = d.class().slots().descr_set
    {
        return set(vm, &d, this, value);
    }
    set_own(vm, class, name, value)
}

/// Sets or deletes an entry of the class's namespace.
pub(crate) fn set_own(vm: &Vm, class: &Type, name: &Str, value: Option<Value>) -> PyResult<()> {
    // The old value lives until caches have forgotten it.
    let old = class.own(name);
    if old.is_none() && value.is_none() {
        let message = format!("type object '{}' has no attribute '{}'", class.name(), name.to_lossy());
        return Err(crate::types::exception::attribute_error(vm, &message, &class.as_value(), name));
    }
    class.modified();
    match value {
        Some(v) => class.dict().set_str(name, v),
        None => drop(class.dict().remove_str(name)),
    }
    slot_table::attribute_changed(vm, class, name);
    class.modified();
    drop(old);
    Ok(())
}
