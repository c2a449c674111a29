//! `_ssl`: what `import ssl` needs, without the protocol itself.
//!
//! Contexts keep their settings, so that programs which prepare one for connections that they may never make work; a
//! connection that would really speak TLS raises `SSLError` and says why. Cryptography has no place in the stub yet.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{OS_ERROR, VALUE_ERROR};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::{add_types, payload, positional};

const PROTOCOL_TLS: i64 = 2;
const PROTOCOL_TLS_CLIENT: i64 = 16;
const PROTOCOL_TLS_SERVER: i64 = 17;
const CERT_NONE: i64 = 0;
const CERT_REQUIRED: i64 = 2;
/// What a new context is set to: all workarounds, no SSL 3, the server's choice of cipher, no compression.
const DEFAULT_OPTIONS: i64 = 0x8000_0050 | 0x0200_0000 | 0x40_0000 | 0x2_0000 | 0x10_0000 | 0x80;
const TRUSTED_FIRST: i64 = 0x8000;
const TLS_1_2: i64 = 0x303;
const MAXIMUM: i64 = -1;
const CIPHERS: &str = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM";
/// Where the error classes are kept for those who raise them.
const ERRORS: &str = "_ssl errors";

/// The numbers that `ssl` makes its enumerations of.
#[rustfmt::skip]
static NUMBERS: &[(&str, i64)] = &[
    ("SSL_ERROR_SSL", 1), ("SSL_ERROR_WANT_READ", 2), ("SSL_ERROR_WANT_WRITE", 3), ("SSL_ERROR_WANT_X509_LOOKUP", 4),
    ("SSL_ERROR_SYSCALL", 5), ("SSL_ERROR_ZERO_RETURN", 6), ("SSL_ERROR_WANT_CONNECT", 7), ("SSL_ERROR_EOF", 8),
    ("SSL_ERROR_INVALID_ERROR_CODE", 10),
    ("CERT_NONE", CERT_NONE), ("CERT_OPTIONAL", 1), ("CERT_REQUIRED", CERT_REQUIRED),
    ("VERIFY_DEFAULT", 0), ("VERIFY_CRL_CHECK_LEAF", 4), ("VERIFY_CRL_CHECK_CHAIN", 12), ("VERIFY_X509_STRICT", 32),
    ("VERIFY_ALLOW_PROXY_CERTS", 64), ("VERIFY_X509_TRUSTED_FIRST", TRUSTED_FIRST), ("VERIFY_X509_PARTIAL_CHAIN", 0x8_0000),
    ("ALERT_DESCRIPTION_CLOSE_NOTIFY", 0), ("ALERT_DESCRIPTION_UNEXPECTED_MESSAGE", 10),
    ("ALERT_DESCRIPTION_BAD_RECORD_MAC", 20), ("ALERT_DESCRIPTION_RECORD_OVERFLOW", 22),
    ("ALERT_DESCRIPTION_DECOMPRESSION_FAILURE", 30), ("ALERT_DESCRIPTION_HANDSHAKE_FAILURE", 40),
    ("ALERT_DESCRIPTION_BAD_CERTIFICATE", 42), ("ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE", 43),
    ("ALERT_DESCRIPTION_CERTIFICATE_REVOKED", 44), ("ALERT_DESCRIPTION_CERTIFICATE_EXPIRED", 45),
    ("ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN", 46), ("ALERT_DESCRIPTION_ILLEGAL_PARAMETER", 47),
    ("ALERT_DESCRIPTION_UNKNOWN_CA", 48), ("ALERT_DESCRIPTION_ACCESS_DENIED", 49),
    ("ALERT_DESCRIPTION_DECODE_ERROR", 50), ("ALERT_DESCRIPTION_DECRYPT_ERROR", 51),
    ("ALERT_DESCRIPTION_PROTOCOL_VERSION", 70), ("ALERT_DESCRIPTION_INSUFFICIENT_SECURITY", 71),
    ("ALERT_DESCRIPTION_INTERNAL_ERROR", 80), ("ALERT_DESCRIPTION_USER_CANCELLED", 90),
    ("ALERT_DESCRIPTION_NO_RENEGOTIATION", 100), ("ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION", 110),
    ("ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE", 111), ("ALERT_DESCRIPTION_UNRECOGNIZED_NAME", 112),
    ("ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE", 113), ("ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE", 114),
    ("ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY", 115),
    ("PROTOCOL_SSLv23", PROTOCOL_TLS), ("PROTOCOL_TLS", PROTOCOL_TLS), ("PROTOCOL_TLS_CLIENT", PROTOCOL_TLS_CLIENT),
    ("PROTOCOL_TLS_SERVER", PROTOCOL_TLS_SERVER), ("PROTOCOL_TLSv1", 3), ("PROTOCOL_TLSv1_1", 4), ("PROTOCOL_TLSv1_2", 5),
    ("OP_ALL", 0x8000_0050), ("OP_NO_SSLv2", 0), ("OP_NO_SSLv3", 0x0200_0000), ("OP_NO_TLSv1", 0x0400_0000),
    ("OP_NO_TLSv1_1", 0x1000_0000), ("OP_NO_TLSv1_2", 0x0800_0000), ("OP_NO_TLSv1_3", 0x2000_0000),
    ("OP_CIPHER_SERVER_PREFERENCE", 0x40_0000), ("OP_SINGLE_DH_USE", 0), ("OP_NO_TICKET", 0x4000),
    ("OP_LEGACY_SERVER_CONNECT", 4), ("OP_SINGLE_ECDH_USE", 0), ("OP_NO_COMPRESSION", 0x2_0000),
    ("OP_ENABLE_MIDDLEBOX_COMPAT", 0x10_0000), ("OP_NO_RENEGOTIATION", 0x4000_0000), ("OP_IGNORE_UNEXPECTED_EOF", 0x80),
    ("OP_ENABLE_KTLS", 8),
    ("HOSTFLAG_ALWAYS_CHECK_SUBJECT", 1), ("HOSTFLAG_NO_WILDCARDS", 2), ("HOSTFLAG_NO_PARTIAL_WILDCARDS", 4),
    ("HOSTFLAG_MULTI_LABEL_WILDCARDS", 8), ("HOSTFLAG_SINGLE_LABEL_SUBDOMAINS", 16), ("HOSTFLAG_NEVER_CHECK_SUBJECT", 32),
    ("ENCODING_PEM", 1), ("ENCODING_DER", 2),
    ("PROTO_MINIMUM_SUPPORTED", -2), ("PROTO_MAXIMUM_SUPPORTED", MAXIMUM), ("PROTO_SSLv3", 0x300), ("PROTO_TLSv1", 0x301),
    ("PROTO_TLSv1_1", 0x302), ("PROTO_TLSv1_2", TLS_1_2), ("PROTO_TLSv1_3", 0x304),
    ("OPENSSL_VERSION_NUMBER", 0x3000_0000),
];

