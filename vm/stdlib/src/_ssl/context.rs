//! `_SSLContext`: settings and certificates for connections, and rustls' configurations made of them.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm, native,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};

use super::certificate::{self, Certificate};
use super::errors::{self, Kind};
use super::socket;
use super::verify::{Noted, Verifier, provider};
use super::{CERT_NONE, CERT_REQUIRED, MAXIMUM, PARTIAL_CHAIN, TLS_1_2, TLS_1_3, TRUSTED_FIRST};
use crate::convert;
use crate::native_type::{payload, positional};

const PROTOCOL_TLS: i64 = 2;
const PROTOCOL_TLS_CLIENT: i64 = 16;
const PROTOCOL_TLS_SERVER: i64 = 17;
/// What a new context is set to: all workarounds, no SSL 3, the server's choice of cipher, no compression, an end without
/// notice is an end.
const DEFAULT_OPTIONS: i64 = 0x8000_0050 | 0x0200_0000 | 0x40_0000 | 0x2_0000 | 0x10_0000 | IGNORE_UNEXPECTED_EOF;
pub(super) const IGNORE_UNEXPECTED_EOF: i64 = 0x80;
const NO_TLS_1_2: i64 = 0x0800_0000;
const NO_TLS_1_3: i64 = 0x2000_0000;
/// The host flag that keeps common names out.
const NEVER_CHECK_SUBJECT: i64 = 32;

/// The payload of `_SSLContext`.
pub(super) struct Context {
    protocol: i64,
    pub(super) options: Cell<i64>,
    pub(super) verify_mode: Cell<i64>,
    verify_flags: Cell<i64>,
    host_flags: Cell<i64>,
    check_hostname: Cell<bool>,
    post_handshake: Cell<bool>,
    minimum: Cell<i64>,
    maximum: Cell<i64>,
    tickets: Cell<i64>,
    /// Certificates to trust.
    trusted: RefCell<Arc<Vec<CertificateDer<'static>>>>,
    /// The same as rustls wants them; made when first needed.
    roots: RefCell<Option<Arc<RootCertStore>>>,
    own: RefCell<Option<Arc<CertifiedKey>>>,
    alpn: RefCell<Vec<Vec<u8>>>,
    /// `_msg_callback`, `keylog_filename` (both only kept) and `sni_callback`.
    kept: RefCell<[Value; 3]>,
}
payload!(Context, |c, visit| c.kept.borrow().iter().for_each(visit), |c| drop(c.kept.replace([
    Value::NONE,
    Value::NONE,
    Value::NONE
])));

pub(super) fn this(v: &Value) -> &Context {
    v.downcast().expect("slots of _SSLContext see contexts")
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
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
        trusted: RefCell::default(),
        roots: RefCell::default(),
        own: RefCell::default(),
        alpn: RefCell::default(),
        kept: RefCell::new([Value::NONE, Value::NONE, Value::NONE]),
    };
    Ok(freeze_runtime::object::header::new_object_of(class, context))
}

impl Context {
    pub(super) fn sni_callback(&self) -> Option<Value> {
        Some(self.kept.borrow()[2].clone()).filter(|v| !v.is_none())
    }

    pub(super) fn alpn(&self) -> Vec<Vec<u8>> {
        self.alpn.borrow().clone()
    }

