//! `ContextVar` and `Token`.

use std::cell::Cell;

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::exception::LOOKUP_ERROR;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::type_;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::context::{self, Context};
use crate::native_type::{class_getitem, payload};

/// The payload of `ContextVar`.
pub(super) struct ContextVar {
    name: Value,
    default: Option<Value>,
}
payload!(ContextVar, |c, visit| {
    visit(&c.name);
    c.default.iter().for_each(visit);
});

static NEW: NativeDef = native("ContextVar(name, /, *, default=None)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    if !slots[0].has_layout::<PyStr>() {
        return Err(vm.type_error("context variable name must be a str"));
    }
    let default = Some(slots[1].clone()).filter(|v| !v.is_unbound());
    Ok(Ref::new(class, ContextVar { name: slots[0].clone(), default }).into_value())
}

fn this(v: &Value) -> &ContextVar {
    v.downcast().expect("slots of ContextVar see those")
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let c = this(v);
    let mut out = format!("<ContextVar name={}", vm.repr(&c.name)?.to_lossy());
    if let Some(d) = &c.default {
        out += &format!(" default={}", vm.repr(d)?.to_lossy());
    }
    out += &format!(" at {:#x}>", v.id());
    Ok(vm.str(&out))
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let found = vm.context.borrow().downcast::<Context>().and_then(|c| c.get(v));
    match found.or_else(|| args.opt(1).cloned()).or_else(|| this(v).default.clone()) {
        Some(x) => Ok(x),
        None => Err(vm.new_error_args(&LOOKUP_ERROR, vec![v.clone()])),
    }
}

fn set(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let c = context::current(vm);
    let old = c.set(v, args.get(1).clone());
    let token = Token { context: c.into_value(), var: v.clone(), old, used: Cell::new(false) };
    Ok(Ref::new(&TOKEN, token).into_value())
}

fn reset_to(vm: &Vm, v: &Value, token: &Value) -> PyResult<()> {
    let Some(t) = token.downcast::<Token>() else {
        return Err(vm.type_error(format!("expected an instance of Token, got {}", repr_of(vm, token)?)));
    };
    if t.used.get() {
        return Err(vm.runtime_error(format!("{} has already been used once", repr_of(vm, token)?)));
    }
    if !t.var.is(v) {
        return Err(vm.value_error(format!("{} was created by a different ContextVar", repr_of(vm, token)?)));
    }
    let c = context::current(vm);
    if !c.as_value().is(&t.context) {
        return Err(vm.value_error(format!("{} was created in a different Context", repr_of(vm, token)?)));
    }
    t.used.set(true);
    match &t.old {
        Some(old) => drop(c.set(v, old.clone())),
        None => drop(c.remove(v)),
    }
    Ok(())
}

fn repr_of(vm: &Vm, v: &Value) -> PyResult<String> {
    Ok(vm.repr(v)?.to_lossy().into_owned())
}

fn reset(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    reset_to(vm, args.this(), args.get(1))?;
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native(
        "get(self, default=<unrepresentable>, /)",
        "Return a value for the context variable for the current context.",
        get,
    ),
    native("reset(self, token, /)", "Reset the context variable.", reset),
    native("set(self, value, /)", "Call to set a new value for the context variable in the current context.", set),
];

static GETSET: &[GetSet] = &[GetSet { name: "name", doc: "", get: |_, v| Ok(this(v).name.clone()), set: None }];

static DEF: TypeDef = TypeDef {
    name: "ContextVar",
    module: "_contextvars",
    layout: ContextVar::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: &[native("__class_getitem__(cls, object, /)", "See PEP 585", class_getitem)],
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `ContextVar`.
pub(super) static CONTEXT_VAR: Type = Type::builtin(&DEF);

/// The payload of `Token`: what `ContextVar.reset` goes back to.
pub(super) struct Token {
    context: Value,
    var: Value,
    old: Option<Value>,
    used: Cell<bool>,
}
payload!(Token, |t, visit| {
    visit(&t.context);
    visit(&t.var);
    t.old.iter().for_each(visit);
});

fn token(v: &Value) -> &Token {
    v.downcast().expect("slots of Token see tokens")
}

fn token_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = token(v);
    let used = if t.used.get() { " used" } else { "" };
    Ok(vm.str(&format!("<Token{used} var={} at {:#x}>", repr_of(vm, &t.var)?, v.id())))
}

fn enter(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.this().clone())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let var = token(args.this()).var.clone();
    reset_to(vm, &var, args.this())?;
    Ok(Value::NONE)
}

/// The payload of `Token.MISSING`.
struct Missing;

impl Payload for Missing {
    fn layout() -> &'static freeze_runtime::object::Layout {
        static L: freeze_runtime::object::Layout = freeze_runtime::object::Layout::of::<Missing>();
        &L
    }
}

static MISSING_DEF: TypeDef = TypeDef {
    name: "Token.MISSING",
    module: "_contextvars",
    layout: Missing::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { repr: Some(|vm, _| Ok(vm.str("<Token.MISSING>"))), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
static MISSING_TYPE: Type = Type::builtin(&MISSING_DEF);

/// The one `Token.MISSING`.
fn missing(vm: &Vm) -> Value {
    const KEY: &str = "_contextvars.missing";
    let known = vm.runtime().slots.borrow().get(KEY).cloned();
    known.unwrap_or_else(|| {
        type_::ready(vm, &MISSING_TYPE);
        let v = Ref::new(&MISSING_TYPE, Missing).into_value();
        vm.runtime().slots.borrow_mut().insert(KEY, v.clone());
        v
    })
}

fn token_consts(vm: &Vm, dict: &freeze_runtime::types::dict::PyDict) {
    dict.set_text("MISSING", missing(vm));
}

static TOKEN_METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "Enter into Token context manager.", enter),
    native(
        "__exit__(self, type, value, traceback, /)",
        "Exit from Token context manager, restore the linked ContextVar.",
        exit,
    ),
];

static TOKEN_GETSET: &[GetSet] = &[
    GetSet {
        name: "old_value",
        doc: "",
        get: |vm, v| Ok(token(v).old.clone().unwrap_or_else(|| missing(vm))),
        set: None,
    },
    GetSet { name: "var", doc: "", get: |_, v| Ok(token(v).var.clone()), set: None },
];

static TOKEN_DEF: TypeDef = TypeDef {
    name: "Token",
    module: "_contextvars",
    layout: Token::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { repr: Some(token_repr), ..Slots::EMPTY },
    methods: TOKEN_METHODS,
    class_methods: &[native("__class_getitem__(cls, object, /)", "See PEP 585", class_getitem)],
    getset: TOKEN_GETSET,
    consts: Some(token_consts),
    ..TypeDef::EMPTY
};
/// The type `Token`.
pub(super) static TOKEN: Type = Type::builtin(&TOKEN_DEF);
