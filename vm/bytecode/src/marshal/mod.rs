//! The binary form of code objects: what lies in `.pyc` files (behind their header) and in frozen images.
//!
//! A file is a header, a table of short strings, and one code object; nested code objects are constants of the one
//! around them and carry their length in front, so that a reader may step over a body that nobody has called yet ([`File`]).
//! Every number is a LEB128 varint unless said otherwise, so the form is the same on every machine.
//!
//! ```text
//! header   magic[4]  format:u16  flags:u16  table:u32  length:u32  crc32:u32         (little-endian, 20 bytes)
//! strings  n  { len bytes }*n                                        shared, each at most 255 bytes long
//! code     see `write.rs`, which is the one place that orders the fields
//! ```
//!
//! What follows the header may be packed ([`PACKED`] in the flags): its length in four bytes, then an LZ4 block. That is
//! how frozen programs carry their modules: taking a block apart costs a tenth of inflating, which was a fourth of the
//! start of a program that imports much, and makes such a program some twentieth larger.
//!
//! `table` is a fingerprint of the opcode table: bytecode of another instruction set is refused, not misread. Reading
//! trusts nothing: lengths are checked against what is there before anything is allocated, text is checked to be
//! WTF-8, nesting is limited. What the reader cannot see (operands in range, jumps that land) is [`crate::verify`]'s.

mod cursor;
mod instrs;
mod lazy;
mod pack;
mod read;
mod tags;
mod write;

#[cfg(test)]
mod tests;

pub use cursor::MarshalError;
pub use lazy::{File, Place, Texts, Unit};
pub use pack::{is_packed, pack};
pub use read::read;
pub use write::write;

use crate::operand::OperandKind;
use crate::table::{ROWS, Row};

/// The first four bytes of every marshalled code object.
pub const MAGIC: [u8; 4] = *b"FZBC";

/// The version of the layout described here; it changes when this module's idea of a file does.
pub const FORMAT: u16 = 3;

/// The bit in the header's flags that says that the rest is packed.
pub const PACKED: u16 = 1;

/// Length of the header.
pub const HEADER_LEN: usize = 20;

/// How deep code objects and constant tuples may nest.
pub const MAX_DEPTH: u32 = 300;

/// Strings longer than this are written where they stand; shorter ones are written once and referred to. The limit
/// keeps a small damaged file from unfolding into gigabytes of copies.
const SHARED_MAX: usize = 255;

/// A fingerprint of the opcode table: its order, operand kinds, and the wording of its meaning.
pub const TABLE_FINGERPRINT: u32 = fingerprint();

const fn fingerprint() -> u32 {
    const fn mix(mut hash: u32, bytes: &[u8]) -> u32 {
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
            i += 1;
        }
        hash
    }
    const fn kind(hash: u32, kind: OperandKind) -> u32 {
        mix(hash, &[kind as u8])
    }
    let rows: &[Row] = ROWS;
    let mut hash = 0x811c_9dc5;
    let mut i = 0;
    while i < rows.len() {
        let row = &rows[i];
        hash = mix(mix(hash, row.mnemonic.as_bytes()), row.doc.as_bytes());
        hash = kind(kind(kind(kind(hash, row.x), row.a), row.b), row.c);
        hash = mix(hash, &[row.flow as u8]);
        i += 1;
    }
    hash
}
