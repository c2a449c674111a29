//! Writing: code object to bytes. The order of the fields here is the format; `read.rs` follows it line by line.

use std::collections::HashMap;

use super::cursor::{MarshalError, put_varint, put_zigzag};
use super::instrs::put_instrs;
use super::tags::Tag;
use super::{FORMAT, MAGIC, MAX_DEPTH, SHARED_MAX, TABLE_FINGERPRINT};
use crate::code::{CodeObject, Const, Site};

/// The binary form of a code object and everything nested in it. Equal code objects give equal bytes.
///
/// Fails when code or constants nest deeper than [`MAX_DEPTH`], or when the whole passes 4 GB.
pub fn write(code: &CodeObject) -> Result<Vec<u8>, MarshalError> {
    let mut writer = Writer::default();
    let mut body = Vec::with_capacity(code.instrs.len() * 6 + 256);
    writer.put_code(&mut body, code, 0)?;

    let mut rest = Vec::with_capacity(body.len() + writer.shared.len() * 12);
    put_varint(&mut rest, writer.shared.len() as u64);
    for text in &writer.shared {
        put_bytes(&mut rest, text);
    }
    rest.extend_from_slice(&body);

    let length = u32::try_from(rest.len()).map_err(|_| MarshalError::TooLong)?;
    let mut out = Vec::with_capacity(rest.len() + super::HEADER_LEN);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&0u16.to_le_bytes());
    out.extend_from_slice(&TABLE_FINGERPRINT.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(&rest).to_le_bytes());
    out.extend_from_slice(&rest);
    Ok(out)
}

/// The strings met so far, numbered by first use.
#[derive(Default)]
struct Writer<'c> {
    shared: Vec<&'c [u8]>,
    numbers: HashMap<&'c [u8], u64>,
}

impl<'c> Writer<'c> {
    fn put_code(&mut self, out: &mut Vec<u8>, code: &'c CodeObject, depth: u32) -> Result<(), MarshalError> {
        if depth >= MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        // What a function object needs comes first, so that a lazy reader may stop behind the free variables.
        self.put_str(out, &code.name);
        self.put_str(out, &code.qualname);
        self.put_str(out, &code.filename);
        put_varint(out, code.flags.0.into());
        put_varint(out, code.argcount.into());
        put_varint(out, code.posonlyargcount.into());
        put_varint(out, code.kwonlyargcount.into());
        put_varint(out, code.nlocals.into());
        put_varint(out, code.nregs.into());
        put_varint(out, code.static_attributes.into());
        put_varint(out, code.firstlineno.into());
        self.put_strs(out, &code.local_names);
        put_varint(out, code.local_kinds.len() as u64);
        out.extend(code.local_kinds.iter().map(|&kind| kind as u8));
        self.put_strs(out, &code.freevars);

        self.put_strs(out, &code.names);
        put_varint(out, code.sites.len() as u64);
        for site in &code.sites {
            put_varint(out, if site.name == Site::NONE { 0 } else { u64::from(site.name) + 1 });
        }
        put_varint(out, code.consts.len() as u64);
        for constant in &code.consts {
            self.put_const(out, constant, depth + 1)?;
        }
        put_instrs(out, &code.instrs);
        put_varint(out, code.handlers.len() as u64);
        for handler in &code.handlers {
            put_varint(out, handler.start.into());
            put_varint(out, handler.end.into());
            put_varint(out, handler.target.into());
            put_varint(out, handler.exc_reg.into());
        }
        put_bytes(out, &code.linetable);
        Ok(())
    }

    fn put_const(&mut self, out: &mut Vec<u8>, constant: &'c Const, depth: u32) -> Result<(), MarshalError> {
        if depth >= MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        match constant {
            Const::None => out.push(Tag::None as u8),
            Const::True => out.push(Tag::True as u8),
            Const::False => out.push(Tag::False as u8),
            Const::Ellipsis => out.push(Tag::Ellipsis as u8),
            Const::Int(n) => {
                out.push(Tag::Int as u8);
                put_zigzag(out, *n);
            }
            Const::BigInt { negative, digits } => {
                out.push(if *negative { Tag::BigNegative } else { Tag::BigPositive } as u8);
                put_varint(out, digits.len() as u64);
                digits.iter().for_each(|digit| out.extend_from_slice(&digit.to_le_bytes()));
            }
            Const::Float(bits) => {
                out.push(Tag::Float as u8);
                out.extend_from_slice(&bits.to_le_bytes());
            }
            Const::Complex(real, imag) => {
                out.push(Tag::Complex as u8);
                out.extend_from_slice(&real.to_le_bytes());
                out.extend_from_slice(&imag.to_le_bytes());
            }
            Const::Str(text) => {
                out.push(Tag::Str as u8);
                self.put_str(out, text);
            }
            Const::Bytes(bytes) => {
                out.push(Tag::Bytes as u8);
                put_bytes(out, bytes);
            }
            Const::Tuple(items) => self.put_items(out, Tag::Tuple, items, depth)?,
            Const::FrozenSet(items) => self.put_items(out, Tag::FrozenSet, items, depth)?,
            Const::Slice(parts) => {
                out.push(Tag::Slice as u8);
                for part in parts.iter() {
                    self.put_const(out, part, depth + 1)?;
                }
            }
            Const::Code(code) => {
                out.push(Tag::Code as u8);
                let mut body = Vec::with_capacity(code.instrs.len() * 6 + 64);
                self.put_code(&mut body, code, depth)?;
                put_bytes(out, &body);
            }
        }
        Ok(())
    }

    fn put_items(&mut self, out: &mut Vec<u8>, tag: Tag, items: &'c [Const], depth: u32) -> Result<(), MarshalError> {
        out.push(tag as u8);
        put_varint(out, items.len() as u64);
        items.iter().try_for_each(|item| self.put_const(out, item, depth + 1))
    }

    fn put_strs(&mut self, out: &mut Vec<u8>, texts: &'c [Box<[u8]>]) {
        put_varint(out, texts.len() as u64);
        texts.iter().for_each(|text| self.put_str(out, text));
    }

    /// A reference to a shared string (its number + 1), or 0 and the string itself.
    fn put_str(&mut self, out: &mut Vec<u8>, text: &'c [u8]) {
        if text.len() > SHARED_MAX {
            out.push(0);
            return put_bytes(out, text);
        }
        let number = *self.numbers.entry(text).or_insert_with(|| {
            self.shared.push(text);
            self.shared.len() as u64
        });
        put_varint(out, number);
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
