//! `dict.keys()`, `dict.values()`, `dict.items()`.

use super::dict::PyDict;
use super::dict_iter;
use super::set::{self, PySet};
use crate::call::{Args, NativeDef, native};
use crate::object::{BinOp, CmpOp, GetSet, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// What a view or an iterator shows of a dict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Keys,
    Values,
    Items,
}

impl Part {
    /// The shown part of an entry.
    pub fn of(self, key: Value, value: Value) -> Value {
        match self {
            Part::Keys => key,
            Part::Values => value,
            Part::Items => PyTuple::from_slice(&[key, value]).into_value(),
        }
    }
}

/// The payload of the three views.
pub struct PyDictView {
    /// A dict or an instance of a subclass.
    pub dict: Ref<PyDict>,
    pub part: Part,
}

impl Payload for PyDictView {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyDictView>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.dict.as_value());
    }
}

/// A view of a dict.
pub fn view(dict: &Value, part: Part) -> Value {
    let class: &'static Type = match part {
        Part::Keys => &DICT_KEYS,
        Part::Values => &DICT_VALUES,
        Part::Items => &DICT_ITEMS,
    };
    let dict = dict.downcast_ref::<PyDict>().expect("views are made of dicts");
    Ref::new(class, PyDictView { dict, part }).into_value()
}

fn this(v: &Value) -> &PyDictView {
    v.downcast().expect("slots of dict views see those")
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).dict.len())
}

fn iter(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let view = this(v);
    Ok(dict_iter::new(view.dict.as_value(), view.part, false))
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    let view = this(v);
    if view.part == Part::Keys {
        return view.dict.contains(vm, item);
    }
    let Some([key, value]) = item.downcast::<PyTuple>().map(PyTuple::as_slice) else { return Ok(false) };
    match view.dict.get(vm, key)? {
        Some(found) => vm.eq(&found, value),
        None => Ok(false),
    }
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let text = vm.guard_repr(v, || {
        let view = this(v);
        let items: Vec<Value> = view.dict.items().into_iter().map(|(k, x)| view.part.of(k, x)).collect();
        super::seq::repr_items(vm, &format!("{}([", v.class().name()), "])", |i| items.get(i).cloned())
    })?;
    Ok(PyStr::new(&text.unwrap_or_else(|| b"...".to_vec())).into_value())
}

/// Whether `v` is a view that behaves as a set.
fn is_set_view(v: &Value) -> bool {
    v.downcast::<PyDictView>().is_some_and(|v| v.part != Part::Values)
}

/// Whether everything in `a` is in `b`.
fn all_in(vm: &Vm, a: &Value, b: &Value) -> PyResult<bool> {
    let mut all = true;
    vm.for_each(a, |x| {
        all = vm.contains(b, &x)?;
        Ok(all)
    })?;
    Ok(all)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !b.has_layout::<PySet>() && !is_set_view(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (m, n) = (vm.len(a)?, vm.len(b)?);
    Ok(Value::bool(match op {
        CmpOp::Eq => m == n && all_in(vm, a, b)?,
        CmpOp::Ne => !(m == n && all_in(vm, a, b)?),
        CmpOp::Lt => m < n && all_in(vm, a, b)?,
        CmpOp::Le => m <= n && all_in(vm, a, b)?,
        CmpOp::Gt => m > n && all_in(vm, b, a)?,
        CmpOp::Ge => m >= n && all_in(vm, b, a)?,
    }))
}

/// A new set of the items of any iterable.
fn to_set(vm: &Vm, v: &Value) -> PyResult<Ref<PySet>> {
    let s = PySet::new_ref();
    set::update(vm, &s, v)?;
    Ok(s)
}

fn and(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    // Whichever is no view (or has fewer items) is gone through.
    let (view, mut other) = if is_set_view(a) { (a, b) } else { (b, a) };
    let mut view = view;
    if is_set_view(other) && vm.len(other)? > vm.len(view)? {
        std::mem::swap(&mut view, &mut other);
    }
    let s = PySet::new_ref();
    vm.for_each(other, |x| {
        if contains(vm, view, &x)? {
            s.add(vm, &x)?;
        }
        Ok(true)
    })?;
    Ok(s.into_value())
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let s = to_set(vm, a)?;
    set::update(vm, &s, b)?;
    Ok(s.into_value())
}

fn sub(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let s = to_set(vm, a)?;
    set::remove_all(vm, &s, b)?;
    Ok(s.into_value())
}

fn xor(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let s = to_set(vm, a)?;
    set::toggle_all(vm, &s, b)?;
    Ok(s.into_value())
}

fn isdisjoint(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (v, other) = (args.this(), args.get(1));
    if v.is(other) {
        return Ok(Value::bool(vm.len(v)? == 0));
    }
    let (mut v, mut other) = (v, other);
    if (other.has_layout::<PySet>() || is_set_view(other)) && vm.len(other)? > vm.len(v)? {
        std::mem::swap(&mut v, &mut other);
    }
    let mut disjoint = true;
    vm.for_each(other, |x| {
        disjoint = !vm.contains(v, &x)?;
        Ok(disjoint)
    })?;
    Ok(Value::bool(disjoint))
}

fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let view = this(args.this());
    Ok(dict_iter::new(view.dict.as_value(), view.part, true))
}

fn mapping(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(super::mappingproxy::of(this(v).dict.value()))
}

static GETSET: &[GetSet] =
    &[GetSet { name: "mapping", doc: "dictionary that this view refers to", get: mapping, set: None }];

static SET_METHODS: &[NativeDef] = &[
    native("__reversed__(self, /)", "Return a reverse iterator over the dict's entries.", reversed),
    native(
        "isdisjoint(self, other, /)",
        "Return True if the view and the given iterable have a null intersection.",
        isdisjoint,
    ),
];

static VALUES_METHODS: &[NativeDef] =
    &[native("__reversed__(self, /)", "Return a reverse iterator over the dict values.", reversed)];

const SET_SLOTS: Slots = Slots {
    repr: Some(repr),
    compare: Some(compare),
    iter: Some(iter),
    len: Some(len),
    contains: Some(contains),
    binary: Slots::ops(&[(BinOp::And, and), (BinOp::Or, or), (BinOp::Sub, sub), (BinOp::Xor, xor)]),
    ..Slots::EMPTY
};

const FLAGS: u32 = TypeFlags::IMMUTABLE | TypeFlags::NO_NEW;

static KEYS_DEF: TypeDef = TypeDef {
    name: "dict_keys",
    layout: PyDictView::layout,
    flags: FLAGS,
    slots: SET_SLOTS,
    methods: SET_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `dict_keys`.
pub static DICT_KEYS: Type = Type::builtin(&KEYS_DEF);

static ITEMS_DEF: TypeDef = TypeDef {
    name: "dict_items",
    layout: PyDictView::layout,
    flags: FLAGS,
    slots: SET_SLOTS,
    methods: SET_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `dict_items`.
pub static DICT_ITEMS: Type = Type::builtin(&ITEMS_DEF);

static VALUES_DEF: TypeDef = TypeDef {
    name: "dict_values",
    layout: PyDictView::layout,
    flags: FLAGS,
    slots: Slots { repr: Some(repr), iter: Some(iter), len: Some(len), ..Slots::EMPTY },
    methods: VALUES_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `dict_values`.
pub static DICT_VALUES: Type = Type::builtin(&VALUES_DEF);
