//! The `class` statement: bases resolved, metaclass found, namespace prepared, body run, class made.

use crate::call::CallArgs;
use crate::object::{Type, TypeObject, Value};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// `bases` with `__mro_entries__` applied; `None` if that changes nothing.
pub fn resolve_bases(vm: &Vm, bases: &[Value]) -> PyResult<Option<Vec<Value>>> {
    let mut out: Option<Vec<Value>> = None;
    let whole = PyTuple::from_slice(bases).into_value();
    for (i, b) in bases.iter().enumerate() {
        let hook = if b.has_layout::<TypeObject>() { None } else { vm.get_attr_opt(b, &vm.names().__mro_entries__)? };
        let Some(hook) = hook else {
            if let Some(o) = &mut out {
                o.push(b.clone());
            }
            continue;
        };
        let r = vm.call(&hook, std::slice::from_ref(&whole))?;
        let Some(t) = r.downcast::<PyTuple>() else {
            return Err(vm.type_error("__mro_entries__ must return a tuple"));
        };
        out.get_or_insert_with(|| bases[..i].to_vec()).extend_from_slice(t.as_slice());
    }
    Ok(out)
}

impl Vm {
    /// `__build_class__(func, name, *bases, **kwargs)`
    pub fn build_class(&self, func: &Value, name: &Value, bases: &[Value], kwargs: CallArgs<'_>) -> PyResult<Value> {
        let n = self.names();
        if !name.has_layout::<PyStr>() {
            return Err(self.type_error("__build_class__: name is not a string"));
        }
        let resolved = resolve_bases(self, bases)?;
        let changed = resolved.is_some();
        let bases_now = PyTuple::from_slice(resolved.as_deref().unwrap_or(bases));
        let mut names: Vec<Value> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut meta = None;
        for (k, v) in kwargs.keywords() {
            if k.downcast::<PyStr>().is_some_and(|k| k.as_bytes() == b"metaclass") {
                meta = Some(v.clone());
            } else {
                names.push(k.clone());
                values.push(v.clone());
            }
        }
        let meta = match meta {
            Some(m) if !m.has_layout::<TypeObject>() => m,
            given => {
                let start = match (given, bases_now.as_slice().first()) {
                    (Some(m), _) => m,
                    (None, Some(b)) => b.class().as_value(),
                    (None, None) => super::TYPE.as_value(),
                };
                let start = start.downcast::<TypeObject>().map_or(&super::TYPE as &Type, TypeObject::object);
                super::create::winning_metaclass(self, start, bases_now.as_slice())?.into_value()
            }
        };
        let plain = meta.bits() == std::ptr::from_ref(&super::TYPE) as u64;
        let ns = if plain {
            PyDict::new_ref().into_value()
        } else {
            match self.get_attr_opt(&meta, &n.__prepare__)? {
                Some(prepare) => {
                    let mut all = vec![name.clone(), bases_now.value()];
                    all.extend_from_slice(&values);
                    self.call_args(&prepare, CallArgs { args: &all, names: &names })?
                }
                None => PyDict::new_ref().into_value(),
            }
        };
        if ns.class().slots().setitem.is_none() || ns.class().slots().getitem.is_none() {
            let who = match meta.downcast::<TypeObject>() {
                Some(t) => t.name(),
                None => "<metaclass>",
            };
            return Err(
                self.type_error(format!("{who}.__prepare__() must return a mapping, not {}", ns.class().name()))
            );
        }
        let cell = crate::interp::run_class_body(self, func, &ns)?;
        if changed {
            self.set_item(&ns, n.__orig_bases__.as_value(), PyTuple::from_slice(bases).into_value())?;
        }
        let mut all = vec![name.clone(), bases_now.value(), ns];
        all.extend_from_slice(&values);
        let class = self.call_args(&meta, CallArgs { args: &all, names: &names })?;
        if class.has_layout::<TypeObject>() && cell.class().name() == "cell" {
            let content = self.get_attr_opt(&cell, &self.intern("cell_contents"))?;
            let shown = self.repr(name)?;
            match content {
                None => {
                    return Err(self.runtime_error(format!(
                        "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                        shown.to_lossy(),
                        self.repr(&class)?.to_lossy()
                    )));
                }
                Some(c) if !c.is(&class) => {
                    return Err(self.type_error(format!(
                        "__class__ set to {} defining {} as {}",
                        self.repr(&c)?.to_lossy(),
                        shown.to_lossy(),
                        self.repr(&class)?.to_lossy()
                    )));
                }
                Some(_) => {}
            }
        }
        Ok(class)
    }
}
