//! Values, object headers, type records, attribute storage, the cycle collector: everything that needs `unsafe`.
//!
//! A [`Value`] is 8 bytes: an immediate or a counted pointer to a [`Header`], behind which lies a Rust payload that the
//! object's [`Type`] names by its [`Layout`]. The rest of the runtime sees safe functions only.

mod alloc;
pub mod gc;
pub mod header;
pub mod instance;
pub mod kept;
pub(crate) mod method_cache;
pub mod reserve;
pub mod slots;
pub mod string;
pub mod table;
pub mod tuple;
pub mod typed;
pub mod typeobj;
pub mod value;

#[cfg(test)]
mod tests;

pub use header::{Header, Layout, Object};
pub use slots::{BinOp, CmpOp, Slots};
pub(crate) use typed::is_counted;
pub use typed::{Payload, Ref, owner};
pub use typeobj::{GetSet, Type, TypeDef, TypeFlags, TypeObject, TypeRef};
pub use value::Value;
