//! `_socket`: the sockets of the system.

mod address;
#[cfg(unix)]
mod messages;
#[cfg_attr(windows, path = "numbers_windows.rs")]
#[cfg_attr(target_vendor = "apple", path = "numbers_apple.rs")]
mod numbers;
mod socket;

#[cfg(feature = "tls")]
pub(crate) use socket::Socket;

use std::ffi::CString;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use freeze_runtime::object::Layout;
use freeze_runtime::os::libc as c;
use freeze_runtime::os::net::{self, Address};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::int::is_int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::convert;
use crate::native_type::add_types;

fn os_layout() -> &'static Layout {
    exc::OS_ERROR.layout()
}

static HERROR_DEF: TypeDef = TypeDef {
    name: "herror",
    module: "socket",
    base: Some(&exc::OS_ERROR),
    layout: os_layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static HERROR: Type = Type::builtin(&HERROR_DEF);

static GAIERROR_DEF: TypeDef = TypeDef {
    name: "gaierror",
    module: "socket",
    base: Some(&exc::OS_ERROR),
    layout: os_layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static GAIERROR: Type = Type::builtin(&GAIERROR_DEF);

fn int(n: i32) -> Value {
    Value::int(i64::from(n))
}

fn tuple(items: Vec<Value>) -> Value {
    PyTuple::new(items).into_value()
}

fn system(vm: &Vm, e: &io::Error) -> Raised {
    vm.os_error(e, None)
}

fn plain_error(vm: &Vm, text: &str) -> Raised {
    vm.new_error(&exc::OS_ERROR, text)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::c_int(vm, args.get(0))?;
    vm.allow_threads(|| net::close(fd)).map(|()| Value::NONE).map_err(|e| system(vm, &e))
}

fn dup(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    net::dup(convert::c_int(vm, args.get(0))?).map(int).map_err(|e| system(vm, &e))
}

#[cfg(unix)]
fn socketpair(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let number = |i: usize, default: i32| args.opt_not_none(i).map_or(Ok(default), |v| convert::c_int(vm, v));
    let (family, kind, proto) = (number(0, c::AF_UNIX)?, number(1, c::SOCK_STREAM)?, number(2, 0)?);
    let [a, b] = net::socketpair(family, kind, proto).map_err(|e| system(vm, &e))?;
    Ok(tuple(vec![socket::wrap(vm, a, family, kind, proto)?, socket::wrap(vm, b, family, kind, proto)?]))
}

fn getdefaulttimeout(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(socket::timeout_value(socket::default_timeout()))
}

fn setdefaulttimeout(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    socket::set_default_timeout(socket::timeout_of(vm, args.get(0))?);
    Ok(Value::NONE)
}

fn getaddrinfo(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let host = args.opt_not_none(0).map(|v| address::host_bytes(vm, v)).transpose()?;
    let port = match args.opt_not_none(1) {
        None => None,
        Some(v) => {
            let bytes = if is_int(v) {
                vm.to_i64(v)?.to_string().into_bytes()
            } else if let Some(s) = v.downcast::<PyStr>() {
                s.as_bytes().to_vec()
            } else if v.has_layout::<PyBytes>() {
                convert::bytes_of(vm, v)?
            } else {
                return Err(plain_error(vm, "Int or String expected"));
            };
            Some(CString::new(bytes).map_err(|_| vm.value_error("embedded null byte"))?)
        }
    };
    let number = |i: usize| args.opt(i).map_or(Ok(0), |v| convert::c_int(vm, v));
    let hints = [number(2)?, number(3)?, number(4)?, number(5)?];
    let found = vm.allow_threads(|| net::getaddrinfo(host.as_deref(), port.as_deref(), hints));
    let rows = found.map_err(|e| address::lookup_error(vm, &e))?.into_iter().map(|i| {
        let name = convert::decode_fs(&i.canonical).into_value();
        tuple(vec![int(i.family), int(i.kind), int(i.proto), name, address::value(vm, &i.address)])
    });
    Ok(PyList::new(rows.collect()).into_value())
}

fn getnameinfo(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(t) = args.get(0).downcast::<PyTuple>() else {
        return Err(vm.type_error("getnameinfo() argument 1 must be a tuple"));
    };
    let t = t.as_slice();
    if !(2..=4).contains(&t.len()) {
        return Err(vm.type_error("getnameinfo(): illegal sockaddr argument"));
    }
    let flags = convert::c_int(vm, args.get(1))?;
    let host = address::host_bytes(vm, &t[0])?;
    let family = if host.as_bytes().contains(&b':') { c::AF_INET6 } else { c::AF_INET };
    if family == c::AF_INET && t.len() != 2 {
        return Err(plain_error(vm, "IPv4 sockaddr must be 2 tuple"));
    }
    let a = address::parse(vm, family, args.get(0), "getnameinfo")?;
    let found = vm.allow_threads(|| net::getnameinfo(&a, flags));
    let (host, port) = found.map_err(|e| address::lookup_error(vm, &e))?;
    Ok(tuple(vec![convert::decode_fs(&host).into_value(), convert::decode_fs(&port).into_value()]))
}

fn gethostname(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    net::gethostname().map(|n| convert::decode_fs(&n).into_value()).map_err(|e| system(vm, &e))
}

fn gethostbyname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let host = address::host_bytes(vm, args.get(0))?;
    let a = address::resolve(vm, &host, c::AF_INET)?;
    Ok(vm.str(&address::host_text(&a)))
}

/// All addresses of a host, once each.
fn addresses(vm: &Vm, host: &CString, family: i32) -> PyResult<(Vec<u8>, Vec<Value>)> {
    let found = vm.allow_threads(|| net::getaddrinfo(Some(host), None, [family, c::SOCK_STREAM, 0, c::AI_CANONNAME]));
    let found = found.map_err(|e| address::lookup_error(vm, &e))?;
    let name = found.first().map_or_else(|| host.as_bytes().to_vec(), |i| i.canonical.clone());
    let mut texts: Vec<String> = found.iter().map(|i| address::host_text(&i.address)).collect();
    texts.dedup();
    Ok((name, texts.iter().map(|t| vm.str(t)).collect()))
}

fn host_entry(name: &[u8], ips: Vec<Value>) -> Value {
    let none = PyList::new(vec![]).into_value();
    tuple(vec![convert::decode_fs(name).into_value(), none, PyList::new(ips).into_value()])
}

fn gethostbyname_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let host = address::host_bytes(vm, args.get(0))?;
    let (name, ips) = addresses(vm, &host, c::AF_INET)?;
    Ok(host_entry(&name, ips))
}

