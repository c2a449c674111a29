//! Mach-O: the payload becomes a segment before `__LINKEDIT`, and the file gets a fresh ad-hoc signature.
//!
//! `__LINKEDIT` must stay last, in the file and in memory: it moves up by the length of the new segment, and with it every
//! offset into it that a load command holds. What refers to segments by number counts from the front, where nothing
//! changes; only the table of chained fixups has a place for every segment and gets one more. A load command that is not
//! known might hold an offset too, so it is refused.

pub mod bundle;
mod plist;
mod sign;
pub mod verify;

#[cfg(test)]
mod tests;

use freeze_payload::header::{MACHO_SECTION, MACHO_SEGMENT};
use freeze_payload::write::sha256;

use super::appearance::Appearance;
use super::bytes::{align, narrow, put, put_u32, put_u64, size, slice, u32_at, u32_big_at, u64_at, u64_big_at};
use super::{ImageError, ImageFormat, Machine};

type Result<T> = std::result::Result<T, ImageError>;

/// 64-bit Mach-O for one architecture.
pub struct MachO;

/// Several of them in one file.
pub struct Universal;

const MAGIC: u32 = 0xfeed_facf;
const EXECUTABLE: u32 = 2;
const HEADER_LEN: usize = 32;
/// Offsets in the header.
const CPU: usize = 4;
const FILE_TYPE: usize = 12;
const COMMAND_COUNT: usize = 16;
const COMMANDS_LEN: usize = 20;

/// Load commands.
mod command {
    pub(super) const SYMTAB: u32 = 0x2;
    pub(super) const DYSYMTAB: u32 = 0xb;
    pub(super) const SEGMENT: u32 = 0x19;
    pub(super) const UUID: u32 = 0x1b;
    pub(super) const CODE_SIGNATURE: u32 = 0x1d;
    pub(super) const CHAINED_FIXUPS: u32 = 0x8000_0034;

    /// Those without any offset into the file but such as stay: threads, libraries and their paths, versions, the entry.
    pub(super) const FIXED: [u32; 16] = [
        0x5,
        0xc,
        0xe,
        0x8000_0018,
        0x8000_001c,
        0x8000_001f,
        0x20,
        0x8000_0023,
        0x24,
        0x27,
        0x8000_0028,
        0x2a,
        0x2f,
        0x30,
        0x32,
        UUID,
    ];

    /// Those that are an offset and a length in `__LINKEDIT`: where symbols of split segments, functions, data in code,
    /// designated requirements, hints, exports and fixups are.
    pub(super) const PIECES: [u32; 7] = [0x1e, 0x26, 0x29, 0x2b, 0x2e, 0x8000_0033, CHAINED_FIXUPS];

    /// Tables for dyld, with opcodes.
    pub(super) const DYLD_INFO: [u32; 2] = [0x22, 0x8000_0022];
}

const SEGMENT_LEN: usize = 72;
const SECTION_LEN: usize = 80;
const PIECE_LEN: usize = 16;
/// Segments begin at pages; those of arm64 are the larger ones.
const PAGE: u64 = 0x4000;
const SMALL_PAGE: u64 = 0x1000;
const READ: u32 = 1;

/// A load command: its number, where it stands, how long it is.
struct Command {
    kind: u32,
    at: usize,
    len: usize,
}

/// A segment's place in memory and in the file.
struct Segment {
    command: usize,
    name: [u8; 16],
    address: u64,
    offset: u64,
    len: u64,
}

/// What the header says.
struct Headers {
    commands: Vec<Command>,
    segments: Vec<Segment>,
    commands_end: usize,
}

