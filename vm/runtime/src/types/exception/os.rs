//! `OSError`: its classes by error number, its constructor and its text.

use super::base::{self, this};
use super::fields::field;
use super::{Kind, OS_ERROR, OsForm, PyException};
use crate::call::CallArgs;
use crate::object::typeobj::GetSet;
use crate::object::{Payload, Ref, Slots, Type, Value};
use crate::types::int;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The class that an error number means.
pub(super) fn class_of_errno(errno: i32) -> Option<&'static Type> {
    use crate::os::libc as c;
    Some(match errno {
        c::EAGAIN | c::EALREADY | c::EINPROGRESS => &super::BLOCKING_IO_ERROR,
        e if e == c::EWOULDBLOCK => &super::BLOCKING_IO_ERROR,
        c::EPIPE => &super::BROKEN_PIPE_ERROR,
        c::ESHUTDOWN => &super::BROKEN_PIPE_ERROR,
        c::ECHILD => &super::CHILD_PROCESS_ERROR,
        c::ECONNABORTED => &super::CONNECTION_ABORTED_ERROR,
        c::ECONNREFUSED => &super::CONNECTION_REFUSED_ERROR,
        c::ECONNRESET => &super::CONNECTION_RESET_ERROR,
        c::EEXIST => &super::FILE_EXISTS_ERROR,
        c::ENOENT => &super::FILE_NOT_FOUND_ERROR,
        c::EISDIR => &super::IS_A_DIRECTORY_ERROR,
        c::ENOTDIR => &super::NOT_A_DIRECTORY_ERROR,
        c::EINTR => &super::INTERRUPTED_ERROR,
        c::EACCES | c::EPERM => &super::PERMISSION_ERROR,
        c::ESRCH => &super::PROCESS_LOOKUP_ERROR,
        c::ETIMEDOUT => &super::TIMEOUT_ERROR,
        _ => return None,
    })
}

/// Whether a subclass overrides `__init__` but not `__new__`: then `__init__` gets the arguments.
fn init_decides(class: &Type) -> bool {
    type Init = fn(&Vm, &Value, CallArgs<'_>) -> PyResult<()>;
    type New = fn(&Vm, &Type, CallArgs<'_>) -> PyResult<Value>;
    let s = class.slots();
    let own_init = s.init.is_some_and(|f| !std::ptr::fn_addr_eq(f, init as Init));
    let same_new = s.new.is_some_and(|f| std::ptr::fn_addr_eq(f, new as New));
    own_init && same_new
}

/// Puts the arguments where they belong.
fn fill(vm: &Vm, e: &PyException, class: &Type, args: &[Value]) -> PyResult<()> {
    // The number of C stands among the arguments, too, in place of whatever was given.
    #[cfg(windows)]
    let with_errno = args.get(3).filter(|n| args.len() < 6 && int::is_int(n)).map(|winerror| {
        let mut all = args.to_vec();
        all[0] = Value::int(errno_of(winerror));
        all
    });
    #[cfg(windows)]
    let args = with_errno.as_deref().unwrap_or(args);
    let mut kept = args;
    if (2..=5).contains(&args.len()) {
        e.set_field(0, args[0].clone());
        e.set_field(1, args[1].clone());
        #[cfg(windows)]
        if let Some(winerror) = args.get(3).filter(|n| int::is_int(n)) {
            e.set_field(WINERROR, winerror.clone());
        }
        if let Some(filename) = args.get(2).filter(|f| !f.is_none()) {
            if class.is_subtype(&super::BLOCKING_IO_ERROR) && filename.class().slots().index.is_some() {
                e.set_field(4, Value::int(vm.to_i64(filename)?));
            } else {
                e.set_field(2, filename.clone());
                if let Some(second) = args.get(4).filter(|f| !f.is_none()) {
                    e.set_field(3, second.clone());
                }
                kept = &args[..2];
            }
        }
    }
    let kept: Ref<PyTuple> = PyTuple::from_slice(kept);
    drop(e.args.replace(kept.into_value()));
    Ok(())
}

/// The attribute `winerror`, which only Windows has.
#[cfg(windows)]
pub(super) const WINERROR: usize = 5;

/// The number of C that an error number of the system means.
#[cfg(windows)]
fn errno_of(winerror: &Value) -> i64 {
    let n = int::as_i64(winerror).and_then(|n| i32::try_from(n).ok());
    n.map_or(0, |n| crate::os::errno_of_winerror(n).into())
}

/// The error number among the arguments, which decides the class.
fn error_number(args: &[Value]) -> Option<i64> {
    #[cfg(windows)]
    if let Some(winerror) = args.get(3).filter(|n| int::is_int(n)) {
        return Some(errno_of(winerror));
    }
    int::as_i64(&args[0])
}

/// How its text begins: `[Errno 2]`, or `[WinError 2]` for an error of Windows.
fn head(vm: &Vm, e: &PyException) -> PyResult<String> {
    let shown = |v: Option<Value>| -> PyResult<String> { Ok(vm.to_str(&Value::or_none(v))?.to_lossy().into_owned()) };
    #[cfg(windows)]
    if let Some(winerror) = e.field(WINERROR) {
        return Ok(format!("[WinError {}] {}", shown(Some(winerror))?, shown(e.field(1))?));
    }
    Ok(format!("[Errno {}] {}", shown(e.field(0))?, shown(e.field(1))?))
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if init_decides(class) {
        return Ok(base::alloc(class, PyTuple::new(Vec::new())));
    }
    args.no_keywords(vm, class.name())?;
    let mut made_class = class;
    if std::ptr::eq(class, &OS_ERROR)
        && (2..=5).contains(&args.args.len())
        && let Some(n) = error_number(args.args)
        && let Some(c) = i32::try_from(n).ok().and_then(class_of_errno)
    {
        made_class = c;
    }
    let v = base::alloc(made_class, PyTuple::new(Vec::new()));
    fill(vm, this(&v), made_class, args.args)?;
    Ok(v)
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    if !init_decides(v.class()) {
        return Ok(());
    }
    args.no_keywords(vm, v.class().name())?;
    fill(vm, this(v), v.class(), args.args)
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    let e = this(v);
    if let Some(filename) = e.field(2) {
        let head = format!("{}: {}", head(vm, e)?, vm.repr(&filename)?.to_lossy());
        return Ok(match e.field(3) {
            Some(second) => vm.str(&format!("{head} -> {}", vm.repr(&second)?.to_lossy())),
            None => vm.str(&head),
        });
    }
    if e.field(0).is_some() && e.field(1).is_some() {
        return Ok(vm.str(&head(vm, e)?));
    }
    base::str(vm, v)
}

fn get_written(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).field(4).ok_or_else(|| vm.attribute_error("characters_written"))
}

fn set_written(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(n) => this(v).set_field(4, Value::int(vm.to_i64(&n)?)),
        None if this(v).field(4).is_none() => return Err(vm.attribute_error("characters_written")),
        None => this(v).set_field(4, Value::UNBOUND),
    }
    Ok(())
}

static FIELDS: &[GetSet] = &[
    GetSet { name: "characters_written", doc: "", get: get_written, set: Some(set_written) },
    field!("errno", 0),
    field!("filename", 2),
    field!("filename2", 3),
    field!("strerror", 1),
    #[cfg(windows)]
    field!("winerror", 5),
];

pub(super) const KIND: Kind = Kind {
    layout: OsForm::layout,
    slots: Slots { new: Some(new), init: Some(init), str: Some(str), ..Slots::EMPTY },
    getset: FIELDS,
    ..Kind::PLAIN
};
