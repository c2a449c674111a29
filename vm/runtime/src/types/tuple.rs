//! `tuple`: see [`crate::object::tuple`] for its representation.

pub use crate::object::tuple::PyTuple;
use crate::object::{Payload, Type, TypeDef, TypeFlags};

static DEF: TypeDef = TypeDef {
    name: "tuple",
    layout: PyTuple::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::SEQUENCE | TypeFlags::MATCH_SELF,
    ..TypeDef::EMPTY
};
/// The type `tuple`.
pub static TUPLE: Type = Type::builtin(&DEF);
