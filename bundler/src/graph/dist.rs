//! Installed distributions: what `*.dist-info` and `*.egg-info` say of the files, the metadata and the entry points.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

/// One installed distribution.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// Its name as `METADATA` spells it.
    pub name: String,
    pub version: String,
    /// The `.dist-info` or `.egg-info` folder (or file).
    pub info: PathBuf,
    /// The site-packages folder.
    pub site: PathBuf,
    /// Its files, relative to `site`, the metadata left out.
    pub files: Vec<PathBuf>,
    /// `module` of every entry point, in order.
    pub entry_modules: Vec<String>,
    /// The same without the scripts: what other distributions may look for.
    pub plugin_modules: Vec<String>,
    /// The names of the distributions that it needs, extras left out.
    pub requires: Vec<String>,
}

/// All distributions of the site-packages folders, and which file belongs to which.
#[derive(Debug, Default)]
pub struct Distributions {
    pub all: Vec<Distribution>,
    by_file: HashMap<PathBuf, usize>,
    /// Top-level folders and files of distributions that list no files.
    by_top: HashMap<PathBuf, usize>,
    by_name: BTreeMap<String, usize>,
}

impl Distribution {
    /// The names under which its modules are imported.
    pub fn top_modules(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for file in self.files.iter().filter(|f| f.extension().is_some_and(|e| e == "py")) {
            let Some(first) = file.components().next() else { continue };
            let first = first.as_os_str().to_string_lossy();
            let name = first.strip_suffix(".py").unwrap_or(&first).to_string();
            if super::names::is_dotted_name(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl Distributions {
    /// Reads the distributions of these folders. `pth` gives the folders that `.pth` files add, and those files.
    pub fn read(sites: &[PathBuf], pth: &[(PathBuf, PathBuf)]) -> Distributions {
        let mut found = Distributions::default();
        for site in sites {
            let mut infos: Vec<PathBuf> = std::fs::read_dir(site)
                .into_iter()
                .flatten()
                .flatten()
                .map(|e| e.path())
                .filter(|p| p.extension().is_some_and(|e| e == "dist-info" || e == "egg-info"))
                .collect();
            infos.sort();
            for info in infos {
                found.add(site, info, pth);
            }
        }
        found
    }

    fn add(&mut self, site: &Path, info: PathBuf, pth: &[(PathBuf, PathBuf)]) {
        let metadata = ["METADATA", "PKG-INFO"].iter().find_map(|n| std::fs::read(info.join(n)).ok());
        let metadata = metadata.or_else(|| std::fs::read(&info).ok()).unwrap_or_default();
        let metadata = String::from_utf8_lossy(&metadata).into_owned();
        let header = |key: &str| {
            let lines = metadata.lines().take_while(|l| !l.is_empty());
            lines
                .filter_map(|l| l.split_once(':'))
                .find(|(k, _)| k.eq_ignore_ascii_case(key))
                .map(|(_, v)| v.trim().to_string())
        };
        let lines = metadata.lines().take_while(|l| !l.is_empty()).filter_map(|l| l.split_once(':'));
        let requires = lines.filter(|(k, _)| k.eq_ignore_ascii_case("Requires-Dist")).filter_map(|(_, v)| required(v));
        let requires = requires.collect();
        let entry_points = std::fs::read(info.join("entry_points.txt")).unwrap_or_default();
        let stem = info.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (stem_name, stem_version) = stem.split_once('-').unwrap_or((&stem, ""));
        let mut dist = Distribution {
            name: header("Name").unwrap_or_else(|| stem_name.to_string()),
            version: header("Version").unwrap_or_else(|| stem_version.to_string()),
            site: site.to_path_buf(),
            files: Vec::new(),
            entry_modules: entry_modules(&entry_points, true),
            plugin_modules: entry_modules(&entry_points, false),
            requires,
            info,
        };
        let number = self.all.len();
        if let Ok(record) = std::fs::read_to_string(dist.info.join("RECORD")) {
            let info_name = dist.info.file_name().map(PathBuf::from).unwrap_or_default();
            for line in record.lines() {
                let path = PathBuf::from(csv_field(line));
                let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
                if plain && !path.starts_with(&info_name) {
                    self.by_file.insert(site.join(&path), number);
                    dist.files.push(path);
                }
            }
        } else {
            let tops = std::fs::read_to_string(dist.info.join("top_level.txt")).unwrap_or_default();
            let mut names: Vec<&str> = tops.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
            if names.is_empty() {
                names.push(stem_name);
            }
            for name in names {
                self.by_top.insert(site.join(name), number);
                self.by_top.insert(site.join(format!("{name}.py")), number);
            }
        }
        // An editable install records only the `.pth` file: what lies in the folder that it names is the distribution's.
        for (dir, file) in pth {
            if dist.files.iter().any(|f| site.join(f) == *file) {
                self.by_top.insert(dir.clone(), number);
            }
        }
        self.by_name.entry(normal(&dist.name)).or_insert(number);
        self.all.push(dist);
    }

    /// The distribution that a file belongs to.
    pub fn of_file(&self, file: &Path) -> Option<usize> {
        self.by_file.get(file).copied().or_else(|| file.ancestors().find_map(|a| self.by_top.get(a)).copied())
    }

    /// The distribution of this name, however its dashes and dots are written.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.by_name.get(&normal(name)).copied()
    }
}

/// PEP 503: lower case, runs of `-`, `_`, `.` as one dash.
pub fn normal(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// The first field of a RECORD row.
fn csv_field(line: &str) -> String {
    match line.strip_prefix('"') {
        Some(rest) => {
            let mut out = String::new();
            let mut chars = rest.chars().peekable();
            while let Some(c) = chars.next() {
                if c != '"' {
                    out.push(c);
                } else if chars.peek() == Some(&'"') {
                    chars.next();
                    out.push('"');
                } else {
                    break;
                }
            }
            out
        }
        None => line.split(',').next().unwrap_or_default().to_string(),
    }
}

/// The distribution that a `Requires-Dist` names (PEP 508), unless it belongs to an extra.
fn required(value: &str) -> Option<String> {
    let (requirement, marker) = value.split_once(';').unwrap_or((value, ""));
    if marker.contains("extra") {
        return None;
    }
    let requirement = requirement.trim();
    let end =
        requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(requirement.len());
    (end > 0).then(|| requirement[..end].to_string())
}

/// The modules that an `entry_points.txt` names, those of `console_scripts` and the like only with `scripts`.
fn entry_modules(text: &[u8], scripts: bool) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let mut modules = Vec::new();
    let mut wanted = true;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(group) = line.strip_prefix('[') {
            wanted = scripts || !matches!(group.trim_end_matches(']').trim(), "console_scripts" | "gui_scripts");
            continue;
        }
        if !wanted {
            continue;
        }
        let Some((_, value)) = line.split_once('=') else { continue };
        let module = value.split([':', '[']).next().unwrap_or_default().trim();
        if super::names::is_dotted_name(module) && !modules.iter().any(|m| m == module) {
            modules.push(module.to_string());
        }
    }
    modules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        assert_eq!(normal("Ruamel.YAML__clib"), "ruamel-yaml-clib");
    }

    #[test]
    fn entry_points_name_modules() {
        let text = b"[console_scripts]\nyamllint = yamllint.cli:run\n\n[x.y]\na = pkg.mod [extra]\nb=pkg.mod:f\n";
        assert_eq!(entry_modules(text, true), ["yamllint.cli", "pkg.mod"]);
        assert_eq!(entry_modules(text, false), ["pkg.mod"]);
    }

    #[test]
    fn requirements_name_distributions() {
        assert_eq!(required(" mccabe<0.8.0,>=0.7.0").as_deref(), Some("mccabe"));
        assert_eq!(required("ruamel.yaml (>=1)").as_deref(), Some("ruamel.yaml"));
        assert_eq!(required("tomli>=1.1; python_version < '3.11'").as_deref(), Some("tomli"));
        assert_eq!(required("colorama[x]; extra == 'colour'"), None);
    }

    #[test]
    fn record_fields_may_be_quoted() {
        assert_eq!(csv_field("\"a,\"\"b\"\".py\",sha256=x,1"), "a,\"b\".py");
        assert_eq!(csv_field("a/b.py,,"), "a/b.py");
    }
}
