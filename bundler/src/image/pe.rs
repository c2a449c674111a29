//! PE: the payload becomes a resource, beside the icon, the version and the application manifest.
//!
//! A resource is part of the image, so signing (Authenticode) leaves it alone and Windows maps it with the program. The
//! section of resources is written anew at the end, with what the stub had in its own; a section that stood last is
//! replaced, another stays where it is, unused. What a linker put behind the sections (symbols) moves on.

mod manifest;
mod resources;
mod version;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use freeze_payload::header::PE_RESOURCE;
use object::LittleEndian as Le;
use object::pe::ImageNtHeaders64;
use object::read::pe::PeFile;

use super::appearance::{Appearance, Manifest};
use super::bytes::{align, narrow, put, put_u32, size, slice, u16_at, u32_at};
use super::icon::{self, Icon};
use super::{ImageError, ImageFormat, Machine};
use resources::{ENGLISH, GROUP_ICON, ICON, Id, Key, MANIFEST, RCDATA, Resources, VERSION};

type Result<T> = std::result::Result<T, ImageError>;

/// 64-bit PE.
pub struct Pe;

/// Where the place of the PE header stands.
const PE_POINTER: usize = 0x3c;
/// Behind the signature `PE\0\0`.
const FILE_HEADER_LEN: usize = 20;
/// Offsets in the file header, from the signature.
const SECTION_COUNT: usize = 6;
const SYMBOLS: usize = 12;
const OPTIONAL_LEN: usize = 20;
/// Offsets in the optional header of 64-bit files, which begins with 0x20b.
const PE32_PLUS: u16 = 0x20b;
const INITIALIZED_LEN: usize = 8;
const SECTION_ALIGN: usize = 32;
const FILE_ALIGN: usize = 36;
const IMAGE_LEN: usize = 56;
const HEADERS_LEN: usize = 60;
const CHECKSUM: usize = 64;
const SUBSYSTEM: usize = 68;
const DIRECTORY_COUNT: usize = 108;
const DIRECTORIES: usize = 112;
/// Indexes of data directories.
const RESOURCES: usize = 2;
const CERTIFICATES: usize = 4;
/// A section header.
const SECTION_LEN: usize = 40;
/// Initialized data that can be read.
const READ_DATA: u32 = 0x4000_0040;
const WINDOW: u16 = 2;
const CONSOLE: u16 = 3;

/// What the headers say.
struct Headers {
    /// Where the signature is.
    pe: usize,
    optional: usize,
    directories: usize,
    sections_at: usize,
    sections: Vec<Section>,
    section_align: u64,
    file_align: u64,
    headers_len: usize,
}

struct Section {
    address: u32,
    memory_len: u32,
    at: u32,
    len: u32,
}

impl ImageFormat for Pe {
    fn name(&self) -> &'static str {
        "PE"
    }

    fn matches(&self, file: &[u8]) -> bool {
        file.starts_with(b"MZ")
            && u32_at(file, PE_POINTER).is_ok_and(|at| slice(file, at as usize, 4).is_ok_and(|b| b == b"PE\0\0"))
    }

    fn build(&self, stub: &[u8], payload: &[u8], look: &Appearance) -> Result<Vec<u8>> {
        let headers = Headers::read(stub)?;
        let mut resources = headers.resources(stub)?;
        if find(&resources).is_some() {
            return Err(ImageError("the stub carries a payload already".into()));
        }
        dress(&mut resources, look)?;
        resources.insert(payload_key(), Cow::Borrowed(payload));
        let mut out = headers.with_resources(stub, &resources)?;
        if let Some(windowed) = look.windowed {
            let subsystem = if windowed { WINDOW } else { CONSOLE };
            put(&mut out, headers.optional + SUBSYSTEM, &subsystem.to_le_bytes())?;
        }
        let sum = checksum(&out, headers.optional + CHECKSUM);
        put_u32(&mut out, headers.optional + CHECKSUM, sum)?;
        check(&out, payload)?;
        Ok(out)
    }

    fn machine(&self, file: &[u8]) -> Result<Machine> {
        let architectures = match u16_at(file, Headers::read(file)?.pe + 4)? {
            0x8664 => vec!["x86_64"],
            0xaa64 => vec!["aarch64"],
            _ => Vec::new(),
        };
        Ok(Machine { architectures, system: "-windows-" })
    }

    fn payload<'f>(&self, file: &'f [u8]) -> Result<Option<&'f [u8]>> {
        let headers = Headers::read(file)?;
        // The loader wants all of every section; a program that lost a part of another one is damaged as well.
        for section in &headers.sections {
            slice(file, section.at as usize, section.len as usize)?;
        }
        Ok(find(&headers.resources(file)?).map(|data| match data {
            Cow::Borrowed(bytes) => bytes,
            Cow::Owned(_) => unreachable!("resources are read in place"),
        }))
    }
}

