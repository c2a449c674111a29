//! The type `socket`.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use freeze_runtime::object::{GetSet, Slots, header};
use freeze_runtime::os::net::{self, Address};
use freeze_runtime::os::{errno_error, errno_of, libc as c};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::int::is_int;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use super::address;
#[cfg(unix)]
use super::messages;
use crate::convert;
use crate::native_type::payload;
use crate::select::{Deadline, poll_until};

/// What a `connect` says that goes on without us.
const IN_PROGRESS: i32 = if cfg!(windows) { c::EWOULDBLOCK } else { c::EINPROGRESS };

/// The timeout of new sockets in nanoseconds; -1 for none.
static DEFAULT_TIMEOUT: AtomicI64 = AtomicI64::new(-1);

/// The payload of `socket`.
pub(crate) struct Socket {
    /// -1 when closed.
    fd: Cell<i32>,
    pub(super) family: Cell<i32>,
    kind: Cell<i32>,
    proto: Cell<i32>,
    /// `None` waits forever, zero never.
    timeout: Cell<Option<Duration>>,
}
payload!(Socket, |_s, _visit| ());

impl Drop for Socket {
    fn drop(&mut self) {
        // The finalizer has closed it; this is for objects whose finalizer could not run.
        if self.fd.get() >= 0 {
            let _ = net::close(self.fd.get());
        }
    }
}

/// A timeout argument.
pub(super) fn timeout_of(vm: &Vm, v: &Value) -> PyResult<Option<Duration>> {
    if v.is_none() {
        return Ok(None);
    }
    let n = vm.to_f64(v)?;
    if n.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if n < 0.0 {
        return Err(vm.value_error("Timeout value out of range"));
    }
    match Duration::try_from_secs_f64(n) {
        Ok(d) if i64::try_from(d.as_nanos()).is_ok() => Ok(Some(d)),
        _ => Err(vm.overflow_error("timeout doesn't fit into C timeval")),
    }
}

/// A timeout as Python sees it.
pub(super) fn timeout_value(t: Option<Duration>) -> Value {
    t.map_or(Value::NONE, |t| Value::float(t.as_secs_f64()))
}

/// The timeout of new sockets.
pub(super) fn default_timeout() -> Option<Duration> {
    u64::try_from(DEFAULT_TIMEOUT.load(Ordering::Relaxed)).ok().map(Duration::from_nanos)
}

