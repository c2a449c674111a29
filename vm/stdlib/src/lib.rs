//! The native modules of the standard library, one file or folder each; [`registry`] lists them.

pub mod _collections;
pub mod _sre;
pub mod itertools;
pub mod math;
mod native_type;
pub mod registry;
