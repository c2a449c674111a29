//! `_SSLSocket`: one connection, over a socket or over two memory buffers.
//!
//! rustls turns plain bytes into records and back; `transport.rs` carries the records. No borrow of the connection is held while
//! bytes are on their way, so that one thread can read while another writes.

use std::cell::{Cell, RefCell};
use std::io::{ErrorKind, Read as _, Write as _};
use std::sync::{Arc, PoisonError};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::weakref::{self, PyWeakRef};
use freeze_runtime::{Args, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};
use rustls::pki_types::ServerName;
use rustls::server::{Accepted, Acceptor};
use rustls::{ClientConnection, Connection, ProtocolVersion, SupportedCipherSuite};

use super::bio::MemoryBio;
use super::certificate;
use super::context::{self, CONTEXT, Context, IGNORE_UNEXPECTED_EOF};
use super::errors::{self, Kind};
use super::transport::{Carrier, Filled, Turn};
use super::verify::Noted;
use crate::native_type::payload;
use crate::select::Deadline;

/// Where the connection stands.
pub(super) enum State {
    /// A server that waits for the first message, on which its configuration may depend.
    Accepting(Box<Acceptor>),
    Open(Box<Connection>),
    /// Between two of the others.
    Moving,
}

/// The payload of `_SSLSocket`.
pub(super) struct SslSocket {
    context: RefCell<Value>,
    /// A weak reference to the SSLSocket or SSLObject around this.
    owner: RefCell<Value>,
    pub(super) carrier: Carrier,
    server_side: bool,
    host: Option<String>,
    pub(super) state: RefCell<State>,
    done: Cell<bool>,
    /// Records that wait to be sent.
    pub(super) out: RefCell<Vec<u8>>,
    /// Records that have come and that rustls has no room for yet.
    pub(super) unread: RefCell<Vec<u8>>,
    /// Plain bytes that have become records which could not be sent yet; the caller will come back with them.
    pending_write: Cell<usize>,
    /// Our own notice of the end has gone out.
    said_goodbye: Cell<bool>,
    /// The other side's end came, with or without notice.
    pub(super) ended: Cell<bool>,
    noted: Noted,
    pub(super) reading: Turn,
    pub(super) writing: Turn,
}
payload!(
    SslSocket,
    |s, visit| {
        visit(&s.context.borrow());
        visit(&s.owner.borrow());
        s.carrier.trace(visit);
    },
    |s| drop(s.owner.replace(Value::NONE))
);

fn this(v: &Value) -> &SslSocket {
    v.downcast().expect("slots of _SSLSocket see connections")
}

fn weak(vm: &Vm, v: Option<&Value>) -> PyResult<Value> {
    match v {
        Some(v) => weakref::create(vm, &weakref::REF, v, None),
        None => Ok(Value::NONE),
    }
}

/// A connection; `rest` are the arguments from `server_side` on.
fn wrap(vm: &Vm, args: Args<'_>, carrier: Carrier, first: usize) -> PyResult<Value> {
    let server_side = vm.is_true(args.get(first))?;
    let host = match args.opt_not_none(first + 1) {
        Some(v) => match v.downcast::<PyStr>() {
            Some(text) => Some(text.to_lossy().into_owned()),
            None => String::from_utf8(buffer::to_vec(vm, v)?).ok(),
        },
        None => None,
    };
    if host.as_deref().is_some_and(|h| h.is_empty() || h.starts_with('.')) {
        return Err(vm.value_error("server_hostname cannot be an empty string or start with a leading dot."));
    }
    if host.as_deref().is_some_and(|h| h.contains('\0')) {
        return Err(vm.type_error("argument must be encoded string without null bytes, not str"));
    }
    let c: &Context = context::this(args.this());
    context::check_host(vm, c, server_side, host.as_deref())?;
    let noted = Noted::default();
    let state = if server_side {
        State::Accepting(Box::default())
    } else {
        let config = c.client(vm, host.as_deref(), &noted)?;
        // Without a name none is sent and none is compared; rustls wants one all the same.
        let name = host.clone().and_then(|h| ServerName::try_from(h).ok());
        let name = name.unwrap_or_else(|| ServerName::from(std::net::IpAddr::from([0, 0, 0, 0])));
        let connection = ClientConnection::new(Arc::new(config), name);
        State::Open(Box::new(connection.map_err(|e| errors::of_tls(vm, &e, None))?.into()))
    };
    let socket = SslSocket {
        context: RefCell::new(args.this().clone()),
        owner: RefCell::new(weak(vm, args.opt_not_none(first + 2))?),
        carrier,
        server_side,
        host,
        state: RefCell::new(state),
        done: Cell::new(false),
        out: RefCell::default(),
        unread: RefCell::default(),
        pending_write: Cell::new(0),
        said_goodbye: Cell::new(false),
        ended: Cell::new(false),
        noted,
        reading: Turn::default(),
        writing: Turn::default(),
    };
    Ok(Ref::new(&SSL_SOCKET, socket).into_value())
}

