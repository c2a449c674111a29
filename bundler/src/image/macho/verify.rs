//! Checks a Mach-O file as macOS does before it runs it: what its load commands say of the layout, and every hash of its
//! signature. It shares no code with the writer.

use freeze_payload::write::sha256;
use object::LittleEndian as Le;
use object::macho::MachHeader64;
use object::read::macho::{FatArch as _, LoadCommandVariant, MachHeader as _, MachOFatFile32};

use super::super::ImageError;

type Result<T> = std::result::Result<T, ImageError>;

/// What a signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name by which the system knows the program.
    pub identifier: String,
    /// Without a certificate.
    pub adhoc: bool,
    /// How many pages were hashed.
    pub pages: usize,
    /// The hashes of Info.plist and of the list of resources, where the signature has some.
    pub info: Option<[u8; 32]>,
    pub resources: Option<[u8; 32]>,
}

/// Checks a file for one architecture, or every one in a universal file.
pub fn verify(file: &[u8]) -> Result<Vec<Signature>> {
    if !file.starts_with(&[0xca, 0xfe, 0xba, 0xbe]) {
        return Ok(vec![verify_one(file)?]);
    }
    let fat = MachOFatFile32::parse(file).map_err(|e| ImageError(e.to_string()))?;
    let mut end = 0;
    fat.arches()
        .iter()
        .map(|arch| {
            let (offset, len) = arch.file_range();
            if offset < end || arch.align() > 15 || offset % (1 << arch.align()) != 0 {
                return Err(ImageError("the architectures overlap, or are not where they should be".into()));
            }
            end = offset.saturating_add(len);
            verify_one(arch.data(file).map_err(|e| ImageError(e.to_string()))?)
        })
        .collect()
}

fn wrong(what: &str) -> ImageError {
    ImageError(what.to_string())
}

fn verify_one(file: &[u8]) -> Result<Signature> {
    let fail = |e: object::read::Error| ImageError(e.to_string());
    let header = MachHeader64::<Le>::parse(file, 0).map_err(fail)?;
    let mut commands = header.load_commands(Le, file, 0).map_err(fail)?;
    let file_len = file.len() as u64;
    // Ends in memory and in the file, and the last segment's place.
    let (mut memory_end, mut file_end) = (0u64, 0u64);
    let mut last: Option<([u8; 16], u64, u64)> = None;
    let mut text = None;
    let mut pieces: Vec<(u64, u64)> = Vec::new();
    let mut signature = None;
    while let Some(command) = commands.next().map_err(fail)? {
        let mut piece = |at: u32, len: u64| {
            if len > 0 {
                pieces.push((at.into(), u64::from(at).saturating_add(len)));
            }
        };
        match command.variant().map_err(fail)? {
            LoadCommandVariant::Segment64(segment, sections) => {
                let (address, memory_len) = (segment.vmaddr.get(Le), segment.vmsize.get(Le));
                let (offset, len) = (segment.fileoff.get(Le), segment.filesize.get(Le));
                if address < memory_end || len > memory_len || address % 0x1000 != 0 {
                    return Err(wrong("segments overlap in memory or are out of order"));
                }
                memory_end = address.saturating_add(memory_len);
                if len > 0 {
                    if offset < file_end || offset % 0x1000 != 0 || offset.saturating_add(len) > file_len {
                        return Err(wrong("segments overlap in the file or are cut off"));
                    }
                    file_end = offset + len;
                }
                if segment.segname.starts_with(b"__TEXT\0") {
                    text = Some((offset, len));
                }
                last = Some((segment.segname, offset, len));
                let count = segment.nsects.get(Le) as usize;
                let each = size_of::<object::macho::Section64<Le>>();
                for section in sections.chunks_exact(each).take(count) {
                    let word = |at: usize| u64::from_le_bytes(section[at..at + 8].try_into().expect("eight bytes"));
                    let (start, len) = (word(32), word(40));
                    if start < address || start.saturating_add(len) > memory_end {
                        return Err(wrong("a section lies outside of its segment"));
                    }
                }
            }
            LoadCommandVariant::Symtab(table) => {
                piece(table.symoff.get(Le), u64::from(table.nsyms.get(Le)) * 16);
                piece(table.stroff.get(Le), table.strsize.get(Le).into());
            }
            LoadCommandVariant::Dysymtab(table) => {
                piece(table.indirectsymoff.get(Le), u64::from(table.nindirectsyms.get(Le)) * 4);
            }
            LoadCommandVariant::DyldInfo(info) => {
                piece(info.rebase_off.get(Le), info.rebase_size.get(Le).into());
                piece(info.bind_off.get(Le), info.bind_size.get(Le).into());
                piece(info.weak_bind_off.get(Le), info.weak_bind_size.get(Le).into());
                piece(info.lazy_bind_off.get(Le), info.lazy_bind_size.get(Le).into());
                piece(info.export_off.get(Le), info.export_size.get(Le).into());
            }
            LoadCommandVariant::LinkeditData(data) => {
                let (at, len) = (data.dataoff.get(Le), data.datasize.get(Le));
                if data.cmd.get(Le) == object::macho::LC_CODE_SIGNATURE {
                    signature = Some((at as usize, len as usize));
                } else {
                    piece(at, len.into());
                }
            }
            _ => {}
        }
    }
    let Some((name, linkedit, linkedit_len)) = last else { return Err(wrong("no segments")) };
    if !name.starts_with(b"__LINKEDIT\0") || linkedit + linkedit_len != file_len {
        return Err(wrong("__LINKEDIT is not last, or does not end with the file"));
    }
    let Some((at, len)) = signature else { return Err(wrong("no signature")) };
    if at % 16 != 0 || at.checked_add(len) != Some(file.len()) {
        return Err(wrong("the signature does not end with the file"));
    }
    pieces.sort_unstable();
    let mut end = linkedit;
    for (start, stop) in pieces {
        if start < end || stop > at as u64 {
            return Err(wrong("tables in __LINKEDIT overlap, or lie outside of it"));
        }
        end = stop;
    }
    let text = text.ok_or_else(|| wrong("no segment __TEXT"))?;
    signature_of(file, at, len, text)
}

