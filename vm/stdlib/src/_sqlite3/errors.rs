//! The exception classes, and which of them a result code of SQLite's means.

use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::{Payload, Raised, Type, TypeDef, TypeFlags, Value, Vm};
use freeze_sqlite::{Db, Failure, c};

use super::constants;

/// An exception class: name and base.
const fn class(name: &'static str, base: &'static Type) -> TypeDef {
    TypeDef {
        name,
        module: "sqlite3",
        base: Some(base),
        layout: PyException::layout,
        flags: TypeFlags::BASETYPE | TypeFlags::DICT,
        ..TypeDef::EMPTY
    }
}

static WARNING_DEF: TypeDef = class("Warning", &EXCEPTION);
pub(super) static WARNING: Type = Type::builtin(&WARNING_DEF);
static ERROR_DEF: TypeDef = class("Error", &EXCEPTION);
pub(super) static ERROR: Type = Type::builtin(&ERROR_DEF);
static INTERFACE_DEF: TypeDef = class("InterfaceError", &ERROR);
pub(super) static INTERFACE: Type = Type::builtin(&INTERFACE_DEF);
static DATABASE_DEF: TypeDef = class("DatabaseError", &ERROR);
pub(super) static DATABASE: Type = Type::builtin(&DATABASE_DEF);
static DATA_DEF: TypeDef = class("DataError", &DATABASE);
pub(super) static DATA: Type = Type::builtin(&DATA_DEF);
static INTEGRITY_DEF: TypeDef = class("IntegrityError", &DATABASE);
pub(super) static INTEGRITY: Type = Type::builtin(&INTEGRITY_DEF);
static INTERNAL_DEF: TypeDef = class("InternalError", &DATABASE);
pub(super) static INTERNAL: Type = Type::builtin(&INTERNAL_DEF);
static NOT_SUPPORTED_DEF: TypeDef = class("NotSupportedError", &DATABASE);
pub(super) static NOT_SUPPORTED: Type = Type::builtin(&NOT_SUPPORTED_DEF);
static OPERATIONAL_DEF: TypeDef = class("OperationalError", &DATABASE);
pub(super) static OPERATIONAL: Type = Type::builtin(&OPERATIONAL_DEF);
static PROGRAMMING_DEF: TypeDef = class("ProgrammingError", &DATABASE);
pub(super) static PROGRAMMING: Type = Type::builtin(&PROGRAMMING_DEF);

/// All of them, bases first.
pub(super) static CLASSES: [&Type; 10] =
    [&WARNING, &ERROR, &INTERFACE, &DATABASE, &DATA, &INTEGRITY, &INTERNAL, &NOT_SUPPORTED, &OPERATIONAL, &PROGRAMMING];

#[cold]
pub(super) fn programming(vm: &Vm, message: impl AsRef<str>) -> Raised {
    vm.new_error(&PROGRAMMING, message.as_ref())
}

#[cold]
pub(super) fn operational(vm: &Vm, message: impl AsRef<str>) -> Raised {
    vm.new_error(&OPERATIONAL, message.as_ref())
}

/// The class for a result code; None where nothing is wrong.
fn class_of(code: i32) -> Option<&'static Type> {
    Some(match code & 0xff {
        c::SQLITE_OK => return None,
        c::SQLITE_INTERNAL | c::SQLITE_NOTFOUND => &INTERNAL,
        c::SQLITE_ERROR
        | c::SQLITE_PERM
        | c::SQLITE_ABORT
        | c::SQLITE_BUSY
        | c::SQLITE_LOCKED
        | c::SQLITE_READONLY
        | c::SQLITE_INTERRUPT
        | c::SQLITE_IOERR
        | c::SQLITE_FULL
        | c::SQLITE_CANTOPEN
        | c::SQLITE_PROTOCOL
        | c::SQLITE_EMPTY
        | c::SQLITE_SCHEMA => &OPERATIONAL,
        c::SQLITE_TOOBIG => &DATA,
        c::SQLITE_CONSTRAINT | c::SQLITE_MISMATCH => &INTEGRITY,
        c::SQLITE_MISUSE | c::SQLITE_RANGE => &INTERFACE,
        _ => &DATABASE,
    })
}

/// The exception for a failure; None where nothing is wrong.
pub(super) fn of_failure(vm: &Vm, failure: &Failure) -> Option<Raised> {
    if failure.code & 0xff == c::SQLITE_NOMEM {
        return Some(vm.memory_error(""));
    }
    let class = class_of(failure.code)?;
    let e = vm.new_error(class, &String::from_utf8_lossy(&failure.message));
    let set = |name: &str, v: Value| vm.set_attr_str(&e.value(), name, v);
    let named = set("sqlite_errorcode", Value::int(failure.code.into()))
        .and_then(|()| set("sqlite_errorname", vm.str(constants::name_of(failure.code))));
    Some(named.err().unwrap_or(e))
}

/// The exception for what a connection has failed at.
pub(super) fn of_db(vm: &Vm, db: &Db) -> Raised {
    of_failure(vm, &db.failure()).unwrap_or_else(|| vm.system_error("SQLite failed without an error"))
}

/// The exception for a result code that a call gave, with SQLite's general words for it.
pub(super) fn of_code(vm: &Vm, code: i32) -> Raised {
    let message = freeze_sqlite::code_text(code).to_bytes().to_vec();
    of_failure(vm, &Failure { code, message }).unwrap_or_else(|| vm.system_error("SQLite failed without an error"))
}

/// An exception class as a value.
pub(super) fn ready(vm: &Vm, class: &'static Type) -> Value {
    freeze_runtime::types::type_::ready_value(vm, class)
}
