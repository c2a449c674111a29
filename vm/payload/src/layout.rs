//! The names of entries in an archive.
//!
//! `lib/` is the virtual file system that a frozen program sees under its virtual root (`sys._MEIPASS`): what lies at
//! `lib/pkg/data.txt` is opened as `ROOT/pkg/data.txt`. A module `pkg.mod` lies at `lib/pkg/mod.pyc`, a package's own
//! code at `lib/pkg/__init__.pyc`, the program itself at `lib/__main__.pyc`. Such an entry is marshalled code without a
//! `.pyc` header. The `co_filename` in it is relative to the root and has the suffix of the source (`pkg/mod.py`); the
//! runtime puts the root in front. A source that was bundled lies beside its code (`lib/pkg/mod.py`).
//!
//! The archive of the embedded standard library holds `lib/` in the same form, and under `src/` the sources, which
//! the bundler takes only when asked to.

/// The entry that holds the [`crate::Manifest`].
pub const MANIFEST: &str = "freeze/manifest";

/// What the names of the virtual file system begin with.
pub const LIB: &str = "lib/";

/// What the names of sources in the standard library's archive begin with.
pub const SOURCES: &str = "src/";

/// The suffix of code entries.
pub const CODE_SUFFIX: &str = ".pyc";

/// The name of the program's own module.
pub const MAIN_MODULE: &str = "__main__";

/// The entry of a module's code.
pub fn module_entry(module: &str, is_package: bool) -> String {
    let tail = if is_package { "/__init__" } else { "" };
    format!("{LIB}{}{tail}{CODE_SUFFIX}", module.replace('.', "/"))
}

/// The module whose code an entry holds, and whether it is a package; `None` for entries that hold something else.
pub fn module_of(entry: &str) -> Option<(String, bool)> {
    let path = entry.strip_prefix(LIB)?.strip_suffix(CODE_SUFFIX)?;
    match path.strip_suffix("/__init__") {
        Some(package) => Some((package.replace('/', "."), true)),
        None => Some((path.replace('/', "."), false)),
    }
}

/// The path of a module's source under the virtual root: the `co_filename` of its code.
pub fn source_path(module: &str, is_package: bool) -> String {
    let tail = if is_package { "/__init__" } else { "" };
    format!("{}{tail}.py", module.replace('.', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_entries_correspond() {
        for (module, is_package, entry) in
            [("a", false, "lib/a.pyc"), ("a.b", false, "lib/a/b.pyc"), ("a.b", true, "lib/a/b/__init__.pyc")]
        {
            assert_eq!(module_entry(module, is_package), entry);
            assert_eq!(module_of(entry), Some((module.to_owned(), is_package)));
        }
        assert_eq!(module_of("lib/a/data.txt"), None);
        assert_eq!(module_of("src/a.py"), None);
        assert_eq!(source_path("a.b", true), "a/b/__init__.py");
    }
}
