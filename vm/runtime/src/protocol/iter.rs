//! Iteration over any object.

use crate::object::Value;
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `iter(v)`
    pub fn iter(&self, v: &Value) -> PyResult<Value> {
        if let Some(f) = v.class().slots().iter {
            let it = f(self, v)?;
            if it.class().slots().next.is_none() {
                return Err(
                    self.type_error(format!("iter() returned non-iterator of type '{}'", it.class().full_name()))
                );
            }
            return Ok(it);
        }
        if v.class().slots().getitem.is_some() && !v.has_layout::<crate::types::dict::PyDict>() {
            return Ok(crate::types::iterator::sequence_iterator(v.clone()));
        }
        Err(self.type_error(format!("'{}' object is not iterable", v.class().full_name())))
    }

    /// `next(it)`; `None` when exhausted.
    #[inline]
    pub fn next(&self, it: &Value) -> PyResult<Option<Value>> {
        // An iterator may stand on another, on that another, …
        self.check_stack()?;
        match it.class().slots().next {
            Some(f) => match f(self, it) {
                // A `__next__` may raise StopIteration itself, to carry a value that nobody asks for here.
                Err(e) if e.is(&crate::types::exception::STOP_ITERATION) => Ok(None),
                r => r,
            },
            None => Err(self.type_error(format!("'{}' object is not an iterator", it.class().full_name()))),
        }
    }

    /// Calls `f` with each item, until it gives `false`.
    pub fn for_each(&self, v: &Value, mut f: impl FnMut(Value) -> PyResult<bool>) -> PyResult<()> {
        let it = self.iter(v)?;
        while let Some(x) = self.next(&it)? {
            if !f(x)? {
                break;
            }
        }
        Ok(())
    }

    /// All items in a vector: `list(v)`.
    pub fn to_vec(&self, v: &Value) -> PyResult<Vec<Value>> {
        if v.is_exact(&crate::types::tuple::TUPLE)
            && let Some(t) = v.downcast::<PyTuple>()
        {
            return Ok(t.as_slice().to_vec());
        }
        if v.is_exact(&crate::types::list::LIST)
            && let Some(l) = v.downcast::<PyList>()
        {
            return Ok(l.to_vec());
        }
        let hint = self.length_hint(v, 0)?;
        let mut out = Vec::with_capacity(hint.min(1 << 16));
        self.for_each(v, |x| {
            if out.len() == out.capacity() {
                out.try_reserve(1).map_err(|e| self.out_of_memory(e))?;
            }
            out.push(x);
            Ok(true)
        })?;
        Ok(out)
    }

    /// `operator.length_hint(v, default)`
    pub fn length_hint(&self, v: &Value, default: usize) -> PyResult<usize> {
        if let Some(f) = v.class().slots().len {
            match f(self, v) {
                Ok(n) => return Ok(n),
                Err(e) if e.is(&crate::types::exception::TYPE_ERROR) => {}
                Err(e) => return Err(e),
            }
        }
        let r = match self.lookup_special(v, &self.names().__length_hint__)? {
            Some(m) => m.call(self, &[]),
            None => return Ok(default),
        };
        match r {
            Ok(r) if r.is_not_implemented() => Ok(default),
            Ok(r) => {
                if r.class().slots().index.is_none() {
                    return Err(
                        self.type_error(format!("__length_hint__ must be an integer, not {}", r.class().full_name()))
                    );
                }
                let n = self.to_isize(&r)?;
                usize::try_from(n).map_err(|_| self.value_error("__length_hint__() should return >= 0"))
            }
            Err(e) if e.is(&crate::types::exception::TYPE_ERROR) => Ok(default),
            Err(e) => Err(e),
        }
    }
}
