//! Sockets, waiting for descriptors, name look-up.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast)]

use std::ffi::{CStr, c_int};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

pub use super::platform::net::*;
use super::{bytes_of, check, check_size};

/// The address of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    V4(Ipv4Addr, u16),
    /// Address, port, flow, scope.
    V6(Ipv6Addr, u16, u32, u32),
    /// A path, an abstract name with its leading zero, or nothing.
    Unix(Vec<u8>),
    /// A family that we don't read, with the bytes behind its number.
    Other(c_int, Vec<u8>),
    /// The system named none.
    None,
}

/// Bytes that the name of a Unix socket may fill; a path ends with a NUL among them.
pub const PATH_ROOM: usize = size_of::<libc::sockaddr_un>() - std::mem::offset_of!(libc::sockaddr_un, sun_path);

/// A system address that holds any kind.
pub(super) struct Raw {
    storage: libc::sockaddr_storage,
    pub(super) len: libc::socklen_t,
}

const FULL: libc::socklen_t = size_of::<libc::sockaddr_storage>() as libc::socklen_t;

impl Raw {
    pub(super) fn empty() -> Raw {
        // SAFETY: plain numbers, for which zeros are values.
        Raw { storage: unsafe { std::mem::zeroed() }, len: FULL }
    }

    fn bytes(&self) -> &[u8] {
        let len = (self.len as usize).min(size_of::<libc::sockaddr_storage>());
        // SAFETY: the storage is plain initialised memory of at least that length.
        unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>(), len) }
    }

    fn of<T: Copy>(value: T, len: usize) -> Raw {
        const { assert!(size_of::<T>() <= size_of::<libc::sockaddr_storage>()) };
        let mut raw = Raw::empty();
        // SAFETY: the storage is large enough and aligned for every kind of address.
        unsafe { (&raw mut raw.storage).cast::<T>().write(value) };
        raw.len = len as libc::socklen_t;
        raw
    }

    pub(super) fn encode(a: &Address) -> io::Result<Raw> {
        Ok(match a {
            Address::V4(ip, port) => {
                // SAFETY: plain numbers.
                let mut s: libc::sockaddr_in = unsafe { std::mem::zeroed() };
                s.sin_family = libc::AF_INET as _;
                s.sin_port = port.to_be();
                s.sin_addr.s_addr = u32::from(*ip).to_be();
                Raw::of(s, size_of_val(&s))
            }
            Address::V6(ip, port, flow, scope) => {
                // SAFETY: plain numbers.
                let mut s: libc::sockaddr_in6 = unsafe { std::mem::zeroed() };
                s.sin6_family = libc::AF_INET6 as _;
                s.sin6_port = port.to_be();
                s.sin6_addr.s6_addr = ip.octets();
                s.sin6_flowinfo = flow.to_be();
                s.sin6_scope_id = *scope;
                Raw::of(s, size_of_val(&s))
            }
            Address::Unix(path) => {
                // SAFETY: plain numbers.
                let mut s: libc::sockaddr_un = unsafe { std::mem::zeroed() };
                s.sun_family = libc::AF_UNIX as _;
                let room = s.sun_path.len();
                // A path needs its NUL, an abstract name may fill the field.
                let is_path = !ABSTRACT_NAMES || path.first() != Some(&0);
                if path.len() > room || (path.len() == room && is_path) {
                    return Err(io::Error::from_raw_os_error(libc::ENAMETOOLONG));
                }
                for (to, from) in s.sun_path.iter_mut().zip(path) {
                    *to = *from as _;
                }
                let end = path.len() + usize::from(is_path && !path.is_empty());
                Raw::of(s, std::mem::offset_of!(libc::sockaddr_un, sun_path) + end)
            }
            Address::Other(..) | Address::None => return Err(io::Error::from_raw_os_error(libc::EAFNOSUPPORT)),
        })
    }

    pub(super) fn decode(&self) -> Address {
        let bytes = self.bytes();
        if bytes.len() < 2 {
            return Address::None;
        }
        let family = c_int::from(self.storage.ss_family);
        let rest = || Address::Other(family, bytes[2..].to_vec());
        match family {
            libc::AF_INET if bytes.len() >= size_of::<libc::sockaddr_in>() => {
                // SAFETY: that many bytes are there, aligned, and every pattern of them is a value.
                let s = unsafe { (&raw const self.storage).cast::<libc::sockaddr_in>().read() };
                Address::V4(Ipv4Addr::from(u32::from_be(s.sin_addr.s_addr)), u16::from_be(s.sin_port))
            }
            libc::AF_INET6 if bytes.len() >= size_of::<libc::sockaddr_in6>() => {
                // SAFETY: as above.
                let s = unsafe { (&raw const self.storage).cast::<libc::sockaddr_in6>().read() };
                let ip = Ipv6Addr::from(s.sin6_addr.s6_addr);
                Address::V6(ip, u16::from_be(s.sin6_port), u32::from_be(s.sin6_flowinfo), s.sin6_scope_id)
            }
            libc::AF_UNIX => {
                let path = &bytes[2..];
                let end = if ABSTRACT_NAMES && path.first() == Some(&0) {
                    path.len()
                } else {
                    path.iter().position(|&b| b == 0).unwrap_or(path.len())
                };
                Address::Unix(path[..end].to_vec())
            }
            _ => rest(),
        }
    }

    fn ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    pub(super) fn ptr_mut(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }
}

