//! `Cursor`: its state and what it shows; `execute.rs` runs statements, `fetch.rs` reads rows.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use freeze_runtime::object::header::new_object_of;
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};
use freeze_sqlite::Db;

use super::connection::Connection;
use super::errors::programming;
use super::statement::Statement;
use super::{execute, fetch};
use crate::native_type::{iter_self, payload};

/// The payload of cursors.
pub(super) struct Cursor {
    /// None before `__init__`.
    connection: RefCell<Option<Ref<Connection>>>,
    pub(super) description: RefCell<Value>,
    /// A converter, or None, for each column; empty when there are none at all.
    pub(super) converters: RefCell<Vec<Value>>,
    pub(super) arraysize: Cell<i64>,
    pub(super) lastrowid: Cell<Option<i64>>,
    pub(super) rowcount: Cell<i64>,
    pub(super) row_factory: RefCell<Value>,
    pub(super) statement: RefCell<Option<Ref<Statement>>>,
    closed: Cell<bool>,
    /// While it is at work, so that callbacks can't use it.
    pub(super) locked: Cell<bool>,
}
payload!(
    Cursor,
    |it, visit| {
        if let Some(connection) = &*it.connection.borrow() {
            visit(connection.as_value());
        }
        visit(&it.description.borrow());
        it.converters.borrow().iter().for_each(&mut *visit);
        visit(&it.row_factory.borrow());
    },
    |it| {
        drop(it.statement.take());
        drop(it.connection.take());
        drop(it.converters.take());
        drop(it.description.replace(Value::NONE));
        drop(it.row_factory.replace(Value::NONE));
    }
);

/// The cursor that a slot or method was called on.
pub(super) fn this(v: &Value) -> &Cursor {
    v.downcast().expect("slots of Cursor see cursors")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let cursor = Cursor {
        connection: RefCell::default(),
        description: RefCell::new(Value::NONE),
        converters: RefCell::default(),
        arraysize: Cell::new(1),
        lastrowid: Cell::new(None),
        rowcount: Cell::new(-1),
        row_factory: RefCell::new(Value::NONE),
        statement: RefCell::default(),
        closed: Cell::new(false),
        locked: Cell::new(false),
    };
    Ok(new_object_of(class, cursor))
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    args.no_keywords(vm, "Cursor")?;
    args.check_count(vm, "Cursor", 1, 1)?;
    let it = this(v);
    it.check_unlocked(vm)?;
    let Some(connection) = args.args[0].downcast_ref::<Connection>() else {
        let got = vm.type_name_for_errors(&args.args[0]);
        return Err(vm.type_error(format!("Cursor() argument 1 must be sqlite3.Connection, not {got}")));
    };
    connection.check_thread(vm)?;
    it.forget_statement();
    let old = it.connection.replace(Some(connection));
    drop(old);
    drop(it.description.replace(Value::NONE));
    drop(it.converters.take());
    drop(it.row_factory.replace(Value::NONE));
    it.lastrowid.set(None);
    it.rowcount.set(-1);
    it.arraysize.set(1);
    it.closed.set(false);
    Ok(())
}

impl Cursor {
    fn check_unlocked(&self, vm: &Vm) -> PyResult<()> {
        if self.locked.get() {
            return Err(programming(vm, "Recursive use of cursors not allowed."));
        }
        Ok(())
    }

    /// The cursor's connection and its open side, when it may be used now.
    pub(super) fn check(&self, vm: &Vm) -> PyResult<(Ref<Connection>, Rc<Db>)> {
        let connection = self.connection.borrow().clone();
        let Some(connection) = connection else {
            return Err(programming(vm, "Base Cursor.__init__ not called."));
        };
        if self.closed.get() {
            return Err(programming(vm, "Cannot operate on a closed cursor."));
        }
        self.check_unlocked(vm)?;
        let db = connection.db(vm)?;
        Ok((connection, db))
    }

    /// Ends the statement that the cursor runs, if any.
    pub(super) fn forget_statement(&self) {
        let statement = self.statement.take();
        if let Some(statement) = statement {
            statement.reset();
        }
    }
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = this(args.this());
    it.check_unlocked(vm)?;
    let connection = it.connection.borrow().clone();
    let Some(connection) = connection else {
        return Err(programming(vm, "Base Cursor.__init__ not called."));
    };
    connection.db(vm)?;
    it.forget_statement();
    it.closed.set(true);
    Ok(Value::NONE)
}

fn finalize(_vm: &Vm, v: &Value) -> PyResult<()> {
    this(v).forget_statement();
    Ok(())
}

fn nothing(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

static GETSET: &[GetSet] = &[
    GetSet {
        name: "arraysize",
        doc: "",
        get: |_, v| Ok(Value::int(this(v).arraysize.get())),
        set: Some(|vm, v, value| {
            let value = value.ok_or_else(|| vm.type_error("can't delete numeric/char attribute"))?;
            this(v).arraysize.set(vm.to_i64(&value)?);
            Ok(())
        }),
    },
    GetSet {
        name: "connection",
        doc: "",
        get: |_, v| Ok(this(v).connection.borrow().as_ref().map_or(Value::NONE, Ref::value)),
        set: None,
    },
    GetSet { name: "description", doc: "", get: |_, v| Ok(this(v).description.borrow().clone()), set: None },
    GetSet {
        name: "lastrowid",
        doc: "",
        get: |_, v| Ok(this(v).lastrowid.get().map_or(Value::NONE, Value::int)),
        set: None,
    },
    GetSet {
        name: "row_factory",
        doc: "",
        get: |_, v| Ok(this(v).row_factory.borrow().clone()),
        set: Some(|_, v, value| {
            drop(this(v).row_factory.replace(value.unwrap_or(Value::NONE)));
            Ok(())
        }),
    },
    GetSet { name: "rowcount", doc: "", get: |_, v| Ok(Value::int(this(v).rowcount.get())), set: None },
];

static METHODS: &[NativeDef] = &[
    native("close(self, /)", "Closes the cursor.", close),
    native("execute(self, sql, parameters=(), /)", "Executes an SQL statement.", execute::execute),
    native(
        "executemany(self, sql, seq_of_parameters, /)",
        "Repeatedly executes an SQL statement.",
        execute::executemany,
    ),
    native("executescript(self, sql_script, /)", "Executes multiple SQL statements at once.", execute::executescript),
    native("fetchall(self, /)", "Fetches all rows from the resultset.", fetch::fetchall),
    native("fetchmany(self, /, size=1)", "Fetches several rows from the resultset.", fetch::fetchmany),
    native("fetchone(self, /)", "Fetches one row from the resultset.", fetch::fetchone),
    native("setinputsizes(self, sizes, /)", "Required by DB-API. Does nothing in sqlite3.", nothing),
    native("setoutputsize(self, size, column=None, /)", "Required by DB-API. Does nothing in sqlite3.", nothing),
];

static DEF: TypeDef = TypeDef {
    name: "Cursor",
    module: "sqlite3",
    doc: "SQLite database cursor class.",
    layout: Cursor::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        iter: Some(iter_self),
        next: Some(fetch::next),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: GETSET,
    members: &["arraysize", "connection", "description", "lastrowid", "row_factory", "rowcount"],
    ..TypeDef::EMPTY
};
/// The type of cursors.
pub(super) static CURSOR: Type = Type::builtin(&DEF);
