//! `cargo xtask release`: what users install, one archive for each machine that freeze itself runs on.
//!
//! An archive holds `freeze` with the stubs of its own machine inside, the folder `stubs` with those of all other targets, the
//! README and the licences of everything in it. Two runs over the same sources give the same bytes: entries are sorted and have
//! no times.

mod licences;

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::stubs::{self, Listed, Target};
use crate::{TaskResult, args::Args, build, paths};

/// The machines that freeze is built for when none is named. On Linux it is the static one, which runs everywhere.
const HOSTS: [&str; 6] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-pc-windows-gnu",
    "aarch64-pc-windows-gnullvm",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

/// A file of an archive.
struct Entry {
    name: String,
    program: bool,
    content: Vec<u8>,
}

/// `cargo xtask release [--host T]… [--stubs DIR] [--out DIR]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let folder = args.option("--stubs")?.map_or_else(stubs::folder, |dir| paths::absolute(&dir));
    let out = args.option("--out")?;
    let out = out.map_or_else(|| build::target_dir().join("freeze/release"), |dir| paths::absolute(&dir));
    let mut hosts = Vec::new();
    while let Some(host) = args.option("--host")? {
        hosts.push(host);
    }
    args.rest()?;
    if hosts.is_empty() {
        hosts = HOSTS.map(str::to_owned).to_vec();
    }
    let hosts = hosts.iter().map(|host| stubs::target(host)).collect::<Result<Vec<&Target>, String>>()?;
    stubs::check_tools(&hosts)?;
    let listed = stubs::listed(&folder);
    check_all_there(&listed, &folder)?;
    fs::create_dir_all(&out).map_err(|error| format!("cannot make {}: {error}", out.display()))?;
    let library = build::make_stdlib("dist")?;
    for host in hosts {
        let program = build_freeze(host, &listed, &folder, &library)?;
        let entries = entries(host, &program, &listed, &folder)?;
        let name = format!("freeze-{}-{}", stubs::VERSION, host.triple);
        let (file, bytes) = if host.suffix().is_empty() {
            (format!("{name}.tar.gz"), tar(&name, &entries)?)
        } else {
            (format!("{name}.zip"), zip(&name, &entries)?)
        };
        let path = out.join(file);
        paths::write(&path, &bytes)?;
        println!("{:>7.2} MB  {}", bytes.len() as f64 / 1e6, path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses to pack less than all targets.
fn check_all_there(listed: &[Listed], folder: &Path) -> Result<(), String> {
    let there = |target: &&Target| {
        [false, true].iter().all(|full| listed.iter().any(|stub| stub.triple == target.triple && stub.full == *full))
    };
    let missing: Vec<&str> = stubs::TARGETS.iter().filter(|t| !there(t)).map(|t| t.triple).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("{} has no stubs for {}: `cargo xtask stubs` builds them", folder.display(), missing.join(", ")))
}

/// Builds freeze itself for a machine, with the stubs of that machine inside.
fn build_freeze(host: &Target, listed: &[Listed], folder: &Path, library: &Path) -> Result<PathBuf, String> {
    let work = build::target_dir().join("stubs").join(host.triple);
    fs::create_dir_all(&work).map_err(|error| format!("cannot make {}: {error}", work.display()))?;
    let mut env = vec![
        ("FREEZE_STDLIB", build::text(library)?),
        ("FREEZE_STUB_TARGET", host.triple.to_owned()),
        ("RUSTFLAGS", host.flags.to_owned()),
    ];
    for stub in listed.iter().filter(|stub| stub.triple == host.triple) {
        let variable = if stub.full { "FREEZE_STUB_FULL" } else { "FREEZE_STUB" };
        let path = work.join(variable);
        let content = stub.content(folder)?;
        // The compiler goes by the file's time.
        if fs::read(&path).ok().as_ref() != Some(&content) {
            paths::write(&path, &content)?;
        }
        env.push((variable, build::text(&path)?));
    }
    stubs::compile(host, "freeze", &[], "dist", &env)
}

fn entries(host: &Target, program: &Path, listed: &[Listed], folder: &Path) -> Result<Vec<Entry>, String> {
    let read = |path: &Path| fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()));
    let file = |name: &str, content: Vec<u8>| Entry { name: name.to_owned(), program: false, content };
    let root = paths::root();
    let mut entries = vec![
        Entry { name: format!("freeze{}", host.suffix()), program: true, content: read(program)? },
        file("README.md", read(&root.join("README.md"))?),
        file("LICENSE-MIT", read(&root.join("LICENSE-MIT"))?),
        file("LICENSE-APACHE", read(&root.join("LICENSE-APACHE"))?),
        file("LICENSES.txt", licences::of_everything()?.into_bytes()),
    ];
    let others: Vec<&Listed> = listed.iter().filter(|stub| stub.triple != host.triple).collect();
    entries.push(file(
        &format!("stubs/{}", stubs::LIST),
        stubs::list_of(others.iter().map(|stub| stub.line.as_str())).into_bytes(),
    ));
    for stub in others {
        entries.push(file(&format!("stubs/{}", stub.file), stub.packed(folder)?));
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn tar(root: &str, entries: &[Entry]) -> Result<Vec<u8>, String> {
    // Stubs are compressed already, and the program is mostly what is.
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default()));
    let written: std::io::Result<Vec<u8>> = (|| {
        for entry in entries {
            let mut header = tar::Header::new_ustar();
            header.set_size(entry.content.len() as u64);
            header.set_mode(if entry.program { 0o755 } else { 0o644 });
            header.set_mtime(0);
            archive.append_data(&mut header, format!("{root}/{}", entry.name), &entry.content[..])?;
        }
        archive.into_inner()?.finish()
    })();
    written.map_err(|error| format!("cannot pack: {error}"))
}

fn zip(root: &str, entries: &[Entry]) -> Result<Vec<u8>, String> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let written: zip::result::ZipResult<Cursor<Vec<u8>>> = (|| {
        for entry in entries {
            let options = zip::write::SimpleFileOptions::default()
                .last_modified_time(zip::DateTime::default())
                .unix_permissions(if entry.program { 0o755 } else { 0o644 });
            archive.start_file(format!("{root}/{}", entry.name), options)?;
            archive.write_all(&entry.content)?;
        }
        archive.finish()
    })();
    written.map(Cursor::into_inner).map_err(|error| format!("cannot pack: {error}"))
}
