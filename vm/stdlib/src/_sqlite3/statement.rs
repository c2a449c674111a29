//! Prepared statements, and values on their way between Python and SQLite.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::CString;

use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::int;
use freeze_runtime::types::memoryview::PyMemoryView;
use freeze_runtime::types::str::{PyStr, codec};
use freeze_runtime::{Payload, PyResult, Raised, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm};
use freeze_sqlite::{Db, Item, Stmt, c};

use super::errors::{self, DATA};
use crate::native_type::payload;

/// The payload of statements.
pub(super) struct Statement {
    /// None for a text without a statement. Borrowed mutably while it runs, also by another thread.
    pub(super) stmt: RefCell<Option<Stmt>>,
    /// Whether it begins with INSERT, UPDATE, DELETE or REPLACE.
    pub(super) is_dml: bool,
}
payload!(Statement, |_s, _visit| ());

static DEF: TypeDef = TypeDef {
    name: "Statement",
    module: "sqlite3",
    layout: Statement::layout,
    flags: TypeFlags::NO_NEW,
    ..TypeDef::EMPTY
};
/// The type of statements.
pub(super) static STATEMENT: Type = Type::builtin(&DEF);

/// Text as UTF-8; UnicodeEncodeError where it can't be.
pub(super) fn utf8<'a>(vm: &Vm, text: &'a Str) -> PyResult<Cow<'a, [u8]>> {
    if std::str::from_utf8(text.as_bytes()).is_ok() {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    codec::encode(vm, text, None, None).map(Cow::Owned)
}

/// Text as a C string for names and files.
pub(super) fn c_text(vm: &Vm, text: &Str) -> PyResult<CString> {
    CString::new(utf8(vm, text)?).map_err(|_| vm.value_error("embedded null character"))
}

/// What SQLite found in a column or passes to a function. Text that is not UTF-8 gives its bytes as the error.
pub(super) fn to_python(item: Item<'_>) -> Result<Value, Vec<u8>> {
    Ok(match item {
        Item::Null => Value::NONE,
        Item::Int(n) => Value::int(n),
        Item::Float(x) => Value::float(x),
        Item::Text(t) => match std::str::from_utf8(t) {
            Ok(_) => PyStr::new(t).into_value(),
            Err(_) => return Err(t.to_vec()),
        },
        Item::Blob(b) => PyBytes::new(b).into_value(),
    })
}

