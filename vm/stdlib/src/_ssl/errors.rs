//! `SSLError` and its subclasses, with the words that OpenSSL has for what went wrong: programs look for them.

use freeze_runtime::object::Slots;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{OS_ERROR, PyException, VALUE_ERROR};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{Payload, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm};
use rustls::{AlertDescription, CertificateError, Error};

fn str_of(vm: &Vm, v: &Value) -> PyResult<Value> {
    let text = vm.get_attr_str(v, "strerror")?;
    if text.has_layout::<PyStr>() {
        return Ok(text);
    }
    let args = vm.get_attr_str(v, "args")?;
    Ok(vm.to_str(&args)?.into_value())
}

/// An exception class below SSLError.
const fn below(name: &'static str, doc: &'static str) -> TypeDef {
    TypeDef {
        name,
        module: "ssl",
        doc,
        base: Some(&SSL_ERROR),
        layout: PyException::layout,
        flags: TypeFlags::BASETYPE | TypeFlags::DICT,
        ..TypeDef::EMPTY
    }
}

static SSL_ERROR_DEF: TypeDef = TypeDef {
    name: "SSLError",
    module: "ssl",
    doc: "An error occurred in the SSL implementation.",
    base: Some(&OS_ERROR),
    layout: PyException::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    slots: Slots { str: Some(str_of), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
static SSL_ERROR: Type = Type::builtin(&SSL_ERROR_DEF);
static ZERO_RETURN_DEF: TypeDef = below("SSLZeroReturnError", "SSL/TLS session closed cleanly.");
static ZERO_RETURN: Type = Type::builtin(&ZERO_RETURN_DEF);
static WANT_READ_DEF: TypeDef = below("SSLWantReadError", "Non-blocking SSL socket needs to read more data");
static WANT_READ: Type = Type::builtin(&WANT_READ_DEF);
static WANT_WRITE_DEF: TypeDef = below("SSLWantWriteError", "Non-blocking SSL socket needs to write more data");
static WANT_WRITE: Type = Type::builtin(&WANT_WRITE_DEF);
static SYSCALL_DEF: TypeDef = below("SSLSyscallError", "System error when attempting SSL operation.");
static SYSCALL: Type = Type::builtin(&SYSCALL_DEF);
static EOF_DEF: TypeDef = below("SSLEOFError", "SSL/TLS connection terminated abruptly.");
static EOF: Type = Type::builtin(&EOF_DEF);

/// Where the class with two bases is kept.
const VERIFICATION: &str = "_ssl.SSLCertVerificationError";

/// Which error to raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Ssl,
    WantRead,
    WantWrite,
    ZeroReturn,
    Eof,
}

/// An error with its number and message.
#[cold]
pub(super) fn new(vm: &Vm, kind: Kind, message: &str) -> Raised {
    let (class, number) = match kind {
        Kind::Ssl => (&SSL_ERROR, 1),
        Kind::WantRead => (&WANT_READ, 2),
        Kind::WantWrite => (&WANT_WRITE, 3),
        Kind::ZeroReturn => (&ZERO_RETURN, 6),
        Kind::Eof => (&EOF, 8),
    };
    make(vm, &class.as_value(), number, message)
}

fn make(vm: &Vm, class: &Value, number: i64, message: &str) -> Raised {
    match vm.call(class, &[Value::small(number), vm.str(message)]) {
        Ok(e) => Raised::from_value(vm, e),
        Err(e) => e,
    }
}

fn set(vm: &Vm, e: &Raised, name: &str, value: Value) {
    // Exceptions take any attribute.
    let _ = vm.set_attr_str(&e.value(), name, value);
}

/// "[SSL: REASON] words", with `library` and `reason`.
#[cold]
pub(super) fn reasoned(vm: &Vm, kind: Kind, library: &str, reason: &str, words: &str) -> Raised {
    let e = new(vm, kind, &format!("[{library}: {reason}] {words}"));
    set(vm, &e, "library", vm.str(library));
    set(vm, &e, "reason", vm.str(reason));
    e
}

/// The peer has gone without saying so.
#[cold]
pub(super) fn eof(vm: &Vm) -> Raised {
    reasoned(vm, Kind::Eof, "SSL", "UNEXPECTED_EOF_WHILE_READING", "EOF occurred in violation of protocol")
}

/// Nothing can go on before bytes come.
#[cold]
pub(super) fn want_read(vm: &Vm) -> Raised {
    new(vm, Kind::WantRead, "The operation did not complete (read)")
}

/// Nothing can go on before bytes have gone.
#[cold]
pub(super) fn want_write(vm: &Vm) -> Raised {
    new(vm, Kind::WantWrite, "The operation did not complete (write)")
}

/// Why a certificate was refused: OpenSSL's number and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) words: String,
}

