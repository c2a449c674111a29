//! `dict`: a [`Table`] of values; its operators and subscripts. Methods, views and iterators have files of their own.

use super::{dict_iter, dict_methods};
use crate::Str;
use crate::call::CallArgs;
use crate::object::table::Table;
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::exception as exc;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// The payload of `dict`.
#[derive(Default)]
#[repr(C)]
pub struct PyDict {
    table: Table<Value>,
}

impl Payload for PyDict {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyDict>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.table.each(|k, v| {
            visit(k);
            visit(v);
        });
    }
    fn clear(&self) {
        self.clear_all();
    }
}

impl PyDict {
    /// A new exact, empty dict.
    pub fn new_ref() -> Ref<PyDict> {
        Ref::new(&DICT, PyDict::default())
    }

    /// An empty dict with room for `n` items.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn with_room(vm: &Vm, n: usize) -> PyResult<Ref<PyDict>> {
        Ok(PyDict::from_table(Table::with_capacity(n).map_err(|e| vm.out_of_memory(e))?))
    }

    /// A dict of what the table holds.
    pub fn from_table(table: Table<Value>) -> Ref<PyDict> {
        Ref::new(&DICT, PyDict { table })
    }

    /// The table.
    #[inline(always)]
    pub fn table(&self) -> &Table<Value> {
        &self.table
    }

    /// The number of entries.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of an exact string key. Runs no Python code.
    #[inline]
    pub fn get_str(&self, key: &Str) -> Option<Value> {
        let i = self.table.find_str(key)?;
        self.table.value_at(i)
    }

    /// The value of a key given as text.
    pub fn get_text(&self, key: &str) -> Option<Value> {
        self.get_str(&PyStr::new(key.as_bytes()))
    }

    /// Sets the value of an exact string key. Runs no Python code but what the old value's death runs.
    pub fn set_str(&self, key: &Str, value: Value) {
        match self.table.find_str(key) {
            Some(i) => drop(self.table.replace_at(i, value)),
            None => {
                let placed = self.table.insert_new(key.hash(), key.value(), value);
                placed.expect("memory for one more name");
            }
        }
    }

    /// Sets the value of a key given as text (interned).
    pub fn set_text(&self, key: &str, value: Value) {
        self.set_str(&PyStr::intern(key.as_bytes()), value);
    }

    /// Removes an exact string key.
    pub fn remove_str(&self, key: &Str) -> Option<Value> {
        let i = self.table.find_str(key)?;
        Some(self.table.remove_at(i).1)
    }

    /// `d.get(key)`; may run `__hash__` and `__eq__`.
    pub fn get(&self, vm: &Vm, key: &Value) -> PyResult<Option<Value>> {
        let hash = vm.hash(key)?;
        Ok(self.table.find(vm, key, hash)?.and_then(|i| self.table.value_at(i)))
    }

    /// `d[key] = value`
    pub fn set(&self, vm: &Vm, key: &Value, value: Value) -> PyResult<()> {
        let hash = vm.hash(key)?;
        self.set_hashed(vm, key, hash, value)
    }

    /// `d[key] = value` with the key's hash.
    pub fn set_hashed(&self, vm: &Vm, key: &Value, hash: i64, value: Value) -> PyResult<()> {
        match self.table.find(vm, key, hash)? {
            Some(i) => drop(self.table.replace_at(i, value)),
            None => self.table.insert_new(hash, key.clone(), value).map_err(|e| vm.out_of_memory(e))?,
        }
        Ok(())
    }

    /// Removes a key; gives its value.
    pub fn remove(&self, vm: &Vm, key: &Value) -> PyResult<Option<Value>> {
        Ok(self.remove_entry(vm, key)?.map(|e| e.1))
    }

    /// Removes a key; gives the key as it was stored, and its value.
    pub fn remove_entry(&self, vm: &Vm, key: &Value) -> PyResult<Option<(Value, Value)>> {
        let hash = vm.hash(key)?;
        Ok(self.table.find(vm, key, hash)?.map(|i| self.table.remove_at(i)))
    }

    /// `d.setdefault(key, default)`
    pub fn get_or_insert(&self, vm: &Vm, key: &Value, default: &Value) -> PyResult<Value> {
        let hash = vm.hash(key)?;
        if let Some(x) = self.table.find(vm, key, hash)?.and_then(|i| self.table.value_at(i)) {
            return Ok(x);
        }
        self.table.insert_new(hash, key.clone(), default.clone()).map_err(|e| vm.out_of_memory(e))?;
        Ok(default.clone())
    }

    /// `key in d`
    pub fn contains(&self, vm: &Vm, key: &Value) -> PyResult<bool> {
        let hash = vm.hash(key)?;
        Ok(self.table.find(vm, key, hash)?.is_some())
    }

    /// Removes everything.
    pub fn clear_all(&self) {
        drop(self.table.take_all());
    }

    /// A snapshot of keys and values.
    pub fn items(&self) -> Vec<(Value, Value)> {
        let mut out = Vec::with_capacity(self.len());
        self.table.each(|k, v| out.push((k.clone(), v.clone())));
        out
    }

    /// An exact dict with the same content.
    ///
    /// # Errors
    /// MemoryError.
    pub fn try_copy(&self, vm: &Vm) -> PyResult<Ref<PyDict>> {
        Ok(PyDict::from_table(self.table.copy().map_err(|e| vm.out_of_memory(e))?))
    }

    /// As [`PyDict::try_copy`] for what is small: attributes, keyword arguments.
    pub fn copy(&self) -> Ref<PyDict> {
        PyDict::from_table(self.table.copy().expect("memory for a few names"))
    }
}

