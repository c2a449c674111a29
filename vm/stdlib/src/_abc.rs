//! `_abc`: the native part of `abc.ABCMeta`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use freeze_runtime::object::Slots;
use freeze_runtime::object::TypeObject;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::set::PySet;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::types::weakref::{self, PyWeakRef};
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::native_type::payload;

/// Classes by address, held weakly. An address that was used again has a dead reference or one to another class.
#[derive(Default)]
struct WeakClasses(RefCell<HashMap<u64, Value>>);

impl WeakClasses {
    fn contains(&self, class: &Value) -> bool {
        self.0.borrow().get(&class.id()).and_then(alive).is_some_and(|c| c.is(class))
    }

    fn add(&self, vm: &Vm, class: &Value) -> PyResult<()> {
        let r = weakref::create(vm, &weakref::REF, class, None)?;
        let old = self.0.borrow_mut().insert(class.id(), r);
        drop(old);
        Ok(())
    }

    fn clear(&self) {
        let old = self.0.take();
        drop(old);
    }

    fn references(&self, vm: &Vm) -> PyResult<Value> {
        let all: Vec<Value> = self.0.borrow().values().cloned().collect();
        let s = PySet::new_ref();
        for r in all {
            s.add(vm, &r)?;
        }
        Ok(s.into_value())
    }
}

fn alive(r: &Value) -> Option<Value> {
    r.downcast::<PyWeakRef>().and_then(PyWeakRef::get)
}

/// What an abstract base class knows.
#[derive(Default)]
struct AbcData {
    registry: WeakClasses,
    /// Registered classes in order.
    order: RefCell<Vec<Value>>,
    cache: WeakClasses,
    negative: WeakClasses,
    /// The value of the invalidation counter that `negative` holds for.
    negative_version: Cell<u64>,
}
payload!(AbcData, |d, visit| {
    for m in [&d.registry, &d.cache, &d.negative] {
        m.0.borrow().values().for_each(&mut *visit);
    }
    d.order.borrow().iter().for_each(visit);
});

static DATA_DEF: TypeDef = TypeDef {
    name: "_abc_data",
    module: "_abc",
    doc: "Internal state held by ABC machinery.",
    layout: <AbcData as freeze_runtime::Payload>::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots::EMPTY,
    ..TypeDef::EMPTY
};
static DATA: Type = Type::builtin(&DATA_DEF);

/// Grows with each registration: negative answers from before may be wrong.
static INVALIDATION: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

fn counter() -> u64 {
    INVALIDATION.load(std::sync::atomic::Ordering::Relaxed)
}

fn impl_name(vm: &Vm) -> Str {
    vm.intern("_abc_impl")
}

fn data(vm: &Vm, class: &Value) -> PyResult<Ref<AbcData>> {
    let v = vm.get_attr(class, &impl_name(vm))?;
    v.downcast_ref::<AbcData>().ok_or_else(|| vm.type_error("_abc_impl is set to a wrong type"))
}

fn is_abstract(vm: &Vm, v: &Value) -> PyResult<bool> {
    match vm.get_attr_opt(v, &vm.names().__isabstractmethod__)? {
        Some(a) => vm.is_true(&a),
        None => Ok(false),
    }
}

fn compute_abstract_methods(vm: &Vm, class: &Value) -> PyResult<()> {
    let n = vm.names();
    let abstracts = PySet::new_frozen();
    let Some(t) = class.downcast_ref::<TypeObject>() else {
        return Err(vm.type_error("_abc_init needs a class"));
    };
    for (key, value) in t.dict().items() {
        if value.is_ptr() && is_abstract(vm, &value)? {
            abstracts.add(vm, &key)?;
        }
    }
    let bases = vm.get_attr(class, &n.__bases__)?;
    for base in vm.to_vec(&bases)? {
        let Some(names) = vm.get_attr_opt(&base, &n.__abstractmethods__)? else { continue };
        for key in vm.to_vec(&names)? {
            let Some(name) = key.downcast_ref() else { continue };
            if let Some(v) = vm.get_attr_opt(class, &name)?
                && is_abstract(vm, &v)?
            {
                abstracts.add(vm, &key)?;
            }
        }
    }
    vm.set_attr(class, &n.__abstractmethods__, abstracts.into_value())
}

