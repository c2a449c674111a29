//! `Connection`: how it is made and closed, its settings and transactions.

use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::rc::{Rc, Weak};

use freeze_runtime::object::header::new_object_of;
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::int;
use freeze_runtime::types::str::{PyStr, STR};
use freeze_runtime::vm::lock;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native, raw,
};
use freeze_sqlite::{Blob, Db, c};

use super::errors::{self, programming};
use super::statement::{self, Statement};
use super::{blob, callbacks, copies, cursor, deprecated_positional};
use crate::convert;
use crate::native_type::payload;
use crate::sys::audit;

/// `autocommit=LEGACY_TRANSACTION_CONTROL`
pub(super) const LEGACY: i64 = -1;

/// Beginnings of transactions, as `isolation_level` names them.
const LEVELS: [&str; 4] = ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"];

/// The payload of connections.
pub(super) struct Connection {
    /// None before `__init__` and after `close`. Whoever works with it holds an own `Rc`.
    db: RefCell<Option<Rc<Db>>>,
    initialized: Cell<bool>,
    pub(super) detect_types: Cell<i64>,
    /// None: transactions are never begun without being asked for.
    pub(super) isolation_level: Cell<Option<&'static str>>,
    pub(super) autocommit: Cell<i64>,
    check_same_thread: Cell<bool>,
    thread: Cell<u64>,
    pub(super) row_factory: RefCell<Value>,
    pub(super) text_factory: RefCell<Value>,
    /// Statements by their text, the last used at the end.
    statements: RefCell<Vec<(Str, Ref<Statement>)>>,
    cache_size: Cell<usize>,
    /// Blobs that `close` has to close.
    pub(super) blobs: RefCell<Vec<Weak<RefCell<Option<Blob>>>>>,
    pub(super) hooks: Rc<callbacks::Hooks>,
}
payload!(
    Connection,
    |it, visit| {
        visit(&it.row_factory.borrow());
        visit(&it.text_factory.borrow());
        it.hooks.trace(visit);
    },
    |it| {
        drop(it.row_factory.replace(Value::NONE));
        drop(it.text_factory.replace(Value::NONE));
        it.hooks.clear();
    }
);

/// The connection that a slot or method was called on.
pub(super) fn this(v: &Value) -> &Connection {
    v.downcast().expect("slots of Connection see connections")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let connection = Connection {
        db: RefCell::default(),
        initialized: Cell::new(false),
        detect_types: Cell::new(0),
        isolation_level: Cell::new(Some("")),
        autocommit: Cell::new(LEGACY),
        check_same_thread: Cell::new(true),
        thread: Cell::new(0),
        row_factory: RefCell::new(Value::NONE),
        text_factory: RefCell::new(Value::NONE),
        statements: RefCell::default(),
        cache_size: Cell::new(128),
        blobs: RefCell::default(),
        hooks: Rc::default(),
    };
    Ok(new_object_of(class, connection))
}

static INIT: NativeDef = native(
    "Connection(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=Connection, \
     cached_statements=128, uri=False, *, autocommit=LEGACY_TRANSACTION_CONTROL)",
    "",
    |_, _| Ok(Value::NONE),
);

