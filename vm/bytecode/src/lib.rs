//! Instruction set, code objects and their binary form.
//!
//! Data passes through here in one direction: the compiler fills a [`code::CodeObject`], [`mod@marshal`] writes and reads
//! it, [`verify`] checks it once when it is loaded, and the runtime then trusts it. [`dis`] prints it.

pub mod code;
pub mod dis;
pub mod instr;
pub mod lines;
pub mod marshal;
pub mod operand;
pub mod pyc;
pub mod siphash;
pub mod table;
pub mod verify;
pub mod wtf8;

#[cfg(test)]
mod sample;

pub use code::{CodeFlags, CodeObject, Const, ExceptionHandler, LocalKind, Site};
pub use instr::{Instr, Op};

/// Why bytes are no code that may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The bytes are no code object.
    Marshal(marshal::MarshalError),
    /// The code object breaks a rule.
    Verify(verify::VerifyError),
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LoadError::Marshal(error) => error.fmt(f),
            LoadError::Verify(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {}

/// Reads and verifies a marshalled code object: what comes out may run.
pub fn load(bytes: &[u8]) -> Result<CodeObject, LoadError> {
    let code = marshal::read(bytes).map_err(LoadError::Marshal)?;
    verify::verify(&code).map_err(LoadError::Verify)?;
    Ok(code)
}
