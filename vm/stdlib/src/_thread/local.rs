//! `_thread._local`: attributes that each thread has for itself.

use std::sync::atomic::{AtomicU64, Ordering};

use freeze_runtime::object::{Ref, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{CallArgs, PyResult, Str, Type, TypeDef, TypeFlags, Value, Vm};

use crate::native_type::payload;

/// The payload: the arguments for `__init__` in each new thread. The dicts stand with the threads, by `id`.
struct Local {
    id: u64,
    args: Vec<Value>,
    names: Vec<Value>,
}

payload!(Local, |l, visit| {
    for v in l.args.iter().chain(&l.names) {
        visit(v);
    }
});

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let plain = vm_init(class);
    if plain && !args.args.is_empty() {
        return Err(vm.type_error("Initialization arguments are not supported"));
    }
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let v = Ref::new(class, Local { id, args: args.args.to_vec(), names: args.names.to_vec() }).into_value();
    // This thread's `__init__` is run by the call that makes the object.
    vm.thread_locals.borrow_mut().insert(id, PyDict::new_ref());
    Ok(v)
}

/// Whether the class keeps object's `__init__`.
fn vm_init(class: &Type) -> bool {
    let mine = class.slots().init;
    let plain = freeze_runtime::types::object::OBJECT.slots().init;
    match (mine, plain) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        (None, _) => true,
        _ => false,
    }
}

/// The calling thread's dict; a thread's first touch runs `__init__`.
fn dict(vm: &Vm, v: &Value) -> PyResult<Ref<PyDict>> {
    let local = v.downcast::<Local>().expect("slots of _local see _local");
    if let Some(d) = vm.thread_locals.borrow().get(&local.id) {
        return Ok(d.clone());
    }
    let d = PyDict::new_ref();
    vm.thread_locals.borrow_mut().insert(local.id, d.clone());
    if !vm_init(v.class())
        && let Some(init) = v.class().slots().init
        && let Err(e) = init(vm, v, CallArgs { args: &local.args, names: &local.names })
    {
        vm.thread_locals.borrow_mut().remove(&local.id);
        return Err(e);
    }
    Ok(d)
}

fn getattr(vm: &Vm, v: &Value, name: &Str) -> PyResult<Value> {
    let d = dict(vm, v)?;
    if name.as_bytes() == b"__dict__" {
        return Ok(d.into_value());
    }
    let class = v.class().to_ref();
    let found = class.lookup(name);
    let get = found.as_ref().and_then(|f| f.class().slots().descr_get);
    if let (Some(f), Some(get)) = (&found, get)
        && f.class().slots().descr_set.is_some()
    {
        return get(vm, f, Some(v), Some(class.as_value()));
    }
    if let Some(x) = d.get_str(name) {
        return Ok(x);
    }
    match (found, get) {
        (Some(f), Some(get)) => get(vm, &f, Some(v), Some(class.as_value())),
        (Some(f), None) => Ok(f),
        (None, _) => Err(vm.no_attribute(v, name)),
    }
}

fn setattr(vm: &Vm, v: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
    let d = dict(vm, v)?;
    if name.as_bytes() == b"__dict__" {
        return Err(vm.attribute_error(format!("'{}' object attribute '__dict__' is read-only", v.class().name())));
    }
    if let Some(f) = v.class().lookup(name)
        && let Some(set) = f.class().slots().descr_set
    {
        return set(vm, &f, v, value);
    }
    match value {
        Some(x) => {
            d.set_str(name, x);
            Ok(())
        }
        None => match d.remove_str(name) {
            Some(_) => Ok(()),
            None => Err(vm.no_attribute(v, name)),
        },
    }
}

static DEF: TypeDef = TypeDef {
    name: "_local",
    module: "_thread",
    doc: "Thread-local data",
    layout: <Local as freeze_runtime::Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), getattr: Some(getattr), setattr: Some(setattr), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
/// `threading.local`
pub(super) static LOCAL: Type = Type::builtin(&DEF);
