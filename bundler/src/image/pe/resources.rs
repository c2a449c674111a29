//! The resource section of a PE file: a tree of three levels (kind, name, language) with data at the leaves.
//!
//! Windows searches each level by bisection, so entries must be sorted: names first, then numbers. Data lies at addresses
//! of the loaded image, which is why the section is written for a place.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::ImageError;
use super::super::bytes::{align, narrow, size, slice, u16_at, u32_at};

type Result<T> = std::result::Result<T, ImageError>;

/// Kinds of resources.
pub(super) const ICON: u16 = 3;
pub(super) const RCDATA: u16 = 10;
pub(super) const GROUP_ICON: u16 = 14;
pub(super) const VERSION: u16 = 16;
pub(super) const MANIFEST: u16 = 24;

/// American English: what resources are in that say nothing else.
pub(super) const ENGLISH: u16 = 0x409;

/// A kind or a name. The order is that of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::image) enum Id {
    Name(Vec<u16>),
    Number(u16),
}

impl Id {
    /// A name in words. Windows looks for them in capitals.
    pub(in crate::image) fn name(text: &str) -> Id {
        Id::Name(text.encode_utf16().collect())
    }
}

/// Kind, name, language.
pub(in crate::image) type Key = (Id, Id, u16);

/// All resources of a file.
pub(in crate::image) type Resources<'a> = BTreeMap<Key, Cow<'a, [u8]>>;

/// A subdirectory, not a leaf.
const DIRECTORY: u32 = 1 << 31;
/// A name, not a number.
const NAMED: u32 = 1 << 31;
const TABLE_LEN: usize = 16;
const ENTRY_LEN: usize = 8;
const LEAF_LEN: usize = 16;
/// Data begins at multiples of this.
const DATA_ALIGN: usize = 16;
/// More than any program has: tables of a hostile file may overlap.
const MOST: usize = 1 << 14;

/// Reads the tree. `data` finds the bytes of a leaf: address and length.
pub(super) fn read<'a>(tree: &'a [u8], data: &dyn Fn(u32, u32) -> Result<&'a [u8]>) -> Result<Resources<'a>> {
    let mut found = Resources::new();
    let mut seen = 0;
    for (kind, at) in table(tree, 0, &mut seen)? {
        for (name, at) in table(tree, directory(at)?, &mut seen)? {
            for (language, at) in table(tree, directory(at)?, &mut seen)? {
                let (Id::Number(language), 0) = (language, at & DIRECTORY) else {
                    return Err(ImageError("the resources are nested too deeply".into()));
                };
                let leaf = at as usize;
                let bytes = data(u32_at(tree, leaf)?, u32_at(tree, leaf + 4)?)?;
                found.insert((kind.clone(), name.clone(), language), Cow::Borrowed(bytes));
            }
        }
    }
    Ok(found)
}

fn directory(at: u32) -> Result<usize> {
    if at & DIRECTORY == 0 {
        return Err(ImageError("the resources have data where names should be".into()));
    }
    size((at & !DIRECTORY).into())
}

/// The entries of one table: what each is called and where it leads.
fn table(tree: &[u8], at: usize, seen: &mut usize) -> Result<Vec<(Id, u32)>> {
    let count = usize::from(u16_at(tree, at + 12)?) + usize::from(u16_at(tree, at + 14)?);
    *seen += count;
    if *seen > MOST {
        return Err(ImageError("there are more resources than any program has".into()));
    }
    let entries = slice(tree, at + TABLE_LEN, count * ENTRY_LEN)?;
    entries
        .chunks_exact(ENTRY_LEN)
        .map(|entry| {
            let id = u32_at(entry, 0)?;
            let id =
                if id & NAMED == 0 { Id::Number(id as u16) } else { Id::Name(text(tree, (id & !NAMED) as usize)?) };
            Ok((id, u32_at(entry, 4)?))
        })
        .collect()
}

fn text(tree: &[u8], at: usize) -> Result<Vec<u16>> {
    let len = usize::from(u16_at(tree, at)?);
    let units = slice(tree, at + 2, len * 2)?;
    Ok(units.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect())
}