/// Big-endian numbers in a part of a signature.
struct Blob<'a>(&'a [u8]);

impl<'a> Blob<'a> {
    fn word(&self, at: usize) -> Result<u32> {
        let bytes = self.0.get(at..at.saturating_add(4)).ok_or_else(|| wrong("the signature is cut off"))?;
        Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    }

    fn long(&self, at: usize) -> Result<u64> {
        Ok(u64::from(self.word(at)?) << 32 | u64::from(self.word(at + 4)?))
    }

    fn from(&self, at: usize, len: usize) -> Result<&'a [u8]> {
        let end = at.checked_add(len).ok_or_else(|| wrong("the signature is cut off"))?;
        self.0.get(at..end).ok_or_else(|| wrong("the signature is cut off"))
    }

    /// The part that begins here, by the length that it says it has.
    fn part(&self, at: usize) -> Result<Blob<'a>> {
        let len = self.word(at.saturating_add(4))? as usize;
        self.from(at, len.max(8)).map(Blob)
    }
}

fn signature_of(file: &[u8], at: usize, len: usize, text: (u64, u64)) -> Result<Signature> {
    let all = Blob(&file[at..at + len]);
    let signature = all.part(0)?;
    if signature.word(0)? != 0xfade_0cc0 {
        return Err(wrong("the signature is of no known kind"));
    }
    if all.0[signature.0.len()..].iter().any(|byte| *byte != 0) {
        return Err(wrong("there are bytes behind the signature"));
    }
    let mut directory = None;
    let mut requirements = None;
    for index in 0..signature.word(8)? as usize {
        let entry = 12 + index * 8;
        let part = signature.part(signature.word(entry + 4)? as usize)?;
        match signature.word(entry)? {
            0 => directory = Some(part),
            2 => requirements = Some(part),
            _ => {}
        }
    }
    let directory = directory.ok_or_else(|| wrong("the signature has no code directory"))?;
    if directory.word(0)? != 0xfade_0c02 || directory.word(8)? < 0x2_0400 {
        return Err(wrong("the code directory is of an old or unknown kind"));
    }
    let (flags, hashes, identifier) = (directory.word(12)?, directory.word(16)? as usize, directory.word(20)? as usize);
    let (special, pages, limit) =
        (directory.word(24)? as usize, directory.word(28)? as usize, directory.word(32)? as usize);
    // Hashes of 32 bytes by SHA-256, of pages of 4 KB.
    let kind = directory.from(36, 4)?;
    if (kind[0], kind[1], kind[3]) != (32, 2, 12) {
        return Err(wrong("the pages are hashed in another way than SHA-256"));
    }
    if limit != at {
        return Err(wrong("the signature does not cover all in front of it"));
    }
    if (directory.long(64)?, directory.long(72)?) != text || directory.long(80)? & 1 != 1 {
        return Err(wrong("the signature is for another executable segment"));
    }
    if pages != limit.div_ceil(4096) {
        return Err(wrong("there are not as many hashes as pages"));
    }
    for (number, page) in file[..limit].chunks(4096).enumerate() {
        if directory.from(hashes.saturating_add(number * 32), 32)? != sha256(page) {
            return Err(wrong(&format!("page {number} does not have the hash that the signature says")));
        }
    }
    let slot = |number: usize| -> Result<Option<[u8; 32]>> {
        if number > special {
            return Ok(None);
        }
        let at = hashes.checked_sub(number * 32).ok_or_else(|| wrong("the signature is cut off"))?;
        let hash: [u8; 32] = directory.from(at, 32)?.try_into().expect("that many were asked for");
        Ok(Some(hash).filter(|hash| *hash != [0; 32]))
    };
    let wanted = slot(2)?;
    if wanted != requirements.map(|part| sha256(part.0)) {
        return Err(wrong("the requirements do not have the hash that the signature says"));
    }
    let name = directory.0.get(identifier..).unwrap_or_default();
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let identifier = String::from_utf8_lossy(name).into_owned();
    Ok(Signature { identifier, adhoc: flags & 2 != 0, pages, info: slot(1)?, resources: slot(3)? })
}
