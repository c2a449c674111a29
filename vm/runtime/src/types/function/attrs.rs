//! Attributes of functions, `types.FunctionType(...)`, and how calls name their callee in errors.

use freeze_bytecode::CodeFlags;

use super::PyFunction;
use crate::Str;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{GetSet, Payload, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::cell::PyCell;
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn this(v: &Value) -> &PyFunction {
    PyFunction::of(v).expect("the descriptor checked the type")
}

/// "module.name()" as errors about `*` and `**` arguments have it.
pub fn describe(vm: &Vm, f: &Value) -> String {
    let n = vm.names();
    let attr = |name: &Str| vm.get_attr_opt(f, name).ok().flatten().and_then(|v| v.downcast_ref::<PyStr>());
    let Some(q) = attr(&n.__qualname__) else {
        return vm.to_str(f).map(|s| s.to_lossy().into_owned()).unwrap_or_default();
    };
    match attr(&n.__module__) {
        Some(m) if m.as_bytes() != b"builtins" => format!("{}.{}()", m.to_lossy(), q.to_lossy()),
        _ => format!("{}()", q.to_lossy()),
    }
}

fn call(vm: &Vm, f: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    crate::interp::calls::call_function(vm, f, args)
}

fn descr_get(vm: &Vm, f: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    match obj {
        Some(o) if !o.is_none() || _class.is_none_or(|c| c.is(&o.class().as_value())) => {
            Ok(crate::types::method::bind(vm, f.clone(), o.clone()))
        }
        _ => Ok(f.clone()),
    }
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&format!("<function {} at {:#x}>", this(v).qualname.borrow().to_lossy(), v.id())))
}

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let names = ["code", "globals", "name", "argdefs", "closure", "kwdefaults"];
    let pos = args.positional();
    if pos.len() > names.len() {
        return Err(vm.type_error(format!("function() takes at most 6 arguments ({} given)", pos.len())));
    }
    let get = |i: usize| pos.get(i).or_else(|| args.keyword(names[i])).filter(|v| i < 2 || !v.is_none());
    let Some(code) = get(0).and_then(|v| v.downcast_ref::<PyCode>()) else {
        return Err(vm.type_error("function() argument 'code' must be code"));
    };
    let Some(globals) = get(1).and_then(|v| v.downcast_ref::<PyDict>()) else {
        return Err(vm.type_error("function() argument 'globals' must be dict"));
    };
    let closure = match get(4) {
        None => None,
        Some(c) => match c.downcast_ref::<PyTuple>() {
            Some(t) => Some(t),
            None => return Err(vm.type_error("arg 5 (closure) must be tuple")),
        },
    };
    let have = closure.as_ref().map_or(0, |c| c.len());
    if closure.is_none() && !code.freevars.is_empty() {
        return Err(vm.type_error("arg 5 (closure) must be tuple"));
    }
    if have != code.freevars.len() {
        return Err(vm.value_error(format!(
            "{} requires closure of length {}, not {have}",
            code.name.to_lossy(),
            code.freevars.len()
        )));
    }
    if let Some(c) = &closure
        && let Some(bad) = c.as_slice().iter().find(|c| !c.has_layout::<PyCell>())
    {
        return Err(vm.type_error(format!("arg 5 (closure) expected cell, found {}", bad.class().name())));
    }
    let f = PyFunction::create(vm, code, globals, closure);
    if let Some(n) = get(2) {
        match n.downcast_ref::<PyStr>() {
            Some(n) => drop(f.name.replace(n)),
            None => return Err(vm.type_error("arg 3 (name) must be None or string")),
        }
    }
    if let Some(d) = get(3) {
        match d.downcast_ref::<PyTuple>() {
            Some(d) => drop(f.defaults.replace(Some(d))),
            None => return Err(vm.type_error("arg 4 (defaults) must be None or tuple")),
        }
    }
    if let Some(d) = get(5) {
        match d.downcast_ref::<PyDict>() {
            Some(d) => drop(f.kwdefaults.replace(Some(d))),
            None => return Err(vm.type_error("arg 6 (kwdefaults) must be None or dict")),
        }
    }
    Ok(f.into_value())
}

