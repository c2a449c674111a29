//! Reading: bytes to code object. Follows `write.rs` field by field; every length is checked before it is believed.

use std::cell::RefCell;
use std::ops::Range;

use super::cursor::{Cursor, MarshalError};
use super::instrs::get_instrs;
use super::tags::Tag;
use super::{FORMAT, MAGIC, MAX_DEPTH, SHARED_MAX, TABLE_FINGERPRINT};
use crate::code::{CodeFlags, CodeObject, Const, ExceptionHandler, LocalKind, Site};
use crate::wtf8;

/// The code object that [`super::write`] made these bytes from, with everything nested in it.
///
/// The bytes must hold one code object and nothing else. What comes out is well-formed data; before it runs it has to
/// pass [`crate::verify::verify`] ([`crate::load`] does both).
pub fn read(bytes: &[u8]) -> Result<CodeObject, MarshalError> {
    let (shared, root) = open(bytes)?;
    let mut cursor = Cursor::new(&bytes[root]);
    let reader = Reader { bytes, shared: &shared, skipped: None };
    let code = reader.get_code(&mut cursor, 0)?;
    if !cursor.is_empty() {
        return Err(MarshalError::Damaged("bytes behind the code"));
    }
    Ok(code)
}

/// Checks the header; gives where the shared strings lie and where the code object does.
pub(super) fn open(bytes: &[u8]) -> Result<(Vec<Range<usize>>, Range<usize>), MarshalError> {
    let mut cursor = Cursor::new(bytes);
    let magic: [u8; 4] = cursor.array()?;
    if magic != MAGIC {
        return Err(MarshalError::NotCode);
    }
    let format = u16::from_le_bytes(cursor.array()?);
    let flags = u16::from_le_bytes(cursor.array()?);
    let table = u32::from_le_bytes(cursor.array()?);
    if (format, flags, table) != (FORMAT, 0, TABLE_FINGERPRINT) {
        return Err(MarshalError::Version);
    }
    let length = u32::from_le_bytes(cursor.array()?);
    let checksum = u32::from_le_bytes(cursor.array()?);
    let body = cursor.take(length as usize)?;
    if !cursor.is_empty() {
        return Err(MarshalError::Damaged("bytes behind the end"));
    }
    if crc32fast::hash(body) != checksum {
        return Err(MarshalError::Checksum);
    }
    let mut cursor = Cursor::new(body);
    let n = cursor.count(1)?;
    let mut shared = Vec::with_capacity(n);
    for _ in 0..n {
        let text = checked_text(get_bytes(&mut cursor)?)?;
        if text.len() > SHARED_MAX {
            return Err(MarshalError::Damaged("long shared string"));
        }
        shared.push(place(bytes, text));
    }
    Ok((shared, bytes.len() - cursor.left()..bytes.len()))
}

/// Where `part`, a part of `bytes`, lies in it.
fn place(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
    start..start + part.len()
}

/// Reads code objects of a file.
pub(super) struct Reader<'a> {
    /// The file.
    pub(super) bytes: &'a [u8],
    /// Where its shared strings lie.
    pub(super) shared: &'a [Range<usize>],
    /// Of nested code objects only the head is read, and where they lie is noted here.
    pub(super) skipped: Option<RefCell<Vec<Range<usize>>>>,
}

impl<'a> Reader<'a> {
    pub(super) fn get_code(&self, cursor: &mut Cursor<'a>, depth: u32) -> Result<CodeObject, MarshalError> {
        if depth >= MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let head = self.get_head(cursor)?;
        Ok(CodeObject {
            local_names: self.get_strs(cursor)?,
            local_kinds: get_kinds(cursor)?,
            freevars: self.get_strs(cursor)?,
            names: self.get_strs(cursor)?,
            sites: get_sites(cursor)?,
            consts: self.get_items(cursor, depth + 1)?,
            instrs: get_instrs(cursor)?,
            handlers: get_handlers(cursor)?,
            linetable: get_bytes(cursor)?.into(),
            ..head
        })
    }

    /// What stands in front of a code object's body; the body stays empty.
    fn get_head(&self, cursor: &mut Cursor<'a>) -> Result<CodeObject, MarshalError> {
        Ok(CodeObject {
            name: self.get_str(cursor)?,
            qualname: self.get_str(cursor)?,
            filename: self.get_str(cursor)?,
            flags: CodeFlags(cursor.u32()?),
            argcount: cursor.u32()?,
            posonlyargcount: cursor.u32()?,
            kwonlyargcount: cursor.u32()?,
            nlocals: cursor.u16()?,
            nregs: cursor.u16()?,
            static_attributes: cursor.u16()?,
            firstlineno: cursor.u32()?,
            ..CodeObject::default()
        })
    }

