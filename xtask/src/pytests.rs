//! `cargo xtask pytests`: small Python scripts whose output is known.
//!
//! `tests/py/AREA/NAME.py` prints; `NAME.out` holds what CPython printed (and `NAME.err` its error output where the test
//! asks for that). A script says what it needs in comment lines `#: word value` (see [`Test::read`]). Files and folders
//! whose name begins with `_` belong to other tests. `tests/differences` holds what we do otherwise on purpose, with our
//! own expected output.

pub(crate) mod golden;

use crate::process::{self, End};
use crate::{TaskResult, args::Args, paths};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// One script and what it asks for.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) script: PathBuf,
    /// Path below `tests/`, without `.py`: how people name the test.
    pub(crate) name: String,
    pub(crate) exit: i32,
    pub(crate) stderr: bool,
    pub(crate) golden: bool,
    pub(crate) frozen: bool,
    /// The one system that it is for, as `std::env::consts::OS` names it.
    pub(crate) only: Option<String>,
    pub(crate) args: Vec<String>,
    pub(crate) stdin: String,
    pub(crate) seconds: u64,
}

impl Test {
    /// Reads the directives: `#: exit N`, `#: stderr` (compared too), `#: golden no` (the output is written by hand),
    /// `#: frozen no` (makes no sense in a frozen program), `#: only SYSTEM` (as `windows`), `#: args WORDS`, `#: stdin LINE`, `#: seconds N`.
    fn read(script: PathBuf, name: String) -> Result<Test, String> {
        let text = fs::read(&script).map_err(|error| format!("cannot read {name}: {error}"))?;
        let mut test = Test {
            script,
            name,
            exit: 0,
            stderr: false,
            golden: true,
            frozen: true,
            only: None,
            args: Vec::new(),
            stdin: String::new(),
            seconds: 20,
        };
        for line in String::from_utf8_lossy(&text).lines() {
            let Some(directive) = line.strip_prefix("#: ") else { continue };
            let (word, value) = directive.split_once(' ').unwrap_or((directive, ""));
            let number = || value.trim().parse::<u32>().map_err(|_| format!("{}: {line:?}: no number", test.name));
            match word {
                "exit" => test.exit = number()?.cast_signed(),
                "seconds" => test.seconds = number()?.into(),
                "stderr" => test.stderr = true,
                "golden" => test.golden = value.trim() != "no",
                "frozen" => test.frozen = value.trim() != "no",
                "only" => test.only = Some(value.trim().to_owned()),
                "args" => test.args = value.split_whitespace().map(str::to_owned).collect(),
                "stdin" => {
                    test.stdin.push_str(value);
                    test.stdin.push('\n');
                }
                _ => return Err(format!("{}: unknown directive {line:?}", test.name)),
            }
        }
        Ok(test)
    }

    /// Whether it is for that system.
    pub(crate) fn is_for(&self, system: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == system)
    }

    /// The expected output file with the extension `kind`.
    pub(crate) fn expected(&self, kind: &str) -> PathBuf {
        self.script.with_extension(kind)
    }

    /// Runs the script through `command`, in an empty folder and a small environment.
    pub(crate) fn run(&self, command: Command, script: Option<&Path>) -> Result<process::Outcome, String> {
        self.run_with(command, script, &[], 1)
    }

    /// The same with further variables, and more time.
    fn run_with(
        &self,
        mut command: Command,
        script: Option<&Path>,
        env: &[(&'static str, PathBuf)],
        slower: u32,
    ) -> Result<process::Outcome, String> {
        let folder = scratch(&self.name)?;
        if let Some(script) = script {
            command.arg(script);
        }
        command.args(&self.args).current_dir(&folder).env_clear();
        for name in ["PATH", "SYSTEMROOT", "FREEZE_BIN"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("HOME", &folder).env("TMPDIR", &folder).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.env("NO_COLOR", "1").env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHASHSEED", "0");
        for (name, value) in env {
            command.env(name, value);
        }
        let outcome = process::run(&mut command, self.stdin.as_bytes(), Duration::from_secs(self.seconds) * slower);
        fs::remove_dir_all(&folder).ok();
        let mut outcome = outcome?;
        // The folder has another name in every run.
        let folder = folder.to_string_lossy().into_owned();
        for text in [&mut outcome.stdout, &mut outcome.stderr] {
            *text = String::from_utf8_lossy(text).replace(&folder, "<cwd>").into_bytes();
        }
        Ok(outcome)
    }

    /// `bytes` as text, with the script's own folder written `<dir>`.
    pub(crate) fn normal(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let folder = self.script.parent().unwrap_or(Path::new("")).to_string_lossy().into_owned();
        text.replace(&folder, "<dir>")
    }
}

/// A fresh folder for one run.
fn scratch(name: &str) -> Result<PathBuf, String> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let base = name.rsplit('/').next().unwrap_or(name);
    let folder = std::env::temp_dir().join(format!("freeze-pytest-{}-{number}-{base}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    Ok(folder)
}

/// Every test whose name contains one of `filters` (all, when there is none), in order of name.
pub(crate) fn find(filters: &[String]) -> Result<Vec<Test>, String> {
    let tests = paths::root().join("tests");
    let mut scripts = Vec::new();
    for folder in ["py", "differences"] {
        collect(&tests.join(folder), &mut scripts);
    }
    scripts.sort();
    let mut found = Vec::new();
    for script in scripts {
        let name = script.strip_prefix(&tests).unwrap_or(&script).with_extension("");
        let name = name.to_string_lossy().replace('\\', "/");
        if filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str())) {
            found.push(Test::read(script, name)?);
        }
    }
    Ok(found)
}

fn collect(folder: &Path, scripts: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(['_', '.']) {
            continue;
        }
        if path.is_dir() {
            collect(&path, scripts);
        } else if name.ends_with(".py") {
            scripts.push(path);
        }
    }
}

