//! What pickling and unpickling take from `copyreg` and `_compat_pickle`, fetched once.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, import};

macro_rules! exceptions {
    ($($(#[$doc:meta])* $NAME:ident = $name:literal: $base:expr;)*) => {$(
        $(#[$doc])*
        pub(super) static $NAME: Type = {
            static DEF: TypeDef = TypeDef {
                name: $name,
                module: "_pickle",
                base: Some($base),
                layout: <PyException as Payload>::layout,
                flags: TypeFlags::BASETYPE | TypeFlags::DICT,
                ..TypeDef::EMPTY
            };
            Type::builtin(&DEF)
        };
    )*};
}

exceptions! {
    /// `pickle.PickleError`
    PICKLE_ERROR = "PickleError": &EXCEPTION;
    /// `pickle.PicklingError`
    PICKLING_ERROR = "PicklingError": &PICKLE_ERROR;
    /// `pickle.UnpicklingError`
    UNPICKLING_ERROR = "UnpicklingError": &PICKLE_ERROR;
}

/// PicklingError
#[cold]
pub(super) fn pickling_error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    vm.new_error(&PICKLING_ERROR, message.as_ref())
}

/// UnpicklingError
#[cold]
pub(super) fn unpickling_error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    vm.new_error(&UNPICKLING_ERROR, message.as_ref())
}

/// The tables, by their place in the tuple that the runtime keeps.
#[derive(Clone, Copy)]
pub(super) enum Table {
    Dispatch,
    Extensions,
    InvertedExtensions,
    ExtensionCache,
    NameMapping,
    ImportMapping,
    ReverseNameMapping,
    ReverseImportMapping,
}

const KEY: &str = "_pickle.tables";
const PLACES: [(&str, &str); 8] = [
    ("copyreg", "dispatch_table"),
    ("copyreg", "_extension_registry"),
    ("copyreg", "_inverted_registry"),
    ("copyreg", "_extension_cache"),
    ("_compat_pickle", "NAME_MAPPING"),
    ("_compat_pickle", "IMPORT_MAPPING"),
    ("_compat_pickle", "REVERSE_NAME_MAPPING"),
    ("_compat_pickle", "REVERSE_IMPORT_MAPPING"),
];

/// Fetches the tables when the module is imported.
pub(super) fn load_tables(vm: &Vm) -> PyResult<()> {
    let mut tables = Vec::with_capacity(PLACES.len());
    for (module, name) in PLACES {
        let table = vm.get_attr_str(&import::import_path(vm, module)?, name)?;
        if !table.has_layout::<PyDict>() {
            return Err(vm.runtime_error(format!("{module}.{name} should be a dict, not {}", table.class().name())));
        }
        tables.push(table);
    }
    let old = vm.runtime().slots.borrow_mut().insert(KEY, PyTuple::new(tables).into_value());
    drop(old);
    Ok(())
}

/// One of the tables.
pub(super) fn table(vm: &Vm, which: Table) -> Ref<PyDict> {
    let all = vm.runtime().slots.borrow().get(KEY).cloned();
    all.as_ref()
        .and_then(|t| t.downcast::<PyTuple>())
        .and_then(|t| t.as_slice()[which as usize].downcast_ref::<PyDict>())
        .unwrap_or_else(PyDict::new_ref)
}

/// The name of an object's type as messages give it: with the module, unless that is `builtins` or `__main__`.
pub(super) fn type_text(vm: &Vm, v: &Value) -> String {
    let class = v.class().to_ref();
    let full = type_::full_name(vm, class.object()).unwrap_or_else(|_| class.name().to_owned());
    match full.strip_prefix("__main__.") {
        Some(rest) => rest.to_owned(),
        None => full,
    }
}

/// The module of this full name.
pub(super) fn import_module(vm: &Vm, name: &Ref<PyStr>) -> PyResult<Value> {
    if name.is_empty() {
        return Err(vm.value_error("Empty module name"));
    }
    import::find_and_load(vm, &freeze_runtime::object::string::intern_ref(name))
}

/// A pair of strings as a tuple, to look things up by.
pub(super) fn pair(a: &Ref<PyStr>, b: &Ref<PyStr>) -> Value {
    PyTuple::new(vec![a.value(), b.value()]).into_value()
}

/// The exception with a note about what was being pickled.
#[cold]
pub(super) fn noted(vm: &Vm, e: Raised, note: &str) -> Raised {
    // A note that can't be added is no reason to hide the exception.
    let _ = freeze_runtime::types::exception::add_note(vm, e.exception(), vm.str(note));
    e
}

/// The repr of a value for a message.
pub(super) fn repr(vm: &Vm, v: &Value) -> PyResult<String> {
    Ok(vm.repr(v)?.to_lossy().into_owned())
}
