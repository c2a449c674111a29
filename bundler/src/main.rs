//! The command `freeze`.

use std::process::ExitCode;

fn main() -> ExitCode {
    freeze::cli::main()
}
