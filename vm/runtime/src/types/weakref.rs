//! Weak references: `ref` and the proxies.
//!
//! Which references an object has stands in a table beside the objects, found by address; a header flag tells whether
//! there is an entry. A dying object clears its references first and then calls their callbacks.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ptr::NonNull;

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{CmpOp, GetSet, Header, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, gc};
use crate::vm::{PyResult, Vm, lock};

mod proxy;
pub use proxy::{CALLABLE_PROXY, PROXY};

/// The payload of `weakref.ref` and of the proxies.
pub struct PyWeakRef {
    /// The referent; null once it is dead.
    target: Cell<*const Header>,
    callback: RefCell<Value>,
    /// The referent's hash, once asked for.
    hash: Cell<Option<i64>>,
}

impl Payload for PyWeakRef {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyWeakRef>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.callback.borrow());
    }
    fn clear(&self) {
        drop(self.callback.replace(Value::NONE));
    }
}

impl Drop for PyWeakRef {
    fn drop(&mut self) {
        self.unregister();
    }
}

/// References by the address of their referent. They are not counted: a dying reference takes itself out.
struct Registry(RefCell<Option<HashMap<usize, Vec<NonNull<PyWeakRef>>>>>);
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for Registry {}
static REGISTRY: Registry = Registry(RefCell::new(None));

fn with_registry<T>(f: impl FnOnce(&mut HashMap<usize, Vec<NonNull<PyWeakRef>>>) -> T) -> T {
    f(REGISTRY.0.borrow_mut().get_or_insert_with(HashMap::new))
}

impl PyWeakRef {
    /// The referent, if it is alive.
    pub fn get(&self) -> Option<Value> {
        let p = NonNull::new(self.target.get().cast_mut())?;
        // SAFETY: cleared before the referent dies.
        unsafe {
            if p.as_ref().refcount() == 0 {
                return None;
            }
            Some(Value::from_borrowed(p))
        }
    }

    fn unregister(&self) {
        let p = self.target.replace(std::ptr::null());
        if p.is_null() {
            return;
        }
        let me = NonNull::from_ref(self);
        with_registry(|r| {
            if let Some(list) = r.get_mut(&(p as usize)) {
                list.retain(|&w| w != me);
                if list.is_empty() {
                    r.remove(&(p as usize));
                    // SAFETY: still registered, so still alive.
                    unsafe { (*p).gc.set((*p).gc.get() & !gc::WEAKLY_REFERENCED) };
                }
            }
        });
    }
}

/// Clears the weak references to a dying object and calls their callbacks.
pub(crate) fn object_dies(p: NonNull<Header>) {
    // SAFETY: the dying object is kept for the time being.
    unsafe { p.as_ref().gc.set(p.as_ref().gc.get() & !gc::WEAKLY_REFERENCED) };
    let list = with_registry(|r| r.remove(&(p.as_ptr() as usize))).unwrap_or_default();
    notify(list);
}

fn notify(list: Vec<NonNull<PyWeakRef>>) {
    let mut calls = Vec::new();
    // Callbacks that nobody will hear are let go of at the end: that may run code, which may drop other references.
    let mut unheard = Vec::new();
    for w in list.into_iter().rev() {
        // SAFETY: registered references are alive, and nothing has run since they were taken from the registry.
        let w = unsafe { w.as_ref() };
        w.target.set(std::ptr::null());
        let callback = w.callback.replace(Value::NONE);
        if callback.is_none() {
            continue;
        }
        // A reference that is dying itself (it may wait for its release) hears nothing any more.
        if crate::object::is_counted(w) {
            let me: Ref<PyWeakRef> = crate::object::owner(w);
            calls.push((callback, me.into_value()));
        } else {
            unheard.push(callback);
        }
    }
    if calls.is_empty() {
        return;
    }
    lock::with_current(|vm| {
        for (callback, me) in calls {
            if let Err(e) = vm.call(&callback, &[me]) {
                vm.report_unraisable(e, Some("Exception ignored while calling weakref callback"), Some(&callback));
            }
        }
    });
}

/// Clears the weak references to garbage before its finalizers run; callbacks of references that survive are called.
pub(crate) fn clear_for_garbage(dead: &[Value]) {
    let referenced = |v: &Value| v.header().is_some_and(|h| h.gc.get() & gc::WEAKLY_REFERENCED != 0);
    if !dead.iter().any(referenced) {
        return;
    }
    let mut survivors = Vec::new();
    let garbage: std::collections::HashSet<u64> = dead.iter().map(Value::bits).collect();
    for v in dead {
        let Some(h) = v.header() else { continue };
        if h.gc.get() & gc::WEAKLY_REFERENCED == 0 {
            continue;
        }
        // Objects with a finalizer may come back: their references are cleared when they really die.
        h.gc.set(h.gc.get() & !gc::WEAKLY_REFERENCED);
        let list = with_registry(|r| r.remove(&(std::ptr::from_ref(h) as usize))).unwrap_or_default();
        for w in list {
            // SAFETY: registered references are alive.
            let r = unsafe { w.as_ref() };
            if !crate::object::is_counted(r) {
                continue;
            }
            let me: Ref<PyWeakRef> = crate::object::owner(r);
            if garbage.contains(&me.as_value().bits()) {
                r.target.set(std::ptr::null());
            } else {
                survivors.push(w);
            }
        }
    }
    notify(survivors);
}

