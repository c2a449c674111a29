//! `cargo xtask build` and `cargo xtask stdlib`: the whole tool, from its parts.
//!
//! `freeze` carries the host's stubs and the compiled standard library inside it. There are two where programs are shipped
//! (profile `dist`): the full one has the large native modules as well, and only programs that use them carry them. In all other
//! profiles the full one serves for everything. So the stubs are built first, then the
//! library is compiled (by the program in `xtask/library`, which looks itself whether anything has changed), then
//! `freeze` is built with `FREEZE_STUB` and `FREEZE_STDLIB` naming the two files. The library also stays beside the
//! binary, where a `freeze` from a plain `cargo build` looks for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::{TaskResult, args::Args, names, paths, profile};

/// The file name of the library's archive; `bundler/src/stubs.rs` looks for it.
const STDLIB: &str = "freeze-stdlib.zip";

/// `cargo xtask build [--profile P] [--target TRIPLE]`
pub(crate) fn build(mut args: Args) -> TaskResult {
    let profile = profile_named(&mut args)?;
    let named = args.option("--target")?;
    args.rest()?;
    // Flags are for the stub alone, not for what builds it: cargo tells the two apart when a target is named.
    let target = if profile == "dist" { Some(named.map_or_else(host, Ok)?) } else { named };
    let stub_args: Vec<&str> = target.iter().flat_map(|triple| ["--target", triple.as_str()]).collect();
    let env = match &target {
        Some(triple) if profile == "dist" => stub_environment(triple, &[])?,
        _ => Vec::new(),
    };
    let folder = match &target {
        Some(triple) => target_dir().join(triple),
        None => target_dir(),
    };
    let stub = folder.join(folder_of(&profile)).join(format!("freeze-stub{}", std::env::consts::EXE_SUFFIX));
    let build_stub = |features: &[&str]| {
        let words = [&["build", "--profile", &profile, "--package", "freeze-stub"], features].concat();
        cargo(&words, &stub_args, &env)
    };
    build_stub(&[])?;
    let mut full = None;
    if profile == "dist" {
        // Both have the same name to cargo: the full one is put aside before the lean one takes its place.
        let aside = stub.with_file_name(format!("freeze-stub-full{}", std::env::consts::EXE_SUFFIX));
        fs::copy(&stub, &aside).map_err(|error| format!("cannot write {}: {error}", aside.display()))?;
        build_stub(&["--no-default-features"])?;
        full = Some(aside);
    }
    let library = make_stdlib(&profile)?;

    let mut env = vec![("FREEZE_STUB", text(&stub)?), ("FREEZE_STDLIB", text(&library)?)];
    if let Some(full) = &full {
        env.push(("FREEZE_STUB_FULL", text(full)?));
    }
    if let Some(triple) = target {
        env.push(("FREEZE_STUB_TARGET", triple));
    }
    cargo(&["build", "--profile", &profile, "--package", "freeze"], &[], &env)?;
    let built = target_dir().join(folder_of(&profile)).join(format!("freeze{}", std::env::consts::EXE_SUFFIX));
    let parts = [("stub", Some(&stub)), ("full", full.as_ref()), ("library", Some(&library)), ("freeze", Some(&built))];
    for (what, path) in parts.into_iter().filter_map(|(what, path)| Some((what, path?))) {
        let len = fs::metadata(path).map_err(|error| format!("cannot look at {}: {error}", path.display()))?.len();
        println!("{what:<8} {:>7.2} MB  {}", len as f64 / 1e6, path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The environment in which cargo builds a stub that ships: the compiler's flags besides these `more`, and names of symbols that
/// the profile of training programs knows.
pub(crate) fn stub_environment(triple: &str, more: &[&str]) -> Result<Vec<(&'static str, String)>, String> {
    let guided = profile::flags(triple)?;
    shipped(triple, &[more, guided.as_deref().as_slice()].concat())
}

fn shipped(triple: &str, more: &[&str]) -> Result<Vec<(&'static str, String)>, String> {
    let mut flags = Vec::new();
    if triple.contains("linux") {
        flags.push(elf_flags());
    }
    flags.extend(more.iter().map(|&flag| flag.to_owned()));
    Ok([vec![("RUSTFLAGS", flags.join(" "))], names::environment()?.into()].concat())
}

/// What the linker of a shipped ELF stub is told. It is loaded at a fixed address: the loader would have to relocate 22,000 pointers in
/// the tables of built-in types before every program starts, and their list is half a megabyte. And it aborts on a panic, so
/// that tables for unwinding, as large again, serve nobody; the linker drops them.
fn elf_flags() -> String {
    let script = paths::root().join("stub/no-unwind-tables.ld");
    let script = script.display();
    format!("-C relocation-model=static -C link-arg=-Wl,--no-eh-frame-hdr -C link-arg=-Wl,-T,{script}")
}

/// Builds a stub as it is shipped, but one that counts where it goes: into `counts`. Gives its folder, with the library.
pub(crate) fn instrumented_stub(work: &Path, features: &[&str], counts: &Path) -> Result<PathBuf, String> {
    let triple = host()?;
    let counting = format!("-C profile-generate={}", counts.display());
    let mut env = shipped(&triple, &[names::MANGLING, &counting])?;
    env.push(("CARGO_TARGET_DIR", text(work)?));
    let words = [&["build", "--profile", "dist", "--package", "freeze-stub", "--target", &triple], features].concat();
    cargo(&words, &[], &env)?;
    let folder = work.join(triple).join("dist");
    let library = make_stdlib("dist")?;
    let beside = folder.join(STDLIB);
    fs::copy(&library, &beside).map_err(|error| format!("cannot write {}: {error}", beside.display()))?;
    Ok(folder)
}

/// `cargo xtask stdlib [--profile P]`: only the library.
pub(crate) fn stdlib(mut args: Args) -> TaskResult {
    let profile = profile_named(&mut args)?;
    args.rest()?;
    println!("{}", make_stdlib(&profile)?.display());
    Ok(ExitCode::SUCCESS)
}

/// Compiles the library if something has changed, and puts it beside the binaries of this profile.
pub(crate) fn make_stdlib(profile: &str) -> Result<PathBuf, String> {
    let folder = target_dir().join("freeze");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let archive = folder.join(STDLIB);
    cargo(&["run", "--profile", profile, "--package", "freeze-library", "--"], &[&text(&archive)?], &[])?;
    let beside = target_dir().join(folder_of(profile)).join(STDLIB);
    fs::copy(&archive, &beside).map_err(|error| format!("cannot write {}: {error}", beside.display()))?;
    Ok(archive)
}

fn profile_named(args: &mut Args) -> Result<String, String> {
    Ok(args.option("--profile")?.unwrap_or_else(|| "release".to_owned()))
}

/// The folder below `target/` that a profile builds into.
pub(crate) fn folder_of(profile: &str) -> &str {
    if profile == "dev" { "debug" } else { profile }
}

pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| paths::root().join("target"), PathBuf::from)
}

/// A path as an environment variable or an argument takes it.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    path.to_str().map(str::to_owned).ok_or_else(|| format!("{}: the path is no text", path.display()))
}

/// The target of the compiler's own machine.
pub(crate) fn host() -> Result<String, String> {
    compiler_says("host: ")
}

/// What stands behind `key` in what `rustc -vV` prints.
pub(crate) fn compiler_says(key: &str) -> Result<String, String> {
    let said = rustc(&["-vV"])?;
    let value = said.lines().find_map(|line| line.strip_prefix(key));
    value.map(str::to_owned).ok_or_else(|| format!("rustc -vV has no line {key:?}"))
}

/// The folder of the compiler and its libraries.
pub(crate) fn sysroot() -> Result<String, String> {
    Ok(rustc(&["--print", "sysroot"])?.trim().to_owned())
}

fn rustc(words: &[&str]) -> Result<String, String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).args(words).output().map_err(|error| format!("cannot start rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs cargo in the workspace; its output is the user's.
fn cargo(words: &[&str], more: &[&str], env: &[(&str, String)]) -> Result<(), String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(words).args(more).current_dir(paths::root());
    for (name, value) in env {
        command.env(name, value);
    }
    let status = command.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", words.join(" "))) }
}
