//! The methods of `deque`.

use freeze_runtime::types::seq;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, NativeDef, PyResult, Value, Vm, native};

use super::deque::{DEQUE, Deque};
use super::deque_iter;

fn this<'a>(args: &Args<'a>) -> &'a Deque {
    args.payload()
}

fn append(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).push_back(vm, args.get(1).clone())?;
    Ok(Value::NONE)
}

fn appendleft(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).push_front(vm, args.get(1).clone())?;
    Ok(Value::NONE)
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).clear_all();
    Ok(Value::NONE)
}

/// A copy of the same class.
pub(super) fn copy_of(vm: &Vm, v: &Value) -> PyResult<Value> {
    let d: &Deque = super::deque::this(v);
    if v.is_exact(&DEQUE) {
        return d.like(vm, &DEQUE, d.to_vec().into_iter());
    }
    let class = v.class().as_value();
    let new = match d.maxlen() {
        None => vm.call(&class, std::slice::from_ref(v))?,
        Some(m) => vm.call(&class, &[v.clone(), Value::usize(m)])?,
    };
    if !new.has_layout::<Deque>() {
        return Err(vm.type_error(format!("{}() must return a deque, not {}", v.class().name(), new.class().name())));
    }
    Ok(new)
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    copy_of(vm, args.this())
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(&args);
    let mut n = 0;
    let mut i = 0;
    let edits = d.edits();
    while let Some(at) = d.find(vm, args.get(1), i, usize::MAX)? {
        n += 1;
        i = at + 1;
    }
    if d.edits() != edits {
        return Err(vm.runtime_error("deque mutated during iteration"));
    }
    Ok(Value::small(n))
}

fn extend(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).extend(vm, args.get(1), false)?;
    Ok(Value::NONE)
}

fn extendleft(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).extend(vm, args.get(1), true)?;
    Ok(Value::NONE)
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(&args);
    let (start, stop) = seq::search_bounds(vm, args.opt(2), args.opt(3), d.len())?;
    match d.find(vm, args.get(1), start, stop)? {
        Some(i) => Ok(Value::usize(i)),
        None => Err(vm.value_error("deque.index(x): x not in deque")),
    }
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(&args);
    let i = vm.to_ssize(args.get(1))?;
    if d.maxlen().is_some_and(|m| d.len() >= m) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let value = args.get(2).clone();
    d.with_mut(|items| {
        let len = items.len() as isize;
        let i = if i < 0 { (i + len).max(0) } else { i.min(len) };
        items.insert(i as usize, value);
    });
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let item = this(&args).with_mut(|d| d.pop_back());
    item.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn popleft(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let item = this(&args).with_mut(|d| d.pop_front());
    item.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = this(&args);
    let edits = d.edits();
    let mut i = 0;
    while let Some(x) = d.get(i) {
        let same = vm.eq(&x, args.get(1))?;
        if d.edits() != edits {
            return Err(vm.index_error("deque mutated during remove()."));
        }
        if same {
            let old = d.with_mut(|items| items.remove(i));
            drop(old);
            return Ok(Value::NONE);
        }
        i += 1;
    }
    Err(vm.value_error("deque.remove(x): x not in deque"))
}

fn reverse(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).with_mut(|d| d.make_contiguous().reverse());
    Ok(Value::NONE)
}

fn rotate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = match args.opt(1) {
        Some(v) => vm.to_ssize(v)?,
        None => 1,
    };
    this(&args).with_mut(|d| {
        if !d.is_empty() {
            d.rotate_right(n.rem_euclid(d.len() as isize) as usize);
        }
    });
    Ok(Value::NONE)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let state = vm.call_method_name(v, &vm.names().__getstate__, &[])?;
    let given = match this(&args).maxlen() {
        None => PyTuple::new(Vec::new()),
        Some(m) => PyTuple::new(vec![PyTuple::new(Vec::new()).into_value(), Value::usize(m)]),
    };
    let parts = vec![v.class().as_value(), given.into_value(), state, vm.iter(v)?];
    Ok(PyTuple::new(parts).into_value())
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let room = this(&args).with_mut(|d| d.capacity());
    Ok(Value::usize(16 + size_of::<Deque>() + room * 8))
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__copy__(self, /)", "Return a shallow copy of a deque.", copy),
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__reversed__(self, /)", "Return a reverse iterator over the deque.", deque_iter::reversed),
    native("__sizeof__(self, /)", "Return the size of the deque in memory, in bytes.", sizeof),
    native("append(self, item, /)", "Add an element to the right side of the deque.", append),
    native("appendleft(self, item, /)", "Add an element to the left side of the deque.", appendleft),
    native("clear(self, /)", "Remove all elements from the deque.", clear),
    native("copy(self, /)", "Return a shallow copy of a deque.", copy),
    native("count(self, value, /)", "Return number of occurrences of value.", count),
    native("extend(self, iterable, /)", "Extend the right side of the deque with elements from the iterable.", extend),
    native(
        "extendleft(self, iterable, /)",
        "Extend the left side of the deque with elements from the iterable.",
        extendleft,
    ),
    native(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        "Return first index of value.\n\nRaises ValueError if the value is not present.",
        index,
    ),
    native("insert(self, index, value, /)", "Insert value before index.", insert),
    native("pop(self, /)", "Remove and return the rightmost element.", pop),
    native("popleft(self, /)", "Remove and return the leftmost element.", popleft),
    native("remove(self, value, /)", "Remove first occurrence of value.", remove),
    native("reverse(self, /)", "Reverse *IN PLACE*.", reverse),
    native("rotate(self, n=1, /)", "Rotate the deque n steps to the right.  If n is negative, rotates left.", rotate),
];

pub(super) static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", crate::native_type::class_getitem)];
