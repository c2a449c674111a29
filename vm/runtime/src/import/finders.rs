//! `BuiltinImporter`, `FrozenImporter` and the loader objects of frozen modules.

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::bytes::PyBytes;
use crate::types::exception as exc;
use crate::types::list::PyList;
use crate::types::module::PyModule;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};
use crate::{ModuleDef, Str};

use super::source::{FrozenModule, VirtualStat};
use super::spec::PySpec;

/// The declaration of a native module.
pub fn find_native(vm: &Vm, name: &[u8]) -> Option<&'static ModuleDef> {
    let list = vm.runtime().native_modules.borrow();
    // The registry is sorted by name.
    list.binary_search_by(|d| d.name.as_bytes().cmp(name)).ok().map(|i| list[i])
}

/// The frozen module of this name, if the program's source of modules has one.
pub fn find_frozen(vm: &Vm, name: &Str) -> Option<FrozenModule> {
    let text = name.as_str()?;
    vm.module_source()?.find(text)
}

/// A spec for a native module.
pub fn native_spec(vm: &Vm, name: &Str) -> Ref<PySpec> {
    PySpec::create(name.value(), BUILTIN_IMPORTER.as_value(), vm.intern("built-in").into_value(), false)
}

/// A spec for a frozen module, with a loader of its own.
pub fn frozen_spec(vm: &Vm, name: &Str, info: &FrozenModule) -> Ref<PySpec> {
    let filename = vm.str(&info.filename);
    let loader = Ref::new(
        &FROZEN_LOADER,
        PyFrozenLoader { name: name.clone(), path: filename.clone(), package: info.is_package },
    );
    let spec = PySpec::create(name.value(), loader.into_value(), filename, info.is_package);
    spec.has_location.set(true);
    if info.is_package {
        let dir = info.filename.rsplit_once(std::path::MAIN_SEPARATOR).map_or("", |p| p.0);
        drop(spec.locations.replace(PyList::new(vec![vm.str(dir)]).into_value()));
    }
    spec
}

/// A spec for a namespace package (PEP 420) of a sealed program: a folder with modules and no `__init__`.
pub fn frozen_namespace(vm: &Vm, name: &Str) -> PyResult<Option<Value>> {
    let (Some(source), Some(text)) = (vm.module_source(), name.as_str()) else { return Ok(None) };
    if !vm.runtime().config.borrow().sealed {
        return Ok(None);
    }
    let folder = text.replace('.', "/");
    let is_package = |entries: Vec<(String, bool)>| entries.iter().any(|(n, dir)| *dir || n.ends_with(".pyc"));
    if source.stat(&folder) != Some(VirtualStat::Dir)
        || !source.list(&folder).is_some_and(is_package)
        || source.find("importlib._bootstrap_external").is_none()
    {
        return Ok(None);
    }
    let external = super::bootstrap::load_external(vm)?;
    let places = PyList::new(vec![vm.str(&super::source::shown(source.root(), &folder))]).into_value();
    let finder = vm.get_attr_str(&vm.get_attr_str(&external, "PathFinder")?, "_get_spec")?;
    let path = vm.call_method(&external, "_NamespacePath", &[name.value(), places, finder])?;
    let spec = PySpec::create(name.value(), Value::NONE, Value::NONE, true);
    drop(spec.locations.replace(path));
    Ok(Some(spec.into_value()))
}

/// Makes and fills a native module that is not in `sys.modules` yet.
pub fn make_native(vm: &Vm, def: &'static ModuleDef, spec: &Ref<PySpec>) -> PyResult<Ref<PyModule>> {
    let doc = if def.doc.is_empty() { Value::NONE } else { vm.str(def.doc) };
    let module = PyModule::create(vm, vm.intern(def.name).as_value(), doc);
    let n = vm.names();
    module.dict().set_str(&n.__package__, n.empty.value());
    module.dict().set_str(&n.__loader__, BUILTIN_IMPORTER.as_value());
    module.dict().set_str(&n.__spec__, spec.value());
    def.fill(vm, module.as_value(), module.dict())?;
    Ok(module)
}

