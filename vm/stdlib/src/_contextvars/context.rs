//! `Context`: values of context variables. Each thread has a current one.

use std::cell::RefCell;

use freeze_runtime::object::{CmpOp, Slots};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native, raw,
};

use super::var::ContextVar;
use crate::native_type::payload;

/// The payload of `Context`. Programs have few context variables: pairs in a row are found quickly enough.
#[derive(Default)]
pub(super) struct Context {
    vars: RefCell<Vec<(Value, Value)>>,
    /// The context that was current when this one was entered; `None` while it is not.
    entered: RefCell<Option<Value>>,
}
payload!(
    Context,
    |c, visit| {
        for (k, v) in c.vars.borrow().iter() {
            visit(k);
            visit(v);
        }
        c.entered.borrow().iter().for_each(visit);
    },
    |c| drop(c.vars.take())
);

impl Context {
    /// The value of a variable.
    pub(super) fn get(&self, var: &Value) -> Option<Value> {
        self.vars.borrow().iter().find(|(k, _)| k.is(var)).map(|(_, v)| v.clone())
    }

    /// Sets the value of a variable; gives the one before.
    pub(super) fn set(&self, var: &Value, value: Value) -> Option<Value> {
        let mut vars = self.vars.borrow_mut();
        match vars.iter_mut().find(|(k, _)| k.is(var)) {
            Some((_, v)) => Some(std::mem::replace(v, value)),
            None => {
                vars.push((var.clone(), value));
                None
            }
        }
    }

    /// Removes a variable; gives its value.
    pub(super) fn remove(&self, var: &Value) -> Option<(Value, Value)> {
        let mut vars = self.vars.borrow_mut();
        let i = vars.iter().position(|(k, _)| k.is(var))?;
        Some(vars.remove(i))
    }

    /// A context with the same values.
    pub(super) fn copy(&self) -> Ref<Context> {
        let vars = self.vars.borrow().clone();
        Ref::new(&CONTEXT, Context { vars: RefCell::new(vars), ..Context::default() })
    }
}

/// The thread's current context, made when first asked for.
pub(super) fn current(vm: &Vm) -> Ref<Context> {
    if let Some(c) = vm.context.borrow().downcast_ref::<Context>() {
        return c;
    }
    let c = Ref::new(&CONTEXT, Context::default());
    drop(vm.context.replace(c.value()));
    c
}

fn this(v: &Value) -> &Context {
    v.downcast().expect("slots of Context see contexts")
}

fn new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if !args.args.is_empty() {
        return Err(vm.type_error("Context() does not accept any arguments"));
    }
    Ok(Ref::new(&CONTEXT, Context::default()).into_value())
}

#[cold]
fn wrong_key(vm: &Vm, key: &Value) -> Raised {
    match vm.repr(key) {
        Ok(text) => vm.type_error(format!("a ContextVar key was expected, got {}", text.to_lossy())),
        Err(e) => e,
    }
}

fn lookup(vm: &Vm, v: &Value, key: &Value) -> PyResult<Option<Value>> {
    if !key.has_layout::<ContextVar>() {
        return Err(wrong_key(vm, key));
    }
    Ok(this(v).get(key))
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    lookup(vm, v, key)?.ok_or_else(|| vm.key_error(key.clone()))
}

fn contains(vm: &Vm, v: &Value, key: &Value) -> PyResult<bool> {
    Ok(lookup(vm, v, key)?.is_some())
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).vars.borrow().len())
}

fn pick(v: &Value, f: impl Fn(&(Value, Value)) -> Value) -> Value {
    let items = this(v).vars.borrow().iter().map(f).collect();
    PyList::new(items).into_value()
}

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.iter(&pick(v, |p| p.0.clone()))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<Context>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let pairs = this(a).vars.borrow().clone();
    let mut same = pairs.len() == y.vars.borrow().len();
    for (k, v) in pairs {
        same = same
            && match y.get(&k) {
                Some(w) => vm.eq(&v, &w)?,
                None => false,
            };
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(lookup(vm, args.this(), args.get(1))?.unwrap_or_else(|| Value::or_none(args.opt(2).cloned())))
}

fn items(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(pick(args.this(), |(k, v)| PyTuple::from_slice(&[k.clone(), v.clone()]).into_value()))
}

fn keys(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(pick(args.this(), |p| p.0.clone()))
}

fn values(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(pick(args.this(), |p| p.1.clone()))
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(this(args.this()).copy().into_value())
}

fn run(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    let Some((v, c)) = args.positional().first().and_then(|v| Some((v, v.downcast::<Context>()?))) else {
        return Err(vm.type_error("unbound method Context.run() needs an argument"));
    };
    let Some(f) = args.positional().get(1) else {
        return Err(vm.type_error("run() missing 1 required positional argument"));
    };
    if c.entered.borrow().is_some() {
        let text = vm.repr(v)?;
        return Err(vm.runtime_error(format!("cannot enter context: {} is already entered", text.to_lossy())));
    }
    let before = vm.context.replace(v.clone());
    *c.entered.borrow_mut() = Some(before);
    let result = vm.call_args(f, args.skip_first().skip_first());
    let before = Value::or_none(c.entered.take());
    drop(vm.context.replace(before));
    result
}

static METHODS: &[NativeDef] = &[
    native("copy(self, /)", "Return a shallow copy of the context object.", copy),
    native(
        "get(self, key, default=None, /)",
        "Return the value for `key` if `key` has the value in the context object.",
        get,
    ),
    native("items(self, /)", "Return all variables and their values in the context object.", items),
    native("keys(self, /)", "Return a list of all variables in the context object.", keys),
    raw("run(self, callable, /, *args, **kwargs)", "Call the callable in this context.", run),
    native("values(self, /)", "Return a list of all variables' values in the context object.", values),
];

static DEF: TypeDef = TypeDef {
    name: "Context",
    module: "_contextvars",
    layout: Context::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        getitem: Some(getitem),
        contains: Some(contains),
        ..Slots::EMPTY
    },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `Context`.
pub(super) static CONTEXT: Type = Type::builtin(&DEF);
