//! `bool`.

use crate::object::{Payload, Type, TypeDef, TypeFlags};
use crate::types::int::{INT, PyInt};

static DEF: TypeDef = TypeDef {
    name: "bool",
    base: Some(&INT),
    layout: PyInt::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    ..TypeDef::EMPTY
};
/// The type `bool`.
pub static BOOL: Type = Type::builtin(&DEF);