/// Runs a frozen module's code in its namespace.
pub fn exec_frozen(vm: &Vm, name: &Str, module: &Value) -> PyResult<()> {
    exec_code(vm, &frozen_code(vm, name)?, module)
}

/// Runs the code of a module in its namespace.
pub(super) fn exec_code(vm: &Vm, code: &Value, module: &Value) -> PyResult<()> {
    let Some(m) = module.downcast::<PyModule>() else {
        return Err(vm.type_error("exec_module() needs a module"));
    };
    let dict = m.dict().clone();
    let n = vm.names();
    if dict.get_str(&n.__builtins__).is_none() {
        dict.set_str(&n.__builtins__, vm.runtime().builtins.value());
    }
    super::code::run(vm, code, &dict, dict.as_value()).map(drop)
}

/// The code object of a frozen module.
pub fn frozen_code(vm: &Vm, name: &Str) -> PyResult<Value> {
    let text = name.to_lossy();
    let Some(source) = vm.module_source() else { return Err(no_frozen(vm, name)) };
    if source.find(&text).is_none() {
        return Err(no_frozen(vm, name));
    }
    let bytes = match source.code(&text) {
        Ok(b) => b,
        Err(message) => {
            let message = format!("frozen module '{text}' is damaged: {message}");
            return Err(vm.import_error(&exc::IMPORT_ERROR, &message, name.value(), Value::NONE));
        }
    };
    super::code::load_file(vm, bytes).map_err(|e| {
        let message = format!("frozen module '{text}' is damaged: {e}");
        vm.import_error(&exc::IMPORT_ERROR, &message, name.value(), Value::NONE)
    })
}

fn no_frozen(vm: &Vm, name: &Str) -> crate::vm::Raised {
    let message = format!("No such frozen object named {}", name.to_lossy());
    vm.import_error(&exc::IMPORT_ERROR, &message, name.value(), Value::NONE)
}

fn name_arg(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<Str> {
    args.str(vm, i)
}

fn builtin_find_spec(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = name_arg(vm, &args, 1)?;
    if super::is_special_builtin(name.as_bytes()) || find_native(vm, name.as_bytes()).is_some() {
        return Ok(native_spec(vm, &name).into_value());
    }
    Ok(Value::NONE)
}

fn builtin_create(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = args.get(0);
    let name = vm.get_attr(spec, &vm.names().name)?;
    let Some(name) = name.downcast_ref::<PyStr>() else { return Err(vm.type_error("module name must be str")) };
    match find_native(vm, name.as_bytes()) {
        Some(def) => {
            let own = match spec.downcast_ref::<PySpec>() {
                Some(s) => s,
                None => native_spec(vm, &name),
            };
            Ok(make_native(vm, def, &own)?.into_value())
        }
        None => Err(vm.import_error(
            &exc::IMPORT_ERROR,
            &format!("'{}' is not a built-in module", name.to_lossy()),
            name.value(),
            Value::NONE,
        )),
    }
}

fn nothing(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

fn never(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::FALSE)
}

fn load_by_name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    super::find_and_load(vm, &args.str(vm, 1)?)
}

static BUILTIN_CLASS_METHODS: &[NativeDef] = &[
    native("find_spec(cls, fullname, path=None, target=None)", "", builtin_find_spec),
    native("get_code(cls, fullname)", "Return None as built-in modules do not have code objects.", nothing),
    native("get_source(cls, fullname)", "Return None as built-in modules do not have source code.", nothing),
    native("is_package(cls, fullname)", "Return False as built-in modules are never packages.", never),
    native("load_module(cls, fullname)", "Load the named module.", load_by_name),
];
static BUILTIN_STATIC_METHODS: &[NativeDef] = &[
    native("create_module(spec)", "Create a built-in module.", builtin_create),
    native("exec_module(module)", "Exec a built-in module.", nothing),
];

static BUILTIN_DEF: TypeDef = TypeDef {
    name: "BuiltinImporter",
    module: "_frozen_importlib",
    doc: "Meta path import for built-in modules.",
    flags: TypeFlags::BASETYPE,
    class_methods: BUILTIN_CLASS_METHODS,
    static_methods: BUILTIN_STATIC_METHODS,
    ..TypeDef::EMPTY
};
/// `importlib.machinery.BuiltinImporter`
pub static BUILTIN_IMPORTER: Type = Type::builtin(&BUILTIN_DEF);

