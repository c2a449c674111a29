//! `enum_certificates` and `enum_crls`: what the system's stores hold, on Windows.

use freeze_runtime::os::certificates::{self, Entry};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::set::PySet;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, PyResult, Value, Vm};

use crate::convert;

type Read = fn(&std::ffi::CStr) -> std::io::Result<Vec<Entry>>;

fn entries(vm: &Vm, args: &Args<'_>, read: Read) -> PyResult<Vec<Entry>> {
    let name = convert::path(vm, args.get(0), "store_name")?.c(vm)?;
    vm.allow_threads(|| read(&name)).map_err(|e| vm.os_error(&e, None))
}

fn encoded(vm: &Vm, entry: &Entry) -> [Value; 2] {
    let kind = if entry.x509 { "x509_asn" } else { "pkcs_7_asn" };
    [PyBytes::new(&entry.bytes).into_value(), vm.str(kind)]
}

/// The certificates of a store, each with its encoding and what it may be used for.
pub(super) fn enum_certificates(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut rows = Vec::new();
    for entry in entries(vm, &args, certificates::certificates)? {
        let usage = match &entry.usage {
            None => Value::TRUE,
            Some(names) => {
                let set = PySet::new_frozen();
                names.iter().try_for_each(|name| set.add(vm, &vm.str(name)).map(drop))?;
                set.into_value()
            }
        };
        let [bytes, kind] = encoded(vm, &entry);
        rows.push(PyTuple::new(vec![bytes, kind, usage]).into_value());
    }
    Ok(PyList::new(rows).into_value())
}

/// The lists of revoked certificates of a store, each with its encoding.
pub(super) fn enum_crls(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let found = entries(vm, &args, certificates::revocations)?;
    let rows = found.iter().map(|entry| PyTuple::new(encoded(vm, entry).to_vec()).into_value()).collect();
    Ok(PyList::new(rows).into_value())
}
