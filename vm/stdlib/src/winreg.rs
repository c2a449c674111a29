//! `winreg`: the registry.

use std::cell::Cell;
use std::ffi::CString;

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::os::{Handle, registry as sys};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{exception as exc, int};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Payload, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::convert;
use crate::native_type::payload;

/// The payload of `HKEYType`: 0 when it is closed.
struct Key(Cell<Handle>);
payload!(Key, |_k, _visit| ());

impl Drop for Key {
    fn drop(&mut self) {
        // Nobody can be told of a failure.
        let _ = self.close();
    }
}

impl Key {
    fn close(&self) -> std::io::Result<()> {
        match self.0.replace(0) {
            0 => Ok(()),
            key => sys::close(key),
        }
    }
}

fn object(key: Handle) -> Value {
    Ref::new(&HKEY, Key(Cell::new(key))).into_value()
}

/// A key argument: an object, or one of the numbers that the roots have.
fn key(vm: &Vm, v: &Value) -> PyResult<Handle> {
    if let Some(k) = v.downcast::<Key>() {
        return Ok(k.0.get());
    }
    if v.is_none() {
        return Err(vm.type_error("None is not a valid HKEY in this context"));
    }
    match int::as_i64(v) {
        // The roots are numbers of 32 bits that the system extends by their sign.
        Some(n) => Ok(n as u32 as i32 as Handle),
        None => Err(vm.type_error("The object is not a PyHKEY object")),
    }
}

fn text(vm: &Vm, v: Option<&Value>) -> PyResult<CString> {
    match v.filter(|v| !v.is_none()) {
        Some(v) => convert::path(vm, v, "winreg: name")?.c(vm),
        None => Ok(CString::default()),
    }
}

fn done(vm: &Vm, r: std::io::Result<()>) -> PyResult<Value> {
    r.map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

fn access(vm: &Vm, args: &Args<'_>, i: usize, default: u32) -> PyResult<u32> {
    Ok(args.opt_i64(vm, i, default.into())? as u32)
}

const KEY_READ: u32 = 0x2_0019;
const KEY_WRITE: u32 = 0x2_0006;

fn open_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let access = access(vm, &args, 3, KEY_READ)?;
    sys::open(key(vm, args.get(0))?, &text(vm, args.opt(1))?, access).map(object).map_err(|e| vm.os_error(&e, None))
}

fn create_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = text(vm, args.opt(1))?;
    sys::create(key(vm, args.get(0))?, &name, KEY_WRITE | KEY_READ).map(object).map_err(|e| vm.os_error(&e, None))
}

fn create_key_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (name, access) = (text(vm, args.opt(1))?, access(vm, &args, 3, KEY_WRITE)?);
    sys::create(key(vm, args.get(0))?, &name, access).map(object).map_err(|e| vm.os_error(&e, None))
}

fn close_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match args.get(0).downcast::<Key>() {
        Some(k) => done(vm, k.close()),
        None => done(vm, sys::close(key(vm, args.get(0))?)),
    }
}

fn delete_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let access = access(vm, &args, 2, 0x100)?;
    done(vm, sys::delete_key(key(vm, args.get(0))?, &text(vm, args.opt(1))?, access))
}

fn delete_value(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, sys::delete_value(key(vm, args.get(0))?, &text(vm, args.opt(1))?))
}

fn connect_registry(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let machine = args.opt_not_none(0).map(|v| text(vm, Some(v))).transpose()?;
    sys::connect(machine.as_deref(), key(vm, args.get(1))?).map(object).map_err(|e| vm.os_error(&e, None))
}

const REG_NONE: u32 = 0;
const REG_SZ: u32 = 1;
const REG_EXPAND_SZ: u32 = 2;
const REG_BINARY: u32 = 3;
const REG_DWORD: u32 = 4;
const REG_MULTI_SZ: u32 = 7;
const REG_QWORD: u32 = 11;

/// A value of the registry as Python's.
fn from_registry(data: &[u8], kind: u32) -> Value {
    let number = |n: usize| data.iter().take(n).rev().fold(0u64, |all, b| all << 8 | u64::from(*b));
    match kind {
        REG_SZ | REG_EXPAND_SZ => convert::decode_fs(&sys::value_text(data)).into_value(),
        REG_DWORD => int::from_big(number(4).into()),
        REG_QWORD => int::from_big(number(8).into()),
        REG_MULTI_SZ => {
            let parts = sys::value_texts(data);
            PyList::new(parts.iter().map(|p| convert::decode_fs(p).into_value()).collect()).into_value()
        }
        _ if data.is_empty() => Value::NONE,
        _ => PyBytes::new(data).into_value(),
    }
}

