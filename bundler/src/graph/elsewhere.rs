//! What a program imports on other platforms and not on the one that it is frozen for: `freeze retarget` has to know.

use std::collections::BTreeSet;

use super::names::prefixes;
use super::resolve::Builder;
use super::scan::{Need, Wanted};
use crate::native_modules;

/// A module that the program imports on another platform and not on this one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Elsewhere {
    /// `sys.platform`
    pub platform: &'static str,
    pub name: String,
    /// Whether freeze has it at hand without sources: the library's and the virtual machine's own modules.
    pub at_hand: bool,
    /// The importer and its line.
    pub place: String,
}

impl Builder<'_> {
    /// The modules that are imported on other platforms only.
    pub(super) fn only_elsewhere(&self) -> BTreeSet<Elsewhere> {
        let mut found = BTreeSet::new();
        for (from, is_package, platform, import) in &self.elsewhere {
            let mut names = Vec::new();
            match &import.wanted {
                Wanted::Module { level, name } => names.extend(self.absolute(from, *is_package, *level, name)),
                Wanted::Names { level, module, names: inner } => {
                    let Some(full) = self.absolute(from, *is_package, *level, module) else { continue };
                    names.extend(inner.iter().map(|name| format!("{full}.{name}")).filter(|name| self.exists(name)));
                    names.push(full);
                }
                Wanted::Submodules { .. } | Wanted::Below { .. } | Wanted::Maybe { .. } | Wanted::Text { .. } => {}
            }
            for name in names {
                let at_hand = native_modules::is_native(&name) || self.request.library.find(&name).is_some();
                let wanted = self.exists(&name) || matches!(import.need, Need::Required | Need::Conditional);
                let excluded = prefixes(&name).any(|prefix| self.is_excluded(prefix));
                if !self.graph.modules.contains_key(&name) && wanted && !excluded {
                    let place = format!("{from}:{}", import.line);
                    found.insert(Elsewhere { platform, name, at_hand, place });
                }
            }
        }
        found
    }
}
