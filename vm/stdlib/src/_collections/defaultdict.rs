//! `defaultdict`.

use std::cell::RefCell;

use freeze_runtime::object::{BinOp, GetSet, Layout, Slots};
use freeze_runtime::types::dict::{self, DICT, PyDict};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

/// The payload of `defaultdict`: that of `dict`, and the factory.
#[repr(C)]
pub(super) struct DefaultDict {
    dict: PyDict,
    factory: RefCell<Value>,
}

impl Payload for DefaultDict {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<DefaultDict>();
        &L
    }
    const GC: bool = true;
    const BASE: Option<fn() -> &'static Layout> = Some(PyDict::layout);
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.dict.trace(visit);
        visit(&self.factory.borrow());
    }
    fn clear(&self) {
        self.dict.clear();
        drop(self.factory.replace(Value::NONE));
    }
}

fn this(v: &Value) -> &DefaultDict {
    v.downcast().expect("slots of defaultdict see those")
}

fn make(class: &Type, dict: PyDict, factory: Value) -> Value {
    Ref::new(class, DefaultDict { dict, factory: RefCell::new(factory) }).into_value()
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(make(class, PyDict::default(), Value::NONE))
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let mut rest = args;
    let mut factory = Value::NONE;
    if let Some(first) = args.positional().first() {
        if !first.is_none() && !vm.is_callable(first) {
            return Err(vm.type_error("first argument must be callable or None"));
        }
        factory = first.clone();
        rest = args.skip_first();
    }
    drop(this(v).factory.replace(factory));
    match DICT.slots().init {
        Some(init) => init(vm, v, rest),
        None => Ok(()),
    }
}

/// What a missing key gets.
fn supply(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let factory = this(v).factory.borrow().clone();
    if factory.is_none() {
        return Err(vm.key_error(key.clone()));
    }
    let value = vm.call0(&factory)?;
    vm.set_item(v, key, value.clone())?;
    Ok(value)
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    if let Some(x) = this(v).dict.get(vm, key)? {
        return Ok(x);
    }
    if !v.is_exact(&DEFAULT_DICT)
        && let Some(x) = vm.call_special(v, &vm.names().__missing__, std::slice::from_ref(key))?
    {
        return Ok(x);
    }
    supply(vm, v, key)
}

fn missing(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    supply(vm, args.this(), args.get(1))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let items = match DICT.slots().repr {
        Some(f) => vm.to_str(&f(vm, v)?)?,
        None => vm.intern("{}"),
    };
    let factory = this(v).factory.borrow().clone();
    // The factory may be a method of the dict itself.
    let text = vm.guard_repr(v, || vm.repr(&factory))?;
    let mut out = format!("{}(", v.class().name()).into_bytes();
    out.extend_from_slice(text.as_ref().map_or(b"...", |t| t.as_bytes()));
    out.extend_from_slice(b", ");
    out.extend_from_slice(items.as_bytes());
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if !a.has_layout::<PyDict>() || !b.has_layout::<PyDict>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let new = match a.downcast::<DefaultDict>() {
        Some(_) => copy_of(vm, a)?,
        None => {
            let Some(d) = b.downcast::<DefaultDict>() else { return Ok(Value::NOT_IMPLEMENTED) };
            let factory = d.factory.borrow().clone();
            vm.call(&b.class().as_value(), &[factory, a.clone()])?
        }
    };
    if let Some(d) = new.downcast::<PyDict>() {
        dict::update(vm, d, b)?;
    }
    Ok(new)
}

fn copy_of(vm: &Vm, v: &Value) -> PyResult<Value> {
    let factory = this(v).factory.borrow().clone();
    vm.call(&v.class().as_value(), &[factory, v.clone()])
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    copy_of(vm, args.this())
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let factory = this(v).factory.borrow().clone();
    let given = if factory.is_none() { vec![] } else { vec![factory] };
    let items = vm.call_method_name(v, &vm.names().items, &[])?;
    let parts =
        vec![v.class().as_value(), PyTuple::new(given).into_value(), Value::NONE, Value::NONE, vm.iter(&items)?];
    Ok(PyTuple::new(parts).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__copy__(self, /)", "D.copy() -> a shallow copy of D.", copy),
    native(
        "__missing__(self, key, /)",
        "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: \
         raise KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value",
        missing,
    ),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("copy(self, /)", "D.copy() -> a shallow copy of D.", copy),
];

static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", crate::native_type::class_getitem)];

static GETSET: &[GetSet] = &[GetSet {
    name: "default_factory",
    doc: "Factory for default value called by __missing__().",
    get: |_, v| Ok(this(v).factory.borrow().clone()),
    set: Some(|_, v, value| {
        drop(this(v).factory.replace(Value::or_none(value)));
        Ok(())
    }),
}];

static DEF: TypeDef = TypeDef {
    name: "defaultdict",
    module: "collections",
    base: Some(&DICT),
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called \
          without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict \
          compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\n\
          passed to the dict constructor, including keyword arguments.",
    layout: DefaultDict::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE | TypeFlags::MAPPING | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        getitem: Some(getitem),
        binary: Slots::ops(&[(BinOp::Or, or)]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `defaultdict`.
pub(super) static DEFAULT_DICT: Type = Type::builtin(&DEF);
