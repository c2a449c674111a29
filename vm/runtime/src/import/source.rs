//! Where frozen modules and bundled files come from: the stub implements [`ModuleSource`] over its archive.

use std::borrow::Cow;

/// What is known of a frozen module before its code is read.
#[derive(Clone, Debug)]
pub struct FrozenModule {
    pub is_package: bool,
    /// Its `__file__`: a path under the virtual root.
    pub filename: String,
}

/// What lies at a path of the virtual file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VirtualStat {
    File { len: u64 },
    Dir,
}

/// A source of modules and files that are not on disk. Paths are relative to [`ModuleSource::root`], joined by `/`.
pub trait ModuleSource {
    /// The module of this full name.
    fn find(&self, name: &str) -> Option<FrozenModule>;
    /// Its marshalled code object (without a `.pyc` header).
    fn code(&self, name: &str) -> Result<Cow<'_, [u8]>, String>;
    /// Its source text, if it was bundled.
    fn source(&self, name: &str) -> Option<Cow<'_, [u8]>>;
    /// The absolute path of the virtual root.
    fn root(&self) -> &str;
    /// What lies at a path.
    fn stat(&self, path: &str) -> Option<VirtualStat>;
    /// Names in a folder, and whether each is a folder.
    fn list(&self, path: &str) -> Option<Vec<(String, bool)>>;
    /// The content of a file.
    fn read(&self, path: &str) -> Option<Cow<'_, [u8]>>;
}

/// The path below `root` that an absolute path means, with `.` and `..` taken out; `None` if it lies elsewhere.
pub fn below_root(root: &str, path: &str) -> Option<String> {
    let rest = path.strip_prefix(root)?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            p => parts.push(p),
        }
    }
    Some(parts.join("/"))
}
