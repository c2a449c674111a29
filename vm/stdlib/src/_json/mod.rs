//! `_json`: reading and writing of JSON.

mod encode;
mod scan;
mod string;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::type_;
use freeze_runtime::{ModuleDef, PyResult, Vm};

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    dict.set_text("make_encoder", type_::ready_value(vm, &encode::ENCODER));
    dict.set_text("make_scanner", type_::ready_value(vm, &scan::SCANNER));
    Ok(())
}

/// The module `_json`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_json", doc: "json speedups", functions: string::FUNCTIONS, init: Some(init) };
