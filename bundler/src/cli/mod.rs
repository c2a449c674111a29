//! The command `freeze`: reads the command line, calls the library, words the outcome.

mod args;
mod build;
mod compile;
mod dis;
mod inspect;
mod print;
mod retarget;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::error::Error;
use crate::stubs;
use args::{COMMANDS, Cli, Command};

/// Runs the command line that the process was given.
pub fn main() -> ExitCode {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    if run::is_interpreter(words.first()) {
        return match run::as_python(words) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                print::error(&error);
                ExitCode::from(error.exit_code())
            }
        };
    }
    let first = words.get(1).and_then(|w| w.to_str()).unwrap_or_default();
    let general = matches!(first, "-h" | "--help" | "-V" | "--version");
    if !general && !COMMANDS.contains(&first) && words.len() > 1 {
        words.insert(1, "build".into());
    }
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come as errors too; a closed pipe is not worth a word.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let outcome = match cli.command {
        Command::Build(args) => build::run(*args),
        Command::Run(args) => run::run(args),
        Command::Retarget(args) => retarget::run(*args),
        Command::Inspect(args) => inspect::run(args),
        Command::Dis(args) => dis::run(args),
        Command::Compile(args) => compile::run(args),
        Command::Targets => targets(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn targets() -> Result<(), Error> {
    let found = stubs::targets();
    if found.is_empty() {
        return Err(Error::other(
            "no stub is at hand",
            "`cargo xtask build` makes the host's; $FREEZE_STUBS names a folder with more",
        ));
    }
    let default = stubs::default_target();
    let mut text = String::new();
    for (triple, path, len) in found {
        let mark = if triple == default { " (default)" } else { "" };
        text.push_str(&format!("{triple}{mark}\t{:.1} MB\t{}\n", len as f64 / 1e6, path.display()));
    }
    print::out(&text)
}
