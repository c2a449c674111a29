//! `_sha2`: the hash functions of the SHA-2 family.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::type_::ready_value;
use freeze_runtime::{ModuleDef, NativeDef, PyResult, Vm, native};

use crate::hashing::{hash_function, hash_type};

hash_type!(SHA224, "_sha2", "SHA224Type");
hash_type!(SHA256, "_sha2", "SHA256Type");
hash_type!(SHA384, "_sha2", "SHA384Type");
hash_type!(SHA512, "_sha2", "SHA512Type");
hash_function!(sha224, SHA224, sha2::Sha224, 28, 64);
hash_function!(sha256, SHA256, sha2::Sha256, 32, 64);
hash_function!(sha384, SHA384, sha2::Sha384, 48, 128);
hash_function!(sha512, SHA512, sha2::Sha512, 64, 128);

static FUNCTIONS: &[NativeDef] = &[
    native("sha224(data=b'', *, usedforsecurity=True, string=None)", "Return a new SHA-224 hash object.", sha224),
    native("sha256(data=b'', *, usedforsecurity=True, string=None)", "Return a new SHA-256 hash object.", sha256),
    native("sha384(data=b'', *, usedforsecurity=True, string=None)", "Return a new SHA-384 hash object.", sha384),
    native("sha512(data=b'', *, usedforsecurity=True, string=None)", "Return a new SHA-512 hash object.", sha512),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for ty in [&SHA224, &SHA256, &SHA384, &SHA512] {
        d.set_text(ty.name(), ready_value(vm, ty));
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_sha2", doc: "The hash functions of the SHA-2 family.", functions: FUNCTIONS, init: Some(init) };