/// What callbacks hold is protected by the interpreter's lock.
fn enter(f: &mut dyn FnMut()) {
    lock::reenter(|_| f());
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    deprecated_positional(vm, "_sqlite3.Connection", call.positional().len())?;
    let args = freeze_runtime::call::bind(vm, &INIT, call)?;
    let given = |i: usize| args.get(i).filter(|v| !v.is_unbound());
    audit(vm, "sqlite3.connect", &[args[0].clone()])?;
    let path = vm.fspath(&args[0])?;
    let path = match path.downcast_ref::<PyStr>() {
        Some(text) => convert::encode_fs(vm, &text)?,
        None => convert::bytes_of(vm, &path)?,
    };
    let path = CString::new(path).map_err(|_| vm.value_error("embedded null byte"))?;
    let timeout = given(1).map_or(Ok(5.0), |t| vm.to_f64(t))?;
    let detect_types = given(2).map_or(Ok(0), |t| vm.to_i64(t))?;
    let level = given(3).map_or(Ok(Some("")), |l| level(vm, l))?;
    let check_same_thread = given(4).map_or(Ok(true), |b| vm.is_true(b))?;
    let cache = given(6).map_or(Ok(128), |n| vm.to_i64(n))?;
    let uri = given(7).map_or(Ok(false), |b| vm.is_true(b))?;
    let autocommit = given(8).map_or(Ok(LEGACY), |a| autocommit(vm, a))?;

    let it = this(v);
    if it.initialized.get() {
        // Made anew: the connection before is closed first.
        it.initialized.set(false);
        it.let_go();
    }
    let flags = c::SQLITE_OPEN_READWRITE | c::SQLITE_OPEN_CREATE | if uri { c::SQLITE_OPEN_URI } else { 0 };
    let opened = vm.allow_threads(|| {
        let db = Db::open(&path, flags, enter)?;
        db.set_busy_timeout((timeout * 1000.0) as i32);
        Ok(db)
    });
    let db = Rc::new(opened.map_err(|f: freeze_sqlite::Failure| {
        errors::of_failure(vm, &f).unwrap_or_else(|| vm.system_error("SQLite failed without an error"))
    })?);
    it.detect_types.set(detect_types);
    it.isolation_level.set(level);
    it.autocommit.set(autocommit);
    it.check_same_thread.set(check_same_thread);
    it.thread.set(vm.ident);
    it.cache_size.set(usize::try_from(cache).unwrap_or(0));
    drop(it.row_factory.replace(Value::NONE));
    drop(it.text_factory.replace(STR.as_value()));
    *it.db.borrow_mut() = Some(Rc::clone(&db));
    it.initialized.set(true);
    audit(vm, "sqlite3.connect/handle", std::slice::from_ref(v))?;
    if autocommit == 0 {
        run(vm, &db, c"BEGIN")?;
    }
    Ok(())
}

/// An `isolation_level`.
fn level(vm: &Vm, v: &Value) -> PyResult<Option<&'static str>> {
    if v.is_none() {
        return Ok(None);
    }
    let Some(text) = v.downcast::<PyStr>() else {
        return Err(vm.type_error("isolation_level must be str or None"));
    };
    let text = text.to_lossy();
    match LEVELS.iter().find(|l| l.eq_ignore_ascii_case(&text)) {
        Some(l) => Ok(Some(l)),
        None => Err(vm.value_error("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")),
    }
}

/// An `autocommit`: 1, 0, or the old way.
fn autocommit(vm: &Vm, v: &Value) -> PyResult<i64> {
    if let Some(b) = v.as_bool() {
        return Ok(i64::from(b));
    }
    if int::is_int(v) && int::as_i64(v) == Some(LEGACY) {
        return Ok(LEGACY);
    }
    Err(vm.value_error("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL"))
}

/// Runs a statement that gives no rows.
pub(super) fn run(vm: &Vm, db: &Db, sql: &std::ffi::CStr) -> PyResult<()> {
    let done = vm.allow_threads(|| {
        let (stmt, _) = db.prepare(sql)?;
        if let Some(mut stmt) = stmt
            && stmt.step() != c::SQLITE_DONE
        {
            return Err(db.failure());
        }
        Ok(())
    });
    done.map_err(|f| statement::failed(vm, db, &f))
}

impl Connection {
    /// Raises when the calling thread is not the connection's.
    pub(super) fn check_thread(&self, vm: &Vm) -> PyResult<()> {
        if self.initialized.get() && self.check_same_thread.get() && vm.ident != self.thread.get() {
            return Err(programming(
                vm,
                format!(
                    "SQLite objects created in a thread can only be used in that same thread. The object was created in \
                     thread id {} and this is thread id {}.",
                    self.thread.get(),
                    vm.ident
                ),
            ));
        }
        Ok(())
    }

    /// The open connection, for any thread.
    pub(super) fn open_db(&self, vm: &Vm) -> PyResult<Rc<Db>> {
        if !self.initialized.get() {
            return Err(programming(vm, "Base Connection.__init__ not called."));
        }
        match &*self.db.borrow() {
            Some(db) => Ok(Rc::clone(db)),
            None => Err(programming(vm, "Cannot operate on a closed database.")),
        }
    }