/// The text of a value.
fn value_text(vm: &Vm, v: &Value) -> PyResult<CString> {
    if v.is_none() || v.downcast_ref::<PyStr>().is_some() {
        return text(vm, Some(v));
    }
    Err(vm.value_error("Could not convert the data to the specified type."))
}

/// A value of Python's as the registry's bytes.
fn to_registry(vm: &Vm, v: &Value, kind: u32) -> PyResult<Vec<u8>> {
    Ok(match kind {
        REG_SZ | REG_EXPAND_SZ => sys::text_value(value_text(vm, v)?.as_bytes()),
        REG_DWORD if v.is_none() => vec![0; 4],
        REG_QWORD if v.is_none() => vec![0; 8],
        REG_DWORD | REG_QWORD => {
            let (n, len) = (vm.index(v)?, if kind == REG_DWORD { 4 } else { 8 });
            let bytes = vm.call_method(&n, "to_bytes", &[Value::small(len), vm.str("little")])?;
            convert::bytes_of(vm, &bytes)?
        }
        REG_MULTI_SZ => {
            let mut all = Vec::new();
            if !v.is_none() {
                for part in vm.to_vec(v)? {
                    all.extend(sys::text_value(value_text(vm, &part)?.as_bytes()));
                }
            }
            all.extend([0, 0]);
            all
        }
        _ if v.is_none() => Vec::new(),
        _ => convert::bytes_of(vm, v).map_err(|_| {
            let name = vm.type_name_for_errors(v);
            vm.type_error(format!("Objects of type '{name}' can not be used as binary registry values"))
        })?,
    })
}

fn query_value_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (data, kind) = sys::value(key(vm, args.get(0))?, &text(vm, args.opt(1))?).map_err(|e| vm.os_error(&e, None))?;
    Ok(PyTuple::new(vec![from_registry(&data, kind), Value::int(kind.into())]).into_value())
}

/// The unnamed value of a key below another.
fn query_value(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fail = |e: std::io::Error| vm.os_error(&e, None);
    let (parent, name) = (key(vm, args.get(0))?, text(vm, args.opt(1))?);
    let opened = Key(Cell::new(sys::open(parent, &name, KEY_READ).map_err(fail)?));
    match sys::value(opened.0.get(), c"") {
        Ok((data, kind)) => Ok(from_registry(&data, kind)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(vm.str("")),
        Err(e) => Err(fail(e)),
    }
}

fn set_value_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let kind = args.i64(vm, 3)? as u32;
    let data = to_registry(vm, args.get(4), kind)?;
    done(vm, sys::set_value(key(vm, args.get(0))?, &text(vm, args.opt(1))?, kind, &data))
}

fn set_value(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fail = |e: std::io::Error| vm.os_error(&e, None);
    if args.i64(vm, 2)? != i64::from(REG_SZ) {
        return Err(vm.type_error("type must be winreg.REG_SZ"));
    }
    let (parent, name) = (key(vm, args.get(0))?, text(vm, args.opt(1))?);
    let made = Key(Cell::new(sys::create(parent, &name, KEY_WRITE).map_err(fail)?));
    let data = to_registry(vm, args.get(3), REG_SZ)?;
    done(vm, sys::set_value(made.0.get(), c"", REG_SZ, &data))
}

fn enum_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = sys::key_name(key(vm, args.get(0))?, args.i64(vm, 1)? as u32).map_err(|e| vm.os_error(&e, None))?;
    Ok(convert::decode_fs(&name).into_value())
}

fn enum_value(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fail = |e: std::io::Error| vm.os_error(&e, None);
    let key = key(vm, args.get(0))?;
    let name = sys::value_name(key, args.i64(vm, 1)? as u32).map_err(fail)?;
    let c_name = CString::new(name.clone()).unwrap_or_default();
    let (data, kind) = sys::value(key, &c_name).map_err(fail)?;
    let items = vec![convert::decode_fs(&name).into_value(), from_registry(&data, kind), Value::int(kind.into())];
    Ok(PyTuple::new(items).into_value())
}

