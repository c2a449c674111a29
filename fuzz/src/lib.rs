//! What the targets share: sealed bytecode, its mutations, and a grammar of programs.

pub mod bytecode;
pub mod program;