fn set_str(vm: &Vm, new: Option<Value>, attr: &str) -> PyResult<Str> {
    new.and_then(|v| v.downcast_ref::<PyStr>())
        .ok_or_else(|| vm.type_error(format!("{attr} must be set to a string object")))
}

fn set_code(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let f = this(v);
    let Some(code) = new.and_then(|c| c.downcast_ref::<PyCode>()) else {
        return Err(vm.type_error("__code__ must be set to a code object"));
    };
    let have = f.closure.as_ref().map_or(0, |c| c.len());
    if code.freevars.len() != have {
        return Err(vm.value_error(format!(
            "{}() requires a code object with {have} free vars, not {}",
            f.name.borrow().to_lossy(),
            code.freevars.len()
        )));
    }
    // The docstring stays.
    let doc = f.doc();
    drop(f.doc.replace(doc));
    let kinds = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
    if f.code.borrow().flags.0 & kinds != code.flags.0 & kinds {
        let text = "Assigning a code object of non-matching type is deprecated \
                    (e.g., from a generator to a plain function)";
        vm.warn_named("DeprecationWarning", text, 1)?;
    }
    // Running frames point at the old code: the new one keeps it alive.
    let old = f.code.replace(code.clone());
    drop(
        code.replaced
            .replace(Some(PyTuple::new(vec![old.into_value(), Value::or_none(code.replaced.take())]).into_value())),
    );
    f.version.set(0);
    Ok(())
}

fn get_defaults(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).defaults.borrow().as_ref().map_or(Value::NONE, |d| d.value()))
}

fn set_defaults(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let new = match new {
        None => None,
        Some(n) if n.is_none() => None,
        Some(n) => match n.downcast_ref::<PyTuple>() {
            Some(t) => Some(t),
            None => return Err(vm.type_error("__defaults__ must be set to a tuple object")),
        },
    };
    drop(this(v).defaults.replace(new));
    Ok(())
}

fn get_kwdefaults(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).kwdefaults.borrow().as_ref().map_or(Value::NONE, |d| d.value()))
}

fn set_kwdefaults(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let new = match new {
        None => None,
        Some(n) if n.is_none() => None,
        Some(n) => match n.downcast_ref::<PyDict>() {
            Some(t) => Some(t),
            None => return Err(vm.type_error("__kwdefaults__ must be set to a dict object")),
        },
    };
    drop(this(v).kwdefaults.replace(new));
    Ok(())
}

/// `__annotations__`: made by calling `__annotate__(1)` the first time (PEP 649).
fn get_annotations(vm: &Vm, v: &Value) -> PyResult<Value> {
    let f = this(v);
    if let Some(a) = &*f.annotations.borrow() {
        return Ok(a.clone());
    }
    let annotate = f.annotate.borrow().clone();
    let a = if annotate.is_none() {
        PyDict::new_ref().into_value()
    } else {
        let a = vm.call(&annotate, &[Value::small(1)])?;
        if !a.has_layout::<PyDict>() {
            return Err(vm.type_error(format!("__annotate__() must return a dict, not {}", a.class().name())));
        }
        a
    };
    drop(f.annotations.replace(Some(a.clone())));
    Ok(a)
}

fn set_annotations(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let f = this(v);
    match new.filter(|n| !n.is_none()) {
        None => drop(f.annotations.replace(None)),
        Some(n) if n.has_layout::<PyDict>() => drop(f.annotations.replace(Some(n))),
        Some(_) => return Err(vm.type_error("__annotations__ must be set to a dict object")),
    }
    drop(f.annotate.replace(Value::NONE));
    Ok(())
}

fn set_annotate(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(vm.type_error("__annotate__ cannot be deleted")) };
    if !new.is_none() && !vm.is_callable(&new) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    let f = this(v);
    if !new.is_none() {
        drop(f.annotations.replace(None));
    }
    drop(f.annotate.replace(new));
    Ok(())
}

