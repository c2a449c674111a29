//! Sockets, waiting for them, name look-up. A socket is its own number.

use std::ffi::{CStr, c_int};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Once;

use windows_sys::Win32::NetworkManagement::IpHelper as ip;
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock as ws;

use super::{Handle, errno_error, handles, libc as c, narrow, narrow_of, wide_c};

/// The address of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    V4(Ipv4Addr, u16),
    /// Address, port, flow, scope.
    V6(Ipv6Addr, u16, u32, u32),
    /// A path; no socket has one here.
    Unix(Vec<u8>),
    /// A family that we don't read, with the bytes behind its number.
    Other(c_int, Vec<u8>),
    /// The system named none.
    None,
}

/// A system address that holds any kind.
struct Raw {
    storage: ws::SOCKADDR_STORAGE,
    len: c_int,
}

const FULL: c_int = size_of::<ws::SOCKADDR_STORAGE>() as c_int;

impl Raw {
    fn empty() -> Raw {
        // SAFETY: plain numbers, for which zeros are values.
        Raw { storage: unsafe { std::mem::zeroed() }, len: FULL }
    }

    fn of<T: Copy>(value: T) -> Raw {
        const { assert!(size_of::<T>() <= size_of::<ws::SOCKADDR_STORAGE>()) };
        let mut raw = Raw::empty();
        // SAFETY: the storage is large enough and aligned for every kind of address.
        unsafe { (&raw mut raw.storage).cast::<T>().write(value) };
        raw.len = size_of::<T>() as c_int;
        raw
    }

    fn encode(a: &Address) -> io::Result<Raw> {
        Ok(match a {
            Address::V4(ip, port) => {
                // SAFETY: plain numbers.
                let mut s: ws::SOCKADDR_IN = unsafe { std::mem::zeroed() };
                s.sin_family = ws::AF_INET;
                s.sin_port = port.to_be();
                s.sin_addr.S_un.S_addr = u32::from(*ip).to_be();
                Raw::of(s)
            }
            Address::V6(ip, port, flow, scope) => {
                // SAFETY: plain numbers.
                let mut s: ws::SOCKADDR_IN6 = unsafe { std::mem::zeroed() };
                s.sin6_family = ws::AF_INET6;
                s.sin6_port = port.to_be();
                s.sin6_addr.u.Byte = ip.octets();
                s.sin6_flowinfo = flow.to_be();
                s.Anonymous.sin6_scope_id = *scope;
                Raw::of(s)
            }
            Address::Unix(_) | Address::Other(..) | Address::None => return Err(errno_error(c::EAFNOSUPPORT)),
        })
    }

    fn decode(&self) -> Address {
        let len = self.len.clamp(0, FULL) as usize;
        // SAFETY: the storage is plain initialised memory of at least that length.
        let bytes = unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>(), len) };
        if len < 2 {
            return Address::None;
        }
        match self.storage.ss_family {
            ws::AF_INET if len >= size_of::<ws::SOCKADDR_IN>() => {
                // SAFETY: that many bytes are there, aligned, and every pattern of them is a value.
                let (addr, port) = unsafe {
                    let s = (&raw const self.storage).cast::<ws::SOCKADDR_IN>().read();
                    (s.sin_addr.S_un.S_addr, s.sin_port)
                };
                Address::V4(Ipv4Addr::from(u32::from_be(addr)), u16::from_be(port))
            }
            ws::AF_INET6 if len >= size_of::<ws::SOCKADDR_IN6>() => {
                // SAFETY: as above.
                let (octets, port, flow, scope) = unsafe {
                    let s = (&raw const self.storage).cast::<ws::SOCKADDR_IN6>().read();
                    (s.sin6_addr.u.Byte, s.sin6_port, s.sin6_flowinfo, s.Anonymous.sin6_scope_id)
                };
                Address::V6(Ipv6Addr::from(octets), u16::from_be(port), u32::from_be(flow), scope)
            }
            ws::AF_UNSPEC => Address::None,
            family => Address::Other(family.into(), bytes[2..].to_vec()),
        }
    }

    fn ptr(&self) -> *const ws::SOCKADDR {
        (&raw const self.storage).cast()
    }

    fn ptr_mut(&mut self) -> *mut ws::SOCKADDR {
        (&raw mut self.storage).cast()
    }
}

/// Winsock wants to be started.
fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        // SAFETY: plain numbers. A failure shows in the first call.
        unsafe {
            let mut data: ws::WSADATA = std::mem::zeroed();
            ws::WSAStartup(0x202, &raw mut data);
        }
    });
}

