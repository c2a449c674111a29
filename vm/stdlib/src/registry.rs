//! All native modules of the library, sorted by name.

use freeze_runtime::ModuleDef;

/// The modules.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &crate::_collections::MODULE,
    &crate::_sre::MODULE,
    &crate::itertools::MODULE,
    &crate::math::MODULE,
];
