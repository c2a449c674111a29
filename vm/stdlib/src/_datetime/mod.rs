//! `_datetime`: what `datetime` consists of.
//!
//! [`calendar`] and [`text`] know dates, times and their written form; [`date`], [`time`], [`datetime`], [`delta`] and
//! [`zone`] have one class each; [`local`] asks the system for local time. Durations are counted in microseconds, in an
//! `i128`, which holds every `timedelta`.

mod calendar;
mod date;
mod datetime;
mod datetime_methods;
mod delta;
mod local;
mod text;
mod time;
mod zone;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::type_::ready;
use freeze_runtime::{Args, ModuleDef, PyResult, Value, Vm, import};

/// The name of an object's class as reprs show it: with the module for our own.
fn class_text(v: &Value) -> String {
    let class = v.class();
    if class.is_heap() { class.name().to_owned() } else { format!("datetime.{}", class.name()) }
}

/// `strptime` of the three classes: a function of `_strptime` gets the class and both strings.
fn strptime(vm: &Vm, args: &Args<'_>, function: &str) -> PyResult<Value> {
    let (text, format) = (args.str(vm, 1)?, args.str(vm, 2)?);
    let module = import::import_path(vm, "_strptime")?;
    vm.call_method(&module, function, &[args.this().clone(), text.into_value(), format.into_value()])
}

fn init(vm: &Vm, namespace: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(
        vm,
        namespace,
        &[&date::DATE, &datetime::DATETIME, &time::TIME, &delta::DELTA, &zone::TZINFO, &zone::TIMEZONE],
    );
    ready(vm, &date::ISO_CALENDAR_DATE);
    namespace.set_text("MINYEAR", Value::small(i64::from(calendar::MIN_YEAR)));
    namespace.set_text("MAXYEAR", Value::small(i64::from(calendar::MAX_YEAR)));
    namespace.set_text("UTC", zone::utc(vm));
    Ok(())
}

/// The module `_datetime`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_datetime",
    doc: "Fast implementation of the datetime module.",
    functions: &[],
    init: Some(init),
};
