//! `_sha3`: the hash functions of the SHA-3 family.

use freeze_runtime::object::Slots;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{CallArgs, ModuleDef, NativeDef, Payload, PyResult, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::hashing::keccak::Sponge;
use crate::hashing::{Hash, METHODS, SHAKE_METHODS, SPONGE_GETSET, given};

/// The arguments of all constructors, bound.
static SIGNATURE: NativeDef = native("sha3(data=b'', /, *, usedforsecurity=True, string=None)", "", |vm, args| {
    Ok(PyTuple::new(given(vm, args.opt(0), args.opt_not_none(2))?.cloned().into_iter().collect()).into_value())
});

macro_rules! functions {
    ($($NAME:ident $name:literal $doc:literal $methods:ident $make:ident($n:literal) $digest:literal;)*) => {
        $(static $NAME: Type = {
            fn new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
                let bound = SIGNATURE.invoke(vm, call)?;
                let data = bound.downcast::<PyTuple>().and_then(|t| t.as_slice().first());
                Hash::start(vm, class, ($name, $digest, 200 - 2 * $n), Box::new(Sponge::$make($n)), data)
            }
            static DEF: TypeDef = TypeDef {
                name: $name,
                module: "_sha3",
                doc: $doc,
                layout: <Hash as Payload>::layout,
                flags: TypeFlags::IMMUTABLE,
                slots: Slots { new: Some(new), ..Slots::EMPTY },
                methods: $methods,
                getset: SPONGE_GETSET,
                ..TypeDef::EMPTY
            };
            Type::builtin(&DEF)
        };)*
        static TYPES: &[&Type] = &[$(&$NAME),*];
    };
}
functions! {
    SHA3_224 "sha3_224" "Return a new SHA3 hash object with a hashbit length of 28 bytes." METHODS sha3(28) 28;
    SHA3_256 "sha3_256" "Return a new SHA3 hash object with a hashbit length of 32 bytes." METHODS sha3(32) 32;
    SHA3_384 "sha3_384" "Return a new SHA3 hash object with a hashbit length of 48 bytes." METHODS sha3(48) 48;
    SHA3_512 "sha3_512" "Return a new SHA3 hash object with a hashbit length of 64 bytes." METHODS sha3(64) 64;
    SHAKE_128 "shake_128" "Return a new SHAKE hash object." SHAKE_METHODS shake(16) 0;
    SHAKE_256 "shake_256" "Return a new SHAKE hash object." SHAKE_METHODS shake(32) 0;
}

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, d, TYPES);
    d.set_text("implementation", vm.str("freeze"));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_sha3", doc: "The hash functions of the SHA-3 family.", functions: &[], init: Some(init) };
