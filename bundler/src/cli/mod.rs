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
use crate::graph::target;
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
    let default = stubs::default_target();
    let mut text = String::new();
    for known in &found {
        let mark = if known.triple == default { " (default)" } else { "" };
        let kind = if known.full { "full" } else { "" };
        let own = env!("CARGO_PKG_VERSION");
        let version = match known.version.as_deref() {
            Some(version) if version != own => format!("{version} (refused: this is freeze {own})"),
            version => version.unwrap_or_default().to_owned(),
        };
        let size = format!("{:.1} MB", known.len as f64 / 1e6);
        let name = format!("{}{mark}", known.triple);
        text.push_str(&format!("{name:<38} {kind:<4} {size:>8}  {version:<7} {}\n", known.place.display()));
    }
    let missing: Vec<&str> =
        stubs::TARGETS.into_iter().filter(|t| !found.iter().any(|known| known.triple == *t)).collect();
    for triple in &missing {
        text.push_str(&format!("{triple:<38} missing\n"));
    }
    let parts = target::architectures(target::UNIVERSAL);
    if !parts.iter().any(|part| missing.contains(&part.as_str())) {
        text.push_str(&format!("{:<38} of {}\n", target::UNIVERSAL, parts.join(" and ")));
    }
    if let Some(folder) = stubs::named_folder().filter(|folder| !folder.is_dir()) {
        text.push_str(&format!("\n$FREEZE_STUBS names no folder: {}\n", folder.display()));
    }
    if !missing.is_empty() {
        text.push_str(&format!("\nTo get one that is missing: {}\n", stubs::how_to_get("TARGET")));
    }
    print::out(&text)
}
