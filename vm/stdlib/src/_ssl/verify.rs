//! Whether a server's certificate is to be trusted, as a context says: rustls does the signatures and chains.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::certificate::{Certificate, time_parts};
use super::errors::{Refusal, refusal_of};

/// The cryptography that rustls works with.
pub(super) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(rustls::crypto::ring::default_provider())))
}

/// Where a verifier leaves its reason for the exception.
pub(super) type Noted = Arc<Mutex<Option<Refusal>>>;

/// Checks servers for one connection.
#[derive(Debug)]
pub(super) struct Verifier {
    /// None: any certificate will do.
    pub(super) roots: Option<Arc<RootCertStore>>,
    /// The trusted certificates themselves.
    pub(super) trusted: Arc<Vec<CertificateDer<'static>>>,
    /// A trusted certificate ends the chain though others have signed it.
    pub(super) partial_chain: bool,
    /// The host that the certificate has to be for, and whether a common name serves.
    pub(super) host: Option<(String, bool)>,
    pub(super) noted: Noted,
}

impl Verifier {
    fn note(&self, code: i64, words: impl Into<String>) {
        *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Refusal { code, words: words.into() });
    }

    fn refuse(&self, e: CertificateError, refusal: Refusal) -> Error {
        self.note(refusal.code, refusal.words);
        Error::InvalidCertificate(e)
    }

    /// A certificate that is itself among the trusted ones.
    fn is_trusted(&self, end: &CertificateDer<'_>, cert: &Certificate<'_>) -> bool {
        (cert.is_self_issued() || self.partial_chain) && self.trusted.iter().any(|t| t == end)
    }

    fn check_chain(
        &self,
        roots: &RootCertStore,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let cert = Certificate::read(end).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        if self.is_trusted(end, &cert) {
            let at = |time| time_parts(time).map(seconds).unwrap_or(0);
            if now.as_secs() < at(cert.not_before) {
                let e = CertificateError::NotValidYet;
                let refusal = refusal_of(&e);
                return Err(self.refuse(e, refusal));
            }
            if now.as_secs() > at(cert.not_after) {
                let e = CertificateError::Expired;
                let refusal = refusal_of(&e);
                return Err(self.refuse(e, refusal));
            }
            return Ok(());
        }
        let algorithms = provider().signature_verification_algorithms.all;
        let parsed = ParsedCertificate::try_from(end)?;
        let checked = verify_server_cert_signed_by_trust_anchor(&parsed, roots, intermediates, now, algorithms);
        checked.map_err(|e| match e {
            Error::InvalidCertificate(e) => {
                let mut refusal = refusal_of(&e);
                if e == CertificateError::UnknownIssuer {
                    let last = intermediates.last().and_then(|c| Certificate::read(c));
                    if cert.is_self_issued() {
                        refusal = Refusal { code: 18, words: "self-signed certificate".to_owned() };
                    } else if last.is_some_and(|c| c.is_self_issued()) {
                        refusal =
                            Refusal { code: 19, words: "self-signed certificate in certificate chain".to_owned() };
                    }
                }
                self.refuse(e, refusal)
            }
            e => e,
        })
    }
}

/// A time as seconds since 1970.
fn seconds([year, month, day, hour, minute, second]: [u32; 6]) -> u64 {
    // Days of the civil calendar, counted in eras of 400 years from the first of March.
    let (y, m) = if month <= 2 { (i64::from(year) - 1, month + 9) } else { (i64::from(year), month - 3) };
    let (era, of_era) = (y.div_euclid(400), y.rem_euclid(400));
    let day_of_year = i64::from((153 * m + 2) / 5 + day) - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468;
    let seconds = days * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    u64::try_from(seconds).unwrap_or(0)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(roots) = &self.roots {
            self.check_chain(roots, end, intermediates, now)?;
        }
        if let Some((host, common_name)) = &self.host {
            let fits = Certificate::read(end).is_some_and(|cert| cert.is_for(host, *common_name));
            if !fits {
                let (code, what) = match host.parse::<std::net::IpAddr>() {
                    Ok(_) => (64, "IP address mismatch"),
                    Err(_) => (62, "Hostname mismatch"),
                };
                let words = format!("{what}, certificate is not valid for '{host}'.");
                return Err(self.refuse(CertificateError::NotValidForName, Refusal { code, words }));
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signed, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signed, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_counted_from_1970() {
        assert_eq!(seconds([1970, 1, 1, 0, 0, 0]), 0);
        assert_eq!(seconds([2000, 2, 29, 12, 0, 1]), 951_825_601);
        assert_eq!(seconds([2028, 8, 29, 14, 23, 15]), 1_851_171_795);
    }
}
