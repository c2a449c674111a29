//! Functions, aggregates and collations that SQL calls and Rust implements.

use std::cell::Cell;
use std::cmp::Ordering;
use std::ffi::{CStr, c_int, c_void};
use std::marker::PhantomData;
use std::rc::Rc;

use libsqlite3_sys as c;

use crate::{Db, Enter, Item, lent};

/// One call of a function: takes its result.
pub struct Call<'a> {
    context: *mut c::sqlite3_context,
    of: PhantomData<&'a ()>,
}

impl Call<'_> {
    /// The result.
    pub fn result(&self, item: Item<'_>) {
        let context = self.context;
        let start = |bytes: &[u8]| if bytes.is_empty() { c"".as_ptr() } else { bytes.as_ptr().cast() };
        // SAFETY: the context lives for the call; bytes are copied before the call returns.
        unsafe {
            match item {
                Item::Null => c::sqlite3_result_null(context),
                Item::Int(n) => c::sqlite3_result_int64(context, n),
                Item::Float(x) => c::sqlite3_result_double(context, x),
                Item::Text(t) => {
                    let utf8 = c::SQLITE_UTF8 as u8;
                    c::sqlite3_result_text64(context, start(t), t.len() as u64, c::SQLITE_TRANSIENT(), utf8);
                }
                Item::Blob(b) => {
                    c::sqlite3_result_blob64(context, start(b).cast(), b.len() as u64, c::SQLITE_TRANSIENT());
                }
            }
        }
    }

    /// The statement fails with these words.
    pub fn error(&self, message: &str) {
        // SAFETY: the text is copied before the call returns.
        unsafe { c::sqlite3_result_error(self.context, message.as_ptr().cast(), message.len() as c_int) };
    }

    /// The statement fails because something is too large.
    pub fn error_too_big(&self) {
        // SAFETY: the context lives for the call.
        unsafe { c::sqlite3_result_error_toobig(self.context) };
    }

    /// The statement fails for want of memory.
    pub fn error_no_memory(&self) {
        // SAFETY: the context lives for the call.
        unsafe { c::sqlite3_result_error_nomem(self.context) };
    }

    /// A number that all calls for one group of rows share; it begins as 0. None when `create` is false and no call has made it.
    pub fn state(&self, create: bool) -> Option<&Cell<u64>> {
        let size = if create { size_of::<u64>() as c_int } else { 0 };
        // SAFETY: SQLite keeps zeroed memory, aligned for 8 bytes, until the group's last call is through. Only calls under the
        // interpreter's lock see it.
        unsafe { c::sqlite3_aggregate_context(self.context, size).cast::<Cell<u64>>().as_ref() }
    }
}

/// A function.
pub trait Scalar {
    fn call(&self, call: &Call<'_>, args: &[Item<'_>]);
}

/// An aggregate function; a window function if it has `value` and `inverse`.
pub trait Aggregate {
    fn step(&self, call: &Call<'_>, args: &[Item<'_>]);
    fn finish(&self, call: &Call<'_>);
    fn value(&self, call: &Call<'_>);
    fn inverse(&self, call: &Call<'_>, args: &[Item<'_>]);
}

/// An order of texts.
pub trait Collation {
    fn compare(&self, a: &[u8], b: &[u8]) -> Ordering;
}

/// What SQLite keeps for a function: its implementation and the way to it.
struct Kept<T: ?Sized> {
    enter: Enter,
    it: Rc<T>,
}

impl<T: ?Sized> Kept<T> {
    fn boxed(enter: Enter, it: Rc<T>) -> *mut c_void {
        Box::into_raw(Box::new(Kept { enter, it })).cast()
    }

    /// Runs `f` on what `data` points at, under the lock. A copy of the `Rc` keeps it alive if it is replaced meanwhile.
    ///
    /// # Safety
    /// `data` came from `boxed` of the same `T` and has not been dropped.
    unsafe fn with(data: *mut c_void, f: &mut dyn FnMut(&T)) {
        // SAFETY: the caller's promise. `enter` is copied out and touched by nobody, so reading it needs no lock.
        let kept = unsafe { &*data.cast::<Kept<T>>() };
        (kept.enter)(&mut || {
            let it = Rc::clone(&kept.it);
            f(&it);
        });
    }
}

/// SQLite has no more use for a function.
unsafe extern "C" fn forget<T: ?Sized>(data: *mut c_void) {
    // SAFETY: `data` came from `Kept::<T>::boxed`, and SQLite gives it back once.
    let mut kept = Some(unsafe { Box::from_raw(data.cast::<Kept<T>>()) });
    let enter = kept.as_ref().map(|k| k.enter);
    if let Some(enter) = enter {
        enter(&mut || drop(kept.take()));
    }
}

/// The arguments of a call.
///
/// # Safety
/// `values` begins `count` values that live for `'a`.
unsafe fn arguments<'a>(count: c_int, values: *mut *mut c::sqlite3_value) -> Vec<Item<'a>> {
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: the caller's promise; text and blobs are asked for as what they are, so that nothing is converted in place.
    let item = |i: usize| unsafe {
        let v = *values.add(i);
        match c::sqlite3_value_type(v) {
            c::SQLITE_INTEGER => Item::Int(c::sqlite3_value_int64(v)),
            c::SQLITE_FLOAT => Item::Float(c::sqlite3_value_double(v)),
            c::SQLITE_TEXT => {
                let start = c::sqlite3_value_text(v);
                Item::Text(lent(start, c::sqlite3_value_bytes(v)))
            }
            c::SQLITE_BLOB => {
                let start = c::sqlite3_value_blob(v).cast();
                Item::Blob(lent(start, c::sqlite3_value_bytes(v)))
            }
            _ => Item::Null,
        }
    };
    (0..count).map(item).collect()
}

