//! Comparison, identity, membership, hashing.

use crate::object::{CmpOp, Value};
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `a op b`, as an object.
    pub fn compare(&self, op: CmpOp, a: &Value, b: &Value) -> PyResult<Value> {
        if Value::both_small(a, b) {
            return Ok(Value::bool(op.test(a.small_unchecked().cmp(&b.small_unchecked()))));
        }
        self.check_stack()?;
        let (ta, tb) = (a.class(), b.class());
        let mut tried_b = false;
        if !std::ptr::eq(ta, tb)
            && tb.is_subtype(ta)
            && let Some(f) = tb.slots().compare
        {
            tried_b = true;
            let r = f(self, b, a, op.swapped())?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        if let Some(f) = ta.slots().compare {
            let r = f(self, a, b, op)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        if !tried_b && let Some(f) = tb.slots().compare {
            let r = f(self, b, a, op.swapped())?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        match op {
            CmpOp::Eq => Ok(Value::bool(a.is(b))),
            CmpOp::Ne => Ok(Value::bool(!a.is(b))),
            _ => Err(self.type_error(format!(
                "'{}' not supported between instances of '{}' and '{}'",
                op.symbol(),
                ta.full_name(),
                tb.full_name()
            ))),
        }
    }

    /// `bool(a op b)`; identical objects are not taken to be equal.
    pub fn compare_bool(&self, op: CmpOp, a: &Value, b: &Value) -> PyResult<bool> {
        let r = self.compare(op, a, b)?;
        self.is_true(&r)
    }

    /// `a is b or a == b`: what containers use.
    #[inline]
    pub fn eq(&self, a: &Value, b: &Value) -> PyResult<bool> {
        // A NaN is one value here, and identical to itself as an object is.
        if a.is(b) {
            return Ok(true);
        }
        if Value::both_small(a, b) {
            return Ok(false);
        }
        self.compare_bool(CmpOp::Eq, a, b)
    }

    /// `a < b`
    pub fn lt(&self, a: &Value, b: &Value) -> PyResult<bool> {
        self.compare_bool(CmpOp::Lt, a, b)
    }

    /// `hash(v)`
    #[inline]
    pub fn hash(&self, v: &Value) -> PyResult<i64> {
        if let Some(s) = v.downcast_exact::<crate::types::str::PyStr>(&crate::types::str::STR) {
            return Ok(s.hash());
        }
        match v.class().slots().hash {
            Some(f) => f(self, v),
            None => Err(self.type_error(format!("unhashable type: '{}'", v.class().full_name()))),
        }
    }

    /// `item in container`
    pub fn contains(&self, container: &Value, item: &Value) -> PyResult<bool> {
        if let Some(f) = container.class().slots().contains {
            return f(self, container, item);
        }
        if container.class().slots().iter.is_none() && container.class().slots().getitem.is_none() {
            return Err(self.type_error(format!(
                "argument of type '{}' is not a container or iterable",
                container.class().full_name()
            )));
        }
        let it = self.iter(container)?;
        while let Some(x) = self.next(&it)? {
            if self.eq(&x, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `isinstance(v, class)` for a built-in class, without `__instancecheck__`.
    pub fn is_instance(&self, v: &Value, class: &crate::Type) -> bool {
        v.class().is_subtype(class)
    }
}