/// `close`
pub fn close(fd: c_int) -> io::Result<()> {
    super::files::close(fd)
}

/// A second descriptor of a socket, not inheritable.
pub fn dup(fd: c_int) -> io::Result<c_int> {
    super::files::dup(fd, false)
}

/// Sets whether calls wait.
pub fn set_blocking(fd: c_int, yes: bool) -> io::Result<()> {
    super::files::set_blocking(fd, yes)
}

/// `bind`
pub fn bind(fd: c_int, a: &Address) -> io::Result<()> {
    let a = Raw::encode(a)?;
    // SAFETY: see the module `os`.
    check(unsafe { libc::bind(fd, a.ptr(), a.len) }).map(drop)
}

/// `connect`
pub fn connect(fd: c_int, a: &Address) -> io::Result<()> {
    let a = Raw::encode(a)?;
    // SAFETY: see the module `os`.
    check(unsafe { libc::connect(fd, a.ptr(), a.len) }).map(drop)
}

/// `listen`
pub fn listen(fd: c_int, backlog: c_int) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::listen(fd, backlog) }).map(drop)
}

/// `shutdown`
pub fn shutdown(fd: c_int, how: c_int) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::shutdown(fd, how) }).map(drop)
}

/// `getsockname`
pub fn local(fd: c_int) -> io::Result<Address> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    check(unsafe { libc::getsockname(fd, a.ptr_mut(), &raw mut len) })?;
    a.len = len;
    Ok(a.decode())
}

/// The family of a socket.
pub fn family(fd: c_int) -> io::Result<c_int> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    check(unsafe { libc::getsockname(fd, a.ptr_mut(), &raw mut len) })?;
    Ok(c_int::from(a.storage.ss_family))
}

/// `getpeername`
pub fn peer(fd: c_int) -> io::Result<Address> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    check(unsafe { libc::getpeername(fd, a.ptr_mut(), &raw mut len) })?;
    a.len = len;
    Ok(a.decode())
}

/// `send`
pub fn send(fd: c_int, data: &[u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::send(fd, data.as_ptr().cast(), data.len(), flags) })
}

/// `sendto`
pub fn sendto(fd: c_int, data: &[u8], flags: c_int, a: &Address) -> io::Result<usize> {
    let a = Raw::encode(a)?;
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::sendto(fd, data.as_ptr().cast(), data.len(), flags, a.ptr(), a.len) })
}