fn payload_key() -> Key {
    (Id::Number(RCDATA), Id::name(PE_RESOURCE), 0)
}

/// The payload among the resources, in whatever language a tool has put it.
fn find<'a>(resources: &Resources<'a>) -> Option<Cow<'a, [u8]>> {
    let (wanted_kind, wanted_name, _) = payload_key();
    let mut found = resources.iter().filter(|((kind, name, _), _)| *kind == wanted_kind && *name == wanted_name);
    found.next().map(|(_, data)| data.clone())
}

/// The icon of a program, if it has one.
pub fn icon_of(file: &[u8]) -> Result<Option<Icon>> {
    let resources = Headers::read(file)?.resources(file)?;
    let of_kind = |wanted: u16| resources.iter().filter(move |((kind, ..), _)| *kind == Id::Number(wanted));
    let images: Vec<(u16, &[u8])> = of_kind(ICON)
        .filter_map(|((_, name, _), data)| if let Id::Number(number) = name { Some((*number, &**data)) } else { None })
        .collect();
    let group = of_kind(GROUP_ICON).next();
    group.map(|(_, group)| icon::ico::ungroup(group, &images).map(Icon::Ico)).transpose()
}

impl Headers {
    fn read(file: &[u8]) -> Result<Headers> {
        let pe = size(u32_at(file, PE_POINTER)?.into())?;
        if slice(file, 0, 2)? != b"MZ" || slice(file, pe, 4)? != b"PE\0\0" {
            return Err(ImageError("not a PE file".into()));
        }
        let optional = pe + 4 + FILE_HEADER_LEN;
        if u16_at(file, optional)? != PE32_PLUS {
            return Err(ImageError("not a 64-bit program".into()));
        }
        let optional_len = usize::from(u16_at(file, pe + OPTIONAL_LEN)?);
        let directories = size(u32_at(file, optional + DIRECTORY_COUNT)?.into())?;
        if directories > 64 || DIRECTORIES + directories * 8 > optional_len {
            return Err(ImageError("the data directories do not fit into the header".into()));
        }
        let sections_at = optional + optional_len;
        let count = usize::from(u16_at(file, pe + SECTION_COUNT)?);
        let sections = slice(file, sections_at, count * SECTION_LEN)?
            .chunks_exact(SECTION_LEN)
            .map(|s| {
                Ok(Section {
                    memory_len: u32_at(s, 8)?,
                    address: u32_at(s, 12)?,
                    len: u32_at(s, 16)?,
                    at: u32_at(s, 20)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let [section_align, file_align] = [SECTION_ALIGN, FILE_ALIGN].map(|at| u32_at(file, optional + at));
        let (section_align, file_align) = (u64::from(section_align?), u64::from(file_align?));
        let sound = |align: u64, most: u64| align.is_power_of_two() && align <= most;
        if !sound(section_align, 1 << 24) || !sound(file_align, 1 << 16) {
            return Err(ImageError("the sections are aligned as those of no program are".into()));
        }
        let headers_len = size(u32_at(file, optional + HEADERS_LEN)?.into())?;
        Ok(Headers { pe, optional, directories, sections_at, sections, section_align, file_align, headers_len })
    }

    /// Address and length of a data directory; zeros if there is none.
    fn directory(&self, file: &[u8], index: usize) -> Result<(u32, u32)> {
        if index >= self.directories {
            return Ok((0, 0));
        }
        let at = self.optional + DIRECTORIES + index * 8;
        Ok((u32_at(file, at)?, u32_at(file, at + 4)?))
    }

    /// The bytes from an address of the loaded image to the end of its section, as far as they are in the file.
    fn data<'f>(&self, file: &'f [u8], address: u32) -> Result<&'f [u8]> {
        let outside = || ImageError("a resource lies outside of all sections".into());
        let holds = |s: &&Section| s.address <= address && address - s.address < s.len;
        let section = self.sections.iter().find(holds).ok_or_else(outside)?;
        let skipped = (address - section.address) as usize;
        slice(file, section.at as usize + skipped, section.len as usize - skipped)
    }

    fn resources<'f>(&self, file: &'f [u8]) -> Result<Resources<'f>> {
        let (address, len) = self.directory(file, RESOURCES)?;
        if address == 0 || len == 0 {
            return Ok(Resources::new());
        }
        let tree = self.data(file, address)?;
        resources::read(tree, &|address, len| slice(self.data(file, address)?, 0, len as usize))
    }