/// The section's content, to be loaded at `address`.
pub(super) fn write(resources: &Resources<'_>, address: u32) -> Result<Vec<u8>> {
    // The three levels, each in the order of the file.
    type Names<'r> = BTreeMap<&'r Id, Vec<(u16, &'r [u8])>>;
    let mut kinds: BTreeMap<&Id, Names<'_>> = BTreeMap::new();
    for ((kind, name, language), data) in resources {
        kinds.entry(kind).or_default().entry(name).or_default().push((*language, data));
    }
    let names = || kinds.values().flatten();
    let tables_len = [kinds.len()]
        .into_iter()
        .chain(kinds.values().map(BTreeMap::len))
        .chain(names().map(|(_, languages)| languages.len()))
        .map(|entries| TABLE_LEN + entries * ENTRY_LEN)
        .sum::<usize>();
    let texts_at = tables_len + resources.len() * LEAF_LEN;
    let mut texts: Vec<u8> = Vec::new();
    let mut name_of = |id: &Id| match id {
        Id::Number(number) => Ok(u32::from(*number)),
        Id::Name(units) => {
            let at = narrow(texts_at + texts.len())?;
            texts.extend((units.len() as u16).to_le_bytes());
            texts.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
            Ok(NAMED | at)
        }
    };

    // Breadth first: the table of kinds, the tables of names, the tables of languages, the leaves.
    let names_at = TABLE_LEN + kinds.len() * ENTRY_LEN;
    let languages_at = names_at + kinds.values().map(|names| TABLE_LEN + names.len() * ENTRY_LEN).sum::<usize>();
    let mut tables: Vec<u8> = Vec::with_capacity(tables_len);
    begin_table(&mut tables, kinds.keys().copied());
    let mut next = names_at;
    for (kind, names) in &kinds {
        entry(&mut tables, name_of(kind)?, DIRECTORY | narrow(next)?);
        next += TABLE_LEN + names.len() * ENTRY_LEN;
    }
    let mut next = languages_at;
    for names in kinds.values() {
        begin_table(&mut tables, names.keys().copied());
        for (name, languages) in names {
            entry(&mut tables, name_of(name)?, DIRECTORY | narrow(next)?);
            next += TABLE_LEN + languages.len() * ENTRY_LEN;
        }
    }
    let mut leaf = tables_len;
    for (_, languages) in names() {
        let ids: Vec<Id> = languages.iter().map(|(language, _)| Id::Number(*language)).collect();
        begin_table(&mut tables, ids.iter());
        for (language, _) in languages {
            entry(&mut tables, u32::from(*language), narrow(leaf)?);
            leaf += LEAF_LEN;
        }
    }
    debug_assert_eq!(tables.len(), tables_len, "tables are where their entries say");

    let mut data_at = (texts_at + texts.len()).next_multiple_of(DATA_ALIGN);
    let mut leaves = Vec::new();
    for data in names().flat_map(|(_, languages)| languages).map(|(_, data)| data) {
        let place = address.checked_add(narrow(data_at)?).ok_or_else(|| ImageError("addresses out of range".into()))?;
        for word in [place, narrow(data.len())?, 0, 0] {
            leaves.extend(word.to_le_bytes());
        }
        data_at = size(align((data_at + data.len()) as u64, DATA_ALIGN as u64)?)?;
    }
    let mut out = [tables, leaves, texts].concat();
    out.reserve(data_at);
    for data in names().flat_map(|(_, languages)| languages).map(|(_, data)| data) {
        out.resize(out.len().next_multiple_of(DATA_ALIGN), 0);
        out.extend_from_slice(data);
    }
    Ok(out)
}

fn begin_table<'i>(out: &mut Vec<u8>, ids: impl Iterator<Item = &'i Id> + Clone) {
    let named = ids.clone().filter(|id| matches!(id, Id::Name(_))).count();
    out.extend([0; 12]);
    out.extend((named as u16).to_le_bytes());
    out.extend(((ids.count() - named) as u16).to_le_bytes());
}

fn entry(out: &mut Vec<u8>, id: u32, leads_to: u32) {
    out.extend(id.to_le_bytes());
    out.extend(leads_to.to_le_bytes());
}
