//! `cargo xtask same-bytes`: a program that is frozen for one target on two hosts, or in two folders, has the same bytes.
//!
//! The hosts are this machine and Windows, through Wine: `freeze.exe` is built here. Every place has a copy of its own of the program
//! and of the packages that it uses, so that no cache of compiled sources that one writes is read by another. At the end the
//! first target is frozen once more, with the caches that the first time has left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::process::{self, End};
use crate::{TaskResult, apps, args::Args, build, e2e, paths, stubs};

/// The targets that programs are frozen for: one of each container, and both C libraries of Linux.
const TARGETS: [&str; 4] =
    ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl", "x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// What is frozen when nothing is named: folders of `examples/` and `tests/apps/`.
const PROGRAMS: [&str; 7] = ["hello", "plugins", "adventure", "wordcount", "webpair", "sqlparse", "pytest"];

/// How long one program may take to freeze.
const LIMIT: Duration = Duration::from_secs(300);

/// The host that runs through Wine.
const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// The file of the library in a folder of stubs.
const LIBRARY: &str = "freeze-stdlib.zip";

/// A program: what is copied, each with its name in the program's folder (none: it is that folder), and what freeze is given.
struct Program {
    name: String,
    copied: Vec<(PathBuf, &'static str)>,
    words: Vec<String>,
}

/// A place where programs are frozen: its folder, and the words that start freeze there.
struct Place {
    name: &'static str,
    folder: PathBuf,
    freeze: Vec<String>,
    env: Vec<(&'static str, PathBuf)>,
}

/// `cargo xtask same-bytes [--bin FREEZE] [--exe FREEZE.EXE] [--profile P] [programs…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let freeze = paths::binary_or(args.option("--bin")?)?.program;
    let exe = args.option("--exe")?.map(|path| paths::absolute(&path));
    let profile = args.option("--profile")?.unwrap_or_else(|| "dev".to_owned());
    let mut names = args.rest()?;
    if names.is_empty() {
        names = PROGRAMS.map(str::to_owned).to_vec();
    }
    if let Some(why) = e2e::missing(WINDOWS) {
        println!("same-bytes: skipped: {why}");
        return Ok(ExitCode::SUCCESS);
    }
    let exe = match exe {
        Some(exe) => exe,
        None => {
            let windows = stubs::target(WINDOWS)?;
            stubs::check_tools(&[windows])?;
            stubs::compile(windows, "freeze", &[], &profile, &[])?
        }
    };
    let work = build::target_dir().join("freeze/same-bytes");
    fs::remove_dir_all(&work).ok();
    let stubs = gather_stubs(&work.join("stubs"))?;
    let there = stubs::listed(&stubs);
    let mut skipped = 0;
    let (targets, missing): (Vec<&str>, Vec<&str>) =
        TARGETS.iter().partition(|target| there.iter().any(|stub| stub.triple == **target));
    for target in missing {
        println!("{target}: skipped, there is no stub");
        skipped += 1;
    }
    let places = places(&work, &stubs, &freeze, &exe)?;
    let (mut passed, mut failed) = (0, 0);
    for name in names {
        let program = match program(&name) {
            Ok(program) => program,
            Err(why) => {
                println!("{name}: skipped: {why}");
                skipped += 1;
                continue;
            }
        };
        for place in &places {
            for (from, to) in &program.copied {
                let folder = place.folder.join(&program.name);
                paths::copy(from, &if to.is_empty() { folder } else { folder.join(to) })?;
            }
        }
        let again = targets.first().map(|target| (*target, true));
        for (target, again) in targets.iter().map(|target| (*target, false)).chain(again) {
            let said = if again { " (again)" } else { "" };
            match compare(&program, target, again, &places) {
                Ok(len) => {
                    passed += 1;
                    println!("{:<16} {target}{said}: {len} bytes, the same in {} places", program.name, places.len());
                }
                Err(why) => {
                    failed += 1;
                    println!("{:<16} {target}{said}: FAIL: {why}", program.name);
                }
            }
        }
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A folder with the stubs and the library that all places take.
fn gather_stubs(to: &Path) -> Result<PathBuf, String> {
    let from = e2e::stubs_folder();
    let failed = |what: &Path, error: std::io::Error| format!("cannot copy {}: {error}", what.display());
    fs::create_dir_all(to).map_err(|error| failed(to, error))?;
    let mut files: Vec<PathBuf> = stubs::listed(&from).iter().map(|stub| from.join(&stub.file)).collect();
    files.push(from.join(stubs::LIST));
    let library = from.join(LIBRARY);
    files.push(if library.is_file() { library } else { build::target_dir().join("freeze").join(LIBRARY) });
    for file in files {
        fs::copy(&file, to.join(file.file_name().unwrap_or_default())).map_err(|error| failed(&file, error))?;
    }
    Ok(to.to_path_buf())
}

/// This machine, another folder on it, and Windows.
fn places(work: &Path, stubs: &Path, freeze: &Path, exe: &Path) -> Result<Vec<Place>, String> {
    let own = |name, folder: &str| Place {
        name,
        folder: work.join(folder),
        freeze: vec![freeze.display().to_string()],
        env: vec![("FREEZE_STUBS", stubs.to_path_buf())],
    };
    let (mut words, mut env) = e2e::wine()?;
    words.push(exe.display().to_string());
    // Wine shows the root of the file system as a drive.
    env.push(("FREEZE_STUBS", format!("Z:{}", stubs.display().to_string().replace('/', "\\")).into()));
    Ok(vec![
        own("this machine", "here"),
        own("another folder", "another folder/ünd deeper"),
        Place { name: "Windows", folder: work.join("windows"), freeze: words, env },
    ])
}

/// The example or program of that name, its packages installed.
fn program(name: &str) -> Result<Program, String> {
    let root = paths::root();
    let example = root.join("examples").join(name);
    let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    if example.is_dir() {
        // The first step of its test freezes it.
        let case = fs::read_to_string(example.join("case.toml")).map_err(|error| format!("{name}: {error}"))?;
        let line = case.lines().find_map(|line| line.strip_prefix("run = \"freeze ")?.strip_suffix('"'));
        let line = line.ok_or_else(|| format!("{name}: no step of its case.toml freezes it"))?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let end = words.iter().position(|word| *word == "-o").unwrap_or(words.len());
        return Ok(Program { name: name.to_owned(), copied: vec![(example, "")], words: strings(&words[..end]) });
    }
    let site = apps::installed(name, &paths::cpython(None)?)?;
    let copied = vec![(root.join("tests/apps").join(name).join("run.py"), "run.py"), (site, "site")];
    Ok(Program { name: name.to_owned(), copied, words: strings(&["run.py", "--site-packages", "site"]) })
}

/// Freezes the program in every place; the length that all have, or who differs.
fn compare(program: &Program, target: &str, again: bool, places: &[Place]) -> Result<usize, String> {
    let output = format!("{target}{}.bin", if again { "-again" } else { "" });
    let mut first: Option<Vec<u8>> = None;
    for place in places {
        let folder = place.folder.join(&program.name);
        let mut command = Command::new(&place.freeze[0]);
        command.args(&place.freeze[1..]).args(&program.words).args(["--quiet", "--target", target, "-o", &output]);
        command.current_dir(&folder).envs(place.env.iter().map(|(name, value)| (name, value)));
        let outcome = process::run(command.env_remove("VIRTUAL_ENV"), b"", LIMIT)?;
        if outcome.end != End::Exit(0) {
            return Err(format!("{}: {}\n{}", place.name, outcome.end, String::from_utf8_lossy(&outcome.stderr)));
        }
        let path = folder.join(&output);
        let bytes = fs::read(&path).map_err(|error| format!("{}: no {}: {error}", place.name, path.display()))?;
        match &first {
            None => first = Some(bytes),
            Some(wanted) if *wanted == bytes => {
                // What is the same need not be kept.
                fs::remove_file(&path).ok();
            }
            Some(wanted) => {
                let at = wanted.iter().zip(&bytes).take_while(|(a, b)| a == b).count();
                let [a, b] = [wanted.len(), bytes.len()];
                let (here, other) = (places[0].name, place.name);
                return Err(format!(
                    "{here} has {a} bytes, {other} {b}; they differ from byte {at}: {}",
                    path.display()
                ));
            }
        }
    }
    Ok(first.map_or(0, |bytes| bytes.len()))
}