/// The references that an object has.
pub fn references(v: &Value) -> Vec<Value> {
    let Some(h) = v.header() else { return Vec::new() };
    let list = with_registry(|r| r.get(&(std::ptr::from_ref(h) as usize)).cloned()).unwrap_or_default();
    // SAFETY: registered references are alive.
    let alive = list.into_iter().map(|w| unsafe { w.as_ref() }).filter(|w| crate::object::is_counted(*w));
    let mut found: Vec<Value> = alive.map(|w| crate::object::owner(w).into_value()).collect();
    // The shared ones come first, the plain reference before the proxy.
    let plain = |v: &Value, class: &Type| v.is_exact(class) && this(v).callback.borrow().is_none();
    found.sort_by_key(|v| (!plain(v, &REF), !plain(v, &PROXY) && !plain(v, &CALLABLE_PROXY)));
    found
}

/// The oldest weak reference to `obj` without a callback.
pub(crate) fn first_of(obj: &Value) -> Option<Value> {
    references(obj).into_iter().next()
}

/// A weak reference (or proxy) of class `class`; one without callback is shared.
pub fn create(vm: &Vm, class: &Type, target: &Value, callback: Option<Value>) -> PyResult<Value> {
    let able = target.class().flags().has(TypeFlags::WEAKREFS) || target.class().is_heap() && supports(target.class());
    let Some(h) = target.header().filter(|_| able) else {
        return Err(vm.type_error(format!("cannot create weak reference to '{}' object", target.class().name())));
    };
    let callback = callback.filter(|c| !c.is_none());
    if callback.is_none() && !class.is_heap() {
        for r in references(target) {
            if r.is_exact(class) && r.downcast::<PyWeakRef>().is_some_and(|w| w.callback.borrow().is_none()) {
                return Ok(r);
            }
        }
    }
    let payload =
        PyWeakRef { target: Cell::new(h), callback: RefCell::new(Value::or_none(callback)), hash: Cell::new(None) };
    let v = crate::object::header::new_object(class, payload);
    if let Some(w) = v.downcast::<PyWeakRef>() {
        with_registry(|r| r.entry(std::ptr::from_ref(h) as usize).or_default().push(NonNull::from_ref(w)));
        h.gc.set(h.gc.get() | gc::WEAKLY_REFERENCED);
    }
    Ok(v)
}

/// Whether a class made by Python code lets its instances be weakly referenced: all do but those with `__slots__` that
/// leave `__weakref__` out.
fn supports(class: &Type) -> bool {
    class.mro().iter().any(|t| t.flags().has(TypeFlags::WEAKREFS))
}

fn this(v: &Value) -> &PyWeakRef {
    v.downcast::<PyWeakRef>().expect("the descriptor checked the type")
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if std::ptr::eq(class, &REF) {
        args.no_keywords(vm, "ref")?;
    }
    let pos = args.positional();
    if pos.is_empty() || (std::ptr::eq(class, &REF) && pos.len() > 2) {
        let word = if pos.is_empty() { "at least 1 argument" } else { "at most 2 arguments" };
        return Err(vm.type_error(format!("__new__ expected {word}, got {}", pos.len())));
    }
    create(vm, class, &pos[0], pos.get(1).cloned())
}

fn init(vm: &Vm, _: &Value, args: CallArgs<'_>) -> PyResult<()> {
    // `__new__` has done everything.
    args.no_keywords(vm, "ref")?;
    args.check_count(vm, "__init__", 1, 2)
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "weakref")?;
    args.check_count(vm, "weakref", 0, 0)?;
    Ok(Value::or_none(this(v).get()))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let at = v.id();
    let Some(t) = this(v).get() else { return Ok(vm.str(&format!("<weakref at {at:#x}; dead>"))) };
    // A name that can't be had is left out.
    let name = vm.get_attr_opt(&t, &vm.names().__name__).unwrap_or(None);
    let name = match name.as_ref().and_then(|n| n.downcast::<crate::types::str::PyStr>()) {
        Some(n) => format!(" ({})", n.to_lossy()),
        None => String::new(),
    };
    Ok(vm.str(&format!("<weakref at {at:#x}; to '{}' at {:#x}{name}>", t.class().name(), t.id())))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let w = this(v);
    if let Some(h) = w.hash.get() {
        return Ok(h);
    }
    let Some(t) = w.get() else { return Err(vm.type_error("weak object has gone away")) };
    let h = vm.hash(&t)?;
    w.hash.set(Some(h));
    Ok(h)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyWeakRef>(), b.downcast::<PyWeakRef>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match (x.get(), y.get()) {
        (Some(x), Some(y)) => vm.compare(op, &x, &y),
        _ => Ok(Value::bool(a.is(b) == (op == CmpOp::Eq))),
    }
}

fn class_getitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    crate::types::generic_alias::new(vm, args.get(0), args.get(1))
}

static CLASS_METHODS: &[NativeDef] = &[native("__class_getitem__(cls, item, /)", "See PEP 585", class_getitem)];

static GETSET: &[GetSet] =
    &[GetSet { name: "__callback__", doc: "", get: |_, v| Ok(this(v).callback.borrow().clone()), set: None }];

static DEF: TypeDef = TypeDef {
    name: "ReferenceType",
    module: "weakref",
    layout: PyWeakRef::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        call: Some(call),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        ..Slots::EMPTY
    },
    class_methods: CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `weakref.ref`
pub static REF: Type = Type::builtin(&DEF);
