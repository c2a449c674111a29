//! `kqueue`: macOS' way to wait for many things.

use std::cell::Cell;

use freeze_runtime::object::{CmpOp, GetSet, Slots};
use freeze_runtime::os::kqueue::{self, Event};
use freeze_runtime::os::{files, libc as c, process};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::{Deadline, timeout, wait};
use crate::convert;
use crate::native_type::{add_types, payload};

/// The payload of `kevent`.
struct Kevent(Cell<Event>);
payload!(Kevent, |_p, _visit| ());

static NEW_EVENT: NativeDef = native("kevent(ident, filter=-1, flags=1, fflags=0, data=0, udata=0)", "", |vm, args| {
    let number = |i: usize, default: i64| args.opt_i64(vm, i, default);
    let ident = match args.get(0) {
        v if int::is_int(v) => word(vm, v)?,
        v => convert::fd(vm, v)? as usize,
    };
    let event = Event {
        ident,
        filter: number(1, c::EVFILT_READ.into())? as i16,
        flags: number(2, c::EV_ADD.into())? as u16,
        fflags: number(3, 0)? as u32,
        data: number(4, 0)? as isize,
        udata: args.opt(5).map_or(Ok(0), |v| word(vm, v))?,
    };
    Ok(of_event(event))
});

/// A number of the width of an address, with or without a sign.
fn word(vm: &Vm, v: &Value) -> PyResult<usize> {
    let n = int::to_big(&vm.index(v)?);
    let narrow = usize::try_from(&n).ok().or_else(|| isize::try_from(&n).ok().map(isize::cast_unsigned));
    narrow.ok_or_else(|| vm.overflow_error("Python int too large to convert to C unsigned long"))
}

fn of_event(event: Event) -> Value {
    Ref::new(&KEVENT, Kevent(Cell::new(event))).into_value()
}

fn new_event(vm: &Vm, _class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    NEW_EVENT.invoke(vm, call)
}

fn event(v: &Value) -> Event {
    v.downcast::<Kevent>().expect("the descriptor checked the type").0.get()
}

/// Sets one field of an event.
fn set(
    vm: &Vm,
    v: &Value,
    value: Option<Value>,
    change: impl FnOnce(&mut Event, &Value) -> PyResult<()>,
) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    let mut e = event(v);
    change(&mut e, &value)?;
    v.downcast::<Kevent>().expect("the descriptor checked the type").0.set(e);
    Ok(())
}

macro_rules! fields {
    ($($name:ident: $ty:ty;)*) => {
        &[
            GetSet {
                name: "ident",
                doc: "",
                get: |_, v| Ok(int::from_big(event(v).ident.into())),
                set: Some(|vm, v, new| set(vm, v, new, |e, new| word(vm, new).map(|n| e.ident = n))),
            },
            GetSet {
                name: "udata",
                doc: "",
                get: |_, v| Ok(int::from_big(event(v).udata.into())),
                set: Some(|vm, v, new| set(vm, v, new, |e, new| word(vm, new).map(|n| e.udata = n))),
            },
            $(GetSet {
                name: stringify!($name),
                doc: "",
                get: |_, v| Ok(Value::int(event(v).$name as i64)),
                set: Some(|vm, v, new| set(vm, v, new, |e, new| vm.to_i64(new).map(|n| e.$name = n as $ty))),
            }),*
        ]
    };
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if b.downcast::<Kevent>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    Ok(Value::bool(op.test(event(a).cmp(&event(b)))))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let e = event(v);
    Ok(vm.str(&format!(
        "<select.kevent ident={} filter={} flags=0x{:x} fflags=0x{:x} data=0x{:x} udata=0x{:x}>",
        e.ident, e.filter, e.flags, e.fflags, e.data, e.udata
    )))
}

static KEVENT_DEF: TypeDef = TypeDef {
    name: "kevent",
    module: "select",
    doc: "kevent(ident, filter=KQ_FILTER_READ, flags=KQ_EV_ADD, fflags=0, data=0, udata=0)\n\nAn event that a kqueue is to \
          wait for, or that came.",
    layout: Kevent::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new_event), compare: Some(compare), repr: Some(repr), ..Slots::EMPTY },
    getset: fields! { filter: i16; flags: u16; fflags: u32; data: isize; },
    ..TypeDef::EMPTY
};
static KEVENT: Type = Type::builtin(&KEVENT_DEF);

/// The payload of kqueue objects: the descriptor, -1 when closed, and the process that it belongs to. The child of a fork gets none, so
/// that its number may be that of another file there.
struct Kqueue {
    fd: Cell<i32>,
    process: i32,
}
payload!(Kqueue, |_p, _visit| ());

impl Drop for Kqueue {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        let _ = self.close();
    }
}

impl Kqueue {
    fn wrap(class: &Type, fd: i32) -> Value {
        Ref::new(class, Kqueue { fd: Cell::new(fd), process: process::getpid() }).into_value()
    }

    /// The descriptor, if it is open in this process.
    fn fd(&self) -> Option<i32> {
        Some(self.fd.get()).filter(|fd| *fd >= 0 && self.process == process::getpid())
    }

    fn open(&self, vm: &Vm) -> PyResult<i32> {
        self.fd().ok_or_else(|| vm.value_error("I/O operation on closed kqueue object"))
    }

    fn close(&self) -> std::io::Result<()> {
        let fd = self.fd();
        self.fd.set(-1);
        fd.map_or(Ok(()), files::close)
    }
}

