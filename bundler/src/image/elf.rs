//! ELF: the payload becomes a section `.freeze` and a loadable segment of its own.
//!
//! The kernel maps the segment with the program; `strip` and `objcopy` keep it because it is allocated memory like any
//! other. The program header table stays where it is, right behind the file header, because those tools put it back
//! there: the new entry takes the place of one that the program can do without (`PT_NULL`, else `PT_NOTE`; every stub is
//! linked with a note for this). The table is kept in the order of addresses, as loaders demand.

use object::LittleEndian as Le;
use object::elf;
use object::pod::{bytes_of, bytes_of_slice};
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _};
use object::{U16, U32, U64};

use freeze_payload::header::SECTION;

use super::appearance::Appearance;
use super::{ImageError, ImageFormat, Machine};

type Header = elf::FileHeader64<Le>;
type Segment = elf::ProgramHeader64<Le>;
type Section = elf::SectionHeader64<Le>;

/// No system has larger pages that programs are linked for.
const LARGEST_PAGE: u64 = 1 << 24;

/// 64-bit little-endian ELF.
pub struct Elf;

impl ImageFormat for Elf {
    fn name(&self) -> &'static str {
        "ELF"
    }

    fn matches(&self, file: &[u8]) -> bool {
        file.starts_with(b"\x7fELF\x02\x01")
    }

    fn build(&self, stub: &[u8], payload: &[u8], _look: &Appearance) -> Result<Vec<u8>, ImageError> {
        let header = *Header::parse(stub).map_err(damaged)?;
        let segments = header.program_headers(Le, stub).map_err(damaged)?;
        let sections = header.section_headers(Le, stub).map_err(damaged)?;
        if find_section(&header, stub)?.is_some() {
            return Err(ImageError("the stub carries a payload already".into()));
        }
        let loads = || segments.iter().filter(|s| s.p_type(Le) == elf::PT_LOAD);
        let page = loads().map(|s| s.p_align(Le)).max().unwrap_or(0).max(0x1000);
        if !page.is_power_of_two() || page > LARGEST_PAGE {
            return Err(ImageError("the segments are aligned to no power of two that is a page".into()));
        }
        let memory_end = loads().map(|s| s.p_vaddr(Le).saturating_add(s.p_memsz(Le))).max();
        let Some(memory_end) = memory_end else {
            return Err(ImageError("no loadable segment".into()));
        };
        let kept = content_end(&header, segments, sections, stub);
        let offset = align(kept as u64, page)?;
        let address = align(memory_end, page)?;

        let new_segments = with_segment(segments, offset, address, payload.len() as u64, page)?;
        let (names, new_sections) = with_section(&header, stub, sections, offset, address, payload.len() as u64, page)?;

        let mut out = Vec::with_capacity(
            offset as usize + payload.len() + names.len() + bytes_of_slice(&new_sections).len() + 64,
        );
        out.extend_from_slice(&stub[..kept]);
        out.resize(offset as usize, 0);
        out.extend_from_slice(payload);
        out.resize(out.len().next_multiple_of(16), 0);
        let names_at = out.len() as u64;
        out.extend_from_slice(&names);
        out.resize(out.len().next_multiple_of(16), 0);
        let sections_at = out.len() as u64;
        let mut new_sections = new_sections;
        let names_index = names_index(&header, sections);
        new_sections[names_index].sh_offset = U64::new(Le, names_at);
        new_sections[names_index].sh_size = U64::new(Le, names.len() as u64);
        out.extend_from_slice(bytes_of_slice(&new_sections));

        let mut header = header;
        header.e_shoff = U64::new(Le, sections_at);
        header.e_shentsize = U16::new(Le, size_of::<Section>() as u16);
        header.e_shnum = U16::new(Le, new_sections.len() as u16);
        header.e_shstrndx = U16::new(Le, elf::SymbolSection(names_index as u16));
        out[..size_of::<Header>()].copy_from_slice(bytes_of(&header));
        let table = header.e_phoff(Le) as usize;
        let entries = bytes_of_slice(&new_segments);
        out[table..table + entries.len()].copy_from_slice(entries);
        check(&out, payload)?;
        Ok(out)
    }

    fn machine(&self, file: &[u8]) -> Result<Machine, ImageError> {
        let architectures = match Header::parse(file).map_err(damaged)?.e_machine(Le) {
            elf::EM_X86_64 => vec!["x86_64"],
            elf::EM_AARCH64 => vec!["aarch64"],
            _ => Vec::new(),
        };
        Ok(Machine { architectures, system: "-linux-" })
    }

    fn payload<'f>(&self, file: &'f [u8]) -> Result<Option<&'f [u8]>, ImageError> {
        let header = Header::parse(file).map_err(damaged)?;
        if let Some(section) = find_section(header, file)? {
            let (at, len) = (section.sh_offset(Le) as usize, section.sh_size(Le) as usize);
            let end = at.checked_add(len).filter(|end| *end <= file.len());
            return match end {
                Some(end) => Ok(Some(&file[at..end])),
                None => Err(ImageError("the file is shorter than its headers say: it was cut off".into())),
            };
        }
        // The section table is for tools; a program may have lost it and still run.
        for segment in header.program_headers(Le, file).map_err(damaged)? {
            if segment.p_type(Le) == elf::PT_LOAD
                && let Ok(data) = segment.data(Le, file)
                && data.starts_with(&freeze_payload::header::MAGIC)
            {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}

/// Where the stub's own content ends: a section table behind it is dropped, since a new one is written.
fn content_end(header: &Header, segments: &[Segment], sections: &[Section], stub: &[u8]) -> usize {
    let in_file = |s: &&Section| s.sh_type(Le) != elf::SHT_NOBITS && s.sh_type(Le) != elf::SHT_NULL;
    let ends = segments.iter().map(|s| s.p_offset(Le).saturating_add(s.p_filesz(Le)));
    let ends = ends.chain(sections.iter().filter(in_file).map(|s| s.sh_offset(Le).saturating_add(s.sh_size(Le))));
    let table = header.e_shoff(Le);
    match ends.max() {
        Some(end) if table >= end && end <= stub.len() as u64 => end as usize,
        _ => stub.len(),
    }
}

/// The program headers with the payload's in place of a spare one.
fn with_segment(
    segments: &[Segment],
    offset: u64,
    address: u64,
    len: u64,
    page: u64,
) -> Result<Vec<Segment>, ImageError> {
    let of_type = |wanted: elf::ProgramType| segments.iter().rposition(|s| s.p_type(Le) == wanted);
    let Some(spare) = of_type(elf::PT_NULL).or_else(|| of_type(elf::PT_NOTE)) else {
        return Err(ImageError("no program header to spare (a stub is linked with a note section for this)".into()));
    };
    let mut new = segments.to_vec();
    new.remove(spare);
    let last_load = new.iter().rposition(|s| s.p_type(Le) == elf::PT_LOAD).map_or(0, |i| i + 1);
    let segment = Segment {
        p_type: U32::new(Le, elf::PT_LOAD),
        p_flags: U32::new(Le, elf::PF_R),
        p_offset: U64::new(Le, offset),
        p_vaddr: U64::new(Le, address),
        p_paddr: U64::new(Le, address),
        p_filesz: U64::new(Le, len),
        p_memsz: U64::new(Le, len),
        p_align: U64::new(Le, page),
    };
    new.insert(last_load, segment);
    Ok(new)
}

/// The section names and headers with the payload's added. The offset and size of the name table are still to be set.
fn with_section(
    header: &Header,
    stub: &[u8],
    sections: &[Section],
    offset: u64,
    address: u64,
    len: u64,
    page: u64,
) -> Result<(Vec<u8>, Vec<Section>), ImageError> {
    let empty = Section {
        sh_name: U32::new(Le, 0),
        sh_type: U32::new(Le, elf::SHT_NULL),
        sh_flags: U64::new(Le, elf::SectionFlags(0)),
        sh_addr: U64::new(Le, 0),
        sh_offset: U64::new(Le, 0),
        sh_size: U64::new(Le, 0),
        sh_link: U32::new(Le, 0),
        sh_info: U32::new(Le, 0),
        sh_addralign: U64::new(Le, 0),
        sh_entsize: U64::new(Le, 0),
    };
    let names_at = names_index(header, sections);
    let mut new = sections.to_vec();
    let mut names = if sections.is_empty() {
        new.push(empty);
        new.push(Section {
            sh_name: U32::new(Le, 1),
            sh_type: U32::new(Le, elf::SHT_STRTAB),
            sh_addralign: U64::new(Le, 1),
            ..empty
        });
        b"\0.shstrtab\0".to_vec()
    } else {
        sections[names_at].data(Le, stub).map_err(damaged)?.to_vec()
    };
    if new.len() >= 0xfeff {
        return Err(ImageError("too many sections".into()));
    }
    new.push(Section {
        sh_name: U32::new(Le, names.len() as u32),
        sh_type: U32::new(Le, elf::SHT_PROGBITS),
        sh_flags: U64::new(Le, elf::SHF_ALLOC),
        sh_addr: U64::new(Le, address),
        sh_offset: U64::new(Le, offset),
        sh_size: U64::new(Le, len),
        sh_addralign: U64::new(Le, page),
        ..empty
    });
    names.extend_from_slice(SECTION.as_bytes());
    names.push(0);
    Ok((names, new))
}

/// The index of the name table in the new section table.
fn names_index(header: &Header, sections: &[Section]) -> usize {
    if sections.is_empty() { 1 } else { usize::from(header.e_shstrndx(Le).0).min(sections.len() - 1) }
}

fn find_section<'f>(header: &Header, file: &'f [u8]) -> Result<Option<&'f Section>, ImageError> {
    let Ok(sections) = header.sections(Le, file) else { return Ok(None) };
    Ok(sections.section_by_name(Le, SECTION.as_bytes()).map(|(_, section)| section))
}

