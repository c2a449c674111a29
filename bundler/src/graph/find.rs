//! Where modules are: the search path, and what Python's path finder would find on it.
//!
//! A folder is listed once and then answered from memory, so that a lookup of five hundred modules costs as many listings
//! as there are folders.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What kind of place a search path entry is. The library is searched between the program's own folders and the
/// installed packages, as under CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The program's folder.
    Program,
    /// A folder named with `--paths`.
    Paths,
    /// A site-packages folder, or one that a `.pth` file in it names.
    Site,
}

/// A folder on the search path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub dir: PathBuf,
    pub origin: Origin,
}

/// A module as it was found on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// `name.py`, or `name/__init__.py` if it is a package. `root` is the search path entry's index.
    Source { file: PathBuf, is_package: bool, root: usize },
    /// Machine code.
    Extension { file: PathBuf },
    /// A folder without `__init__.py`, or several of one name (PEP 420).
    Namespace { parts: Vec<(PathBuf, usize)> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Dir,
}

/// The names in one folder.
type Listing = Rc<BTreeMap<String, Kind>>;

/// The folders to search, with their listings.
#[derive(Debug, Default)]
pub struct SearchPath {
    pub entries: Vec<Entry>,
    listings: RefCell<HashMap<PathBuf, Listing>>,
}

impl SearchPath {
    /// A search path of these folders, in this order.
    pub fn new(entries: Vec<Entry>) -> SearchPath {
        SearchPath { entries, listings: RefCell::default() }
    }

    /// Finds a top-level module in the entries whose origin `of` accepts.
    pub fn find_top(&self, name: &str, of: impl Fn(Origin) -> bool) -> Option<Found> {
        let places = self.entries.iter().enumerate().filter(|(_, e)| of(e.origin));
        self.find(name, places.map(|(i, e)| (e.dir.clone(), i)))
    }

    /// Finds a module in these folders (a package's `__path__`).
    pub fn find(&self, name: &str, places: impl IntoIterator<Item = (PathBuf, usize)>) -> Option<Found> {
        let mut parts = Vec::new();
        for (dir, root) in places {
            let listing = self.list(&dir);
            let below = dir.join(name);
            if listing.get(name) == Some(&Kind::Dir) {
                if self.list(&below).get("__init__.py") == Some(&Kind::File) {
                    return Some(Found::Source { file: below.join("__init__.py"), is_package: true, root });
                }
                if let Some(file) = self.extension(&below, "__init__") {
                    return Some(Found::Extension { file });
                }
            }
            let source = format!("{name}.py");
            if listing.get(&source) == Some(&Kind::File) {
                return Some(Found::Source { file: dir.join(source), is_package: false, root });
            }
            if let Some(file) = self.extension(&dir, name) {
                return Some(Found::Extension { file });
            }
            if listing.get(name) == Some(&Kind::Dir) {
                parts.push((below, root));
            }
        }
        if parts.is_empty() { None } else { Some(Found::Namespace { parts }) }
    }

    /// `name.so`, `name.cpython-314-….so`, `name.abi3.so`, `name.pyd` in a folder.
    fn extension(&self, dir: &Path, name: &str) -> Option<PathBuf> {
        let start = format!("{name}.");
        let listing = self.list(dir);
        let mut after = listing.range(start.clone()..).take_while(|(file, _)| file.starts_with(&start));
        let (file, _) = after.find(|(file, kind)| {
            **kind == Kind::File && (file.ends_with(".so") || file.ends_with(".pyd")) && {
                let middle = &file[start.len()..];
                !middle.contains('.')
                    || middle.starts_with("cpython-")
                    || middle.starts_with("abi3.")
                    || middle.starts_with("cp3")
            }
        })?;
        Some(dir.join(file))
    }

    /// The names of the modules directly in a folder, in order, with whether each is a package or namespace folder.
    pub fn modules_in(&self, dir: &Path) -> Vec<String> {
        let mut names = Vec::new();
        for (file, kind) in self.list(dir).iter() {
            let name = match kind {
                Kind::File => match file.strip_suffix(".py") {
                    Some(stem) if stem != "__init__" && stem != "__main__" => stem,
                    _ => continue,
                },
                Kind::Dir if self.list(&dir.join(file)).contains_key("__init__.py") => file,
                Kind::Dir => continue,
            };
            // Names that no import statement could spell can still be put together at run time.
            if name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
                names.push(name.to_string());
            }
        }
        names.sort();
        names.dedup();
        names
    }

    fn list(&self, dir: &Path) -> Listing {
        if let Some(known) = self.listings.borrow().get(dir) {
            return known.clone();
        }
        let mut names = BTreeMap::new();
        if let Ok(entries) = std::fs::read_dir(dir) {
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                let kind = match entry.file_type() {
                    Ok(t) if t.is_dir() => Kind::Dir,
                    Ok(t) if t.is_file() => Kind::File,
                    // A link is what it leads to.
                    _ => match std::fs::metadata(entry.path()) {
                        Ok(m) if m.is_dir() => Kind::Dir,
                        Ok(_) => Kind::File,
                        Err(_) => continue,
                    },
                };
                names.insert(name, kind);
            }
        }
        let listing = Rc::new(names);
        self.listings.borrow_mut().insert(dir.to_path_buf(), listing.clone());
        listing
    }
}

