//! Reading: bytes to code object. Follows `write.rs` field by field; every length is checked before it is believed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use super::cursor::{Cursor, MarshalError};
use super::instrs::get_instrs;
use super::lazy::Texts;
use super::tags::Tag;
use super::{FORMAT, HEADER_LEN, MAGIC, MAX_DEPTH, PACKED, TABLE_FINGERPRINT, pack};
use crate::code::{CodeFlags, CodeObject, Const, ExceptionHandler, LocalKind, Site, Wtf8Bytes};
use crate::wtf8;

/// The code object that [`super::write`] made these bytes from, with everything nested in it.
///
/// The bytes must hold one code object and nothing else. What comes out is well-formed data; before it runs it has to
/// pass [`crate::verify::verify`] ([`crate::load`] does both).
pub fn read(bytes: &[u8]) -> Result<CodeObject, MarshalError> {
    let body = body(bytes.into())?;
    let (shared, root) = open(&body)?;
    let mut cursor = Cursor::new(&body[root]);
    let made = RefCell::new(vec![None; shared.len()].into());
    let reader = Reader { body: &body, shared: &shared, skipped: None, texts: &Plain, made: &made };
    let code = reader.get_code(&mut cursor, 0)?;
    if !cursor.is_empty() {
        return Err(MarshalError::Damaged("bytes behind the code"));
    }
    Ok(code)
}

/// Texts as they stand in the file.
pub(super) struct Plain;

impl Texts for Plain {
    type Text = Wtf8Bytes;

    fn name(&self, bytes: &[u8]) -> Wtf8Bytes {
        bytes.into()
    }

    fn constant(&self, bytes: &[u8]) -> Wtf8Bytes {
        bytes.into()
    }

    fn renamed(&self, text: &Wtf8Bytes) -> Wtf8Bytes {
        text.clone()
    }
}

/// Checks the header; gives what follows it, unpacked.
pub(super) fn body(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>, MarshalError> {
    let mut cursor = Cursor::new(&bytes);
    let magic: [u8; 4] = cursor.array()?;
    if magic != MAGIC {
        return Err(MarshalError::NotCode);
    }
    let format = u16::from_le_bytes(cursor.array()?);
    let flags = u16::from_le_bytes(cursor.array()?);
    let table = u32::from_le_bytes(cursor.array()?);
    if (format, flags & !PACKED, table) != (FORMAT, 0, TABLE_FINGERPRINT) {
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
    if flags & PACKED != 0 {
        return pack::unpack(body).map(Cow::Owned);
    }
    Ok(match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[HEADER_LEN..]),
        Cow::Owned(mut bytes) => {
            bytes.drain(..HEADER_LEN);
            Cow::Owned(bytes)
        }
    })
}

/// Where a shared string lies in the body, and how long it is.
#[derive(Clone, Copy)]
pub(super) struct Spot(u32, u8);

impl Spot {
    fn of(self, body: &[u8]) -> &[u8] {
        &body[self.0 as usize..][..usize::from(self.1)]
    }
}

/// Where the shared strings lie in a body, and where the code object does.
pub(super) fn open(body: &[u8]) -> Result<(Vec<Spot>, Range<usize>), MarshalError> {
    let mut cursor = Cursor::new(body);
    let n = cursor.count(1)?;
    let mut shared = Vec::with_capacity(n);
    for _ in 0..n {
        let text = get_bytes(&mut cursor)?;
        let len = u8::try_from(text.len()).map_err(|_| MarshalError::Damaged("long shared string"))?;
        shared.push(Spot((body.len() - cursor.left() - text.len()) as u32, len));
    }
    Ok((shared, body.len() - cursor.left()..body.len()))
}

/// Where `part`, a part of `bytes`, lies in it.
fn place(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
    start..start + part.len()
}

/// Reads code objects of a file.
pub(super) struct Reader<'a, T: Texts> {
    /// What follows the file's header.
    pub(super) body: &'a [u8],
    /// Where its shared strings lie.
    pub(super) shared: &'a [Spot],
    /// Of nested code objects only the head is read, and where they lie is noted here.
    pub(super) skipped: Option<RefCell<Vec<Range<usize>>>>,
    pub(super) texts: &'a T,
    /// What has been made of the shared strings so far.
    pub(super) made: &'a RefCell<Box<[Option<T::Text>]>>,
}

