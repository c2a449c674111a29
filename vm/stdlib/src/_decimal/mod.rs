//! `_decimal`: decimal arithmetic after the General Decimal Arithmetic specification. [`num`] computes, the rest is what
//! Python sees of it.

mod context;
mod context_methods;
mod convert;
mod decimal;
mod decimal_methods;
mod format;
mod manager;
mod num;
mod signals;
mod state;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

use crate::native_type::add_types;
use num::{MAX_EMAX, MAX_PREC, MIN_EMIN, Rounding};
use state::state;

const IEEE_CONTEXT_MAX_BITS: i64 = 512;

fn getcontext(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(context::current(vm)?.into_value())
}

fn setcontext(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    context::set_current(vm, args.get(0))?;
    Ok(Value::NONE)
}

fn ieee_context(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let bits = vm.to_isize(args.get(0))? as i64;
    if bits <= 0 || bits > IEEE_CONTEXT_MAX_BITS || bits % 32 != 0 {
        return Err(
            vm.value_error(format!("argument must be a multiple of 32, with a maximum of {IEEE_CONTEXT_MAX_BITS}"))
        );
    }
    Ok(context::Context::ieee(bits).into_value())
}

static FUNCTIONS: &[NativeDef] = &[
    native("IEEEContext(bits, /)", "The context of an IEEE interchange format of so many bits.", ieee_context),
    native("getcontext()", "The current context of the thread.", getcontext),
    native(
        "localcontext(ctx=None, **kwargs)",
        "A context manager that works under a copy of ctx, or of the current context.",
        manager::localcontext,
    ),
    native("setcontext(context, /)", "Makes context the current one.", setcontext),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&decimal::DECIMAL, &context::CONTEXT]);
    manager::ready(vm);
    let s = match state::find(vm) {
        Some(s) => s,
        None => state::create(vm)?,
    };
    dict.set_text("DecimalException", s.decimal_exception.clone());
    for signal in s.conditions.iter().chain(&s.signals) {
        dict.set_text(signal.class.name(), signal.class.value());
    }
    dict.set_text("DecimalTuple", s.decimal_tuple.clone());
    dict.set_text("DefaultContext", s.default_context.value());
    dict.set_text("BasicContext", s.basic_context.value());
    dict.set_text("ExtendedContext", s.extended_context.value());
    for r in Rounding::ALL {
        dict.set_text(r.name(), state(vm).rounding[r as usize].clone());
    }
    dict.set_text("HAVE_THREADS", Value::TRUE);
    dict.set_text("HAVE_CONTEXTVAR", Value::TRUE);
    dict.set_text("MAX_PREC", Value::int(MAX_PREC));
    dict.set_text("MAX_EMAX", Value::int(MAX_EMAX));
    dict.set_text("MIN_EMIN", Value::int(MIN_EMIN));
    dict.set_text("MIN_ETINY", Value::int(MIN_EMIN - (MAX_PREC - 1)));
    dict.set_text("IEEE_CONTEXT_MAX_BITS", Value::small(IEEE_CONTEXT_MAX_BITS));
    dict.set_text("__version__", vm.str("1.70"));
    dict.set_text("__libmpdec_version__", vm.str("2.5.1"));
    Ok(())
}

/// The module `_decimal`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_decimal", doc: "Decimal arithmetic.", functions: FUNCTIONS, init: Some(init) };
