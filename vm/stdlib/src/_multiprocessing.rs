//! `_multiprocessing`: locks and semaphores that processes share.

use std::cell::Cell;
use std::ffi::CString;
use std::io;

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::os::errno_of;
use freeze_runtime::os::libc as c;
#[cfg(unix)]
use freeze_runtime::os::semaphore;
use freeze_runtime::os::semaphore::Semaphore;
use freeze_runtime::os::time as clock;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::NOT_IMPLEMENTED_ERROR;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::convert;

const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;

/// The most that a semaphore counts to.
const MOST: i32 = if cfg!(target_vendor = "apple") { 32767 } else { i32::MAX };

/// The payload of `SemLock`.
struct SemLock {
    semaphore: Semaphore,
    kind: i32,
    maxvalue: i32,
    /// The name by which other processes find it; None once it was unlinked at once.
    name: Option<Str>,
    /// How often this process has taken it.
    count: Cell<i64>,
    /// The thread that took it last.
    owner: Cell<u64>,
}

impl Payload for SemLock {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<SemLock>();
        &L
    }
}

impl SemLock {
    fn is_mine(&self, vm: &Vm) -> bool {
        self.count.get() > 0 && self.owner.get() == vm.ident
    }

    fn taken(&self, vm: &Vm) {
        self.count.set(self.count.get() + 1);
        self.owner.set(vm.ident);
    }
}

/// A name as the system wants it.
pub(crate) fn c_name(vm: &Vm, name: &PyStr) -> PyResult<CString> {
    CString::new(convert::encode_fs(vm, name)?).map_err(|_| vm.value_error("embedded null character"))
}

static NEW: NativeDef = native("SemLock(kind, value, maxvalue, name, unlink)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let s = bind(vm, &NEW, args)?;
    let kind = convert::c_int(vm, &s[0])?;
    let (value, maxvalue) = (convert::c_int(vm, &s[1])?, convert::c_int(vm, &s[2])?);
    if !matches!(kind, RECURSIVE_MUTEX | SEMAPHORE) {
        return Err(vm.value_error("unrecognized kind"));
    }
    let Some(name) = s[3].downcast_ref::<PyStr>() else {
        return Err(
            vm.type_error(format!("SemLock() argument 'name' must be str, not {}", vm.type_name_for_errors(&s[3])))
        );
    };
    let unlink = vm.is_true(&s[4])?;
    let path = c_name(vm, &name)?;
    let semaphore = Semaphore::create(&path, value as u32).map_err(|e| vm.os_error(&e, None))?;
    #[cfg(unix)]
    if unlink {
        semaphore::unlink(&path).map_err(|e| vm.os_error(&e, None))?;
    }
    Ok(wrap(class, semaphore, kind, maxvalue, (!unlink).then_some(name)))
}

fn wrap(class: &Type, semaphore: Semaphore, kind: i32, maxvalue: i32, name: Option<Str>) -> Value {
    let payload = SemLock { semaphore, kind, maxvalue, name, count: Cell::new(0), owner: Cell::new(0) };
    Ref::new(class, payload).into_value()
}

fn rebuild(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (kind, maxvalue) = (convert::c_int(vm, args.get(2))?, convert::c_int(vm, args.get(3))?);
    #[cfg(windows)]
    let rebuild = rebuild_by_handle;
    #[cfg(unix)]
    let rebuild = rebuild_by_name;
    rebuild(vm, &args, kind, maxvalue)
}

/// On Windows the handle was made for this process.
#[cfg(windows)]
fn rebuild_by_handle(vm: &Vm, args: &Args<'_>, kind: i32, maxvalue: i32) -> PyResult<Value> {
    let semaphore = Semaphore::from_handle(crate::_winapi::handle(vm, args.get(1))?);
    let name = args.get(4).downcast_ref::<PyStr>();
    Ok(wrap(crate::native_type::class_of(args), semaphore, kind, maxvalue, name))
}

#[cfg(unix)]
fn rebuild_by_name(vm: &Vm, args: &Args<'_>, kind: i32, maxvalue: i32) -> PyResult<Value> {
    let Some(name) = args.get(4).downcast_ref::<PyStr>() else {
        return Err(vm.value_error("a semaphore without a name can't be found by another process"));
    };
    let semaphore = Semaphore::open(&c_name(vm, &name)?).map_err(|e| vm.os_error(&e, None))?;
    let class = crate::native_type::class_of(args);
    Ok(wrap(class, semaphore, kind, maxvalue, Some(name)))
}

