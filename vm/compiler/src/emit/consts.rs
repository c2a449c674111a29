//! The constant pool: equal constants of one type are stored once.

use freeze_bytecode::Const;
use freeze_bytecode::instr::CONST_BIT;

use super::Builder;

impl Builder {
    /// A constant's index.
    pub(crate) fn const_id(&mut self, constant: Const) -> u32 {
        if matches!(constant, Const::Code(_)) {
            self.consts.push(constant);
            return self.consts.len() as u32 - 1;
        }
        let mut key = Vec::new();
        write_key(&constant, &mut key);
        let next = self.consts.len() as u32;
        let id = *self.const_ids.entry(key).or_insert(next);
        if id == next {
            self.consts.push(constant);
        }
        id
    }

    /// A constant as an `SrcOrConst` operand, if its index is small enough.
    pub(crate) fn const_operand(&mut self, constant: Const) -> Option<u16> {
        let id = self.const_id(constant);
        (id < u32::from(CONST_BIT) - 1).then_some(id as u16 | CONST_BIT)
    }
}

/// Writes bytes that are equal exactly for constants that may share a slot (`1`, `1.0` and `True` may not).
fn write_key(constant: &Const, out: &mut Vec<u8>) {
    let sized = |out: &mut Vec<u8>, tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        out.extend_from_slice(bytes);
    };
    match constant {
        Const::None => out.push(0),
        Const::True => out.push(1),
        Const::False => out.push(2),
        Const::Ellipsis => out.push(3),
        Const::Int(n) => {
            out.push(4);
            out.extend_from_slice(&n.to_le_bytes());
        }
        Const::BigInt { negative, digits } => {
            out.push(5 + u8::from(*negative));
            out.extend_from_slice(&(digits.len() as u32).to_le_bytes());
            digits.iter().for_each(|d| out.extend_from_slice(&d.to_le_bytes()));
        }
        Const::Float(bits) => {
            out.push(7);
            out.extend_from_slice(&bits.to_le_bytes());
        }
        Const::Complex(re, im) => {
            out.push(8);
            out.extend_from_slice(&re.to_le_bytes());
            out.extend_from_slice(&im.to_le_bytes());
        }
        Const::Str(text) => sized(out, 9, text),
        Const::Bytes(bytes) => sized(out, 10, bytes),
        Const::Tuple(items) | Const::FrozenSet(items) => {
            out.push(if matches!(constant, Const::Tuple(_)) { 11 } else { 12 });
            out.extend_from_slice(&(items.len() as u32).to_le_bytes());
            items.iter().for_each(|item| write_key(item, out));
        }
        Const::Slice(parts) => {
            out.push(13);
            parts.iter().for_each(|part| write_key(part, out));
        }
        Const::Code(_) => out.push(14),
    }
}
