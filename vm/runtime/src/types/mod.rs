//! The built-in types, one file (or folder) each. Every file ends with its `TypeDef` and method tables.

pub mod bool_;
pub mod buffer;
pub mod bytes;
pub mod dict;
pub mod exception;
pub mod float;
pub mod function;
pub mod int;
pub mod iterator;
pub mod list;
pub mod list_iter;
mod list_methods;
pub mod list_sort;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod native_function;
pub mod object;
pub mod range;
pub mod seq;
pub mod singletons;
pub mod slice;
pub mod str;
pub mod tuple;
pub mod type_;
pub mod weakref;
