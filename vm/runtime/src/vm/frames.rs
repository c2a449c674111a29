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
        self.stop_iteration(Value::NONE)
    }

    /// `sys.settrace`
    pub fn set_trace(&self, f: Option<Value>) {
        let old = std::mem::replace(&mut self.hooks.borrow_mut().trace, f);
        drop(old);
    }

    /// `sys.setprofile`
    pub fn set_profile(&self, f: Option<Value>) {
        let old = std::mem::replace(&mut self.hooks.borrow_mut().profile, f);
        drop(old);
    }
}

impl Runtime {
    /// The module `builtins`.
    pub fn builtins_module(&self) -> Value {
        self.modules.get_str(&self.names.builtins).unwrap_or_else(|| self.builtins.value())
    }
}