    /// The versions that may be spoken.
    fn versions(&self, vm: &Vm) -> PyResult<Vec<&'static SupportedProtocolVersion>> {
        let (low, high) = (self.minimum.get(), self.maximum.get());
        let allowed = |number: i64, off: i64| {
            (low < 0 || low <= number)
                && (high < 0 || number <= high)
                && self.options.get() & off == 0
                && (self.protocol != 5 || number == TLS_1_2)
        };
        let mut versions = Vec::new();
        if allowed(TLS_1_3, NO_TLS_1_3) {
            versions.push(&rustls::version::TLS13);
        }
        if allowed(TLS_1_2, NO_TLS_1_2) {
            versions.push(&rustls::version::TLS12);
        }
        if versions.is_empty() || matches!(self.protocol, 3 | 4) {
            return Err(errors::reasoned(vm, Kind::Ssl, "SSL", "NO_PROTOCOLS_AVAILABLE", "no protocols available"));
        }
        Ok(versions)
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let known = self.roots.borrow().clone();
        known.unwrap_or_else(|| {
            let mut store = RootCertStore::empty();
            for cert in self.trusted.borrow().iter() {
                // What rustls can't use as an end of a chain may still be the server's own certificate.
                let _ = store.add(cert.clone());
            }
            let store = Arc::new(store);
            *self.roots.borrow_mut() = Some(Arc::clone(&store));
            store
        })
    }

    /// The configuration for a connection to a server.
    pub(super) fn client(&self, vm: &Vm, host: Option<&str>, noted: &Noted) -> PyResult<ClientConfig> {
        let common_name = self.host_flags.get() & NEVER_CHECK_SUBJECT == 0;
        let checked = host.filter(|_| self.check_hostname.get());
        let verifier = Verifier {
            roots: (self.verify_mode.get() != CERT_NONE).then(|| self.roots()),
            trusted: Arc::clone(&self.trusted.borrow()),
            partial_chain: self.verify_flags.get() & PARTIAL_CHAIN != 0,
            host: checked.map(|host| (host.to_owned(), common_name)),
            noted: Arc::clone(noted),
        };
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&self.versions(vm)?)
            .map_err(|e| errors::of_tls(vm, &e, None))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &*self.own.borrow() {
            Some(own) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(own)))),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = self.alpn();
        config.enable_sni = host.is_some_and(|h| h.parse::<std::net::IpAddr>().is_err());
        config.resumption = rustls::client::Resumption::disabled();
        Ok(config)
    }

    /// The configuration for a connection from a client, which offers these application protocols.
    pub(super) fn server(&self, vm: &Vm, offered: &[Vec<u8>]) -> PyResult<ServerConfig> {
        let failed = |e: rustls::Error| errors::of_tls(vm, &e, None);
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&self.versions(vm)?)
            .map_err(failed)?;
        let builder = if self.verify_mode.get() == CERT_NONE {
            builder.with_no_client_auth()
        } else {
            let verifier = WebPkiClientVerifier::builder_with_provider(self.roots(), provider());
            let verifier =
                if self.verify_mode.get() == CERT_REQUIRED { verifier } else { verifier.allow_unauthenticated() };
            match verifier.build() {
                Ok(verifier) => builder.with_client_cert_verifier(verifier),
                Err(e) => return Err(errors::new(vm, Kind::Ssl, &e.to_string())),
            }
        };
        let Some(own) = self.own.borrow().clone() else {
            return Err(errors::reasoned(vm, Kind::Ssl, "SSL", "NO_SHARED_CIPHER", "no shared cipher"));
        };
        let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(own)));
        let own = self.alpn();
        // Where nothing fits, the connection goes on without (rustls would end it).
        if own.iter().any(|p| offered.contains(p)) {
            config.alpn_protocols = own;
        }
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    fn trust(&self, more: Vec<CertificateDer<'static>>) {
        let mut trusted = self.trusted.borrow().as_ref().clone();
        for cert in more {
            if !trusted.contains(&cert) {
                trusted.push(cert);
            }
        }
        *self.trusted.borrow_mut() = Arc::new(trusted);
        *self.roots.borrow_mut() = None;
    }
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

/// An attribute that holds an object.
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

static GETSET: &[GetSet] = &[
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

/// The content of a file, which may be one of the program's own.
fn read_file(vm: &Vm, path: &Value, what: &str) -> PyResult<Vec<u8>> {
    convert::path(vm, path, what)?;
    let io = freeze_runtime::import::import_path(vm, "_io")?;
    let file = vm.call_method(&io, "open", &[path.clone(), vm.str("rb")]).map_err(|e| {
        // OpenSSL's errors do not name the file.
        match vm.get_attr_str(&e.value(), "errno").map(|n| int::as_i64(&n).map(i32::try_from)) {
            Ok(Some(Ok(number))) => vm.errno_error(number, None),
            _ => e,
        }
    })?;
    let content = vm.call_method(&file, "read", &[]);
    vm.call_method(&file, "close", &[])?;
    convert::bytes_of(vm, &content?)
}

/// The certificates in PEM text.
fn pem_certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, ()> {
    CertificateDer::pem_slice_iter(text).collect::<Result<_, _>>().map_err(drop)
}

/// `load_verify_locations(cafile=None, capath=None, cadata=None)`
fn load_verify_locations(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (file, folder, data) = (args.opt_not_none(1), args.opt_not_none(2), args.opt_not_none(3));
    if file.is_none() && folder.is_none() && data.is_none() {
        return Err(vm.type_error("cafile, capath and cadata cannot be all omitted"));
    }
    let c = this(args.this());
    if let Some(data) = data {
        c.trust(certificates_in(vm, data)?);
    }
    if let Some(file) = file {
        let text = read_file(vm, file, "cafile")?;
        match pem_certificates(&text) {
            Ok(found) if !found.is_empty() => c.trust(found),
            _ => {
                let words = "no certificate or crl found";
                return Err(errors::reasoned(vm, Kind::Ssl, "X509", "NO_CERTIFICATE_OR_CRL_FOUND", words));
            }
        }
    }
    if let Some(folder) = folder {
        let path = convert::path(vm, folder, "capath")?;
        let folder = convert::os_path(&path.bytes);
        c.trust(vm.allow_threads(|| hashed_certificates(&folder)));
    }
    Ok(Value::NONE)
}

/// Certificates given directly: PEM as text, DER as bytes.
fn certificates_in(vm: &Vm, data: &Value) -> PyResult<Vec<CertificateDer<'static>>> {
    let bad = |words: &str| errors::new(vm, Kind::Ssl, &format!("{words}: cadata does not contain a certificate"));
    if let Some(text) = data.downcast::<PyStr>() {
        if !text.as_bytes().is_ascii() {
            return Err(vm.type_error("cadata should be an ASCII string or a bytes-like object"));
        }
        if text.as_bytes().is_empty() {
            return Err(vm.value_error("Empty certificate data"));
        }
        return match pem_certificates(text.as_bytes()) {
            Ok(found) if !found.is_empty() => Ok(found),
            _ => Err(bad("no start line")),
        };
    }
    if !buffer::is_bytes_like(data) {
        return Err(vm.type_error("cadata should be an ASCII string or a bytes-like object"));
    }
    let data = buffer::to_vec(vm, data)?;
    if data.is_empty() {
        return Err(vm.value_error("Empty certificate data"));
    }
    let mut found = Vec::new();
    let mut rest = data.as_slice();
    while !rest.is_empty() {
        let Some(len) = certificate::whole_length(rest).filter(|&len| Certificate::read(&rest[..len]).is_some()) else {
            return Err(bad("not enough data"));
        };
        found.push(CertificateDer::from(rest[..len].to_vec()));
        rest = &rest[len..];
    }
    Ok(found)
}