impl Headers {
    fn read(file: &[u8]) -> Result<Headers> {
        if u32_at(file, 0)? != MAGIC {
            return Err(ImageError("not a 64-bit Mach-O file".into()));
        }
        let (count, len) = (u32_at(file, COMMAND_COUNT)?, u32_at(file, COMMANDS_LEN)? as usize);
        slice(file, HEADER_LEN, len)?;
        let commands_end = HEADER_LEN + len;
        let (mut commands, mut segments) = (Vec::new(), Vec::new());
        let mut at = HEADER_LEN;
        for _ in 0..count {
            let (kind, len) = (u32_at(file, at)?, u32_at(file, at + 4)? as usize);
            if len < 8 || at + len > commands_end {
                return Err(ImageError("a load command is longer than all of them".into()));
            }
            if kind == command::SEGMENT {
                let name = slice(file, at + 8, 16)?.try_into().expect("that many were asked for");
                segments.push(Segment {
                    command: commands.len(),
                    name,
                    address: u64_at(file, at + 24)?,
                    offset: u64_at(file, at + 40)?,
                    len: u64_at(file, at + 48)?,
                });
            }
            commands.push(Command { kind, at, len });
            at += len;
        }
        Ok(Headers { commands, segments, commands_end })
    }

    fn segment(&self, name: &str) -> Option<&Segment> {
        self.segments.iter().find(|segment| name_is(&segment.name, name))
    }

    fn command(&self, kind: u32) -> Option<&Command> {
        self.commands.iter().find(|command| command.kind == kind)
    }

    /// Where the first section's content begins: load commands may grow up to there.
    fn commands_limit(&self, file: &[u8]) -> Result<usize> {
        let mut limit = file.len();
        for segment in &self.segments {
            let command = &self.commands[segment.command];
            for section in 0..u32_at(file, command.at + 64)? as usize {
                let at = command.at + SEGMENT_LEN + section * SECTION_LEN;
                let offset = u32_at(file, at + 48)? as usize;
                // Sections that are only memory have no place in the file.
                if offset != 0 && u64_at(file, at + 40)? != 0 {
                    limit = limit.min(offset);
                }
            }
        }
        Ok(limit)
    }
}

/// Whether a field of 16 bytes holds this name.
fn name_is(field: &[u8], name: &str) -> bool {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    &field[..end] == name.as_bytes()
}

fn name_field(name: &str) -> [u8; 16] {
    let mut field = [0; 16];
    field[..name.len()].copy_from_slice(name.as_bytes());
    field
}

impl ImageFormat for MachO {
    fn name(&self) -> &'static str {
        "Mach-O"
    }

    fn matches(&self, file: &[u8]) -> bool {
        u32_at(file, 0) == Ok(MAGIC)
    }

    fn build(&self, stub: &[u8], payload: &[u8], look: &Appearance) -> Result<Vec<u8>> {
        let image = attach(stub, payload, look)?;
        verify::verify(&image).map_err(|e| ImageError(format!("the image came out wrong: {e}")))?;
        if self.payload(&image)? == Some(payload) {
            Ok(image)
        } else {
            Err(ImageError("the image came out wrong: the payload is not where it should be".into()))
        }
    }

    fn machine(&self, file: &[u8]) -> Result<Machine> {
        Ok(Machine { architectures: architecture(u32_at(file, CPU)?).into_iter().collect(), system: "-apple-darwin" })
    }

    fn payload<'f>(&self, file: &'f [u8]) -> Result<Option<&'f [u8]>> {
        let headers = Headers::read(file)?;
        for segment in &headers.segments {
            slice(file, size(segment.offset)?, size(segment.len)?)?;
        }
        let Some(segment) = headers.segment(MACHO_SEGMENT) else { return Ok(None) };
        let at = headers.commands[segment.command].at;
        if u32_at(file, at + 64)? != 1 || !name_is(slice(file, at + SEGMENT_LEN, 16)?, MACHO_SECTION) {
            return Err(ImageError("the segment of the payload holds something else".into()));
        }
        let section = at + SEGMENT_LEN;
        slice(file, u32_at(file, section + 48)? as usize, size(u64_at(file, section + 40)?)?).map(Some)
    }
}

/// A processor by its number.
fn architecture(cpu: u32) -> Option<&'static str> {
    match cpu {
        0x0100_0007 => Some("x86_64"),
        0x0100_000c => Some("aarch64"),
        _ => None,
    }
}

