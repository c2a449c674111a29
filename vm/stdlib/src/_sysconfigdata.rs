//! `_sysconfigdata_…`: what `sysconfig` calls the variables of the build. There was no build of CPython, so these are the
//! few that say how the interpreter behaves.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{ModuleDef, Value, Vm};

/// `sys.implementation._multiarch`: a part of the module's name.
#[rustfmt::skip]
pub(crate) const MULTIARCH: &str =
    if cfg!(target_os = "macos") { "darwin" }
    else if cfg!(target_arch = "aarch64") { "aarch64-linux-gnu" }
    else { "x86_64-linux-gnu" };

#[rustfmt::skip]
const NAME: &str =
    if cfg!(target_os = "macos") { "_sysconfigdata__darwin_darwin" }
    else if cfg!(target_arch = "aarch64") { "_sysconfigdata__linux_aarch64-linux-gnu" }
    else { "_sysconfigdata__linux_x86_64-linux-gnu" };

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    let vars = PyDict::new_ref();
    let prefix = vm.module_source().map_or(String::new(), |s| s.root().to_owned());
    for name in ["prefix", "exec_prefix"] {
        vars.set_text(name, vm.str(&prefix));
    }
    vars.set_text("MULTIARCH", vm.str(MULTIARCH));
    vars.set_text("SOABI", vm.str(&format!("freeze-314-{MULTIARCH}")));
    vars.set_text("EXT_SUFFIX", vm.str(&format!(".freeze-314-{MULTIARCH}.so")));
    // Where `zoneinfo` looks for the system's time zones.
    vars.set_text("TZPATH", vm.str("/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo"));
    if cfg!(target_os = "macos") {
        // What `sysconfig.get_platform()` names: the oldest macOS that programs start on.
        vars.set_text("MACOSX_DEPLOYMENT_TARGET", vm.str("11.0"));
    }
    for name in ["CONFIG_ARGS", "CFLAGS", "PY_CFLAGS", "LDFLAGS"] {
        vars.set_text(name, vm.str(""));
    }
    for (name, n) in [
        ("Py_DEBUG", 0),
        ("Py_GIL_DISABLED", 0),
        ("Py_ENABLE_SHARED", 0),
        ("WITH_DOC_STRINGS", 1),
        ("Py_HASH_ALGORITHM", 0),
    ] {
        vars.set_text(name, Value::small(n));
    }
    d.set_text("build_time_vars", vars.into_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: NAME, doc: "Variables of the build.", functions: &[], init: Some(init) };