fn gethostbyaddr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let host = address::host_bytes(vm, args.get(0))?;
    let a = address::resolve(vm, &host, c::AF_UNSPEC)?;
    match vm.allow_threads(|| net::getnameinfo(&a, c::NI_NAMEREQD)) {
        Ok((name, _)) => Ok(host_entry(&name, vec![vm.str(&address::host_text(&a))])),
        Err(_) => match vm.call(&HERROR.as_value(), &[Value::small(1), vm.str("Unknown host")]) {
            Ok(e) => Err(Raised::from_value(vm, e)),
            Err(e) => Err(e),
        },
    }
}

/// The kind of socket that a protocol's name means.
fn kind_of(protocol: Option<&str>) -> i32 {
    match protocol {
        Some("udp") => c::SOCK_DGRAM,
        Some("tcp") => c::SOCK_STREAM,
        _ => 0,
    }
}

fn protocol_arg(vm: &Vm, args: &Args<'_>) -> PyResult<Option<String>> {
    Ok(args.opt_str(vm, 1)?.map(|s| s.to_lossy().into_owned()))
}

fn getservbyname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = CString::new(args.str(vm, 0)?.as_bytes()).map_err(|_| vm.value_error("embedded null character"))?;
    let kind = kind_of(protocol_arg(vm, &args)?.as_deref());
    let numeric = name.as_bytes().first().is_none_or(u8::is_ascii_digit);
    let found = vm.allow_threads(|| net::getaddrinfo(None, Some(&name), [c::AF_INET, kind, 0, 0]));
    match found.ok().and_then(|f| f.into_iter().next()).map(|i| i.address) {
        Some(Address::V4(_, port)) if !numeric => Ok(Value::int(i64::from(port))),
        _ => Err(plain_error(vm, "service/proto not found")),
    }
}

fn getservbyport(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let port =
        u16::try_from(args.i64(vm, 0)?).map_err(|_| vm.overflow_error("getservbyport: port must be 0-65535."))?;
    let datagrams = protocol_arg(vm, &args)?.as_deref() == Some("udp");
    let flags = c::NI_NUMERICHOST | if datagrams { c::NI_DGRAM } else { 0 };
    let found = vm.allow_threads(|| net::getnameinfo(&Address::V4(Ipv4Addr::LOCALHOST, port), flags));
    match found {
        // Without a name the answer is the number.
        Ok((_, name)) if !name.iter().all(u8::is_ascii_digit) => Ok(convert::decode_fs(&name).into_value()),
        _ => Err(plain_error(vm, "port/proto not found")),
    }
}

