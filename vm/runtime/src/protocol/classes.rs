//! `isinstance` and `issubclass`.

use crate::object::{TypeObject, Value};
use crate::types::tuple::PyTuple;
use crate::types::type_::TYPE;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `isinstance(v, cls)`, `__instancecheck__` and tuples included.
    pub fn isinstance(&self, v: &Value, cls: &Value) -> PyResult<bool> {
        if let Some(t) = cls.downcast::<TypeObject>() {
            if std::ptr::eq(v.class(), t.object()) {
                return Ok(true);
            }
            if cls.is_exact(&TYPE) {
                return self.real_isinstance(v, cls);
            }
        }
        if let Some(t) = cls.downcast::<PyTuple>() {
            self.check_stack()?;
            for c in t.as_slice() {
                if self.isinstance(v, c)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(m) = self.lookup_special(cls, &self.names().__instancecheck__)? {
            self.check_stack()?;
            let r = m.call(self, std::slice::from_ref(v))?;
            return self.is_true(&r);
        }
        self.real_isinstance(v, cls)
    }

    /// `issubclass(derived, cls)`, `__subclasscheck__` and tuples included.
    pub fn issubclass(&self, derived: &Value, cls: &Value) -> PyResult<bool> {
        if cls.is_exact(&TYPE) {
            if derived.is(cls) {
                return Ok(true);
            }
            return self.real_issubclass(derived, cls);
        }
        if let Some(t) = cls.downcast::<PyTuple>() {
            self.check_stack()?;
            for c in t.as_slice() {
                if self.issubclass(derived, c)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(m) = self.lookup_special(cls, &self.names().__subclasscheck__)? {
            self.check_stack()?;
            let r = m.call(self, std::slice::from_ref(derived))?;
            return self.is_true(&r);
        }
        self.real_issubclass(derived, cls)
    }

    /// `type.__instancecheck__`: by MRO, or by `__class__` where an object pretends.
    pub fn real_isinstance(&self, v: &Value, cls: &Value) -> PyResult<bool> {
        if let Some(t) = cls.downcast::<TypeObject>() {
            if v.class().is_subtype(t.object()) {
                return Ok(true);
            }
            // Only classes that define `__class__` can say otherwise.
            let Some(claimed) = self.get_attr_opt(v, &self.names().__class__)? else { return Ok(false) };
            return Ok(match claimed.downcast::<TypeObject>() {
                Some(c) if !std::ptr::eq(c.object(), v.class()) => c.is_subtype(t.object()),
                _ => false,
            });
        }
        if self.abstract_bases(cls)?.is_none() {
            return Err(self.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
        }
        match self.get_attr_opt(v, &self.names().__class__)? {
            Some(c) => self.abstract_issubclass(&c, cls),
            None => Ok(false),
        }
    }

    /// `type.__subclasscheck__`
    pub fn real_issubclass(&self, derived: &Value, cls: &Value) -> PyResult<bool> {
        if let (Some(d), Some(c)) = (derived.downcast::<TypeObject>(), cls.downcast::<TypeObject>()) {
            return Ok(d.is_subtype(c.object()));
        }
        if self.abstract_bases(derived)?.is_none() {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        if self.abstract_bases(cls)?.is_none() {
            return Err(self.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
        }
        self.abstract_issubclass(derived, cls)
    }

    fn abstract_bases(&self, cls: &Value) -> PyResult<Option<Value>> {
        Ok(self.get_attr_opt(cls, &self.names().__bases__)?.filter(|b| b.has_layout::<PyTuple>()))
    }

    fn abstract_issubclass(&self, derived: &Value, cls: &Value) -> PyResult<bool> {
        if derived.is(cls) {
            return Ok(true);
        }
        self.check_stack()?;
        let Some(bases) = self.abstract_bases(derived)? else { return Ok(false) };
        for b in self.to_vec(&bases)? {
            if self.abstract_issubclass(&b, cls)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
