//! Files that are no modules: package data, metadata of distributions, and what `--add-data` names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::graph::dist::Distribution;
use crate::graph::{Graph, ModuleKind};

/// A file to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    pub source: PathBuf,
    /// Why it is there.
    pub why: String,
}

/// Files by their path under the virtual root.
pub type DataFiles = BTreeMap<String, DataFile>;

/// Suffixes of files that are code, or machine code that cannot be used.
const CODE: &[&str] = &["py", "pyc", "pyo", "so", "pyd", "dylib"];

/// All data of a graph: of every distribution that a module was taken from, and of every other package.
pub fn collect(graph: &Graph, extra_packages: &[String]) -> DataFiles {
    let mut files = DataFiles::new();
    for &number in &graph.taken {
        let dist = &graph.distributions.all[number];
        of_distribution(dist, &mut files);
    }
    for number in graph.taken.union(&graph.metadata) {
        metadata(&graph.distributions.all[*number], &mut files);
    }
    let mut seen = BTreeSet::new();
    for (name, module) in &graph.modules {
        let dir = match &module.kind {
            ModuleKind::Source { file: Some(file), is_package: true, .. } => file.parent(),
            _ => None,
        };
        let Some(dir) = dir else { continue };
        let listed = module.distribution.is_some_and(|d| !graph.distributions.all[d].files.is_empty());
        let wanted = extra_packages.iter().any(|p| p == name);
        // A folder inside one that was walked is done.
        if (listed && !wanted) || dir.ancestors().any(|a| seen.contains(a)) {
            continue;
        }
        seen.insert(dir.to_path_buf());
        let why = format!("data of package {name}");
        walk(dir, &name.replace('.', "/"), &why, &mut files);
    }
    for (name, module) in &graph.modules {
        if let ModuleKind::Namespace { dirs } = &module.kind
            && extra_packages.iter().any(|p| p == name)
        {
            for dir in dirs {
                walk(dir, &name.replace('.', "/"), &format!("data of package {name}"), &mut files);
            }
        }
    }
    files
}

/// The data files that a distribution lists in folders that hold modules of it.
fn of_distribution(dist: &Distribution, files: &mut DataFiles) {
    let top = |p: &Path| p.components().next().map(|c| c.as_os_str().to_os_string());
    let is_module = |p: &&PathBuf| p.extension().is_some_and(|e| e == "py") && p.components().count() > 1;
    let packages: BTreeSet<_> = dist.files.iter().filter(is_module).filter_map(|p| top(p)).collect();
    let why = format!("data of {}", dist.name);
    for file in &dist.files {
        if top(file).is_some_and(|t| packages.contains(&t)) && !is_code(file) {
            add(files, slashed(file), dist.site.join(file), &why);
        }
    }
}

/// All of a `.dist-info` or `.egg-info`.
fn metadata(dist: &Distribution, files: &mut DataFiles) {
    let why = format!("metadata of {}", dist.name);
    let name = dist.info.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if dist.info.is_dir() {
        walk(&dist.info, &name, &why, files);
    } else {
        add(files, name, dist.info.clone(), &why);
    }
}

/// `--add-data SRC:DEST`: a file, a folder's content, or a pattern with `*` in its last part, into folder DEST.
pub fn add_data(wish: &str, base: &Path, files: &mut DataFiles) -> Result<()> {
    let separator = if wish.contains(';') { ';' } else { ':' };
    let Some((source, dest)) = wish.rsplit_once(separator).filter(|(s, _)| !s.is_empty()) else {
        return Err(Error::usage(
            format!("--add-data {wish}: no destination"),
            "write SRC:DEST, DEST being a folder under the program's root; `.` is the root itself",
        ));
    };
    let dest_parts: Vec<_> = Path::new(dest).components().filter(|c| *c != Component::CurDir).collect();
    if dest_parts.iter().any(|c| !matches!(c, Component::Normal(_))) {
        return Err(Error::usage(
            format!("--add-data {wish}: the destination leaves the program's root"),
            "name a folder below the root; `.` is the root itself",
        ));
    }
    let dest = dest_parts.iter().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let under = |name: &str| if dest.is_empty() { name.to_string() } else { format!("{dest}/{name}") };
    let path = base.join(source);
    let why = "--add-data";
    if path.is_dir() {
        walk_all(&path, &dest, why, files, &|_| true);
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if path.is_file() {
        add(files, under(&name), path, why);
        return Ok(());
    }
    let mut matched = false;
    if name.contains('*')
        && let Some(folder) = path.parent()
    {
        for found in sorted_entries(folder) {
            let own = found.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if found.is_file() && fits(&name, &own) {
                matched = true;
                add(files, under(&own), found, why);
            }
        }
    }
    if matched {
        Ok(())
    } else {
        Err(Error::other(
            format!("--add-data {wish}: there is no {}", path.display()),
            "check the path; it counts from the current folder",
        ))
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => match name.strip_prefix(head) {
            None => false,
            Some(tail) => (0..=tail.len()).filter(|i| tail.is_char_boundary(*i)).any(|i| fits(rest, &tail[i..])),
        },
    }
}

fn walk(dir: &Path, under: &str, why: &str, files: &mut DataFiles) {
    walk_all(dir, under, why, files, &|path| !is_code(path));
}

fn walk_all(dir: &Path, under: &str, why: &str, files: &mut DataFiles, wanted: &dyn Fn(&Path) -> bool) {
    for path in sorted_entries(dir) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let below = if under.is_empty() { name.clone() } else { format!("{under}/{name}") };
        if path.is_dir() {
            // Version control, caches and environments are nobody's data.
            let skipped = name.starts_with('.') || name == "__pycache__" || path.join("pyvenv.cfg").is_file();
            if !skipped {
                walk_all(&path, &below, why, files, wanted);
            }
        } else if path.is_file() && wanted(&path) {
            add(files, below, path, why);
        }
    }
}

fn sorted_entries(dir: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    entries
}

fn add(files: &mut DataFiles, dest: String, source: PathBuf, why: &str) {
    files.entry(dest).or_insert_with(|| DataFile { source, why: why.to_string() });
}

fn is_code(path: &Path) -> bool {
    path.extension().is_some_and(|e| CODE.iter().any(|c| e == *c))
}

fn slashed(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_match_anything() {
        assert!(fits("*.json", "a.json"));
        assert!(fits("a*c*", "abcd"));
        assert!(!fits("*.json", "a.jsonx"));
        assert!(fits("*", "ä"));
    }
}
