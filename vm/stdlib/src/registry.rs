//! All native modules of the library, sorted by name.

use freeze_runtime::ModuleDef;

/// The modules.
pub static MODULES: &[&ModuleDef] = &[&crate::_collections::MODULE, &crate::itertools::MODULE];
