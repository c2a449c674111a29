//! What attribute sites learn that see objects of several classes: one table for all of them.
//!
//! A site has room for one kind of object. Where it meets several, what is known of the others is found here, by the
//! name, the kind of access, and what tells kinds of objects apart: the version of the class and the attribute word. As
//! at a site, what is known holds only while class and object still are what they were; who reads it checks that.

use std::cell::RefCell;

use crate::Str;
use crate::types::code::SiteCache;

/// How many kinds are remembered; a power of two.
const SIZE: usize = 1024;

/// What is done with an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Load,
    Method,
    Store,
}

/// What an entry is found by.
pub(crate) struct Key<'a> {
    pub(crate) access: Access,
    pub(crate) name: &'a Str,
    pub(crate) version: u32,
    pub(crate) word: u64,
}

struct Entry {
    access: Access,
    /// Owned, so that its address is never taken for another name's.
    name: Str,
    version: u32,
    word: u64,
    known: SiteCache,
}

/// The table. It is made when a site first needs it.
#[derive(Default)]
pub(crate) struct SharedSites(RefCell<Vec<Option<Entry>>>);

impl SharedSites {
    /// What is known under this key; what `learn` gives is remembered.
    #[inline]
    pub(crate) fn get(&self, key: &Key<'_>, learn: impl FnOnce() -> Option<SiteCache>) -> Option<SiteCache> {
        let mut entries = self.0.borrow_mut();
        if entries.is_empty() {
            if entries.try_reserve_exact(SIZE).is_err() {
                return None;
            }
            entries.resize_with(SIZE, || None);
        }
        let entry = &mut entries[place(key)];
        if let Some(e) = entry
            && (e.version, e.word, e.access) == (key.version, key.word, key.access)
            && e.name.is(key.name)
        {
            return Some(e.known);
        }
        let known = learn()?;
        let Key { access, name, version, word } = *key;
        *entry = Some(Entry { access, name: name.clone(), version, word, known });
        Some(known)
    }
}

fn place(key: &Key<'_>) -> usize {
    let name = (key.name.as_value().bits() >> 4) as usize;
    let kind = (u64::from(key.version) ^ key.word.rotate_left(20)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    (name ^ kind as usize ^ key.access as usize) & (SIZE - 1)
}
