//! The types of `None`, `Ellipsis` and `NotImplemented`.

use crate::object::{Type, TypeDef, TypeFlags};

static NONE_DEF: TypeDef = TypeDef { name: "NoneType", flags: TypeFlags::IMMUTABLE, ..TypeDef::EMPTY };
/// `NoneType`
pub static NONE_TYPE: Type = Type::builtin(&NONE_DEF);
static ELLIPSIS_DEF: TypeDef = TypeDef { name: "ellipsis", flags: TypeFlags::IMMUTABLE, ..TypeDef::EMPTY };
/// `ellipsis`
pub static ELLIPSIS_TYPE: Type = Type::builtin(&ELLIPSIS_DEF);
static NI_DEF: TypeDef = TypeDef { name: "NotImplementedType", flags: TypeFlags::IMMUTABLE, ..TypeDef::EMPTY };
/// `NotImplementedType`
pub static NOT_IMPLEMENTED_TYPE: Type = Type::builtin(&NI_DEF);