fn align(value: u64, page: u64) -> Result<u64, ImageError> {
    value.checked_next_multiple_of(page).ok_or_else(|| ImageError("addresses out of range".into()))
}

fn damaged(error: object::read::Error) -> ImageError {
    ImageError(format!("not a sound ELF file: {error}"))
}

/// Reads the result with other code than wrote it, as a loader would: a mistake here must not become somebody's program.
fn check(file: &[u8], payload: &[u8]) -> Result<(), ImageError> {
    let bug = |what: &str| ImageError(format!("the image came out wrong: {what}"));
    let parsed = goblin::elf::Elf::parse(file).map_err(|e| bug(&e.to_string()))?;
    let mut end = 0;
    let mut found = false;
    for segment in parsed.program_headers.iter().filter(|p| p.p_type == goblin::elf::program_header::PT_LOAD) {
        if segment.p_vaddr < end {
            return Err(bug("segments overlap or are out of order"));
        }
        if segment.p_align > 1 && segment.p_vaddr % segment.p_align != segment.p_offset % segment.p_align {
            return Err(bug("a segment's address does not fit its place in the file"));
        }
        end = segment.p_vaddr + segment.p_memsz;
        found |= file.get(segment.file_range()) == Some(payload);
    }
    let section = parsed.section_headers.iter().find(|s| parsed.shdr_strtab.get_at(s.sh_name) == Some(SECTION));
    let named = section.and_then(|s| file.get(s.file_range()?)) == Some(payload);
    if found && named { Ok(()) } else { Err(bug("the payload is not where it should be")) }
}

#[cfg(test)]
mod tests;
