//! `_md5`: the hash function MD5.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{ModuleDef, NativeDef, PyResult, Vm, native};

use crate::hashing::{hash_function, hash_type};

hash_type!(TYPE, "_md5", "md5");
hash_function!(md5, TYPE, md5::Md5, 16, 64);

static FUNCTIONS: &[NativeDef] = &[native(
    "md5(data=b'', *, usedforsecurity=True, string=None)",
    "Return a new MD5 hash object; optionally initialized with a string.",
    md5,
)];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    d.set_text("MD5Type", freeze_runtime::types::type_::ready_value(vm, &TYPE));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_md5", doc: "The hash function MD5.", functions: FUNCTIONS, init: Some(init) };