/// Puts the payload in and signs.
fn attach(stub: &[u8], payload: &[u8], look: &Appearance) -> Result<Vec<u8>> {
    let headers = Headers::read(stub)?;
    if u32_at(stub, FILE_TYPE)? != EXECUTABLE {
        return Err(ImageError("not a program but another kind of Mach-O file".into()));
    }
    if headers.segment(MACHO_SEGMENT).is_some() {
        return Err(ImageError("the stub carries a payload already".into()));
    }
    let linkedit = match headers.segments.last() {
        Some(last) if name_is(&last.name, "__LINKEDIT") => last,
        _ => return Err(ImageError("__LINKEDIT is not the last segment".into())),
    };
    let (start, end) = (size(linkedit.offset)?, size(linkedit.offset.saturating_add(linkedit.len))?);
    if end != stub.len() || linkedit.offset % SMALL_PAGE != 0 || linkedit.address % SMALL_PAGE != 0 {
        return Err(ImageError("__LINKEDIT does not end with the file: the file was cut off, or is damaged".into()));
    }
    // An old signature goes; it stands at the end.
    let content_end = match headers.command(command::CODE_SIGNATURE) {
        None => end,
        Some(signature) => {
            let (at, len) = (u32_at(stub, signature.at + 8)? as usize, u32_at(stub, signature.at + 12)? as usize);
            if at < start || at.saturating_add(len) != end {
                return Err(ImageError("the signature is not at the end".into()));
            }
            at
        }
    };

    let shift = align(payload.len() as u64, PAGE)?;
    let mut content = stub[start..content_end].to_vec();
    let grown = grow_fixups(stub, &headers, start, &mut content)?;
    let moved = Moved { shift, grown };

    let mut commands: Vec<u8> = Vec::new();
    let mut count = 0;
    for (index, one) in headers.commands.iter().enumerate() {
        if one.kind == command::CODE_SIGNATURE {
            continue;
        }
        if index == linkedit.command {
            commands.extend(payload_command(linkedit, payload.len() as u64, shift)?);
            count += 1;
        }
        let mut bytes = slice(stub, one.at, one.len)?.to_vec();
        moved.adjust(one.kind, &mut bytes)?;
        if one.kind == command::UUID {
            // Systems tell programs apart by it; those of one stub are different programs.
            put(&mut bytes, 8, &uuid(slice(stub, one.at + 8, 16)?, payload))?;
        }
        commands.extend(bytes);
        count += 1;
    }
    let signature_at = align(linkedit.offset + shift + content.len() as u64, 16)?;
    let text = headers.segment("__TEXT").ok_or_else(|| ImageError("no segment __TEXT".into()))?;
    let signer = sign::Signer::new(look, signature_at, (text.offset, text.len))?;
    for word in [command::CODE_SIGNATURE, PIECE_LEN as u32, narrow(size(signature_at)?)?, narrow(signer.len())?] {
        commands.extend(word.to_le_bytes());
    }
    count += 1;
    if HEADER_LEN + commands.len() > headers.commands_limit(stub)? {
        return Err(ImageError(
            "the header has no room for two more load commands (a stub is linked with -headerpad for this)".into(),
        ));
    }

    let file_len = signature_at + signer.len() as u64;
    let linkedit_len = file_len - linkedit.offset - shift;
    let mut out = Vec::with_capacity(size(file_len)?);
    out.extend_from_slice(&stub[..start]);
    out.extend_from_slice(payload);
    out.resize(size(linkedit.offset + shift)?, 0);
    out.extend_from_slice(&content);
    out.resize(size(signature_at)?, 0);
    // What is left of longer commands must not stay behind the new ones.
    out[HEADER_LEN..headers.commands_end].fill(0);
    put(&mut out, HEADER_LEN, &commands)?;
    put_u32(&mut out, COMMAND_COUNT, count)?;
    put_u32(&mut out, COMMANDS_LEN, narrow(commands.len())?)?;
    let written = Headers::read(&out)?;
    let last = &written.commands[written.segments.last().expect("it was written").command];
    put_u64(&mut out, last.at + 24, linkedit.address + shift)?;
    put_u64(&mut out, last.at + 32, align(linkedit_len, PAGE)?)?;
    put_u64(&mut out, last.at + 40, linkedit.offset + shift)?;
    put_u64(&mut out, last.at + 48, linkedit_len)?;
    let signature = signer.sign(&out)?;
    out.extend_from_slice(&signature);
    Ok(out)
}