fn short(vm: &Vm, v: &Value, name: &str) -> PyResult<u16> {
    let n = vm.to_i64(v)?;
    u16::try_from(n).map_err(|_| {
        vm.overflow_error(if n < 0 {
            format!("{name}: can't convert negative Python int to C 16-bit unsigned integer")
        } else {
            format!("{name}: Python int too large to convert to C 16-bit unsigned integer")
        })
    })
}

fn htons(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(i64::from(short(vm, args.get(0), args.name())?.to_be())))
}

fn htonl(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = u32::try_from(args.i64(vm, 0)?).map_err(|_| vm.overflow_error("int larger than 32 bits"))?;
    Ok(Value::int(i64::from(n.to_be())))
}

/// The old forms of an address: up to four numbers, decimal, octal or hexadecimal; the last fills what is left.
fn loose_v4(text: &str) -> Option<[u8; 4]> {
    let parts: Vec<&str> = text.split('.').collect();
    let mut numbers = Vec::new();
    for p in &parts {
        let n = if let Some(h) = p.strip_prefix("0x").or_else(|| p.strip_prefix("0X")) {
            u32::from_str_radix(h, 16)
        } else if p.len() > 1 && p.starts_with('0') {
            u32::from_str_radix(&p[1..], 8)
        } else if p.bytes().all(|b| b.is_ascii_digit()) {
            p.parse()
        } else {
            return None;
        };
        numbers.push(n.ok()?);
    }
    let (last, heads) = numbers.split_last()?;
    if heads.len() > 3 || heads.iter().any(|&n| n > 255) {
        return None;
    }
    let room = 32 - 8 * heads.len() as u32;
    if room < 32 && *last >> room != 0 {
        return None;
    }
    let head = heads.iter().enumerate().fold(0, |all, (i, n)| all | n << (24 - 8 * i));
    Some((head | last).to_be_bytes())
}

fn inet_aton(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = args.str(vm, 0)?.to_lossy().into_owned();
    match loose_v4(&text) {
        Some(b) => Ok(PyBytes::new(&b).into_value()),
        None => Err(plain_error(vm, "illegal IP address string passed to inet_aton")),
    }
}

fn inet_ntoa(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match <[u8; 4]>::try_from(convert::bytes_of(vm, args.get(0))?) {
        Ok(b) => Ok(vm.str(&Ipv4Addr::from(b).to_string())),
        Err(_) => Err(plain_error(vm, "packed IP wrong length")),
    }
}

fn inet_pton(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = args.str(vm, 1)?.to_lossy().into_owned();
    let bytes = match convert::c_int(vm, args.get(0))? {
        c::AF_INET => text.parse::<Ipv4Addr>().ok().map(|a| a.octets().to_vec()),
        c::AF_INET6 => text.parse::<Ipv6Addr>().ok().map(|a| a.octets().to_vec()),
        _ => return Err(vm.errno_error(c::EAFNOSUPPORT, None)),
    };
    match bytes {
        Some(b) => Ok(PyBytes::new(&b).into_value()),
        None => Err(plain_error(vm, "illegal IP address string passed to inet_pton")),
    }
}

fn inet_ntop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let family = convert::c_int(vm, args.get(0))?;
    let bytes = convert::bytes_of(vm, args.get(1))?;
    let text = match family {
        c::AF_INET => <[u8; 4]>::try_from(bytes).ok().map(|b| Ipv4Addr::from(b).to_string()),
        c::AF_INET6 => {
            <[u8; 16]>::try_from(bytes).ok().map(|b| address::host_text(&Address::V6(Ipv6Addr::from(b), 0, 0, 0)))
        }
        n => return Err(vm.value_error(format!("unknown address family {n}"))),
    };
    match text {
        Some(t) => Ok(vm.str(&t)),
        None => Err(vm.value_error("invalid length of packed IP address string")),
    }
}

fn if_nametoindex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let bytes = match v.downcast::<PyStr>() {
        Some(s) => convert::encode_fs(vm, s)?,
        None => convert::bytes_of(vm, v)?,
    };
    let name = CString::new(bytes).map_err(|_| vm.value_error("embedded null byte"))?;
    match net::interface_index(&name) {
        Ok(n) => Ok(Value::int(i64::from(n))),
        Err(_) => Err(plain_error(vm, "no interface with this name")),
    }
}

fn if_indextoname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = u32::try_from(args.i64(vm, 0)?).map_err(|_| vm.overflow_error("index is too large"))?;
    net::interface_name(n).map(|n| convert::decode_fs(&n).into_value()).map_err(|e| system(vm, &e))
}

