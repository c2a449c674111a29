//! `_imp`: what importlib's Python code asks of the interpreter.

use freeze_runtime::import::finders;
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::code::PyCode;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

fn nothing(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}
fn no(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::FALSE)
}
fn zero(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(0))
}

fn is_builtin(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    let core = matches!(name.as_bytes(), b"sys" | b"builtins");
    let found = finders::find_native(vm, name.as_bytes()).is_some();
    Ok(Value::small(if core { -1 } else { i64::from(found) }))
}

fn is_frozen(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // The library that `freeze run` brings is there in the same form, but nobody has frozen it.
    let frozen = vm.runtime().config.borrow().frozen;
    Ok(Value::bool(frozen && finders::find_frozen(vm, &args.str(vm, 0)?).is_some()))
}

fn is_frozen_package(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    match finders::find_frozen(vm, &name) {
        Some(i) => Ok(Value::bool(i.is_package)),
        None => Err(vm.import_error(
            &exc::IMPORT_ERROR,
            &format!("No such frozen object named {}", name.to_lossy()),
            name.into_value(),
            Value::NONE,
        )),
    }
}

fn get_frozen_object(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    let Some(data) = args.opt_not_none(1) else { return finders::frozen_code(vm, &name) };
    let data = buffer::to_vec(vm, data)?;
    let shown = vm.repr(name.as_value())?;
    freeze_runtime::import::code::load(vm, &data).map_err(|_| {
        let message = format!("Frozen object named {} is invalid", shown.to_lossy());
        vm.import_error(&exc::IMPORT_ERROR, &message, name.value(), Value::NONE)
    })
}

fn find_frozen(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    Ok(match finders::find_frozen(vm, &name) {
        Some(i) => PyTuple::new(vec![Value::NONE, Value::bool(i.is_package), name.into_value()]).into_value(),
        None => Value::NONE,
    })
}

fn create_builtin(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.call_method(&finders::BUILTIN_IMPORTER.as_value(), "create_module", &[args.get(0).clone()])
}

fn extension_suffixes(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(vec![]).into_value())
}

fn source_hash(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    Ok(PyBytes::new(&freeze_bytecode::pyc::source_hash(&data).to_le_bytes()).into_value())
}

fn fix_co_filename(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (Some(code), Some(name)) = (args.get(0).downcast::<PyCode>(), args.get(1).downcast_ref::<PyStr>()) else {
        return Err(vm.type_error("_fix_co_filename() needs a code object and a str"));
    };
    if !code.filename().same(&name) {
        code.rename_file(&name);
    }
    Ok(Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "_fix_co_filename(code, path, /)",
        "Changes code.co_filename to specify the passed-in file path.",
        fix_co_filename,
    ),
    native("_override_frozen_modules_for_tests(override, /)", "(internal-only)", nothing),
    native("_override_multi_interp_extensions_check(override, /)", "(internal-only)", zero),
    native("acquire_lock()", "Acquires the interpreter's import lock for the current thread.", nothing),
    native("create_builtin(spec, /)", "Create an extension module.", create_builtin),
    native("exec_builtin(mod, /)", "Initialize a built-in module.", zero),
    native("exec_dynamic(mod, /)", "Initialize an extension module.", zero),
    native(
        "extension_suffixes()",
        "Returns the list of file suffixes used to identify extension modules.",
        extension_suffixes,
    ),
    native(
        "find_frozen(name, /, *, withdata=False)",
        "Return info about the corresponding frozen module (if there is one) or None.",
        find_frozen,
    ),
    native("get_frozen_object(name, data=None, /)", "Create a code object for a frozen module.", get_frozen_object),
    native("is_builtin(name, /)", "Returns True if the module name corresponds to a built-in module.", is_builtin),
    native("is_frozen(name, /)", "Returns True if the module name corresponds to a frozen module.", is_frozen),
    native("is_frozen_package(name, /)", "Returns True if the module name is of a frozen package.", is_frozen_package),
    native("lock_held()", "Return True if the import lock is currently held, else False.", no),
    native("release_lock()", "Release the interpreter's import lock.", nothing),
    native("source_hash(key, source)", "", source_hash),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    d.set_text("check_hash_based_pycs", vm.str("default"));
    d.set_text("pyc_magic_number_token", Value::int(i64::from(u32::from_le_bytes(freeze_bytecode::pyc::MAGIC_NUMBER))));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_imp",
    doc: "(Extremely) low-level import machinery bits as used by importlib.",
    functions: FUNCTIONS,
    init: Some(init),
};