/// The certificates of a folder as OpenSSL keeps them: in files named after a hash, with a number.
fn hashed_certificates(folder: &std::path::Path) -> Vec<CertificateDer<'static>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let hashed = name.split_once('.').is_some_and(|(hash, number)| {
            hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()) && number.bytes().all(|b| b.is_ascii_digit())
        });
        if hashed && let Ok(text) = std::fs::read(entry.path()) {
            found.extend(pem_certificates(&text).unwrap_or_default());
        }
    }
    found
}

/// Where systems keep the certificates that they trust.
const FILES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/lib/ssl/cert.pem",
];

/// `set_default_verify_paths()`: what `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else the system's. Nothing is no error.
fn set_default_verify_paths(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let named = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(std::path::PathBuf::from);
    let (file, folder) = (named("SSL_CERT_FILE"), named("SSL_CERT_DIR"));
    let found = vm.allow_threads(|| {
        let mut found = Vec::new();
        let usual = || FILES.iter().map(std::path::PathBuf::from).find(|f| f.is_file());
        let file = file.or_else(|| if folder.is_none() { usual() } else { None });
        if let Some(text) = file.and_then(|f| std::fs::read(f).ok()) {
            // A certificate that can't be read is passed over.
            found.extend(CertificateDer::pem_slice_iter(&text).flatten());
        }
        let folder = folder.or_else(|| found.is_empty().then(|| "/etc/ssl/certs".into()));
        if let Some(folder) = folder {
            found.extend(hashed_certificates(&folder));
        }
        found
    });
    this(args.this()).trust(found);
    Ok(Value::NONE)
}

/// `load_cert_chain(certfile, keyfile=None, password=None)`
fn load_cert_chain(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if let Some(password) = args.opt_not_none(3) {
        let text = password.has_layout::<PyStr>() || buffer::is_bytes_like(password);
        if !text && !vm.is_callable(password) {
            return Err(vm.type_error("password should be a string or callable"));
        }
    }
    let bad = || errors::new(vm, Kind::Ssl, "[SSL] PEM lib");
    let text = read_file(vm, args.get(1), "certfile should be a valid filesystem path")?;
    let chain = pem_certificates(&text).map_err(|()| bad())?;
    let key_text = match args.opt_not_none(2) {
        Some(file) => read_file(vm, file, "keyfile should be a valid filesystem path")?,
        None => text,
    };
    if chain.is_empty() {
        return Err(bad());
    }
    let Ok(key) = PrivateKeyDer::from_pem_slice(&key_text) else {
        if memchr::memmem::find(&key_text, b"ENCRYPTED").is_some() {
            let words = "[SSL] private keys with a password are not supported: store the key without one";
            return Err(errors::new(vm, Kind::Ssl, words));
        }
        return Err(bad());
    };
    let key = provider().key_provider.load_private_key(key).map_err(|_| bad())?;
    let own = CertifiedKey::new(chain, key);
    if let Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) = own.keys_match() {
        return Err(errors::reasoned(vm, Kind::Ssl, "X509", "KEY_VALUES_MISMATCH", "key values mismatch"));
    }
    *this(args.this()).own.borrow_mut() = Some(Arc::new(own));
    Ok(Value::NONE)
}

