//! The methods of `set` and `frozenset`.

use super::set::{self, FROZENSET, PySet};
use crate::call::{Args, NativeDef, native};
use crate::object::table::Table;
use crate::object::{Ref, Value};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn add(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PySet>().add(vm, args.get(1))?;
    Ok(Value::NONE)
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PySet>().clear_all();
    Ok(Value::NONE)
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.this().is_exact(&FROZENSET) {
        return Ok(args.this().clone());
    }
    Ok(set::copy(vm, args.this())?.into_value())
}

fn difference(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let class = set::base_class(args.this());
    let Some((first, more)) = args.rest(1).split_first() else { return Ok(set::copy(vm, args.this())?.into_value()) };
    let out = set::difference(vm, class, args.payload(), first)?;
    for other in more {
        set::remove_all(vm, &out, other)?;
    }
    Ok(out.into_value())
}

fn difference_update(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    for other in args.rest(1) {
        set::remove_all(vm, args.payload(), other)?;
    }
    Ok(Value::NONE)
}

fn discard(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let hash = set::key_hash(vm, args.get(1))?;
    args.payload::<PySet>().discard_hashed(vm, args.get(1), hash)?;
    Ok(Value::NONE)
}

fn intersect_all(vm: &Vm, args: Args<'_>) -> PyResult<Ref<PySet>> {
    let class = set::base_class(args.this());
    let Some((first, more)) = args.rest(1).split_first() else { return set::copy(vm, args.this()) };
    let mut out = set::intersect(vm, class, args.payload(), first)?;
    for other in more {
        out = set::intersect(vm, class, &out, other)?;
    }
    Ok(out)
}

fn intersection(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(intersect_all(vm, args)?.into_value())
}

fn intersection_update(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let kept = intersect_all(vm, args)?;
    drop(args.payload::<PySet>().table().swap(kept.table().swap(Table::new())));
    Ok(Value::NONE)
}

/// `s &= items`
pub(super) fn replace_by_intersection(vm: &Vm, s: &PySet, items: &Value) -> PyResult<()> {
    let kept = set::intersect(vm, &set::SET, s, items)?;
    drop(s.table().swap(kept.table().swap(Table::new())));
    Ok(())
}

/// Another set as it is, any other iterable as a new set.
fn as_set(vm: &Vm, v: &Value) -> PyResult<Ref<PySet>> {
    if let Some(s) = v.downcast_ref::<PySet>() {
        return Ok(s);
    }
    let s = PySet::new_ref();
    set::update(vm, &s, v)?;
    Ok(s)
}

fn isdisjoint(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (s, other) = (args.payload::<PySet>(), args.get(1));
    let mut disjoint = true;
    if let Some(o) = other.downcast::<PySet>() {
        let (few, many) = if o.len() > s.len() { (s, o) } else { (o, s) };
        few.each(|k, h| {
            disjoint = !many.contains_hashed(vm, k, h)?;
            Ok(disjoint)
        })?;
    } else {
        vm.for_each(other, |x| {
            disjoint = !s.contains(vm, &x)?;
            Ok(disjoint)
        })?;
    }
    Ok(Value::bool(disjoint))
}

fn issubset(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let other = as_set(vm, args.get(1))?;
    Ok(Value::bool(set::is_subset(vm, args.payload(), &other)?))
}

fn issuperset(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PySet>();
    if let Some(o) = args.get(1).downcast::<PySet>() {
        return Ok(Value::bool(set::is_subset(vm, o, s)?));
    }
    let mut all = true;
    vm.for_each(args.get(1), |x| {
        all = s.contains(vm, &x)?;
        Ok(all)
    })?;
    Ok(Value::bool(all))
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let table = args.payload::<PySet>().table();
    match table.prev_live(usize::MAX) {
        Some((i, x, ())) => {
            drop(table.remove_at(i));
            Ok(x)
        }
        None => Err(vm.key_error(vm.str("pop from an empty set"))),
    }
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let hash = set::key_hash(vm, args.get(1))?;
    if args.payload::<PySet>().discard_hashed(vm, args.get(1), hash)? {
        Ok(Value::NONE)
    } else {
        Err(vm.key_error(args.get(1).clone()))
    }
}

