//! Python functions.

use std::cell::{Cell, RefCell};

use crate::Str;
use crate::object::{Layout, Payload, Ref, Type, Value, owner};
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::mapped_builtins;
use crate::types::tuple::PyTuple;
use crate::vm::Vm;

mod attrs;
pub use attrs::{FUNCTION, describe};

/// The payload of `function`.
pub struct PyFunction {
    pub code: RefCell<Ref<PyCode>>,
    pub globals: Ref<PyDict>,
    pub builtins: Ref<PyDict>,
    pub closure: Option<Ref<PyTuple>>,
    pub defaults: RefCell<Option<Ref<PyTuple>>>,
    pub kwdefaults: RefCell<Option<Ref<PyDict>>>,
    pub name: RefCell<Str>,
    pub qualname: RefCell<Str>,
    pub module: RefCell<Value>,
    /// `__doc__`; unbound: the code's.
    pub doc: RefCell<Value>,
    /// `__annotations__` once made, or given.
    pub annotations: RefCell<Option<Value>>,
    /// `__annotate__`
    pub annotate: RefCell<Value>,
    pub type_params: RefCell<Option<Value>>,
    /// Changes when code or defaults do; for inline caches. 0: not yet asked for.
    pub version: Cell<u32>,
}

impl Payload for PyFunction {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyFunction>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.code.borrow().as_value());
        visit(self.globals.as_value());
        visit(self.builtins.as_value());
        if let Some(c) = &self.closure {
            visit(c.as_value());
        }
        if let Some(d) = &*self.defaults.borrow() {
            visit(d.as_value());
        }
        if let Some(d) = &*self.kwdefaults.borrow() {
            visit(d.as_value());
        }
        for v in [&self.module, &self.doc, &self.annotate] {
            visit(&v.borrow());
        }
        for v in [&self.annotations, &self.type_params] {
            if let Some(v) = &*v.borrow() {
                visit(v);
            }
        }
    }
    fn clear(&self) {
        let a = self.defaults.take();
        let b = self.kwdefaults.take();
        let c = [&self.module, &self.doc, &self.annotate].map(|v| v.replace(Value::NONE));
        let d = [&self.annotations, &self.type_params].map(RefCell::take);
        drop((a, b, c, d));
    }
}

impl PyFunction {
    /// A new function of `code` in the given globals.
    pub fn create(vm: &Vm, code: Ref<PyCode>, globals: Ref<PyDict>, closure: Option<Ref<PyTuple>>) -> Ref<PyFunction> {
        let builtins = builtins_of(vm, &globals);
        PyFunction::with_builtins(vm, code, globals, builtins, closure)
    }

    /// The same, with the builtins known.
    pub fn with_builtins(
        vm: &Vm,
        code: Ref<PyCode>,
        globals: Ref<PyDict>,
        builtins: Ref<PyDict>,
        closure: Option<Ref<PyTuple>>,
    ) -> Ref<PyFunction> {
        let module = globals.get_str(&vm.names().__name__).unwrap_or(Value::NONE);
        Ref::new(
            &FUNCTION,
            PyFunction {
                name: RefCell::new(code.name.clone()),
                qualname: RefCell::new(code.qualname.clone()),
                code: RefCell::new(code),
                globals,
                builtins,
                closure,
                defaults: RefCell::new(None),
                kwdefaults: RefCell::new(None),
                module: RefCell::new(module),
                doc: RefCell::new(Value::UNBOUND),
                annotations: RefCell::new(None),
                annotate: RefCell::new(Value::NONE),
                type_params: RefCell::new(None),
                version: Cell::new(0),
            },
        )
    }

    /// `__doc__`
    pub fn doc(&self) -> Value {
        let doc = self.doc.borrow().clone();
        if doc.is_unbound() { self.code.borrow().doc() } else { doc }
    }

    /// An owned reference to this function.
    pub fn to_ref(&self) -> Ref<PyFunction> {
        owner(self)
    }

    /// Whether `v` is a Python function (functions can't be subclassed).
    #[inline(always)]
    pub fn of(v: &Value) -> Option<&PyFunction> {
        v.downcast_exact::<PyFunction>(&FUNCTION)
    }
}

/// The builtins that code running in `globals` sees: its `__builtins__` (a module or mapping), else those of the caller.
pub fn builtins_of(vm: &Vm, globals: &Ref<PyDict>) -> Ref<PyDict> {
    if let Some(b) = globals.get_str(&vm.names().__builtins__) {
        if let Some(d) = b.downcast_ref::<PyDict>() {
            return d;
        }
        if let Some(m) = b.downcast::<crate::types::module::PyModule>() {
            return m.dict().clone();
        }
        if let Some(d) = mapped_builtins::wrap(vm, b) {
            return d;
        }
    }
    vm.current_builtins()
}

/// Whether `v` is a class; used where functions are told from types.
pub fn is_class(v: &Value) -> bool {
    v.has_layout::<crate::object::TypeObject>()
}

/// The type object behind a value.
pub fn class_of(v: &Value) -> Option<&Type> {
    v.downcast::<crate::object::TypeObject>().map(crate::object::TypeObject::object)
}