/// The moment so many seconds from now.
fn deadline(vm: &Vm, seconds: f64) -> PyResult<(i64, i64)> {
    let seconds = seconds.max(0.0);
    let now = clock::clock_gettime(clock::REALTIME).map_err(|e| vm.os_error(&e, None))?;
    if seconds > 1e9 {
        return Err(vm.overflow_error("timeout is too large"));
    }
    let nanos = now.1 + (seconds.fract() * 1e9) as i64;
    Ok((now.0 + seconds as i64 + nanos / 1_000_000_000, nanos % 1_000_000_000))
}

fn take(vm: &Vm, l: &SemLock, block: bool, timeout: Option<f64>) -> PyResult<bool> {
    if l.kind == RECURSIVE_MUTEX && l.is_mine(vm) {
        l.count.set(l.count.get() + 1);
        return Ok(true);
    }
    let until = timeout.map(|t| deadline(vm, t)).transpose()?;
    let mut r = l.semaphore.try_wait();
    let busy = |r: &io::Result<()>| r.as_ref().is_err_and(|e| matches!(errno_of(e), Some(c::EAGAIN | c::EINTR)));
    if block && busy(&r) {
        r = convert::retry(vm, || l.semaphore.wait(until))?;
    }
    match r {
        Ok(()) => {
            l.taken(vm);
            Ok(true)
        }
        Err(e) if matches!(errno_of(&e), Some(c::EAGAIN | c::ETIMEDOUT)) => Ok(false),
        Err(e) => Err(vm.os_error(&e, None)),
    }
}

fn acquire(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let block = args.opt_bool(vm, 1, true)?;
    let timeout = args.opt_not_none(2).map(|t| vm.to_f64(t)).transpose()?;
    take(vm, args.payload(), block, timeout).map(Value::bool)
}

fn enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    take(vm, args.payload(), true, None).map(Value::bool)
}

/// Whether the error says that this system does not tell how many a semaphore has: macOS.
fn is_untold(e: &io::Error) -> bool {
    errno_of(e) == Some(c::ENOSYS)
}

/// Whether none is left; where the system does not tell, one is taken for a moment.
fn is_empty(l: &SemLock) -> io::Result<bool> {
    match l.semaphore.value() {
        Err(e) if is_untold(&e) => match l.semaphore.try_wait() {
            Ok(()) => l.semaphore.post().map(|()| false),
            Err(e) if errno_of(&e) == Some(c::EAGAIN) => Ok(true),
            Err(e) => Err(e),
        },
        r => r.map(|n| n <= 0),
    }
}

/// Whether none was taken, as far as the system lets that be known: of a lock it can be tried.
fn is_full(l: &SemLock) -> io::Result<bool> {
    match l.semaphore.value() {
        Err(e) if is_untold(&e) => Ok(l.maxvalue == 1 && !is_empty(l)?),
        r => r.map(|n| n >= l.maxvalue),
    }
}

fn give(vm: &Vm, l: &SemLock) -> PyResult<()> {
    if l.kind == RECURSIVE_MUTEX {
        if !l.is_mine(vm) {
            return Err(vm.assertion_error("attempt to release recursive lock not owned by thread"));
        }
        if l.count.get() > 1 {
            l.count.set(l.count.get() - 1);
            return Ok(());
        }
    } else if is_full(l).map_err(|e| vm.os_error(&e, None))? {
        return Err(vm.value_error("semaphore or lock released too many times"));
    }
    l.semaphore.post().map_err(|e| vm.os_error(&e, None))?;
    l.count.set(l.count.get() - 1);
    Ok(())
}

fn release(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    give(vm, args.payload()).map(|()| Value::NONE)
}

fn get_value(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match args.payload::<SemLock>().semaphore.value() {
        Ok(n) => Ok(Value::small(n.max(0).into())),
        Err(e) if is_untold(&e) => Err(vm.new_error_args(&NOT_IMPLEMENTED_ERROR, vec![])),
        Err(e) => Err(vm.os_error(&e, None)),
    }
}

fn is_zero(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    is_empty(args.payload()).map(Value::bool).map_err(|e| vm.os_error(&e, None))
}

fn is_mine(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.payload::<SemLock>().is_mine(vm)))
}

fn count(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(args.payload::<SemLock>().count.get()))
}

