//! `input` and `open`.

use freeze_runtime::types::exception::EOF_ERROR;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, Value, Vm};

pub(super) fn open(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    crate::_io::open_call(vm, call)
}

fn stream(vm: &Vm, name: &str) -> PyResult<Value> {
    match vm.runtime().sys.get_text(name) {
        Some(v) if !v.is_none() => Ok(v),
        _ => Err(vm.runtime_error(format!("input(): lost sys.{name}"))),
    }
}

pub(super) fn input(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (stdin, stdout, stderr) = (stream(vm, "stdin")?, stream(vm, "stdout")?, stream(vm, "stderr")?);
    crate::sys::audit(vm, "builtins.input", &[Value::or_none(args.opt(0).cloned())])?;
    // A failing flush of stderr is nobody's concern here.
    drop(vm.call_method_name(&stderr, &vm.names().flush, &[]));
    if let Some(p) = args.opt(0) {
        super::print_to(vm, &stdout, std::slice::from_ref(p), b" ", b"")?;
    }
    // Neither is one of stdout.
    drop(vm.call_method_name(&stdout, &vm.names().flush, &[]));
    let line = vm.call_method_name(&stdin, &vm.names().readline, &[])?;
    let Some(s) = line.downcast::<PyStr>() else {
        return Err(vm.type_error("object.readline() returned non-string"));
    };
    match s.as_bytes() {
        [] => Err(vm.new_error(&EOF_ERROR, "EOF when reading a line")),
        [rest @ .., b'\n'] => Ok(PyStr::new(rest).into_value()),
        _ => Ok(line),
    }
}
