//! `_sha1`: the hash function SHA1.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{ModuleDef, NativeDef, PyResult, Vm, native};

use crate::hashing::{hash_function, hash_type};

hash_type!(TYPE, "_sha1", "sha1");
hash_function!(sha1, TYPE, sha1::Sha1, 20, 64);

static FUNCTIONS: &[NativeDef] = &[native(
    "sha1(data=b'', *, usedforsecurity=True, string=None)",
    "Return a new SHA1 hash object; optionally initialized with a string.",
    sha1,
)];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    d.set_text("SHA1Type", freeze_runtime::types::type_::ready_value(vm, &TYPE));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_sha1", doc: "The hash function SHA1.", functions: FUNCTIONS, init: Some(init) };
