//! `str`: see [`crate::object::string`] for its representation.

pub use crate::object::string::PyStr;
use crate::object::{Payload, Type, TypeDef, TypeFlags};

static DEF: TypeDef = TypeDef {
    name: "str",
    layout: PyStr::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    ..TypeDef::EMPTY
};
/// The type `str`.
pub static STR: Type = Type::builtin(&DEF);
