//! Compiles every module of the standard library and verifies every code object.
//!
//! `FREEZE_COMPILE=DIR` names another folder to compile, for a look at more source.

mod common;

use std::path::{Path, PathBuf};

use freeze_compiler::{Mode, Options, compile_bytes};

fn python_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "py") {
            out.push(path);
        }
    }
}

/// Where cargo keeps the library's sources.
fn library() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    registries.flatten().map(|r| r.path().join("rustpython-pylib-0.6.0/Lib")).find(|p| p.is_dir())
}

/// Sources that are meant to be refused.
fn is_meant_to_fail(path: &Path) -> bool {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    name.starts_with("bad") || path.components().any(|c| matches!(c.as_os_str().to_str(), Some("bad" | "tokenizedata")))
}

#[test]
fn the_whole_library_compiles() {
    let folder = match std::env::var_os("FREEZE_COMPILE") {
        Some(folder) => Some(PathBuf::from(folder)),
        None => library(),
    };
    let Some(folder) = folder else {
        eprintln!("the library's sources are not at hand: nothing compiled");
        return;
    };
    let mut files = Vec::new();
    python_files(&folder, &mut files);
    files.sort();
    let mut failures = Vec::new();
    let start = std::time::Instant::now();
    let mut instructions = 0;
    for path in files.iter().filter(|p| !is_meant_to_fail(p)) {
        let Ok(source) = std::fs::read(path) else {
            continue;
        };
        let name = path.display().to_string();
        match compile_bytes(&source, &name, Mode::Exec, &Options::default()) {
            Ok(compiled) => {
                instructions += compiled.code.instrs.len();
                if let Err(error) = freeze_bytecode::verify::verify(&compiled.code) {
                    failures.push(format!("{name}: {error}"));
                }
                if let Err(error) = common::check_registers(&compiled.code) {
                    failures.push(format!("{name}: {error}"));
                }
            }
            Err(error) => failures.push(error.to_string()),
        }
    }
    eprintln!("{} files, {instructions} instructions at module level, {:?}", files.len(), start.elapsed());
    for failure in failures.iter().take(60) {
        eprintln!("{failure}");
    }
    assert!(failures.is_empty(), "{} files failed", failures.len());
}