    /// The open connection, for its own thread.
    pub(super) fn db(&self, vm: &Vm) -> PyResult<Rc<Db>> {
        self.check_thread(vm)?;
        self.open_db(vm)
    }

    /// A statement for a text: one from the cache that nobody is using, or a new one.
    pub(super) fn statement(&self, vm: &Vm, db: &Db, sql: &Str) -> PyResult<Ref<Statement>> {
        let cached = {
            let mut cache = self.statements.borrow_mut();
            let found = cache.iter().rposition(|(text, _)| text.as_bytes() == sql.as_bytes());
            found.map(|i| {
                let entry = cache.remove(i);
                let statement = entry.1.clone();
                cache.push(entry);
                statement
            })
        };
        if let Some(statement) = cached {
            return if statement.is_busy() { statement::create(vm, db, sql) } else { Ok(statement) };
        }
        let statement = statement::create(vm, db, sql)?;
        let mut old = None;
        if self.cache_size.get() > 0 {
            let mut cache = self.statements.borrow_mut();
            if cache.len() >= self.cache_size.get() {
                old = Some(cache.remove(0));
            }
            cache.push((sql.clone(), statement.clone()));
        }
        drop(old);
        Ok(statement)
    }

    /// Drops the connection's side of SQLite. What others still use of it stays until they are through.
    fn let_go(&self) {
        for blob in self.blobs.take() {
            if let Some(blob) = blob.upgrade() {
                drop(blob.take());
            }
        }
        drop(self.statements.take());
        self.hooks.clear();
        let db = self.db.take();
        drop(db);
    }

    /// Begins a transaction the old way, before a statement that changes something.
    pub(super) fn begin(&self, vm: &Vm, db: &Db) -> PyResult<()> {
        let Some(level) = self.isolation_level.get() else { return Ok(()) };
        run(vm, db, &CString::new(format!("BEGIN {level}")).expect("levels have no zero bytes"))
    }

    /// Ends the open transaction, if there is one. Without autocommit the next begins at once.
    fn end(&self, vm: &Vm, db: &Db, how: &std::ffi::CStr) -> PyResult<()> {
        match self.autocommit.get() {
            LEGACY if !db.is_autocommit() => run(vm, db, how),
            0 => {
                run(vm, db, how)?;
                run(vm, db, c"BEGIN")
            }
            _ => Ok(()),
        }
    }

    fn close(&self, vm: &Vm) -> PyResult<()> {
        self.check_thread(vm)?;
        if !self.initialized.get() {
            return Err(programming(vm, "Base Connection.__init__ not called."));
        }
        let db = self.db.borrow().clone();
        let rolled_back = match db {
            Some(db) if self.autocommit.get() == 0 && !db.is_autocommit() => run(vm, &db, c"ROLLBACK"),
            _ => Ok(()),
        };
        self.let_go();
        rolled_back
    }
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).close(vm)?;
    Ok(Value::NONE)
}

fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let it = this(v);
    let db = it.db.borrow().clone();
    let Some(db) = db else { return Ok(()) };
    if it.autocommit.get() == 0 && !db.is_autocommit() {
        run(vm, &db, c"ROLLBACK")?;
    }
    drop(db);
    let warned = match vm.repr(v) {
        Ok(r) => vm.warn_named("ResourceWarning", &format!("unclosed database in {}", r.to_lossy()), 1),
        Err(e) => Err(e),
    };
    it.let_go();
    warned
}

fn commit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = this(args.this());
    let db = it.db(vm)?;
    it.end(vm, &db, c"COMMIT")?;
    Ok(Value::NONE)
}

fn rollback(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = this(args.this());
    let db = it.db(vm)?;
    it.end(vm, &db, c"ROLLBACK")?;
    Ok(Value::NONE)
}

