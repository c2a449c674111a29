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

/// A source of modules and files that are not on disk. Paths are relative to [`ModuleSource::root`], joined by `/`; what is
/// shown to programs has the separators of the platform.
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

/// Whether a character separates the parts of a path.
fn is_separator(c: char) -> bool {
    std::path::is_separator(c)
}

/// What follows `root` in a path. Windows does not tell upper from lower case, nor its two separators.
fn strip_root<'p>(root: &str, path: &'p str) -> Option<&'p str> {
    if !cfg!(windows) {
        return path.strip_prefix(root);
    }
    let (head, rest) = path.split_at_checked(root.len())?;
    let same = |(a, b): (u8, u8)| a.eq_ignore_ascii_case(&b) || (is_separator(a.into()) && is_separator(b.into()));
    head.bytes().zip(root.bytes()).all(same).then_some(rest)
}

/// The path below `root` that an absolute path means, with `.` and `..` taken out; `None` if it lies elsewhere.
pub fn below_root(root: &str, path: &str) -> Option<String> {
    let rest = strip_root(root, path)?;
    if !rest.is_empty() && !rest.starts_with(is_separator) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split(is_separator) {
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

/// A path below `root` as programs see it.
pub fn shown(root: &str, path: &str) -> String {
    let separator = std::path::MAIN_SEPARATOR;
    match separator {
        '/' => format!("{root}/{path}"),
        _ => format!("{root}{separator}{}", path.replace('/', std::path::MAIN_SEPARATOR_STR)),
    }
}
