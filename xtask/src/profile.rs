//! `cargo xtask profile`: learns which ways through the virtual machine are the common ones, for the compiler.
//!
//! Stubs that count are built, programs are frozen with them and run (`xtask/training`, then a part of `tests/py` for
//! what is rarer), and the counts are merged into one file. `cargo xtask build --profile dist` hands that file to the
//! compiler where it exists: profile-guided optimisation, as CPython's own releases have it. Functions that have changed since
//! are compiled without a profile, so the file is renewed before a release, not after every change.

use crate::{TaskResult, args::Args, build, paths, process, process::End};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// How long one program may run; those that count are some three times slower.
const LIMIT: Duration = Duration::from_secs(120);

/// Where the merged counts are kept, packed.
fn kept() -> PathBuf {
    paths::root().join("stub/freeze.profdata.gz")
}

/// The merged counts as a file for the compiler, if there are any.
pub(crate) fn unpacked() -> Result<Option<PathBuf>, String> {
    let kept = kept();
    let Ok(packed) = fs::read(&kept) else { return Ok(None) };
    let mut counts = Vec::new();
    let read = flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut counts);
    read.map_err(|error| format!("cannot unpack {}: {error}", kept.display()))?;
    let path = build::target_dir().join("freeze.profdata");
    // The compiler's caches go by the file's time.
    if fs::read(&path).ok().as_deref() != Some(&counts) {
        fs::write(&path, &counts).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(Some(path))
}

fn keep(merged: &Path) -> Result<(), String> {
    let counts = fs::read(merged).map_err(|error| format!("cannot read {}: {error}", merged.display()))?;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = packer.write_all(&counts).and_then(|()| packer.finish());
    let written = packed.and_then(|packed| fs::write(kept(), packed));
    written.map_err(|error| format!("cannot write {}: {error}", kept().display()))
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
    let merged = work.join("freeze.profdata");
    let mut command = Command::new(merge);
    command.args(["merge", "-o"]).arg(&merged).arg(&counts);
    let status = command.status().map_err(|error| format!("cannot start llvm-profdata: {error}"))?;
    if !status.success() {
        return Err("llvm-profdata failed".to_owned());
    }
    keep(&merged)?;
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

/// The `llvm-profdata` that knows this compiler's files: rustup's, a Debian package's, or the one named.
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
    places.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        format!("there is no llvm-profdata of LLVM {major}: `rustup component add llvm-tools`, or the package llvm-{major}, or $LLVM_PROFDATA")
    })
}
