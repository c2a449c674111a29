//! Modules, and the declaration of native ones.

use crate::call::NativeDef;
use crate::types::dict::PyDict;
use crate::vm::{PyResult, Vm};

/// What a native module is declared with.
pub struct ModuleDef {
    /// Its name in `sys.modules`.
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [NativeDef],
    /// Constants and types: runs once, when the module is first imported, on its namespace.
    pub init: Option<fn(&Vm, &PyDict) -> PyResult<()>>,
}
