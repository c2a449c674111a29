//! The executable that every frozen program begins with: finds its payload, checks it, starts the virtual machine.

mod bundle;
mod child;
mod cli;
mod image;
mod settings;
mod venv;

use std::alloc::System;
use std::process::ExitCode;

use freeze_payload::header::{native_list, native_list_len};
use freeze_payload::{Main, Payload};
use freeze_runtime::import::source::ModuleSource as _;
use freeze_runtime::object::kept::Kept;
use freeze_runtime::object::reserve::Reserved;
use freeze_stdlib::registry::MODULES;

/// Exit code for a frozen program that cannot be started.
const CANNOT_START: u8 = 1;
/// Exit code for a command line that makes no sense.
const USAGE: u8 = 2;

/// What the program runs out of raises `MemoryError`.
#[global_allocator]
static ALLOCATOR: Reserved<Kept<System>> = Reserved(Kept(System));

/// Tells the bundler which payloads this stub reads.
#[used]
static MARK: [u8; 24] = freeze_payload::header::stub_mark();

/// Tells the bundler which native modules this stub has.
#[used]
static NATIVE: [u8; native_list_len(&NATIVE_NAMES)] = native_list(&NATIVE_NAMES);

/// The target comes first.
const NATIVE_NAMES: [&str; MODULES.len() + 1] = {
    let mut names = [concat!("=", env!("FREEZE_TARGET")); MODULES.len() + 1];
    let mut i = 0;
    while i < MODULES.len() {
        names[i + 1] = MODULES[i].name;
        i += 1;
    }
    names
};

fn main() -> ExitCode {
    // LLVM's linker for Windows drops what no code refers to, `#[used]` or not.
    std::hint::black_box((&MARK, &NATIVE));
    let payload = match image::find().and_then(Payload::open) {
        Ok(payload) => payload,
        Err(error) => {
            eprintln!("{}: {error}", own_name());
            return ExitCode::from(CANNOT_START);
        }
    };
    let line = match payload.manifest.main {
        Main::Program { .. } => {
            let arguments: Vec<_> = std::env::args_os().skip(1).collect();
            child::command_line(&arguments, &payload.archive)
        }
        Main::Command => match cli::parse(std::env::args_os().skip(1), |name| std::env::var_os(name)) {
            Ok(line) => Some(line),
            Err(message) => {
                eprintln!("{message}\n{}", cli::USAGE);
                return ExitCode::from(USAGE);
            }
        },
    };
    if let Some(line) = &line {
        match line.program {
            cli::Program::Version { long } => {
                println!("{}", cli::version(&payload.manifest, long));
                return ExitCode::SUCCESS;
            }
            cli::Program::Help => {
                println!("{}", cli::USAGE);
                return ExitCode::SUCCESS;
            }
            _ => {}
        }
    }
    start(payload, line.as_ref())
}

/// Starts the virtual machine on the program or on what the command line says.
fn start(payload: Payload<'static>, line: Option<&cli::CommandLine>) -> ExitCode {
    let executable = settings::executable();
    let bundle = bundle::Bundle::new(payload.archive, &executable);
    let config = match (line, &payload.manifest.main) {
        (None, Main::Program { file, package }) => {
            settings::of_program(&payload.manifest, file, package, &executable, bundle.root())
        }
        (Some(line), _) => settings::of_command(line, &payload.manifest, &executable, bundle.root()),
        (None, Main::Command) => unreachable!("a manifest without a program makes its command line be read"),
    };
    ExitCode::from(freeze_stdlib::start::run(config, Some(Box::new(bundle))))
}

/// What the user typed to start this program, for messages.
fn own_name() -> String {
    std::env::args_os().next().map_or_else(|| "frozen program".to_owned(), |name| name.to_string_lossy().into_owned())
}