fn if_nameindex(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let all = net::interfaces().map_err(|e| system(vm, &e))?;
    let pair = |(n, name): (u32, Vec<u8>)| tuple(vec![Value::int(n.into()), convert::decode_fs(&name).into_value()]);
    Ok(PyList::new(all.into_iter().map(pair).collect()).into_value())
}

fn getprotobyname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = CString::new(args.str(vm, 0)?.as_bytes()).map_err(|_| vm.value_error("embedded null character"))?;
    match net::protocol(&name) {
        Some(n) => Ok(Value::int(n.into())),
        None => Err(plain_error(vm, "protocol not found")),
    }
}

#[cfg(unix)]
fn sethostname(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = match args.get(0).downcast::<PyStr>() {
        Some(s) => convert::encode_fs(vm, s)?,
        None => convert::bytes_of(vm, args.get(0))?,
    };
    net::sethostname(&name).map(|()| Value::NONE).map_err(|e| system(vm, &e))
}

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in numbers::NUMBERS.iter().chain(numbers::MORE).chain(numbers::RARE) {
        d.set_text(name, Value::int(*n));
    }
    d.set_text("has_ipv6", Value::bool(true));
    d.set_text("error", exc::OS_ERROR.as_value());
    d.set_text("timeout", exc::TIMEOUT_ERROR.as_value());
    add_types(vm, d, &[&HERROR, &GAIERROR, &socket::SOCKET]);
    d.set_text("SocketType", socket::SOCKET.as_value());
    Ok(())
}

static FUNCTIONS: &[NativeDef] = &[
    #[cfg(unix)]
    native("CMSG_LEN(length, /)", "The size of an ancillary message without padding.", messages::cmsg_len),
    #[cfg(unix)]
    native("CMSG_SPACE(length, /)", "The size of an ancillary message with padding.", messages::cmsg_space),
    native("close(fd, /)", "Close an integer socket file descriptor.", close),
    native("dup(fd, /)", "Duplicate an integer socket file descriptor.", dup),
    native("getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)", "Resolve host and port.", getaddrinfo),
    native("getdefaulttimeout()", "Returns the default timeout in seconds (float).", getdefaulttimeout),
    native("gethostbyaddr(host, /)", "Return the true host name, aliases, and addresses of a host.", gethostbyaddr),
    native("gethostbyname(host, /)", "Return the IP address of a host.", gethostbyname),
    native("gethostbyname_ex(host, /)", "Return the true host name, aliases, and addresses.", gethostbyname_ex),
    native("gethostname()", "Return the current host name.", gethostname),
    native("getnameinfo(sockaddr, flags, /)", "Get host and port for a sockaddr.", getnameinfo),
    native("getprotobyname(protocolname, /)", "Return the protocol number for a protocol name.", getprotobyname),
    native("getservbyname(servicename, protocolname=None, /)", "Return a port number.", getservbyname),
    native("getservbyport(port, protocolname=None, /)", "Return the service name of a port.", getservbyport),
    native("htonl(x, /)", "Convert a 32-bit unsigned integer from host to network byte order.", htonl),
    native("htons(x, /)", "Convert a 16-bit unsigned integer from host to network byte order.", htons),
    native("if_indextoname(if_index, /)", "Returns the interface name of an index.", if_indextoname),
    native("if_nameindex()", "Returns a list of network interface information (index, name) tuples.", if_nameindex),
    native("if_nametoindex(oname, /)", "Returns the interface index of a name.", if_nametoindex),
    native("inet_aton(ip_addr, /)", "Convert an IP address in string format to packed binary format.", inet_aton),
    native("inet_ntoa(packed_ip, /)", "Convert a packed IPv4 address to string format.", inet_ntoa),
    native("inet_ntop(af, packed_ip, /)", "Convert a packed IP address of a family to string format.", inet_ntop),
    native("inet_pton(af, ip_string, /)", "Convert an IP address from string format to packed format.", inet_pton),
    native("ntohl(x, /)", "Convert a 32-bit unsigned integer from network to host byte order.", htonl),
    native("ntohs(x, /)", "Convert a 16-bit unsigned integer from network to host byte order.", htons),
    native("setdefaulttimeout(timeout, /)", "Set the default timeout in seconds (float).", setdefaulttimeout),
    #[cfg(unix)]
    native("sethostname(name, /)", "Sets the hostname to name.", sethostname),
    #[cfg(unix)]
    native("socketpair(family=None, type=None, proto=None, /)", "Create a pair of connected sockets.", socketpair),
];

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_socket",
    doc: "Implementation module for socket operations.",
    functions: FUNCTIONS,
    init: Some(init),
};
