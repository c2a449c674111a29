//! Reading a file code object by code object: most functions of most modules are never called, so their bodies are only
//! read, and verified, when somebody wants them.

use std::cell::RefCell;
use std::ops::Range;

use super::cursor::{Cursor, MarshalError};
use super::read::{self, Reader};
use crate::LoadError;
use crate::code::CodeObject;
use crate::verify;

/// A marshalled file. Its header, its checksum and its table of strings have been checked.
pub struct File {
    bytes: Box<[u8]>,
    shared: Vec<Range<usize>>,
}

/// Where a code object lies in its file.
#[derive(Clone, Debug)]
pub struct Place(Range<usize>);

/// One code object, verified. Those nested in it have a head (names, flags, counts, first line) and an empty body.
pub struct Unit {
    pub code: CodeObject,
    /// Where the nested code objects lie, in the order in which they stand among the constants.
    pub nested: Vec<Place>,
}

impl File {
    /// Takes a file; gives the place of its outermost code object too.
    pub fn open(bytes: Box<[u8]>) -> Result<(File, Place), MarshalError> {
        let (shared, root) = read::open(&bytes)?;
        Ok((File { bytes, shared }, Place(root)))
    }

    /// Reads and verifies the code object at a place of this file.
    pub fn unit(&self, place: &Place) -> Result<Unit, LoadError> {
        let damaged = |what| LoadError::Marshal(MarshalError::Damaged(what));
        let bytes = self.bytes.get(place.0.clone()).ok_or(damaged("code that does not exist"))?;
        let mut cursor = Cursor::new(bytes);
        let reader = Reader { bytes: &self.bytes, shared: &self.shared, skipped: Some(RefCell::default()) };
        let code = reader.get_code(&mut cursor, 0).map_err(LoadError::Marshal)?;
        if !cursor.is_empty() {
            return Err(damaged("bytes behind the code"));
        }
        verify::verify_one(&code).map_err(LoadError::Verify)?;
        let nested = reader.skipped.into_iter().flat_map(RefCell::into_inner).map(Place).collect();
        Ok(Unit { code, nested })
    }
}