pub(super) fn this(v: &Value) -> &PyDict {
    v.downcast().expect("slots of dict see dicts")
}

/// A dict (or subclass) without entries.
fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, PyDict::default()).into_value())
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    update_from_call(vm, v, args, "dict")
}

/// `d.update(*args, **kwargs)`
pub(super) fn update_from_call(vm: &Vm, v: &Value, args: CallArgs<'_>, name: &str) -> PyResult<()> {
    args.check_count(vm, name, 0, 1)?;
    if let Some(other) = args.positional().first() {
        update(vm, this(v), other)?;
    }
    for (k, x) in args.keywords() {
        this(v).set(vm, k, x.clone())?;
    }
    Ok(())
}

/// `dict.update(d, other)`: a mapping, or pairs.
pub fn update(vm: &Vm, d: &PyDict, other: &Value) -> PyResult<()> {
    if other.is_exact(&DICT) || vm.has_attr(other, &vm.names().keys)? {
        merge(vm, d, other)
    } else {
        update_from_pairs(vm, d, other)
    }
}

/// Whether iteration over this dict (or subclass) gives its keys as `dict` does.
fn iterates_as_dict(v: &Value) -> bool {
    let iter: crate::object::slots::Unary = dict_iter::iter;
    v.class().slots().iter.is_some_and(|f| std::ptr::fn_addr_eq(f, iter))
}

/// Takes over the entries of a mapping.
pub fn merge(vm: &Vm, d: &PyDict, other: &Value) -> PyResult<()> {
    if let Some(o) = other.downcast::<PyDict>()
        && iterates_as_dict(other)
    {
        return merge_dict(vm, d, o);
    }
    let keys = vm.call_method_name(other, &vm.names().keys, &[])?;
    if keys.class().slots().iter.is_none() && keys.class().slots().getitem.is_none() {
        return Err(vm.type_error(format!(
            "{}.keys() returned a non-iterable (type {})",
            other.class().name(),
            keys.class().name()
        )));
    }
    vm.for_each(&keys, |k| {
        let x = vm.get_item(other, &k)?;
        d.set(vm, &k, x)?;
        Ok(true)
    })
}

fn merge_dict(vm: &Vm, d: &PyDict, o: &PyDict) -> PyResult<()> {
    if std::ptr::eq(d, o) || o.is_empty() {
        return Ok(());
    }
    if d.is_empty() {
        drop(d.table.swap(o.table.copy().map_err(|e| vm.out_of_memory(e))?));
        return Ok(());
    }
    let edits = o.table.edits();
    let mut at = 0;
    while let Some((i, k, x)) = o.table.next_live(at) {
        d.set_hashed(vm, &k, o.table.hash_at(i), x)?;
        if o.table.edits() != edits {
            return Err(vm.runtime_error("dict mutated during update"));
        }
        at = i + 1;
    }
    Ok(())
}