/// `recv`
pub fn recv(fd: c_int, buf: &mut [u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    check_size(unsafe { libc::recv(fd, buf.as_mut_ptr().cast(), buf.len(), flags) })
}

/// `recvfrom`
pub fn recvfrom(fd: c_int, buf: &mut [u8], flags: c_int) -> io::Result<(usize, Address)> {
    let mut a = Raw::empty();
    let mut len = a.len;
    // SAFETY: see the module `os`.
    let n = check_size(unsafe {
        libc::recvfrom(fd, buf.as_mut_ptr().cast(), buf.len(), flags, a.ptr_mut(), &raw mut len)
    })?;
    a.len = len;
    Ok((n, a.decode()))
}

/// `getsockopt` into a buffer; how much of it was filled.
pub fn option(fd: c_int, level: c_int, name: c_int, buf: &mut [u8]) -> io::Result<usize> {
    let mut len = buf.len() as libc::socklen_t;
    // SAFETY: see the module `os`.
    check(unsafe { libc::getsockopt(fd, level, name, buf.as_mut_ptr().cast(), &raw mut len) })?;
    Ok((len as usize).min(buf.len()))
}

/// `getsockopt` of an int.
pub fn option_int(fd: c_int, level: c_int, name: c_int) -> io::Result<c_int> {
    let mut buf = [0; size_of::<c_int>()];
    option(fd, level, name, &mut buf)?;
    Ok(c_int::from_ne_bytes(buf))
}

/// `setsockopt`
pub fn set_option(fd: c_int, level: c_int, name: c_int, value: &[u8]) -> io::Result<()> {
    let len = value.len() as libc::socklen_t;
    // SAFETY: see the module `os`.
    check(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), len) }).map(drop)
}

/// `setsockopt` with a length and no value.
pub fn set_option_len(fd: c_int, level: c_int, name: c_int, len: u32) -> io::Result<()> {
    // SAFETY: the system refuses a null pointer where it would read.
    check(unsafe { libc::setsockopt(fd, level, name, std::ptr::null(), len) }).map(drop)
}

/// A descriptor to wait for: which events, and which came.
pub type PollFd = libc::pollfd;

/// `poll`; milliseconds, negative for no limit.
pub fn poll(fds: &mut [PollFd], timeout: c_int) -> io::Result<usize> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, timeout) }).map(|n| n as usize)
}

/// One answer of `getaddrinfo`.
pub struct Info {
    pub family: c_int,
    pub kind: c_int,
    pub proto: c_int,
    pub canonical: Vec<u8>,
    pub address: Address,
}

/// Why a name was not found: a number of `EAI_*`; `EAI_SYSTEM` comes with the error.
#[derive(Debug)]
pub struct LookupError(pub c_int, pub io::Error);

impl LookupError {
    fn new(code: c_int) -> LookupError {
        LookupError(code, io::Error::last_os_error())
    }

    /// The system's words.
    pub fn text(&self) -> Vec<u8> {
        // SAFETY: the text is static.
        unsafe { bytes_of(libc::gai_strerror(self.0)) }.unwrap_or_default()
    }
}

/// `getaddrinfo`; hints are family, type, protocol, flags.
pub fn getaddrinfo(host: Option<&CStr>, port: Option<&CStr>, hints: [c_int; 4]) -> Result<Vec<Info>, LookupError> {
    // SAFETY: plain numbers and null pointers; strings outlive the call; the list is walked as long as it lasts, its
    // addresses have the length that they tell, and it is freed once.
    unsafe {
        let mut h: libc::addrinfo = std::mem::zeroed();
        [h.ai_family, h.ai_socktype, h.ai_protocol, h.ai_flags] = hints;
        let mut list = std::ptr::null_mut();
        let p = |s: Option<&CStr>| s.map_or(std::ptr::null(), CStr::as_ptr);
        let code = libc::getaddrinfo(p(host), p(port), &raw const h, &raw mut list);
        if code != 0 {
            return Err(LookupError::new(code));
        }
        let mut out = Vec::new();
        let mut at = list;
        while !at.is_null() {
            let i = &*at;
            let mut raw = Raw::empty();
            raw.len = i.ai_addrlen.min(FULL);
            std::ptr::copy_nonoverlapping(
                i.ai_addr.cast::<u8>(),
                (&raw mut raw.storage).cast::<u8>(),
                raw.len as usize,
            );
            out.push(Info {
                family: i.ai_family,
                kind: i.ai_socktype,
                proto: i.ai_protocol,
                canonical: bytes_of(i.ai_canonname).unwrap_or_default(),
                address: raw.decode(),
            });
            at = i.ai_next;
        }
        libc::freeaddrinfo(list);
        Ok(out)
    }
}