/// The load command of the payload's segment, which takes the place of `__LINKEDIT`.
fn payload_command(linkedit: &Segment, len: u64, shift: u64) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(SEGMENT_LEN + SECTION_LEN);
    out.extend(command::SEGMENT.to_le_bytes());
    out.extend(((SEGMENT_LEN + SECTION_LEN) as u32).to_le_bytes());
    out.extend(name_field(MACHO_SEGMENT));
    for word in [linkedit.address, shift, linkedit.offset, shift] {
        out.extend(word.to_le_bytes());
    }
    // Protection at most and at first, one section, no flags.
    for word in [READ, READ, 1, 0] {
        out.extend(word.to_le_bytes());
    }
    out.extend(name_field(MACHO_SECTION));
    out.extend(name_field(MACHO_SEGMENT));
    out.extend(linkedit.address.to_le_bytes());
    out.extend(len.to_le_bytes());
    // Offset, alignment as a power of two, and nothing else.
    for word in [narrow(size(linkedit.offset)?)?, 12, 0, 0, 0, 0, 0, 0] {
        out.extend(word.to_le_bytes());
    }
    Ok(out)
}

/// How far the pieces of `__LINKEDIT` move.
struct Moved {
    shift: u64,
    /// Where the fixups ended and how much longer they are now.
    grown: Option<(u32, u32)>,
}

impl Moved {
    /// The new place of what was at `offset`; zero stands for nothing.
    fn place(&self, offset: u32) -> Result<u32> {
        if offset == 0 {
            return Ok(0);
        }
        let more = self.grown.filter(|(end, _)| offset >= *end).map_or(0, |(_, more)| more);
        narrow(size(u64::from(offset) + u64::from(more) + self.shift)?)
    }

    /// Adjusts the offsets of a load command.
    fn adjust(&self, kind: u32, bytes: &mut [u8]) -> Result<()> {
        let places: &[usize] = match kind {
            command::SEGMENT => &[],
            command::SYMTAB => &[8, 16],
            command::DYSYMTAB => &[32, 40, 48, 56, 64, 72],
            kind if command::DYLD_INFO.contains(&kind) => &[8, 16, 24, 32, 40],
            kind if command::PIECES.contains(&kind) => &[8],
            kind if command::FIXED.contains(&kind) => &[],
            other => return Err(ImageError(format!("the load command {other:#x} is not known"))),
        };
        for at in places {
            let place = self.place(u32_at(bytes, *at)?)?;
            put_u32(bytes, *at, place)?;
        }
        if let (command::CHAINED_FIXUPS, Some((_, more))) = (kind, self.grown) {
            let len = u32_at(bytes, 12)?;
            put_u32(bytes, 12, len + more)?;
        }
        Ok(())
    }
}

/// The table of chained fixups has one place per segment: adds one, and says where the table ended and how much it grew.
/// `content` is that of `__LINKEDIT`, which begins at `start`.
fn grow_fixups(stub: &[u8], headers: &Headers, start: usize, content: &mut Vec<u8>) -> Result<Option<(u32, u32)>> {
    /// Places are 4 bytes; the records behind them are aligned to 8.
    const MORE: usize = 8;
    let Some(piece) = headers.command(command::CHAINED_FIXUPS) else { return Ok(None) };
    let bad = || ImageError("the chained fixups are damaged".into());
    let (offset, len) = (u32_at(stub, piece.at + 8)?, u32_at(stub, piece.at + 12)?);
    let at = (offset as usize).checked_sub(start).ok_or_else(bad)?;
    slice(content, at, len as usize)?;
    let starts = at + u32_at(content, at + 4)? as usize;
    let segments = u32_at(content, starts)? as usize;
    if segments != headers.segments.len() {
        // It ends before `__LINKEDIT`, which has none: nothing changes.
        return if segments < headers.segments.len() { Ok(None) } else { Err(bad()) };
    }
    let table_len = 4 + segments * 4;
    let table_end = starts + table_len;
    if table_end > at + len as usize || u32_at(content, table_end - 4)? != 0 {
        return Err(bad());
    }
    for segment in 0..segments {
        let place = starts + 4 + segment * 4;
        match u32_at(content, place)? {
            0 => {}
            record if (record as usize) < table_len => return Err(bad()),
            record => put_u32(content, place, record + MORE as u32)?,
        }
    }
    put_u32(content, starts, segments as u32 + 1)?;
    // Imports and their names.
    for field in [at + 8, at + 12] {
        let place = u32_at(content, field)?;
        if at + place as usize >= table_end {
            put_u32(content, field, place + MORE as u32)?;
        }
    }
    content.splice(table_end..table_end, [0; MORE]);
    Ok(Some((offset + len, MORE as u32)))
}