fn socket_of(fd: c_int) -> ws::SOCKET {
    fd as isize as ws::SOCKET
}

/// The result of a call that returns -1 on failure. (Winsock's error is the thread's.)
fn checked(r: c_int) -> io::Result<c_int> {
    if r == ws::SOCKET_ERROR { Err(io::Error::last_os_error()) } else { Ok(r) }
}

fn own(socket: ws::SOCKET) -> io::Result<c_int> {
    if socket == ws::INVALID_SOCKET {
        return Err(io::Error::last_os_error());
    }
    let fd = c_int::try_from(socket).map_err(|_| errno_error(c::EMFILE))?;
    // Layers that some programs put under Winsock do not know the flag to make it so; then it is inherited.
    let _ = handles::set_inheritable(socket as Handle, false);
    Ok(fd)
}

/// `socket`, not inheritable.
pub fn socket(family: c_int, kind: c_int, proto: c_int) -> io::Result<c_int> {
    start();
    let flags = ws::WSA_FLAG_OVERLAPPED | ws::WSA_FLAG_NO_HANDLE_INHERIT;
    // SAFETY: plain numbers; see the module `os`.
    own(unsafe { ws::WSASocketW(family, kind, proto, std::ptr::null(), 0, flags) })
}

/// `closesocket`
pub fn close(fd: c_int) -> io::Result<()> {
    // SAFETY: see the module `os`.
    checked(unsafe { ws::closesocket(socket_of(fd)) }).map(drop)
}

/// A second socket for the same connection.
pub fn dup(fd: c_int) -> io::Result<c_int> {
    start();
    // SAFETY: the record has the size that the calls ask for.
    unsafe {
        let mut info: ws::WSAPROTOCOL_INFOW = std::mem::zeroed();
        checked(ws::WSADuplicateSocketW(socket_of(fd), std::process::id(), &raw mut info))?;
        let any = ws::FROM_PROTOCOL_INFO;
        let flags = ws::WSA_FLAG_OVERLAPPED | ws::WSA_FLAG_NO_HANDLE_INHERIT;
        own(ws::WSASocketW(any, any, any, &raw const info, 0, flags))
    }
}

/// How many bytes [`share`] gives.
pub const SHARED: usize = size_of::<ws::WSAPROTOCOL_INFOW>();

/// What another process needs to use a socket too.
pub fn share(fd: c_int, pid: u32) -> io::Result<Vec<u8>> {
    // SAFETY: the record has the size that the call asks for, and is plain numbers.
    unsafe {
        let mut info: ws::WSAPROTOCOL_INFOW = std::mem::zeroed();
        checked(ws::WSADuplicateSocketW(socket_of(fd), pid, &raw mut info))?;
        Ok(std::slice::from_raw_parts((&raw const info).cast::<u8>(), size_of_val(&info)).to_vec())
    }
}

/// The socket that another process shares: descriptor, family, type, protocol.
pub fn from_share(data: &[u8]) -> io::Result<[c_int; 4]> {
    start();
    if data.len() != SHARED {
        return Err(errno_error(c::EINVAL));
    }
    // SAFETY: that many bytes are there, and every pattern of them is a value.
    unsafe {
        let info = data.as_ptr().cast::<ws::WSAPROTOCOL_INFOW>().read_unaligned();
        let any = ws::FROM_PROTOCOL_INFO;
        let flags = ws::WSA_FLAG_OVERLAPPED | ws::WSA_FLAG_NO_HANDLE_INHERIT;
        let fd = own(ws::WSASocketW(any, any, any, &raw const info, 0, flags))?;
        Ok([fd, info.iAddressFamily, info.iSocketType, info.iProtocol])
    }
}

/// `bind`
pub fn bind(fd: c_int, a: &Address) -> io::Result<()> {
    let a = Raw::encode(a)?;
    // SAFETY: see the module `os`.
    checked(unsafe { ws::bind(socket_of(fd), a.ptr(), a.len) }).map(drop)
}

/// `connect`
pub fn connect(fd: c_int, a: &Address) -> io::Result<()> {
    let a = Raw::encode(a)?;
    // SAFETY: see the module `os`.
    checked(unsafe { ws::connect(socket_of(fd), a.ptr(), a.len) }).map(drop)
}

/// `listen`
pub fn listen(fd: c_int, backlog: c_int) -> io::Result<()> {
    // SAFETY: see the module `os`.
    checked(unsafe { ws::listen(socket_of(fd), backlog) }).map(drop)
}

