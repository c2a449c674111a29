//! Open blobs, and copies of whole databases.

use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use libsqlite3_sys as c;

use crate::{Db, Failure};

/// An open blob; closed when it is dropped.
pub struct Blob {
    ptr: NonNull<c::sqlite3_blob>,
}

impl Drop for Blob {
    fn drop(&mut self) {
        // SAFETY: our handle, given back once.
        unsafe { c::sqlite3_blob_close(self.ptr.as_ptr()) };
    }
}

impl Blob {
    /// Opens the blob in a column of a row.
    pub fn open(db: &Db, name: &CStr, table: &CStr, column: &CStr, row: i64, writable: bool) -> Result<Blob, Failure> {
        let mut blob = ptr::null_mut();
        let (name, table, column) = (name.as_ptr(), table.as_ptr(), column.as_ptr());
        let writable = c_int::from(writable);
        // SAFETY: the connection is open, the names are C strings, and `blob` is a place for the handle.
        let code = unsafe { c::sqlite3_blob_open(db.as_ptr(), name, table, column, row, writable, &raw mut blob) };
        match NonNull::new(blob) {
            Some(ptr) if code == c::SQLITE_OK => Ok(Blob { ptr }),
            _ => Err(db.failure()),
        }
    }

    /// Its size in bytes, which does not change.
    pub fn len(&self) -> usize {
        // SAFETY: the handle is open.
        usize::try_from(unsafe { c::sqlite3_blob_bytes(self.ptr.as_ptr()) }).unwrap_or(0)
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `out` from a place on; gives the result code.
    pub fn read(&self, at: usize, out: &mut [u8]) -> i32 {
        let (Ok(at), Ok(len)) = (c_int::try_from(at), c_int::try_from(out.len())) else { return c::SQLITE_RANGE };
        // SAFETY: `out` has room for as much; SQLite refuses what reaches beyond the blob.
        unsafe { c::sqlite3_blob_read(self.ptr.as_ptr(), out.as_mut_ptr().cast(), len, at) }
    }

    /// Writes from a place on; gives the result code.
    pub fn write(&self, at: usize, data: &[u8]) -> i32 {
        let (Ok(at), Ok(len)) = (c_int::try_from(at), c_int::try_from(data.len())) else { return c::SQLITE_RANGE };
        // SAFETY: reads as much of `data`; SQLite refuses what reaches beyond the blob.
        unsafe { c::sqlite3_blob_write(self.ptr.as_ptr(), data.as_ptr().cast(), len, at) }
    }
}

/// A database on its way from one connection to another.
pub struct Backup<'a> {
    ptr: NonNull<c::sqlite3_backup>,
    databases: PhantomData<(&'a Db, &'a Db)>,
}

impl Drop for Backup<'_> {
    fn drop(&mut self) {
        // SAFETY: our handle, given back once; both connections are still open.
        unsafe { c::sqlite3_backup_finish(self.ptr.as_ptr()) };
    }
}

impl<'a> Backup<'a> {
    /// Begins to copy a database of `from` over the main one of `to`. When it fails, `to` knows why.
    pub fn begin(to: &'a Db, from: &'a Db, name: &CStr) -> Option<Backup<'a>> {
        // SAFETY: both connections are open and stay so for `'a`.
        let ptr = unsafe { c::sqlite3_backup_init(to.as_ptr(), c"main".as_ptr(), from.as_ptr(), name.as_ptr()) };
        NonNull::new(ptr).map(|ptr| Backup { ptr, databases: PhantomData })
    }

    /// Copies so many pages (all if negative); gives the result code.
    pub fn step(&self, pages: i32) -> i32 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_backup_step(self.ptr.as_ptr(), pages) }
    }

    /// Pages that are still to be copied, and pages of the whole.
    pub fn progress(&self) -> (i32, i32) {
        let backup = self.ptr.as_ptr();
        // SAFETY: the handle is open.
        unsafe { (c::sqlite3_backup_remaining(backup), c::sqlite3_backup_pagecount(backup)) }
    }

    /// Ends it; gives the result code of the whole.
    pub fn finish(self) -> i32 {
        let backup = self.ptr.as_ptr();
        std::mem::forget(self);
        // SAFETY: our handle, given back once: `self` is forgotten.
        unsafe { c::sqlite3_backup_finish(backup) }
    }
}
