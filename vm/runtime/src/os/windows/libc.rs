//! The C library's numbers as Python programs on Windows know them.
//!
//! Error numbers of sockets are Winsock's: CPython's `errno` has them under the names of POSIX.

pub use ::libc::*;

use windows_sys::Win32::Networking::WinSock as ws;

/// Stands for the folder that a relative path begins in; there is no other on Windows.
pub const AT_FDCWD: c_int = -100;
pub const AT_SYMLINK_NOFOLLOW: c_int = 0x100;
pub const AT_SYMLINK_FOLLOW: c_int = 0x400;
pub const AT_EACCESS: c_int = 0x200;
pub const AT_REMOVEDIR: c_int = 0x200;
pub const O_NOINHERIT: c_int = 0x80;
pub const O_CLOEXEC: c_int = O_NOINHERIT;
pub const O_BINARY: c_int = 0x8000;
pub const O_TEXT: c_int = 0x4000;
pub const O_TEMPORARY: c_int = 0x40;
pub const O_SHORT_LIVED: c_int = 0x1000;
pub const O_SEQUENTIAL: c_int = 0x20;
pub const O_RANDOM: c_int = 0x10;
pub const S_IFMT: u32 = 0o170_000;
pub const S_IFDIR: u32 = 0o040_000;
pub const S_IFCHR: u32 = 0o020_000;
pub const S_IFREG: u32 = 0o100_000;
pub const S_IFIFO: u32 = 0o010_000;
pub const S_IFLNK: u32 = 0o120_000;
pub const DT_UNKNOWN: u8 = 0;
pub const DT_DIR: u8 = 4;
pub const DT_REG: u8 = 8;
pub const DT_LNK: u8 = 10;
pub const F_OK: c_int = 0;
pub const R_OK: c_int = 4;
pub const W_OK: c_int = 2;
pub const X_OK: c_int = 1;
pub const SEEK_SET: c_int = 0;
pub const SEEK_CUR: c_int = 1;
pub const SEEK_END: c_int = 2;
pub const CLOCK_REALTIME: c_int = 0;
pub const CLOCK_MONOTONIC: c_int = 1;
pub const CLOCK_PROCESS_CPUTIME_ID: c_int = 2;
pub const CLOCK_THREAD_CPUTIME_ID: c_int = 3;
pub const SIGBREAK: c_int = 21;
pub const CTRL_C_EVENT: c_int = 0;
pub const CTRL_BREAK_EVENT: c_int = 1;

pub const EWOULDBLOCK: c_int = ws::WSAEWOULDBLOCK;
pub const EINPROGRESS: c_int = ws::WSAEINPROGRESS;
pub const EALREADY: c_int = ws::WSAEALREADY;
pub const ENOTSOCK: c_int = ws::WSAENOTSOCK;
pub const EDESTADDRREQ: c_int = ws::WSAEDESTADDRREQ;
pub const EMSGSIZE: c_int = ws::WSAEMSGSIZE;
pub const EPROTOTYPE: c_int = ws::WSAEPROTOTYPE;
pub const ENOPROTOOPT: c_int = ws::WSAENOPROTOOPT;
pub const EPROTONOSUPPORT: c_int = ws::WSAEPROTONOSUPPORT;
pub const ESOCKTNOSUPPORT: c_int = ws::WSAESOCKTNOSUPPORT;
pub const EOPNOTSUPP: c_int = ws::WSAEOPNOTSUPP;
pub const EPFNOSUPPORT: c_int = ws::WSAEPFNOSUPPORT;
pub const EAFNOSUPPORT: c_int = ws::WSAEAFNOSUPPORT;
pub const EADDRINUSE: c_int = ws::WSAEADDRINUSE;
pub const EADDRNOTAVAIL: c_int = ws::WSAEADDRNOTAVAIL;
pub const ENETDOWN: c_int = ws::WSAENETDOWN;
pub const ENETUNREACH: c_int = ws::WSAENETUNREACH;
pub const ENETRESET: c_int = ws::WSAENETRESET;
pub const ECONNABORTED: c_int = ws::WSAECONNABORTED;
pub const ECONNRESET: c_int = ws::WSAECONNRESET;
pub const ENOBUFS: c_int = ws::WSAENOBUFS;
pub const EISCONN: c_int = ws::WSAEISCONN;
pub const ENOTCONN: c_int = ws::WSAENOTCONN;
pub const ESHUTDOWN: c_int = ws::WSAESHUTDOWN;
pub const ETOOMANYREFS: c_int = ws::WSAETOOMANYREFS;
pub const ETIMEDOUT: c_int = ws::WSAETIMEDOUT;
pub const ECONNREFUSED: c_int = ws::WSAECONNREFUSED;
pub const ELOOP: c_int = ws::WSAELOOP;
pub const EHOSTDOWN: c_int = ws::WSAEHOSTDOWN;
pub const EHOSTUNREACH: c_int = ws::WSAEHOSTUNREACH;
pub const EUSERS: c_int = ws::WSAEUSERS;
pub const EDQUOT: c_int = ws::WSAEDQUOT;
pub const ESTALE: c_int = ws::WSAESTALE;
pub const EREMOTE: c_int = ws::WSAEREMOTE;
pub const ECANCELED: c_int = 105;
pub const EILSEQ: c_int = 42;
pub const ENOTEMPTY: c_int = 41;
pub const ENAMETOOLONG: c_int = 38;
pub const ENOLCK: c_int = 39;
pub const ENOSYS: c_int = 40;
pub const EDEADLOCK: c_int = 36;
pub const ENOTSUP: c_int = 129;
pub const EOVERFLOW: c_int = 132;
pub const EPROTO: c_int = 134;

