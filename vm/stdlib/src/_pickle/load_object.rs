//! Reading of what is made by a call or found by name.

use freeze_runtime::object::{TypeObject, Value, instance, string};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::{DICT, PyDict};
use freeze_runtime::types::exception::ATTRIBUTE_ERROR;
use freeze_runtime::types::str::{PyStr, STR, codec};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{CallArgs, PyResult, Str, Vm};

use super::load::Loader;
use super::save_object::deep_attribute;
use super::shared::{self, Table, pair, repr, type_text};

impl Loader<'_> {
    pub(super) fn append_to_other(&mut self, target: &Value, items: Vec<Value>) -> PyResult<()> {
        let vm = self.vm;
        if let Some(extend) = vm.get_attr_opt(target, &vm.intern("extend"))? {
            let list = freeze_runtime::types::list::PyList::new(items).into_value();
            return vm.call(&extend, &[list]).map(drop);
        }
        // Objects from before PEP 307 only know how to append.
        let append = vm.get_attr_str(target, "append")?;
        for x in items {
            vm.call(&append, &[x])?;
        }
        Ok(())
    }

    fn tuple_arguments(&self, args: &Value) -> PyResult<Vec<Value>> {
        match args.downcast::<PyTuple>() {
            Some(t) => Ok(t.as_slice().to_vec()),
            None => Err(self.vm.type_error(format!("argument list must be a tuple, not {}", type_text(self.vm, args)))),
        }
    }

    pub(super) fn reduce(&mut self) -> PyResult<()> {
        let args = self.pop()?;
        let func = self.pop()?;
        let args = self.tuple_arguments(&args)?;
        let v = self.vm.call(&func, &args)?;
        self.push(v);
        Ok(())
    }

    /// `class.__new__(class, *args)`
    pub(super) fn new_object(&mut self) -> PyResult<()> {
        let args = self.pop()?;
        let class = self.pop()?;
        let Some(t) = args.downcast::<PyTuple>() else {
            return Err(self.error(format!("NEWOBJ expected an arg tuple, got {}", type_text(self.vm, &args))));
        };
        self.made_by_new("NEWOBJ", &class, CallArgs::pos(t.as_slice()))
    }

    pub(super) fn new_object_ex(&mut self) -> PyResult<()> {
        let kwargs = self.pop()?;
        let args = self.pop()?;
        let class = self.pop()?;
        let Some(t) = args.downcast::<PyTuple>() else {
            return Err(
                self.error(format!("NEWOBJ_EX args argument must be a tuple, not {}", type_text(self.vm, &args)))
            );
        };
        let Some(d) = kwargs.downcast::<PyDict>() else {
            return Err(
                self.error(format!("NEWOBJ_EX kwargs argument must be a dict, not {}", type_text(self.vm, &kwargs)))
            );
        };
        let mut all = t.as_slice().to_vec();
        let mut names = Vec::with_capacity(d.len());
        for (k, x) in d.items() {
            if !k.has_layout::<PyStr>() {
                return Err(self.vm.type_error("keywords must be strings"));
            }
            names.push(k);
            all.push(x);
        }
        self.made_by_new("NEWOBJ_EX", &class, CallArgs { args: &all, names: &names })
    }

    fn made_by_new(&mut self, code: &str, class: &Value, args: CallArgs<'_>) -> PyResult<()> {
        let Some(t) = class.downcast::<TypeObject>() else {
            return Err(self.error(format!("{code} class argument must be a type, not {}", type_text(self.vm, class))));
        };
        let t = t.object();
        let Some(new) = t.slots().new else {
            return Err(self.error(format!("{code} class argument '{}' doesn't have __new__", t.name())));
        };
        let v = new(self.vm, t, args)?;
        self.push(v);
        Ok(())
    }

    /// Objects of classes of Python 2.
    fn instantiate(&mut self, class: &Value, args: &[Value]) -> PyResult<()> {
        let vm = self.vm;
        let by_new = args.is_empty()
            && class.has_layout::<TypeObject>()
            && vm.get_attr_opt(class, &vm.intern("__getinitargs__"))?.is_none();
        let v = if by_new {
            let new = vm.get_attr(class, &vm.names().__new__)?;
            vm.call(&new, std::slice::from_ref(class))?
        } else {
            vm.call(class, args)?
        };
        self.push(v);
        Ok(())
    }

    pub(super) fn obj(&mut self) -> PyResult<()> {
        let args = self.pop_mark()?;
        let Some((class, rest)) = args.split_first() else {
            return Err(self.error("unpickling stack underflow"));
        };
        self.instantiate(class, rest)
    }

    fn line_text(&mut self, encoding: &str) -> PyResult<Str> {
        let line = PyBytes::new(self.input.filled_line(self.vm)?);
        let v = codec::decode(self.vm, line.as_value(), line.as_slice(), Some(&self.vm.intern(encoding)), None)?;
        Ok(v.downcast_ref::<PyStr>().unwrap_or_else(|| self.vm.names().empty.clone()))
    }

    pub(super) fn inst(&mut self) -> PyResult<()> {
        let args = self.pop_mark()?;
        let module = self.line_text("ascii")?;
        let name = self.line_text("ascii")?;
        let class = self.found(&module, &name)?;
        self.instantiate(&class, &args)
    }

    pub(super) fn global(&mut self) -> PyResult<()> {
        let module = self.line_text("utf-8")?;
        let name = self.line_text("utf-8")?;
        let v = self.found(&module, &name)?;
        self.push(v);
        Ok(())
    }

    pub(super) fn stack_global(&mut self) -> PyResult<()> {
        let name = self.pop()?;
        let module = self.pop()?;
        let (true, true) = (name.is_exact(&STR), module.is_exact(&STR)) else {
            return Err(self.error("STACK_GLOBAL requires str"));
        };
        let (Some(module), Some(name)) = (module.downcast_ref::<PyStr>(), name.downcast_ref::<PyStr>()) else {
            return Ok(());
        };
        let v = self.found(&module, &name)?;
        self.push(v);
        Ok(())
    }

    /// What `find_class` gives.
    fn found(&mut self, module: &Str, name: &Str) -> PyResult<Value> {
        match &self.find_class {
            Some(f) => self.vm.call(f, &[module.value(), name.value()]),
            None => find_class(self.vm, self.proto, self.fix_imports, module, name),
        }
    }

    pub(super) fn extension(&mut self, code: i64) -> PyResult<()> {
        let vm = self.vm;
        let key = Value::int(code);
        let cache = shared::table(vm, Table::ExtensionCache);
        if let Some(v) = cache.get(vm, &key)? {
            self.push(v);
            return Ok(());
        }
        let Some(names) = shared::table(vm, Table::InvertedExtensions).get(vm, &key)? else {
            return Err(if code <= 0 {
                self.error("EXT specifies code <= 0")
            } else {
                vm.value_error(format!("unregistered extension code {code}"))
            });
        };
        let strings = names.downcast::<PyTuple>().and_then(|t| match t.as_slice() {
            [m, n] => Some((m.downcast_ref::<PyStr>()?, n.downcast_ref::<PyStr>()?)),
            _ => None,
        });
        let Some((module, name)) = strings else {
            return Err(vm.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        let v = self.found(&module, &name)?;
        cache.set(vm, &key, v.clone())?;
        self.push(v);
        Ok(())
    }

    pub(super) fn persistent_by_line(&mut self) -> PyResult<()> {
        let line = self.input.line(self.vm)?;
        if !line.is_ascii() {
            return Err(self.error("persistent IDs in protocol 0 must be ASCII strings"));
        }
        let id = PyStr::new(line).into_value();
        self.persistent(id)
    }

    pub(super) fn persistent(&mut self, id: Value) -> PyResult<()> {
        let Some(f) = self.persistent_load.clone() else { return Err(no_persistent_load(self.vm)) };
        let v = self.vm.call(&f, &[id])?;
        self.push(v);
        Ok(())
    }

    /// Gives the object on the stack its state.
    pub(super) fn build(&mut self) -> PyResult<()> {
        let vm = self.vm;
        let state = self.pop()?;
        let v = self.top()?.clone();
        if let Some(f) = vm.get_attr_opt(&v, &vm.names().__setstate__)? {
            return vm.call(&f, &[state]).map(drop);
        }
        let (state, slots) = match state.downcast::<PyTuple>().map(PyTuple::as_slice) {
            Some([state, slots]) => (state.clone(), Some(slots.clone())),
            _ => (state, None),
        };
        if !state.is_none() {
            let Some(d) = state.downcast::<PyDict>() else { return Err(self.error("state is not a dictionary")) };
            set_attributes(vm, &v, d)?;
        }
        if let Some(slots) = slots.filter(|s| !s.is_none()) {
            let Some(d) = slots.downcast::<PyDict>() else { return Err(self.error("slot state is not a dictionary")) };
            for (k, x) in d.items() {
                match k.downcast_ref::<PyStr>() {
                    Some(k) => vm.set_attr(&v, &k, x)?,
                    None => {
                        return Err(vm.type_error(format!("attribute name must be string, not '{}'", k.class().name())));
                    }
                }
            }
        }
        Ok(())
    }
}

/// The error for persistent ids that nobody reads.
pub(super) fn no_persistent_load(vm: &Vm) -> freeze_runtime::Raised {
    shared::unpickling_error(
        vm,
        "A load persistent id instruction was encountered, but no persistent_load function was specified.",
    )
}

/// `vars(v).update(d)`, past `__setattr__`.
fn set_attributes(vm: &Vm, v: &Value, d: &PyDict) -> PyResult<()> {
    // Where the class does not have a say about `__dict__`, the attributes go to their places in the object.
    let plain = instance::has_attrs(v)
        && v.class().is_heap()
        && v.class().flags().has(freeze_runtime::TypeFlags::GENERIC_GETATTR)
        && !v
            .class()
            .mro()
            .iter()
            .any(|t| t.is_heap() && t.own(&vm.names().__dict__).is_some_and(|x| overrides(vm, &x)));
    let mut dict = None;
    let mut at = 0;
    while let Some((i, k, x)) = d.table().next_live(at) {
        at = i + 1;
        let name = k.downcast_ref::<PyStr>().filter(|_| k.is_exact(&STR)).map(|s| string::intern_ref(&s));
        if plain && let Some(name) = &name {
            instance::set(v, name, x);
            continue;
        }
        let dict = match &dict {
            Some(d) => d,
            None => dict.insert(vm.get_attr(v, &vm.names().__dict__)?),
        };
        let key = name.map_or(k, Str::into_value);
        match dict.downcast_exact::<PyDict>(&DICT) {
            Some(d) => d.set(vm, &key, x)?,
            None => vm.set_item(dict, &key, x)?,
        }
    }
    if d.is_empty() && !plain {
        // There must be one, even if nothing is put there.
        vm.get_attr(v, &vm.names().__dict__)?;
    }
    Ok(())
}

/// Whether a class attribute `__dict__` is something of the user's, not the descriptor that every class has.
fn overrides(vm: &Vm, x: &Value) -> bool {
    let _ = vm;
    x.class().name() != "getset_descriptor"
}

/// `Unpickler.find_class`
pub(super) fn find_class(vm: &Vm, proto: u8, fix_imports: bool, module: &Str, name: &Str) -> PyResult<Value> {
    crate::sys::audit(vm, "pickle.find_class", &[module.value(), name.value()])?;
    let (mut module, mut name) = (module.clone(), name.clone());
    if proto < 3 && fix_imports {
        let text = |v: &Value| {
            v.downcast_ref::<PyStr>().ok_or_else(|| {
                vm.runtime_error(format!("_compat_pickle mapping values should be strings, not {}", v.class().name()))
            })
        };
        if let Some(t) = shared::table(vm, Table::NameMapping).get(vm, &pair(&module, &name))? {
            match t.downcast::<PyTuple>().map(PyTuple::as_slice) {
                Some([m, n]) => (module, name) = (text(m)?, text(n)?),
                _ => return Err(vm.runtime_error("_compat_pickle.NAME_MAPPING values should be 2-tuples")),
            }
        } else if let Some(m) = shared::table(vm, Table::ImportMapping).get(vm, module.as_value())? {
            module = text(&m)?;
        }
    }
    let module = shared::import_module(vm, &module)?;
    if proto < 4 || !name.as_bytes().contains(&b'.') {
        return vm.get_attr(&module, &string::intern_ref(&name));
    }
    let path: Vec<Str> = name.as_bytes().split(|&b| b == b'.').map(PyStr::intern).collect();
    match deep_attribute(vm, &module, &path) {
        Err(first) if first.is(&ATTRIBUTE_ERROR) => {
            let e = vm.attribute_error(format!(
                "Can't resolve path {} on module {}",
                repr(vm, name.as_value())?,
                repr(vm, &module)?
            ));
            drop(e.exception().context.replace(first.value()));
            Err(e)
        }
        r => r,
    }
}