fn after_fork(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<SemLock>().count.set(0);
    Ok(Value::NONE)
}

fn this(v: &Value) -> &SemLock {
    v.downcast().expect("slots of SemLock see those")
}

static METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "Enter the semaphore/lock.", enter),
    native("__exit__(self, exc_type=None, exc_value=None, exc_tb=None, /)", "Exit the semaphore/lock.", release),
    native("_after_fork(self, /)", "Rezero the net acquisition count after fork().", after_fork),
    native("_count(self, /)", "Num of `acquire()`s minus num of `release()`s for this process.", count),
    native("_get_value(self, /)", "Get the value of the semaphore.", get_value),
    native("_is_mine(self, /)", "Whether the lock is owned by this thread.", is_mine),
    native("_is_zero(self, /)", "Return whether semaphore has value zero.", is_zero),
    native("acquire(self, /, block=True, timeout=None)", "Acquire the semaphore/lock.", acquire),
    native("release(self, /)", "Release the semaphore/lock.", release),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "handle", doc: "", get: |_, v| Ok(Value::usize(this(v).semaphore.handle())), set: None },
    GetSet { name: "kind", doc: "", get: |_, v| Ok(Value::small(this(v).kind.into())), set: None },
    GetSet { name: "maxvalue", doc: "", get: |_, v| Ok(Value::small(this(v).maxvalue.into())), set: None },
    GetSet { name: "name", doc: "", get: |_, v| Ok(Value::or_none(this(v).name.as_ref().map(Ref::value))), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "SemLock",
    module: "_multiprocessing",
    doc: "Semaphore/Mutex type",
    layout: SemLock::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: &[native("_rebuild(cls, handle, kind, maxvalue, name, /)", "", rebuild)],
    getset: GETSET,
    consts: Some(|_, d| d.set_text("SEM_VALUE_MAX", Value::small(MOST.into()))),
    ..TypeDef::EMPTY
};
/// `_multiprocessing.SemLock`
static SEM_LOCK: Type = Type::builtin(&DEF);

#[cfg(unix)]
fn sem_unlink(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    semaphore::unlink(&c_name(vm, &name)?).map_err(|e| vm.os_error(&e, None))?;
    Ok(Value::NONE)
}

/// Sockets as `multiprocessing.connection` uses them: by their numbers.
#[cfg(windows)]
mod sockets {
    use freeze_runtime::os::net;
    use freeze_runtime::types::bytes::PyBytes;
    use freeze_runtime::{Args, PyResult, Value, Vm};

    use crate::convert;

    pub(super) fn closesocket(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
        let fd = convert::c_int(vm, args.get(0))?;
        net::close(fd).map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
    }

    pub(super) fn recv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
        let (fd, size) = (convert::c_int(vm, args.get(0))?, args.i64(vm, 1)?.max(0) as usize);
        let mut buf = vec![0; size];
        let n = vm.allow_threads(|| net::recv(fd, &mut buf, 0)).map_err(|e| vm.os_error(&e, None))?;
        buf.truncate(n);
        Ok(PyBytes::from_vec(buf).into_value())
    }

    pub(super) fn send(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
        let (fd, data) = (convert::c_int(vm, args.get(0))?, convert::bytes_of(vm, args.get(1))?);
        vm.allow_threads(|| net::send(fd, &data, 0)).map(Value::usize).map_err(|e| vm.os_error(&e, None))
    }
}

#[cfg(unix)]
static FUNCTIONS: &[NativeDef] = &[native("sem_unlink(name, /)", "", sem_unlink)];
#[cfg(windows)]
static FUNCTIONS: &[NativeDef] = &[
    native("closesocket(handle, /)", "", sockets::closesocket),
    native("recv(handle, size, /)", "", sockets::recv),
    native("send(handle, buf, /)", "", sockets::send),
    native("sem_unlink(name, /)", "", |_, _| Ok(Value::NONE)),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, d, &[&SEM_LOCK]);
    let flags = PyDict::new_ref();
    let how = if cfg!(target_vendor = "apple") { "HAVE_BROKEN_SEM_GETVALUE" } else { "HAVE_SEM_TIMEDWAIT" };
    for name in ["HAVE_SEM_OPEN", how] {
        flags.set_text(name, Value::small(1));
    }
    d.set_text("flags", flags.into_value());
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_multiprocessing", doc: "", functions: FUNCTIONS, init: Some(init) };