/// What this build can do: nothing but keep settings. Server names and protocols can be set.
static ABILITIES: &[(&str, bool)] = &[
    ("HAS_SNI", true),
    ("HAS_TLS_UNIQUE", false),
    ("HAS_ECDH", false),
    ("HAS_NPN", false),
    ("HAS_ALPN", true),
    ("HAS_SSLv2", false),
    ("HAS_SSLv3", false),
    ("HAS_TLSv1", false),
    ("HAS_TLSv1_1", false),
    ("HAS_TLSv1_2", false),
    ("HAS_TLSv1_3", false),
    ("HAS_PSK", false),
    ("HAS_PHA", false),
];

/// An error of one of the classes that `init` made.
#[cold]
fn ssl_error(vm: &Vm, message: &str) -> Raised {
    let kept = vm.runtime().slots.borrow().get(ERRORS).cloned();
    let class = kept.and_then(|d| d.downcast_ref::<PyDict>()).and_then(|d| d.get_text("SSLError"));
    match class.map(|class| vm.call(&class, &[Value::small(1), vm.str(message)])) {
        Some(Ok(e)) => Raised::from_value(vm, e),
        Some(Err(e)) => e,
        None => vm.new_error(&OS_ERROR, message),
    }
}

#[cold]
fn no_tls(vm: &Vm) -> Raised {
    ssl_error(vm, "TLS is not supported: this program was frozen without it")
}

