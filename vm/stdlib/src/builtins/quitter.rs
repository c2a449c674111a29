//! `exit` and `quit`, as the library's `site` makes them: for programs that end themselves by these names.

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::exception::SYSTEM_EXIT;
use freeze_runtime::{CallArgs, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm};

/// The payload: the name it goes by.
struct Quitter(&'static str);

impl Payload for Quitter {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Quitter>();
        &L
    }
}

fn this(v: &Value) -> &Quitter {
    v.downcast().expect("slots are called on their own types")
}

/// Closes the standard input, so that a shell around the program ends too, and raises `SystemExit`.
fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, this(v).0, 0, 1)?;
    let code = args.positional().first().or_else(|| args.keyword("code")).cloned();
    if let Some(stdin) = vm.runtime().sys.get_text("stdin").filter(|s| !s.is_none()) {
        // A program without input ends all the same.
        let _ = vm.call_method_name(&stdin, &vm.names().close, &[]);
    }
    let e = vm.call(&SYSTEM_EXIT.as_value(), &[Value::or_none(code)])?;
    Err(Raised::from_value(vm, e))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&format!("Use {}() or Ctrl-D (i.e. EOF) to exit", this(v).0)))
}

static DEF: TypeDef = TypeDef {
    name: "Quitter",
    module: "_sitebuiltins",
    layout: Quitter::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { call: Some(call), repr: Some(repr), ..Slots::EMPTY },
    getset: &[GetSet { name: "name", doc: "", get: |vm, v| Ok(vm.str(this(v).0)), set: None }],
    ..TypeDef::EMPTY
};
static QUITTER: Type = Type::builtin(&DEF);

/// The object of that name.
pub(super) fn named(vm: &Vm, name: &'static str) -> Value {
    freeze_runtime::types::type_::ready_value(vm, &QUITTER);
    Ref::new(&QUITTER, Quitter(name)).into_value()
}
