//! Pickling of objects: `__reduce__`, `__reduce_ex__`, `__getstate__`, through `copyreg` as CPython does it.

use crate::call::Args;
use crate::object::{Ref, TypeObject, Value};
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn copyreg(vm: &Vm, name: &str) -> PyResult<Value> {
    let key = vm.intern("copyreg");
    let module = match vm.runtime().modules.get_str(&key) {
        Some(m) => m,
        None => {
            let import = Value::or_none(vm.runtime().builtins.get_str(&vm.names().__import__));
            vm.call(&import, &[key.into_value()])?
        }
    };
    vm.get_attr_str(&module, name)
}

/// The names of the slots of a class and its bases, as `copyreg._slotnames` gives them (a list or None).
fn slot_names(vm: &Vm, class: &Value) -> PyResult<Value> {
    let t = class.downcast::<TypeObject>().expect("classes are types");
    if let Some(v) = t.own(&vm.intern("__slotnames__")) {
        return Ok(v);
    }
    let f = copyreg(vm, "_slotnames")?;
    let names = vm.call(&f, std::slice::from_ref(class))?;
    if !names.is_none() && !names.has_layout::<PyList>() {
        return Err(vm.type_error("copyreg._slotnames didn't return a list or None"));
    }
    Ok(names)
}

/// The default state: the `__dict__` (a copy, if it has one), with slots a pair of it and the slots' values.
fn default_state(vm: &Vm, this: &Value, required: bool) -> PyResult<Value> {
    let class = this.class().to_ref();
    let names = slot_names(vm, class.as_value())?;
    let names = names.downcast::<PyList>().map(PyList::to_vec).unwrap_or_default();
    if required {
        let native_parts = class.layout().size_hint() > 16;
        if native_parts || (!class.has_dict() && class.slot_offsets().len() != names.len()) {
            return Err(vm.type_error(format!("cannot pickle '{}' object", class.name())));
        }
    }
    let state = match vm.get_attr_opt(this, &vm.names().__dict__)? {
        // No attributes are no state.
        Some(d) if d.downcast::<PyDict>().is_some_and(PyDict::is_empty) => Value::NONE,
        Some(d) => d,
        None => Value::NONE,
    };
    if names.is_empty() {
        return Ok(state);
    }
    let slots = PyDict::new_ref();
    for n in names {
        if let Some(s) = n.downcast_ref::<PyStr>()
            && let Some(v) = vm.get_attr_opt(this, &s)?
        {
            slots.set(vm, &n, v)?;
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(PyTuple::new(vec![state, slots.into_value()]).into_value())
}

/// `object.__getstate__`
pub(super) fn getstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    default_state(vm, args.this(), false)
}

fn state_of(vm: &Vm, this: &Value, required: bool) -> PyResult<Value> {
    let name = &vm.names().__getstate__;
    let m = vm.get_attr(this, name)?;
    // Built-in types may have a `__getstate__` of their own, and instances too.
    let inherited = match (this.class().lookup(name), super::OBJECT.lookup(name)) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    let is_default =
        inherited && crate::types::native_function::name_of(&m).is_some_and(|n| n.as_bytes() == b"__getstate__");
    if is_default { default_state(vm, this, required) } else { vm.call0(&m) }
}

/// What `__getnewargs_ex__` or `__getnewargs__` give: positional arguments, keyword arguments.
fn new_arguments(vm: &Vm, this: &Value) -> PyResult<Option<(Ref<PyTuple>, Option<Ref<PyDict>>)>> {
    let n = vm.names();
    if let Some(m) = vm.lookup_special(this, &n.__getnewargs_ex__)? {
        let r = m.call(vm, &[])?;
        let Some(t) = r.downcast::<PyTuple>() else {
            return Err(vm.type_error(format!("__getnewargs_ex__ should return a tuple, not '{}'", r.class().name())));
        };
        let [a, k] = t.as_slice() else {
            return Err(vm.value_error(format!("__getnewargs_ex__ should return a tuple of length 2, not {}", t.len())));
        };
        let Some(at) = a.downcast_ref::<PyTuple>() else {
            return Err(vm.type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                a.class().name()
            )));
        };
        let Some(kd) = k.downcast_ref::<PyDict>() else {
            return Err(vm.type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                k.class().name()
            )));
        };
        return Ok(Some((at, Some(kd))));
    }
    if let Some(m) = vm.lookup_special(this, &n.__getnewargs__)? {
        let r = m.call(vm, &[])?;
        let Some(t) = r.downcast_ref::<PyTuple>() else {
            return Err(vm.type_error(format!("__getnewargs__ should return a tuple, not '{}'", r.class().name())));
        };
        return Ok(Some((t, None)));
    }
    Ok(None)
}

fn reduce_2(vm: &Vm, this: &Value) -> PyResult<Value> {
    let class = this.class().as_value();
    if this.class().slots().new.is_none() {
        return Err(vm.type_error(format!("cannot pickle '{}' object", this.class().name())));
    }
    let args = new_arguments(vm, this)?;
    let is_list = this.has_layout::<PyList>();
    let is_dict = this.has_layout::<PyDict>();
    let required = args.is_none() && !is_list && !is_dict;
    let (func, new_args) = match args {
        Some((a, Some(k))) if !k.is_empty() => {
            (copyreg(vm, "__newobj_ex__")?, PyTuple::new(vec![class, a.into_value(), k.into_value()]))
        }
        other => {
            let mut all = vec![class];
            if let Some((a, _)) = other {
                all.extend_from_slice(a.as_slice());
            }
            (copyreg(vm, "__newobj__")?, PyTuple::new(all))
        }
    };
    let state = state_of(vm, this, required)?;
    let list_items = if is_list { vm.iter(this)? } else { Value::NONE };
    let dict_items = if is_dict {
        let items = vm.call_method(this, "items", &[])?;
        vm.iter(&items)?
    } else {
        Value::NONE
    };
    Ok(PyTuple::new(vec![func, new_args.into_value(), state, list_items, dict_items]).into_value())
}

fn common_reduce(vm: &Vm, this: &Value, protocol: i64) -> PyResult<Value> {
    if protocol >= 2 {
        return reduce_2(vm, this);
    }
    let f = copyreg(vm, "_reduce_ex")?;
    vm.call(&f, &[this.clone(), Value::int(protocol)])
}

/// `object.__reduce__`
pub(super) fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    common_reduce(vm, args.this(), 0)
}

/// `object.__reduce_ex__`: a `__reduce__` of the class goes first.
pub(super) fn reduce_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let this = args.this();
    let protocol = args.i64(vm, 1)?;
    let name = &vm.names().__reduce__;
    let mine = this.class().lookup(name);
    let base = super::OBJECT.lookup(name);
    if let (Some(a), Some(b)) = (mine, base)
        && !a.is(&b)
    {
        let m = vm.get_attr(this, name)?;
        return vm.call0(&m);
    }
    common_reduce(vm, this, protocol)
}
