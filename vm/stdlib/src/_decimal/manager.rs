//! What `localcontext` gives: a context manager.

use freeze_runtime::object::Slots;
use freeze_runtime::types::type_;
use freeze_runtime::{Args, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::context::{self, Context, context_arg, current};
use crate::native_type::payload;

/// The payload of the manager: the context of the block, and the one before.
struct Manager {
    local: Ref<Context>,
    outer: Ref<Context>,
}
payload!(Manager, |m, visit| {
    visit(m.local.as_value());
    visit(m.outer.as_value());
});

/// `localcontext(ctx=None, **settings)`
pub(super) fn localcontext(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let outer = current(vm)?;
    let local = context_arg(vm, args.opt(0))?.copy();
    if let Some(settings) = args.kwargs(1) {
        context::set_named(vm, local.as_value(), &settings)?;
    }
    Ok(Ref::new(&MANAGER, Manager { local, outer }).into_value())
}

fn enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &Manager = args.payload();
    context::set_current(vm, m.local.as_value())?;
    Ok(m.local.value())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m: &Manager = args.payload();
    context::set_current(vm, m.outer.as_value())?;
    Ok(Value::FALSE)
}

/// Readies the type.
pub(super) fn ready(vm: &Vm) {
    type_::ready(vm, &MANAGER);
}

static METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "Makes the local context the current one.", enter),
    native("__exit__(self, /, *args)", "Goes back to the context before.", exit),
];

static DEF: TypeDef = TypeDef {
    name: "ContextManager",
    module: "decimal",
    layout: <Manager as Payload>::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots::EMPTY,
    methods: METHODS,
    ..TypeDef::EMPTY
};
static MANAGER: Type = Type::builtin(&DEF);
