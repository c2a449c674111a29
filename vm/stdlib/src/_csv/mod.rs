//! `_csv`: readers and writers of comma-separated values.

mod dialect;
mod reader;
mod writer;

use std::sync::atomic::{AtomicI64, Ordering};

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::type_;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
    raw,
};

use dialect::{DIALECT, Quoting};

static ERROR_DEF: TypeDef = TypeDef {
    name: "Error",
    module: "_csv",
    base: Some(&EXCEPTION),
    layout: PyException::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static ERROR: Type = Type::builtin(&ERROR_DEF);

#[cold]
fn error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    vm.new_error(&ERROR, message.as_ref())
}

/// The longest field that a reader takes.
static FIELD_LIMIT: AtomicI64 = AtomicI64::new(128 * 1024);

/// The registered dialects by name.
fn dialects(vm: &Vm) -> Ref<PyDict> {
    const KEY: &str = "_csv.dialects";
    let known = vm.runtime().slots.borrow().get(KEY).cloned();
    if let Some(d) = known.and_then(|v| v.downcast_ref::<PyDict>()) {
        return d;
    }
    let d = PyDict::new_ref();
    vm.runtime().slots.borrow_mut().insert(KEY, d.value());
    d
}

fn known_dialect(vm: &Vm, name: &Value) -> PyResult<Value> {
    dialects(vm).get(vm, name)?.ok_or_else(|| error(vm, "unknown dialect"))
}

fn register_dialect(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, "register_dialect", 1, 2)?;
    let name = &args.positional()[0];
    if !name.has_layout::<PyStr>() {
        return Err(vm.type_error("dialect name must be a string"));
    }
    let d = vm.call_args(&DIALECT.as_value(), args.skip_first())?;
    dialects(vm).set(vm, name, d)?;
    Ok(Value::NONE)
}

fn unregister_dialect(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match dialects(vm).remove(vm, args.get(0))? {
        Some(_) => Ok(Value::NONE),
        None => Err(error(vm, "unknown dialect")),
    }
}

fn get_dialect(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    known_dialect(vm, args.get(0))
}

fn list_dialects(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let names = dialects(vm).items().into_iter().map(|(k, _)| k).collect();
    Ok(PyList::new(names).into_value())
}

fn field_size_limit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let old = FIELD_LIMIT.load(Ordering::Relaxed);
    if let Some(v) = args.opt(0) {
        if !int::is_int(v) {
            return Err(vm.type_error("limit must be an integer"));
        }
        FIELD_LIMIT.store(vm.to_i64(v)?, Ordering::Relaxed);
    }
    Ok(Value::int(old))
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "field_size_limit(new_limit=<unrepresentable>, /)",
        "Sets an upper limit on parsed fields.",
        field_size_limit,
    ),
    native("get_dialect(name)", "Return the dialect instance associated with name.", get_dialect),
    native("list_dialects()", "Return a list of all known dialect names.", list_dialects),
    raw(
        "reader(iterable, dialect='excel', **fmtparams)",
        "Return a reader object that will process lines from the given iterable.",
        reader::reader,
    ),
    raw(
        "register_dialect(name, dialect='excel', **fmtparams)",
        "Create a mapping from a string name to a CVS dialect.",
        register_dialect,
    ),
    native(
        "unregister_dialect(name)",
        "Delete the name/dialect mapping associated with a string name.",
        unregister_dialect,
    ),
    raw(
        "writer(fileobj, dialect='excel', **fmtparams)",
        "Return a writer object that will write user data on the given file object.",
        writer::writer,
    ),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    for ty in [&ERROR, &DIALECT] {
        dict.set_text(ty.name(), type_::ready_value(vm, ty));
    }
    dict.set_text("Reader", type_::ready_value(vm, &reader::READER));
    dict.set_text("Writer", type_::ready_value(vm, &writer::WRITER));
    for (name, q) in [
        ("QUOTE_MINIMAL", Quoting::Minimal),
        ("QUOTE_ALL", Quoting::All),
        ("QUOTE_NONNUMERIC", Quoting::NonNumeric),
        ("QUOTE_NONE", Quoting::None),
        ("QUOTE_STRINGS", Quoting::Strings),
        ("QUOTE_NOTNULL", Quoting::NotNull),
    ] {
        dict.set_text(name, Value::small(q as i64));
    }
    dict.set_text("_dialects", dialects(vm).into_value());
    Ok(())
}

/// The module `_csv`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_csv", doc: "CSV parsing and writing.", functions: FUNCTIONS, init: Some(init) };