/// Sets the timeout of new sockets.
pub(super) fn set_default_timeout(t: Option<Duration>) {
    let n = t.and_then(|t| i64::try_from(t.as_nanos()).ok()).unwrap_or(-1);
    DEFAULT_TIMEOUT.store(n, Ordering::Relaxed);
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let s = Socket {
        fd: Cell::new(-1),
        family: Cell::new(0),
        kind: Cell::new(0),
        proto: Cell::new(0),
        timeout: Cell::new(None),
    };
    Ok(header::new_object_of(class, s))
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = native("socket(self, family=-1, type=-1, proto=-1, fileno=None)", "", |vm, args| {
        open(vm, &args)?;
        Ok(Value::NONE)
    });
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

fn open(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let s = args.payload::<Socket>();
    let number = |i: usize| args.opt(i).map_or(Ok(-1), |v| convert::c_int(vm, v));
    let (mut family, mut kind, mut proto) = (number(1)?, number(2)?, number(3)?);
    let fail = |e: io::Error| vm.os_error(&e, None);
    let fd = match args.opt_not_none(4) {
        #[cfg(windows)]
        Some(v) if v.has_layout::<PyBytes>() => {
            let shared = buffer::to_vec(vm, v)?;
            if shared.len() != net::SHARED {
                let text = "socket descriptor string has wrong size, should be";
                return Err(vm.value_error(format!("{text} {} bytes.", net::SHARED)));
            }
            let fd;
            [fd, family, kind, proto] = net::from_share(&shared).map_err(fail)?;
            fd
        }
        Some(v) => {
            if v.is_float() {
                return Err(vm.type_error("integer argument expected, got float"));
            }
            let fd = convert::c_int(vm, v)?;
            if fd < 0 {
                return Err(vm.value_error("negative file descriptor"));
            }
            let actual = net::family(fd).map_err(fail)?;
            if family == -1 {
                family = actual;
            }
            if kind == -1 {
                kind = net::option_int(fd, c::SOL_SOCKET, c::SO_TYPE).map_err(fail)?;
            }
            if proto == -1 {
                proto = net::protocol_of(fd).map_err(fail)?;
            }
            fd
        }
        None => {
            let or = |n: i32, default: i32| if n == -1 { default } else { n };
            (family, kind, proto) = (or(family, c::AF_INET), or(kind, c::SOCK_STREAM), or(proto, 0));
            net::socket(family, kind, proto).map_err(fail)?
        }
    };
    let old = s.fd.replace(fd);
    if old >= 0 {
        let _ = net::close(old);
    }
    s.family.set(family);
    s.kind.set(kind & !net::KIND_FLAGS);
    s.proto.set(proto);
    if net::kind_does_not_wait(kind) {
        s.timeout.set(Some(Duration::ZERO));
    } else {
        let t = default_timeout();
        s.timeout.set(t);
        if t.is_some() {
            net::set_blocking(fd, false).map_err(fail)?;
        }
    }
    Ok(())
}

#[cold]
fn timed_out(vm: &Vm) -> Raised {
    vm.new_error(&exc::TIMEOUT_ERROR, "timed out")
}

impl Socket {
    /// Waits until the socket is ready, if it has a timeout.
    fn ready(&self, vm: &Vm, events: i16, deadline: Deadline) -> PyResult<()> {
        if self.timeout.get().is_none_or(|t| t.is_zero()) {
            return Ok(());
        }
        let mut fds = [net::PollFd { fd: self.fd.get(), events, revents: 0 }];
        if poll_until(vm, &mut fds, deadline)? == 0 { Err(timed_out(vm)) } else { Ok(()) }
    }

    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout.get())
    }

    /// A call that may block: within the timeout, again after signals.
    pub(crate) fn call<T>(
        &self,
        vm: &Vm,
        events: i16,
        deadline: Deadline,
        mut f: impl FnMut(i32) -> io::Result<T>,
    ) -> PyResult<T> {
        loop {
            self.ready(vm, events, deadline)?;
            let fd = self.fd.get();
            match convert::retry(vm, || f(fd))? {
                Ok(r) => return Ok(r),
                // Somebody else took what was there.
                Err(e) if e.kind() == io::ErrorKind::WouldBlock && self.timeout.get().is_some_and(|t| !t.is_zero()) => {
                }
                Err(e) => return Err(vm.os_error(&e, None)),
            }
        }
    }

    /// Connects; an error of the system is the answer, not an exception.
    fn connect(&self, vm: &Vm, a: &Address) -> PyResult<io::Result<()>> {
        let fd = self.fd.get();
        let deadline = self.deadline();
        let e = match vm.allow_threads(|| net::connect(fd, a)) {
            Ok(()) => return Ok(Ok(())),
            Err(e) => e,
        };
        let waits = match errno_of(&e) {
            Some(c::EINTR) => {
                vm.check_signals()?;
                self.timeout.get().is_none_or(|t| !t.is_zero())
            }
            Some(IN_PROGRESS) => self.timeout.get().is_some_and(|t| !t.is_zero()),
            _ => false,
        };
        if !waits {
            return Ok(Err(e));
        }
        // It goes on by itself; when the socket can be written to, the result is there.
        let mut fds = [net::PollFd { fd, events: c::POLLOUT, revents: 0 }];
        if poll_until(vm, &mut fds, deadline)? == 0 {
            return Ok(Err(errno_error(c::EWOULDBLOCK)));
        }
        Ok(net::option_int(fd, c::SOL_SOCKET, c::SO_ERROR).and_then(|n| match n {
            0 | c::EISCONN => Ok(()),
            n => Err(io::Error::from_raw_os_error(n)),
        }))
    }
}

