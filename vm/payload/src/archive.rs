//! Reading an archive in place: an index over the mapped bytes, entries unpacked when asked for.
//!
//! The index is one number per entry, since the entries of our archives are sorted by name: looking up is a binary
//! search, and a folder is a run of neighbours. Folders are not stored; a folder exists when something lies in it.

use std::borrow::Cow;

use crate::error::PayloadError;
use crate::zip::{self, CENTRAL_LEN, END_LEN, Fields, LOCAL_LEN, Method};

/// No deflate stream grows by more than this factor, so an entry that claims more is damaged.
const MOST_GROWTH: usize = 1032;

/// An archive over borrowed bytes.
#[derive(Clone, Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
    /// The central directory.
    directory: &'a [u8],
    /// Where the directory begins: entries end before it.
    data_len: usize,
    /// Where each record begins in the directory, by name.
    records: Vec<u32>,
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub name: &'a str,
    fields: Fields,
}

impl Entry<'_> {
    /// Length of the content.
    pub fn len(&self) -> usize {
        self.fields.len as usize
    }

    /// Whether the content is empty.
    pub fn is_empty(&self) -> bool {
        self.fields.len == 0
    }

    /// Length as it is stored.
    pub fn packed_len(&self) -> usize {
        self.fields.packed_len as usize
    }

    /// CRC-32 of the content.
    pub fn crc(&self) -> u32 {
        self.fields.crc
    }

    /// How it is stored.
    pub fn method(&self) -> Method {
        self.fields.method
    }
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stat {
    /// A file of this many bytes.
    File { len: usize },
    /// A folder.
    Dir,
}

/// One name in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirEntry<'a> {
    pub name: &'a str,
    pub is_dir: bool,
}

impl<'a> Archive<'a> {
    /// The archive that `bytes` are, from first to last.
    pub fn open(bytes: &'a [u8]) -> Result<Archive<'a>, PayloadError> {
        const DAMAGED: PayloadError = PayloadError::Damaged("directory of the archive");
        let end_at = bytes.len().checked_sub(END_LEN).ok_or(PayloadError::Truncated)?;
        let (before, end) = bytes.split_at(end_at);
        if zip::word(end, 0) != zip::END {
            return Err(PayloadError::Truncated);
        }
        let (count, length, offset) = (zip::half(end, 10), zip::word(end, 12) as usize, zip::word(end, 16) as usize);
        let directory = before.get(offset..).filter(|rest| rest.len() == length).ok_or(DAMAGED)?;

        // More than 65535 entries: the count in the end record has wrapped, the directory itself decides.
        let mut records = Vec::with_capacity(usize::from(count));
        let mut rest = directory;
        let mut previous = "";
        while let Some((record, tail)) = rest.split_first_chunk::<CENTRAL_LEN>() {
            let fields = Fields::read_central(record).ok_or(DAMAGED)?;
            let (name, tail) = tail.split_at_checked(fields.name_len.into()).ok_or(DAMAGED)?;
            let name = std::str::from_utf8(name).map_err(|_| DAMAGED)?;
            if name <= previous {
                return Err(DAMAGED);
            }
            previous = name;
            records.push((directory.len() - rest.len()) as u32);
            rest = tail;
        }
        if !rest.is_empty() || records.len() as u16 != count {
            return Err(DAMAGED);
        }
        Ok(Archive { bytes, directory, data_len: offset, records })
    }

    /// The archive itself.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// CRC-32 of the central directory: what the payload's header holds.
    pub fn directory_crc(&self) -> u32 {
        crc32fast::hash(self.directory)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// All entries, sorted by name.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> + '_ {
        (0..self.records.len()).map(|index| self.at(index))
    }

    /// The entry of this name.
    pub fn entry(&self, name: &str) -> Option<Entry<'a>> {
        let index = self.lower_bound(name);
        (index < self.records.len()).then(|| self.at(index)).filter(|entry| entry.name == name)
    }

