//! `cargo xtask conformance`: CPython 3.13's own tests, counted by method.
//!
//! `tests/conformance/modules.txt` lists the modules by group; `cpython/MODULE.txt` holds the methods that pass under
//! CPython (written once by `--record`); what passes under ours of those is the result, kept in `results.toml` with the
//! failing methods in `failing/MODULE.txt` (both by `--update`; a run without it lists them in `target/conformance`). A module
//! that crashes or hangs keeps what its other methods did, but its status says so, and its counted figure is nothing.

mod unittest;

use crate::{TaskResult, args::Args, build, paths};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use unittest::{Report, Runner};

/// One line of the list.
#[derive(Clone, Debug)]
struct Module {
    name: String,
    group: String,
    fast: bool,
}

/// What a module did under ours.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Score {
    group: String,
    passed: usize,
    total: usize,
    /// `ok`, or how the run died.
    status: String,
}

impl Score {
    /// The share that counts: nothing when the module as a whole died.
    fn percent(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.passed as f64 * 100.0 / self.total as f64 }
    }

    /// As [`Score::percent`], with nothing for a module that died.
    fn counted(&self) -> usize {
        if self.status == "ok" { self.passed } else { 0 }
    }
}

/// `[--bin PATH] [--python CPYTHON] [--record] [--check] [--update] [--seconds N] [--jobs N] [fast|GROUP|MODULE…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let cpython = paths::cpython(args.option("--python")?);
    let tests = cpython.as_ref().map_err(Clone::clone).and_then(|path| suite(path));
    let (cpython, tests) = match (cpython, tests) {
        (Ok(cpython), Ok(tests)) => (cpython, tests),
        (Err(why), _) | (_, Err(why)) => {
            println!("conformance: skipped: {why}");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let record = args.flag("--record");
    let check = args.flag("--check");
    let update = args.flag("--update");
    let bin = args.option("--bin")?;
    let limit = Duration::from_secs(args.number("--seconds", if record { 900 } else { 300 })? as u64);
    let jobs = args.number("--jobs", 2)?;
    let modules = select(&args.rest()?)?;
    if record {
        return each(&modules, jobs, |module| record_module(&module.name, &cpython, &tests, limit));
    }
    // A run that only looks leaves what is committed as it is.
    let failing_lists = if update { folder() } else { build::target_dir().join("conformance") }.join("failing");
    let runner = Runner::new(paths::binary_or(bin)?, tests, limit, left_out()?)?;
    let mut old = read_results()?;
    let new = Mutex::new(BTreeMap::new());
    each(&modules, jobs, |module| {
        let score = score_module(module, &runner, &failing_lists)?;
        println!(
            "{:<28} {:>5}/{:<5} {:>6.1} %  {}",
            module.name,
            score.passed,
            score.total,
            score.percent(),
            if score.status == "ok" { "" } else { &score.status }
        );
        if let Ok(mut new) = new.lock() {
            new.insert(module.name.clone(), score);
        }
        Ok(())
    })?;
    let mut new = new.into_inner().unwrap_or_default();
    // Some tests look at the clock, and fail where others keep the machine busy: what went down has a second try, alone.
    for module in &modules {
        let down = |score: &Score| old.get(&module.name).is_some_and(|before| went_down(before, score));
        if check && new.get(&module.name).is_some_and(down) {
            println!("{}: once more", module.name);
            let again = score_module(module, &runner, &failing_lists)?;
            if !down(&again) {
                new.insert(module.name.clone(), again);
            }
        }
    }
    for (group, (passed, total)) in group_sums(&new) {
        println!("{group}: {passed}/{total} methods count, {:.1} %", passed as f64 * 100.0 / total.max(1) as f64);
    }
    let mut worse = 0;
    for (name, score) in &new {
        if let Some(before) = old.get(name)
            && went_down(before, score)
        {
            worse += 1;
            println!(
                "DOWN {name}: {} of {} ({}), was {} ({})",
                score.passed, score.total, score.status, before.passed, before.status
            );
        }
    }
    if update {
        old.extend(new.clone());
        write_results(&old)?;
    }
    println!("{} passed, {worse} failed", new.len() - worse);
    Ok(if check && worse > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether a module does worse than it did.
fn went_down(before: &Score, score: &Score) -> bool {
    before.passed > score.passed || (before.status == "ok" && score.status != "ok")
}

fn folder() -> PathBuf {
    paths::root().join("tests/conformance")
}

/// Where this CPython keeps its tests.
fn suite(cpython: &Path) -> Result<PathBuf, String> {
    let prefix = cpython.parent().and_then(Path::parent).unwrap_or(Path::new("/usr"));
    let tests = prefix.join("lib/python3.13/test");
    if tests.join("support").is_dir() {
        Ok(tests)
    } else {
        Err(format!("no CPython test suite at {}", tests.display()))
    }
}

/// The modules that `words` name: groups, modules, or `fast`; all of the list when there is none.
fn select(words: &[String]) -> Result<Vec<Module>, String> {
    let path = folder().join("modules.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let (mut group, mut modules) = (String::new(), Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            group = name.to_owned();
            continue;
        }
        let (name, mark) = line.split_once(' ').unwrap_or((line, ""));
        modules.push(Module { name: name.to_owned(), group: group.clone(), fast: mark == "fast" });
    }
    if words.is_empty() {
        return Ok(modules);
    }
    let mut chosen = Vec::new();
    for word in words {
        let before = chosen.len();
        chosen.extend(
            modules.iter().filter(|m| m.name == *word || m.group == *word || (m.fast && word == "fast")).cloned(),
        );
        if chosen.len() == before {
            // Any module of the suite may be tried, listed or not.
            chosen.push(Module { name: word.clone(), group: "other".to_owned(), fast: false });
        }
    }
    Ok(chosen)
}

/// Does `work` for every module on `jobs` threads; the first error ends the task.
fn each(modules: &[Module], jobs: usize, work: impl Fn(&Module) -> Result<(), String> + Sync) -> TaskResult {
    let (next, trouble) = (AtomicUsize::new(0), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(module) = modules.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = work(module)
                        && let Ok(mut trouble) = trouble.lock()
                    {
                        trouble.get_or_insert(format!("{}: {why}", module.name));
                    }
                }
            });
        }
    });
    trouble.into_inner().unwrap_or_default().map_or(Ok(ExitCode::SUCCESS), Err)
}

