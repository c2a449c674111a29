//! Where things are: the workspace, our binary, a CPython to compare with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace's Cargo.toml.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// `path` as the user wrote it, made absolute so that tasks may change folders.
pub(crate) fn absolute(path: &str) -> PathBuf {
    let path = PathBuf::from(path);
    if path.components().count() > 1 || path.exists() { std::path::absolute(&path).unwrap_or(path) } else { path }
}

/// Writes a file aside and renames it into place, so that nobody sees half of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".part");
    let written = fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, path));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// A command that runs Python programs: CPython, or our `freeze`, which wants the word `run` first.
#[derive(Clone, Debug)]
pub(crate) struct Python {
    pub(crate) program: PathBuf,
    pub(crate) before: Vec<String>,
}

impl Python {
    /// The interpreter behind `path`; a binary whose name begins with `freeze` is run as `freeze run`.
    pub(crate) fn new(path: &str) -> Python {
        let program = absolute(path);
        let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let before = if name.starts_with("freeze") { vec!["run".to_owned()] } else { Vec::new() };
        Python { program, before }
    }

    /// Whether this is the whole tool, which can freeze as well as run.
    pub(crate) fn can_freeze(&self) -> bool {
        !self.before.is_empty()
    }

    /// A command that runs Python; the caller adds the script and its arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.before);
        command
    }
}

/// Copies a file or a folder, without caches of compiled sources.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot copy {}: {error}", from.display());
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
        return fs::copy(from, to).map(|_| ()).map_err(failed);
    }
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if name != "__pycache__" {
            copy(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}

/// The `freeze` that was built last with optimisation, else the one built last at all.
pub(crate) fn our_binary() -> Result<Python, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    ["dist", "release", "debug"]
        .iter()
        .map(|profile| target.join(profile).join("freeze"))
        .find(|path| path.is_file())
        .map(|path| Python::new(&path.to_string_lossy()))
        .ok_or_else(|| "no freeze binary under target/: run `cargo xtask build`, or name one with --bin".to_owned())
}

/// The interpreter named by `option`, else our own.
pub(crate) fn binary_or(option: Option<String>) -> Result<Python, String> {
    option.map_or_else(our_binary, |path| Ok(Python::new(&path)))
}

/// CPython 3.13: the one named, else pyenv's, else `python3.13` on the path. The error says why there is none.
pub(crate) fn cpython(option: Option<String>) -> Result<PathBuf, String> {
    if let Some(path) = option {
        return Ok(absolute(&path));
    }
    let pyenv = Command::new("pyenv").args(["prefix", "3.13.0"]).output();
    if let Ok(output) = pyenv
        && output.status.success()
    {
        let prefix = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        return Ok(Path::new(&prefix).join("bin/python3"));
    }
    let found = Command::new("python3.13").arg("-V").output();
    match found {
        Ok(output) if output.status.success() => Ok(PathBuf::from("python3.13")),
        _ => Err("no CPython 3.13 here (tried pyenv and python3.13 on the path)".to_owned()),
    }
}

/// The Python files that lie in a folder, sorted.
pub(crate) fn python_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == "py"));
    found.sort();
    Ok(found)
}
