//! Instructions on disk: the opcode, then only the operands that the opcode has, each by its kind.
//!
//! Registers and indices are small, so most instructions take half of their eight bytes. A 32-bit label is stored as the
//! distance from its instruction, a `SrcOrConst` with its constant bit lowest.

use super::cursor::{Cursor, MarshalError, put_varint, put_zigzag};
use crate::instr::{Instr, Op};
use crate::operand::OperandKind;

/// Appends the instructions.
pub(super) fn put_instrs(out: &mut Vec<u8>, instrs: &[Instr]) {
    put_varint(out, instrs.len() as u64);
    for (at, instr) in instrs.iter().enumerate() {
        let row = instr.op.row();
        out.push(instr.op as u8);
        if row.x != OperandKind::Unused {
            out.push(instr.x);
        }
        for (kind, field) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
            match kind {
                OperandKind::Unused | OperandKind::High => {}
                OperandKind::Label16 => put_zigzag(out, (field as i16).into()),
                OperandKind::Label32 => put_zigzag(out, i64::from(instr.bc()) - at as i64),
                OperandKind::Const32 => put_varint(out, instr.bc().into()),
                OperandKind::SrcOrConst => put_varint(out, field.rotate_left(1).into()),
                _ => put_varint(out, field.into()),
            }
        }
    }
}

/// Reads what [`put_instrs`] wrote.
pub(super) fn get_instrs(cursor: &mut Cursor<'_>) -> Result<Box<[Instr]>, MarshalError> {
    let n = cursor.count(1)?;
    let mut instrs = Vec::with_capacity(n);
    for at in 0..n {
        let op = Op::from_u8(cursor.u8()?).ok_or(MarshalError::Damaged("unknown opcode"))?;
        let row = op.row();
        let x = if row.x == OperandKind::Unused { 0 } else { cursor.u8()? };
        let mut instr = Instr::new(op, x, get_field(cursor, row.a)?, 0, 0);
        match row.b {
            OperandKind::Unused if row.c == OperandKind::Unused => {}
            OperandKind::Label32 => {
                let target = (at as i64).checked_add(cursor.zigzag()?).and_then(|to| u32::try_from(to).ok());
                let target = target.ok_or(MarshalError::Damaged("jump out of range"))?;
                instr = Instr::wide(op, x, instr.a, target);
            }
            OperandKind::Const32 => instr = Instr::wide(op, x, instr.a, cursor.u32()?),
            kind => {
                instr.b = get_field(cursor, kind)?;
                instr.c = get_field(cursor, row.c)?;
            }
        }
        instrs.push(instr);
    }
    Ok(instrs.into())
}

/// One 16-bit operand.
#[inline(always)]
fn get_field(cursor: &mut Cursor<'_>, kind: OperandKind) -> Result<u16, MarshalError> {
    match kind {
        OperandKind::Unused | OperandKind::High => Ok(0),
        OperandKind::Label16 => match i16::try_from(cursor.zigzag()?) {
            Ok(distance) => Ok(distance as u16),
            Err(_) => Err(MarshalError::Damaged("jump out of range")),
        },
        OperandKind::SrcOrConst => Ok(cursor.u16()?.rotate_right(1)),
        _ => cursor.u16(),
    }
}
