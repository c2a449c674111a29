//! All native modules of the library, sorted by name.

use freeze_runtime::ModuleDef;

/// The modules.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &crate::_bisect::MODULE,
    &crate::_collections::MODULE,
    &crate::_contextvars::MODULE,
    &crate::_heapq::MODULE,
    &crate::_io::MODULE,
    &crate::_queue::MODULE,
    &crate::_random::MODULE,
    &crate::_sre::MODULE,
    &crate::_statistics::MODULE,
    &crate::atexit::MODULE,
    &crate::builtins::MODULE,
    &crate::itertools::MODULE,
    &crate::math::MODULE,
    &crate::sys::MODULE,
];
