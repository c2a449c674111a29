//! The Python virtual machine: values, built-in types, interpreter loop, exceptions, imports, threads.
//!
//! [`object`] holds everything that needs `unsafe`: values, headers, attribute storage, the collector. [`types`] has one
//! file per built-in type; [`call`] binds arguments of native functions; [`protocol`] is what operators and built-ins ask
//! of any object; [`interp`] runs bytecode; [`vm`] is the state of a thread and of the process.

pub mod call;
pub mod errors;
pub mod import;
pub mod interp;
pub mod names;
pub mod object;
pub mod os;
pub mod protocol;
pub mod text;
pub mod types;
pub mod vm;

pub use call::{Args, CallArgs, NativeDef, native, raw};
pub use object::{Payload, Ref, Type, TypeDef, TypeFlags, TypeRef, Value};
pub use types::module::ModuleDef;
pub use vm::{PyResult, Raised, Vm};

/// An owned reference to a `str`.
pub type Str = Ref<types::str::PyStr>;
