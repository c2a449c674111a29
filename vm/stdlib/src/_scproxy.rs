//! `_scproxy`: the proxies of the system's settings, for `urllib.request`.

use freeze_runtime::os::proxies;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, PyResult, Value, Vm, native};

fn get_proxy_settings(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let settings = vm.allow_threads(proxies::settings).unwrap_or_default();
    let d = PyDict::new_ref();
    d.set_text("exclude_simple", Value::bool(settings.exclude_simple));
    let exceptions = settings.exceptions.iter().map(|e| vm.str(e)).collect();
    d.set_text("exceptions", PyTuple::new(exceptions).into_value());
    Ok(d.into_value())
}

fn get_proxies(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let settings = vm.allow_threads(proxies::settings).unwrap_or_default();
    let d = PyDict::new_ref();
    for (protocol, address) in &settings.proxies {
        d.set_text(protocol, vm.str(address));
    }
    Ok(d.into_value())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_scproxy",
    doc: "Access to the system's proxy settings.",
    functions: &[native("_get_proxies()", "", get_proxies), native("_get_proxy_settings()", "", get_proxy_settings)],
    init: None,
};