/// The payload of `_SSLContext`.
pub struct Context {
    protocol: i64,
    options: Cell<i64>,
    verify_mode: Cell<i64>,
    verify_flags: Cell<i64>,
    host_flags: Cell<i64>,
    check_hostname: Cell<bool>,
    post_handshake: Cell<bool>,
    minimum: Cell<i64>,
    maximum: Cell<i64>,
    tickets: Cell<i64>,
    /// Callbacks and the file of keys: kept, never called.
    kept: RefCell<[Value; 3]>,
}
payload!(Context, |c, visit| c.kept.borrow().iter().for_each(visit), |c| drop(c.kept.replace([
    Value::NONE,
    Value::NONE,
    Value::NONE
])));

fn this(v: &Value) -> &Context {
    v.downcast().expect("slots of _SSLContext see contexts")
}

fn new_context(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let protocol = vm.to_i64(&positional(vm, class, &CONTEXT, args, (1, 1))?[0])?;
    if !matches!(protocol, PROTOCOL_TLS..=5 | PROTOCOL_TLS_CLIENT | PROTOCOL_TLS_SERVER) {
        return Err(vm.value_error("invalid or unsupported protocol version"));
    }
    if protocol < PROTOCOL_TLS_CLIENT {
        let name = ["PROTOCOL_TLS", "PROTOCOL_TLSv1", "PROTOCOL_TLSv1_1", "PROTOCOL_TLSv1_2"][protocol as usize - 2];
        vm.warn_named("DeprecationWarning", &format!("ssl.{name} is deprecated"), 2)?;
    }
    let client = protocol == PROTOCOL_TLS_CLIENT;
    let context = Context {
        protocol,
        options: Cell::new(DEFAULT_OPTIONS),
        verify_mode: Cell::new(if client { CERT_REQUIRED } else { CERT_NONE }),
        verify_flags: Cell::new(TRUSTED_FIRST),
        host_flags: Cell::new(4),
        check_hostname: Cell::new(client),
        post_handshake: Cell::new(false),
        minimum: Cell::new(TLS_1_2),
        maximum: Cell::new(MAXIMUM),
        tickets: Cell::new(2),
        kept: RefCell::new([Value::NONE, Value::NONE, Value::NONE]),
    };
    Ok(Ref::new(class, context).into_value())
}

fn number(vm: &Vm, value: Option<Value>) -> PyResult<i64> {
    match value {
        Some(v) => vm.to_i64(&v),
        None => Err(vm.attribute_error("cannot delete attribute")),
    }
}

fn set_verify_mode(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let mode = number(vm, value)?;
    if !(CERT_NONE..=CERT_REQUIRED).contains(&mode) {
        return Err(vm.value_error("invalid value for verify_mode"));
    }
    if mode == CERT_NONE && this(v).check_hostname.get() {
        return Err(vm.value_error("Cannot set verify_mode to CERT_NONE when check_hostname is enabled."));
    }
    this(v).verify_mode.set(mode);
    Ok(())
}

fn set_check_hostname(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let on = value.map_or(Ok(false), |b| vm.is_true(&b))?;
    let c = this(v);
    if on && c.verify_mode.get() == CERT_NONE {
        c.verify_mode.set(CERT_REQUIRED);
    }
    c.check_hostname.set(on);
    Ok(())
}

