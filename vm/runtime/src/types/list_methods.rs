//! The methods of `list`.

use super::list::{self, PyList};
use super::{list_iter, list_sort, seq};
use crate::call::{Args, NativeDef, native};
use crate::object::Value;
use crate::vm::{PyResult, Vm};

fn append(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyList>().push(args.get(1).clone()).map_err(|e| vm.out_of_memory(e))?;
    Ok(Value::NONE)
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    drop(args.payload::<PyList>().take());
    Ok(Value::NONE)
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(args.payload::<PyList>().to_vec()).into_value())
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = args.payload::<PyList>();
    let mut n = 0;
    let mut i = 0;
    while let Some(at) = list::find(vm, list, args.get(1), i, usize::MAX)? {
        n += 1;
        i = at + 1;
    }
    Ok(Value::small(n))
}

fn extend(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    list::extend(vm, args.payload(), args.get(1))?;
    Ok(Value::NONE)
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = args.payload::<PyList>();
    let (start, stop) = seq::search_bounds(vm, args.opt(2), args.opt(3), list.len())?;
    match list::find(vm, list, args.get(1), start, stop)? {
        Some(i) => Ok(Value::usize(i)),
        None => Err(vm.value_error("list.index(x): x not in list")),
    }
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let i = vm.to_ssize(args.get(1))?;
    let value = args.get(2).clone();
    args.payload::<PyList>().with_mut(|l| {
        let len = l.len() as isize;
        let i = if i < 0 { (i + len).max(0) } else { i.min(len) };
        l.insert(i as usize, value);
    });
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = args.payload::<PyList>();
    let i = args.opt(1).map_or(Ok(-1), |v| vm.to_ssize(v))?;
    let item = list.with_mut(|l| if i == -1 { l.pop() } else { seq::wrap(i, l.len()).map(|i| l.remove(i)) });
    item.ok_or_else(|| vm.index_error(if list.is_empty() { "pop from empty list" } else { "pop index out of range" }))
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = args.payload::<PyList>();
    let Some(i) = list::find(vm, list, args.get(1), 0, usize::MAX)? else {
        return Err(vm.value_error("list.remove(x): x not in list"));
    };
    // The comparison may have shortened the list.
    let old = list.with_mut(|l| if i < l.len() { Some(l.remove(i)) } else { None });
    drop(old);
    Ok(Value::NONE)
}

fn reverse(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyList>().with_mut(|l| l.reverse());
    Ok(Value::NONE)
}

fn sort(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let reverse = args.opt_bool(vm, 2, false)?;
    list_sort::sort(vm, args.payload(), args.opt_not_none(1), reverse)?;
    Ok(Value::NONE)
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let room = args.payload::<PyList>().with_mut(|l| l.capacity());
    Ok(Value::usize(size_of::<PyList>() + 16 + room * 8))
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__reversed__(self, /)", "Return a reverse iterator over the list.", list_iter::reversed),
    native("__sizeof__(self, /)", "Return the size of the list in memory, in bytes.", sizeof),
    native("append(self, object, /)", "Append object to the end of the list.", append),
    native("clear(self, /)", "Remove all items from list.", clear),
    native("copy(self, /)", "Return a shallow copy of the list.", copy),
    native("count(self, value, /)", "Return number of occurrences of value.", count),
    native("extend(self, iterable, /)", "Extend list by appending elements from the iterable.", extend),
    native(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        "Return first index of value.\n\nRaises ValueError if the value is not present.",
        index,
    ),
    native("insert(self, index, object, /)", "Insert object before index.", insert),
    native(
        "pop(self, index=-1, /)",
        "Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range.",
        pop,
    ),
    native(
        "remove(self, value, /)",
        "Remove first occurrence of value.\n\nRaises ValueError if the value is not present.",
        remove,
    ),
    native("reverse(self, /)", "Reverse *IN PLACE*.", reverse),
    native(
        "sort(self, /, *, key=None, reverse=False)",
        "Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) and \
         stable (i.e. the\norder of two equal elements is maintained).\n\nIf a key function is given, apply it once to \
         each list item and sort them,\nascending or descending, according to their function values.\n\nThe reverse flag \
         can be set to sort in descending order.",
        sort,
    ),
];

pub(super) static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", crate::types::generic_alias::class_getitem_method)];