fn enter_with(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).db(vm)?;
    Ok(args.this().clone())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if this(args.this()).autocommit.get() == 1 {
        return Ok(Value::FALSE);
    }
    let commits = args.get(1).is_none();
    let done = vm.call_method(args.this(), if commits { "commit" } else { "rollback" }, &[]);
    if let Err(e) = done {
        if commits {
            // The transaction can't stay open; what went wrong first counts.
            return match vm.call_method(args.this(), "rollback", &[]) {
                Ok(_) => Err(e),
                Err(second) => Err(vm.with_cause(second, e.value())),
            };
        }
        return Err(e);
    }
    Ok(Value::FALSE)
}

/// `connection(sql)`: a statement.
fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let it = this(v);
    let db = it.db(vm)?;
    args.no_keywords(vm, "sqlite3.Connection")?;
    args.check_count(vm, "Connection", 1, 1)?;
    let Some(sql) = args.args[0].downcast_ref::<PyStr>() else {
        return Err(vm.type_error(format!("argument 1 must be str, not {}", args.args[0].class().name())));
    };
    Ok(statement::create(vm, &db, &sql)?.into_value())
}

fn new_cursor(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = this(args.this());
    it.db(vm)?;
    let factory = args.opt(1).cloned().unwrap_or_else(|| cursor::CURSOR.as_value());
    let made = vm.call(&factory, std::slice::from_ref(args.this()))?;
    let Some(cursor) = made.downcast::<cursor::Cursor>() else {
        return Err(vm.type_error(format!("factory must return a cursor, not {}", made.class().name())));
    };
    let row_factory = it.row_factory.borrow().clone();
    if !row_factory.is_none() {
        drop(cursor.row_factory.replace(row_factory));
    }
    Ok(made)
}

/// A cursor that runs a method with the same arguments.
fn by_cursor(vm: &Vm, args: CallArgs<'_>, method: &str) -> PyResult<Value> {
    let Some(connection) = args.args.first() else { return Err(vm.type_error("missing self")) };
    let cursor = vm.call_method(connection, "cursor", &[])?;
    let method = vm.get_attr_str(&cursor, method)?;
    vm.call_args(&method, args.skip_first())
}

fn interrupt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).open_db(vm)?.interrupt();
    Ok(Value::NONE)
}

fn iterdump(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).open_db(vm)?;
    let module = freeze_runtime::import::import_path(vm, "sqlite3.dump")?;
    let Some(dump) = vm.get_attr_opt(&module, &vm.intern("_iterdump"))? else {
        return Err(errors::operational(vm, "Failed to obtain _iterdump() reference"));
    };
    let filter = args.opt(1).cloned().unwrap_or(Value::NONE);
    vm.call_kw(&dump, std::slice::from_ref(args.this()), &[("filter", filter)])
}

fn getlimit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    limit(vm, args, -1)
}

fn setlimit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let value = convert::c_int(vm, args.get(2))?;
    limit(vm, args, value)
}

fn limit(vm: &Vm, args: Args<'_>, value: i32) -> PyResult<Value> {
    let db = this(args.this()).db(vm)?;
    match db.limit(convert::c_int(vm, args.get(1))?, value) {
        old if old < 0 => Err(programming(vm, "'category' is out of bounds")),
        old => Ok(Value::int(old.into())),
    }
}

/// A switch of `getconfig` and `setconfig`.
fn switch(vm: &Vm, args: Args<'_>) -> PyResult<i32> {
    let op = convert::c_int(vm, args.get(1))?;
    if !(c::SQLITE_DBCONFIG_ENABLE_FKEY..=c::SQLITE_DBCONFIG_TRUSTED_SCHEMA).contains(&op) {
        return Err(vm.value_error(format!("unknown config 'op': {op}")));
    }
    Ok(op)
}

fn getconfig(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let db = this(args.this()).db(vm)?;
    let (code, on) = db.get_config(switch(vm, args)?);
    if code != c::SQLITE_OK { Err(errors::of_code(vm, code)) } else { Ok(Value::bool(on)) }
}

fn setconfig(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let db = this(args.this()).db(vm)?;
    let wanted = args.opt_bool(vm, 2, true)?;
    let (code, on) = db.set_config(switch(vm, args)?, wanted);
    if code != c::SQLITE_OK {
        return Err(errors::of_code(vm, code));
    }
    if on != wanted {
        return Err(errors::operational(vm, "Unable to set config"));
    }
    Ok(Value::NONE)
}

