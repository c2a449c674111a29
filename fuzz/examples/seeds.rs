//! Fills `corpus/` with what the targets start from: the project's own Python tests as text and as bytecode, and payloads.
//!
//! `cargo run --example seeds` in this folder.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use freeze_bytecode::marshal::{self, HEADER_LEN};
use freeze_compiler::{Mode, Options};
use freeze_payload::write::{ArchiveWriter, Packed};
use freeze_payload::{Main, Manifest};

/// Longer sources and bodies make slow seeds.
const MOST: usize = 6000;

fn main() -> Result<(), Box<dyn Error>> {
    for target in ["bytecode", "execute", "payload", "compile_text", "compile_program"] {
        fs::create_dir_all(Path::new("corpus").join(target))?;
    }
    let mut sources = Vec::new();
    for folder in ["../tests/py", "../vm/compiler/tests/golden", "../examples", "seeds"] {
        python_files(Path::new(folder), &mut sources);
    }
    let mut count = 0;
    for path in &sources {
        let text = fs::read(path)?;
        if text.len() > MOST {
            continue;
        }
        count += 1;
        let name = path.to_string_lossy().replace(['/', '.'], "_");
        fs::write(format!("corpus/compile_text/{name}"), [&[0][..], &text].concat())?;
        fs::write(format!("corpus/compile_program/{name}"), &text[..text.len().min(600)])?;
        let Ok(done) = freeze_compiler::compile_bytes(&text, "seed.py", Mode::Exec, &Options::default()) else {
            continue;
        };
        let bytes = marshal::write(&done.code)?;
        if bytes.len() < MOST {
            fs::write(format!("corpus/bytecode/{name}"), &bytes[HEADER_LEN..])?;
            fs::write(format!("corpus/execute/{name}"), &bytes[HEADER_LEN..])?;
        }
    }
    payloads()?;
    println!("{count} sources");
    Ok(())
}

fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            python_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "py") {
            found.push(path);
        }
    }
}

fn payloads() -> Result<(), Box<dyn Error>> {
    let manifest =
        Manifest { main: Main::Program { file: "a.py".into(), package: String::new() }, ..Manifest::default() };
    let long = b"print('hello')\n".repeat(40);
    for (name, entries) in [
        ("empty", vec![]),
        ("one", vec![("lib/a.py", Packed::store(&b"x = 1"[..]))]),
        (
            "more",
            vec![
                ("lib/a/__init__.pyc", Packed::deflate(&long[..])),
                ("lib/a/b.pyc", Packed::store(&b""[..])),
                ("lib/\u{e4}.txt", Packed::deflate(&b"abc"[..])),
            ],
        ),
    ] {
        let mut writer = ArchiveWriter::new();
        for (entry, content) in entries {
            writer.add(entry, content)?;
        }
        fs::write(format!("corpus/payload/{name}.zip"), writer.finish()?)?;
        fs::write(format!("corpus/payload/{name}"), writer.finish_payload(&manifest)?)?;
    }
    fs::write("corpus/payload/manifest", manifest.to_text())?;
    Ok(())
}
