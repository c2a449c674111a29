//! The licences of everything inside a release: of the crates that freeze and the stubs are made of on any target, of Rust's own
//! library, of the C libraries that are linked in, and of Python's library.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{build, paths};

/// A part of the release: its name with its version, and what its licence is called.
struct Part {
    name: String,
    licence: String,
    texts: Vec<String>,
}

/// The whole text.
pub(super) fn of_everything() -> Result<String, String> {
    let mut parts = crates()?;
    parts.extend(others()?);
    // Many parts share a text, word for word.
    let mut by_text: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    for part in &parts {
        for text in &part.texts {
            by_text.entry(text).or_default().push(part);
        }
    }
    let mut out = String::from(
        "freeze, and the programs that it makes, contain the works below. First each with the name of its licence, then the texts.\n\n",
    );
    for part in &parts {
        out.push_str(&format!("  {}: {}\n", part.name, part.licence));
    }
    let mut groups: Vec<(&str, Vec<&Part>)> = by_text.into_iter().collect();
    groups.sort_by(|a, b| a.1[0].name.cmp(&b.1[0].name).then(a.0.cmp(b.0)));
    for (text, of) in groups {
        let names: Vec<&str> = of.iter().map(|part| part.name.as_str()).collect();
        out.push_str(&format!("\n{}\n{}\n\n{text}\n", "-".repeat(100), names.join(", ")));
    }
    Ok(out)
}

/// The crates that freeze and its stubs are built of, whatever the target, without what only builds or tests them.
fn crates() -> Result<Vec<Part>, String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(["tree", "--locked", "--target", "all", "--edges", "normal", "--prefix", "none"]);
    command.args(["--package", "freeze", "--package", "freeze-stub", "--format", "{p}\t{l}"]);
    let output = command.current_dir(paths::root()).output().map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let registry = registry()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut parts = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (what, licence) = line.split_once('\t').unwrap_or((line, ""));
        let mut words = what.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let version = version.trim_start_matches('v');
        // What has a path behind it is ours.
        if what.contains(" (/") {
            continue;
        }
        let licence = licence.trim_end_matches(" (*)").to_owned();
        let folder = registry.iter().map(|folder| folder.join(format!("{name}-{version}"))).find(|f| f.is_dir());
        let folder = folder.ok_or_else(|| format!("cargo's registry has no sources of {name} {version}"))?;
        let mut texts = texts_in(&folder)?;
        if texts.is_empty() {
            texts.push(standard_text(&licence, name)?);
        }
        parts.insert(format!("{name} {version}"), (licence, texts));
    }
    Ok(parts.into_iter().map(|(name, (licence, texts))| Part { name, licence, texts }).collect())
}

/// The folders in which cargo keeps sources.
fn registry() -> Result<Vec<PathBuf>, String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let folder = home.ok_or("neither CARGO_HOME nor HOME is set")?.join("registry/src");
    let entries = fs::read_dir(&folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

/// The licence texts that lie in a folder, sorted by name.
fn texts_in(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "UNLICENSE", "NOTICE"].iter().any(|word| name.starts_with(word))
    });
    files.sort();
    files.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim_end().to_owned())
}

/// The text for a package that names its licence and brings no text of it.
fn standard_text(licence: &str, name: &str) -> Result<String, String> {
    if licence.split([' ', '/']).any(|word| word == "MIT") {
        let ours = read(&paths::root().join("LICENSE-MIT"))?;
        let (_, terms) = ours.split_once("\n\nPermission").ok_or("LICENSE-MIT is not what it was")?;
        return Ok(format!("Copyright (c) the authors of {name}\n\nPermission{terms}"));
    }
    Err(format!("{name} ({licence}) brings no licence text, and there is none for it in xtask/src/release/licences.rs"))
}

/// What is no crate of the registry.
fn others() -> Result<Vec<Part>, String> {
    let sysroot = PathBuf::from(build::sysroot()?);
    let part = |name: &str, licence: &str, texts: Vec<String>| Part {
        name: name.to_owned(),
        licence: licence.to_owned(),
        texts,
    };
    let root = paths::root();
    let rust = sysroot.join("share/doc/rust");
    let rust_text = |name: &str| read(&rust.join("licenses").join(name));
    let zig = zig_library()?;
    Ok(vec![
        part("Rust's standard library", "MIT OR Apache-2.0", vec![rust_text("MIT.txt")?, rust_text("Apache-2.0.txt")?]),
        part("musl (programs for linux-musl)", "MIT", vec![read(&zig.join("libc/musl/COPYRIGHT"))?]),
        part("mingw-w64 (programs for Windows)", "ZPL-2.1 and others", vec![read(&zig.join("libc/mingw/COPYING"))?]),
        part(
            "Python's library and its documentation strings",
            "PSF-2.0",
            vec![read(&root.join("xtask/src/release/PSF-2.0.txt"))?],
        ),
    ])
}

/// The folder of the libraries that zig links.
fn zig_library() -> Result<PathBuf, String> {
    let script = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'lib'))";
    let output = Command::new("python3").args(["-c", script]).output();
    match output {
        Ok(output) if output.status.success() => {
            Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()))
        }
        _ => Err("the licences of musl and mingw-w64 are taken from zig's package: pip install ziglang".to_owned()),
    }
}