/// `_SSLContext._wrap_socket(sock, server_side, server_hostname=None, *, owner=None, session=None)`
pub(super) fn wrap_socket(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if !args.get(1).has_layout::<crate::_socket::Socket>() {
        let got = vm.type_name_for_errors(args.get(1));
        return Err(vm.type_error(format!("_wrap_socket() argument 'sock' must be _socket.socket, not {got}")));
    }
    let carrier = Carrier::Socket(weak(vm, Some(args.get(1)))?);
    wrap(vm, args, carrier, 2)
}

/// `_SSLContext._wrap_bio(incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)`
pub(super) fn wrap_bio(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let incoming: Ref<MemoryBio> = args.payload_of(vm, 1, "_ssl.MemoryBIO")?;
    let outgoing: Ref<MemoryBio> = args.payload_of(vm, 2, "_ssl.MemoryBIO")?;
    wrap(vm, args, Carrier::Memory(incoming, outgoing), 3)
}

impl SslSocket {
    /// Runs `f` on the open connection.
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut Connection) -> R) -> Option<R> {
        match &mut *self.state.borrow_mut() {
            State::Open(connection) => Some(f(connection)),
            _ => None,
        }
    }

    /// The exception for an error of rustls, after the peer has been told if that is possible.
    pub(super) fn fail(&self, vm: &Vm, e: &rustls::Error) -> Raised {
        let raised = errors::of_tls(vm, e, self.noted.lock().unwrap_or_else(PoisonError::into_inner).take());
        // The error counts, not that the peer can't hear of it.
        let _ = self.flush(vm, Deadline::after(Some(std::time::Duration::from_millis(100))));
        raised
    }

    fn ignores_eof(&self) -> bool {
        context::this(&self.context.borrow()).options.get() & IGNORE_UNEXPECTED_EOF != 0
    }

    /// Sends everything that waits; "want write" where that can't be now.
    fn send_all(&self, vm: &Vm, deadline: Deadline) -> PyResult<()> {
        if self.flush(vm, deadline)? { Ok(()) } else { Err(errors::want_write(vm)) }
    }

    fn handshake(&self, vm: &Vm) -> PyResult<()> {
        if self.done.get() {
            return Ok(());
        }
        let deadline = self.carrier.deadline(vm)?;
        let named = |e: Raised| self.carrier.name_timeout(vm, e, "The handshake operation timed out");
        loop {
            self.accept(vm)?;
            self.send_all(vm, deadline).map_err(named)?;
            let going_on = self.with(|c| c.is_handshaking()).unwrap_or(true);
            if !going_on {
                break;
            }
            match self.fill(vm, deadline).map_err(named)? {
                Filled::Some => {}
                Filled::Nothing => return Err(errors::want_read(vm)),
                Filled::End => return Err(errors::eof(vm)),
            }
        }
        self.done.set(true);
        Ok(())
    }

    /// A server that has got the first message chooses its configuration.
    fn accept(&self, vm: &Vm) -> PyResult<()> {
        let accepted = match &mut *self.state.borrow_mut() {
            State::Accepting(acceptor) => acceptor.accept(),
            _ => return Ok(()),
        };
        let accepted: Accepted = match accepted {
            Ok(None) => return Ok(()),
            Ok(Some(accepted)) => accepted,
            Err((e, mut alert)) => {
                // Memory takes everything.
                let _ = alert.write_all(&mut *self.out.borrow_mut());
                return Err(self.fail(vm, &e));
            }
        };
        *self.state.borrow_mut() = State::Moving;
        let hello = accepted.client_hello();
        let name = hello.server_name().map(str::to_owned);
        let offered: Vec<Vec<u8>> = hello.alpn().map_or_else(Vec::new, |all| all.map(<[u8]>::to_vec).collect());
        let callback = context::this(&self.context.borrow()).sni_callback();
        if let Some(callback) = callback {
            let owner = self.owner_value();
            let name = name.map_or(Value::NONE, |n| vm.str(&n));
            let context = self.context.borrow().clone();
            let answer = vm.call(&callback, &[owner, name, context]);
            let refused = match answer {
                Ok(v) if v.is_none() => false,
                Ok(_) => true,
                Err(e) => {
                    vm.report_unraisable(e, None, Some(&callback));
                    true
                }
            };
            if refused {
                return Err(errors::reasoned(vm, Kind::Ssl, "SSL", "CALLBACK_FAILED", "callback failed"));
            }
        }
        let context = self.context.borrow().clone();
        let config = context::this(&context).server(vm, &offered)?;
        match accepted.into_connection(Arc::new(config)) {
            Ok(connection) => {
                *self.state.borrow_mut() = State::Open(Box::new(connection.into()));
                self.process(vm).map(drop)
            }
            Err((e, mut alert)) => {
                let _ = alert.write_all(&mut *self.out.borrow_mut());
                Err(self.fail(vm, &e))
            }
        }
    }

    /// Lets rustls look at what has come.
    pub(super) fn process(&self, vm: &Vm) -> PyResult<usize> {
        match self.with(|c| c.process_new_packets()) {
            Some(Ok(state)) => Ok(state.plaintext_bytes_to_read()),
            Some(Err(e)) => Err(self.fail(vm, &e)),
            None => Ok(0),
        }
    }

    fn owner_value(&self) -> Value {
        self.owner.borrow().downcast::<PyWeakRef>().and_then(PyWeakRef::get).unwrap_or(Value::NONE)
    }

    /// At most so many plain bytes; none at the end.
    fn read(&self, vm: &Vm, wanted: usize) -> PyResult<Vec<u8>> {
        self.handshake(vm)?;
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let deadline = self.carrier.deadline(vm)?;
        let named = |e: Raised| self.carrier.name_timeout(vm, e, "The read operation timed out");
        loop {
            let mut data = vec![0; wanted.min(1 << 16)];
            let got = self.with(|c| c.reader().read(&mut data)).unwrap_or(Ok(0));
            match got {
                // Whoever has said goodbye is told of the other's by an error, as by OpenSSL.
                Ok(0) if self.said_goodbye.get() => {
                    return Err(errors::new(vm, Kind::ZeroReturn, "TLS/SSL connection has been closed (EOF)"));
                }
                Ok(n) => {
                    data.truncate(n);
                    return Ok(data);
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock && !self.ended.get() => {}
                Err(_) if self.ignores_eof() => return Ok(Vec::new()),
                Err(_) => return Err(errors::eof(vm)),
            }
            // What the handshake left over; if it can't go now it goes later.
            self.flush(vm, deadline).map_err(named)?;
            if let Filled::Nothing = self.fill(vm, deadline).map_err(named)? {
                return Err(errors::want_read(vm));
            }
        }
    }

    fn write(&self, vm: &Vm, data: &[u8]) -> PyResult<usize> {
        self.handshake(vm)?;
        let deadline = self.carrier.deadline(vm)?;
        let named = |e: Raised| self.carrier.name_timeout(vm, e, "The write operation timed out");
        self.send_all(vm, deadline).map_err(named)?;
        let mut written = self.pending_write.replace(0);
        while written < data.len() {
            let chunk = &data[written..data.len().min(written + (1 << 14))];
            let taken = self.with(|c| c.writer().write(chunk)).unwrap_or(Ok(0));
            let Ok(n) = taken else { return Err(errors::new(vm, Kind::Ssl, "the connection is closed")) };
            if n == 0 {
                break;
            }
            if !self.flush(vm, deadline).map_err(named)? {
                // Records can't be taken back. If nothing of this call has gone, the caller tries again and is told then.
                if written == 0 {
                    self.pending_write.set(n);
                    return Err(errors::want_write(vm));
                }
                return Ok(written + n);
            }
            written += n;
        }
        Ok(written)
    }

    /// Says goodbye and waits for the other side's.
    fn shutdown(&self, vm: &Vm) -> PyResult<()> {
        let deadline = self.carrier.deadline(vm)?;
        let named = |e: Raised| self.carrier.name_timeout(vm, e, "The read operation timed out");
        self.with(|c| c.send_close_notify());
        self.said_goodbye.set(true);
        self.send_all(vm, deadline).map_err(named)?;
        loop {
            let mut rest = [0; 4096];
            match self.with(|c| c.reader().read(&mut rest)).unwrap_or(Ok(0)) {
                Ok(0) => return Ok(()),
                Ok(_) => {
                    let words = "application data after close notify";
                    return Err(errors::reasoned(vm, Kind::Ssl, "SSL", "APPLICATION_DATA_AFTER_CLOSE_NOTIFY", words));
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock && !self.ended.get() => {}
                Err(_) if self.ignores_eof() => return Ok(()),
                Err(_) => return Err(errors::eof(vm)),
            }
            if let Filled::Nothing = self.fill(vm, deadline).map_err(named)? {
                return Err(errors::want_read(vm));
            }
        }
    }

    fn peer_chain(&self) -> Option<Vec<Vec<u8>>> {
        self.with(|c| c.peer_certificates().map(|all| all.iter().map(|d| d.to_vec()).collect())).flatten()
    }

    fn version(&self) -> Option<&'static str> {
        let version = self.with(|c| c.protocol_version()).flatten().filter(|_| self.done.get())?;
        Some(if version == ProtocolVersion::TLSv1_3 { "TLSv1.3" } else { "TLSv1.2" })
    }
}