unsafe extern "C" fn scalar(context: *mut c::sqlite3_context, n: c_int, values: *mut *mut c::sqlite3_value) {
    // SAFETY: SQLite's promises about the arguments of a function registered with `create_function`.
    unsafe {
        let args = arguments(n, values);
        let call = Call { context, of: PhantomData };
        Kept::<dyn Scalar>::with(c::sqlite3_user_data(context), &mut |f| f.call(&call, &args));
    }
}

unsafe extern "C" fn step(context: *mut c::sqlite3_context, n: c_int, values: *mut *mut c::sqlite3_value) {
    // SAFETY: as for `scalar`.
    unsafe {
        let args = arguments(n, values);
        let call = Call { context, of: PhantomData };
        Kept::<dyn Aggregate>::with(c::sqlite3_user_data(context), &mut |f| f.step(&call, &args));
    }
}

unsafe extern "C" fn inverse(context: *mut c::sqlite3_context, n: c_int, values: *mut *mut c::sqlite3_value) {
    // SAFETY: as for `scalar`.
    unsafe {
        let args = arguments(n, values);
        let call = Call { context, of: PhantomData };
        Kept::<dyn Aggregate>::with(c::sqlite3_user_data(context), &mut |f| f.inverse(&call, &args));
    }
}

unsafe extern "C" fn value(context: *mut c::sqlite3_context) {
    // SAFETY: as for `scalar`.
    unsafe {
        let call = Call { context, of: PhantomData };
        Kept::<dyn Aggregate>::with(c::sqlite3_user_data(context), &mut |f| f.value(&call));
    }
}

unsafe extern "C" fn finish(context: *mut c::sqlite3_context) {
    // SAFETY: as for `scalar`.
    unsafe {
        let call = Call { context, of: PhantomData };
        Kept::<dyn Aggregate>::with(c::sqlite3_user_data(context), &mut |f| f.finish(&call));
    }
}

unsafe extern "C" fn compare(
    data: *mut c_void,
    a_len: c_int,
    a: *const c_void,
    b_len: c_int,
    b: *const c_void,
) -> c_int {
    let mut order = Ordering::Equal;
    // SAFETY: SQLite lends both texts for the call; `data` is what `create_collation` was given.
    unsafe {
        let (a, b) = (lent(a.cast(), a_len), lent(b.cast(), b_len));
        Kept::<dyn Collation>::with(data, &mut |f| order = f.compare(a, b));
    }
    order as c_int
}

impl Db {
    /// Defines a function, or removes it.
    pub fn create_function(&self, name: &CStr, args: i32, flags: i32, f: Option<Rc<dyn Scalar>>) -> i32 {
        let flags = c::SQLITE_UTF8 | flags;
        let (db, name) = (self.as_ptr(), name.as_ptr());
        // SAFETY: SQLite takes the data over and calls `forget` when it has no more use for it, also when it fails.
        unsafe {
            match f {
                Some(f) => {
                    let data = Kept::boxed(self.enter, f);
                    let forget = Some(forget::<dyn Scalar> as unsafe extern "C" fn(*mut c_void));
                    c::sqlite3_create_function_v2(db, name, args, flags, data, Some(scalar), None, None, forget)
                }
                None => {
                    let nothing = std::ptr::null_mut();
                    c::sqlite3_create_function_v2(db, name, args, flags, nothing, None, None, None, None)
                }
            }
        }
    }

    /// Defines an aggregate function (for windows as well if asked for), or removes it.
    pub fn create_aggregate(&self, name: &CStr, args: i32, window: bool, f: Option<Rc<dyn Aggregate>>) -> i32 {
        let flags = c::SQLITE_UTF8;
        let (db, name) = (self.as_ptr(), name.as_ptr());
        // SAFETY: as for `create_function`.
        unsafe {
            let Some(f) = f else {
                let nothing = std::ptr::null_mut();
                return c::sqlite3_create_function_v2(db, name, args, flags, nothing, None, None, None, None);
            };
            let data = Kept::boxed(self.enter, f);
            let forget = Some(forget::<dyn Aggregate> as unsafe extern "C" fn(*mut c_void));
            let (step, finish) = (Some(step as _), Some(finish as _));
            if window {
                let (value, inverse) = (Some(value as _), Some(inverse as _));
                c::sqlite3_create_window_function(db, name, args, flags, data, step, finish, value, inverse, forget)
            } else {
                c::sqlite3_create_function_v2(db, name, args, flags, data, None, step, finish, forget)
            }
        }
    }

    /// Defines an order of texts, or removes it.
    pub fn create_collation(&self, name: &CStr, f: Option<Rc<dyn Collation>>) -> i32 {
        let (db, flags) = (self.as_ptr(), c::SQLITE_UTF8);
        // SAFETY: SQLite calls `forget` when it has no more use for the data; unlike for functions, not when it fails.
        unsafe {
            let Some(f) = f else {
                let nothing = std::ptr::null_mut();
                return c::sqlite3_create_collation_v2(db, name.as_ptr(), flags, nothing, None, None);
            };
            let data = Kept::boxed(self.enter, f);
            let dropping = Some(forget::<dyn Collation> as unsafe extern "C" fn(*mut c_void));
            let code = c::sqlite3_create_collation_v2(db, name.as_ptr(), flags, data, Some(compare), dropping);
            if code != c::SQLITE_OK {
                forget::<dyn Collation>(data);
            }
            code
        }
    }
}
