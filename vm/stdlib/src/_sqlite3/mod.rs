//! `_sqlite3`: databases in files, by SQLite (PEP 249). The library's `sqlite3` adds names and the dump.
//!
//! [`connection`] holds the database, statements come from its cache ([`statement`]); a [`cursor`] runs them ([`execute`]) and
//! reads their rows ([`fetch`]). Python functions that SQLite calls are in [`callbacks`]. SQLite itself is reached through the
//! crate `freeze-sqlite`, whose handles are safe; its calls run without the interpreter's lock where they may take long, and
//! callbacks take it again.

mod adapters;
mod blob;
mod callbacks;
mod connection;
mod constants;
mod copies;
mod cursor;
mod errors;
mod execute;
mod fetch;
mod row;
mod statement;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{CallArgs, ModuleDef, NativeDef, PyResult, Value, Vm, native, raw};

use crate::native_type::add_types;

/// `connect(database, …, factory=Connection)`
fn connect(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    let positional = args.positional();
    let factory = args.keyword("factory").or(positional.get(5)).cloned();
    let factory = factory.unwrap_or_else(|| connection::CONNECTION.as_value());
    deprecated_positional(vm, "sqlite3.connect", positional.len())?;
    vm.call_args(&factory, args)
}

/// Warns of arguments that will have to be named in 3.15.
fn deprecated_positional(vm: &Vm, name: &str, given: usize) -> PyResult<()> {
    if given <= 1 || given > 8 {
        return Ok(());
    }
    let message = format!(
        "Passing more than 1 positional argument to {name}() is deprecated. Parameters 'timeout', 'detect_types', \
         'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only parameters \
         in Python 3.15."
    );
    vm.warn_named("DeprecationWarning", &message, 1)
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "adapt(obj, proto=PrepareProtocol, alt=<unrepresentable>, /)",
        "Adapt given object to given protocol.",
        adapters::adapt_call,
    ),
    native(
        "complete_statement(statement)",
        "Checks if a string contains a complete SQL statement.",
        fetch::complete_statement,
    ),
    raw(
        "connect(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=Connection, \
         cached_statements=128, uri=False, *, autocommit=LEGACY_TRANSACTION_CONTROL)",
        "Open a connection to the SQLite database file 'database'.",
        connect,
    ),
    native(
        "enable_callback_tracebacks(enable, /)",
        "Enable or disable callback functions throwing errors to stderr.",
        callbacks::enable_tracebacks,
    ),
    native(
        "register_adapter(type, adapter, /)",
        "Register a function to adapt Python objects to SQLite values.",
        adapters::register_adapter,
    ),
    native(
        "register_converter(typename, converter, /)",
        "Register a function to convert SQLite values to Python objects.",
        adapters::register_converter,
    ),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &errors::CLASSES);
    add_types(vm, dict, &[&blob::BLOB, &connection::CONNECTION, &cursor::CURSOR, &adapters::PROTOCOL, &row::ROW]);
    // Made by connections only.
    errors::ready(vm, &statement::STATEMENT);
    for &(name, n) in constants::CODES.iter().chain(constants::OTHERS) {
        dict.set_text(name, Value::int(n.into()));
    }
    dict.set_text("PARSE_DECLTYPES", Value::int(fetch::PARSE_DECLTYPES));
    dict.set_text("PARSE_COLNAMES", Value::int(fetch::PARSE_COLNAMES));
    dict.set_text("LEGACY_TRANSACTION_CONTROL", Value::int(connection::LEGACY));
    dict.set_text("sqlite_version", vm.str(freeze_sqlite::version()));
    dict.set_text("threadsafety", Value::int(if freeze_sqlite::is_thread_safe() { 3 } else { 0 }));
    dict.set_text("adapters", adapters::registry(vm, adapters::ADAPTERS).into_value());
    dict.set_text("converters", adapters::registry(vm, adapters::CONVERTERS).into_value());
    Ok(())
}

/// The module `_sqlite3`.
pub static MODULE: ModuleDef = ModuleDef { name: "_sqlite3", doc: "", functions: FUNCTIONS, init: Some(init) };
