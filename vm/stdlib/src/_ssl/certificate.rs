//! X.509 certificates (RFC 5280) as `getpeercert` shows them, and whether one is for a host.
//!
//! Chains are verified by rustls; here is only what it does not tell: names, times, addresses.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Ref, Value, Vm};

/// Reads elements of DER (X.690), one behind the other.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

/// An element: its tag and content.
type Element<'a> = (u8, &'a [u8]);

impl<'a> Der<'a> {
    /// The next element; None at the end, or where there is none.
    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let len = if first < 0x80 {
            usize::from(first)
        } else {
            let count = usize::from(first & 0x7f);
            let (digits, after) = rest.split_at_checked(count).filter(|_| (1..=4).contains(&count))?;
            rest = after;
            digits.iter().fold(0, |n, &d| n << 8 | usize::from(d))
        };
        let (content, after) = rest.split_at_checked(len)?;
        self.0 = after;
        Some((tag, content))
    }

    /// The content of the next element, which must have this tag.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }
}

impl<'a> Iterator for Der<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        Der::next(self)
    }
}

const INTEGER: u8 = 2;
const OBJECT: u8 = 6;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// What is read of a certificate.
pub(super) struct Certificate<'a> {
    version: u8,
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    pub(super) not_before: Element<'a>,
    pub(super) not_after: Element<'a>,
    /// Object identifiers and contents.
    extensions: Vec<(&'a [u8], &'a [u8])>,
}

const ALT_NAMES: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const CRL_POINTS: &[u8] = &[0x55, 0x1d, 31];
const AUTHORITY_INFO: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
const OCSP: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1];
const CA_ISSUERS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 2];
const COMMON_NAME: &str = "2.5.4.3";

impl<'a> Certificate<'a> {
    pub(super) fn read(der: &'a [u8]) -> Option<Certificate<'a>> {
        let whole = Der(der).expect(SEQUENCE)?;
        let mut body = Der(Der(whole).expect(SEQUENCE)?);
        let mut version = 1;
        let mut first = body.next()?;
        if first.0 == 0xa0 {
            version = Der(first.1).expect(INTEGER)?.last()? + 1;
            first = body.next()?;
        }
        let serial = first.1;
        body.expect(SEQUENCE)?;
        let issuer = body.expect(SEQUENCE)?;
        let mut validity = Der(body.expect(SEQUENCE)?);
        let (not_before, not_after) = (validity.next()?, validity.next()?);
        let subject = body.expect(SEQUENCE)?;
        body.expect(SEQUENCE)?;
        let mut extensions = Vec::new();
        for (tag, content) in body {
            if tag == 0xa3 {
                for (_, extension) in Der(Der(content).expect(SEQUENCE)?) {
                    let mut parts = Der(extension);
                    let id = parts.expect(OBJECT)?;
                    extensions.push((id, parts.last()?.1));
                }
            }
        }
        Some(Certificate { version, serial, issuer, subject, not_before, not_after, extensions })
    }

    fn extension(&self, id: &[u8]) -> Option<&'a [u8]> {
        self.extensions.iter().find(|(found, _)| *found == id).map(|(_, content)| *content)
    }

    /// Whether its issuer and subject are the same.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether it may sign others.
    pub(super) fn is_authority(&self) -> bool {
        let constraints = self.extension(BASIC_CONSTRAINTS).and_then(|c| Der(c).expect(SEQUENCE));
        match constraints {
            Some(c) => Der(c).next().is_some_and(|(tag, on)| tag == 1 && on != [0]),
            // The first version has no such extension.
            None => self.version == 1 && self.is_self_issued(),
        }
    }

    /// The names besides the subject: tags and contents of GeneralName.
    fn alternatives(&self) -> Vec<Element<'a>> {
        let names = self.extension(ALT_NAMES).and_then(|c| Der(c).expect(SEQUENCE));
        names.map_or_else(Vec::new, |n| Der(n).collect())
    }

    /// Whether the certificate is for this host: a name, or an address (RFC 6125). Without names of hosts the subject's common
    /// name counts, if it may.
    pub(super) fn is_for(&self, host: &str, common_name: bool) -> bool {
        let names = self.alternatives();
        if let Ok(address) = host.parse::<std::net::IpAddr>() {
            let bytes = match address {
                std::net::IpAddr::V4(a) => a.octets().to_vec(),
                std::net::IpAddr::V6(a) => a.octets().to_vec(),
            };
            return names.iter().any(|(tag, content)| *tag == 0x87 && *content == bytes);
        }
        let host = host.trim_end_matches('.');
        let mut hosts = names.iter().filter(|(tag, _)| *tag == 0x82).peekable();
        if hosts.peek().is_some() || !common_name {
            return hosts.any(|(_, pattern)| matches(pattern, host));
        }
        pairs(self.subject).iter().any(|(id, text)| id == COMMON_NAME && matches(text.as_bytes(), host))
    }
}

