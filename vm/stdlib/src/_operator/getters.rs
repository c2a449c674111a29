//! `attrgetter`, `itemgetter`, `methodcaller`.

use freeze_runtime::object::Slots;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::payload;

/// The payload of `itemgetter`.
pub(super) struct ItemGetter {
    items: Ref<PyTuple>,
}
payload!(ItemGetter, |g, visit| visit(g.items.as_value()));

/// The payload of `attrgetter`: each attribute is a path of names.
pub(super) struct AttrGetter {
    names: Ref<PyTuple>,
    paths: Vec<Vec<Str>>,
}
payload!(AttrGetter, |g, visit| visit(g.names.as_value()));

/// The payload of `methodcaller`.
pub(super) struct MethodCaller {
    name: Str,
    args: Vec<Value>,
    kwnames: Vec<Value>,
}
payload!(MethodCaller, |m, visit| m.args.iter().for_each(visit));

fn one_argument<'a>(vm: &Vm, args: CallArgs<'a>, name: &str) -> PyResult<&'a Value> {
    args.no_keywords(vm, name)?;
    args.check_count(vm, name, 1, 1)?;
    Ok(&args.args[0])
}

fn item_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "itemgetter")?;
    if args.args.is_empty() {
        return Err(vm.type_error("itemgetter expected 1 argument, got 0"));
    }
    Ok(Ref::new(class, ItemGetter { items: PyTuple::from_slice(args.args) }).into_value())
}

fn item_call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let g = v.downcast::<ItemGetter>().expect("slots are called on their own types");
    let obj = one_argument(vm, args, "itemgetter")?;
    match g.items.as_slice() {
        [key] => vm.get_item(obj, key),
        keys => {
            let values = keys.iter().map(|k| vm.get_item(obj, k)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyTuple::new(values).into_value())
        }
    }
}

fn shown(vm: &Vm, v: &Value) -> PyResult<String> {
    Ok(vm.repr(v)?.to_lossy().into_owned())
}

/// The class's name in reprs: with the module it is found in.
fn qualified(v: &Value) -> String {
    let c = v.class();
    if c.is_heap() { c.name().to_owned() } else { format!("operator.{}", c.name()) }
}

fn item_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let g = v.downcast::<ItemGetter>().expect("slots are called on their own types");
    let text = vm.guard_repr(v, || {
        let parts = g.items.as_slice().iter().map(|i| shown(vm, i)).collect::<PyResult<Vec<_>>>()?;
        Ok(parts.join(", "))
    })?;
    Ok(vm.str(&format!("{}({})", qualified(v), text.unwrap_or_else(|| "...".into()))))
}

fn item_reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let g = args.payload::<ItemGetter>();
    Ok(PyTuple::new(vec![args.this().class().as_value(), g.items.value()]).into_value())
}

fn attr_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "attrgetter")?;
    if args.args.is_empty() {
        return Err(vm.type_error("attrgetter expected 1 argument, got 0"));
    }
    let mut paths = Vec::with_capacity(args.args.len());
    for a in args.args {
        let Some(s) = a.downcast::<PyStr>() else { return Err(vm.type_error("attribute name must be a string")) };
        paths.push(s.as_bytes().split(|&b| b == b'.').map(PyStr::intern).collect());
    }
    Ok(Ref::new(class, AttrGetter { names: PyTuple::from_slice(args.args), paths }).into_value())
}

fn attr_call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let g = v.downcast::<AttrGetter>().expect("slots are called on their own types");
    let obj = one_argument(vm, args, "attrgetter")?;
    let get = |path: &Vec<Str>| -> PyResult<Value> {
        let mut at = obj.clone();
        for name in path {
            at = vm.get_attr(&at, name)?;
        }
        Ok(at)
    };
    match &g.paths[..] {
        [path] => get(path),
        paths => Ok(PyTuple::new(paths.iter().map(get).collect::<PyResult<Vec<_>>>()?).into_value()),
    }
}

fn attr_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let g = v.downcast::<AttrGetter>().expect("slots are called on their own types");
    let parts = g.names.as_slice().iter().map(|i| shown(vm, i)).collect::<PyResult<Vec<_>>>()?;
    Ok(vm.str(&format!("{}({})", qualified(v), parts.join(", "))))
}

fn attr_reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let g = args.payload::<AttrGetter>();
    Ok(PyTuple::new(vec![args.this().class().as_value(), g.names.value()]).into_value())
}

fn caller_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let Some(name) = args.positional().first() else {
        return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
    };
    let Some(name) = name.downcast::<PyStr>() else { return Err(vm.type_error("method name must be a string")) };
    let m = MethodCaller {
        name: PyStr::intern(name.as_bytes()),
        args: args.args[1..].to_vec(),
        kwnames: args.names.to_vec(),
    };
    Ok(Ref::new(class, m).into_value())
}

