//! Names as numbers: comparing and hashing identifiers is what the symbol tables do most.

use std::collections::HashMap;

/// The number of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NameId(u32);

pub(crate) type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;
pub(crate) type Set<K> = std::collections::HashSet<K, foldhash::fast::FixedState>;

/// All identifiers of one compilation.
#[derive(Default)]
pub(crate) struct Interner {
    ids: Map<Box<str>, NameId>,
    texts: Vec<Box<str>>,
}

impl Interner {
    /// The number of `text`.
    pub(crate) fn id(&mut self, text: &str) -> NameId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = NameId(self.texts.len() as u32);
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    /// The number of `text` if it occurs at all.
    pub(crate) fn find(&self, text: &str) -> Option<NameId> {
        self.ids.get(text).copied()
    }

    /// The text of a number.
    pub(crate) fn text(&self, id: NameId) -> &str {
        &self.texts[id.0 as usize]
    }

    /// The number of `text` as it is spelled inside `class`: private names get the class's name in front.
    pub(crate) fn mangled(&mut self, class: Option<&str>, text: &str) -> NameId {
        match class.and_then(|class| mangle(class, text)) {
            Some(long) => self.id(&long),
            None => self.id(text),
        }
    }
}

/// `_Class__name` for a private `name`, None for any other.
pub(crate) fn mangle(class: &str, name: &str) -> Option<String> {
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return None;
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() { None } else { Some(format!("_{class}{name}")) }
}