/// `accept`: a socket that is not inheritable, and who it is.
pub fn accept(fd: c_int) -> io::Result<(c_int, Address)> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    let new = own(unsafe { ws::accept(socket_of(fd), a.ptr_mut(), &raw mut len) })?;
    a.len = len;
    Ok((new, a.decode()))
}

/// `shutdown`
pub fn shutdown(fd: c_int, how: c_int) -> io::Result<()> {
    // SAFETY: see the module `os`.
    checked(unsafe { ws::shutdown(socket_of(fd), how) }).map(drop)
}

fn local_raw(fd: c_int) -> io::Result<Raw> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    checked(unsafe { ws::getsockname(socket_of(fd), a.ptr_mut(), &raw mut len) })?;
    a.len = len;
    Ok(a)
}

/// `getsockname`
pub fn local(fd: c_int) -> io::Result<Address> {
    local_raw(fd).map(|a| a.decode())
}

/// The family of a socket.
pub fn family(fd: c_int) -> io::Result<c_int> {
    start();
    information(fd).map(|i| i.iAddressFamily)
}

fn information(fd: c_int) -> io::Result<ws::WSAPROTOCOL_INFOW> {
    // SAFETY: the record has the size that is told, and is plain numbers.
    unsafe {
        let mut info: ws::WSAPROTOCOL_INFOW = std::mem::zeroed();
        let mut len = size_of_val(&info) as c_int;
        let at = (&raw mut info).cast();
        checked(ws::getsockopt(socket_of(fd), ws::SOL_SOCKET, ws::SO_PROTOCOL_INFOW, at, &raw mut len))?;
        Ok(info)
    }
}

/// `getpeername`
pub fn peer(fd: c_int) -> io::Result<Address> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    checked(unsafe { ws::getpeername(socket_of(fd), a.ptr_mut(), &raw mut len) })?;
    a.len = len;
    Ok(a.decode())
}

fn limited(len: usize) -> c_int {
    len.min(c_int::MAX as usize) as c_int
}