/// A Python value for SQLite, lent to `f`; `Ok(None)` if SQLite has nothing like it.
pub(super) fn with_item<R>(vm: &Vm, v: &Value, f: impl FnOnce(Item<'_>) -> R) -> PyResult<Option<R>> {
    let item = if v.is_none() {
        Item::Null
    } else if int::is_int(v) {
        match int::as_i64(v) {
            Some(n) => Item::Int(n),
            None => return Err(vm.overflow_error("Python int too large to convert to SQLite INTEGER")),
        }
    } else if let Some(x) = freeze_runtime::types::float::value_of(v) {
        Item::Float(x)
    } else if let Some(text) = v.downcast_ref::<PyStr>() {
        let text = utf8(vm, &text)?;
        if text.len() > i32::MAX as usize {
            return Err(vm.overflow_error("string is longer than INT_MAX bytes"));
        }
        return Ok(Some(f(Item::Text(&text))));
    } else if buffer::is_bytes_like(v) {
        let data = contiguous(vm, v)?;
        if data.len > i32::MAX as usize {
            return Err(vm.overflow_error("BLOB longer than INT_MAX bytes"));
        }
        return match data.with(|b| f(Item::Blob(b))) {
            Some(r) => Ok(Some(r)),
            None => Err(vm.buffer_error("underlying buffer is not C-contiguous")),
        };
    } else {
        return Ok(None);
    };
    Ok(Some(f(item)))
}

/// The bytes of an object, which must lie together.
pub(super) fn contiguous(vm: &Vm, v: &Value) -> PyResult<buffer::Buffer> {
    if v.has_layout::<PyMemoryView>() && !vm.is_true(&vm.get_attr_str(v, "c_contiguous")?)? {
        return Err(vm.buffer_error("memoryview: underlying buffer is not C-contiguous"));
    }
    buffer::get(vm, v)
}

/// The length that SQLite allows a statement's text.
pub(super) fn check_length(vm: &Vm, db: &Db, text: &[u8]) -> PyResult<()> {
    let limit = db.limit(c::SQLITE_LIMIT_SQL_LENGTH, -1);
    if text.len() > usize::try_from(limit).unwrap_or(0) {
        return Err(vm.new_error(&DATA, "query string is too large"));
    }
    Ok(())
}

/// Compiles a text that holds one statement.
pub(super) fn create(vm: &Vm, db: &Db, sql: &Str) -> PyResult<Ref<Statement>> {
    let text = utf8(vm, sql)?;
    check_length(vm, db, &text)?;
    let Ok(text) = CString::new(text) else {
        return Err(errors::programming(vm, "the query contains a null character"));
    };
    let (stmt, read) = vm.allow_threads(|| db.prepare(&text)).map_err(|f| failed(vm, db, &f))?;
    let text = text.to_bytes();
    if !skip_comments(&text[read.min(text.len())..]).is_empty() {
        return Err(errors::programming(vm, "You can only execute one statement at a time."));
    }
    let begin = skip_comments(text);
    let begins = |word: &[u8]| begin.get(..word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word));
    let is_dml = begins(b"insert") || begins(b"update") || begins(b"delete") || begins(b"replace");
    Ok(Ref::new(&STATEMENT, Statement { stmt: RefCell::new(stmt), is_dml }))
}

/// The exception for a failed call.
pub(super) fn failed(vm: &Vm, db: &Db, failure: &freeze_sqlite::Failure) -> Raised {
    errors::of_failure(vm, failure).unwrap_or_else(|| errors::of_db(vm, db))
}

/// A text without the white space and comments in front.
pub(super) fn skip_comments(mut sql: &[u8]) -> &[u8] {
    loop {
        sql = match sql {
            [b' ' | b'\t' | b'\x0c' | b'\n' | b'\r', rest @ ..] => rest,
            [b'-', b'-', rest @ ..] => match memchr::memchr(b'\n', rest) {
                Some(end) => &rest[end + 1..],
                None => return &[],
            },
            [b'/', b'*', rest @ ..] => match memchr::memmem::find(rest, b"*/") {
                Some(end) => &rest[end + 2..],
                None => return &[],
            },
            _ => return sql,
        };
    }
}

impl Statement {
    /// Makes it ready to run again. Nothing happens while it runs elsewhere.
    pub(super) fn reset(&self) {
        if let Ok(mut stmt) = self.stmt.try_borrow_mut()
            && let Some(stmt) = &mut *stmt
        {
            stmt.reset();
        }
    }

    /// Whether another cursor is using it.
    pub(super) fn is_busy(&self) -> bool {
        match self.stmt.try_borrow() {
            Ok(stmt) => stmt.as_ref().is_some_and(Stmt::is_busy),
            Err(_) => true,
        }
    }

    /// Runs it to the next row or the end; gives the result code. An empty statement is at its end, and has not failed.
    pub(super) fn step(&self, vm: &Vm) -> i32 {
        match self.stmt.try_borrow_mut() {
            Ok(mut stmt) => match &mut *stmt {
                Some(stmt) => vm.allow_threads(|| stmt.step()),
                None => c::SQLITE_DONE,
            },
            Err(_) => c::SQLITE_MISUSE,
        }
    }

    /// Asks the statement something; the default if there is none.
    pub(super) fn ask<T: Default>(&self, f: impl FnOnce(&Stmt) -> T) -> T {
        match self.stmt.try_borrow() {
            Ok(stmt) => stmt.as_ref().map_or_else(T::default, f),
            Err(_) => T::default(),
        }
    }
}