fn query_info_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (keys, values, changed) = sys::information(key(vm, args.get(0))?).map_err(|e| vm.os_error(&e, None))?;
    let items = vec![Value::int(keys.into()), Value::int(values.into()), Value::int(changed)];
    Ok(PyTuple::new(items).into_value())
}

fn flush_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, sys::flush(key(vm, args.get(0))?))
}

fn load_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, sys::load(key(vm, args.get(0))?, &text(vm, args.opt(1))?, &text(vm, args.opt(2))?))
}

fn save_key(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, sys::save(key(vm, args.get(0))?, &text(vm, args.opt(1))?))
}

fn disable_reflection(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, sys::set_reflection(key(vm, args.get(0))?, false))
}

fn enable_reflection(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, sys::set_reflection(key(vm, args.get(0))?, true))
}

fn query_reflection(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    sys::reflection_is_off(key(vm, args.get(0))?).map(Value::bool).map_err(|e| vm.os_error(&e, None))
}

fn expand(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = sys::expand(&text(vm, args.opt(0))?).map_err(|e| vm.os_error(&e, None))?;
    Ok(convert::decode_fs(&text).into_value())
}

fn method_close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, args.payload::<Key>().close())
}

fn method_detach(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(args.payload::<Key>().0.replace(0) as i64))
}

fn method_enter(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.this().clone())
}

fn number(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::int(v.downcast::<Key>().map_or(0, |k| k.0.get() as i64)))
}

fn shown(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&format!("<PyHKEY:{:#018x}>", v.downcast::<Key>().map_or(0, |k| k.0.get()))))
}

fn is_open(_vm: &Vm, v: &Value) -> PyResult<bool> {
    Ok(v.downcast::<Key>().is_some_and(|k| k.0.get() != 0))
}

static HKEY_DEF: TypeDef = TypeDef {
    name: "HKEYType",
    module: "winreg",
    doc: "PyHKEY Object - A Python object, representing a win32 registry key.",
    layout: Key::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { bool: Some(is_open), int: Some(number), str: Some(shown), ..Slots::EMPTY },
    methods: &[
        native("Close(self, /)", "Closes the underlying Windows handle.", method_close),
        native("Detach(self, /)", "Detaches the Windows handle from the handle object.", method_detach),
        native("__enter__(self, /)", "", method_enter),
        native("__exit__(self, exc_type, exc_value, traceback, /)", "", method_close),
    ],
    getset: &[GetSet { name: "handle", doc: "", get: number, set: None }],
    members: &["handle"],
    ..TypeDef::EMPTY
};
static HKEY: Type = Type::builtin(&HKEY_DEF);

static FUNCTIONS: &[NativeDef] = &[
    native("CloseKey(hkey, /)", "Closes a previously opened registry key.", close_key),
    native("ConnectRegistry(computer_name, key, /)", "", connect_registry),
    native("CreateKey(key, sub_key, /)", "Creates or opens the specified key.", create_key),
    native(
        "CreateKeyEx(key, sub_key, reserved=0, access=0x20006)",
        "Creates or opens the specified key.",
        create_key_ex,
    ),
    native("DeleteKey(key, sub_key, /)", "Deletes the specified key.", delete_key),
    native("DeleteKeyEx(key, sub_key, access=0x100, reserved=0)", "Deletes the specified key.", delete_key),
    native("DeleteValue(key, value, /)", "Removes a named value from a registry key.", delete_value),
    native("DisableReflectionKey(key, /)", "Disables registry reflection for 32bit processes.", disable_reflection),
    native("EnableReflectionKey(key, /)", "Restores registry reflection for the specified key.", enable_reflection),
    native("EnumKey(key, index, /)", "Enumerates subkeys of an open registry key.", enum_key),
    native("EnumValue(key, index, /)", "Enumerates values of an open registry key.", enum_value),
    native("ExpandEnvironmentStrings(string, /)", "Expand environment vars.", expand),
    native("FlushKey(key, /)", "Writes all the attributes of a key to the registry.", flush_key),
    native("LoadKey(key, sub_key, file_name, /)", "Insert data into the registry from a file.", load_key),
    native("OpenKey(key, sub_key, reserved=0, access=0x20019)", "Opens the specified key.", open_key),
    native("OpenKeyEx(key, sub_key, reserved=0, access=0x20019)", "Opens the specified key.", open_key),
    native("QueryInfoKey(key, /)", "Returns information about a key.", query_info_key),
    native("QueryReflectionKey(key, /)", "Returns the reflection state for the specified key.", query_reflection),
    native("QueryValue(key, sub_key, /)", "Retrieves the unnamed value for a key.", query_value),
    native("QueryValueEx(key, name, /)", "Retrieves the type and value of a specified sub-key.", query_value_ex),
    native(
        "SaveKey(key, file_name, /)",
        "Saves the specified key, and all its subkeys to the specified file.",
        save_key,
    ),
    native("SetValue(key, sub_key, type, value, /)", "Associates a value with a specified key.", set_value),
    native(
        "SetValueEx(key, value_name, reserved, type, value, /)",
        "Stores data in the value field of an open registry key.",
        set_value_ex,
    ),
];

