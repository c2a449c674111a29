//! Writing of everything that is no atom and no container of the language: by persistent id, by name, by reduction.

use freeze_runtime::object::{Payload, TypeObject, Value, instance};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::function::FUNCTION;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::object::{OBJECT, PyObject};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::TYPE;
use freeze_runtime::{PyResult, Raised, Str, Type, Vm, import};

use super::op;
use super::save::Saver;
use super::shared::{self, Table, noted, pair, repr, type_text};

/// Attribute names of the pickling protocol that the VM's own list does not have.
fn attr(vm: &Vm, name: &str) -> Str {
    vm.intern(name)
}

/// The same error with another before it, as `raise` in an `except` block makes it.
fn after(e: Raised, first: Raised) -> Raised {
    drop(e.exception().context.replace(first.value()));
    e
}

impl Saver<'_> {
    /// Asks for a persistent id; writes it if there is one.
    pub(super) fn save_persistent(&mut self, v: &Value) -> PyResult<bool> {
        let Some(f) = self.persistent_id.clone() else { return Ok(false) };
        let id = self.vm.call(&f, std::slice::from_ref(v))?;
        if id.is_none() {
            return Ok(false);
        }
        if self.bin() {
            self.save_past_persistent(&id)?;
            self.out.byte(op::BINPERSID);
        } else {
            let text = self.vm.to_str(&id)?;
            if !text.is_ascii() {
                return Err(self.error("persistent IDs in protocol 0 must be ASCII strings"));
            }
            self.out.code(op::PERSID, text.as_bytes());
            self.out.byte(b'\n');
        }
        Ok(true)
    }

    /// Writes an object by name, by a reduction function, or by its `__reduce_ex__`.
    pub(super) fn object(&mut self, v: &Value) -> PyResult<()> {
        let vm = self.vm;
        if let Some(f) = self.reducer_override.clone() {
            let r = vm.call(&f, std::slice::from_ref(v))?;
            if !r.is_not_implemented() {
                return self.reduced(v, &r);
            }
        }
        if v.is_exact(&TYPE) {
            return self.class(v);
        }
        if v.is_exact(&FUNCTION) {
            return self.global(v, None);
        }
        let class = v.class().as_value();
        if let Some(f) = self.reducer_of(&class)? {
            let r = vm.call(&f, std::slice::from_ref(v))?;
            return self.reduced(v, &r);
        }
        if v.class().is_subtype(&TYPE) {
            return self.global(v, None);
        }
        if self.proto >= 2 && self.is_plain(v) {
            return self.plain_instance(v, &class);
        }
        let r = if let Some(f) = vm.get_attr_opt(v, &vm.names().__reduce_ex__)? {
            vm.call(&f, &[Value::small(i64::from(self.proto))])?
        } else if let Some(f) = vm.get_attr_opt(v, &vm.names().__reduce__)? {
            vm.call0(&f)?
        } else {
            return Err(self.error(format!("can't pickle '{}' object: {}", v.class().name(), repr(vm, v)?)));
        };
        self.reduced(v, &r)
    }

    /// The function that a dispatch table has for a class.
    fn reducer_of(&self, class: &Value) -> PyResult<Option<Value>> {
        let Some(table) = &self.dispatch_table else { return self.copyreg_table.get(self.vm, class) };
        if table.is_exact(&freeze_runtime::types::dict::DICT)
            && let Some(d) = table.downcast::<PyDict>()
        {
            return d.get(self.vm, class);
        }
        match self.vm.get_item(table, class) {
            Ok(f) => Ok(Some(f)),
            Err(e) if e.is(&exc::KEY_ERROR) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Whether `object.__reduce_ex__` would say of an object: its class without arguments, its `__dict__`.
    fn is_plain(&mut self, v: &Value) -> bool {
        let class = v.class();
        let version = class.version();
        let plain = match self.plain.get(&class.as_value().id()) {
            Some(&(seen, plain)) if seen == version && version != 0 => plain,
            _ => {
                let plain = is_plain_class(self.vm, class);
                self.plain.insert(class.as_value().id(), (version, plain));
                plain
            }
        };
        let n = self.vm.names();
        plain && instance::get(v, &n.__reduce_ex__).is_none() && instance::get(v, &n.__getstate__).is_none()
    }

    fn plain_instance(&mut self, v: &Value, class: &Value) -> PyResult<()> {
        self.save(class).map_err(|e| self.part_note(e, v, "class"))?;
        self.out.bytes(&[op::EMPTY_TUPLE, op::NEWOBJ]);
        self.remember_or_fetch(v);
        // While attributes lie in the object itself nobody has its dict, so none need be made to be remembered.
        let attributes = instance::items(v);
        if attributes.is_empty() || self.persistent_id.is_some() {
            let Some(d) = instance::dict(v).filter(|d| !d.is_empty()) else { return Ok(()) };
            self.save(d.as_value()).map_err(|e| self.part_note(e, v, "state"))?;
        } else {
            self.out.byte(op::EMPTY_DICT);
            if !self.fast {
                let n = self.memo.reserve();
                self.write_put(n);
            }
            let note = PyDict::new_ref().into_value();
            self.attributes(&attributes, &note).map_err(|e| self.part_note(e, v, "state"))?;
        }
        self.out.byte(op::BUILD);
        Ok(())
    }

    #[cold]
    fn part_note(&self, e: Raised, v: &Value, part: &str) -> Raised {
        noted(self.vm, e, &format!("when serializing {} {part}", type_text(self.vm, v)))
    }

    /// Remembers the object on the stack; one that was written meanwhile (it is part of a cycle) is fetched instead.
    fn remember_or_fetch(&mut self, v: &Value) {
        match self.memo.get(v) {
            Some(n) => {
                self.out.byte(op::POP);
                self.write_get(n);
            }
            None => self.memoize(v),
        }
    }

    /// Writes what a reduction gave.
    fn reduced(&mut self, v: &Value, r: &Value) -> PyResult<()> {
        if let Some(name) = r.downcast_ref::<PyStr>() {
            return self.global(v, Some(name));
        }
        let done = match r.downcast_ref::<PyTuple>() {
            None => {
                let text = type_text(self.vm, r);
                Err(self.error(format!("__reduce__ must return a string or tuple, not {text}")))
            }
            Some(t) if !(2..=6).contains(&t.len()) => {
                Err(self.error("tuple returned by __reduce__ must contain 2 through 6 elements"))
            }
            Some(t) => self.reduction(t.as_slice(), Some(v)),
        };
        done.map_err(|e| self.part_note(e, v, "object"))
    }

    /// Writes the parts of a reduction: function, arguments, state, list items, dict items, state setter.
    pub(super) fn reduction(&mut self, parts: &[Value], v: Option<&Value>) -> PyResult<()> {
        let vm = self.vm;
        let [func, args, rest @ ..] = parts else { return Ok(()) };
        let args_value = args;
        let part = |i: usize| rest.get(i).filter(|x| !x.is_none());
        if !vm.is_callable(func) {
            return Err(self.wrong_item("first", "callable", func));
        }
        let Some(args) = args.downcast_ref::<PyTuple>() else { return Err(self.wrong_item("second", "a tuple", args)) };
        for (i, name) in [(1, "fourth"), (2, "fifth")] {
            if let Some(x) = part(i)
                && x.class().slots().next.is_none()
            {
                return Err(self.wrong_item(name, "an iterator", x));
            }
        }
        if let Some(x) = part(3)
            && !vm.is_callable(x)
        {
            return Err(self.wrong_item("sixth", "a function", x));
        }
        self.construction(func, &args, args_value, v)?;
        let Some(v) = v else { return Ok(()) };
        self.remember_or_fetch(v);
        if let Some(items) = part(1) {
            self.appends(items, v)?;
        }
        if let Some(items) = part(2) {
            self.set_items(items, v)?;
        }
        let Some(state) = part(0) else { return Ok(()) };
        match part(3) {
            None => {
                self.save(state).map_err(|e| self.part_note(e, v, "state"))?;
                self.out.byte(op::BUILD);
            }
            Some(setter) => {
                // The call's result is of no interest: the object is still below it.
                self.save(setter).map_err(|e| self.part_note(e, v, "state setter"))?;
                self.save(v)?;
                self.save(state).map_err(|e| self.part_note(e, v, "state"))?;
                self.out.bytes(&[op::TUPLE2, op::REDUCE, op::POP]);
            }
        }
        Ok(())
    }

    #[cold]
    fn wrong_item(&self, which: &str, what: &str, got: &Value) -> Raised {
        let got = type_text(self.vm, got);
        self.error(format!("{which} item of the tuple returned by __reduce__ must be {what}, not {got}"))
    }

    /// Writes the call that makes an object; `copyreg.__newobj__` and `__newobj_ex__` have opcodes of their own.
    fn construction(&mut self, func: &Value, args: &PyTuple, args_value: &Value, v: Option<&Value>) -> PyResult<()> {
        let vm = self.vm;
        let note = |me: &Self, e: Raised, part: &str| match v {
            Some(v) => me.part_note(e, v, part),
            None => e,
        };
        if self.proto >= 2
            && let Some(name) = vm.get_attr_opt(func, &vm.names().__name__)?
        {
            match name.downcast::<PyStr>().map(PyStr::as_bytes) {
                Some(b"__newobj_ex__") => return self.construction_with_keywords(args, v),
                Some(b"__newobj__") => {
                    let Some((class, rest)) = args.as_slice().split_first() else {
                        return Err(self.error("__newobj__ expected at least 1 argument, got 0"));
                    };
                    self.check_class(class, "__newobj__", v)?;
                    self.save(class).map_err(|e| note(self, e, "class"))?;
                    let rest = PyTuple::from_slice(rest).into_value();
                    self.save(&rest).map_err(|e| note(self, e, "__new__ arguments"))?;
                    self.out.byte(op::NEWOBJ);
                    return Ok(());
                }
                _ => {}
            }
        }
        self.save(func).map_err(|e| note(self, e, "reconstructor"))?;
        self.save(args_value).map_err(|e| note(self, e, "reconstructor arguments"))?;
        self.out.byte(op::REDUCE);
        Ok(())
    }

    fn construction_with_keywords(&mut self, args: &PyTuple, v: Option<&Value>) -> PyResult<()> {
        let vm = self.vm;
        let [class, args, kwargs] = args.as_slice() else {
            return Err(self.error(format!("__newobj_ex__ expected 3 arguments, got {}", args.len())));
        };
        self.check_class(class, "__newobj_ex__", v)?;
        let Some(positional) = args.downcast_ref::<PyTuple>() else {
            return Err(
                self.error(format!("second argument to __newobj_ex__() must be a tuple, not {}", type_text(vm, args)))
            );
        };
        let Some(keywords) = kwargs.downcast_ref::<PyDict>() else {
            return Err(
                self.error(format!("third argument to __newobj_ex__() must be a dict, not {}", type_text(vm, kwargs)))
            );
        };
        let note = |me: &Self, e: Raised, part: &str| match v {
            Some(v) => me.part_note(e, v, part),
            None => e,
        };
        if self.proto >= 4 {
            self.save(class).map_err(|e| note(self, e, "class"))?;
            self.save(args).map_err(|e| note(self, e, "__new__ arguments"))?;
            self.save(kwargs).map_err(|e| note(self, e, "__new__ arguments"))?;
            self.out.byte(op::NEWOBJ_EX);
            return Ok(());
        }
        // Older protocols call `partial(cls.__new__, cls, *args, **kwargs)`.
        let partial = vm.get_attr_str(&import::import_path(vm, "functools")?, "partial")?;
        let mut all = vec![vm.get_attr(class, &vm.names().__new__)?, class.clone()];
        all.extend_from_slice(positional.as_slice());
        let mut names = Vec::new();
        for (k, x) in keywords.items() {
            names.push(k);
            all.push(x);
        }
        let f = vm.call_args(&partial, freeze_runtime::CallArgs { args: &all, names: &names })?;
        self.save(&f).map_err(|e| note(self, e, "reconstructor"))?;
        self.save(&PyTuple::new(vec![]).into_value())?;
        self.out.byte(op::REDUCE);
        Ok(())
    }

    fn check_class(&self, class: &Value, func: &str, v: Option<&Value>) -> PyResult<()> {
        let vm = self.vm;
        if !class.has_layout::<TypeObject>() {
            return Err(self.error(format!("first argument to {func}() must be a class, not {}", type_text(vm, class))));
        }
        if let Some(v) = v {
            let own = vm.get_attr(v, &vm.names().__class__)?;
            if !own.is(class) {
                return Err(self.error(format!(
                    "first argument to {func}() must be {}, not {}",
                    repr(vm, &own)?,
                    repr(vm, class)?
                )));
            }
        }
        Ok(())
    }

    /// Writes a class. Those of the singletons have no name in a module.
    fn class(&mut self, v: &Value) -> PyResult<()> {
        for single in [Value::NONE, Value::NOT_IMPLEMENTED, Value::ELLIPSIS] {
            if single.class().as_value().is(v) {
                let args = PyTuple::new(vec![single]).into_value();
                return self.reduction(&[TYPE.as_value(), args], Some(v));
            }
        }
        self.global(v, None)
    }

    /// Writes an object as the module and name where it is found.
    pub(super) fn global(&mut self, v: &Value, name: Option<Str>) -> PyResult<()> {
        let vm = self.vm;
        let name = match name {
            Some(n) => n,
            None => {
                let n = match vm.get_attr_opt(v, &vm.names().__qualname__)? {
                    Some(n) => n,
                    None => vm.get_attr(v, &vm.names().__name__)?,
                };
                vm.to_str(&n)?
            }
        };
        let module = self.module_of(v, &name)?;
        if self.proto >= 2
            && let Some(code) = shared::table(vm, Table::Extensions).get(vm, &pair(&module, &name))?
        {
            return self.extension(v, &code);
        }
        if self.proto >= 4 {
            self.save(module.as_value())?;
            self.save(name.as_value())?;
            self.out.byte(op::STACK_GLOBAL);
        } else {
            self.global_by_lines(&module, &name)?;
        }
        self.memoize(v);
        Ok(())
    }

    fn extension(&mut self, v: &Value, code: &Value) -> PyResult<()> {
        let vm = self.vm;
        if !int::is_int(code) {
            return Err(vm.type_error(format!(
                "Can't pickle {}: extension code {} isn't an integer",
                repr(vm, v)?,
                repr(vm, code)?
            )));
        }
        let n = vm.to_i64(code)?;
        match i32::try_from(n).ok().filter(|n| *n > 0) {
            None => Err(vm.runtime_error(format!("Can't pickle {}: extension code {n} is out of range", repr(vm, v)?))),
            Some(n) => {
                let bytes = n.to_le_bytes();
                match n {
                    0..=0xFF => self.out.code(op::EXT1, &bytes[..1]),
                    0x100..=0xFFFF => self.out.code(op::EXT2, &bytes[..2]),
                    _ => self.out.code(op::EXT4, &bytes),
                }
                Ok(())
            }
        }
    }

    /// The forms that protocols below 4 have: a name with dots is fetched by calls of `getattr`.
    fn global_by_lines(&mut self, module: &Str, name: &Str) -> PyResult<()> {
        let vm = self.vm;
        let mut parts = name.as_bytes().split(|&b| b == b'.');
        let first = PyStr::new(parts.next().unwrap_or_default());
        let rest: Vec<Str> = parts.map(PyStr::new).collect();
        if !rest.is_empty() {
            let getattr = Value::or_none(vm.runtime().builtins.get_text("getattr"));
            for _ in &rest {
                self.save(&getattr)?;
                if self.proto < 2 {
                    self.out.byte(op::MARK);
                }
            }
        }
        self.top_level(module, if rest.is_empty() { name } else { &first })?;
        for part in &rest {
            self.save(part.as_value())?;
            self.out.byte(if self.proto < 2 { op::TUPLE } else { op::TUPLE2 });
            self.out.byte(op::REDUCE);
        }
        Ok(())
    }

    fn top_level(&mut self, module: &Str, name: &Str) -> PyResult<()> {
        let vm = self.vm;
        let (mut module, mut name) = (module.clone(), name.clone());
        if self.fix_imports {
            let renamed = shared::table(vm, Table::ReverseNameMapping).get(vm, &pair(&module, &name))?;
            if let Some(t) = renamed {
                match t.downcast::<PyTuple>().map(PyTuple::as_slice) {
                    Some([m, n]) => (module, name) = (self.mapped(m)?, self.mapped(n)?),
                    _ => {
                        return Err(self
                            .vm
                            .runtime_error("_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples"));
                    }
                }
            } else if let Some(m) = shared::table(vm, Table::ReverseImportMapping).get(vm, module.as_value())? {
                module = self.mapped(&m)?;
            }
        }
        for (text, what) in [(&module, "module"), (&name, "global")] {
            let writable = if self.proto >= 3 { text.as_str().is_some() } else { text.is_ascii() };
            if !writable {
                return Err(self.error(format!(
                    "can't pickle {what} identifier {} using pickle protocol {}",
                    repr(vm, text.as_value())?,
                    self.proto
                )));
            }
        }
        self.out.code(op::GLOBAL, module.as_bytes());
        self.out.byte(b'\n');
        self.out.bytes(name.as_bytes());
        self.out.byte(b'\n');
        Ok(())
    }

    fn mapped(&self, v: &Value) -> PyResult<Str> {
        v.downcast_ref::<PyStr>().ok_or_else(|| {
            self.vm.runtime_error(format!("_compat_pickle mapping values should be strings, not {}", v.class().name()))
        })
    }

    /// The module in which an object is found by this name, which is tried.
    fn module_of(&self, v: &Value, name: &Str) -> PyResult<Str> {
        let vm = self.vm;
        let path: Vec<Str> = name.as_bytes().split(|&b| b == b'.').map(PyStr::intern).collect();
        let declared = vm.get_attr_opt(v, &vm.names().__module__)?.filter(|m| !m.is_none());
        if path.iter().any(|p| p.as_bytes() == b"<locals>") {
            return Err(self.error(format!("Can't pickle local object {}", repr(vm, v)?)));
        }
        let module_name = match declared {
            Some(m) => vm.to_str(&m)?,
            None => {
                for (k, m) in vm.runtime().modules.items() {
                    let Some(k) = k.downcast_ref::<PyStr>() else { continue };
                    if matches!(k.as_bytes(), b"__main__" | b"__mp_main__") || m.is_none() {
                        continue;
                    }
                    if let Ok(x) = deep_attribute(vm, &m, &path)
                        && x.is(v)
                    {
                        return Ok(k);
                    }
                }
                vm.names().__main__.clone()
            }
        };
        let module = match shared::import_module(vm, &module_name) {
            Ok(m) => m,
            Err(e) if e.is(&exc::IMPORT_ERROR) || e.is(&exc::VALUE_ERROR) || e.is(&exc::KEY_ERROR) => {
                let text = vm.to_str(&e.value())?;
                return Err(after(self.error(format!("Can't pickle {}: {}", repr(vm, v)?, text.to_lossy())), e));
            }
            Err(e) => return Err(e),
        };
        match deep_attribute(vm, &module, &path) {
            Ok(x) if x.is(v) => Ok(module_name),
            Ok(_) => Err(self.error(format!(
                "Can't pickle {}: it's not the same object as {}.{}",
                repr(vm, v)?,
                module_name.to_lossy(),
                name.to_lossy()
            ))),
            Err(e) if e.is(&exc::ATTRIBUTE_ERROR) => {
                let text = format!(
                    "Can't pickle {}: it's not found as {}.{}",
                    repr(vm, v)?,
                    module_name.to_lossy(),
                    name.to_lossy()
                );
                Err(after(self.error(text), e))
            }
            Err(e) => Err(e),
        }
    }
}

/// `obj.a.b.c`
pub(super) fn deep_attribute(vm: &Vm, v: &Value, path: &[Str]) -> PyResult<Value> {
    let mut v = v.clone();
    for p in path {
        v = vm.get_attr(&v, p)?;
    }
    Ok(v)
}

/// Whether instances of a class are reduced to the class and their `__dict__`.
fn is_plain_class(vm: &Vm, class: &Type) -> bool {
    let n = vm.names();
    let same = |name: &Str| matches!((class.lookup(name), OBJECT.lookup(name)), (Some(a), Some(b)) if a.is(&b));
    let slots = class.own(&attr(vm, "__slotnames__"));
    class.is_heap()
        && class.has_dict()
        && class.slots().new.is_some()
        && std::ptr::eq(class.layout(), PyObject::layout())
        && class.flags().has(freeze_runtime::TypeFlags::GENERIC_GETATTR)
        && [&n.__reduce_ex__, &n.__reduce__, &n.__getstate__, &n.__class__].into_iter().all(same)
        && class.lookup(&n.__getnewargs__).is_none()
        && class.lookup(&n.__getnewargs_ex__).is_none()
        && slots.and_then(|s| s.downcast_ref::<PyList>()).is_some_and(|l| l.is_empty())
}
