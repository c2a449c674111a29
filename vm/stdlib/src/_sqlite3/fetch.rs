//! Rows: what the cursor says of its columns, and how a row becomes a Python value.

use freeze_runtime::types::bytearray::{self};
use freeze_runtime::types::bytes::{self, PyBytes};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::STR;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, PyResult, Value, Vm};
use freeze_sqlite::{Item, Stmt, c};

use super::adapters;
use super::connection::Connection;
use super::cursor::{Cursor, this};
use super::errors::{self, operational};
use super::statement::{Statement, to_python};

/// `detect_types`
pub(super) const PARSE_DECLTYPES: i64 = 1;
pub(super) const PARSE_COLNAMES: i64 = 2;

/// Notes the columns of a statement that has just begun.
pub(super) fn describe(vm: &Vm, it: &Cursor, connection: &Connection, statement: &Statement) -> PyResult<()> {
    let detect = connection.detect_types.get();
    let columns = statement.ask(|s| (0..s.column_count()).map(|i| (s.column_name(i), s.column_decltype(i))).collect());
    let columns: Vec<(Option<Vec<u8>>, Option<Vec<u8>>)> = columns;
    let mut converters = Vec::new();
    if detect != 0 {
        for (name, declared) in &columns {
            let mut converter = None;
            if detect & PARSE_COLNAMES != 0
                && let Some(name) = name
                && let Some(start) = name.iter().position(|&b| b == b'[')
                && let Some(len) = name[start + 1..].iter().position(|&b| b == b']')
            {
                converter = adapters::converter(vm, &name[start + 1..start + 1 + len])?;
            }
            if converter.is_none()
                && detect & PARSE_DECLTYPES != 0
                && let Some(declared) = declared
            {
                let end = declared.iter().position(|&b| b == b' ' || b == b'(').unwrap_or(declared.len());
                converter = adapters::converter(vm, &declared[..end])?;
            }
            converters.push(Value::or_none(converter));
        }
    }
    drop(it.converters.replace(converters));
    if columns.is_empty() || !it.description.borrow().is_none() {
        return Ok(());
    }
    let column = |(name, _): &(Option<Vec<u8>>, _)| {
        let mut name: &[u8] = name.as_deref().unwrap_or_default();
        if detect & PARSE_COLNAMES != 0
            && let Some(at) = name.iter().position(|&b| b == b'[')
        {
            let at = if at > 0 && name[at - 1] == b' ' { at - 1 } else { at };
            name = &name[..at];
        }
        let mut fields = vec![vm.str(&String::from_utf8_lossy(name))];
        fields.resize(7, Value::NONE);
        PyTuple::new(fields).into_value()
    };
    let description = PyTuple::new(columns.iter().map(column).collect()).into_value();
    drop(it.description.replace(description));
    Ok(())
}

/// The current row of a statement.
fn row(vm: &Vm, it: &Cursor, connection: &Connection, statement: &Statement) -> PyResult<Value> {
    let columns = statement.ask(Stmt::data_count);
    let mut items = Vec::with_capacity(columns);
    for i in 0..columns {
        let converter = it.converters.borrow().get(i).filter(|c| !c.is_none()).cloned();
        let item = match converter {
            Some(converter) => {
                let bytes = match statement.stmt.try_borrow_mut() {
                    Ok(mut stmt) => stmt.as_mut().and_then(|s| s.column_bytes(i)),
                    Err(_) => None,
                };
                match bytes {
                    Some(bytes) => vm.call(&converter, &[PyBytes::from_vec(bytes).into_value()])?,
                    None => Value::NONE,
                }
            }
            None => plain(vm, connection, statement, i)?,
        };
        items.push(item);
    }
    Ok(PyTuple::new(items).into_value())
}

/// A column without a converter.
fn plain(vm: &Vm, connection: &Connection, statement: &Statement, i: usize) -> PyResult<Value> {
    let factory = connection.text_factory.borrow().clone();
    let as_str = factory.id() == STR.as_value().id();
    // Text for a factory leaves as bytes: the row can't stay borrowed while Python code runs.
    let found = statement.ask(|s| {
        Some(match s.column(i) {
            Item::Text(t) if !as_str => Err(t.to_vec()),
            item => to_python(item),
        })
    });
    match found {
        None => Ok(Value::NONE),
        Some(Ok(v)) => Ok(v),
        Some(Err(text)) if as_str => {
            let name = statement.ask(|s| s.column_name(i)).unwrap_or_default();
            let name = String::from_utf8_lossy(&name).into_owned();
            let end = text.iter().position(|&b| b == 0).unwrap_or(text.len());
            let text: String = text[..end]
                .iter()
                .map(|&b| if b < 128 { char::from(b) } else { char::REPLACEMENT_CHARACTER })
                .collect();
            Err(operational(vm, format!("Could not decode to UTF-8 column '{name}' with text '{text}'")))
        }
        Some(Err(text)) => {
            let data = PyBytes::from_vec(text).into_value();
            if factory.id() == bytes::BYTES.as_value().id() {
                return Ok(data);
            }
            if factory.id() == bytearray::BYTEARRAY.as_value().id() {
                return vm.call(&bytearray::BYTEARRAY.as_value(), &[data]);
            }
            vm.call(&factory, &[data])
        }
    }
}

/// The slot `next` of cursors.
pub(super) fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let it = this(v);
    let (connection, db) = it.check(vm)?;
    let statement = it.statement.borrow().clone();
    let Some(statement) = statement else { return Ok(None) };
    if statement.ask(Stmt::data_count) == 0 {
        it.forget_statement();
        return Ok(None);
    }
    it.locked.set(true);
    let row = row(vm, it, &connection, &statement);
    let code = if row.is_ok() { statement.step(vm) } else { c::SQLITE_ROW };
    it.locked.set(false);
    let row = row?;
    match code {
        c::SQLITE_ROW => {}
        c::SQLITE_DONE => {
            if statement.is_dml {
                it.rowcount.set(db.changes());
            }
            it.forget_statement();
        }
        _ => {
            let e = errors::of_db(vm, &db);
            it.forget_statement();
            return Err(e);
        }
    }
    let factory = it.row_factory.borrow().clone();
    if factory.is_none() {
        return Ok(Some(row));
    }
    vm.call(&factory, &[v.clone(), row]).map(Some)
}

/// `Cursor.fetchone()`
pub(super) fn fetchone(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::or_none(next(vm, args.this())?))
}

/// `Cursor.fetchmany(size=cursor.arraysize)`
pub(super) fn fetchmany(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let most = args.opt_i64(vm, 1, this(args.this()).arraysize.get())?;
    let mut rows = Vec::new();
    while let Some(row) = next(vm, args.this())? {
        rows.push(row);
        if rows.len() as i64 == most {
            break;
        }
    }
    Ok(PyList::new(rows).into_value())
}

/// `Cursor.fetchall()`
pub(super) fn fetchall(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut rows = Vec::new();
    while let Some(row) = next(vm, args.this())? {
        rows.push(row);
    }
    Ok(PyList::new(rows).into_value())
}

/// `complete_statement(statement)`
pub(super) fn complete_statement(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sql = super::statement::c_text(vm, &args.str(vm, 0)?)?;
    Ok(Value::bool(freeze_sqlite::is_complete(&sql)))
}
