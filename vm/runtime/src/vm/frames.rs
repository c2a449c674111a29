//! What code asks of the frame that it runs in: namespaces, flags.

use crate::object::{Ref, Value};
use crate::types::dict::PyDict;
use crate::types::frame::PyFrame;
use crate::vm::{PyResult, Runtime, Vm};

impl Vm {
    /// `globals()`
    pub fn current_globals(&self) -> Option<Ref<PyDict>> {
        self.stack.current().map(|f| f.func.globals.clone())
    }

    /// The namespace of builtins that the running code sees.
    pub fn current_builtins(&self) -> Ref<PyDict> {
        self.stack.current().map_or_else(|| self.rt.builtins.clone(), |f| f.func.builtins.clone())
    }

    /// `locals()`
    pub fn current_locals(&self) -> PyResult<Value> {
        match PyFrame::at_depth(self, 0) {
            Some(f) => Ok(f.locals_snapshot()),
            None => Err(self.system_error("frame does not exist")),
        }
    }

    /// `co_flags` of the running code.
    pub fn current_code_flags(&self) -> Option<u32> {
        self.stack.current().map(|f| f.code().flags.0)
    }

    /// The running Python frame as an object, or None.
    pub fn current_frame_object(&self) -> Value {
        PyFrame::at_depth(self, 0).map_or(Value::NONE, Ref::into_value)
    }

    /// What `next(it)` raises when `it` is exhausted: StopIteration with a generator's return value.
    pub fn exhausted(&self, _it: &Value) -> crate::vm::Raised {
        let stop = self.stop.replace(Value::UNBOUND);
        if stop.is_unbound() {
            return self.stop_iteration(Value::NONE);
        }
        match crate::object::Ref::<crate::types::exception::PyException>::try_from_value(stop) {
            Ok(e) if e.class().is_subtype(&crate::types::exception::STOP_ITERATION) => crate::vm::Raised::new(e),
            Ok(e) => self.stop_iteration(e.into_value()),
            Err(v) => self.stop_iteration(v),
        }
    }

    /// Ends an iterator with a value, as `return` ends a generator; its `next` then gives `None`.
    pub fn stop_with(&self, value: Value) {
        // A bare StopIteration would be taken for the one to raise.
        let stop = match value.class().is_subtype(&crate::types::exception::STOP_ITERATION) {
            true => self.stop_iteration(value).value(),
            false => value,
        };
        drop(self.stop.replace(stop));
    }

    /// Drops what an earlier iterator left; to be called before the one whose end is shown.
    pub fn forget_stop(&self) {
        drop(self.stop.replace(Value::UNBOUND));
    }

    /// The value that the iterator which was just exhausted returned.
    pub(crate) fn take_stop_value(&self) -> Value {
        let stop = self.stop.replace(Value::UNBOUND);
        if stop.is_unbound() {
            return Value::NONE;
        }
        match crate::object::Ref::<crate::types::exception::PyException>::try_from_value(stop) {
            Ok(e) if e.class().is_subtype(&crate::types::exception::STOP_ITERATION) => {
                crate::types::raising::stop_iteration_value(self, &e)
            }
            Ok(e) => e.into_value(),
            Err(v) => v,
        }
    }
}

impl Runtime {
    /// The module `builtins`.
    pub fn builtins_module(&self) -> Value {
        self.modules.get_str(&self.names.builtins).unwrap_or_else(|| self.builtins.value())
    }
}