    /// The content of the entry of this name: borrowed if it is stored as it is.
    pub fn read(&self, name: &str) -> Result<Cow<'a, [u8]>, PayloadError> {
        let entry = self.entry(name).ok_or_else(|| PayloadError::NoEntry(name.to_owned()))?;
        self.read_entry(&entry)
    }

    /// The content of an entry.
    pub fn read_entry(&self, entry: &Entry<'_>) -> Result<Cow<'a, [u8]>, PayloadError> {
        let damaged = || PayloadError::DamagedEntry(entry.name.to_owned());
        let packed = self.packed(entry).ok_or_else(damaged)?;
        let content = match entry.method() {
            Method::Stored => Cow::Borrowed(packed),
            Method::Deflated => Cow::Owned(inflate(packed, entry.len()).ok_or_else(damaged)?),
        };
        if content.len() != entry.len() || crc32fast::hash(&content) != entry.crc() {
            return Err(damaged());
        }
        Ok(content)
    }

    /// The content of an entry as it is stored.
    pub fn packed(&self, entry: &Entry<'_>) -> Option<&'a [u8]> {
        let data = self.bytes.get(..self.data_len)?;
        let header = data.get(entry.fields.offset as usize..)?;
        let local = header.first_chunk::<LOCAL_LEN>()?;
        if zip::word(local, 0) != zip::LOCAL {
            return None;
        }
        let start = LOCAL_LEN + usize::from(zip::half(local, 26)) + usize::from(zip::half(local, 28));
        header.get(start..start.checked_add(entry.packed_len())?)
    }

    /// What lies at `path`: parts joined by `/`, no leading or trailing one; the empty path is the top.
    pub fn stat(&self, path: &str) -> Option<Stat> {
        if let Some(entry) = self.entry(path) {
            return Some(Stat::File { len: entry.len() });
        }
        let below = folder_prefix(path);
        let index = self.lower_bound(&below);
        let found = index < self.records.len() && self.at(index).name.starts_with(&below);
        found.then_some(Stat::Dir)
    }

    /// The names in the folder at `path`, sorted; empty if there is no such folder.
    pub fn list_dir(&self, path: &str) -> Vec<DirEntry<'a>> {
        let below = folder_prefix(path);
        let mut index = self.lower_bound(&below);
        let mut found: Vec<DirEntry<'a>> = Vec::new();
        while index < self.records.len() {
            let Some(rest) = self.at(index).name.strip_prefix(below.as_str()) else { break };
            match rest.split_once('/') {
                None => {
                    found.push(DirEntry { name: rest, is_dir: false });
                    index += 1;
                }
                Some((name, _)) => {
                    found.push(DirEntry { name, is_dir: true });
                    // `0` follows `/`: step over everything in the folder at once.
                    index = self.lower_bound(&format!("{below}{name}0"));
                }
            }
        }
        // An entry such as `a-b` sorts between `a` and `a/b`; by name alone it comes last. A folder's placeholder
        // (`a/`) has no name of its own.
        found.retain(|entry| !entry.name.is_empty());
        found.sort_by_key(|entry| entry.name);
        found.dedup_by_key(|entry| entry.name);
        found
    }

    /// The index of the first entry whose name is not less than `name`.
    fn lower_bound(&self, name: &str) -> usize {
        self.records.partition_point(|&record| self.name_at(record) < name)
    }

    fn name_at(&self, record: u32) -> &'a str {
        let name_at = record as usize + CENTRAL_LEN;
        let name_len = zip::half(self.directory, record as usize + 28);
        // `open` has checked range and encoding; damage since then is no name of anything.
        let bytes = self.directory.get(name_at..name_at + usize::from(name_len)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn at(&self, index: usize) -> Entry<'a> {
        let record = self.records[index];
        let bytes = self.directory[record as usize..].first_chunk::<CENTRAL_LEN>();
        let fields = bytes.and_then(Fields::read_central);
        let Some(fields) = fields else { unreachable!("open() has read every record of the directory") };
        Entry { name: self.name_at(record), fields }
    }
}

fn folder_prefix(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}/") }
}

/// Inflates to exactly `len` bytes.
fn inflate(packed: &[u8], len: usize) -> Option<Vec<u8>> {
    if len / MOST_GROWTH > packed.len() + 1 {
        return None;
    }
    let mut out = Vec::with_capacity(len);
    let mut inflater = flate2::Decompress::new(false);
    let status = inflater.decompress_vec(packed, &mut out, flate2::FlushDecompress::Finish).ok()?;
    (status == flate2::Status::StreamEnd && out.len() == len).then_some(out)
}