pub(super) fn this<'a>(args: &Args<'a>) -> &'a Socket {
    args.payload::<Socket>()
}

fn int(n: i32) -> Value {
    Value::int(i64::from(n))
}

fn done(vm: &Vm, r: io::Result<()>) -> PyResult<Value> {
    r.map(|()| Value::NONE).map_err(|e| vm.os_error(&e, None))
}

fn accept(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let (fd, a) = s.call(vm, c::POLLIN, s.deadline(), net::accept)?;
    Ok(PyTuple::new(vec![int(fd), address::value(vm, &a)]).into_value())
}

fn bind(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let a = address::parse(vm, s.family.get(), args.get(1), "bind")?;
    done(vm, net::bind(s.fd.get(), &a))
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = this(&args).fd.replace(-1);
    if fd >= 0 {
        match vm.allow_threads(|| net::close(fd)) {
            // The other side may have gone already; the descriptor is closed all the same.
            Err(e) if errno_of(&e) != Some(c::ECONNRESET) => return Err(vm.os_error(&e, None)),
            _ => {}
        }
    }
    Ok(Value::NONE)
}

fn connect(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let a = address::parse(vm, s.family.get(), args.get(1), "connect")?;
    match s.connect(vm, &a)? {
        Err(e) if errno_of(&e) == Some(c::EWOULDBLOCK) && s.timeout.get().is_some_and(|t| !t.is_zero()) => {
            Err(timed_out(vm))
        }
        r => done(vm, r),
    }
}

fn connect_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let a = address::parse(vm, s.family.get(), args.get(1), "connect_ex")?;
    Ok(int(s.connect(vm, &a)?.err().and_then(|e| errno_of(&e)).unwrap_or(0)))
}

fn detach(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(int(this(&args).fd.replace(-1)))
}

fn fileno(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(int(this(&args).fd.get()))
}

fn getpeername(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = net::peer(this(&args).fd.get()).map_err(|e| vm.os_error(&e, None))?;
    Ok(address::value(vm, &a))
}

fn getsockname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = net::local(this(&args).fd.get()).map_err(|e| vm.os_error(&e, None))?;
    Ok(address::value(vm, &a))
}

fn getsockopt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = this(&args).fd.get();
    let (level, name) = (convert::c_int(vm, args.get(1))?, convert::c_int(vm, args.get(2))?);
    let len = args.opt_i64(vm, 3, 0)?;
    if len == 0 {
        return net::option_int(fd, level, name).map(int).map_err(|e| vm.os_error(&e, None));
    }
    if !(1..=1024).contains(&len) {
        return Err(vm.new_error(&exc::OS_ERROR, "getsockopt buflen out of range"));
    }
    let mut buf = vec![0; len as usize];
    let n = net::option(fd, level, name, &mut buf).map_err(|e| vm.os_error(&e, None))?;
    Ok(PyBytes::new(&buf[..n]).into_value())
}

fn setsockopt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = this(&args).fd.get();
    let (level, name) = (convert::c_int(vm, args.get(1))?, convert::c_int(vm, args.get(2))?);
    let value = args.get(3);
    let r = match args.opt(4) {
        Some(len) => {
            if !value.is_none() {
                return Err(vm.type_error("socket option should be None when a length is given"));
            }
            let len = u32::try_from(vm.to_i64(len)?)
                .map_err(|_| vm.overflow_error("Python int too large to convert to C unsigned int"))?;
            net::set_option_len(fd, level, name, len)
        }
        None if is_int(value) => net::set_option(fd, level, name, &convert::c_int(vm, value)?.to_ne_bytes()),
        None => net::set_option(fd, level, name, &convert::bytes_of(vm, value)?),
    };
    done(vm, r)
}

