//! What `sys` has on Windows alone.

use freeze_runtime::os::process;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::ready_value;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use crate::structseq::{make, struct_seq};

struct_seq! {
    static VERSION = "sys", "getwindowsversion", "Return info about the running version of Windows as a named tuple.",
    ["major", "minor", "build", "platform", "service_pack"],
    ["service_pack_major", "service_pack_minor", "suite_mask", "product_type", "platform_version"]
}

pub(super) fn version(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    ready_value(vm, &VERSION);
    let (numbers, pack, more) = process::version();
    let mut items: Vec<Value> = numbers.map(|n| Value::int(n.into())).to_vec();
    items.push(crate::convert::decode_fs(&pack).into_value());
    let platform = PyTuple::new(numbers[..3].iter().map(|n| Value::int((*n).into())).collect()).into_value();
    let [major, minor, suite, product] = more.map(|n| Value::int(n.into()));
    let hidden = [
        ("service_pack_major", major),
        ("service_pack_minor", minor),
        ("suite_mask", suite),
        ("product_type", product),
        ("platform_version", platform),
    ];
    Ok(make(vm, &VERSION, items, &hidden))
}