/// Writes down which methods pass under CPython.
fn record_module(name: &str, cpython: &Path, tests: &Path, limit: Duration) -> Result<(), String> {
    let python = paths::Python { program: cpython.to_path_buf(), before: Vec::new() };
    let report = Runner::new(python, tests.to_path_buf(), limit, Vec::new())?.run_module(name, &BTreeSet::new())?;
    println!("{name}: {} methods pass under CPython ({})", report.passed.len(), report.status);
    write_lines(&folder().join("cpython").join(format!("{name}.txt")), &report.passed)
}

/// Runs a module under ours and writes down what fails.
/// The names of the methods that fail go into the folder `failing`.
fn score_module(module: &Module, runner: &Runner, failing_lists: &Path) -> Result<Score, String> {
    let path = folder().join("cpython").join(format!("{}.txt", module.name));
    let text = fs::read_to_string(&path)
        .map_err(|_| format!("no record of CPython's result: `cargo xtask conformance --record {}`", module.name))?;
    let expected: BTreeSet<String> = text
        .lines()
        .filter(|name| !runner.left_out.iter().any(|pattern| covers(pattern, name)))
        .map(str::to_owned)
        .collect();
    let report: Report = runner.run_module(&module.name, &expected)?;
    let failing: BTreeSet<String> = expected
        .iter()
        .filter(|name| !report.passed.contains(*name))
        .map(|name| match report.reasons.get(name) {
            Some(reason) => format!("{name}  {reason}"),
            None => format!("{name}  not run"),
        })
        .collect();
    let failing_path = failing_lists.join(format!("{}.txt", module.name));
    if failing.is_empty() {
        fs::remove_file(&failing_path).ok();
    } else {
        write_lines(&failing_path, &failing)?;
    }
    Ok(Score {
        group: module.group.clone(),
        passed: expected.len() - failing.len(),
        total: expected.len(),
        status: report.status,
    })
}

fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    }
}

/// The lists of methods that do not count: CPython's own internals, and what Python 3.14 does otherwise on purpose.
const LEFT_OUT: [&str; 2] = ["left_out.txt", "changed_in_3.14.txt"];

/// The patterns of both lists; each has to give a reason.
fn left_out() -> Result<Vec<String>, String> {
    let mut patterns = Vec::new();
    for list in LEFT_OUT {
        let text = fs::read_to_string(folder().join(list)).unwrap_or_default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let Some((pattern, _reason)) = line.split_once(' ') else {
                return Err(format!("{list}: {line} is left out without a reason"));
            };
            patterns.push(pattern.to_owned());
        }
    }
    Ok(patterns)
}

fn write_lines(path: &Path, lines: &BTreeSet<String>) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| format!("cannot make {}: {error}", parent.display()))?;
    }
    let mut text = String::new();
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    paths::write(path, text.as_bytes())
}

/// Methods that count and methods in all, by group.
fn group_sums(scores: &BTreeMap<String, Score>) -> BTreeMap<&str, (usize, usize)> {
    let mut sums = BTreeMap::new();
    for score in scores.values() {
        let sum: &mut (usize, usize) = sums.entry(score.group.as_str()).or_default();
        sum.0 += score.counted();
        sum.1 += score.total;
    }
    sums
}

/// The committed results. The file is written by this task only, so a reader of its few shapes is enough.
fn read_results() -> Result<BTreeMap<String, Score>, String> {
    let text = fs::read_to_string(folder().join("results.toml")).unwrap_or_default();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            current = name.to_owned();
            let score = Score { group: String::new(), passed: 0, total: 0, status: "ok".to_owned() };
            scores.insert(current.clone(), score);
            continue;
        }
        let (Some((key, value)), Some(score)) = (line.split_once(" = "), scores.get_mut(&current)) else { continue };
        let number = || value.parse::<usize>().map_err(|_| format!("results.toml: {line:?}"));
        match key {
            "passed" => score.passed = number()?,
            "total" => score.total = number()?,
            "group" => score.group = value.trim_matches('"').to_owned(),
            "status" => score.status = value.trim_matches('"').to_owned(),
            _ => {}
        }
    }
    Ok(scores)
}

fn write_results(scores: &BTreeMap<String, Score>) -> Result<(), String> {
    let mut text = String::from(
        "# Written by `cargo xtask conformance --update`: methods of CPython 3.13's tests that pass under freeze,\n# of those that pass under CPython.\n",
    );
    for (name, score) in scores {
        let status = score.status.replace(['"', '\\', '\n'], " ");
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n[{name}]\ngroup = \"{}\"\npassed = {}\ntotal = {}\npercent = {:.1}\nstatus = \"{status}\"\n",
            score.group,
            score.passed,
            score.total,
            score.percent()
        );
    }
    paths::write(&folder().join("results.toml"), text.as_bytes())
}
