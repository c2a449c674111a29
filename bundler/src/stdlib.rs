//! The standard library as it comes with freeze: an archive of compiled modules.

use std::collections::BTreeMap;
use std::path::Path;

use freeze_bytecode::{CodeObject, marshal};
use freeze_payload::{Archive, layout};

use crate::error::{Error, Result};
use crate::graph::bytecode::{self, Unit};
use crate::graph::library::Library;
use crate::graph::target::Target;

/// An opened library archive.
#[derive(Debug)]
pub struct Stdlib {
    pub archive: Archive<'static>,
    /// Full names, with whether each is a package.
    modules: BTreeMap<String, bool>,
}

impl Stdlib {
    /// Opens the archive; `path` is for messages.
    pub fn open(bytes: &'static [u8], path: &Path) -> Result<Stdlib> {
        let archive = Archive::open(bytes).map_err(|e| Error::Damaged {
            path: path.to_path_buf(),
            message: format!("not a library of this freeze: {e}"),
            help: "build it anew with `cargo xtask stdlib`".into(),
        })?;
        let modules = archive.entries().filter_map(|e| layout::module_of(e.name)).collect();
        Ok(Stdlib { archive, modules })
    }

    /// Checks that the modules are bytecode that this freeze can read: one stands for all.
    pub fn check(&self, path: &Path) -> Result<()> {
        let Some((name, is_package)) = self.modules.first_key_value() else {
            return Err(Error::Damaged {
                path: path.to_path_buf(),
                message: "the library has no modules".into(),
                help: "build it anew with `cargo xtask stdlib`".into(),
            });
        };
        let entry = layout::module_entry(name, *is_package);
        let wrong = |what: String| Error::Damaged {
            path: path.to_path_buf(),
            message: format!("the library is of another version: {what}"),
            help: "build it anew with `cargo xtask stdlib`".into(),
        };
        let bytes = self.archive.read(&entry).map_err(|e| wrong(e.to_string()))?;
        marshal::read(&bytes).map_err(|e| wrong(e.to_string()))?;
        Ok(())
    }

    /// A module's bytecode, if there is such a module.
    fn code(&self, name: &str) -> Option<CodeObject> {
        let bytes = self.archive.read(&layout::module_entry(name, self.find(name)?)).ok()?;
        marshal::read(&bytes).ok()
    }
}

impl Library for Stdlib {
    fn find(&self, name: &str) -> Option<bool> {
        self.modules.get(name).copied()
    }

    fn names(&self) -> Vec<String> {
        self.modules.keys().cloned().collect()
    }

    fn units(&self, name: &str, target: &Target) -> Vec<Unit> {
        self.code(name).map(|code| bytecode::units(&code, Some(target))).unwrap_or_default()
    }

    fn encoding_aliases(&self) -> BTreeMap<String, String> {
        self.code("encodings.aliases").map(|code| bytecode::text_items(&code)).unwrap_or_default()
    }
}
