//! ELF: the payload is a loadable segment, known by the magic number that it begins with.
//!
//! # Safety
//! The memory of a segment is read through a pointer made from the program headers that the kernel used to map it.
//! That is sound because only read-only segments of the main program are looked at, which stay mapped and unchanged for
//! as long as the process lives, and because the file has been found long enough to back all of the segment: reading a
//! mapped page behind the end of a cut-off file would be a bus error.
#![allow(unsafe_code)]

use freeze_payload::PayloadError;

/// The bytes of the segment that begins with a payload.
///
/// [`PayloadError::NotPayload`] when the executable has none, which is so for a stub as it was built;
/// [`PayloadError::Truncated`] when the file is shorter than its headers say.
pub(crate) fn find() -> Result<&'static [u8], PayloadError> {
    let mut found = Found { file_len: own_length(), bytes: Err(PayloadError::NotPayload) };
    // SAFETY: `look` has the signature that is asked for, and `found` outlives the call, which is over when it returns.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut found).cast()) };
    found.bytes
}

/// How long the executable's file is; without `/proc`, as long as it may be. It is opened, not only asked for: emulators
/// and debuggers (qemu-user, Valgrind) put the right file in the place of their own only where a program opens it.
fn own_length() -> u64 {
    std::fs::File::open("/proc/self/exe").and_then(|file| file.metadata()).map_or(u64::MAX, |metadata| metadata.len())
}

struct Found {
    file_len: u64,
    bytes: Result<&'static [u8], PayloadError>,
}

/// Called by `dl_iterate_phdr` for the main program, which comes first; stops there.
unsafe extern "C" fn look(info: *mut libc::dl_phdr_info, _size: libc::size_t, data: *mut libc::c_void) -> libc::c_int {
    use freeze_payload::header::MAGIC;
    // SAFETY: the caller gives a valid record, and `data` is the `Found` that `find` passed, which nobody else uses now.
    let (info, found) = unsafe { (&*info, &mut *data.cast::<Found>()) };
    // SAFETY: the record points to that many program headers of a loaded object.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    for header in headers {
        let Ok(len) = usize::try_from(header.p_filesz) else { continue };
        if header.p_type != libc::PT_LOAD || header.p_flags != libc::PF_R || len < MAGIC.len() {
            continue;
        }
        let end = header.p_offset.checked_add(header.p_filesz);
        if end.is_none_or(|end| end > found.file_len) {
            found.bytes = Err(PayloadError::Truncated);
            break;
        }
        let address = (info.dlpi_addr as usize).wrapping_add(header.p_vaddr as usize);
        // SAFETY: see the module's text; the segment is mapped from `address` for at least `p_filesz` bytes.
        let segment = unsafe { std::slice::from_raw_parts(address as *const u8, len) };
        if header.p_offset == 0 && sections_end(segment) > found.file_len {
            found.bytes = Err(PayloadError::Truncated);
            break;
        }
        if segment.starts_with(&MAGIC) {
            found.bytes = Ok(segment);
            break;
        }
    }
    1
}

/// Where the file's section table ends, which is the end of the file, by the ELF header that the first segment begins
/// with. The program would run without the table; that it is cut off shows that the file is not what it was.
fn sections_end(segment: &[u8]) -> u64 {
    let Some(header) = segment.first_chunk::<64>() else { return 0 };
    let half = |at: usize| u64::from(u16::from_ne_bytes([header[at], header[at + 1]]));
    let offset = header[40..48].iter().rev().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    // Behind the offset: size and number of entries.
    if header.starts_with(b"\x7fELF\x02\x01") { offset.saturating_add(half(58) * half(60)) } else { 0 }
}