fn enable_load_extension(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let on = vm.is_true(args.get(1))?;
    audit(vm, "sqlite3.enable_load_extension", &[args.this().clone(), Value::bool(on)])?;
    let db = this(args.this()).db(vm)?;
    if db.enable_load_extension(on) != c::SQLITE_OK {
        return Err(errors::operational(vm, "Error enabling load extension"));
    }
    Ok(Value::NONE)
}

fn load_extension(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = statement::c_text(vm, &args.str(vm, 1)?)?;
    let entry = match args.opt_not_none(2) {
        Some(_) => Some(statement::c_text(vm, &args.str(vm, 2)?)?),
        None => None,
    };
    audit(vm, "sqlite3.load_extension", &[args.this().clone(), args.get(1).clone()])?;
    let db = this(args.this()).db(vm)?;
    match vm.allow_threads(|| db.load_extension(&path, entry.as_deref())) {
        Ok(()) => Ok(Value::NONE),
        Err(message) => Err(errors::operational(vm, String::from_utf8_lossy(&message))),
    }
}

fn cannot_delete(vm: &Vm) -> Raised {
    vm.attribute_error("cannot delete attribute")
}

fn set_isolation_level(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let value = value.ok_or_else(|| cannot_delete(vm))?;
    let it = this(v);
    if value.is_none() {
        it.isolation_level.set(None);
        let db = it.db(vm)?;
        return it.end(vm, &db, c"COMMIT");
    }
    it.isolation_level.set(level(vm, &value)?);
    Ok(())
}

fn set_autocommit(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let it = this(v);
    let db = it.db(vm)?;
    let wanted = autocommit(vm, &value.ok_or_else(|| cannot_delete(vm))?)?;
    match wanted {
        1 if !db.is_autocommit() => run(vm, &db, c"COMMIT")?,
        0 if db.is_autocommit() => run(vm, &db, c"BEGIN")?,
        _ => {}
    }
    it.autocommit.set(wanted);
    Ok(())
}

/// An exception class as an attribute of connections (PEP 249, "Optional DB API Extensions").
macro_rules! error_class {
    ($name:literal, $class:ident) => {
        GetSet { name: $name, doc: "", get: |vm, _| Ok(errors::ready(vm, &errors::$class)), set: None }
    };
}

static GETSET: &[GetSet] = &[
    error_class!("DataError", DATA),
    error_class!("DatabaseError", DATABASE),
    error_class!("Error", ERROR),
    error_class!("IntegrityError", INTEGRITY),
    error_class!("InterfaceError", INTERFACE),
    error_class!("InternalError", INTERNAL),
    error_class!("NotSupportedError", NOT_SUPPORTED),
    error_class!("OperationalError", OPERATIONAL),
    error_class!("ProgrammingError", PROGRAMMING),
    error_class!("Warning", WARNING),
    GetSet {
        name: "autocommit",
        doc: "",
        get: |vm, v| {
            let it = this(v);
            it.db(vm)?;
            Ok(match it.autocommit.get() {
                LEGACY => Value::int(LEGACY),
                on => Value::bool(on == 1),
            })
        },
        set: Some(set_autocommit),
    },
    GetSet {
        name: "in_transaction",
        doc: "",
        get: |vm, v| Ok(Value::bool(!this(v).open_db(vm)?.is_autocommit())),
        set: None,
    },
    GetSet {
        name: "isolation_level",
        doc: "",
        get: |vm, v| {
            this(v).open_db(vm)?;
            Ok(this(v).isolation_level.get().map_or(Value::NONE, |l| vm.str(l)))
        },
        set: Some(set_isolation_level),
    },
    GetSet {
        name: "row_factory",
        doc: "",
        get: |_, v| Ok(this(v).row_factory.borrow().clone()),
        set: Some(|vm, v, value| {
            drop(this(v).row_factory.replace(value.ok_or_else(|| cannot_delete(vm))?));
            Ok(())
        }),
    },
    GetSet {
        name: "text_factory",
        doc: "",
        get: |_, v| Ok(this(v).text_factory.borrow().clone()),
        set: Some(|vm, v, value| {
            drop(this(v).text_factory.replace(value.ok_or_else(|| cannot_delete(vm))?));
            Ok(())
        }),
    },
    GetSet {
        name: "total_changes",
        doc: "",
        get: |vm, v| Ok(Value::int(this(v).open_db(vm)?.total_changes())),
        set: None,
    },
];

static METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "Called when the connection is used as a context manager.", enter_with),
    native(
        "__exit__(self, type, value, traceback, /)",
        "Called when the connection is used as a context manager.\n\nIf there was any exception, a rollback takes place; \
         otherwise we commit.",
        exit,
    ),
    native(
        "backup(self, target, *, pages=-1, progress=None, name='main', sleep=0.25)",
        "Makes a backup of the database.",
        copies::backup,
    ),
    native(
        "blobopen(self, table, column, row, /, *, readonly=False, name='main')",
        "Open and return a BLOB object.",
        blob::open,
    ),
    native(
        "close(self, /)",
        "Close the database connection.\n\nAny pending transaction is not committed implicitly.",
        close,
    ),
    native("commit(self, /)", "Commit any pending transaction to the database.", commit),
    raw(
        "create_aggregate(self, name, n_arg, aggregate_class)",
        "Creates a new aggregate.",
        callbacks::create_aggregate,
    ),
    native("create_collation(self, name, callback, /)", "Creates a collation function.", callbacks::create_collation),
    raw(
        "create_function(self, name, narg, func, *, deterministic=False)",
        "Creates a new function.",
        callbacks::create_function,
    ),
    native(
        "create_window_function(self, name, num_params, aggregate_class, /)",
        "Creates or redefines an aggregate window function.",
        callbacks::create_window_function,
    ),
    native("cursor(self, factory=<unrepresentable>)", "Return a cursor for the connection.", new_cursor),
    native("deserialize(self, data, /, *, name='main')", "Load a serialized database.", copies::deserialize),
    native(
        "enable_load_extension(self, enable, /)",
        "Enable dynamic loading of SQLite extension modules.",
        enable_load_extension,
    ),
    raw("execute(self, sql, parameters=(), /)", "Executes an SQL statement.", |vm, args| {
        by_cursor(vm, args, "execute")
    }),
    raw("executemany(self, sql, parameters, /)", "Repeatedly executes an SQL statement.", |vm, args| {
        by_cursor(vm, args, "executemany")
    }),
    raw("executescript(self, sql_script, /)", "Executes multiple SQL statements at once.", |vm, args| {
        by_cursor(vm, args, "executescript")
    }),
    native("getconfig(self, op, /)", "Query a boolean connection configuration option.", getconfig),
    native("getlimit(self, category, /)", "Get connection run-time limits.", getlimit),
    native("interrupt(self, /)", "Abort any pending database operation.", interrupt),
    native(
        "iterdump(self, *, filter=None)",
        "Returns iterator to the dump of the database in an SQL text format.",
        iterdump,
    ),
    native("load_extension(self, name, /, *, entrypoint=None)", "Load SQLite extension module.", load_extension),
    native("rollback(self, /)", "Roll back to the start of any pending transaction.", rollback),
    native("serialize(self, *, name='main')", "Serialize a database into a byte string.", copies::serialize),
    raw("set_authorizer(self, authorizer_callback)", "Set authorizer callback.", callbacks::set_authorizer),
    raw("set_progress_handler(self, progress_handler, n)", "Set progress handler callback.", callbacks::set_progress),
    raw(
        "set_trace_callback(self, trace_callback)",
        "Set a trace callback called for each SQL statement.",
        callbacks::set_trace,
    ),
    native("setconfig(self, op, enable=True, /)", "Set a boolean connection configuration option.", setconfig),
    native("setlimit(self, category, limit, /)", "Set connection run-time limits.", setlimit),
];

static DEF: TypeDef = TypeDef {
    name: "Connection",
    module: "sqlite3",
    doc: "SQLite database connection object.",
    layout: Connection::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), call: Some(call), finalize: Some(finalize), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type of connections.
pub(super) static CONNECTION: Type = Type::builtin(&DEF);
