//! Compiles the standard library (crate `rustpython-pylib`) into one archive: `freeze-library OUTPUT.zip`.
//!
//! The archive is laid out as `freeze_payload::layout` says: code under `lib/`, sources under `src/`. Modules that serve
//! only CPython's own people (tests, IDLE, demos) are left out. A module that cannot be compiled is reported and
//! left out as well. Beside the archive lies a key, a hash of this program and of the library's place; as long as it
//! fits, there is nothing to do.

mod measure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use freeze_bytecode::{marshal, pyc, verify};
use freeze_compiler::{Mode, Options, compile_bytes};
use freeze_payload::layout;
use freeze_payload::write::{ArchiveWriter, Packed, sha256};
use rayon::prelude::*;
use rustpython_pylib::LIB_PATH;

/// Library modules of our own.
const OWN_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vm/stdlib/python");

/// Folders and modules that no frozen program asks for.
const LEFT_OUT: &[&str] = &[
    "__hello__.py",
    "__phello__",
    "ensurepip",
    "idlelib",
    "test",
    "tests",
    "idle_test",
    "tkinter",
    "turtle.py",
    "turtledemo",
];

/// Where the library speaks of another interpreter: the module, what stands there, and what CPython has. `sysconfig` and `site`
/// tell tools by it where packages lie.
const EDITS: &[(&str, &str, &str)] = &[
    ("sysconfig/__init__.py", "    return 'RustPython'", "    return 'Python'"),
    ("site.py", "    return 'RustPython'", "    return 'Python'"),
    ("site.py", "{userbase}/lib/rustpython{version[0]}", "{userbase}/lib/python{version[0]}"),
];

/// Data files that modules open beside themselves.
const DATA: &[&str] = &["pydoc_data/_pydoc.css"];

fn main() -> ExitCode {
    let words: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let done = match words.as_slice() {
        [option, archive] if option.as_os_str() == "--measure" => measure::run(archive),
        [output] => build(output),
        _ => {
            eprintln!("usage: freeze-library OUTPUT.zip | --measure ARCHIVE.zip");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("freeze-library: {message}");
            ExitCode::FAILURE
        }
    }
}

fn build(output: &Path) -> Result<(), String> {
    let key_file = output.with_extension("zip.key");
    let key = key()?;
    if output.is_file() && fs::read_to_string(&key_file).is_ok_and(|found| found == key) {
        return Ok(());
    }
    let root = Path::new(LIB_PATH);
    let mut sources = Vec::new();
    for folder in [root, Path::new(OWN_PATH)] {
        let mut paths = Vec::new();
        collect(folder, "", &mut paths)?;
        sources.extend(paths.into_iter().map(|path| (folder, path)));
    }
    // A module of our own takes the place of the library's.
    let own: Vec<String> =
        sources.iter().filter(|(folder, _)| *folder == Path::new(OWN_PATH)).map(|(_, path)| path.clone()).collect();
    sources.retain(|(folder, path)| *folder != root || !own.contains(path));
    sources.sort();

    let compiled: Vec<Result<Module, String>> = sources.par_iter().map(|(root, path)| compile(root, path)).collect();
    let mut writer = ArchiveWriter::new();
    let mut failed = 0;
    let total = compiled.len();
    for module in compiled {
        match module {
            Ok(module) => {
                add(&mut writer, module.entry, module.code)?;
                add(&mut writer, module.source_entry, module.source)?;
            }
            Err(message) => {
                failed += 1;
                eprintln!("freeze-library: left out: {message}");
            }
        }
    }
    for path in DATA {
        let content = fs::read(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))?;
        add(&mut writer, format!("{}{path}", layout::LIB), Packed::deflate(content))?;
    }
    let archive = writer.finish().map_err(|error| error.to_string())?;
    let written = pyc::write_atomic(output, &[&archive]).and_then(|()| fs::write(&key_file, key));
    written.map_err(|error| format!("cannot write {}: {error}", output.display()))?;
    println!("library: {} modules of {total}, {:.2} MB", total - failed, archive.len() as f64 / 1e6);
    Ok(())
}

fn add(writer: &mut ArchiveWriter<'static>, name: String, content: Packed<'static>) -> Result<(), String> {
    writer.add(name, content).map_err(|error| error.to_string())
}

/// What decides the archive's content: this program, which has the compiler in it, our own modules, and the library.
fn key() -> Result<String, String> {
    let program = std::env::current_exe().and_then(fs::read).map_err(|error| format!("cannot read myself: {error}"))?;
    let mut own = Vec::new();
    collect(Path::new(OWN_PATH), "", &mut own)?;
    own.sort();
    let mut content = program;
    for path in own {
        content
            .extend(fs::read(Path::new(OWN_PATH).join(&path)).map_err(|error| format!("cannot read {path}: {error}"))?);
    }
    let hash: String = sha256(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{hash} {LIB_PATH}\n"))
}

/// The sources in `folder` below the library's root, as paths joined by `/`.
fn collect(root: &Path, folder: &str, sources: &mut Vec<String>) -> Result<(), String> {
    let path = root.join(folder);
    let entries = fs::read_dir(&path).map_err(|error| format!("cannot list {}: {error}", path.display()))?;
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let inner = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if entry.path().is_dir() {
            collect(root, &inner, sources)?;
        } else if inner.ends_with(".py") {
            sources.push(inner);
        }
    }
    Ok(())
}

/// A compiled module, packed.
struct Module {
    entry: String,
    code: Packed<'static>,
    source_entry: String,
    source: Packed<'static>,
}

/// Compiles the module whose source lies at `path` (joined by `/`) below `root`.
fn compile(root: &Path, path: &str) -> Result<Module, String> {
    let mut source = fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    for (_, old, new) in EDITS.iter().filter(|(module, ..)| *module == path && root != Path::new(OWN_PATH)) {
        let text = String::from_utf8(source).map_err(|error| format!("{path}: {error}"))?;
        if text.matches(old).count() != 1 {
            return Err(format!("{path}: `{old}` is not there once: look what the new library has, and at EDITS"));
        }
        source = text.replace(old, new).into_bytes();
    }
    let compiled = compile_bytes(&source, path, Mode::Exec, &Options::default()).map_err(|error| error.to_string())?;
    let code = compiled.code;
    verify::verify(&code).map_err(|error| format!("{path}: {error}"))?;
    let bytes = marshal::write(&code).map_err(|error| format!("{path}: {error}"))?;
    let stem = path.strip_suffix(".py").unwrap_or(path);
    Ok(Module {
        entry: format!("{}{stem}{}", layout::LIB, layout::CODE_SUFFIX),
        code: Packed::code(bytes),
        source_entry: format!("{}{path}", layout::SOURCES),
        source: Packed::deflate(source),
    })
}