fn frozen_find_spec(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = name_arg(vm, &args, 1)?;
    Ok(match super::find_frozen_unshadowed(vm, &name) {
        Some(info) => frozen_spec(vm, &name, &info).into_value(),
        None => Value::NONE,
    })
}

fn frozen_exec(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let module = args.get(0);
    let name = vm.get_attr(module, &vm.names().__name__)?;
    let Some(name) = name.downcast_ref::<PyStr>() else { return Err(vm.type_error("module name must be str")) };
    exec_frozen(vm, &name, module)?;
    Ok(Value::NONE)
}

fn frozen_get_code(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    frozen_code(vm, &args.str(vm, 1)?)
}

fn frozen_get_source(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    source_text(vm, &args.str(vm, 1)?)
}

fn frozen_is_package(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 1)?;
    match find_frozen(vm, &name) {
        Some(info) => Ok(Value::bool(info.is_package)),
        None => Err(no_frozen(vm, &name)),
    }
}

static FROZEN_CLASS_METHODS: &[NativeDef] = &[
    native("find_spec(cls, fullname, path=None, target=None)", "", frozen_find_spec),
    native("get_code(cls, fullname)", "Return the code object for the frozen module.", frozen_get_code),
    native("get_source(cls, fullname)", "Return the source text, if it was bundled.", frozen_get_source),
    native("is_package(cls, fullname)", "Return True if the frozen module is a package.", frozen_is_package),
    native("load_module(cls, fullname)", "Load a frozen module.", load_by_name),
];
static FROZEN_STATIC_METHODS: &[NativeDef] = &[
    native("create_module(spec)", "Use default semantics for module creation.", nothing),
    native("exec_module(module)", "Exec a frozen module.", frozen_exec),
];

static FROZEN_DEF: TypeDef = TypeDef {
    name: "FrozenImporter",
    module: "_frozen_importlib",
    doc: "Meta path import for frozen modules.",
    flags: TypeFlags::BASETYPE,
    class_methods: FROZEN_CLASS_METHODS,
    static_methods: FROZEN_STATIC_METHODS,
    ..TypeDef::EMPTY
};
/// `importlib.machinery.FrozenImporter`
pub static FROZEN_IMPORTER: Type = Type::builtin(&FROZEN_DEF);

/// The payload of a frozen module's `__loader__`.
pub struct PyFrozenLoader {
    name: Str,
    path: Value,
    package: bool,
}

impl Payload for PyFrozenLoader {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFrozenLoader>();
        &L
    }
}

fn loader(v: &Value) -> &PyFrozenLoader {
    v.downcast::<PyFrozenLoader>().expect("slots of a type see its instances")
}

/// The module name that a loader method was given, which must be the loader's own.
fn own_name(vm: &Vm, args: &Args<'_>) -> PyResult<Str> {
    let own = &args.payload::<PyFrozenLoader>().name;
    match args.opt_not_none(1).and_then(|v| v.downcast::<PyStr>()) {
        Some(given) if !given.same(own) => Err(vm.import_error(
            &exc::IMPORT_ERROR,
            &format!("loader for {} cannot handle {}", own.to_lossy(), given.to_lossy()),
            Value::or_none(args.opt(1).cloned()),
            Value::NONE,
        )),
        _ => Ok(own.clone()),
    }
}

fn source_text(vm: &Vm, name: &Str) -> PyResult<Value> {
    let Some(source) = vm.module_source() else { return Ok(Value::NONE) };
    let text = name.to_lossy();
    let Some(bytes) = source.source(&text) else { return Ok(Value::NONE) };
    if let Ok(s) = std::str::from_utf8(&bytes) {
        return Ok(vm.str(&s.replace("\r\n", "\n").replace('\r', "\n")));
    }
    let data = PyBytes::new(&bytes).into_value();
    let util = super::import_path(vm, "importlib.util")?;
    vm.call_method(&util, "decode_source", &[data])
}

fn loader_exec(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    exec_frozen(vm, &args.payload::<PyFrozenLoader>().name.clone(), args.get(1))?;
    Ok(Value::NONE)
}