fn caller_call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let m = v.downcast::<MethodCaller>().expect("slots are called on their own types");
    let obj = one_argument(vm, args, "methodcaller")?;
    let f = vm.get_method(obj, &m.name)?;
    f.call_args(vm, CallArgs { args: &m.args, names: &m.kwnames })
}

fn caller_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let m = v.downcast::<MethodCaller>().expect("slots are called on their own types");
    let text = vm.guard_repr(v, || {
        let call = CallArgs { args: &m.args, names: &m.kwnames };
        let mut parts = vec![shown(vm, m.name.as_value())?];
        for a in call.positional() {
            parts.push(shown(vm, a)?);
        }
        for (k, a) in call.keywords() {
            parts.push(format!("{}={}", vm.to_str(k)?.to_lossy(), shown(vm, a)?));
        }
        Ok(parts.join(", "))
    })?;
    Ok(vm.str(&format!("{}({})", qualified(v), text.unwrap_or_else(|| "...".into()))))
}

fn caller_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = args.payload::<MethodCaller>();
    let class = args.this().class().as_value();
    let call = CallArgs { args: &m.args, names: &m.kwnames };
    let mut positional = vec![m.name.value()];
    positional.extend_from_slice(call.positional());
    if m.kwnames.is_empty() {
        return Ok(PyTuple::new(vec![class, PyTuple::new(positional).into_value()]).into_value());
    }
    // Keyword arguments survive in a partial.
    let import = Value::or_none(vm.runtime().builtins.get_str(&vm.names().__import__));
    let functools = vm.call(&import, &[vm.str("functools")])?;
    let partial = vm.get_attr_str(&functools, "partial")?;
    let kw: Ref<PyDict> = PyDict::new_ref();
    for (k, a) in call.keywords() {
        kw.set(vm, k, a.clone())?;
    }
    let mut all = vec![class, m.name.value()];
    let mut values: Vec<Value> = Vec::new();
    let mut names = Vec::new();
    for (k, a) in kw.items() {
        names.push(k);
        values.push(a);
    }
    all.extend(values);
    let made = vm.call_args(&partial, CallArgs { args: &all, names: &names })?;
    Ok(PyTuple::new(vec![made, PyTuple::from_slice(call.positional()).into_value()]).into_value())
}

const FLAGS: u32 = TypeFlags::BASETYPE | TypeFlags::IMMUTABLE;

static ITEM_DEF: TypeDef = TypeDef {
    name: "itemgetter",
    module: "operator",
    doc: "itemgetter(item, /, *items)\n--\n\nReturn a callable object that fetches the given item(s) from its operand.\nAfter f = itemgetter(2), the call f(r) returns r[2].\nAfter g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])",
    layout: ItemGetter::layout,
    flags: FLAGS,
    slots: Slots { new: Some(item_new), call: Some(item_call), repr: Some(item_repr), ..Slots::EMPTY },
    methods: &[native("__reduce__(self, /)", "Return state information for pickling", item_reduce)],
    ..TypeDef::EMPTY
};
/// `operator.itemgetter`
pub(super) static ITEMGETTER: Type = Type::builtin(&ITEM_DEF);

static ATTR_DEF: TypeDef = TypeDef {
    name: "attrgetter",
    module: "operator",
    doc: "attrgetter(attr, /, *attrs)\n--\n\nReturn a callable object that fetches the given attribute(s) from its operand.\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    layout: AttrGetter::layout,
    flags: FLAGS,
    slots: Slots { new: Some(attr_new), call: Some(attr_call), repr: Some(attr_repr), ..Slots::EMPTY },
    methods: &[native("__reduce__(self, /)", "Return state information for pickling", attr_reduce)],
    ..TypeDef::EMPTY
};
/// `operator.attrgetter`
pub(super) static ATTRGETTER: Type = Type::builtin(&ATTR_DEF);

static CALLER_METHODS: &[NativeDef] =
    &[native("__reduce__(self, /)", "Return state information for pickling", caller_reduce)];

static CALLER_DEF: TypeDef = TypeDef {
    name: "methodcaller",
    module: "operator",
    doc: "methodcaller(name, /, *args, **kwargs)\n--\n\nReturn a callable object that calls the given method on its operand.\nAfter f = methodcaller('name'), the call f(r) returns r.name().\nAfter g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1).",
    layout: MethodCaller::layout,
    flags: FLAGS,
    slots: Slots { new: Some(caller_new), call: Some(caller_call), repr: Some(caller_repr), ..Slots::EMPTY },
    methods: CALLER_METHODS,
    ..TypeDef::EMPTY
};
/// `operator.methodcaller`
pub(super) static METHODCALLER: Type = Type::builtin(&CALLER_DEF);
