//! What pyproject.toml says: `[project.scripts]`, and the options under `[tool.freeze]`.

use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Table, Value};

use crate::error::{Error, Result};
use crate::look::About;

/// The parts of a pyproject.toml that freeze reads.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The folder of the file.
    pub folder: PathBuf,
    pub about: About,
    /// `[project.scripts]` and `[project.gui-scripts]`: name and `module:function`.
    pub scripts: Vec<(String, String)>,
    /// `[tool.freeze]`: option (without dashes) and values; a flag has the value `true`.
    pub options: Vec<(String, Vec<String>)>,
}

/// Options that may stand in `[tool.freeze]`, with whether they take a value.
const KEYS: &[(&str, bool)] = &[
    ("add-data", true),
    ("collect-all", true),
    ("collect-data", true),
    ("collect-submodules", true),
    ("console", false),
    ("copy-metadata", true),
    ("entry", true),
    ("exclude-module", true),
    ("hidden-import", true),
    ("icon", true),
    ("include-source", false),
    ("manifest", true),
    ("module", true),
    ("name", true),
    ("osx-bundle-identifier", true),
    ("output", true),
    ("paths", true),
    ("report", true),
    ("script", true),
    ("site-packages", true),
    ("target", true),
    ("uac-admin", false),
    ("uac-uiaccess", false),
    ("unbuffered", false),
    ("unsealed", false),
    ("version-file", true),
    ("version-info", true),
    ("windowed", false),
];

impl Project {
    /// The project of a folder, or of the nearest one above it; `None` if there is no pyproject.toml.
    pub fn find(from: &Path) -> Result<Option<Project>> {
        let start = std::path::absolute(from).unwrap_or_else(|_| from.to_path_buf());
        for folder in start.ancestors() {
            let file = folder.join("pyproject.toml");
            if file.is_file() {
                return Project::read(&file).map(Some);
            }
        }
        Ok(None)
    }

    /// Reads a pyproject.toml.
    pub fn read(file: &Path) -> Result<Project> {
        let text = std::fs::read_to_string(file).map_err(|e| Error::io("read", file, e))?;
        let document = Document::parse(text.as_str()).map_err(|e| Error::Usage {
            message: format!("{}: not valid TOML: {}", file.display(), e.to_string().trim_end()),
            help: String::new(),
        })?;
        let root = document.as_table();
        let mut project =
            Project { folder: file.parent().unwrap_or(Path::new(".")).to_path_buf(), ..Project::default() };
        if let Some(table) = table(root, "project") {
            let text = |key: &str| table.get(key).and_then(Item::as_str).map(str::to_string);
            let author = |author: &Value| {
                let author = author.as_inline_table()?;
                let field = |key: &str| author.get(key).and_then(Value::as_str);
                field("name").or(field("email")).map(str::to_string)
            };
            let authors = table.get("authors").and_then(Item::as_array);
            project.about = About {
                name: text("name"),
                version: text("version"),
                description: text("description"),
                authors: authors.into_iter().flat_map(|all| all.iter().filter_map(author)).collect(),
            };
            for key in ["scripts", "gui-scripts"] {
                for (name, value) in table.get(key).and_then(Item::as_table_like).into_iter().flat_map(|t| t.iter()) {
                    if let Some(entry) = value.as_str() {
                        project.scripts.push((name.to_string(), entry.to_string()));
                    }
                }
            }
        }
        let freeze = table(root, "tool").and_then(|t| t.get("freeze"));
        for (key, item) in freeze.and_then(Item::as_table_like).into_iter().flat_map(|t| t.iter()) {
            let name = key.replace('_', "-");
            let Some((_, takes_value)) = KEYS.iter().find(|(k, _)| *k == name) else {
                let known: Vec<&str> = KEYS.iter().map(|(k, _)| *k).collect();
                return Err(Error::usage(
                    format!("{}: [tool.freeze] has no key '{key}'", file.display()),
                    format!("the keys are: {}", known.join(", ")),
                ));
            };
            let values = item.as_value().and_then(|v| texts(v, *takes_value)).ok_or_else(|| {
                let kind = if *takes_value { "a text or a list of texts" } else { "true or false" };
                Error::usage(format!("{}: [tool.freeze] {key} must be {kind}", file.display()), "")
            })?;
            project.options.push((name, values));
        }
        Ok(project)
    }

    /// The values of an option.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.options.iter().filter(|(n, _)| n == name).flat_map(|(_, v)| v.clone()).collect()
    }

    /// Whether a flag is set.
    pub fn flag(&self, name: &str) -> bool {
        !self.values(name).is_empty()
    }
}

fn table<'t>(parent: &'t Table, name: &str) -> Option<&'t dyn toml_edit::TableLike> {
    parent.get(name).and_then(Item::as_table_like)
}

fn texts(value: &Value, takes_value: bool) -> Option<Vec<String>> {
    match value {
        Value::Boolean(b) if !takes_value => Some(if *b.value() { vec!["true".to_string()] } else { Vec::new() }),
        Value::String(s) if takes_value => Some(vec![s.value().clone()]),
        Value::Array(items) if takes_value => items.iter().map(|v| v.as_str().map(str::to_string)).collect(),
        _ => None,
    }
}
