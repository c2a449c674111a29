//! Modules, and the declaration of native ones.

use crate::Str;
use crate::call::{CallArgs, NativeDef};
use crate::import::shadow::{self, Shadow};
use crate::object::instance;
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// What a native module is declared with.
pub struct ModuleDef {
    /// Its name in `sys.modules`.
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [NativeDef],
    /// Constants and types: runs once, when the module is first imported, on its namespace.
    pub init: Option<fn(&Vm, &PyDict) -> PyResult<()>>,
}

impl ModuleDef {
    /// A record to take the unmentioned fields from.
    pub const EMPTY: ModuleDef = ModuleDef { name: "", doc: "", functions: &[], init: None };

    /// Fills a namespace with what the module declares.
    pub fn fill(&self, vm: &Vm, module: &Value, dict: &Ref<PyDict>) -> PyResult<()> {
        let name = vm.intern(self.name).into_value();
        for def in self.functions {
            let f = PyNativeFunction::of_module(def, module.clone(), name.clone());
            dict.set_str(&vm.intern(def.name()), f);
        }
        match self.init {
            Some(init) => init(vm, dict),
            None => Ok(()),
        }
    }
}

/// The payload of `module`. The dict is also the instance's `__dict__`.
pub struct PyModule {
    dict: Ref<PyDict>,
}

impl Payload for PyModule {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyModule>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.dict.as_value());
    }
    fn clear(&self) {
        self.dict.clear_all();
    }
}

impl PyModule {
    /// A new module with this namespace.
    pub fn with_dict(class: &Type, dict: Ref<PyDict>) -> Ref<PyModule> {
        let m: Ref<PyModule> = Ref::new(class, PyModule { dict: dict.clone() });
        instance::set_dict(m.as_value(), dict);
        m
    }

    /// A new, empty module: `types.ModuleType(name, doc)`.
    pub fn create(vm: &Vm, name: &Value, doc: Value) -> Ref<PyModule> {
        let m = PyModule::with_dict(&MODULE, PyDict::new_ref());
        init_dict(vm, &m.dict, name.clone(), doc);
        m
    }

    /// Its namespace.
    #[inline(always)]
    pub fn dict(&self) -> &Ref<PyDict> {
        &self.dict
    }

    /// Its name, if it still has one that is a string.
    pub fn name(&self, vm: &Vm) -> Option<Str> {
        self.dict.get_str(&vm.names().__name__)?.downcast_ref::<PyStr>()
    }
}

fn init_dict(vm: &Vm, dict: &PyDict, name: Value, doc: Value) {
    let n = vm.names();
    dict.set_str(&n.__name__, name);
    dict.set_str(&n.__doc__, doc);
    dict.set_str(&n.__package__, Value::NONE);
    dict.set_str(&n.__loader__, Value::NONE);
    dict.set_str(&n.__spec__, Value::NONE);
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(PyModule::with_dict(class, PyDict::new_ref()).into_value())
}

fn init(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = crate::native("module(name, doc=None)", "", |vm, args| {
        let name = args.get(0);
        if !name.has_layout::<PyStr>() {
            return Err(
                vm.type_error(format!("module() argument 'name' must be str, not {}", vm.type_name_for_errors(name)))
            );
        }
        let doc = args.opt(1).cloned().unwrap_or(Value::NONE);
        Ok(crate::types::tuple::PyTuple::new(vec![name.clone(), doc]).into_value())
    });
    let bound = INIT.invoke(vm, args)?;
    let module = this.downcast::<PyModule>().expect("slots of a type see its instances");
    if let Some(t) = bound.downcast::<crate::types::tuple::PyTuple>() {
        init_dict(vm, &module.dict, t.as_slice()[0].clone(), t.as_slice()[1].clone());
    }
    Ok(())
}

/// Whether a module's `__spec__` says that its code is still running.
pub fn is_initializing(vm: &Vm, dict: &PyDict) -> bool {
    let Some(spec) = dict.get_str(&vm.names().__spec__) else { return false };
    if spec.is_none() {
        return false;
    }
    match vm.get_attr_opt(&spec, &vm.names()._initializing) {
        Ok(Some(v)) => vm.is_true(&v).unwrap_or(false),
        _ => false,
    }
}

