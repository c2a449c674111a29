//! `cargo xtask golden --cpython PATH`: writes the expected output of `tests/py` with a real CPython.
//!
//! Tests marked `#: golden no` keep what was written by hand: they use what the reference does not have yet.

use super::Test;
use crate::process::End;
use crate::{TaskResult, args::Args, paths};
use std::fs;
use std::process::{Command, ExitCode};

/// Writes `.out` (and `.err`): `[--cpython PATH] [--check] [filters…]`. With `--check` it only says what would change.
pub(crate) fn run(mut args: Args) -> TaskResult {
    let cpython = paths::cpython(args.option("--cpython")?)?;
    let check = args.flag("--check");
    let filters = args.rest()?;
    let version = Command::new(&cpython)
        .args(["-c", "import sys; print(sys.version.split()[0])"])
        .output()
        .map_err(|error| format!("cannot run {}: {error}", cpython.display()))?;
    let version = format!("CPython {}", String::from_utf8_lossy(&version.stdout).trim());
    let (mut written, mut wrong) = (0, 0);
    for test in super::find(&filters)? {
        if !test.golden || test.name.starts_with("differences/") {
            continue;
        }
        match refresh(&test, &cpython, check) {
            Ok(changed) => {
                written += usize::from(changed);
                if changed && check {
                    println!("differs: {}", test.name);
                }
            }
            Err(why) => {
                println!("WRONG {}: {why}", test.name);
                wrong += 1;
            }
        }
    }
    if !check && filters.is_empty() {
        let note = paths::root().join("tests/py/GOLDEN");
        fs::write(&note, format!("{version}\n"))
            .map_err(|error| format!("cannot write {}: {error}", note.display()))?;
    }
    println!("golden: {version}, {written} {}, {wrong} wrong", if check { "would change" } else { "written" });
    Ok(if wrong == 0 && !(check && written > 0) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one test under the reference; gives whether a file changed.
fn refresh(test: &Test, cpython: &std::path::Path, check: bool) -> Result<bool, String> {
    let outcome = test.run(Command::new(cpython), Some(&test.script))?;
    let stderr = test.normal(&outcome.stderr);
    if outcome.end != End::Exit(test.exit) {
        return Err(format!("{} where {} was expected\n{stderr}", outcome.end, End::Exit(test.exit)));
    }
    let mut changed = false;
    let mut write = |kind: &str, text: &str| {
        let path = test.expected(kind);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        changed = true;
        if check { Ok(()) } else { fs::write(&path, text).map_err(|error| format!("cannot write: {error}")) }
    };
    write("out", &test.normal(&outcome.stdout))?;
    if test.stderr {
        write("err", &stderr)?;
    } else if !stderr.is_empty() {
        return Err(format!("it writes to the error output, which is not compared:\n{stderr}"));
    }
    Ok(changed)
}
