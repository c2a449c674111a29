//! `partial`: a call with some of its arguments filled in, places for others kept by `Placeholder`.

use std::cell::RefCell;

use freeze_runtime::object::Slots;
use freeze_runtime::object::instance;
use freeze_runtime::object::typeobj::GetSet;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::native_type::{class_getitem, payload};

/// The payload of `Placeholder`.
pub(super) struct PyPlaceholder;
payload!(PyPlaceholder, |_p, _visit| ());

/// The one `Placeholder`.
pub(super) fn placeholder(vm: &Vm) -> Value {
    if let Some(v) = vm.runtime().slots.borrow().get("_functools.Placeholder") {
        return v.clone();
    }
    let v = Ref::new(&PLACEHOLDER_TYPE, PyPlaceholder).into_value();
    vm.runtime().slots.borrow_mut().insert("_functools.Placeholder", v.clone());
    v
}

fn is_placeholder(v: &Value) -> bool {
    v.has_layout::<PyPlaceholder>()
}

fn placeholder_new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if !args.args.is_empty() {
        return Err(vm.type_error("_PlaceholderType takes no arguments"));
    }
    Ok(placeholder(vm))
}

fn placeholder_repr(vm: &Vm, _v: &Value) -> PyResult<Value> {
    Ok(vm.str("Placeholder"))
}

fn placeholder_reduce(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str("Placeholder"))
}

static PLACEHOLDER_DEF: TypeDef = TypeDef {
    name: "_PlaceholderType",
    module: "functools",
    doc: "The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.",
    layout: PyPlaceholder::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(placeholder_new), repr: Some(placeholder_repr), ..Slots::EMPTY },
    methods: &[native("__reduce__(self, /)", "", placeholder_reduce)],
    ..TypeDef::EMPTY
};
/// `functools._PlaceholderType`
pub(super) static PLACEHOLDER_TYPE: Type = Type::builtin(&PLACEHOLDER_DEF);

#[derive(Clone)]
struct State {
    func: Value,
    args: Ref<PyTuple>,
    keywords: Ref<PyDict>,
    placeholders: usize,
}

/// The payload of `partial`.
pub(super) struct Partial {
    state: RefCell<State>,
}
payload!(Partial, |p, visit| {
    let s = p.state.borrow();
    visit(&s.func);
    visit(s.args.as_value());
    visit(s.keywords.as_value());
});

fn state(v: &Value) -> State {
    v.downcast::<Partial>().expect("slots are called on their own types").state.borrow().clone()
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let positional = args.positional();
    let Some(func) = positional.first() else {
        return Err(vm.type_error("type 'partial' takes at least one argument"));
    };
    if !vm.is_callable(func) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let given = &positional[1..];
    if given.last().is_some_and(is_placeholder) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    for (_, v) in args.keywords() {
        if is_placeholder(v) {
            return Err(vm.type_error("Placeholder cannot be passed as a keyword argument"));
        }
    }
    let mut func = func.clone();
    let mut all = given.to_vec();
    let keywords: Ref<PyDict>;
    // A partial of a plain partial is one partial.
    if func.is_exact(&PARTIAL) && instance::dict(&func).is_none_or(|d| d.is_empty()) {
        let inner = state(&func);
        all = fill(inner.args.as_slice(), inner.placeholders, given);
        keywords = inner.keywords.copy();
        func = inner.func;
    } else {
        keywords = PyDict::new_ref();
    }
    for (k, v) in args.keywords() {
        keywords.set(vm, k, v.clone())?;
    }
    let placeholders = all.iter().filter(|v| is_placeholder(v)).count();
    let s = State { func, args: PyTuple::new(all), keywords, placeholders };
    Ok(Ref::new(class, Partial { state: RefCell::new(s) }).into_value())
}

/// `args` with the given values in the places kept free, the others behind; missing ones keep their place.
fn fill(args: &[Value], placeholders: usize, given: &[Value]) -> Vec<Value> {
    let mut rest = given.iter();
    let mut out = Vec::with_capacity(args.len() + given.len());
    if placeholders == 0 {
        out.extend_from_slice(args);
    } else {
        for a in args {
            out.push(if is_placeholder(a) { rest.next().unwrap_or(a).clone() } else { a.clone() });
        }
    }
    out.extend(rest.cloned());
    out
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let s = state(v);
    let given = args.positional();
    if given.len() < s.placeholders {
        return Err(vm.type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {}, got {}",
            s.placeholders,
            given.len()
        )));
    }
    let mut all = fill(s.args.as_slice(), s.placeholders, given);
    if s.keywords.is_empty() {
        all.extend_from_slice(&args.args[given.len()..]);
        return vm.call_args(&s.func, CallArgs { args: &all, names: args.names });
    }
    let mut names = Vec::new();
    let mut values = Vec::new();
    for (k, v) in s.keywords.items() {
        let overridden = match k.downcast::<PyStr>().and_then(PyStr::as_str) {
            Some(text) => args.keyword(text),
            None => None,
        };
        names.push(k);
        values.push(overridden.cloned().unwrap_or(v));
    }
    for (k, v) in args.keywords() {
        if s.keywords.get(vm, k)?.is_none() {
            names.push(k.clone());
            values.push(v.clone());
        }
    }
    all.extend(values);
    vm.call_args(&s.func, CallArgs { args: &all, names: &names })
}

