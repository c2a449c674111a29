//! `cargo xtask stress`: the programs of `tests/stress`, which do at random what finds faults in memory management: they only
//! have to survive, and to count right at the end. Best through a build that checks itself (dev, or one with a sanitizer).

use crate::process::{self, End};
use crate::{TaskResult, args::Args, paths};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

/// How much longer than asked a program may take to end: its last action, and a slow build.
const PATIENCE: u64 = 90;

/// Runs each program: `[--bin PATH] [--seed N] [--seconds N] [names…]`. The seconds are each program's; the seed is random
/// unless it is given, and stands in what is printed.
pub(crate) fn run(mut args: Args) -> TaskResult {
    let python = paths::binary_or(args.option("--bin")?)?;
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_millis() as usize % 1_000_000);
    let seed = args.number("--seed", now)?;
    let seconds = args.number("--seconds", 10)?;
    let names = args.rest()?;
    let folder = paths::root().join("tests/stress");
    let mut programs = paths::python_files(&folder)?;
    programs.retain(|path| {
        names.is_empty() || names.iter().any(|name| path.file_stem().is_some_and(|stem| stem == &**name))
    });
    let mut failed = 0;
    for program in &programs {
        let mut command = python.command();
        command.arg(program).args([seed.to_string(), seconds.to_string()]);
        let limit = Duration::from_secs(seconds as u64 + PATIENCE);
        let outcome = process::run(&mut command, b"", limit)?;
        print!("{}", String::from_utf8_lossy(&outcome.stdout));
        if outcome.end != End::Exit(0) {
            failed += 1;
            let text = String::from_utf8_lossy(&outcome.stderr);
            let tail: Vec<&str> = text.lines().rev().take(60).collect();
            println!("FAIL {} with seed {seed}: {}", program.display(), outcome.end);
            tail.iter().rev().for_each(|line| println!("    {line}"));
        }
    }
    println!("{} passed, {failed} failed", programs.len() - failed);
    Ok(if failed == 0 && !programs.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