/// The commands that `ioctl` knows, of which the second takes three numbers.
#[cfg(windows)]
fn ioctl(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // As for C, what is too large is cut off.
    let (command, option) = (i64::from(vm.to_i64(args.get(1))? as u32), args.get(2));
    let number = |v: &Value| vm.to_i64(v).map(|n| n as u32);
    let values = match command {
        net::SIO_RCVALL | net::SIO_LOOPBACK_FAST_PATH => vec![number(option)?],
        net::SIO_KEEPALIVE_VALS => match option.downcast::<PyTuple>().map(|t| t.as_slice()) {
            Some(all) if all.len() == 3 => all.iter().map(number).collect::<PyResult<Vec<u32>>>()?,
            Some(all) => {
                return Err(
                    vm.type_error(format!("ioctl() argument 2 must be sequence of length 3, not {}", all.len()))
                );
            }
            None => {
                let class = option.class();
                return Err(vm.type_error(format!("ioctl() argument 2 must be 3-item sequence, not {}", class.name())));
            }
        },
        _ => return Err(vm.value_error(format!("invalid ioctl command {command}"))),
    };
    let fd = args.payload::<Socket>().fd.get();
    let r = vm.allow_threads(|| net::control(fd, command as u32, &values));
    r.map(|n| Value::int(n.into())).map_err(|e| vm.os_error(&e, None))
}

/// What another process makes the same socket of, by `fromshare`.
#[cfg(windows)]
fn share(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let pid = vm.to_i64(args.get(1))? as u32;
    let shared = net::share(args.payload::<Socket>().fd.get(), pid).map_err(|e| vm.os_error(&e, None))?;
    Ok(PyBytes::from_vec(shared).into_value())
}

fn listen(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let backlog = args.opt(1).map_or(Ok(128), |v| convert::c_int(vm, v))?;
    done(vm, net::listen(this(&args).fd.get(), backlog.max(0)))
}

/// The flags argument.
pub(super) fn flags(vm: &Vm, v: Option<&Value>) -> PyResult<i32> {
    v.map_or(Ok(0), |v| convert::c_int(vm, v))
}

/// A buffer of the size that was asked for.
pub(super) fn room(vm: &Vm, n: i64, caller: &str) -> PyResult<Vec<u8>> {
    let n = usize::try_from(n).map_err(|_| vm.value_error(format!("negative buffersize in {caller}")))?;
    let mut buf = Vec::new();
    buf.try_reserve_exact(n).map_err(|e| vm.out_of_memory(e))?;
    buf.resize(n, 0);
    Ok(buf)
}

fn recv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let mut buf = room(vm, args.i64(vm, 1)?, "recv")?;
    let flags = flags(vm, args.opt(2))?;
    let n = s.call(vm, c::POLLIN, s.deadline(), |fd| net::recv(fd, &mut buf, flags))?;
    Ok(PyBytes::new(&buf[..n]).into_value())
}

fn recvfrom(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let mut buf = room(vm, args.i64(vm, 1)?, "recvfrom")?;
    let flags = flags(vm, args.opt(2))?;
    let (n, a) = s.call(vm, c::POLLIN, s.deadline(), |fd| net::recvfrom(fd, &mut buf, flags))?;
    Ok(PyTuple::new(vec![PyBytes::new(&buf[..n]).into_value(), address::value(vm, &a)]).into_value())
}

/// The target of `recv_into` and its sister, and how much of it is to be filled.
fn target(vm: &Vm, args: &Args<'_>, caller: &str) -> PyResult<(buffer::Buffer, Vec<u8>)> {
    let to = buffer::get_writable(vm, args.get(1))?;
    let n = args.opt_i64(vm, 2, 0)?;
    let room = room(vm, if n == 0 { to.len as i64 } else { n }, caller)?;
    if room.len() > to.len {
        return Err(vm.value_error("buffer too small for requested bytes"));
    }
    Ok((to, room))
}

fn put(to: &buffer::Buffer, data: &[u8]) {
    to.with_mut(|to| to.iter_mut().zip(data).for_each(|(a, b)| *a = *b));
}

fn recv_into(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let (to, mut buf) = target(vm, &args, "recv_into")?;
    let flags = flags(vm, args.opt(3))?;
    let n = s.call(vm, c::POLLIN, s.deadline(), |fd| net::recv(fd, &mut buf, flags))?;
    put(&to, &buf[..n]);
    Ok(Value::usize(n))
}

