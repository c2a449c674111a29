//! Subscripts and lengths of any object.

use crate::object::Value;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `obj[key]`
    pub fn get_item(&self, obj: &Value, key: &Value) -> PyResult<Value> {
        if let Some(f) = obj.class().slots().getitem {
            return f(self, obj, key);
        }
        if let Some(r) = crate::types::type_::class_getitem(self, obj, key)? {
            return Ok(r);
        }
        Err(self.type_error(format!("'{}' object is not subscriptable", obj.class().full_name())))
    }

    /// `obj[key] = value`
    pub fn set_item(&self, obj: &Value, key: &Value, value: Value) -> PyResult<()> {
        match obj.class().slots().setitem {
            Some(f) => f(self, obj, key, Some(value)),
            None => {
                Err(self.type_error(format!("'{}' object does not support item assignment", obj.class().full_name())))
            }
        }
    }

    /// `del obj[key]`
    pub fn del_item(&self, obj: &Value, key: &Value) -> PyResult<()> {
        match obj.class().slots().setitem {
            Some(f) => f(self, obj, key, None),
            None => {
                let class = obj.class();
                // CPython's two words for it: what counts as a sequence is asked as one.
                let sequence = class.is_heap() || class.slots().len.is_some();
                let not = if sequence && key.class().slots().index.is_some() { "doesn't" } else { "does not" };
                Err(self.type_error(format!("'{}' object {not} support item deletion", class.full_name())))
            }
        }
    }

    /// `len(v)`
    pub fn len(&self, v: &Value) -> PyResult<usize> {
        match v.class().slots().len {
            Some(f) => f(self, v),
            None => Err(self.type_error(format!("object of type '{}' has no len()", v.class().full_name()))),
        }
    }
}
