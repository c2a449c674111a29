//! `itertools`.

mod combine;
mod count;
mod group;
mod select;
mod tee;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{ModuleDef, PyResult, Vm};

use crate::native_type::add_types;

/// Declares an iterator type: `iterator!(CYCLE: Cycle, "cycle", "doc", new = new, next = next, methods = METHODS)`.
macro_rules! iterator {
    ($(#[$meta:meta])* $NAME:ident: $T:ty, $name:literal, $doc:literal, $($slot:ident = $value:expr),* $(; $($field:ident = $v:expr),*)?) => {
        $(#[$meta])*
        pub(super) static $NAME: freeze_runtime::Type = {
            static DEF: freeze_runtime::TypeDef = freeze_runtime::TypeDef {
                name: $name,
                module: "itertools",
                doc: $doc,
                layout: <$T as freeze_runtime::Payload>::layout,
                flags: freeze_runtime::TypeFlags::IMMUTABLE | freeze_runtime::TypeFlags::BASETYPE,
                slots: freeze_runtime::object::Slots {
                    $($slot: Some($value),)*
                    iter: Some(crate::native_type::iter_self),
                    ..freeze_runtime::object::Slots::EMPTY
                },
                $($($field: $v,)*)?
                ..freeze_runtime::TypeDef::EMPTY
            };
            freeze_runtime::Type::builtin(&DEF)
        };
    };
}
use iterator;

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(
        vm,
        dict,
        &[
            &count::COUNT,
            &count::CYCLE,
            &count::REPEAT,
            &count::ACCUMULATE,
            &select::CHAIN,
            &select::COMPRESS,
            &select::DROPWHILE,
            &select::FILTERFALSE,
            &select::ISLICE,
            &select::STARMAP,
            &select::TAKEWHILE,
            &combine::COMBINATIONS,
            &combine::COMBINATIONS_WITH_REPLACEMENT,
            &combine::PERMUTATIONS,
            &combine::PRODUCT,
            &group::BATCHED,
            &group::GROUPBY,
            &group::GROUPER,
            &group::PAIRWISE,
            &group::ZIP_LONGEST,
            &tee::TEE,
            &tee::TEE_DATA,
        ],
    );
    Ok(())
}

/// The module `itertools`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "itertools",
    doc: "Functional tools for creating and using iterators.",
    functions: tee::FUNCTIONS,
    init: Some(init),
};