fn recvfrom_into(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let (to, mut buf) = target(vm, &args, "recvfrom_into")?;
    let flags = flags(vm, args.opt(3))?;
    let (n, a) = s.call(vm, c::POLLIN, s.deadline(), |fd| net::recvfrom(fd, &mut buf, flags))?;
    put(&to, &buf[..n]);
    Ok(PyTuple::new(vec![Value::usize(n), address::value(vm, &a)]).into_value())
}

fn send(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let data = convert::bytes_of(vm, args.get(1))?;
    let flags = flags(vm, args.opt(2))?;
    s.call(vm, c::POLLOUT, s.deadline(), |fd| net::send(fd, &data, flags)).map(Value::usize)
}

fn sendall(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let data = convert::bytes_of(vm, args.get(1))?;
    let flags = flags(vm, args.opt(2))?;
    let deadline = s.deadline();
    let mut rest = &data[..];
    while !rest.is_empty() {
        let n = s.call(vm, c::POLLOUT, deadline, |fd| net::send(fd, rest, flags))?;
        rest = &rest[n..];
        vm.check_signals()?;
    }
    Ok(Value::NONE)
}

fn sendto(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let (number, to) = match args.opt(3) {
        Some(to) => (flags(vm, args.opt(2))?, to),
        None => (0, args.get(2)),
    };
    let data = convert::bytes_of(vm, args.get(1))?;
    let a = address::parse(vm, s.family.get(), to, "sendto")?;
    s.call(vm, c::POLLOUT, s.deadline(), |fd| net::sendto(fd, &data, number, &a)).map(Value::usize)
}

fn set(vm: &Vm, s: &Socket, t: Option<Duration>) -> PyResult<Value> {
    net::set_blocking(s.fd.get(), t.is_none()).map_err(|e| vm.os_error(&e, None))?;
    s.timeout.set(t);
    Ok(Value::NONE)
}

fn setblocking(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = if vm.is_true(args.get(1))? { None } else { Some(Duration::ZERO) };
    set(vm, this(&args), t)
}

fn getblocking(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(this(&args).timeout.get().is_none_or(|t| !t.is_zero())))
}

fn settimeout(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = timeout_of(vm, args.get(1))?;
    set(vm, this(&args), t)
}

fn gettimeout(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(timeout_value(this(&args).timeout.get()))
}

fn shutdown(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let how = convert::c_int(vm, args.get(1))?;
    done(vm, net::shutdown(this(&args).fd.get(), how))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let Some(s) = v.downcast::<Socket>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (fd, family, kind, proto) = (s.fd.get(), s.family.get(), s.kind.get(), s.proto.get());
    Ok(vm.str(&format!("<socket object, fd={fd}, family={family}, type={kind}, proto={proto}>")))
}

fn finalize(vm: &Vm, v: &Value) -> PyResult<()> {
    let Some(s) = v.downcast::<Socket>().filter(|s| s.fd.get() >= 0) else { return Ok(()) };
    let text = vm.repr(v)?.to_lossy().into_owned();
    let warned = vm.warn_named("ResourceWarning", &format!("unclosed {text}"), 1);
    let fd = s.fd.replace(-1);
    if fd >= 0 {
        let _ = net::close(fd);
    }
    warned
}

macro_rules! field {
    ($name:ident) => {
        GetSet {
            name: stringify!($name),
            doc: concat!("the socket ", stringify!($name)),
            get: |_, v| Ok(v.downcast::<Socket>().map_or(Value::NONE, |s| int(s.$name.get()))),
            set: None,
        }
    };
}

fn kind(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.downcast::<Socket>().map_or(Value::NONE, |s| int(s.kind.get())))
}

fn timeout(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(timeout_value(v.downcast::<Socket>().and_then(|s| s.timeout.get())))
}

