//! `dict`: a [`Table`] of values.

use crate::Str;
use crate::object::table::Table;
use crate::object::{Layout, Payload, Ref, Type, TypeDef, TypeFlags, Value};
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

    /// A new exact dict around a table.
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
                self.table.insert_new(key.hash(), key.value(), value);
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
            None => {
                self.table.insert_new(hash, key.clone(), value);
            }
        }
        Ok(())
    }

    /// Removes a key; gives its value.
    pub fn remove(&self, vm: &Vm, key: &Value) -> PyResult<Option<Value>> {
        let hash = vm.hash(key)?;
        Ok(self.table.find(vm, key, hash)?.map(|i| self.table.remove_at(i).1))
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
    pub fn copy(&self) -> Ref<PyDict> {
        PyDict::from_table(self.table.copy())
    }
}

static DEF: TypeDef = TypeDef {
    name: "dict",
    layout: PyDict::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MAPPING | TypeFlags::MATCH_SELF,
    ..TypeDef::EMPTY
};
/// The type `dict`.
pub static DICT: Type = Type::builtin(&DEF);