const NUMBERS: &[(&str, i64)] = &[
    ("HKEY_CLASSES_ROOT", 0x8000_0000),
    ("HKEY_CURRENT_CONFIG", 0x8000_0005),
    ("HKEY_CURRENT_USER", 0x8000_0001),
    ("HKEY_DYN_DATA", 0x8000_0006),
    ("HKEY_LOCAL_MACHINE", 0x8000_0002),
    ("HKEY_PERFORMANCE_DATA", 0x8000_0004),
    ("HKEY_USERS", 0x8000_0003),
    ("KEY_ALL_ACCESS", 0xf_003f),
    ("KEY_CREATE_LINK", 0x20),
    ("KEY_CREATE_SUB_KEY", 4),
    ("KEY_ENUMERATE_SUB_KEYS", 8),
    ("KEY_EXECUTE", 0x2_0019),
    ("KEY_NOTIFY", 0x10),
    ("KEY_QUERY_VALUE", 1),
    ("KEY_READ", KEY_READ as i64),
    ("KEY_SET_VALUE", 2),
    ("KEY_WOW64_32KEY", 0x200),
    ("KEY_WOW64_64KEY", 0x100),
    ("KEY_WRITE", KEY_WRITE as i64),
    ("REG_BINARY", REG_BINARY as i64),
    ("REG_CREATED_NEW_KEY", 1),
    ("REG_DWORD", REG_DWORD as i64),
    ("REG_DWORD_BIG_ENDIAN", 5),
    ("REG_DWORD_LITTLE_ENDIAN", 4),
    ("REG_EXPAND_SZ", REG_EXPAND_SZ as i64),
    ("REG_FULL_RESOURCE_DESCRIPTOR", 9),
    ("REG_LEGAL_CHANGE_FILTER", 0x1000_000f),
    ("REG_LEGAL_OPTION", 0x1f),
    ("REG_LINK", 6),
    ("REG_MULTI_SZ", REG_MULTI_SZ as i64),
    ("REG_NONE", REG_NONE as i64),
    ("REG_NOTIFY_CHANGE_ATTRIBUTES", 2),
    ("REG_NOTIFY_CHANGE_LAST_SET", 4),
    ("REG_NOTIFY_CHANGE_NAME", 1),
    ("REG_NOTIFY_CHANGE_SECURITY", 8),
    ("REG_NO_LAZY_FLUSH", 4),
    ("REG_OPENED_EXISTING_KEY", 2),
    ("REG_OPTION_BACKUP_RESTORE", 4),
    ("REG_OPTION_CREATE_LINK", 2),
    ("REG_OPTION_NON_VOLATILE", 0),
    ("REG_OPTION_OPEN_LINK", 8),
    ("REG_OPTION_RESERVED", 0),
    ("REG_OPTION_VOLATILE", 1),
    ("REG_QWORD", REG_QWORD as i64),
    ("REG_QWORD_LITTLE_ENDIAN", 11),
    ("REG_REFRESH_HIVE", 2),
    ("REG_RESOURCE_LIST", 8),
    ("REG_RESOURCE_REQUIREMENTS_LIST", 10),
    ("REG_SZ", REG_SZ as i64),
    ("REG_WHOLE_HIVE_VOLATILE", 1),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in NUMBERS {
        d.set_text(name, Value::int(*n));
    }
    crate::native_type::add_types(vm, d, &[&HKEY]);
    d.set_text("error", exc::OS_ERROR.as_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "winreg",
    doc: "This module provides access to the Windows registry API.",
    functions: FUNCTIONS,
    init: Some(init),
};