static METHODS: &[NativeDef] = &[
    native("_accept(self, /)", "Wait for an incoming connection.", accept),
    native("bind(self, address, /)", "Bind the socket to a local address.", bind),
    native("close(self, /)", "Close the socket.  It cannot be used after this call.", close),
    native("connect(self, address, /)", "Connect the socket to a remote address.", connect),
    native("connect_ex(self, address, /)", "Like connect(address), but returns an error code.", connect_ex),
    native("detach(self, /)", "Close the socket object without closing the underlying file descriptor.", detach),
    native("fileno(self, /)", "Return the integer file descriptor of the socket.", fileno),
    native("getblocking(self, /)", "Returns True if socket is in blocking mode, or False if not.", getblocking),
    native("getpeername(self, /)", "Return the address of the remote endpoint.", getpeername),
    native("getsockname(self, /)", "Return the address of the local endpoint.", getsockname),
    native("getsockopt(self, level, option, buffersize=0, /)", "Get a socket option.", getsockopt),
    native("gettimeout(self, /)", "Returns the timeout in seconds (float) of socket operations.", gettimeout),
    #[cfg(windows)]
    native("ioctl(self, cmd, option, /)", "Control the socket with WSAIoctl syscall.", ioctl),
    native("listen(self, backlog=128, /)", "Enable a server to accept connections.", listen),
    native("recv(self, buffersize, flags=0, /)", "Receive up to buffersize bytes from the socket.", recv),
    native("recv_into(self, buffer, nbytes=0, flags=0)", "Receive into a buffer instead of new bytes.", recv_into),
    native("recvfrom(self, buffersize, flags=0, /)", "Like recv() but also return the sender's address.", recvfrom),
    native("recvfrom_into(self, buffer, nbytes=0, flags=0)", "Like recv_into() with the address.", recvfrom_into),
    #[cfg(unix)]
    native(
        "recvmsg(self, bufsize, ancbufsize=0, flags=0, /)",
        "Receive normal data and ancillary data from the socket.",
        messages::recvmsg,
    ),
    #[cfg(unix)]
    native(
        "recvmsg_into(self, buffers, ancbufsize=0, flags=0, /)",
        "Receive normal data into buffers, and ancillary data.",
        messages::recvmsg_into,
    ),
    native("send(self, data, flags=0, /)", "Send bytes; return how many were sent.", send),
    native("sendall(self, data, flags=0, /)", "Send all of the data.", sendall),
    #[cfg(unix)]
    native(
        "sendmsg(self, buffers, ancdata=(), flags=0, address=None, /)",
        "Send normal and ancillary data to the socket.",
        messages::sendmsg,
    ),
    native("sendto(self, data, flags, address=None, /)", "Send data to an address.", sendto),
    native("setblocking(self, flag, /)", "Set the socket to blocking (true) or non-blocking (false).", setblocking),
    native("setsockopt(self, level, option, value, optlen=None, /)", "Set a socket option.", setsockopt),
    native("settimeout(self, timeout, /)", "Set a timeout on socket operations.", settimeout),
    #[cfg(windows)]
    native("share(self, process_id, /)", "Share the socket with another process.", share),
    native("shutdown(self, flag, /)", "Shut down one or both halves of the connection.", shutdown),
];

static DEF: TypeDef = TypeDef {
    name: "socket",
    module: "_socket",
    doc: "A socket: one end of a network connection.",
    layout: Socket::layout,
    flags: TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), finalize: Some(finalize), ..Slots::EMPTY },
    methods: METHODS,
    getset: &[
        field!(family),
        field!(proto),
        GetSet { name: "timeout", doc: "the socket timeout", get: timeout, set: None },
        GetSet { name: "type", doc: "the socket type", get: kind, set: None },
    ],
    ..TypeDef::EMPTY
};
/// `_socket.socket`
pub(super) static SOCKET: Type = Type::builtin(&DEF);

/// A socket object around a new descriptor.
#[cfg(unix)]
pub(super) fn wrap(vm: &Vm, fd: i32, family: i32, kind: i32, proto: i32) -> PyResult<Value> {
    let args = [family, kind, proto, fd].map(int);
    vm.call(&SOCKET.as_value(), &args)
}