fn do_handshake(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).handshake(vm)?;
    Ok(Value::NONE)
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let wanted = args.i64(vm, 1)?;
    let s = this(args.this());
    let Some(target) = args.opt_not_none(2) else {
        let Ok(wanted) = usize::try_from(wanted) else { return Err(vm.value_error("size should not be negative")) };
        return Ok(PyBytes::from_vec(s.read(vm, wanted)?).into_value());
    };
    let room = buffer::get_writable(vm, target)?;
    let wanted = usize::try_from(wanted).ok().filter(|&n| n > 0).map_or(room.len, |n| n.min(room.len));
    let data = s.read(vm, wanted)?;
    room.with_mut(|place| place[..data.len()].copy_from_slice(&data));
    Ok(Value::usize(data.len()))
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    Ok(Value::usize(this(args.this()).write(vm, &data)?))
}

fn shutdown(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(args.this());
    s.shutdown(vm)?;
    Ok(s.carrier.socket(vm).unwrap_or(Value::NONE))
}

fn pending(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(this(args.this()).process(vm)?))
}

fn getpeercert(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let binary = args.opt_bool(vm, 1, false)?;
    let s = this(args.this());
    if !s.done.get() {
        return Err(vm.value_error("handshake not done yet"));
    }
    let Some(der) = s.peer_chain().and_then(|c| c.into_iter().next()) else { return Ok(Value::NONE) };
    if binary {
        return Ok(PyBytes::from_vec(der).into_value());
    }
    // What was not verified is not shown.
    if context::this(&s.context.borrow()).verify_mode.get() == super::CERT_NONE {
        return Ok(PyDict::new_ref().into_value());
    }
    Ok(certificate::to_dict(vm, &der).into_value())
}

