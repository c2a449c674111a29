//! `grp`: the group database.

use freeze_runtime::os::users::{self, Group};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

use crate::convert::{decode_fs, path};
use crate::structseq::{make, struct_seq};

struct_seq! {
    static STRUCT_GROUP = "grp", "struct_group", "grp.struct_group: Results from getgr*() routines.",
    ["gr_name", "gr_passwd", "gr_gid", "gr_mem"], []
}

fn row(vm: &Vm, g: &Group) -> Value {
    let text = |b: &[u8]| decode_fs(b).into_value();
    let members = PyList::new(g.members.iter().map(|m| text(m)).collect()).into_value();
    make(vm, &STRUCT_GROUP, vec![text(&g.name), text(&g.password), Value::int(g.gid.into()), members], &[])
}

fn getgrgid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = args.i64(vm, 0)?;
    match u32::try_from(n).ok().and_then(users::group_by_id) {
        Some(g) => Ok(row(vm, &g)),
        None => Err(vm.key_error(vm.str(&format!("getgrgid(): gid not found: {n}")))),
    }
}

fn getgrnam(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    let c = path(vm, name.as_value(), "getgrnam: name")?.c(vm)?;
    match users::group_by_name(&c) {
        Some(g) => Ok(row(vm, &g)),
        None => Err(vm.key_error(vm.str(&format!("getgrnam(): name not found: '{}'", name.to_lossy())))),
    }
}

fn getgrall(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(users::groups().iter().map(|g| row(vm, g)).collect()).into_value())
}

static FUNCTIONS: &[NativeDef] = &[
    native("getgrall()", "Return a list of all available group entries, in arbitrary order.", getgrall),
    native("getgrgid(id)", "Return the group database entry for the given numeric group ID.", getgrgid),
    native("getgrnam(name)", "Return the group database entry for the given group name.", getgrnam),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    ready(vm, &STRUCT_GROUP);
    d.set_text("struct_group", STRUCT_GROUP.as_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "grp", doc: "Access to the Unix group database.", functions: FUNCTIONS, init: Some(init) };