fn abc_init(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let class = args.get(0);
    compute_abstract_methods(vm, class)?;
    let d = Ref::new(&DATA, AbcData { negative_version: Cell::new(counter()), ..AbcData::default() });
    vm.set_attr(class, &impl_name(vm), d.into_value())?;
    let Some(t) = class.downcast_ref::<TypeObject>() else { return Ok(Value::NONE) };
    let key = vm.intern("__abc_tpflags__");
    if let Some(flags) = t.own(&key) {
        // The numbers are CPython's Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING.
        if let Some(f) = flags.as_small() {
            if f & (1 << 5 | 1 << 6) == 1 << 5 | 1 << 6 {
                return Err(vm.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"));
            }
            let bits = if f & 1 << 5 != 0 { TypeFlags::SEQUENCE } else { 0 }
                | if f & 1 << 6 != 0 { TypeFlags::MAPPING } else { 0 };
            type_::set_collection_flags(t.object(), bits);
        }
        vm.del_attr(class, &key)?;
    }
    Ok(Value::NONE)
}

fn abc_register(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (class, sub) = (args.get(0), args.get(1));
    let Some(sub_type) = sub.downcast_ref::<TypeObject>() else {
        return Err(vm.type_error("Can only register classes"));
    };
    if vm.issubclass(sub, class)? {
        return Ok(sub.clone());
    }
    if vm.issubclass(class, sub)? {
        return Err(vm.runtime_error("Refusing to create an inheritance cycle"));
    }
    let d = data(vm, class)?;
    d.registry.add(vm, sub)?;
    let r = weakref::create(vm, &weakref::REF, sub, None)?;
    d.order.borrow_mut().push(r);
    INVALIDATION.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    if let Some(t) = class.downcast_ref::<TypeObject>() {
        let bits = t.flags().0 & (TypeFlags::SEQUENCE | TypeFlags::MAPPING);
        // Registering says nothing about immutable types: `str` is a Sequence and yet matches no sequence pattern.
        if bits != 0 && !sub_type.flags().has(TypeFlags::IMMUTABLE) {
            type_::set_collection_flags(sub_type.object(), bits);
        }
    }
    Ok(sub.clone())
}

fn abc_instancecheck(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (class, instance) = (args.get(0), args.get(1));
    let d = data(vm, class)?;
    let sub = vm.get_attr(instance, &vm.names().__class__)?;
    if d.cache.contains(&sub) {
        return Ok(Value::TRUE);
    }
    let actual = instance.class().as_value();
    if actual.is(&sub) {
        if d.negative_version.get() == counter() && d.negative.contains(&sub) {
            return Ok(Value::FALSE);
        }
        return vm.call_method_name(class, &vm.names().__subclasscheck__, &[sub]);
    }
    let r = vm.call_method_name(class, &vm.names().__subclasscheck__, &[sub])?;
    if vm.is_true(&r)? {
        return Ok(r);
    }
    vm.call_method_name(class, &vm.names().__subclasscheck__, &[actual])
}

fn abc_subclasscheck(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (class, sub) = (args.get(0), args.get(1));
    let Some(sub_type) = sub.downcast_ref::<TypeObject>() else {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    };
    let d = data(vm, class)?;
    if d.cache.contains(sub) {
        return Ok(Value::TRUE);
    }
    if d.negative_version.get() < counter() {
        d.negative.clear();
        d.negative_version.set(counter());
    } else if d.negative.contains(sub) {
        return Ok(Value::FALSE);
    }
    let yes = || -> PyResult<Value> {
        d.cache.add(vm, sub)?;
        Ok(Value::TRUE)
    };
    let hook = vm.call_method_name(class, &vm.names().__subclasshook__, std::slice::from_ref(sub))?;
    if hook.is_true() {
        return yes();
    }
    if hook.is_false() {
        d.negative.add(vm, sub)?;
        return Ok(Value::FALSE);
    }
    if !hook.is_not_implemented() {
        return Err(vm.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if class.downcast::<TypeObject>().is_some_and(|c| sub_type.is_subtype(c.object())) {
        return yes();
    }
    let registered: Vec<Value> = d.order.borrow().iter().filter_map(alive).collect();
    for r in registered {
        if vm.issubclass(sub, &r)? {
            return yes();
        }
    }
    let list = vm.call_method(class, "__subclasses__", &[])?;
    if !list.has_layout::<freeze_runtime::types::list::PyList>() {
        return Err(vm.type_error("__subclasses__() must return a list"));
    }
    for s in vm.to_vec(&list)? {
        if vm.issubclass(sub, &s)? {
            return yes();
        }
    }
    d.negative.add(vm, sub)?;
    Ok(Value::FALSE)
}

fn get_cache_token(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(counter() as i64))
}

fn get_dump(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = data(vm, args.get(0))?;
    let parts = vec![
        d.registry.references(vm)?,
        d.cache.references(vm)?,
        d.negative.references(vm)?,
        Value::int(d.negative_version.get() as i64),
    ];
    Ok(PyTuple::new(parts).into_value())
}

fn reset_registry(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = data(vm, args.get(0))?;
    d.registry.clear();
    let old = d.order.take();
    drop(old);
    Ok(Value::NONE)
}

fn reset_caches(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = data(vm, args.get(0))?;
    d.cache.clear();
    d.negative.clear();
    Ok(Value::NONE)
}

fn init(vm: &Vm, _ns: &PyDict) -> PyResult<()> {
    type_::ready(vm, &DATA);
    Ok(())
}

static FUNCTIONS: &[NativeDef] = &[
    native("_abc_init(self, /)", "Internal ABC helper for class set-up.", abc_init),
    native("_abc_instancecheck(self, instance, /)", "Internal ABC helper for instance checks.", abc_instancecheck),
    native("_abc_register(self, subclass, /)", "Internal ABC helper for subclasss registration.", abc_register),
    native("_abc_subclasscheck(self, subclass, /)", "Internal ABC helper for subclasss checks.", abc_subclasscheck),
    native("_get_dump(self, /)", "Internal ABC helper for cache and registry debugging.", get_dump),
    native("_reset_caches(self, /)", "Internal ABC helper to reset both caches of a given class.", reset_caches),
    native("_reset_registry(self, /)", "Internal ABC helper to reset registry of a given class.", reset_registry),
    native("get_cache_token()", "Returns the current ABC cache token.", get_cache_token),
];

/// The module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_abc",
    doc: "Module contains faster C implementation of abc.ABCMeta",
    functions: FUNCTIONS,
    init: Some(init),
};
