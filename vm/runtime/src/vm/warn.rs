//! Warnings from native code.

use crate::object::{Type, Value};
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// [`Vm::warn`] with a built-in category given by name.
    pub fn warn_named(&self, category: &str, message: &str, stacklevel: i64) -> PyResult<()> {
        let class = self.runtime().builtins.get_text(category);
        match class.as_ref().and_then(|c| c.downcast::<crate::object::TypeObject>()) {
            Some(t) => self.warn(t.object(), message, stacklevel),
            None => Ok(()),
        }
    }

    /// `warnings.warn(message, category, stacklevel)`; an error when a filter turns the warning into one.
    pub fn warn(&self, category: &Type, message: &str, stacklevel: i64) -> PyResult<()> {
        let warnings = crate::import::import_path(self, "_warnings")?;
        let text = PyStr::new(message.as_bytes()).into_value();
        self.call_method(&warnings, "warn", &[text, category.as_value(), Value::int(stacklevel)]).map(drop)
    }
}
