//! `cargo xtask apps`: real programs from PyPI, frozen, carried away from their sources and compared with CPython: first
//! our own of `tests/apps`, then those of `../shared/apps` where that folder is at hand.

mod differences;
mod own;

use crate::process::{self, End};
use crate::{TaskResult, args::Args, e2e, paths};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long all programs of `../shared/apps` together may take.
const SHARED_LIMIT: Duration = Duration::from_secs(3600);

/// What passed and what failed.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// `[--bin PATH] [--python CPYTHON] [--target TRIPLE] [--json FILE] [names…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let cpython = match paths::cpython(args.option("--python")?) {
        Ok(cpython) => cpython,
        Err(why) => {
            println!("apps: skipped: {why}");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let mut freeze = paths::binary_or(args.option("--bin")?)?.program;
    let mut platform = None;
    if let Some(triple) = args.option("--target")? {
        platform = triple.contains("windows").then_some("windows");
        match e2e::freezer(&triple, &freeze) {
            Ok(made) => freeze = made,
            Err(why) => {
                println!("apps: skipped: {why}");
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
    let differences = differences::Differences::of(platform)?;
    let json = args.option("--json")?;
    let names = args.rest()?;
    let mut tally = Tally::default();
    let own = own::list()?;
    let wanted: Vec<&own::App> = own.iter().filter(|app| names.is_empty() || names.contains(&app.name)).collect();
    for (app, outcome) in wanted.iter().zip(check_all(&wanted, &freeze, &cpython, &differences)) {
        match outcome {
            Ok((commands, left_out)) => {
                tally.passed += 1;
                let others = if left_out == 0 { String::new() } else { format!(", {left_out} left out") };
                println!("{:<16} pass, {commands} commands{others}", app.name);
            }
            Err(own::Problem::NotInstalled(why)) => {
                tally.skipped += 1;
                println!("{:<16} skipped: {why}", app.name);
            }
            Err(own::Problem::Failed(why)) => {
                tally.failed += 1;
                println!("{:<16} FAIL: {why}", app.name);
            }
        }
    }
    let shared: Vec<String> = names.iter().filter(|name| own.iter().all(|app| app.name != **name)).cloned().collect();
    if names.is_empty() || !shared.is_empty() {
        let folder = paths::root().join("../shared/apps");
        if folder.join("run_apps.py").is_file() {
            let work = paths::root().join("target/apps/shared");
            let mut wheels = Command::new(&cpython);
            wheels.arg(paths::root().join("tests/apps/pure_wheels.py")).arg(folder.join("apps.toml"));
            let wheels = process::run(wheels.arg(work.join("_wheels")), b"", SHARED_LIMIT)?;
            if wheels.end != End::Exit(0) {
                tally.skipped += 1;
                println!("../shared/apps skipped: pip cannot download:\n{}", String::from_utf8_lossy(&wheels.stderr));
            } else {
                let mut command = Command::new(&cpython);
                command.arg(folder.join("run_apps.py")).args(["--freezer", "freeze", "--freeze-bin"]).arg(&freeze);
                command.arg("--python").arg(&cpython).arg("--work").arg(&work);
                command.args(json.iter().flat_map(|file| ["--json", file]));
                command.args(shared.iter().flat_map(|name| ["--only", name]));
                let more = run_shared(&mut command)?;
                tally.passed += more.passed;
                tally.failed += more.failed;
            }
        } else {
            println!("{} is not here: only our own programs ran", folder.display());
        }
    }
    println!("{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped);
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder with the packages of one of our own programs, installed if they were not.
pub(crate) fn installed(name: &str, cpython: &Path) -> Result<PathBuf, String> {
    let app = own::list()?.into_iter().find(|app| app.name == name);
    app.ok_or_else(|| format!("there is no program {name}"))?.site(cpython)
}

/// How many commands ran and how many were left out, or why a program did not pass.
type Checked = Result<(usize, usize), own::Problem>;

/// Checks all programs, as many at a time as there are processors: each has a folder of its own.
fn check_all(
    apps: &[&own::App],
    freeze: &Path,
    cpython: &Path,
    differences: &differences::Differences,
) -> Vec<Checked> {
    let next = AtomicUsize::new(0);
    let outcomes: Vec<Mutex<Option<Checked>>> = apps.iter().map(|_| Mutex::default()).collect();
    let work = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(app) = apps.get(i) else { break };
            *outcomes[i].lock().unwrap_or_else(PoisonError::into_inner) = Some(app.check(freeze, cpython, differences));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let taken = outcomes.into_iter().map(|o| o.into_inner().unwrap_or_else(PoisonError::into_inner));
    taken.map(|o| o.unwrap_or_else(|| Err(own::Problem::Failed("was not run".to_owned())))).collect()
}

/// Runs the harness, whose last line of figures says `all   4/5 apps pass …`.
fn run_shared(command: &mut Command) -> Result<Tally, String> {
    let outcome = process::run(command, b"", SHARED_LIMIT)?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    print!("{text}{}", String::from_utf8_lossy(&outcome.stderr));
    let figures =
        text.lines().rev().find_map(|line| line.strip_prefix("all ")?.split_whitespace().next()?.split_once('/'));
    let counts = figures.and_then(|(passed, all)| Some((passed.parse().ok()?, all.parse::<usize>().ok()?)));
    match counts {
        Some((passed, all)) => Ok(Tally { passed, failed: all.saturating_sub(passed), skipped: 0 }),
        None if outcome.end == End::Exit(0) => Ok(Tally::default()),
        None => Err(format!("run_apps.py: {}", outcome.end)),
    }
}
