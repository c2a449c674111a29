//! `cargo xtask COMMAND`: the developer's tasks, one file per command. This file only finds the command and runs it.

mod apps;
mod args;
mod bench;
mod budget;
mod build;
mod conformance;
mod e2e;
mod names;
mod paths;
mod process;
mod profile;
mod pyperformance;
mod pytests;
mod release;
mod same_bytes;
mod stress;
mod stubs;
mod tidy;

use std::process::ExitCode;

/// What a command gives back: a message that ends the task, or how it went.
type TaskResult = Result<ExitCode, String>;

/// Name, one line of help, and the function that runs it.
type Command = (&'static str, &'static str, fn(args::Args) -> TaskResult);

/// Every command, in the order in which help lists them.
const COMMANDS: &[Command] = &[
    ("build", "build stub, standard library and freeze itself [--profile P] [--target STUB-TRIPLE]", build::build),
    ("stdlib", "compile the standard library into target/freeze/freeze-stdlib.zip [--profile P]", build::stdlib),
    ("e2e", "run tests/py frozen for a target, through Wine or qemu: --target T [--bin PATH] [filters]", e2e::run),
    (
        "stubs",
        "cross-build the stubs of all targets [--target T]… [--profile P] [--lean | --full] [--out DIR]",
        stubs::run,
    ),
    (
        "same-bytes",
        "freeze programs for several targets here and under Wine and compare the bytes [--exe FREEZE.EXE] [programs…]",
        same_bytes::run,
    ),
    ("release", "pack freeze and all stubs, one archive per host [--host T]… [--stubs DIR] [--out DIR]", release::run),
    ("tidy", "check the rules of the source tree (file length, docs, unsafe allow-list)", tidy::run),
    ("pytests", "run tests/py through a binary and compare with the expected output", pytests::run),
    ("golden", "write the expected output of tests/py with a given CPython", pytests::golden::run),
    ("bench", "time benches/ against CPython and print the ratios", bench::run),
    ("budget", "count the instructions of a frozen hello and compare with what is allowed [--profile P]", budget::run),
    (
        "profile",
        "run training programs on stubs that count, for the next build of profile dist [--bin FREEZE]",
        profile::run,
    ),
    ("pyperformance", "time the programs of the suite pyperformance, from PyPI, the same way", pyperformance::run),
    ("conformance", "run CPython's own tests by method and compare with the committed result", conformance::run),
    ("apps", "freeze and run the real programs of ../shared/apps", apps::run),
    ("stress", "run tests/stress [--bin PATH] [--seed N] [--seconds N] [names…]", stress::run),
    ("measure", "run one command and print its peak memory (used by bench)", bench::measure),
];

fn main() -> ExitCode {
    if let Some(code) = names::compile_instead() {
        return code;
    }
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let Some((_, _, run)) = COMMANDS.iter().find(|(command, ..)| *command == name) else {
        eprintln!("usage: cargo xtask COMMAND [options]\n");
        for (command, help, _) in COMMANDS {
            eprintln!("  {command:<14} {help}");
        }
        return ExitCode::from(2);
    };
    match run(args::Args::new(words.collect())) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("xtask {name}: {message}");
            ExitCode::FAILURE
        }
    }
}
