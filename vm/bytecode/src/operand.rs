//! Operand kinds: what the 16-bit (or 32-bit) fields of an instruction mean.
//!
//! Registers come first in a frame's window: locals `0..nlocals`, then temporaries `nlocals..nregs`. A temporary holds a
//! value from the instruction that writes it to the one that reads it as [`OperandKind::Src`]; that reader takes it away.
//! A dead temporary never holds a counted pointer, so writing one releases nothing and unwinding may clear all of them.

/// What an operand field names. The encoder, the disassembler and the verifier know operands by this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// The field is unused and zero.
    Unused,
    /// A register that the instruction writes. What it held before is released.
    Dst,
    /// The first of two consecutive registers that are written (`load_method`, `load_special`).
    DstPair,
    /// The first of `n` consecutive registers that are written, `n` being in the row's count field.
    DstRange,
    /// A register that is read; if it is a temporary, it is consumed.
    Src,
    /// A register that is read and keeps its value, also if it is a temporary.
    Keep,
    /// A register (below 0x8000, read like `Src`) or, with the top bit set, a constant (`field & 0x7fff`).
    SrcOrConst,
    /// The first of `n` consecutive temporaries that are all consumed, `n` being given by the row's count field.
    SrcRange,
    /// An index into the constants.
    Const,
    /// An index into the names.
    Name,
    /// An index into the inline-cache sites; the site names an attribute, a global or keyword names.
    Site,
    /// An index into the code object's free variables (the function's closure tuple).
    Free,
    /// A plain number whose meaning the row's doc line gives.
    Count,
    /// A jump target, relative to the next instruction, signed 16 bits.
    Label16,
    /// A 32-bit operand in `b` (low half) and `c` (high half): absolute jump target (instruction index).
    Label32,
    /// A 32-bit operand in `b` (low half) and `c` (high half): an index into the constants.
    Const32,
    /// The upper half of a 32-bit operand begun in the field before.
    High,
}