fn update_from_pairs(vm: &Vm, d: &PyDict, pairs: &Value) -> PyResult<()> {
    let mut n = 0;
    vm.for_each(pairs, |pair| {
        let items = match vm.to_vec(&pair) {
            Ok(items) => items,
            Err(e) if e.is(&exc::TYPE_ERROR) && vm.iter(&pair).is_err() => {
                return Err(
                    vm.type_error(format!("cannot convert dictionary update sequence element #{n} to a sequence"))
                );
            }
            Err(e) => return Err(e),
        };
        let [k, x] = &items[..] else {
            return Err(vm.value_error(format!(
                "dictionary update sequence element #{n} has length {}; 2 is required",
                items.len()
            )));
        };
        d.set(vm, k, x.clone())?;
        n += 1;
        Ok(true)
    })
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).len())
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    match this(v).get(vm, key)? {
        Some(x) => Ok(x),
        None => missing(vm, v, key),
    }
}

#[cold]
fn missing(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    if !v.is_exact(&DICT)
        && let Some(x) = vm.call_special(v, &vm.names().__missing__, std::slice::from_ref(key))?
    {
        return Ok(x);
    }
    Err(vm.key_error(key.clone()))
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(value) => this(v).set(vm, key, value),
        None => match this(v).remove_entry(vm, key)? {
            Some(old) => {
                drop(old);
                Ok(())
            }
            None => Err(vm.key_error(key.clone())),
        },
    }
}

fn contains(vm: &Vm, v: &Value, key: &Value) -> PyResult<bool> {
    this(v).contains(vm, key)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<PyDict>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    vm.check_stack()?;
    Ok(Value::bool(equal(vm, this(a), y)? == (op == CmpOp::Eq)))
}

/// Whether both have the same keys with equal values.
pub fn equal(vm: &Vm, x: &PyDict, y: &PyDict) -> PyResult<bool> {
    if x.len() != y.len() {
        return Ok(false);
    }
    let mut at = 0;
    while let Some((i, k, v)) = x.table.next_live(at) {
        let Some(w) = y.table.find(vm, &k, x.table.hash_at(i))?.and_then(|j| y.table.value_at(j)) else {
            return Ok(false);
        };
        if !vm.eq(&v, &w)? {
            return Ok(false);
        }
        at = i + 1;
    }
    Ok(true)
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (Some(x), true) = (a.downcast::<PyDict>(), b.has_layout::<PyDict>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let d = x.try_copy(vm)?;
    update(vm, &d, b)?;
    Ok(d.into_value())
}

fn ior(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    update(vm, this(a), b)?;
    Ok(a.clone())
}

/// `{k: v, …}`
pub(crate) fn repr_entries(vm: &Vm, d: &PyDict) -> PyResult<Vec<u8>> {
    let mut out = b"{".to_vec();
    let mut at = 0;
    while let Some((i, k, v)) = d.table.next_live(at) {
        if out.len() > 1 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(vm.repr(&k)?.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(vm.repr(&v)?.as_bytes());
        at = i + 1;
    }
    out.push(b'}');
    Ok(out)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let text = vm.guard_repr(v, || repr_entries(vm, this(v)))?;
    Ok(PyStr::new(&text.unwrap_or_else(|| b"{...}".to_vec())).into_value())
}

static DEF: TypeDef = TypeDef {
    name: "dict",
    doc: "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    \
          (key, value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    \
          for k, v in iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    \
          in the keyword argument list.  For example:  dict(one=1, two=2)",
    layout: PyDict::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MAPPING | TypeFlags::MATCH_SELF,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(dict_iter::iter),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        binary: Slots::ops(&[(BinOp::Or, or)]),
        inplace: Slots::ops(&[(BinOp::Or, ior)]),
        ..Slots::EMPTY
    },
    methods: dict_methods::METHODS,
    class_methods: dict_methods::CLASS_METHODS,
    ..TypeDef::EMPTY
};
/// The type `dict`.
pub static DICT: Type = Type::builtin(&DEF);
