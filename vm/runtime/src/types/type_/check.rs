//! `isinstance` and `issubclass`, and subscripts of classes.

use crate::object::{TypeFlags, TypeObject, Value};
use crate::types::tuple::PyTuple;
use crate::types::union::PyUnion;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `isinstance(v, class)`: a class, a tuple of such, a union, or anything with `__instancecheck__`.
    #[inline]
    pub fn isinstance(&self, v: &Value, class: &Value) -> PyResult<bool> {
        if let Some(t) = class.downcast::<TypeObject>() {
            if std::ptr::eq(v.class(), t.object()) {
                return Ok(true);
            }
            if class.is_exact(&super::TYPE) {
                return self.real_isinstance(v, class);
            }
        }
        self.isinstance_slow(v, class)
    }

    #[inline(never)]
    fn isinstance_slow(&self, v: &Value, class: &Value) -> PyResult<bool> {
        if let Some(t) = class.downcast::<PyTuple>() {
            self.check_stack()?;
            for c in t.as_slice() {
                if self.isinstance(v, c)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(u) = class.downcast::<PyUnion>() {
            return u.has_instance(self, v);
        }
        if let Some(m) = self.lookup_special(class, &self.names().__instancecheck__)? {
            self.check_stack()?;
            let r = m.call(self, std::slice::from_ref(v))?;
            return self.is_true(&r);
        }
        self.real_isinstance(v, class)
    }

    /// `type.__instancecheck__`: by MRO, then by what the object says its `__class__` is.
    pub fn real_isinstance(&self, v: &Value, class: &Value) -> PyResult<bool> {
        let n = self.names();
        if let Some(t) = class.downcast::<TypeObject>() {
            if v.class().is_subtype(t.object()) {
                return Ok(true);
            }
            if v.class().flags().has(TypeFlags::GENERIC_GETATTR)
                && let Some(c) = v.class().lookup(&n.__class__)
                && let Some(o) = crate::types::object::OBJECT.own(&n.__class__)
                && c.is(&o)
            {
                // `__class__` can't say anything else.
                return Ok(false);
            }
            return Ok(match self.get_attr_opt(v, &n.__class__)? {
                Some(c) => c.downcast::<TypeObject>().is_some_and(|c| c.is_subtype(t.object())),
                None => false,
            });
        }
        if self.bases_of_any(class)?.is_none() {
            return Err(self.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
        }
        match self.get_attr_opt(v, &n.__class__)? {
            Some(c) => self.abstract_subclass(&c, class),
            None => Ok(false),
        }
    }

    /// `issubclass(sub, class)`
    pub fn issubclass(&self, sub: &Value, class: &Value) -> PyResult<bool> {
        if class.is_exact(&super::TYPE) {
            if sub.is(class) {
                return Ok(true);
            }
            return self.real_issubclass(sub, class);
        }
        if let Some(t) = class.downcast::<PyTuple>() {
            self.check_stack()?;
            for c in t.as_slice() {
                if self.issubclass(sub, c)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(u) = class.downcast::<PyUnion>() {
            return u.has_subclass(self, sub);
        }
        if let Some(m) = self.lookup_special(class, &self.names().__subclasscheck__)? {
            self.check_stack()?;
            let r = m.call(self, std::slice::from_ref(sub))?;
            return self.is_true(&r);
        }
        self.real_issubclass(sub, class)
    }

    /// `type.__subclasscheck__`
    pub fn real_issubclass(&self, sub: &Value, class: &Value) -> PyResult<bool> {
        if let (Some(s), Some(c)) = (sub.downcast::<TypeObject>(), class.downcast::<TypeObject>()) {
            return Ok(s.is_subtype(c.object()));
        }
        if self.bases_of_any(sub)?.is_none() {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        if self.bases_of_any(class)?.is_none() {
            return Err(self.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
        }
        self.abstract_subclass(sub, class)
    }

    /// `__bases__` of anything that acts as a class: a tuple.
    fn bases_of_any(&self, class: &Value) -> PyResult<Option<Value>> {
        Ok(self.get_attr_opt(class, &self.names().__bases__)?.filter(Value::has_layout::<PyTuple>))
    }

    fn abstract_subclass(&self, sub: &Value, class: &Value) -> PyResult<bool> {
        if sub.is(class) {
            return Ok(true);
        }
        self.check_stack()?;
        let Some(bases) = self.bases_of_any(sub)? else { return Ok(false) };
        for b in bases.downcast::<PyTuple>().map(PyTuple::as_slice).unwrap_or_default() {
            if self.abstract_subclass(b, class)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// `cls[item]` through `__class_getitem__`; `None` if `obj` is no class or has none.
pub fn class_getitem(vm: &Vm, obj: &Value, key: &Value) -> PyResult<Option<Value>> {
    let Some(t) = obj.downcast::<TypeObject>() else { return Ok(None) };
    if std::ptr::eq(t.object(), &super::TYPE) {
        return crate::types::generic_alias::new(vm, obj, key).map(Some);
    }
    match vm.get_attr_opt(obj, &vm.names().__class_getitem__)? {
        Some(f) if !f.is_none() => vm.call(&f, std::slice::from_ref(key)).map(Some),
        _ => Err(vm.type_error(format!("type '{}' is not subscriptable", t.name()))),
    }
}