/// An attribute that is a number and nothing else.
macro_rules! setting {
    ($name:literal, $field:ident) => {
        GetSet {
            name: $name,
            doc: "",
            get: |_, v| Ok(Value::int(this(v).$field.get())),
            set: Some(|vm, v, value| {
                this(v).$field.set(number(vm, value)?);
                Ok(())
            }),
        }
    };
}

/// An attribute that is kept for those who ask.
const fn keep<const I: usize>(name: &'static str) -> GetSet {
    GetSet {
        name,
        doc: "",
        get: |_, v| Ok(this(v).kept.borrow()[I].clone()),
        set: Some(|_, v, value| {
            let old = std::mem::replace(&mut this(v).kept.borrow_mut()[I], value.unwrap_or(Value::NONE));
            drop(old);
            Ok(())
        }),
    }
}

static CONTEXT_GETSET: &[GetSet] = &[
    setting!("_host_flags", host_flags),
    keep::<0>("_msg_callback"),
    GetSet {
        name: "check_hostname",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).check_hostname.get())),
        set: Some(set_check_hostname),
    },
    keep::<1>("keylog_filename"),
    setting!("maximum_version", maximum),
    setting!("minimum_version", minimum),
    setting!("num_tickets", tickets),
    setting!("options", options),
    GetSet {
        name: "post_handshake_auth",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).post_handshake.get())),
        set: Some(|vm, v, value| {
            this(v).post_handshake.set(value.map_or(Ok(false), |b| vm.is_true(&b))?);
            Ok(())
        }),
    },
    GetSet { name: "protocol", doc: "", get: |_, v| Ok(Value::int(this(v).protocol)), set: None },
    GetSet { name: "security_level", doc: "", get: |_, _| Ok(Value::small(2)), set: None },
    keep::<2>("sni_callback"),
    setting!("verify_flags", verify_flags),
    GetSet {
        name: "verify_mode",
        doc: "",
        get: |_, v| Ok(Value::int(this(v).verify_mode.get())),
        set: Some(set_verify_mode),
    },
];

fn refuse(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(no_tls(vm))
}

fn accept(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

/// Certificates are read when a connection is made; here only whether the files are there.
fn load_verify_locations(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let places = [args.opt_not_none(1), args.opt_not_none(2)];
    if places.iter().all(Option::is_none) && args.opt_not_none(3).is_none() {
        return Err(vm.type_error("cafile, capath and cadata cannot be all omitted"));
    }
    for place in places.into_iter().flatten() {
        let os = freeze_runtime::import::import_path(vm, "os")?;
        vm.call_method(&os, "stat", std::slice::from_ref(place))?;
    }
    Ok(Value::NONE)
}

fn cert_store_stats(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let stats = PyDict::new_ref();
    for name in ["x509", "crl", "x509_ca"] {
        stats.set_text(name, Value::small(0));
    }
    Ok(stats.into_value())
}

fn no_items(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(Vec::new()).into_value())
}

fn session_stats(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let stats = PyDict::new_ref();
    let names = "number connect connect_good connect_renegotiate accept accept_good accept_renegotiate hits misses timeouts \
                 cache_full";
    for name in names.split(' ') {
        stats.set_text(name, Value::small(0));
    }
    Ok(stats.into_value())
}

static CONTEXT_METHODS: &[NativeDef] = &[
    native("_set_alpn_protocols(self, protos, /)", "", accept),
    native(
        "_wrap_bio(self, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)",
        "",
        refuse,
    ),
    native("_wrap_socket(self, sock, server_side, server_hostname=None, *, owner=None, session=None)", "", refuse),
    native("cert_store_stats(self, /)", "", cert_store_stats),
    native("get_ca_certs(self, /, binary_form=False)", "", no_items),
    native("get_ciphers(self, /)", "", no_items),
    native("load_cert_chain(self, /, certfile, keyfile=None, password=None)", "", refuse),
    native("load_dh_params(self, filepath, /)", "", refuse),
    native("load_verify_locations(self, /, cafile=None, capath=None, cadata=None)", "", load_verify_locations),
    native("session_stats(self, /)", "", session_stats),
    native("set_ciphers(self, cipherlist, /)", "", accept),
    native("set_default_verify_paths(self, /)", "", accept),
    native("set_ecdh_curve(self, name, /)", "", accept),
];

