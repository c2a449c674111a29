//! `cargo xtask stubs`: the stubs of all targets, built on one Linux machine.
//!
//! Rust's libraries come from rustup where it has the target; else the compiler builds them from source (`-Z build-std`, with
//! Debian's rust-web-src). zig's compiler, behind cargo-zigbuild, links for every target but x86_64 Windows, which has mingw's. What is
//! needed and not there is installed where that takes one command (rustup's libraries), else named.
//!
//! Each target has two stubs as the host has: a lean one, and a full one with the large native modules, as far as their C code
//! builds there. They are laid into `target/freeze/stubs` compressed, with `stubs.txt`, the list of their digests that
//! `bundler/src/stubs/packed.rs` reads.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use sha2::{Digest as _, Sha256};

use crate::{TaskResult, args::Args, build, paths};

/// A target.
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// What cargo-zigbuild calls it, where that is more than the triple; glibc's version stands behind it.
    zig: &'static str,
    /// Further flags of the compiler.
    pub(crate) flags: &'static str,
}

/// musl is linked in, and it is zig's, not the one that Rust's libraries bring along.
const MUSL: &str = "-C link-self-contained=no -C target-feature=+crt-static";

/// All targets, in the order in which they are built.
pub(crate) const TARGETS: [Target; 8] = [
    Target { triple: "x86_64-unknown-linux-musl", zig: "", flags: MUSL },
    Target { triple: "aarch64-unknown-linux-musl", zig: "", flags: MUSL },
    Target { triple: "x86_64-unknown-linux-gnu", zig: "x86_64-unknown-linux-gnu.2.17", flags: "" },
    Target { triple: "aarch64-unknown-linux-gnu", zig: "aarch64-unknown-linux-gnu.2.17", flags: "" },
    Target { triple: "x86_64-pc-windows-gnu", zig: "", flags: "" },
    Target { triple: "aarch64-pc-windows-gnullvm", zig: "", flags: "" },
    Target { triple: "x86_64-apple-darwin", zig: "", flags: "" },
    Target { triple: "aarch64-apple-darwin", zig: "", flags: "" },
];

impl Target {
    /// What the names of executables end with.
    pub(crate) fn suffix(&self) -> &'static str {
        if self.triple.contains("windows") { ".exe" } else { "" }
    }

    fn is_apple(&self) -> bool {
        self.triple.contains("apple")
    }

    fn by_zig(&self) -> bool {
        self.triple != "x86_64-pc-windows-gnu"
    }

    /// What `--target` is given.
    fn argument(&self) -> &'static str {
        if self.zig.is_empty() { self.triple } else { self.zig }
    }
}

/// Where the stubs are laid.
pub(crate) fn folder() -> PathBuf {
    build::target_dir().join("freeze/stubs")
}

/// The name and first line of the list, which `bundler/src/stubs/packed.rs` reads.
pub(crate) const LIST: &str = "stubs.txt";
const HEAD: &str = "freeze stubs 1";
/// The version of freeze that stubs are built with: all crates have one.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `cargo xtask stubs [--target T]… [--profile P] [--lean | --full] [--out DIR] [--if-possible]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let profile = args.option("--profile")?.unwrap_or_else(|| "dist".to_owned());
    let [lean_only, full_only] = ["--lean", "--full"].map(|name| args.flag(name));
    let if_possible = args.flag("--if-possible");
    let out = args.option("--out")?.map_or_else(folder, |dir| paths::absolute(&dir));
    let mut wanted = Vec::new();
    while let Some(triple) = args.option("--target")? {
        wanted.push(triple);
    }
    args.rest()?;
    let chosen = if wanted.is_empty() {
        TARGETS.iter().collect()
    } else {
        wanted.iter().map(|triple| target(triple)).collect::<Result<Vec<&Target>, String>>()?
    };
    match check_tools(&chosen) {
        Err(why) if if_possible => {
            println!("stubs: skipped: {}", why.replace("\n ", ""));
            return Ok(ExitCode::SUCCESS);
        }
        checked => checked?,
    }
    fs::create_dir_all(&out).map_err(|error| format!("cannot make {}: {error}", out.display()))?;
    let mut failed = Vec::new();
    for target in chosen {
        for full in [false, true] {
            if full && lean_only || !full && full_only {
                continue;
            }
            let kind = if full { "full" } else { "lean" };
            match make(target, full, &profile).and_then(|stub| put(&stub, target, full, &out)) {
                Ok((raw, packed)) => {
                    let [raw, packed] = [raw, packed].map(|n| n as f64 / 1e6);
                    println!("{:<28} {kind}  {raw:>6.2} MB, packed {packed:>5.2} MB", target.triple);
                }
                Err(why) => {
                    println!("{:<28} {kind}  FAILED: {why}", target.triple);
                    failed.push(format!("{} ({kind})", target.triple));
                }
            }
        }
    }
    println!("{}", out.display());
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(format!("not built: {}", failed.join(", ")))
}

/// The target of that name.
pub(crate) fn target(triple: &str) -> Result<&'static Target, String> {
    let found = TARGETS.iter().find(|target| target.triple == triple);
    found.ok_or_else(|| format!("{triple}: no target that stubs are built for"))
}

/// Whether a command can be started at all.
fn starts(program: &str, word: &str) -> bool {
    Command::new(program).arg(word).output().is_ok_and(|output| output.status.success())
}