/// The site-packages folder of the environment that is active, if one is: `$VIRTUAL_ENV`, else a `.venv` beside the
/// program.
pub fn active_site_packages(program_dir: &Path) -> Vec<PathBuf> {
    let active = std::env::var_os("VIRTUAL_ENV").map(PathBuf::from).filter(|p| !p.as_os_str().is_empty());
    let beside = || Some(program_dir.join(".venv")).filter(|p| p.join("pyvenv.cfg").is_file());
    match active.or_else(beside) {
        Some(venv) => site_packages_of(&venv),
        None => Vec::new(),
    }
}

/// The site-packages folders inside an environment.
pub fn site_packages_of(venv: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for lib in ["lib", "lib64"] {
        let mut versions: Vec<PathBuf> = std::fs::read_dir(venv.join(lib))
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("python")))
            .map(|p| p.join("site-packages"))
            .filter(|p| p.is_dir())
            .collect();
        versions.sort();
        found.extend(versions);
    }
    found.push(venv.join("Lib").join("site-packages"));
    // `lib64` is most often a link to `lib`.
    let mut seen = Vec::new();
    found.retain(|dir| match dir.canonicalize() {
        Ok(real) if !seen.contains(&real) => {
            seen.push(real);
            true
        }
        _ => false,
    });
    found
}

/// The folders that the `.pth` files of a site-packages folder add, with the file that names each. Lines of code
/// (`import …`) are not run; those of setuptools' editable installs are understood by [`editable_modules`].
pub fn pth_entries(site: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for file in pth_files(site) {
        for line in read_lines(&file) {
            if line.is_empty() || line.starts_with('#') || line.starts_with("import ") || line.starts_with("import\t") {
                continue;
            }
            let dir = site.join(&line);
            if dir.is_dir() {
                found.push((dir, file.clone()));
            }
        }
    }
    found
}

/// Top-level modules that setuptools' editable finders (`import __editable___NAME_finder`) map to paths.
pub fn editable_modules(site: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for file in pth_files(site) {
        for line in read_lines(&file) {
            let Some(rest) = line.strip_prefix("import __editable__") else { continue };
            let module = format!("__editable__{}", rest.split([';', ' ']).next().unwrap_or_default());
            let Ok(source) = std::fs::read_to_string(site.join(format!("{module}.py"))) else { continue };
            let Ok(parsed) = rustpython_parser::parse_module(&source) else { continue };
            found.extend(mapping(&parsed.into_suite()));
        }
    }
    found
}

/// The text pairs of `MAPPING = {…}`.
fn mapping(body: &[rustpython_ast::Stmt]) -> Vec<(String, PathBuf)> {
    use rustpython_ast::{Expr, Stmt};
    let is_mapping = |target: &Expr| matches!(target, Expr::Name(n) if n.id.as_str() == "MAPPING");
    for stmt in body {
        let value = match stmt {
            Stmt::Assign(a) if a.targets.iter().any(is_mapping) => &*a.value,
            Stmt::AnnAssign(a) if is_mapping(&a.target) => match &a.value {
                Some(value) => &**value,
                None => continue,
            },
            _ => continue,
        };
        let Expr::Dict(dict) = value else { continue };
        let text = |e: &Expr| match e {
            Expr::StringLiteral(s) => Some(s.value.to_str().to_string()),
            _ => None,
        };
        return dict
            .items
            .iter()
            .filter_map(|item| Some((text(item.key.as_ref()?)?, PathBuf::from(text(&item.value)?))))
            .collect();
    }
    Vec::new()
}

fn pth_files(site: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(site)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "pth"))
        .collect();
    files.sort();
    files
}

fn read_lines(file: &Path) -> Vec<String> {
    let text = std::fs::read(file).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
    text.lines().map(|l| l.trim().to_string()).collect()
}