/// `send`
pub fn send(fd: c_int, data: &[u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    checked(unsafe { ws::send(socket_of(fd), data.as_ptr(), limited(data.len()), flags) }).map(|n| n as usize)
}

/// `sendto`
pub fn sendto(fd: c_int, data: &[u8], flags: c_int, a: &Address) -> io::Result<usize> {
    let a = Raw::encode(a)?;
    // SAFETY: see the module `os`.
    checked(unsafe { ws::sendto(socket_of(fd), data.as_ptr(), limited(data.len()), flags, a.ptr(), a.len) })
        .map(|n| n as usize)
}

/// `recv`
pub fn recv(fd: c_int, buf: &mut [u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    let r = checked(unsafe { ws::recv(socket_of(fd), buf.as_mut_ptr(), limited(buf.len()), flags) });
    match r {
        // The other side has shut down our reading.
        Err(e) if e.raw_os_error() == Some(ws::WSAESHUTDOWN) => Ok(0),
        r => r.map(|n| n as usize),
    }
}

/// `recvfrom`
pub fn recvfrom(fd: c_int, buf: &mut [u8], flags: c_int) -> io::Result<(usize, Address)> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    let n = checked(unsafe {
        ws::recvfrom(socket_of(fd), buf.as_mut_ptr(), limited(buf.len()), flags, a.ptr_mut(), &raw mut len)
    })?;
    a.len = len;
    Ok((n as usize, a.decode()))
}

/// `getsockopt` into a buffer; how much of it was filled.
pub fn option(fd: c_int, level: c_int, name: c_int, buf: &mut [u8]) -> io::Result<usize> {
    let mut len = limited(buf.len());
    // SAFETY: see the module `os`.
    checked(unsafe { ws::getsockopt(socket_of(fd), level, name, buf.as_mut_ptr(), &raw mut len) })?;
    Ok((len.max(0) as usize).min(buf.len()))
}

/// `getsockopt` of an int.
pub fn option_int(fd: c_int, level: c_int, name: c_int) -> io::Result<c_int> {
    if level == c::SOL_SOCKET && name == c::SO_PROTOCOL {
        return information(fd).map(|i| i.iProtocol);
    }
    let mut buf = [0; size_of::<c_int>()];
    option(fd, level, name, &mut buf)?;
    Ok(c_int::from_ne_bytes(buf))
}

/// `setsockopt`
pub fn set_option(fd: c_int, level: c_int, name: c_int, value: &[u8]) -> io::Result<()> {
    // SAFETY: see the module `os`.
    checked(unsafe { ws::setsockopt(socket_of(fd), level, name, value.as_ptr(), limited(value.len())) }).map(drop)
}

/// `setsockopt` with a length and no value.
pub fn set_option_len(fd: c_int, level: c_int, name: c_int, len: u32) -> io::Result<()> {
    // SAFETY: the system refuses a null pointer where it would read.
    checked(unsafe { ws::setsockopt(socket_of(fd), level, name, std::ptr::null(), len as c_int) }).map(drop)
}

/// Sets whether calls wait.
pub fn set_blocking(fd: c_int, yes: bool) -> io::Result<()> {
    let mut non_blocking = u32::from(!yes);
    // SAFETY: see the module `os`.
    checked(unsafe { ws::ioctlsocket(socket_of(fd), ws::FIONBIO, &raw mut non_blocking) }).map(drop)
}

/// A raw socket gets all packets.
pub const SIO_RCVALL: i64 = ws::SIO_RCVALL as i64;
/// Whether and after which times a connection is asked whether it is there.
pub const SIO_KEEPALIVE_VALS: i64 = ws::SIO_KEEPALIVE_VALS as i64;
/// A shorter way for connections within the machine.
pub const SIO_LOOPBACK_FAST_PATH: i64 = 0x9800_0010;

/// `WSAIoctl` with numbers only, of which the keep-alive times are three. Gives how many bytes came back.
pub fn control(fd: c_int, code: u32, values: &[u32]) -> io::Result<u32> {
    let mut len = 0;
    // SAFETY: the buffers have the lengths that are told.
    checked(unsafe {
        let at = values.as_ptr().cast();
        let size = size_of_val(values) as u32;
        let (null, nowhere) = (std::ptr::null_mut(), std::ptr::null_mut());
        ws::WSAIoctl(socket_of(fd), code, at, size, nowhere, 0, &raw mut len, null, None)
    })?;
    Ok(len)
}

/// A socket to wait for: which events, and which came.
#[derive(Clone, Copy, Debug)]
pub struct PollFd {
    pub fd: c_int,
    pub events: i16,
    pub revents: i16,
}

/// The kind of a socket has no flags here.
pub const KIND_FLAGS: c_int = 0;

/// Whether the kind of a socket says that its calls do not wait.
pub fn kind_does_not_wait(_kind: c_int) -> bool {
    false
}

/// The protocol of a socket.
pub fn protocol_of(fd: c_int) -> io::Result<c_int> {
    option_int(fd, c::SOL_SOCKET, c::SO_PROTOCOL)
}

/// What `select` waits with.
pub fn select(fds: &mut [PollFd], timeout: c_int) -> io::Result<usize> {
    poll(fds, timeout)
}

/// `poll`; milliseconds, negative for no limit.
pub fn poll(fds: &mut [PollFd], timeout: c_int) -> io::Result<usize> {
    start();
    // It does not know of priority, and refuses what it does not know.
    let known = |events: i16| events & (c::POLLIN | c::POLLOUT);
    let mut raw: Vec<ws::WSAPOLLFD> =
        fds.iter().map(|f| ws::WSAPOLLFD { fd: socket_of(f.fd), events: known(f.events), revents: 0 }).collect();
    // SAFETY: the array has the length that is told.
    let n = checked(unsafe { ws::WSAPoll(raw.as_mut_ptr(), raw.len() as u32, timeout) })?;
    for (f, r) in fds.iter_mut().zip(raw) {
        f.revents = r.revents;
    }
    Ok(n as usize)
}

/// One answer of `getaddrinfo`.
pub struct Info {
    pub family: c_int,
    pub kind: c_int,
    pub proto: c_int,
    pub canonical: Vec<u8>,
    pub address: Address,
}

/// Why a name was not found: a number of `EAI_*`.
#[derive(Debug)]
pub struct LookupError(pub c_int, pub io::Error);

impl LookupError {
    fn new(code: c_int) -> LookupError {
        LookupError(code, io::Error::from_raw_os_error(code))
    }

    /// The system's words.
    pub fn text(&self) -> Vec<u8> {
        // As CPython, whose words these are not: the name is what matters to programs.
        if self.0 == c::EAI_NONAME { b"getaddrinfo failed".to_vec() } else { super::winerror_text(self.0).into_bytes() }
    }
}

/// `getaddrinfo`; hints are family, type, protocol, flags.
pub fn getaddrinfo(host: Option<&CStr>, port: Option<&CStr>, hints: [c_int; 4]) -> Result<Vec<Info>, LookupError> {
    start();
    let (host, port) = (host.map(wide_c), port.map(wide_c));
    // SAFETY: plain numbers and null pointers; strings outlive the call; the list is walked as long as it lasts, its addresses
    // have the length that they tell, and it is freed once.
    unsafe {
        let mut h: ws::ADDRINFOW = std::mem::zeroed();
        [h.ai_family, h.ai_socktype, h.ai_protocol, h.ai_flags] = hints;
        let mut list = std::ptr::null_mut();
        let p = |s: &Option<Vec<u16>>| s.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
        let code = ws::GetAddrInfoW(p(&host), p(&port), &raw const h, &raw mut list);
        if code != 0 {
            return Err(LookupError::new(code));
        }
        let mut out = Vec::new();
        let mut at = list;
        while !at.is_null() {
            let i = &*at;
            let mut raw = Raw::empty();
            raw.len = i.ai_addrlen.min(FULL as usize) as c_int;
            let to = (&raw mut raw.storage).cast::<u8>();
            std::ptr::copy_nonoverlapping(i.ai_addr.cast::<u8>(), to, raw.len as usize);
            out.push(Info {
                family: i.ai_family,
                kind: i.ai_socktype,
                proto: i.ai_protocol,
                canonical: narrow_of(i.ai_canonname).unwrap_or_default(),
                address: raw.decode(),
            });
            at = i.ai_next;
        }
        ws::FreeAddrInfoW(list);
        Ok(out)
    }
}

/// `getnameinfo`: host and service.
pub fn getnameinfo(a: &Address, flags: c_int) -> Result<(Vec<u8>, Vec<u8>), LookupError> {
    start();
    let Ok(a) = Raw::encode(a) else { return Err(LookupError::new(c::EAI_FAMILY)) };
    let (mut host, mut port) = ([0u16; 1025], [0u16; 64]);
    // SAFETY: the buffers have the lengths that are told.
    let code = unsafe {
        let (h, p) = (host.as_mut_ptr(), port.as_mut_ptr());
        ws::GetNameInfoW(a.ptr(), a.len, h, host.len() as u32, p, port.len() as u32, flags)
    };
    if code != 0 { Err(LookupError::new(code)) } else { Ok((narrow(&host), narrow(&port))) }
}

/// `gethostname`
pub fn gethostname() -> io::Result<Vec<u8>> {
    super::process::computer_name()
}

/// `if_nametoindex`
pub fn interface_index(name: &CStr) -> io::Result<u32> {
    // SAFETY: see the module `os`.
    let n = unsafe { ip::if_nametoindex(name.as_ptr().cast()) };
    if n == 0 { Err(io::Error::last_os_error()) } else { Ok(n) }
}

/// `if_indextoname`
pub fn interface_name(index: u32) -> io::Result<Vec<u8>> {
    let mut buf = [0u8; 257];
    // SAFETY: the buffer has the size that the call asks for; the answer is in it.
    if unsafe { ip::if_indextoname(index, buf.as_mut_ptr().cast()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    Ok(CStr::from_bytes_until_nul(&buf).map(|s| s.to_bytes().to_vec()).unwrap_or_default())
}

/// All interfaces: index and name.
pub fn interfaces() -> io::Result<Vec<(u32, Vec<u8>)>> {
    let mut out = Vec::new();
    // SAFETY: the table is walked as far as it tells and freed once; the names have the lengths that are told.
    unsafe {
        let mut table = std::ptr::null_mut();
        let code = ip::GetIfTable2Ex(ip::MibIfTableRaw, &raw mut table);
        if code != 0 {
            return Err(io::Error::from_raw_os_error(code as i32));
        }
        let rows = std::slice::from_raw_parts(
            (&raw const (*table).Table).cast::<ip::MIB_IF_ROW2>(),
            (*table).NumEntries as usize,
        );
        for row in rows {
            let mut name = [0u16; 257];
            let luid: NET_LUID_LH = row.InterfaceLuid;
            if ip::ConvertInterfaceLuidToNameW(&raw const luid, name.as_mut_ptr(), name.len()) == 0 {
                out.push((row.InterfaceIndex, narrow(&name)));
            }
        }
        ip::FreeMibTable(table.cast());
    }
    Ok(out)
}

/// The number of a protocol.
pub fn protocol(name: &CStr) -> Option<c_int> {
    start();
    // SAFETY: the record belongs to the thread and is read before the next call.
    unsafe {
        let p = ws::getprotobyname(name.as_ptr().cast());
        (!p.is_null()).then(|| c_int::from((*p).p_proto))
    }
}