static CONTEXT_DEF: TypeDef = TypeDef {
    name: "_SSLContext",
    module: "_ssl",
    layout: Context::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new_context), ..Slots::EMPTY },
    methods: CONTEXT_METHODS,
    getset: CONTEXT_GETSET,
    ..TypeDef::EMPTY
};
static CONTEXT: Type = Type::builtin(&CONTEXT_DEF);

/// The payload of `MemoryBIO`: bytes on their way.
#[derive(Default)]
pub struct MemoryBio {
    data: RefCell<Vec<u8>>,
    ended: Cell<bool>,
}
payload!(MemoryBio, |_b, _visit| ());

fn new_bio(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    positional(vm, class, &MEMORY_BIO, args, (0, 0))?;
    Ok(Ref::new(class, MemoryBio::default()).into_value())
}

fn bio_read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let wanted = args.opt_i64(vm, 1, -1)?;
    let mut data = args.payload::<MemoryBio>().data.borrow_mut();
    let n = usize::try_from(wanted).map_or(data.len(), |n| n.min(data.len()));
    let taken: Vec<u8> = data.drain(..n).collect();
    Ok(PyBytes::from_vec(taken).into_value())
}

fn bio_write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let bio: &MemoryBio = args.payload();
    if bio.ended.get() {
        return Err(ssl_error(vm, "cannot write() after write_eof()"));
    }
    bio.data.borrow_mut().extend_from_slice(&data);
    Ok(Value::usize(data.len()))
}

fn bio_end(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<MemoryBio>().ended.set(true);
    Ok(Value::NONE)
}

fn bio(v: &Value) -> &MemoryBio {
    v.downcast().expect("slots of MemoryBIO see buffers")
}

static MEMORY_BIO_DEF: TypeDef = TypeDef {
    name: "MemoryBIO",
    module: "_ssl",
    layout: MemoryBio::layout,
    slots: Slots { new: Some(new_bio), ..Slots::EMPTY },
    methods: &[
        native("read(self, size=-1, /)", "", bio_read),
        native("write(self, b, /)", "", bio_write),
        native("write_eof(self, /)", "", bio_end),
    ],
    getset: &[
        GetSet {
            name: "eof",
            doc: "",
            get: |_, v| Ok(Value::bool(bio(v).ended.get() && bio(v).data.borrow().is_empty())),
            set: None,
        },
        GetSet { name: "pending", doc: "", get: |_, v| Ok(Value::usize(bio(v).data.borrow().len())), set: None },
    ],
    ..TypeDef::EMPTY
};
static MEMORY_BIO: Type = Type::builtin(&MEMORY_BIO_DEF);

static SESSION_DEF: TypeDef = TypeDef {
    name: "SSLSession",
    module: "_ssl",
    layout: MemoryBio::layout,
    flags: TypeFlags::NO_NEW,
    ..TypeDef::EMPTY
};
static SESSION: Type = Type::builtin(&SESSION_DEF);

fn random_bytes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.i64(vm, 0)? < 0 {
        return Err(vm.value_error("num must be positive"));
    }
    let os = freeze_runtime::import::import_path(vm, "os")?;
    vm.call_method(&os, "urandom", std::slice::from_ref(args.get(0)))
}