fn get_type_params(_: &Vm, v: &Value) -> PyResult<Value> {
    let p = this(v).type_params.borrow().clone();
    Ok(p.unwrap_or_else(|| PyTuple::new(Vec::new()).into_value()))
}

fn set_type_params(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    match new {
        Some(t) if t.has_layout::<PyTuple>() => drop(this(v).type_params.replace(Some(t))),
        _ => return Err(vm.type_error("__type_params__ must be set to a tuple")),
    }
    Ok(())
}

fn get_closure(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).closure.as_ref().map_or(Value::NONE, |c| c.value()))
}

fn get_name(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).name.borrow().value())
}

fn set_name(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let s = set_str(vm, new, "__name__")?;
    drop(this(v).name.replace(s));
    Ok(())
}

fn get_qualname(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).qualname.borrow().value())
}

fn set_qualname(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let s = set_str(vm, new, "__qualname__")?;
    drop(this(v).qualname.replace(s));
    Ok(())
}

fn set_module(_: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(this(v).module.replace(new.unwrap_or(Value::NONE)));
    Ok(())
}

fn set_doc(_: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(this(v).doc.replace(new.unwrap_or(Value::NONE)));
    Ok(())
}

fn get_dict(vm: &Vm, v: &Value) -> PyResult<Value> {
    crate::object::instance::dict(v).map(Into::into).ok_or_else(|| vm.no_attribute(v, &vm.names().__dict__))
}

fn set_dict(vm: &Vm, v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(vm.type_error("cannot delete __dict__")) };
    match new.downcast_ref::<PyDict>() {
        Some(d) => {
            crate::object::instance::set_dict(v, d);
            Ok(())
        }
        None => Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", new.class().name()))),
    }
}

static GETSET: &[GetSet] = &[
    GetSet {
        name: "__annotate__",
        doc: "",
        get: |_, v| Ok(this(v).annotate.borrow().clone()),
        set: Some(set_annotate),
    },
    GetSet { name: "__annotations__", doc: "", get: get_annotations, set: Some(set_annotations) },
    GetSet {
        name: "__builtins__",
        doc: "",
        get: |_, v| Ok(crate::types::mapped_builtins::shown(&this(v).builtins)),
        set: None,
    },
    GetSet { name: "__closure__", doc: "", get: get_closure, set: None },
    GetSet { name: "__code__", doc: "", get: |_, v| Ok(this(v).code.borrow().value()), set: Some(set_code) },
    GetSet { name: "__defaults__", doc: "", get: get_defaults, set: Some(set_defaults) },
    GetSet { name: "__dict__", doc: "", get: get_dict, set: Some(set_dict) },
    GetSet { name: "__doc__", doc: "", get: |_, v| Ok(this(v).doc()), set: Some(set_doc) },
    GetSet { name: "__globals__", doc: "", get: |_, v| Ok(this(v).globals.value()), set: None },
    GetSet { name: "__kwdefaults__", doc: "", get: get_kwdefaults, set: Some(set_kwdefaults) },
    GetSet { name: "__module__", doc: "", get: |_, v| Ok(this(v).module.borrow().clone()), set: Some(set_module) },
    GetSet { name: "__name__", doc: "", get: get_name, set: Some(set_name) },
    GetSet { name: "__qualname__", doc: "", get: get_qualname, set: Some(set_qualname) },
    GetSet { name: "__type_params__", doc: "", get: get_type_params, set: Some(set_type_params) },
];

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // Pickled by name, as CPython's functions are.
    get_qualname(vm, args.this())
}

static METHODS: &[NativeDef] = &[native("__reduce__(self, /)", "", reduce)];

static DEF: TypeDef = TypeDef {
    name: "function",
    layout: PyFunction::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS | TypeFlags::METHOD_DESCRIPTOR,
    slots: Slots { new: Some(new), call: Some(call), descr_get: Some(descr_get), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    members: &["__builtins__", "__closure__", "__doc__", "__globals__", "__module__"],
    ..TypeDef::EMPTY
};
/// `types.FunctionType`
pub static FUNCTION: Type = Type::builtin(&DEF);
