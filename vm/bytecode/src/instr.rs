//! The instruction word: 8 bytes, an opcode, a small operand `x` and three 16-bit operands.

pub use crate::table::Op;

/// One instruction. `x` is a small operand (argument count, sense of a branch, selector); `a`, `b`, `c` are described by
/// the opcode's row in [`crate::table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct Instr {
    /// The opcode.
    pub op: Op,
    /// The small operand.
    pub x: u8,
    /// First operand, most often the destination.
    pub a: u16,
    /// Second operand.
    pub b: u16,
    /// Third operand.
    pub c: u16,
}

const _: () = assert!(size_of::<Instr>() == 8);

/// The bit that marks a `SrcOrConst` operand as a constant.
pub const CONST_BIT: u16 = 0x8000;

impl Instr {
    /// An instruction with all operands given.
    pub const fn new(op: Op, x: u8, a: u16, b: u16, c: u16) -> Self {
        Instr { op, x, a, b, c }
    }

    /// An instruction whose `b` and `c` hold one 32-bit operand.
    pub const fn wide(op: Op, x: u8, a: u16, bc: u32) -> Self {
        Instr { op, x, a, b: bc as u16, c: (bc >> 16) as u16 }
    }

    /// The 32-bit operand in `b` and `c`.
    #[inline(always)]
    pub const fn bc(self) -> u32 {
        self.b as u32 | (self.c as u32) << 16
    }
}