fn chain(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let show = |der: Vec<u8>| super::certificate_value(vm, der);
    Ok(match this(args.this()).peer_chain() {
        Some(chain) => PyList::new(chain.into_iter().map(show).collect()).into_value(),
        None => Value::NONE,
    })
}

/// OpenSSL's name of a suite, its bits, and whether it is of TLS 1.3.
fn suite_name(suite: &SupportedCipherSuite) -> (String, i64, &'static str) {
    let name = format!("{:?}", suite.suite());
    let bits = if name.contains("128") { 128 } else { 256 };
    if let Some(rest) = name.strip_prefix("TLS13_") {
        return (format!("TLS_{rest}"), bits, "TLSv1.3");
    }
    let name = name.trim_start_matches("TLS_").replace("_WITH_", "_").replace("AES_", "AES").replace('_', "-");
    (name.trim_end_matches("-SHA256").to_owned() + sha_of(&name), bits, "TLSv1.2")
}

/// OpenSSL leaves the digest out where there is only one.
fn sha_of(name: &str) -> &'static str {
    if name.ends_with("-SHA256") && !name.contains("CHACHA20") { "-SHA256" } else { "" }
}

/// A suite as `get_ciphers` describes it.
pub(super) fn cipher_dict(vm: &Vm, suite: &SupportedCipherSuite) -> Value {
    let (name, bits, protocol) = suite_name(suite);
    let dict = PyDict::new_ref();
    dict.set_text("id", Value::int(0x0300_0000 | i64::from(u16::from(suite.suite()))));
    dict.set_text("name", vm.str(&name));
    dict.set_text("protocol", vm.str(protocol));
    dict.set_text("description", vm.str(&format!("{name} {protocol} Mac=AEAD")));
    dict.set_text("strength_bits", Value::int(bits));
    dict.set_text("alg_bits", Value::int(bits));
    dict.set_text("aead", Value::TRUE);
    dict.into_value()
}