fn getattr(vm: &Vm, obj: &Value, name: &Str) -> PyResult<Value> {
    if let Some(v) = crate::types::object::generic_getattr_opt(vm, obj, name)? {
        return Ok(v);
    }
    let module = obj.downcast::<PyModule>().expect("slots of a type see its instances");
    if let Some(hook) = module.dict.get_str(&vm.names().__getattr__) {
        return vm.call(&hook, &[name.value()]);
    }
    Err(missing(vm, obj, module, name))
}

/// The AttributeError for a module without this attribute, with a hint where one is due.
#[cold]
fn missing(vm: &Vm, obj: &Value, module: &PyModule, name: &Str) -> crate::vm::Raised {
    let text = match missing_text(vm, module, name) {
        Ok(text) => text,
        Err(e) => return e,
    };
    let e = vm.attribute_error(text);
    // The attributes are for suggestions; failing to set them changes nothing.
    let _ = vm.set_attr(&e.value(), &vm.names().name, name.value());
    let _ = vm.set_attr(&e.value(), &vm.names().obj, obj.clone());
    e
}

fn missing_text(vm: &Vm, module: &PyModule, name: &Str) -> PyResult<String> {
    let attr = name.to_lossy();
    let Some(m) = module.name(vm) else { return Ok(format!("module has no attribute '{attr}'")) };
    let spec = module.dict.get_str(&vm.names().__spec__).filter(|s| !s.is_none());
    let initializing = is_initializing(vm, &module.dict);
    let own = module.dict.get_str(&vm.names().__name__);
    let hides = match (&spec, own) {
        (Some(spec), Some(own)) => shadow::shadow(vm, &own, spec)?,
        _ => Shadow::No,
    };
    let m = m.to_lossy();
    if let Some(advice) = hides.advice(vm, &m, initializing) {
        return Ok(format!("module '{m}' has no attribute '{attr}' {advice}"));
    }
    let reason = "(most likely due to a circular import)";
    Ok(if initializing {
        let place =
            spec.and_then(|spec| shadow::origin(vm, &spec)).map_or_else(String::new, |o| format!(" from '{o}'"));
        format!("partially initialized module '{m}'{place} has no attribute '{attr}' {reason}")
    } else if has_uninitialized_submodule(vm, &module.dict, name) {
        format!("cannot access submodule '{attr}' of module '{m}' {reason}")
    } else {
        format!("module '{m}' has no attribute '{attr}'")
    })
}

fn has_uninitialized_submodule(vm: &Vm, dict: &PyDict, name: &Str) -> bool {
    let Some(spec) = dict.get_str(&vm.names().__spec__).filter(|s| !s.is_none()) else { return false };
    let Ok(Some(list)) = vm.get_attr_opt(&spec, &vm.intern("_uninitialized_submodules")) else { return false };
    list.downcast::<PyList>()
        .is_some_and(|l| l.with(|items| items.iter().any(|i| i.downcast::<PyStr>().is_some_and(|s| s.same(name)))))
}

fn repr(vm: &Vm, obj: &Value) -> PyResult<Value> {
    let module = obj.downcast::<PyModule>().expect("slots of a type see its instances");
    let d = &module.dict;
    let n = vm.names();
    let quoted = |v: Option<Value>| -> PyResult<String> {
        match v {
            Some(v) => Ok(vm.repr(&v)?.to_lossy().into_owned()),
            None => Ok("'?'".to_owned()),
        }
    };
    if let Some(spec) = d.get_str(&n.__spec__).filter(|s| !s.is_none()) {
        let name = quoted(vm.get_attr_opt(&spec, &n.name)?)?;
        let origin = vm.get_attr_opt(&spec, &vm.intern("origin"))?.filter(|o| !o.is_none());
        let Some(origin) = origin else {
            let loader = vm.get_attr_opt(&spec, &vm.intern("loader"))?.filter(|l| !l.is_none());
            return Ok(match loader {
                None => vm.str(&format!("<module {name}>")),
                Some(l) if l.class().name() == "NamespaceLoader" => {
                    let path = vm.get_attr_str(&l, "_path")?;
                    let path = PyList::new(vm.to_vec(&path)?).into_value();
                    vm.str(&format!("<module {name} (namespace) from {}>", vm.repr(&path)?.to_lossy()))
                }
                Some(l) => vm.str(&format!("<module {name} ({})>", vm.repr(&l)?.to_lossy())),
            });
        };
        let located = vm.get_attr_opt(&spec, &vm.intern("has_location"))?.is_some_and(|v| v.is_true());
        return Ok(if located {
            vm.str(&format!("<module {name} from {}>", vm.repr(&origin)?.to_lossy()))
        } else {
            vm.str(&format!("<module {name} ({})>", vm.to_str(&origin)?.to_lossy()))
        });
    }
    let name = quoted(d.get_str(&n.__name__))?;
    if let Some(file) = d.get_str(&n.__file__) {
        return Ok(vm.str(&format!("<module {name} from {}>", vm.repr(&file)?.to_lossy())));
    }
    match d.get_str(&n.__loader__).filter(|l| !l.is_none()) {
        None => Ok(vm.str(&format!("<module {name}>"))),
        Some(l) => Ok(vm.str(&format!("<module {name} ({})>", vm.repr(&l)?.to_lossy()))),
    }
}

