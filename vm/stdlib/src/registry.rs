//! All native modules of the library, sorted by name.

use freeze_runtime::ModuleDef;

/// The modules.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &crate::_abc::MODULE,
    &crate::_bisect::MODULE,
    &crate::_codecs::MODULE,
    &crate::_collections::MODULE,
    &crate::_contextvars::MODULE,
    &crate::_csv::MODULE,
    &crate::_functools::MODULE,
    &crate::_heapq::MODULE,
    &crate::_imp::MODULE,
    &crate::_io::MODULE,
    &crate::_json::MODULE,
    &crate::_operator::MODULE,
    &crate::_queue::MODULE,
    &crate::_random::MODULE,
    &crate::_sre::MODULE,
    &crate::_statistics::MODULE,
    &crate::_string::MODULE,
    &crate::_struct::MODULE,
    &crate::_thread::MODULE,
    &crate::_typing::MODULE,
    &crate::_weakref::MODULE,
    &crate::array::MODULE,
    &crate::atexit::MODULE,
    &crate::binascii::MODULE,
    &crate::builtins::MODULE,
    &crate::cmath::MODULE,
    &crate::errno::MODULE,
    &crate::gc::MODULE,
    &crate::itertools::MODULE,
    &crate::math::MODULE,
    &crate::posix::MODULE,
    &crate::sys::MODULE,
    &crate::time::MODULE,
    &crate::unicodedata::MODULE,
];