fn cipher(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let suite = this(args.this()).with(|c| c.negotiated_cipher_suite()).flatten();
    Ok(suite.map_or(Value::NONE, |suite| {
        let (name, bits, protocol) = suite_name(&suite);
        PyTuple::new(vec![vm.str(&name), vm.str(protocol), Value::int(bits)]).into_value()
    }))
}

fn version(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(this(args.this()).version().map_or(Value::NONE, |v| vm.str(v)))
}

fn selected_alpn_protocol(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let protocol = this(args.this()).with(|c| c.alpn_protocol().map(<[u8]>::to_vec)).flatten();
    Ok(protocol.map_or(Value::NONE, |p| vm.str(&String::from_utf8_lossy(&p))))
}

fn nothing(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

fn get_channel_binding(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match args.opt_str(vm, 1)? {
        Some(kind) if kind.as_bytes() != b"tls-unique" => {
            Err(vm.value_error(format!("'{}' channel binding type not implemented", kind.to_lossy())))
        }
        _ => Ok(Value::NONE),
    }
}

fn verify_client_post_handshake(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.not_implemented_error("Post-handshake auth is not supported by this TLS library."))
}

static GETSET: &[GetSet] = &[
    GetSet {
        name: "context",
        doc: "",
        get: |_, v| Ok(this(v).context.borrow().clone()),
        set: Some(|vm, v, value| {
            let value = value.filter(|c| vm.is_instance(c, &CONTEXT));
            let value = value.ok_or_else(|| vm.type_error("The value must be a SSLContext"))?;
            drop(this(v).context.replace(value));
            Ok(())
        }),
    },
    GetSet {
        name: "owner",
        doc: "",
        get: |_, v| Ok(this(v).owner_value()),
        set: Some(|vm, v, value| {
            let reference = weak(vm, value.as_ref().filter(|v| !v.is_none()))?;
            drop(this(v).owner.replace(reference));
            Ok(())
        }),
    },
    GetSet {
        name: "server_hostname",
        doc: "",
        get: |vm, v| Ok(this(v).host.as_ref().map_or(Value::NONE, |h| vm.str(h))),
        set: None,
    },
    GetSet { name: "server_side", doc: "", get: |_, v| Ok(Value::bool(this(v).server_side)), set: None },
    GetSet { name: "session", doc: "", get: |_, _| Ok(Value::NONE), set: Some(|_, _, _| Ok(())) },
    GetSet { name: "session_reused", doc: "", get: |_, _| Ok(Value::FALSE), set: None },
];

static METHODS: &[NativeDef] = &[
    native("cipher(self, /)", "", cipher),
    native("compression(self, /)", "", nothing),
    native("do_handshake(self, /)", "", do_handshake),
    native(
        "get_channel_binding(self, /, cb_type='tls-unique')",
        "Get channel binding data for current connection.",
        get_channel_binding,
    ),
    native("get_unverified_chain(self, /)", "", chain),
    native("get_verified_chain(self, /)", "", chain),
    native("getpeercert(self, der=False, /)", "Returns the certificate for the peer.", getpeercert),
    native("pending(self, /)", "Returns the number of already decrypted bytes available for read.", pending),
    native("read(self, size, buffer=None, /)", "Read up to size bytes from the SSL socket.", read),
    native("selected_alpn_protocol(self, /)", "", selected_alpn_protocol),
    native("shared_ciphers(self, /)", "", nothing),
    native("shutdown(self, /)", "Does the SSL shutdown handshake with the remote end.", shutdown),
    native(
        "verify_client_post_handshake(self, /)",
        "Initiate TLS 1.3 post-handshake authentication",
        verify_client_post_handshake,
    ),
    native("version(self, /)", "", version),
    native("write(self, b, /)", "Writes the bytes-like object b into the SSL object.", write),
];

static DEF: TypeDef = TypeDef {
    name: "_SSLSocket",
    module: "_ssl",
    layout: SslSocket::layout,
    flags: TypeFlags::NO_NEW,
    methods: METHODS,
    getset: GETSET,
    slots: Slots::EMPTY,
    ..TypeDef::EMPTY
};
/// The type of connections.
pub(super) static SSL_SOCKET: Type = Type::builtin(&DEF);