/// SSLCertVerificationError
#[cold]
fn verification(vm: &Vm, refusal: &Refusal) -> Raised {
    let class = vm.runtime().slots.borrow().get(VERIFICATION).cloned().unwrap_or_else(|| SSL_ERROR.as_value());
    let message = format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {}", refusal.words);
    let e = make(vm, &class, 1, &message);
    set(vm, &e, "library", vm.str("SSL"));
    set(vm, &e, "reason", vm.str("CERTIFICATE_VERIFY_FAILED"));
    set(vm, &e, "verify_code", Value::int(refusal.code));
    set(vm, &e, "verify_message", vm.str(&refusal.words));
    e
}

/// OpenSSL's words for alerts of the peer.
fn alert(alert: AlertDescription) -> Option<(&'static str, &'static str)> {
    use AlertDescription as A;
    Some(match alert {
        A::UnexpectedMessage => ("SSLV3_ALERT_UNEXPECTED_MESSAGE", "sslv3 alert unexpected message"),
        A::BadRecordMac => ("SSLV3_ALERT_BAD_RECORD_MAC", "sslv3 alert bad record mac"),
        A::HandshakeFailure => ("SSLV3_ALERT_HANDSHAKE_FAILURE", "sslv3 alert handshake failure"),
        A::BadCertificate => ("SSLV3_ALERT_BAD_CERTIFICATE", "sslv3 alert bad certificate"),
        A::UnsupportedCertificate => ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "sslv3 alert unsupported certificate"),
        A::CertificateRevoked => ("SSLV3_ALERT_CERTIFICATE_REVOKED", "sslv3 alert certificate revoked"),
        A::CertificateExpired => ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "sslv3 alert certificate expired"),
        A::CertificateUnknown => ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "sslv3 alert certificate unknown"),
        A::IllegalParameter => ("SSLV3_ALERT_ILLEGAL_PARAMETER", "sslv3 alert illegal parameter"),
        A::UnknownCA => ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        A::AccessDenied => ("TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied"),
        A::DecodeError => ("TLSV1_ALERT_DECODE_ERROR", "tlsv1 alert decode error"),
        A::DecryptError => ("TLSV1_ALERT_DECRYPT_ERROR", "tlsv1 alert decrypt error"),
        A::ProtocolVersion => ("TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        A::InsufficientSecurity => ("TLSV1_ALERT_INSUFFICIENT_SECURITY", "tlsv1 alert insufficient security"),
        A::InternalError => ("TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error"),
        A::UserCanceled => ("TLSV1_ALERT_USER_CANCELLED", "tlsv1 alert user cancelled"),
        A::NoRenegotiation => ("TLSV1_ALERT_NO_RENEGOTIATION", "tlsv1 alert no renegotiation"),
        A::UnrecognisedName => ("TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
        A::CertificateRequired => ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
        A::NoApplicationProtocol => ("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "tlsv1 alert no application protocol"),
        _ => return None,
    })
}

