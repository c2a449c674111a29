//! `_ssl`: TLS by rustls, in the shape of OpenSSL's binding.
//!
//! A [`context`] keeps settings and certificates, and makes rustls' configurations; a [`socket`] is one connection, whose records
//! [`transport`] carries; [`verify`] decides about servers' certificates, which [`certificate`] reads; [`errors`] speaks OpenSSL's words.
//!
//! Other than OpenSSL: TLS 1.2 and 1.3 only, the suites are rustls' own, no session is resumed, private keys must be stored without a
//! password, certificates are not asked for after the handshake.

mod bio;
mod certificate;
mod context;
mod errors;
mod socket;
#[cfg(windows)]
mod stores;
mod transport;
mod verify;

use freeze_runtime::object::Slots;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::native_type::{add_types, payload};

const CERT_NONE: i64 = 0;
const CERT_REQUIRED: i64 = 2;
const TRUSTED_FIRST: i64 = 0x8000;
const PARTIAL_CHAIN: i64 = 0x8_0000;
const TLS_1_2: i64 = 0x303;
const TLS_1_3: i64 = 0x304;
const MAXIMUM: i64 = -1;
const CIPHERS: &str = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM";

/// The numbers that `ssl` makes its enumerations of.
#[rustfmt::skip]
static NUMBERS: &[(&str, i64)] = &[
    ("SSL_ERROR_SSL", 1), ("SSL_ERROR_WANT_READ", 2), ("SSL_ERROR_WANT_WRITE", 3), ("SSL_ERROR_WANT_X509_LOOKUP", 4),
    ("SSL_ERROR_SYSCALL", 5), ("SSL_ERROR_ZERO_RETURN", 6), ("SSL_ERROR_WANT_CONNECT", 7), ("SSL_ERROR_EOF", 8),
    ("SSL_ERROR_INVALID_ERROR_CODE", 10),
    ("CERT_NONE", CERT_NONE), ("CERT_OPTIONAL", 1), ("CERT_REQUIRED", CERT_REQUIRED),
    ("VERIFY_DEFAULT", 0), ("VERIFY_CRL_CHECK_LEAF", 4), ("VERIFY_CRL_CHECK_CHAIN", 12), ("VERIFY_X509_STRICT", 32),
    ("VERIFY_ALLOW_PROXY_CERTS", 64), ("VERIFY_X509_TRUSTED_FIRST", TRUSTED_FIRST), ("VERIFY_X509_PARTIAL_CHAIN", PARTIAL_CHAIN),
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
    ("PROTOCOL_SSLv23", 2), ("PROTOCOL_TLS", 2), ("PROTOCOL_TLS_CLIENT", 16),
    ("PROTOCOL_TLS_SERVER", 17), ("PROTOCOL_TLSv1", 3), ("PROTOCOL_TLSv1_1", 4), ("PROTOCOL_TLSv1_2", 5),
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
    ("PROTO_TLSv1_1", 0x302), ("PROTO_TLSv1_2", TLS_1_2), ("PROTO_TLSv1_3", TLS_1_3),
    ("OPENSSL_VERSION_NUMBER", 0x3000_0000),
];

/// What this binding can do.
static ABILITIES: &[(&str, bool)] = &[
    ("HAS_SNI", true),
    ("HAS_TLS_UNIQUE", false),
    ("HAS_ECDH", true),
    ("HAS_NPN", false),
    ("HAS_ALPN", true),
    ("HAS_SSLv2", false),
    ("HAS_SSLv3", false),
    ("HAS_TLSv1", false),
    ("HAS_TLSv1_1", false),
    ("HAS_TLSv1_2", true),
    ("HAS_TLSv1_3", true),
    ("HAS_PSK", false),
    ("HAS_PHA", false),
];

/// The payload of `Certificate`: its DER.
struct PyCertificate(Vec<u8>);
payload!(PyCertificate, |_c, _visit| ());

/// A certificate as an object.
fn certificate_value(_vm: &Vm, der: Vec<u8>) -> Value {
    Ref::new(&CERTIFICATE, PyCertificate(der)).into_value()
}

fn public_bytes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let der = &args.payload::<PyCertificate>().0;
    match args.opt_i64(vm, 1, 1)? {
        2 => Ok(PyBytes::new(der).into_value()),
        1 => {
            let module = freeze_runtime::import::import_path(vm, "ssl")?;
            vm.call_method(&module, "DER_cert_to_PEM_cert", &[PyBytes::new(der).into_value()])
        }
        _ => Err(vm.value_error("Unsupported format")),
    }
}

fn get_info(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(certificate::to_dict(vm, &args.payload::<PyCertificate>().0).into_value())
}

static CERTIFICATE_DEF: TypeDef = TypeDef {
    name: "Certificate",
    module: "_ssl",
    layout: PyCertificate::layout,
    flags: TypeFlags::NO_NEW,
    methods: &[native("get_info(self, /)", "", get_info), native("public_bytes(self, /, format=1)", "", public_bytes)],
    ..TypeDef::EMPTY
};
static CERTIFICATE: Type = Type::builtin(&CERTIFICATE_DEF);

static SESSION_DEF: TypeDef = TypeDef {
    name: "SSLSession",
    module: "_ssl",
    layout: PyCertificate::layout,
    flags: TypeFlags::NO_NEW,
    slots: Slots::EMPTY,
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
    native("RAND_add(string, entropy, /)", "", |_, _| Ok(Value::NONE)),
    native("RAND_bytes(n, /)", "", random_bytes),
    native("RAND_status()", "", |_, _| Ok(Value::TRUE)),
    #[cfg(windows)]
    native(
        "enum_certificates(store_name)",
        "Retrieve certificates from Windows' cert store.",
        stores::enum_certificates,
    ),
    #[cfg(windows)]
    native("enum_crls(store_name)", "Retrieve CRLs from Windows' cert store.", stores::enum_crls),
    native("get_default_verify_paths()", "", verify_paths),
    native("nid2obj(nid, /)", "", nid2obj),
    native("txt2obj(txt, name=False)", "", txt2obj),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&context::CONTEXT, &socket::SSL_SOCKET, &bio::MEMORY_BIO, &SESSION, &CERTIFICATE]);
    for &(name, n) in NUMBERS {
        dict.set_text(name, Value::int(n));
    }
    for &(name, able) in ABILITIES {
        dict.set_text(name, Value::bool(able));
    }
    dict.set_text("_DEFAULT_CIPHERS", vm.str(CIPHERS));
    dict.set_text("OPENSSL_VERSION", vm.str("OpenSSL 3.0.0 (spoken by rustls 0.23)"));
    let version = PyTuple::new([3, 0, 0, 0, 0].map(Value::small).to_vec()).into_value();
    dict.set_text("OPENSSL_VERSION_INFO", version.clone());
    dict.set_text("_OPENSSL_API_VERSION", version);
    errors::init(vm, dict)?;
    Ok(())
}

/// The module `_ssl`.
pub static MODULE: ModuleDef = ModuleDef { name: "_ssl", doc: "", functions: FUNCTIONS, init: Some(init) };
