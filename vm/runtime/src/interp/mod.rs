//! The interpreter: frames on one contiguous stack per thread, the loop, calls of Python functions.
//!
//! [`stack`] owns registers and frames; [`run`] is the loop with its fast paths; [`ops_calls`] and [`calls`] enter Python
//! functions from it and from Rust, [`bind`] makes parameters of arguments, [`leave`] ends frames; `ops_*` hold what the loop
//! does when a fast path does not apply, [`shared_sites`] what attribute sites know that meet several classes; [`unwind`] finds handlers and builds tracebacks.
//! Code is verified when it is loaded (`freeze_bytecode::verify`): register, constant, site and label operands are in range,
//! which is what the unchecked accesses here rely on.

mod bind;
pub(crate) mod calls;
pub mod eval;
pub(crate) mod jump;
mod leave;
mod ops_attrs;
mod ops_calls;
mod ops_containers;
mod ops_misc;
mod ops_names;
pub(crate) mod run;
mod shared_sites;
pub(crate) mod stack;
pub(crate) mod trace;
pub(crate) mod unwind;

pub use eval::run_class_body;
pub(crate) use shared_sites::SharedSites;
pub use stack::ThreadStack;
