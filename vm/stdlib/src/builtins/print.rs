//! `print`.

use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{CallArgs, Value, Vm};

pub(super) fn print(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let (mut sep, mut end, mut file, mut flush) = (None, None, None, None);
    for (k, v) in call.keywords() {
        match k.downcast::<PyStr>().map(|k| k.as_bytes()) {
            Some(b"sep") => sep = Some(v),
            Some(b"end") => end = Some(v),
            Some(b"file") => file = Some(v),
            Some(b"flush") => flush = Some(v),
            other => {
                let other = String::from_utf8_lossy(other.unwrap_or_default()).into_owned();
                return Err(vm.type_error(format!("print() got an unexpected keyword argument '{other}'")));
            }
        }
    }
    let file = match file.filter(|f| !f.is_none()) {
        Some(f) => f.clone(),
        None => match vm.runtime().sys.get_str(&vm.names().stdout) {
            Some(f) if f.is_none() => return Ok(Value::NONE),
            Some(f) => f,
            None => return Err(vm.runtime_error("lost sys.stdout")),
        },
    };
    let text = |v: Option<&Value>, what: &str, default: &'static [u8]| -> PyResult<Vec<u8>> {
        match v.filter(|v| !v.is_none()) {
            None => Ok(default.to_vec()),
            Some(v) => match v.downcast::<PyStr>() {
                Some(s) => Ok(s.as_bytes().to_vec()),
                None => Err(vm.type_error(format!("{what} must be None or a string, not {}", v.class().name()))),
            },
        }
    };
    let sep = text(sep, "sep", b" ")?;
    let end = text(end, "end", b"\n")?;
    print_to(vm, &file, call.positional(), &sep, &end)?;
    if let Some(f) = flush
        && vm.is_true(f)?
    {
        vm.call_method_name(&file, &vm.names().flush, &[])?;
    }
    Ok(Value::NONE)
}

/// Writes values to a stream. Native text streams get one write; others one per piece, as CPython does.
pub(crate) fn print_to(vm: &Vm, file: &Value, values: &[Value], sep: &[u8], end: &[u8]) -> PyResult<()> {
    if crate::_io::is_native_text(file) {
        let mut out = Vec::with_capacity(64);
        for (i, v) in values.iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(sep);
            }
            match v.downcast_exact::<PyStr>(&freeze_runtime::types::str::STR) {
                Some(s) => out.extend_from_slice(s.as_bytes()),
                None => out.extend_from_slice(vm.to_str(v)?.as_bytes()),
            }
        }
        out.extend_from_slice(end);
        return crate::_io::write_text(vm, file, &out);
    }
    let write = vm.get_attr(file, &vm.names().write)?;
    let put = |v: Value| vm.call(&write, &[v]).map(drop);
    for (i, v) in values.iter().enumerate() {
        if i > 0 && !sep.is_empty() {
            put(PyStr::new(sep).into_value())?;
        }
        put(vm.to_str(v)?.into_value())?;
    }
    if !end.is_empty() {
        put(PyStr::new(end).into_value())?;
    }
    Ok(())
}
