//! `cargo xtask tidy`: the rules of the source tree that no compiler checks.
//!
//! Every Rust file opens with `//!`, stays under the length limit, has no unfinished code, and only the modules listed
//! here may contain `unsafe`. Every document that ARCHITECTURE.md links exists.

use crate::{TaskResult, args::Args, paths};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Lines that a file may have.
const LINE_LIMIT: usize = 900;

/// Tables and data that may be longer, by the end of their path.
const LONG_FILES: &[&str] = &[
    "vm/bytecode/src/table.rs",
    // One `match` over the opcodes: what is split off must not be on the fast path.
    "vm/runtime/src/interp/run.rs",
    // One type with one state each; to be split into reading and writing.
    "vm/stdlib/src/_io/buffered.rs",
    "vm/stdlib/src/_io/text.rs",
];

/// Where `unsafe` may stand: each opens with its invariant in prose.
const UNSAFE_ALLOWED: &[&str] = &[
    "vm/runtime/src/object/",
    "vm/runtime/src/vm/lock.rs",
    // The interpreter reaches registers, constants and inline caches through pointers that the verifier has bounded.
    "vm/runtime/src/interp/bind.rs",
    "vm/runtime/src/interp/calls.rs",
    "vm/runtime/src/interp/leave.rs",
    "vm/runtime/src/interp/ops_attrs.rs",
    "vm/runtime/src/interp/ops_calls.rs",
    "vm/runtime/src/interp/ops_names.rs",
    "vm/runtime/src/interp/run.rs",
    "vm/runtime/src/interp/stack.rs",
    "vm/runtime/src/interp/unwind.rs",
    // The system's C interface: every module of the folder is a thin, checked layer over libc.
    "vm/runtime/src/os/",
    // Types whose payload is a piece of the interpreter's stack, or that point at an object without owning it.
    "vm/runtime/src/types/code.rs",
    "vm/runtime/src/types/frame.rs",
    "vm/runtime/src/types/generator.rs",
    "vm/runtime/src/types/generator/",
    "vm/runtime/src/types/weakref.rs",
    // SQLite's C interface; the crate is nothing else.
    "vm/sqlite/src/lib.rs",
    // The stub maps its own file.
    "stub/src/image",
    "stub/src/section",
];

/// Folders below the root that hold our Rust sources.
const SOURCES: &[&str] = &["bundler", "stub", "vm", "xtask", "tests"];

/// Checks the tree, prints every offence as `path:line: what`, and fails if there is one.
pub(crate) fn run(args: Args) -> TaskResult {
    args.rest()?;
    let root = paths::root();
    let mut files = Vec::new();
    for folder in SOURCES {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let mut offences = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(file).map_err(|error| format!("cannot read {name}: {error}"))?;
        check_file(&name, &text, &mut offences);
    }
    check_links(&root, &mut offences);
    for offence in &offences {
        println!("{offence}");
    }
    println!("tidy: {} files, {} offences", files.len(), offences.len());
    Ok(if offences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn check_file(name: &str, text: &str, offences: &mut Vec<String>) {
    if !text.starts_with("//!") {
        offences.push(format!("{name}:1: the file does not open with `//!`, which says what it is"));
    }
    let lines = text.lines().count();
    if lines > LINE_LIMIT && !LONG_FILES.iter().any(|long| name.ends_with(long)) {
        offences.push(format!("{name}:{lines}: longer than {LINE_LIMIT} lines; split it by meaning"));
    }
    let may_unsafe = UNSAFE_ALLOWED.iter().any(|allowed| name.starts_with(allowed));
    // Spelled in two halves, so that this file does not find itself.
    let unfinished = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!(")];
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let code = line.split("//").next().unwrap_or_default();
        for word in unfinished {
            if code.contains(word) {
                offences.push(format!("{name}:{number}: `{word}…)` in the tree"));
            }
        }
        if line.contains(concat!("allow(", "unsafe_code)")) && !may_unsafe {
            offences.push(format!("{name}:{number}: unsafe is not allowed in this module"));
        }
        if let Some((_, after)) = line.split_once(concat!("// TO", "DO"))
            && after.trim_matches([':', ' ']).is_empty()
        {
            offences.push(format!("{name}:{number}: a note without a reason"));
        }
    }
}

/// Every relative link of ARCHITECTURE.md and README.md leads to a file.
fn check_links(root: &Path, offences: &mut Vec<String>) {
    for document in ["README.md", "ARCHITECTURE.md", "docs/ARCHITECTURE.md"] {
        let path = root.join(document);
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let base = path.parent().unwrap_or(root);
        for (number, line) in text.lines().enumerate() {
            for part in line.split("](").skip(1) {
                let link = part.split([')', '#']).next().unwrap_or_default();
                if !link.is_empty() && !link.contains("://") && !base.join(link).exists() {
                    offences.push(format!("{document}:{}: link to {link}, which does not exist", number + 1));
                }
            }
        }
    }
}
