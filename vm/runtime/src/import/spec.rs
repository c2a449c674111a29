//! `ModuleSpec`: what an importer found. Usable before importlib is loaded, and the class that importlib then uses.

use std::cell::{Cell, RefCell};

use crate::call::{CallArgs, NativeDef};
use crate::object::typeobj::GetSet;
use crate::object::{CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// The payload of `ModuleSpec`.
pub struct PySpec {
    pub name: RefCell<Value>,
    pub loader: RefCell<Value>,
    pub origin: RefCell<Value>,
    pub loader_state: RefCell<Value>,
    /// `submodule_search_locations`
    pub locations: RefCell<Value>,
    pub uninitialized: RefCell<Value>,
    pub cached: RefCell<Value>,
    /// `_set_fileattr`, which is also `has_location`.
    pub has_location: Cell<bool>,
    pub initializing: Cell<bool>,
}

impl Payload for PySpec {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PySpec>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.cells().iter().for_each(|c| visit(&c.borrow()));
    }
    fn clear(&self) {
        let old = self.cells().map(|c| c.replace(Value::NONE));
        drop(old);
    }
}

impl PySpec {
    fn cells(&self) -> [&RefCell<Value>; 7] {
        [&self.name, &self.loader, &self.origin, &self.loader_state, &self.locations, &self.uninitialized, &self.cached]
    }

    fn empty() -> PySpec {
        let none = || RefCell::new(Value::NONE);
        PySpec {
            name: none(),
            loader: none(),
            origin: none(),
            loader_state: none(),
            locations: none(),
            uninitialized: none(),
            cached: none(),
            has_location: Cell::new(false),
            initializing: Cell::new(false),
        }
    }

    /// A spec as importers make it. `is_package` gives it an empty list of places.
    pub fn create(name: Value, loader: Value, origin: Value, is_package: bool) -> Ref<PySpec> {
        let s = PySpec::empty();
        s.name.replace(name);
        s.loader.replace(loader);
        s.origin.replace(origin);
        s.uninitialized.replace(PyList::new(vec![]).into_value());
        if is_package {
            s.locations.replace(PyList::new(vec![]).into_value());
        }
        Ref::new(&MODULE_SPEC, s)
    }
}

fn this(v: &Value) -> &PySpec {
    v.downcast::<PySpec>().expect("slots of a type see its instances")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(crate::object::header::new_object(class, PySpec::empty()))
}