    /// The file with other resources.
    fn with_resources(&self, file: &[u8], resources: &Resources<'_>) -> Result<Vec<u8>> {
        if self.directories <= CERTIFICATES {
            return Err(ImageError("the header has no place for resources".into()));
        }
        for section in &self.sections {
            slice(file, section.at as usize, section.len as usize)?;
        }
        let (old, _) = self.directory(file, RESOURCES)?;
        let last = self.sections.last().ok_or_else(|| ImageError("there are no sections".into()))?;
        let replaces = old != 0 && last.address == old && self.sections.iter().all(|s| s.at <= last.at);
        let kept = if replaces { self.sections.len() - 1 } else { self.sections.len() };
        let kept_sections = &self.sections[..kept];
        let header_at = self.sections_at + kept * SECTION_LEN;
        let first = self.sections.iter().filter(|s| s.len > 0).map(|s| s.at as usize).min().unwrap_or(file.len());
        let spare = slice(file, header_at, SECTION_LEN)?;
        let taken = !replaces && spare.iter().any(|byte| *byte != 0);
        if taken || header_at + SECTION_LEN > self.headers_len.min(first) {
            return Err(ImageError("the header has no room for one more section".into()));
        }

        // Sections follow each other in memory; in the file they may lie in any order.
        let ends = kept_sections.iter().map(|s| u64::from(s.address) + u64::from(s.memory_len.max(s.len)));
        let address = align(ends.max().unwrap_or(0).max(self.headers_len as u64), self.section_align)?;
        let address = narrow(size(address)?)?;
        let content_end = |sections: &[Section]| {
            let ends = sections.iter().filter(|s| s.len > 0).map(|s| s.at as usize + s.len as usize);
            ends.max().unwrap_or(0).max(self.headers_len)
        };
        let kept_end = content_end(kept_sections);
        let at = size(align(kept_end as u64, self.file_align)?)?;
        let content = resources::write(resources, address)?;
        let content_len = narrow(content.len())?;
        let padded = size(align(content.len() as u64, self.file_align)?)?;

        let mut out = Vec::with_capacity(at + padded);
        out.extend_from_slice(slice(file, 0, kept_end)?);
        out.resize(at, 0);
        out.extend_from_slice(&content);
        out.resize(at + padded, 0);
        self.move_trailer(file, content_end(&self.sections), &mut out)?;

        let mut header = Vec::with_capacity(SECTION_LEN);
        header.extend_from_slice(b".rsrc\0\0\0");
        for word in [content_len, address, narrow(padded)?, narrow(at)?, 0, 0, 0, READ_DATA] {
            header.extend(word.to_le_bytes());
        }
        put(&mut out, header_at, &header)?;
        if let (false, Some(unused)) = (replaces, self.sections.iter().position(|s| old != 0 && s.address == old)) {
            // Tools look for resources by the section's name.
            put(&mut out, self.sections_at + unused * SECTION_LEN, b".rsrc.1\0")?;
        }
        put(&mut out, self.pe + SECTION_COUNT, &((kept + 1) as u16).to_le_bytes())?;
        let directory = |index: usize| self.optional + DIRECTORIES + index * 8;
        put_u32(&mut out, directory(RESOURCES), address)?;
        put_u32(&mut out, directory(RESOURCES) + 4, content_len)?;
        // A signature was for what the file was before.
        put(&mut out, directory(CERTIFICATES), &[0; 8])?;
        let image_len = align(u64::from(address) + u64::from(content_len), self.section_align)?;
        put_u32(&mut out, self.optional + IMAGE_LEN, narrow(size(image_len)?)?)?;
        let before = u64::from(u32_at(file, self.optional + INITIALIZED_LEN)?);
        let replaced = if replaces { u64::from(last.len) } else { 0 };
        let initialized = before.saturating_sub(replaced) + padded as u64;
        put_u32(&mut out, self.optional + INITIALIZED_LEN, narrow(size(initialized)?)?)?;
        Ok(out)
    }

