//! `cargo xtask profile`: learns which ways through the virtual machine are the common ones, for the compiler.
//!
//! Stubs that count are built, programs are frozen with them and run (`xtask/training`, then a part of `tests/py` for
//! what is rarer), and the counts are merged into one file. `cargo xtask build --profile dist` and `cargo xtask stubs` hand it to
//! the compiler: profile-guided optimisation, as CPython's own releases have it. It serves for all targets, since
//! functions have the same names on each (`names.rs`). Functions that have changed since are compiled without a profile, so the
//! file is renewed before a release, not after every change.

use crate::{TaskResult, args::Args, build, names, paths, process, process::End};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// How long one program may run; those that count are some three times slower.
const LIMIT: Duration = Duration::from_secs(120);

/// Where the merged counts are kept, packed: LLVM's text, behind comments that name the numbers of Rust's libraries in it.
fn kept() -> PathBuf {
    paths::root().join("stub/freeze.proftext.gz")
}

/// What the compiler is told to compile a stub for this target by the counts, if there are any.
pub(crate) fn flags(triple: &str) -> Result<Option<String>, String> {
    let Ok(packed) = fs::read(kept()) else { return Ok(None) };
    let merge = match profdata() {
        Ok(merge) => merge,
        Err(why) => {
            eprintln!("xtask: compiled without the profile, so that the stub is slower: {why}");
            return Ok(None);
        }
    };
    let mut text = String::new();
    let read = flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text);
    read.map_err(|error| format!("cannot unpack {}: {error}", kept().display()))?;
    // Where Rust's libraries are themselves built first (`FREEZE_BUILD_STD`), what is instantiated from them goes without.
    let ids = names::library_ids(triple).unwrap_or_default();
    let text = names::renumber(&text, &trained_ids(&text), &ids);
    let folder = build::target_dir().join("freeze");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let [source, counts] = ["proftext", "profdata"].map(|ending| folder.join(format!("{triple}.{ending}")));
    // The compiler's caches go by the file's time.
    if !counts.is_file() || fs::read_to_string(&source).ok().as_deref() != Some(&text) {
        paths::write(&source, text.as_bytes())?;
        merged(&merge, &[], &source, &counts)?;
    }
    let mut flags = format!("-C profile-use={} {} {GUIDED}", counts.display(), names::MANGLING);
    if triple != build::host()? {
        // A part is each platform's own.
        flags.push_str(" -C llvm-args=-no-pgo-warn-mismatch");
    }
    Ok(Some(flags))
}

/// How a profile is used: calls that are made often are inlined as readily as others, not twelve times as readily, and all
/// that is not hot is made for size. It costs no speed and saves a quarter of a megabyte.
const GUIDED: &str = "-C llvm-args=-hot-callsite-threshold=250 -C llvm-args=-pgso-lwss-only=false";

/// The numbers of Rust's libraries in kept counts.
fn trained_ids(text: &str) -> Vec<(String, String)> {
    let heads = text.lines().map_while(|line| line.strip_prefix(ID));
    heads.filter_map(|line| line.split_once(' ')).map(|(name, id)| (name.to_owned(), id.to_owned())).collect()
}

/// What a line with such a number begins with.
const ID: &str = "# number of ";

fn keep(merged: &Path) -> Result<(), String> {
    let counts = fs::read_to_string(merged).map_err(|error| format!("cannot read {}: {error}", merged.display()))?;
    let ids = names::library_ids(&build::host()?)?;
    let heads: String = ids.iter().map(|(name, id)| format!("{ID}{name} {id}\n")).collect();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = packer.write_all(heads.as_bytes()).and_then(|()| packer.write_all(counts.as_bytes()));
    let packed = packed.and_then(|()| packer.finish()).map_err(|error| format!("cannot pack the counts: {error}"))?;
    paths::write(&kept(), &packed)
}

/// Runs `llvm-profdata merge`.
fn merged(merge: &Path, options: &[&str], counts: &Path, into: &Path) -> Result<(), String> {
    let mut command = Command::new(merge);
    command.arg("merge").args(options).arg("-o").arg(into).arg(counts);
    let status = command.status().map_err(|error| format!("cannot start llvm-profdata: {error}"))?;
    if status.success() { Ok(()) } else { Err("llvm-profdata failed".to_owned()) }
}

/// `[--bin FREEZE]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let freeze = paths::binary_or(args.option("--bin")?)?.program;
    args.rest()?;
    let merge = profdata()?;
    let work = paths::root().join("target/profile");
    let counts = work.join("counts");
    if counts.is_dir() {
        fs::remove_dir_all(&counts).map_err(|error| format!("cannot remove {}: {error}", counts.display()))?;
    }
    let programs = [paths::python_files(&paths::root().join("xtask/training"))?, tests()?].concat();
    // A function of a crate counts under its crate's features, so both stubs are trained.
    for features in [&[][..], &["--no-default-features"]] {
        let folder = build::instrumented_stub(&work, features, &counts)?;
        for program in &programs {
            train(&freeze, &folder, program, &work)?;
        }
    }
    // Functions that never ran stay in: the compiler makes them small.
    let text = work.join("freeze.proftext");
    merged(&merge, &["--text"], &counts, &text)?;
    keep(&text)?;
    println!("{}: from {} programs", kept().display(), programs.len());
    Ok(ExitCode::SUCCESS)
}

/// Freezes a program with the stubs in `folder` and runs it.
fn train(freeze: &Path, folder: &Path, program: &Path, work: &Path) -> Result<(), String> {
    let frozen = work.join("program");
    let mut make = Command::new(freeze);
    make.arg("build").arg(program).arg("-o").arg(&frozen).env("FREEZE_STUBS", folder);
    let made = process::run(&mut make, b"", LIMIT)?;
    if made.end != End::Exit(0) {
        return Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&made.stderr)));
    }
    let done = process::run(Command::new(&frozen).current_dir(work), b"", LIMIT)?;
    println!("{:>6.1} s  {}", done.elapsed.as_secs_f64(), program.display());
    Ok(())
}

/// The tests of areas that are about what programs do all the time.
fn tests() -> Result<Vec<PathBuf>, String> {
    let areas = ["builtins", "classes", "closures", "generators", "iteration", "types"];
    let lists = areas.map(|area| paths::python_files(&paths::root().join("tests/py").join(area)));
    Ok(lists.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

/// The `llvm-profdata` that knows this compiler's files: the one named, rustup's or a Debian package's, else rustup brings it.
fn profdata() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("LLVM_PROFDATA") {
        return Ok(path.into());
    }
    let (host, llvm) = (build::host()?, build::compiler_says("LLVM version: ")?);
    let major = llvm.split('.').next().unwrap_or_default();
    let sysroot = build::sysroot()?;
    let places = [
        Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/llvm-profdata"),
        Path::new("/usr/lib").join(format!("llvm-{major}")).join("bin/llvm-profdata"),
        Path::new("/usr/bin").join(format!("llvm-profdata-{major}")),
    ];
    let found = || places.iter().find(|path| path.is_file()).cloned();
    let brought = || {
        let added = Command::new("rustup").args(["component", "add", "llvm-tools"]).status();
        added.ok().filter(|status| status.success()).and_then(|_| found())
    };
    found().or_else(brought).ok_or_else(|| {
        format!("there is no llvm-profdata of LLVM {major}: `rustup component add llvm-tools`, or the package llvm-{major}, or $LLVM_PROFDATA")
    })
}