fn new_queue(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    static SIG: NativeDef = native("kqueue()", "", |_, _| Ok(Value::NONE));
    SIG.invoke(vm, call)?;
    kqueue::create().map(|fd| Kqueue::wrap(class, fd)).map_err(|e| vm.os_error(&e, None))
}

fn from_fd(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Kqueue::wrap(&KQUEUE, convert::c_int(vm, args.get(1))?))
}

fn control(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let queue = args.payload::<Kqueue>().open(vm)?;
    let Ok(max) = usize::try_from(args.i64(vm, 2)?) else {
        return Err(vm.value_error(format!("Length of eventlist must be 0 or positive, got {}", args.i64(vm, 2)?)));
    };
    let mut changes = Vec::new();
    if let Some(list) = args.opt_not_none(1) {
        for v in vm.to_vec(list)? {
            match v.downcast::<Kevent>() {
                Some(e) => changes.push(e.0.get()),
                None => {
                    let message = "changelist must be an iterable of select.kevent objects";
                    return Err(vm.type_error(message));
                }
            }
        }
    }
    let deadline = Deadline::after(timeout(vm, args.opt(3), 1.0)?);
    // More come with the next call.
    let max = max.min(65536);
    // A signal may interrupt the waiting, but changes are made by then.
    let mut first = true;
    let events = wait(
        vm,
        deadline,
        |left| kqueue::wait(queue, if std::mem::take(&mut first) { &changes } else { &[] }, max, left),
        |events| max > 0 && events.is_empty(),
    )?;
    Ok(PyList::new(events.into_iter().map(of_event).collect()).into_value())
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Kqueue>().close().map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

fn fileno(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Kqueue>().open(vm).map(|fd| Value::int(fd.into()))
}

static KQUEUE_DEF: TypeDef = TypeDef {
    name: "kqueue",
    module: "select",
    doc: "Kqueue syscall wrapper.",
    layout: Kqueue::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new_queue), ..Slots::EMPTY },
    methods: &[
        native("close(self, /)", "Close the kqueue control file descriptor.", close),
        native("control(self, changelist, maxevents, timeout=None, /)", "Calls the kernel kevent function.", control),
        native("fileno(self, /)", "Return the kqueue control file descriptor.", fileno),
    ],
    class_methods: &[native("fromfd(cls, fd, /)", "Create a kqueue object from a given control fd.", from_fd)],
    getset: &[GetSet {
        name: "closed",
        doc: "True if the kqueue handler is closed",
        get: |_, v| Ok(Value::bool(v.downcast::<Kqueue>().is_none_or(|q| q.fd().is_none()))),
        set: None,
    }],
    ..TypeDef::EMPTY
};
static KQUEUE: Type = Type::builtin(&KQUEUE_DEF);

macro_rules! numbers {
    ($($name:literal = $id:ident)*) => { &[$(($name, c::$id as i64)),*] };
}

const NUMBERS: &[(&str, i64)] = numbers! {
    "KQ_EV_ADD" = EV_ADD "KQ_EV_CLEAR" = EV_CLEAR "KQ_EV_DELETE" = EV_DELETE "KQ_EV_DISABLE" = EV_DISABLE
    "KQ_EV_ENABLE" = EV_ENABLE "KQ_EV_EOF" = EV_EOF "KQ_EV_ERROR" = EV_ERROR "KQ_EV_FLAG1" = EV_FLAG1
    "KQ_EV_ONESHOT" = EV_ONESHOT "KQ_EV_SYSFLAGS" = EV_SYSFLAGS
    "KQ_FILTER_AIO" = EVFILT_AIO "KQ_FILTER_PROC" = EVFILT_PROC "KQ_FILTER_READ" = EVFILT_READ
    "KQ_FILTER_SIGNAL" = EVFILT_SIGNAL "KQ_FILTER_TIMER" = EVFILT_TIMER "KQ_FILTER_VNODE" = EVFILT_VNODE
    "KQ_FILTER_WRITE" = EVFILT_WRITE
    "KQ_NOTE_ATTRIB" = NOTE_ATTRIB "KQ_NOTE_CHILD" = NOTE_CHILD "KQ_NOTE_DELETE" = NOTE_DELETE "KQ_NOTE_EXEC" = NOTE_EXEC
    "KQ_NOTE_EXIT" = NOTE_EXIT "KQ_NOTE_EXTEND" = NOTE_EXTEND "KQ_NOTE_FORK" = NOTE_FORK "KQ_NOTE_LINK" = NOTE_LINK
    "KQ_NOTE_LOWAT" = NOTE_LOWAT "KQ_NOTE_PCTRLMASK" = NOTE_PCTRLMASK "KQ_NOTE_PDATAMASK" = NOTE_PDATAMASK
    "KQ_NOTE_RENAME" = NOTE_RENAME "KQ_NOTE_REVOKE" = NOTE_REVOKE "KQ_NOTE_TRACK" = NOTE_TRACK
    "KQ_NOTE_TRACKERR" = NOTE_TRACKERR "KQ_NOTE_WRITE" = NOTE_WRITE
};

/// Puts types and numbers into the module.
pub(super) fn init(vm: &Vm, d: &PyDict) {
    add_types(vm, d, &[&KEVENT, &KQUEUE]);
    for (name, n) in NUMBERS {
        d.set_text(name, Value::int(*n));
    }
}
