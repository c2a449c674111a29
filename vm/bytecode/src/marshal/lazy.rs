//! Reading a file code object by code object: most functions of most modules are never called, so their bodies are only
//! read, and verified, when somebody wants them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use super::cursor::{Cursor, MarshalError};
use super::read::{self, Reader};
use crate::LoadError;
use crate::code::CodeObject;
use crate::verify;

/// Makes texts of what a file holds; bytes that come here have been checked to be WTF-8.
pub trait Texts {
    type Text: AsRef<[u8]> + Clone;
    /// The text of a name: of a variable, an attribute, a parameter, a function, a file.
    fn name(&self, bytes: &[u8]) -> Self::Text;
    /// The text of a constant.
    fn constant(&self, bytes: &[u8]) -> Self::Text;
    /// A text made by `constant` that turns out to be used as a name, as the text of a name.
    fn renamed(&self, text: &Self::Text) -> Self::Text;
}

/// A marshalled file. Its header and its checksum have been checked. Texts that several places share are made once.
pub struct File<T: Texts> {
    body: Box<[u8]>,
    shared: Box<[read::Spot]>,
    texts: T,
    made: RefCell<Box<[Option<T::Text>]>>,
}

/// Where a code object lies in its file.
#[derive(Clone, Debug)]
pub struct Place(Range<usize>);

/// One code object, verified. Those nested in it have a head (names, flags, counts, first line) and an empty body.
pub struct Unit<T> {
    pub code: CodeObject<T>,
    /// Where the nested code objects lie, in the order in which they stand among the constants.
    pub nested: Vec<Place>,
}

impl<T: Texts> File<T> {
    /// Takes a file; gives the place of its outermost code object too.
    pub fn open(bytes: Cow<'_, [u8]>, texts: T) -> Result<(File<T>, Place), MarshalError> {
        let body: Box<[u8]> = read::body(bytes)?.into_owned().into();
        let (shared, root) = read::open(&body)?;
        let made = RefCell::new(vec![None; shared.len()].into());
        Ok((File { body, shared: shared.into(), texts, made }, Place(root)))
    }

    /// Reads and verifies the code object at a place of this file.
    pub fn unit(&self, place: &Place) -> Result<Unit<T::Text>, LoadError> {
        let damaged = |what| LoadError::Marshal(MarshalError::Damaged(what));
        let bytes = self.body.get(place.0.clone()).ok_or(damaged("code that does not exist"))?;
        let mut cursor = Cursor::new(bytes);
        let skipped = Some(RefCell::default());
        let reader = Reader { body: &self.body, shared: &self.shared, skipped, texts: &self.texts, made: &self.made };
        let code = reader.get_code(&mut cursor, 0).map_err(LoadError::Marshal)?;
        if !cursor.is_empty() {
            return Err(damaged("bytes behind the code"));
        }
        verify::verify_to_run(&code).map_err(LoadError::Verify)?;
        let nested = reader.skipped.into_iter().flat_map(RefCell::into_inner).map(Place).collect();
        Ok(Unit { code, nested })
    }
}
