//! Connections.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::{self, NonNull};

use libsqlite3_sys as c;

use crate::hooks::Hooks;
use crate::stmt::Stmt;
use crate::{Enter, Failure, copied};

unsafe extern "C" {
    /// Missing from the crate's bindings.
    fn sqlite3_close_v2(db: *mut c::sqlite3) -> c_int;
}

/// A connection to a database; closed when it is dropped.
pub struct Db {
    ptr: NonNull<c::sqlite3>,
    pub(crate) enter: Enter,
    pub(crate) hooks: Box<Hooks>,
}

impl Drop for Db {
    fn drop(&mut self) {
        self.forget_hooks();
        // SAFETY: our handle, given back once. Statements that are left keep SQLite's side alive.
        unsafe { sqlite3_close_v2(self.ptr.as_ptr()) };
    }
}

impl Db {
    /// Opens a database. `enter` is how callbacks get at what they hold.
    pub fn open(path: &CStr, flags: i32, enter: Enter) -> Result<Db, Failure> {
        let mut db = ptr::null_mut();
        // SAFETY: the path is a C string, and `db` a place for the handle.
        let code = unsafe { c::sqlite3_open_v2(path.as_ptr(), &raw mut db, flags, ptr::null()) };
        let Some(ptr) = NonNull::new(db) else {
            return Err(Failure { code: c::SQLITE_NOMEM, message: b"out of memory".to_vec() });
        };
        // A connection that could not be opened is there all the same: it knows the reason, and must be closed.
        let db = Db { ptr, enter, hooks: Box::new(Hooks::new(enter)) };
        if code != c::SQLITE_OK {
            return Err(db.failure());
        }
        // `libsqlite3-sys` builds SQLite with foreign keys enforced; everywhere else that is off until it is asked for.
        db.set_config(c::SQLITE_DBCONFIG_ENABLE_FKEY, false);
        Ok(db)
    }

    pub(crate) fn as_ptr(&self) -> *mut c::sqlite3 {
        self.ptr.as_ptr()
    }

    /// What the last call that failed had to say.
    pub fn failure(&self) -> Failure {
        // SAFETY: the handle is open; the message is copied before anything else is called.
        unsafe {
            let message = copied(c::sqlite3_errmsg(self.as_ptr())).unwrap_or_default();
            Failure { code: c::sqlite3_extended_errcode(self.as_ptr()), message }
        }
    }