macro_rules! sockets {
    ($($name:ident)*) => {$( #[allow(non_upper_case_globals, reason = "AF_DECnet is its name")] pub const $name: c_int = ws::$name as c_int; )*};
}
sockets! {
    AF_UNSPEC AF_INET AF_INET6 AF_IRDA AF_SNA AF_DECnet AF_APPLETALK AF_IPX AF_LINK SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM
    SOCK_SEQPACKET SOL_SOCKET SOMAXCONN SO_ACCEPTCONN SO_BROADCAST SO_DEBUG SO_DONTROUTE SO_ERROR SO_EXCLUSIVEADDRUSE
    SO_KEEPALIVE SO_LINGER SO_OOBINLINE SO_RCVBUF SO_RCVLOWAT SO_RCVTIMEO SO_REUSEADDR SO_SNDBUF SO_SNDLOWAT SO_SNDTIMEO SO_TYPE
    SO_USELOOPBACK MSG_CTRUNC MSG_DONTROUTE MSG_OOB MSG_PEEK MSG_TRUNC MSG_WAITALL IPPROTO_IP IPPROTO_ICMP IPPROTO_IGMP
    IPPROTO_TCP IPPROTO_UDP IPPROTO_IPV6 IPPROTO_ICMPV6 IPPROTO_RAW IPPROTO_NONE IPPROTO_ESP IPPROTO_AH IPPROTO_GGP IPPROTO_PUP
    IPPROTO_IDP IPPROTO_ND IPPROTO_EGP IPPROTO_IGP IPPROTO_RDP IPPROTO_ST IPPROTO_CBT IPPROTO_PGM IPPROTO_PIM IPPROTO_SCTP IP_ADD_MEMBERSHIP
    IP_DROP_MEMBERSHIP IP_ADD_SOURCE_MEMBERSHIP IP_BLOCK_SOURCE IP_DROP_SOURCE_MEMBERSHIP IP_UNBLOCK_SOURCE IP_HDRINCL IP_MULTICAST_IF IP_MULTICAST_LOOP
    IP_MULTICAST_TTL IP_OPTIONS IP_RECVDSTADDR IP_TOS IP_TTL IPV6_CHECKSUM IPV6_DONTFRAG IPV6_HOPLIMIT IPV6_HOPOPTS
    IPV6_JOIN_GROUP IPV6_LEAVE_GROUP IPV6_MULTICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_LOOP IPV6_PKTINFO IPV6_RECVRTHDR
    IPV6_RECVTCLASS IPV6_RTHDR IPV6_TCLASS IPV6_UNICAST_HOPS IPV6_V6ONLY TCP_FASTOPEN TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL
    TCP_MAXSEG TCP_NODELAY
    AI_PASSIVE AI_CANONNAME AI_NUMERICHOST AI_NUMERICSERV AI_ALL AI_ADDRCONFIG AI_V4MAPPED NI_NAMEREQD NI_NUMERICHOST
    NI_NUMERICSERV NI_NOFQDN NI_DGRAM NI_MAXHOST NI_MAXSERV
}

pub const EAI_AGAIN: c_int = ws::WSATRY_AGAIN;
pub const EAI_BADFLAGS: c_int = ws::WSAEINVAL;
pub const EAI_FAIL: c_int = ws::WSANO_RECOVERY;
pub const EAI_FAMILY: c_int = ws::WSAEAFNOSUPPORT;
pub const EAI_MEMORY: c_int = 8;
pub const EAI_NODATA: c_int = ws::WSAHOST_NOT_FOUND;
pub const EAI_NONAME: c_int = ws::WSAHOST_NOT_FOUND;
pub const EAI_SERVICE: c_int = ws::WSATYPE_NOT_FOUND;
pub const EAI_SOCKTYPE: c_int = ws::WSAESOCKTNOSUPPORT;
pub const SHUT_RD: c_int = 0;
pub const SHUT_WR: c_int = 1;
pub const SHUT_RDWR: c_int = 2;
/// Windows has none of these; they stand where code asks for either.
pub const SOCK_NONBLOCK: c_int = 0;
pub const SOCK_CLOEXEC: c_int = 0;
pub const EAI_SYSTEM: c_int = c_int::MIN;
/// What the system calls `SO_PROTOCOL_INFO` has the protocol too; the number itself is asked for under this name.
pub const SO_PROTOCOL: c_int = c_int::MIN;
pub const AF_UNIX: c_int = 1;
pub const FD_SETSIZE: usize = 512;

pub const POLLIN: i16 = ws::POLLRDNORM | ws::POLLRDBAND;
pub const POLLOUT: i16 = ws::POLLWRNORM;
pub const POLLPRI: i16 = ws::POLLRDBAND;
pub const POLLERR: i16 = ws::POLLERR;
pub const POLLHUP: i16 = ws::POLLHUP;
pub const POLLNVAL: i16 = ws::POLLNVAL;