/// Runs the tests: `[--bin PATH] [--frozen] [--jobs N] [--quiet] [filters…]`.
pub(crate) fn run(mut args: Args) -> TaskResult {
    let python = paths::binary_or(args.option("--bin")?)?;
    let frozen = args.flag("--frozen");
    let quiet = args.flag("--quiet");
    let jobs = args.number("--jobs", 2)?;
    let tests = find(&args.rest()?)?;
    if tests.is_empty() {
        return Err("no test has such a name".to_owned());
    }
    if frozen && !python.can_freeze() {
        return Err("--frozen needs the freeze binary".to_owned());
    }
    let place = Place::default();
    run_all(&tests, jobs, quiet, &known_failures()?, |test| {
        if !test.is_for(std::env::consts::OS) {
            return None;
        }
        if !frozen {
            return Some(check(test, &python));
        }
        test.frozen.then(|| check_frozen(test, &python, &place))
    })
}

/// Runs all tests through `check`, which gives nothing for one that it leaves out, and says what failed and how many.
pub(crate) fn run_all(
    tests: &[Test],
    jobs: usize,
    quiet: bool,
    known: &BTreeMap<String, String>,
    check: impl Fn(&Test) -> Option<Result<(), String>> + Sync,
) -> TaskResult {
    let next = AtomicUsize::new(0);
    let [failed, skipped] = [const { AtomicUsize::new(0) }; 2];
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(test) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(result) = check(test) else {
                        skipped.fetch_add(1, Ordering::Relaxed);
                        continue;
                    };
                    if let Some(reason) = known.get(&test.name) {
                        if result.is_ok() {
                            println!("UNEXPECTED PASS {}: take it off the list of known failures", test.name);
                        } else {
                            skipped.fetch_add(1, Ordering::Relaxed);
                            println!("known to fail: {} ({reason})", test.name);
                        }
                    } else if let Err(why) = result {
                        failed.fetch_add(1, Ordering::Relaxed);
                        if quiet {
                            println!("FAIL {}: {}", test.name, why.lines().next().unwrap_or_default());
                        } else {
                            println!("FAIL {}\n{why}", test.name);
                        }
                    }
                }
            });
        }
    });
    let [failed, skipped] = [failed, skipped].map(AtomicUsize::into_inner);
    println!("{} passed, {failed} failed, {skipped} skipped", tests.len() - failed - skipped);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `tests/py/expected_failures.txt`: names of tests that fail today, each with its reason behind the name. One that fails
/// counts as skipped; one that passes is reported, so that it is taken off.
pub(crate) fn known_failures() -> Result<BTreeMap<String, String>, String> {
    let text = fs::read_to_string(paths::root().join("tests/py/expected_failures.txt")).unwrap_or_default();
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| match line.split_once(' ') {
            Some((name, reason)) => Ok((name.to_owned(), reason.trim().to_owned())),
            None => Err(format!("expected_failures.txt: {line} is listed without a reason")),
        })
        .collect()
}

