//! Addresses between Python's tuples and the system.

use std::ffi::CString;

use freeze_runtime::os::libc as c;
use freeze_runtime::os::net::{self, Address, LookupError};
use freeze_runtime::types::bytearray::PyByteArray;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{PyResult, Raised, Value, Vm};

use crate::convert;

/// `gaierror(code, text)`, or the OSError behind it.
pub(super) fn lookup_error(vm: &Vm, e: &LookupError) -> Raised {
    if e.0 == c::EAI_SYSTEM {
        return vm.os_error(&e.1, None);
    }
    let args = [Value::int(i64::from(e.0)), convert::decode_fs(&e.text()).into_value()];
    match vm.call(&super::GAIERROR.as_value(), &args) {
        Ok(v) => Raised::from_value(vm, v),
        Err(e) => e,
    }
}

/// A host name for the system: text in its IDNA form, bytes as they are.
pub(super) fn host_bytes(vm: &Vm, v: &Value) -> PyResult<CString> {
    let bytes = if let Some(s) = v.downcast::<PyStr>() {
        if s.as_bytes().is_ascii() {
            s.as_bytes().to_vec()
        } else {
            convert::bytes_of(vm, &vm.call_method(v, "encode", &[vm.str("idna")])?)?
        }
    } else if v.has_layout::<PyBytes>() || v.has_layout::<PyByteArray>() {
        convert::bytes_of(vm, v)?
    } else {
        let name = v.class().name();
        return Err(vm.type_error(format!("str, bytes or bytearray expected, not {name}")));
    };
    CString::new(bytes).map_err(|_| vm.type_error("host name must not contain null character"))
}

/// The first address of a host; a family of `AF_UNSPEC` takes any.
pub(super) fn resolve(vm: &Vm, host: &CString, family: i32) -> PyResult<Address> {
    if family != c::AF_INET6 {
        if host.is_empty() && family == c::AF_INET {
            return Ok(Address::V4(std::net::Ipv4Addr::UNSPECIFIED, 0));
        }
        if host.as_bytes() == b"<broadcast>" || host.as_bytes() == b"255.255.255.255" {
            return Ok(Address::V4(std::net::Ipv4Addr::BROADCAST, 0));
        }
        if let Some(ip) = host.to_str().ok().and_then(|s| s.parse().ok()) {
            return Ok(Address::V4(ip, 0));
        }
    }
    let passive = host.is_empty();
    let flags = if passive { c::AI_PASSIVE } else { 0 };
    let name = (!passive).then_some(host.as_c_str());
    let port = passive.then_some(c"0");
    let kind = if passive { c::SOCK_DGRAM } else { 0 };
    let found = vm.allow_threads(|| net::getaddrinfo(name, port, [family, kind, 0, flags]));
    match found.map_err(|e| lookup_error(vm, &e))?.into_iter().next() {
        Some(i) => Ok(i.address),
        None => Err(lookup_error(vm, &LookupError(c::EAI_NONAME, std::io::Error::from_raw_os_error(0)))),
    }
}

fn port(vm: &Vm, v: &Value, caller: &str) -> PyResult<u16> {
    let n = vm.to_index_clamped(v)?;
    u16::try_from(n).map_err(|_| vm.overflow_error(format!("{caller}(): port must be 0-65535.")))
}

/// Reads an address argument of `caller` for a socket of this family.
pub(super) fn parse(vm: &Vm, family: i32, v: &Value, caller: &str) -> PyResult<Address> {
    let pair = |name: &str| -> PyResult<Vec<Value>> {
        match v.downcast::<PyTuple>() {
            Some(t) => Ok(t.as_slice().to_vec()),
            None => {
                let got = v.class().name();
                Err(vm.type_error(format!("{caller}(): {name} address must be tuple, not {got}")))
            }
        }
    };
    match family {
        #[cfg(unix)]
        c::AF_UNIX => {
            let path = match v.downcast::<PyStr>() {
                Some(s) => convert::encode_fs(vm, s)?,
                None => convert::bytes_of(vm, v)?,
            };
            let is_path = !net::ABSTRACT_NAMES || path.first() != Some(&0);
            if path.len() > net::PATH_ROOM || (path.len() == net::PATH_ROOM && is_path) {
                return Err(vm.new_error(&freeze_runtime::types::exception::OS_ERROR, "AF_UNIX path too long"));
            }
            Ok(Address::Unix(path))
        }
        c::AF_INET => {
            let t = pair("AF_INET")?;
            let [host, p] = &t[..] else {
                return Err(vm.type_error("AF_INET address must be a pair (host, port)"));
            };
            let host = host_bytes(vm, host)?;
            let p = port(vm, p, caller)?;
            match resolve(vm, &host, c::AF_INET)? {
                Address::V4(ip, _) => Ok(Address::V4(ip, p)),
                other => Ok(other),
            }
        }
        c::AF_INET6 => {
            let t = pair("AF_INET6")?;
            if !(2..=4).contains(&t.len()) {
                let text = "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])";
                return Err(vm.type_error(text));
            }
            let host = host_bytes(vm, &t[0])?;
            let p = port(vm, &t[1], caller)?;
            let number = |i: usize| t.get(i).map_or(Ok(0), |v| vm.to_i64(v));
            let (flow, scope) = (number(2)?, number(3)?);
            if !(0..=0xf_ffff).contains(&flow) {
                return Err(vm.overflow_error(format!("{caller}(): flowinfo must be 0-1048575.")));
            }
            let scope = u32::try_from(scope)
                .map_err(|_| vm.overflow_error("Python int too large to convert to C unsigned int"))?;
            match resolve(vm, &host, c::AF_INET6)? {
                Address::V6(ip, _, _, s) => Ok(Address::V6(ip, p, flow as u32, if t.len() > 3 { scope } else { s })),
                other => Ok(other),
            }
        }
        _ => Err(vm.new_error(
            &freeze_runtime::types::exception::OS_ERROR,
            &format!("{caller}(): unsupported address family"),
        )),
    }
}

/// The host of an address as numbers.
pub(super) fn host_text(a: &Address) -> String {
    match a {
        Address::V4(ip, _) => ip.to_string(),
        Address::V6(ip, ..) => match net::getnameinfo(a, c::NI_NUMERICHOST) {
            Ok((host, _)) => String::from_utf8_lossy(&host).into_owned(),
            Err(_) => ip.to_string(),
        },
        _ => String::new(),
    }
}

/// An address as Python sees it.
pub(super) fn value(vm: &Vm, a: &Address) -> Value {
    let items = match a {
        Address::V4(_, port) => vec![vm.str(&host_text(a)), Value::int(i64::from(*port))],
        Address::V6(_, port, flow, scope) => {
            let numbers = [i64::from(*port), i64::from(*flow), i64::from(*scope)];
            std::iter::once(vm.str(&host_text(a))).chain(numbers.map(Value::int)).collect()
        }
        Address::Unix(path) if path.first() == Some(&0) => return PyBytes::new(path).into_value(),
        Address::Unix(path) => return convert::decode_fs(path).into_value(),
        Address::Other(family, bytes) => vec![Value::int(i64::from(*family)), PyBytes::new(bytes).into_value()],
        Address::None => return Value::NONE,
    };
    PyTuple::new(items).into_value()
}