impl<'a, T: Texts> Reader<'a, T> {
    pub(super) fn get_code(&self, cursor: &mut Cursor<'a>, depth: u32) -> Result<CodeObject<T::Text>, MarshalError> {
        if depth >= MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let head = self.get_head(cursor)?;
        Ok(CodeObject {
            local_names: self.get_names(cursor)?,
            local_kinds: get_kinds(cursor)?,
            freevars: self.get_names(cursor)?,
            names: self.get_names(cursor)?,
            sites: get_sites(cursor)?,
            consts: self.get_items(cursor, depth + 1)?,
            instrs: get_instrs(cursor)?,
            handlers: get_handlers(cursor)?,
            linetable: get_bytes(cursor)?.into(),
            ..head
        })
    }

    /// What stands in front of a code object's body; the body stays empty.
    fn get_head(&self, cursor: &mut Cursor<'a>) -> Result<CodeObject<T::Text>, MarshalError> {
        Ok(CodeObject {
            name: self.get_name(cursor)?,
            qualname: self.get_name(cursor)?,
            filename: self.get_name(cursor)?,
            flags: CodeFlags(cursor.u32()?),
            argcount: cursor.u32()?,
            posonlyargcount: cursor.u32()?,
            kwonlyargcount: cursor.u32()?,
            nlocals: cursor.u16()?,
            nregs: cursor.u16()?,
            static_attributes: cursor.u16()?,
            firstlineno: cursor.u32()?,
            local_names: Box::default(),
            local_kinds: Box::default(),
            freevars: Box::default(),
            consts: Box::default(),
            names: Box::default(),
            sites: Box::default(),
            instrs: Box::default(),
            handlers: Box::default(),
            linetable: Box::default(),
        })
    }

    fn get_const(&self, cursor: &mut Cursor<'a>, depth: u32) -> Result<Const<T::Text>, MarshalError> {
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
            Tag::Str => Const::Str(self.get_text(cursor, false)?),
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
                    skipped.borrow_mut().push(place(self.body, bytes));
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

    fn get_items(&self, cursor: &mut Cursor<'a>, depth: u32) -> Result<Box<[Const<T::Text>]>, MarshalError> {
        let n = cursor.count(1)?;
        let mut items = Vec::with_capacity(n);
        for _ in 0..n {
            items.push(self.get_const(cursor, depth)?);
        }
        Ok(items.into())
    }

    fn get_names(&self, cursor: &mut Cursor<'a>) -> Result<Box<[T::Text]>, MarshalError> {
        let n = cursor.count(1)?;
        let mut texts = Vec::with_capacity(n);
        for _ in 0..n {
            texts.push(self.get_name(cursor)?);
        }
        Ok(texts.into())
    }

    fn get_name(&self, cursor: &mut Cursor<'a>) -> Result<T::Text, MarshalError> {
        self.get_text(cursor, true)
    }

    /// A text, as a name or as a constant.
    fn get_text(&self, cursor: &mut Cursor<'a>, is_name: bool) -> Result<T::Text, MarshalError> {
        let make = |bytes| {
            let bytes = checked_text(bytes)?;
            Ok(if is_name { self.texts.name(bytes) } else { self.texts.constant(bytes) })
        };
        let reference = cursor.varint()?;
        let Some(number) = reference.checked_sub(1) else {
            return make(get_bytes(cursor)?);
        };
        let mut made = self.made.borrow_mut();
        let number = usize::try_from(number).ok().filter(|n| *n < self.shared.len().min(made.len()));
        let number = number.ok_or(MarshalError::Damaged("string that does not exist"))?;
        match &made[number] {
            Some(text) if is_name => {
                let name = self.texts.renamed(text);
                made[number] = Some(name.clone());
                Ok(name)
            }
            Some(text) => Ok(text.clone()),
            None => {
                let text = make(self.shared[number].of(self.body))?;
                made[number] = Some(text.clone());
                Ok(text)
            }
        }
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
