//! Callbacks that a connection has one of each: the authorizer, the progress handler, the trace.

use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;
use std::rc::Rc;

use libsqlite3_sys as c;

use crate::{Db, Enter, copied};

/// Asked for each action that a statement is compiled to; gives `SQLITE_OK`, `SQLITE_DENY` or `SQLITE_IGNORE`.
pub type Authorizer = Rc<dyn Fn(i32, [Option<&[u8]>; 4]) -> i32>;
/// Asked every so many instructions; true stops the statement.
pub type Progress = Rc<dyn Fn() -> bool>;
/// Told of each statement that begins: its text with the values of parameters (none if that would be too long), and without.
pub type Trace = Rc<dyn Fn(Option<&[u8]>, &[u8])>;

/// A connection's callbacks. They are only touched inside `enter`.
pub(crate) struct Hooks {
    enter: Enter,
    authorizer: RefCell<Option<Authorizer>>,
    progress: RefCell<Option<Progress>>,
    trace: RefCell<Option<Trace>>,
}

impl Hooks {
    pub(crate) fn new(enter: Enter) -> Hooks {
        Hooks { enter, authorizer: RefCell::default(), progress: RefCell::default(), trace: RefCell::default() }
    }

    /// The connection's hooks behind SQLite's pointer.
    ///
    /// # Safety
    /// `data` is what `Db::hooks_data` gave, and the connection is open.
    unsafe fn of<'a>(data: *mut c_void) -> &'a Hooks {
        // SAFETY: the caller's promise.
        unsafe { &*data.cast::<Hooks>() }
    }
}

unsafe extern "C" fn authorize(
    data: *mut c_void,
    action: c_int,
    first: *const c_char,
    second: *const c_char,
    database: *const c_char,
    trigger: *const c_char,
) -> c_int {
    // SAFETY: the data is that of `set_authorizer`; SQLite lends C strings or nulls.
    let (hooks, texts) =
        unsafe { (Hooks::of(data), [copied(first), copied(second), copied(database), copied(trigger)]) };
    let mut answer = c::SQLITE_OK;
    (hooks.enter)(&mut || {
        let f = hooks.authorizer.borrow().clone();
        if let Some(f) = f {
            answer = f(action, texts.each_ref().map(|t| t.as_deref()));
        }
    });
    answer
}

unsafe extern "C" fn progress(data: *mut c_void) -> c_int {
    // SAFETY: the data is that of `set_progress`.
    let hooks = unsafe { Hooks::of(data) };
    let mut stop = false;
    (hooks.enter)(&mut || {
        let f = hooks.progress.borrow().clone();
        if let Some(f) = f {
            stop = f();
        }
    });
    c_int::from(stop)
}

unsafe extern "C" fn trace(event: c_uint, data: *mut c_void, stmt: *mut c_void, text: *mut c_void) -> c_int {
    if event != c::SQLITE_TRACE_STMT {
        return 0;
    }
    // SAFETY: the data is that of `set_trace`; for this event SQLite gives the statement and its text. The expanded text is ours
    // to free.
    let (hooks, whole, plain) = unsafe {
        let expanded = c::sqlite3_expanded_sql(stmt.cast());
        let whole = copied(expanded);
        c::sqlite3_free(expanded.cast());
        (Hooks::of(data), whole, copied(text.cast()).unwrap_or_default())
    };
    // A trigger's statement comes as a comment and has no values.
    let whole = if plain.starts_with(b"--") { Some(plain.clone()) } else { whole };
    (hooks.enter)(&mut || {
        let f = hooks.trace.borrow().clone();
        if let Some(f) = f {
            f(whole.as_deref(), &plain);
        }
    });
    0
}

impl Db {
    /// Sets or removes the authorizer.
    pub fn set_authorizer(&self, f: Option<Authorizer>) -> i32 {
        let ask = f.as_ref().map(|_| authorize as _);
        let old = self.hooks.authorizer.replace(f);
        // SAFETY: the hooks live as long as the connection, which takes the callback out before it closes.
        let code = unsafe { c::sqlite3_set_authorizer(self.as_ptr(), ask, self.hooks_data()) };
        drop(old);
        code
    }

    /// Sets or removes the progress handler, asked every `n` instructions.
    pub fn set_progress(&self, n: i32, f: Option<Progress>) {
        let ask = f.as_ref().map(|_| progress as _);
        let old = self.hooks.progress.replace(f);
        // SAFETY: as for the authorizer.
        unsafe { c::sqlite3_progress_handler(self.as_ptr(), n, ask, self.hooks_data()) };
        drop(old);
    }

    /// Sets or removes the trace.
    pub fn set_trace(&self, f: Option<Trace>) {
        let tell: Option<unsafe extern "C" fn(c_uint, *mut c_void, *mut c_void, *mut c_void) -> c_int> =
            f.as_ref().map(|_| trace as _);
        let events = if f.is_some() { c::SQLITE_TRACE_STMT } else { 0 };
        let old = self.hooks.trace.replace(f);
        // SAFETY: as for the authorizer.
        unsafe { c::sqlite3_trace_v2(self.as_ptr(), events, tell, self.hooks_data()) };
        drop(old);
    }

    /// Takes all callbacks out: SQLite's side may outlive this connection.
    pub(crate) fn forget_hooks(&self) {
        let nothing = ptr::null_mut();
        // SAFETY: the connection is still open.
        unsafe {
            c::sqlite3_set_authorizer(self.as_ptr(), None, nothing);
            c::sqlite3_progress_handler(self.as_ptr(), 0, None, nothing);
            c::sqlite3_trace_v2(self.as_ptr(), 0, None, nothing);
        }
    }
}