/// Installs what rustup has, and names what else is missing.
pub(crate) fn check_tools(targets: &[&Target]) -> Result<(), String> {
    let mut missing = Vec::new();
    if targets.iter().any(|t| t.by_zig()) {
        if !starts("cargo-zigbuild", "--version") {
            missing.push("cargo install cargo-zigbuild");
        }
        let module = Command::new("python3").args(["-m", "ziglang", "version"]).output();
        if !starts("zig", "version") && !module.is_ok_and(|output| output.status.success()) {
            missing.push("pip install ziglang");
        }
    }
    if targets.iter().any(|t| !t.by_zig()) && !starts("x86_64-w64-mingw32-gcc", "--version") {
        missing.push("apt-get install gcc-mingw-w64-x86-64");
    }
    let installed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let installed =
        installed.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned());
    for target in targets {
        let there = installed.lines().any(|line| line == target.triple);
        if !there && !build_std() {
            let added = Command::new("rustup").args(["target", "add", target.triple]).status();
            if !added.is_ok_and(|status| status.success()) {
                missing.push(
                    "rustup target add … (or Debian's rustc-web, cargo-web and rust-web-src: CARGO=/usr/bin/cargo \
                     RUSTC=/usr/bin/rustc FREEZE_BUILD_STD=1 RUSTC_BOOTSTRAP=1)",
                );
                break;
            }
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("these are needed first:\n  {}", missing.join("\n  "))) }
}

/// Whether Rust's libraries are built from source.
fn build_std() -> bool {
    std::env::var_os("FREEZE_BUILD_STD").is_some_and(|v| !v.is_empty())
}

/// Builds a stub; gives its file.
fn make(target: &Target, full: bool, profile: &str) -> Result<PathBuf, String> {
    let features: &[&str] = if full { &[] } else { &["--no-default-features"] };
    let env = if profile == "dist" {
        build::stub_environment(target.triple, &[target.flags])?
    } else {
        vec![("RUSTFLAGS", target.flags.to_owned())]
    };
    compile(target, "freeze-stub", features, profile, &env)
}

/// Builds a program of the workspace for a target; gives its file.
pub(crate) fn compile(
    target: &Target,
    package: &str,
    more: &[&str],
    profile: &str,
    env: &[(&str, String)],
) -> Result<PathBuf, String> {
    // Apart from the host's builds: other flags would make cargo build those anew.
    let folder = build::target_dir().join("stubs");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg(if target.by_zig() { "zigbuild" } else { "build" });
    command.args(["--package", package, "--profile", profile, "--target", target.argument()]).args(more);
    if build_std() {
        command.arg("-Zbuild-std=std,panic_abort");
    }
    if target.is_apple() {
        // The oldest system that programs start on; zig would take the newest.
        command.env("MACOSX_DEPLOYMENT_TARGET", "11.0");
    }
    command.env("CARGO_TARGET_DIR", &folder).current_dir(paths::root());
    command.envs(env.iter().map(|(name, value)| (name, value)));
    let status = command.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    if !status.success() {
        return Err("cargo failed, see above".to_owned());
    }
    let name = format!("{package}{}", target.suffix());
    Ok(folder.join(target.triple).join(build::folder_of(profile)).join(name))
}

/// A stub in the list of a folder.
pub(crate) struct Listed {
    pub(crate) file: String,
    pub(crate) triple: String,
    pub(crate) full: bool,
    version: String,
    digest: String,
    /// The line of the list.
    pub(crate) line: String,
}

/// The stubs that a folder's list names.
pub(crate) fn listed(folder: &Path) -> Vec<Listed> {
    let text = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    let entry = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [file, triple, kind, _, version, digest] = words[..] else { return None };
        let [file, triple, version, digest] = [file, triple, version, digest].map(str::to_owned);
        Some(Listed { file, triple, full: kind == "full", version, digest, line: line.to_owned() })
    };
    text.lines().skip(1).filter_map(entry).collect()
}

/// A list of these stubs.
pub(crate) fn list_of<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut lines: Vec<&str> = lines.collect();
    lines.sort_unstable();
    format!("{HEAD}\n{}\n", lines.join("\n"))
}

impl Listed {
    /// What lies in the folder, when it is of this version and what the list says.
    pub(crate) fn packed(&self, folder: &Path) -> Result<Vec<u8>, String> {
        let path = folder.join(&self.file);
        let packed = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        if self.version != VERSION || digest(&packed) != self.digest {
            return Err(format!("{} is not what its list says: `cargo xtask stubs` makes it anew", path.display()));
        }
        Ok(packed)
    }

    /// The stub itself.
    pub(crate) fn content(&self, folder: &Path) -> Result<Vec<u8>, String> {
        let packed = self.packed(folder)?;
        let mut content = Vec::new();
        let read = flate2::read::DeflateDecoder::new(&packed[..]).read_to_end(&mut content);
        read.map_err(|error| format!("cannot unpack {}: {error}", self.file))?;
        Ok(content)
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lays a stub into the folder, compressed, and into its list. Gives its length before and after.
fn put(stub: &Path, target: &Target, full: bool, out: &Path) -> Result<(usize, usize), String> {
    let content = fs::read(stub).map_err(|error| format!("cannot read {}: {error}", stub.display()))?;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = encoder.write_all(&content).and_then(|()| encoder.finish()).map_err(|error| error.to_string())?;
    let digest = digest(&packed);
    let kind = if full { "full" } else { "lean" };
    let file = format!("{}-{kind}.stub", target.triple);
    paths::write(&out.join(&file), &packed)?;
    let line = format!("{file} {} {kind} {} {VERSION} {digest}", target.triple, content.len());
    let others = listed(out);
    let others = others.iter().filter(|other| other.file != file).map(|other| other.line.as_str());
    paths::write(&out.join(LIST), list_of(others.chain([line.as_str()])).as_bytes())?;
    Ok((content.len(), packed.len()))
}