/// An identifier that follows from the stub's and the payload, marked as one made by a rule of one's own (RFC 9562).
fn uuid(stub: &[u8], payload: &[u8]) -> [u8; 16] {
    let hash = sha256(&[stub, &sha256(payload)].concat());
    let mut id: [u8; 16] = hash[..16].try_into().expect("a hash has 32 bytes");
    id[6] = id[6] & 0x0f | 0x80;
    id[8] = id[8] & 0x3f | 0x80;
    id
}

const FAT_MAGIC: u32 = 0xcafe_babe;
const FAT_MAGIC_64: u32 = 0xcafe_babf;
const FAT_ENTRY_LEN: usize = 20;
/// More than there are architectures; Java's class files begin with the same number and have more.
const MOST_SLICES: u32 = 16;
/// Slices begin at pages, as a power of two.
const FAT_ALIGN: u32 = 14;

impl ImageFormat for Universal {
    fn name(&self) -> &'static str {
        "universal Mach-O"
    }

    fn matches(&self, file: &[u8]) -> bool {
        let magic = u32_big_at(file, 0);
        let count = u32_big_at(file, 4).unwrap_or(0);
        (magic == Ok(FAT_MAGIC) || magic == Ok(FAT_MAGIC_64)) && (1..=MOST_SLICES).contains(&count)
    }

    fn build(&self, stub: &[u8], payload: &[u8], look: &Appearance) -> Result<Vec<u8>> {
        let images: Result<Vec<_>> = slices(stub)?.into_iter().map(|stub| MachO.build(stub, payload, look)).collect();
        join(&images?)
    }

    fn machine(&self, file: &[u8]) -> Result<Machine> {
        let mut architectures = Vec::new();
        for slice in slices(file)? {
            architectures.extend(architecture(u32_at(slice, CPU)?));
        }
        Ok(Machine { architectures, system: "-apple-darwin" })
    }

    fn payload<'f>(&self, file: &'f [u8]) -> Result<Option<&'f [u8]>> {
        let slices = slices(file)?;
        let first = slices.first().ok_or_else(|| ImageError("there is no program in the universal file".into()))?;
        MachO.payload(first)
    }
}

/// The files in a universal one.
fn slices(file: &[u8]) -> Result<Vec<&[u8]>> {
    let wide = u32_big_at(file, 0)? == FAT_MAGIC_64;
    let count = u32_big_at(file, 4)?;
    if count > MOST_SLICES {
        return Err(ImageError("not a universal Mach-O file".into()));
    }
    (0..count as usize)
        .map(|index| {
            let (offset, len) = if wide {
                let at = 8 + index * 32 + 8;
                (u64_big_at(file, at)?, u64_big_at(file, at + 8)?)
            } else {
                let at = 8 + index * FAT_ENTRY_LEN + 8;
                (u32_big_at(file, at)?.into(), u32_big_at(file, at + 4)?.into())
            };
            slice(file, size(offset)?, size(len)?)
        })
        .collect()
}

/// Joins programs for several architectures into one file.
pub fn join(images: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    out.extend(FAT_MAGIC.to_be_bytes());
    out.extend((images.len() as u32).to_be_bytes());
    let mut at = 8 + images.len() * FAT_ENTRY_LEN;
    let mut places = Vec::new();
    for image in images {
        at = at.next_multiple_of(1 << FAT_ALIGN);
        for word in [u32_at(image, CPU)?, u32_at(image, CPU + 4)?, narrow(at)?, narrow(image.len())?, FAT_ALIGN] {
            out.extend(word.to_be_bytes());
        }
        places.push(at);
        at += image.len();
    }
    for (place, image) in places.into_iter().zip(images) {
        out.resize(place, 0);
        out.extend_from_slice(image);
    }
    Ok(out)
}