    /// Puts what lies behind the sections (a linker's symbols) behind the new one, without a signature.
    fn move_trailer(&self, file: &[u8], from: usize, out: &mut Vec<u8>) -> Result<()> {
        let (certificates, _) = self.directory(file, CERTIFICATES)?;
        let end = if certificates as usize >= from && certificates != 0 { certificates as usize } else { file.len() };
        let trailer = file.get(from..end).unwrap_or_default();
        let symbols = u32_at(file, self.pe + SYMBOLS)? as usize;
        if symbols >= from && symbols < end {
            let moved = narrow(out.len() + (symbols - from))?;
            put_u32(out, self.pe + SYMBOLS, moved)?;
            out.extend_from_slice(trailer);
        } else if trailer.iter().any(|byte| *byte != 0) {
            return Err(ImageError("there is something behind the sections that is no table of symbols".into()));
        }
        Ok(())
    }
}

/// Icon, version and manifest among the resources.
fn dress(resources: &mut Resources<'_>, look: &Appearance) -> Result<()> {
    let mut replace = |kind: u16, data: Vec<u8>| {
        resources.retain(|(of, ..), _| *of != Id::Number(kind));
        resources.insert((Id::Number(kind), Id::Number(1), ENGLISH), Cow::Owned(data));
    };
    match &look.manifest {
        Manifest::Stub => {}
        Manifest::Own => replace(MANIFEST, manifest::manifest(look).into_bytes()),
        Manifest::Given(text) => replace(MANIFEST, text.clone()),
    }
    if let Some(info) = &look.version {
        if !info.fits() {
            return Err(ImageError("the version information is too long".into()));
        }
        replace(VERSION, version::resource(info));
    }
    if let Some(images) = icon::for_windows(&look.icons)? {
        replace(GROUP_ICON, icon::ico::group(&images));
        resources.retain(|(kind, ..), _| *kind != Id::Number(ICON));
        for (number, image) in (1..).zip(images) {
            resources.insert((Id::Number(ICON), Id::Number(number), ENGLISH), Cow::Owned(image.data));
        }
    }
    Ok(())
}

/// The sum of all words but the checksum itself, folded to 16 bits, and the length.
fn checksum(file: &[u8], at: usize) -> u32 {
    let mut sum = 0u64;
    for (index, word) in file.chunks(2).enumerate() {
        if index * 2 != at && index * 2 != at + 2 {
            sum += u64::from(word[0]) | u64::from(*word.get(1).unwrap_or(&0)) << 8;
        }
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    (sum as u32).wrapping_add(file.len() as u32)
}

/// Reads the result with other code than wrote it, as a loader would: a mistake here must not become somebody's program.
fn check(file: &[u8], payload: &[u8]) -> Result<()> {
    let bug = |what: &str| ImageError(format!("the image came out wrong: {what}"));
    let parsed = PeFile::<ImageNtHeaders64>::parse(file).map_err(|e| bug(&e.to_string()))?;
    let sections = parsed.section_table();
    let mut end = 0;
    for section in sections.iter() {
        let (address, len) = (section.virtual_address.get(Le), section.virtual_size.get(Le));
        if address < end || section.pe_data(file).is_err() {
            return Err(bug("sections overlap or are out of order"));
        }
        end = address.saturating_add(len);
    }
    let optional = &parsed.nt_headers().optional_header;
    if optional.size_of_image.get(Le) < end {
        return Err(bug("the image is shorter than its sections"));
    }
    let directory = parsed.data_directories().resource_directory(file, &sections).map_err(|e| bug(&e.to_string()))?;
    let directory = directory.ok_or_else(|| bug("no resources"))?;
    // Down the first entry of each level that leads to the payload, as FindResource does.
    let table = directory.root().map_err(|e| bug(&e.to_string()))?;
    let down = |table: object::read::pe::ResourceDirectoryTable<'_>, wanted: &dyn Fn(&str, u16) -> bool| {
        let entry = table.entries.iter().find(|entry| match entry.name_or_id() {
            object::read::pe::ResourceNameOrId::Name(name) => {
                name.to_string_lossy(directory).is_ok_and(|name| wanted(&name, 0))
            }
            object::read::pe::ResourceNameOrId::Id(id) => wanted("", id),
        });
        entry.and_then(|entry| entry.data(directory).ok()).ok_or_else(|| bug("the payload is not among the resources"))
    };
    let kinds = down(table, &|_, id| id == RCDATA)?.table().ok_or_else(|| bug("kinds"))?;
    let names = down(kinds, &|name, _| name == PE_RESOURCE)?.table().ok_or_else(|| bug("names"))?;
    let leaf = down(names, &|_, _| true)?.data().ok_or_else(|| bug("languages"))?;
    let found =
        sections.pe_data_at(file, leaf.offset_to_data.get(Le)).and_then(|d| d.get(..leaf.size.get(Le) as usize));
    if found == Some(payload) { Ok(()) } else { Err(bug("the payload is not where it should be")) }
}