/// `getnameinfo`: host and service.
pub fn getnameinfo(a: &Address, flags: c_int) -> Result<(Vec<u8>, Vec<u8>), LookupError> {
    let Ok(a) = Raw::encode(a) else { return Err(LookupError::new(libc::EAI_FAMILY)) };
    let (mut host, mut port) = (vec![0u8; 1025], vec![0u8; 64]);
    // SAFETY: see the module `os`.
    let code = unsafe {
        let (h, p) = (host.as_mut_ptr().cast(), port.as_mut_ptr().cast());
        libc::getnameinfo(a.ptr(), a.len, h, host.len() as _, p, port.len() as _, flags)
    };
    if code != 0 {
        return Err(LookupError::new(code));
    }
    let cut = |mut b: Vec<u8>| {
        b.truncate(b.iter().position(|&c| c == 0).unwrap_or(b.len()));
        b
    };
    Ok((cut(host), cut(port)))
}

/// `gethostname`
pub fn gethostname() -> io::Result<Vec<u8>> {
    let mut buf = vec![0u8; 1024];
    // SAFETY: one byte less than there is, so that a NUL ends it.
    check(unsafe { libc::gethostname(buf.as_mut_ptr().cast(), buf.len() - 1) })?;
    buf.truncate(buf.iter().position(|&c| c == 0).unwrap_or(buf.len()));
    Ok(buf)
}

/// `if_nametoindex`
pub fn interface_index(name: &CStr) -> io::Result<u32> {
    // SAFETY: see the module `os`.
    let n = unsafe { libc::if_nametoindex(name.as_ptr()) };
    if n == 0 { Err(io::Error::last_os_error()) } else { Ok(n) }
}

/// `if_indextoname`
pub fn interface_name(index: u32) -> io::Result<Vec<u8>> {
    let mut buf = [0 as libc::c_char; libc::IF_NAMESIZE];
    // SAFETY: the buffer has the size that the call asks for; the answer is in it.
    unsafe { bytes_of(libc::if_indextoname(index, buf.as_mut_ptr())) }.ok_or_else(io::Error::last_os_error)
}

/// `if_nameindex`
pub fn interfaces() -> io::Result<Vec<(u32, Vec<u8>)>> {
    let mut all = Vec::new();
    // SAFETY: the list ends with an entry of zeros, its names with NULs; it is given back once.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut at = list;
        while (*at).if_index != 0 && !(*at).if_name.is_null() {
            all.push(((*at).if_index, bytes_of((*at).if_name).unwrap_or_default()));
            at = at.add(1);
        }
        libc::if_freenameindex(list);
    }
    Ok(all)
}

/// `getprotobyname`
pub fn protocol(name: &CStr) -> Option<c_int> {
    // SAFETY: static memory of the C library, read at once under the interpreter lock.
    unsafe {
        let found = libc::getprotobyname(name.as_ptr());
        (!found.is_null()).then(|| (*found).p_proto)
    }
}

/// `sethostname`
pub fn sethostname(name: &[u8]) -> io::Result<()> {
    // SAFETY: see the module `os`.
    check(unsafe { libc::sethostname(name.as_ptr().cast(), name.len() as _) }).map(drop)
}
