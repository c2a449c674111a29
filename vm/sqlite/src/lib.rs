//! SQLite's C interface behind safe handles; see README.md.
//!
//! Invariant of all modules here: a handle's pointer came from SQLite, is valid until the handle is dropped, and is given back
//! exactly once. Pointers that SQLite lends (column bytes, arguments of functions) live no longer than the borrow that they are
//! handed out under.
#![allow(unsafe_code)]

mod blob;
mod db;
mod functions;
mod hooks;
mod stmt;

use std::ffi::{CStr, c_char};

pub use blob::{Backup, Blob};
pub use db::Db;
pub use functions::{Aggregate, Call, Collation, Scalar};
pub use hooks::{Authorizer, Progress, Trace};
/// The numbers of SQLite's interface.
pub use libsqlite3_sys as c;
pub use stmt::Stmt;

/// Takes whatever protects the objects that callbacks hold, runs the function, and lets go again. It is called on any thread that
/// uses a connection, also on one that already has what it takes.
pub type Enter = fn(&mut dyn FnMut());

/// A value of SQLite's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    Null,
    Int(i64),
    Float(f64),
    /// Text as it is stored: UTF-8 unless somebody stored something else.
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// What went wrong: SQLite's extended result code and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: i32,
    pub message: Vec<u8>,
}

/// The version of the library.
pub fn version() -> &'static str {
    // SAFETY: a static string.
    unsafe { CStr::from_ptr(c::sqlite3_libversion()) }.to_str().unwrap_or_default()
}

/// Whether the text ends a statement.
pub fn is_complete(sql: &CStr) -> bool {
    // SAFETY: reads a C string.
    unsafe { c::sqlite3_complete(sql.as_ptr()) != 0 }
}

/// Waits.
pub fn sleep(milliseconds: i32) {
    // SAFETY: has no preconditions.
    unsafe { c::sqlite3_sleep(milliseconds) };
}

/// Whether the library may be used by several threads at once.
pub fn is_thread_safe() -> bool {
    // SAFETY: has no preconditions.
    unsafe { c::sqlite3_threadsafe() != 0 }
}

/// SQLite's own words for a result code.
pub fn code_text(code: i32) -> &'static CStr {
    // SAFETY: gives a static string for every number.
    unsafe { CStr::from_ptr(c::sqlite3_errstr(code)) }
}

/// A C string that SQLite lends, as an owned copy.
///
/// # Safety
/// `text` is null or a C string that lives for the time of the call.
unsafe fn copied(text: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes().to_vec())
}

/// Bytes that SQLite lends; it gives null for none.
///
/// # Safety
/// `start` is null or begins `len` bytes that live and stay unchanged for `'a`.
unsafe fn lent<'a>(start: *const u8, len: i32) -> &'a [u8] {
    match usize::try_from(len) {
        // SAFETY: the caller's promise.
        Ok(len) if !start.is_null() && len > 0 => unsafe { std::slice::from_raw_parts(start, len) },
        _ => &[],
    }
}