    /// The result code of the last call; `SQLITE_OK` if it did not fail.
    pub fn last_code(&self) -> i32 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_errcode(self.as_ptr()) }
    }

    /// Compiles the first statement of a text: the statement (none if there is only white space), and how many bytes were read.
    pub fn prepare(&self, sql: &CStr) -> Result<(Option<Stmt>, usize), Failure> {
        let (mut stmt, mut tail) = (ptr::null_mut(), ptr::null());
        // SAFETY: the handle is open, the text a C string, the last two are places for answers.
        let code = unsafe { c::sqlite3_prepare_v2(self.as_ptr(), sql.as_ptr(), -1, &raw mut stmt, &raw mut tail) };
        if code != c::SQLITE_OK {
            return Err(self.failure());
        }
        let read = (tail as usize).saturating_sub(sql.as_ptr() as usize);
        Ok((NonNull::new(stmt).map(Stmt::new), read))
    }

    /// Whether no transaction is open.
    pub fn is_autocommit(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_get_autocommit(self.as_ptr()) != 0 }
    }

    /// Rows that the last statement changed.
    pub fn changes(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_changes64(self.as_ptr()) }
    }

    /// Rows changed since the connection was opened.
    pub fn total_changes(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_total_changes64(self.as_ptr()) }
    }

    /// The key of the row that was inserted last.
    pub fn last_rowid(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_last_insert_rowid(self.as_ptr()) }
    }

    /// How long to wait for another connection's lock.
    pub fn set_busy_timeout(&self, milliseconds: i32) {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_busy_timeout(self.as_ptr(), milliseconds) };
    }

    /// Makes statements that are running stop soon.
    pub fn interrupt(&self) {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_interrupt(self.as_ptr()) };
    }

    /// Sets a limit (unless `value` is negative) and gives the one before; -1 if there is no such limit.
    pub fn limit(&self, category: i32, value: i32) -> i32 {
        // SAFETY: the handle is open; unknown categories are refused.
        unsafe { c::sqlite3_limit(self.as_ptr(), category, value) }
    }

    /// Turns one of the switches `SQLITE_DBCONFIG_…` that are on or off; gives the result code and what it is now.
    pub fn set_config(&self, op: i32, on: bool) -> (i32, bool) {
        self.config(op, c_int::from(on))
    }

    /// Looks at a switch.
    pub fn get_config(&self, op: i32) -> (i32, bool) {
        self.config(op, -1)
    }

    fn config(&self, op: i32, value: c_int) -> (i32, bool) {
        // Other operations take arguments of other kinds.
        if !(c::SQLITE_DBCONFIG_ENABLE_FKEY..=c::SQLITE_DBCONFIG_TRUSTED_SCHEMA).contains(&op) {
            return (c::SQLITE_MISUSE, false);
        }
        let mut now: c_int = 0;
        // SAFETY: all operations of this range take an int and a place for one.
        let code = unsafe { c::sqlite3_db_config(self.as_ptr(), op, value, &raw mut now) };
        (code, now != 0)
    }

    /// Whether extensions may be loaded.
    pub fn enable_load_extension(&self, on: bool) -> i32 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_enable_load_extension(self.as_ptr(), c_int::from(on)) }
    }

    /// Loads an extension from a shared library.
    pub fn load_extension(&self, path: &CStr, entry: Option<&CStr>) -> Result<(), Vec<u8>> {
        let mut message = ptr::null_mut();
        let entry = entry.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: the handle is open, the texts are C strings, and the message is freed below.
        let code = unsafe { c::sqlite3_load_extension(self.as_ptr(), path.as_ptr(), entry, &raw mut message) };
        if code == c::SQLITE_OK {
            return Ok(());
        }
        // SAFETY: a message that SQLite has allocated for us, or null.
        let text = unsafe { copied(message) };
        // SAFETY: as above; null is allowed.
        unsafe { c::sqlite3_free(message.cast()) };
        Err(text.unwrap_or_else(|| self.failure().message))
    }

    /// The content of a database as a file would have it; None if there is no such database or no memory.
    pub fn serialize(&self, name: &CStr) -> Option<Vec<u8>> {
        let mut len: i64 = 0;
        // SAFETY: the handle is open; the answer is ours to free.
        let data = unsafe { c::sqlite3_serialize(self.as_ptr(), name.as_ptr(), &raw mut len, 0) };
        let data = NonNull::new(data)?;
        // SAFETY: SQLite says how many bytes it has written there.
        let copy = unsafe { std::slice::from_raw_parts(data.as_ptr(), usize::try_from(len).unwrap_or(0)) }.to_vec();
        // SAFETY: allocated by SQLite for us.
        unsafe { c::sqlite3_free(data.as_ptr().cast()) };
        Some(copy)
    }

    /// Replaces a database by such content.
    pub fn deserialize(&self, name: &CStr, data: &[u8]) -> i32 {
        let len = data.len() as u64;
        // SAFETY: has no preconditions. One byte more: none at all would give null.
        let Some(copy) = NonNull::new(unsafe { c::sqlite3_malloc64(len + 1) }.cast::<u8>()) else {
            return c::SQLITE_NOMEM;
        };
        // SAFETY: as many bytes were just allocated.
        unsafe { ptr::copy_nonoverlapping(data.as_ptr(), copy.as_ptr(), data.len()) };
        let flags = c::SQLITE_DESERIALIZE_FREEONCLOSE | c::SQLITE_DESERIALIZE_RESIZEABLE;
        let len = len as i64;
        // SAFETY: the memory came from SQLite's allocator, which takes it over (also when it fails).
        unsafe { c::sqlite3_deserialize(self.as_ptr(), name.as_ptr(), copy.as_ptr(), len, len, flags) }
    }

    /// The data of hooks for SQLite: lives as long as the connection.
    pub(crate) fn hooks_data(&self) -> *mut c_void {
        (&raw const *self.hooks).cast_mut().cast()
    }
}
