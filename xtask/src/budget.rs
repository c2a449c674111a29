//! `cargo xtask budget`: how many instructions a frozen hello executes, and whether that stays within what is allowed.
//!
//! Counted by valgrind's callgrind, which gives the same number for the same binary whatever else the machine does; so
//! unlike a time it can be held by the gate. What is allowed stands in `tests/budget.txt`, by the profile of the stub.

use crate::process::{self, End};
use crate::{TaskResult, args::Args, paths};
use std::fs;
use std::process::{Command, ExitCode};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

/// `[--bin FREEZE] [--profile P]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let freeze = paths::binary_or(args.option("--bin")?)?.program;
    let profile = args.option("--profile")?.unwrap_or_else(|| "dev".to_owned());
    args.rest()?;
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("budget: skipped: there is no valgrind");
        return Ok(ExitCode::SUCCESS);
    }
    let allowed = allowed(&profile)?;
    let hello = std::env::temp_dir().join(format!("freeze-budget-{}", std::process::id()));
    let script = paths::root().join("benches/hello.py");
    let made = process::run(Command::new(&freeze).arg("build").arg(script).arg("-o").arg(&hello), b"", LIMIT)?;
    if made.end != End::Exit(0) {
        return Err(format!("hello could not be frozen: {}", String::from_utf8_lossy(&made.stderr)));
    }
    let mut counting = Command::new("valgrind");
    counting.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(&hello);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let counted = process::run(counting.env_clear().env("PATH", path), b"", LIMIT);
    fs::remove_file(&hello).ok();
    let counted = counted?;
    let said = String::from_utf8_lossy(&counted.stderr).into_owned();
    let executed = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<u64>().ok());
    let executed = executed.ok_or_else(|| format!("valgrind did not count ({}): {said}", counted.end))?;
    let share = executed as f64 / allowed as f64 * 100.0;
    println!("hello executes {executed} instructions, {share:.0} % of the {allowed} that profile {profile} is allowed");
    Ok(if executed <= allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The number behind the profile's name.
fn allowed(profile: &str) -> Result<u64, String> {
    let file = paths::root().join("tests/budget.txt");
    let text = fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let number = lines.find(|(name, _)| *name == profile).and_then(|(_, number)| number.trim().parse().ok());
    number.ok_or_else(|| format!("{} has no number for profile {profile}", file.display()))
}
