//! Instruction set, code objects and their binary form.
//!
//! Data passes through here in one direction: the compiler fills a [`code::CodeObject`], [`mod@marshal`] writes and reads
//! it, [`verify`] checks it once when it is loaded, and the runtime then trusts it. [`dis`] prints it.

pub mod code;
pub mod instr;
pub mod lines;
pub mod operand;
pub mod table;

pub use code::{CodeFlags, CodeObject, Const, ExceptionHandler, LocalKind, Site};
pub use instr::{Instr, Op};