fn init(vm: &Vm, obj: &Value, args: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = crate::native(
        "__init__(self, name, loader, *, origin=None, loader_state=None, is_package=None)",
        "",
        |vm, args| {
            let s = args.payload::<PySpec>();
            drop(s.name.replace(args.get(1).clone()));
            drop(s.loader.replace(args.get(2).clone()));
            drop(s.origin.replace(Value::or_none(args.opt(3).cloned())));
            drop(s.loader_state.replace(Value::or_none(args.opt(4).cloned())));
            let places = if args.opt_bool(vm, 5, false)? { PyList::new(vec![]).into_value() } else { Value::NONE };
            drop(s.locations.replace(places));
            drop(s.uninitialized.replace(PyList::new(vec![]).into_value()));
            drop(s.cached.replace(Value::NONE));
            s.has_location.set(false);
            s.initializing.set(false);
            Ok(Value::NONE)
        },
    );
    let all = args.prepend(obj.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: args.names }).map(drop)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let s = this(v);
    let (name, loader, origin, places) =
        (s.name.borrow().clone(), s.loader.borrow().clone(), s.origin.borrow().clone(), s.locations.borrow().clone());
    let mut parts =
        vec![format!("name={}", vm.repr(&name)?.to_lossy()), format!("loader={}", vm.repr(&loader)?.to_lossy())];
    if !origin.is_none() {
        parts.push(format!("origin={}", vm.repr(&origin)?.to_lossy()));
    }
    if !places.is_none() {
        parts.push(format!("submodule_search_locations={}", vm.repr(&places)?.to_lossy()));
    }
    Ok(vm.str(&format!("{}({})", v.class().name(), parts.join(", "))))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PySpec>(), b.downcast::<PySpec>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut same = x.has_location.get() == y.has_location.get();
    for (p, q) in [(&x.name, &y.name), (&x.loader, &y.loader), (&x.origin, &y.origin), (&x.locations, &y.locations)] {
        let (p, q) = (p.borrow().clone(), q.borrow().clone());
        same = same && vm.eq(&p, &q)?;
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn parent(vm: &Vm, v: &Value) -> PyResult<Value> {
    let s = this(v);
    let name = s.name.borrow().clone();
    if !s.locations.borrow().is_none() {
        return Ok(name);
    }
    let Some(text) = name.downcast::<PyStr>() else { return Ok(vm.names().empty.value()) };
    let bytes = text.as_bytes();
    let end = bytes.iter().rposition(|&b| b == b'.').unwrap_or(0);
    Ok(PyStr::intern(&bytes[..end]).into_value())
}

fn cached(vm: &Vm, v: &Value) -> PyResult<Value> {
    let s = this(v);
    let made = s.cached.borrow().clone();
    if !made.is_none() || !s.has_location.get() {
        return Ok(made);
    }
    let origin = s.origin.borrow().clone();
    let Some(text) = origin.downcast::<PyStr>() else { return Ok(Value::NONE) };
    let text = text.to_lossy().into_owned();
    const SEPARATOR: char = std::path::MAIN_SEPARATOR;
    let path = match text.rsplit_once('.') {
        Some((stem, "py")) => {
            let (dir, file) =
                stem.rsplit_once(SEPARATOR).map_or((String::new(), stem), |(d, f)| (format!("{d}{SEPARATOR}"), f));
            format!("{dir}__pycache__{SEPARATOR}{file}.freeze-314.pyc")
        }
        Some((_, "pyc")) => text,
        _ => return Ok(Value::NONE),
    };
    let path = vm.str(&path);
    drop(s.cached.replace(path.clone()));
    Ok(path)
}

macro_rules! fields {
    ($($get:ident $set:ident $field:ident;)*) => {$(
        fn $get(vm: &Vm, v: &Value) -> PyResult<Value> {
            let value = this(v).$field.borrow().clone();
            if value.is_unbound() { Err(vm.no_attribute(v, &vm.intern(stringify!($field)))) } else { Ok(value) }
        }
        fn $set(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
            let old = this(v).$field.replace(new.clone().unwrap_or(Value::UNBOUND));
            if new.is_none() && old.is_unbound() {
                return Err(vm.no_attribute(v, &vm.intern(stringify!($field))));
            }
            Ok(())
        }
    )*};
}

fields! {
    get_name set_name name;
    get_loader set_loader loader;
    get_origin set_origin origin;
    get_state set_state loader_state;
    get_places set_places locations;
    get_uninitialized set_uninitialized uninitialized;
    get_cached_raw set_cached cached;
}

fn get_located(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).has_location.get()))
}
fn set_located(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let b = vm.is_true(&Value::or_none(new))?;
    this(v).has_location.set(b);
    Ok(())
}
fn get_initializing(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).initializing.get()))
}
fn set_initializing(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let b = vm.is_true(&Value::or_none(new))?;
    this(v).initializing.set(b);
    Ok(())
}

static GETSET: &[GetSet] = &[
    GetSet { name: "_cached", doc: "", get: get_cached_raw, set: Some(set_cached) },
    GetSet { name: "_initializing", doc: "", get: get_initializing, set: Some(set_initializing) },
    GetSet { name: "_set_fileattr", doc: "", get: get_located, set: Some(set_located) },
    GetSet { name: "_uninitialized_submodules", doc: "", get: get_uninitialized, set: Some(set_uninitialized) },
    GetSet { name: "cached", doc: "", get: cached, set: Some(set_cached) },
    GetSet { name: "has_location", doc: "", get: get_located, set: Some(set_located) },
    GetSet { name: "loader", doc: "", get: get_loader, set: Some(set_loader) },
    GetSet { name: "loader_state", doc: "", get: get_state, set: Some(set_state) },
    GetSet { name: "name", doc: "", get: get_name, set: Some(set_name) },
    GetSet { name: "origin", doc: "", get: get_origin, set: Some(set_origin) },
    GetSet { name: "parent", doc: "The name of the module's parent.", get: parent, set: None },
    GetSet { name: "submodule_search_locations", doc: "", get: get_places, set: Some(set_places) },
];

static DEF: TypeDef = TypeDef {
    name: "ModuleSpec",
    module: "_frozen_importlib",
    doc: "The specification for a module, used for loading.",
    layout: PySpec::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), compare: Some(compare), ..Slots::EMPTY },
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `importlib.machinery.ModuleSpec`
pub static MODULE_SPEC: Type = Type::builtin(&DEF);