/// Runs one test and compares; the error is what to show.
fn check(test: &Test, python: &paths::Python) -> Result<(), String> {
    let outcome = test.run(python.command(), Some(&test.script))?;
    compare_output(test, &outcome)?;
    if test.stderr {
        let stderr = test.normal(&outcome.stderr);
        return compare("error output", &read(test, "err")?, &stderr);
    }
    Ok(())
}

/// For which target tests are frozen, and how its programs are run here. The default is this machine.
#[derive(Default)]
pub(crate) struct Place {
    pub(crate) target: Option<String>,
    /// The folder of its stubs.
    pub(crate) stubs: Option<PathBuf>,
    /// What a program's name ends with.
    pub(crate) suffix: &'static str,
    /// The command before the program.
    pub(crate) before: Vec<String>,
    pub(crate) env: Vec<(&'static str, PathBuf)>,
    /// Programs take that much longer than here, at most; 0 is 1.
    pub(crate) slower: u32,
}

impl Place {
    /// A command that runs a program.
    fn command(&self, program: &Path) -> Command {
        let mut words = self.before.iter().map(Path::new).chain([program]);
        let mut command = Command::new(words.next().unwrap_or(program));
        command.args(words);
        command
    }
}

/// Freezes one test with its sources, which tracebacks show, runs it and compares.
pub(crate) fn check_frozen(test: &Test, python: &paths::Python, place: &Place) -> Result<(), String> {
    let folder = scratch(&test.name)?;
    let program = folder.join(format!("program{}", place.suffix));
    let mut freeze = Command::new(&python.program);
    freeze.arg(&test.script).arg("--include-source").arg("-o").arg(&program);
    freeze.args(place.target.iter().flat_map(|triple| ["--target", triple.as_str()]));
    freeze.envs(place.stubs.iter().map(|folder| ("FREEZE_STUBS", folder)));
    let result = process::run(&mut freeze, b"", Duration::from_secs(120)).and_then(|made| {
        if made.end == End::Exit(0) {
            let run = || test.run_with(place.command(&program), None, &place.env, place.slower.max(1));
            let first = run()?;
            if first.end == End::TimedOut && !place.before.is_empty() {
                // Wine and the emulator hang at times, seldom at the same place. Said, so that it is not lost.
                println!("{}: timed out by way of {}, tried once more", test.name, place.before[0]);
                return run();
            }
            Ok(first)
        } else {
            Err(format!("  freezing: {}\n{}", made.end, String::from_utf8_lossy(&made.stderr)))
        }
    });
    fs::remove_dir_all(&folder).ok();
    compare_output(test, &result?)
}

fn read(test: &Test, kind: &str) -> Result<String, String> {
    fs::read_to_string(test.expected(kind)).map_err(|error| format!("  no .{kind} file: {error}"))
}

/// Compares how a test ended and what it printed.
fn compare_output(test: &Test, outcome: &process::Outcome) -> Result<(), String> {
    let stderr = test.normal(&outcome.stderr);
    let stdout = compare("output", &read(test, "out")?, &test.normal(&outcome.stdout));
    if outcome.end != End::Exit(test.exit) {
        let shown: Vec<&str> = stderr.lines().rev().take(6).collect();
        let mut message = format!("  {} where {} was expected", outcome.end, End::Exit(test.exit));
        if let Some(last) = shown.first() {
            message.push_str(&format!(": {last}"));
        }
        for line in shown.iter().rev() {
            message.push_str(&format!("\n  | {line}"));
        }
        return Err(message);
    }
    stdout
}

/// Says where `got` leaves `expected` first.
fn compare(what: &str, expected: &str, got: &str) -> Result<(), String> {
    if expected == got {
        return Ok(());
    }
    let (mut wanted, mut given) = (expected.lines(), got.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (wanted.next(), given.next()) {
            (None, None) => return Err(format!("  {what} differs in line ends only")),
            (left, right) if left == right => {}
            (left, right) => {
                let [left, right] = [left, right].map(|line| line.unwrap_or("(nothing)"));
                return Err(format!(
                    "  {what} line {number}: got      {right}\n  {what} line {number}: expected {left}"
                ));
            }
        }
    }
}