/// What OpenSSL calls a reason of rustls for refusing a certificate.
pub(super) fn refusal_of(e: &CertificateError) -> Refusal {
    use CertificateError as C;
    let (code, words) = match e {
        C::Expired | C::ExpiredContext { .. } => (10, "certificate has expired"),
        C::NotValidYet | C::NotValidYetContext { .. } => (9, "certificate is not yet valid"),
        C::UnknownIssuer => (20, "unable to get local issuer certificate"),
        C::BadSignature => (7, "certificate signature failure"),
        C::Revoked => (23, "certificate revoked"),
        C::InvalidPurpose | C::InvalidPurposeContext { .. } => (26, "unsuitable certificate purpose"),
        C::NotValidForName | C::NotValidForNameContext { .. } => (62, "Hostname mismatch"),
        _ => (1, "unspecified certificate verification error"),
    };
    Refusal { code, words: words.to_owned() }
}

/// The exception for an error of rustls. `refusal` is what our own verifier noted.
#[cold]
pub(super) fn of_tls(vm: &Vm, e: &Error, refusal: Option<Refusal>) -> Raised {
    use rustls::InvalidMessage as M;
    let ssl = |reason: &str, words: &str| reasoned(vm, Kind::Ssl, "SSL", reason, words);
    match e {
        Error::InvalidCertificate(e) => verification(vm, &refusal.unwrap_or_else(|| refusal_of(e))),
        Error::AlertReceived(description) => match alert(*description) {
            Some((reason, words)) => ssl(reason, words),
            None => ssl("ALERT", &format!("alert of the peer: {description:?}")),
        },
        Error::NoCertificatesPresented => ssl("PEER_DID_NOT_RETURN_A_CERTIFICATE", "peer did not return a certificate"),
        Error::InvalidMessage(M::InvalidContentType | M::UnknownProtocolVersion | M::MessageTooLarge) => {
            ssl("WRONG_VERSION_NUMBER", "wrong version number")
        }
        Error::InvalidMessage(_) => ssl("DECODE_ERROR", &e.to_string()),
        Error::PeerIncompatible(reason) => match reason {
            rustls::PeerIncompatible::NoCipherSuitesInCommon => ssl("NO_SHARED_CIPHER", "no shared cipher"),
            rustls::PeerIncompatible::ServerDoesNotSupportTls12Or13
            | rustls::PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | rustls::PeerIncompatible::Tls12NotOffered
            | rustls::PeerIncompatible::Tls12NotOfferedOrEnabled
            | rustls::PeerIncompatible::Tls13RequiredForQuic
            | rustls::PeerIncompatible::SupportedVersionsExtensionRequired => {
                ssl("UNSUPPORTED_PROTOCOL", "unsupported protocol")
            }
            _ => ssl("NO_SUITABLE_SIGNATURE_ALGORITHM", &e.to_string()),
        },
        Error::DecryptError => ssl("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "decryption failed or bad record mac"),
        Error::NoApplicationProtocol => ssl("NO_APPLICATION_PROTOCOL", "no application protocol"),
        _ => ssl("TLS", &e.to_string()),
    }
}

/// Puts the classes into the module.
pub(super) fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, dict, &[&SSL_ERROR, &ZERO_RETURN, &WANT_READ, &WANT_WRITE, &SYSCALL, &EOF]);
    let content = PyDict::new_ref();
    content.set_text("__module__", vm.intern("ssl").into_value());
    content.set_text("__doc__", vm.str("A certificate could not be verified."));
    let bases = PyTuple::new(vec![SSL_ERROR.as_value(), VALUE_ERROR.as_value()]).into_value();
    let name = "SSLCertVerificationError";
    let class = vm.call(&type_::TYPE.as_value(), &[vm.intern(name).into_value(), bases, content.into_value()])?;
    dict.set_text(name, class.clone());
    vm.runtime().slots.borrow_mut().insert(VERIFICATION, class);
    Ok(())
}