/// The two object identifiers that `ssl.Purpose` is made of.
static OBJECTS: &[(i64, &str, &str, &str)] = &[
    (129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    (130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
];

fn object(vm: &Vm, row: &(i64, &str, &str, &str)) -> Value {
    PyTuple::new(vec![Value::small(row.0), vm.str(row.1), vm.str(row.2), vm.str(row.3)]).into_value()
}

fn txt2obj(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = args.str(vm, 0)?.to_lossy().into_owned();
    let by_name = args.opt_bool(vm, 1, false)?;
    match OBJECTS.iter().find(|o| text == o.3 || by_name && (text == o.1 || text == o.2)) {
        Some(row) => Ok(object(vm, row)),
        None => Err(vm.value_error(format!("unknown object '{}'", text.chars().take(100).collect::<String>()))),
    }
}

fn nid2obj(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let nid = args.i64(vm, 0)?;
    match OBJECTS.iter().find(|o| o.0 == nid) {
        Some(row) => Ok(object(vm, row)),
        None => Err(vm.value_error(format!("unknown NID {nid}"))),
    }
}

/// Where Linux distributions keep certificates, as OpenSSL is told when it is built.
fn verify_paths(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let paths = ["SSL_CERT_FILE", "/usr/lib/ssl/cert.pem", "SSL_CERT_DIR", "/usr/lib/ssl/certs"];
    Ok(PyTuple::new(paths.iter().map(|p| vm.str(p)).collect()).into_value())
}

static FUNCTIONS: &[NativeDef] = &[
    native("RAND_add(string, entropy, /)", "", accept),
    native("RAND_bytes(n, /)", "", random_bytes),
    native("RAND_status()", "", |_, _| Ok(Value::TRUE)),
    native("get_default_verify_paths()", "", verify_paths),
    native("nid2obj(nid, /)", "", nid2obj),
    native("txt2obj(txt, name=False)", "", txt2obj),
];

/// An exception class of the module.
fn error_class(vm: &Vm, name: &str, bases: Vec<Value>, doc: &str) -> PyResult<Value> {
    let content = PyDict::new_ref();
    content.set_text("__module__", vm.intern("ssl").into_value());
    content.set_text("__doc__", vm.str(doc));
    vm.call(
        &type_::TYPE.as_value(),
        &[vm.intern(name).into_value(), PyTuple::new(bases).into_value(), content.into_value()],
    )
}

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&CONTEXT, &MEMORY_BIO, &SESSION]);
    for &(name, n) in NUMBERS {
        dict.set_text(name, Value::int(n));
    }
    for &(name, able) in ABILITIES {
        dict.set_text(name, Value::bool(able));
    }
    dict.set_text("_DEFAULT_CIPHERS", vm.str(CIPHERS));
    dict.set_text("OPENSSL_VERSION", vm.str("OpenSSL 3.0.0 (the interface only: no TLS in this build)"));
    let version = PyTuple::new([3, 0, 0, 0, 0].map(Value::small).to_vec()).into_value();
    dict.set_text("OPENSSL_VERSION_INFO", version.clone());
    dict.set_text("_OPENSSL_API_VERSION", version);
    let errors = PyDict::new_ref();
    let base = error_class(vm, "SSLError", vec![OS_ERROR.as_value()], "An error occurred in the SSL implementation.")?;
    for (name, doc) in [
        ("SSLZeroReturnError", "SSL/TLS session closed cleanly."),
        ("SSLWantReadError", "Non-blocking SSL socket needs to read more data"),
        ("SSLWantWriteError", "Non-blocking SSL socket needs to write more data"),
        ("SSLSyscallError", "System error when attempting SSL operation."),
        ("SSLEOFError", "SSL/TLS connection terminated abruptly."),
    ] {
        errors.set_text(name, error_class(vm, name, vec![base.clone()], doc)?);
    }
    let name = "SSLCertVerificationError";
    let bases = vec![base.clone(), VALUE_ERROR.as_value()];
    errors.set_text(name, error_class(vm, name, bases, "A certificate could not be verified.")?);
    errors.set_text("SSLError", base);
    for (name, class) in errors.items() {
        dict.set(vm, &name, class)?;
    }
    vm.runtime().slots.borrow_mut().insert(ERRORS, errors.into_value());
    Ok(())
}

/// The module `_ssl`.
pub static MODULE: ModuleDef = ModuleDef { name: "_ssl", doc: "", functions: FUNCTIONS, init: Some(init) };
