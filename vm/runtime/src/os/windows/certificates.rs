//! The system's stores of certificates (`ssl.enum_certificates`).
#![allow(unsafe_code)]

use std::ffi::{CStr, c_void};
use std::io;
use std::ptr::null_mut;

use windows_sys::Win32::Security::Cryptography as y;

use super::wide_c;

/// A certificate or a list of revoked ones.
pub struct Entry {
    /// It is encoded as X.509 says, and not as PKCS #7.
    pub x509: bool,
    pub bytes: Vec<u8>,
    /// What a certificate may be used for, by object identifiers; `None` where it serves everything.
    pub usage: Option<Vec<String>>,
}

/// The certificates of a store.
pub fn certificates(store: &CStr) -> io::Result<Vec<Entry>> {
    each(store, |store, before| {
        // SAFETY: the record is the store's, which frees it when the next is asked for; its bytes have the length that it tells.
        unsafe {
            let found = y::CertEnumCertificatesInStore(store, before.cast());
            if found.is_null() {
                return None;
            }
            let bytes = std::slice::from_raw_parts((*found).pbCertEncoded, (*found).cbCertEncoded as usize).to_vec();
            let x509 = (*found).dwCertEncodingType == y::X509_ASN_ENCODING;
            Some((found.cast(), Entry { x509, bytes, usage: usage(found) }))
        }
    })
}

/// The lists of revoked certificates of a store.
pub fn revocations(store: &CStr) -> io::Result<Vec<Entry>> {
    each(store, |store, before| {
        // SAFETY: as for certificates.
        unsafe {
            let found = y::CertEnumCRLsInStore(store, before.cast());
            if found.is_null() {
                return None;
            }
            let bytes = std::slice::from_raw_parts((*found).pbCrlEncoded, (*found).cbCrlEncoded as usize).to_vec();
            let x509 = (*found).dwCertEncodingType == y::X509_ASN_ENCODING;
            Some((found.cast(), Entry { x509, bytes, usage: None }))
        }
    })
}

type Next = fn(y::HCERTSTORE, *mut c_void) -> Option<(*mut c_void, Entry)>;

fn each(store: &CStr, next: Next) -> io::Result<Vec<Entry>> {
    let name = wide_c(store);
    // SAFETY: see the module `os`; the store is open until all has been copied out of it.
    unsafe {
        let store = y::CertOpenSystemStoreW(0, name.as_ptr());
        if store.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut entries = Vec::new();
        let mut last = null_mut();
        while let Some((found, entry)) = next(store, last) {
            entries.push(entry);
            last = found;
        }
        y::CertCloseStore(store, 0);
        Ok(entries)
    }
}

/// What a certificate may be used for.
///
/// # Safety
/// The record is one that the system gave.
unsafe fn usage(certificate: *const y::CERT_CONTEXT) -> Option<Vec<String>> {
    // SAFETY: the buffer has the length that is told, and is aligned for the record that is written to its start; the texts lie
    // in it too.
    unsafe {
        let mut len = 0;
        if y::CertGetEnhancedKeyUsage(certificate, 0, null_mut(), &raw mut len) == 0 {
            return None;
        }
        let mut buffer = vec![0u64; (len as usize).div_ceil(8).max(2)];
        let record = buffer.as_mut_ptr().cast::<y::CTL_USAGE>();
        if y::CertGetEnhancedKeyUsage(certificate, 0, record, &raw mut len) == 0 || (*record).cUsageIdentifier == 0 {
            // None at all, and none to keep away from, is told in the same way: everything.
            return None;
        }
        let names = std::slice::from_raw_parts((*record).rgpszUsageIdentifier, (*record).cUsageIdentifier as usize);
        Some(names.iter().map(|name| CStr::from_ptr(name.cast()).to_string_lossy().into_owned()).collect())
    }
}
