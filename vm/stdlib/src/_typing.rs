//! `_typing`: the natives of `typing`.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::type_::ready_value;
use freeze_runtime::types::typevar;
use freeze_runtime::types::union::UNION;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

fn idfunc(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.get(0).clone())
}

static FUNCTIONS: &[NativeDef] = &[native("_idfunc(x, /)", "", idfunc)];

fn init(vm: &Vm, ns: &PyDict) -> PyResult<()> {
    let types = [
        &typevar::TYPE_VAR,
        &typevar::PARAM_SPEC,
        &typevar::TYPE_VAR_TUPLE,
        &typevar::PARAM_SPEC_ARGS,
        &typevar::PARAM_SPEC_KWARGS,
        &typevar::TYPE_ALIAS,
        &typevar::GENERIC,
        &UNION,
    ];
    for t in types {
        ns.set_text(t.name(), ready_value(vm, t));
    }
    ns.set_text("NoDefault", typevar::no_default(vm));
    Ok(())
}

/// The module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.",
    functions: FUNCTIONS,
    init: Some(init),
};