/// Whether a name in a certificate, with an asterisk for its first label perhaps, means this host.
fn matches(pattern: &[u8], host: &str) -> bool {
    let Ok(pattern) = std::str::from_utf8(pattern) else { return false };
    match pattern.strip_prefix("*.") {
        Some(rest) => {
            let below = host.split_once('.').filter(|(label, _)| !label.is_empty());
            rest.contains('.') && below.is_some_and(|(_, above)| above.eq_ignore_ascii_case(rest))
        }
        None => pattern.eq_ignore_ascii_case(host),
    }
}

/// An object identifier with dots.
fn dotted(id: &[u8]) -> String {
    let mut numbers: Vec<u64> = Vec::new();
    let mut n: u64 = 0;
    for &b in id {
        n = n.wrapping_shl(7) | u64::from(b & 0x7f);
        if b < 0x80 {
            if numbers.is_empty() {
                let first = (n / 40).min(2);
                numbers.extend([first, n - first * 40]);
            } else {
                numbers.push(n);
            }
            n = 0;
        }
    }
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// The attributes of names that have one.
static ATTRIBUTES: &[(&str, &str)] = &[
    (COMMON_NAME, "commonName"),
    ("2.5.4.4", "surname"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "countryName"),
    ("2.5.4.7", "localityName"),
    ("2.5.4.8", "stateOrProvinceName"),
    ("2.5.4.9", "streetAddress"),
    ("2.5.4.10", "organizationName"),
    ("2.5.4.11", "organizationalUnitName"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("0.9.2342.19200300.100.1.1", "userId"),
    ("0.9.2342.19200300.100.1.25", "domainComponent"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionLocalityName"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionStateOrProvinceName"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionCountryName"),
];

/// A string of any of ASN.1's kinds.
fn text((tag, content): Element<'_>) -> String {
    match tag {
        // BMPString
        0x1e => {
            let units: Vec<u16> = content.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        // TeletexString: Latin-1 in practice.
        0x14 => content.iter().map(|&b| char::from(b)).collect(),
        _ => String::from_utf8_lossy(content).into_owned(),
    }
}

/// Identifiers and values of a name, sets taken apart.
fn pairs(name: &[u8]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (_, set) in Der(name) {
        for (_, pair) in Der(set) {
            let mut parts = Der(pair);
            if let (Some(id), Some(value)) = (parts.expect(OBJECT), parts.next()) {
                all.push((dotted(id), text(value)));
            }
        }
    }
    all
}

fn tuple(items: Vec<Value>) -> Value {
    PyTuple::new(items).into_value()
}

/// A name as `getpeercert` nests it: a tuple of sets, each a tuple of pairs.
fn name_value(vm: &Vm, name: &[u8]) -> Value {
    let set = |(tag, set): Element<'_>| {
        let pairs = if tag == SET { pairs(&wrapped(set)) } else { Vec::new() };
        let pair = |(id, value): &(String, String)| {
            let known = ATTRIBUTES.iter().find(|(number, _)| number == id);
            tuple(vec![vm.str(known.map_or(id.as_str(), |(_, name)| name)), vm.str(value)])
        };
        tuple(pairs.iter().map(pair).collect())
    };
    tuple(Der(name).map(set).collect())
}

/// The content of a set as a name that consists of this set alone.
fn wrapped(set: &[u8]) -> Vec<u8> {
    let mut out = vec![SET, 0x84];
    out.extend((set.len() as u32).to_be_bytes());
    out.extend(set);
    out
}

/// The digits of a time as seconds since 1970 would be counted from: year, month, day, hour, minute, second.
pub(super) fn time_parts((tag, content): Element<'_>) -> Option<[u32; 6]> {
    let text = std::str::from_utf8(content).ok()?.trim_end_matches('Z');
    let (year, rest) = if tag == 0x17 {
        let (year, rest) = text.split_at_checked(2)?;
        let year: u32 = year.parse().ok()?;
        (if year < 50 { 2000 + year } else { 1900 + year }, rest)
    } else {
        let (year, rest) = text.split_at_checked(4)?;
        (year.parse().ok()?, rest)
    };
    let two = |i: usize| rest.get(2 * i..2 * i + 2).and_then(|t| t.parse::<u32>().ok());
    Some([year, two(0)?, two(1)?, two(2)?, two(3)?, two(4).unwrap_or(0)])
}

/// A time as OpenSSL prints it.
fn time_text(time: Element<'_>) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Some([year, month, day, hour, minute, second]) = time_parts(time) else { return "Bad time value".to_owned() };
    let month = MONTHS.get(month.wrapping_sub(1) as usize).unwrap_or(&"???");
    format!("{month} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
}

/// One of the other names.
fn alternative(vm: &Vm, (tag, content): Element<'_>) -> Value {
    let (kind, value) = match tag {
        0x81 => ("email", vm.str(&String::from_utf8_lossy(content))),
        0x82 => ("DNS", vm.str(&String::from_utf8_lossy(content))),
        0x86 => ("URI", vm.str(&String::from_utf8_lossy(content))),
        0x87 => ("IP Address", vm.str(&address(content))),
        0x88 => ("Registered ID", vm.str(&dotted(content))),
        0xa4 => ("DirName", Der(content).expect(SEQUENCE).map_or(Value::NONE, |name| name_value(vm, name))),
        0xa0 => ("othername", vm.str("<unsupported>")),
        _ => ("unknown", vm.str("<unsupported>")),
    };
    tuple(vec![vm.str(kind), value])
}

fn address(bytes: &[u8]) -> String {
    match bytes.len() {
        4 => bytes.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
        16 => {
            let group = |c: &[u8]| format!("{:X}", u16::from_be_bytes([c[0], c[1]]));
            bytes.chunks_exact(2).map(group).collect::<Vec<_>>().join(":")
        }
        _ => "<invalid>".to_owned(),
    }
}

/// Addresses of a kind in the extension about the authority.
fn authority(vm: &Vm, info: &[u8], kind: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    for (_, description) in Der(info) {
        let mut parts = Der(description);
        if parts.expect(OBJECT) == Some(kind)
            && let Some((0x86, uri)) = parts.next()
        {
            found.push(vm.str(&String::from_utf8_lossy(uri)));
        }
    }
    found
}

/// Addresses of revocation lists.
fn revocation_points(vm: &Vm, points: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    for (_, point) in Der(points) {
        let full = Der(point).expect(0xa0).and_then(|p| Der(p).expect(0xa0)).unwrap_or_default();
        found.extend(Der(full).filter(|(tag, _)| *tag == 0x86).map(|(_, uri)| vm.str(&String::from_utf8_lossy(uri))));
    }
    found
}

/// A certificate as the dict of `getpeercert()`.
pub(super) fn to_dict(vm: &Vm, der: &[u8]) -> Ref<PyDict> {
    let dict = PyDict::new_ref();
    let Some(cert) = Certificate::read(der) else { return dict };
    dict.set_text("subject", name_value(vm, cert.subject));
    dict.set_text("issuer", name_value(vm, cert.issuer));
    dict.set_text("version", Value::small(cert.version.into()));
    let serial = cert.serial.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(cert.serial);
    let serial: String = serial.iter().map(|b| format!("{b:02X}")).collect();
    dict.set_text("serialNumber", vm.str(&serial));
    dict.set_text("notBefore", vm.str(&time_text(cert.not_before)));
    dict.set_text("notAfter", vm.str(&time_text(cert.not_after)));
    let add = |name: &str, items: Vec<Value>| {
        if !items.is_empty() {
            dict.set_text(name, tuple(items));
        }
    };
    add("subjectAltName", cert.alternatives().into_iter().map(|name| alternative(vm, name)).collect());
    let info = cert.extension(AUTHORITY_INFO).and_then(|c| Der(c).expect(SEQUENCE)).unwrap_or_default();
    add("OCSP", authority(vm, info, OCSP));
    add("caIssuers", authority(vm, info, CA_ISSUERS));
    let points = cert.extension(CRL_POINTS).and_then(|c| Der(c).expect(SEQUENCE)).unwrap_or_default();
    add("crlDistributionPoints", revocation_points(vm, points));
    dict
}

/// The length of the element that these bytes begin with.
pub(super) fn whole_length(bytes: &[u8]) -> Option<usize> {
    let mut der = Der(bytes);
    der.expect(SEQUENCE)?;
    Some(bytes.len() - der.0.len())
}
