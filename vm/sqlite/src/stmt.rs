//! Prepared statements.

use std::ffi::{CStr, c_int};
use std::ptr::NonNull;

use libsqlite3_sys as c;

use crate::{Item, copied, lent};

/// A prepared statement; finalized when it is dropped.
pub struct Stmt {
    ptr: NonNull<c::sqlite3_stmt>,
}

impl Drop for Stmt {
    fn drop(&mut self) {
        // SAFETY: our handle, given back once.
        unsafe { c::sqlite3_finalize(self.ptr.as_ptr()) };
    }
}

impl Stmt {
    pub(crate) fn new(ptr: NonNull<c::sqlite3_stmt>) -> Stmt {
        Stmt { ptr }
    }

    fn as_ptr(&self) -> *mut c::sqlite3_stmt {
        self.ptr.as_ptr()
    }

    /// Runs to the next row or the end; gives the result code.
    pub fn step(&mut self) -> i32 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_step(self.as_ptr()) }
    }

    /// Makes it ready to run again; gives the result code of the run before.
    pub fn reset(&mut self) -> i32 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_reset(self.as_ptr()) }
    }

    /// Whether it has begun and is not at its end.
    pub fn is_busy(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_stmt_busy(self.as_ptr()) != 0 }
    }

    /// Whether it changes nothing.
    pub fn is_readonly(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_stmt_readonly(self.as_ptr()) != 0 }
    }

    /// Whether it explains another statement.
    pub fn is_explain(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_stmt_isexplain(self.as_ptr()) != 0 }
    }

    /// How many parameters it has.
    pub fn parameter_count(&self) -> usize {
        // SAFETY: the handle is open.
        usize::try_from(unsafe { c::sqlite3_bind_parameter_count(self.as_ptr()) }).unwrap_or(0)
    }

    /// The name of a parameter (the first is 1), with the character in front.
    pub fn parameter_name(&self, i: usize) -> Option<Vec<u8>> {
        // SAFETY: null for what has no name; copied at once.
        unsafe { copied(c::sqlite3_bind_parameter_name(self.as_ptr(), i as c_int)) }
    }

    /// Gives a parameter its value, which is copied.
    pub fn bind(&mut self, i: usize, item: Item<'_>) -> i32 {
        let (stmt, i) = (self.as_ptr(), i as c_int);
        // An empty slice's pointer dangles, and null would mean NULL: any address of nothing will do.
        let start = |bytes: &[u8]| if bytes.is_empty() { c"".as_ptr() } else { bytes.as_ptr().cast() };
        // SAFETY: the handle is open; bytes are copied before the call returns (SQLITE_TRANSIENT).
        unsafe {
            match item {
                Item::Null => c::sqlite3_bind_null(stmt, i),
                Item::Int(n) => c::sqlite3_bind_int64(stmt, i, n),
                Item::Float(x) => c::sqlite3_bind_double(stmt, i, x),
                Item::Text(t) => {
                    let utf8 = c::SQLITE_UTF8 as u8;
                    c::sqlite3_bind_text64(stmt, i, start(t), t.len() as u64, c::SQLITE_TRANSIENT(), utf8)
                }
                Item::Blob(b) => {
                    c::sqlite3_bind_blob64(stmt, i, start(b).cast(), b.len() as u64, c::SQLITE_TRANSIENT())
                }
            }
        }
    }

    /// Columns of the result.
    pub fn column_count(&self) -> usize {
        // SAFETY: the handle is open.
        usize::try_from(unsafe { c::sqlite3_column_count(self.as_ptr()) }).unwrap_or(0)
    }

    /// Columns of the current row; 0 if there is none.
    pub fn data_count(&self) -> usize {
        // SAFETY: the handle is open.
        usize::try_from(unsafe { c::sqlite3_data_count(self.as_ptr()) }).unwrap_or(0)
    }

    /// A column's name.
    pub fn column_name(&self, i: usize) -> Option<Vec<u8>> {
        // SAFETY: null for what is not there; copied at once.
        unsafe { copied(c::sqlite3_column_name(self.as_ptr(), i as c_int)) }
    }

    /// The type that a column was declared with.
    pub fn column_decltype(&self, i: usize) -> Option<Vec<u8>> {
        // SAFETY: null for what is not there; copied at once.
        unsafe { copied(c::sqlite3_column_decltype(self.as_ptr(), i as c_int)) }
    }

    /// A column of the current row. Beyond the row it is NULL.
    pub fn column(&self, i: usize) -> Item<'_> {
        let (stmt, i) = (self.as_ptr(), i as c_int);
        // SAFETY: the bytes live until the statement steps, is reset or dropped, which all take `&mut self`; text and blobs are
        // asked for as what they are, so nothing is converted in place.
        unsafe {
            match c::sqlite3_column_type(stmt, i) {
                c::SQLITE_INTEGER => Item::Int(c::sqlite3_column_int64(stmt, i)),
                c::SQLITE_FLOAT => Item::Float(c::sqlite3_column_double(stmt, i)),
                c::SQLITE_TEXT => {
                    let start = c::sqlite3_column_text(stmt, i);
                    Item::Text(lent(start, c::sqlite3_column_bytes(stmt, i)))
                }
                c::SQLITE_BLOB => {
                    let start = c::sqlite3_column_blob(stmt, i).cast();
                    Item::Blob(lent(start, c::sqlite3_column_bytes(stmt, i)))
                }
                _ => Item::Null,
            }
        }
    }

    /// A column of the current row as bytes, numbers written as text; None for NULL and for what has no bytes.
    pub fn column_bytes(&mut self, i: usize) -> Option<Vec<u8>> {
        let (stmt, i) = (self.as_ptr(), i as c_int);
        // SAFETY: converting changes what other borrows of the row would see; `&mut self` says that there are none.
        unsafe {
            if c::sqlite3_column_type(stmt, i) == c::SQLITE_NULL {
                return None;
            }
            let start: *const u8 = c::sqlite3_column_blob(stmt, i).cast();
            (!start.is_null()).then(|| lent(start, c::sqlite3_column_bytes(stmt, i)).to_vec())
        }
    }

    /// The statement's text.
    pub fn sql(&self) -> Vec<u8> {
        // SAFETY: the handle is open; copied at once.
        unsafe {
            c::sqlite3_sql(self.as_ptr()).as_ref().map_or_else(Vec::new, |t| CStr::from_ptr(t).to_bytes().to_vec())
        }
    }
}
