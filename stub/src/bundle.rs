//! The archive as the virtual machine sees it: frozen modules, and the files under the virtual root.

use std::borrow::Cow;
use std::path::Path;

use freeze_payload::{Archive, Stat, layout};
use freeze_runtime::import::source::{FrozenModule, ModuleSource, VirtualStat, shown};

/// What is put behind the executable's path to make the virtual root, a folder that no disk has.
const ROOT_SUFFIX: &str = ".bundle";

/// An archive and the path under which its files are seen.
pub(crate) struct Bundle {
    archive: Archive<'static>,
    root: String,
}

impl Bundle {
    /// The archive of the executable at `executable`.
    pub(crate) fn new(archive: Archive<'static>, executable: &Path) -> Bundle {
        Bundle { archive, root: format!("{}{ROOT_SUFFIX}", executable.display()) }
    }

    /// The entry of a module's code, and whether it is a package.
    fn entry(&self, module: &str) -> Option<(String, bool)> {
        [false, true].into_iter().find_map(|is_package| {
            let name = layout::module_entry(module, is_package);
            self.archive.entry(&name).map(|_| (name, is_package))
        })
    }

    /// The content of an entry. A damaged one counts as absent for files; modules say what is wrong.
    fn content(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.archive.read(name).ok()
    }
}

impl ModuleSource for Bundle {
    fn find(&self, name: &str) -> Option<FrozenModule> {
        let (_, is_package) = self.entry(name)?;
        let filename = shown(&self.root, &layout::source_path(name, is_package));
        Some(FrozenModule { is_package, filename })
    }

    fn code(&self, name: &str) -> Result<Cow<'_, [u8]>, String> {
        let (entry, _) = self.entry(name).ok_or_else(|| format!("there is no module {name}"))?;
        self.archive.read(&entry).map_err(|error| error.to_string())
    }

    fn source(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let (_, is_package) = self.entry(name)?;
        let path = layout::source_path(name, is_package);
        let bundled = self.content(&format!("{}{path}", layout::LIB));
        bundled.or_else(|| self.content(&format!("{}{path}", layout::SOURCES)))
    }

    fn root(&self) -> &str {
        &self.root
    }

    fn stat(&self, path: &str) -> Option<VirtualStat> {
        match self.archive.stat(&inside(path))? {
            Stat::File { len } => Some(VirtualStat::File { len: len as u64 }),
            Stat::Dir => Some(VirtualStat::Dir),
        }
    }

    fn list(&self, path: &str) -> Option<Vec<(String, bool)>> {
        let path = inside(path);
        if self.archive.stat(&path)? != Stat::Dir {
            return None;
        }
        let entries = self.archive.list_dir(&path);
        Some(entries.iter().map(|entry| (entry.name.to_owned(), entry.is_dir)).collect())
    }

    fn read(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        self.content(&inside(path))
    }
}

/// The name in the archive of a path below the root.
fn inside(path: &str) -> String {
    let lib = layout::LIB.trim_end_matches('/');
    if path.is_empty() { lib.to_owned() } else { format!("{lib}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freeze_payload::write::{ArchiveWriter, Packed};

    fn bundle() -> Bundle {
        let mut writer = ArchiveWriter::new();
        for (name, content) in [
            ("lib/app.pyc", "code"),
            ("lib/app.py", "source"),
            ("lib/pkg/__init__.pyc", "package"),
            ("lib/pkg/data.txt", "data"),
            ("src/pkg/__init__.py", "library source"),
        ] {
            writer.add(name, Packed::store(content.as_bytes())).unwrap();
        }
        let bytes = writer.finish().unwrap().leak();
        Bundle::new(Archive::open(bytes).unwrap(), Path::new("/bin/app"))
    }

    #[test]
    fn modules_are_found() {
        let bundle = bundle();
        let found = bundle.find("pkg").unwrap();
        assert_eq!((found.is_package, found.filename.as_str()), (true, "/bin/app.bundle/pkg/__init__.py"));
        assert!(!bundle.find("app").unwrap().is_package);
        assert!(bundle.find("pkg.data").is_none());
        assert_eq!(*bundle.code("app").unwrap(), *b"code");
        assert!(bundle.code("other").is_err());
        assert_eq!(bundle.source("app").as_deref(), Some(&b"source"[..]));
        assert_eq!(bundle.source("pkg").as_deref(), Some(&b"library source"[..]));
    }

    #[test]
    fn files_are_seen_below_the_root() {
        let bundle = bundle();
        assert_eq!(bundle.stat(""), Some(VirtualStat::Dir));
        assert_eq!(bundle.stat("pkg"), Some(VirtualStat::Dir));
        assert_eq!(bundle.stat("pkg/data.txt"), Some(VirtualStat::File { len: 4 }));
        assert_eq!(bundle.stat("src"), None, "the library's sources are no files of the program");
        assert_eq!(bundle.read("pkg/data.txt").as_deref(), Some(&b"data"[..]));
        let names: Vec<String> = bundle.list("").unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["app.py", "app.pyc", "pkg"]);
        assert!(bundle.list("app.pyc").is_none());
    }
}
