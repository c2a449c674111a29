//! `execute`, `executemany` and `executescript`: parameters go in, the statement begins to run.

use std::ffi::CString;
use std::rc::Rc;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::LOOKUP_ERROR;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, PyResult, Ref, Str, TypeFlags, Value, Vm};
use freeze_sqlite::{Db, Stmt, c};

use super::adapters;
use super::connection::{Connection, LEGACY, run};
use super::cursor::{Cursor, this};
use super::errors::{self, programming};
use super::fetch;
use super::statement::{self, Statement, check_length, failed, utf8, with_item};

/// Unlocks the cursor at the end, however that comes.
struct Locked<'a>(&'a Cursor);

impl<'a> Locked<'a> {
    fn new(cursor: &'a Cursor) -> Locked<'a> {
        cursor.locked.set(true);
        Locked(cursor)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.0.locked.set(false);
    }
}

/// `Cursor.execute(sql, parameters=(), /)`
pub(super) fn execute(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sql = args.str(vm, 1)?;
    let it = this(args.this());
    let (connection, db) = it.check(vm)?;
    let parameters = args.opt(2).cloned().unwrap_or_else(|| PyTuple::new(vec![]).into_value());
    let mut once = Some(parameters);
    query(vm, it, &connection, &db, &sql, false, &mut |_| Ok(once.take()))?;
    Ok(args.this().clone())
}

/// `Cursor.executemany(sql, seq_of_parameters, /)`
pub(super) fn executemany(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sql = args.str(vm, 1)?;
    let it = this(args.this());
    let (connection, db) = it.check(vm)?;
    let many = vm.iter(args.get(2))?;
    query(vm, it, &connection, &db, &sql, true, &mut |vm| vm.next(&many))?;
    Ok(args.this().clone())
}

/// Runs a statement once for each set of parameters that `next` gives.
fn query(
    vm: &Vm,
    it: &Cursor,
    connection: &Connection,
    db: &Rc<Db>,
    sql: &Str,
    multiple: bool,
    next: &mut dyn FnMut(&Vm) -> PyResult<Option<Value>>,
) -> PyResult<()> {
    let _locked = Locked::new(it);
    it.forget_statement();
    drop(it.description.replace(Value::NONE));
    let done = begin(vm, it, connection, db, sql, multiple, next);
    if done.is_err() {
        it.forget_statement();
        it.rowcount.set(-1);
        return done;
    }
    // A statement that is at its end leaves nothing to fetch.
    let over = it.statement.borrow().as_ref().is_some_and(|s| !s.is_busy());
    if over {
        drop(it.statement.take());
    }
    Ok(())
}

fn begin(
    vm: &Vm,
    it: &Cursor,
    connection: &Connection,
    db: &Rc<Db>,
    sql: &Str,
    multiple: bool,
    next: &mut dyn FnMut(&Vm) -> PyResult<Option<Value>>,
) -> PyResult<()> {
    let statement = connection.statement(vm, db, sql)?;
    statement.reset();
    *it.statement.borrow_mut() = Some(statement.clone());
    it.rowcount.set(if statement.is_dml { 0 } else { -1 });
    if multiple && statement.ask(Stmt::is_readonly) {
        return Err(programming(vm, "executemany() can only execute DML statements."));
    }
    if connection.autocommit.get() == LEGACY && statement.is_dml && db.is_autocommit() {
        connection.begin(vm, db)?;
    }
    while let Some(parameters) = next(vm)? {
        bind(vm, db, &statement, &parameters)?;
        let code = statement.step(vm);
        if code != c::SQLITE_DONE && code != c::SQLITE_ROW {
            return Err(errors::of_db(vm, db));
        }
        fetch::describe(vm, it, connection, &statement)?;
        if code == c::SQLITE_DONE {
            if statement.is_dml {
                it.rowcount.set(it.rowcount.get() + db.changes());
            }
            statement.reset();
        } else if multiple {
            // Rows of all but the last run are lost: the run goes to its end.
            let mut code = code;
            while code == c::SQLITE_ROW {
                code = statement.step(vm);
            }
            if code != c::SQLITE_DONE {
                return Err(errors::of_db(vm, db));
            }
            it.rowcount.set(it.rowcount.get() + db.changes());
            statement.reset();
        }
    }
    if !multiple {
        it.lastrowid.set(Some(db.last_rowid()));
    }
    Ok(())
}

/// Whether parameters go by number.
fn is_sequence(v: &Value) -> bool {
    if v.has_layout::<PyTuple>() || v.has_layout::<PyList>() {
        return true;
    }
    !v.has_layout::<PyDict>() && v.class().slots().getitem.is_some() && !is_builtin_mapping(v)
}

fn is_builtin_mapping(v: &Value) -> bool {
    !v.class().is_heap() && v.class().flags().has(TypeFlags::MAPPING)
}

fn bind(vm: &Vm, db: &Db, statement: &Statement, parameters: &Value) -> PyResult<()> {
    let needed = statement.ask(Stmt::parameter_count);
    let name = |i: usize| statement.ask(|s| s.parameter_name(i)).map(|n| String::from_utf8_lossy(&n).into_owned());
    if is_sequence(parameters) {
        let given = match parameters.downcast::<PyTuple>() {
            Some(t) if parameters.is_exact(&freeze_runtime::types::tuple::TUPLE) => t.len(),
            _ => vm.len(parameters)?,
        };
        if given != needed {
            return Err(programming(
                vm,
                format!(
                    "Incorrect number of bindings supplied. The current statement uses {needed}, and there are {given} \
                     supplied."
                ),
            ));
        }
        for i in 0..needed {
            if let Some(name) = name(i + 1)
                && !name.starts_with('?')
            {
                return Err(programming(
                    vm,
                    format!(
                        "Binding {} ('{name}') is a named parameter, but you supplied a sequence which requires nominal \
                         (qmark) placeholders.",
                        i + 1
                    ),
                ));
            }
            let exact = parameters.downcast::<PyTuple>().and_then(|t| t.as_slice().get(i).cloned());
            let v = match exact {
                Some(v) if parameters.is_exact(&freeze_runtime::types::tuple::TUPLE) => v,
                _ => vm.get_item(parameters, &Value::usize(i))?,
            };
            bind_one(vm, db, statement, i + 1, &v, || format!("parameter {}", i + 1))?;
        }
        return Ok(());
    }
    if parameters.class().slots().getitem.is_none() {
        return Err(programming(vm, "parameters are of unsupported type"));
    }
    for i in 1..=needed {
        let Some(name) = name(i) else {
            return Err(programming(
                vm,
                format!("Binding {i} has no name, but you supplied a dictionary (which has only names)."),
            ));
        };
        let key = name.get(1..).unwrap_or_default();
        let v = match vm.get_item(parameters, &vm.str(key)) {
            Ok(v) => v,
            Err(e) if e.is(&LOOKUP_ERROR) => {
                return Err(programming(vm, format!("You did not supply a value for binding parameter :{key}.")));
            }
            Err(e) => return Err(e),
        };
        bind_one(vm, db, statement, i, &v, || format!("parameter ':{key}'"))?;
    }
    Ok(())
}

fn bind_one(vm: &Vm, db: &Db, statement: &Statement, i: usize, v: &Value, what: impl Fn() -> String) -> PyResult<()> {
    let adapted = adapters::adapt(vm, v)?;
    let code = with_item(vm, &adapted, |item| match statement.stmt.try_borrow_mut() {
        Ok(mut stmt) => stmt.as_mut().map_or(c::SQLITE_OK, |s| s.bind(i, item)),
        Err(_) => c::SQLITE_MISUSE,
    })?;
    match code {
        Some(c::SQLITE_OK) => Ok(()),
        Some(_) => Err(errors::of_db(vm, db)),
        None => {
            let (what, class) = (what(), adapted.class().name());
            Err(programming(vm, format!("Error binding {what}: type '{class}' is not supported")))
        }
    }
}

/// `Cursor.executescript(sql_script, /)`
pub(super) fn executescript(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sql = args.str(vm, 1)?;
    let text = utf8(vm, &sql)?.into_owned();
    let text = CString::new(text).map_err(|_| vm.value_error("embedded null character"))?;
    let it = this(args.this());
    let (connection, db): (Ref<Connection>, Rc<Db>) = it.check(vm)?;
    check_length(vm, &db, text.to_bytes())?;
    if connection.autocommit.get() == LEGACY && !db.is_autocommit() {
        run(vm, &db, c"COMMIT")?;
    }
    let mut rest = text.as_c_str();
    loop {
        let (stmt, read) = vm.allow_threads(|| db.prepare(rest)).map_err(|f| failed(vm, &db, &f))?;
        if let Some(mut stmt) = stmt {
            let code = vm.allow_threads(|| {
                loop {
                    match stmt.step() {
                        c::SQLITE_ROW => {}
                        code => return code,
                    }
                }
            });
            if code != c::SQLITE_DONE {
                return Err(errors::of_db(vm, &db));
            }
        }
        rest = &rest[read.min(rest.to_bytes().len())..];
        if statement::skip_comments(rest.to_bytes()).is_empty() {
            return Ok(args.this().clone());
        }
    }
}