fn symmetric_difference(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let out = set::copy(vm, args.this())?;
    // The other operand may be the set itself: its copy is what changes.
    set::toggle_all(vm, &out, args.get(1))?;
    Ok(out.into_value())
}

fn symmetric_difference_update(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    set::toggle_all(vm, args.payload(), args.get(1))?;
    Ok(Value::NONE)
}

fn union(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let out = set::copy(vm, args.this())?;
    for other in args.rest(1) {
        set::update(vm, &out, other)?;
    }
    Ok(out.into_value())
}

fn update(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    for other in args.rest(1) {
        set::update(vm, args.payload(), other)?;
    }
    Ok(Value::NONE)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let this = args.this();
    let items = PyList::new(args.payload::<PySet>().to_vec()).into_value();
    let state = vm.call_method_name(this, &vm.names().__getstate__, &[])?;
    let items = PyTuple::new(vec![items]).into_value();
    Ok(PyTuple::new(vec![this.class().as_value(), items, state]).into_value())
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(size_of::<PySet>() + 16 + args.payload::<PySet>().table().heap_size()))
}

const COPY: NativeDef = native("copy(self, /)", "Return a shallow copy of a set.", copy);
const DIFFERENCE: NativeDef = native(
    "difference(self, /, *others)",
    "Return a new set with elements in the set that are not in the others.",
    difference,
);
const INTERSECTION: NativeDef = native(
    "intersection(self, /, *others)",
    "Return a new set with elements common to the set and all others.",
    intersection,
);
const ISDISJOINT: NativeDef =
    native("isdisjoint(self, other, /)", "Return True if two sets have a null intersection.", isdisjoint);
const ISSUBSET: NativeDef =
    native("issubset(self, other, /)", "Report whether another set contains this set.", issubset);
const ISSUPERSET: NativeDef =
    native("issuperset(self, other, /)", "Report whether this set contains another set.", issuperset);
const REDUCE: NativeDef = native("__reduce__(self, /)", "Return state information for pickling.", reduce);
const SIZEOF: NativeDef = native("__sizeof__(self, /)", "S.__sizeof__() -> size of S in memory, in bytes.", sizeof);
const SYMMETRIC_DIFFERENCE: NativeDef = native(
    "symmetric_difference(self, other, /)",
    "Return a new set with elements in either the set or other but not both.",
    symmetric_difference,
);
const UNION: NativeDef =
    native("union(self, /, *others)", "Return a new set with elements from the set and all others.", union);

pub(super) static SET_METHODS: &[NativeDef] = &[
    REDUCE,
    SIZEOF,
    native(
        "add(self, object, /)",
        "Add an element to a set.\n\nThis has no effect if the element is already present.",
        add,
    ),
    native("clear(self, /)", "Remove all elements from this set.", clear),
    COPY,
    DIFFERENCE,
    native(
        "difference_update(self, /, *others)",
        "Update the set, removing elements found in others.",
        difference_update,
    ),
    native(
        "discard(self, object, /)",
        "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\n\
         an exception when an element is missing from the set.",
        discard,
    ),
    INTERSECTION,
    native(
        "intersection_update(self, /, *others)",
        "Update the set, keeping only elements found in it and all others.",
        intersection_update,
    ),
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    native("pop(self, /)", "Remove and return an arbitrary set element.\n\nRaises KeyError if the set is empty.", pop),
    native(
        "remove(self, object, /)",
        "Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError.",
        remove,
    ),
    SYMMETRIC_DIFFERENCE,
    native(
        "symmetric_difference_update(self, other, /)",
        "Update the set, keeping only elements found in either set, but not in both.",
        symmetric_difference_update,
    ),
    UNION,
    native("update(self, /, *others)", "Update the set, adding elements from all others.", update),
];

pub(super) static FROZENSET_METHODS: &[NativeDef] =
    &[REDUCE, SIZEOF, COPY, DIFFERENCE, INTERSECTION, ISDISJOINT, ISSUBSET, ISSUPERSET, SYMMETRIC_DIFFERENCE, UNION];

pub(super) static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", crate::types::generic_alias::class_getitem_method)];
