//! `sendmsg` and `recvmsg`: data with ancillary messages, such as descriptors on their way to another process.
#![allow(unsafe_code)]
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast)]

use std::ffi::c_int;
use std::io;

use super::check_size;
use super::net::{Address, Raw};

/// An ancillary message: level, type, data.
pub type Ancillary = (c_int, c_int, Vec<u8>);

/// What `recvmsg` gives.
pub struct Received {
    /// How much of the buffer is filled.
    pub len: usize,
    pub ancillary: Vec<Ancillary>,
    pub flags: c_int,
    pub from: Address,
}

const HEADER: usize = size_of::<libc::cmsghdr>();

/// Bytes that a message with this much data takes, with (`padded`) or without what follows it.
pub fn message_size(len: usize, padded: bool) -> Option<usize> {
    let len = libc::c_uint::try_from(len).ok().filter(|n| *n < 1 << 30)?;
    // SAFETY: computes a size.
    Some(unsafe { if padded { libc::CMSG_SPACE(len) } else { libc::CMSG_LEN(len) } } as usize)
}

fn data_offset() -> usize {
    message_size(0, false).unwrap_or(HEADER)
}

/// Messages as the system wants them, in words so that headers are aligned; and the length in bytes.
fn encode(messages: &[Ancillary]) -> io::Result<(Vec<u64>, usize)> {
    let too_long = || io::Error::from_raw_os_error(libc::EINVAL);
    let mut bytes = Vec::new();
    for (level, kind, data) in messages {
        let (Some(len), Some(space)) = (message_size(data.len(), false), message_size(data.len(), true)) else {
            return Err(too_long());
        };
        // SAFETY: zeros are a valid header.
        let mut h: libc::cmsghdr = unsafe { std::mem::zeroed() };
        h.cmsg_len = len as _;
        h.cmsg_level = *level;
        h.cmsg_type = *kind;
        let start = bytes.len();
        // SAFETY: a header is plain numbers.
        bytes.extend_from_slice(unsafe { std::slice::from_raw_parts((&raw const h).cast::<u8>(), HEADER) });
        bytes.resize(start + data_offset(), 0);
        bytes.extend_from_slice(data);
        bytes.resize(start + space, 0);
    }
    let len = bytes.len();
    bytes.resize(len.next_multiple_of(8), 0);
    let words = bytes.chunks(8).map(|w| u64::from_ne_bytes(w.try_into().unwrap_or_default())).collect();
    Ok((words, len))
}

/// Takes messages apart; the last one may be cut off.
fn decode(bytes: &[u8]) -> Vec<Ancillary> {
    let mut out = Vec::new();
    let mut at = 0;
    while bytes.len() >= at + data_offset() {
        // SAFETY: a header is plain numbers, and this many bytes are there; it is read wherever it lies.
        let h = unsafe { bytes.as_ptr().add(at).cast::<libc::cmsghdr>().read_unaligned() };
        let len = h.cmsg_len as usize;
        if len < data_offset() {
            break;
        }
        let end = (at + len).min(bytes.len());
        out.push((h.cmsg_level, h.cmsg_type, bytes[at + data_offset()..end].to_vec()));
        match message_size(len - data_offset(), true) {
            Some(space) => at += space,
            None => break,
        }
    }
    out
}

/// `sendmsg`
pub fn sendmsg(
    fd: c_int,
    data: &[u8],
    ancillary: &[Ancillary],
    flags: c_int,
    to: Option<&Address>,
) -> io::Result<usize> {
    let mut to = to.map(Raw::encode).transpose()?;
    let (mut control, control_len) = encode(ancillary)?;
    let mut part = libc::iovec { iov_base: data.as_ptr().cast_mut().cast(), iov_len: data.len() };
    // SAFETY: all that the record points to outlives the call, with the lengths told; nothing is written.
    check_size(unsafe {
        let mut m: libc::msghdr = std::mem::zeroed();
        m.msg_iov = &raw mut part;
        m.msg_iovlen = 1;
        if let Some(a) = &mut to {
            m.msg_name = a.ptr_mut().cast();
            m.msg_namelen = a.len;
        }
        if control_len > 0 {
            m.msg_control = control.as_mut_ptr().cast();
            m.msg_controllen = control_len as _;
        }
        libc::sendmsg(fd, &raw const m, flags)
    })
}

/// `recvmsg`
pub fn recvmsg(fd: c_int, buf: &mut [u8], ancillary: usize, flags: c_int) -> io::Result<Received> {
    let mut from = Raw::empty();
    let mut control = vec![0u64; ancillary.div_ceil(8)];
    let mut part = libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() };
    // SAFETY: all that the record points to outlives the call, with the lengths told.
    let (len, m) = unsafe {
        let mut m: libc::msghdr = std::mem::zeroed();
        m.msg_iov = &raw mut part;
        m.msg_iovlen = 1;
        m.msg_name = from.ptr_mut().cast();
        m.msg_namelen = from.len;
        m.msg_control = control.as_mut_ptr().cast();
        m.msg_controllen = ancillary as _;
        (check_size(libc::recvmsg(fd, &raw mut m, flags))?, m)
    };
    from.len = m.msg_namelen;
    let bytes: Vec<u8> = control.iter().flat_map(|w| w.to_ne_bytes()).take(m.msg_controllen as usize).collect();
    Ok(Received { len, ancillary: decode(&bytes), flags: m.msg_flags, from: from.decode() })
}
