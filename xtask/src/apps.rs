//! `cargo xtask apps`: the real programs of `../shared/apps`, frozen and run, where that folder is at hand.

use crate::{TaskResult, args::Args, paths};
use std::process::{Command, ExitCode};

/// `[--bin PATH] [--python CPYTHON] [--json FILE] [names…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let root = paths::root();
    let script = root.join("../shared/apps/run_apps.py");
    if !script.is_file() {
        println!("apps: skipped: {} is not here", script.display());
        return Ok(ExitCode::SUCCESS);
    }
    let cpython = match paths::cpython(args.option("--python")?) {
        Ok(cpython) => cpython,
        Err(why) => {
            println!("apps: skipped: {why}");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let freeze = paths::binary_or(args.option("--bin")?)?;
    let json = args.option("--json")?;
    let names = args.rest()?;
    let mut command = Command::new(&cpython);
    command.arg(&script).args(["--freezer", "freeze", "--freeze-bin"]).arg(&freeze.program);
    command.arg("--python").arg(&cpython);
    if let Some(json) = json {
        command.arg("--json").arg(json);
    }
    for name in names {
        command.args(["--only", &name]);
    }
    let status = command.status().map_err(|error| format!("cannot start {}: {error}", cpython.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