fn dir(vm: &Vm, args: crate::Args<'_>) -> PyResult<Value> {
    let module = args.payload::<PyModule>();
    if let Some(hook) = module.dict.get_str(&vm.names().__dir__) {
        return vm.call0(&hook);
    }
    let dict = vm.get_attr(args.this(), &vm.names().__dict__)?;
    match dict.downcast::<PyDict>() {
        Some(d) => Ok(PyList::new(d.items().into_iter().map(|p| p.0).collect()).into_value()),
        None => Err(vm.type_error(format!("{}.__dict__ is not a dictionary", args.this().class().name()))),
    }
}

/// `__annotations__` and `__annotate__` live in the namespace; the former is made from the latter when asked for.
fn annotations(vm: &Vm, obj: &Value) -> PyResult<Value> {
    let d = instance::dict(obj).unwrap_or_else(PyDict::new_ref);
    let n = vm.names();
    if let Some(a) = d.get_str(&n.__annotations__) {
        return Ok(a);
    }
    let made = match d.get_str(&n.__annotate__).filter(|f| vm.is_callable(f)) {
        Some(f) => {
            let a = vm.call(&f, &[Value::small(1)])?;
            if !a.has_layout::<PyDict>() {
                return Err(
                    vm.type_error(format!("__annotate__() must return a dict, not {}", vm.type_name_for_errors(&a)))
                );
            }
            a
        }
        None => PyDict::new_ref().into_value(),
    };
    if !is_initializing(vm, &d) {
        d.set_str(&n.__annotations__, made.clone());
    }
    Ok(made)
}

fn set_annotations(vm: &Vm, obj: &Value, value: Option<Value>) -> PyResult<()> {
    let d = instance::dict(obj).unwrap_or_else(PyDict::new_ref);
    let n = vm.names();
    match value {
        Some(v) => d.set_str(&n.__annotations__, v),
        None => {
            if d.remove_str(&n.__annotations__).is_none() {
                return Err(vm.attribute_error("__annotations__"));
            }
        }
    }
    drop(d.remove_str(&n.__annotate__));
    Ok(())
}

fn annotate(vm: &Vm, obj: &Value) -> PyResult<Value> {
    let d = instance::dict(obj).unwrap_or_else(PyDict::new_ref);
    Ok(Value::or_none(d.get_str(&vm.names().__annotate__)))
}

fn set_annotate(vm: &Vm, obj: &Value, value: Option<Value>) -> PyResult<()> {
    let d = instance::dict(obj).unwrap_or_else(PyDict::new_ref);
    let Some(v) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    if !v.is_none() && !vm.is_callable(&v) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    let n = vm.names();
    let set = !v.is_none();
    d.set_str(&n.__annotate__, v);
    if set {
        drop(d.remove_str(&n.__annotations__));
    }
    Ok(())
}

static METHODS: &[NativeDef] = &[crate::native("__dir__(self, /)", "__dir__() -> list", dir)];

fn namespace(_vm: &Vm, obj: &Value) -> PyResult<Value> {
    Ok(obj.downcast::<PyModule>().map_or(Value::NONE, |m| m.dict.value()))
}

static GETSET: &[crate::object::typeobj::GetSet] = &[
    crate::object::typeobj::GetSet { name: "__annotate__", doc: "", get: annotate, set: Some(set_annotate) },
    crate::object::typeobj::GetSet { name: "__annotations__", doc: "", get: annotations, set: Some(set_annotations) },
    crate::object::typeobj::GetSet { name: "__dict__", doc: "", get: namespace, set: None },
];

static DEF: TypeDef = TypeDef {
    name: "module",
    doc: "Create a module object.\n\nThe name must be a string; the optional docstring argument can have any type.",
    layout: PyModule::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), getattr: Some(getattr), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `types.ModuleType`
pub static MODULE: Type = Type::builtin(&DEF);
