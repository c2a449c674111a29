//! Whole databases: `backup`, `serialize`, `deserialize`.

use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, PyResult, Value, Vm};
use freeze_sqlite::{Backup, c};

use super::connection::{Connection, this};
use super::errors::{self, operational};
use super::statement::{c_text, contiguous};
use crate::convert;

/// A database's name among those of a connection.
fn name(vm: &Vm, args: Args<'_>, i: usize) -> PyResult<std::ffi::CString> {
    match args.opt_str(vm, i)? {
        Some(text) => c_text(vm, &text),
        None => Ok(c"main".to_owned()),
    }
}

/// `backup(target, *, pages=-1, progress=None, name='main', sleep=0.250)`
pub(super) fn backup(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(target) = args.get(1).downcast::<Connection>() else {
        let got = vm.type_name_for_errors(args.get(1));
        return Err(vm.type_error(format!("backup() argument 1 must be sqlite3.Connection, not {got}")));
    };
    let pages = args.opt(2).map_or(Ok(-1), |v| convert::c_int(vm, v))?;
    let progress = args.opt_not_none(3);
    let name = name(vm, args, 4)?;
    let pause = args.opt(5).map_or(Ok(0.25), |v| vm.to_f64(v))?;
    if pause < 0.0 {
        return Err(vm.value_error("sleep must be greater-than or equal to zero"));
    }
    let pause = (pause * 1000.0) as i32;
    let from = this(args.this()).db(vm)?;
    let to = target.db(vm)?;
    if args.get(1).id() == args.this().id() {
        return Err(vm.value_error("target cannot be the same connection instance"));
    }
    if progress.is_some_and(|p| !vm.is_callable(p)) {
        return Err(vm.type_error("progress argument must be a callable"));
    }
    let pages = if pages == 0 { -1 } else { pages };
    let Some(copy) = vm.allow_threads(|| Backup::begin(&to, &from, &name)) else {
        return Err(errors::of_db(vm, &to));
    };
    loop {
        let code = vm.allow_threads(|| copy.step(pages));
        if let Some(progress) = progress {
            let (left, whole) = copy.progress();
            vm.call(progress, &[code, left, whole].map(|n| Value::int(n.into())))?;
        }
        match code {
            c::SQLITE_OK => {}
            c::SQLITE_BUSY | c::SQLITE_LOCKED => vm.allow_threads(|| freeze_sqlite::sleep(pause)),
            _ => break,
        }
    }
    match vm.allow_threads(|| copy.finish()) {
        c::SQLITE_OK => Ok(Value::NONE),
        _ => Err(errors::of_db(vm, &to)),
    }
}

/// `serialize(*, name='main')`
pub(super) fn serialize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = name(vm, args, 1)?;
    let db = this(args.this()).db(vm)?;
    match vm.allow_threads(|| db.serialize(&name)) {
        Some(data) => Ok(PyBytes::from_vec(data).into_value()),
        None => Err(operational(vm, format!("unable to serialize '{}'", name.to_string_lossy()))),
    }
}

/// `deserialize(data, *, name='main')`
pub(super) fn deserialize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = match args.get(1).downcast::<PyStr>() {
        Some(text) => text.as_bytes().to_vec(),
        None => contiguous(vm, args.get(1))?.to_vec(),
    };
    let name = name(vm, args, 2)?;
    let db = this(args.this()).db(vm)?;
    match vm.allow_threads(|| db.deserialize(&name, &data)) {
        c::SQLITE_OK => Ok(Value::NONE),
        _ => Err(errors::of_db(vm, &db)),
    }
}