fn loader_code(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    frozen_code(vm, &own_name(vm, &args)?)
}

fn loader_source(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    source_text(vm, &own_name(vm, &args)?)
}

fn loader_filename(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    own_name(vm, &args)?;
    Ok(args.payload::<PyFrozenLoader>().path.clone())
}

fn loader_is_package(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    own_name(vm, &args)?;
    Ok(Value::bool(args.payload::<PyFrozenLoader>().package))
}

fn loader_data(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = vm.fspath(args.get(1))?;
    if let Some(text) = path.downcast::<PyStr>().and_then(|p| p.as_str())
        && let Some(source) = vm.module_source()
        && let Some(inner) = super::source::below_root(source.root(), text)
        && let Some(data) = source.read(&inner)
    {
        return Ok(PyBytes::new(&data).into_value());
    }
    let io = super::import_path(vm, "_io")?;
    let file = vm.call_method(&io, "open", &[path, vm.str("rb")])?;
    let data = vm.call_method(&file, "read", &[]);
    vm.call_method(&file, "close", &[])?;
    data
}

fn loader_reader(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    own_name(vm, &args)?;
    let readers = super::import_path(vm, "importlib.readers")?;
    vm.call_method(&readers, "FileReader", &[args.this().clone()])
}

fn loader_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let l = loader(v);
    Ok(vm.str(&format!("<freeze.FrozenLoader for '{}'>", l.name.to_lossy())))
}

fn loader_compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyFrozenLoader>(), b.downcast::<PyFrozenLoader>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    match op {
        CmpOp::Eq => Ok(Value::bool(x.name.same(&y.name))),
        CmpOp::Ne => Ok(Value::bool(!x.name.same(&y.name))),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn loader_hash(_vm: &Vm, v: &Value) -> PyResult<i64> {
    Ok(loader(v).name.hash() ^ 0x5f)
}

fn loader_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "FrozenLoader")?;
    args.check_count(vm, "FrozenLoader", 2, 2)?;
    let Some(name) = args.args[0].downcast_ref::<PyStr>() else {
        return Err(vm.type_error("FrozenLoader() needs a module name"));
    };
    let package = find_frozen(vm, &name).is_some_and(|i| i.is_package);
    let payload = PyFrozenLoader { name, path: args.args[1].clone(), package };
    Ok(crate::object::header::new_object(class, payload))
}

fn get_name(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(loader(v).name.value())
}
fn get_path(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(loader(v).path.clone())
}

static LOADER_METHODS: &[NativeDef] = &[
    native("create_module(self, spec)", "Use default semantics for module creation.", nothing),
    native("exec_module(self, module)", "Execute the module.", loader_exec),
    native("get_code(self, fullname)", "The module's code object.", loader_code),
    native("get_data(self, path)", "The content of a bundled file, or of one on disk.", loader_data),
    native("get_filename(self, fullname=None)", "The path of the module's source.", loader_filename),
    native("get_resource_reader(self, fullname)", "A reader of the package's resources.", loader_reader),
    native("get_source(self, fullname)", "The module's source text, if it was bundled.", loader_source),
    native("is_package(self, fullname)", "Whether the module is a package.", loader_is_package),
    native("load_module(self, fullname)", "Load the module.", load_by_name),
];

static LOADER_GETSET: &[GetSet] = &[
    GetSet { name: "name", doc: "", get: get_name, set: None },
    GetSet { name: "path", doc: "", get: get_path, set: None },
];

static LOADER_DEF: TypeDef = TypeDef {
    name: "FrozenLoader",
    module: "_frozen_importlib",
    doc: "The loader of a module that lies in the program's archive.",
    layout: PyFrozenLoader::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(loader_new),
        repr: Some(loader_repr),
        compare: Some(loader_compare),
        hash: Some(loader_hash),
        ..Slots::EMPTY
    },
    methods: LOADER_METHODS,
    getset: LOADER_GETSET,
    ..TypeDef::EMPTY
};
/// The type of frozen modules' loaders.
pub static FROZEN_LOADER: Type = Type::builtin(&LOADER_DEF);