fn get(vm: &Vm, v: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    Ok(match obj {
        Some(o) => freeze_runtime::types::method::bind(vm, v.clone(), o.clone()),
        None => v.clone(),
    })
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let class = v.class();
    let name = freeze_runtime::types::type_::full_name(vm, class)?;
    let body = vm.guard_repr(v, || {
        let s = state(v);
        let mut out = vm.repr(&s.func)?.to_lossy().into_owned();
        for a in s.args.as_slice() {
            out.push_str(", ");
            out.push_str(&vm.repr(a)?.to_lossy());
        }
        for (k, x) in s.keywords.items() {
            out.push_str(&format!(", {}={}", vm.to_str(&k)?.to_lossy(), vm.repr(&x)?.to_lossy()));
        }
        Ok(out)
    })?;
    Ok(vm.str(&match body {
        Some(b) => format!("{name}({b})"),
        None => "...".to_owned(),
    }))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let s = state(v);
    let dict = instance::dict(v).filter(|d| !d.is_empty()).map_or(Value::NONE, Ref::into_value);
    let inner = PyTuple::new(vec![s.func.clone()]).into_value();
    let rest = PyTuple::new(vec![s.func, s.args.into_value(), s.keywords.into_value(), dict]).into_value();
    Ok(PyTuple::new(vec![v.class().as_value(), inner, rest]).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let invalid = || vm.type_error("invalid partial state");
    let t = args.get(1).downcast_ref::<PyTuple>().ok_or_else(invalid)?;
    let [func, given, keywords, dict] = t.as_slice() else { return Err(invalid()) };
    if !vm.is_callable(func) || !given.has_layout::<PyTuple>() {
        return Err(invalid());
    }
    if !keywords.is_none() && !keywords.has_layout::<PyDict>() {
        return Err(invalid());
    }
    let items = vm.to_vec(given)?;
    if items.last().is_some_and(is_placeholder) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    let placeholders = items.iter().filter(|v| is_placeholder(v)).count();
    let keywords = match keywords.downcast_ref::<PyDict>() {
        Some(d) if d.as_value().is_exact(&freeze_runtime::types::dict::DICT) => d,
        Some(d) => d.copy(),
        None => PyDict::new_ref(),
    };
    let exact = given.downcast_ref::<PyTuple>().filter(|g| g.as_value().is_exact(&freeze_runtime::types::tuple::TUPLE));
    let args_given = exact.unwrap_or_else(|| PyTuple::new(items));
    let new = State { func: func.clone(), args: args_given, keywords, placeholders };
    let old = args.payload::<Partial>().state.replace(new);
    drop(old);
    let dict = dict.downcast_ref::<PyDict>().unwrap_or_else(PyDict::new_ref);
    instance::set_dict(args.this(), dict);
    Ok(Value::NONE)
}

fn get_func(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(state(v).func)
}

fn get_args(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(state(v).args.into_value())
}

fn get_keywords(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(state(v).keywords.into_value())
}

static METHODS: &[NativeDef] =
    &[native("__reduce__(self, /)", "", reduce), native("__setstate__(self, state, /)", "", setstate)];

static DEF: TypeDef = TypeDef {
    name: "partial",
    module: "functools",
    doc: "Create a new function with partial application of the given arguments and keywords.",
    layout: Partial::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT | TypeFlags::WEAKREFS | TypeFlags::METHOD_DESCRIPTOR,
    slots: Slots { new: Some(new), call: Some(call), repr: Some(repr), descr_get: Some(get), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: &[native("__class_getitem__(cls, object, /)", "See PEP 585", class_getitem)],
    getset: &[
        GetSet { name: "args", doc: "tuple of arguments to future partial calls", get: get_args, set: None },
        GetSet { name: "func", doc: "function object to use in future partial calls", get: get_func, set: None },
        GetSet {
            name: "keywords",
            doc: "dictionary of keyword arguments to future partial calls",
            get: get_keywords,
            set: None,
        },
    ],
    ..TypeDef::EMPTY
};
/// `functools.partial`
pub(super) static PARTIAL: Type = Type::builtin(&DEF);
