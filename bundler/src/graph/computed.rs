//! Modules that nobody imports by name in a statement: those that a module makes when it runs, those below packages that are
//! named at run time, and whole packages.

use super::names::is_dotted_name;
use super::resolve::{Builder, Outcome};
use super::scan::Need;
use super::{Module, ModuleKind, Why};

impl Builder<'_> {
    /// A module that is no package has modules below its name all the same: it makes them when it runs (`six.moves`). Takes what
    /// its tables name for `names`, the part of the name below the made one.
    pub(super) fn made_up(&mut self, maker: &str, below: &str, line: u32) {
        let Some((_, wanted)) = below.split_once('.') else { return };
        let start = format!("{wanted}.");
        let rows = self.rows.get(maker).cloned().unwrap_or_default();
        let mut found: Vec<String> = Vec::new();
        for row in rows {
            let (name, rest) = (&row[0], &row[1..]);
            found.extend(row.iter().filter(|text| *text == wanted || text.starts_with(&start)).cloned());
            if name == wanted {
                found.extend(rest.iter().cloned());
            }
        }
        for name in found {
            if is_dotted_name(&name) && self.request.library.find(&name).is_some() {
                self.link(maker, &name, line, Need::Guarded);
            }
        }
    }

    /// The module above a name that is taken, is no package and has a source.
    pub(super) fn plain_module_above<'n>(&self, name: &'n str) -> Option<(&'n str, &'n str)> {
        name.match_indices('.').map(|(i, _)| (&name[..i], &name[i + 1..])).find(|(above, _)| {
            let kind = self.graph.modules.get(*above).map(|m| &m.kind);
            matches!(kind, Some(ModuleKind::Source { is_package: false, .. }))
        })
    }

    /// Modules below packages that are named at run time: looked for below every package of the distribution that names
    /// them, and below those that the program has named for it.
    pub(super) fn resolve_below(&mut self) {
        for (from, inner, children, line) in self.below.clone() {
            let own = self.graph.modules.get(&from).and_then(|m| m.distribution);
            let belongs = |name: &String, m: &Module| {
                m.kind.is_package() && (m.distribution == own && own.is_some() || self.told.contains(name))
            };
            let packages = self.graph.modules.iter().filter(|(name, m)| belongs(name, m));
            let packages: Vec<String> = packages.map(|(name, _)| name.clone()).collect();
            for package in packages {
                let name = format!("{package}.{inner}");
                if !self.tried.insert((name.clone(), children)) || !self.exists(&name) {
                    continue;
                }
                if self.link(&from, &name, line, Need::Guarded) && children {
                    for child in self.children(&name) {
                        self.link(&from, &format!("{name}.{child}"), line, Need::Guarded);
                    }
                }
            }
        }
    }

    /// Takes every module below a package.
    pub(super) fn take_below(&mut self, package: &str, why: &Why) {
        for child in self.children(package) {
            let name = format!("{package}.{child}");
            if self.ensure(&name, why) == Outcome::Taken
                && self.graph.modules.get(&name).is_some_and(|m| m.kind.is_package())
            {
                self.take_below(&name, why);
            }
        }
    }
}