/// `_set_alpn_protocols(protos)`: each with its length in front.
fn set_alpn_protocols(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let mut protocols = Vec::new();
    let mut rest = data.as_slice();
    while let Some((&len, after)) = rest.split_first() {
        let Some((protocol, after)) = after.split_at_checked(len.into()) else { break };
        protocols.push(protocol.to_vec());
        rest = after;
    }
    *this(args.this()).alpn.borrow_mut() = protocols;
    Ok(Value::NONE)
}

fn is_authority(der: &CertificateDer<'_>) -> bool {
    Certificate::read(der).is_some_and(|c| c.is_authority())
}

fn cert_store_stats(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let trusted = Arc::clone(&this(args.this()).trusted.borrow());
    let stats = PyDict::new_ref();
    stats.set_text("x509", Value::usize(trusted.len()));
    stats.set_text("crl", Value::small(0));
    stats.set_text("x509_ca", Value::usize(trusted.iter().filter(|c| is_authority(c)).count()));
    Ok(stats.into_value())
}

fn get_ca_certs(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let binary = args.opt_bool(vm, 1, false)?;
    let trusted = Arc::clone(&this(args.this()).trusted.borrow());
    let show = |der: &CertificateDer<'_>| {
        if binary { PyBytes::new(der).into_value() } else { certificate::to_dict(vm, der).into_value() }
    };
    Ok(PyList::new(trusted.iter().filter(|c| is_authority(c)).map(show).collect()).into_value())
}

fn get_ciphers(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let versions = this(args.this()).versions(vm)?;
    let fits = |s: &&rustls::SupportedCipherSuite| versions.iter().any(|v| v.version == s.version().version);
    let suites = provider().cipher_suites.iter().filter(fits).map(|s| socket::cipher_dict(vm, s)).collect();
    Ok(PyList::new(suites).into_value())
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

/// Choices that rustls makes itself: its few suites and groups are all strong.
fn accept(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

/// `set_ciphers(cipherlist)`: the suites stay rustls' own; a list without a word is refused.
fn set_ciphers(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let list = args.str(vm, 1)?.to_lossy().into_owned();
    let known = |word: &str| {
        let word = word.trim_start_matches(['!', '+', '-', '@']);
        !word.is_empty() && word.bytes().any(|b| b.is_ascii_uppercase())
    };
    if list.split([':', ',', ' ']).any(known) {
        return Ok(Value::NONE);
    }
    Err(errors::new(vm, Kind::Ssl, "No cipher can be selected."))
}

/// The other side of `_wrap_socket` and `_wrap_bio`: a refusal that both share.
pub(super) fn check_host(vm: &Vm, c: &Context, server_side: bool, host: Option<&str>) -> Result<(), Raised> {
    if server_side && c.protocol == PROTOCOL_TLS_CLIENT {
        let words = "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context";
        return Err(errors::new(vm, Kind::Ssl, words));
    }
    if !server_side && c.protocol == PROTOCOL_TLS_SERVER {
        let words = "Cannot create a client socket with a PROTOCOL_TLS_SERVER context";
        return Err(errors::new(vm, Kind::Ssl, words));
    }
    if !server_side && c.check_hostname.get() && host.is_none() {
        return Err(vm.value_error("check_hostname requires server_hostname"));
    }
    Ok(())
}

static METHODS: &[NativeDef] = &[
    native("_set_alpn_protocols(self, protos, /)", "", set_alpn_protocols),
    native(
        "_wrap_bio(self, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)",
        "",
        socket::wrap_bio,
    ),
    native(
        "_wrap_socket(self, sock, server_side, server_hostname=None, *, owner=None, session=None)",
        "",
        socket::wrap_socket,
    ),
    native("cert_store_stats(self, /)", "Returns quantities of loaded X.509 certificates.", cert_store_stats),
    native(
        "get_ca_certs(self, /, binary_form=False)",
        "Returns a list of dicts with information of loaded CA certs.",
        get_ca_certs,
    ),
    native("get_ciphers(self, /)", "", get_ciphers),
    native("load_cert_chain(self, /, certfile, keyfile=None, password=None)", "", load_cert_chain),
    native("load_dh_params(self, filepath, /)", "", accept),
    native("load_verify_locations(self, /, cafile=None, capath=None, cadata=None)", "", load_verify_locations),
    native("session_stats(self, /)", "", session_stats),
    native("set_ciphers(self, cipherlist, /)", "", set_ciphers),
    native("set_default_verify_paths(self, /)", "", set_default_verify_paths),
    native("set_ecdh_curve(self, name, /)", "", accept),
];

static DEF: TypeDef = TypeDef {
    name: "_SSLContext",
    module: "_ssl",
    layout: Context::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type of contexts.
pub(super) static CONTEXT: Type = Type::builtin(&DEF);