    fn get_const(&self, cursor: &mut Cursor<'a>, depth: u32) -> Result<Const, MarshalError> {
        if depth >= MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let tag = Tag::from_u8(cursor.u8()?).ok_or(MarshalError::Damaged("unknown kind of constant"))?;
        Ok(match tag {
            Tag::None => Const::None,
            Tag::True => Const::True,
            Tag::False => Const::False,
            Tag::Ellipsis => Const::Ellipsis,
            Tag::Int => Const::Int(cursor.zigzag()?),
            Tag::BigPositive => Const::BigInt { negative: false, digits: get_digits(cursor)? },
            Tag::BigNegative => Const::BigInt { negative: true, digits: get_digits(cursor)? },
            Tag::Float => Const::Float(u64::from_le_bytes(cursor.array()?)),
            Tag::Complex => Const::Complex(u64::from_le_bytes(cursor.array()?), u64::from_le_bytes(cursor.array()?)),
            Tag::Str => Const::Str(self.get_str(cursor)?),
            Tag::Bytes => Const::Bytes(get_bytes(cursor)?.into()),
            Tag::Tuple => Const::Tuple(self.get_items(cursor, depth + 1)?),
            Tag::FrozenSet => Const::FrozenSet(self.get_items(cursor, depth + 1)?),
            Tag::Slice => Const::Slice(Box::new([
                self.get_const(cursor, depth + 1)?,
                self.get_const(cursor, depth + 1)?,
                self.get_const(cursor, depth + 1)?,
            ])),
            Tag::Code => {
                let bytes = get_bytes(cursor)?;
                let mut inner = Cursor::new(bytes);
                if let Some(skipped) = &self.skipped {
                    skipped.borrow_mut().push(place(self.bytes, bytes));
                    return Ok(Const::Code(Box::new(self.get_head(&mut inner)?)));
                }
                let code = self.get_code(&mut inner, depth)?;
                if !inner.is_empty() {
                    return Err(MarshalError::Damaged("bytes behind a nested code object"));
                }
                Const::Code(Box::new(code))
            }
        })
    }

    fn get_items(&self, cursor: &mut Cursor<'a>, depth: u32) -> Result<Box<[Const]>, MarshalError> {
        let n = cursor.count(1)?;
        let mut items = Vec::with_capacity(n);
        for _ in 0..n {
            items.push(self.get_const(cursor, depth)?);
        }
        Ok(items.into())
    }

    fn get_strs(&self, cursor: &mut Cursor<'a>) -> Result<Box<[Box<[u8]>]>, MarshalError> {
        let n = cursor.count(1)?;
        let mut texts = Vec::with_capacity(n);
        for _ in 0..n {
            texts.push(self.get_str(cursor)?);
        }
        Ok(texts.into())
    }

    fn get_str(&self, cursor: &mut Cursor<'a>) -> Result<Box<[u8]>, MarshalError> {
        let reference = cursor.varint()?;
        let Some(number) = reference.checked_sub(1) else {
            return Ok(checked_text(get_bytes(cursor)?)?.into());
        };
        let place = usize::try_from(number).ok().and_then(|n| self.shared.get(n));
        let text = place.and_then(|place| self.bytes.get(place.clone()));
        text.map(Into::into).ok_or(MarshalError::Damaged("string that does not exist"))
    }
}

fn get_bytes<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], MarshalError> {
    let n = cursor.count(1)?;
    cursor.take(n)
}

fn checked_text(bytes: &[u8]) -> Result<&[u8], MarshalError> {
    if wtf8::is_valid(bytes) { Ok(bytes) } else { Err(MarshalError::Damaged("text that is not WTF-8")) }
}

fn get_kinds(cursor: &mut Cursor<'_>) -> Result<Box<[LocalKind]>, MarshalError> {
    const ALL: [LocalKind; 4] = [LocalKind::Fast, LocalKind::Cell, LocalKind::Hidden, LocalKind::HiddenCell];
    const { assert!(ALL[1] as u8 == 1 && ALL[2] as u8 == 2 && ALL[3] as u8 == 3) };
    let bytes = get_bytes(cursor)?;
    let kind = |&n: &u8| ALL.get(usize::from(n)).copied().ok_or(MarshalError::Damaged("unknown kind of local"));
    bytes.iter().map(kind).collect()
}

fn get_sites(cursor: &mut Cursor<'_>) -> Result<Box<[Site]>, MarshalError> {
    let n = cursor.count(1)?;
    let mut sites = Vec::with_capacity(n);
    for _ in 0..n {
        let name = cursor.u32()?.checked_sub(1).unwrap_or(Site::NONE);
        sites.push(Site { name });
    }
    Ok(sites.into())
}

fn get_handlers(cursor: &mut Cursor<'_>) -> Result<Box<[ExceptionHandler]>, MarshalError> {
    let n = cursor.count(4)?;
    let mut handlers = Vec::with_capacity(n);
    for _ in 0..n {
        let (start, end, target) = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
        handlers.push(ExceptionHandler { start, end, target, exc_reg: cursor.u16()? });
    }
    Ok(handlers.into())
}

/// Digits of an int that needs more than 64 bits: the only ones that are written this way.
fn get_digits(cursor: &mut Cursor<'_>) -> Result<Box<[u32]>, MarshalError> {
    let n = cursor.count(4)?;
    let digits: Box<[u32]> = cursor.take(n * 4)?.as_chunks::<4>().0.iter().map(|d| u32::from_le_bytes(*d)).collect();
    if digits.len() < 2 || digits.last() == Some(&0) {
        return Err(MarshalError::Damaged("int with leading zeros"));
    }
    Ok(digits)
}
