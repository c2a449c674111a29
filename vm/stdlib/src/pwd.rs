//! `pwd`: the user database.

use freeze_runtime::os::users::{self, User};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

use crate::convert::{decode_fs, path};
use crate::structseq::{make, struct_seq};

struct_seq! {
    static STRUCT_PASSWD = "pwd", "struct_passwd", "pwd.struct_passwd: Results from getpw*() routines.",
    ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"], []
}

fn row(vm: &Vm, u: &User) -> Value {
    let text = |b: &[u8]| decode_fs(b).into_value();
    let items = vec![
        text(&u.name),
        text(&u.password),
        Value::int(u.uid.into()),
        Value::int(u.gid.into()),
        text(&u.gecos),
        text(&u.dir),
        text(&u.shell),
    ];
    make(vm, &STRUCT_PASSWD, items, &[])
}

fn getpwuid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = args.i64(vm, 0)?;
    match u32::try_from(n).ok().and_then(users::user_by_id) {
        Some(u) => Ok(row(vm, &u)),
        None => Err(vm.key_error(vm.str(&format!("getpwuid(): uid not found: {n}")))),
    }
}

fn getpwnam(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    let c = path(vm, name.as_value(), "getpwnam: name")?.c(vm)?;
    match users::user_by_name(&c) {
        Some(u) => Ok(row(vm, &u)),
        None => Err(vm.key_error(vm.str(&format!("getpwnam(): name not found: '{}'", name.to_lossy())))),
    }
}

fn getpwall(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(users::users().iter().map(|u| row(vm, u)).collect()).into_value())
}

static FUNCTIONS: &[NativeDef] = &[
    native("getpwall()", "Return a list of all available password database entries, in arbitrary order.", getpwall),
    native("getpwnam(name, /)", "Return the password database entry for the given user name.", getpwnam),
    native("getpwuid(uidobj, /)", "Return the password database entry for the given numeric user ID.", getpwuid),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    ready(vm, &STRUCT_PASSWD);
    d.set_text("struct_passwd", STRUCT_PASSWD.as_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "pwd",
    doc: "This module provides access to the Unix password database.",
    functions: FUNCTIONS,
    init: Some(init),
};
